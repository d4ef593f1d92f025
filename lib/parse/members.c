/* SPDX-License-Identifier: Apache-2.0 */
/* Members of AWS's answers; see members.h. */
#include "parse/members.h"

#include <string.h>

#include "base/names.h"
#include "base/stamp.h"
#include "base/text.h"
#include "parse/parse.h"

int
members_text(struct arena *arena, const struct json *object, const char *name, const char **ret,
    struct err *err)
{
	const char *text = NULL;

	if (json_get_string(object, name, &text, err) < 0)
		return -1;
	if (text != NULL && strlen(text) > PARSE_TEXT_MAX)
		return err_set(
		    err, ERR_MALFORMED, "%s is longer than %d bytes", name, PARSE_TEXT_MAX);
	*ret = text_is_empty(text) ? NULL : arena_strdup(arena, text);
	return 0;
}

int
members_text_needed(struct arena *arena, const struct json *object, const char *name,
    const char **ret, struct err *err)
{
	const char *text;

	if (members_text(arena, object, name, &text, err) < 0)
		return -1;
	if (text == NULL)
		return err_set(err, ERR_MALFORMED, "%s is missing", name);
	*ret = text;
	return 0;
}

int
members_next(struct arena *arena, const struct json *object, const char **ret, struct err *err)
{
	const char *text = NULL;

	if (json_get_string(object, "NextToken", &text, err) < 0)
		return -1;
	*ret = text_is_empty(text) ? NULL : arena_strdup(arena, text);
	return 0;
}

int
members_account(struct arena *arena, const struct json *object, const char *name,
    const char **ret, struct err *err)
{
	const char *text = NULL;

	if (members_text_needed(arena, object, name, &text, err) < 0)
		return -1;
	if (!name_is_account(text))
		return err_set(err, ERR_MALFORMED, "%s is no account id", name);
	*ret = text;
	return 0;
}

int
members_tri(const struct json *object, const char *name, enum tri *ret, struct err *err)
{
	const struct json *member = json_member(object, name);
	bool value = false;

	if (json_get_bool(object, name, &value, err) < 0)
		return -1;
	*ret = member ? tri_of(value) : TRI_UNKNOWN;
	return 0;
}

int
members_time(const struct json *object, const char *name, int64_t *ret_wall_ms, struct err *err)
{
	const struct json *member = json_member(object, name);
	int64_t wall_ms = STAMP_UNKNOWN;
	const char *text = NULL;

	if (member == NULL || member->type != JSON_STRING) {
		if (json_get_time(object, name, &wall_ms, err) < 0)
			return -1;
	} else {
		if (json_get_string(object, name, &text, err) < 0)
			return -1;
		if (text[0] != '\0' && !stamp_parse_iso(text, &wall_ms) &&
		    !stamp_parse_epoch(text, &wall_ms))
			return err_set(err, ERR_MALFORMED, "%s is not a time", name);
	}
	*ret_wall_ms = wall_ms;
	return 0;
}

int
members_list(const struct json *object, const char *name, size_t max, const struct json **ret,
    struct err *err)
{
	const struct json *list = NULL;

	if (json_get_array(object, name, &list, err) < 0)
		return -1;
	if (list == NULL)
		return err_set(err, ERR_MALFORMED, "%s is missing", name);
	if (list->count > max)
		return err_set(err, ERR_MALFORMED, "%s has more than %zu entries", name, max);
	json_foreach(item, list)
		if (item->type != JSON_OBJECT)
			return err_set(err, ERR_MALFORMED, "%s holds a %s where an object belongs",
			    name, json_type_name(item->type));
	*ret = list;
	return 0;
}

int
members_object(const struct json *object, const char *name, const struct json **ret,
    struct err *err)
{
	const struct json *member = NULL;

	if (json_get_object(object, name, &member, err) < 0)
		return -1;
	if (member == NULL)
		return err_set(err, ERR_MALFORMED, "%s is missing", name);
	*ret = member;
	return 0;
}
