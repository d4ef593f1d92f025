/* SPDX-License-Identifier: Apache-2.0 */
/* KMS's DescribeKey, GetKeyPolicy, GetKeyRotationStatus, DescribeCustomKeyStores; see parse.h. */
#include "parse/parse.h"

#include <string.h>

#include "base/names.h"
#include "base/text.h"
#include "parse/members.h"

static int
kms_read_arn(struct arena *arena, const struct json *meta, const char *asked_arn,
    struct key *ret, struct err *err)
{
	struct arn arn;

	if (members_text_needed(arena, meta, "Arn", &ret->arn, err) < 0)
		return -1;
	if (!arn_parse_key(ret->arn, &arn))
		return err_set(err, ERR_MALFORMED, "Arn is no ARN of a key");
	if (strcmp(ret->arn, asked_arn) != 0)
		return err_set(err, ERR_MALFORMED, "the answer is about another key");
	ret->account = arena_strndup(arena, arn.account.text, arn.account.len);
	ret->region = arena_strndup(arena, arn.region.text, arn.region.len);
	return 0;
}

static int
kms_read_state(struct arena *arena, const struct json *meta, struct key *ret, struct err *err)
{
	if (members_text_needed(arena, meta, "KeyState", &ret->state_name, err) < 0 ||
	    members_time(meta, "DeletionDate", &ret->deletion_ms, err) < 0 ||
	    json_get_i64(meta, "PendingDeletionWindowInDays", &ret->pending_window_days, err) < 0)
		return -1;
	ret->state = key_state_parse(ret->state_name);
	return 0;
}

/* KeySpec took the place of CustomerMasterKeySpec, which older answers have instead. */
static int
kms_read_type(struct arena *arena, const struct json *meta, struct key *ret, struct err *err)
{
	const char *manager, *old_spec;

	if (members_text(arena, meta, "KeySpec", &ret->spec, err) < 0 ||
	    members_text(arena, meta, "CustomerMasterKeySpec", &old_spec, err) < 0 ||
	    members_text(arena, meta, "KeyUsage", &ret->usage, err) < 0 ||
	    members_text(arena, meta, "KeyManager", &manager, err) < 0 ||
	    members_tri(meta, "MultiRegion", &ret->multi_region, err) < 0)
		return -1;
	if (ret->spec == NULL)
		ret->spec = old_spec;
	ret->manager = text_same(manager, "AWS") ? KEY_MANAGER_AWS :
	    text_same(manager, "CUSTOMER") ? KEY_MANAGER_CUSTOMER : KEY_MANAGER_UNKNOWN;
	return 0;
}

static int
kms_read_material(struct arena *arena, const struct json *meta, struct key *ret, struct err *err)
{
	const char *expiration;

	if (members_text(arena, meta, "Origin", &ret->origin, err) < 0 ||
	    members_text(arena, meta, "ExpirationModel", &expiration, err) < 0 ||
	    members_time(meta, "ValidTo", &ret->valid_to_ms, err) < 0 ||
	    members_text(arena, meta, "CustomKeyStoreId", &ret->store_id, err) < 0)
		return -1;
	ret->material_expires = text_same(expiration, "KEY_MATERIAL_EXPIRES") ? TRI_YES :
	    text_same(expiration, "KEY_MATERIAL_DOES_NOT_EXPIRE") ? TRI_NO : TRI_UNKNOWN;
	return 0;
}

int
parse_describe_key(struct arena *arena, const struct json *json, const char *asked_arn,
    struct key *ret, struct err *err)
{
	struct key key = { .arn = NULL };
	const struct json *meta;

	if (members_object(json, "KeyMetadata", &meta, err) < 0 ||
	    kms_read_arn(arena, meta, asked_arn, &key, err) < 0 ||
	    kms_read_state(arena, meta, &key, err) < 0 ||
	    kms_read_type(arena, meta, &key, err) < 0 ||
	    kms_read_material(arena, meta, &key, err) < 0)
		return -1;
	*ret = key;
	return 0;
}

int
parse_key_policy(const struct json *json, const char **ret_text, size_t *ret_len,
    struct err *err)
{
	const struct json *policy = json_member(json, "Policy");

	if (policy == NULL || policy->type != JSON_STRING)
		return err_set(err, ERR_MALFORMED, "Policy is no text");
	if (policy->text_len > PARSE_POLICY_MAX)
		return err_set(
		    err, ERR_TOO_LARGE, "Policy is longer than %d bytes", PARSE_POLICY_MAX);
	*ret_text = policy->text;
	*ret_len = policy->text_len;
	return 0;
}

int
parse_key_rotation(const struct json *json, struct key_rotation *ret, struct err *err)
{
	struct key_rotation rotation = { .period_days = 0 };

	if (members_tri(json, "KeyRotationEnabled", &rotation.enabled, err) < 0 ||
	    json_get_i64(json, "RotationPeriodInDays", &rotation.period_days, err) < 0 ||
	    members_time(json, "NextRotationDate", &rotation.next_ms, err) < 0)
		return -1;
	if (rotation.enabled == TRI_UNKNOWN)
		return err_set(err, ERR_MALFORMED, "KeyRotationEnabled is missing");
	*ret = rotation;
	return 0;
}

static int
kms_read_store(struct arena *arena, const struct json *item, struct key_store *ret,
    struct err *err)
{
	if (members_text_needed(arena, item, "CustomKeyStoreId", &ret->id, err) < 0 ||
	    members_text(arena, item, "CustomKeyStoreName", &ret->name, err) < 0 ||
	    members_text_needed(arena, item, "ConnectionState", &ret->state_name, err) < 0 ||
	    members_text(arena, item, "ConnectionErrorCode", &ret->error_code, err) < 0)
		return -1;
	ret->state = key_store_state_parse(ret->state_name);
	return 0;
}

int
parse_key_store(struct arena *arena, const struct json *json, const char *asked_id,
    struct key_store *ret, struct err *err)
{
	const struct json *list;

	if (members_list(json, "CustomKeyStores", PARSE_STORES_MAX, &list, err) < 0)
		return -1;
	json_foreach(item, list) {
		struct key_store store;

		if (!json_is(json_member(item, "CustomKeyStoreId"), asked_id))
			continue;
		if (kms_read_store(arena, item, &store, err) < 0)
			return -1;
		*ret = store;
		return 0;
	}
	return err_set(err, ERR_NOT_FOUND, "the answer does not hold the custom key store");
}
