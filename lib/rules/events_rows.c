/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which events matter: by source and name the rule, where the subject stands, what it means, and
 * the state rules that it leads to when it succeeds.
 */
#include <string.h>

#include "rules/events_private.h"

#define KMS		"kms.amazonaws.com"
#define CLOUDTRAIL	"cloudtrail.amazonaws.com"
#define S3		"s3.amazonaws.com"
#define IAM		"iam.amazonaws.com"
#define ORGANIZATIONS	"organizations.amazonaws.com"

#define TO(rule)	(UINT64_C(1) << (rule))

_Static_assert(STATE_RULES <= 64, "a bit for each state rule");

#define ON_KEY(event, rule) \
	KMS, event, rule, EVENTS_AT_KEY, events_find_key, .members = { "keyId" }
#define ON_ALIAS(event) \
	KMS, event, RULE_EVENT_KEY_ALIAS_CHANGED, EVENTS_AT_KEY, events_find_key, \
	.members = { "targetKeyId", "aliasName" }
#define ON_STORE(event) \
	KMS, event, RULE_EVENT_KEY_STORE_CHANGED, EVENTS_AT_KEY, events_find_store, \
	.members = { "customKeyStoreId" }
#define ON_USE(event) \
	KMS, event, RULE_EVENT_KEY_USED, EVENTS_AT_KEY, events_find_used_key, \
	.members = { "keyId", "sourceKeyId", "destinationKeyId" }
#define ON_TRAIL(event, rule) \
	CLOUDTRAIL, event, rule, EVENTS_AT_TRAIL, events_find_trail, \
	.members = { "name", "trailName" }
#define ON_BUCKET(event) \
	S3, event, RULE_EVENT_BUCKET_CHANGED, EVENTS_AT_BUCKET, events_find_bucket, \
	.members = { "bucketName" }
#define ON_ROLE(event) \
	IAM, event, RULE_EVENT_MONITOR_ROLE_CHANGED, EVENTS_AT_ROLE, events_find_role, \
	.members = { "roleName" }
#define ON_ORGANIZATION(event) \
	ORGANIZATIONS, event, RULE_EVENT_ORGANIZATION_CHANGED, EVENTS_AT_ORGANIZATION, \
	events_find_organization, .members = { "accountId", "targetId" }

#define ENABLE_KEY	"aws kms enable-key --key-id % --region @"
#define START_LOGGING	"aws cloudtrail start-logging --name % --region @"

#define STORE_STATES	(TO(RULE_KEY_STORE_DISCONNECTED) | TO(RULE_KEY_UNAVAILABLE))
#define BUCKET_POLICY	TO(RULE_BUCKET_POLICY_BLOCKS_CLOUDTRAIL)
#define BLIND		TO(RULE_VISIBILITY_LOST)

static const struct events_row events_rows[] = {
	{ ON_KEY("ScheduleKeyDeletion", RULE_EVENT_KEY_DELETION_SCHEDULED),
	    "was scheduled for deletion", "to schedule its deletion",
	    .leads = TO(RULE_KEY_PENDING_DELETION), .describe = events_describe_deletion,
	    .remedy = "aws kms cancel-key-deletion --key-id % --region @ && " ENABLE_KEY },
	{ ON_KEY("CancelKeyDeletion", RULE_EVENT_KEY_DELETION_CANCELLED),
	    "had its deletion cancelled", "to cancel its deletion",
	    .leads = TO(RULE_KEY_DISABLED), .describe = events_describe_cancelled,
	    .remedy = ENABLE_KEY },
	{ ON_KEY("DisableKey", RULE_EVENT_KEY_DISABLED), "was disabled", "to disable it",
	    .leads = TO(RULE_KEY_DISABLED), .remedy = ENABLE_KEY },
	{ ON_KEY("EnableKey", RULE_EVENT_KEY_ENABLED), "was enabled", "to enable it" },
	{ ON_KEY("PutKeyPolicy", RULE_EVENT_KEY_POLICY_CHANGED),
	    "was given a policy", "to change its policy",
	    .leads = TO(RULE_KEY_POLICY_BLOCKS_CLOUDTRAIL) | TO(RULE_KEY_POLICY_UNCERTAIN) |
	    TO(RULE_KEY_POLICY_TOO_OPEN), .describe = events_describe_policy },
	{ ON_KEY("DeleteImportedKeyMaterial", RULE_EVENT_KEY_MATERIAL_DELETED),
	    "had its key material deleted", "to delete its key material",
	    .leads = TO(RULE_KEY_PENDING_IMPORT) },
	{ ON_KEY("DeleteExpiredKeyMaterial", RULE_EVENT_KEY_MATERIAL_DELETED),
	    "had its key material deleted, as it expired", "to delete its expired key material",
	    .leads = TO(RULE_KEY_PENDING_IMPORT) },
	{ ON_KEY("DeleteKey", RULE_EVENT_KEY_DELETED), "was deleted", "to delete it",
	    .leads = TO(RULE_KEY_MISSING) },
	{ ON_KEY("DisableKeyRotation", RULE_EVENT_KEY_ROTATION_DISABLED),
	    "had its rotation switched off", "to switch its rotation off",
	    .leads = TO(RULE_KEY_ROTATION_OFF),
	    .remedy = "aws kms enable-key-rotation --key-id % --region @" },
	{ ON_KEY("CreateGrant", RULE_EVENT_KEY_GRANT_CHANGED), "was granted to somebody",
	    "to make a grant on it" },
	{ ON_KEY("RevokeGrant", RULE_EVENT_KEY_GRANT_CHANGED), "had a grant revoked",
	    "to revoke a grant on it" },
	{ ON_KEY("RetireGrant", RULE_EVENT_KEY_GRANT_CHANGED), "had a grant retired",
	    "to retire a grant on it" },
	{ ON_ALIAS("CreateAlias"), "was given an alias", "to give it an alias" },
	{ ON_ALIAS("UpdateAlias"), "was put behind an alias", "to change an alias of it" },
	{ ON_ALIAS("DeleteAlias"), "lost an alias", "to delete an alias of it" },
	{ ON_STORE("ConnectCustomKeyStore"), "had its custom key store connected",
	    "to connect its custom key store", .describe = events_describe_store },
	{ ON_STORE("DisconnectCustomKeyStore"), "had its custom key store disconnected",
	    "to disconnect its custom key store",
	    .leads = STORE_STATES, .describe = events_describe_store },
	{ ON_STORE("UpdateCustomKeyStore"), "had its custom key store changed",
	    "to change its custom key store",
	    .leads = STORE_STATES, .describe = events_describe_store },
	{ ON_STORE("DeleteCustomKeyStore"), "had its custom key store deleted",
	    "to delete its custom key store",
	    .leads = STORE_STATES, .describe = events_describe_store },
	{ ON_USE("Decrypt"), "was used to decrypt", "to decrypt with it", .reads = true },
	{ ON_USE("ReEncrypt"), "was used to encrypt anew", "to encrypt anew with it",
	    .reads = true },
	{ ON_USE("GenerateDataKey"), "was used to make a data key",
	    "to make a data key with it", .reads = true },
	{ ON_USE("GenerateDataKeyWithoutPlaintext"), "was used to make a data key",
	    "to make a data key with it", .reads = true },
	{ ON_USE("GenerateDataKeyPair"), "was used to make a pair of data keys",
	    "to make a pair of data keys with it", .reads = true },
	{ ON_USE("GenerateDataKeyPairWithoutPlaintext"), "was used to make a pair of data keys",
	    "to make a pair of data keys with it", .reads = true },

	{ ON_TRAIL("UpdateTrail", RULE_EVENT_TRAIL_UPDATED), "was changed", "to change it",
	    .leads = TO(RULE_TRAIL_UNENCRYPTED) | TO(RULE_TRAIL_KEY_NOT_CUSTOMER_MANAGED) |
	    TO(RULE_TRAIL_KEY_UNEXPECTED) | TO(RULE_TRAIL_KEY_CHANGED) |
	    TO(RULE_KEY_REGION_MISMATCH) | TO(RULE_TRAIL_VALIDATION_OFF),
	    .describe = events_describe_update },
	{ ON_TRAIL("StopLogging", RULE_EVENT_TRAIL_STOPPED), "was stopped", "to stop it",
	    .leads = TO(RULE_TRAIL_NOT_LOGGING), .remedy = START_LOGGING },
	{ ON_TRAIL("StartLogging", RULE_EVENT_TRAIL_STARTED), "was started", "to start it" },
	{ ON_TRAIL("DeleteTrail", RULE_EVENT_TRAIL_DELETED), "was deleted", "to delete it",
	    .leads = TO(RULE_TRAIL_DELETED) | TO(RULE_ACCOUNT_WITHOUT_TRAIL) },
	{ ON_TRAIL("PutEventSelectors", RULE_EVENT_TRAIL_SELECTORS_CHANGED),
	    "had its selectors changed", "to change its selectors",
	    .leads = TO(RULE_TRAIL_SELECTORS_NARROWED) },

	{ ON_BUCKET("PutBucketPolicy"), "was given a policy", "to change its policy",
	    .leads = BUCKET_POLICY },
	{ ON_BUCKET("DeleteBucketPolicy"), "had its policy deleted", "to delete its policy",
	    .leads = BUCKET_POLICY },
	{ ON_BUCKET("DeleteBucket"), "was deleted", "to delete it",
	    .leads = TO(RULE_BUCKET_MISSING) },
	{ ON_BUCKET("PutBucketEncryption"), "had its encryption changed",
	    "to change its encryption" },
	{ ON_BUCKET("DeleteBucketEncryption"), "had its encryption reset",
	    "to reset its encryption" },
	{ ON_BUCKET("PutBucketLifecycle"), "had its lifecycle changed", "to change its lifecycle" },

	{ ON_ROLE("UpdateAssumeRolePolicy"), "had its trust changed", "to change its trust",
	    .leads = BLIND },
	{ ON_ROLE("DeleteRole"), "was deleted", "to delete it", .leads = BLIND },
	{ ON_ROLE("UpdateRole"), "was changed", "to change it", .leads = BLIND },
	{ ON_ROLE("PutRolePolicy"), "was given a policy", "to give it a policy", .leads = BLIND },
	{ ON_ROLE("DeleteRolePolicy"), "had a policy deleted", "to delete a policy of it",
	    .leads = BLIND },
	{ ON_ROLE("AttachRolePolicy"), "had a policy attached", "to attach a policy to it",
	    .leads = BLIND },
	{ ON_ROLE("DetachRolePolicy"), "had a policy detached", "to detach a policy from it",
	    .leads = BLIND },
	{ ON_ROLE("PutRolePermissionsBoundary"), "was given a boundary", "to give it a boundary",
	    .leads = BLIND },
	{ ON_ROLE("DeleteRolePermissionsBoundary"), "had its boundary deleted",
	    "to delete its boundary", .leads = BLIND },

	{ ON_ORGANIZATION("AttachPolicy"), "had a policy attached", "to attach a policy",
	    .leads = BLIND },
	{ ON_ORGANIZATION("DetachPolicy"), "had a policy detached", "to detach a policy",
	    .leads = BLIND },
	{ ON_ORGANIZATION("UpdatePolicy"), "had a policy changed", "to change a policy",
	    .leads = BLIND },
	{ ON_ORGANIZATION("RegisterDelegatedAdministrator"), "was delegated to an account",
	    "to delegate it to an account" },
	{ ON_ORGANIZATION("DeregisterDelegatedAdministrator"), "had a delegation ended",
	    "to end a delegation", .leads = BLIND },
	{ ON_ORGANIZATION("DisableAWSServiceAccess"), "was closed to a service of AWS",
	    "to close it to a service of AWS", .leads = BLIND },
	{ ON_ORGANIZATION("RemoveAccountFromOrganization"), "had an account removed",
	    "to remove an account", .leads = BLIND },
	{ ON_ORGANIZATION("LeaveOrganization"), "was left by an account",
	    "to leave it", .leads = BLIND },
	{ ON_ORGANIZATION("MoveAccount"), "had an account moved", "to move an account",
	    .leads = BLIND },
	{ ON_ORGANIZATION("CloseAccount"), "had an account closed", "to close an account",
	    .leads = BLIND },
	{ ON_ORGANIZATION("DeleteOrganization"), "was deleted", "to delete it", .leads = BLIND },
};

#define EVENTS_ROWS	(sizeof(events_rows) / sizeof(events_rows[0]))

_Static_assert(EVENTS_ROWS <= EVENTS_NAMES_MAX, "room for every name");

const struct events_row *
events_find_row(const char *source, const char *name)
{
	for (size_t i = 0; i < EVENTS_ROWS; i++)
		if (strcmp(events_rows[i].name, name) == 0 &&
		    strcmp(events_rows[i].source, source) == 0)
			return &events_rows[i];
	return NULL;
}

size_t
events_names(const struct rules_settings *settings, unsigned places, bool reads,
    const char *ret_names[EVENTS_NAMES_MAX])
{
	size_t count = 0;

	for (size_t i = 0; i < EVENTS_ROWS; i++) {
		const struct events_row *row = &events_rows[i];
		size_t k = 0;

		if (!(row->place & places) || row->reads != reads ||
		    !settings->rule[row->rule].is_enabled)
			continue;
		while (k < count && strcmp(ret_names[k], row->name) != 0)
			k++;
		ret_names[k] = row->name;
		count += k == count;
	}
	return count;
}
