/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Selectors of a trail in one form, basic and advanced ones alike: each is a list of conditions,
 * all of which a management event must meet. selectors_read.c makes it, selectors.c judges it.
 */
#ifndef TRAILSEAL_PARSE_SELECTORS_H
#define TRAILSEAL_PARSE_SELECTORS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "model/trail.h"

/* The members of a management event that a selector can look at, eventCategory aside. */
enum selectors_field {
	SELECTORS_READ_ONLY, SELECTORS_SOURCE, SELECTORS_NAME, SELECTORS_TYPE, SELECTORS_CONSOLE,
	SELECTORS_IDENTITY, SELECTORS_FIELDS,
	SELECTORS_CATEGORY = SELECTORS_FIELDS,
	SELECTORS_NOT_CLEAR,		/* a member or operator that we do not know */
};

/* The selecting operators come first. Of these one must hold; of the others all. */
enum selectors_op {
	SELECTORS_EQUALS, SELECTORS_STARTS, SELECTORS_ENDS, SELECTORS_NOT_EQUALS,
	SELECTORS_NOT_STARTS, SELECTORS_NOT_ENDS, SELECTORS_OPS,
};

struct selectors_values {
	const char	**text;
	size_t		  count;
};

struct selectors_condition {
	enum selectors_field		 field;
	const char			*field_name;
	struct selectors_values		 values[SELECTORS_OPS];
	struct selectors_condition	*next;
};

/* What one selector demands of a management event. */
struct selectors_one {
	bool				 is_basic;
	struct selectors_condition	*conditions;
	struct selectors_one		*next;
};

struct selectors {
	struct arena		*arena;
	struct selectors_one	*first;
	size_t			 value_count;
};

const char	*selectors_field_name(enum selectors_field);	/* up to SELECTORS_CATEGORY */
const char	*selectors_op_name(enum selectors_op);

/* Whether a text meets a condition. */
bool	selectors_holds(const struct selectors_condition *, const char *text);

/* What they let through of management events, exactly. */
void	selectors_judge(const struct selectors *, struct trail_selectors *ret);

#endif
