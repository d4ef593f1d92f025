/* SPDX-License-Identifier: Apache-2.0 */
/* What settings become for the sweep and the rules, and external ids that cannot be read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "settings/scope.h"

#define QUEUE(region, account)	"https://sqs." region ".amazonaws.com/" account "/events"
#define ROLE(account)	"arn:aws:iam::" account ":role/audit"

static struct settings *
load(const char *path, const char *text)
{
	struct config_errors errors = { .list = NULL };
	struct settings *settings = NULL;

	assert_int_equal(settings_load_text(path, text, strlen(text), &settings, &errors), 0);
	config_errors_done(&errors);
	return settings;
}

static void
test_nothing(void **state)
{
	struct settings *s = load("x.yaml", "");
	struct scope scope;
	struct err err;

	(void)state;
	assert_int_equal(scope_init(&scope, s, &err), 0);
	assert_false(scope.sweep.has_organization);
	assert_int_equal(scope.sweep.account_count, 0);
	assert_int_equal(scope.sweep.region_count, 0);
	assert_int_equal(scope.rules.expected_key_count + scope.rules.expected_account_count, 0);
	assert_true(scope.rules.rule[RULE_KEY_MISSING].is_enabled);
	assert_int_equal(scope.rules.events.role_count, 0);
	scope_done(&scope);
	settings_free(s);
}

static void
test_all(void **state)
{
	static const char text[] =
	    "organization:\n"
	    "  management_role_arn: " ROLE("111122223333") "\n"
	    "  role: watcher\n"
	    "  external_id: of-all\n"
	    "  exclude: [\"222233334444\"]\n"
	    "accounts:\n"
	    "- { id: \"444455556666\", name: sandbox, role_arn: " ROLE("444455556666") " }\n"
	    "- { id: \"555566667777\", role_arn: " ROLE("555566667777") ", external_id: own }\n"
	    "queues:\n"
	    "- { url: \"" QUEUE("us-east-1", "111122223333") "\" }\n"
	    "- { url: \"" QUEUE("eu-west-1", "555566667777") "\", role_arn: " ROLE("555566667777")
	    ", external_id: of-queue, poison_receives: 9 }\n"
	    "regions: [us-east-1, eu-west-1]\n"
	    "expect: { key_accounts: [\"111122223333\"] }\n";
	struct settings *s = load("x.yaml", text);
	struct scope scope;
	struct err err;

	(void)state;
	assert_int_equal(scope_init(&scope, s, &err), 0);
	assert_true(scope.sweep.has_organization);
	assert_string_equal(scope.sweep.management_role_arn, ROLE("111122223333"));
	assert_string_equal(scope.sweep.role, "watcher");
	assert_string_equal(scope.sweep.external_id, "of-all");
	assert_int_equal(scope.sweep.exclude_count, 1);
	assert_int_equal(scope.sweep.account_count, 2);
	assert_string_equal(scope.sweep.accounts[0].name, "sandbox");
	assert_null(scope.sweep.accounts[0].external_id);
	assert_string_equal(scope.sweep.accounts[1].role_arn, ROLE("555566667777"));
	assert_string_equal(scope.sweep.accounts[1].external_id, "own");
	assert_int_equal(scope.sweep.queue_count, 2);
	assert_string_equal(scope.sweep.queues[0].url, QUEUE("us-east-1", "111122223333"));
	assert_string_equal(scope.sweep.queues[0].region, "us-east-1");
	assert_string_equal(scope.sweep.queues[0].account, "111122223333");
	assert_null(scope.sweep.queues[0].role_arn);
	assert_int_equal(scope.sweep.queues[0].poison_receives, 5);
	assert_string_equal(scope.sweep.queues[1].region, "eu-west-1");
	assert_string_equal(scope.sweep.queues[1].external_id, "of-queue");
	assert_int_equal(scope.sweep.queues[1].poison_receives, 9);
	assert_int_equal(scope.sweep.region_count, 2);
	assert_string_equal(scope.sweep.regions[1], "eu-west-1");
	assert_int_equal(scope.rules.expected_account_count, 1);
	assert_string_equal(scope.rules.expected_accounts[0], "111122223333");
	assert_int_equal(scope.rules.events.role_count, 5);
	assert_string_equal(scope.rules.events.roles[0].account, "444455556666");
	assert_string_equal(scope.rules.events.roles[2].account, "555566667777");	/* the queue's */
	assert_string_equal(scope.rules.events.roles[3].account, "111122223333");
	assert_null(scope.rules.events.roles[4].account);
	assert_string_equal(scope.rules.events.roles[4].name, "watcher");
	scope_done(&scope);
	settings_free(s);
}

static void
write_file(const char *path, const char *content, mode_t mode)
{
	FILE *f;

	unlink(path);
	if (content == NULL)
		return;
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(content, f);
	fclose(f);
	assert_int_equal(chmod(path, mode), 0);
}

/* The file of an external id is read again when the scope is made: it may have changed. */
static void
test_external_id_file(void **state)
{
	static const struct {
		const char	*content;	/* NULL: no file any more */
		mode_t		 mode;
		const char	*external_id;	/* NULL: it is refused */
	} cases[] = {
		{ "another\n", 0600, "another" },
		{ "another\n", 0604, NULL },
		{ "not an id\n", 0600, NULL },
		{ "", 0600, NULL },
		{ NULL, 0, NULL },
	};
	char folder[] = "/tmp/trailseal-scope-XXXXXX", config[64], file[64];

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(config, sizeof(config), "%s/x.yaml", folder);
	snprintf(file, sizeof(file), "%s/external-id", folder);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct settings *s;
		struct scope scope;
		struct err err;

		write_file(file, "first", 0600);
		s = load(config, "organization: { external_id_file: external-id }");
		write_file(file, cases[i].content, cases[i].mode);
		if (cases[i].external_id != NULL) {
			assert_int_equal(scope_init(&scope, s, &err), 0);
			assert_string_equal(scope.sweep.external_id, cases[i].external_id);
			scope_done(&scope);
		} else {
			assert_int_equal(scope_init(&scope, s, &err), -1);
			assert_non_null(strstr(err.text, "organization: external_id: "));
			assert_null(strstr(err.text, "not an id"));
		}
		settings_free(s);
	}
	unlink(file);
	rmdir(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_external_id_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
