/* SPDX-License-Identifier: Apache-2.0 */
/* The world; see world.h. What the trails of a region are is in this file, the rest in slots.c. */
#include "world/world.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/mem.h"
#include "base/names.h"
#include "base/text.h"
#include "world/world_private.h"

struct world_name {
	UT_hash_handle	hh;
	char		text[];
};

TAILQ_HEAD(subjects, subject);

struct world {
	struct world_name	*names;
	struct world_account	*accounts;
	struct world_trail	*trails;
	struct world_key	*keys;
	struct world_bucket	*buckets;
	struct subjects		 touched;
	uint64_t		 versions;	/* of policies, that were given */
};

struct world *
world_new(void)
{
	struct world *w = mem_alloc(1, sizeof(*w));

	TAILQ_INIT(&w->touched);
	return w;
}

const char *
world_intern(struct world *w, const char *text)
{
	struct world_name *name;
	size_t len = strlen(text);

	HASH_FIND(hh, w->names, text, len, name);
	if (name == NULL) {
		name = mem_alloc(1, sizeof(*name) + len + 1);
		memcpy(name->text, text, len);
		HASH_ADD_KEYPTR(hh, w->names, name->text, len, name);
	}
	return name->text;
}

void
world_touch(struct world *w, struct subject *s)
{
	if (s->touched)
		return;
	s->touched = true;
	TAILQ_INSERT_TAIL(&w->touched, s, link);
}

uint64_t
world_new_version(struct world *w)
{
	return ++w->versions;
}

static void
world_untouch(struct world *w, struct subject *s)
{
	if (!s->touched)
		return;
	s->touched = false;
	TAILQ_REMOVE(&w->touched, s, link);
}

struct subject *
world_take_touched(struct world *w)
{
	struct subject *s = TAILQ_FIRST(&w->touched);

	if (s != NULL)
		world_untouch(w, s);
	return s;
}

void
world_touch_all(struct world *w)
{
	for (struct world_account *a = w->accounts; a != NULL; a = a->hh.next) {
		world_touch(w, &a->subject);
		for (struct world_region *r = a->regions; r != NULL; r = r->next)
			world_touch(w, &r->subject);
	}
	for (struct world_trail *t = w->trails; t != NULL; t = t->hh.next)
		world_touch(w, &t->subject);
	for (struct world_key *k = w->keys; k != NULL; k = k->hh.next)
		world_touch(w, &k->subject);
	for (struct world_bucket *b = w->buckets; b != NULL; b = b->hh.next)
		world_touch(w, &b->subject);
}

struct world_account *
world_find_account(const struct world *w, const char *id)
{
	struct world_account *account;

	HASH_FIND_STR(w->accounts, id, account);
	return account;
}

struct world_account *
world_add_account(struct world *w, const char *id, const char *name)
{
	struct world_account *account = world_find_account(w, id);

	if (account == NULL) {
		account = mem_alloc(1, sizeof(*account));
		account->subject.kind = SUBJECT_ACCOUNT;
		account->id = world_intern(w, id);
		HASH_ADD_KEYPTR(hh, w->accounts, account->id, strlen(account->id), account);
		world_touch(w, &account->subject);
	}
	if (name != NULL) {
		free(account->name);
		account->name = mem_strdup(name);
	}
	return account;
}

void
world_set_organization(struct world *w, const char *id, const char *organization)
{
	struct world_account *account = world_find_account(w, id);

	if (account == NULL || organization == NULL || text_same(account->manages, organization))
		return;
	account->manages = world_intern(w, organization);
	for (struct world_trail *t = w->trails; t != NULL; t = t->hh.next)
		if (strcmp(t->trail.account, id) == 0)
			t->memos->bucket_policy.version = 0;	/* its folder is another */
}

struct world_region *
world_find_region(const struct world_account *account, const char *name)
{
	struct world_region *region = account->regions;

	while (region != NULL && strcmp(region->name, name) != 0)
		region = region->next;
	return region;
}

/* What one region shows decides about the account, and that about its other regions. */
static void
world_touch_account(struct world *w, struct world_account *account)
{
	world_touch(w, &account->subject);
	for (struct world_region *r = account->regions; r != NULL; r = r->next)
		world_touch(w, &r->subject);
}

static void
world_touch_trails(struct world *w, const struct world_region *region)
{
	for (size_t i = 0; i < region->trail_count; i++)
		world_touch(w, &region->trails[i]->subject);
}

void
world_set_regions(struct world *w, struct world_account *account, const struct source *source,
    const struct err *err)
{
	reading_set(&account->regions_reading, source, err);
	world_touch_account(w, account);
}

struct world_trail *
world_find_trail(const struct world *w, const char *arn)
{
	struct world_trail *trail;

	HASH_FIND_STR(w->trails, arn, trail);
	return trail;
}

struct world_key *
world_find_key(const struct world *w, const char *id)
{
	struct world_key *key;

	HASH_FIND_STR(w->keys, id, key);
	return key;
}

struct world_bucket *
world_find_bucket(const struct world *w, const char *name)
{
	struct world_bucket *bucket;

	HASH_FIND_STR(w->buckets, name, bucket);
	return bucket;
}

static struct world_key *
world_add_key(struct world *w, const char *id)
{
	struct world_key *key = world_find_key(w, id);
	char account[NAME_ACCOUNT_MAX] = "", region[NAME_REGION_MAX] = "";
	struct arn arn;

	if (key != NULL)
		return key;
	if (arn_parse_key(id, &arn)) {
		name_part_copy(arn.account, account, sizeof(account));
		name_part_copy(arn.region, region, sizeof(region));
	}
	key = mem_alloc(1, sizeof(*key));
	key->subject.kind = SUBJECT_KEY;
	key->id = mem_strdup(id);
	key->account = world_intern(w, account);
	key->region = world_intern(w, region);
	TAILQ_INIT(&key->trails);
	HASH_ADD_KEYPTR(hh, w->keys, key->id, strlen(key->id), key);
	world_touch(w, &key->subject);
	return key;
}

static struct world_bucket *
world_add_bucket(struct world *w, const char *name)
{
	struct world_bucket *bucket = world_find_bucket(w, name);

	if (bucket != NULL)
		return bucket;
	bucket = mem_alloc(1, sizeof(*bucket));
	bucket->subject.kind = SUBJECT_BUCKET;
	bucket->name = mem_strdup(name);
	bucket->bucket.name = bucket->name;
	TAILQ_INIT(&bucket->trails);
	HASH_ADD_KEYPTR(hh, w->buckets, bucket->name, strlen(bucket->name), bucket);
	world_touch(w, &bucket->subject);
	return bucket;
}

static void
world_forget_key(struct world *w, struct world_key *key)
{
	world_untouch(w, &key->subject);
	HASH_DEL(w->keys, key);
	reading_done(&key->described);
	reading_done(&key->policy_reading);
	reading_done(&key->rotation_reading);
	reading_done(&key->store_reading);
	arena_free(key->arena);
	arena_free(key->store_arena);
	free(key->policy);
	free(key->former_policy);
	free((char *)key->id);
	free(key);
}

static void
world_forget_bucket(struct world *w, struct world_bucket *bucket)
{
	world_untouch(w, &bucket->subject);
	HASH_DEL(w->buckets, bucket);
	reading_done(&bucket->head_reading);
	reading_done(&bucket->policy_reading);
	free(bucket->policy);
	free((char *)bucket->name);
	free(bucket);
}

static void
world_unlink_key(struct world *w, struct world_trail *trail)
{
	struct world_key *key = trail->key;

	if (key == NULL)
		return;
	TAILQ_REMOVE(&key->trails, trail, by_key);
	trail->key = NULL;
	world_touch(w, &key->subject);
	if (TAILQ_EMPTY(&key->trails))
		world_forget_key(w, key);
}

static void
world_unlink_bucket(struct world *w, struct world_trail *trail)
{
	struct world_bucket *bucket = trail->bucket;

	if (bucket == NULL)
		return;
	TAILQ_REMOVE(&bucket->trails, trail, by_bucket);
	trail->bucket = NULL;
	world_touch(w, &bucket->subject);
	if (TAILQ_EMPTY(&bucket->trails))
		world_forget_bucket(w, bucket);
}

static void
world_link_key(struct world *w, struct world_trail *trail)
{
	const char *id = trail->trail.kms_key_id;

	if (trail->key != NULL && text_same(trail->key->id, id))
		return;
	world_unlink_key(w, trail);
	if (text_is_empty(id))
		return;
	trail->key = world_add_key(w, id);
	TAILQ_INSERT_TAIL(&trail->key->trails, trail, by_key);
	world_touch(w, &trail->key->subject);
}

static void
world_link_bucket(struct world *w, struct world_trail *trail)
{
	const char *name = trail->trail.bucket;

	if (trail->bucket != NULL && text_same(trail->bucket->name, name))
		return;
	world_unlink_bucket(w, trail);
	if (text_is_empty(name))
		return;
	trail->bucket = world_add_bucket(w, name);
	TAILQ_INSERT_TAIL(&trail->bucket->trails, trail, by_bucket);
	world_touch(w, &trail->bucket->subject);
}

static void
world_forget_trail(struct world *w, struct world_trail *trail)
{
	world_unlink_key(w, trail);
	world_unlink_bucket(w, trail);
	world_untouch(w, &trail->subject);
	HASH_DEL(w->trails, trail);
	for (size_t i = 0; i < trail->status_count; i++) {
		reading_done(&trail->statuses[i].reading);
		arena_free(trail->statuses[i].arena);
	}
	free(trail->statuses);
	reading_done(&trail->described);
	reading_done(&trail->selectors_reading);
	arena_free(trail->selectors_arena);
	arena_free(trail->arena);
	free(trail->memos);
	free(trail);
}

/*
 * What one region says of a trail. Its owner's word in its home region counts above all others,
 * while it is current.
 */
static struct world_trail *
world_see_trail(struct world *w, const struct world_region *region, const struct trail *seen,
    const struct source *source)
{
	struct world_trail *trail = world_find_trail(w, seen->arn);
	bool at_home = strcmp(region->name, seen->home_region) == 0 &&
	    strcmp(region->account->id, seen->account) == 0;
	struct arena *arena;

	if (trail != NULL && trail->seen_at_home && !at_home && reading_is_good(&trail->described))
		return trail;
	arena = arena_new();
	if (trail == NULL) {
		trail = mem_alloc(1, sizeof(*trail));
		trail->subject.kind = SUBJECT_TRAIL;
		trail->memos = mem_alloc(1, sizeof(*trail->memos));
		trail_copy(arena, seen, &trail->trail);
		HASH_ADD_KEYPTR(hh, w->trails, trail->trail.arn, strlen(trail->trail.arn), trail);
	} else {
		if (!text_same(trail->trail.prefix, seen->prefix) ||
		    trail->trail.organization != seen->organization)
			trail->memos->bucket_policy.version = 0;
		/* The table's key is text of the old arena. */
		HASH_DEL(w->trails, trail);
		trail_copy(arena, seen, &trail->trail);
		arena_free(trail->arena);
		HASH_ADD_KEYPTR(hh, w->trails, trail->trail.arn, strlen(trail->trail.arn), trail);
	}
	trail->arena = arena;
	trail->view = region;
	trail->seen_at_home = at_home;
	reading_set(&trail->described, source, NULL);
	world_link_key(w, trail);
	world_link_bucket(w, trail);
	world_touch(w, &trail->subject);
	return trail;
}

/* The trail goes when nobody lists it any more; till then another view may take its place. */
static void
world_drop_view(struct world *w, const struct world_region *region, struct world_trail *trail)
{
	assert(trail->views > 0);
	trail->views--;
	if (trail->views == 0) {
		world_forget_trail(w, trail);
	} else if (!world_region_lists(region, trail)) {
		world_touch(w, &trail->subject);
		if (trail->view != region)
			return;
		trail->view = NULL;
		trail->seen_at_home = false;
		reading_refuse(&trail->described, ERR_NOT_FOUND,
		    "the region that described the trail no longer lists it");
	}
}

static void
world_free_events(struct world_region *region)
{
	if (region->events_reading == NULL)
		return;
	reading_done(region->events_reading);
	free(region->events_reading);
	region->events_reading = NULL;
}

static void
world_drop_views(struct world *w, const struct world_region *region, struct world_trail **old,
    size_t count)
{
	for (size_t i = 0; i < count; i++)
		world_drop_view(w, region, old[i]);
	free(old);
}

bool
world_region_lists(const struct world_region *region, const struct world_trail *trail)
{
	for (size_t i = 0; i < region->trail_count; i++)
		if (region->trails[i] == trail)
			return true;
	return false;
}

static void
world_forget_region_view(struct world *w, struct world_region *region)
{
	struct world_trail **old = region->trails;
	size_t count = region->trail_count;

	region->trails = NULL;
	region->trail_count = 0;
	reading_done(&region->trails_reading);
	world_free_events(region);
	world_drop_views(w, region, old, count);
}

struct world_region *
world_add_region(struct world *w, struct world_account *account, const char *name,
    enum tri enabled)
{
	struct world_region *region = world_find_region(account, name), **last = &account->regions;

	if (region == NULL) {
		region = mem_alloc(1, sizeof(*region));
		region->subject.kind = SUBJECT_REGION;
		region->account = account;
		region->name = world_intern(w, name);
		while (*last != NULL)
			last = &(*last)->next;
		*last = region;
		world_touch_account(w, account);
	}
	if (region->enabled != enabled) {
		region->enabled = enabled;
		world_touch_account(w, account);
		world_touch_trails(w, region);
	}
	if (enabled == TRI_NO)
		world_forget_region_view(w, region);
	return region;
}

/* What is known of the trails that were described there is old now. */
static void
world_fail_trails(struct world *w, struct world_region *region, const struct source *source,
    const struct err *err)
{
	for (size_t i = 0; i < region->trail_count; i++)
		if (region->trails[i]->view == region)
			reading_set(&region->trails[i]->described, source, err);
	world_touch_trails(w, region);
}

void
world_set_trails(struct world *w, struct world_region *region, const struct trail *seen,
    size_t count, const struct source *source, const struct err *err)
{
	struct world_trail **old = region->trails;
	size_t old_count = region->trail_count;

	reading_set(&region->trails_reading, source, err);
	world_touch_account(w, region->account);
	if (err != NULL) {
		world_fail_trails(w, region, source, err);
		return;
	}
	region->trails = count > 0 ? mem_alloc(count, sizeof(*region->trails)) : NULL;
	region->trail_count = 0;
	for (size_t i = 0; i < count; i++) {
		struct world_trail *trail = world_see_trail(w, region, &seen[i], source);

		if (world_region_lists(region, trail))
			continue;
		trail->views++;
		region->trails[region->trail_count++] = trail;
	}
	world_touch_trails(w, region);
	world_drop_views(w, region, old, old_count);
}

struct world_account *
world_accounts(const struct world *w)
{
	return w->accounts;
}

struct world_trail *
world_trails(const struct world *w)
{
	return w->trails;
}

struct world_key *
world_keys(const struct world *w)
{
	return w->keys;
}

struct world_bucket *
world_buckets(const struct world *w)
{
	return w->buckets;
}

void
world_remove_account(struct world *w, struct world_account *account)
{
	while (account->regions != NULL) {
		struct world_region *region = account->regions;

		account->regions = region->next;
		world_untouch(w, &region->subject);
		for (size_t i = 0; i < region->trail_count; i++)
			if (--region->trails[i]->views == 0)
				world_forget_trail(w, region->trails[i]);
		free(region->trails);
		reading_done(&region->trails_reading);
		world_free_events(region);
		free(region);
	}
	world_untouch(w, &account->subject);
	HASH_DEL(w->accounts, account);
	reading_done(&account->regions_reading);
	free(account->name);
	free(account);
}

void
world_free(struct world *w)
{
	if (w == NULL)
		return;
	while (w->accounts != NULL)
		world_remove_account(w, w->accounts);
	assert(w->trails == NULL && w->keys == NULL && w->buckets == NULL);
	while (w->names != NULL) {
		struct world_name *name = w->names;

		HASH_DEL(w->names, name);
		free(name);
	}
	free(w);
}
