/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The metrics page: of a small world word for word, of odd names, of more than it may hold, and
 * as promtool sees it.
 */
#include "daemon/metrics.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "daemon/metrics_page.h"
#include "unit/daemon_parts.h"

#define PAGE_BYTES	(16 * 1024 * 1024)

/* A daemon in the middle of its life. */
static void
parts_full(struct parts *p)
{
	struct sweep_progress *progress;

	memset(p, 0, sizeof(*p));
	fixture_full(&p->fixture);
	parts_init(p, loop_new_virtual(NOW));
	parts_add_finding(p, RULE_TRAIL_UNENCRYPTED, FINDING_FIRING, SEVERITY_CRITICAL,
	    TRAIL("us-east-1", PROD, "plain"));
	parts_add_finding(p, RULE_KEY_DISABLED, FINDING_OBSCURED, SEVERITY_CRITICAL, KEY_GONE);
	parts_add_finding(p, RULE_KEY_DISABLED, FINDING_PENDING, SEVERITY_CRITICAL, KEY_GOOD);
	parts_add_finding(p, RULE_KEY_MISSING, FINDING_RESOLVED, SEVERITY_CRITICAL, KEY_GOOD);
	parts_add_finding(p, RULE_KEY_MATERIAL_EXPIRING, FINDING_CLEARING, SEVERITY_CRITICAL, KEY_GOOD);
	parts_store = (struct store_status){ .commits = 7, .failures = 1, .waiting = 2,
	    .is_degraded = true, .ledger_records = 9, .ledger_head = "00ff" };
	parts_receivers[0] = (struct receiver_status){ .name = "chat", .pending = 1, .delivered = 2,
	    .failed = 3 };
	parts_receivers[1] = (struct receiver_status){ .name = "hook" };
	parts_receiver_count = 2;
	parts_aws(p)->calls[KMS_DESCRIBE_KEY] = 5;
	parts_aws(p)->outcomes[KMS_DESCRIBE_KEY][ERR_NONE] = 3;
	parts_aws(p)->outcomes[KMS_DESCRIBE_KEY][ERR_THROTTLED] = 2;
	parts_aws(p)->throttles[KMS_DESCRIBE_KEY] = 2;
	parts_aws(p)->durations[KMS_DESCRIBE_KEY] =
	    (struct aws_durations){ .count = { 1, 0, 2 }, .sum_ms = 450 };
	progress = parts_progress(p);
	*progress = (struct sweep_progress){ .accounts_known = 3, .accounts_done = 2,
	    .questions_waiting = 4, .questions_running = 1 };
	p->daemon.has_swept = true;
	p->daemon.first_sweep_ms = 1250;
}

static void
render(struct parts *p, struct buf *out)
{
	buf_init(out, PAGE_BYTES);
	metrics_render(&p->daemon, out);
	assert_false(out->overflowed);
}

/* What differs from run to run. */
static void
leave_out_process(struct buf *page)
{
	struct buf out;

	buf_init(&out, PAGE_BYTES);
	for (char *line = page->data, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		*end = '\0';
		if (strstr(line, "process_") == NULL && strstr(line, "build_info{") == NULL)
			buf_addf(&out, "%s\n", line);
	}
	buf_done(page);
	*page = out;
}

static void
test_golden(void **state)
{
	struct parts p;
	struct buf page;

	(void)state;
	parts_full(&p);
	render(&p, &page);
	leave_out_process(&page);
	expect_golden("metrics", &page);
	buf_done(&page);
	parts_done(&p);
}

/* ---- the form ---- */

static int
compare_texts(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Families stand together under one HELP and one TYPE; no series stands twice. Eats the page. */
static size_t
expect_form(char *page)
{
	char **series = mem_alloc(1000000, sizeof(*series)), *family = NULL;
	char **families = mem_alloc(1000, sizeof(*families));
	size_t count = 0, family_count = 0;

	for (char *line = page, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		char *value;

		*end = '\0';
		if (text_has_prefix(line, "# HELP ")) {
			family = families[family_count++] = line + 7;
			family[strcspn(family, " ")] = '\0';
			continue;
		}
		assert_non_null(family);
		if (text_has_prefix(line, "# TYPE ")) {
			assert_true(text_has_prefix(line + 7, family));
			continue;
		}
		value = strrchr(line, ' ');
		assert_non_null(value);
		*value++ = '\0';
		strtod(value, &value);
		assert_string_equal(value, "");
		assert_true(text_has_prefix(line, family));
		series[count++] = line;
	}
	qsort(series, count, sizeof(*series), compare_texts);
	for (size_t i = 1; i < count; i++)
		if (strcmp(series[i - 1], series[i]) == 0)
			fail_msg("stands twice: %s", series[i]);
	qsort(families, family_count, sizeof(*families), compare_texts);
	for (size_t i = 1; i < family_count; i++)
		assert_string_not_equal(families[i - 1], families[i]);
	free(series);
	free(families);
	return count;
}

static void
test_form(void **state)
{
	struct parts p;
	struct buf page;

	(void)state;
	parts_full(&p);
	render(&p, &page);
	assert_true(page.data[page.len - 1] == '\n');
	assert_true(expect_form(page.data) > 200);
	buf_done(&page);
	parts_done(&p);
}

static void
test_promtool(void **state)
{
	struct parts p;
	struct buf page;
	FILE *promtool;

	(void)state;
	if (system("command -v promtool >/dev/null") != 0) {
		print_message("promtool is not installed\n");
		skip();
	}
	parts_full(&p);
	render(&p, &page);
	promtool = popen("promtool check metrics", "w");
	assert_non_null(promtool);
	assert_int_equal(fwrite(page.data, 1, page.len, promtool), page.len);
	assert_int_equal(pclose(promtool), 0);
	buf_done(&page);
	parts_done(&p);
}

/* ---- names ---- */

static void
test_odd_names(void **state)
{
	static const struct odd_case {
		const char	*name, *shown;
	} cases[] = {
		{ "plain", "name=\"plain\"" },
		{ "say \"hi\"", "name=\"say \\\"hi\\\"\"" },
		{ "back\\slash", "name=\"back\\\\slash\"" },
		{ "two\nlines", "name=\"two\\nlines\"" },
		{ "gr\xc3\xbc\xc3\x9f", "name=\"gr\xc3\xbc\xc3\x9f\"" },
		{ "bad\xff\"byte\xc3", "name=\"bad\xef\xbf\xbd\\\"byte\xef\xbf\xbd\"" },
		{ "", "name=\"\"" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct parts p = { .daemon = { .loop = NULL } };
		struct buf page;

		fixture_init(&p.fixture);
		parts_init(&p, loop_new_virtual(NOW));
		world_add_account(p.fixture.world, PROD, cases[i].name);
		render(&p, &page);
		if (strstr(buf_text(&page), cases[i].shown) == NULL)
			fail_msg("%s is not on the page", cases[i].shown);
		assert_true(text_is_utf8(page.data, page.len));
		expect_form(page.data);
		buf_done(&page);
		parts_done(&p);
	}
}

/* ---- what is not known ---- */

/* Nothing was learned yet: no family about AWS has a sample but the counts of what is there. */
static void
test_unknown_is_absent(void **state)
{
	static const char *const absent[] = {
		"trailseal_trail_", "trailseal_key_", "trailseal_finding_active",
		"trailseal_coverage_state", "trailseal_coverage_last_success", "trailseal_sweep_duration",
		"trailseal_evidence_head_info", "trailseal_web_config_last_reload_successful",
		"trailseal_series_left_out", "trailseal_api_request_duration_seconds",
		"trailseal_alerts_pending",
	};
	static const char *const present[] = {
		"\ntrailseal_findings{rule=\"key-disabled\",severity=\"critical\"} 0\n",
		"\ntrailseal_sweep_complete 0\n", "\ntrailseal_config_last_reload_successful 1\n",
		"\ntrailseal_coverage_targets{collector=\"trails\",state=\"blind\"} 0\n",
		"\nprocess_start_time_seconds 1767319200\n",
	};
	struct parts p = { .daemon = { .loop = NULL } };
	struct buf page;

	(void)state;
	fixture_init(&p.fixture);
	parts_init(&p, loop_new_virtual(NOW));
	render(&p, &page);
	for (size_t i = 0; i < sizeof(absent) / sizeof(absent[0]); i++)
		if (strstr(buf_text(&page), absent[i]) != NULL)
			fail_msg("%s is on the page", absent[i]);
	for (size_t i = 0; i < sizeof(present) / sizeof(present[0]); i++)
		if (strstr(buf_text(&page), present[i]) == NULL)
			fail_msg("%s is not on the page", present[i]);
	buf_done(&page);
	parts_done(&p);
}

/* A fact goes when it cannot be read any more, and the finding about it stays. */
static void
test_old_facts_go(void **state)
{
	static const char logging[] = "trailseal_trail_logging{trail=\"" TRAIL("us-east-1", PROD, "main")
	    "\",account=\"" PROD "\",region=\"us-east-1\"} 1\n";
	static const char usable[] = "trailseal_key_usable{key=\"" KEY_GOOD "\"} 1\n";
	struct parts p;
	struct buf page;

	(void)state;
	parts_full(&p);
	render(&p, &page);
	assert_non_null(strstr(buf_text(&page), logging));
	assert_non_null(strstr(buf_text(&page), usable));
	buf_done(&page);
	world_set_status(p.fixture.world, world_find_trail(p.fixture.world,
	    TRAIL("us-east-1", PROD, "main")), "us-east-1", NULL,
	    source("cloudtrail:GetTrailStatus", PROD, "us-east-1"), failure(ERR_TIMEOUT, "late"));
	world_set_key(p.fixture.world, world_find_key(p.fixture.world, KEY_GOOD), NULL,
	    source("kms:DescribeKey", PROD, "us-east-1"), failure(ERR_DENIED, "no"));
	render(&p, &page);
	assert_null(strstr(buf_text(&page), "trail_logging{trail=\"" TRAIL("us-east-1", PROD, "main")
	    "\",account=\"" PROD "\",region=\"us-east-1\""));
	assert_null(strstr(buf_text(&page), "key_usable{key=\"" KEY_GOOD));
	assert_null(strstr(buf_text(&page), "key_info{key=\"" KEY_GOOD));
	assert_non_null(strstr(buf_text(&page), "finding_active{rule=\"key-material-expiring\""));
	buf_done(&page);
	parts_done(&p);
}

/* The page was undefined between the list of a trail and its status: no array, and one step in it. */
static void
test_trail_without_status(void **state)
{
	const struct trail trail = { .arn = (char *)TRAIL("us-east-1", PROD, "new"),
	    .name = (char *)"new", .account = (char *)PROD, .home_region = (char *)"us-east-1" };
	struct parts p = { .daemon = { .loop = NULL } };
	struct world_region *region;
	struct buf page;

	(void)state;
	fixture_init(&p.fixture);
	parts_init(&p, loop_new_virtual(NOW));
	region = world_add_region(p.fixture.world, world_add_account(p.fixture.world, PROD, NULL),
	    "us-east-1", TRI_YES);
	world_set_trails(p.fixture.world, region, &trail, 1,
	    source("cloudtrail:DescribeTrails", PROD, "us-east-1"), NULL);
	render(&p, &page);
	assert_non_null(strstr(buf_text(&page), "trailseal_trail_info{trail=\""));
	assert_null(strstr(buf_text(&page), "trailseal_trail_logging{"));
	buf_done(&page);
	parts_done(&p);
}

/* ---- too much ---- */

static void
test_series_bound(void **state)
{
	struct parts p;
	struct buf page;
	size_t all, some;

	(void)state;
	parts_full(&p);
	render(&p, &page);
	all = expect_form(page.data);
	buf_done(&page);
	p.settings.web.max_series = (unsigned)all;
	render(&p, &page);
	assert_null(strstr(buf_text(&page), "series_left_out"));
	buf_done(&page);
	p.settings.web.max_series = (unsigned)all - 1;	/* the last family is that of successes */
	render(&p, &page);
	assert_non_null(strstr(buf_text(&page), "\ntrailseal_series_left_out{metric="
	    "\"trailseal_coverage_last_success_timestamp_seconds\"} "));
	assert_null(strstr(buf_text(&page), "\ntrailseal_coverage_last_success_timestamp_seconds"));
	assert_null(strstr(buf_text(&page), "HELP trailseal_coverage_last_success"));
	assert_non_null(strstr(buf_text(&page), "\ntrailseal_coverage_state{"));
	some = expect_form(page.data);
	assert_true(some < all);
	buf_done(&page);
	parts_done(&p);
}

/* A large family that is left out leaves room for those behind it. */
static void
test_large_family_is_left_out(void **state)
{
	struct parts p = { .daemon = { .loop = NULL } };
	struct buf page;
	char id[16];

	(void)state;
	fixture_init(&p.fixture);
	parts_init(&p, loop_new_virtual(NOW));
	for (int i = 0; i < 2000; i++) {
		snprintf(id, sizeof(id), "%012d", i);
		world_add_account(p.fixture.world, id, NULL);
	}
	p.settings.web.max_series = 1000;
	render(&p, &page);
	assert_non_null(strstr(buf_text(&page),
	    "\ntrailseal_series_left_out{metric=\"trailseal_account_info\"} 2000\n"));
	assert_null(strstr(buf_text(&page), "account_info{"));
	assert_non_null(strstr(buf_text(&page), "\ntrailseal_coverage_targets{"));
	assert_true(expect_form(page.data) <= 1000);
	buf_done(&page);
	parts_done(&p);
}

/* ---- values ---- */

static void
write_values(struct metrics_page *p, const struct metrics_source *s)
{
	(void)s;
	metrics_add(p, 0.5, "v", "half", NULL);
	metrics_add(p, 1e6, "v", "million", NULL);
	metrics_add(p, -3, NULL);
	metrics_add_count(p, UINT64_MAX, "v", "most", NULL);
	metrics_add_time(p, 1767322800123, "v", "ms", NULL);
	metrics_add_time(p, 1767322800000, "v", "s", "w", "x", NULL);
	metrics_add_time(p, 5, "v", "begin", NULL);
	metrics_add_time(p, -5, "v", "before", NULL);
}

static void
test_values(void **state)
{
	static const struct metric family = { "thing", METRIC_GAUGE, "A thing.",
		.write = write_values };
	struct metrics_page page = { .max_series = 10 };
	struct buf out;

	(void)state;
	buf_init(&out, 4096);
	page.out = &out;
	metrics_page_begin(&page, &family);
	family.write(&page, NULL);
	assert_int_equal(metrics_page_end(&page), 0);
	assert_int_equal(page.series, 8);
	assert_string_equal(buf_text(&out),
	    "# HELP trailseal_thing A thing.\n# TYPE trailseal_thing gauge\n"
	    "trailseal_thing{v=\"half\"} 0.5\n"
	    "trailseal_thing{v=\"million\"} 1000000\n"
	    "trailseal_thing -3\n"
	    "trailseal_thing{v=\"most\"} 18446744073709551615\n"
	    "trailseal_thing{v=\"ms\"} 1767322800.123\n"
	    "trailseal_thing{v=\"s\",w=\"x\"} 1767322800\n"
	    "trailseal_thing{v=\"begin\"} 0.005\n"
	    "trailseal_thing{v=\"before\"} -0.005\n");
	metrics_page_begin(&page, &family);
	family.write(&page, NULL);
	assert_int_equal(metrics_page_end(&page), 8);
	assert_int_equal(page.series, 8);
	buf_done(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_form),
		cmocka_unit_test(test_promtool),
		cmocka_unit_test(test_odd_names),
		cmocka_unit_test(test_unknown_is_absent),
		cmocka_unit_test(test_old_facts_go),
		cmocka_unit_test(test_trail_without_status),
		cmocka_unit_test(test_series_bound),
		cmocka_unit_test(test_large_family_is_left_out),
		cmocka_unit_test(test_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
