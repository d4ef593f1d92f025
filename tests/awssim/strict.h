/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Strict reading of JSON that people write by hand: world files, faults, control requests. An
 * unknown member and a wrong type are errors with their place, "line:column: what".
 */
#ifndef AWSSIM_STRICT_H
#define AWSSIM_STRICT_H

#include "base/err.h"
#include "wire/json.h"

/* The text that is read, and where errors go. */
struct strict {
	const char	*text;
	size_t		 len;
	struct err	*err;
};

/* Returns -1. `at` may be NULL: the text as a whole. */
int	strict_fail(const struct strict *, const struct json *at, const char *fmt, ...)
	    __attribute__((format(printf, 3, 4)));

/* It is an object and has no other members than these; names end with NULL. */
int	strict_object(const struct strict *, const struct json *, const char *const *names);

/* Members; absent ones leave *ret as it is. */
int	strict_string(const struct strict *, const struct json *object, const char *name,
	    const char **ret);
int	strict_bool(const struct strict *, const struct json *object, const char *name, bool *ret);
int	strict_number(const struct strict *, const struct json *object, const char *name,
	    int64_t least, int64_t most, int64_t *ret);
int	strict_duration(const struct strict *, const struct json *object, const char *name,
	    int64_t *ret_ms);
int	strict_array(const struct strict *, const struct json *object, const char *name,
	    const struct json **ret);

#endif
