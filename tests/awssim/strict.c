/* SPDX-License-Identifier: Apache-2.0 */
/* Strict reading of JSON; see strict.h. */
#include "awssim/strict.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "base/stamp.h"
#include "base/text.h"

int
strict_fail(const struct strict *s, const struct json *at, const char *fmt, ...)
{
	char place[32];
	va_list ap;

	va_start(ap, fmt);
	err_setv(s->err, ERR_CONFIG, fmt, ap);
	va_end(ap);
	if (at == NULL)
		return -1;
	return err_prefix(
	    s->err, "%s", json_place(s->text, s->len, at->offset, place, sizeof(place)));
}

int
strict_object(const struct strict *s, const struct json *object, const char *const *names)
{
	if (object->type != JSON_OBJECT)
		return strict_fail(
		    s, object, "an object is wanted, not a %s", json_type_name(object->type));
	json_foreach(member, object) {
		const char *const *name = names;
		const char *nearest;

		while (*name != NULL && strcmp(*name, member->name) != 0)
			name++;
		if (*name != NULL)
			continue;
		nearest = text_nearest(member->name, names);
		return strict_fail(s, member, "unknown member \"%s\"%s%s%s", member->name,
		    nearest ? "; did you mean \"" : "", nearest ? nearest : "",
		    nearest ? "\"?" : "");
	}
	return 0;
}

/* The member if it has the type; *ret is NULL when it is absent. */
static int
strict_member(const struct strict *s, const struct json *object, const char *name,
    enum json_type type, const struct json **ret)
{
	*ret = json_member(object, name);
	if (*ret == NULL || (*ret)->type == type)
		return 0;
	return strict_fail(s, *ret, "\"%s\" must be a %s, not a %s", name, json_type_name(type),
	    json_type_name((*ret)->type));
}

int
strict_string(const struct strict *s, const struct json *object, const char *name, const char **ret)
{
	const struct json *member;

	if (strict_member(s, object, name, JSON_STRING, &member) != 0)
		return -1;
	if (member != NULL && strlen(member->text) != member->text_len)
		return strict_fail(s, member, "\"%s\" holds a NUL byte", name);
	if (member != NULL)
		*ret = member->text;
	return 0;
}

int
strict_bool(const struct strict *s, const struct json *object, const char *name, bool *ret)
{
	const struct json *member;

	if (strict_member(s, object, name, JSON_BOOL, &member) != 0)
		return -1;
	if (member != NULL)
		*ret = member->boolean;
	return 0;
}

int
strict_number(const struct strict *s, const struct json *object, const char *name, int64_t least,
    int64_t most, int64_t *ret)
{
	const struct json *member;
	int64_t value;

	if (strict_member(s, object, name, JSON_NUMBER, &member) != 0)
		return -1;
	if (member == NULL)
		return 0;
	if (!text_to_i64(member->text, &value) || value < least || value > most)
		return strict_fail(s, member,
		    "\"%s\" must be a whole number from %" PRId64 " to %" PRId64, name, least,
		    most);
	*ret = value;
	return 0;
}

int
strict_duration(
    const struct strict *s, const struct json *object, const char *name, int64_t *ret_ms)
{
	const struct json *member;

	if (strict_member(s, object, name, JSON_STRING, &member) != 0)
		return -1;
	if (member != NULL && !duration_parse(member->text, ret_ms))
		return strict_fail(s, member, "\"%s\" must be a duration like \"5m\"", name);
	return 0;
}

int
strict_array(const struct strict *s, const struct json *object, const char *name,
    const struct json **ret)
{
	return strict_member(s, object, name, JSON_ARRAY, ret);
}
