/* SPDX-License-Identifier: Apache-2.0 */
/* How each protocol words what no operation words for itself; see answer.h. */
#include "awssim/answer.h"

#define SIGNATURE_TEXT                                                                \
	"The request signature we calculated does not match the signature you "       \
	"provided. Check your AWS Secret Access Key and signing method. Consult the " \
	"service documentation for details."
#define TOKEN_TEXT	"The security token included in the request is invalid."
#define EXPIRED_TEXT	"The security token included in the request is expired"
#define EC2_AUTH_TEXT	"AWS was not able to validate the provided access credentials"

struct refusal_row {
	const char	*code;
	int		 status;
	const char	*text;
};

/* clang-format off */
static const struct refusal_row refusals[REFUSALS][PROTOCOLS] = {
	[REFUSAL_UNSIGNED] = {
		[PROTOCOL_JSON]      = { "MissingAuthenticationTokenException", 400,
			"Missing Authentication Token" },
		[PROTOCOL_QUERY]     = { "MissingAuthenticationToken", 403,
			"Request is missing Authentication Token" },
		[PROTOCOL_EC2]       = { "MissingParameter", 400,
			"The request must contain the parameter AWSAccessKeyId" },
		[PROTOCOL_REST_JSON] = { "MissingAuthenticationTokenException", 403,
			"Missing Authentication Token" },
		[PROTOCOL_S3]        = { "AccessDenied", 403, "Access Denied" },
	},
	[REFUSAL_INCOMPLETE] = {
		[PROTOCOL_JSON]      = { "IncompleteSignatureException", 400, NULL },
		[PROTOCOL_QUERY]     = { "IncompleteSignature", 400, NULL },
		[PROTOCOL_EC2]       = { "AuthFailure", 401, EC2_AUTH_TEXT },
		[PROTOCOL_REST_JSON] = { "IncompleteSignatureException", 403, NULL },
		[PROTOCOL_S3]        = { "AuthorizationHeaderMalformed", 400, NULL },
	},
	[REFUSAL_UNKNOWN_KEY] = {
		[PROTOCOL_JSON]      = { "UnrecognizedClientException", 400, TOKEN_TEXT },
		[PROTOCOL_QUERY]     = { "InvalidClientTokenId", 403, TOKEN_TEXT },
		[PROTOCOL_EC2]       = { "AuthFailure", 401, EC2_AUTH_TEXT },
		[PROTOCOL_REST_JSON] = { "UnrecognizedClientException", 403, TOKEN_TEXT },
		[PROTOCOL_S3]        = { "InvalidAccessKeyId", 403,
			"The AWS Access Key Id you provided does not exist in our records." },
	},
	[REFUSAL_BAD_TOKEN] = {
		[PROTOCOL_JSON]      = { "UnrecognizedClientException", 400, TOKEN_TEXT },
		[PROTOCOL_QUERY]     = { "InvalidClientTokenId", 403, TOKEN_TEXT },
		[PROTOCOL_EC2]       = { "AuthFailure", 401, EC2_AUTH_TEXT },
		[PROTOCOL_REST_JSON] = { "UnrecognizedClientException", 403, TOKEN_TEXT },
		[PROTOCOL_S3]        = { "InvalidToken", 400,
			"The provided token is malformed or otherwise invalid." },
	},
	[REFUSAL_EXPIRED] = {
		[PROTOCOL_JSON]      = { "ExpiredTokenException", 400, EXPIRED_TEXT },
		[PROTOCOL_QUERY]     = { "ExpiredToken", 403, EXPIRED_TEXT },
		[PROTOCOL_EC2]       = { "RequestExpired", 400, "Request has expired." },
		[PROTOCOL_REST_JSON] = { "ExpiredTokenException", 403, EXPIRED_TEXT },
		[PROTOCOL_S3]        = { "ExpiredToken", 400, "The provided token has expired." },
	},
	[REFUSAL_SIGNATURE] = {
		[PROTOCOL_JSON]      = { "InvalidSignatureException", 400, SIGNATURE_TEXT },
		[PROTOCOL_QUERY]     = { "SignatureDoesNotMatch", 403, SIGNATURE_TEXT },
		[PROTOCOL_EC2]       = { "AuthFailure", 401, EC2_AUTH_TEXT },
		[PROTOCOL_REST_JSON] = { "InvalidSignatureException", 403, SIGNATURE_TEXT },
		[PROTOCOL_S3]        = { "SignatureDoesNotMatch", 403,
			"The request signature we calculated does not match the signature you "
			"provided. Check your key and signing method." },
	},
	[REFUSAL_SKEWED] = {
		[PROTOCOL_JSON]      = { "InvalidSignatureException", 400, NULL },
		[PROTOCOL_QUERY]     = { "SignatureDoesNotMatch", 403, NULL },
		[PROTOCOL_EC2]       = { "RequestExpired", 400, "Request has expired." },
		[PROTOCOL_REST_JSON] = { "InvalidSignatureException", 403, NULL },
		[PROTOCOL_S3]        = { "RequestTimeTooSkewed", 403,
			"The difference between the request time and the current time is too "
			"large." },
	},
	[REFUSAL_NOT_ENABLED] = {
		[PROTOCOL_JSON]      = { "UnrecognizedClientException", 400, TOKEN_TEXT },
		[PROTOCOL_QUERY]     = { "InvalidClientTokenId", 403, TOKEN_TEXT },
		[PROTOCOL_EC2]       = { "AuthFailure", 401, EC2_AUTH_TEXT },
		[PROTOCOL_REST_JSON] = { "UnrecognizedClientException", 403, TOKEN_TEXT },
		[PROTOCOL_S3]        = { "InvalidToken", 400,
			"The provided token is malformed or otherwise invalid." },
	},
	[REFUSAL_DENIED] = {
		[PROTOCOL_JSON]      = { "AccessDeniedException", 400, NULL },
		[PROTOCOL_QUERY]     = { "AccessDenied", 403, NULL },
		[PROTOCOL_EC2]       = { "UnauthorizedOperation", 403, NULL },
		[PROTOCOL_REST_JSON] = { "AccessDeniedException", 403, NULL },
		[PROTOCOL_S3]        = { "AccessDenied", 403, NULL },
	},
	[REFUSAL_THROTTLED] = {
		[PROTOCOL_JSON]      = { "ThrottlingException", 400, "Rate exceeded" },
		[PROTOCOL_QUERY]     = { "Throttling", 400, "Rate exceeded" },
		[PROTOCOL_EC2]       = { "RequestLimitExceeded", 503, "Request limit exceeded." },
		[PROTOCOL_REST_JSON] = { "TooManyRequestsException", 429, "Too many requests" },
		[PROTOCOL_S3]        = { "SlowDown", 503, "Please reduce your request rate." },
		[PROTOCOL_PLAIN]     = { "TooManyRequests", 429, "Slow down." },
	},
	[REFUSAL_INTERNAL] = {
		[PROTOCOL_JSON]      = { "InternalFailure", 500, "An internal error occurred" },
		[PROTOCOL_QUERY]     = { "InternalFailure", 500, "An internal error occurred" },
		[PROTOCOL_EC2]       = { "InternalError", 500, "An internal error has occurred" },
		[PROTOCOL_REST_JSON] = { "InternalServerException", 500,
			"An internal error occurred" },
		[PROTOCOL_S3]        = { "InternalError", 500,
			"We encountered an internal error. Please try again." },
		[PROTOCOL_PLAIN]     = { "InternalError", 500, "Internal error" },
	},
	[REFUSAL_UNAVAILABLE] = {
		[PROTOCOL_JSON]      = { "ServiceUnavailableException", 503,
			"Service is unavailable" },
		[PROTOCOL_QUERY]     = { "ServiceUnavailable", 503, "Service is unavailable" },
		[PROTOCOL_EC2]       = { "Unavailable", 503,
			"The service is unavailable. Please try again shortly." },
		[PROTOCOL_REST_JSON] = { "ServiceUnavailableException", 503,
			"Service is unavailable" },
		[PROTOCOL_S3]        = { "ServiceUnavailable", 503,
			"Service is unable to handle request." },
		[PROTOCOL_PLAIN]     = { "ServiceUnavailable", 503, "Unavailable" },
	},
	[REFUSAL_UNKNOWN_OPERATION] = {
		[PROTOCOL_JSON]      = { "UnknownOperationException", 400, NULL },
		[PROTOCOL_QUERY]     = { "InvalidAction", 400,
			"Could not find operation for this version" },
		[PROTOCOL_EC2]       = { "InvalidAction", 400,
			"The action is not valid for this web service." },
		[PROTOCOL_REST_JSON] = { "UnknownOperationException", 404, NULL },
		[PROTOCOL_S3]        = { "NotImplemented", 501,
			"A header you provided implies functionality that is not implemented." },
	},
};
/* clang-format on */

void
answer_refuse(struct call *c, enum refusal refusal, const char *text)
{
	const struct refusal_row *row = &refusals[refusal][c->service->protocol];
	const char *code = row->code;

	if (code == NULL) {
		answer_error(c, 403, "Forbidden", "%s", text ? text : "Forbidden");
		return;
	}
	if (refusal == REFUSAL_THROTTLED && c->service->throttled != NULL)
		code = c->service->throttled;
	answer_error(c, row->status, code, "%s", text ? text : row->text ? row->text : "");
}
