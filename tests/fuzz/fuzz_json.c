/* SPDX-License-Identifier: Apache-2.0 */
/* What the JSON reader takes, the writer writes, and the reader takes again as the same tree. */
#include "fuzz/fuzz.h"

#include <assert.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/text.h"
#include "wire/json.h"
#include "wire/json_write.h"

static void
write_value(struct json_writer *w, const struct json *value)
{
	if (value->name != NULL)
		json_write_string_n(w, value->name, value->name_len);
	if (value->type == JSON_NULL) {
		json_write_null(w);
	} else if (value->type == JSON_BOOL) {
		json_write_bool(w, value->boolean);
	} else if (value->type == JSON_NUMBER) {
		json_write_number(w, value->text);
	} else if (value->type == JSON_STRING) {
		json_write_string_n(w, value->text, value->text_len);
	} else if (value->type == JSON_ARRAY) {
		json_write_array(w);
		json_foreach(item, value)
			write_value(w, item);
		json_write_end_array(w);
	} else {
		json_write_object(w);
		json_foreach(item, value)
			write_value(w, item);
		json_write_end_object(w);
	}
}

static bool
same_text(const char *a, size_t a_len, const char *b, size_t b_len)
{
	return (a == NULL) == (b == NULL) && a_len == b_len && (a_len == 0 || memcmp(a, b, a_len) == 0);
}

static void
assert_same(const struct json *a, const struct json *b)
{
	assert(a->type == b->type && a->boolean == b->boolean && a->count == b->count);
	assert(same_text(a->name, a->name_len, b->name, b->name_len));
	assert(same_text(a->text, a->text_len, b->text, b->text_len));
	a = a->child;
	b = b->child;
	for (; a != NULL && b != NULL; a = a->next, b = b->next)
		assert_same(a, b);
	assert(a == NULL && b == NULL);
}

/* The getters must stand whatever type a member has. */
static void
ask_everything(const struct json *value)
{
	const struct json *child = NULL;
	const char *text = NULL;
	int64_t number = 0;
	bool boolean = false;
	struct err err;

	json_foreach(item, value) {
		char name[64];

		if (item->name == NULL || item->name_len >= sizeof(name) ||
		    strlen(item->name) != item->name_len)
			continue;
		memcpy(name, item->name, item->name_len + 1);
		json_get_string(value, name, &text, &err);
		json_get_bool(value, name, &boolean, &err);
		json_get_i64(value, name, &number, &err);
		json_get_time(value, name, &number, &err);
		json_get_array(value, name, &child, &err);
		json_get_object(value, name, &child, &err);
		assert(json_member(value, name) == (item->type == JSON_NULL ? NULL : item));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	const struct json *root = NULL, *again = NULL;
	struct json_writer *w;
	struct buf out;
	struct err err;

	buf_init(&out, 64 * 1024 * 1024);
	if (json_parse(arena, (const char *)data, size, &root, &err) == 0) {
		assert(text_is_utf8((const char *)data, size));
		ask_everything(root);
		w = json_writer_new(&out, size % 2 == 0);
		write_value(w, root);
		json_writer_free(w);
		assert(!out.overflowed);
		assert(json_parse(arena, buf_text(&out), out.len, &again, &err) == 0);
		assert_same(root, again);
	} else {
		assert(root == NULL && err.kind == ERR_MALFORMED && err.text[0] != '\0');
		assert(strchr(err.text, '\n') == NULL);
	}
	buf_done(&out);
	arena_free(arena);
	return 0;
}
