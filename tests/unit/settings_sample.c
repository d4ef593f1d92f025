/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What users read about the options is what the rows say: etc/trailseal.yaml and the list in
 * man/trailseal.yaml.5 are made from them. When they differ, the text that should stand there is
 * left in the build folder under the same name with ".new".
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "config/sample.h"
#include "settings/settings.h"

#define FILE_BYTES	(1024 * 1024)

static void
read_file(const char *name, struct buf *out)
{
	const char *top = getenv("top_srcdir");
	char chunk[4096], path[4096];
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", top ? top : ".", name);
	f = fopen(path, "r");
	assert_non_null(f);
	buf_init(out, FILE_BYTES);
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		buf_add(out, chunk, n);
	fclose(f);
	assert_false(out->overflowed);
}

/* Compares a file with what it should be. */
static void
expect_file(const char *name, const struct buf *is, const struct buf *should)
{
	const char *top = getenv("top_builddir");
	char path[4096];
	FILE *f;

	if (strcmp(buf_text(is), buf_text(should)) == 0)
		return;
	snprintf(path, sizeof(path), "%s/tests/unit/%s.new", top ? top : ".", strrchr(name, '/') + 1);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(buf_text(should), f);
	fclose(f);
	fail_msg("%s is not what the rows say; copy %s over it", name, path);
}

/* The length of what a person wrote: up to and with the line `last`. */
static size_t
length_to(const struct buf *text, const char *last)
{
	const char *line = strstr(buf_text(text), last);

	assert_non_null(line);
	return (size_t)(line - text->data) + strlen(last);
}

static void
test_sample_is_made_from_rows(void **state)
{
	struct buf is, should, options;

	(void)state;
	read_file("etc/trailseal.yaml", &is);
	buf_init(&should, FILE_BYTES);
	buf_init(&options, FILE_BYTES);
	buf_add(&should, is.data, length_to(&is, "they stand below.\n\n"));
	config_add_sample(&options, settings_rows);
	buf_add(&should, options.data, options.len);
	expect_file("etc/trailseal.yaml", &is, &should);
	buf_done(&options);
	buf_done(&should);
	buf_done(&is);
}

static void
test_manual_is_made_from_rows(void **state)
{
	static const char begin[] = ".\\\" The list is made from the rows.\n";
	static const char end[] = ".\\\" End of the list.\n";
	struct buf is, should;
	const char *rest;

	(void)state;
	read_file("man/trailseal.yaml.5", &is);
	buf_init(&should, FILE_BYTES);
	buf_add(&should, is.data, length_to(&is, begin));
	config_add_manual(&should, settings_rows);
	rest = strstr(buf_text(&is), end);
	assert_non_null(rest);
	buf_adds(&should, rest);
	expect_file("man/trailseal.yaml.5", &is, &should);
	buf_done(&should);
	buf_done(&is);
}

/* The lines that hold options, without their "#". */
static void
uncomment(struct buf *out, const char *text)
{
	while (*text != '\0') {
		size_t indent = strspn(text, " "), len = strcspn(text, "\n");

		if (text[indent] == '#' && text[indent + 1] != ' ')
			buf_addf(out, "%*s%.*s\n", (int)indent, "", (int)(len - indent - 1),
			    text + indent + 1);
		text += len + (text[len] == '\n');
	}
}

static void
expect_loads(const char *text)
{
	struct config_errors errors = { .file = NULL };
	struct settings *s;
	struct buf got;

	buf_init(&got, FILE_BYTES);
	if (settings_load_text("trailseal.yaml", text, strlen(text), &s, &errors) < 0) {
		config_errors_write(&errors, &got);
		fail_msg("%s", buf_text(&got));
	}
	settings_free(s);
	config_errors_done(&errors);
	buf_done(&got);
}

static void
test_sample_loads(void **state)
{
	struct buf sample, bare;

	(void)state;
	read_file("etc/trailseal.yaml", &sample);
	buf_init(&bare, FILE_BYTES);
	uncomment(&bare, buf_text(&sample));
	expect_loads(buf_text(&sample));
	assert_non_null(strstr(buf_text(&bare), "\naws:\n"));
	expect_loads(buf_text(&bare));
	buf_done(&bare);
	buf_done(&sample);
}

/* The example in the manual is one. */
static void
test_manual_example_loads(void **state)
{
	static const char begin[] = "\n.Bd -literal -compact\n";
	struct buf manual;
	char *example, *end, *p;

	(void)state;
	read_file("man/trailseal.yaml.5", &manual);
	for (p = manual.data; (example = strstr(p, begin)) != NULL; p = end + 1) {
		example += strlen(begin);
		end = strstr(example, ".Ed\n");
		assert_non_null(end);
		*end = '\0';
		expect_loads(example);
	}
	assert_ptr_not_equal(p, manual.data);
	buf_done(&manual);
}

/* Every row can be explained: the help is whole sentences, and needs no escapes in a manual. */
static void
expect_explained(const struct config_option *rows)
{
	config_option_foreach(o, rows) {
		assert_non_null(o->help);
		assert_true(text_has_suffix(o->help, "."));
		assert_null(strchr(o->help, '\\'));
		assert_true(!o->is_required || o->form != NULL || o->type == CONFIG_SECTION);
		if (o->type == CONFIG_SECTION)
			expect_explained(config_option_rows(o));
	}
}

static void
test_rows_are_explained(void **state)
{
	(void)state;
	expect_explained(settings_rows);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows_are_explained),
		cmocka_unit_test(test_sample_is_made_from_rows),
		cmocka_unit_test(test_manual_is_made_from_rows),
		cmocka_unit_test(test_sample_loads),
		cmocka_unit_test(test_manual_example_loads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
