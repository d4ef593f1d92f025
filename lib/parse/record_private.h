/* SPDX-License-Identifier: Apache-2.0 */
/* What record.c and record_page.c share. */
#ifndef TRAILSEAL_PARSE_RECORD_PRIVATE_H
#define TRAILSEAL_PARSE_RECORD_PRIVATE_H

#include "parse/record.h"

/* What the page says of a record, for one that does not say so itself. */
struct record_hint {
	const char	*id;		/* NULL: nothing */
	int64_t		 wall_ms;	/* STAMP_UNKNOWN: nothing */
};

int	record_read(struct arena *, const struct json *, const struct record_hint *,
	    struct event *ret_event, struct err *);

#endif
