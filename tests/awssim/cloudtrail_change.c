/* SPDX-License-Identifier: Apache-2.0 */
/* CloudTrail: the operations that change trails. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "awssim/admission.h"
#include "awssim/answer.h"
#include "awssim/delivery.h"
#include "awssim/key.h"
#include "awssim/kms.h"
#include "awssim/trails.h"
#include "base/stamp.h"
#include "base/text.h"

#define TRAIL_MAX_PER_REGION	5

/* The parameters that CreateTrail and UpdateTrail share; NULL: not given. */
struct trail_wish {
	const char	*bucket, *prefix, *sns_topic, *cw_group, *cw_role, *key;
	bool		 has_global_events, is_multi_region, validates, is_organization;
};

static bool
trail_name_is_good(struct call *c, const char *name)
{
	size_t len = strlen(name);
	const char *why = NULL;

	if (len < 3 || len > 128)
		why = len < 3 ? "Trail name must be at least 3 characters long."
			      : "Trail name cannot be longer than 128 characters.";
	else if (strspn(name,
		     "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") != len)
		why = "Trail name or ARN can only contain uppercase letters, lowercase letters, "
		      "numbers, "
		      "periods (.), hyphens (-), and underscores (_).";
	else if (!isalnum((unsigned char)name[0]) || !isalnum((unsigned char)name[len - 1]))
		why = "Trail name must start and end with a letter or number.";
	if (why != NULL)
		answer_error(c, 400, "InvalidTrailNameException", "%s", why);
	return why == NULL;
}

/* Reads what is given; what is not keeps the value it has. */
static bool
trail_read_wish(struct call *c, struct trail_wish *wish)
{
	return call_string(c, "S3BucketName", &wish->bucket) &&
	    call_string(c, "S3KeyPrefix", &wish->prefix) &&
	    call_string(c, "SnsTopicName", &wish->sns_topic) &&
	    call_string(c, "CloudWatchLogsLogGroupArn", &wish->cw_group) &&
	    call_string(c, "CloudWatchLogsRoleArn", &wish->cw_role) &&
	    call_string(c, "KmsKeyId", &wish->key) &&
	    call_bool(c, "IncludeGlobalServiceEvents", &wish->has_global_events) &&
	    call_bool(c, "IsMultiRegionTrail", &wish->is_multi_region) &&
	    call_bool(c, "EnableLogFileValidation", &wish->validates) &&
	    call_bool(c, "IsOrganizationTrail", &wish->is_organization);
}

/* Whether their policies let CloudTrail use what it was given. */
static bool
trail_check_policies(struct call *c, const char *arn, const struct trail_wish *wish,
    const struct bucket *bucket, const struct key *key)
{
	if (!admission_by_bucket(c->world, bucket, arn, wish->prefix, wish->is_organization)) {
		answer_error(c, 400, "InsufficientS3BucketPolicyException",
		    "Incorrect S3 bucket policy is detected for bucket: %s", bucket->name);
		return false;
	}
	if (key != NULL && !admission_by_key(key, arn)) {
		answer_error(c, 400, "InsufficientEncryptionPolicyException",
		    "Insufficient permissions to access S3 bucket %s or KMS key %s.",
		    bucket->name, key->arn);
		return false;
	}
	return true;
}

/*
 * CloudTrail looks for bucket and key, and tries them, before it takes them. `arn` is the trail's;
 * NULL: neither was given anew.
 */
static bool
trail_check_wish(struct call *c, const char *arn, struct trail_wish *wish)
{
	const struct bucket *bucket = wish->bucket ? world_bucket(c->world, wish->bucket) : NULL;
	const struct key *key = NULL;

	if (bucket == NULL || bucket->is_deleted) {
		answer_error(c, 400, "S3BucketDoesNotExistException",
		    "S3 bucket %s does not exist!", wish->bucket ? wish->bucket : "null");
		return false;
	}
	if (wish->is_organization && !account_is_management(c->world, c->account)) {
		answer_error(c, 400, "NotOrganizationMasterAccountException",
		    "Only the management account of an organization can make organization trails.");
		return false;
	}
	if (wish->is_multi_region && !wish->has_global_events) {
		answer_error(c, 400, "InvalidParameterCombinationException",
		    "Multi-Region trail must include global service events.");
		return false;
	}
	if (arn == NULL)
		return true;
	if (text_is_empty(wish->key))
		return trail_check_policies(c, arn, wish, bucket, NULL);
	key = kms_find(c, wish->key, bucket->region);
	if (key == NULL || key->region != bucket->region) {
		answer_error(c, 400, "KmsKeyNotFoundException",
		    "Insufficient permissions to access S3 bucket "
		    "%s or KMS key %s.",
		    wish->bucket, wish->key);
		return false;
	}
	if (!key_is_usable(key)) {
		answer_error(c, 400, "KmsException", "%s is %s.", key->arn, key_state_phrase(key));
		return false;
	}
	wish->key = arena_strdup(c->arena, key->arn);
	return trail_check_policies(c, arn, wish, bucket, key);
}

static void
trail_apply_wish(struct call *c, struct trail *t, const struct trail_wish *wish)
{
	const char *topic = wish->sns_topic;

	if (!text_is_empty(topic) && !text_has_prefix(topic, "arn:"))
		topic = arena_printf(
		    c->arena, "arn:aws:sns:%s:%s:%s", t->home->name, t->account->id, topic);
	text_replace(&t->bucket, wish->bucket);
	text_replace(&t->prefix, wish->prefix);
	text_replace(&t->sns_topic, topic);
	text_replace(&t->cw_group, wish->cw_group);
	text_replace(&t->cw_role, wish->cw_role);
	text_replace(&t->key_arn, wish->key);
	t->has_global_events = wish->has_global_events;
	t->is_multi_region = wish->is_multi_region;
	t->validates = wish->validates;
	trail_set_organization(c->world, t, wish->is_organization);
	t->by_bucket.version = 0;	/* its folder may be another */
}

static bool
trail_has_room(struct call *c)
{
	const struct trail *t;
	unsigned count = 0;

	TAILQ_FOREACH(t, &c->account->trails, in_account)
		count += trail_is_seen(c->world, t, c->account, c->region);
	if (count < TRAIL_MAX_PER_REGION)
		return true;
	answer_error(c, 400, "MaximumNumberOfTrailsExceededException",
	    "User: %s already has %u trails in %s.", c->account->id, count, c->region->name);
	return false;
}

void
trail_create(struct call *c)
{
	struct trail_wish wish = { .has_global_events = true };
	const char *name, *arn;
	struct trail *t;

	if (!call_required(c, "Name", &name) || !trail_name_is_good(c, name) ||
	    !trail_read_wish(c, &wish))
		return;
	arn = arena_printf(c->arena, "arn:aws:cloudtrail:%s:%s:trail/%s", c->region->name,
	    c->account->id, name);
	if (!trail_check_wish(c, arn, &wish) || !trail_has_room(c))
		return;
	t = world_add_trail(c->world, c->account, c->region, name);
	if (t == NULL) {
		answer_error(c, 400, "TrailAlreadyExistsException",
		    "Trail %s already exists for customer: %s", name, c->account->id);
		return;
	}
	trail_apply_wish(c, t, &wish);
	call_about(c, "AWS::CloudTrail::Trail", name);
	call_about(c, "AWS::S3::Bucket", wish.bucket);
	trail_write(c, t);
}

static void
trail_wish_from(struct call *c, const struct trail *t, struct trail_wish *ret)
{
	*ret = (struct trail_wish){
		.bucket = arena_strdup(c->arena, t->bucket),
		.prefix = arena_strdup(c->arena, t->prefix),
		.sns_topic = arena_strdup(c->arena, t->sns_topic),
		.cw_group = arena_strdup(c->arena, t->cw_group),
		.cw_role = arena_strdup(c->arena, t->cw_role),
		.key = arena_strdup(c->arena, t->key_arn),
		.has_global_events = t->has_global_events,
		.is_multi_region = t->is_multi_region,
		.validates = t->validates,
		.is_organization = t->is_organization,
	};
}

/*
 * Parameters that are not given stay as they are; an empty KmsKeyId ends the encryption. A key
 * that stays is not tried again, so a broken one does not keep other things from being changed.
 */
void
trail_update(struct call *c)
{
	struct trail *t = trail_to_change(c, "Name");
	bool keeps_both = json_member(c->params, "KmsKeyId") == NULL &&
	    json_member(c->params, "S3BucketName") == NULL;
	struct trail_wish wish;

	if (t == NULL)
		return;
	trail_wish_from(c, t, &wish);
	if (!trail_read_wish(c, &wish) || !trail_check_wish(c, keeps_both ? NULL : t->arn, &wish))
		return;
	trail_apply_wish(c, t, &wish);
	trail_write(c, t);
}

void
trail_delete(struct call *c)
{
	struct trail *t = trail_to_change(c, "Name");

	if (t == NULL)
		return;
	world_remove_trail(c->world, t);
	answer_json(c);
}

void
trail_start(struct call *c)
{
	struct trail *t = trail_to_change(c, "Name");

	if (t == NULL)
		return;
	delivery_start(t, c->now_ms);
	answer_json(c);
}

void
trail_stop(struct call *c)
{
	struct trail *t = trail_to_change(c, "Name");

	if (t == NULL)
		return;
	delivery_stop(c->world, t, c->now_ms);
	answer_json(c);
}

/* One of the two lists, kept as the text it came as. */
void
trail_put_selectors(struct call *c)
{
	const struct json *basic = NULL, *advanced = NULL, *given;
	struct trail *t = trail_to_change(c, "TrailName");
	struct err e = { 0 };
	struct json_writer *w;
	struct buf text;

	if (t == NULL)
		return;
	if (json_get_array(c->params, "EventSelectors", &basic, &e) != 0 ||
	    json_get_array(c->params, "AdvancedEventSelectors", &advanced, &e) != 0) {
		answer_error(c, 400, "SerializationException", "%s", e.text);
		return;
	}
	given = advanced && advanced->count ? advanced : basic;
	if (given == NULL || given->count == 0 ||
	    (advanced && advanced->count && basic && basic->count)) {
		answer_error(c, 400, "InvalidEventSelectorsException",
		    "Event selectors must be either basic or advanced, and at least one.");
		return;
	}
	buf_init(&text, 256 * 1024);
	w = json_writer_new(&text, false);
	answer_tree(w, given, false);
	json_writer_free(w);
	text_replace(&t->selectors, buf_text(&text));
	buf_done(&text);
	t->selectors_are_advanced = given == advanced;
	trail_write_selectors(c, t);
}
