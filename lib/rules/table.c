/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of rules: what each is about, its predicate, and its texts for people. The rows of the
 * event rules stand in events_table.c.
 */
#include <assert.h>
#include <string.h>

#include "rules/controls.h"
#include "rules/judge.h"

#define RISK_NO_DELIVERY "CloudTrail delivers no logs while it cannot encrypt them. It tries " \
	"again for a limited time only; what is not delivered by then is lost from the trail."

#define NEEDS_PAST "Judged by the daemon alone, which remembers what was before."

#define DAY_MS	INT64_C(86400000)
#define HOUR_MS	INT64_C(3600000)
#define MINUTE_MS	INT64_C(60000)

static const struct rule rules[STATE_RULES] = {
[RULE_TRAIL_UNENCRYPTED] = { {
	"trail-unencrypted", SEVERITY_CRITICAL,
	"A trail writes its logs without a KMS key",
	"DescribeTrails names no KmsKeyId for the trail. Its log files are then encrypted by "
	"S3's own keys only.",
	"Whoever may read the bucket may read the logs: there is no key whose policy says who "
	"may.",
	"Make a customer managed key in the bucket's region, let CloudTrail use it in its key "
	"policy, and set it: aws cloudtrail update-trail --name TRAIL --kms-key-id KEY. The "
	"trail need not be stopped. Older log files stay as they are.",
	CONTROLS_CIS "; " CONTROLS_ENCRYPTED },
	SUBJECT_TRAIL, judge_trail_unencrypted },
[RULE_TRAIL_KEY_NOT_CUSTOMER_MANAGED] = { {
	"trail-key-not-customer-managed", SEVERITY_HIGH,
	"A trail's key is managed by AWS",
	"The trail's KmsKeyId is an alias of AWS (alias/aws/...), or DescribeKey says "
	"KeyManager AWS.",
	"The policy of such a key cannot be changed, so nobody can be kept from reading the "
	"logs, and CloudTrail cannot be let use it.",
	"Set a customer managed key: aws cloudtrail update-trail --name TRAIL --kms-key-id KEY.",
	CONTROLS_CIS "; " CONTROLS_ENCRYPTED },
	SUBJECT_TRAIL, judge_trail_key_not_customer_managed },
[RULE_TRAIL_KEY_UNEXPECTED] = { {
	"trail-key-unexpected", SEVERITY_HIGH,
	"A trail uses a key that is not on the list of expected ones",
	"The configuration lists the keys, or the accounts whose keys, trails are to use "
	"(expect). The trail's key is none of them. Without such a list the rule does not apply.",
	"Who encrypts the logs with a key of their own decides who may read them, and may take "
	"the key away.",
	"Find out who set the key (UpdateTrail in the event history), and set the right one: "
	"aws cloudtrail update-trail --name TRAIL --kms-key-id KEY.",
	CONTROLS_ENCRYPTED },
	SUBJECT_TRAIL, judge_trail_key_unexpected },
[RULE_TRAIL_KEY_CHANGED] = { {
	"trail-key-changed", SEVERITY_HIGH,
	"A trail's key was changed",
	"DescribeTrails names another KmsKeyId for the trail than before, or one where there was none, "
	"or none any more. After the configured time (24 hours) the new key counts as accepted; it is "
	"over at once when the old one comes back. " NEEDS_PAST,
	"Who sets the key of a trail decides who may read its logs, and may take the key away.",
	"Find out who set the key (UpdateTrail in the event history), and set the right one: aws "
	"cloudtrail update-trail --name TRAIL --kms-key-id KEY.",
	CONTROLS_ENCRYPTED },
	SUBJECT_TRAIL, NULL },
[RULE_KEY_DISABLED] = { {
	"key-disabled", SEVERITY_CRITICAL,
	"A trail's key is disabled",
	"DescribeKey of the key that a trail uses says KeyState Disabled. A key is also "
	"disabled after its deletion was cancelled.",
	RISK_NO_DELIVERY,
	"aws kms enable-key --key-id KEY",
	CONTROLS_ENCRYPTED },
	SUBJECT_KEY, judge_key_disabled },
[RULE_KEY_PENDING_DELETION] = { {
	"key-pending-deletion", SEVERITY_CRITICAL,
	"A trail's key is about to be deleted",
	"DescribeKey says KeyState PendingDeletion, with the date, or PendingReplicaDeletion: "
	"then the waiting time begins when the last replica is gone. The key cannot be used any "
	"more.",
	RISK_NO_DELIVERY " Once the key is deleted, all logs that were encrypted with it are "
	"unreadable for ever.",
	"aws kms cancel-key-deletion --key-id KEY, and then aws kms enable-key --key-id KEY: "
	"cancelling leaves the key disabled.",
	CONTROLS_ENCRYPTED },
	SUBJECT_KEY, judge_key_pending_deletion },
[RULE_KEY_PENDING_IMPORT] = { {
	"key-pending-import", SEVERITY_CRITICAL,
	"A trail's key has no key material",
	"DescribeKey says KeyState PendingImport: the imported key material expired or was "
	"deleted.",
	RISK_NO_DELIVERY " Logs encrypted so far are unreadable until the same material is "
	"imported.",
	"Import the same key material again: aws kms get-parameters-for-import, then aws kms "
	"import-key-material.",
	CONTROLS_ENCRYPTED },
	SUBJECT_KEY, judge_key_pending_import },
[RULE_KEY_UNAVAILABLE] = { {
	"key-unavailable", SEVERITY_CRITICAL,
	"A trail's key is unavailable",
	"DescribeKey says KeyState Unavailable: the custom key store that holds the key is not "
	"connected. A KeyState that trailseal does not know is unknown under this rule.",
	RISK_NO_DELIVERY,
	"Connect the store: aws kms connect-custom-key-store --custom-key-store-id STORE. When "
	"that fails, DescribeCustomKeyStores tells why.",
	CONTROLS_ENCRYPTED },
	SUBJECT_KEY, judge_key_unavailable },
[RULE_KEY_MISSING] = { {
	"key-missing", SEVERITY_CRITICAL,
	"A trail's key does not exist",
	"DescribeKey, asked by the key's own account, answers NotFoundException. The same "
	"answer to another account proves nothing and is unknown.",
	RISK_NO_DELIVERY " Logs encrypted with a deleted key are unreadable for ever.",
	"Set another key: aws cloudtrail update-trail --name TRAIL --kms-key-id KEY.",
	CONTROLS_ENCRYPTED },
	SUBJECT_KEY, judge_key_missing },
[RULE_KEY_WRONG_TYPE] = { {
	"key-wrong-type", SEVERITY_CRITICAL,
	"A trail's key is of a type that CloudTrail cannot use",
	"CloudTrail needs a symmetric encryption key: KeySpec SYMMETRIC_DEFAULT and KeyUsage "
	"ENCRYPT_DECRYPT.",
	RISK_NO_DELIVERY,
	"Set a symmetric key: aws cloudtrail update-trail --name TRAIL --kms-key-id KEY.",
	CONTROLS_ENCRYPTED },
	SUBJECT_KEY, judge_key_wrong_type },
[RULE_KEY_MATERIAL_EXPIRING] = { {
	"key-material-expiring", SEVERITY_HIGH,
	"The imported material of a trail's key expires soon",
	"The key's Origin is EXTERNAL and its ValidTo is less than the configured time away (30 "
	"days; critical from 7 days).",
	"At that moment the key becomes PendingImport. " RISK_NO_DELIVERY,
	"Import the same key material with a later date, or with KEY_MATERIAL_DOES_NOT_EXPIRE: "
	"aws kms get-parameters-for-import, then aws kms import-key-material.",
	CONTROLS_ENCRYPTED },
	SUBJECT_KEY, judge_key_material_expiring },
[RULE_KEY_STORE_DISCONNECTED] = { {
	"key-store-disconnected", SEVERITY_HIGH,
	"The custom key store of a trail's key is not connected",
	"DescribeCustomKeyStores says ConnectionState DISCONNECTED or FAILED, the latter with a "
	"code. Only the key's own account may ask.",
	"KMS cannot use the keys of a store that is not connected. " RISK_NO_DELIVERY,
	"Mend what ConnectionErrorCode names, then aws kms connect-custom-key-store "
	"--custom-key-store-id STORE.",
	CONTROLS_ENCRYPTED },
	SUBJECT_KEY, judge_key_store_disconnected },
[RULE_KEY_POLICY_BLOCKS_CLOUDTRAIL] = { {
	"key-policy-blocks-cloudtrail", SEVERITY_CRITICAL,
	"The policy of a trail's key keeps CloudTrail out",
	"GetKeyPolicy shows a policy that denies kms:GenerateDataKey or kms:DescribeKey to "
	"cloudtrail.amazonaws.com for this trail, or has no statement that allows them. The policy "
	"alone is judged: no grants, no policies of the organization. Only the key's own account can "
	"read it; where that is not watched, or the answer is denied, the rule is unknown. Not judged "
	"while the key is missing, managed by AWS, or its policy uncertain.",
	RISK_NO_DELIVERY,
	"Mend the statement that is named, or add those of trailsealctl policy --suggest --key-arn KEY "
	"--trail-arn TRAIL: aws kms put-key-policy --key-id KEY --policy-name default --policy "
	"file://POLICY. It replaces the whole policy, so first look at it with aws kms get-key-policy.",
	CONTROLS_ENCRYPTED },
	SUBJECT_TRAIL, judge_key_policy_blocks_cloudtrail },
[RULE_KEY_POLICY_UNCERTAIN] = { {
	"key-policy-uncertain", SEVERITY_MEDIUM,
	"Whether the policy of a trail's key lets CloudTrail in cannot be told",
	"The policy hangs on a condition whose outcome nobody outside AWS can know "
	"(kms:ViaService, aws:SourceIp and others), or its text is no policy by IAM's grammar. "
	"Judged for each trail, while the policy can be read; where it cannot, "
	"key-policy-blocks-cloudtrail is unknown.",
	"CloudTrail may be locked out already, or at the next change of what the condition is about.",
	"Let the statement say what CloudTrail's requests are known to carry (aws:SourceArn, "
	"kms:EncryptionContext:aws:cloudtrail:arn). trailsealctl policy --suggest --key-arn KEY "
	"--trail-arn TRAIL shows statements that do.",
	CONTROLS_ENCRYPTED },
	SUBJECT_TRAIL, judge_key_policy_uncertain },
[RULE_KEY_POLICY_TOO_OPEN] = { {
	"key-policy-too-open", SEVERITY_HIGH,
	"The policy of a trail's key lets strangers read the logs",
	"A statement allows kms:Decrypt, kms:ReEncryptFrom or kms:CreateGrant to everyone, or to an "
	"account that is neither watched nor an expected one (expect), without a condition that "
	"restricts the caller, such as kms:CallerAccount or aws:PrincipalOrgID. A condition on the "
	"encryption context restricts what is decrypted, not who does it. AWS's own default policy for "
	"CloudTrail is not too open. Judged while the policy can be read.",
	"Whoever gets hold of the log files can read them.",
	"Name the readers, or add a condition on the caller: aws kms put-key-policy --key-id KEY "
	"--policy-name default --policy file://POLICY. An account that is meant to read the logs "
	"belongs among the expected ones.",
	CONTROLS_ENCRYPTED },
	SUBJECT_KEY, judge_key_policy_too_open },
[RULE_KEY_ROTATION_OFF] = { {
	"key-rotation-off", SEVERITY_LOW,
	"A trail's key is not rotated",
	"GetKeyRotationStatus says KeyRotationEnabled false. Asked only of enabled symmetric "
	"customer managed keys with material of KMS; others do not rotate by themselves.",
	"All logs of all years are encrypted under the same key material.",
	"aws kms enable-key-rotation --key-id KEY. Old material is kept, so old logs stay "
	"readable.",
	"ISO/IEC 27001:2022: A.8.24" },
	SUBJECT_KEY, judge_key_rotation_off },
[RULE_KEY_REGION_MISMATCH] = { {
	"key-region-mismatch", SEVERITY_HIGH,
	"A trail's key is in another region than its bucket",
	"The region in the key's ARN is not the one where the bucket is by HeadBucket. The key "
	"must be in the bucket's region; the trail's home region does not matter.",
	"S3 encrypts with keys of its own region only. " RISK_NO_DELIVERY,
	"Set a key in the bucket's region, of a multi-region key the replica there: aws "
	"cloudtrail update-trail --name TRAIL --kms-key-id KEY.",
	CONTROLS_ENCRYPTED },
	SUBJECT_TRAIL, judge_key_region_mismatch },
[RULE_TRAIL_NOT_LOGGING] = { {
	"trail-not-logging", SEVERITY_CRITICAL,
	"A trail does not log",
	"GetTrailStatus says IsLogging false in at least one of the regions where the trail is "
	"at work.",
	"What is done there leaves no record in the trail. Stopping the trail is what intruders "
	"do first.",
	"Find out who called StopLogging, and aws cloudtrail start-logging --name TRAIL in its "
	"home region.",
	CONTROLS_LOGGED },
	SUBJECT_TRAIL, judge_trail_not_logging },
[RULE_TRAIL_DELIVERY_FAILING] = { {
	"trail-delivery-failing", SEVERITY_CRITICAL,
	"A trail cannot deliver its logs",
	"GetTrailStatus names a LatestDeliveryError in a region where the trail logs. It is "
	"S3's error, shown as it is: the bucket, its policy, the key or its policy may be the "
	"cause.",
	"CloudTrail tries again for a limited time only; what is not delivered by then is lost "
	"from the trail.",
	"Mend what the error names. The findings about the trail's key and bucket often say it "
	"better.",
	CONTROLS_LOGGED },
	SUBJECT_TRAIL, judge_trail_delivery_failing },
[RULE_TRAIL_DELIVERY_STALE] = { {
	"trail-delivery-stale", SEVERITY_HIGH,
	"A trail has delivered no logs for long",
	"The newest LatestDeliveryTime of all regions is older than the configured time (24 "
	"hours), and so is the beginning of logging. Judged only while the trail logs and its "
	"selectors let ordinary management reads through, as some are always made; idle regions "
	"deliver nothing.",
	"Logs may be lost although no error is shown: delivery that times out sets none.",
	"Look at the trail's key, bucket and bucket policy.",
	CONTROLS_LOGGED },
	SUBJECT_TRAIL, judge_trail_delivery_stale },
[RULE_TRAIL_DIGEST_FAILING] = { {
	"trail-digest-failing", SEVERITY_HIGH,
	"A trail cannot deliver its digests",
	"GetTrailStatus names a LatestDigestDeliveryError in a region where the trail logs. "
	"Judged with log file validation on and from three hours after logging began.",
	"Without digests nobody can prove that logs were not changed or removed.",
	"Mend what the error names. The findings about the trail's key and bucket often say it "
	"better.",
	CONTROLS_KEPT },
	SUBJECT_TRAIL, judge_trail_digest_failing },
[RULE_TRAIL_DIGEST_STALE] = { {
	"trail-digest-stale", SEVERITY_HIGH,
	"A trail has delivered no digest for hours",
	"With log file validation on, every region delivers a digest each hour, even an idle "
	"one. The newest of some region is older than the configured time (3 hours), or there "
	"is none. Judged from three hours after logging began.",
	"Delivery has stopped there, or somebody keeps digests from being written: then nobody "
	"can prove that logs were not changed or removed.",
	"Look at the trail's key, bucket and bucket policy.",
	CONTROLS_KEPT },
	SUBJECT_TRAIL, judge_trail_digest_stale },
[RULE_TRAIL_VALIDATION_OFF] = { {
	"trail-validation-off", SEVERITY_MEDIUM,
	"A trail writes no digests",
	"DescribeTrails says LogFileValidationEnabled false.",
	"Nobody can prove that logs were not changed or removed, and the hourly digests that "
	"show that delivery works are missing.",
	"aws cloudtrail update-trail --name TRAIL --enable-log-file-validation",
	CONTROLS_KEPT },
	SUBJECT_TRAIL, judge_trail_validation_off },
[RULE_TRAIL_SELECTORS_NARROWED] = { {
	"trail-selectors-narrowed", SEVERITY_MEDIUM,
	"A trail does not log all management events",
	"GetEventSelectors, by basic or advanced selectors, lets only reads or only writes "
	"through, or leaves out sources such as kms.amazonaws.com. Data events are not looked "
	"at.",
	"What is left out leaves no record in the trail: without KMS's events, for instance, "
	"nobody sees who decrypts the logs.",
	"Let all management events through: aws cloudtrail put-event-selectors. It replaces all "
	"selectors of the trail, so first look at them with aws cloudtrail get-event-selectors.",
	CONTROLS_LOGGED },
	SUBJECT_TRAIL, judge_trail_selectors_narrowed },
[RULE_TRAIL_DELETED] = { {
	"trail-deleted", SEVERITY_CRITICAL,
	"A trail was deleted",
	"DescribeTrails, asked by the trail's owner in its home region, does not list the trail any "
	"more. Said for the configured time (7 days), or until the trail is there again. " NEEDS_PAST,
	"What is done from now on leaves no record in the trail. Deleting it is how intruders hide.",
	"Find out who deleted the trail (DeleteTrail in the event history), and make it again: aws "
	"cloudtrail create-trail, then aws cloudtrail start-logging.",
	CONTROLS_LOGGED },
	SUBJECT_TRAIL, NULL },
[RULE_ACCOUNT_WITHOUT_TRAIL] = { {
	"account-without-trail", SEVERITY_CRITICAL,
	"An account has no trail",
	"DescribeTrails, asked in every enabled region, lists no trail, neither of the account "
	"nor of its organization.",
	"There is only the event history of 90 days, which holds management events alone and is "
	"not encrypted with a key of yours.",
	"Make a multi-region trail with a KMS key, or one of the organization: aws cloudtrail "
	"create-trail, then aws cloudtrail start-logging.",
	CONTROLS_LOGGED },
	SUBJECT_ACCOUNT, judge_account_without_trail },
[RULE_REGION_WITHOUT_TRAIL] = { {
	"region-without-trail", SEVERITY_MEDIUM,
	"No trail that logs covers a region",
	"None of the trails that DescribeTrails lists in an enabled region logs there. Not said "
	"of accounts that have no trail at all.",
	"What is done there leaves no record in any trail.",
	"Make a trail multi-region: aws cloudtrail update-trail --name TRAIL "
	"--is-multi-region-trail. Or start the one that stopped: aws cloudtrail start-logging "
	"--name TRAIL.",
	CONTROLS_LOGGED },
	SUBJECT_REGION, judge_region_without_trail },
[RULE_BUCKET_MISSING] = { {
	"bucket-missing", SEVERITY_CRITICAL,
	"A trail's bucket does not exist",
	"S3 answers HeadBucket with 404. A 403 that names a region means that the bucket is "
	"there; anything else is unknown.",
	"No log can be delivered. Whoever takes the free name next gets them.",
	"Make the bucket again, with a policy that lets CloudTrail write, or give the trail "
	"another: aws cloudtrail update-trail --name TRAIL --s3-bucket-name BUCKET.",
	CONTROLS_KEPT },
	SUBJECT_BUCKET, judge_bucket_missing },
[RULE_BUCKET_POLICY_BLOCKS_CLOUDTRAIL] = { {
	"bucket-policy-blocks-cloudtrail", SEVERITY_CRITICAL,
	"The policy of a trail's bucket keeps CloudTrail out",
	"GetBucketPolicy shows a policy that denies s3:PutObject into the trail's folder or "
	"s3:GetBucketAcl to cloudtrail.amazonaws.com, or does not allow them; a bucket without a "
	"policy allows nothing. Where that cannot be told from outside, the rule is unknown. The folder "
	"of an organization trail bears the organization's id, which ListAccounts tells. Buckets that "
	"belong to accounts that are not watched are not judged.",
	"No log can be delivered. CloudTrail tries again for a limited time only; what is not "
	"delivered by then is lost from the trail.",
	"Mend the statement that is named: aws s3api put-bucket-policy --bucket BUCKET --policy "
	"file://POLICY. It replaces the whole policy, so first look at it with aws s3api "
	"get-bucket-policy.",
	CONTROLS_KEPT },
	SUBJECT_TRAIL, judge_bucket_policy_blocks_cloudtrail },
[RULE_VISIBILITY_LOST] = { {
	"visibility-lost", SEVERITY_HIGH,
	"Something that should be watched cannot be seen",
	"For longer than the configured time (30 minutes) AWS did not answer the questions about a "
	"region, an account, or all that is watched: denied, throttled, timed out or not understood. "
	"Not said of what a service control policy denies from the first look on. " NEEDS_PAST,
	"Whatever happens there goes unnoticed. Taking away a monitor's permissions is a way to hide.",
	"Mend what the reason names: the role that trailseal assumes, its permissions, its own "
	"credentials, or the network.",
	CONTROLS_LOGGED },
	SUBJECT_ACCOUNT, NULL },
};

static const struct rule *
rule_row(enum rule_id rule)
{
	assert((unsigned)rule < RULES);
	return rule_is_event(rule) ? &event_rules[rule - STATE_RULES] : &rules[rule];
}

const struct rule_text *
rule_text(enum rule_id rule)
{
	return &rule_row(rule)->text;
}

const char *
rule_name(enum rule_id rule)
{
	return rule_row(rule)->text.name;
}

rule_judge_fn
rule_judge(enum rule_id rule)
{
	return rule_row(rule)->judge;
}

bool
rule_needs_past(enum rule_id rule)
{
	return !rule_is_event(rule) && rule_row(rule)->judge == NULL;
}

bool
rule_is_event(enum rule_id rule)
{
	return rule >= STATE_RULES;
}

enum subject_kind
rule_subject(enum rule_id rule)
{
	return rule_row(rule)->subject;
}

bool
rule_find(const char *name, enum rule_id *ret)
{
	for (enum rule_id rule = 0; rule < RULES; rule++) {
		if (strcmp(name, rule_name(rule)) != 0)
			continue;
		*ret = rule;
		return true;
	}
	return false;
}

void
rules_settings_init(struct rules_settings *s)
{
	*s = (struct rules_settings){
		.material_expiring_ms = 30 * DAY_MS, .material_critical_ms = 7 * DAY_MS,
		.delivery_stale_ms = 24 * HOUR_MS, .digest_stale_ms = 3 * HOUR_MS,
		.digest_grace_ms = 3 * HOUR_MS, .key_changed_ms = DAY_MS, .deleted_ms = 7 * DAY_MS,
		.blind_ms = 30 * MINUTE_MS,
	};
	for (enum rule_id rule = 0; rule < RULES; rule++) {
		s->rule[rule].is_enabled = true;
		s->rule[rule].severity = rule_text(rule)->severity;
	}
	s->rule[RULE_EVENT_KEY_USED].is_enabled = false;	/* it asks for events by the thousands */
}

static const char *const severity_names[] = {
	[SEVERITY_LOW] = "low", [SEVERITY_MEDIUM] = "medium", [SEVERITY_HIGH] = "high",
	[SEVERITY_CRITICAL] = "critical",
};

const char *
severity_name(enum severity severity)
{
	assert(severity >= SEVERITY_LOW && severity <= SEVERITY_CRITICAL);
	return severity_names[severity];
}

bool
severity_parse(const char *name, enum severity *ret)
{
	for (enum severity s = SEVERITY_LOW; s <= SEVERITY_CRITICAL; s++) {
		if (strcmp(name, severity_names[s]) != 0)
			continue;
		*ret = s;
		return true;
	}
	return false;
}

const char *
verdict_name(enum verdict verdict)
{
	static const char *const names[] = {
		[VERDICT_NOT_APPLICABLE] = "not-applicable", [VERDICT_PASS] = "pass",
		[VERDICT_FAIL] = "fail", [VERDICT_UNKNOWN] = "unknown",
	};

	assert((unsigned)verdict <= VERDICT_UNKNOWN);
	return names[verdict];
}
