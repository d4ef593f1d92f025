/* SPDX-License-Identifier: Apache-2.0 */
/* KMS: how keys are named, the operations that read, and the table of all. */
#include "awssim/kms.h"

#include <stdio.h>
#include <string.h>

#include "awssim/answer.h"
#include "awssim/identity.h"
#include "awssim/key.h"
#include "base/stamp.h"
#include "base/text.h"

#define KMS_PAGE_DEFAULT	50
#define KMS_PAGE_MOST		100
#define KMS_DAY_MS		(24LL * 3600 * 1000)

static const struct {
	const char	*spec;		/* begins with this */
	const char	*member;
	const char	*algorithms;	/* by blanks */
} kms_algorithms[] = {
	{ "SYMMETRIC_DEFAULT", "EncryptionAlgorithms", "SYMMETRIC_DEFAULT" },
	{ "RSA_", "EncryptionAlgorithms", "RSAES_OAEP_SHA_1 RSAES_OAEP_SHA_256" },
	{ "RSA_", "SigningAlgorithms", "RSASSA_PSS_SHA_256 RSASSA_PKCS1_V1_5_SHA_256" },
	{ "ECC_NIST_P256", "SigningAlgorithms", "ECDSA_SHA_256" },
	{ "ECC_NIST_P384", "SigningAlgorithms", "ECDSA_SHA_384" },
	{ "HMAC_256", "MacAlgorithms", "HMAC_SHA_256" },
};

struct key *
kms_find(struct call *c, const char *name, const struct region *region)
{
	const char *arn = name;
	struct alias *alias;

	if (!text_has_prefix(name, "arn:"))
		arn = arena_printf(c->arena, "arn:aws:kms:%s:%s:%s%s", region->name, c->account->id,
		    text_has_prefix(name, "alias/") ? "" : "key/", name);
	if (strstr(arn, ":alias/") == NULL)
		return key_find(c->world, arn, c->now_ms);
	alias = alias_find(c->world, arn);
	return alias ? key_find(c->world, alias->key->arn, c->now_ms) : NULL;
}

static void
kms_answer_missing(struct call *c, const char *name)
{
	bool is_alias = text_has_prefix(name, "alias/") || strstr(name, ":alias/") != NULL;
	const char *arn = name;

	if (!text_has_prefix(name, "arn:"))
		arn = arena_printf(c->arena, "arn:aws:kms:%s:%s:%s%s", c->region->name,
		    c->account->id, is_alias ? "" : "key/", name);
	if (is_alias)
		answer_error(c, 400, "NotFoundException", "Alias %s is not found.", arn);
	else
		answer_error(c, 400, "NotFoundException", "Key '%s' does not exist", arn);
}

/* ARNs must be of this service and region. */
static bool
kms_check_arn(struct call *c, const char *name)
{
	struct arn arn;

	if (!text_has_prefix(name, "arn:"))
		return true;
	if (!arn_parse(name, &arn) || !name_part_is(arn.service, "kms")) {
		answer_error(c, 400, "InvalidArnException", "Invalid arn %s", name);
		return false;
	}
	if (!name_part_is(arn.region, c->region->name)) {
		answer_error(c, 400, "NotFoundException", "Invalid arn %.*s", (int)arn.region.len,
		    arn.region.text);
		return false;
	}
	return true;
}

static bool
kms_admits(struct call *c, const struct key *key, enum kms_reach reach)
{
	bool is_admitted = key->account == c->account;

	for (size_t i = 0; reach == KMS_CROSS_ACCOUNT && i < key->admits.count; i++)
		is_admitted = is_admitted || strcmp(key->admits.name[i], c->account->id) == 0;
	if (!is_admitted)
		answer_refuse(c, REFUSAL_DENIED,
		    identity_denial(c,
			arena_printf(c->arena,
			    "because no resource-based policy allows the %s action",
			    c->operation->action)));
	return is_admitted;
}

struct key *
kms_key(struct call *c, enum kms_reach reach, bool takes_alias)
{
	const char *name;
	struct key *key;

	if (!call_required(c, "KeyId", &name) || !kms_check_arn(c, name))
		return NULL;
	if (!takes_alias && (text_has_prefix(name, "alias/") || strstr(name, ":alias/") != NULL)) {
		answer_error(c, 400, "ValidationException", "Invalid keyId '%s'", name);
		return NULL;
	}
	key = kms_find(c, name, c->region);
	if (key == NULL) {
		kms_answer_missing(c, name);
		return NULL;
	}
	call_about(c, "AWS::KMS::Key", key->arn);
	return kms_admits(c, key, reach) ? key : NULL;
}

static void
kms_write_words(struct call *c, const char *member, const char *words)
{
	char *list = arena_strdup(c->arena, words), *word;

	json_write_key(answer_json(c), member);
	json_write_array(answer_json(c));
	while ((word = strsep(&list, " ")) != NULL)
		json_write_string(answer_json(c), word);
	json_write_end_array(answer_json(c));
}

static void
kms_write_algorithms(struct call *c, const struct key *key)
{
	bool encrypts = strcmp(key->usage, "ENCRYPT_DECRYPT") == 0;

	for (size_t i = 0; i < sizeof(kms_algorithms) / sizeof(kms_algorithms[0]); i++)
		if (text_has_prefix(key->spec, kms_algorithms[i].spec) &&
		    encrypts == (strcmp(kms_algorithms[i].member, "EncryptionAlgorithms") == 0))
			kms_write_words(c, kms_algorithms[i].member, kms_algorithms[i].algorithms);
}

static void
kms_write_relative(struct call *c, const struct key *key, const char *region)
{
	json_write_object(answer_json(c));
	answer_member(c, "Arn", arena_printf(c->arena, "arn:aws:kms:%s:%s:key/%s", region,
	    key->account->id, key->id));
	answer_member(c, "Region", region);
	json_write_end_object(answer_json(c));
}

static void
kms_write_multi_region(struct call *c, const struct key *key)
{
	struct json_writer *w = answer_json(c);
	const char *primary = key->primary_region ? key->primary_region : key->region->name;

	json_write_key(w, "MultiRegionConfiguration");
	json_write_object(w);
	answer_member(c, "MultiRegionKeyType", key->multi_region);
	json_write_key(w, "PrimaryKey");
	kms_write_relative(c, key, primary);
	json_write_key(w, "ReplicaKeys");
	json_write_array(w);
	for (size_t i = 0; i < key->replicas.count; i++)
		kms_write_relative(c, key, key->replicas.name[i]);
	if (strcmp(key->multi_region, "REPLICA") == 0 && key->replicas.count == 0)
		kms_write_relative(c, key, key->region->name);
	json_write_end_array(w);
	json_write_end_object(w);
}

void
kms_write_metadata(struct call *c, const struct key *key)
{
	struct json_writer *w = answer_json(c);

	json_write_object(w);
	answer_member(c, "AWSAccountId", key->account->id);
	answer_member(c, "KeyId", key->id);
	answer_member(c, "Arn", key->arn);
	answer_member_time(c, "CreationDate", key->created_ms);
	json_write_member_bool(w, "Enabled", strcmp(key->state, "Enabled") == 0);
	json_write_member(w, "Description", key->description ? key->description : "");
	answer_member(c, "KeyUsage", key->usage);
	answer_member(c, "KeyState", key->state);
	answer_member_time(c, "DeletionDate", key->deletion_ms);
	answer_member_time(c, "ValidTo", key->valid_to_ms);
	answer_member(c, "Origin", key->origin);
	answer_member(c, "CustomKeyStoreId", key->custom_store);
	if (key->valid_to_ms != STAMP_UNKNOWN || strcmp(key->origin, "EXTERNAL") == 0)
		answer_member(c, "ExpirationModel", key->valid_to_ms != STAMP_UNKNOWN
		    ? "KEY_MATERIAL_EXPIRES" : "KEY_MATERIAL_DOES_NOT_EXPIRE");
	answer_member(c, "KeyManager", key->manager);
	answer_member(c, "CustomerMasterKeySpec", key->spec);
	answer_member(c, "KeySpec", key->spec);
	kms_write_algorithms(c, key);
	json_write_member_bool(w, "MultiRegion", key->multi_region != NULL);
	if (key->multi_region != NULL)
		kms_write_multi_region(c, key);
	if (strcmp(key->state, "PendingReplicaDeletion") == 0)
		json_write_member_i64(w, "PendingDeletionWindowInDays", key->deletion_window_days);
	json_write_end_object(w);
}

static void
kms_describe_key(struct call *c)
{
	const struct key *key = kms_key(c, KMS_CROSS_ACCOUNT, true);

	if (key == NULL)
		return;
	json_write_key(answer_json(c), "KeyMetadata");
	kms_write_metadata(c, key);
}

static void
kms_get_key_policy(struct call *c)
{
	const struct key *key = kms_key(c, KMS_OWN, false);
	const char *name = "default";
	struct buf policy;

	if (key == NULL || !call_string(c, "PolicyName", &name))
		return;
	if (strcmp(name, "default") != 0) {
		answer_error(c, 400, "NotFoundException", "No such policy exists");
		return;
	}
	buf_init(&policy, 256 * 1024);
	key_add_policy(key, &policy);
	answer_member(c, "Policy", buf_text(&policy));
	answer_member(c, "PolicyName", "default");
	buf_done(&policy);
}

static void
kms_get_rotation(struct call *c)
{
	const struct key *key = kms_key(c, KMS_CROSS_ACCOUNT, false);

	if (key == NULL)
		return;
	if (strcmp(key->spec, "SYMMETRIC_DEFAULT") != 0 || strcmp(key->origin, "AWS_KMS") != 0) {
		answer_error(c, 400, "UnsupportedOperationException",
		    "You tried to call an operation on a "
		    "key whose type or origin does not support it: %s",
		    key->arn);
		return;
	}
	answer_member(c, "KeyId", key->arn);
	json_write_member_bool(answer_json(c), "KeyRotationEnabled", key->rotates);
	if (!key->rotates)
		return;
	json_write_member_i64(answer_json(c), "RotationPeriodInDays", key->rotation_days);
	answer_member_time(c, "NextRotationDate", c->now_ms - (c->now_ms - key->created_ms) %
	    (key->rotation_days * KMS_DAY_MS) + key->rotation_days * KMS_DAY_MS);
}

/* Reads Limit and Marker. */
static bool
kms_take_page(struct call *c, uint64_t purpose, int64_t *ret_limit, uint64_t *ret_at)
{
	*ret_limit = KMS_PAGE_DEFAULT;
	*ret_at = 0;
	return call_number(c, "Limit", 1, KMS_PAGE_MOST, ret_limit) &&
	    call_take_token(c, "Marker", "InvalidMarkerException", purpose, ret_at);
}

/* Truncated, and the marker of the page that begins at `next` when there is one. */
static void
kms_write_page_end(struct call *c, uint64_t purpose, uint64_t next, bool is_truncated)
{
	if (is_truncated || c->world->style == STYLE_EMULATOR)
		answer_member(
		    c, "NextMarker", is_truncated ? call_make_token(c, purpose, next) : NULL);
	json_write_member_bool(answer_json(c), "Truncated", is_truncated);
}

static void
kms_write_grant(struct call *c, const struct key *key, const struct grant *grant)
{
	json_write_object(answer_json(c));
	answer_member(c, "KeyId", key->arn);
	answer_member(c, "GrantId", grant->id);
	answer_member(c, "Name", grant->name);
	answer_member_time(c, "CreationDate", grant->created_ms);
	answer_member(c, "GranteePrincipal", grant->grantee);
	answer_member(c, "IssuingAccount", arena_printf(c->arena, "arn:aws:iam::%s:root",
	    key->account->id));
	kms_write_words(c, "Operations", grant->operations);
	json_write_end_object(answer_json(c));
}

static void
kms_list_grants(struct call *c)
{
	const struct key *key = kms_key(c, KMS_CROSS_ACCOUNT, false);
	uint64_t at, n = 0;
	int64_t limit;

	if (key == NULL || !kms_take_page(c, 'g', &limit, &at))
		return;
	json_write_key(answer_json(c), "Grants");
	json_write_array(answer_json(c));
	for (const struct grant *grant = key->grants; grant != NULL; grant = grant->next, n++)
		if (n >= at && n < at + (uint64_t)limit)
			kms_write_grant(c, key, grant);
	json_write_end_array(answer_json(c));
	kms_write_page_end(c, 'g', at + (uint64_t)limit, n > at + (uint64_t)limit);
}

static void
kms_write_alias(struct call *c, const struct alias *alias)
{
	json_write_object(answer_json(c));
	answer_member(c, "AliasName", alias->name);
	answer_member(c, "AliasArn", alias->arn);
	answer_member(c, "TargetKeyId", alias->key->id);
	answer_member_time(c, "CreationDate", alias->created_ms);
	answer_member_time(c, "LastUpdatedDate", alias->updated_ms);
	json_write_end_object(answer_json(c));
}

static void
kms_list_aliases(struct call *c)
{
	const struct key *key = NULL;
	const struct alias *alias;
	uint64_t at, n = 0;
	int64_t limit;

	if (json_member(c->params, "KeyId") != NULL && (key = kms_key(c, KMS_OWN, false)) == NULL)
		return;
	if (!kms_take_page(c, 'a', &limit, &at))
		return;
	json_write_key(answer_json(c), "Aliases");
	json_write_array(answer_json(c));
	TAILQ_FOREACH(alias, &c->account->aliases, in_account) {
		if (alias->key->region != c->region || (key != NULL && alias->key != key))
			continue;
		if (n >= at && n < at + (uint64_t)limit)
			kms_write_alias(c, alias);
		n++;
	}
	json_write_end_array(answer_json(c));
	kms_write_page_end(c, 'a', at + (uint64_t)limit, n > at + (uint64_t)limit);
}

static void
kms_list_keys(struct call *c)
{
	const struct key *key;
	uint64_t at, n = 0;
	int64_t limit;

	if (!kms_take_page(c, 'k', &limit, &at))
		return;
	json_write_key(answer_json(c), "Keys");
	json_write_array(answer_json(c));
	TAILQ_FOREACH(key, &c->account->keys, in_account) {
		if (key->region != c->region || key->is_deleted)
			continue;
		if (n >= at && n < at + (uint64_t)limit) {
			json_write_object(answer_json(c));
			answer_member(c, "KeyId", key->id);
			answer_member(c, "KeyArn", key->arn);
			json_write_end_object(answer_json(c));
		}
		n++;
	}
	json_write_end_array(answer_json(c));
	kms_write_page_end(c, 'k', at + (uint64_t)limit, n > at + (uint64_t)limit);
}

static void
kms_write_store(struct call *c, const struct key_store *store)
{
	json_write_object(answer_json(c));
	answer_member(c, "CustomKeyStoreId", store->id);
	answer_member(c, "CustomKeyStoreName", store->name);
	answer_member(c, "CustomKeyStoreType", store->type);
	answer_member(c, "CloudHsmClusterId", store->cluster);
	answer_member(c, "ConnectionState", store->state);
	if (strcmp(store->state, "FAILED") == 0)
		answer_member(
		    c, "ConnectionErrorCode", store->error ? store->error : "INTERNAL_ERROR");
	answer_member_time(c, "CreationDate", store->created_ms);
	json_write_end_object(answer_json(c));
}

static void
kms_describe_stores(struct call *c)
{
	const char *id = NULL, *name = NULL;
	unsigned found = 0;

	if (!call_string(c, "CustomKeyStoreId", &id) ||
	    !call_string(c, "CustomKeyStoreName", &name))
		return;
	json_write_key(answer_json(c), "CustomKeyStores");
	json_write_array(answer_json(c));
	for (const struct key_store *store = c->account->stores; store != NULL;
	     store = store->next) {
		if (store->region != c->region || (id != NULL && strcmp(id, store->id) != 0) ||
		    (name != NULL && strcmp(name, store->name) != 0))
			continue;
		kms_write_store(c, store);
		found++;
	}
	json_write_end_array(answer_json(c));
	json_write_member_bool(answer_json(c), "Truncated", false);
	if (found == 0 && (id != NULL || name != NULL))
		answer_error(c, 400, "CustomKeyStoreNotFoundException",
		    "The custom key store %s does not exist.", id ? id : name);
}

/* clang-format off */
const struct operation kms_operations[] = {
	OPERATION_READS("kms", DescribeKey, kms_describe_key, "KeyId"),
	OPERATION_READS("kms", GetKeyPolicy, kms_get_key_policy, "KeyId"),
	OPERATION_READS("kms", GetKeyRotationStatus, kms_get_rotation, "KeyId"),
	OPERATION_READS("kms", ListGrants, kms_list_grants, "KeyId"),
	OPERATION_READS("kms", ListAliases, kms_list_aliases, NULL),
	{ "ListKeys", kms_list_keys, .is_read = true, .action = "kms:ListKeys", .is_extra = true },
	OPERATION_READS("kms", DescribeCustomKeyStores, kms_describe_stores, NULL),
	OPERATION_CHANGES("kms", CreateKey, kms_create_key, NULL),
	OPERATION_CHANGES("kms", DisableKey, kms_disable_key, "KeyId"),
	OPERATION_CHANGES("kms", EnableKey, kms_enable_key, "KeyId"),
	OPERATION_CHANGES("kms", ScheduleKeyDeletion, kms_schedule_deletion, "KeyId"),
	OPERATION_CHANGES("kms", CancelKeyDeletion, kms_cancel_deletion, "KeyId"),
	OPERATION_CHANGES("kms", PutKeyPolicy, kms_put_policy, "KeyId"),
	OPERATION_CHANGES("kms", EnableKeyRotation, kms_enable_rotation, "KeyId"),
	OPERATION_CHANGES("kms", DisableKeyRotation, kms_disable_rotation, "KeyId"),
	OPERATION_CHANGES("kms", CreateAlias, kms_create_alias, "TargetKeyId"),
	OPERATION_CHANGES("kms", UpdateAlias, kms_update_alias, "TargetKeyId"),
	OPERATION_CHANGES("kms", DeleteAlias, kms_delete_alias, "AliasName"),
	{ .name = NULL },
};
/* clang-format on */
