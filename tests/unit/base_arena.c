/* SPDX-License-Identifier: Apache-2.0 */
/* Arenas: alignment, zeroing, accounts, and reuse. */
#include "base/arena.h"

#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

static void
pieces_are_zeroed_aligned_and_apart(void **state)
{
	static const size_t sizes[] = { 0, 1, 2, 7, 8, 16, 17, 1000, 1024, 1025, 70000, 1000000, 3 };
	struct arena *a = arena_new();

	(void)state;
	for (int round = 0; round < 3; round++) {
		unsigned char *pieces[COUNT(sizes)];

		for (size_t i = 0; i < COUNT(sizes); i++) {
			pieces[i] = arena_alloc(a, sizes[i]);
			assert_int_equal((uintptr_t)pieces[i] % alignof(max_align_t), 0);
			for (size_t k = 0; k < sizes[i]; k++)
				assert_int_equal(pieces[i][k], 0);
			memset(pieces[i], (int)i + 1, sizes[i]);
			arena_strdup(a, "x");	/* odd lengths in between */
		}
		for (size_t i = 0; i < COUNT(sizes); i++)
			for (size_t k = 0; k < sizes[i]; k++)
				assert_int_equal(pieces[i][k], i + 1);
		arena_reset(a);
	}
	arena_free(a);
	arena_free(NULL);
}

static void
texts_are_copied(void **state)
{
	struct arena *a = arena_new();
	char text[] = "abc", longer[3000];

	(void)state;
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	assert_string_equal(arena_strdup(a, text), "abc");
	assert_ptr_not_equal(arena_strdup(a, text), text);
	assert_string_equal(arena_strndup(a, text, 2), "ab");
	assert_string_equal(arena_strndup(a, text, 0), "");
	assert_memory_equal(arena_strndup(a, "a\0b", 3), "a\0b", 4);
	assert_null(arena_strdup(a, NULL));
	assert_null(arena_strndup(a, NULL, 5));
	assert_string_equal(arena_printf(a, "%d-%s", 42, "x"), "42-x");
	assert_string_equal(arena_printf(a, "%s", ""), "");
	assert_string_equal(arena_printf(a, "%s", longer), longer);
	arena_free(a);
}

static void
bytes_are_accounted_for(void **state)
{
	struct arena *a = arena_new();
	size_t empty = arena_bytes(a), full;

	(void)state;
	arena_reset(a);
	assert_int_equal(arena_bytes(a), empty);
	for (int i = 0; i < 10000; i++)
		arena_alloc(a, 100);
	full = arena_bytes(a);
	assert_in_range(full, 10000 * 100, 2 * 10000 * 112);
	arena_reset(a);
	assert_in_range(arena_bytes(a), empty, 128 * 1024);	/* one chunk is kept */
	arena_alloc(a, 100);
	assert_true(arena_bytes(a) < full);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_zeroed_aligned_and_apart),
		cmocka_unit_test(texts_are_copied),
		cmocka_unit_test(bytes_are_accounted_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
