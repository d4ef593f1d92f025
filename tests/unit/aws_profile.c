/* SPDX-License-Identifier: Apache-2.0 */
/* Profiles of the shared files: what they resolve to, and what is refused with which words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "aws/profile.h"

#define ROLE_A	"arn:aws:iam::111122223333:role/a"
#define ROLE_B	"arn:aws:iam::444455556666:role/path/b"
#define KEYS	"aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalr/K=EXAMPLE\n"

/* Shows a plan as one line, so that a case is one text: "base(detail) role role ...". */
static const char *
describe(struct arena *arena, const struct plan *plan)
{
	static const char *const bases[PLAN_BASES] = {
		"nothing", "environment", "keys", "process", "web-identity", "container", "imds",
	};
	const char *text = bases[plan->base];

	if (plan->base == PLAN_KEYS)
		text = arena_printf(arena, "%s(%s,%s,%s)", text, plan->access_key_id,
		    plan->secret_access_key, plan->session_token ? plan->session_token : "-");
	if (plan->base == PLAN_PROCESS)
		text = arena_printf(arena, "%s(%s)", text, plan->process);
	if (plan->base == PLAN_WEB_IDENTITY)
		text = arena_printf(arena, "%s(%s,%s)", text, plan->token_file,
		    plan->web_identity.role_arn);
	for (unsigned i = plan->role_count; i-- > 0;) {
		const struct plan_role *role = &plan->roles[i];

		text = arena_printf(arena, "%s > %s,%s,%s,%d", text, role->role_arn,
		    role->external_id ? role->external_id : "-",
		    role->session_name ? role->session_name : "-", role->duration_s);
	}
	return text;
}

static const struct profile_case {
	const char	*what;
	const char	*config, *credentials;
	const char	*name;
	const char	*plan;		/* or NULL: */
	const char	*error;		/* part of its text */
} cases[] = {
	{ "no file", "", "", "default", NULL, "profile default does not exist" },
	{ "static keys", "", "[default]\n" KEYS, "default",
	  "keys(AKIAIOSFODNN7EXAMPLE,wJalr/K=EXAMPLE,-)", NULL },
	{ "static keys in the configuration file", "[default]\n" KEYS, "", "default",
	  "keys(AKIAIOSFODNN7EXAMPLE,wJalr/K=EXAMPLE,-)", NULL },
	{ "a quoted name", "[profile \"a b\"]\n" KEYS, "", "a b",
	  "keys(AKIAIOSFODNN7EXAMPLE,wJalr/K=EXAMPLE,-)", NULL },
	{ "white space and a comment", "[ profile\t audit ] ; x\n" KEYS, "", "audit",
	  "keys(AKIAIOSFODNN7EXAMPLE,wJalr/K=EXAMPLE,-)", NULL },
	{ "a configuration section without the word profile", "[audit]\n" KEYS, "", "audit", NULL,
	  "profile audit does not exist" },
	{ "the word profile in the credentials file", "", "[profile audit]\n" KEYS, "audit", NULL,
	  "profile audit does not exist" },
	{ "[profile default] wins over [default]",
	  "[default]\naws_access_key_id=A\naws_secret_access_key=B\n"
	  "[profile default]\naws_access_key_id=C\naws_secret_access_key=D\n", "", "default",
	  "keys(C,D,-)", NULL },
	{ "the credentials file wins",
	  "[profile x]\naws_access_key_id=A\naws_secret_access_key=B\naws_session_token=T\n",
	  "[x]\naws_access_key_id=C\naws_secret_access_key=D\n", "x", "keys(C,D,T)", NULL },
	{ "the token's old name", "", "[x]\naws_access_key_id=C\naws_secret_access_key=D\n"
	  "aws_security_token=OLD\n", "x", "keys(C,D,OLD)", NULL },
	{ "both names of the token", "", "[x]\naws_access_key_id=C\naws_secret_access_key=D\n"
	  "aws_security_token=OLD\naws_session_token=NEW\n", "x", "keys(C,D,NEW)", NULL },
	{ "comments need white space before them", "",
	  "[x]\naws_access_key_id=C ; no\naws_secret_access_key=D#E;F #no\n", "x", "keys(C,D#E;F,-)",
	  NULL },
	{ "the last property counts", "", "[x]\naws_access_key_id=1\naws_access_key_id=2\n"
	  "aws_secret_access_key=D\n", "x", "keys(2,D,-)", NULL },
	{ "sections of one name are one", "", "[x]\naws_access_key_id=1\n[y]\n[x]\n"
	  "aws_secret_access_key=D\n", "x", "keys(1,D,-)", NULL },
	{ "a property before any section", "aws_access_key_id=1\n[default]\nregion=eu-west-1\n", "",
	  "default", "nothing", NULL },
	{ "sub-properties are no properties",
	  "[default]\ns3 =\n  aws_access_key_id = 1\n  aws_secret_access_key = 2\n", "", "default",
	  "nothing", NULL },
	{ "line ends of another system", "", "[x]\r\naws_access_key_id=1\r\n"
	  "aws_secret_access_key=2\r\n", "x", "keys(1,2,-)", NULL },
	{ "an empty value is no value", "", "[x]\naws_access_key_id=\naws_secret_access_key=\n", "x",
	  "nothing", NULL },
	{ "half of the keys", "", "[x]\naws_access_key_id=1\n", "x", NULL,
	  "profile x has no aws_secret_access_key" },
	{ "the other half", "", "[x]\naws_secret_access_key=1\n", "x", NULL,
	  "profile x has no aws_access_key_id" },

	{ "a role of a source profile", "[profile x]\nrole_arn=" ROLE_A "\nsource_profile=base\n"
	  "external_id=ext\nrole_session_name=me\nduration_seconds=900\n", "[base]\n" KEYS, "x",
	  "keys(AKIAIOSFODNN7EXAMPLE,wJalr/K=EXAMPLE,-) > " ROLE_A ",ext,me,900", NULL },
	{ "a chain of roles", "[profile x]\nrole_arn=" ROLE_A "\nsource_profile=y\n"
	  "[profile y]\nrole_arn=" ROLE_B "\nsource_profile=z\n[profile z]\n"
	  "credential_process=get keys\n", "", "x",
	  "process(get keys) > " ROLE_B ",-,-,0 > " ROLE_A ",-,-,0", NULL },
	{ "the role comes before the profile's own keys",
	  "[profile x]\nrole_arn=" ROLE_A "\nsource_profile=y\n" KEYS
	  "[profile y]\naws_access_key_id=1\naws_secret_access_key=2\n", "", "x",
	  "keys(1,2,-) > " ROLE_A ",-,-,0", NULL },
	{ "but behind them in a source profile",
	  "[profile x]\nrole_arn=" ROLE_A "\nsource_profile=y\n"
	  "[profile y]\nrole_arn=" ROLE_B "\nsource_profile=x\n" KEYS, "", "x",
	  "keys(AKIAIOSFODNN7EXAMPLE,wJalr/K=EXAMPLE,-) > " ROLE_A ",-,-,0", NULL },
	{ "a profile that is its own source",
	  "[profile x]\nrole_arn=" ROLE_A "\nsource_profile=x\n" KEYS, "", "x",
	  "keys(AKIAIOSFODNN7EXAMPLE,wJalr/K=EXAMPLE,-) > " ROLE_A ",-,-,0", NULL },
	{ "its own source without keys",
	  "[profile x]\nrole_arn=" ROLE_A "\nsource_profile=x\n", "", "x", NULL,
	  "source_profile goes in a circle: x -> x" },
	{ "a circle", "[profile x]\nrole_arn=" ROLE_A "\nsource_profile=y\n"
	  "[profile y]\nrole_arn=" ROLE_A "\nsource_profile=z\n"
	  "[profile z]\nrole_arn=" ROLE_A "\nsource_profile=y\n", "", "x", NULL,
	  "source_profile goes in a circle: x -> y -> z -> y" },
	{ "a source profile that is missing",
	  "[profile x]\nrole_arn=" ROLE_A "\nsource_profile=y\n", "", "x", NULL,
	  "source profile y does not exist" },
	{ "a source profile without keys",
	  "[profile x]\nrole_arn=" ROLE_A "\nsource_profile=y\n[profile y]\nregion=eu-west-1\n", "",
	  "x", NULL, "source profile y says nothing about keys" },
	{ "a role from the environment",
	  "[profile x]\nrole_arn=" ROLE_A "\ncredential_source=Environment\n", "", "x",
	  "environment > " ROLE_A ",-,-,0", NULL },
	{ "from the container", "[profile x]\nrole_arn=" ROLE_A "\ncredential_source=ecscontainer\n",
	  "", "x", "container > " ROLE_A ",-,-,0", NULL },
	{ "from the instance",
	  "[profile x]\nrole_arn=" ROLE_A "\ncredential_source=Ec2InstanceMetadata\n", "", "x",
	  "imds > " ROLE_A ",-,-,0", NULL },
	{ "from nowhere known", "[profile x]\nrole_arn=" ROLE_A "\ncredential_source=Lambda\n", "",
	  "x", NULL, "profile x: credential_source is Lambda" },
	{ "a web identity",
	  "[profile x]\nrole_arn=" ROLE_A "\nweb_identity_token_file=/run/token\n", "", "x",
	  "web-identity(/run/token," ROLE_A ")", NULL },
	{ "a role behind a web identity", "[profile x]\nrole_arn=" ROLE_A "\nsource_profile=y\n"
	  "[profile y]\nrole_arn=" ROLE_B "\nweb_identity_token_file=/run/token\n", "", "x",
	  "web-identity(/run/token," ROLE_B ") > " ROLE_A ",-,-,0", NULL },
	{ "a role from nowhere", "[profile x]\nrole_arn=" ROLE_A "\n", "", "x", NULL,
	  "exactly one of source_profile, credential_source and web_identity_token_file, here are 0" },
	{ "a role from two places", "[profile x]\nrole_arn=" ROLE_A "\nsource_profile=y\n"
	  "credential_source=Environment\n", "", "x", NULL, "here are 2" },
	{ "no role", "[profile x]\nrole_arn=arn:aws:iam::111122223333:user/a\nsource_profile=y\n", "",
	  "x", NULL, "profile x: role_arn is no ARN of a role" },
	{ "a short session", "[profile x]\nrole_arn=" ROLE_A "\ncredential_source=Environment\n"
	  "duration_seconds=60\n", "", "x", NULL, "profile x: duration_seconds" },
	{ "a session of no length", "[profile x]\nrole_arn=" ROLE_A
	  "\ncredential_source=Environment\nduration_seconds=1h\n", "", "x", NULL,
	  "profile x: duration_seconds" },
	{ "a code from a person", "[profile x]\nrole_arn=" ROLE_A "\nsource_profile=y\n"
	  "mfa_serial=arn:aws:iam::111122223333:mfa/me\n[profile y]\n" KEYS, "", "x", NULL,
	  "profile x: mfa_serial" },

	{ "a process", "[profile x]\ncredential_process = /opt/get \"a b\" # x\n", "", "x",
	  "process(/opt/get \"a b\")", NULL },
	{ "keys come before a process", "[profile x]\ncredential_process = get\n", "[x]\n" KEYS, "x",
	  "keys(AKIAIOSFODNN7EXAMPLE,wJalr/K=EXAMPLE,-)", NULL },
	{ "a login", "[profile x]\nsso_session=corp\n[sso-session corp]\nsso_start_url=u\n", "", "x",
	  NULL, "profile x: sso_session wants a person to log in" },
	{ "an old login", "[default]\nsso_start_url=https://example.com/start\n", "", "default", NULL,
	  "profile default: sso_start_url wants a person" },
	{ "a login as a source", "[profile x]\nrole_arn=" ROLE_A "\nsource_profile=y\n"
	  "[profile y]\nlogin_session=z\n", "", "x", NULL, "profile y: login_session wants" },
	{ "a login beside a process", "[profile x]\nsso_session=corp\ncredential_process=get\n", "",
	  "x", "process(get)", NULL },
};

static void
test_resolve(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct profile_case *c = &cases[i];
		struct arena *arena = arena_new();
		struct profile_files files;
		struct plan plan = { .role_count = 77 };
		struct err err = { .kind = ERR_NONE };
		int ret;

		print_message("%s\n", c->what);
		ini_parse(arena, c->config, strlen(c->config), &files.config);
		ini_parse(arena, c->credentials, strlen(c->credentials), &files.credentials);
		ret = profile_resolve(arena, &files, c->name, &plan, &err);
		if (c->plan != NULL) {
			assert_string_equal(err.text, "");
			assert_int_equal(ret, 0);
			assert_string_equal(describe(arena, &plan), c->plan);
		} else {
			assert_int_equal(ret, -1);
			assert_int_equal(err.kind, ERR_CREDENTIALS);
			assert_non_null(strstr(err.text, c->error));
			assert_int_equal(plan.role_count, 77);	/* untouched */
		}
		arena_wipe(arena);
	}
}

/* Each profile of a long chain assumes one more role; the plan has room for eight. */
static void
test_long_chain(void **state)
{
	(void)state;
	for (int length = 8; length <= 9; length++) {
		struct arena *arena = arena_new();
		struct profile_files files;
		struct plan plan;
		struct err err;
		const char *text = "[default]\nrole_arn=" ROLE_A "\nsource_profile=1\n";
		int ret;

		for (int i = 1; i < length; i++)
			text = arena_printf(arena, "%s[profile %d]\nrole_arn=" ROLE_A "\n"
			    "source_profile=%d\n", text, i, i + 1);
		text = arena_printf(arena, "%s[profile %d]\n" KEYS, text, length);
		ini_parse(arena, text, strlen(text), &files.config);
		ini_parse(arena, "", 0, &files.credentials);
		ret = profile_resolve(arena, &files, "default", &plan, &err);
		if (length == 8) {
			assert_int_equal(ret, 0);
			assert_int_equal(plan.role_count, 8);
		} else {
			assert_int_equal(ret, -1);
			assert_non_null(strstr(err.text, "more than 8 roles"));
		}
		arena_wipe(arena);
	}
}

static void
test_region(void **state)
{
	static const char config[] = "[default]\nregion = eu-west-1\n[profile x]\nregion=\n";
	struct arena *arena = arena_new();
	struct profile_files files;

	(void)state;
	ini_parse(arena, config, strlen(config), &files.config);
	ini_parse(arena, "[x]\n[y]\nregion=us-west-2\n", 24, &files.credentials);
	assert_string_equal(profile_region(&files, "default"), "eu-west-1");
	assert_string_equal(profile_region(&files, "y"), "us-west-2");
	assert_null(profile_region(&files, "x"));
	assert_null(profile_region(&files, "z"));
	assert_true(profile_exists(&files, "x"));
	assert_false(profile_exists(&files, "z"));
	arena_wipe(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_resolve),
		cmocka_unit_test(test_long_chain),
		cmocka_unit_test(test_region),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
