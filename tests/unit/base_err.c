/* SPDX-License-Identifier: Apache-2.0 */
/* Errors: every kind has its row, texts are one clean line of bounded length. */
#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void
every_kind_has_a_row(void **state)
{
	(void)state;
	for (int a = 0; a < ERR_KINDS; a++) {
		enum err_claim claim = err_claim((enum err_kind)a);

		assert_true(strlen(err_kind_name((enum err_kind)a)) > 0);
		assert_true(claim >= ERR_CLAIM_UNKNOWN && claim <= ERR_CLAIM_NOT_APPLICABLE);
		for (int b = 0; b < a; b++)
			assert_string_not_equal(err_kind_name((enum err_kind)a),
			    err_kind_name((enum err_kind)b));
	}
}

/* What a failed read may still claim is the heart of the truth rules: spelled out once more. */
static void
only_three_kinds_claim_anything(void **state)
{
	(void)state;
	for (int kind = 0; kind < ERR_KINDS; kind++) {
		enum err_claim expected = kind == ERR_NOT_FOUND ? ERR_CLAIM_ABSENT :
		    kind == ERR_NOT_ENABLED || kind == ERR_UNSUPPORTED ? ERR_CLAIM_NOT_APPLICABLE :
		    ERR_CLAIM_UNKNOWN;
		bool transient = kind == ERR_NETWORK || kind == ERR_TIMEOUT || kind == ERR_THROTTLED ||
		    kind == ERR_SERVER;

		assert_int_equal(err_claim((enum err_kind)kind), expected);
		assert_int_equal(err_is_transient((enum err_kind)kind), transient);
	}
}

static void
texts_are_clean_and_bounded(void **state)
{
	struct err err = { .code = "left over" };
	char longer[1000];

	(void)state;
	assert_int_equal(err_set(&err, ERR_DENIED, "no %s", "way\nat\x1b[1mall"), -1);
	assert_int_equal(err.kind, ERR_DENIED);
	assert_string_equal(err.code, "");
	assert_string_equal(err.text, "no way\\x0aat\\x1b[1mall");
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	err_set(&err, ERR_FILE, "%s", longer);
	assert_in_range(strlen(err.text), 300, sizeof(err.text) - 1);
	err_clear(&err);
	assert_int_equal(err.kind, ERR_NONE);
	assert_string_equal(err.text, "");
}

static void
prefixes_keep_kind_and_code(void **state)
{
	struct err err;
	char longer[1000];

	(void)state;
	err_set(&err, ERR_THROTTLED, "slow down");
	strcpy(err.code, "ThrottlingException");
	assert_int_equal(err_prefix(&err, "call %d", 7), -1);
	assert_int_equal(err.kind, ERR_THROTTLED);
	assert_string_equal(err.code, "ThrottlingException");
	assert_string_equal(err.text, "call 7: slow down");
	err_prefix(&err, "%s", "a\nb");		/* the context is as foreign as the text */
	assert_string_equal(err.text, "a\\x0ab: call 7: slow down");
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	err_prefix(&err, "%s", longer);
	assert_in_range(strlen(err.text), 300, sizeof(err.text) - 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_has_a_row),
		cmocka_unit_test(only_three_kinds_claim_anything),
		cmocka_unit_test(texts_are_clean_and_bounded),
		cmocka_unit_test(prefixes_keep_kind_and_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
