/* SPDX-License-Identifier: Apache-2.0 */
/* The report for people: golden texts at several widths, and what must not be lost in folding. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "unit/report_world.h"

#define TEXT_MAX	(16 * 1024 * 1024)

static const struct width_case {
	const char	*golden;
	unsigned	 columns;
	bool		 has_colour;
} widths[] = {
	{ "table-80", 80, false },
	{ "table-160", 160, false },
	{ "table-any", 0, false },
	{ "table-colour", 80, true },
};

static void
test_golden(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
		struct fixture f;
		struct buf out;

		fixture_full(&f);
		f.report.columns = widths[i].columns;
		f.report.has_colour = widths[i].has_colour;
		buf_init(&out, TEXT_MAX);
		report_add_table(&f.report, &out);
		expect_golden(widths[i].golden, &out);
		buf_done(&out);
		fixture_done(&f);
	}
}

/* Whatever the width: it ends, no control byte comes through, and nothing is lost. */
static void
test_every_width(void **state)
{
	static const char *const needed[] = {
		"FAIL", "trail-unencrypted", "key-missing", "key-rotation-off", "key-pending-import",
		"trail-not-logging", LOCKED, SANDBOX, "--kms-key-id", "plain",
	};
	struct fixture f;

	(void)state;
	fixture_full(&f);
	for (unsigned columns = 0; columns < 300; columns++) {
		struct buf out;

		f.report.columns = columns;
		buf_init(&out, TEXT_MAX);
		report_add_table(&f.report, &out);
		assert_false(out.overflowed);
		assert_null(strchr(buf_text(&out), '\033'));
		for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
			assert_non_null(strstr(buf_text(&out), needed[i]));
		buf_done(&out);
	}
	fixture_done(&f);
}

/* Lines are no longer than the paper, but for words that are. */
static void
test_lines_fit(void **state)
{
	struct fixture f;

	(void)state;
	fixture_full(&f);
	for (unsigned columns = 80; columns < 200; columns++) {
		struct buf out;

		f.report.columns = columns;
		buf_init(&out, TEXT_MAX);
		report_add_table(&f.report, &out);
		for (const char *p = buf_text(&out); *p != '\0'; p += strcspn(p, "\n") + 1)
			assert_true(strcspn(p, "\n") <= columns);
		buf_done(&out);
	}
	fixture_done(&f);
}

static void
expect_text(struct fixture *f, const char *text, bool is_there)
{
	struct buf out;

	buf_init(&out, TEXT_MAX);
	report_add_table(&f->report, &out);
	if ((strstr(buf_text(&out), text) != NULL) != is_there)
		fail_msg("\"%s\" %s in:\n%s", text, is_there ? "is not" : "is", buf_text(&out));
	buf_done(&out);
}

static void
test_pass(void **state)
{
	struct fixture f;
	struct world_account *a;

	(void)state;
	fixture_init(&f);
	a = world_add_account(f.world, PROD, NULL);
	world_set_trails(f.world, world_add_region(f.world, a, "us-east-1", TRI_YES), NULL, 0,
	    source("cloudtrail:DescribeTrails", PROD, "us-east-1"), NULL);
	fixture_read(&f);
	expect_text(&f, "PASS  0 failing, 0 unknown: 1 account, 1 region, 0 trails, 0 keys in "
	    "12 seconds\n", true);
	expect_text(&f, "FAILING", false);
	expect_text(&f, "NOT SEEN", false);
	expect_text(&f, "TRAILS", false);
	fixture_done(&f);
}

/* Of a thousand denied accounts some are named, and the rest counted. */
static void
test_many_gaps(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	for (int i = 0; i < 1000; i++) {
		char id[13];

		snprintf(id, sizeof(id), "%012d", i);
		world_set_regions(f.world, world_add_account(f.world, id, NULL),
		    source("account:ListRegions", "", "us-east-1"), failure(ERR_DENIED, "no"));
	}
	fixture_read(&f);
	expect_text(&f, "UNKNOWN  0 failing, 0 unknown, 1000 not seen", true);
	expect_text(&f, "... and 990 more like these", true);
	expect_text(&f, "000000000009", true);
	expect_text(&f, "000000000010", false);
	fixture_done(&f);
}

/* Good trails are counted when there are many; one that wants attention is shown among them. */
static void
test_many_trails(void **state)
{
	char arn[100][128];
	struct trail trails[100];
	struct world_account *a;
	struct fixture f;

	(void)state;
	fixture_init(&f);
	for (int i = 0; i < 100; i++) {
		snprintf(arn[i], sizeof(arn[i]), TRAIL("us-east-1", PROD, "t%02d"), i);
		trails[i] = trail(arn[i], PROD, "us-east-1", i == 42 ? NULL : KEY_GOOD);
	}
	a = world_add_account(f.world, PROD, NULL);
	world_set_trails(f.world, world_add_region(f.world, a, "us-east-1", TRI_YES), trails, 100,
	    source("cloudtrail:DescribeTrails", PROD, "us-east-1"), NULL);
	for (int i = 0; i < 100; i++)
		add_status(&f, arn[i], "us-east-1", TRI_YES, 60000, NULL);
	add_key(&f, KEY_GOOD, KEY_ENABLED, "Enabled");
	fixture_read(&f);
	expect_text(&f, "TRAILS (100)", true);
	expect_text(&f, "  t42 ", true);
	expect_text(&f, "  t41 ", false);
	expect_text(&f, "99 trails more encrypt with a usable key, log and deliver", true);
	fixture_done(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_every_width),
		cmocka_unit_test(test_lines_fit),
		cmocka_unit_test(test_pass),
		cmocka_unit_test(test_many_gaps),
		cmocka_unit_test(test_many_trails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
