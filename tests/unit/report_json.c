/* SPDX-License-Identifier: Apache-2.0 */
/* The report for programs: a golden text, what is null, and every way to a verdict. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "unit/report_world.h"
#include "wire/json.h"

#define TEXT_MAX	(16 * 1024 * 1024)

static void
test_golden(void **state)
{
	struct fixture f;
	struct buf out;

	(void)state;
	fixture_full(&f);
	buf_init(&out, TEXT_MAX);
	report_add_json(&f.report, &out);
	expect_golden("report.json", &out);
	buf_done(&out);
	fixture_done(&f);
}

/* The value at "a/0/b" as text: strings as they stand, others as JSON names them. */
static const char *
at(const struct json *value, const char *path)
{
	while (value != NULL && *path != '\0') {
		char name[64];
		size_t len = strcspn(path, "/");

		assert_true(len < sizeof(name));
		memcpy(name, path, len);
		name[len] = '\0';
		path += len + (path[len] == '/');
		if (value->type == JSON_ARRAY) {
			value = value->child;
			for (int i = atoi(name); i > 0 && value != NULL; i--)
				value = value->next;
		} else {
			const struct json *member = value->child;

			while (member != NULL && strcmp(member->name, name) != 0)
				member = member->next;
			value = member;
		}
	}
	if (value == NULL)
		return "(absent)";
	return value->type == JSON_STRING ? value->text : value->type == JSON_NULL ? "(null)" :
	    value->type == JSON_BOOL ? (value->boolean ? "(true)" : "(false)") : "(other)";
}

/* Trails in their order: foreign, gone, main, plain. */
static const struct value_case {
	const char	*path, *value;
} values[] = {
	{ "version", "1.2.3" },
	{ "started", "2026-01-02T02:59:48Z" },
	{ "finished", "2026-01-02T03:00:00Z" },
	{ "verdict", "fail" },
	{ "coverage/0/collector", "accounts" },
	{ "coverage/0/account", "" },
	{ "coverage/0/state", "fresh" },
	{ "trails/0/arn", TRAIL("us-east-1", PROD, "foreign") },
	{ "trails/0/encrypted", "(true)" },
	{ "trails/0/logging", "(null)" },
	{ "trails/0/latest_delivery_error", "(null)" },
	{ "trails/0/key/state", "(null)" },
	{ "trails/0/key/usable", "(null)" },
	{ "trails/0/regions/0/logging", "(null)" },
	{ "trails/1/latest_delivery_error", "KMS.NotFoundException" },
	{ "trails/1/key/state", "(null)" },
	{ "trails/1/key/usable", "(false)" },
	{ "trails/2/latest_delivery", "2026-01-02T02:56:00Z" },
	{ "trails/2/latest_delivery_error", "" },
	{ "trails/2/key/state", "Enabled" },
	{ "trails/2/key/manager", "CUSTOMER" },
	{ "trails/2/key/usable", "(true)" },
	{ "trails/2/key/policy", "(null)" },
	{ "trails/2/regions/0/region", "eu-west-1" },
	{ "trails/2/regions/1/region", "us-east-1" },
	{ "trails/2/regions/2", "(absent)" },
	{ "trails/3/kms_key_arn", "(null)" },
	{ "trails/3/encrypted", "(false)" },
	{ "trails/3/logging", "(false)" },
	{ "trails/3/latest_delivery", "(null)" },
	{ "trails/3/key", "(null)" },
	{ "trails/4", "(absent)" },
	{ "findings/1/rule", "trail-unencrypted" },
	{ "findings/1/status", "fail" },
	{ "findings/1/evidence/call", "kms:DescribeKey" },
	{ "findings/1/evidence/facts/S3BucketName", "logs" },
	{ "findings/3/account", LOCKED },
	{ "findings/3/status", "unknown" },
	{ "findings/3/evidence/call", "(null)" },
	{ "findings/3/evidence/request_id", "(null)" },
	{ "findings/3/remediation", "(null)" },
	{ "findings/7/rule", "key-rotation-off" },
	{ "findings/8", "(absent)" },
};

static void
test_values(void **state)
{
	struct arena *arena = arena_new();
	const struct json *root;
	struct fixture f;
	struct buf out;
	struct err err;

	(void)state;
	fixture_full(&f);
	buf_init(&out, TEXT_MAX);
	report_add_json(&f.report, &out);
	assert_int_equal(json_parse(arena, buf_text(&out), out.len, &root, &err), 0);
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		if (strcmp(at(root, values[i].path), values[i].value) != 0)
			fail_msg("%s is %s, not %s", values[i].path, at(root, values[i].path),
			    values[i].value);
	buf_done(&out);
	fixture_done(&f);
	arena_free(arena);
}

/* What a small world holds, and which verdict follows. */
static const struct verdict_case {
	const char	*what;
	enum verdict	 observed;		/* NOT_APPLICABLE: nothing is */
	enum severity	 severity;
	enum severity	 fail_on;
	bool		 has_region;		/* one that was seen */
	bool		 has_blind_region;
	bool		 accounts_fail, regions_fail, regions_are_given;
	enum verdict	 verdict;
} verdicts[] = {
	{ "nothing at all", .verdict = VERDICT_UNKNOWN },
	{ "no finding", .has_region = true, .verdict = VERDICT_PASS },
	{ "passes", VERDICT_PASS, SEVERITY_HIGH, .has_region = true, .verdict = VERDICT_PASS },
	{ "fails", VERDICT_FAIL, SEVERITY_LOW, .has_region = true, .verdict = VERDICT_FAIL },
	{ "unknown", VERDICT_UNKNOWN, SEVERITY_LOW, .has_region = true, .verdict = VERDICT_UNKNOWN },
	{ "fails below", VERDICT_FAIL, SEVERITY_MEDIUM, SEVERITY_HIGH, .has_region = true,
	  .verdict = VERDICT_PASS },
	{ "fails at", VERDICT_FAIL, SEVERITY_HIGH, SEVERITY_HIGH, .has_region = true,
	  .verdict = VERDICT_FAIL },
	{ "unknown below", VERDICT_UNKNOWN, SEVERITY_LOW, SEVERITY_CRITICAL, .has_region = true,
	  .verdict = VERDICT_PASS },
	{ "a blind region", .has_region = true, .has_blind_region = true,
	  .verdict = VERDICT_UNKNOWN },
	{ "only a blind region", .has_blind_region = true, .verdict = VERDICT_UNKNOWN },
	{ "fails beside a blind region", VERDICT_FAIL, SEVERITY_LOW, .has_region = true,
	  .has_blind_region = true, .verdict = VERDICT_FAIL },
	{ "no list of accounts", .has_region = true, .accounts_fail = true,
	  .verdict = VERDICT_UNKNOWN },
	{ "no list of regions", .has_region = true, .regions_fail = true,
	  .verdict = VERDICT_UNKNOWN },
	{ "no list of regions, and none needed", .has_region = true, .regions_fail = true,
	  .regions_are_given = true, .verdict = VERDICT_PASS },
	{ "regions that were given and never asked", .regions_fail = true,
	  .regions_are_given = true, .verdict = VERDICT_UNKNOWN },
};

static void
fill(struct fixture *f, const struct verdict_case *c)
{
	struct world_account *a = world_add_account(f->world, PROD, NULL);
	const struct source *s = source("cloudtrail:DescribeTrails", PROD, "us-east-1");

	world_set_regions(f->world, a, s, c->regions_fail ? failure(ERR_DENIED, "no") : NULL);
	if (c->accounts_fail)
		reading_set(&f->accounts, s, failure(ERR_DENIED, "no"));
	if (c->has_region)
		world_set_trails(f->world, world_add_region(f->world, a, "us-east-1", TRI_YES), NULL, 0,
		    s, NULL);
	if (c->has_blind_region)
		world_set_trails(f->world, world_add_region(f->world, a, "eu-west-1", TRI_YES), NULL, 0,
		    s, failure(ERR_DENIED, "no"));
	if (c->observed != VERDICT_NOT_APPLICABLE)
		observe(f, RULE_KEY_DISABLED, c->observed, c->severity, KEY_GOOD, "so it is");
	f->report.fail_on = c->fail_on ? c->fail_on : SEVERITY_LOW;
	f->report.regions_are_given = c->regions_are_given;
	fixture_read(f);
}

static void
test_verdicts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
		struct fixture f;
		enum verdict verdict;

		fixture_init(&f);
		fill(&f, &verdicts[i]);
		verdict = report_verdict(&f.report);
		if (verdict != verdicts[i].verdict)
			fail_msg("%s: %s", verdicts[i].what, verdict_name(verdict));
		fixture_done(&f);
	}
}

/* An account that stands beside good ones and was never entered is not forgotten. */
static void
test_unseen_beside_seen(void **state)
{
	struct fixture f;
	struct world_account *a;

	(void)state;
	fixture_init(&f);
	fill(&f, &(struct verdict_case){ .has_region = true, .regions_are_given = true });
	assert_int_equal(report_verdict(&f.report), VERDICT_PASS);
	a = world_add_account(f.world, LOCKED, NULL);
	world_set_regions(f.world, a, source("sts:AssumeRole", LOCKED, "us-east-1"),
	    failure(ERR_DENIED, "no"));
	fixture_read(&f);
	assert_int_equal(report_verdict(&f.report), VERDICT_UNKNOWN);
	fixture_done(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_unseen_beside_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
