/* SPDX-License-Identifier: Apache-2.0 */
/* CloudTrail: the operations that read, and the table of all. */
#include <stdio.h>
#include <string.h>

#include "awssim/answer.h"
#include "awssim/delivery.h"
#include "awssim/events.h"
#include "awssim/trails.h"
#include "base/stamp.h"
#include "base/text.h"

bool
trail_is_seen(const struct world *w, const struct trail *t, const struct account *account,
    const struct region *region)
{
	bool is_there =
	    t->home == region || (t->is_multi_region && account_has_region(account, region));

	return is_there && (t->account == account || (t->is_organization && account->is_member &&
	    w->organization_id != NULL));
}

/* A name of one's own trail in this region, or the ARN of any trail in sight; NULL: none. */
static struct trail *
trail_find(struct call *c, const char *name)
{
	struct trail *t;

	if (text_has_prefix(name, "arn:")) {
		t = world_trail(c->world, name);
		return t != NULL && trail_is_seen(c->world, t, c->account, c->region) ? t : NULL;
	}
	TAILQ_FOREACH(t, &c->account->trails, in_account)
		if (t->home == c->region && strcmp(t->name, name) == 0)
			return t;
	return NULL;
}

struct trail *
trail_named(struct call *c, const char *parameter)
{
	struct trail *t;
	struct arn arn;
	const char *name;

	if (!call_required(c, parameter, &name))
		return NULL;
	call_about(c, "AWS::CloudTrail::Trail", name);
	if (text_has_prefix(name, "arn:") && !arn_parse_trail(name, &arn)) {
		answer_error(
		    c, 400, "CloudTrailARNInvalidException", "Trail ARN is invalid: %s", name);
		return NULL;
	}
	t = trail_find(c, name);
	if (t == NULL)
		answer_error(c, 400, "TrailNotFoundException", "Unknown trail: %s for the user: %s",
		    name, c->account->id);
	return t;
}

struct trail *
trail_to_change(struct call *c, const char *parameter)
{
	struct trail *t = trail_named(c, parameter);

	if (t == NULL)
		return NULL;
	if (t->account != c->account) {
		answer_error(c, 400, "NotOrganizationMasterAccountException",
		    "The trail %s belongs to the management account of the organization.", t->arn);
		return NULL;
	}
	if (t->home != c->region) {
		answer_error(c, 400, "InvalidHomeRegionException",
		    "Trail %s can only be changed in its home region, %s.", t->arn, t->home->name);
		return NULL;
	}
	return t;
}

void
trail_write(struct call *c, const struct trail *t)
{
	struct json_writer *w = answer_json(c);
	const char *topic_name = t->sns_topic ? strrchr(t->sns_topic, ':') : NULL;

	answer_member(c, "Name", t->name);
	answer_member(c, "S3BucketName", t->bucket);
	answer_member(c, "S3KeyPrefix", t->prefix);
	answer_member(c, "SnsTopicName", topic_name ? topic_name + 1 : NULL);
	answer_member(c, "SnsTopicARN", t->sns_topic);
	json_write_member_bool(w, "IncludeGlobalServiceEvents", t->has_global_events);
	json_write_member_bool(w, "IsMultiRegionTrail", t->is_multi_region);
	answer_member(c, "TrailARN", t->arn);
	json_write_member_bool(w, "LogFileValidationEnabled", t->validates);
	answer_member(c, "CloudWatchLogsLogGroupArn", t->cw_group);
	answer_member(c, "CloudWatchLogsRoleArn", t->cw_role);
	answer_member(c, "KmsKeyId", t->key_arn);
	json_write_member_bool(w, "IsOrganizationTrail", t->is_organization);
}

/* What DescribeTrails and GetTrail show and the answers to changes do not. */
static void
trail_write_described(struct call *c, const struct trail *t)
{
	struct json_writer *w = answer_json(c);

	trail_write(c, t);
	answer_member(c, "HomeRegion", t->home->name);
	json_write_member_bool(w, "HasCustomEventSelectors", t->selectors != NULL);
	json_write_member_bool(w, "HasInsightSelectors", false);
}

static void
trail_describe_one(struct call *c, const struct trail *t)
{
	json_write_object(answer_json(c));
	trail_write_described(c, t);
	json_write_end_object(answer_json(c));
}

static void
trail_describe_all(struct call *c, bool with_shadows)
{
	const struct trail *t;

	TAILQ_FOREACH(t, &c->account->trails, in_account)
		if (trail_is_seen(c->world, t, c->account, c->region) &&
		    (with_shadows || t->home == c->region))
			trail_describe_one(c, t);
	if (with_shadows)
		TAILQ_FOREACH(t, &c->world->organization_trails, in_organization)
			if (t->account != c->account &&
			    trail_is_seen(c->world, t, c->account, c->region))
				trail_describe_one(c, t);
}

static void
cloudtrail_describe_trails(struct call *c)
{
	const struct json *names = NULL;
	struct err e = { 0 };
	bool with_shadows = true;

	if (json_get_array(c->params, "trailNameList", &names, &e) != 0) {
		answer_error(c, 400, "SerializationException", "%s", e.text);
		return;
	}
	if (!call_bool(c, "includeShadowTrails", &with_shadows))
		return;
	json_write_key(answer_json(c), "trailList");
	json_write_array(answer_json(c));
	if (names == NULL || names->count == 0) {
		trail_describe_all(c, with_shadows);
	} else {
		json_foreach(name, names) {
			const struct trail *t =
			    name->type == JSON_STRING ? trail_find(c, name->text) : NULL;

			if (t != NULL)
				trail_describe_one(c, t);
		}
	}
	json_write_end_array(answer_json(c));
}

static void
cloudtrail_get_trail(struct call *c)
{
	const struct trail *t = trail_named(c, "Name");

	if (t == NULL)
		return;
	json_write_key(answer_json(c), "Trail");
	trail_describe_one(c, t);
}

static void
cloudtrail_list_trails(struct call *c)
{
	const struct trail *t;

	json_write_key(answer_json(c), "Trails");
	json_write_array(answer_json(c));
	TAILQ_FOREACH(t, &c->account->trails, in_account) {
		json_write_object(answer_json(c));
		answer_member(c, "TrailARN", t->arn);
		answer_member(c, "Name", t->name);
		answer_member(c, "HomeRegion", t->home->name);
		json_write_end_object(answer_json(c));
	}
	json_write_end_array(answer_json(c));
}

/* The legacy members are texts, and empty when there is nothing to say. */
static void
trail_write_legacy(struct call *c, const char *name, int64_t wall_ms)
{
	char iso[STAMP_ISO_SIZE];

	answer_member(c, name, wall_ms == STAMP_UNKNOWN ? "" : stamp_format_iso(wall_ms, iso));
}

static void
cloudtrail_get_trail_status(struct call *c)
{
	struct trail *t = trail_named(c, "Name");
	struct delivery d;

	if (t == NULL)
		return;
	delivery_look(c->world, t, c->region, c->now_ms, &d);
	json_write_member_bool(answer_json(c), "IsLogging", t->is_logging);
	answer_member(c, "LatestDeliveryError", d.error);
	answer_member_time(c, "LatestDeliveryTime", d.latest_ms);
	answer_member_time(c, "StartLoggingTime", t->start_ms);
	answer_member_time(c, "StopLoggingTime", t->stop_ms);
	answer_member(c, "LatestDigestDeliveryError", d.digest_error);
	answer_member_time(c, "LatestDigestDeliveryTime", d.digest_ms);
	trail_write_legacy(c, "LatestDeliveryAttemptTime", d.latest_ms);
	trail_write_legacy(c, "LatestNotificationAttemptTime", STAMP_UNKNOWN);
	trail_write_legacy(c, "LatestNotificationAttemptSucceeded", STAMP_UNKNOWN);
	trail_write_legacy(
	    c, "LatestDeliveryAttemptSucceeded", d.error ? STAMP_UNKNOWN : d.latest_ms);
	trail_write_legacy(c, "TimeLoggingStarted", t->start_ms);
	trail_write_legacy(c, "TimeLoggingStopped", t->stop_ms);
}

void
trail_write_selectors(struct call *c, const struct trail *t)
{
	struct json_writer *w = answer_json(c);
	const struct json *selectors;
	struct err e;

	answer_member(c, "TrailARN", t->arn);
	if (t->selectors != NULL) {
		json_write_key(
		    w, t->selectors_are_advanced ? "AdvancedEventSelectors" : "EventSelectors");
		if (json_parse(c->arena, t->selectors, strlen(t->selectors), &selectors, &e) == 0)
			answer_tree(w, selectors, false);
		else
			json_write_null(w);
		return;
	}
	json_write_key(w, "EventSelectors");
	json_write_array(w);
	json_write_object(w);
	json_write_member(w, "ReadWriteType", "All");
	json_write_member_bool(w, "IncludeManagementEvents", true);
	json_write_key(w, "DataResources");
	json_write_array(w);
	json_write_end_array(w);
	json_write_key(w, "ExcludeManagementEventSources");
	json_write_array(w);
	json_write_end_array(w);
	json_write_end_object(w);
	json_write_end_array(w);
}

/* Members of an organization do not get to see the selectors of its trail. */
static void
cloudtrail_get_selectors(struct call *c)
{
	const struct trail *t = trail_named(c, "TrailName");

	if (t == NULL)
		return;
	if (t->account == c->account)
		trail_write_selectors(c, t);
	else
		answer_error(c, 400, "TrailNotFoundException", "Unknown trail: %s for the user: %s",
		    t->arn, c->account->id);
}

/* clang-format off */
const struct operation cloudtrail_operations[] = {
	OPERATION_READS("cloudtrail", DescribeTrails, cloudtrail_describe_trails, NULL),
	OPERATION_READS("cloudtrail", GetTrail, cloudtrail_get_trail, "Name"),
	OPERATION_READS("cloudtrail", ListTrails, cloudtrail_list_trails, NULL),
	OPERATION_READS("cloudtrail", GetTrailStatus, cloudtrail_get_trail_status, "Name"),
	OPERATION_READS("cloudtrail", GetEventSelectors, cloudtrail_get_selectors, "TrailName"),
	OPERATION_READS("cloudtrail", LookupEvents, events_lookup, NULL),
	OPERATION_CHANGES("cloudtrail", CreateTrail, trail_create, "Name"),
	OPERATION_CHANGES("cloudtrail", UpdateTrail, trail_update, "Name"),
	OPERATION_CHANGES("cloudtrail", DeleteTrail, trail_delete, "Name"),
	OPERATION_CHANGES("cloudtrail", StartLogging, trail_start, "Name"),
	OPERATION_CHANGES("cloudtrail", StopLogging, trail_stop, "Name"),
	OPERATION_CHANGES("cloudtrail", PutEventSelectors, trail_put_selectors, "TrailName"),
	{ .name = NULL },
};
/* clang-format on */
