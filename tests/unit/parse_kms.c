/* SPDX-License-Identifier: Apache-2.0 */
/* DescribeKey, GetKeyPolicy, GetKeyRotationStatus and DescribeCustomKeyStores. */
#include "unit/parse_answer.h"

#include "base/stamp.h"

#define KEY	"arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
#define REPLICA	"arn:aws:kms:eu-west-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab"
#define META(inner)	"{'KeyMetadata': {'Arn': '" KEY "', 'KeyState': 'Enabled'" inner "}}"

static void
describe(struct arena *a, const char *text, struct key *ret)
{
	struct err err;

	if (parse_describe_key(a, answer(a, text), KEY, ret, &err) < 0)
		fail_msg("%s: %s", text, err.text);
}

static void
test_key(void **state)
{
	struct arena *a = arena_new();
	struct err err;
	struct key key;

	(void)state;
	describe(a, META(", 'AWSAccountId': '111122223333', 'KeyId': '1234abcd', 'Enabled': true,"
	    "'CreationDate': 1.5E9, 'KeyUsage': 'ENCRYPT_DECRYPT', 'Origin': 'EXTERNAL',"
	    "'KeyManager': 'CUSTOMER', 'KeySpec': 'SYMMETRIC_DEFAULT', 'CustomerMasterKeySpec': "
	    "'OLD',"
	    "'ExpirationModel': 'KEY_MATERIAL_EXPIRES', 'ValidTo': 1767225600.5, 'MultiRegion': "
	    "false,"
	    "'CustomKeyStoreId': 'cks-1', 'EncryptionAlgorithms': ['SYMMETRIC_DEFAULT']"), &key);
	assert_string_equal(key.arn, KEY);
	assert_string_equal(key.account, "111122223333");
	assert_string_equal(key.region, "us-east-1");
	assert_int_equal(key.state, KEY_ENABLED);
	assert_string_equal(key.state_name, "Enabled");
	assert_int_equal(key.manager, KEY_MANAGER_CUSTOMER);
	assert_string_equal(key.spec, "SYMMETRIC_DEFAULT");
	assert_string_equal(key.usage, "ENCRYPT_DECRYPT");
	assert_string_equal(key.origin, "EXTERNAL");
	assert_int_equal(key.multi_region, TRI_NO);
	assert_int_equal(key.material_expires, TRI_YES);
	assert_int_equal(key.valid_to_ms, 1767225600500);
	assert_string_equal(key.store_id, "cks-1");
	assert_int_equal(key.deletion_ms, STAMP_UNKNOWN);
	assert_int_equal(parse_describe_key(a, answer(a, "{'KeyMetadata': {'Arn': '" REPLICA "',"
	    "'KeyState': 'PendingReplicaDeletion', 'PendingDeletionWindowInDays': 7,"
	    "'MultiRegion': true}}"), REPLICA, &key, &err), 0);
	assert_int_equal(key.state, KEY_PENDING_REPLICA_DELETION);
	assert_int_equal(key.pending_window_days, 7);
	assert_string_equal(key.region, "eu-west-1");
	arena_free(a);
}

/* Old keys lack KeyManager and MultiRegion, old answers KeySpec. */
static void
test_old_key(void **state)
{
	struct arena *a = arena_new();
	struct key key;

	(void)state;
	describe(a, META(""), &key);
	assert_int_equal(key.manager, KEY_MANAGER_UNKNOWN);
	assert_int_equal(key.multi_region, TRI_UNKNOWN);
	assert_int_equal(key.material_expires, TRI_UNKNOWN);
	assert_null(key.spec);
	assert_null(key.usage);
	assert_null(key.store_id);
	describe(a, META(", 'CustomerMasterKeySpec': 'SYMMETRIC_DEFAULT', 'KeyManager': 'AWS',"
	    "'ExpirationModel': 'KEY_MATERIAL_DOES_NOT_EXPIRE', 'CustomKeyStoreId': null"), &key);
	assert_string_equal(key.spec, "SYMMETRIC_DEFAULT");
	assert_int_equal(key.manager, KEY_MANAGER_AWS);
	assert_int_equal(key.material_expires, TRI_NO);
	arena_free(a);
}

static void
test_states(void **state)
{
	static const struct {
		const char	*name;
		enum key_state	 state;
		enum tri	 usable;
	} cases[] = {
		{ "Enabled", KEY_ENABLED, TRI_YES }, { "Disabled", KEY_DISABLED, TRI_NO },
		{ "PendingDeletion", KEY_PENDING_DELETION, TRI_NO },
		{ "PendingReplicaDeletion", KEY_PENDING_REPLICA_DELETION, TRI_NO },
		{ "PendingImport", KEY_PENDING_IMPORT, TRI_NO },
		{ "Unavailable", KEY_UNAVAILABLE, TRI_NO }, { "Creating", KEY_CREATING, TRI_NO },
		{ "Updating", KEY_UPDATING, TRI_YES }, { "Dreaming", KEY_STATE_OTHER, TRI_UNKNOWN },
		{ "enabled", KEY_STATE_OTHER, TRI_UNKNOWN },
	};
	struct arena *a = arena_new();
	struct key key;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		describe(a, arena_printf(a, "{'KeyMetadata': {'Arn': '" KEY "', 'KeyState': '%s'}}",
		    cases[i].name), &key);
		assert_int_equal(key.state, cases[i].state);
		assert_string_equal(key.state_name, cases[i].name);
		assert_int_equal(key_state_is_usable(key.state), cases[i].usable);
	}
	arena_free(a);
}

static void
test_bad_keys(void **state)
{
	static const struct {
		const char	*text, *error;
	} cases[] = {
		{ "{}", "KeyMetadata is missing" },
		{ "{'KeyMetadata': []}", "KeyMetadata is a array where a object belongs" },
		{ "{'KeyMetadata': {}}", "Arn is missing" },
		{ "{'KeyMetadata': {'Arn': 'arn:aws:kms:us-east-1:111122223333:alias/aws/s3'}}",
		    "Arn is no ARN of a key" },
		{ "{'KeyMetadata': {'Arn': '" REPLICA "', 'KeyState': 'Enabled'}}",
		    "the answer is about another key" },
		{ "{'KeyMetadata': {'Arn': '" KEY "'}}", "KeyState is missing" },
		{ META(", 'DeletionDate': 'soon'"), "DeletionDate is not a time" },
		{ META(", 'PendingDeletionWindowInDays': 7.5"),
		    "PendingDeletionWindowInDays is not a whole number" },
		{ META(", 'MultiRegion': 1"), "MultiRegion is a number where a boolean belongs" },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct key key = { .arn = "untouched" };
		struct err err;

		assert_int_equal(parse_describe_key(a, answer(a, cases[i].text), KEY, &key, &err),
		    -1);
		assert_int_equal(err.kind, ERR_MALFORMED);
		assert_string_equal(err.text, cases[i].error);
		assert_string_equal(key.arn, "untouched");
	}
	arena_free(a);
}

static void
test_policy(void **state)
{
	struct arena *a = arena_new();
	const char *text = NULL;
	struct err err;
	size_t len = 0;

	(void)state;
	assert_int_equal(parse_key_policy(answer(a, "{'Policy': 'a\\u0000\\nb'}"), &text, &len,
	    &err), 0);
	assert_int_equal(len, 4);
	assert_memory_equal(text, "a\0\nb", 4);
	assert_int_equal(parse_key_policy(answer(a, "{'Policy': ''}"), &text, &len, &err), 0);
	assert_int_equal(len, 0);
	assert_int_equal(parse_key_policy(answer(a, "{}"), &text, &len, &err), -1);
	assert_int_equal(parse_key_policy(answer(a, "{'Policy': {}}"), &text, &len, &err), -1);
	assert_string_equal(err.text, "Policy is no text");
	arena_free(a);
}

static void
test_rotation(void **state)
{
	struct arena *a = arena_new();
	struct key_rotation rotation;
	struct err err;

	(void)state;
	assert_int_equal(parse_key_rotation(answer(a, "{'KeyRotationEnabled': true,"
	    "'RotationPeriodInDays': 365, 'NextRotationDate': 1767225600}"), &rotation, &err), 0);
	assert_int_equal(rotation.enabled, TRI_YES);
	assert_int_equal(rotation.period_days, 365);
	assert_int_equal(rotation.next_ms, 1767225600000);
	assert_int_equal(parse_key_rotation(answer(a, "{'KeyRotationEnabled': false}"), &rotation,
	    &err),
	    0);
	assert_int_equal(rotation.enabled, TRI_NO);
	assert_int_equal(rotation.period_days, 0);
	assert_int_equal(rotation.next_ms, STAMP_UNKNOWN);
	assert_int_equal(parse_key_rotation(answer(a, "{}"), &rotation, &err), -1);
	assert_string_equal(err.text, "KeyRotationEnabled is missing");
	arena_free(a);
}

static void
test_store(void **state)
{
	static const char text[] = "{'CustomKeyStores': [{'CustomKeyStoreId': 'cks-1', "
	    "'ConnectionState':"
	    "'CONNECTED'}, {'CustomKeyStoreId': 'cks-2', 'CustomKeyStoreName': 'safe', "
	    "'ConnectionState':"
	    "'FAILED', 'ConnectionErrorCode': 'USER_LOCKED_OUT'}], 'Truncated': false}";
	struct arena *a = arena_new();
	struct key_store store;
	struct err err;

	(void)state;
	assert_int_equal(parse_key_store(a, answer(a, text), "cks-2", &store, &err), 0);
	assert_string_equal(store.id, "cks-2");
	assert_string_equal(store.name, "safe");
	assert_int_equal(store.state, KEY_STORE_FAILED);
	assert_string_equal(store.error_code, "USER_LOCKED_OUT");
	assert_int_equal(parse_key_store(a, answer(a, text), "cks-1", &store, &err), 0);
	assert_int_equal(store.state, KEY_STORE_CONNECTED);
	assert_null(store.error_code);
	assert_int_equal(parse_key_store(a, answer(a, text), "cks-3", &store, &err), -1);
	assert_int_equal(err.kind, ERR_NOT_FOUND);
	assert_int_equal(parse_key_store(a, answer(a, "{}"), "cks-3", &store, &err), -1);
	assert_int_equal(err.kind, ERR_MALFORMED);
	assert_int_equal(parse_key_store(a, answer(a, "{'CustomKeyStores': [{'CustomKeyStoreId':"
	    "'cks-3'}]}"), "cks-3", &store, &err), -1);
	assert_string_equal(err.text, "ConnectionState is missing");
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_key),
		cmocka_unit_test(test_old_key),
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_bad_keys),
		cmocka_unit_test(test_policy),
		cmocka_unit_test(test_rotation),
		cmocka_unit_test(test_store),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
