/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When something is asked again. The list of accounts, the regions of an account and the trails of
 * a region have a slot each, with a place of its own within the interval, always the same; keys
 * and buckets are asked with the trails that lead to them, and marks keep them from being asked
 * too often. A single sweep has no slots, and its marks never end.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/names.h"
#include "base/text.h"
#include "sweep/sweep_private.h"

#define WATCH_MINUTE_MS		INT64_C(60000)
#define WATCH_HOUR_MS		(60 * WATCH_MINUTE_MS)
#define WATCH_BACK_MS		(30 * UINT64_C(1000))	/* what had no answer is asked within */
#define WATCH_EARLY_PART	4	/* a quarter of its interval early counts as due ... */

void
sweep_intervals_init(struct sweep_intervals *i)
{
	*i = (struct sweep_intervals){
		.trails_ms = 5 * WATCH_MINUTE_MS,
		.quiet_ms = WATCH_HOUR_MS,
		.keys_ms = 5 * WATCH_MINUTE_MS,
		.buckets_ms = WATCH_HOUR_MS,
		.foreign_ms = 24 * WATCH_HOUR_MS,
		.accounts_ms = WATCH_HOUR_MS,
		.events_ms = WATCH_MINUTE_MS,
		.names_ms = WATCH_HOUR_MS,
		.denied_ms = 6 * WATCH_HOUR_MS,
	};
}

static int64_t
watch_now(const struct sweep *s)
{
	return loop_mono_ms(aws_loop(s->aws));
}

/* ---- keys and buckets ---- */

static struct sweep_mark *
watch_find(const struct sweep *s, const char *name)
{
	struct sweep_mark *mark;

	HASH_FIND_STR(s->marks, name, mark);
	return mark;
}

bool
watch_is_due(const struct sweep *s, const char *name)
{
	const struct sweep_mark *mark = watch_find(s, name);

	return mark == NULL || mark->next_mono_ms <= watch_now(s);
}

/* ... but no more than one look at a busy region: the next one comes soon enough. */
static int64_t
watch_early_ms(const struct sweep *s, int64_t interval_ms)
{
	int64_t early_ms = interval_ms / WATCH_EARLY_PART;

	return early_ms < s->intervals.trails_ms ? early_ms : s->intervals.trails_ms;
}

/* The regions that lead to a thing come at different times: a little early is in time. */
void
watch_note_asked(struct sweep *s, const char *name, int64_t interval_ms)
{
	struct sweep_mark *mark = watch_find(s, name);
	size_t len = strlen(name);

	if (mark == NULL) {
		mark = mem_alloc(1, sizeof(*mark) + len + 1);
		memcpy(mark->name, name, len);
		HASH_ADD_KEYPTR(hh, s->marks, mark->name, len, mark);
	}
	mark->next_mono_ms = s->is_watching ?
	    watch_now(s) + interval_ms - watch_early_ms(s, interval_ms) : INT64_MAX;
}

/* Marks that are over tell nothing any more. */
static void
watch_sweep_marks(struct sweep *s)
{
	struct sweep_mark *mark, *next;

	HASH_ITER(hh, s->marks, mark, next) {
		if (mark->next_mono_ms > watch_now(s))
			continue;
		HASH_DEL(s->marks, mark);
		free(mark);
	}
}

/* ---- slots ---- */

static const struct world_region *
watch_region(const struct sweep_slot *slot)
{
	const struct world_account *account =
	    world_find_account(slot->sweep->collect.world, slot->member->id);

	return account != NULL ? world_find_region(account, slot->region) : NULL;
}

/* The region was closed since: nothing is asked there until its account's list opens it again. */
static bool
watch_is_off(const struct sweep_slot *slot)
{
	const struct world_region *region = slot->kind == SWEEP_TRAILS ? watch_region(slot) : NULL;

	return slot->kind == SWEEP_TRAILS && (region == NULL || region->enabled == TRI_NO);
}

static void
watch_on_time(void *arg)
{
	struct sweep_slot *slot = arg;
	struct sweep *s = slot->sweep;

	if (slot->is_open)
		return;
	if (slot->member == NULL) {
		watch_sweep_marks(s);
		walk_start(s);
	} else if (watch_is_off(slot)) {
		watch_answered(slot);
	} else {
		sweep_add(s, slot->kind, slot->member, slot->region, NULL);
	}
}

struct sweep_slot *
watch_slot(struct sweep *s, struct sweep_member *member, enum sweep_kind kind, const char *region)
{
	struct sweep_slot **list = member ? &member->slots : &s->accounts_slot, *slot = *list;

	if (!s->is_watching || kind > SWEEP_TRAILS)
		return NULL;	/* those come with the trails that lead to them */
	while (slot != NULL && (slot->kind != kind || slot->region != region))
		slot = slot->next;
	if (slot != NULL)
		return slot;
	slot = mem_alloc(1, sizeof(*slot));
	slot->sweep = s;
	slot->member = member;
	slot->kind = kind;
	slot->region = region;
	loop_timer_init(&slot->timer, aws_loop(s->aws), watch_on_time, slot);
	slot->next = *list;
	*list = slot;
	return slot;
}

void
watch_note_place(struct sweep *s, struct sweep_member *member, const char *region)
{
	struct sweep_slot *slot;

	for (slot = member->slots; s->is_watching && slot != NULL; slot = slot->next)
		if (slot->kind == SWEEP_TRAILS && strcmp(slot->region, region) == 0)
			slot->holds_something = true;
}

void
watch_free_slots(struct sweep_slot *slot)
{
	while (slot != NULL) {
		struct sweep_slot *next = slot->next;

		loop_timer_stop(&slot->timer);
		free(slot);
		slot = next;
	}
}

void
watch_free(struct sweep *s)
{
	struct sweep_mark *mark, *next;

	watch_free_slots(s->accounts_slot);
	HASH_ITER(hh, s->marks, mark, next) {
		HASH_DEL(s->marks, mark);
		free(mark);
	}
}

/* A home trail lives here, or a key or bucket of a watched trail. */
static bool
watch_is_busy(const struct sweep_slot *slot, const struct world_region *region)
{
	for (size_t i = 0; i < region->trail_count; i++)
		if (strcmp(region->trails[i]->trail.home_region, slot->region) == 0 &&
		    strcmp(region->trails[i]->trail.account, slot->member->id) == 0)
			return true;
	return slot->holds_something;
}

/* How the slot's own question went last; NULL when nobody knows. */
static const struct reading *
watch_reading(const struct sweep_slot *slot)
{
	const struct world_region *region;
	const struct world_account *account;

	if (slot->member == NULL)
		return &slot->sweep->accounts_reading;
	if (slot->kind == SWEEP_TRAILS) {
		region = watch_region(slot);
		return region != NULL ? &region->trails_reading : NULL;
	}
	account = world_find_account(slot->sweep->collect.world, slot->member->id);
	return account != NULL ? &account->regions_reading : NULL;
}

/* Nobody answered: not even a refusal by the service that was asked. */
static bool
watch_had_no_answer(const struct reading *reading)
{
	return reading != NULL && reading->state == READING_FAILED &&
	    reading_failed(reading)->request_id[0] == '\0';
}

void
watch_note_lost(struct sweep_member *member)
{
	member->is_lost = true;
}

void
watch_note_good(struct sweep_member *member)
{
	struct sweep_slot *slot;

	if (!member->is_lost)
		return;
	member->is_lost = false;
	for (slot = member->slots; slot != NULL; slot = slot->next)
		if (!slot->is_open && watch_had_no_answer(watch_reading(slot)))
			loop_timer_set(&slot->timer, (int64_t)(watch_hash(member->id, slot->region) %
			    WATCH_BACK_MS));
}

static void
watch_note_outcome(struct sweep_slot *slot)
{
	const struct reading *reading = watch_reading(slot);

	if (slot->member == NULL || reading == NULL)
		return;
	if (watch_had_no_answer(reading))
		watch_note_lost(slot->member);
	else if (reading_is_good(reading))
		watch_note_good(slot->member);
}

/* What failed is tried again soon, unless it was denied. */
static int64_t
watch_interval(const struct sweep_slot *slot)
{
	const struct sweep_intervals *i = &slot->sweep->intervals;
	const struct reading *reading = watch_reading(slot);
	int64_t calm_ms = slot->kind == SWEEP_TRAILS ? i->quiet_ms : i->accounts_ms;

	if (reading == NULL || reading->failure == ERR_DENIED || reading->failure == ERR_DENIED_BY_SCP)
		return calm_ms;
	if (reading->state == READING_FAILED)
		return i->trails_ms;
	return slot->kind == SWEEP_TRAILS && watch_is_busy(slot, watch_region(slot)) ? i->trails_ms :
	    calm_ms;
}

uint64_t
watch_hash(const char *account, const char *region)
{
	uint64_t hash = UINT64_C(14695981039346656037);	/* FNV-1a */
	const char *names[] = { account, region };

	for (size_t i = 0; i < 2; i++)
		for (const char *p = names[i]; *p != '\0'; p++)
			hash = (hash ^ (unsigned char)*p) * UINT64_C(1099511628211);
	return hash;
}

/* Its place within the interval: from its names. */
static int64_t
watch_phase(const struct sweep_slot *slot, int64_t interval_ms)
{
	return (int64_t)(watch_hash(slot->member ? slot->member->id : "", slot->region) %
	    (uint64_t)interval_ms);
}

/* The next time of its place; the one after it when that is nearly now. */
void
watch_answered(struct sweep_slot *slot)
{
	int64_t interval_ms = watch_interval(slot), now_ms = watch_now(slot->sweep);
	int64_t wait_ms = interval_ms - (now_ms - watch_phase(slot, interval_ms)) % interval_ms;

	slot->is_open = false;
	watch_note_outcome(slot);
	if (wait_ms > interval_ms)
		wait_ms -= interval_ms;
	if (wait_ms < interval_ms / WATCH_EARLY_PART)
		wait_ms += interval_ms;
	loop_timer_set(&slot->timer, wait_ms);
}

void
sweep_watch(struct sweep *s, const struct sweep_intervals *intervals, sweep_answered_fn answered,
    void *arg)
{
	s->intervals = *intervals;
	s->answered = answered;
	s->arg = arg;
	if (s->is_watching)
		return;
	s->is_watching = true;
	s->collect.denied_again_ms = intervals->denied_ms;
	walk_start(s);
}

/* ---- at once ---- */

static void
watch_look_at_key(struct sweep *s, struct world_key *key)
{
	const struct world_trail *trail = TAILQ_FIRST(&key->trails);
	struct sweep_member *member = trail ? members_for_key(s, key, trail) : NULL;

	if (member == NULL || key->region[0] == '\0')
		return;
	watch_note_asked(s, key->id, s->intervals.keys_ms);
	sweep_add(s, SWEEP_KEY, member, key->region, key->id);
}

static void
watch_look_at_bucket(struct sweep *s, const char *name)
{
	struct world_bucket *bucket = world_find_bucket(s->collect.world, name);
	const struct world_trail *trail = bucket ? TAILQ_FIRST(&bucket->trails) : NULL;
	struct sweep_member *member = trail ? members_for_bucket(s, name, trail) : NULL;

	if (member == NULL || !name_is_bucket(name))
		return;
	watch_note_asked(s, name, s->intervals.buckets_ms);
	sweep_add(s, SWEEP_BUCKET, member, trail->trail.home_region, name);
}

static void
watch_look_at_region(struct sweep *s, const char *account, const char *region)
{
	struct sweep_member *member = members_find(s, account);
	const struct world_account *known = world_find_account(s->collect.world, account);
	const struct world_region *place = known && region[0] ? world_find_region(known, region) : NULL;

	if (member == NULL || known == NULL)
		return;
	if (place == NULL)
		sweep_add(s, SWEEP_REGIONS, member, s->home_region, NULL);
	else if (place->enabled != TRI_NO)
		sweep_add(s, SWEEP_TRAILS, member, place->name, NULL);
}

void
sweep_look_again(struct sweep *s, const char *account, const char *region, const char *resource)
{
	struct world_key *key = world_find_key(s->collect.world, resource);
	const char *bucket = strstr(resource, ":s3:::");

	if (key != NULL)
		watch_look_at_key(s, key);
	else if (bucket != NULL)
		watch_look_at_bucket(s, bucket + strlen(":s3:::"));
	else
		watch_look_at_region(s, account, region);
}
