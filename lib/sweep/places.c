/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the event history is worth reading: where a trail has its home, a key or a bucket of a
 * trail lives, or lately did, in the management account, and for the monitor's own roles. Worked
 * out from the world again and again, since that is what changes.
 */
#include <stdio.h>
#include <string.h>

#include "base/names.h"
#include "base/stamp.h"
#include "base/text.h"
#include "sweep/history_private.h"
#include "sweep/sweep_private.h"

static void
places_want(struct history *h, const char *account, const char *region, const char *resource,
    enum events_place where)
{
	struct event_cursor *cursor;
	struct history_place *place;

	if (members_find(h->sweep, account) == NULL || region[0] == '\0')
		return;
	cursor = cursors_get(h->settings.cursors, account, region, resource);
	HASH_FIND_PTR(h->places, &cursor, place);
	if (place == NULL)
		place = history_add(h, cursor);
	if (place->review != h->reviews)
		place->where = 0;
	place->review = h->reviews;
	place->where |= where;
}

/* The region of IAM and Organizations. */
static const char *
places_global(const struct sweep *s)
{
	return aws_partition_of(s->home_region)->global_region;
}

/* Who uses a key is asked by its name; which form LookupEvents wants is not documented. */
static void
places_want_key(struct history *h, const struct world_key *key)
{
	const char *id = strrchr(key->id, '/');

	places_want(h, key->account, key->region, "", EVENTS_AT_KEY);
	if (!h->settings.rules->rule[RULE_EVENT_KEY_USED].is_enabled || key->region[0] == '\0')
		return;
	places_want(h, key->account, key->region, key->id, EVENTS_AT_KEY);
	if (id != NULL)
		places_want(h, key->account, key->region, id + 1, EVENTS_AT_KEY);
}

/* In the account whose role could enter the bucket: it is not known whose it is otherwise. */
static void
places_want_bucket(struct history *h, const struct world_bucket *bucket)
{
	const struct world_trail *trail = TAILQ_FIRST(&bucket->trails);
	const struct sweep_member *member = trail ? members_for_bucket(h->sweep, bucket->name, trail) :
	    NULL;

	if (member != NULL && bucket->bucket.region != NULL &&
	    bucket->policy_reading.state != READING_NONE)
		places_want(h, member->id, bucket->bucket.region, "", EVENTS_AT_BUCKET);
}

static void
places_want_account(struct history *h, const struct world_account *account)
{
	const struct sweep_member *member = members_find(h->sweep, account->id);
	const char *name = member && member->role.role_arn ? strrchr(member->role.role_arn, '/') : NULL;

	if (account->manages != NULL)
		places_want(h, account->id, places_global(h->sweep), "", EVENTS_AT_ORGANIZATION);
	if (name != NULL)
		places_want(h, account->id, places_global(h->sweep), name + 1, EVENTS_AT_ROLE);
}

static void
places_want_past_key(struct history *h, const char *id)
{
	char account[NAME_ACCOUNT_MAX], region[NAME_REGION_MAX];
	struct arn arn;

	if (text_is_empty(id) || !arn_parse_key(id, &arn))
		return;
	snprintf(account, sizeof(account), "%.*s", (int)arn.account.len, arn.account.text);
	snprintf(region, sizeof(region), "%.*s", (int)arn.region.len, arn.region.text);
	places_want(h, account, region, "", EVENTS_AT_KEY);
}

/* Whoever deleted a trail or replaced its key is told of later than the sweep sees that it is so. */
static void
places_want_past(struct history *h, const struct past_trail *t)
{
	if (t->missing_wall_ms != STAMP_UNKNOWN) {
		places_want(h, t->account, t->home_region, "", EVENTS_AT_TRAIL);
		places_want_past_key(h, t->kms_key_id);
	}
	if (t->changed_wall_ms != STAMP_UNKNOWN)
		places_want_past_key(h, t->changed_from);
}

void
places_review(struct history *h)
{
	const struct world *world = h->sweep->collect.world;
	struct history_place *place, *next;

	h->reviews++;
	for (const struct world_trail *t = world_trails(world); t != NULL; t = t->hh.next)
		places_want(h, t->trail.account, t->trail.home_region, "", EVENTS_AT_TRAIL);
	for (const struct world_key *k = world_keys(world); k != NULL; k = k->hh.next)
		places_want_key(h, k);
	for (const struct world_bucket *b = world_buckets(world); b != NULL; b = b->hh.next)
		places_want_bucket(h, b);
	for (const struct world_account *a = world_accounts(world); a != NULL; a = a->hh.next)
		places_want_account(h, a);
	for (const struct past_trail *t = h->settings.past->trails; t != NULL; t = t->hh.next)
		places_want_past(h, t);
	HASH_ITER(hh, h->places, place, next)
		if (place->review != h->reviews && !place->is_open)
			history_drop(h, place);
}
