/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Findings whose subject has left the world: no rule speaks of it any more, and after a new start
 * none has spoken of it yet. Only good evidence tells the two apart.
 */
#include <string.h>

#include "findings/past_private.h"

/* A trail that was not seen yet may still use the key. */
static bool
subjects_is_key_gone(const struct past_look *look, const struct finding *f)
{
	struct past_key *unseen;

	HASH_FIND_STR(look->unseen_keys, f->resource, unseen);
	return unseen == NULL && world_find_key(look->world, f->resource) == NULL;
}

/* A bucket stands where its trail does: the one there may have another bucket by now. */
static bool
subjects_is_bucket_gone(const struct past_look *look, const struct finding *f)
{
	const char *name = strstr(f->resource, ":::");
	const struct world_account *account = world_find_account(look->world, f->account);
	const struct world_region *region = account ? world_find_region(account, f->region) : NULL;
	const struct world_bucket *bucket;
	const struct world_trail *trail;

	if (name == NULL || region == NULL || !reading_is_good(&region->trails_reading))
		return false;
	bucket = world_find_bucket(look->world, name + 3);
	if (bucket == NULL)
		return true;
	TAILQ_FOREACH(trail, &bucket->trails, by_bucket)
		if (strcmp(trail->trail.account, f->account) == 0 &&
		    strcmp(trail->trail.home_region, f->region) == 0)
			return false;
	return true;
}

static bool
subjects_is_trail_gone(const struct past_look *look, const struct finding *f)
{
	return past_is_trail_gone(look->world, f->resource, f->account, f->region);
}

/* Accounts and regions leave with the configuration, and whoever reads that says so. */
void
past_review_subject(const struct past_look *look, const struct finding *f)
{
	static bool (*const is_gone[])(const struct past_look *, const struct finding *) = {
		[SUBJECT_ACCOUNT] = NULL, [SUBJECT_REGION] = NULL,
		[SUBJECT_TRAIL] = subjects_is_trail_gone, [SUBJECT_KEY] = subjects_is_key_gone,
		[SUBJECT_BUCKET] = subjects_is_bucket_gone,
	};
	enum subject_kind kind = rule_subject(f->rule);

	if (is_gone[kind] != NULL && is_gone[kind](look, f))
		past_end(look, f);
}
