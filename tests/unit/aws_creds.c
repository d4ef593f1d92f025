/* SPDX-License-Identifier: Apache-2.0 */
/* The cache of sessions: how often STS is asked, and what is handed out meanwhile. */
#include "unit/far_side.h"

#define ROLE	"arn:aws:iam::444455556666:role/trailseal"
#define OTHER	"arn:aws:iam::444455556666:role/other"
#define MINUTE	(60 * 1000)
#define MANY	17

static void
test_assume(void **state)
{
	struct far_side *f = *state;

	far_use_keys();
	far_begin(f, NULL);
	assert_true(far_get(f, ROLE, "ext:1"));
	assert_string_equal(f->url, "https://sts.us-east-1.amazonaws.com/");
	assert_string_equal(far_form(f, "Action"), "AssumeRole");
	assert_string_equal(far_form(f, "RoleArn"),
	    "arn%3Aaws%3Aiam%3A%3A444455556666%3Arole%2Ftrailseal");
	assert_string_equal(far_form(f, "RoleSessionName"), "trailseal");
	assert_string_equal(far_form(f, "DurationSeconds"), "3600");
	assert_string_equal(far_form(f, "ExternalId"), "ext%3A1");
	assert_string_equal(f->key, "ASIAEXAMPLE1");
	assert_string_equal(f->token, FAR_TOKEN);
	assert_string_equal(f->source, "role " ROLE);
	assert_true(f->is_role_session);
	assert_int_equal(f->expires_wall_ms, FAR_WALL_MS + 60 * MINUTE);
	far_end(f);
}

static void
test_options(void **state)
{
	static const struct creds_options options = { .session_name = "audit", .sts_region = "eu-west-1" };
	struct far_side *f = *state;

	far_use_keys();
	setenv("AWS_REGION", "eu-central-1", 1);
	far_begin(f, &options);
	assert_string_equal(creds_ambient_region(f->creds), "eu-central-1");
	assert_true(far_get(f, ROLE, NULL));
	assert_string_equal(f->url, "https://sts.eu-west-1.amazonaws.com/");
	assert_string_equal(far_form(f, "RoleSessionName"), "audit");
	assert_string_equal(far_form(f, "ExternalId"), "");
	far_end(f);
}

static void
test_duration(void **state)
{
	static const struct {
		const char	*token;
		int		 asked_s;
		const char	*sent;
	} cases[] = {
		{ NULL, 0, "3600" }, { NULL, 7200, "7200" }, { NULL, 900, "900" },
		{ FAR_TOKEN, 0, "3600" }, { FAR_TOKEN, 7200, "3600" }, { FAR_TOKEN, 900, "900" },
	};
	struct far_side *f = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct creds_role role = { .role_arn = ROLE, .duration_s = cases[i].asked_s };

		far_use_keys();
		setenv("AWS_SESSION_TOKEN", cases[i].token ? cases[i].token : "", 1);
		far_begin(f, NULL);
		creds_get(f->creds, &role, far_on_answer, f);
		loop_run(f->loop);
		assert_string_equal(far_form(f, "DurationSeconds"), cases[i].sent);
		far_end(f);
	}
}

/* A role is asked for in its own partition, whatever our region is. */
static void
test_partitions(void **state)
{
	static const struct {
		const char	*region, *role, *host;
	} cases[] = {
		{ "", ROLE, "https://sts.us-east-1.amazonaws.com/" },
		{ "ap-south-2", ROLE, "https://sts.ap-south-2.amazonaws.com/" },
		{ "cn-north-1", ROLE, "https://sts.us-east-1.amazonaws.com/" },
		{ "", "arn:aws-cn:iam::444455556666:role/a", "https://sts.cn-northwest-1.amazonaws.com.cn/" },
		{ "eu-west-1", "arn:aws-us-gov:iam::444455556666:role/a",
		  "https://sts.us-gov-west-1.amazonaws.com/" },
		{ "us-gov-east-1", "arn:aws-us-gov:iam::444455556666:role/a",
		  "https://sts.us-gov-east-1.amazonaws.com/" },
		{ "eu-west-1", "arn:aws-new:iam::444455556666:role/a",
		  "https://sts.eu-west-1.amazonaws.com/" },
	};
	struct far_side *f = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		far_use_keys();
		setenv("AWS_REGION", cases[i].region, 1);
		far_begin(f, NULL);
		assert_true(far_get(f, cases[i].role, NULL));
		assert_string_equal(f->url, cases[i].host);
		far_end(f);
	}
}

/* Seventeen regions want one role at once. */
static void
test_single_flight(void **state)
{
	struct far_side *f = *state;
	struct creds_role role = { .role_arn = ROLE };

	far_use_keys();
	far_begin(f, NULL);
	f->delay_ms = 300;
	for (int i = 0; i < MANY; i++)
		creds_get(f->creds, &role, far_on_answer, f);
	while (f->answers < MANY)
		loop_run(f->loop);
	assert_int_equal(f->calls, 1);
	assert_int_equal(f->sessions, 1);
	assert_true(far_get(f, ROLE, NULL));
	assert_string_equal(f->key, "ASIAEXAMPLE1");
	assert_true(far_get(f, ROLE, ""));	/* no external id, written otherwise */
	assert_int_equal(f->calls, 1);
	assert_true(far_get(f, ROLE, "ext"));
	assert_string_equal(f->key, "ASIAEXAMPLE2");
	assert_true(far_get(f, OTHER, NULL));
	assert_string_equal(f->key, "ASIAEXAMPLE3");
	assert_int_equal(f->sessions, 3);
	far_end(f);
}

/* From 15 minutes before its end a session is renewed, while the old one serves. */
static void
test_renewal(void **state)
{
	struct far_side *f = *state;

	far_use_keys();
	far_begin(f, NULL);
	assert_true(far_get(f, ROLE, NULL));
	far_pass(f, 44 * MINUTE);
	assert_true(far_get(f, ROLE, NULL));
	assert_int_equal(f->sessions, 1);
	far_pass(f, 2 * MINUTE);
	f->delay_ms = 500;
	assert_true(far_get(f, ROLE, NULL));
	assert_string_equal(f->key, "ASIAEXAMPLE1");
	assert_true(far_get(f, ROLE, NULL));
	assert_string_equal(f->key, "ASIAEXAMPLE1");
	far_pass(f, 1000);
	assert_int_equal(f->sessions, 2);
	assert_true(far_get(f, ROLE, NULL));
	assert_string_equal(f->key, "ASIAEXAMPLE2");
	far_end(f);
}

/* A quarter of a short session is enough. */
static void
test_renewal_of_short_ones(void **state)
{
	struct far_side *f = *state;
	struct creds_role role = { .role_arn = ROLE, .duration_s = 900 };

	far_use_keys();
	far_begin(f, NULL);
	creds_get(f->creds, &role, far_on_answer, f);
	loop_run(f->loop);
	far_pass(f, 11 * MINUTE);
	assert_true(far_get(f, ROLE, NULL));
	far_pass(f, 1000);
	assert_int_equal(f->sessions, 1);
	far_pass(f, MINUTE);
	assert_true(far_get(f, ROLE, NULL));
	far_pass(f, 1000);
	assert_int_equal(f->sessions, 2);
	far_end(f);
}

/* A renewal that fails is tolerated until a minute before the end. */
static void
test_failing_renewal(void **state)
{
	struct far_side *f = *state;

	far_use_keys();
	far_begin(f, NULL);
	assert_true(far_get(f, ROLE, NULL));
	far_pass(f, 50 * MINUTE);
	f->sts_code = "AccessDenied";
	for (int i = 0; i < 8; i++) {
		assert_true(far_get(f, ROLE, NULL));
		assert_string_equal(f->key, "ASIAEXAMPLE1");
		far_pass(f, MINUTE + 1000);
	}
	assert_int_equal(f->refusals, 8);
	far_pass(f, MINUTE);
	assert_false(far_get(f, ROLE, NULL));
	assert_int_equal(f->err.kind, ERR_DENIED);
	assert_non_null(strstr(f->err.text, "role " ROLE));
	f->sts_code = NULL;
	far_pass(f, MINUTE);
	assert_true(far_get(f, ROLE, NULL));
	assert_string_equal(f->key, "ASIAEXAMPLE2");
	far_end(f);
}

/* What has run out is waited for. */
static void
test_expired(void **state)
{
	struct far_side *f = *state;

	far_use_keys();
	far_begin(f, NULL);
	assert_true(far_get(f, ROLE, NULL));
	far_pass(f, 59 * MINUTE + 1);
	assert_true(far_get(f, ROLE, NULL));
	assert_string_equal(f->key, "ASIAEXAMPLE2");
	far_end(f);
}

/* Seventeen regions do not cause seventeen denials. */
static void
test_denied(void **state)
{
	struct far_side *f = *state;
	struct creds_role role = { .role_arn = ROLE };

	far_use_keys();
	far_begin(f, NULL);
	f->sts_code = "AccessDenied";
	for (int i = 0; i < MANY; i++)
		creds_get(f->creds, &role, far_on_answer, f);
	while (f->answers < MANY)
		loop_run(f->loop);
	for (int i = 0; i < MANY; i++) {
		assert_false(far_get(f, ROLE, NULL));
		assert_int_equal(f->err.kind, ERR_DENIED);
		assert_string_equal(f->err.code, "AccessDenied");
	}
	assert_int_equal(f->refusals, 1);
	far_pass(f, 59 * 1000);
	assert_false(far_get(f, ROLE, NULL));
	assert_int_equal(f->refusals, 1);
	assert_false(far_get(f, OTHER, NULL));	/* another role is another matter */
	assert_int_equal(f->refusals, 2);
	f->sts_code = NULL;
	far_pass(f, 1000);
	assert_true(far_get(f, ROLE, NULL));
	far_end(f);
}

static void
test_passing_failure(void **state)
{
	struct far_side *f = *state;
	unsigned asked;

	far_use_keys();
	far_begin(f, NULL);
	f->sts_code = "InternalFailure";
	f->sts_status = 500;
	assert_false(far_get(f, ROLE, NULL));
	assert_int_equal(f->err.kind, ERR_SERVER);
	asked = f->calls;
	far_pass(f, 4000);
	assert_false(far_get(f, ROLE, NULL));
	assert_int_equal(f->calls, asked);
	f->sts_code = NULL;
	far_pass(f, 1000);
	assert_true(far_get(f, ROLE, NULL));
	far_end(f);
}

/* What STS says of a role must never look as if the thing behind it were absent. */
static void
test_no_false_claims(void **state)
{
	static const struct {
		const char	*code;
		int		 status;
		const char	*text;
	} cases[] = {
		{ "RegionDisabledException", 403, "STS of region us-east-1 is not activated" },
		{ "NoSuchEntity", 404, "role " ROLE },
		{ "OptInRequired", 403, "role " ROLE },
		{ "UnsupportedOperationException", 400, "role " ROLE },
		{ "ValidationError", 400, "role " ROLE },
	};
	struct far_side *f = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		far_use_keys();
		far_begin(f, NULL);
		f->sts_code = cases[i].code;
		f->sts_status = cases[i].status;
		assert_false(far_get(f, ROLE, NULL));
		assert_int_equal(err_claim(f->err.kind), ERR_CLAIM_UNKNOWN);
		assert_string_equal(f->err.code, cases[i].code);
		assert_non_null(strstr(f->err.text, cases[i].text));
		far_end(f);
	}
}

static void
test_malformed_answer(void **state)
{
#define SESSION(id, token, until)	"<AssumeRoleResponse><AssumeRoleResult><Credentials>" \
	id "<SecretAccessKey>" FAR_SECRET "</SecretAccessKey>" token until \
	"</Credentials></AssumeRoleResult></AssumeRoleResponse>"
#define ID	"<AccessKeyId>ASIAEXAMPLE</AccessKeyId>"
#define TOKEN	"<SessionToken>" FAR_TOKEN "</SessionToken>"
#define UNTIL	"<Expiration>2026-01-02T04:04:05Z</Expiration>"
	static const struct {
		const char	*answer, *error;
	} cases[] = {
		{ SESSION(ID, TOKEN, UNTIL), NULL },
		{ SESSION("", TOKEN, UNTIL), "no access key id" },
		{ SESSION(ID, "", UNTIL), "the answer holds no session" },
		{ SESSION(ID, TOKEN, ""), "the answer holds no Expiration" },
		{ SESSION(ID, TOKEN, "<Expiration>soon</Expiration>"), "no Expiration" },
		{ SESSION("<AccessKeyId>A\nB</AccessKeyId>", TOKEN, UNTIL), "access key id holds" },
		{ "<AssumeRoleResponse/>", "the answer holds no session" },
		{ "<html>" FAR_SECRET, "role " ROLE },
		{ "", "role " ROLE },
	};
	struct far_side *f = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		far_use_keys();
		far_begin(f, NULL);
		f->sts_answer = cases[i].answer;
		if (cases[i].error == NULL) {
			assert_true(far_get(f, ROLE, NULL));
		} else {
			assert_false(far_get(f, ROLE, NULL));
			assert_non_null(strstr(f->err.text, cases[i].error));
		}
		far_end(f);
	}
}

static void
test_refuse_others(void **state)
{
	struct far_side *f = *state;
	struct aws_credentials *old;

	far_use_keys();
	far_begin(f, NULL);
	assert_true(far_get(f, ROLE, NULL));
	old = aws_credentials_new("A", "B", NULL, STAMP_UNKNOWN, "nowhere", &f->err);
	assert_non_null(old);
	creds_refuse(f->creds, old);	/* not ours: nothing happens */
	aws_credentials_drop(old);
	assert_true(far_get(f, ROLE, NULL));
	assert_int_equal(f->sessions, 1);
	far_end(f);
}

/* Holds the newest credentials, to refuse them. */
static void
keep(void *arg, struct aws_credentials *c, const struct err *err)
{
	struct aws_credentials **kept = arg;

	assert_null(err);
	*kept = aws_credentials_hold(c);
}

static struct aws_credentials *
far_keep(struct far_side *f, const char *role_arn)
{
	struct creds_role role = { .role_arn = role_arn };
	struct aws_credentials *kept = NULL;

	creds_get(f->creds, &role, keep, &kept);
	far_pass(f, 5000);
	assert_non_null(kept);
	return kept;
}

static void
test_refused_session_is_replaced(void **state)
{
	struct far_side *f = *state;
	struct aws_credentials *first;

	far_use_keys();
	far_begin(f, NULL);
	first = far_keep(f, ROLE);
	creds_refuse(f->creds, first);		/* a minute old at most: another would be no better */
	assert_true(far_get(f, ROLE, NULL));
	assert_int_equal(f->sessions, 1);
	far_pass(f, MINUTE);
	creds_refuse(f->creds, first);
	assert_true(far_get(f, ROLE, NULL));
	assert_string_equal(f->key, "ASIAEXAMPLE2");
	far_pass(f, 2 * MINUTE);
	creds_refuse(f->creds, first);		/* replaced already */
	assert_true(far_get(f, ROLE, NULL));
	assert_string_equal(f->key, "ASIAEXAMPLE2");
	aws_credentials_drop(first);
	far_end(f);
}

/* Ambient keys that STS does not know any more are looked for anew, once, and the role is had. */
static void
test_stale_ambient_keys(void **state)
{
	struct far_side *f = *state;

	far_use_keys();
	far_begin(f, NULL);
	assert_true(far_get_ambient(f));
	far_pass(f, 2 * MINUTE);
	setenv("AWS_ACCESS_KEY_ID", "AKIAI44QH8DHBEXAMPLE", 1);
	f->sts_code = "ExpiredTokenException";
	f->sts_refuse_id = FAR_ID;
	assert_true(far_get(f, ROLE, NULL));
	assert_int_equal(f->refusals, 1);
	assert_true(far_get_ambient(f));
	assert_string_equal(f->key, "AKIAI44QH8DHBEXAMPLE");
	/* With keys that stay bad it ends, and is remembered. */
	far_pass(f, 2 * MINUTE);
	f->sts_refuse_id = NULL;
	f->refusals = 0;
	assert_false(far_get(f, OTHER, NULL));
	assert_int_equal(f->err.kind, ERR_EXPIRED);
	assert_int_equal(f->refusals, 2);
	assert_false(far_get(f, OTHER, NULL));
	assert_int_equal(f->refusals, 2);
	far_end(f);
}

static void
must_not_run(void *arg, struct aws_credentials *c, const struct err *err)
{
	(void)arg;
	(void)c;
	(void)err;
	fail_msg("a cancelled wait was answered");
}

/* Before anything was sent, while STS is asked, just before it answers; then the cache ends, too. */
static void
test_cancel(void **state)
{
	static const int at_ms[] = { 0, 1, 50, 99 };
	struct far_side *f = *state;
	struct creds_role role = { .role_arn = ROLE };
	struct creds_wait *wait[3];

	for (size_t n = 0; n < sizeof(at_ms) / sizeof(*at_ms); n++) {
		far_use_keys();
		far_begin(f, NULL);
		f->delay_ms = 100;
		for (int i = 0; i < 3; i++)
			wait[i] = creds_get(f->creds, &role, must_not_run, NULL);
		if (at_ms[n] > 0)
			far_pass(f, at_ms[n]);
		for (int i = 0; i < 3; i++)
			creds_wait_cancel(wait[i]);
		far_end(f);
	}
}

struct pair {
	struct far_side		*f;
	struct creds_wait	*other;
};

static void
cancel_other(void *arg, struct aws_credentials *c, const struct err *err)
{
	struct pair *pair = arg;

	creds_wait_cancel(pair->other);
	far_on_answer(pair->f, c, err);
}

/* An answer that is on its way to one can still be cancelled by the other. */
static void
test_cancel_within_an_answer(void **state)
{
	struct far_side *f = *state;
	struct pair pair = { .f = f };
	struct creds_role role = { .role_arn = ROLE };

	far_use_keys();
	far_begin(f, NULL);
	for (int i = 0; i < 2; i++) {	/* fetched, then from the cache */
		creds_get(f->creds, &role, cancel_other, &pair);
		pair.other = creds_get(f->creds, &role, must_not_run, NULL);
		loop_run(f->loop);
		far_pass(f, 1000);
	}
	assert_int_equal(f->answers, 2);
	assert_int_equal(f->sessions, 1);
	far_end(f);
}

static void
test_cancel_one_of_two(void **state)
{
	struct far_side *f = *state;
	struct creds_role role = { .role_arn = ROLE };
	struct creds_wait *wait;

	far_use_keys();
	far_begin(f, NULL);
	f->delay_ms = 100;
	wait = creds_get(f->creds, &role, must_not_run, NULL);
	creds_get(f->creds, &role, far_on_answer, f);
	far_pass(f, 10);
	creds_wait_cancel(wait);
	loop_run(f->loop);
	assert_int_equal(f->answers, 1);
	assert_string_equal(f->key, "ASIAEXAMPLE1");
	/* An answer from the cache can be cancelled, too. */
	wait = creds_get(f->creds, &role, must_not_run, NULL);
	creds_wait_cancel(wait);
	/* And a renewal that nobody waits for ends with the cache. */
	far_pass(f, 50 * MINUTE);
	assert_true(far_get(f, ROLE, NULL));
	far_end(f);
}

/* After two hours without use a session is gone; a new one is got when it is wanted again. */
static void
test_idle(void **state)
{
	struct far_side *f = *state;
	struct creds_role role = { .role_arn = ROLE, .duration_s = 43200 };

	far_use_keys();
	far_begin(f, NULL);
	creds_get(f->creds, &role, far_on_answer, f);
	loop_run(f->loop);
	far_pass(f, 110 * MINUTE);
	assert_true(far_get(f, ROLE, NULL));
	far_pass(f, 110 * MINUTE);
	assert_true(far_get(f, OTHER, NULL));
	assert_true(far_get(f, ROLE, NULL));
	assert_int_equal(f->sessions, 2);
	far_pass(f, 121 * MINUTE);
	assert_true(far_get(f, OTHER, NULL));	/* drops ROLE, which had hours left */
	assert_int_equal(f->sessions, 3);
	assert_true(far_get(f, ROLE, NULL));
	assert_int_equal(f->sessions, 4);
	far_end(f);
}

/* AWS repeats the request whose signature does not match; our token is part of it. */
static void
test_repeated_request(void **state)
{
	struct far_side *f = *state;

	far_use_keys();
	setenv("AWS_SESSION_TOKEN", FAR_TOKEN, 1);
	far_begin(f, NULL);
	f->sts_code = "SignatureDoesNotMatch";
	f->sts_message = "No match. It should have been\n'POST\n/\n\nhost:x\nx-amz-security-token:"
	    FAR_TOKEN "\n'";
	assert_false(far_get(f, ROLE, NULL));	/* which looks for the token */
	assert_non_null(strstr(f->err.text, "No match."));
	far_end(f);
}

/* Our clock is a day ahead: the session seems to have run out, and is used all the same. */
static void
test_wrong_clock(void **state)
{
	struct far_side *f = *state;

	far_use_keys();
	far_begin(f, NULL);
	assert_true(far_get(f, ROLE, NULL));
	loop_shift_wall(f->loop, 24 * 60 * MINUTE);
	assert_true(far_get(f, ROLE, NULL));
	assert_string_equal(f->key, "ASIAEXAMPLE1");
	far_pass(f, MINUTE);
	assert_true(far_get(f, ROLE, NULL));
	assert_string_equal(f->key, "ASIAEXAMPLE2");
	far_end(f);
}

/* Without ambient keys no role is asked for, and both say the same. */
static void
test_no_ambient_keys(void **state)
{
	struct far_side *f = *state;

	far_begin(f, NULL);
	assert_false(far_get(f, ROLE, NULL));
	assert_int_equal(f->err.kind, ERR_CREDENTIALS);
	assert_non_null(strstr(f->err.text, "no AWS credentials: no keys in the environment"));
	assert_int_equal(f->calls, 0);
	far_use_keys();
	far_pass(f, MINUTE);
	assert_true(far_get(f, ROLE, NULL));
	far_end(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name)	cmocka_unit_test_setup_teardown(name, far_setup, far_teardown)
		TEST(test_assume),
		TEST(test_options),
		TEST(test_duration),
		TEST(test_partitions),
		TEST(test_single_flight),
		TEST(test_renewal),
		TEST(test_renewal_of_short_ones),
		TEST(test_failing_renewal),
		TEST(test_expired),
		TEST(test_denied),
		TEST(test_passing_failure),
		TEST(test_no_false_claims),
		TEST(test_malformed_answer),
		TEST(test_refuse_others),
		TEST(test_refused_session_is_replaced),
		TEST(test_stale_ambient_keys),
		TEST(test_cancel),
		TEST(test_cancel_within_an_answer),
		TEST(test_cancel_one_of_two),
		TEST(test_idle),
		TEST(test_repeated_request),
		TEST(test_wrong_clock),
		TEST(test_no_ambient_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
