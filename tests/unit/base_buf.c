/* SPDX-License-Identifier: Apache-2.0 */
/* Buffers: what fits is added whole, what does not is left out whole. */
#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void
text_grows_up_to_the_cap(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	assert_string_equal(buf_text(&b), "");
	for (int i = 0; i < 1000; i++) {
		buf_addc(&b, 'a');
		assert_int_equal(b.len, i + 1);
		assert_int_equal(strlen(buf_text(&b)), i + 1);
	}
	assert_false(b.overflowed);
	assert_true(b.cap <= 1001);
	buf_addc(&b, 'a');
	assert_true(b.overflowed);
	assert_int_equal(b.len, 1000);
	buf_done(&b);
	assert_string_equal(buf_text(&b), "");
}

static void
an_overflow_stays(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 5);
	buf_adds(&b, "abc");
	buf_adds(&b, "def");		/* left out whole */
	assert_true(b.overflowed);
	buf_addc(&b, 'x');		/* would fit, but the text has a hole already */
	assert_string_equal(buf_text(&b), "abc");
	buf_cut(&b, 1);
	assert_true(b.overflowed);
	buf_reset(&b);
	assert_false(b.overflowed);
	buf_adds(&b, "12345");
	assert_string_equal(buf_text(&b), "12345");
	assert_false(b.overflowed);
	buf_done(&b);
}

static void
formats_of_any_length(void **state)
{
	struct buf b;

	(void)state;
	for (int width = 1; width < 600; width++) {
		buf_init(&b, 500);
		buf_adds(&b, "<");
		buf_addf(&b, "%*d", width, 7);
		assert_int_equal(b.overflowed, width + 1 > 500);
		assert_int_equal(b.len, width + 1 > 500 ? 1 : width + 1);
		assert_int_equal(strlen(buf_text(&b)), b.len);
		if (!b.overflowed)
			assert_int_equal(b.data[b.len - 1], '7');
		buf_done(&b);
	}
}

static void
bytes_may_be_nul(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 10);
	buf_add(&b, "a\0b", 3);
	buf_add(&b, NULL, 0);
	assert_int_equal(b.len, 3);
	assert_memory_equal(b.data, "a\0b", 4);
	buf_cut(&b, 3);
	buf_cut(&b, 0);
	assert_string_equal(buf_text(&b), "");
	buf_done(&b);
}

/* Room that was taken before any text once held no NUL. */
static void
reserved_room_is_an_empty_text(void **state)
{
	struct buf b;
	char *before;

	(void)state;
	buf_init(&b, 100);
	assert_true(buf_reserve(&b, 100));
	assert_string_equal(buf_text(&b), "");
	before = b.data;
	for (int i = 0; i < 100; i++)
		buf_addc(&b, 'a');
	assert_ptr_equal(b.data, before);
	assert_false(buf_reserve(&b, 1));
	assert_true(b.overflowed);
	buf_done(&b);
}

static void
stolen_text_is_the_callers(void **state)
{
	struct buf b;
	char *text;

	(void)state;
	buf_init(&b, 10);
	text = buf_steal(&b);
	assert_string_equal(text, "");
	free(text);
	buf_adds(&b, "abc");
	text = buf_steal(&b);
	assert_string_equal(text, "abc");
	free(text);
	assert_int_equal(b.len, 0);
	buf_adds(&b, "0123456789");	/* the cap is as it was */
	assert_false(b.overflowed);
	buf_wipe(&b);
	assert_null(b.data);
	buf_wipe(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_grows_up_to_the_cap),
		cmocka_unit_test(an_overflow_stays),
		cmocka_unit_test(formats_of_any_length),
		cmocka_unit_test(bytes_may_be_nul),
		cmocka_unit_test(reserved_room_is_an_empty_text),
		cmocka_unit_test(stolen_text_is_the_callers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
