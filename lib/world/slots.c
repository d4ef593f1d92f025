/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The slots of the world that hold one answer each: a trail's status in a region, its selectors,
 * a key, its policy, rotation and store, a bucket and its policy. See world.h.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/mem.h"
#include "base/text.h"
#include "world/world.h"
#include "world/world_private.h"

/* In the order of region names, so that what is said of them does not depend on their arrival. */
static struct world_status *
world_add_status(struct world *w, struct world_trail *trail, const char *region)
{
	struct world_status *status = (struct world_status *)world_find_status(trail, region);
	size_t at = trail->status_count;

	if (status != NULL)
		return status;
	trail->statuses = mem_resize(trail->statuses, trail->status_count + 1, sizeof(*status));
	while (at > 0 && strcmp(trail->statuses[at - 1].region, region) > 0)
		at--;
	status = &trail->statuses[at];
	memmove(status + 1, status, (trail->status_count++ - at) * sizeof(*status));
	*status = (struct world_status){ .region = world_intern(w, region) };
	return status;
}

/* No rule judges it: coverage alone is what it says. */
void
world_set_events(struct world_region *region, const struct source *source, const struct err *err)
{
	if (region->events_reading == NULL)
		region->events_reading = mem_alloc(1, sizeof(*region->events_reading));
	reading_set(region->events_reading, source, err);
}

const struct world_status *
world_find_status(const struct world_trail *trail, const char *region)
{
	for (size_t i = 0; i < trail->status_count; i++)
		if (strcmp(trail->statuses[i].region, region) == 0)
			return &trail->statuses[i];
	return NULL;
}

/* Whether a trail logs in a region concerns that region in each account that sees the trail. */
static void
world_touch_watched_region(struct world *w, const struct world_trail *trail, const char *name)
{
	struct world_account *account = world_accounts(w);

	if (trail->trail.organization == TRI_NO)
		account = world_find_account(w, trail->trail.account);
	for (; account != NULL; account = account->hh.next) {
		struct world_region *region = world_find_region(account, name);

		if (region != NULL)
			world_touch(w, &region->subject);
		if (trail->trail.organization == TRI_NO)
			return;
	}
}

void
world_set_status(struct world *w, struct world_trail *trail, const char *region,
    const struct trail_status *status, const struct source *source, const struct err *err)
{
	struct world_status *slot = world_add_status(w, trail, region);

	assert((status == NULL) != (err == NULL));
	reading_set(&slot->reading, source, err);
	world_touch(w, &trail->subject);
	world_touch_watched_region(w, trail, region);
	if (err != NULL)
		return;
	arena_free(slot->arena);
	slot->arena = status->delivery_error || status->digest_error ? arena_new() : NULL;
	trail_status_copy(slot->arena, status, &slot->status);
}

void
world_set_selectors(struct world *w, struct world_trail *trail,
    const struct trail_selectors *selectors, const struct source *source, const struct err *err)
{
	assert((selectors == NULL) != (err == NULL));
	reading_set(&trail->selectors_reading, source, err);
	world_touch(w, &trail->subject);
	if (err != NULL)
		return;
	arena_free(trail->selectors_arena);
	trail->selectors_arena = selectors->narrowed ? arena_new() : NULL;
	trail_selectors_copy(trail->selectors_arena, selectors, &trail->selectors);
}

/* A key's change concerns the trails that use it. */
static void
world_touch_key(struct world *w, struct world_key *key)
{
	struct world_trail *trail;

	world_touch(w, &key->subject);
	TAILQ_FOREACH(trail, &key->trails, by_key)
		world_touch(w, &trail->subject);
}

void
world_set_key(struct world *w, struct world_key *slot, const struct key *key,
    const struct source *source, const struct err *err)
{
	assert((key == NULL) != (err == NULL));
	reading_set(&slot->described, source, err);
	world_touch_key(w, slot);
	if (err != NULL)
		return;
	arena_free(slot->arena);
	slot->arena = arena_new();
	key_copy(slot->arena, key, &slot->key);
}

/* Two texts, neither of them NULL, are the same. */
static bool
slots_same(const char *a, size_t a_len, const char *b, size_t b_len)
{
	return a != NULL && b != NULL && a_len == b_len && memcmp(a, b, a_len) == 0;
}

void
world_set_key_policy(struct world *w, struct world_key *slot, const char *policy, size_t len,
    const struct source *source, const struct err *err)
{
	int64_t read_wall_ms = slot->policy_reading.good.wall_ms;

	assert((policy == NULL) != (err == NULL));
	reading_set(&slot->policy_reading, source, err);
	world_touch_key(w, slot);
	if (err != NULL || slots_same(slot->policy, slot->policy_len, policy, len))
		return;
	free(slot->former_policy);
	slot->former_policy = slot->policy;
	slot->former_policy_len = slot->policy_len;
	slot->former_policy_wall_ms = read_wall_ms;
	slot->policy = mem_strndup(policy, len);
	slot->policy_len = len;
	slot->policy_version = world_new_version(w);
}

void
world_set_key_rotation(struct world *w, struct world_key *slot,
    const struct key_rotation *rotation, const struct source *source, const struct err *err)
{
	assert((rotation == NULL) != (err == NULL));
	reading_set(&slot->rotation_reading, source, err);
	world_touch_key(w, slot);
	if (err == NULL)
		slot->rotation = *rotation;
}

void
world_set_key_store(struct world *w, struct world_key *slot, const struct key_store *store,
    const struct source *source, const struct err *err)
{
	assert((store == NULL) != (err == NULL));
	reading_set(&slot->store_reading, source, err);
	world_touch_key(w, slot);
	if (err != NULL)
		return;
	arena_free(slot->store_arena);
	slot->store_arena = arena_new();
	key_store_copy(slot->store_arena, store, &slot->store);
}

enum tri
world_key_exists(const struct world_key *key)
{
	const struct reading *r = &key->described;

	if (reading_is_good(r))
		return TRI_YES;
	return r->failure == ERR_NOT_FOUND && text_same(reading_failed(r)->account, key->account) ?
	    TRI_NO : TRI_UNKNOWN;
}

enum tri
world_key_is_usable(const struct world_key *key)
{
	enum tri exists = world_key_exists(key);

	return exists == TRI_YES ? key_state_is_usable(key->key.state) : exists;
}

/* A bucket's change concerns the trails that deliver to it and their keys, which live beside it. */
static void
world_touch_bucket(struct world *w, struct world_bucket *bucket)
{
	struct world_trail *trail;

	world_touch(w, &bucket->subject);
	TAILQ_FOREACH(trail, &bucket->trails, by_bucket)
		world_touch(w, &trail->subject);
}

void
world_set_bucket(struct world *w, struct world_bucket *slot, const struct bucket *bucket,
    const struct source *source, const struct err *err)
{
	assert((bucket == NULL) != (err == NULL));
	reading_set(&slot->head_reading, source, err);
	world_touch_bucket(w, slot);
	if (err != NULL)
		return;
	slot->bucket.exists = bucket->exists;
	slot->bucket.is_closed = bucket->is_closed;
	slot->bucket.region = bucket->region ? world_intern(w, bucket->region) : NULL;
}

void
world_set_bucket_policy(struct world *w, struct world_bucket *slot, const char *policy,
    size_t len, const struct source *source, const struct err *err)
{
	reading_set(&slot->policy_reading, source, err);
	world_touch_bucket(w, slot);
	if (err != NULL || slots_same(slot->policy, slot->policy_len, policy, len))
		return;
	free(slot->policy);
	slot->policy = mem_strndup(policy, len);	/* NULL: the bucket has none */
	slot->policy_len = len;
	slot->policy_version = world_new_version(w);
}
