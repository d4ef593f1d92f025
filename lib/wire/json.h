/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON texts (RFC 8259) as trees in an arena. Strict: valid UTF-8, nothing behind the value, no
 * two members of one name (compared after unescaping). Capped in depth and in number of values.
 * An escaped half of a surrogate pair is read as U+FFFD: one odd string must not blind us to all
 * that stands beside it.
 * Strings keep their length and may hold NUL bytes; the getters for C strings refuse those.
 */
#ifndef TRAILSEAL_WIRE_JSON_H
#define TRAILSEAL_WIRE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

#define JSON_MAX_DEPTH	64
#define JSON_MAX_VALUES	1000000

enum json_type { JSON_NULL = 1, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json {
	enum json_type	 type;
	bool		 boolean;
	unsigned	 count;		/* children of an array or object */
	size_t		 offset;	/* byte in the text just behind the value, or of its bracket */
	const char	*name;		/* as a member of an object, else NULL */
	size_t		 name_len;
	const char	*text;		/* of a string, unescaped, or of a number as it was written */
	size_t		 text_len;
	const struct json *child;	/* the first one */
	const struct json *next;	/* sibling */
};

#define json_foreach(item, parent) \
	for (const struct json *item = (parent)->child; item != NULL; item = item->next)

/* The tree lives as long as the arena. Errors are ERR_MALFORMED "line:column: what". */
int	json_parse(struct arena *, const char *text, size_t len, const struct json **ret_root,
	    struct err *);

/* "line:column" of a byte offset in a text, both from 1. Returns `out`. */
char	*json_place(const char *text, size_t len, size_t offset, char *out, size_t size);

const char	*json_type_name(enum json_type);	/* "null", "boolean", ... */

/* The member, or NULL; a member that is null counts as absent. NULL object: NULL. */
const struct json	*json_member(const struct json *object, const char *name);

/* The string is exactly this text. */
bool	json_is(const struct json *, const char *text);

/*
 * Typed members of an object. Absent and null leave *ret as it is and succeed; another type is
 * ERR_MALFORMED and names the member. Strings are the tree's, not copies.
 */
int	json_get_string(const struct json *, const char *name, const char **ret, struct err *);
int	json_get_bool(const struct json *, const char *name, bool *ret, struct err *);
int	json_get_i64(const struct json *, const char *name, int64_t *ret, struct err *);

/* Epoch seconds, as a number with or without fraction, to milliseconds. */
int	json_get_time(const struct json *, const char *name, int64_t *ret_wall_ms, struct err *);

/* The member as an array or object; absent and null give NULL. */
int	json_get_array(const struct json *, const char *name, const struct json **ret, struct err *);
int	json_get_object(const struct json *, const char *name, const struct json **ret, struct err *);

#endif
