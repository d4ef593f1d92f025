/* SPDX-License-Identifier: Apache-2.0 */
/* The log on a standard error that is no terminal and no journal. */
#include "base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

struct catch {
	int	ends[2], stderr_fd;
};

static void
catch_start(struct catch *c)
{
	fflush(stderr);
	assert_int_equal(pipe(c->ends), 0);
	c->stderr_fd = dup(STDERR_FILENO);
	dup2(c->ends[1], STDERR_FILENO);
	close(c->ends[1]);
}

static const char *
catch_end(struct catch *c)
{
	static char text[4096];
	ssize_t n;

	fflush(stderr);
	dup2(c->stderr_fd, STDERR_FILENO);
	close(c->stderr_fd);
	n = read(c->ends[0], text, sizeof(text) - 1);
	text[n > 0 ? n : 0] = '\0';
	close(c->ends[0]);
	return text;
}

static void
lines_carry_priority_and_scope(void **state)
{
	static const struct log_scope all = { "111122223333", "us-east-1", "sweep" },
	    some = { "111122223333", NULL, NULL }, none = { NULL, NULL, NULL };
	static const struct {
		enum log_level		 level;
		const struct log_scope	*scope;
		const char		*line;
	} cases[] = {
		{ LOG_LEVEL_ERROR,   NULL,  "<3>text\n" },
		{ LOG_LEVEL_WARNING, &none, "<4>text\n" },
		{ LOG_LEVEL_NOTICE,  &some, "<5>111122223333 text\n" },
		{ LOG_LEVEL_INFO,    &all,  "<6>111122223333 us-east-1 sweep: text\n" },
		{ LOG_LEVEL_DEBUG,   &all,  "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct catch c;
		const char *line;

		catch_start(&c);
		log_write(cases[i].level, cases[i].scope, "%s", "text");
		line = catch_end(&c);
		assert_string_equal(line, cases[i].line);
	}
}

static void
levels_are_dropped_above_the_set_one(void **state)
{
	static const enum log_level levels[] = { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_NOTICE,
		LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

	(void)state;
	for (size_t most = 0; most < COUNT(levels); most++) {
		log_set_level(levels[most]);
		for (size_t i = 0; i < COUNT(levels); i++) {
			struct catch c;

			catch_start(&c);
			log_write(levels[i], NULL, "x");
			assert_int_equal(catch_end(&c)[0] != '\0', i <= most);
		}
	}
	log_set_level(LOG_LEVEL_INFO);
}

static void
foreign_text_stays_on_its_line(void **state)
{
	char longer[5000];
	struct catch c;
	const char *line;

	(void)state;
	catch_start(&c);
	log_error(NULL, "name: %s", "a\n<3>forged\x1b[2J\xff\xe2\x80\xae");
	line = catch_end(&c);
	assert_string_equal(line, "<3>name: a\\x0a<3>forged\\x1b[2J\\xff\\xe2\\x80\\xae\n");
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	catch_start(&c);
	log_warning(NULL, "%s", longer);
	line = catch_end(&c);
	assert_in_range(strlen(line), 900, 1100);
	assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
}

static void
level_names_are_read(void **state)
{
	static const struct {
		const char	*name;
		enum log_level	 level;		/* 0: refused */
	} cases[] = {
		{ "error", LOG_LEVEL_ERROR }, { "warning", LOG_LEVEL_WARNING },
		{ "notice", LOG_LEVEL_NOTICE }, { "info", LOG_LEVEL_INFO }, { "debug", LOG_LEVEL_DEBUG },
		{ "", 0 }, { "Error", 0 }, { "err", 0 }, { "3", 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		enum log_level level = 0;

		assert_int_equal(log_level_parse(cases[i].name, &level), cases[i].level != 0);
		assert_int_equal(level, cases[i].level);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_carry_priority_and_scope),
		cmocka_unit_test(levels_are_dropped_above_the_set_one),
		cmocka_unit_test(foreign_text_stays_on_its_line),
		cmocka_unit_test(level_names_are_read),
	};

	unsetenv("JOURNAL_STREAM");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
