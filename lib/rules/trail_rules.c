/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules about how a trail is configured: its key, its validation, its selectors. A trail is
 * judged once, by its owner's description or, while that is not to be had, by a shadow's.
 */
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "rules/judge.h"

/* What the trail's rules about its key begin with; false when *ret is the whole answer. */
static bool
trail_has_key(const struct judge *j, struct observation *o, const char *question,
    enum verdict *ret)
{
	const struct trail *trail = &j->trail->trail;

	*ret = VERDICT_NOT_APPLICABLE;
	if (trail->kms_key_id == NULL)
		return false;
	observe_source(o, &j->trail->described);
	observe_fact(j, o, "KmsKeyId", trail->kms_key_id);
	if (reading_is_good(&j->trail->described))
		return true;
	*ret = observe_unread(j, o, question, &j->trail->described);
	return false;
}

/* In which region the trail's key must be: the bucket's, where that is known. */
static const char *
trail_key_region(const struct judge *j)
{
	return j->bucket != NULL && j->bucket->bucket.region != NULL ? j->bucket->bucket.region :
	    "the bucket's region";
}

static void
trail_remedy_key(const struct judge *j, struct observation *o, const char *key)
{
	const struct trail *trail = &j->trail->trail;

	observe_remedy(j, o, "aws cloudtrail update-trail --name %s --kms-key-id %s --region %s",
	    trail->arn, key, trail->home_region);
}

static void
trail_remedy_new_key(const struct judge *j, struct observation *o, const char *region)
{
	trail_remedy_key(
	    j, o, arena_printf(j->arena, "<ARN of a customer managed key in %s>", region));
}

enum verdict
judge_trail_unencrypted(const struct judge *j, struct observation *o)
{
	const struct world_trail *trail = j->trail;

	observe_source(o, &trail->described);
	observe_fact(j, o, "S3BucketName", trail->trail.bucket);
	if (!reading_is_good(&trail->described))
		return observe_unread(
		    j, o, "its logs are encrypted with a KMS key", &trail->described);
	observe_fact(
	    j, o, "KmsKeyId", trail->trail.kms_key_id ? trail->trail.kms_key_id : "absent");
	if (trail->trail.kms_key_id != NULL)
		return observe(
		    j, o, VERDICT_PASS, "encrypts its logs with %s", trail->trail.kms_key_id);
	trail_remedy_new_key(j, o, trail_key_region(j));
	return observe(j, o, VERDICT_FAIL, "writes its logs without a KMS key");
}

enum verdict
judge_trail_key_not_customer_managed(const struct judge *j, struct observation *o)
{
	const char *question = "its key is managed by the customer";
	const struct world_key *key = j->key;
	enum verdict verdict;

	if (!trail_has_key(j, o, question, &verdict))
		return verdict;
	if (strstr(key->id, "alias/aws/") != NULL) {
		trail_remedy_new_key(j, o, trail_key_region(j));
		return observe(
		    j, o, VERDICT_FAIL, "encrypts with %s, a key that AWS manages", key->id);
	}
	if (world_key_exists(key) == TRI_NO)
		return VERDICT_NOT_APPLICABLE;
	observe_source(o, &key->described);
	if (!reading_is_good(&key->described))
		return observe_unknown(j, o, question, judge_key_reason(j));
	switch (key->key.manager) {
	case KEY_MANAGER_CUSTOMER:
		observe_fact(j, o, "KeyManager", "CUSTOMER");
		return observe(j, o, VERDICT_PASS, "encrypts with a customer managed key");
	case KEY_MANAGER_AWS:
		observe_fact(j, o, "KeyManager", "AWS");
		trail_remedy_new_key(j, o, trail_key_region(j));
		return observe(
		    j, o, VERDICT_FAIL, "encrypts with %s, a key that AWS manages", key->id);
	case KEY_MANAGER_UNKNOWN:
		break;
	}
	return observe_unknown(j, o, question, "DescribeKey does not say who manages it");
}

static bool
trail_lists(const char *const *list, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i], name) == 0)
			return true;
	return false;
}

/* Until it is known which key an alias means, it cannot be told whether that is an expected one. */
enum verdict
judge_trail_key_unexpected(const struct judge *j, struct observation *o)
{
	const struct rules_settings *s = j->settings;
	const struct world_key *key = j->key;
	enum verdict verdict;

	if (s->expected_key_count + s->expected_account_count == 0 ||
	    !trail_has_key(j, o, "its key is an expected one", &verdict))
		return s->expected_key_count + s->expected_account_count == 0 ?
		    VERDICT_NOT_APPLICABLE : verdict;
	if (trail_lists(s->expected_keys, s->expected_key_count, key->id) ||
	    trail_lists(s->expected_accounts, s->expected_account_count, key->account))
		return observe(j, o, VERDICT_PASS, "encrypts with an expected key");
	if (text_is_empty(key->account))
		return observe_unknown(
		    j, o, "its key is an expected one", "KmsKeyId is no key ARN");
	trail_remedy_key(j, o, s->expected_key_count == 1 ? s->expected_keys[0] :
	    "<ARN of an expected key>");
	return observe(j, o, VERDICT_FAIL, "encrypts with %s, which is no expected key", key->id);
}

enum verdict
judge_trail_validation_off(const struct judge *j, struct observation *o)
{
	const struct world_trail *trail = j->trail;
	const char *question = "it writes digests that validate its logs";

	observe_source(o, &trail->described);
	if (!reading_is_good(&trail->described))
		return observe_unread(j, o, question, &trail->described);
	if (trail->trail.validation == TRI_UNKNOWN)
		return observe_unknown(j, o, question, "LogFileValidationEnabled is absent");
	observe_fact(j, o, "LogFileValidationEnabled",
	    trail->trail.validation == TRI_YES ? "true" : "false");
	if (trail->trail.validation == TRI_YES)
		return observe(j, o, VERDICT_PASS, "writes digests that validate its logs");
	observe_remedy(j, o,
	    "aws cloudtrail update-trail --name %s --enable-log-file-validation --region %s",
	    trail->trail.arn, trail->trail.home_region);
	return observe(
	    j, o, VERDICT_FAIL, "writes no digests, so changed or lost logs go unnoticed");
}

enum verdict
judge_trail_selectors_narrowed(const struct judge *j, struct observation *o)
{
	const struct trail_selectors *selectors = &j->trail->selectors;
	const struct reading *reading = &j->trail->selectors_reading;
	const char *question = "it logs all management events";
	enum tri all;

	observe_source(o, reading);
	if (reading->state == READING_NONE)
		return observe_unknown(j, o, question, j->view_count > 0 ?
		    "its selectors were not asked for" : j->blind);
	if (!reading_is_good(reading))
		return observe_unread(j, o, question, reading);
	all = tri_and(selectors->management_reads, selectors->management_writes);
	if (all == TRI_YES)
		return observe(j, o, VERDICT_PASS, "logs all management events");
	observe_fact(j, o, "selectors", selectors->narrowed);
	if (all == TRI_UNKNOWN)
		return observe_unknown(j, o, question, selectors->narrowed);
	/* Putting selectors replaces all there are, for data events too: first look at them. */
	observe_remedy(j, o, "aws cloudtrail get-event-selectors --trail-name %s --region %s && "
	    "aws cloudtrail put-event-selectors --trail-name %s --region %s "
	    "--advanced-event-selectors <the same, with all management events>",
	    j->trail->trail.arn, j->trail->trail.home_region, j->trail->trail.arn,
	    j->trail->trail.home_region);
	return observe(j, o, VERDICT_FAIL, "does not log all management events: %s",
	    selectors->narrowed);
}

/* The ARN's region is what counts, also of a multi-region key: the trail uses that replica. */
enum verdict
judge_key_region_mismatch(const struct judge *j, struct observation *o)
{
	const char *question = "its key is in its bucket's region";
	const struct world_bucket *bucket = j->bucket;
	enum verdict verdict;

	if (bucket == NULL || !trail_has_key(j, o, question, &verdict))
		return bucket == NULL ? VERDICT_NOT_APPLICABLE : verdict;
	if (text_is_empty(j->key->region) || bucket->bucket.exists == TRI_NO)
		return VERDICT_NOT_APPLICABLE;	/* key-missing and bucket-missing say so */
	observe_fact(j, o, "S3BucketName", bucket->name);
	if (!reading_is_good(&bucket->head_reading))
		return observe_unread(j, o, question, &bucket->head_reading);
	observe_source(o, &bucket->head_reading);
	if (bucket->bucket.region == NULL)
		return observe_unknown(j, o, question, "S3 does not say where the bucket is");
	observe_fact(j, o, "x-amz-bucket-region", bucket->bucket.region);
	if (strcmp(bucket->bucket.region, j->key->region) == 0)
		return observe(j, o, VERDICT_PASS, "has its key in its bucket's region, %s",
		    j->key->region);
	trail_remedy_new_key(j, o, bucket->bucket.region);
	return observe(j, o, VERDICT_FAIL, "has its key in %s but its bucket %s in %s",
	    j->key->region, bucket->name, bucket->bucket.region);
}
