/* SPDX-License-Identifier: Apache-2.0 */
/* Reads AWS's error answers and says what kind of failure a code is; see error.h. */
#include "aws/error.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "wire/json.h"
#include "wire/xml.h"

#define ERROR_CODE_MAX	256	/* of a code as it is sent, with its name space and URL */

static const struct error_row {
	const char	*code;
	enum err_kind	 kind;
} error_rows[] = {
	/* AWS asks for fewer calls. */
	{ "BandwidthLimitExceeded",		ERR_THROTTLED },
	{ "EC2ThrottledException",		ERR_THROTTLED },
	{ "KmsThrottled",			ERR_THROTTLED },	/* SQS's key */
	{ "LimitExceededException",		ERR_THROTTLED },
	{ "OverLimit",				ERR_THROTTLED },	/* SQS: too much is in flight */
	{ "PriorRequestNotComplete",		ERR_THROTTLED },
	{ "ProvisionedThroughputExceededException", ERR_THROTTLED },
	{ "RequestLimitExceeded",		ERR_THROTTLED },
	{ "RequestThrottled",			ERR_THROTTLED },
	{ "RequestThrottledException",		ERR_THROTTLED },
	{ "SlowDown",				ERR_THROTTLED },
	{ "ThrottledException",			ERR_THROTTLED },
	{ "Throttling",				ERR_THROTTLED },
	{ "ThrottlingException",		ERR_THROTTLED },
	{ "TooManyRequestsException",		ERR_THROTTLED },
	{ "TransactionInProgressException",	ERR_THROTTLED },

	/* AWS or something that it needs has failed, whatever the status. */
	{ "DependencyTimeoutException",		ERR_SERVER },
	{ "IDPCommunicationError",		ERR_SERVER },
	{ "InternalError",			ERR_SERVER },
	{ "InternalFailure",			ERR_SERVER },
	{ "InternalServerError",		ERR_SERVER },
	{ "InternalServerException",		ERR_SERVER },
	{ "KeyUnavailableException",		ERR_SERVER },
	{ "KMSInternalException",		ERR_SERVER },
	{ "RequestTimeout",			ERR_SERVER },
	{ "RequestTimeoutException",		ERR_SERVER },
	{ "ServiceException",			ERR_SERVER },
	{ "ServiceUnavailable",			ERR_SERVER },
	{ "ServiceUnavailableException",	ERR_SERVER },

	/* EC2 says RequestExpired of old sessions, too: the caller knows the clock and decides. */
	{ "RequestExpired",			ERR_CLOCK },
	{ "RequestInTheFuture",			ERR_CLOCK },
	{ "RequestTimeTooSkewed",		ERR_CLOCK },

	{ "ExpiredToken",			ERR_EXPIRED },
	{ "ExpiredTokenException",		ERR_EXPIRED },
	{ "TokenRefreshRequired",		ERR_EXPIRED },

	/* Said of revoked and wrong keys, and of good ones in a region that is not enabled. */
	{ "AuthFailure",			ERR_KEYS_REJECTED },
	{ "InvalidAccessKeyId",			ERR_KEYS_REJECTED },
	{ "InvalidClientTokenId",		ERR_KEYS_REJECTED },
	{ "InvalidSecurity",			ERR_KEYS_REJECTED },
	{ "InvalidSignatureException",		ERR_KEYS_REJECTED },
	{ "InvalidToken",			ERR_KEYS_REJECTED },
	{ "SignatureDoesNotMatch",		ERR_KEYS_REJECTED },
	{ "UnrecognizedClientException",	ERR_KEYS_REJECTED },

	{ "403",				ERR_DENIED },	/* S3's HEAD */
	{ "AccessDenied",			ERR_DENIED },
	{ "AccessDeniedException",		ERR_DENIED },
	{ "AllAccessDisabled",			ERR_DENIED },
	{ "KmsAccessDenied",			ERR_DENIED },
	{ "NotAuthorized",			ERR_DENIED },
	{ "UnauthorizedException",		ERR_DENIED },
	{ "UnauthorizedOperation",		ERR_DENIED },

	{ "404",				ERR_NOT_FOUND },			/* S3's HEAD */
	{ "AWS.SimpleQueueService.NonExistentQueue", ERR_NOT_FOUND },
	{ "AWSOrganizationsNotInUseException",	ERR_NOT_FOUND },
	{ "CustomKeyStoreNotFoundException",	ERR_NOT_FOUND },
	{ "NoSuchBucket",			ERR_NOT_FOUND },
	{ "NoSuchBucketPolicy",			ERR_NOT_FOUND },
	{ "NotFoundException",			ERR_NOT_FOUND },
	{ "QueueDoesNotExist",			ERR_NOT_FOUND },
	{ "TrailNotFoundException",		ERR_NOT_FOUND },

	{ "UnsupportedOperationException",	ERR_UNSUPPORTED },
};

static const struct error_clock {
	const char		*code;
	enum aws_clock_doubt	 doubt;
} error_clocks[] = {
	{ "RequestExpired",		AWS_CLOCK_WRONG },
	{ "RequestInTheFuture",		AWS_CLOCK_WRONG },
	{ "RequestTimeTooSkewed",	AWS_CLOCK_WRONG },
	{ "403",			AWS_CLOCK_DOUBTFUL },	/* S3's HEAD has no room for a code */
	{ "AuthFailure",		AWS_CLOCK_DOUBTFUL },
	{ "InvalidSignatureException",	AWS_CLOCK_DOUBTFUL },
	{ "SignatureDoesNotMatch",	AWS_CLOCK_DOUBTFUL },
};

static const struct error_row *
error_find(const char *code)
{
	for (size_t i = 0; i < sizeof(error_rows) / sizeof(error_rows[0]); i++)
		if (strcmp(error_rows[i].code, code) == 0)
			return &error_rows[i];
	return NULL;
}

enum err_kind
aws_error_kind(const char *code, const char *message, int status)
{
	const struct error_row *row = error_find(code);

	if (row != NULL && row->kind == ERR_DENIED && message != NULL &&
	    strstr(message, "service control policy") != NULL)
		return ERR_DENIED_BY_SCP;
	if (row != NULL)
		return row->kind;
	if (status == 429)
		return ERR_THROTTLED;
	return status >= 500 && status != 501 ? ERR_SERVER : ERR_REJECTED;
}

enum aws_clock_doubt
aws_error_clock_doubt(const char *code)
{
	for (size_t i = 0; i < sizeof(error_clocks) / sizeof(error_clocks[0]); i++)
		if (strcmp(error_clocks[i].code, code) == 0)
			return error_clocks[i].doubt;
	return AWS_CLOCK_FINE;
}

/* "ns.pkg#FooError:http://..." is FooError. False when nothing sensible is left. */
static bool
error_take_code(const char *sent, char *out, size_t size)
{
	size_t len = sent ? strcspn(sent, ":") : 0;
	const char *hash = len > 0 ? memrchr(sent, '#', len) : NULL;

	if (hash != NULL) {
		len -= (size_t)(hash + 1 - sent);
		sent = hash + 1;
	}
	while (len > 0 && *sent == ' ') {
		sent++;
		len--;
	}
	while (len > 0 && sent[len - 1] == ' ')
		len--;
	if (len == 0 || len >= size)
		return false;
	for (size_t i = 0; i < len; i++)
		if (sent[i] <= ' ' || sent[i] > '~')
			return false;
	memcpy(out, sent, len);
	out[len] = '\0';
	return true;
}

/* What an error answer says of itself. The texts are the arena's. */
struct error_parts {
	const char	*code, *message;
};

/* The first of these members that is a text. */
static const char *
error_member(const struct json *object, const char *const names[])
{
	for (; *names != NULL; names++) {
		const struct json *member = json_member(object, *names);

		if (member != NULL && member->type == JSON_STRING && member->text[0] != '\0')
			return member->text;
	}
	return NULL;
}

static void
error_read_json(struct arena *arena, const struct http_reply *reply, struct error_parts *ret)
{
	static const char *const codes[] = { "__type", "code", "Code", NULL };
	static const char *const messages[] = { "message", "Message", "errorMessage", NULL };
	const struct json *root;
	struct err ignored;

	if (json_parse(arena, reply->body, reply->body_len, &root, &ignored) < 0)
		return;
	ret->code = error_member(root, codes);
	ret->message = error_member(root, messages);
}

/* ErrorResponse/Error (STS), Response/Errors/Error (EC2), or Error itself (S3). */
static void
error_read_xml(struct arena *arena, const struct http_reply *reply, struct error_parts *ret)
{
	static const char *const paths[] = { "Error", "Errors/Error", "" };
	const struct xml *root;
	struct err ignored;

	if (xml_parse(arena, reply->body, reply->body_len, &root, &ignored) < 0)
		return;
	for (size_t i = 0; ret->code == NULL && i < sizeof(paths) / sizeof(paths[0]); i++) {
		const struct xml *error = xml_find(root, paths[i]);

		ret->code = xml_find_text(error, "Code");
		ret->message = xml_find_text(error, "Message");
	}
}

/* When a signature does not match, AWS repeats the whole request: with the session token. */
static void
error_hide_token(struct arena *arena, struct error_parts *parts)
{
	const char *token = parts->message ? strcasestr(parts->message, "x-amz-security-token:") : NULL;

	if (token != NULL)
		parts->message = arena_strndup(arena, parts->message, (size_t)(token - parts->message));
}

int
aws_error_read(enum aws_op op, const struct http_reply *reply, struct err *err)
{
	struct error_parts parts = { NULL, NULL };
	struct arena *arena = arena_new();
	char header[ERROR_CODE_MAX], code[sizeof(err->code)];
	bool has_code;

	error_read_json(arena, reply, &parts);
	if (parts.code == NULL)
		error_read_xml(arena, reply, &parts);
	error_hide_token(arena, &parts);
	has_code = (http_reply_header(reply, "x-amzn-errortype", header, sizeof(header)) &&
	    error_take_code(header, code, sizeof(code))) ||
	    error_take_code(parts.code, code, sizeof(code));
	if (!has_code)
		snprintf(code, sizeof(code), "%d", reply->status);

	if (has_code && parts.message != NULL)
		err_set(err, aws_error_kind(code, parts.message, reply->status), "%s: %s", code,
		    parts.message);
	else if (has_code)
		err_set(err, aws_error_kind(code, NULL, reply->status), "%s", code);
	else if (strcmp(aws_op_row(op)->method, "HEAD") == 0 || reply->status >= 500 ||
	    reply->status == 429)
		err_set(err, aws_error_kind(code, NULL, reply->status), "HTTP status %s", code);
	else
		err_set(err, ERR_MALFORMED, "HTTP status %s without an error code of AWS", code);
	memcpy(err->code, code, sizeof(err->code));
	arena_wipe(arena);
	return -1;
}
