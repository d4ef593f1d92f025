/* SPDX-License-Identifier: Apache-2.0 */
/* JSON trees over yajl's events; see json.h. yajl knows no depth limit and no duplicates: we do. */
#include "wire/json.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <yajl/yajl_parse.h>

#include "base/mem.h"
#include "base/stamp.h"
#include "base/text.h"

#define JSON_FEW_MEMBERS	16	/* up to here comparing each with each is cheapest */
#define EACH_BYTE(byte)		(UINT64_C(0x0101010101010101) * (byte))

/* An array or object that is still open. */
struct json_open {
	struct json	*value;
	struct json	*last;		/* its newest child */
	const char	*name;		/* of the member whose value comes next */
	size_t		 name_len;
};

struct json_reader {
	struct arena	*arena;
	yajl_handle	 yajl;
	struct json	*root;
	struct json_open open[JSON_MAX_DEPTH];
	unsigned	 depth;
	size_t		 values;
	const char	*refusal;	/* why we stopped the parser, or NULL */
	size_t		 refused_at;
	bool		 ended;		/* yajl counts from the text's end now */
};

static const char *const json_type_names[] = {
	[JSON_NULL] = "null", [JSON_BOOL] = "boolean", [JSON_NUMBER] = "number",
	[JSON_STRING] = "string", [JSON_ARRAY] = "array", [JSON_OBJECT] = "object",
};

const char *
json_type_name(enum json_type type)
{
	assert(type >= JSON_NULL && type <= JSON_OBJECT);
	return json_type_names[type];
}

static int
json_refuse(struct json_reader *r, const char *why)
{
	r->refusal = why;
	r->refused_at = yajl_get_bytes_consumed(r->yajl);
	return 0;
}

/* Hangs a new value below the innermost open one; NULL when the reader refuses it. */
static struct json *
json_add(struct json_reader *r, enum json_type type)
{
	struct json *value;

	if (++r->values > JSON_MAX_VALUES) {
		json_refuse(r, "too many values");
		return NULL;
	}
	value = arena_alloc(r->arena, sizeof(*value));
	value->type = type;
	value->offset = yajl_get_bytes_consumed(r->yajl);
	if (r->depth == 0) {
		r->root = value;
	} else {
		struct json_open *open = &r->open[r->depth - 1];

		value->name = open->name;
		value->name_len = open->name_len;
		if (open->last != NULL)
			open->last->next = value;
		else
			open->value->child = value;
		open->last = value;
		open->value->count++;
	}
	return value;
}

static int
json_on_null(void *arg)
{
	return json_add(arg, JSON_NULL) != NULL;
}

static int
json_on_bool(void *arg, int boolean)
{
	struct json *value = json_add(arg, JSON_BOOL);

	if (value != NULL)
		value->boolean = boolean != 0;
	return value != NULL;
}

static int
json_on_text(struct json_reader *r, enum json_type type, const char *text, size_t len)
{
	struct json *value = json_add(r, type);

	if (value == NULL)
		return 0;
	value->text = arena_strndup(r->arena, text, len);
	value->text_len = len;
	return 1;
}

static int
json_on_number(void *arg, const char *text, size_t len)
{
	return json_on_text(arg, JSON_NUMBER, text, len);
}

static int
json_on_string(void *arg, const unsigned char *text, size_t len)
{
	return json_on_text(arg, JSON_STRING, (const char *)text, len);
}

static int
json_on_open(struct json_reader *r, enum json_type type)
{
	struct json *value;

	if (r->depth == JSON_MAX_DEPTH)
		return json_refuse(r, "nested too deeply");
	value = json_add(r, type);
	if (value == NULL)
		return 0;
	r->open[r->depth++] = (struct json_open){ .value = value };
	return 1;
}

static int
json_on_start_map(void *arg)
{
	return json_on_open(arg, JSON_OBJECT);
}

static int
json_on_start_array(void *arg)
{
	return json_on_open(arg, JSON_ARRAY);
}

static int
json_on_key(void *arg, const unsigned char *name, size_t len)
{
	struct json_reader *r = arg;
	struct json_open *open = &r->open[r->depth - 1];

	open->name = arena_strndup(r->arena, (const char *)name, len);
	open->name_len = len;
	return 1;
}

static int
json_compare_names(const void *a, const void *b)
{
	const struct json *x = *(const struct json *const *)a, *y = *(const struct json *const *)b;
	size_t len = x->name_len < y->name_len ? x->name_len : y->name_len;
	int order = memcmp(x->name, y->name, len);

	return order != 0 ? order : (x->name_len > y->name_len) - (x->name_len < y->name_len);
}

static bool
json_same_name(const struct json *a, const struct json *b)
{
	return a->name_len == b->name_len && memcmp(a->name, b->name, a->name_len) == 0;
}

static bool
json_has_duplicates(const struct json *object)
{
	const struct json **sorted;
	bool found = false;
	size_t n = 0;

	if (object->count <= JSON_FEW_MEMBERS) {
		json_foreach(a, object)
			for (const struct json *b = a->next; b != NULL; b = b->next)
				if (json_same_name(a, b))
					return true;
		return false;
	}
	sorted = mem_alloc(object->count, sizeof(*sorted));
	json_foreach(item, object)
		sorted[n++] = item;
	qsort(sorted, n, sizeof(*sorted), json_compare_names);
	for (size_t i = 1; i < n && !found; i++)
		found = json_same_name(sorted[i - 1], sorted[i]);
	free(sorted);
	return found;
}

static int
json_on_end_map(void *arg)
{
	struct json_reader *r = arg;

	if (json_has_duplicates(r->open[--r->depth].value))
		return json_refuse(r, "an object with two members of one name");
	return 1;
}

static int
json_on_end_array(void *arg)
{
	struct json_reader *r = arg;

	r->depth--;
	return 1;
}

static const yajl_callbacks json_callbacks = {
	.yajl_null = json_on_null,
	.yajl_boolean = json_on_bool,
	.yajl_number = json_on_number,
	.yajl_string = json_on_string,
	.yajl_start_map = json_on_start_map,
	.yajl_map_key = json_on_key,
	.yajl_end_map = json_on_end_map,
	.yajl_start_array = json_on_start_array,
	.yajl_end_array = json_on_end_array,
};

char *
json_place(const char *text, size_t len, size_t offset, char *out, size_t size)
{
	size_t line = 1, column = 1;

	if (offset > len)
		offset = len;
	for (size_t i = 0; i < offset; i++) {
		column++;
		if (text[i] == '\n') {
			line++;
			column = 1;
		}
	}
	snprintf(out, size, "%zu:%zu", line, column);
	return out;
}

/* The code unit of the escape \uXXXX that begins at `at`, or -1. */
static int
json_code_unit(const char *text, size_t len, size_t at)
{
	char digits[5] = "";

	if (len - at < 6 || text[at] != '\\' || text[at + 1] != 'u')
		return -1;
	memcpy(digits, text + at + 2, 4);
	return strspn(digits, "0123456789abcdefABCDEF") == 4 ? (int)strtol(digits, NULL, 16) : -1;
}

/*
 * yajl makes '?' or invalid UTF-8 of half a surrogate pair. Gives a copy in which each is \ufffd,
 * which is as long, or the text itself when there is none.
 */
static const char *
json_mend_surrogates(struct arena *arena, const char *text, size_t len)
{
	const char *from = text, *slash;
	char *copy = NULL;

	while ((slash = memchr(from, '\\', len - (size_t)(from - text))) != NULL) {
		size_t at = (size_t)(slash - text);
		int unit = json_code_unit(text, len, at);
		bool high = unit >= 0xd800 && unit < 0xdc00, low = unit >= 0xdc00 && unit < 0xe000;
		int next = high ? json_code_unit(text, len, at + 6) : -1;
		bool pair = next >= 0xdc00 && next < 0xe000;

		if ((high && !pair) || low) {
			copy = copy ? copy : arena_strndup(arena, text, len);
			memcpy(copy + at, "\\ufffd", 6);
		}
		from = slash + (pair ? 12 : unit >= 0 ? 6 : len - at < 2 ? 1 : 2);
	}
	return copy != NULL ? copy : text;
}

/* yajl's own message carries an excerpt of the text, which may hold anything: keep its first line. */
static int
json_fail(struct json_reader *r, const char *text, size_t len, struct err *err)
{
	unsigned char *message = NULL;
	const char *why = r->refusal;
	size_t behind = r->refusal ? r->refused_at : yajl_get_bytes_consumed(r->yajl);
	size_t at = r->ended ? len : behind > 0 ? behind - 1 : 0;
	char place[48];

	if (why == NULL) {
		message = yajl_get_error(r->yajl, 0, (const unsigned char *)text, len);
		message[strcspn((char *)message, "\n")] = '\0';
		why = (char *)message;
		if (text_has_prefix(why, "lexical error: ") || text_has_prefix(why, "parse error: "))
			why = strchr(why, ':') + 2;
	}
	err_set(err, ERR_MALFORMED, "%s: %s", json_place(text, len, at, place, sizeof(place)), why);
	if (message != NULL)
		yajl_free_error(r->yajl, message);
	return -1;
}

/* How much of the text is UTF-8 without raw control characters: yajl takes \v and \f for blanks. */
static size_t
json_valid_prefix(const char *text, size_t len)
{
	size_t valid = text_utf8_prefix(text, len), i = 0;
	uint64_t eight;

	while (i < valid) {
		for (; valid - i >= sizeof(eight); i += sizeof(eight)) {	/* mostly there is none */
			memcpy(&eight, text + i, sizeof(eight));
			if ((eight - EACH_BYTE(0x20)) & ~eight & EACH_BYTE(0x80))
				break;
		}
		for (size_t end = valid - i < sizeof(eight) ? valid : i + sizeof(eight); i < end; i++)
			if ((unsigned char)text[i] < 0x20 && memchr("\t\n\r", text[i], 3) == NULL)
				return i;
	}
	return valid;
}

int
json_parse(struct arena *arena, const char *text, size_t len, const struct json **ret_root,
    struct err *err)
{
	struct json_reader r = { .arena = arena };
	size_t valid = json_valid_prefix(text, len);
	yajl_status status;
	char place[48];
	int ret = -1;

	if (valid < len)	/* yajl takes overlong forms and surrogates, too */
		return err_set(err, ERR_MALFORMED, "%s: %s",
		    json_place(text, len, valid, place, sizeof(place)),
		    (unsigned char)text[valid] < 0x20 ? "a control character" : "invalid UTF-8");
	r.yajl = yajl_alloc(&json_callbacks, NULL, &r);
	assert(r.yajl != NULL);
	yajl_config(r.yajl, yajl_dont_validate_strings, 1);
	text = json_mend_surrogates(arena, text, len);
	status = yajl_parse(r.yajl, (const unsigned char *)text, len);
	if (status == yajl_status_ok) {
		r.ended = true;
		status = yajl_complete_parse(r.yajl);
	}
	if (status != yajl_status_ok) {
		json_fail(&r, text, len, err);
	} else if (r.root == NULL) {
		err_set(err, ERR_MALFORMED, "1:1: no JSON value");
	} else {
		*ret_root = r.root;
		ret = 0;
	}
	yajl_free(r.yajl);
	return ret;
}

const struct json *
json_member(const struct json *object, const char *name)
{
	size_t len = strlen(name);

	if (object == NULL || object->type != JSON_OBJECT)
		return NULL;
	json_foreach(item, object)
		if (item->name_len == len && memcmp(item->name, name, len) == 0)
			return item->type == JSON_NULL ? NULL : item;
	return NULL;
}

bool
json_is(const struct json *value, const char *text)
{
	return value != NULL && value->type == JSON_STRING && value->text_len == strlen(text) &&
	    memcmp(value->text, text, value->text_len) == 0;
}

/* The member of this type; NULL and 0 when it is absent. */
static int
json_get(const struct json *object, const char *name, enum json_type type,
    const struct json **ret, struct err *err)
{
	const struct json *member = json_member(object, name);

	if (member != NULL && member->type != type)
		return err_set(err, ERR_MALFORMED, "%s is a %s where a %s belongs", name,
		    json_type_name(member->type), json_type_name(type));
	*ret = member;
	return 0;
}

int
json_get_string(const struct json *object, const char *name, const char **ret, struct err *err)
{
	const struct json *member = NULL;

	if (json_get(object, name, JSON_STRING, &member, err) < 0)
		return -1;
	if (member == NULL)
		return 0;
	if (strlen(member->text) != member->text_len)
		return err_set(err, ERR_MALFORMED, "%s holds a NUL character", name);
	*ret = member->text;
	return 0;
}

int
json_get_bool(const struct json *object, const char *name, bool *ret, struct err *err)
{
	const struct json *member = NULL;

	if (json_get(object, name, JSON_BOOL, &member, err) < 0)
		return -1;
	if (member != NULL)
		*ret = member->boolean;
	return 0;
}

int
json_get_i64(const struct json *object, const char *name, int64_t *ret, struct err *err)
{
	const struct json *member = NULL;

	if (json_get(object, name, JSON_NUMBER, &member, err) < 0)
		return -1;
	if (member != NULL && !text_to_i64(member->text, ret))
		return err_set(err, ERR_MALFORMED, "%s is not a whole number", name);
	return 0;
}

int
json_get_time(const struct json *object, const char *name, int64_t *ret_wall_ms, struct err *err)
{
	const struct json *member = NULL;

	if (json_get(object, name, JSON_NUMBER, &member, err) < 0)
		return -1;
	if (member != NULL && !stamp_parse_epoch(member->text, ret_wall_ms))
		return err_set(err, ERR_MALFORMED, "%s is not a time", name);
	return 0;
}

int
json_get_array(const struct json *object, const char *name, const struct json **ret,
    struct err *err)
{
	return json_get(object, name, JSON_ARRAY, ret, err);
}

int
json_get_object(const struct json *object, const char *name, const struct json **ret,
    struct err *err)
{
	return json_get(object, name, JSON_OBJECT, ret, err);
}
