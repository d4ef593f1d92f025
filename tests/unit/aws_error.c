/* SPDX-License-Identifier: Apache-2.0 */
/* Error answers in every shape that AWS, its emulators and the proxies between are known to send. */
#include "aws/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

static const struct {
	enum aws_op	 op;
	int		 status;
	const char	*headers, *body;
	const char	*code;
	enum err_kind	 kind;
	const char	*text;
} answers[] = {
	/* Where the code stands, in the order of trust. */
	{ KMS_DESCRIBE_KEY, 400, "x-amzn-ErrorType: NotFoundException\r\n", "{\"__type\":\"Other\"}",
	    "NotFoundException", ERR_NOT_FOUND, "NotFoundException" },
	{ KMS_DESCRIBE_KEY, 400, "", "{\"__type\":\"ThrottlingException\",\"code\":\"X\",\"message\":\"Rate exceeded\"}",
	    "ThrottlingException", ERR_THROTTLED, "ThrottlingException: Rate exceeded" },
	{ ACCOUNT_LIST_REGIONS, 403, "", "{\"code\":\"AccessDeniedException\",\"Message\":\"no\"}",
	    "AccessDeniedException", ERR_DENIED, "AccessDeniedException: no" },
	{ KMS_DESCRIBE_KEY, 400, "", "{\"Code\":\"InvalidArnException\"}", "InvalidArnException",
	    ERR_REJECTED, "InvalidArnException" },
	{ KMS_DESCRIBE_KEY, 400, "", "{\"__type\":null,\"code\":\"DependencyTimeoutException\",\"message\":null}",
	    "DependencyTimeoutException", ERR_SERVER, NULL },

	/* How it is dressed. */
	{ KMS_DESCRIBE_KEY, 400, "", "{\"__type\":\"com.amazonaws.kms#AccessDeniedException\"}",
	    "AccessDeniedException", ERR_DENIED, NULL },
	{ ACCOUNT_LIST_REGIONS, 429, "x-amzn-errortype: TooManyRequestsException:http://internal.amazon.com/coral/#x\r\n",
	    "{\"message\":\"slow\"}", "TooManyRequestsException", ERR_THROTTLED, "TooManyRequestsException: slow" },
	{ KMS_DESCRIBE_KEY, 400, "", "{\"__type\":\"ns.pkg#KMSInternalException:http://x\"}",
	    "KMSInternalException", ERR_SERVER, NULL },

	{ SQS_RECEIVE_MESSAGE, 400, "x-amzn-query-error: AWS.SimpleQueueService.NonExistentQueue;Sender\r\n",
	    "{\"__type\":\"com.amazonaws.sqs#QueueDoesNotExist\",\"message\":\"The specified queue does not exist.\"}",
	    "QueueDoesNotExist", ERR_NOT_FOUND, "QueueDoesNotExist: The specified queue does not exist." },
	{ SQS_RECEIVE_MESSAGE, 400, "", "{\"__type\":\"com.amazonaws.sqs#KmsAccessDenied\"}", "KmsAccessDenied",
	    ERR_DENIED, NULL },
	{ SQS_RECEIVE_MESSAGE, 403, "", "{\"__type\":\"com.amazonaws.sqs#OverLimit\"}", "OverLimit",
	    ERR_THROTTLED, NULL },

	/* XML: STS, EC2, S3; also from JSON services, as emulators send it. */
	{ STS_ASSUME_ROLE, 403, "", "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error>"
	    "<Type>Sender</Type><Code>AccessDenied</Code><Message>User: arn:aws:iam::111122223333:user/x is not "
	    "authorized to perform: sts:AssumeRole</Message></Error><RequestId>r</RequestId></ErrorResponse>",
	    "AccessDenied", ERR_DENIED, "AccessDenied: User: arn:aws:iam::111122223333:user/x is not authorized "
	    "to perform: sts:AssumeRole" },
	{ EC2_DESCRIBE_REGIONS, 403, "", "<?xml version=\"1.0\"?><Response><Errors><Error><Code>UnauthorizedOperation"
	    "</Code><Message>no</Message></Error></Errors><RequestID>r</RequestID></Response>",
	    "UnauthorizedOperation", ERR_DENIED, NULL },
	{ S3_GET_BUCKET_POLICY, 404, "", "<Error><Code>NoSuchBucketPolicy</Code><Message>The bucket policy does not "
	    "exist</Message></Error>", "NoSuchBucketPolicy", ERR_NOT_FOUND, NULL },
	{ S3_GET_BUCKET_POLICY, 301, "", "<Error><Code>PermanentRedirect</Code></Error>", "PermanentRedirect",
	    ERR_REJECTED, "PermanentRedirect" },
	{ S3_GET_BUCKET_POLICY, 503, "", "<Error><Code>SlowDown</Code></Error>", "SlowDown", ERR_THROTTLED, NULL },
	{ KMS_DESCRIBE_KEY, 400, "content-type: text/html\r\n", "<ErrorResponse><Error><Code>NotFoundException</Code>"
	    "<Message>gone</Message></Error></ErrorResponse>", "NotFoundException", ERR_NOT_FOUND,
	    "NotFoundException: gone" },

	/* Status and code disagree: the code counts. */
	{ KMS_DESCRIBE_KEY, 500, "", "{\"__type\":\"NotFoundException\"}", "NotFoundException", ERR_NOT_FOUND, NULL },
	{ ORGANIZATIONS_LIST_ACCOUNTS, 400, "", "{\"__type\":\"TooManyRequestsException\"}",
	    "TooManyRequestsException", ERR_THROTTLED, NULL },
	{ KMS_DESCRIBE_KEY, 503, "", "{\"__type\":\"SomethingNewException\"}", "SomethingNewException", ERR_SERVER, NULL },
	{ KMS_DESCRIBE_KEY, 501, "", "{\"__type\":\"UnknownOperationException\"}", "UnknownOperationException",
	    ERR_REJECTED, NULL },
	{ KMS_DESCRIBE_KEY, 429, "", "{\"__type\":\"SomethingNewException\"}", "SomethingNewException",
	    ERR_THROTTLED, NULL },

	/* No code at all: only S3's HEAD may speak by its status, and whoever blames the server. */
	{ S3_HEAD_BUCKET, 404, "", "", "404", ERR_NOT_FOUND, "HTTP status 404" },
	{ S3_HEAD_BUCKET, 403, "x-amz-bucket-region: eu-west-1\r\n", "", "403", ERR_DENIED, "HTTP status 403" },
	{ S3_HEAD_BUCKET, 301, "", "", "301", ERR_REJECTED, NULL },
	{ S3_HEAD_BUCKET, 400, "", "", "400", ERR_REJECTED, NULL },
	{ KMS_DESCRIBE_KEY, 404, "", "<html><body>Not Found</body></html>", "404", ERR_MALFORMED,
	    "HTTP status 404 without an error code of AWS" },
	{ KMS_DESCRIBE_KEY, 403, "", "", "403", ERR_MALFORMED, NULL },
	{ KMS_DESCRIBE_KEY, 302, "location: http://portal.example/\r\n", "", "302", ERR_MALFORMED, NULL },
	{ KMS_DESCRIBE_KEY, 502, "", "<html>", "502", ERR_SERVER, "HTTP status 502" },
	{ KMS_DESCRIBE_KEY, 429, "", "", "429", ERR_THROTTLED, NULL },

	/* Garbage in the places where a code belongs. */
	{ KMS_DESCRIBE_KEY, 400, "x-amzn-errortype: \r\n", "{\"__type\":\"\"}", "400", ERR_MALFORMED, NULL },
	{ KMS_DESCRIBE_KEY, 400, "x-amzn-errortype: two words\r\n", "{\"__type\":\"NotFoundException\"}",
	    "NotFoundException", ERR_NOT_FOUND, NULL },
	{ KMS_DESCRIBE_KEY, 400, "", "{\"__type\":42}", "400", ERR_MALFORMED, NULL },
	{ KMS_DESCRIBE_KEY, 400, "", "{\"__type\":\"ns#\"}", "400", ERR_MALFORMED, NULL },
	{ KMS_DESCRIBE_KEY, 400, "", "{\"__type\":\":x\"}", "400", ERR_MALFORMED, NULL },
	{ KMS_DESCRIBE_KEY, 400, "", "[1,2]", "400", ERR_MALFORMED, NULL },
	{ KMS_DESCRIBE_KEY, 400, "", "{\"__type\":\"Not", "400", ERR_MALFORMED, NULL },
	{ KMS_DESCRIBE_KEY, 400, "", "{\"__type\":\"evil\\u001b[31m\"}", "400", ERR_MALFORMED, NULL },
	{ KMS_DESCRIBE_KEY, 400, "", "{\"__type\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}",
	    "400", ERR_MALFORMED, NULL },
	{ KMS_DESCRIBE_KEY, 400, "", "{\"__type\":\"X\",\"message\":\"a\\nb\\u001b\"}", "X", ERR_REJECTED,
	    "X: a\\x0ab\\x1b" },
};

static void
test_answers(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(answers); i++) {
		struct http_reply reply = {
			.status = answers[i].status,
			.headers = answers[i].headers, .headers_len = strlen(answers[i].headers),
			.body = answers[i].body, .body_len = strlen(answers[i].body),
		};
		struct err err = { .kind = ERR_NONE };

		assert_int_equal(aws_error_read(answers[i].op, &reply, &err), -1);
		assert_string_equal(err.code, answers[i].code);
		assert_string_equal(err_kind_name(err.kind), err_kind_name(answers[i].kind));
		if (answers[i].text != NULL)
			assert_string_equal(err.text, answers[i].text);
	}
}

static const struct {
	const char	*code, *message;
	enum err_kind	 kind;
} kinds[] = {
	{ "AccessDeniedException", "User: x is not authorized to perform: cloudtrail:DescribeTrails with an "
	    "explicit deny in a service control policy", ERR_DENIED_BY_SCP },
	{ "AccessDenied", "... because no service control policy allows the s3:GetBucketPolicy action",
	    ERR_DENIED_BY_SCP },
	{ "UnauthorizedOperation", "with an explicit deny in a service control policy: "
	    "arn:aws:organizations::111122223333:policy/o-a/service_control_policy/p-b", ERR_DENIED_BY_SCP },
	{ "AccessDeniedException", "with an explicit deny in an identity-based policy", ERR_DENIED },
	{ "NotFoundException", "the text service control policy in a name", ERR_NOT_FOUND },
	{ "Throttling", NULL, ERR_THROTTLED }, { "RequestLimitExceeded", NULL, ERR_THROTTLED },
	{ "EC2ThrottledException", NULL, ERR_THROTTLED }, { "PriorRequestNotComplete", NULL, ERR_THROTTLED },
	{ "IDPCommunicationError", NULL, ERR_SERVER }, { "KeyUnavailableException", NULL, ERR_SERVER },
	{ "RequestTimeout", NULL, ERR_SERVER }, { "InternalFailure", NULL, ERR_SERVER },
	{ "RequestTimeTooSkewed", NULL, ERR_CLOCK }, { "RequestExpired", NULL, ERR_CLOCK },
	{ "ExpiredToken", NULL, ERR_EXPIRED }, { "ExpiredTokenException", NULL, ERR_EXPIRED },
	{ "UnrecognizedClientException", NULL, ERR_KEYS_REJECTED }, { "AuthFailure", NULL, ERR_KEYS_REJECTED },
	{ "InvalidClientTokenId", NULL, ERR_KEYS_REJECTED }, { "InvalidSignatureException", NULL, ERR_KEYS_REJECTED },
	{ "SignatureDoesNotMatch", NULL, ERR_KEYS_REJECTED }, { "InvalidAccessKeyId", NULL, ERR_KEYS_REJECTED },
	{ "TrailNotFoundException", NULL, ERR_NOT_FOUND }, { "NoSuchBucket", NULL, ERR_NOT_FOUND },
	{ "AWSOrganizationsNotInUseException", NULL, ERR_NOT_FOUND },
	{ "UnsupportedOperationException", NULL, ERR_UNSUPPORTED },
	/* Not the region but its STS is switched off: nothing may be claimed about the account. */
	{ "RegionDisabledException", NULL, ERR_REJECTED },
	{ "ValidationException", NULL, ERR_REJECTED }, { "", NULL, ERR_REJECTED },
};

static void
test_kinds(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(kinds); i++)
		assert_string_equal(err_kind_name(aws_error_kind(kinds[i].code, kinds[i].message, 400)),
		    err_kind_name(kinds[i].kind));
	assert_int_equal(aws_error_kind("New", NULL, 500), ERR_SERVER);
	assert_int_equal(aws_error_kind("New", NULL, 429), ERR_THROTTLED);
}

static void
test_clock_doubt(void **state)
{
	(void)state;
	assert_int_equal(aws_error_clock_doubt("RequestTimeTooSkewed"), AWS_CLOCK_WRONG);
	assert_int_equal(aws_error_clock_doubt("RequestInTheFuture"), AWS_CLOCK_WRONG);
	assert_int_equal(aws_error_clock_doubt("RequestExpired"), AWS_CLOCK_WRONG);
	assert_int_equal(aws_error_clock_doubt("InvalidSignatureException"), AWS_CLOCK_DOUBTFUL);
	assert_int_equal(aws_error_clock_doubt("SignatureDoesNotMatch"), AWS_CLOCK_DOUBTFUL);
	assert_int_equal(aws_error_clock_doubt("AuthFailure"), AWS_CLOCK_DOUBTFUL);
	assert_int_equal(aws_error_clock_doubt("AccessDenied"), AWS_CLOCK_FINE);
	assert_int_equal(aws_error_clock_doubt(""), AWS_CLOCK_FINE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_clock_doubt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
