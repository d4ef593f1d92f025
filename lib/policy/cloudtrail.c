/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CloudTrail's requests to KMS and S3. The table says for each condition key and request what an
 * outsider knows of it; keys without a row are unknown. Some rows are inferences rather than
 * sentences of AWS's guides: that the calls come over TLS, the account and region of the resource,
 * and that a service carries no tags and no organization of its own.
 */
#include "policy/cloudtrail.h"

#include <assert.h>
#include <string.h>

#include "base/names.h"

/* Where the value of a condition key comes from. */
enum origin {
	UNKNOWN = 0, ABSENT, PRESENT, TRAIL, ACCOUNT, YES, SERVICE, SERVICES, CONTEXT, ALGORITHM,
	KEY_ACCOUNT, KEY_REGION, ACL,
	ORIGINS
};

#define CLOUDTRAIL	"cloudtrail.amazonaws.com"

static const struct fact_row {
	const char	*key;
	enum origin	 origin[POLICY_USES];
} fact_rows[] = {
	/* GenerateDataKey, DescribeKey, Decrypt, PutObject, GetBucketAcl */
	{ "kms:EncryptionContext:aws:cloudtrail:arn", { TRAIL, ABSENT, TRAIL, ABSENT, ABSENT } },
	{ "kms:EncryptionContext:aws:s3:arn", { PRESENT, ABSENT, PRESENT, ABSENT, ABSENT } },
	{ "kms:EncryptionContext:*", { ABSENT, ABSENT, ABSENT, ABSENT, ABSENT } },
	{ "kms:EncryptionContextKeys", { CONTEXT, ABSENT, CONTEXT, ABSENT, ABSENT } },
	{ "kms:EncryptionAlgorithm", { ALGORITHM, ABSENT, ALGORITHM, ABSENT, ABSENT } },
	{ "s3:x-amz-acl", { UNKNOWN, UNKNOWN, UNKNOWN, ACL, ABSENT } },
	{ "aws:SourceArn", { TRAIL, TRAIL, TRAIL, TRAIL, TRAIL } },
	{ "aws:SourceAccount", { ACCOUNT, ACCOUNT, ACCOUNT, ACCOUNT, ACCOUNT } },
	{ "aws:PrincipalIsAWSService", { YES, YES, YES, YES, YES } },
	{ "aws:PrincipalServiceName", { SERVICE, SERVICE, SERVICE, SERVICE, SERVICE } },
	{ "aws:PrincipalServiceNamesList", { SERVICES, SERVICES, SERVICES, SERVICES, SERVICES } },
	{ "aws:SecureTransport", { YES, YES, YES, YES, YES } },
	{ "aws:ResourceAccount", { KEY_ACCOUNT, KEY_ACCOUNT, KEY_ACCOUNT, UNKNOWN, UNKNOWN } },
	{ "aws:RequestedRegion", { KEY_REGION, KEY_REGION, KEY_REGION, UNKNOWN, UNKNOWN } },
	{ "aws:CurrentTime", { PRESENT, PRESENT, PRESENT, PRESENT, PRESENT } },
	{ "aws:EpochTime", { PRESENT, PRESENT, PRESENT, PRESENT, PRESENT } },
	{ "aws:PrincipalOrgID", { ABSENT, ABSENT, ABSENT, ABSENT, ABSENT } },
	{ "aws:PrincipalOrgPaths", { ABSENT, ABSENT, ABSENT, ABSENT, ABSENT } },
	{ "aws:PrincipalTag/*", { ABSENT, ABSENT, ABSENT, ABSENT, ABSENT } },
	{ "aws:RequestTag/*", { ABSENT, ABSENT, ABSENT, ABSENT, ABSENT } },
	{ "aws:TagKeys", { ABSENT, ABSENT, ABSENT, ABSENT, ABSENT } },
	{ "kms:GrantIsForAWSResource", { ABSENT, ABSENT, ABSENT, ABSENT, ABSENT } },
	{ "kms:GrantOperations", { ABSENT, ABSENT, ABSENT, ABSENT, ABSENT } },
	{ "kms:GrantConstraintType", { ABSENT, ABSENT, ABSENT, ABSENT, ABSENT } },
	{ "kms:GranteePrincipal", { ABSENT, ABSENT, ABSENT, ABSENT, ABSENT } },
	{ "kms:RetiringPrincipal", { ABSENT, ABSENT, ABSENT, ABSENT, ABSENT } },
	{ "kms:BypassPolicyLockoutSafetyCheck", { ABSENT, ABSENT, ABSENT, ABSENT, ABSENT } },
	{ "kms:ReEncryptOnSameKey", { ABSENT, ABSENT, ABSENT, ABSENT, ABSENT } },
	{ "kms:ExpirationModel", { ABSENT, ABSENT, ABSENT, ABSENT, ABSENT } },
	{ "kms:ValidTo", { ABSENT, ABSENT, ABSENT, ABSENT, ABSENT } },
	{ "kms:WrappingAlgorithm", { ABSENT, ABSENT, ABSENT, ABSENT, ABSENT } },
	{ "kms:WrappingKeySpec", { ABSENT, ABSENT, ABSENT, ABSENT, ABSENT } },
	{ "kms:ScheduleKeyDeletionPendingWindowInDays",
	  { ABSENT, ABSENT, ABSENT, ABSENT, ABSENT } },
	{ "kms:SigningAlgorithm", { ABSENT, ABSENT, ABSENT, ABSENT, ABSENT } },
	{ "kms:MessageType", { ABSENT, ABSENT, ABSENT, ABSENT, ABSENT } },
	{ "kms:MacAlgorithm", { ABSENT, ABSENT, ABSENT, ABSENT, ABSENT } },
	{ "kms:DataKeyPairSpec", { ABSENT, ABSENT, ABSENT, ABSENT, ABSENT } },
	{ "kms:PrimaryRegion", { ABSENT, ABSENT, ABSENT, ABSENT, ABSENT } },
	{ "kms:ReplicaRegion", { ABSENT, ABSENT, ABSENT, ABSENT, ABSENT } },
	{ "kms:RecipientAttestation:*", { ABSENT, ABSENT, ABSENT, ABSENT, ABSENT } },
};

#define FACT_ROWS	(sizeof(fact_rows) / sizeof(fact_rows[0]))

_Static_assert(FACT_ROWS < POLICY_REQUEST_FACTS, "room for facts that a caller knows");

static const struct use_row {
	const char	*name;
	const char	*action;
	bool		 is_needed;	/* CloudTrail cannot do without */
} use_rows[POLICY_USES] = {
	[POLICY_GENERATE_DATA_KEY] = { "GenerateDataKey", "kms:GenerateDataKey", true },
	[POLICY_DESCRIBE_KEY] = { "DescribeKey", "kms:DescribeKey", true },
	[POLICY_DECRYPT] = { "Decrypt", "kms:Decrypt", false },
	[POLICY_PUT_OBJECT] = { "PutObject", "s3:PutObject", true },
	[POLICY_GET_BUCKET_ACL] = { "GetBucketAcl", "s3:GetBucketAcl", true },
};

const char *
policy_use_name(enum policy_use use)
{
	assert((unsigned)use < POLICY_USES);
	return use_rows[use].name;
}

static const char *
request_part(struct arena *arena, struct name_part part)
{
	return arena_strndup(arena, part.text, part.len);
}

/* The facts of one request, but for their names. */
static void
request_origins(struct arena *arena, const char *trail_arn, const struct arn *trail,
    const struct arn *resource, struct policy_fact facts[ORIGINS])
{
	static const struct policy_fact fixed[ORIGINS] = {
		[ABSENT] = { .presence = POLICY_ABSENT },
		[PRESENT] = { .presence = POLICY_PRESENT },
		[YES] = { .presence = POLICY_KNOWN, .values = { "true" }, .count = 1 },
		[SERVICE] = { .presence = POLICY_KNOWN, .values = { CLOUDTRAIL }, .count = 1 },
		[SERVICES] = { .presence = POLICY_KNOWN, .is_set = true, .is_partial = true,
			.values = { CLOUDTRAIL }, .count = 1 },
		[CONTEXT] = { .presence = POLICY_KNOWN, .is_set = true,
			.values = { "aws:cloudtrail:arn", "aws:s3:arn" }, .count = 2 },
		[ALGORITHM] = { .presence = POLICY_KNOWN, .values = { "SYMMETRIC_DEFAULT" },
			.count = 1 },
		[ACL] = { .presence = POLICY_KNOWN, .values = { "bucket-owner-full-control" },
			.count = 1 },
	};
	static const enum origin own[] = { TRAIL, ACCOUNT, KEY_ACCOUNT, KEY_REGION };
	const char *values[] = { trail_arn, request_part(arena, trail->account),
		request_part(arena, resource->account), request_part(arena, resource->region) };

	memcpy(facts, fixed, sizeof(fixed));
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		facts[own[i]] = (struct policy_fact){ .presence = POLICY_KNOWN,
			.values = { values[i] }, .count = 1 };
}

int
policy_request_init(struct arena *arena, enum policy_use use, const char *resource,
    const char *trail_arn, struct policy_request *ret_request, struct err *err)
{
	bool is_key = use < POLICY_KEY_USES;
	struct policy_fact facts[ORIGINS];
	struct arn trail, target;

	if (is_key ? !arn_parse_key(resource, &target) : !arn_parse(resource, &target))
		return err_set(err, ERR_USAGE, "\"%s\" is not the ARN of a %s", resource,
		    is_key ? "key" : "bucket");
	if (!arn_parse_trail(trail_arn, &trail))
		return err_set(err, ERR_USAGE, "\"%s\" is not the ARN of a trail", trail_arn);
	*ret_request = (struct policy_request){
		.action = use_rows[use].action,
		.service = CLOUDTRAIL,
		.resource = resource,
		.resource_is_prefix = use == POLICY_PUT_OBJECT,
	};
	request_origins(arena, trail_arn, &trail, &target, facts);
	for (size_t i = 0; i < FACT_ROWS; i++) {
		struct policy_fact fact = facts[fact_rows[i].origin[use]];

		fact.name = fact_rows[i].key;
		ret_request->facts[ret_request->fact_count++] = fact;
	}
	return 0;
}

/* ---- judging ---- */

static void
judge_nothing(struct arena *arena, const enum policy_use *uses, size_t count, const struct err *why,
    struct policy_judgement *ret)
{
	*ret = (struct policy_judgement){ .verdict = POLICY_INDETERMINATE };
	ret->why = arena_printf(arena, "not a policy: %s", why->text);
	for (size_t i = 0; i < count; i++) {
		ret->of[uses[i]] = POLICY_INDETERMINATE;
		ret->why_of[uses[i]] = ret->why;
	}
}

/*
 * The verdict is that of the worst use, and the reason that of the first use with this verdict.
 * What the others have to say as well is named, but their own reasons stand in why_of.
 */
static void
judge_sum_up(struct arena *arena, const enum policy_use *uses, size_t count,
    const unsigned *statements, struct policy_judgement *j)
{
	j->verdict = POLICY_ALLOWED;
	for (size_t i = 0; i < count; i++)
		if (use_rows[uses[i]].is_needed)
			j->verdict = policy_verdict_worse(j->verdict, j->of[uses[i]]);
	for (size_t i = 0; i < count; i++) {
		if (!use_rows[uses[i]].is_needed || j->of[uses[i]] != j->verdict)
			continue;
		if (j->why == NULL) {
			j->why = j->why_of[uses[i]];
			j->statement = statements[i];
		} else if (j->verdict == POLICY_ALLOWED) {
			j->why = arena_printf(arena, "%s; %s", j->why, j->why_of[uses[i]]);
		} else {
			j->why = arena_printf(arena, "%s; %s is %s too", j->why,
			    use_rows[uses[i]].action, policy_verdict_name(j->verdict));
		}
	}
}

static int
judge(struct arena *arena, const char *text, size_t len, const enum policy_use *uses, size_t count,
    const char *const *resources, const char *trail_arn, struct policy_judgement *ret,
    struct err *err)
{
	struct policy_judgement j = { .is_policy = true };
	struct policy_request requests[POLICY_USES];
	unsigned statements[POLICY_USES];
	const struct policy *policy;
	struct err not_a_policy;

	for (size_t i = 0; i < count; i++)
		if (policy_request_init(arena, uses[i], resources[i], trail_arn, &requests[i],
		    err) < 0)
			return -1;
	if (policy_parse(arena, text, len, &policy, &not_a_policy) < 0) {
		judge_nothing(arena, uses, count, &not_a_policy, ret);
		return 0;
	}
	for (size_t i = 0; i < count; i++) {
		struct policy_decision decision;

		policy_evaluate(policy, &requests[i], &decision);
		j.of[uses[i]] = decision.verdict;
		j.why_of[uses[i]] = policy_explain(arena, policy, &requests[i], &decision);
		statements[i] = decision.statement;
	}
	judge_sum_up(arena, uses, count, statements, &j);
	*ret = j;
	return 0;
}

int
policy_judge_key(struct arena *arena, const char *text, size_t len, const char *key_arn,
    const char *trail_arn, struct policy_judgement *ret_judgement, struct err *err)
{
	static const enum policy_use uses[] = {
		POLICY_GENERATE_DATA_KEY, POLICY_DESCRIBE_KEY, POLICY_DECRYPT,
	};
	const char *resources[] = { key_arn, key_arn, key_arn };

	return judge(arena, text, len, uses, POLICY_KEY_USES, resources, trail_arn, ret_judgement,
	    err);
}

int
policy_judge_bucket(struct arena *arena, const char *text, size_t len, const char *bucket,
    const char *folder, const char *trail_arn, struct policy_judgement *ret_judgement,
    struct err *err)
{
	static const enum policy_use uses[] = { POLICY_PUT_OBJECT, POLICY_GET_BUCKET_ACL };
	const char *resources[2];
	struct arn trail;

	if (!name_is_bucket(bucket))
		return err_set(err, ERR_USAGE, "\"%s\" is not the name of a bucket", bucket);
	if (!arn_parse_trail(trail_arn, &trail))
		return err_set(err, ERR_USAGE, "\"%s\" is not the ARN of a trail", trail_arn);
	resources[1] = arena_printf(arena, "arn:%.*s:s3:::%s", (int)trail.partition.len,
	    trail.partition.text, bucket);
	resources[0] = arena_printf(arena, "%s/%s", resources[1], folder);
	return judge(arena, text, len, uses, 2, resources, trail_arn, ret_judgement, err);
}

/* ---- changes ---- */

const char *
policy_describe_change(struct arena *arena, const struct policy_judgement *before,
    const struct policy_judgement *after)
{
	const char *text = NULL;

	for (size_t i = 0; i < POLICY_USES; i++) {
		enum policy_verdict was = before->of[i], is = after->of[i];
		const char *change;

		if (was == is || was == 0 || is == 0)
			continue;
		change = arena_printf(arena, "CloudTrail %s %s (%s, was %s): %s",
		    is == POLICY_ALLOWED ? "gained" : was == POLICY_ALLOWED ? "lost" :
		    "still lacks", use_rows[i].action, policy_verdict_name(is),
		    policy_verdict_name(was), after->why_of[i]);
		text = text == NULL ? change : arena_printf(arena, "%s; %s", text, change);
	}
	return text;
}
