/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON writer: forms, escapes, mended bytes, and a cap that holds. */
#include "wire/json_write.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/stamp.h"
#include "wire/json.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

static void
write_all(struct json_writer *w)
{
	json_write_object(w);
	json_write_member(w, "s", "t");
	json_write_member(w, "none", NULL);
	json_write_member_bool(w, "b", true);
	json_write_member_i64(w, "i", INT64_MIN);
	json_write_member_time(w, "t", INT64_C(1440938160999));
	json_write_member_time(w, "never", STAMP_UNKNOWN);
	json_write_key(w, "a");
	json_write_array(w);
	json_write_number(w, "1.50");
	json_write_null(w);
	json_write_bool(w, false);
	json_write_i64(w, INT64_MAX);
	json_write_array(w);
	json_write_end_array(w);
	json_write_object(w);
	json_write_end_object(w);
	json_write_end_array(w);
	json_write_end_object(w);
}

static void
values_are_written(void **state)
{
	struct json_writer *w;
	struct buf out;

	(void)state;
	buf_init(&out, 10000);
	w = json_writer_new(&out, false);
	write_all(w);
	json_writer_free(w);
	assert_string_equal(buf_text(&out), "{\"s\":\"t\",\"none\":null,\"b\":true,"
	    "\"i\":-9223372036854775808,\"t\":\"2015-08-30T12:36:00Z\",\"never\":null,"
	    "\"a\":[1.50,null,false,9223372036854775807,[],{}]}");
	buf_reset(&out);
	w = json_writer_new(&out, true);
	json_write_object(w);
	json_write_member(w, "a", "b");
	json_write_end_object(w);
	json_writer_free(w);
	assert_string_equal(buf_text(&out), "{\n  \"a\": \"b\"\n}\n");
	json_writer_free(NULL);
	buf_done(&out);
}

static void
strings_are_always_valid(void **state)
{
	static const struct {
		const char	*text;
		size_t		 len;
		const char	*json;
	} cases[] = {
		{ "", 0, "\"\"" },
		{ "\"\\\b\f\n\r\t", 7, "\"\\\"\\\\\\b\\f\\n\\r\\t\"" },
		{ "a\0b\x1f\x7f", 5, "\"a\\u0000b\\u001F\x7f\"" },
		{ "\xc3\xa9\xf0\x9f\x98\x80", 6, "\"\xc3\xa9\xf0\x9f\x98\x80\"" },
		{ "\xff", 1, "\"\xef\xbf\xbd\"" },
		{ "a\xc3", 2, "\"a\xef\xbf\xbd\"" },
		{ "\xc3" "a", 2, "\"\xef\xbf\xbd" "a\"" },
		{ "\xe2\x82\xc3\xa9", 4, "\"\xef\xbf\xbd\xef\xbf\xbd\xc3\xa9\"" },
		{ "\xed\xa0\x80", 3, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
		{ "\xf0\x9f\x98\x80\xff\xf0\x9f\x98\x80", 9, "\"\xf0\x9f\x98\x80\xef\xbf\xbd\xf0\x9f\x98\x80\"" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct json_writer *w;
		struct buf out;

		buf_init(&out, 1000);
		w = json_writer_new(&out, false);
		json_write_string_n(w, cases[i].text, cases[i].len);
		json_writer_free(w);
		assert_string_equal(buf_text(&out), cases[i].json);
		buf_done(&out);
	}
}

/* What was read is written as it stood, but for blanks. */
static void
trees_are_written(void **state)
{
	static const char *const texts[] = {
		"null", "true", "-1.50e+03", "\"\\u0000\xc3\xa9\"", "[]", "{}",
		"{\"a\":[1,{\"b\":null},\"c\",[[false]]],\"\":{\"d\":12345678901234567890}}",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct arena *arena = arena_new();
		struct json_writer *w;
		const struct json *tree;
		struct buf out;
		struct err err;

		assert_int_equal(json_parse(arena, texts[i], strlen(texts[i]), &tree, &err), 0);
		buf_init(&out, 1000);
		w = json_writer_new(&out, false);
		json_write_array(w);
		json_write_tree(w, tree);
		json_write_end_array(w);
		json_writer_free(w);
		assert_int_equal(out.len, strlen(texts[i]) + 2);
		assert_memory_equal(out.data + 1, texts[i], strlen(texts[i]));
		buf_done(&out);
		arena_free(arena);
	}
}

static void
the_buffers_cap_holds(void **state)
{
	struct json_writer *w;
	struct buf out;

	(void)state;
	buf_init(&out, 10);
	w = json_writer_new(&out, false);
	json_write_array(w);
	for (int i = 0; i < 100; i++)
		json_write_string(w, "abc");
	json_write_end_array(w);
	json_writer_free(w);
	assert_true(out.overflowed);
	assert_true(out.len <= 10);
	buf_done(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_written),
		cmocka_unit_test(strings_are_always_valid),
		cmocka_unit_test(trees_are_written),
		cmocka_unit_test(the_buffers_cap_holds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
