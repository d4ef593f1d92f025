/* SPDX-License-Identifier: Apache-2.0 */
/* CloudTrail's DescribeTrails and GetTrailStatus; see parse.h. Selectors are in selectors.c. */
#include "parse/parse.h"

#include <string.h>

#include "base/names.h"
#include "parse/members.h"

/*
 * CloudTrail answers key ARNs. Emulators give back what they were given, which may be the key's id
 * or alias in the trail's own region and account. An alias stays one: which key it means is not
 * known, but at least it is told apart from other accounts' aliases of that name.
 */
static const char *
cloudtrail_key_arn(struct arena *arena, const struct arn *trail, const char *id)
{
	bool is_alias = strncmp(id, "alias/", strlen("alias/")) == 0;
	const char *arn =
	    arena_printf(arena, "arn:%.*s:kms:%.*s:%.*s:%s%s", (int)trail->partition.len,
		trail->partition.text, (int)trail->region.len, trail->region.text,
		(int)trail->account.len, trail->account.text, is_alias ? "" : "key/", id);
	struct arn parsed;

	return is_alias || arn_parse_key(arn, &parsed) ? arn : id;
}

/* HomeRegion and Name only repeat parts of the ARN, which is what trails are known by here. */
static int
cloudtrail_read_names(struct arena *arena, const struct json *item, struct trail *ret,
    struct err *err)
{
	struct arn arn;
	struct name_part name;

	if (members_text_needed(arena, item, "TrailARN", &ret->arn, err) < 0 ||
	    members_text(arena, item, "S3BucketName", &ret->bucket, err) < 0 ||
	    members_text(arena, item, "S3KeyPrefix", &ret->prefix, err) < 0 ||
	    members_text(arena, item, "KmsKeyId", &ret->kms_key_id, err) < 0)
		return -1;
	if (!arn_parse_trail(ret->arn, &arn))
		return err_set(err, ERR_MALFORMED, "TrailARN is no ARN of a trail");
	name = name_after_slash(arn.resource);
	ret->name = arena_strndup(arena, name.text, name.len);
	ret->account = arena_strndup(arena, arn.account.text, arn.account.len);
	ret->home_region = arena_strndup(arena, arn.region.text, arn.region.len);
	if (ret->kms_key_id != NULL)
		ret->kms_key_id = cloudtrail_key_arn(arena, &arn, ret->kms_key_id);
	return 0;
}

static int
cloudtrail_read_trail(struct arena *arena, const struct json *item, struct trail *ret,
    struct err *err)
{
	if (cloudtrail_read_names(arena, item, ret, err) < 0 ||
	    members_tri(item, "IsMultiRegionTrail", &ret->multi_region, err) < 0 ||
	    members_tri(item, "IsOrganizationTrail", &ret->organization, err) < 0 ||
	    members_tri(item, "LogFileValidationEnabled", &ret->validation, err) < 0)
		return -1;
	return 0;
}

int
parse_describe_trails(struct arena *arena, const struct json *json,
    const struct trail **ret_trails, size_t *ret_count, struct err *err)
{
	const struct json *list;
	struct trail *trails;
	size_t n = 0;

	if (members_list(json, "trailList", PARSE_TRAILS_MAX, &list, err) < 0)
		return -1;
	trails = arena_alloc(arena, list->count * sizeof(*trails));
	json_foreach(item, list)
		if (cloudtrail_read_trail(arena, item, &trails[n++], err) < 0)
			return err_prefix(err, "trailList[%zu]", n - 1);
	*ret_trails = trails;
	*ret_count = n;
	return 0;
}

/* The members named ...Attempt... and TimeLogging... are no longer in use and not looked at. */
int
parse_trail_status(struct arena *arena, const struct json *json, struct trail_status *ret,
    struct err *err)
{
	struct trail_status status;

	if (members_tri(json, "IsLogging", &status.logging, err) < 0 ||
	    members_time(json, "LatestDeliveryTime", &status.latest_delivery_ms, err) < 0 ||
	    members_time(json, "LatestDigestDeliveryTime", &status.latest_digest_ms, err) < 0 ||
	    members_time(json, "StartLoggingTime", &status.start_logging_ms, err) < 0 ||
	    members_time(json, "StopLoggingTime", &status.stop_logging_ms, err) < 0 ||
	    members_text(arena, json, "LatestDeliveryError", &status.delivery_error, err) < 0 ||
	    members_text(arena, json, "LatestDigestDeliveryError", &status.digest_error, err) < 0)
		return -1;
	if (status.logging == TRI_UNKNOWN)
		return err_set(err, ERR_MALFORMED, "IsLogging is missing");
	*ret = status;
	return 0;
}
