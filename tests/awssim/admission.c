/* SPDX-License-Identifier: Apache-2.0 */
/* Whether policies let CloudTrail in; see admission.h. */
#include "awssim/admission.h"

#include <assert.h>

#include "awssim/bucket.h"
#include "awssim/key.h"
#include "base/stamp.h"
#include "policy/cloudtrail.h"

#define ADMISSION_MAX_BYTES	(256 * 1024)

bool
admission_by_key(const struct key *key, const char *trail_arn)
{
	struct arena *arena = arena_new();
	struct policy_judgement judgement;
	struct buf text;
	struct err e;
	int ret;

	buf_init(&text, ADMISSION_MAX_BYTES);
	key_add_policy(key, &text);
	ret = policy_judge_key(
	    arena, buf_text(&text), text.len, key->arn, trail_arn, &judgement, &e);
	assert(ret == 0);
	buf_done(&text);
	arena_free(arena);
	return judgement.verdict != POLICY_DENIED;
}

bool
admission_by_bucket(const struct world *w, const struct bucket *bucket, const char *trail_arn,
    const char *prefix, bool is_organization)
{
	struct arena *arena = arena_new();
	struct policy_judgement judgement = { .verdict = POLICY_DENIED };
	const char *folder;
	struct arn trail;
	struct buf text;
	struct err e;
	bool good = arn_parse_trail(trail_arn, &trail);

	assert(good);
	folder = arena_printf(arena, "%s%sAWSLogs/%.*s/", prefix ? prefix : "", prefix ? "/" : "",
	    (int)trail.account.len, trail.account.text);
	if (is_organization && w->organization_id != NULL)
		folder = arena_printf(arena, "%s%sAWSLogs/%s/", prefix ? prefix : "",
		    prefix ? "/" : "", w->organization_id);
	buf_init(&text, ADMISSION_MAX_BYTES);
	bucket_add_policy(bucket, &text);
	if (text.len > 0)
		good = policy_judge_bucket(arena, buf_text(&text), text.len, bucket->name, folder,
		    trail_arn, &judgement, &e) == 0;
	assert(good);
	buf_done(&text);
	arena_free(arena);
	return judgement.verdict != POLICY_DENIED;
}

/* Whether there is anything new; begins anew for another key or bucket. */
static bool
admission_is_due(struct admission *a, const void *owner, const struct policy_change *change)
{
	if (a->owner == owner && a->version == change->version)
		return false;
	if (a->owner != owner)
		*a = (struct admission){ owner, 0, false, STAMP_UNKNOWN, STAMP_UNKNOWN };
	a->version = change->version;
	return true;
}

static void
admission_set(struct admission *a, bool is_refused, int64_t changed_ms)
{
	if (is_refused && !a->is_refused) {
		a->broken_ms = changed_ms;
		a->mended_ms = STAMP_UNKNOWN;
	} else if (!is_refused && a->is_refused) {
		a->mended_ms = changed_ms;
	}
	a->is_refused = is_refused;
}

const struct admission *
admission_look_at_key(struct trail *t, const struct key *key)
{
	if (admission_is_due(&t->by_key, key, &key->policy_change))
		admission_set(&t->by_key, !admission_by_key(key, t->arn), key->policy_change.at_ms);
	return &t->by_key;
}

const struct admission *
admission_look_at_bucket(const struct world *w, struct trail *t, const struct bucket *bucket)
{
	if (admission_is_due(&t->by_bucket, bucket, &bucket->policy_change))
		admission_set(&t->by_bucket, !admission_by_bucket(w, bucket, t->arn, t->prefix,
		    t->is_organization), bucket->policy_change.at_ms);
	return &t->by_bucket;
}
