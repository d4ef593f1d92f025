/* SPDX-License-Identifier: Apache-2.0 */
/* STS: sessions of roles, and who the caller is. */
#include <string.h>

#include "awssim/answer.h"
#include "awssim/identity.h"
#include "awssim/sim.h"
#include "base/stamp.h"
#include "base/text.h"

#define STS_LEAST_SESSION_S	900
#define STS_MOST_SESSION_S	43200
#define STS_CHAINED_SESSION_S	3600
#define STS_DEFAULT_SESSION_S	3600

static void
sts_get_caller_identity(struct call *c)
{
	answer_xml(c, "Arn", c->who->arn);
	answer_xml(c, "UserId", c->who->principal_id);
	answer_xml(c, "Account", c->account->id);
}

static bool
sts_answer_invalid(struct call *c, const char *value, const char *name, const char *constraint)
{
	answer_error(c, 400, "ValidationError",
	    "1 validation error detected: Value '%s' at '%s' failed to "
	    "satisfy constraint: %s",
	    value ? value : "null", name, constraint);
	return false;
}

/* A parameter of so many of the characters that STS takes in names. */
static bool
sts_take_name(struct call *c, const char *parameter, const char *member, const char **ret)
{
	static const char letters[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+=,.@-";
	const char *value = call_field(c, parameter);
	size_t len = value ? strlen(value) : 0;

	*ret = value;
	if (value == NULL)
		return sts_answer_invalid(c, NULL, member, "Member must not be null");
	if (len < 2 || len > 64)
		return sts_answer_invalid(c, value, member,
		    len < 2 ? "Member must have length greater than or equal to 2"
			    : "Member must have length less than or equal to 64");
	if (strspn(value, letters) != len)
		return sts_answer_invalid(c, value, member,
		    "Member must satisfy regular expression pattern: [\\w+=,.@-]*");
	return true;
}

static bool
sts_take_duration(struct call *c, const struct role *role, int64_t *ret_s)
{
	const char *text = call_field(c, "DurationSeconds");
	bool is_chained = c->who != NULL && c->who->role != NULL;

	*ret_s = STS_DEFAULT_SESSION_S;
	if (text == NULL)
		return true;
	if (!text_to_i64(text, ret_s) || *ret_s < STS_LEAST_SESSION_S)
		return sts_answer_invalid(c, text, "durationSeconds",
		    "Member must have value greater than or equal to 900");
	if (*ret_s > STS_MOST_SESSION_S)
		return sts_answer_invalid(c, text, "durationSeconds",
		    "Member must have value less than or equal to 43200");
	if (is_chained && *ret_s > STS_CHAINED_SESSION_S)
		answer_error(c, 400, "ValidationError",
		    "The requested DurationSeconds exceeds the 1 hour "
		    "session limit for roles assumed by role chaining.");
	else if (*ret_s > role->max_session_s)
		answer_error(c, 400, "ValidationError",
		    "The requested DurationSeconds exceeds the MaxSessionDuration set for this "
		    "role.");
	return !answer_is_error(c);
}

/* The trust of a role names accounts, or users and roles by ARN. */
static bool
sts_is_trusted(const struct call *c, const struct role *role)
{
	const char *issuer = c->who->role ? c->who->role->arn : c->who->arn;

	if (role->trust.count == 0)
		return account_is_management(c->world, c->account);
	for (size_t i = 0; i < role->trust.count; i++)
		if (strcmp(role->trust.name[i], c->account->id) == 0 ||
		    strcmp(role->trust.name[i], issuer) == 0 ||
		    strcmp(role->trust.name[i], c->who->arn) == 0)
			return true;
	return false;
}

static void
sts_answer_session(
    struct call *c, const struct role *role, const char *session_name, int64_t seconds)
{
	const struct identity *id = identity_start_session(c->sim->identities, role, session_name,
	    c->now_ms, seconds);
	char iso[STAMP_ISO_SIZE];

	answer_xml_open(c, "AssumedRoleUser");
	answer_xml(c, "AssumedRoleId", id->principal_id);
	answer_xml(c, "Arn", id->arn);
	answer_xml_close(c, "AssumedRoleUser");
	answer_xml_open(c, "Credentials");
	answer_xml(c, "AccessKeyId", id->access_key);
	answer_xml(c, "SecretAccessKey", id->secret);
	answer_xml(c, "SessionToken", id->token);
	answer_xml(c, "Expiration", stamp_format_iso(id->expires_ms, iso));
	answer_xml_close(c, "Credentials");
}

/* A wrong external id, a trust that names others and a missing role look the same from outside. */
static void
sts_assume_role(struct call *c)
{
	const char *arn = call_field(c, "RoleArn"), *external_id = call_field(c, "ExternalId"),
		   *session;
	const struct role *role;
	int64_t seconds;

	if (arn == NULL || strlen(arn) < 20) {
		sts_answer_invalid(c, arn, "roleArn",
		    arn ? "Member must have length greater than or equal to 20"
			: "Member must not be null");
		return;
	}
	if (!sts_take_name(c, "RoleSessionName", "roleSessionName", &session))
		return;
	if (external_id != NULL && !name_is_external_id(external_id)) {
		sts_answer_invalid(c, external_id, "externalId",
		    "Member must satisfy regular expression pattern: [\\w+=,.@:\\/-]*");
		return;
	}
	role = world_role(c->world, arn);
	if (role == NULL || !sts_is_trusted(c, role) ||
	    (role->external_id != NULL && !text_same(role->external_id, external_id))) {
		answer_refuse(c, REFUSAL_DENIED, identity_denial(c, ""));
		return;
	}
	if (c->region != NULL && !account_has_region(role->account, c->region)) {
		answer_error(c, 403, "RegionDisabledException",
		    "STS is not activated in this region for "
		    "account:%s. Your account administrator can activate STS in this region using "
		    "the IAM "
		    "Console.",
		    role->account->id);
		return;
	}
	if (sts_take_duration(c, role, &seconds))
		sts_answer_session(c, role, session, seconds);
}

static void
sts_assume_role_with_web_identity(struct call *c)
{
	const char *arn = call_field(c, "RoleArn"), *token = call_field(c, "WebIdentityToken"),
		   *session;
	const struct role *role = arn ? world_role(c->world, arn) : NULL;
	int64_t seconds;

	if (!sts_take_name(c, "RoleSessionName", "roleSessionName", &session))
		return;
	if (token == NULL) {
		sts_answer_invalid(c, NULL, "webIdentityToken", "Member must not be null");
	} else if (c->world->web_identity_token == NULL ||
	    strcmp(token, c->world->web_identity_token) != 0) {
		answer_error(c, 400, "InvalidIdentityToken",
		    "The ID Token provided is not a valid JWT. (You may see this error if you sent "
		    "an Access Token)");
	} else if (role == NULL) {
		answer_error(c, 403, "AccessDenied",
		    "Not authorized to perform sts:AssumeRoleWithWebIdentity");
	} else if (sts_take_duration(c, role, &seconds)) {
		answer_xml(
		    c, "SubjectFromWebIdentityToken", "system:serviceaccount:trailseal:trailseal");
		sts_answer_session(c, role, session, seconds);
		answer_xml(c, "Provider",
		    "arn:aws:iam::" WORLD_MANAGEMENT ":oidc-provider/oidc.example.com");
		answer_xml(c, "Audience", "sts.amazonaws.com");
	}
}

/* clang-format off */
const struct operation sts_operations[] = {
	{ "GetCallerIdentity", sts_get_caller_identity, .is_read = true },
	OPERATION_READS("sts", AssumeRole, sts_assume_role, "RoleArn"),
	{ "AssumeRoleWithWebIdentity", sts_assume_role_with_web_identity, .is_read = true,
	  .is_unsigned = true },
	{ .name = NULL },
};
/* clang-format on */
