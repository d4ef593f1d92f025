/* SPDX-License-Identifier: Apache-2.0 */
/* Places are given in turns: to owners one after the other, within an owner first come first. */
#include "aws/turns.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void
test_owners_take_turns(void **state)
{
	struct turns *t = turns_new(64);
	struct turn a[3] = { 0 }, b = { 0 }, c = { 0 };
	struct turn *expected[] = { &a[0], &b, &c, &a[1], &a[2], NULL };

	(void)state;
	for (int i = 0; i < 3; i++)
		turns_wait(t, &a[i], "a");
	turns_wait(t, &b, "b");
	turns_wait(t, &c, "");
	for (int i = 0; i < 6; i++)
		assert_ptr_equal(turns_next(t), expected[i]);
	for (int i = 0; i < 5; i++)
		turns_leave(t, expected[i]);
	turns_free(t);
}

/* One owner whose members never come back must leave places to the others. */
static void
test_no_owner_has_all(void **state)
{
	struct turns *t = turns_new(8);
	struct turn hung[20] = { 0 }, other[4] = { 0 };

	(void)state;
	for (int i = 0; i < 20; i++)
		turns_wait(t, &hung[i], "bad");
	assert_ptr_equal(turns_next(t), &hung[0]);
	assert_ptr_equal(turns_next(t), &hung[1]);
	assert_null(turns_next(t));	/* a quarter of eight */
	for (int i = 0; i < 4; i++) {
		turns_wait(t, &other[i], "good");
		assert_ptr_equal(turns_next(t), &other[i]);
		turns_leave(t, &other[i]);
	}
	turns_leave(t, &hung[0]);
	assert_ptr_equal(turns_next(t), &hung[2]);
	for (int i = 0; i < 20; i++)
		turns_leave(t, &hung[i]);
	turns_free(t);
}

static void
test_cap(void **state)
{
	static const char *const owners[] = { "a", "b", "c", "d", "e" };
	struct turns *t = turns_new(3);
	struct turn turn[5] = { 0 };

	(void)state;
	for (int i = 0; i < 5; i++)
		turns_wait(t, &turn[i], owners[i]);
	for (int i = 0; i < 3; i++)
		assert_ptr_equal(turns_next(t), &turn[i]);
	assert_null(turns_next(t));
	turns_leave(t, &turn[3]);	/* gives up while waiting */
	turns_leave(t, &turn[3]);
	turns_leave(t, &turn[1]);
	assert_ptr_equal(turns_next(t), &turn[4]);
	assert_null(turns_next(t));
	for (int i = 0; i < 5; i++)
		turns_leave(t, &turn[i]);
	turns_free(t);
	turns_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_owners_take_turns),
		cmocka_unit_test(test_no_owner_has_all),
		cmocka_unit_test(test_cap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
