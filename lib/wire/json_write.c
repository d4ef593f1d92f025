/* SPDX-License-Identifier: Apache-2.0 */
/* A JSON writer over yajl_gen; see json_write.h. */
#include "wire/json_write.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <yajl/yajl_gen.h>

#include "base/mem.h"
#include "base/stamp.h"
#include "base/text.h"
#include "wire/json.h"

struct json_writer {
	yajl_gen	 gen;
	struct buf	*out;
};

static void
json_write_out(void *arg, const char *text, size_t len)
{
	buf_add(arg, text, len);
}

struct json_writer *
json_writer_new(struct buf *out, bool pretty)
{
	struct json_writer *w = mem_alloc(1, sizeof(*w));

	w->gen = yajl_gen_alloc(NULL);
	assert(w->gen != NULL);
	w->out = out;
	yajl_gen_config(w->gen, yajl_gen_print_callback, json_write_out, out);
	yajl_gen_config(w->gen, yajl_gen_beautify, pretty ? 1 : 0);
	yajl_gen_config(w->gen, yajl_gen_indent_string, "  ");
	return w;
}

void
json_writer_free(struct json_writer *w)
{
	if (w == NULL)
		return;
	yajl_gen_free(w->gen);
	free(w);
}

static void
json_write_must(yajl_gen_status status)
{
	assert(status == yajl_gen_status_ok || status == yajl_gen_generation_complete);
	(void)status;
}

void
json_write_object(struct json_writer *w)
{
	json_write_must(yajl_gen_map_open(w->gen));
}

void
json_write_end_object(struct json_writer *w)
{
	json_write_must(yajl_gen_map_close(w->gen));
}

void
json_write_array(struct json_writer *w)
{
	json_write_must(yajl_gen_array_open(w->gen));
}

void
json_write_end_array(struct json_writer *w)
{
	json_write_must(yajl_gen_array_close(w->gen));
}

void
json_write_key(struct json_writer *w, const char *name)
{
	json_write_string_n(w, name, strlen(name));
}

/* Each byte that is not part of a UTF-8 character becomes U+FFFD. */
static void
json_write_mended(struct json_writer *w, const char *text, size_t len)
{
	struct buf mended;
	size_t i = 0;

	buf_init(&mended, len * 3 + 1);
	while (i < len) {
		size_t n = 1;

		while (n <= 4 && i + n <= len && !text_is_utf8(text + i, n))
			n++;
		if (n <= 4 && i + n <= len) {
			buf_add(&mended, text + i, n);
			i += n;
		} else {
			buf_adds(&mended, "\xef\xbf\xbd");
			i++;
		}
	}
	json_write_must(yajl_gen_string(w->gen, (const unsigned char *)buf_text(&mended), mended.len));
	buf_done(&mended);
}

void
json_write_string_n(struct json_writer *w, const char *text, size_t len)
{
	if (text_is_utf8(text, len))
		json_write_must(yajl_gen_string(w->gen, (const unsigned char *)text, len));
	else
		json_write_mended(w, text, len);
}

void
json_write_string(struct json_writer *w, const char *text)
{
	if (text == NULL)
		json_write_null(w);
	else
		json_write_string_n(w, text, strlen(text));
}

void
json_write_bool(struct json_writer *w, bool value)
{
	json_write_must(yajl_gen_bool(w->gen, value));
}

void
json_write_i64(struct json_writer *w, int64_t value)
{
	json_write_must(yajl_gen_integer(w->gen, value));
}

void
json_write_number(struct json_writer *w, const char *text)
{
	json_write_must(yajl_gen_number(w->gen, text, strlen(text)));
}

void
json_write_null(struct json_writer *w)
{
	json_write_must(yajl_gen_null(w->gen));
}

static void
json_write_children(struct json_writer *w, const struct json *parent)
{
	json_foreach(child, parent) {
		if (child->name != NULL)
			json_write_string_n(w, child->name, child->name_len);
		json_write_tree(w, child);
	}
}

void
json_write_tree(struct json_writer *w, const struct json *value)
{
	switch (value->type) {
	case JSON_NULL:
		json_write_null(w);
		break;
	case JSON_BOOL:
		json_write_bool(w, value->boolean);
		break;
	case JSON_NUMBER:
		json_write_must(yajl_gen_number(w->gen, value->text, value->text_len));
		break;
	case JSON_STRING:
		json_write_string_n(w, value->text, value->text_len);
		break;
	case JSON_ARRAY:
		json_write_array(w);
		json_write_children(w, value);
		json_write_end_array(w);
		break;
	case JSON_OBJECT:
		json_write_object(w);
		json_write_children(w, value);
		json_write_end_object(w);
		break;
	}
}

void
json_write_member(struct json_writer *w, const char *name, const char *value)
{
	json_write_key(w, name);
	json_write_string(w, value);
}

void
json_write_member_bool(struct json_writer *w, const char *name, bool value)
{
	json_write_key(w, name);
	json_write_bool(w, value);
}

void
json_write_member_i64(struct json_writer *w, const char *name, int64_t value)
{
	json_write_key(w, name);
	json_write_i64(w, value);
}

void
json_write_member_time(struct json_writer *w, const char *name, int64_t wall_ms)
{
	char text[STAMP_ISO_SIZE];

	json_write_member(w, name,
	    wall_ms == STAMP_UNKNOWN ? NULL : stamp_format_iso(wall_ms, text));
}
