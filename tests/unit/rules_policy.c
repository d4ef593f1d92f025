/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of keys in every state, seen well, badly, and by the wrong account. */
#include "unit/rules_scene.h"

#define NA	VERDICT_NOT_APPLICABLE
#define PASS	VERDICT_PASS
#define FAIL	VERDICT_FAIL
#define UNKNOWN	VERDICT_UNKNOWN

#define EXTERNAL(rest)	KEY_META("'KeyState': 'Enabled', 'Origin': 'EXTERNAL', " KEY_TYPE rest)
#define IN_STORE	KEY_META("'KeyState': 'Enabled', 'Origin': 'AWS_CLOUDHSM', 'CustomKeyStoreId':" \
	"'cks-1', " KEY_TYPE)

/* What all rules of keys say, in this order, of one world. */
static const enum rule_id columns[] = {
	RULE_KEY_DISABLED, RULE_KEY_PENDING_DELETION, RULE_KEY_PENDING_IMPORT, RULE_KEY_UNAVAILABLE,
	RULE_KEY_MISSING, RULE_KEY_WRONG_TYPE, RULE_KEY_MATERIAL_EXPIRING,
	RULE_KEY_STORE_DISCONNECTED, RULE_KEY_ROTATION_OFF,
};

static const struct {
	const char	*change;
	enum verdict	 verdicts[COUNT(columns)];
} states[] = {
	{ "", { PASS, PASS, PASS, PASS, PASS, PASS, NA, NA, PASS } },
	{ KEY_STATE("Updating"), { PASS, PASS, PASS, PASS, PASS, PASS, NA, NA, NA } },
	{ KEY_STATE("Disabled"), { FAIL, PASS, PASS, PASS, PASS, PASS, NA, NA, NA } },
	{ KEY_STATE("PendingDeletion"), { PASS, FAIL, PASS, PASS, PASS, NA, NA, NA, NA } },
	{ KEY_STATE("PendingReplicaDeletion"), { PASS, FAIL, PASS, PASS, PASS, NA, NA, NA, NA } },
	{ KEY_STATE("PendingImport"), { PASS, PASS, FAIL, PASS, PASS, PASS, NA, NA, NA } },
	{ KEY_STATE("Unavailable"), { PASS, PASS, PASS, FAIL, PASS, PASS, NA, NA, NA } },
	{ KEY_STATE("Creating"), { PASS, PASS, PASS, UNKNOWN, PASS, PASS, NA, NA, NA } },
	{ KEY_STATE("Dreaming"), { PASS, PASS, PASS, UNKNOWN, PASS, PASS, NA, NA, NA } },
	/* Of a missing key nothing else is said; but only its own account can say that it is. */
	{ KEY_FAIL(KEY, NOT_FOUND), { NA, NA, NA, NA, FAIL, NA, NA, NA, NA } },
	{ KEY_FAIL(KEY, "'by': '" FOREIGN "', " NOT_FOUND),
	    { UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, NA, NA, UNKNOWN } },
	/* A question that was open before is still open; one that never was is not opened. */
	{ KEY_FAIL(KEY, DENIED),
	    { UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, NA, NA, UNKNOWN } },
	{ EXTERNAL(", 'ExpirationModel': 'KEY_MATERIAL_EXPIRES', 'ValidTo': 1767400000")
	    KEY_FAIL(KEY, "'status': 0"),
	    { UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, NA, NA } },
	{ BOTH(A_TRAIL(MULTI WITH(FOREIGN_KEY))) KEY_FAIL(FOREIGN_KEY, DENIED),
	    { UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, NA, NA, NA } },
	{ BOTH(A_TRAIL(MULTI WITH(FOREIGN_KEY))),
	    { UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, NA, NA, NA } },
	{ BOTH(A_TRAIL(MULTI WITH("alias/logs"))),
	    { UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, NA, NA, NA } },
	{ BOTH(A_TRAIL(MULTI)), { NA, NA, NA, NA, NA, NA, NA, NA, NA } },
};

static void
test_states(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(states); i++)
		for (size_t k = 0; k < COUNT(columns); k++)
			check_case(&(struct rules_case){ states[i].change, columns[k],
			    states[i].verdicts[k],
			    NULL, NULL });
}

static const struct rules_case cases[] = {
	{ KEY_META("'KeyState': 'PendingDeletion', 'DeletionDate': 1767582245"),
	    RULE_KEY_PENDING_DELETION, FAIL, "will be deleted at 2026-01-05T03:04:05Z, in 3 days",
	    NULL },
	{ KEY_META("'KeyState': 'PendingDeletion', 'DeletionDate': 1767323045"),
	    RULE_KEY_PENDING_DELETION, FAIL, "may go at any moment", NULL },
	{ KEY_META("'KeyState': 'PendingDeletion'"), RULE_KEY_PENDING_DELETION, FAIL,
	    "is pending deletion:", NULL },
	{ KEY_META("'KeyState': 'PendingReplicaDeletion', 'PendingDeletionWindowInDays': 7"),
	    RULE_KEY_PENDING_DELETION, FAIL, "7 days after its last replica", NULL },
	{ KEY_STATE("Dreaming"), RULE_KEY_UNAVAILABLE, UNKNOWN, "KeyState is Dreaming", NULL },
	{ KEY_META("'KeyState': 'Enabled'") , RULE_KEY_WRONG_TYPE, UNKNOWN, "what kind of key",
	    NULL },
	{ KEY_META("'KeyState': 'Enabled', 'CustomerMasterKeySpec': 'SYMMETRIC_DEFAULT'"),
	    RULE_KEY_WRONG_TYPE, PASS, NULL, NULL },
	{ KEY_META("'KeyState': 'Enabled', 'KeySpec': 'RSA_2048', 'KeyUsage': 'ENCRYPT_DECRYPT'"),
	    RULE_KEY_WRONG_TYPE, FAIL, "is RSA_2048 for ENCRYPT_DECRYPT", NULL },
	{ KEY_META("'KeyState': 'Enabled', 'KeySpec': 'HMAC_256', 'KeyUsage': "
	    "'GENERATE_VERIFY_MAC'"),
	    RULE_KEY_WRONG_TYPE, FAIL, NULL, NULL },
	{ KEY_META("'KeyState': 'Enabled', 'KeyUsage': 'SIGN_VERIFY'"), RULE_KEY_WRONG_TYPE, FAIL,
	    NULL,
	    NULL },
	{ KEY_FAIL(KEY, "'by': '" FOREIGN "', " NOT_FOUND), RULE_KEY_MISSING, UNKNOWN,
	    "proves nothing about a key of account 111122223333", NULL },
	{ BOTH(A_TRAIL(MULTI WITH("alias/logs"))), RULE_KEY_MISSING, UNKNOWN, "no key ARN", NULL },

	{ EXTERNAL(", 'ExpirationModel': 'KEY_MATERIAL_DOES_NOT_EXPIRE'"),
	    RULE_KEY_MATERIAL_EXPIRING,
	    PASS, "does not expire", NULL },
	{ EXTERNAL(""), RULE_KEY_MATERIAL_EXPIRING, UNKNOWN, NULL, NULL },
	{ EXTERNAL(", 'ExpirationModel': 'KEY_MATERIAL_EXPIRES', 'ValidTo': 1767323044"),
	    RULE_KEY_MATERIAL_EXPIRING, FAIL, "expired at", NULL },
	{ KEY_META("'KeyState': 'PendingImport', 'Origin': 'EXTERNAL'"), RULE_KEY_MATERIAL_EXPIRING,
	    NA,
	    NULL, NULL },

	{ IN_STORE STORE("'ConnectionState': 'CONNECTED'"), RULE_KEY_STORE_DISCONNECTED, PASS, NULL,
	    NULL },
	{ IN_STORE STORE("'ConnectionState': 'CONNECTING'"), RULE_KEY_STORE_DISCONNECTED, UNKNOWN,
	    "ConnectionState is CONNECTING", NULL },
	{ IN_STORE STORE("'ConnectionState': 'DISCONNECTING'"), RULE_KEY_STORE_DISCONNECTED,
	    UNKNOWN,
	    NULL, NULL },
	{ IN_STORE STORE("'ConnectionState': 'ODD'"), RULE_KEY_STORE_DISCONNECTED, UNKNOWN, NULL,
	    NULL },
	{ IN_STORE STORE("'ConnectionState': 'DISCONNECTED'"), RULE_KEY_STORE_DISCONNECTED, FAIL,
	    "connection is DISCONNECTED", NULL },
	{ IN_STORE STORE("'ConnectionState': 'FAILED', 'ConnectionErrorCode': 'USER_LOCKED_OUT'"),
	    RULE_KEY_STORE_DISCONNECTED, FAIL, "FAILED: USER_LOCKED_OUT", NULL },
	{ IN_STORE, RULE_KEY_STORE_DISCONNECTED, UNKNOWN, "not asked", NULL },
	{ IN_STORE ASKED("kms:DescribeCustomKeyStores", HOME, "'for': '" KEY "', " DENIED),
	    RULE_KEY_STORE_DISCONNECTED, UNKNOWN, NULL, NULL },

	{ ROTATION("'KeyRotationEnabled': false"), RULE_KEY_ROTATION_OFF, FAIL, NULL, NULL },
	{ ROTATION_FAIL(DENIED), RULE_KEY_ROTATION_OFF, UNKNOWN, NULL, NULL },
	{ ROTATION_FAIL("'status': 400, 'body': {'__type': 'UnsupportedOperationException'}"),
	    RULE_KEY_ROTATION_OFF, NA, NULL, NULL },
	{ EXTERNAL(""), RULE_KEY_ROTATION_OFF, NA, NULL, NULL },
	{ KEY_META("'KeyState': 'Enabled', 'Origin': 'AWS_KMS', 'KeyManager': 'AWS', 'KeySpec':"
	    "'SYMMETRIC_DEFAULT'"), RULE_KEY_ROTATION_OFF, NA, NULL, NULL },
};

static void
test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		check_case(&cases[i]);
}

/* To the millisecond: 30 days ahead it fails, 7 days ahead it is critical. */
static void
test_expiry_edges(void **state)
{
	static const struct {
		int64_t		left_ms;
		enum verdict	verdict;
		enum severity	severity;
	} edges[] = {
		{ 30 * DAY_MS + 1, PASS, SEVERITY_HIGH }, { 30 * DAY_MS, FAIL, SEVERITY_HIGH },
		{ 7 * DAY_MS + 1, FAIL, SEVERITY_HIGH }, { 7 * DAY_MS, FAIL, SEVERITY_CRITICAL },
		{ 0, FAIL, SEVERITY_CRITICAL }, { -DAY_MS, FAIL, SEVERITY_CRITICAL },
	};
	struct scene s;

	(void)state;
	scene_begin(&s);
	scene_reply(&s, GOOD_WORLD EXTERNAL(", 'ExpirationModel': 'KEY_MATERIAL_EXPIRES', "
	    "'ValidTo':"
	    "1767323045"));
	for (size_t i = 0; i < COUNT(edges); i++) {
		const struct observation *o;

		scene_judge(&s, REPLIES_NOW_MS - edges[i].left_ms);
		o = scene_find(&s, RULE_KEY_MATERIAL_EXPIRING, NULL);
		assert_int_equal(o->verdict, edges[i].verdict);
		assert_int_equal(o->severity, edges[i].severity);
	}
	scene_end(&s);
}

/* A key stands in its own account and region, and names the trails that use it. */
static void
test_place(void **state)
{
	const struct observation *o;
	struct scene s;

	(void)state;
	scene_begin(&s);
	scene_reply(&s, GOOD_WORLD BOTH(A_TRAIL(MULTI WITH(FOREIGN_KEY))));
	scene_judge(&s, REPLIES_NOW_MS);
	o = scene_find(&s, RULE_KEY_MISSING, NULL);
	assert_string_equal(o->account, FOREIGN);
	assert_string_equal(o->region, HOME);
	assert_string_equal(o->resource, FOREIGN_KEY);
	assert_string_equal(o->facts[0].name, "trails");
	assert_string_equal(o->facts[0].value, "main");
	/* What is no key ARN stands where the trail does. */
	scene_reply(&s, BOTH(A_TRAIL(MULTI WITH("odd id"))));
	scene_judge(&s, REPLIES_NOW_MS);
	o = scene_find(&s, RULE_KEY_MISSING, NULL);
	assert_string_equal(o->account, ACCOUNT);
	assert_string_equal(o->resource, "odd id");
	scene_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_expiry_edges),
		cmocka_unit_test(test_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
