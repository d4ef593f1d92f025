/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON reader: what RFC 8259 takes and refuses, our own caps, places, getters. */
#include "wire/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/text.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))
#define TEXT(t)		t, sizeof(t) - 1

static int
setup(void **state)
{
	*state = arena_new();
	return 0;
}

static int
teardown(void **state)
{
	arena_free(*state);
	return 0;
}

static void
texts_are_taken(void **state)
{
	static const struct {
		const char	*text;
		size_t		 len;
		enum json_type	 type;
		const char	*value;		/* of a string or number */
		size_t		 value_len;
	} cases[] = {
		{ TEXT("null"), JSON_NULL, NULL, 0 },
		{ TEXT(" \t\r\n true \n"), JSON_BOOL, NULL, 0 },
		{ TEXT("[]"), JSON_ARRAY, NULL, 0 },
		{ TEXT("{}"), JSON_OBJECT, NULL, 0 },
		{ TEXT("0"), JSON_NUMBER, TEXT("0") },
		{ TEXT("-0"), JSON_NUMBER, TEXT("-0") },
		{ TEXT("-1.5e+10"), JSON_NUMBER, TEXT("-1.5e+10") },
		{ TEXT("1E400"), JSON_NUMBER, TEXT("1E400") },
		{ TEXT("123456789012345678901234567890"), JSON_NUMBER,
		    TEXT("123456789012345678901234567890") },
		{ TEXT("\"\""), JSON_STRING, TEXT("") },
		{ TEXT("\"a\\\"\\\\\\/\\b\\f\\n\\r\\tz\""), JSON_STRING, TEXT("a\"\\/\b\f\n\r\tz") },
		{ TEXT("\"\\u0041\\u00e9\\u20AC\""), JSON_STRING, TEXT("A\xc3\xa9\xe2\x82\xac") },
		{ TEXT("\"\\ud83d\\ude00\""), JSON_STRING, TEXT("\xf0\x9f\x98\x80") },
		{ TEXT("\"\xf0\x9f\x98\x80\x7f\""), JSON_STRING, TEXT("\xf0\x9f\x98\x80\x7f") },
		{ TEXT("\"a\\u0000b\""), JSON_STRING, TEXT("a\0b") },
		/* halves of pairs, which yajl made '?' or invalid UTF-8 of */
		{ TEXT("\"\\ud800\""), JSON_STRING, TEXT("\xef\xbf\xbd") },
		{ TEXT("\"\\uDFFFx\""), JSON_STRING, TEXT("\xef\xbf\xbdx") },
		{ TEXT("\"\\ud800\\u0041\""), JSON_STRING, TEXT("\xef\xbf\xbd" "A") },
		{ TEXT("\"\\ud800\\ud83d\\ude00\""), JSON_STRING, TEXT("\xef\xbf\xbd\xf0\x9f\x98\x80") },
		{ TEXT("\"\\ude00\\ud83d\""), JSON_STRING, TEXT("\xef\xbf\xbd\xef\xbf\xbd") },
		{ TEXT("\"\\\\ud800\""), JSON_STRING, TEXT("\\ud800") },	/* no escape at all */
		{ TEXT("\"\\\\\\ud800\""), JSON_STRING, TEXT("\\\xef\xbf\xbd") },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct json *root = NULL;
		struct err err;

		if (json_parse(*state, cases[i].text, cases[i].len, &root, &err) < 0)
			fail_msg("%s: %s", cases[i].text, err.text);
		assert_int_equal(root->type, cases[i].type);
		if (cases[i].value == NULL)
			continue;
		assert_int_equal(root->text_len, cases[i].value_len);
		assert_memory_equal(root->text, cases[i].value, cases[i].value_len + 1);
	}
}

static void
texts_are_refused_at_their_place(void **state)
{
	static const struct {
		const char	*text;
		size_t		 len;
		const char	*place;		/* the beginning of the error */
	} cases[] = {
		{ TEXT(""), "1:1: " },
		{ TEXT(" \n "), "" },
		{ TEXT("{"), "1:2: " },
		{ TEXT("[1,\n"), "2:1: " },
		{ TEXT("\"abc"), "1:5: " },
		{ TEXT("tru"), "1:4: " },
		{ TEXT("1 2"), "1:4: " },
		{ TEXT("{} x"), "1:4: " },
		{ TEXT("[]]"), "1:3: " },
		{ TEXT("[1,]"), "1:4: " },
		{ TEXT("[,1]"), "1:2: " },
		{ TEXT("{\"a\":1,}"), "1:8: " },
		{ TEXT("{\"a\" 1}"), "1:6: " },
		{ TEXT("{a:1}"), "1:2: " },
		{ TEXT("{1:1}"), "" },
		{ TEXT("{\"a\":}"), "" },
		{ TEXT("[1\n,\n  x]"), "3:3: " },
		{ TEXT("01"), "" },
		{ TEXT("[-01]"), "" },
		{ TEXT("+1"), "1:1: " },
		{ TEXT(".5"), "1:1: " },
		{ TEXT("[5.]"), "" },
		{ TEXT("[1e]"), "" },
		{ TEXT("-"), "" },
		{ TEXT("0x10"), "" },
		{ TEXT("NaN"), "1:1: " },
		{ TEXT("Infinity"), "1:1: " },
		{ TEXT("True"), "1:1: " },
		{ TEXT("'a'"), "1:1: " },
		{ TEXT("[1] // c"), "" },
		{ TEXT("/* c */ 1"), "" },
		{ TEXT("\"\\x41\""), "" },
		{ TEXT("\"\\u12\""), "" },
		{ TEXT("\"\\u12g4\""), "" },
		{ TEXT("\"a\nb\""), "" },
		{ TEXT("\"a\tb\""), "" },
		{ TEXT("\"a\0b\""), "" },
		{ TEXT("[1]\0"), "" },
		{ TEXT("\0"), "" },
		{ TEXT("\"\xff\""), "1:2: invalid UTF-8" },
		{ TEXT("\"\xc3\""), "" },
		{ TEXT("\"\xc0\xaf\""), "" },		/* overlong */
		{ TEXT("\"\xe0\x80\xaf\""), "" },
		{ TEXT("\"\xed\xa0\x80\""), "" },	/* a surrogate */
		{ TEXT("\"\xf4\x90\x80\x80\""), "" },
		{ TEXT("\"\xf8\x88\x80\x80\x80\""), "" },
		{ TEXT("{\"\xff\":1}"), "" },
		{ TEXT("\xef\xbb\xbf[]"), "1:1: " },	/* RFC 8259, 8.1: no byte order mark */
		{ TEXT("\xfe\xff\0["), "" },
		{ TEXT("{\"a\":1,\"a\":2}"), "1:13: an object with two members of one name" },
		{ TEXT("{\"a\":1,\"\\u0061\":2}"), "1:18: an object with two members of one name" },
		{ TEXT("{\"x\":{\"\":1,\"\":2}}"), "1:16: an object with two members of one name" },
		{ TEXT("{\"\\ud800\":1,\"\\ud801\":2}"), "" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct json *root = NULL;
		struct err err;

		if (json_parse(*state, cases[i].text, cases[i].len, &root, &err) == 0)
			fail_msg("taken: %s", cases[i].text);
		assert_null(root);
		assert_int_equal(err.kind, ERR_MALFORMED);
		if (!text_has_prefix(err.text, cases[i].place))
			fail_msg("%s: %s", cases[i].text, err.text);
		assert_null(strpbrk(err.text, "\n\r"));
	}
}

/* Every text, wherever it is cut, is refused: nothing half is taken for whole. */
static void
cut_texts_are_refused(void **state)
{
	static const char text[] = "{\"a\":[1,-2.5e3,true,null],\"b\\n\":{\"c\":\"\\u00e9\\ud83d\\ude00x\"}}";
	const struct json *root = NULL;
	struct err err;

	assert_int_equal(json_parse(*state, text, sizeof(text) - 1, &root, &err), 0);
	for (size_t len = 0; len < sizeof(text) - 1; len++) {
		char *exact = malloc(len + 1);

		memcpy(exact, text, len);
		assert_int_equal(json_parse(*state, exact, len, &root, &err), -1);
		free(exact);
	}
}

static void
depth_is_capped(void **state)
{
	static const struct {
		const char	*open, *close;
	} cases[] = { { "[", "]" }, { "{\"a\":", "}" } };

	for (size_t i = 0; i < COUNT(cases); i++) {
		for (int depth = JSON_MAX_DEPTH - 1; depth <= JSON_MAX_DEPTH + 1; depth++) {
			const struct json *root;
			struct err err;
			struct buf b;

			buf_init(&b, 10000);
			for (int k = 0; k < depth; k++)
				buf_adds(&b, cases[i].open);
			buf_adds(&b, i == 0 ? "" : "[]");
			for (int k = 0; k < depth; k++)
				buf_adds(&b, cases[i].close);
			if (json_parse(*state, buf_text(&b), b.len, &root, &err) == 0)
				assert_true(depth + (i == 1) <= JSON_MAX_DEPTH);
			else
				assert_non_null(strstr(err.text, "nested too deeply"));
			assert_true(depth + (i == 1) > JSON_MAX_DEPTH || root != NULL);
			buf_done(&b);
		}
	}
}

static void
the_number_of_values_is_capped(void **state)
{
	const struct json *root;
	struct err err;
	struct buf b;

	buf_init(&b, 4 * JSON_MAX_VALUES);
	buf_addc(&b, '[');
	for (int i = 0; i < JSON_MAX_VALUES - 1; i++)
		buf_adds(&b, i > 0 ? ",1" : "1");
	buf_addc(&b, ']');
	assert_int_equal(json_parse(*state, buf_text(&b), b.len, &root, &err), 0);
	assert_int_equal(root->count, JSON_MAX_VALUES - 1);
	buf_cut(&b, b.len - 1);
	buf_adds(&b, ",1]");
	assert_int_equal(json_parse(*state, buf_text(&b), b.len, &root, &err), -1);
	assert_non_null(strstr(err.text, "too many values"));
	buf_done(&b);
}

/* Both ways of looking for duplicates: few members, and many. */
static void
duplicates_are_found_among_many(void **state)
{
	for (int members = 2; members <= 40; members++) {
		for (int duplicate = 0; duplicate < members; duplicate++) {
			const struct json *root;
			struct err err;
			struct buf b;

			buf_init(&b, 10000);
			buf_addc(&b, '{');
			for (int i = 0; i < members; i++)
				buf_addf(&b, "\"k%d\":0,", (i * 7) % members + 100 * i);
			buf_addf(&b, "\"k%d\":1", duplicate == 0 ? -1 :
			    (duplicate * 7) % members + 100 * duplicate);
			buf_addc(&b, '}');
			assert_int_equal(json_parse(*state, buf_text(&b), b.len, &root, &err),
			    duplicate == 0 ? 0 : -1);
			buf_done(&b);
		}
		arena_reset(*state);
	}
}

static void
trees_hang_together(void **state)
{
	static const char text[] = "{\"a\":[1,\"x\",null],\"b\":{},\"c\":false}";
	const struct json *root, *item;
	struct err err;

	assert_int_equal(json_parse(*state, text, sizeof(text) - 1, &root, &err), 0);
	assert_int_equal(root->count, 3);
	assert_null(root->name);
	item = root->child;
	assert_string_equal(item->name, "a");
	assert_int_equal(item->count, 3);
	assert_int_equal(item->child->type, JSON_NUMBER);
	assert_null(item->child->name);
	assert_true(json_is(item->child->next, "x"));
	assert_false(json_is(item->child->next, "xy"));
	assert_false(json_is(item->child, "1"));
	assert_false(json_is(NULL, ""));
	assert_null(item->child->next->next->next);
	assert_string_equal(item->next->name, "b");
	assert_int_equal(item->next->count, 0);
	assert_false(item->next->next->boolean);
	assert_null(json_member(root, "d"));
	assert_null(json_member(NULL, "a"));
	assert_null(json_member(item, "a"));	/* not an object */
}

static void
members_are_typed(void **state)
{
	static const char text[] = "{\"s\":\"t\",\"e\":\"\",\"z\":\"a\\u0000b\",\"n\":null,\"b\":true,"
	    "\"i\":-42,\"f\":1.5,\"E\":1e3,\"big\":9223372036854775808,\"t\":1440938160.5,\"a\":[],"
	    "\"o\":{}}";
	const struct json *root, *child = NULL;
	const char *string = "before";
	int64_t number = 7;
	bool boolean = false;
	struct err err;

	assert_int_equal(json_parse(*state, text, sizeof(text) - 1, &root, &err), 0);

	assert_int_equal(json_get_string(root, "missing", &string, &err), 0);
	assert_int_equal(json_get_string(root, "n", &string, &err), 0);
	assert_string_equal(string, "before");
	assert_int_equal(json_get_string(root, "z", &string, &err), -1);
	assert_int_equal(err.kind, ERR_MALFORMED);
	assert_int_equal(json_get_string(root, "i", &string, &err), -1);
	assert_string_equal(err.text, "i is a number where a string belongs");
	assert_string_equal(string, "before");
	assert_int_equal(json_get_string(root, "e", &string, &err), 0);
	assert_string_equal(string, "");

	assert_int_equal(json_get_bool(root, "s", &boolean, &err), -1);
	assert_int_equal(json_get_bool(root, "n", &boolean, &err), 0);
	assert_false(boolean);
	assert_int_equal(json_get_bool(root, "b", &boolean, &err), 0);
	assert_true(boolean);

	assert_int_equal(json_get_i64(root, "f", &number, &err), -1);
	assert_int_equal(json_get_i64(root, "E", &number, &err), -1);
	assert_int_equal(json_get_i64(root, "big", &number, &err), -1);
	assert_int_equal(json_get_i64(root, "s", &number, &err), -1);
	assert_int_equal(number, 7);
	assert_int_equal(json_get_i64(root, "i", &number, &err), 0);
	assert_int_equal(number, -42);

	assert_int_equal(json_get_time(root, "big", &number, &err), -1);
	assert_int_equal(json_get_time(root, "s", &number, &err), -1);
	assert_int_equal(json_get_time(root, "t", &number, &err), 0);
	assert_int_equal(number, INT64_C(1440938160500));

	assert_int_equal(json_get_array(root, "o", &child, &err), -1);
	assert_int_equal(json_get_array(root, "a", &child, &err), 0);
	assert_int_equal(child->type, JSON_ARRAY);
	assert_int_equal(json_get_object(root, "a", &child, &err), -1);
	assert_int_equal(json_get_object(root, "o", &child, &err), 0);
	assert_int_equal(child->type, JSON_OBJECT);
	assert_int_equal(json_get_object(root, "n", &child, &err), 0);
	assert_null(child);
}

static void
places_are_lines_and_columns(void **state)
{
	static const struct {
		size_t		 offset;
		const char	*place;
	} cases[] = { { 0, "1:1" }, { 2, "1:3" }, { 3, "2:1" }, { 4, "3:1" }, { 6, "3:3" }, { 99, "3:3" } };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char place[32];

		assert_string_equal(json_place("ab\n\ncd", 6, cases[i].offset, place, sizeof(place)),
		    cases[i].place);
	}
	for (int type = JSON_NULL; type <= JSON_OBJECT; type++)
		assert_true(strlen(json_type_name((enum json_type)type)) > 3);
}

#define json_test(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		json_test(texts_are_taken),
		json_test(texts_are_refused_at_their_place),
		json_test(cut_texts_are_refused),
		json_test(depth_is_capped),
		json_test(the_number_of_values_is_capped),
		json_test(duplicates_are_found_among_many),
		json_test(trees_hang_together),
		json_test(members_are_typed),
		json_test(places_are_lines_and_columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
