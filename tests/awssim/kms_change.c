/* SPDX-License-Identifier: Apache-2.0 */
/* KMS: the operations that change keys and aliases. */
#include <string.h>

#include "awssim/answer.h"
#include "awssim/key.h"
#include "awssim/kms.h"
#include "base/mem.h"
#include "base/stamp.h"
#include "base/text.h"

#define KMS_DAY_MS		(24LL * 3600 * 1000)
#define KMS_MAX_POLICY_BYTES	131072

static const char *const kms_specs[] = { "SYMMETRIC_DEFAULT", "RSA_2048", "RSA_3072", "RSA_4096",
	"ECC_NIST_P256", "ECC_NIST_P384", "HMAC_256", NULL };
static const char *const kms_usages[] = { "ENCRYPT_DECRYPT", "SIGN_VERIFY", "GENERATE_VERIFY_MAC",
	NULL };
static const char *const kms_origins[] = { "AWS_KMS", "EXTERNAL", "AWS_CLOUDHSM",
	"EXTERNAL_KEY_STORE", NULL };

static void
kms_answer_state(struct call *c, const struct key *key)
{
	answer_error(
	    c, 400, "KMSInvalidStateException", "%s is %s.", key->arn, key_state_phrase(key));
}

bool
kms_key_is_changeable(struct call *c, const struct key *key)
{
	if (strcmp(key->state, "PendingDeletion") != 0 &&
	    strcmp(key->state, "PendingReplicaDeletion") != 0 &&
	    strcmp(key->state, "Creating") != 0 && strcmp(key->state, "Updating") != 0)
		return true;
	kms_answer_state(c, key);
	return false;
}

/* One of the words, as the table's literal. */
static bool
kms_take_word(struct call *c, const char *name, const char *const *words, const char **ret)
{
	const char *given = NULL;

	if (!call_string(c, name, &given))
		return false;
	if (given == NULL)
		return true;
	for (; *words != NULL; words++)
		if (strcmp(*words, given) == 0) {
			*ret = *words;
			return true;
		}
	answer_error(c, 400, "ValidationException",
	    "1 validation error detected: Value '%s' at '%s' failed "
	    "to satisfy constraint: Member must satisfy enum value set",
	    given, name);
	return false;
}

/* A policy must be a JSON object with statements, and not too long. */
static bool
kms_take_policy(struct call *c, const char **ret)
{
	const struct json *policy;
	struct err e;

	if (!call_string(c, "Policy", ret) || *ret == NULL)
		return !answer_is_error(c);
	if (strlen(*ret) > KMS_MAX_POLICY_BYTES) {
		answer_error(c, 400, "LimitExceededException", "The policy is too long.");
		return false;
	}
	if (json_parse(c->arena, *ret, strlen(*ret), &policy, &e) == 0 &&
	    policy->type == JSON_OBJECT && json_member(policy, "Statement") != NULL)
		return true;
	answer_error(c, 400, "MalformedPolicyDocumentException",
	    "The new key policy is not a valid policy document.");
	return false;
}

void
kms_create_key(struct call *c)
{
	const char *spec = "SYMMETRIC_DEFAULT", *usage = "ENCRYPT_DECRYPT", *origin = "AWS_KMS";
	const char *description = NULL, *policy = NULL;
	bool is_multi_region = false;
	struct key *key;

	if (!call_string(c, "Description", &description) || !kms_take_policy(c, &policy) ||
	    !kms_take_word(c, "KeySpec", kms_specs, &spec) ||
	    !kms_take_word(c, "KeyUsage", kms_usages, &usage) ||
	    !kms_take_word(c, "Origin", kms_origins, &origin) ||
	    !call_bool(c, "MultiRegion", &is_multi_region))
		return;
	key = key_add(c->world, c->account, c->region,
	    is_multi_region ? arena_printf(c->arena, "mrk-%.32s", c->answer.request_id) : NULL,
	    NULL);
	text_replace(&key->description, description);
	text_replace(&key->policy, policy);
	key->spec = spec;
	key->usage = usage;
	key->origin = origin;
	key->multi_region = is_multi_region ? "PRIMARY" : NULL;
	key->rotates = false;
	key->created_ms = c->now_ms;
	if (strcmp(origin, "EXTERNAL") == 0)
		key_set_state(key, "PendingImport", c->now_ms);
	if (policy == NULL)
		key->policy = mem_strdup(arena_printf(c->arena,
		    "{\n  \"Version\" : \"2012-10-17\",\n"
		    "  \"Id\" : \"key-default-1\",\n  \"Statement\" : [ {\n"
		    "    \"Sid\" : \"Enable IAM User Permissions\",\n    \"Effect\" : \"Allow\",\n"
		    "    \"Principal\" : {\n      \"AWS\" : \"arn:aws:iam::%s:root\"\n    },\n"
		    "    \"Action\" : \"kms:*\",\n    \"Resource\" : \"*\"\n  } ]\n}",
		    c->account->id));
	call_about(c, "AWS::KMS::Key", key->arn);
	json_write_key(answer_json(c), "KeyMetadata");
	kms_write_metadata(c, key);
}

/* Disabling or enabling; only the two ordinary states know it. */
static void
kms_switch(struct call *c, const char *state)
{
	struct key *key = kms_key(c, KMS_OWN, false);

	if (key == NULL || !kms_key_is_changeable(c, key))
		return;
	if (strcmp(key->state, "Enabled") == 0 || strcmp(key->state, "Disabled") == 0)
		key_set_state(key, state, c->now_ms);
	else
		kms_answer_state(c, key);
}

void
kms_disable_key(struct call *c)
{
	kms_switch(c, "Disabled");
}

void
kms_enable_key(struct call *c)
{
	kms_switch(c, "Enabled");
}

void
kms_schedule_deletion(struct call *c)
{
	struct key *key = kms_key(c, KMS_OWN, false);
	int64_t days = 30;
	bool waits;

	if (key == NULL || !kms_key_is_changeable(c, key) ||
	    !call_number(c, "PendingWindowInDays", 7, 30, &days))
		return;
	waits = text_same(key->multi_region, "PRIMARY") && key->replicas.count > 0;
	key_set_state(key, waits ? "PendingReplicaDeletion" : "PendingDeletion", c->now_ms);
	key->deletion_window_days = days;
	key->deletion_ms = waits ? STAMP_UNKNOWN : c->now_ms + days * KMS_DAY_MS;
	answer_member(c, "KeyId", key->arn);
	answer_member_time(c, "DeletionDate", key->deletion_ms);
	answer_member(c, "KeyState", key->state);
	json_write_member_i64(answer_json(c), "PendingWindowInDays", days);
}

/* The key comes back disabled, not enabled. */
void
kms_cancel_deletion(struct call *c)
{
	struct key *key = kms_key(c, KMS_OWN, false);

	if (key == NULL)
		return;
	if (!text_has_prefix(key->state, "Pending") || strcmp(key->state, "PendingImport") == 0) {
		answer_error(
		    c, 400, "KMSInvalidStateException", "%s is not pending deletion.", key->arn);
		return;
	}
	key_set_state(key, "Disabled", c->now_ms);
	key->deletion_ms = STAMP_UNKNOWN;
	answer_member(c, "KeyId", key->arn);
}

void
kms_put_policy(struct call *c)
{
	struct key *key = kms_key(c, KMS_OWN, false);
	const char *policy = NULL;

	if (key == NULL || !kms_take_policy(c, &policy))
		return;
	if (policy == NULL) {
		call_required(c, "Policy", &policy);
	} else {
		text_replace(&key->policy, policy);
		policy_change(&key->policy_change, c->now_ms);
	}
}

static void
kms_set_rotation(struct call *c, bool rotates)
{
	struct key *key = kms_key(c, KMS_OWN, false);
	int64_t days = 365;

	if (key == NULL || !kms_key_is_changeable(c, key) ||
	    !call_number(c, "RotationPeriodInDays", 90, 2560, &days))
		return;
	if (strcmp(key->state, "Disabled") == 0) {
		answer_error(c, 400, "DisabledException", "%s is disabled.", key->arn);
	} else if (strcmp(key->spec, "SYMMETRIC_DEFAULT") != 0 ||
	    strcmp(key->origin, "AWS_KMS") != 0) {
		answer_error(
		    c, 400, "UnsupportedOperationException", "%s cannot be rotated.", key->arn);
	} else {
		key->rotates = rotates;
		key->rotation_days = days;
	}
}

void
kms_enable_rotation(struct call *c)
{
	kms_set_rotation(c, true);
}

void
kms_disable_rotation(struct call *c)
{
	kms_set_rotation(c, false);
}

static bool
kms_take_alias_name(struct call *c, const char **ret)
{
	if (!call_required(c, "AliasName", ret))
		return false;
	if (text_has_prefix(*ret, "alias/") && (*ret)[6] != '\0' && strlen(*ret) <= 256 &&
	    !text_has_prefix(*ret, "alias/aws/"))
		return true;
	answer_error(c, 400, text_has_prefix(*ret, "alias/aws/") ? "NotAuthorizedException"
	    : "ValidationException", "Alias must start with the prefix \"alias/\", and not with "
	    "\"alias/aws/\"; it is %s", *ret);
	return false;
}

/* The key of TargetKeyId: in the caller's account and region. */
static struct key *
kms_take_target(struct call *c)
{
	const char *name;
	struct key *key;

	if (!call_required(c, "TargetKeyId", &name))
		return NULL;
	key = kms_find(c, name, c->region);
	if (key == NULL || key->account != c->account || key->region != c->region) {
		answer_error(c, 400, "NotFoundException", "Key '%s' does not exist", name);
		return NULL;
	}
	return kms_key_is_changeable(c, key) ? key : NULL;
}

static struct alias *
kms_take_alias(struct call *c)
{
	struct alias *alias;
	const char *name, *arn;

	if (!kms_take_alias_name(c, &name))
		return NULL;
	arn = arena_printf(c->arena, "arn:aws:kms:%s:%s:%s", c->region->name, c->account->id, name);
	alias = alias_find(c->world, arn);
	if (alias == NULL)
		answer_error(c, 400, "NotFoundException", "Alias %s is not found.", arn);
	return alias;
}

void
kms_create_alias(struct call *c)
{
	struct alias *alias;
	struct key *key;
	const char *name;

	if (!kms_take_alias_name(c, &name) || (key = kms_take_target(c)) == NULL)
		return;
	alias = alias_add(c->world, key, name, c->now_ms);
	if (alias == NULL) {
		answer_error(c, 400, "AlreadyExistsException",
		    "An alias with the name arn:aws:kms:%s:%s:%s already exists", c->region->name,
		    c->account->id, name);
		return;
	}
	call_about(c, "AWS::KMS::Key", arena_strdup(c->arena, alias->arn));
	call_about(c, "AWS::KMS::Key", key->arn);
}

void
kms_update_alias(struct call *c)
{
	struct alias *alias = kms_take_alias(c);
	struct key *key = alias ? kms_take_target(c) : NULL;

	if (key == NULL)
		return;
	alias_point(alias, key, c->now_ms);
	call_about(c, "AWS::KMS::Key", arena_strdup(c->arena, alias->arn));
	call_about(c, "AWS::KMS::Key", key->arn);
}

void
kms_delete_alias(struct call *c)
{
	struct alias *alias = kms_take_alias(c);

	if (alias == NULL)
		return;
	call_about(c, "AWS::KMS::Key", arena_strdup(c->arena, alias->arn));
	call_about(c, "AWS::KMS::Key", alias->key->arn);
	alias_remove(c->world, alias);
}
