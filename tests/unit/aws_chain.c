/* SPDX-License-Identifier: Apache-2.0 */
/* The chain of ambient sources: which one is taken, what each asks, and how each fails. */
#include "unit/far_side.h"

#include "base/buf.h"

#define ROLE		"arn:aws:iam::111122223333:role/trailseal"
#define SECOND		1000
#define MINUTE		(60 * SECOND)
#define KEYS		"\"AccessKeyId\":\"ASIAFETCHED\",\"SecretAccessKey\":\"" FAR_SECRET "\""
#define FETCHED		"{" KEYS ",\"Token\":\"" FAR_TOKEN "\",\"Expiration\":\"2026-01-02T09:04:05Z\"}"
#define PROFILE_KEYS	"aws_access_key_id = AKIAPROFILE\naws_secret_access_key = " FAR_SECRET "\n"

/* Begins anew, asks for the ambient keys, and expects this error. */
static void
expect_error(struct far_side *f, const char *text)
{
	far_begin(f, NULL);
	assert_false(far_get_ambient(f));
	assert_int_equal(f->err.kind, ERR_CREDENTIALS);
	if (strstr(f->err.text, text) == NULL)
		fail_msg("\"%s\" is not in \"%s\"", text, f->err.text);
	far_end(f);
}

static void
expect_keys(struct far_side *f, const char *key, const char *source)
{
	far_begin(f, NULL);
	if (!far_get_ambient(f))
		fail_msg("%s", f->err.text);
	assert_string_equal(f->key, key);
	assert_string_equal(f->source, source);
	far_end(f);
}

/* ---- environment ---- */

static void
test_environment(void **state)
{
	struct far_side *f = *state;

	far_use_keys();
	far_begin(f, NULL);
	assert_true(far_get_ambient(f));
	assert_string_equal(f->key, FAR_ID);
	assert_string_equal(f->token, "");
	assert_string_equal(f->source, "environment");
	assert_false(f->is_role_session);
	assert_true(f->expires_wall_ms == STAMP_UNKNOWN);
	far_pass(f, 100 * 60 * (int64_t)MINUTE);
	assert_true(far_get_ambient(f));
	assert_int_equal(f->calls, 0);
	far_end(f);

	setenv("AWS_SESSION_TOKEN", FAR_TOKEN, 1);
	far_begin(f, NULL);
	assert_true(far_get_ambient(f));
	assert_string_equal(f->token, FAR_TOKEN);
	assert_true(f->is_role_session);
	far_end(f);
}

static void
test_half_of_the_environment(void **state)
{
	struct far_side *f = *state;

	far_use_keys();
	setenv("AWS_SECRET_ACCESS_KEY", "", 1);
	expect_error(f, "environment: AWS_SECRET_ACCESS_KEY is not set");
	far_use_keys();
	unsetenv("AWS_ACCESS_KEY_ID");
	expect_error(f, "environment: AWS_ACCESS_KEY_ID is not set");
	far_use_keys();
	setenv("AWS_SECRET_ACCESS_KEY", "with\nline", 1);
	expect_error(f, "environment: secret access key holds");
}

/* Everything empty is as good as unset; the message says where was looked. */
static void
test_nothing(void **state)
{
	static const char *const names[] = {
		"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE",
		"AWS_ROLE_ARN", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
		"AWS_CONTAINER_CREDENTIALS_FULL_URI",
	};
	struct far_side *f = *state;
	char text[400];

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		setenv(names[i], "", 1);
	snprintf(text, sizeof(text), "no AWS credentials: no keys in the environment, no profile default "
	    "in %s/.aws/config or %s/.aws/credentials, no web identity, no container: instance "
	    "metadata: AWS_EC2_METADATA_DISABLED is set", f->folder, f->folder);
	expect_error(f, text);
	assert_int_equal(f->calls, 0);
}

/* ---- profiles ---- */

static void
test_files(void **state)
{
	struct far_side *f = *state;
	char path[128];

	setenv("AWS_SHARED_CREDENTIALS_FILE",
	    far_write(f, "credentials", "[default]\n" PROFILE_KEYS "[other]\n"
	    "aws_access_key_id=AKIAOTHER\naws_secret_access_key=x\n"), 1);
	setenv("AWS_CONFIG_FILE", far_write(f, "config", "[default]\nregion=eu-north-1\n"
	    "[profile other]\nregion=eu-west-3\n[profile empty]\nregion = nowhere\n"), 1);
	expect_keys(f, "AKIAPROFILE", "keys of profile default");
	setenv("AWS_PROFILE", "other", 1);
	expect_keys(f, "AKIAOTHER", "keys of profile other");
	setenv("AWS_PROFILE", "third", 1);
	expect_error(f, "AWS_PROFILE: no profile third in ");
	setenv("AWS_PROFILE", "empty", 1);
	expect_error(f, "no keys in profile empty, no web identity");
	/* The environment comes first, whatever the profile says. */
	far_use_keys();
	expect_keys(f, FAR_ID, "environment");
	/* An unreadable file is an error, and so is one that is no file or too large. */
	far_clean_environment();
	setenv("AWS_CONFIG_FILE", f->folder, 1);
	expect_error(f, "Is a directory");
	snprintf(path, sizeof(path), "%s/credentials", f->folder);
	assert_int_equal(truncate(path, 1024 * 1024 + 1), 0);
	setenv("AWS_CONFIG_FILE", "/dev/null", 1);
	setenv("AWS_SHARED_CREDENTIALS_FILE", path, 1);
	expect_error(f, "more than 1048576 bytes");
	assert_int_equal(truncate(path, 1024 * 1024), 0);
	expect_keys(f, "AKIAPROFILE", "keys of profile default");
	setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/zero", 1);
	expect_error(f, "more than 1048576 bytes");
}

static void
test_home(void **state)
{
	struct far_side *f = *state;
	char path[128];

	snprintf(path, sizeof(path), "%s/.aws", f->folder);
	assert_int_equal(mkdir(path, 0700), 0);
	far_write(f, ".aws/credentials", "[default]\n" PROFILE_KEYS);
	far_write(f, ".aws/config", "[default]\nregion=eu-north-1\n");
	far_begin(f, NULL);
	assert_true(far_get_ambient(f));
	assert_string_equal(creds_ambient_region(f->creds), "eu-north-1");
	far_end(f);
	setenv("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials", 1);
	expect_keys(f, "AKIAPROFILE", "keys of profile default");
	if (geteuid() == 0)
		return;		/* for whom no folder is closed */
	/* A closed folder hides its files as systemd's ProtectHome does; a closed file is an error. */
	assert_int_equal(chmod(path, 0), 0);
	expect_error(f, "no profile default in ");
	assert_int_equal(chmod(path, 0700), 0);
	far_write(f, ".aws/credentials", "");
	snprintf(path, sizeof(path), "%s/.aws/credentials", f->folder);
	assert_int_equal(chmod(path, 0), 0);
	expect_error(f, "Permission denied");
}

static void
test_region(void **state)
{
	struct far_side *f = *state;

	setenv("AWS_CONFIG_FILE", far_write(f, "config", "[default]\nregion=not a region\n"
	    "[profile x]\nregion=eu-west-3\n"), 1);
	far_begin(f, NULL);
	assert_null(creds_ambient_region(f->creds));
	far_end(f);
	setenv("AWS_PROFILE", "x", 1);
	far_begin(f, NULL);
	assert_string_equal(creds_ambient_region(f->creds), "eu-west-3");
	far_end(f);
	setenv("AWS_DEFAULT_REGION", "eu-west-2", 1);
	far_begin(f, NULL);
	assert_string_equal(creds_ambient_region(f->creds), "eu-west-2");
	far_end(f);
	setenv("AWS_REGION", "eu-west-1", 1);
	far_begin(f, NULL);
	assert_string_equal(creds_ambient_region(f->creds), "eu-west-1");
	far_end(f);
}

/* Two roles, one upon the other, each asked with the keys of the one before. */
static void
test_profile_roles(void **state)
{
	struct far_side *f = *state;

	setenv("AWS_CONFIG_FILE", far_write(f, "config",
	    "[default]\nrole_arn=" ROLE "\nsource_profile=first\nduration_seconds=7200\n"
	    "[profile first]\nrole_arn=arn:aws:iam::444455556666:role/first\nsource_profile=base\n"
	    "duration_seconds=7200\nexternal_id=ext\nrole_session_name=me\n"
	    "[profile base]\n" PROFILE_KEYS), 1);
	far_begin(f, NULL);
	f->delay_ms = 10;
	assert_true(far_get_ambient(f));
	assert_int_equal(f->calls, 2);
	assert_string_equal(f->key, "ASIAEXAMPLE2");
	assert_string_equal(f->source, "role " ROLE);
	assert_true(f->is_role_session);
	/* The second is role chaining: an hour at most. */
	assert_non_null(strstr(f->headers, "Credential=ASIAEXAMPLE1/"));
	assert_string_equal(far_form(f, "DurationSeconds"), "3600");
	assert_string_equal(far_form(f, "RoleSessionName"), "trailseal");
	assert_string_equal(far_form(f, "ExternalId"), "");
	/* A role on top of them is renewed with them. */
	far_pass(f, 50 * MINUTE);
	assert_true(far_get(f, "arn:aws:iam::444455556666:role/x", NULL));
	far_pass(f, SECOND);
	assert_int_equal(f->sessions, 5);
	far_end(f);
	/* A refusal is the ambient keys' failure and says which role. */
	f->sts_code = "AccessDenied";
	expect_error(f, "no AWS credentials: role arn:aws:iam::444455556666:role/first: AccessDenied");
}

/* ---- web identity ---- */

static void
test_web_identity(void **state)
{
	struct far_side *f = *state;

	setenv("AWS_ROLE_ARN", ROLE, 1);
	expect_error(f, "no web identity");	/* the role alone means nothing */
	setenv("AWS_WEB_IDENTITY_TOKEN_FILE", far_write(f, "token", " ey.one+/=\n"), 1);
	setenv("AWS_ROLE_SESSION_NAME", "pod", 1);
	far_begin(f, NULL);
	assert_true(far_get_ambient(f));
	assert_string_equal(f->source, "web identity");
	assert_string_equal(far_form(f, "Action"), "AssumeRoleWithWebIdentity");
	assert_string_equal(far_form(f, "WebIdentityToken"), "ey.one%2B%2F%3D");
	assert_string_equal(far_form(f, "RoleSessionName"), "pod");
	assert_null(strstr(f->headers, "Authorization"));
	assert_true(f->is_role_session);
	/* The token is read anew. */
	far_write(f, "token", "ey.two");
	far_pass(f, 60 * MINUTE);
	assert_true(far_get_ambient(f));
	assert_string_equal(far_form(f, "WebIdentityToken"), "ey.two");
	far_end(f);
	f->sts_code = "InvalidIdentityToken";
	expect_error(f, "web identity: InvalidIdentityToken");
}

static void
test_broken_web_identity(void **state)
{
	struct far_side *f = *state;
	char text[20003];

	setenv("AWS_WEB_IDENTITY_TOKEN_FILE", far_write(f, "token", " \n"), 1);
	expect_error(f, "AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN is not");
	setenv("AWS_ROLE_ARN", "trailseal", 1);
	expect_error(f, "AWS_ROLE_ARN is no ARN of a role");
	setenv("AWS_ROLE_ARN", ROLE, 1);
	expect_error(f, "token: empty");
	far_write(f, "token", "a\nb");
	expect_error(f, "token: a token of more than one line");
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	far_write(f, "token", text);
	expect_error(f, "token: more than 20000 bytes");
	setenv("AWS_WEB_IDENTITY_TOKEN_FILE", "/nonexistent/token", 1);
	expect_error(f, "/nonexistent/token: does not exist");
	assert_int_equal(f->calls, 0);
}

/* ---- container ---- */

static void
test_container(void **state)
{
	struct far_side *f = *state;

	setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/v1/credentials", 1);
	f->metadata_body = FETCHED;
	far_begin(f, NULL);
	f->metadata_body = FETCHED;
	assert_true(far_get_ambient(f));
	assert_string_equal(f->url, "http://169.254.170.23/v1/credentials");
	assert_string_equal(f->key, "ASIAFETCHED");
	assert_string_equal(f->token, FAR_TOKEN);
	assert_string_equal(f->source, "container");
	assert_true(f->is_role_session);
	assert_int_equal(f->expires_wall_ms, FAR_WALL_MS + 6 * 60 * MINUTE);
	assert_null(strstr(f->headers, "Authorization"));
	far_end(f);

	setenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/x?y=z", 1);
	setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "Basic abc", 1);
	far_begin(f, NULL);
	f->metadata_body = FETCHED;
	assert_true(far_get_ambient(f));
	assert_string_equal(f->url, "http://169.254.170.2/v2/credentials/x?y=z");
	assert_non_null(strstr(f->headers, "Authorization: Basic abc\n"));
	far_end(f);

	setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", far_write(f, "token", "one\n"), 1);
	far_begin(f, NULL);
	f->metadata_body = FETCHED;
	assert_true(far_get_ambient(f));
	assert_non_null(strstr(f->headers, "Authorization: one\n"));
	far_write(f, "token", "two\n");
	far_pass(f, 6 * 60 * MINUTE);
	assert_true(far_get_ambient(f));
	assert_non_null(strstr(f->headers, "Authorization: two\n"));
	far_end(f);
}

static void
test_container_answers(void **state)
{
	static const struct {
		const char	*body;
		int		 status;
		const char	*error;
	} cases[] = {
		{ "no", 404, "container: its answer is HTTP 404" },
		{ "no", 503, "container: its answer is HTTP 503" },
		{ "", 0, "container: its answer is no JSON" },
		{ "{" KEYS, 0, "container: its answer is no JSON" },
		{ "[]", 0, "container: its answer is no JSON object" },
		{ "{}", 0, "container: its answer has no AccessKeyId" },
		{ "{\"AccessKeyId\":\"A\"}", 0, "its answer has no SecretAccessKey" },
		{ "{\"AccessKeyId\":7}", 0, "AccessKeyId is a number" },
		{ "{\"AccessKeyId\":\"A\\nB\",\"SecretAccessKey\":\"x\"}", 0, "access key id holds" },
		{ "{" KEYS ",\"Expiration\":\"soon\"}", 0, "Expiration is no time" },
	};
	struct far_side *f = *state;

	setenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/x", 1);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		far_begin(f, NULL);
		f->calls = 0;
		f->metadata_body = cases[i].body;
		f->metadata_status = cases[i].status;
		assert_false(far_get_ambient(f));
		assert_int_equal(f->err.kind, ERR_CREDENTIALS);
		if (strstr(f->err.text, cases[i].error) == NULL)
			fail_msg("\"%s\" is not in \"%s\"", cases[i].error, f->err.text);
		assert_int_equal(f->calls, 3);
		far_end(f);
	}
}

/* Three attempts a second apart; then the failure is remembered for five seconds. */
static void
test_container_patience(void **state)
{
	struct far_side *f = *state;
	char *large = malloc(10002);

	assert_non_null(large);
	setenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/x", 1);
	far_begin(f, NULL);
	f->metadata_body = FETCHED;
	f->silent = 2;
	assert_true(far_get_ambient(f));
	assert_int_equal(f->calls, 3);
	assert_int_equal(loop_wall_ms(f->loop), FAR_WALL_MS + 2 * 2 * SECOND + 2 * SECOND);
	far_end(f);

	f->calls = 0;
	far_begin(f, NULL);
	f->metadata_body = FETCHED;
	f->silent = 3;
	assert_false(far_get_ambient(f));
	assert_int_equal(f->calls, 3);
	far_pass(f, 4 * SECOND);
	assert_false(far_get_ambient(f));
	assert_int_equal(f->calls, 3);
	far_pass(f, SECOND);
	assert_true(far_get_ambient(f));
	far_end(f);

	memset(large, ' ', 10001);
	large[10001] = '\0';
	far_begin(f, NULL);
	f->metadata_body = large;
	assert_false(far_get_ambient(f));
	assert_non_null(strstr(f->err.text, "container: "));
	far_end(f);
	free(large);
}

static void
test_broken_container(void **state)
{
	struct far_side *f = *state;

	setenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "x", 1);
	expect_error(f, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is no path");
	setenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/x\r\ny", 1);
	expect_error(f, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is no path");
	unsetenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
	setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "ftp://127.0.0.1/x", 1);
	expect_error(f, "AWS_CONTAINER_CREDENTIALS_FULL_URI is no http");
	setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1/x y", 1);
	expect_error(f, "AWS_CONTAINER_CREDENTIALS_FULL_URI is no http");
	setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1/x", 1);
	setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", FAR_TOKEN "\r\nHost: x", 1);
	expect_error(f, "AWS_CONTAINER_AUTHORIZATION_TOKEN has more than one line");
	setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/nonexistent/token", 1);
	expect_error(f, "/nonexistent/token: does not exist");
	assert_int_equal(f->calls, 0);
}

/* ---- instance metadata ---- */

static void
begin_on_instance(struct far_side *f)
{
	unsetenv("AWS_EC2_METADATA_DISABLED");
	far_begin(f, NULL);
	f->role_name = "monitor";
	f->metadata_body = FETCHED;
	f->metadata_status = 0;
	f->calls = f->imds_tokens = 0;
	f->urls[0] = '\0';
}

static void
test_imds(void **state)
{
	struct far_side *f = *state;

	begin_on_instance(f);
	f->delay_ms = 5;
	assert_true(far_get_ambient(f));
	assert_string_equal(f->urls, "http://169.254.169.254/latest/api/token\n"
	    "http://169.254.169.254/latest/meta-data/iam/security-credentials/\n"
	    "http://169.254.169.254/latest/meta-data/iam/security-credentials/monitor\n");
	assert_string_equal(f->key, "ASIAFETCHED");
	assert_string_equal(f->source, "instance metadata");
	assert_true(f->is_role_session);
	assert_int_equal(f->expires_wall_ms, FAR_WALL_MS + 6 * 60 * MINUTE);
	/* The token serves again, until just before its six hours are over. */
	far_pass(f, (5 * 60 + 46) * MINUTE);
	assert_true(far_get_ambient(f));
	far_pass(f, SECOND);
	assert_int_equal(f->imds_tokens, 1);
	assert_int_equal(f->calls, 5);
	far_pass(f, 30 * MINUTE);
	assert_true(far_get_ambient(f));
	far_pass(f, SECOND);
	assert_int_equal(f->imds_tokens, 2);
	far_end(f);
}

static void
test_imds_places(void **state)
{
	struct far_side *f = *state;

	setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "ipv6", 1);
	begin_on_instance(f);
	assert_true(far_get_ambient(f));
	assert_non_null(strstr(f->urls, "http://[fd00:ec2::254]/latest/api/token\n"));
	far_end(f);
	setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:8111//", 1);
	begin_on_instance(f);
	assert_true(far_get_ambient(f));
	assert_non_null(strstr(f->urls, "http://127.0.0.1:8111/latest/api/token\n"));
	far_end(f);
	setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", "127.0.0.1", 1);
	expect_error(f, "AWS_EC2_METADATA_SERVICE_ENDPOINT is no http");
	setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "IPv5", 1);
	expect_error(f, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE may be");
}

static void
test_imds_answers(void **state)
{
	static const struct {
		const char	*role, *body;
		int		 status;
		const char	*error;
		unsigned	 calls;
	} cases[] = {
		/* A refused token is no reason to try version 1. */
		{ "monitor", FETCHED, 403, "token (IMDSv2): the answer is HTTP 403", 1 },
		{ "monitor", FETCHED, 500, "token (IMDSv2): the answer is HTTP 500", 2 },
		{ "", FETCHED, 0, "name of the role: the answer is no name", 2 },
		{ "../x", FETCHED, 0, "name of the role: the answer is no name", 2 },
		{ "monitor", "{\"Code\":\"AssumeRoleUnauthorizedAccess\",\"Message\":\"no trust\"}", 0,
		  "keys of the role: AssumeRoleUnauthorizedAccess: no trust", 3 },
		{ "monitor", "{\"Code\":\"Success\"}", 0, "keys of the role: its answer has no", 3 },
		{ "monitor", "<html>", 0, "keys of the role: its answer is no JSON object", 3 },
	};
	struct far_side *f = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		begin_on_instance(f);
		f->role_name = cases[i].role;
		f->metadata_body = cases[i].body;
		f->metadata_status = cases[i].status;
		assert_false(far_get_ambient(f));
		assert_int_equal(f->err.kind, ERR_CREDENTIALS);
		if (strstr(f->err.text, cases[i].error) == NULL)
			fail_msg("\"%s\" is not in \"%s\"", cases[i].error, f->err.text);
		assert_non_null(strstr(f->err.text, "no container: instance metadata: "));
		assert_int_equal(f->calls, cases[i].calls);
		far_end(f);
	}
}

/* One second, once more, and that is all: a host that is no instance shall not wait long. */
static void
test_imds_silence(void **state)
{
	struct far_side *f = *state;

	begin_on_instance(f);
	f->silent = 2;
	assert_false(far_get_ambient(f));
	assert_int_equal(loop_wall_ms(f->loop), FAR_WALL_MS + 2 * SECOND);
	assert_non_null(strstr(f->err.text, "no answer within"));
	far_end(f);
	begin_on_instance(f);
	f->silent = 1;
	assert_true(far_get_ambient(f));
	far_end(f);
}

/* The instance forgets our token: a new one, once. */
static void
test_imds_forgets(void **state)
{
	struct far_side *f = *state;

	begin_on_instance(f);
	assert_true(far_get_ambient(f));
	f->imds_token = "token-2";
	far_pass(f, (5 * 60 + 46) * MINUTE);
	assert_true(far_get_ambient(f));
	far_pass(f, SECOND);
	assert_int_equal(f->imds_tokens, 2);
	assert_int_equal(f->calls, 3 + 1 + 3);
	far_end(f);
}

/*
 * Keys that should have been replaced by now are used for 17 to 25 minutes more, so that an outage
 * of the service does not stop us; keys that still may be replaced in time are not.
 */
static void
test_imds_extension(void **state)
{
#define UNTIL(time)	"{\"Code\":\"Success\"," KEYS ",\"Token\":\"" FAR_TOKEN "\"," \
	"\"Expiration\":\"2026-01-02T" time "Z\"}"
	struct far_side *f = *state;

	begin_on_instance(f);
	f->metadata_body = UNTIL("03:10:05");
	assert_true(far_get_ambient(f));
	assert_int_equal(f->expires_wall_ms, FAR_WALL_MS + 6 * MINUTE);
	far_end(f);
	begin_on_instance(f);
	f->metadata_body = UNTIL("03:09:05");
	assert_true(far_get_ambient(f));
	assert_in_range(f->expires_wall_ms, FAR_WALL_MS + 17 * MINUTE, FAR_WALL_MS + 25 * MINUTE);
	for (int i = 0; i < 12; i++) {
		far_pass(f, 10 * MINUTE);
		assert_true(far_get_ambient(f));
	}
	far_end(f);
}

static void
test_credential_sources(void **state)
{
	struct far_side *f = *state;

	setenv("AWS_CONFIG_FILE", far_write(f, "config",
	    "[profile env]\nrole_arn=" ROLE "\ncredential_source=Environment\n"
	    "[profile ecs]\nrole_arn=" ROLE "\ncredential_source=EcsContainer\n"
	    "[profile ec2]\nrole_arn=" ROLE "\ncredential_source=Ec2InstanceMetadata\n"), 1);
	setenv("AWS_PROFILE", "env", 1);
	expect_error(f, "environment of profile env: AWS_ACCESS_KEY_ID is not set");
	setenv("AWS_PROFILE", "ecs", 1);
	expect_error(f, "container of profile ecs: neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
	setenv("AWS_PROFILE", "ec2", 1);
	expect_error(f, "no AWS credentials: instance metadata of profile ec2: AWS_EC2_METADATA_DISABLED");
	begin_on_instance(f);
	assert_true(far_get_ambient(f));
	assert_non_null(strstr(f->headers, "Credential=ASIAFETCHED/"));
	assert_string_equal(f->key, "ASIAEXAMPLE1");
	far_end(f);
}

/* ---- credential_process ---- */

/* The script is called with these words. */
static void
begin_process(struct far_side *f, const char *words, const char *script)
{
	const char *path = far_write(f, "script", script);
	char text[1024];

	assert_int_equal(chmod(path, 0700), 0);
	snprintf(text, sizeof(text), "[default]\ncredential_process = %s %s\n", path, words);
	setenv("AWS_CONFIG_FILE", far_write(f, "config", text), 1);
	far_begin_on(f, loop_new(), NULL);
}

#define PRINT(json)	"#!/bin/sh\ncat <<'E'\n" json "\nE\n"

static void
test_process(void **state)
{
	struct far_side *f = *state;

	/* The words arrive as they stand: nothing is expanded, quotes hold together. */
	begin_process(f, "\"a  b\" 'c\"d' $HOME *",
	    "#!/bin/sh\n[ \"$#\" = 4 ] && [ \"$1\" = 'a  b' ] && [ \"$2\" = 'c\"d' ] &&\n"
	    "[ \"$3\" = '$HOME' ] && [ \"$4\" = '*' ] || exit 1\necho noise >&2\ncat <<'E'\n"
	    "{\"Version\":1," KEYS ",\"SessionToken\":\"" FAR_TOKEN "\",\"AccountId\":\"111122223333\","
	    "\"Expiration\":\"2199-01-02T03:04:05+00:00\"}\nE\n");
	if (!far_get_ambient(f))
		fail_msg("%s", f->err.text);
	assert_string_equal(f->key, "ASIAFETCHED");
	assert_string_equal(f->token, FAR_TOKEN);
	assert_string_equal(f->source, "credential_process of profile default");
	assert_true(f->expires_wall_ms > FAR_WALL_MS);
	far_end(f);

	begin_process(f, "", PRINT("{\"Version\":1," KEYS "}"));
	assert_true(far_get_ambient(f));
	assert_true(f->expires_wall_ms == STAMP_UNKNOWN);
	assert_false(f->is_role_session);
	far_end(f);
}

static void
test_failing_process(void **state)
{
	static const struct {
		const char	*words, *script, *error;
	} cases[] = {
		{ "", "#!/bin/sh\necho " FAR_SECRET "\nexit 3\n", "" },
		{ "", PRINT("{\"Version\":2," KEYS "}"), "must be of Version 1" },
		{ "", PRINT("{" KEYS "}"), "must be of Version 1" },
		{ "", PRINT("{\"Version\":\"1\"," KEYS "}"), "Version is a string" },
		{ "", PRINT("{\"Version\":1,\"AccessKeyId\":\"A\"}"), "no SecretAccessKey" },
		{ "", PRINT("{\"Version\":1," KEYS ",\"SecretAccessKey\":\"x\"}"), "no JSON" },
		{ "", PRINT(FAR_SECRET), "no JSON" },
		{ "", "#!/bin/sh\n", "no JSON" },
		{ "", "#!/bin/sh\nyes " FAR_SECRET "\n", "" },
		{ "'open", "#!/bin/sh\n", "" },
		{ "", "#!/nonexistent\n", "" },
	};
	struct far_side *f = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		begin_process(f, cases[i].words, cases[i].script);
		assert_false(far_get_ambient(f));
		print_message("%s\n", f->err.text);
		assert_int_equal(f->err.kind, ERR_CREDENTIALS);
		assert_non_null(strstr(f->err.text, "credential_process of profile default: "));
		assert_non_null(strstr(f->err.text, cases[i].error));
		far_end(f);
	}
}

static void
must_not_run(void *arg, struct aws_credentials *c, const struct err *err)
{
	(void)arg;
	(void)c;
	(void)err;
	fail_msg("a cancelled wait was answered");
}

/* The cache goes while the program runs: nothing stays behind. */
static void
test_cancelled_process(void **state)
{
	static const struct creds_role ambient = { .role_arn = NULL };
	struct far_side *f = *state;

	begin_process(f, "", "#!/bin/sh\nexec sleep 100\n");
	creds_wait_cancel(creds_get(f->creds, &ambient, must_not_run, NULL));
	far_pass(f, 100);
	far_end(f);
}

/* The same for what is asked over the network, at every moment of it. */
static void
test_cancelled_questions(void **state)
{
	static const struct creds_role role = { .role_arn = ROLE };
	struct far_side *f = *state;

	for (int64_t at_ms = 0; at_ms < 80; at_ms += 5) {
		begin_on_instance(f);
		f->delay_ms = 20;
		creds_wait_cancel(creds_get(f->creds, &role, must_not_run, NULL));
		if (at_ms > 0)
			far_pass(f, at_ms);
		far_end(f);
	}
	setenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/x", 1);
	for (int64_t at_ms = 1; at_ms < 4000; at_ms += 600) {
		far_begin(f, NULL);
		f->silent = 1;
		f->delay_ms = 100;
		f->metadata_body = FETCHED;
		creds_wait_cancel(creds_get(f->creds, &role, must_not_run, NULL));
		far_pass(f, at_ms);
		far_end(f);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name)	cmocka_unit_test_setup_teardown(name, far_setup, far_teardown)
		TEST(test_environment),
		TEST(test_half_of_the_environment),
		TEST(test_nothing),
		TEST(test_files),
		TEST(test_home),
		TEST(test_region),
		TEST(test_profile_roles),
		TEST(test_web_identity),
		TEST(test_broken_web_identity),
		TEST(test_container),
		TEST(test_container_answers),
		TEST(test_container_patience),
		TEST(test_broken_container),
		TEST(test_imds),
		TEST(test_imds_places),
		TEST(test_imds_answers),
		TEST(test_imds_silence),
		TEST(test_imds_forgets),
		TEST(test_imds_extension),
		TEST(test_credential_sources),
		TEST(test_process),
		TEST(test_failing_process),
		TEST(test_cancelled_process),
		TEST(test_cancelled_questions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
