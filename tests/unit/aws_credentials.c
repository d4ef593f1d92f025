/* SPDX-License-Identifier: Apache-2.0 */
/* Keys: shared by counting, refused when they could not be sent, never shown. */
#include "aws/credentials.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/stamp.h"

#define ID	"AKIDEXAMPLE"
#define SECRET	"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

static void
test_new_copies(void **state)
{
	char id[] = ID, secret[] = SECRET, token[] = "a/token+=", source[] = "environment";
	struct aws_credentials *c;
	struct err err;

	(void)state;
	c = aws_credentials_new(id, secret, token, 1234, source, &err);
	assert_non_null(c);
	memset(id, 'x', sizeof(id));
	memset(secret, 'x', sizeof(secret));
	memset(token, 'x', sizeof(token));
	memset(source, 'x', sizeof(source));
	assert_string_equal(secret_text(&c->access_key_id), ID);
	assert_string_equal(secret_text(&c->secret_access_key), SECRET);
	assert_string_equal(secret_text(&c->session_token), "a/token+=");
	assert_string_equal(c->source, "environment");
	assert_int_equal(c->expires_wall_ms, 1234);
	assert_false(c->is_role_session);
	aws_credentials_drop(c);
}

static void
test_no_token_stays_unset(void **state)
{
	static const char *const none[] = { NULL, "" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct err err;
		struct aws_credentials *c =
		    aws_credentials_new(ID, SECRET, none[i], STAMP_UNKNOWN, "test", &err);

		assert_non_null(c);
		assert_false(secret_is_set(&c->session_token));
		aws_credentials_drop(c);
	}
}

static void
test_ids_are_never_used_twice(void **state)
{
	uint64_t last = 0;

	(void)state;
	for (int i = 0; i < 100; i++) {
		struct err err;
		struct aws_credentials *c =
		    aws_credentials_new(ID, SECRET, NULL, STAMP_UNKNOWN, "test", &err);

		assert_true(c->id > last);
		last = c->id;
		aws_credentials_drop(c);
	}
}

static void
test_counting(void **state)
{
	struct err err;
	struct aws_credentials *c = aws_credentials_new(ID, SECRET, NULL, STAMP_UNKNOWN, "x", &err);

	(void)state;
	assert_ptr_equal(aws_credentials_hold(c), c);
	assert_int_equal(c->users, 2);
	aws_credentials_drop(c);
	assert_string_equal(secret_text(&c->access_key_id), ID);
	aws_credentials_drop(c);
	aws_credentials_drop(NULL);
}

static void
test_refusals(void **state)
{
	static char long_id[130], long_secret[1026], long_token[16386];
	static const struct {
		const char	*id, *secret, *token, *text;
	} rows[] = {
		{ NULL, SECRET, NULL, "no access key id" },
		{ "", SECRET, NULL, "no access key id" },
		{ ID, NULL, NULL, "no secret access key" },
		{ ID, "", NULL, "no secret access key" },
		{ "AKID EXAMPLE", SECRET, NULL, NULL },
		{ ID "\r\nx-evil: 1", SECRET, NULL, NULL },
		{ ID, SECRET "\n", NULL, NULL },
		{ ID, SECRET, "to\tken", NULL },
		{ ID, SECRET, "tok\xc3\xa4n", NULL },
		{ long_id, SECRET, NULL, "access key id of more than 128 bytes" },
		{ ID, long_secret, NULL, NULL },
		{ ID, SECRET, long_token, NULL },
	};

	(void)state;
	memset(long_id, 'a', sizeof(long_id) - 1);
	memset(long_secret, 'a', sizeof(long_secret) - 1);
	memset(long_token, 'a', sizeof(long_token) - 1);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct err err = { .kind = ERR_NONE };

		assert_null(aws_credentials_new(rows[i].id, rows[i].secret, rows[i].token, STAMP_UNKNOWN,
		    "test", &err));
		assert_int_equal(err.kind, ERR_CREDENTIALS);
		if (rows[i].text != NULL)
			assert_string_equal(err.text, rows[i].text);
		assert_null(strstr(err.text, "evil"));
		assert_null(strstr(err.text, "wJalr"));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_new_copies),
		cmocka_unit_test(test_no_token_stays_unset),
		cmocka_unit_test(test_ids_are_never_used_twice),
		cmocka_unit_test(test_counting),
		cmocka_unit_test(test_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
