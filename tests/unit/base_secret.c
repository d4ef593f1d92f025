/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets: files that may be read, sizes, moving, copying, wiping, and a closed process. */
#include "base/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

static char folder[64];

static int
folder_setup(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/base_secret.XXXXXX");
	return mkdtemp(folder) != NULL ? 0 : -1;
}

static int
folder_teardown(void **state)
{
	(void)state;
	return rmdir(folder);
}

static const char *
write_file(const void *data, size_t len, mode_t mode)
{
	static char path[96];
	FILE *f;

	snprintf(path, sizeof(path), "%s/secret", folder);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, len, f), len);
	fclose(f);
	assert_int_equal(chmod(path, mode), 0);
	return path;
}

static void
files_are_read_when_they_are_private(void **state)
{
	static const struct {
		const char	*content;
		mode_t		 mode;
		const char	*text;		/* NULL: refused */
		const char	*why;
	} cases[] = {
		{ "abc", 0600, "abc", NULL },
		{ "abc\n", 0400, "abc", NULL },
		{ "abc \r\n\t\n", 0640, "abc", NULL },
		{ " a b\n", 0660, " a b", NULL },
		{ "abc", 0604, NULL, "everybody" },
		{ "abc", 0602, NULL, "everybody" },
		{ "abc", 0601, NULL, "everybody" },
		{ "", 0600, NULL, "empty" },
		{ " \n\n", 0600, NULL, "empty" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *path = write_file(cases[i].content, strlen(cases[i].content), cases[i].mode);
		struct secret s = { NULL, 0 };
		struct err err = { .kind = ERR_NONE };

		secret_set(&s, "before", 6, &err);
		assert_int_equal(secret_read(&s, path, &err), cases[i].text ? 0 : -1);
		assert_string_equal(secret_text(&s), cases[i].text ? cases[i].text : "before");
		if (cases[i].text == NULL) {
			assert_int_equal(err.kind, ERR_FILE);
			assert_non_null(strstr(err.text, path));
			assert_non_null(strstr(err.text, cases[i].why));
			assert_null(strstr(err.text, "abc"));
		}
		secret_wipe(&s);
		unlink(path);
	}
}

static void
other_things_are_no_secrets(void **state)
{
	char fifo[96], missing[96];
	const char *paths[] = { folder, fifo, missing, "/dev/null" };

	(void)state;
	snprintf(fifo, sizeof(fifo), "%s/fifo", folder);
	snprintf(missing, sizeof(missing), "%s/missing", folder);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	for (size_t i = 0; i < COUNT(paths); i++) {	/* none of them hangs */
		struct secret s = { NULL, 0 };
		struct err err;

		assert_int_equal(secret_read(&s, paths[i], &err), -1);
		assert_int_equal(err.kind, ERR_FILE);
		assert_false(secret_is_set(&s));
	}
	unlink(fifo);
}

static void
sizes_are_capped(void **state)
{
	char *big = malloc(SECRET_MAX_BYTES + 1);
	struct secret s = { NULL, 0 };
	struct err err;
	const char *path;

	(void)state;
	memset(big, 'x', SECRET_MAX_BYTES + 1);
	assert_int_equal(secret_set(&s, big, SECRET_MAX_BYTES, &err), 0);
	assert_int_equal(s.len, SECRET_MAX_BYTES);
	assert_int_equal(secret_set(&s, big, SECRET_MAX_BYTES + 1, &err), -1);
	assert_int_equal(err.kind, ERR_TOO_LARGE);
	assert_int_equal(s.len, SECRET_MAX_BYTES);	/* as it was */
	secret_wipe(&s);
	path = write_file(big, SECRET_MAX_BYTES, 0600);
	assert_int_equal(secret_read(&s, path, &err), 0);
	assert_int_equal(s.len, SECRET_MAX_BYTES);
	path = write_file(big, SECRET_MAX_BYTES + 1, 0600);
	assert_int_equal(secret_read(&s, path, &err), -1);
	assert_int_equal(err.kind, ERR_TOO_LARGE);
	secret_wipe(&s);
	unlink(path);
	free(big);
}

static void
secrets_move_copy_and_go(void **state)
{
	struct secret a = { NULL, 0 }, b = { NULL, 0 };
	struct err err;

	(void)state;
	assert_string_equal(secret_text(&a), "");
	assert_false(secret_is_set(&a));
	secret_wipe(&a);
	assert_int_equal(secret_set(&a, "one", 3, &err), 0);
	secret_copy(&b, &a);
	assert_string_equal(secret_text(&b), "one");
	assert_ptr_not_equal(a.data, b.data);
	secret_copy(&a, &a);
	assert_string_equal(secret_text(&a), "one");
	secret_set(&a, "two", 3, &err);
	secret_move(&b, &a);
	assert_string_equal(secret_text(&b), "two");
	assert_false(secret_is_set(&a));
	secret_copy(&b, &a);		/* a copy of nothing is nothing */
	assert_false(secret_is_set(&b));
	secret_set(&a, "", 0, &err);
	assert_false(secret_is_set(&a));
	assert_string_equal(secret_text(&a), "");
	secret_set(&a, secret_text(&a), 0, &err);
	secret_wipe(&a);
	secret_wipe(&b);
}

static void
the_process_is_closed(void **state)
{
	pid_t pid = fork();
	int status;

	(void)state;
	if (pid == 0) {
		struct rlimit limit = { 1, 1 };

		secret_protect_process();
		getrlimit(RLIMIT_CORE, &limit);
		_exit(limit.rlim_cur == 0 && limit.rlim_max == 0 && prctl(PR_GET_DUMPABLE) == 0 ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_read_when_they_are_private),
		cmocka_unit_test(other_things_are_no_secrets),
		cmocka_unit_test(sizes_are_capped),
		cmocka_unit_test(secrets_move_copy_and_go),
		cmocka_unit_test(the_process_is_closed),
	};

	return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
