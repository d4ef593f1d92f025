/* SPDX-License-Identifier: Apache-2.0 */
/* Foreign text made fit for a line, URI escapes, nearest words, whole numbers. */
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

static void
foreign_text_is_cleaned(void **state)
{
	static const struct {
		const char	*text;
		size_t		 size;
		const char	*clean;
	} cases[] = {
		{ "plain", 64, "plain" },
		{ "", 64, "" },
		{ "a\nb\tc\r", 64, "a\\x0ab\\x09c\\x0d" },
		{ "\x1b[31mred", 64, "\\x1b[31mred" },
		{ "\x7f", 64, "\\x7f" },
		{ "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", 64, "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80" },
		{ "\xc2\x85", 64, "\\xc2\\x85" },			/* C1: next line */
		{ "\xe2\x80\xae" "cba", 64, "\\xe2\\x80\\xae" "cba" },	/* right to left */
		{ "\xe2\x80\xa8", 64, "\\xe2\\x80\\xa8" },		/* line separator */
		{ "a\xe2\x80\x8b" "b", 64, "a\\xe2\\x80\\x8b" "b" },	/* zero width */
		{ "\xef\xbb\xbf", 64, "\\xef\\xbb\\xbf" },
		{ "\xf3\xa0\x81\x81", 64, "\\xf3\\xa0\\x81\\x81" },	/* a tag character */
		{ "\xff\xc3", 64, "\\xff\\xc3" },
		{ "\xc0\xaf", 64, "\\xc0\\xaf" },			/* overlong */
		{ "\xed\xa0\x80", 64, "\\xed\\xa0\\x80" },		/* a surrogate */
		{ "\xf4\x90\x80\x80", 64, "\\xf4\\x90\\x80\\x80" },	/* beyond U+10FFFF */
		{ "0123456", 8, "0123456" },
		{ "01234567", 8, "0123..." },
		{ "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9", 8, "\xc3\xa9\xc3\xa9..." },
		{ "abc\n\n", 8, "abc..." },				/* no half escape */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char out[64];

		memset(out, '#', sizeof(out));
		assert_string_equal(text_clean(out, cases[i].size, cases[i].text, strlen(cases[i].text)),
		    cases[i].clean);
	}
}

/* Whatever comes in and however small the room: valid, one line, and within it. */
static void
cleaning_holds_for_all_bytes(void **state)
{
	char text[256], out[300];

	(void)state;
	for (int i = 0; i < 256; i++)
		text[i] = (char)(i * 7);
	for (size_t size = 5; size < sizeof(out); size++) {
		memset(out, '#', sizeof(out));
		text_clean(out, size, text, sizeof(text));
		assert_true(strlen(out) < size);
		assert_true(text_is_utf8(out, strlen(out)));
		assert_null(strpbrk(out, "\n\r\x1b"));
	}
}

static void
utf8_is_judged(void **state)
{
	static const struct {
		const char	*text;
		size_t		 len;
		bool		 good;
	} cases[] = {
		{ "", 0, true }, { "a\0b", 3, true }, { "\xc3\xa9", 2, true }, { "\xc3", 1, false },
		{ "\xe2\x82", 2, false }, { "\xf0\x9f\x98\x80", 4, true }, { "\xf0\x9f\x98", 3, false },
		{ "\x80", 1, false }, { "\xc1\xbf", 2, false }, { "\xe0\x80\xaf", 3, false },
		{ "\xed\x9f\xbf", 3, true }, { "\xed\xa0\x80", 3, false }, { "\xef\xbf\xbf", 3, true },
		{ "\xf4\x8f\xbf\xbf", 4, true }, { "\xf4\x90\x80\x80", 4, false },
		{ "\xf8\x88\x80\x80\x80", 5, false }, { "\xff", 1, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(text_is_utf8(cases[i].text, cases[i].len), cases[i].good);
}

static void
uri_escapes_go_both_ways(void **state)
{
	static const struct {
		const char	*text;
		bool		 keep_slash;
		const char	*escaped;
	} cases[] = {
		{ "AZaz09-_.~", false, "AZaz09-_.~" },
		{ "a/b", true, "a/b" },
		{ "a/b", false, "a%2Fb" },
		{ "a b+c%*=&?", false, "a%20b%2Bc%25%2A%3D%26%3F" },
		{ "\xc3\xa9\x01\xff", false, "%C3%A9%01%FF" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf out, back;

		buf_init(&out, 100);
		buf_init(&back, 100);
		text_add_uri(&out, cases[i].text, strlen(cases[i].text), cases[i].keep_slash);
		assert_string_equal(buf_text(&out), cases[i].escaped);
		assert_true(text_add_unescaped_uri(&back, buf_text(&out), out.len));
		assert_string_equal(buf_text(&back), cases[i].text);
		buf_done(&out);
		buf_done(&back);
	}
}

static void
broken_escapes_are_refused(void **state)
{
	static const struct {
		const char	*text, *plain;		/* NULL: refused */
	} cases[] = {
		{ "%7b%7D", "{}" }, { "a+b", "a+b" }, { "", "" }, { "%", NULL }, { "%4", NULL },
		{ "a%", NULL }, { "%zz", NULL }, { "%4g", NULL }, { "%%41", NULL }, { "% 1", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf out;

		buf_init(&out, 100);
		assert_int_equal(text_add_unescaped_uri(&out, cases[i].text, strlen(cases[i].text)),
		    cases[i].plain != NULL);
		if (cases[i].plain != NULL)
			assert_string_equal(buf_text(&out), cases[i].plain);
		buf_done(&out);
	}
}

static void
near_words_are_found(void **state)
{
	static const char *const words[] = { "accounts", "account", "regions", "role_name", "s3", "kms",
		NULL };
	static const struct {
		const char	*word, *nearest;
	} cases[] = {
		{ "acount", "account" }, { "accuonts", "accounts" }, { "region", "regions" },
		{ "role-name", "role_name" }, { "rolename", "role_name" }, { "accounts", "accounts" },
		{ "ksm", "kms" }, { "kmss", "kms" }, { "xyz", NULL }, { "", NULL }, { "a", NULL },
		{ "webhook", NULL },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *nearest = text_nearest(cases[i].word, words);

		if (!text_same(nearest, cases[i].nearest) || (nearest == NULL) != (cases[i].nearest == NULL))
			fail_msg("%s: %s", cases[i].word, nearest ? nearest : "none");
	}
}

static void
whole_numbers_are_read(void **state)
{
	static const struct {
		const char	*text;
		bool		 good;
		int64_t		 value;
	} cases[] = {
		{ "0", true, 0 }, { "-0", true, 0 }, { "42", true, 42 }, { "-42", true, -42 },
		{ "007", true, 7 }, { "9223372036854775807", true, INT64_MAX },
		{ "-9223372036854775808", true, INT64_MIN }, { "9223372036854775808", false, 0 },
		{ "-9223372036854775809", false, 0 }, { "", false, 0 }, { "-", false, 0 },
		{ "--1", false, 0 }, { "+1", false, 0 }, { " 1", false, 0 }, { "1 ", false, 0 },
		{ "1.0", false, 0 }, { "1e3", false, 0 }, { "0x1", false, 0 }, { "- 1", false, 0 },
		{ "-+1", false, 0 }, { NULL, false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		int64_t value = 99;

		assert_int_equal(text_to_i64(cases[i].text, &value), cases[i].good);
		assert_int_equal(value, cases[i].good ? cases[i].value : 99);
	}
}

static void
small_predicates(void **state)
{
	(void)state;
	assert_true(text_has_prefix("abc", ""));
	assert_true(text_has_prefix("abc", "abc"));
	assert_false(text_has_prefix("ab", "abc"));
	assert_true(text_has_suffix("abc", "bc"));
	assert_true(text_has_suffix("", ""));
	assert_false(text_has_suffix("bc", "abc"));
	assert_true(text_same(NULL, ""));
	assert_true(text_same(NULL, NULL));
	assert_false(text_same(NULL, "a"));
	assert_true(text_is_empty(NULL));
	assert_true(text_is_empty(""));
	assert_false(text_is_empty(" "));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(foreign_text_is_cleaned),
		cmocka_unit_test(cleaning_holds_for_all_bytes),
		cmocka_unit_test(utf8_is_judged),
		cmocka_unit_test(uri_escapes_go_both_ways),
		cmocka_unit_test(broken_escapes_are_refused),
		cmocka_unit_test(near_words_are_found),
		cmocka_unit_test(whole_numbers_are_read),
		cmocka_unit_test(small_predicates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
