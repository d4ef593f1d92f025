/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that are run: their output, their failures, their killing, and what they inherit. */
#include "loop/child.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/text.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

struct result {
	bool		inside;
	unsigned	runs;
	struct err	err;
	char		output[8192];
	size_t		len;
};

static void
result_take(void *arg, const struct buf *output, const struct err *err)
{
	struct result *result = arg;

	assert_false(result->inside);
	assert_true((output == NULL) != (err == NULL));
	result->runs++;
	if (err != NULL) {
		result->err = *err;
		return;
	}
	result->len = output->len;
	snprintf(result->output, sizeof(result->output), "%s", buf_text(output));
}

static void
assert_no_children(void)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void
run(char *const argv[], int64_t timeout_ms, size_t max_bytes, struct result *ret)
{
	struct loop *loop = loop_new();

	memset(ret, 0, sizeof(*ret));
	ret->inside = true;
	child_start(loop, argv, timeout_ms, max_bytes, result_take, ret);
	ret->inside = false;
	loop_run(loop);
	assert_int_equal(ret->runs, 1);
	assert_no_children();
	loop_free(loop);
}

static void
run_shell(const char *script, int64_t timeout_ms, size_t max_bytes, struct result *ret)
{
	char sh[] = "sh", option[] = "-c", *text = strdup(script);
	char *const argv[] = { sh, option, text, NULL };

	run(argv, timeout_ms, max_bytes, ret);
	free(text);
}

static void
programs_end_in_many_ways(void **state)
{
	static const struct {
		const char	*script, *output;
		enum err_kind	 kind;
		const char	*text;
	} cases[] = {
		{ "echo hi", "hi\n", ERR_NONE, "" },
		{ ":", "", ERR_NONE, "" },
		{ "printf 1234567890", "1234567890", ERR_NONE, "" },
		{ "echo hi; exit 3", NULL, ERR_FILE, "sh: failed with exit code 3" },
		{ "echo no >&2; exit 127", NULL, ERR_FILE, "sh: failed with exit code 127" },
		{ "kill -9 $$", NULL, ERR_FILE, "sh: ended by signal 9" },
		{ "exec >&-; sleep 0.05", "", ERR_NONE, "" },	/* the output ends first */
		{ "printf 12345678901", NULL, ERR_TOO_LARGE, "sh: wrote more than 10 bytes" },
		{ "yes", NULL, ERR_TOO_LARGE, "sh: wrote more than 10 bytes" },
		{ "cat", "", ERR_NONE, "" },			/* the input is empty */
		{ "kill -PIPE $$; echo survived", NULL, ERR_FILE, "sh: ended by signal 13" },
		{ "echo a; sleep 0.02; echo b", "a\nb\n", ERR_NONE, "" },
	};

	(void)state;
	signal(SIGPIPE, SIG_IGN);	/* ours is not the program's */
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct result result;

		run_shell(cases[i].script, 20000, 10, &result);
		assert_string_equal(result.err.text, cases[i].text);
		assert_int_equal(result.err.kind, cases[i].kind);
		if (cases[i].kind == ERR_NONE)
			assert_string_equal(result.output, cases[i].output);
	}
}

static void
what_cannot_be_run_is_told(void **state)
{
	static const char *const names[] = { "trailseal-no-such-program", "/nonexistent/program",
		"/dev/null", "" };

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		char *name = strdup(names[i]);
		char *const argv[] = { name, NULL };
		struct result result;

		run(argv, 1000, 10, &result);
		assert_int_equal(result.err.kind, ERR_FILE);
		assert_true(text_has_prefix(result.err.text, names[i]));
		free(name);
	}
}

static int64_t
real_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Whether somebody still holds the fifo open for writing, which the scripts do while they live. */
static bool
lives(const char *fifo)
{
	int fd = open(fifo, O_RDONLY | O_NONBLOCK);
	char byte;
	bool alive;

	assert_true(fd >= 0);
	alive = read(fd, &byte, 1) < 0 && errno == EAGAIN;
	close(fd);
	return alive;
}

static void
assert_dies(const char *fifo)
{
	for (int i = 0; i < 200 && lives(fifo); i++)
		usleep(10000);
	assert_false(lives(fifo));
}

static int
fifo_setup(void **state)
{
	static char path[64];

	snprintf(path, sizeof(path), "/tmp/loop_child.XXXXXX");
	assert_non_null(mkdtemp(path));
	strcat(path, "/fifo");
	assert_int_equal(mkfifo(path, 0600), 0);
	setenv("FIFO", path, 1);
	*state = path;
	return 0;
}

static int
fifo_teardown(void **state)
{
	char *path = *state;

	unlink(path);
	*strrchr(path, '/') = '\0';
	rmdir(path);
	return 0;
}

static void
deadlines_and_ends_reach_the_whole_group(void **state)
{
	static const struct {
		const char	*script;
		enum err_kind	 kind;
	} cases[] = {
		{ "exec 3<>$FIFO; sleep 100", ERR_TIMEOUT },
		{ "exec 3<>$FIFO; sleep 100 & sleep 100 & wait", ERR_TIMEOUT },
		{ "exec 3<>$FIFO; trap '' TERM INT HUP; while :; do sleep 1; done", ERR_TIMEOUT },
		{ "exec 3<>$FIFO; exec >&-; sleep 100", ERR_TIMEOUT },
		/* the program ends, what it left behind still holds its output */
		{ "exec 3<>$FIFO; sleep 100 & echo done", ERR_NONE },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		int64_t start_ms = real_ms();
		struct result result;

		run_shell(cases[i].script, 300, 100, &result);
		assert_int_equal(result.err.kind, cases[i].kind);
		if (cases[i].kind == ERR_TIMEOUT)
			assert_string_equal(result.err.text, "sh: did not end within 300 ms");
		else
			assert_string_equal(result.output, "done\n");
		assert_in_range(real_ms() - start_ms, cases[i].kind == ERR_TIMEOUT ? 290 : 0, 5000);
		assert_dies(*state);
	}
}

static void
cancelling_kills_silently(void **state)
{
	char sh[] = "sh", option[] = "-c", script[] = "exec 3<>$FIFO; sleep 100 & sleep 100";
	char *const argv[] = { sh, option, script, NULL };
	char none[] = "/nonexistent/program";
	char *const missing[] = { none, NULL };
	struct loop *loop = loop_new();
	struct result result = { .runs = 0 };
	struct child *child;

	child = child_start(loop, argv, 10000, 100, result_take, &result);
	for (int i = 0; i < 200 && !lives(*state); i++)
		usleep(10000);
	assert_true(lives(*state));
	child_cancel(child);
	assert_no_children();
	assert_dies(*state);
	child_cancel(child_start(loop, missing, 1000, 100, result_take, &result));
	loop_run(loop);
	assert_int_equal(result.runs, 0);
	loop_free(loop);
}

/* Only the three standard descriptors, no blocked signal, a session of its own. */
static void
nothing_of_ours_is_inherited(void **state)
{
	int fd = open("/dev/null", O_RDONLY), high = fcntl(fd, F_DUPFD, 500);
	struct result result;
	sigset_t set, old;

	(void)state;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, &old);
	assert_true(fd > 2 && fd < 10);
	assert_int_equal(high, 500);
	run_shell("cd /proc/$$/fd; for f in 0 1 2 3 4 5 6 7 8 9 500; do [ -e $f ] && echo $f; done; :",
	    20000, 8192, &result);
	assert_string_equal(result.output, "0\n1\n2\n");
	run_shell("grep SigBlk /proc/self/status; readlink /proc/self/fd/0 /proc/self/fd/2; "
	    "set -- $(cat /proc/self/stat); [ $$ = $6 ] && echo leads", 20000, 8192, &result);
	assert_string_equal(result.output, "SigBlk:\t0000000000000000\n/dev/null\n/dev/null\nleads\n");
	sigprocmask(SIG_SETMASK, &old, NULL);
	close(fd);
	close(high);
}

/* Some supervisors start programs with SIGCHLD ignored: exit codes are lost then. */
static void
ignored_sigchld_is_an_error(void **state)
{
	struct result result;

	(void)state;
	signal(SIGCHLD, SIG_IGN);
	run_shell("echo hi", 5000, 100, &result);
	signal(SIGCHLD, SIG_DFL);
	assert_int_equal(result.err.kind, ERR_FILE);
	assert_string_equal(result.err.text, "sh: its exit code is lost, SIGCHLD is ignored here");
}

static void
large_outputs_come_whole(void **state)
{
	struct result result;

	(void)state;
	run_shell("head -c 1000000 /dev/zero | tr '\\0' a", 20000, 1000000, &result);
	assert_int_equal(result.err.kind, ERR_NONE);
	assert_int_equal(result.len, 1000000);
}

static void
command_lines_are_split(void **state)
{
	static const struct {
		const char	*command;
		const char	*words[6];	/* none: an error */
	} cases[] = {
		{ "a", { "a" } },
		{ "  a\tb\nc  ", { "a", "b", "c" } },
		{ "a 'b c' \"d e\"", { "a", "b c", "d e" } },
		{ "a''b\"\"c", { "abc" } },
		{ "'' \"\"", { "", "" } },
		{ "a\\ b \\'c \\\\", { "a b", "'c", "\\" } },
		{ "'a\\b' \"c\\d\" \"e\\\"f\\\\\\$\"", { "a\\b", "c\\d", "e\"f\\$" } },
		{ "\"it's\" 'say \"x\"'", { "it's", "say \"x\"" } },
		{ "$HOME `id` $(id) * ~ #a;b|c", { "$HOME", "`id`", "$(id)", "*", "~", "#a;b|c" } },
		{ "a\\", { "a\\" } },
		{ "a\\\nb \"c\\\nd\"", { "ab", "cd" } },	/* a continued line */
		{ "", { NULL } },
		{ " \t\n", { NULL } },
		{ "a 'b", { NULL } },
		{ "a \"b", { NULL } },
		{ "\"a\\\"", { NULL } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err err = { .kind = ERR_NONE };
		char **words = child_split_words(cases[i].command, &err);

		assert_int_equal(words == NULL, cases[i].words[0] == NULL);
		assert_int_equal(err.kind, words == NULL ? ERR_CONFIG : ERR_NONE);
		for (size_t k = 0; words != NULL && k < COUNT(cases[i].words); k++) {
			if (cases[i].words[k] == NULL) {
				assert_null(words[k]);
				break;
			}
			assert_non_null(words[k]);
			assert_string_equal(words[k], cases[i].words[k]);
		}
		child_free_words(words);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(programs_end_in_many_ways),
		cmocka_unit_test(what_cannot_be_run_is_told),
		cmocka_unit_test_setup_teardown(deadlines_and_ends_reach_the_whole_group, fifo_setup,
		    fifo_teardown),
		cmocka_unit_test_setup_teardown(cancelling_kills_silently, fifo_setup, fifo_teardown),
		cmocka_unit_test(nothing_of_ours_is_inherited),
		cmocka_unit_test(ignored_sigchld_is_an_error),
		cmocka_unit_test(large_outputs_come_whole),
		cmocka_unit_test(command_lines_are_split),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
