/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls against a far side that is a list of answers, on a virtual clock: what goes out, what is
 * asked again and when, what one account may do to another, and every way out of every state.
 */
#include "aws/call.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/stamp.h"
#include "base/text.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))
#define ACCOUNT		"111122223333"
#define OTHER		"444455556666"
#define WALL_MS		INT64_C(1440938160000)	/* 2015-08-30T12:36:00Z */
#define ASKED_MAX	4096

/* One answer. All NULL and 0: silence. */
struct answer {
	int		 status;
	const char	*headers, *body;
	enum err_kind	 fails;
	int64_t		 delay_ms;
};

/* What was asked, as far as a test looks at it. */
struct asked {
	int64_t	 mono_ms, timeout_ms;
	size_t	 max_body_bytes;
	char	 method[8], url[256], body[256], headers[2048];
	enum http_reach reach;
};

struct far {
	struct loop		*loop;
	struct http		*http;
	struct aws		*aws;
	struct aws_credentials	*credentials;
	const struct answer	*answers;	/* the last one for all that follow */
	size_t			 answer_count;
	int			(*answer)(struct far *, const struct http_request *, struct answer *);
	int64_t			 skew_ms;	/* AWS's clock minus ours */
	char			 date[64];
	struct asked		*asked;
	unsigned		 count;		/* of those asked */
};

/* How a call ended. */
struct end {
	struct far	*far;
	unsigned	 runs;
	int64_t		 mono_ms;
	bool		 has_reply, has_json, has_xml;
	int		 status;
	char		 request_id[80], bucket_region[32], text[256];
	int64_t		 received_wall_ms;
	struct err	 err;
};

static int
far_answer(void *arg, const struct http_request *request, struct http_reply *reply,
    int64_t *ret_delay_ms, struct err *err)
{
	struct far *far = arg;
	struct asked *asked = &far->asked[far->count];
	struct answer answer = { 0 };

	assert_true(far->count < ASKED_MAX);
	asked->mono_ms = loop_mono_ms(far->loop);
	asked->timeout_ms = request->timeout_ms;
	asked->max_body_bytes = request->max_body_bytes;
	asked->reach = request->reach;
	snprintf(asked->method, sizeof(asked->method), "%s", request->method);
	snprintf(asked->url, sizeof(asked->url), "%s", request->url);
	snprintf(asked->body, sizeof(asked->body), "%.*s", (int)request->body_len,
	    request->body ? request->body : "");
	for (size_t i = 0; i < request->header_count; i++) {
		size_t len = strlen(asked->headers);

		snprintf(asked->headers + len, sizeof(asked->headers) - len, "%s\n", request->headers[i]);
	}
	if (far->answer == NULL || far->answer(far, request, &answer) == 0)
		answer = far->answers[far->count < far->answer_count ? far->count : far->answer_count - 1];
	far->count++;
	*ret_delay_ms = answer.delay_ms;
	if (answer.fails != ERR_NONE)
		return err_set(err, answer.fails, "made up");
	if (answer.status == 0)
		return 1;
	*reply = (struct http_reply){ .status = answer.status,
	    .headers = answer.headers ? answer.headers : "", .body = answer.body ? answer.body : "" };
	reply->headers_len = strlen(reply->headers);
	reply->body_len = strlen(reply->body);
	return 0;
}

static void
on_done(void *arg, const struct aws_reply *reply, const struct err *err)
{
	struct end *end = arg;

	end->runs++;
	end->mono_ms = loop_mono_ms(end->far->loop);
	if (err != NULL)
		end->err = *err;
	end->has_reply = reply != NULL;
	if (reply == NULL)
		return;
	end->status = reply->status;
	end->has_json = reply->json != NULL;
	end->has_xml = reply->xml != NULL;
	end->received_wall_ms = reply->received_wall_ms;
	strcpy(end->request_id, reply->request_id);
	strcpy(end->bucket_region, reply->bucket_region);
	snprintf(end->text, sizeof(end->text), "%.*s", (int)reply->body_len, reply->body);
}

static void
far_open(struct far *far, struct aws_options options)
{
	struct err err;

	*far = (struct far){ .loop = loop_new_virtual(WALL_MS) };
	far->asked = mem_alloc(ASKED_MAX, sizeof(*far->asked));
	far->http = http_new_stub(far->loop, far_answer, far);
	far->aws = aws_new(far->loop, far->http, &options);
	far->credentials = aws_credentials_new("AKIDEXAMPLE",
	    "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "TOKEN", STAMP_UNKNOWN, "test", &err);
	assert_non_null(far->credentials);
}

static void
far_close(struct far *far)
{
	assert_int_equal(aws_counters(far->aws)->waiting, 0);
	assert_int_equal(aws_counters(far->aws)->in_flight, 0);
	assert_int_equal(http_counters(far->http)->in_flight, 0);
	assert_int_equal(far->credentials->users, 1);
	aws_free(far->aws);
	http_free(far->http);
	loop_free(far->loop);
	aws_credentials_drop(far->credentials);
	free(far->asked);
}

static struct aws_call *
far_start(struct far *far, struct end *end, enum aws_op op, const char *account)
{
	struct aws_request request = { .op = op, .account = account, .region = "us-east-1",
	    .credentials = aws_op_row(op)->is_unsigned ? NULL : far->credentials };

	if (aws_op_row(op)->service == AWS_S3)
		request.bucket = "logs";
	*end = (struct end){ .far = far };
	return aws_call_start(far->aws, &request, on_done, end);
}

/* One call from start to end. */
static struct end
far_ask(struct far *far, enum aws_op op, const char *account)
{
	struct end end;

	far_start(far, &end, op, account);
	assert_int_equal(end.runs, 0);
	loop_run(far->loop);
	assert_int_equal(end.runs, 1);
	return end;
}

#define far_set_answers(far, ...) do { \
	static const struct answer far_answers[] = { __VA_ARGS__ }; \
	(far)->answers = far_answers; \
	(far)->answer_count = COUNT(far_answers); \
	(far)->count = 0; \
} while (0)

#define GOOD		{ .status = 200, .body = "{\"a\":1}" }
#define BROKEN		{ .status = 500, .body = "{\"__type\":\"InternalFailure\"}" }
#define THROTTLED	{ .status = 400, .body = "{\"__type\":\"ThrottlingException\",\"message\":\"Rate exceeded\"}" }
#define DENIED		{ .status = 400, .body = "{\"__type\":\"AccessDeniedException\",\"message\":\"no\"}" }
#define SILENCE		{ .status = 0 }

/* ---- what goes out ---- */

static void
test_json_request(void **state)
{
	struct far far;
	struct end end;

	(void)state;
	far_open(&far, (struct aws_options){ 0 });
	far_set_answers(&far, { .status = 200, .headers = "x-amzn-RequestId: r-1\r\n", .body = "{\"trailList\":[]}" });
	end = far_ask(&far, CLOUDTRAIL_DESCRIBE_TRAILS, ACCOUNT);
	assert_int_equal(end.err.kind, ERR_NONE);
	assert_true(end.has_json && !end.has_xml);
	assert_string_equal(end.request_id, "r-1");
	assert_string_equal(far.asked[0].method, "POST");
	assert_string_equal(far.asked[0].url, "https://cloudtrail.us-east-1.amazonaws.com/");
	assert_string_equal(far.asked[0].body, "{}");
	assert_int_equal(far.asked[0].reach, HTTP_REACH_TLS);
	assert_true(text_has_prefix(far.asked[0].headers,
	    "content-type: application/x-amz-json-1.1\n"
	    "x-amz-date: 20150830T123600Z\n"
	    "x-amz-security-token: TOKEN\n"
	    "x-amz-target: com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.DescribeTrails\n"
	    "authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/cloudtrail/aws4_request, "
	    "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, Signature="));
	assert_int_equal(aws_counters(far.aws)->calls[CLOUDTRAIL_DESCRIBE_TRAILS], 1);
	assert_int_equal(aws_counters(far.aws)->failures[CLOUDTRAIL_DESCRIBE_TRAILS], 0);
	far_close(&far);
}

/* SQS speaks an older dialect of JSON, and says whether old error codes are wanted. */
static void
test_queue_request(void **state)
{
	struct far far;
	struct end end;

	(void)state;
	far_open(&far, (struct aws_options){ 0 });
	far_set_answers(&far, { .status = 200, .body = "{}" });
	end = far_ask(&far, SQS_RECEIVE_MESSAGE, ACCOUNT);
	assert_true(end.has_json);
	assert_string_equal(far.asked[0].url, "https://sqs.us-east-1.amazonaws.com/");
	assert_true(text_has_prefix(far.asked[0].headers,
	    "content-type: application/x-amz-json-1.0\n"
	    "x-amz-date: 20150830T123600Z\n"
	    "x-amz-security-token: TOKEN\n"
	    "x-amz-target: AmazonSQS.ReceiveMessage\n"
	    "x-amzn-query-mode: true\n"
	    "authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/sqs/aws4_request, "
	    "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target;"
	    "x-amzn-query-mode, Signature="));
	far_close(&far);
}

static void
test_form_request(void **state)
{
	struct far far;
	struct end end = { .far = &far };
	struct aws_request request = { .op = STS_ASSUME_ROLE, .account = "", .region = "eu-west-1",
	    .body = "RoleSessionName=x" };

	(void)state;
	far_open(&far, (struct aws_options){ 0 });
	request.credentials = far.credentials;
	far_set_answers(&far, { .status = 200, .body = "<AssumeRoleResponse/>" });
	aws_call_start(far.aws, &request, on_done, &end);
	loop_run(far.loop);
	assert_int_equal(end.err.kind, ERR_NONE);
	assert_true(end.has_xml && !end.has_json);
	assert_string_equal(far.asked[0].url, "https://sts.eu-west-1.amazonaws.com/");
	assert_string_equal(far.asked[0].body, "Action=AssumeRole&Version=2011-06-15&RoleSessionName=x");
	assert_true(text_has_prefix(far.asked[0].headers,
	    "content-type: application/x-www-form-urlencoded; charset=utf-8\nx-amz-date: "));
	assert_null(strstr(far.asked[0].headers, "x-amz-target"));
	far_close(&far);
}

static void
test_unsigned_request(void **state)
{
	struct far far;

	(void)state;
	far_open(&far, (struct aws_options){ 0 });
	far_set_answers(&far, { .status = 200, .body = "<AssumeRoleWithWebIdentityResponse/>" });
	far_ask(&far, STS_ASSUME_ROLE_WITH_WEB_IDENTITY, "");
	assert_string_equal(far.asked[0].headers,
	    "content-type: application/x-www-form-urlencoded; charset=utf-8\n");
	assert_string_equal(far.asked[0].body, "Action=AssumeRoleWithWebIdentity&Version=2011-06-15");
	far_close(&far);
}

static void
test_account_and_organization_requests(void **state)
{
	struct far far;

	(void)state;
	far_open(&far, (struct aws_options){ 0 });
	far_set_answers(&far, GOOD);
	far_ask(&far, ACCOUNT_LIST_REGIONS, ACCOUNT);
	far_ask(&far, ORGANIZATIONS_LIST_ACCOUNTS, ACCOUNT);
	assert_string_equal(far.asked[0].url, "https://account.us-east-1.amazonaws.com/listRegions");
	assert_true(text_has_prefix(far.asked[0].headers, "content-type: application/json\nx-amz-date"));
	assert_non_null(strstr(far.asked[1].headers, "x-amz-target: AWSOrganizationsV20161128.ListAccounts\n"));
	far_close(&far);
}

static void
test_s3_requests(void **state)
{
	static const char empty[] = "x-amz-content-sha256: "
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\nx-amz-date: ";
	struct far far;
	struct end end = { .far = &far };
	struct aws_request request = { .op = S3_GET_BUCKET_POLICY, .account = ACCOUNT, .region = "eu-west-1",
	    .bucket = "my.logs", .query = "policy", .bucket_owner = OTHER };

	(void)state;
	far_open(&far, (struct aws_options){ 0 });
	request.credentials = far.credentials;
	far_set_answers(&far, { .status = 200, .headers = "x-amz-request-id: s3-id\r\n" });
	far_ask(&far, S3_HEAD_BUCKET, ACCOUNT);
	aws_call_start(far.aws, &request, on_done, &end);
	loop_run(far.loop);
	assert_string_equal(end.request_id, "s3-id");
	assert_string_equal(far.asked[0].method, "HEAD");
	assert_string_equal(far.asked[0].url, "https://logs.s3.us-east-1.amazonaws.com/");
	assert_string_equal(far.asked[0].body, "");
	assert_true(text_has_prefix(far.asked[0].headers, empty));
	assert_string_equal(far.asked[1].url, "https://s3.eu-west-1.amazonaws.com/my.logs?policy");
	assert_true(text_has_prefix(far.asked[1].headers, empty));
	assert_non_null(strstr(far.asked[1].headers, "\nx-amz-expected-bucket-owner: " OTHER "\n"));
	assert_non_null(strstr(far.asked[1].headers, "SignedHeaders=host;x-amz-content-sha256;x-amz-date;"
	    "x-amz-expected-bucket-owner;x-amz-security-token, "));
	far_close(&far);
}

static void
test_override_keeps_its_path(void **state)
{
	struct aws_options options = { 0 };
	struct far far;

	(void)state;
	options.endpoints.url_all = mem_strdup("http://127.0.0.1:4566/base/");
	far_open(&far, options);
	far_set_answers(&far, GOOD);
	far_ask(&far, KMS_DESCRIBE_KEY, ACCOUNT);
	far_ask(&far, ACCOUNT_LIST_REGIONS, ACCOUNT);
	far_ask(&far, S3_HEAD_BUCKET, ACCOUNT);
	assert_string_equal(far.asked[0].url, "http://127.0.0.1:4566/base/");
	assert_string_equal(far.asked[1].url, "http://127.0.0.1:4566/base/listRegions");
	assert_string_equal(far.asked[2].url, "http://127.0.0.1:4566/base/logs");
	assert_int_equal(far.asked[0].reach, HTTP_REACH_LOOPBACK);
	assert_true(aws_is_overridden(far.aws, AWS_KMS));
	far_close(&far);
}

/* ---- what is understood ---- */

static const struct {
	enum aws_op	 op;
	struct answer	 answer;
	enum err_kind	 kind;
	unsigned	 attempts;
	bool		 has_tree;	/* JSON or XML */
} answers[] = {
	/* An emulator's way of speaking. */
	{ KMS_DESCRIBE_KEY, { .status = 200, .headers = "content-type: text/html; charset=utf-8\r\n",
	    .body = "{\"KeyMetadata\":{\"DeletionDate\":null,\"CreationDate\":1.5e9}}" }, ERR_NONE, 1, true },
	{ KMS_DESCRIBE_KEY, { .status = 400, .headers = "content-type: text/xml\r\n",
	    .body = "<ErrorResponse><Error><Code>NotFoundException</Code></Error></ErrorResponse>" },
	    ERR_NOT_FOUND, 1, false },
	{ ACCOUNT_LIST_REGIONS, { .status = 404, .body = "<html>Not Found</html>" }, ERR_MALFORMED, 1, false },

	/* A success that is none is asked again, as if it had been cut. */
	{ KMS_DESCRIBE_KEY, { .status = 200, .body = "{\"KeyMeta" }, ERR_MALFORMED, 3, false },
	{ KMS_DESCRIBE_KEY, { .status = 200, .body = "" }, ERR_MALFORMED, 3, false },
	{ KMS_DESCRIBE_KEY, { .status = 200, .body = "[]" }, ERR_MALFORMED, 3, false },
	{ KMS_DESCRIBE_KEY, { .status = 200, .body = "<html>Log in first</html>" }, ERR_MALFORMED, 3, false },
	{ STS_GET_CALLER_IDENTITY, { .status = 200, .body = "<html>Log in first</html>" }, ERR_MALFORMED, 3, false },
	{ STS_GET_CALLER_IDENTITY, { .status = 200, .body = "<GetCallerIdentityResponse>" }, ERR_MALFORMED, 3, false },
	{ STS_GET_CALLER_IDENTITY, { .status = 200, .body = "<a:GetCallerIdentityResponse xmlns:a='x'/>" },
	    ERR_NONE, 1, true },

	/* A bucket policy is whatever it is. */
	{ S3_GET_BUCKET_POLICY, { .status = 200, .body = "{\"Statement\":[]}" }, ERR_NONE, 1, true },
	{ S3_GET_BUCKET_POLICY, { .status = 200, .body = "not JSON" }, ERR_NONE, 1, false },
	{ S3_HEAD_BUCKET, { .status = 200 }, ERR_NONE, 1, false },

	/* What is asked again and what is not. */
	{ KMS_DESCRIBE_KEY, BROKEN, ERR_SERVER, 3, false },
	{ KMS_DESCRIBE_KEY, THROTTLED, ERR_THROTTLED, 3, false },
	{ KMS_DESCRIBE_KEY, DENIED, ERR_DENIED, 1, false },
	{ KMS_DESCRIBE_KEY, { .status = 400, .body = "{\"__type\":\"ExpiredTokenException\"}" }, ERR_EXPIRED, 1, false },
	{ KMS_DESCRIBE_KEY, { .status = 400, .body = "{\"__type\":\"UnrecognizedClientException\"}" },
	    ERR_KEYS_REJECTED, 1, false },
	{ KMS_DESCRIBE_KEY, { .fails = ERR_NETWORK }, ERR_NETWORK, 3, false },
	{ KMS_DESCRIBE_KEY, { .fails = ERR_TLS }, ERR_TLS, 1, false },
	{ KMS_DESCRIBE_KEY, { .fails = ERR_MALFORMED }, ERR_MALFORMED, 3, false },
	{ KMS_DESCRIBE_KEY, { .fails = ERR_CONFIG }, ERR_CONFIG, 1, false },
	{ KMS_DESCRIBE_KEY, { .fails = ERR_TOO_LARGE }, ERR_TOO_LARGE, 1, false },
	{ KMS_DESCRIBE_KEY, SILENCE, ERR_TIMEOUT, 3, false },
};

static void
test_answers(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(answers); i++) {
		struct far far;
		struct end end;

		far_open(&far, (struct aws_options){ 0 });
		far.answers = &answers[i].answer;
		far.answer_count = 1;
		end = far_ask(&far, answers[i].op, ACCOUNT);
		assert_string_equal(err_kind_name(end.err.kind), err_kind_name(answers[i].kind));
		assert_int_equal(far.count, answers[i].attempts);
		assert_int_equal(end.has_json || end.has_xml, answers[i].has_tree);
		assert_int_equal(end.has_reply, answers[i].answer.status != 0);
		assert_int_equal(aws_counters(far.aws)->calls[answers[i].op], far.count);
		assert_int_equal(aws_counters(far.aws)->retries, far.count - 1);
		assert_int_equal(aws_counters(far.aws)->failures[answers[i].op], end.err.kind != ERR_NONE);
		far_close(&far);
	}
}

static void
test_too_large(void **state)
{
	size_t len = aws_op_row(CLOUDTRAIL_GET_TRAIL_STATUS)->max_body_bytes + 1;
	char *body = mem_alloc(len + 1, 1);
	struct answer answer = { .status = 200, .body = body };
	struct far far;

	(void)state;
	memset(body, ' ', len);
	far_open(&far, (struct aws_options){ 0 });
	far.answers = &answer;
	far.answer_count = 1;
	assert_int_equal(far_ask(&far, CLOUDTRAIL_GET_TRAIL_STATUS, ACCOUNT).err.kind, ERR_TOO_LARGE);
	assert_int_equal(far.count, 1);
	far_close(&far);
	free(body);
}

static void
test_bucket_regions(void **state)
{
	static const struct {
		enum aws_op	 op;
		struct answer	 answer;
		const char	*region;
	} rows[] = {
		{ S3_HEAD_BUCKET, { .status = 200, .headers = "x-amz-bucket-region: eu-west-1\r\n" }, "eu-west-1" },
		{ S3_HEAD_BUCKET, { .status = 301, .headers = "x-amz-bucket-region: eu-west-2\r\n" }, "eu-west-2" },
		{ S3_HEAD_BUCKET, { .status = 403, .headers = "x-amz-bucket-region: eu-west-3\r\n" }, "eu-west-3" },
		{ S3_HEAD_BUCKET, { .status = 400 }, "" },
		{ S3_GET_BUCKET_POLICY, { .status = 400, .body = "<Error><Code>AuthorizationHeaderMalformed</Code>"
		    "<Region>me-south-1</Region></Error>" }, "me-south-1" },
		{ S3_GET_BUCKET_POLICY, { .status = 301, .body = "<Error><Code>PermanentRedirect</Code></Error>" }, "" },
		{ S3_GET_BUCKET_POLICY, { .status = 400, .body = "<Error><Code>X</Code><Region>a-name-that-is-"
		    "longer-than-any-region-has</Region></Error>" }, "" },
		{ S3_GET_BUCKET_POLICY, { .status = 200, .body = "<Error><Region>eu-west-1</Region></Error>" }, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct far far;
		struct end end;

		far_open(&far, (struct aws_options){ 0 });
		far.answers = &rows[i].answer;
		far.answer_count = 1;
		end = far_ask(&far, rows[i].op, ACCOUNT);
		assert_string_equal(end.bucket_region, rows[i].region);
		assert_int_equal(end.status, rows[i].answer.status);
		assert_int_equal(end.err.kind == ERR_NONE, rows[i].answer.status == 200);
		far_close(&far);
	}
}

/* ---- when it is asked again ---- */

static void
test_full_jitter(void **state)
{
	int64_t sums[2] = { 0, 0 };
	struct far far;

	(void)state;
	far_open(&far, (struct aws_options){ 0 });
	far_set_answers(&far, BROKEN, BROKEN, GOOD);
	for (int i = 0; i < 200; i++) {
		char account[16];

		snprintf(account, sizeof(account), "%012d", i);
		far.count = 0;
		assert_int_equal(far_ask(&far, KMS_DESCRIBE_KEY, account).err.kind, ERR_NONE);
		assert_int_equal(far.count, 3);
		for (int k = 0; k < 2; k++) {
			int64_t gap_ms = far.asked[k + 1].mono_ms - far.asked[k].mono_ms;

			assert_in_range(gap_ms, 0, k == 0 ? 999 : 1999);
			sums[k] += gap_ms;
		}
	}
	assert_in_range(sums[0] / 200, 350, 650);
	assert_in_range(sums[1] / 200, 700, 1300);
	far_close(&far);
}

static void
test_retry_after(void **state)
{
	static const struct {
		const char	*headers;
		int64_t		 least_ms, most_ms;
	} rows[] = {
		{ "Retry-After: 3\r\n", 3000, 3000 },
		{ "retry-after: Sun, 30 Aug 2015 12:36:04 GMT\r\n", 3900, 4000 },
		{ "retry-after: Sun, 30 Aug 2015 12:00:00 GMT\r\n", 0, 999 },
		{ "x-amz-retry-after: 1500\r\nretry-after: 4\r\n", 1500, 1500 },
		{ "x-amz-retry-after: 3600000\r\n", 5000, 5999 },
		{ "Retry-After: 3600\r\n", 5000, 5999 },
		{ "Retry-After: -9223372036854775808\r\n", 0, 999 },
		{ "Retry-After: 9223372036854775807\r\n", 0, 999 },
		{ "Retry-After: soon\r\n", 0, 999 },
		{ "x-amz-retry-after: soon\r\n", 0, 999 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct answer list[2] = { { .status = 503, .headers = rows[i].headers,
		    .body = "{\"__type\":\"ServiceUnavailable\"}" }, GOOD };
		struct far far;

		far_open(&far, (struct aws_options){ 0 });
		far.answers = list;
		far.answer_count = 2;
		assert_int_equal(far_ask(&far, KMS_DESCRIBE_KEY, ACCOUNT).err.kind, ERR_NONE);
		assert_in_range(far.asked[1].mono_ms - far.asked[0].mono_ms, rows[i].least_ms,
		    rows[i].most_ms);
		far_close(&far);
	}
}

static void
start_many(struct far *far, struct end *ends, unsigned count, const char *account)
{
	for (unsigned i = 0; i < count; i++)
		far_start(far, &ends[i], CLOUDTRAIL_DESCRIBE_TRAILS, account);
}

/* Every attempt counts for its account, by its outcome, and by how long its answer took. */
static void
test_counters(void **state)
{
	const struct aws_durations *durations;
	const struct aws_counters *n;
	const struct tally *t;
	struct end end;
	struct far far;

	(void)state;
	far_open(&far, (struct aws_options){ 0 });
	n = aws_counters(far.aws);
	durations = &n->durations[CLOUDTRAIL_DESCRIBE_TRAILS];
	assert_null(aws_tallies(far.aws));
	far_set_answers(&far, THROTTLED, GOOD);
	end = far_ask(&far, CLOUDTRAIL_DESCRIBE_TRAILS, ACCOUNT);
	assert_int_equal(end.err.kind, ERR_NONE);
	end = far_ask(&far, CLOUDTRAIL_DESCRIBE_TRAILS, OTHER);
	end = far_ask(&far, CLOUDTRAIL_DESCRIBE_TRAILS, "");
	assert_int_equal(n->outcomes[CLOUDTRAIL_DESCRIBE_TRAILS][ERR_THROTTLED], 1);
	assert_int_equal(n->outcomes[CLOUDTRAIL_DESCRIBE_TRAILS][ERR_NONE], 3);
	assert_int_equal(n->calls[CLOUDTRAIL_DESCRIBE_TRAILS], 4);
	assert_int_equal(durations->count[0], 4);
	t = aws_tallies(far.aws);
	assert_string_equal(t->account, ACCOUNT);
	assert_int_equal(t->calls, 2);
	t = t->hh.next;
	assert_string_equal(t->account, OTHER);
	assert_int_equal(t->calls, 1);
	t = t->hh.next;
	assert_string_equal(t->account, "");	/* nobody knows whose keys these were */
	assert_int_equal(t->calls, 1);
	assert_null(t->hh.next);
	assert_true(aws_quota_peak(far.aws, AWS_QUOTA_CLOUDTRAIL_READ) >= 0.1);
	for (unsigned row = 1; row < AWS_DURATIONS; row++)
		assert_true(aws_duration_within_ms(row) > aws_duration_within_ms(row - 1));
	far_close(&far);
}

/* Half of ten a second, five at once; after a throttle half of that, and back after successes. */
static void
test_pacing_and_throttling(void **state)
{
	struct end ends[60];
	struct far far;

	(void)state;
	far_open(&far, (struct aws_options){ 0 });
	far_set_answers(&far, GOOD);
	start_many(&far, ends, 10, ACCOUNT);
	start_many(&far, ends + 10, 1, OTHER);
	loop_run(far.loop);
	for (int i = 0; i < 5; i++)
		assert_int_equal(ends[i].mono_ms, ends[0].mono_ms);
	for (int i = 5; i < 10; i++)
		assert_int_equal(ends[i].mono_ms - ends[0].mono_ms, (i - 4) * 200);
	assert_int_equal(ends[10].mono_ms, ends[0].mono_ms);

	far_set_answers(&far, THROTTLED, GOOD);
	far_ask(&far, CLOUDTRAIL_DESCRIBE_TRAILS, ACCOUNT);
	assert_int_equal(aws_counters(far.aws)->throttles[CLOUDTRAIL_DESCRIBE_TRAILS], 1);
	start_many(&far, ends, 60, ACCOUNT);
	loop_run(far.loop);
	assert_in_range(ends[6].mono_ms - ends[5].mono_ms, 380, 400);
	start_many(&far, ends, 10, ACCOUNT);
	loop_run(far.loop);
	assert_in_range(ends[9].mono_ms - ends[8].mono_ms, 199, 201);
	far_close(&far);
}

static int
answer_by_account(struct far *far, const struct http_request *request, struct answer *ret)
{
	(void)far;
	*ret = strstr(request->body, OTHER) != NULL ? (struct answer)GOOD : (struct answer)BROKEN;
	return 1;
}

static struct end
ask_key_of(struct far *far, const char *account)
{
	struct end end = { .far = far };
	char body[64];
	struct aws_request request = { .op = KMS_DESCRIBE_KEY, .account = account, .region = "us-east-1",
	    .credentials = far->credentials, .body = body };

	snprintf(body, sizeof(body), "{\"KeyId\":\"%s\"}", account);
	far->count = 0;
	aws_call_start(far->aws, &request, on_done, &end);
	loop_run(far->loop);
	assert_int_equal(end.runs, 1);
	return end;
}

static void
test_retry_quota_is_each_accounts_own(void **state)
{
	struct far far;

	(void)state;
	far_open(&far, (struct aws_options){ 0 });
	far.answer = answer_by_account;
	for (int i = 0; i < 50; i++) {	/* 10 of 500 each */
		ask_key_of(&far, ACCOUNT);
		assert_int_equal(far.count, 3);
	}
	for (int i = 0; i < 5; i++) {
		assert_int_equal(ask_key_of(&far, ACCOUNT).err.kind, ERR_SERVER);
		assert_int_equal(far.count, 1);
	}
	ask_key_of(&far, "000000000000");
	assert_int_equal(far.count, 3);
	far.answer = NULL;
	far_set_answers(&far, GOOD);
	for (int i = 0; i < 5; i++)
		ask_key_of(&far, ACCOUNT);
	far_set_answers(&far, BROKEN);
	ask_key_of(&far, ACCOUNT);
	assert_int_equal(far.count, 2);	/* five successes have paid for one */
	far_close(&far);
}

static void
test_timeouts_cost_twice(void **state)
{
	struct far far;

	(void)state;
	far_open(&far, (struct aws_options){ 0 });
	far_set_answers(&far, SILENCE);
	for (int i = 0; i < 25; i++) {
		ask_key_of(&far, ACCOUNT);
		assert_int_equal(far.count, 3);
	}
	ask_key_of(&far, ACCOUNT);
	assert_int_equal(far.count, 1);
	far_close(&far);
}

/* ---- deadlines ---- */

static void
test_deadline_in_flight(void **state)
{
	struct far far;
	struct end end;
	int64_t start;

	(void)state;
	far_open(&far, (struct aws_options){ .deadline_ms = 10000, .attempt_timeout_ms = 4500,
	    .max_attempts = 9 });
	far_set_answers(&far, SILENCE);
	start = loop_mono_ms(far.loop);
	end = far_ask(&far, KMS_DESCRIBE_KEY, ACCOUNT);
	assert_int_equal(end.err.kind, ERR_TIMEOUT);
	assert_true(end.mono_ms - start <= 10000);
	assert_int_equal(far.asked[0].timeout_ms, 4500);
	assert_true(far.count >= 2 && far.asked[far.count - 1].timeout_ms <= 4500);
	far_close(&far);
}

static void
test_deadline_before_a_token(void **state)
{
	struct end ends[40];
	struct far far;
	int64_t start;

	(void)state;
	far_open(&far, (struct aws_options){ .deadline_ms = 3000 });
	far_set_answers(&far, GOOD);
	start = loop_mono_ms(far.loop);
	start_many(&far, ends, 40, ACCOUNT);
	assert_int_equal(ends[39].runs, 0);
	loop_run(far.loop);
	for (int i = 0; i < 40; i++) {	/* 5 at once, and those of the 3 s, end excluded */
		assert_int_equal(ends[i].runs, 1);
		assert_int_equal(ends[i].err.kind, i < 19 ? ERR_NONE : ERR_TIMEOUT);
		assert_true(i < 19 || ends[i].mono_ms == start);
	}
	assert_string_equal(ends[39].err.text, "no token of the rate limit within the 3 s of a call");
	far_close(&far);
}

static void
test_deadline_before_a_place(void **state)
{
	struct far far;
	struct end first, second;
	int64_t start;

	(void)state;
	far_open(&far, (struct aws_options){ .deadline_ms = 5000, .max_in_flight = 1 });
	far_set_answers(&far, SILENCE);
	start = loop_mono_ms(far.loop);
	far_start(&far, &first, KMS_DESCRIBE_KEY, ACCOUNT);
	far_start(&far, &second, KMS_DESCRIBE_KEY, OTHER);
	assert_int_equal(aws_counters(far.aws)->in_flight, 1);
	assert_int_equal(aws_counters(far.aws)->waiting, 1);
	loop_run(far.loop);
	assert_int_equal(second.err.kind, ERR_TIMEOUT);
	assert_in_range(second.mono_ms - start, 5000, 5001);	/* whichever timer was first */
	assert_int_equal(first.mono_ms - start, 5000);
	far_close(&far);
}

/* ---- one bad account among good ones ---- */

static int
answer_all_but_one(struct far *far, const struct http_request *request, struct answer *ret)
{
	(void)far;
	*ret = strstr(request->url, "kms") != NULL ? (struct answer)SILENCE :
	    (struct answer){ .status = 200, .body = "{}", .delay_ms = 50 };
	return 1;
}

static void
test_hanging_account_does_not_starve_others(void **state)
{
	struct end bad[40], good[100];
	struct far far;
	int64_t start;

	(void)state;
	far_open(&far, (struct aws_options){ .max_in_flight = 8 });
	far.answer = answer_all_but_one;
	start = loop_mono_ms(far.loop);
	for (int i = 0; i < 40; i++)
		far_start(&far, &bad[i], KMS_DESCRIBE_KEY, ACCOUNT);
	for (int i = 0; i < 100; i++) {
		char account[16];

		snprintf(account, sizeof(account), "%012d", i);
		far_start(&far, &good[i], CLOUDTRAIL_DESCRIBE_TRAILS, account);
	}
	assert_int_equal(aws_counters(far.aws)->in_flight, 8);
	loop_run(far.loop);
	for (int i = 0; i < 100; i++) {	/* six places are left to them, 50 ms each */
		assert_int_equal(good[i].err.kind, ERR_NONE);
		assert_in_range(good[i].mono_ms - start, 50, 1000);
	}
	for (int i = 0; i < 40; i++)
		assert_int_equal(bad[i].err.kind, ERR_TIMEOUT);
	far_close(&far);
}

static int
answer_all_but_polls(struct far *far, const struct http_request *request, struct answer *ret)
{
	(void)far;
	assert_int_equal(request->is_long_poll, strstr(request->url, "sqs") != NULL);
	*ret = (struct answer){ .status = 200, .body = "{}",
	    .delay_ms = request->is_long_poll ? 20000 : 50 };
	return 1;
}

/* Queues that wait take no place, and none of their account's share. */
static void
test_long_polls_do_not_starve_others(void **state)
{
	struct end polls[40], good[8];
	struct far far;
	int64_t start;

	(void)state;
	far_open(&far, (struct aws_options){ .max_in_flight = 1 });
	far.answer = answer_all_but_polls;
	start = loop_mono_ms(far.loop);
	for (int i = 0; i < 40; i++)
		far_start(&far, &polls[i], SQS_RECEIVE_MESSAGE, ACCOUNT);
	for (int i = 0; i < 8; i++)
		far_start(&far, &good[i], KMS_DESCRIBE_KEY, ACCOUNT);
	assert_int_equal(aws_counters(far.aws)->in_flight, 41);
	loop_run(far.loop);
	for (int i = 0; i < 8; i++) {
		assert_int_equal(good[i].err.kind, ERR_NONE);
		assert_int_equal(good[i].mono_ms - start, 50 * (i + 1));
	}
	for (int i = 0; i < 40; i++) {	/* each has the time that it wants */
		assert_int_equal(polls[i].err.kind, ERR_NONE);
		assert_int_equal(polls[i].mono_ms - start, 20000);
	}
	far_close(&far);
}

/* ---- cancelling ---- */

static void
test_cancel_in_every_state(void **state)
{
	struct far far;
	struct end flight, place, backoff, token[7], doomed = { 0 };
	struct aws_call *calls[11];
	struct aws_request request = { .op = KMS_DESCRIBE_KEY, .account = "", .region = "nowhere" };

	(void)state;
	far_open(&far, (struct aws_options){ .max_in_flight = 1 });
	far_set_answers(&far, BROKEN, SILENCE);
	calls[0] = far_start(&far, &backoff, KMS_DESCRIBE_KEY, ACCOUNT);
	calls[1] = far_start(&far, &flight, KMS_GET_KEY_POLICY, ACCOUNT);
	while (far.count < 2) {	/* until the first has failed and the second flies */
		struct loop_timer stop;

		loop_timer_init(&stop, far.loop, (loop_timer_fn)loop_stop, far.loop);
		loop_timer_set(&stop, 0);
		loop_run(far.loop);
	}
	calls[2] = far_start(&far, &place, KMS_DESCRIBE_KEY, ACCOUNT);
	for (int i = 0; i < 7; i++)
		calls[3 + i] = far_start(&far, &token[i], CLOUDTRAIL_DESCRIBE_TRAILS, OTHER);
	request.credentials = far.credentials;
	doomed.far = &far;
	calls[10] = aws_call_start(far.aws, &request, on_done, &doomed);
	assert_int_equal(aws_counters(far.aws)->in_flight, 1);
	assert_int_equal(aws_counters(far.aws)->waiting, 10);
	for (int i = 10; i >= 0; i--)
		aws_call_cancel(calls[i]);
	assert_int_equal(aws_counters(far.aws)->in_flight, 0);
	loop_run(far.loop);
	assert_int_equal(flight.runs + place.runs + backoff.runs + token[6].runs + doomed.runs, 0);
	assert_int_equal(far.count, 2);

	/* Tokens and place came back. */
	far_set_answers(&far, GOOD);
	start_many(&far, token, 5, OTHER);
	loop_run(far.loop);
	assert_int_equal(token[4].mono_ms, token[0].mono_ms);
	far_close(&far);
}

static void
test_cancel_gives_the_place_to_the_next(void **state)
{
	struct far far;
	struct end first, second;
	struct aws_call *call;

	(void)state;
	far_open(&far, (struct aws_options){ .max_in_flight = 1 });
	far_set_answers(&far, SILENCE, GOOD);
	call = far_start(&far, &first, KMS_DESCRIBE_KEY, ACCOUNT);
	far_start(&far, &second, KMS_DESCRIBE_KEY, OTHER);
	aws_call_cancel(call);
	loop_run(far.loop);
	assert_int_equal(first.runs, 0);
	assert_int_equal(second.err.kind, ERR_NONE);
	far_close(&far);
}

/* ---- requests that cannot be sent ---- */

static void
test_hopeless_requests_end_later(void **state)
{
	struct far far;
	struct end end = { .far = &far };
	char *body = mem_alloc(70000, 1);
	struct aws_request request = { .op = KMS_DESCRIBE_KEY, .account = ACCOUNT, .region = "us-east-1/x" };

	(void)state;
	memset(body, 'x', 69999);
	far_open(&far, (struct aws_options){ 0 });
	request.credentials = far.credentials;
	aws_call_start(far.aws, &request, on_done, &end);
	assert_int_equal(end.runs, 0);
	loop_run(far.loop);
	assert_int_equal(end.err.kind, ERR_CONFIG);
	request.region = "us-east-1";
	request.body = body;
	aws_call_start(far.aws, &request, on_done, &end);
	loop_run(far.loop);
	assert_int_equal(end.runs, 2);
	assert_int_equal(end.err.kind, ERR_TOO_LARGE);
	assert_int_equal(far.count, 0);
	far_close(&far);
	free(body);
}

/* ---- clocks ---- */

/* As AWS judges: within 15 minutes of its own time, which each answer tells. */
static int
answer_by_clock(struct far *far, const struct http_request *request, struct answer *ret)
{
	static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	const char *date = strstr(far->asked[far->count].headers, "x-amz-date: ");
	int64_t now = loop_wall_ms(far->loop) + far->skew_ms, signed_ms;
	char iso[STAMP_ISO_SIZE], amz[STAMP_AMZ_SIZE];

	stamp_format_iso(now, iso);
	snprintf(far->date, sizeof(far->date), "Date: %s, %.2s Aug 2015 %.8s GMT\r\n",
	    days[(now / 86400000 + 4) % 7], iso + 8, iso + 11);
	snprintf(amz, sizeof(amz), "%.16s", date + strlen("x-amz-date: "));
	assert_true(stamp_parse_amz(amz, &signed_ms));
	*ret = (struct answer){ .status = 200, .headers = far->date, .body = "{}" };
	if (llabs(signed_ms - now) > 15 * 60000)
		*ret = strcmp(request->method, "HEAD") == 0 ?
		    (struct answer){ .status = 403, .headers = far->date } :
		    (struct answer){ .status = 403, .headers = far->date, .body = far->answers[0].body };
	return 1;
}

static void
test_skew_is_corrected(void **state)
{
	static const struct {
		enum aws_op	 op;
		const char	*body;
		int64_t		 skew_ms;
	} rows[] = {
		{ KMS_DESCRIBE_KEY, "{\"__type\":\"InvalidSignatureException\",\"message\":\"expired\"}", 3600000 },
		{ KMS_DESCRIBE_KEY, "{\"__type\":\"RequestInTheFuture\"}", -3600000 },
		{ KMS_DESCRIBE_KEY, "{\"__type\":\"RequestTimeTooSkewed\"}", -950000 },
		{ KMS_DESCRIBE_KEY, "{\"__type\":\"RequestExpired\"}", 950000 },
		{ S3_HEAD_BUCKET, "", 3600000 },
	};

	(void)state;
	log_set_level(LOG_LEVEL_ERROR);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct answer refusal = { .body = rows[i].body };
		struct far far;
		struct end end;

		far_open(&far, (struct aws_options){ 0 });
		far.answer = answer_by_clock;
		far.answers = &refusal;
		far.skew_ms = rows[i].skew_ms;
		end = far_ask(&far, rows[i].op, ACCOUNT);
		assert_int_equal(end.err.kind, ERR_NONE);
		assert_int_equal(far.count, 2);
		assert_int_equal(far.asked[1].mono_ms, far.asked[0].mono_ms);
		assert_in_range(aws_wall_ms(far.aws) - loop_wall_ms(far.loop) + 10000000,
		    rows[i].skew_ms + 10000000 - 1000, rows[i].skew_ms + 10000000);
		assert_int_equal(end.received_wall_ms, aws_wall_ms(far.aws));
		far_ask(&far, rows[i].op, OTHER);
		assert_int_equal(far.count, 3);	/* right at once */
		far_close(&far);
	}
	log_set_level(LOG_LEVEL_INFO);
}

/* A success tells the time as well, before the difference has hurt. */
static void
test_success_refreshes_the_clock(void **state)
{
	struct far far;

	(void)state;
	far_open(&far, (struct aws_options){ 0 });
	far.answer = answer_by_clock;
	far.skew_ms = 180000;
	far_ask(&far, KMS_DESCRIBE_KEY, ACCOUNT);
	assert_int_equal(aws_wall_ms(far.aws) - loop_wall_ms(far.loop), 180000);
	far.skew_ms = 180900;	/* a Date has no more than seconds */
	far_ask(&far, KMS_DESCRIBE_KEY, ACCOUNT);
	assert_int_equal(aws_wall_ms(far.aws) - loop_wall_ms(far.loop), 180000);
	far_close(&far);
}

static void
test_refusals_that_are_no_skew(void **state)
{
	static const struct {
		struct answer	 answer;
		enum err_kind	 kind;
		unsigned	 attempts;
	} rows[] = {
		/* Three minutes: wrong keys, not the clock. */
		{ { .status = 403, .headers = "date: Sun, 30 Aug 2015 12:39:00 GMT\r\n",
		    .body = "{\"__type\":\"InvalidSignatureException\"}" }, ERR_KEYS_REJECTED, 1 },
		/* Five minutes, and it does not help: once only. */
		{ { .status = 403, .headers = "date: Sun, 30 Aug 2015 12:41:00 GMT\r\n",
		    .body = "{\"__type\":\"InvalidSignatureException\"}" }, ERR_KEYS_REJECTED, 2 },
		{ { .status = 403, .headers = "date: Sun, 30 Aug 2015 12:36:30 GMT\r\n",
		    .body = "{\"__type\":\"RequestTimeTooSkewed\"}" }, ERR_CLOCK, 2 },
		/* The time is right, so it is the session that is old. */
		{ { .status = 403, .headers = "date: Sun, 30 Aug 2015 12:36:00 GMT\r\n",
		    .body = "{\"__type\":\"RequestExpired\"}" }, ERR_EXPIRED, 1 },
		{ { .status = 403, .headers = "date: Sun, 30 Aug 2015 12:36:00 GMT\r\n",
		    .body = "{\"__type\":\"RequestInTheFuture\"}" }, ERR_CLOCK, 1 },
		{ { .status = 403, .body = "{\"__type\":\"RequestTimeTooSkewed\"}" }, ERR_CLOCK, 1 },
		{ { .status = 403, .headers = "date: yesterday\r\n",
		    .body = "{\"__type\":\"RequestTimeTooSkewed\"}" }, ERR_CLOCK, 1 },
		{ { .status = 403, .headers = "date: Sun, 30 Aug 2015 20:36:00 GMT\r\n",
		    .body = "{\"__type\":\"AccessDeniedException\"}" }, ERR_DENIED, 1 },
	};

	(void)state;
	log_set_level(LOG_LEVEL_ERROR);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct far far;

		far_open(&far, (struct aws_options){ 0 });
		far.answers = &rows[i].answer;
		far.answer_count = 1;
		assert_string_equal(err_kind_name(far_ask(&far, KMS_DESCRIBE_KEY, ACCOUNT).err.kind),
		    err_kind_name(rows[i].kind));
		assert_int_equal(far.count, rows[i].attempts);
		far_close(&far);
	}
	log_set_level(LOG_LEVEL_INFO);
}

/* ---- calls that begin others ---- */

struct chain {
	struct end	end;
	unsigned	left;
};

static void
on_link(void *arg, const struct aws_reply *reply, const struct err *err)
{
	struct chain *chain = arg;
	struct far *far = chain->end.far;

	assert_null(err);
	assert_non_null(reply->json);
	if (chain->left-- > 0) {
		struct aws_request request = { .op = KMS_DESCRIBE_KEY, .account = ACCOUNT,
		    .region = "us-east-1", .credentials = far->credentials };

		aws_call_start(far->aws, &request, on_link, chain);
	}
	/* Still there: the new call does not touch the memory of this answer. */
	assert_true(json_member(reply->json, "a") != NULL);
}

static void
test_done_may_begin_another(void **state)
{
	struct chain chain = { .left = 20 };
	struct far far;
	struct aws_request request = { .op = KMS_DESCRIBE_KEY, .account = ACCOUNT, .region = "us-east-1" };

	(void)state;
	far_open(&far, (struct aws_options){ .max_in_flight = 1 });
	far_set_answers(&far, GOOD);
	chain.end.far = &far;
	request.credentials = far.credentials;
	aws_call_start(far.aws, &request, on_link, &chain);
	loop_run(far.loop);
	assert_int_equal(far.count, 21);
	far_close(&far);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json_request),
		cmocka_unit_test(test_queue_request),
		cmocka_unit_test(test_form_request),
		cmocka_unit_test(test_unsigned_request),
		cmocka_unit_test(test_account_and_organization_requests),
		cmocka_unit_test(test_s3_requests),
		cmocka_unit_test(test_override_keeps_its_path),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_too_large),
		cmocka_unit_test(test_bucket_regions),
		cmocka_unit_test(test_full_jitter),
		cmocka_unit_test(test_retry_after),
		cmocka_unit_test(test_counters),
		cmocka_unit_test(test_pacing_and_throttling),
		cmocka_unit_test(test_retry_quota_is_each_accounts_own),
		cmocka_unit_test(test_timeouts_cost_twice),
		cmocka_unit_test(test_deadline_in_flight),
		cmocka_unit_test(test_deadline_before_a_token),
		cmocka_unit_test(test_deadline_before_a_place),
		cmocka_unit_test(test_hanging_account_does_not_starve_others),
		cmocka_unit_test(test_long_polls_do_not_starve_others),
		cmocka_unit_test(test_cancel_in_every_state),
		cmocka_unit_test(test_cancel_gives_the_place_to_the_next),
		cmocka_unit_test(test_hopeless_requests_end_later),
		cmocka_unit_test(test_skew_is_corrected),
		cmocka_unit_test(test_success_refreshes_the_clock),
		cmocka_unit_test(test_refusals_that_are_no_skew),
		cmocka_unit_test(test_done_may_begin_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
