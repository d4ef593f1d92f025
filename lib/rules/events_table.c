/* SPDX-License-Identifier: Apache-2.0 */
/* The event rules' rows in the table of rules; events_rows.c says which events they are for. */
#include "rules/controls.h"
#include "rules/judge.h"

#define SEEN	"CloudTrail's event history shows it, which needs no trail. "
#define TRIED	"A call that AWS refused is told as an attempt, one step less severe. "

#define AT(rule)	[(rule) - STATE_RULES]

const struct rule event_rules[RULES - STATE_RULES] = {
AT(RULE_EVENT_KEY_DELETION_SCHEDULED) = { {
	"event-key-deletion-scheduled", SEVERITY_CRITICAL,
	"A trail's key was scheduled for deletion",
	SEEN "ScheduleKeyDeletion was called for a key that a trail uses. The key cannot be used "
	"from that moment on. The date of the deletion is asked of DescribeKey: the event has it "
	"as a text for people only. " TRIED,
	"CloudTrail delivers no logs, and once the key is deleted, all logs that were encrypted "
	"with it are unreadable for ever.",
	"aws kms cancel-key-deletion --key-id KEY, and then aws kms enable-key --key-id KEY: "
	"cancelling leaves the key disabled.",
	CONTROLS_ENCRYPTED },
	SUBJECT_KEY, NULL },
AT(RULE_EVENT_KEY_DELETION_CANCELLED) = { {
	"event-key-deletion-cancelled", SEVERITY_MEDIUM,
	"The deletion of a trail's key was cancelled",
	SEEN "CancelKeyDeletion was called for a key that a trail uses. The key is disabled then, "
	"not enabled. " TRIED,
	"CloudTrail delivers no logs until the key is enabled.",
	"aws kms enable-key --key-id KEY",
	CONTROLS_ENCRYPTED },
	SUBJECT_KEY, NULL },
AT(RULE_EVENT_KEY_DISABLED) = { {
	"event-key-disabled", SEVERITY_CRITICAL,
	"A trail's key was disabled",
	SEEN "DisableKey was called for a key that a trail uses. " TRIED,
	"CloudTrail delivers no logs while it cannot encrypt them.",
	"aws kms enable-key --key-id KEY",
	CONTROLS_ENCRYPTED },
	SUBJECT_KEY, NULL },
AT(RULE_EVENT_KEY_ENABLED) = { {
	"event-key-enabled", SEVERITY_LOW,
	"A trail's key was enabled",
	SEEN "EnableKey was called for a key that a trail uses. " TRIED,
	"Mostly good news, and the end of an interruption: look at what was done in between.",
	"Nothing is to be mended.",
	CONTROLS_ENCRYPTED },
	SUBJECT_KEY, NULL },
AT(RULE_EVENT_KEY_POLICY_CHANGED) = { {
	"event-key-policy-changed", SEVERITY_HIGH,
	"The policy of a trail's key was changed",
	SEEN "PutKeyPolicy was called for a key that a trail uses. For each trail the new policy "
	"is evaluated as 'trailsealctl policy' does, and so is the one before where it was read: "
	"the alert says what CloudTrail gained or lost. " TRIED,
	"The policy decides whether CloudTrail may encrypt, and who may read the logs.",
	"Look at the policy with aws kms get-key-policy --key-id KEY; 'trailsealctl policy "
	"--suggest' prints one that lets CloudTrail in. aws kms put-key-policy replaces the whole "
	"policy.",
	CONTROLS_ENCRYPTED },
	SUBJECT_KEY, NULL },
AT(RULE_EVENT_KEY_MATERIAL_DELETED) = { {
	"event-key-material-deleted", SEVERITY_CRITICAL,
	"The key material of a trail's key was deleted",
	SEEN "DeleteImportedKeyMaterial was called for a key that a trail uses, or KMS deleted the "
	"material when it expired (DeleteExpiredKeyMaterial). " TRIED,
	"CloudTrail delivers no logs while it cannot encrypt them. Logs encrypted so far are "
	"unreadable until the same material is imported.",
	"Import the same key material again: aws kms get-parameters-for-import, then aws kms "
	"import-key-material.",
	CONTROLS_ENCRYPTED },
	SUBJECT_KEY, NULL },
AT(RULE_EVENT_KEY_DELETED) = { {
	"event-key-deleted", SEVERITY_CRITICAL,
	"A trail's key was deleted",
	SEEN "KMS deleted a key that a trail uses (DeleteKey), as its waiting time was over.",
	"All logs that were encrypted with it are unreadable for ever, and CloudTrail delivers no "
	"new ones.",
	"Set another key: aws cloudtrail update-trail --name TRAIL --kms-key-id KEY.",
	CONTROLS_ENCRYPTED },
	SUBJECT_KEY, NULL },
AT(RULE_EVENT_KEY_ROTATION_DISABLED) = { {
	"event-key-rotation-disabled", SEVERITY_MEDIUM,
	"The rotation of a trail's key was switched off",
	SEEN "DisableKeyRotation was called for a key that a trail uses. " TRIED,
	"The same key material encrypts all logs from then on.",
	"aws kms enable-key-rotation --key-id KEY",
	CONTROLS_ENCRYPTED },
	SUBJECT_KEY, NULL },
AT(RULE_EVENT_KEY_GRANT_CHANGED) = { {
	"event-key-grant-changed", SEVERITY_MEDIUM,
	"A grant on a trail's key was made or taken away",
	SEEN "CreateGrant, RevokeGrant or RetireGrant was called for a key that a trail uses. "
	TRIED,
	"A grant lets somebody use the key beside its policy, for instance to read the logs.",
	"aws kms list-grants --key-id KEY shows all that stand; aws kms revoke-grant takes one "
	"away.",
	CONTROLS_ENCRYPTED },
	SUBJECT_KEY, NULL },
AT(RULE_EVENT_KEY_ALIAS_CHANGED) = { {
	"event-key-alias-changed", SEVERITY_LOW,
	"An alias of a trail's key was changed",
	SEEN "CreateAlias, UpdateAlias or DeleteAlias was called for a key that a trail uses. A "
	"trail keeps its key whatever becomes of the alias. " TRIED,
	"Whoever names the key by the alias may get another one, for instance when a trail is set "
	"up again.",
	"aws kms list-aliases --key-id KEY shows them; aws kms update-alias points one back.",
	CONTROLS_ENCRYPTED },
	SUBJECT_KEY, NULL },
AT(RULE_EVENT_KEY_STORE_CHANGED) = { {
	"event-key-store-changed", SEVERITY_HIGH,
	"The custom key store of a trail's key was changed",
	SEEN "ConnectCustomKeyStore, DisconnectCustomKeyStore, UpdateCustomKeyStore or "
	"DeleteCustomKeyStore was called for the store that holds a key that a trail uses. " TRIED,
	"A key whose store is not connected cannot be used: CloudTrail delivers no logs then.",
	"aws kms connect-custom-key-store --custom-key-store-id STORE. When that fails, "
	"DescribeCustomKeyStores tells why.",
	CONTROLS_ENCRYPTED },
	SUBJECT_KEY, NULL },
AT(RULE_EVENT_TRAIL_UPDATED) = { {
	"event-trail-updated", SEVERITY_HIGH,
	"The settings of a trail were changed",
	SEEN "UpdateTrail was called for a watched trail. The alert names the settings that the "
	"call named, and says when its encryption was removed or its key replaced by one of "
	"another account. " TRIED,
	"Key, bucket and reach of a trail decide whether what is done leaves a record, and who may "
	"read it.",
	"Set the setting back: aws cloudtrail update-trail --name TRAIL.",
	CONTROLS_ENCRYPTED "; " CONTROLS_LOGGED },
	SUBJECT_TRAIL, NULL },
AT(RULE_EVENT_TRAIL_STOPPED) = { {
	"event-trail-stopped", SEVERITY_CRITICAL,
	"A trail was stopped",
	SEEN "StopLogging was called for a watched trail. " TRIED,
	"What is done from then on leaves no record in the trail. Stopping it is how intruders "
	"hide.",
	"aws cloudtrail start-logging --name TRAIL",
	CONTROLS_LOGGED },
	SUBJECT_TRAIL, NULL },
AT(RULE_EVENT_TRAIL_STARTED) = { {
	"event-trail-started", SEVERITY_LOW,
	"A trail was started",
	SEEN "StartLogging was called for a watched trail. " TRIED,
	"Mostly good news, and the end of an interruption: what was done in between left no record "
	"in the trail.",
	"Nothing is to be mended.",
	CONTROLS_LOGGED },
	SUBJECT_TRAIL, NULL },
AT(RULE_EVENT_TRAIL_DELETED) = { {
	"event-trail-deleted", SEVERITY_CRITICAL,
	"Somebody deleted a trail",
	SEEN "DeleteTrail was called for a watched trail, or one that was watched until then. "
	TRIED,
	"What is done from then on leaves no record in the trail. Deleting it is how intruders "
	"hide.",
	"Make it again: aws cloudtrail create-trail, then aws cloudtrail start-logging.",
	CONTROLS_LOGGED },
	SUBJECT_TRAIL, NULL },
AT(RULE_EVENT_TRAIL_SELECTORS_CHANGED) = { {
	"event-trail-selectors-changed", SEVERITY_HIGH,
	"The selectors of a trail were changed",
	SEEN "PutEventSelectors was called for a watched trail. Whether they leave out management "
	"events is judged by trail-selectors-narrowed. " TRIED,
	"What the selectors leave out leaves no record in the trail.",
	"aws cloudtrail put-event-selectors sets them back. It replaces all selectors of the "
	"trail, so first look at them with aws cloudtrail get-event-selectors.",
	CONTROLS_LOGGED },
	SUBJECT_TRAIL, NULL },
AT(RULE_EVENT_BUCKET_CHANGED) = { {
	"event-bucket-changed", SEVERITY_HIGH,
	"A trail's bucket was changed",
	SEEN "The policy, encryption or lifecycle of a bucket that a trail delivers to was "
	"changed, or the bucket was deleted. " TRIED,
	"A policy may keep CloudTrail out or let strangers in, and a lifecycle may remove the "
	"logs.",
	"Look at the setting that the call names, with aws s3api, and set it back.",
	CONTROLS_KEPT },
	SUBJECT_BUCKET, NULL },
AT(RULE_EVENT_MONITOR_ROLE_CHANGED) = { {
	"event-monitor-role-changed", SEVERITY_HIGH,
	"The role that trailseal assumes was changed",
	SEEN "A permission, the trust or the boundary of a role that the configuration names was "
	"changed in a watched account, or the role was deleted. " TRIED,
	"Whatever happens where the monitor is blind goes unnoticed. Taking away a monitor's "
	"permissions is a way to hide.",
	"Compare the role with the template that it was made from, and set it back.",
	CONTROLS_LOGGED },
	SUBJECT_ACCOUNT, NULL },
AT(RULE_EVENT_ORGANIZATION_CHANGED) = { {
	"event-organization-changed", SEVERITY_MEDIUM,
	"The organization was changed in a way that may blind trailseal",
	SEEN "In a watched account a policy of the organization was attached, detached or "
	"changed, an account moved or left, a delegation or a service's access ended, or the "
	"organization was deleted. " TRIED,
	"A policy may deny what trailseal asks, or let somebody work on the trails; who leaves the "
	"organization leaves its trail.",
	"Look at the policy with aws organizations describe-policy, and at what it is attached to "
	"with aws organizations list-targets-for-policy.",
	CONTROLS_LOGGED },
	SUBJECT_ACCOUNT, NULL },
AT(RULE_EVENT_KEY_USED) = { {
	"event-key-used", SEVERITY_MEDIUM,
	"A trail's key is used by somebody unexpected",
	SEEN "Decrypt, ReEncrypt or a GenerateDataKey call was made with a key that a trail uses, "
	"neither by CloudTrail itself nor by one of the expected readers "
	"(events.expected_readers). Off by default: it asks for events that come by the thousands. "
	TRIED,
	"Who decrypts with this key reads the logs.",
	"Find out who the principal is. The key's policy says who may use the key: aws kms "
	"get-key-policy --key-id KEY.",
	CONTROLS_ENCRYPTED },
	SUBJECT_KEY, NULL },
};
