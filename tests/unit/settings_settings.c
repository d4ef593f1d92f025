/* SPDX-License-Identifier: Apache-2.0 */
/* The whole configuration: what a good file gives, and how the options check each other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "settings/scope.h"
#include "settings/settings.h"

static void
expect_settings(const char *text, const char *expect, struct settings **ret_settings)
{
	struct config_errors errors = { .file = NULL };
	struct settings *s = NULL;
	struct buf got;

	assert_int_equal(settings_load_text("f", text, strlen(text), &s, &errors), expect[0] ? -1 : 0);
	buf_init(&got, 65536);
	config_errors_write(&errors, &got);
	assert_string_equal(buf_text(&got), expect);
	buf_done(&got);
	config_errors_done(&errors);
	if (expect[0] != '\0')
		assert_null(s);
	else
		*ret_settings = s;
}

static void
test_defaults(void **state)
{
	struct config_errors errors = { .file = NULL };
	struct findings_settings findings;
	struct rules_settings rules;
	struct settings *s;

	(void)state;
	assert_int_equal(settings_load(NULL, &s, &errors), 0);
	assert_int_equal(errors.count, 0);
	assert_null(s->organization);
	assert_int_equal(s->account_count, 0);
	assert_int_equal(s->region_count, 0);
	rules_settings_init(&rules);
	for (enum rule_id rule = 0; rule < RULES; rule++) {
		assert_int_equal(s->rules.rule[rule].is_enabled, rule != RULE_EVENT_KEY_USED);
		assert_int_equal(s->rules.rule[rule].severity, rules.rule[rule].severity);
	}
	assert_int_equal(s->rules.material_expiring_ms, rules.material_expiring_ms);
	assert_int_equal(s->rules.material_critical_ms, rules.material_critical_ms);
	assert_int_equal(s->rules.delivery_stale_ms, rules.delivery_stale_ms);
	assert_int_equal(s->rules.digest_stale_ms, rules.digest_stale_ms);
	assert_int_equal(s->rules.digest_grace_ms, rules.digest_grace_ms);
	assert_int_equal(s->rules.key_changed_ms, rules.key_changed_ms);
	assert_int_equal(s->rules.deleted_ms, rules.deleted_ms);
	assert_int_equal(s->rules.blind_ms, rules.blind_ms);
	assert_int_equal(s->rules.expected_account_count, 0);
	assert_int_equal(s->rules.expected_key_count, 0);
	findings_settings_init(&findings);
	assert_int_equal(s->findings.confirmations, findings.confirmations);
	assert_int_equal(s->findings.confirm_ms, findings.confirm_ms);
	assert_int_equal(s->findings.reminder_ms, findings.reminder_ms);
	assert_int_equal(s->findings.flap_count, findings.flap_count);
	assert_int_equal(s->findings.flap_window_ms, findings.flap_window_ms);
	assert_int_equal(s->findings.forget_ms, findings.forget_ms);
	assert_int_equal(s->aws.max_in_flight, 64);
	assert_true(s->aws.quota_share > 0.49 && s->aws.quota_share < 0.51);
	settings_free(s);
	settings_free(NULL);
}

static void
test_whole(void **state)
{
	struct settings *s = NULL;

	(void)state;
	expect_settings("organization:\n"
	    "  management_role_arn: arn:aws:iam::111122223333:role/audit/trailseal-management\n"
	    "  external_id: example\n"
	    "  exclude: [\"012345678901\"]\n"
	    "accounts:\n"
	    "  - id: 012345678901\n"
	    "    name: the old one\n"
	    "    role_arn: arn:aws:iam::012345678901:role/trailseal\n"
	    "    external_id: other\n"
	    "  - id: \"444455556666\"\n"
	    "regions: [us-east-1, eu-central-1]\n"
	    "expect:\n"
	    "  key_accounts: [111122223333]\n"
	    "  keys: [arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab]\n"
	    "rules:\n"
	    "  key-rotation-off: { enabled: false }\n"
	    "  bucket-missing: { severity: low }\n"
	    "  key-material-expiring: { ahead: 60d, critical: 60d }\n"
	    "  trail-digest-stale: { after: 90m, grace: 4h }\n"
	    "  event-key-used: { enabled: true, severity: critical }\n"
	    "events:\n"
	    "  expected_principals: ['arn:aws:iam::*:role/deploy-*']\n"
	    "  expected_readers: ['arn:aws:iam::111122223333:role/siem', 'arn:aws:sts::*:x']\n"
	    "aws: { max_in_flight: 8, quota_share: 0.25 }\n", "", &s);
	assert_string_equal(s->organization->role, "trailseal");
	assert_string_equal(s->organization->management_role_arn,
	    "arn:aws:iam::111122223333:role/audit/trailseal-management");
	assert_string_equal(secret_text(&s->organization->external_id->secret), "example");
	assert_string_equal(s->organization->exclude[0], "012345678901");
	assert_int_equal(s->account_count, 2);
	assert_string_equal(s->accounts[0].id, "012345678901");
	assert_string_equal(s->accounts[0].name, "the old one");
	assert_string_equal(s->accounts[0].role_arn, "arn:aws:iam::012345678901:role/trailseal");
	assert_null(s->accounts[1].role_arn);
	assert_string_equal(s->regions[1], "eu-central-1");
	assert_string_equal(s->rules.expected_accounts[0], "111122223333");
	assert_int_equal(s->rules.expected_key_count, 1);
	assert_false(s->rules.rule[RULE_KEY_ROTATION_OFF].is_enabled);
	assert_int_equal(s->rules.rule[RULE_KEY_ROTATION_OFF].severity, SEVERITY_LOW);
	assert_int_equal(s->rules.rule[RULE_BUCKET_MISSING].severity, SEVERITY_LOW);
	assert_true(s->rules.rule[RULE_BUCKET_MISSING].is_enabled);
	assert_int_equal(s->rules.material_expiring_ms, 60 * INT64_C(86400000));
	assert_int_equal(s->rules.digest_stale_ms, 90 * 60000);
	assert_int_equal(s->rules.digest_grace_ms, 4 * 3600000);
	assert_true(s->rules.rule[RULE_EVENT_KEY_USED].is_enabled);
	assert_int_equal(s->rules.rule[RULE_EVENT_KEY_USED].severity, SEVERITY_CRITICAL);
	assert_int_equal(s->rules.events.expected_principal_count, 1);
	assert_string_equal(s->rules.events.expected_principals[0], "arn:aws:iam::*:role/deploy-*");
	assert_int_equal(s->rules.events.expected_reader_count, 2);
	assert_int_equal(s->aws.max_in_flight, 8);
	settings_free(s);
}

/* What is set reaches those who act on it. */
static void
test_scope(void **state)
{
	struct settings *s = NULL;
	struct scope scope;
	struct err err;

	(void)state;
	expect_settings("organization: { role: watcher, external_id: example }\n"
	    "accounts: [{ id: 111122223333, role_arn: 'arn:aws:iam::111122223333:role/x',"
	    " external_id: other }]\n"
	    "regions: [eu-west-1]\n"
	    "expect: { key_accounts: [444455556666] }\n"
	    "events: { expected_readers: ['arn:aws:iam::111122223333:role/siem'] }\n"
	    "rules: { key-rotation-off: { enabled: false }, trail-delivery-stale: { after: 6h } }\n", "",
	    &s);
	assert_int_equal(scope_init(&scope, s, &err), 0);
	assert_true(scope.sweep.has_organization);
	assert_string_equal(scope.sweep.role, "watcher");
	assert_string_equal(scope.sweep.external_id, "example");
	assert_string_equal(scope.sweep.accounts[0].id, "111122223333");
	assert_string_equal(scope.sweep.accounts[0].external_id, "other");
	assert_string_equal(scope.sweep.regions[0], "eu-west-1");
	assert_false(scope.rules.rule[RULE_KEY_ROTATION_OFF].is_enabled);
	assert_int_equal(scope.rules.delivery_stale_ms, 6 * 3600000);
	assert_string_equal(scope.rules.expected_accounts[0], "444455556666");
	assert_int_equal(scope.rules.events.expected_reader_count, 1);
	scope_done(&scope);
	settings_free(s);
}

static void
test_organization_alone(void **state)
{
	struct settings *s = NULL;

	(void)state;
	expect_settings("organization: {}\n", "", &s);
	assert_non_null(s->organization);
	assert_null(s->organization->management_role_arn);
	assert_string_equal(s->organization->role, "trailseal");
	settings_free(s);
}

static const struct refusal {
	const char	*text;
	const char	*errors;
} refusals[] = {
	{ "organization:\n", "f:1:14: organization: expected a section of options, not nothing\n" },
	{ "organization: { role: arn:aws:iam::111122223333:role/x }\n",
	    "f:1:23: organization.role: expected the name of a role (1 to 64 letters, digits and "
	    "_+=,.@-)\n" },
	{ "organization: { management_role_arn: arn:aws:iam::111122223333:user/x }\n",
	    "f:1:38: organization.management_role_arn: expected the ARN of a role such as "
	    "arn:aws:iam::111122223333:role/trailseal\n" },
	{ "accounts:\n  - id: 1111222233334\n",
	    "f:2:9: accounts[0].id: expected an account id (12 digits)\n" },
	{ "accounts:\n  - id: \"111122223333\"\n  - id: 444455556666\n  - id: 111122223333\n",
	    "f:4:9: accounts[2].id: given twice, first on line 2\n" },
	{ "accounts:\n  - id: \"111122223333\"\n"
	    "    role_arn: arn:aws:iam::444455556666:role/trailseal\n",
	    "f:3:15: accounts[0].role_arn: a role of another account than 111122223333\n" },
	{ "accounts:\n  - id: \"111122223333\"\n    external_id: example\n",
	    "f:3:5: accounts[0].external_id: has no effect without 'role_arn'\n" },
	{ "accounts:\n  - role_arn: x\n    external_id: example\n",
	    "f:2:5: accounts[0]: 'id' is missing\n"
	    "f:2:15: accounts[0].role_arn: expected the ARN of a role such as "
	    "arn:aws:iam::111122223333:role/trailseal\n" },
	{ "queues: [{ url: \"http://sqs.us-east-1.amazonaws.com/111122223333/x\" }]\n",
	    "f:1:17: queues[0].url: expected the URL of a queue such as "
	    "https://sqs.us-east-1.amazonaws.com/111122223333/trailseal\n" },
	{ "queues: [{ poison_receives: 0, external_id: example }]\n",
	    "f:1:10: queues[0]: 'url' is missing\n"
	    "f:1:29: queues[0].poison_receives: expected a whole number from 1 to 1000\n"
	    "f:1:32: queues[0].external_id: has no effect without 'role_arn'\n" },
	{ "regions: [us-east-1, mars]\n",
	    "f:1:22: regions[1]: expected a region name such as us-east-1\n" },
	{ "expect: { keys: [arn:aws:kms:us-east-1:111122223333:alias/x] }\n",
	    "f:1:18: expect.keys[0]: expected the ARN of a key such as "
	    "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab\n" },
	{ "rules: { key-rotaton-off: {} }\n",
	    "f:1:10: rules: unknown key 'key-rotaton-off', did you mean 'key-rotation-off'?\n" },
	{ "rules: { key-missing: { severity: hihg, after: 5m } }\n",
	    "f:1:35: rules.key-missing.severity: expected one of low, medium, high, critical; did you "
	    "mean 'high'?\n"
	    "f:1:41: rules.key-missing: unknown key 'after'\n" },
	{ "rules:\n  key-material-expiring:\n    ahead: 2d\n    critical: 3d\n",
	    "f:4:15: rules.key-material-expiring.critical: longer than 'ahead'\n" },
	{ "rules:\n  key-material-expiring:\n    ahead: 2d\n",
	    "f:3:12: rules.key-material-expiring.ahead: shorter than 'critical'\n" },
	{ "aws: { quota_share: 2 }\n",
	    "f:1:21: aws.quota_share: expected a number that is more than 0 and at most 1\n" },
	{ "orgnization: {}\n", "f:1:1: unknown key 'orgnization', did you mean 'organization'?\n" },
};

static void
test_refusals(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		expect_settings(refusals[i].text, refusals[i].errors, NULL);
}

#define HOOK	"receivers:\n  - { name: hook, webhook: { url: \"https://a.example.com/hunter2\""
#define FORM_URL "an https URL (http for this machine only)"

static void
test_receivers(void **state)
{
	static const char text[] = "receivers:\n"
	    "  - { name: chat, slack: { url: \"http://[::1]:8065/hooks/x\" } }\n"
	    "  - name: hook\n"
	    "    webhook: { url: \"https://a.example.com\", "
	    "secret: whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX }\n"
	    "routes:\n  - { receiver: hook }\n  - { receiver: chat, severity: high }\n";
	struct settings *s;

	(void)state;
	expect_settings(text, "", &s);
	assert_int_equal(s->notify.receiver_count, 2);
	assert_string_equal(s->notify.receivers[0].name, "chat");
	assert_null(s->notify.receivers[0].target[RECEIVER_WEBHOOK]);
	assert_non_null(s->notify.receivers[0].target[RECEIVER_SLACK]->url);
	assert_null(s->notify.receivers[0].target[RECEIVER_SLACK]->secret);
	assert_non_null(s->notify.receivers[1].target[RECEIVER_WEBHOOK]->secret);
	assert_int_equal(s->notify.route_count, 2);
	assert_int_equal(s->notify.routes[0].severity, SEVERITY_LOW);
	assert_int_equal(s->notify.routes[1].severity, SEVERITY_HIGH);
	settings_free(s);
}

/* No message shows a URL. */
static void
test_refused_receivers(void **state)
{
	static const struct refusal cases[] = {
		{ "receivers:\n  - name: chat\n", "f:2:5: receivers[0]: 'slack' or 'webhook' is missing\n" },
		{ "receivers:\n  - { name: a b, slack: { url: \"https://a/\" } }\n",
		    "f:2:13: receivers[0].name: expected a name (1 to 64 letters, digits and _.-)\n" },
		{ HOOK ", secret: hunter2 } }\n", "f:2:76: receivers[0].webhook.secret: expected a secret as "
		    "Standard Webhooks have it (whsec_ and 24 to 64 bytes in base64)\n" },
		{ HOOK " } }\n  - { name: hook, slack: { url: \"https://a/\" } }\n",
		    "f:3:13: receivers[1].name: given twice, first on line 2\n" },
		{ HOOK " } }\nroutes: [ { receiver: hok }, { severity: low } ]\n",
		    "f:3:23: routes[0].receiver: no receiver has this name\n"
		    "f:3:30: routes[1]: 'receiver' is missing\n" },
		{ HOOK " } }\nroutes: [ { receiver: hook, severity: bad } ]\n",
		    "f:3:39: routes[0].severity: expected one of low, medium, high, critical\n" },
	};
	static const char *const urls[] = {
		"http://a.example.com/hunter2", "http://10.0.0.1/", "http://localhost.example.com/",
		"http://127.0.0.1.example.com/", "http://localhost@a.example.com/", "ftp://a/", "https://",
		"https://:1/", "https://u:hunter2@a/", "//a/", "https://a/ b", "HTTPS://a/", "http://[::1/",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect_settings(cases[i].text, cases[i].errors, NULL);
	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		char text[256];

		snprintf(text, sizeof(text), "receivers:\n  - { name: a, slack: { url: \"%s\" } }\n", urls[i]);
		expect_settings(text, "f:2:30: receivers[0].slack.url: expected " FORM_URL "\n", NULL);
	}
}

static void
test_files(void **state)
{
	struct config_errors errors = { .file = NULL };
	struct settings *s = NULL;
	struct buf got;

	(void)state;
	assert_int_equal(settings_load("/nonexistent", &s, &errors), -1);
	assert_int_equal(settings_load("/", &s, &errors), -1);
	assert_null(s);
	buf_init(&got, 4096);
	config_errors_write(&errors, &got);
	assert_string_equal(buf_text(&got), "/: No such file or directory\n/: Is a directory\n");
	buf_done(&got);
	config_errors_done(&errors);
	assert_int_equal(settings_load("/dev/null", &s, &errors), 0);
	settings_free(s);
	config_errors_done(&errors);
}

/* The errors of a file with many, as a user sees them. */
static void
test_golden(void **state)
{
	static char expect[65536];
	const char *top = getenv("top_srcdir");
	struct config_errors errors = { .file = NULL };
	struct settings *s = NULL;
	struct buf path, got;
	FILE *f;

	(void)state;
	buf_init(&path, 4096);
	buf_addf(&path, "%s/tests/golden/config/bad.yaml", top ? top : ".");
	assert_int_equal(settings_load(buf_text(&path), &s, &errors), -1);
	config_errors_set_file(&errors, "bad.yaml");
	buf_init(&got, 65536);
	config_errors_write(&errors, &got);
	buf_reset(&path);
	buf_addf(&path, "%s/tests/golden/config/bad.errors", top ? top : ".");
	f = fopen(buf_text(&path), "r");
	assert_non_null(f);
	expect[fread(expect, 1, sizeof(expect) - 1, f)] = '\0';
	fclose(f);
	assert_string_equal(buf_text(&got), expect);
	assert_null(strstr(buf_text(&got), "hunter2"));
	buf_done(&got);
	buf_done(&path);
	config_errors_done(&errors);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_scope),
		cmocka_unit_test(test_organization_alone),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_receivers),
		cmocka_unit_test(test_refused_receivers),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_golden),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
