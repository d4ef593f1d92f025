/* SPDX-License-Identifier: Apache-2.0 */
/* The rule about the buckets that trails deliver to. */
#include "base/arena.h"
#include "base/names.h"
#include "rules/judge.h"

static void
bucket_fact_trails(const struct judge *j, struct observation *o)
{
	struct names trails = { .count = 0 };
	const struct world_trail *trail;

	if (j->is_silent)
		return;
	TAILQ_FOREACH(trail, &j->bucket->trails, by_bucket)
		names_add(&trails, trail->trail.name);
	observe_fact(j, o, "trails", names_text(&trails));
}

/* Who takes the free name next gets the logs: the command takes it back. */
static void
bucket_remedy(const struct judge *j, struct observation *o)
{
	if (name_is_bucket(j->bucket->name))
		observe_remedy(j, o,
		    "aws s3 mb s3://%s --region <its region> && aws s3api "
		    "put-bucket-policy --bucket %s --policy file://<policy that lets CloudTrail "
		    "write>",
		    j->bucket->name, j->bucket->name);
}

enum verdict
judge_bucket_missing(const struct judge *j, struct observation *o)
{
	const struct reading *reading = &j->bucket->head_reading;

	bucket_fact_trails(j, o);
	observe_source(o, reading);
	if (!reading_is_good(reading))
		return observe_unread(j, o, "it exists", reading);
	observe_fact(j, o, "x-amz-bucket-region", j->bucket->bucket.region);
	switch (j->bucket->bucket.exists) {
	case TRI_YES:
		return observe(j, o, VERDICT_PASS, "exists");
	case TRI_NO:
		bucket_remedy(j, o);
		return observe(j, o, VERDICT_FAIL, "does not exist: no log can be delivered to it");
	case TRI_UNKNOWN:
		break;
	}
	return observe_unknown(j, o, "it exists", "S3 does not say");
}
