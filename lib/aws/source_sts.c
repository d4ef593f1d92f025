/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two questions to STS that give the session of a role: AssumeRole, signed with keys that are
 * there already, and AssumeRoleWithWebIdentity, which shows a token from a file instead. The file
 * is read anew each time, since its owner replaces it when it ages.
 */
#include "aws/source.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/names.h"
#include "base/stamp.h"
#include "base/text.h"

#define SOURCE_STS_DURATION_S		3600	/* also the most that role chaining allows */
#define SOURCE_STS_MAX_FORM_BYTES	81920	/* a token of 20,000 bytes, each as %XX, and the rest */

struct source_sts {
	struct source			 source;
	const struct plan_role		*role;
	struct aws_credentials		*from;		/* held; NULL with a web identity */
	struct aws_call			*call;		/* while it is under way */
};

/* The partition of a role is part of its ARN; STS answers only for its own. */
const char *
source_sts_region(const struct sources *sources, const char *role_arn)
{
	const struct aws_partition *partition = NULL;
	char name[32];
	struct arn arn;

	if (arn_parse(role_arn, &arn) && name_part_copy(arn.partition, name, sizeof(name)))
		partition = aws_partition_find(name);
	if (sources->sts_region != NULL &&
	    (partition == NULL || aws_partition_of(sources->sts_region) == partition))
		return sources->sts_region;
	return partition != NULL ? partition->global_region : "us-east-1";
}

static void
source_sts_add(struct buf *form, const char *name, const char *value)
{
	if (value == NULL)
		return;
	if (form->len > 0)
		buf_addc(form, '&');
	buf_addf(form, "%s=", name);
	text_add_uri(form, value, strlen(value), false);
}

/* What both questions say about the role. */
static void
source_sts_add_role(struct buf *form, const struct source_sts *sts)
{
	const struct plan_role *role = sts->role;
	int seconds = role->duration_s != 0 ? role->duration_s : SOURCE_STS_DURATION_S;
	char duration[16];

	if (sts->from != NULL && sts->from->is_role_session && seconds > SOURCE_STS_DURATION_S)
		seconds = SOURCE_STS_DURATION_S;	/* more would be refused, not clipped */
	snprintf(duration, sizeof(duration), "%d", seconds);
	source_sts_add(form, "RoleArn", role->role_arn);
	source_sts_add(form, "RoleSessionName",
	    role->session_name != NULL ? role->session_name : sts->source.sources->session_name);
	source_sts_add(form, "DurationSeconds", duration);
	source_sts_add(form, "ExternalId", role->external_id);
}

static struct aws_credentials *
source_sts_read(const struct source *s, const struct aws_reply *reply, struct err *err)
{
	const struct xml *keys;
	const char *expires;
	int64_t expires_wall_ms;

	keys = xml_find(reply->xml, reply->op == STS_ASSUME_ROLE ? "AssumeRoleResult/Credentials" :
	    "AssumeRoleWithWebIdentityResult/Credentials");
	expires = xml_find_text(keys, "Expiration");
	if (keys == NULL || xml_find_text(keys, "SessionToken") == NULL) {
		err_set(err, ERR_MALFORMED, "the answer holds no session");
		return NULL;
	}
	if (expires == NULL || !stamp_parse_iso(expires, &expires_wall_ms)) {
		err_set(err, ERR_MALFORMED, "the answer holds no Expiration");
		return NULL;
	}
	return source_make_keys(s, xml_find_text(keys, "AccessKeyId"),
	    xml_find_text(keys, "SecretAccessKey"), xml_find_text(keys, "SessionToken"),
	    expires_wall_ms, err);
}

/*
 * A refusal to open a role says nothing about what lies behind it: it must never be taken for
 * "absent" or "does not apply".
 */
static void
source_sts_judge_failure(const struct source_sts *sts, const struct err *why, struct err *err)
{
	*err = *why;
	if (err_claim(err->kind) != ERR_CLAIM_UNKNOWN)
		err->kind = ERR_REJECTED;
	if (strcmp(err->code, "RegionDisabledException") == 0)
		err_prefix(err, "STS of region %s is not activated for the role's account",
		    source_sts_region(sts->source.sources, sts->role->role_arn));
}

static void
source_sts_on_reply(void *arg, const struct aws_reply *reply, const struct err *why)
{
	struct source_sts *sts = arg;
	struct aws_credentials *c = NULL;
	struct err err;

	sts->call = NULL;
	if (why != NULL)
		source_sts_judge_failure(sts, why, &err);
	else
		c = source_sts_read(&sts->source, reply, &err);
	source_end(&sts->source, c, &err);
}

static void
source_sts_ask(struct source_sts *sts, enum aws_op op, const char *token)
{
	struct sources *sources = sts->source.sources;
	struct buf form;
	char role_account[NAME_ACCOUNT_MAX];
	struct arn arn;
	struct aws_request request = {
		.op = op,
		.account = "",	/* the limits are those of the keys' account, which is not known */
		.region = source_sts_region(sources, sts->role->role_arn),
		.credentials = sts->from,
	};

	if (arn_parse_role(sts->role->role_arn, &arn) &&
	    name_part_copy(arn.account, role_account, sizeof(role_account)))
		request.role_account = role_account;
	buf_init(&form, SOURCE_STS_MAX_FORM_BYTES);
	buf_reserve(&form, SOURCE_STS_MAX_FORM_BYTES);	/* or growing leaves copies of the token */
	source_sts_add_role(&form, sts);
	source_sts_add(&form, "WebIdentityToken", token);
	request.body = buf_text(&form);
	sts->call = aws_call_start(sources->aws, &request, source_sts_on_reply, sts);
	buf_wipe(&form);
}

static void
source_role_begin(struct source *s)
{
	source_sts_ask((struct source_sts *)s, STS_ASSUME_ROLE, NULL);
}

static void
source_web_identity_begin(struct source *s)
{
	struct source_sts *sts = (struct source_sts *)s;
	struct arena *arena = arena_new();
	const char *token;
	struct err err;

	sts->role = &s->plan->web_identity;
	if (source_read_token(arena, s->plan->token_file, &token, &err) == 0)
		source_sts_ask(sts, STS_ASSUME_ROLE_WITH_WEB_IDENTITY, token);
	else
		source_end(s, NULL, &err);
	arena_wipe(arena);
}

static void
source_sts_stop(struct source *s)
{
	struct source_sts *sts = (struct source_sts *)s;

	if (sts->call != NULL)
		aws_call_cancel(sts->call);
	aws_credentials_drop(sts->from);
}

const struct source_kind source_role = {
	.name = "role",
	.size = sizeof(struct source_sts),
	.begin = source_role_begin,
	.stop = source_sts_stop,
};

const struct source_kind source_web_identity = {
	.name = "web identity",
	.size = sizeof(struct source_sts),
	.begin = source_web_identity_begin,
	.stop = source_sts_stop,
};

struct source *
source_start_role(struct sources *sources, const struct plan_role *role,
    struct aws_credentials *from, source_done_fn done, void *arg)
{
	struct source *s = source_new(&source_role, sources, NULL, done, arg);
	struct source_sts *sts = (struct source_sts *)s;

	sts->role = role;
	sts->from = aws_credentials_hold(from);
	snprintf(s->label, sizeof(s->label), "role %s", role->role_arn);
	return s;
}
