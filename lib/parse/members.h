/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this folder share: members of answers, as AWS and emulators write them. */
#ifndef TRAILSEAL_PARSE_MEMBERS_H
#define TRAILSEAL_PARSE_MEMBERS_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/tri.h"
#include "wire/json.h"

/* All of these give ERR_MALFORMED, and name the member, when what they find cannot be believed. */

/* A copy in the arena; absent, null and "" are NULL alike. At most PARSE_TEXT_MAX bytes. */
int	members_text(struct arena *, const struct json *, const char *name, const char **ret,
	    struct err *);

/* The same, but it must be there. */
int	members_text_needed(struct arena *, const struct json *, const char *name, const char **ret,
	    struct err *);

/* NextToken, which may be long; absent, null and "" are NULL alike: the last page. */
int	members_next(struct arena *, const struct json *, const char **ret, struct err *);

/* 12 digits, as text: account ids may begin with 0. */
int	members_account(struct arena *, const struct json *, const char *name, const char **ret,
	    struct err *);

/* A boolean; absent is TRI_UNKNOWN. */
int	members_tri(const struct json *, const char *name, enum tri *ret, struct err *);

/*
 * Epoch seconds as a number, as AWS writes them. Emulators also write them as text, or ISO 8601:
 * that is no less clear. Absent and "" are STAMP_UNKNOWN.
 */
int	members_time(const struct json *, const char *name, int64_t *ret_wall_ms, struct err *);

/* A list of objects, which must be there, of at most `max`. */
int	members_list(const struct json *, const char *name, size_t max, const struct json **ret,
	    struct err *);

/* An object that must be there. */
int	members_object(const struct json *, const char *name, const struct json **ret,
	    struct err *);

#endif
