/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that cannot fail, and the abort when it does. */
#include "base/mem.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void
copies_are_exact(void **state)
{
	char *text;

	(void)state;
	assert_null(mem_strdup(NULL));
	assert_null(mem_strndup(NULL, 3));
	text = mem_strdup("abc");
	assert_string_equal(text, "abc");
	free(text);
	text = mem_strndup("abc", 2);
	assert_string_equal(text, "ab");
	free(text);
	text = mem_strndup("a\0b", 3);
	assert_memory_equal(text, "a\0b", 4);
	free(text);
}

static void
nothing_is_something(void **state)
{
	char *p = mem_alloc(0, 10), *q = mem_resize(NULL, 0, 0);

	(void)state;
	assert_non_null(p);
	assert_non_null(q);
	free(p);
	free(q);
}

static void
arrays_grow_by_doubling(void **state)
{
	size_t count = 0, cap = 0, moves = 0, last = 0;
	int *array = NULL;

	(void)state;
	for (int i = 0; i < 10000; i++) {
		array = mem_grow(array, count, &cap, sizeof(*array));
		array[count++] = i;
		assert_true(cap >= count);
		moves += cap != last;
		last = cap;
	}
	assert_in_range(moves, 2, 16);
	for (int i = 0; i < 10000; i++)
		assert_int_equal(array[i], i);
	free(array);
}

/* An overflowing product must abort, not give a small piece. */
static void
overflow_aborts(void **state)
{
	(void)state;
	for (int way = 0; way < 3; way++) {
		pid_t pid = fork();
		int status;

		if (pid == 0) {
			volatile size_t huge = SIZE_MAX / 2;
			struct rlimit none = { 0, 0 };

			setrlimit(RLIMIT_CORE, &none);
			signal(SIGABRT, SIG_DFL);
			close(STDERR_FILENO);
			if (way == 0)
				free(mem_alloc(huge, 4));
			else if (way == 1)
				free(mem_resize(NULL, huge, 4));
			else
				free(mem_strndup("x", SIZE_MAX));
			_exit(0);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) != 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(copies_are_exact),
		cmocka_unit_test(nothing_is_something),
		cmocka_unit_test(arrays_grow_by_doubling),
		cmocka_unit_test(overflow_aborts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
