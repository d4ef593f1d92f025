/* SPDX-License-Identifier: Apache-2.0 */
/* What the JSON reader takes and what it refuses, and where it says that the fault lies. */
#include "wire/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))
#define TEXT(t)		(t), sizeof(t) - 1

static const struct refusal {
	const char	*text;
	size_t		 len;
	const char	*message;
} refusals[] = {
	{ TEXT(""), "1:1: premature EOF" },
	{ TEXT(" \n"), "premature EOF" },
	{ TEXT("[1"), "1:3: premature EOF" },
	{ TEXT("\"a"), "1:3: premature EOF" },
	{ TEXT("[1,]"), "unallowed token" },
	{ TEXT("{\"a\":1,}"), "invalid object key" },
	{ TEXT("{'a':1}"), "invalid char" },
	{ TEXT("[1 2]"), "after array element" },
	{ TEXT("01"), "1:3: trailing garbage" },
	{ TEXT("1."), "malformed number" },
	{ TEXT(".5"), "invalid char" },
	{ TEXT("+1"), "invalid char" },
	{ TEXT("NaN"), "invalid char" },
	{ TEXT("nul"), "invalid string" },
	{ TEXT("{} {}"), "trailing garbage" },
	{ TEXT("/* x */ 1"), "comment" },
	{ TEXT("\xef\xbb\xbf{}"), "invalid char" },
	{ TEXT("\"\\x41\""), "occurs before a character" },
	{ TEXT("\"\\u00g0\""), "non-hex" },
	/* white space and control characters */
	{ TEXT("\v1"), "1:2: a control character" },
	{ TEXT("[1,\f2]"), "1:5: a control character" },
	{ TEXT("\"a\x1f\""), "a control character" },
	{ TEXT("\"a\0b\""), "1:4: a control character" },
	{ TEXT("{}\0"), "1:4: a control character" },
	{ TEXT("\"a\nb\""), "invalid character" },
	/* UTF-8: overlong forms, surrogates, beyond U+10FFFF, cut */
	{ TEXT("\"\xc0\x80\""), "not UTF-8" },
	{ TEXT("\"\xe0\x80\xaf\""), "not UTF-8" },
	{ TEXT("\"\xed\xa0\x80\""), "not UTF-8" },
	{ TEXT("\"\xf4\x90\x80\x80\""), "not UTF-8" },
	{ TEXT("\"\xe2\x82\""), "not UTF-8" },
	{ TEXT("\"\xff\""), "not UTF-8" },
	/* half a surrogate pair */
	{ TEXT("\"\\ud800\""), "surrogate" },
	{ TEXT("\"\\ud800x\""), "surrogate" },
	{ TEXT("\"\\ud800\\u0041\""), "surrogate" },
	{ TEXT("\"\\ud800\\ud800\""), "surrogate" },
	{ TEXT("\"\\udc00\""), "surrogate" },
	{ TEXT("\"\\uDE00\\uD83D\""), "surrogate" },
	{ TEXT("\"\\ud83d\\ude0"), "surrogate" },
	{ TEXT("{\"\\ud800\":1}"), "surrogate" },
	/* members of one name, after unescaping */
	{ TEXT("{\"a\":1,\"a\":2}"), "two members of one name" },
	{ TEXT("{\"a\":1,\"\\u0061\":2}"), "two members of one name" },
	{ TEXT("[{\"\":{\"x\\u0000\":1,\"x\\u0000\":2}}]"), "two members of one name" },
};

static void
test_refusals(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refusals); i++) {
		struct arena *arena = arena_new();
		const struct json *root = NULL;
		struct err err;

		if (json_parse(arena, refusals[i].text, refusals[i].len, &root, &err) == 0)
			fail_msg("row %zu is taken: %s", i, refusals[i].text);
		assert_int_equal(err.kind, ERR_MALFORMED);
		assert_null(root);
		if (strstr(err.text, refusals[i].message) == NULL)
			fail_msg("row %zu: %s", i, err.text);
		arena_free(arena);
	}
}

/* Strings, and what they are unescaped. */
static const struct reading {
	const char	*text;
	const char	*want;
	size_t		 len;
} readings[] = {
	{ "\"\"", TEXT("") },
	{ "\"a\\u0000b\"", TEXT("a\0b") },
	{ "\"\\\\u0041\\u0041\"", TEXT("\\u0041A") },
	{ "\"\\\\ud800\"", TEXT("\\ud800") },
	{ "\"\\\"\\/\\b\\f\\n\\r\\t\"", TEXT("\"/\b\f\n\r\t") },
	{ "\"\\u00e9\\u20AC\"", TEXT("\xc3\xa9\xe2\x82\xac") },
	{ "\"\\ud83d\\uDE00\"", TEXT("\xf0\x9f\x98\x80") },
	{ "\"\\udbff\\udfff\"", TEXT("\xf4\x8f\xbf\xbf") },
	{ "\"\xf0\x9f\x98\x80\x7f\"", TEXT("\xf0\x9f\x98\x80\x7f") },
	{ " \t\r\n\"x\" \n", TEXT("x") },
};

static void
test_strings(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(readings); i++) {
		struct arena *arena = arena_new();
		const struct json *root;
		struct err err;

		if (json_parse(arena, readings[i].text, strlen(readings[i].text), &root, &err) < 0)
			fail_msg("row %zu: %s", i, err.text);
		assert_int_equal(root->type, JSON_STRING);
		assert_int_equal(root->text_len, readings[i].len);
		assert_memory_equal(root->text, readings[i].want, readings[i].len);
		arena_free(arena);
	}
}

static int
parse_nested(struct arena *arena, int depth, struct err *err)
{
	char text[2 * (JSON_MAX_DEPTH + 1)];
	const struct json *root;

	memset(text, '[', (size_t)depth);
	memset(text + depth, ']', (size_t)depth);
	return json_parse(arena, text, 2 * (size_t)depth, &root, err);
}

static void
test_depth(void **state)
{
	struct arena *arena = arena_new();
	struct err err;

	(void)state;
	assert_int_equal(parse_nested(arena, JSON_MAX_DEPTH, &err), 0);
	assert_int_equal(parse_nested(arena, JSON_MAX_DEPTH + 1, &err), -1);
	assert_non_null(strstr(err.text, "nested too deeply"));
	arena_free(arena);
}

/* Names that differ in case, or behind a NUL, are two. */
static void
test_names(void **state)
{
	static const char text[] = "{\"a\":1,\"A\":2,\"a\\u0000\":3,\"a\\u0000b\":4}";
	struct arena *arena = arena_new();
	const struct json *root;
	struct err err;

	(void)state;
	assert_int_equal(json_parse(arena, text, sizeof(text) - 1, &root, &err), 0);
	assert_int_equal(root->count, 4);
	assert_string_equal(json_member(root, "a")->text, "1");
	assert_string_equal(json_member(root, "A")->text, "2");
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
