/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an event is about, if it is watched. Keys, trails, buckets, roles and stores are named in as
 * many ways as AWS takes: each is made a full name, in the account and region of the event, and
 * looked up. A part of a name is never compared.
 */
#include <string.h>

#include "base/arena.h"
#include "base/names.h"
#include "base/text.h"
#include "rules/events_private.h"

#define CLOUDTRAIL	"cloudtrail.amazonaws.com"

/*
 * The account in which a bare name means something: that of the caller. A record that another
 * account has of the same call says nothing about bare names of its own.
 */
static const char *
subject_account(const struct event *event)
{
	const char *caller = event->actor.account;

	if (event->account != NULL && caller != NULL && strcmp(event->account, caller) != 0)
		return NULL;
	return event->account ? event->account : caller;
}

/* A succeeded call was served where its subject lives. */
static bool
subject_is_at(const struct events_look *look, const char *region)
{
	const char *served = look->event->region;

	return look->match.outcome != EVENT_DONE || served == NULL || region[0] == '\0' ||
	    strcmp(served, region) == 0;
}

static bool
subject_was_watched(const struct events_watched *watched, enum subject_kind kind, const char *arn)
{
	for (size_t i = 0; i < watched->once_count; i++)
		if (watched->once[i].kind == kind && strcmp(watched->once[i].arn, arn) == 0)
			return true;
	return false;
}

/* What the world has forgotten has its place in its name. */
static bool
subject_take_once(struct events_look *look, enum subject_kind kind, const char *arn_text)
{
	struct arena *arena = look->judge.arena;
	const char *region;
	struct arn arn;

	if (!subject_was_watched(look->watched, kind, arn_text) || !arn_parse(arn_text, &arn))
		return false;
	region = arena_strndup(arena, arn.region.text, arn.region.len);
	if (!subject_is_at(look, region))
		return false;
	look->place.account = arena_strndup(arena, arn.account.text, arn.account.len);
	look->place.region = region;
	look->place.resource = arena_strdup(arena, arn_text);
	return true;
}

static bool
subject_take(struct events_look *look, const struct subject *subject)
{
	look->match.subject = subject;
	return true;
}

/* ---- keys ---- */

static bool
key_find(struct events_look *look, const char *arn)
{
	const struct world_key *key = world_find_key(look->judge.world, arn);

	if (key == NULL)
		return subject_take_once(look, SUBJECT_KEY, arn);
	return subject_is_at(look, key->region) && subject_take(look, &key->subject);
}

/* "ID", "alias/NAME" or an ARN of either. */
static bool
key_find_named(struct events_look *look, const char *name)
{
	const char *account = subject_account(look->event), *region = look->event->region;
	struct arn arn;

	if (text_is_empty(name))
		return false;
	if (arn_parse(name, &arn))
		return key_find(look, name);
	if (account == NULL || region == NULL)
		return false;
	return key_find(look, arena_printf(look->judge.arena, "arn:%s:kms:%s:%s:%s%s",
	    name_partition(region), region, account, text_has_prefix(name, "alias/") ? "" : "key/",
	    name));
}

/*
 * AWS lists the key that it used under `resources`, with an alias beside it when that was meant, in
 * no order that can be relied on. Where it does, nothing else is asked.
 */
static bool
key_find_resource(struct events_look *look, bool *ret_listed)
{
	const struct event *event = look->event;
	struct arn arn;

	for (size_t i = 0; i < event->resource_count; i++) {
		if (!arn_parse_key(event->resources[i].arn, &arn))
			continue;
		*ret_listed = true;
		if (key_find(look, event->resources[i].arn))
			return true;
	}
	return false;
}

/*
 * The text of a refusal may be all that names its object: "... is not authorized to perform: ACTION
 * on resource: ARN because ...".
 */
static bool
subject_find_in_message(struct events_look *look,
    bool (*find)(struct events_look *, const char *arn))
{
	const char *p = look->event->error_message;

	for (p = p ? strstr(p, "arn:") : NULL; p != NULL; p = strstr(p, "arn:")) {
		size_t len = strcspn(p, " \t\r\n\"'<>(),;");

		while (len > 0 && (p[len - 1] == '.' || p[len - 1] == ':'))
			len--;
		if (find(look, arena_strndup(look->judge.arena, p, len)))
			return true;
		p += 4;
	}
	return false;
}

/* An alias says nothing where nobody resolved it: what a refusal names goes before it. */
bool
events_find_key(struct events_look *look)
{
	static const enum event_part parts[] = { EVENT_RESPONSE, EVENT_REQUEST, EVENT_SERVICE };
	const char *const *member = look->row->members;
	bool listed = false, named = false;

	if (key_find_resource(look, &listed))
		return true;
	if (listed)
		return false;
	for (size_t m = 0; m < EVENTS_MEMBERS && member[m] != NULL; m++)
		for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
			const char *name = event_text(look->event, parts[i], member[m]);

			named |= !text_is_empty(name) && strstr(name, "alias/") == NULL;
			if (key_find_named(look, name))
				return true;
		}
	return !named && look->match.outcome != EVENT_DONE &&
	    subject_find_in_message(look, key_find);
}

bool
events_find_used_key(struct events_look *look)
{
	const struct event_actor *actor = &look->event->actor;
	const struct rules_event_settings *s = &look->judge.settings->events;

	return !text_same(actor->invoked_by, CLOUDTRAIL) &&
	    !events_actor_is(actor, s->expected_readers, s->expected_reader_count) &&
	    events_find_key(look);
}

/* A store has no alert of its own: of its keys that are watched the first by ARN stands for it. */
bool
events_find_store(struct events_look *look)
{
	const char *id = event_text(look->event, EVENT_REQUEST, look->row->members[0]);
	const char *account = subject_account(look->event), *region = look->event->region;
	const struct world_key *first = NULL;

	if (text_is_empty(id) || account == NULL || region == NULL)
		return false;
	for (const struct world_key *key = world_keys(look->judge.world); key; key = key->hh.next)
		if (text_same(key->key.store_id, id) && strcmp(key->account, account) == 0 &&
		    strcmp(key->region, region) == 0 &&
		    (first == NULL || strcmp(key->id, first->id) < 0))
			first = key;
	return first != NULL && subject_take(look, &first->subject);
}

/* ---- trails ---- */

static bool
trail_find(struct events_look *look, const char *arn)
{
	const struct world_trail *trail = world_find_trail(look->judge.world, arn);

	if (trail == NULL)
		return subject_take_once(look, SUBJECT_TRAIL, arn);
	return subject_is_at(look, trail->trail.home_region) && subject_take(look, &trail->subject);
}

/* Away from its home a trail has a shadow of the same name, which AWS lets nobody change. */
static bool
trail_find_shadow(struct events_look *look, const char *account, const char *name)
{
	const struct world_account *owner = world_find_account(look->judge.world, account);
	const struct world_region *region;

	region = owner ? world_find_region(owner, look->event->region) : NULL;
	for (size_t i = 0; region != NULL && i < region->trail_count; i++)
		if (strcmp(region->trails[i]->trail.name, name) == 0)
			return subject_take(look, &region->trails[i]->subject);
	return false;
}

static bool
trail_find_named(struct events_look *look, const char *name)
{
	const char *account = subject_account(look->event), *region = look->event->region;
	struct arn arn;

	if (text_is_empty(name))
		return false;
	if (arn_parse(name, &arn))
		return trail_find(look, name);
	if (account == NULL || region == NULL)
		return false;
	return trail_find(look, arena_printf(look->judge.arena, "arn:%s:cloudtrail:%s:%s:trail/%s",
	        name_partition(region), region, account, name)) ||
	    (look->match.outcome != EVENT_DONE && trail_find_shadow(look, account, name));
}

bool
events_find_trail(struct events_look *look)
{
	const char *name = event_text(look->event, EVENT_RESPONSE, "trailARN");
	const char *const *member = look->row->members;

	for (size_t i = 0; text_is_empty(name) && i < EVENTS_MEMBERS && member[i] != NULL; i++)
		name = event_text(look->event, EVENT_REQUEST, member[i]);
	if (!text_is_empty(name))
		return trail_find_named(look, name);
	return look->match.outcome != EVENT_DONE && subject_find_in_message(look, trail_find);
}

/* ---- the others ---- */

/* A bucket's name is its own in the whole partition. */
static bool
bucket_find(struct events_look *look, const char *name)
{
	const struct world_bucket *bucket = world_find_bucket(look->judge.world, name);
	struct arn trail;

	if (bucket == NULL || !arn_parse_trail(judge_bucket_trail(bucket)->trail.arn, &trail))
		return false;
	return (look->event->region == NULL ||
	        name_part_is(trail.partition, name_partition(look->event->region))) &&
	    subject_take(look, &bucket->subject);
}

bool
events_find_bucket(struct events_look *look)
{
	const char *name = event_text(look->event, EVENT_REQUEST, look->row->members[0]);
	const struct event *event = look->event;
	struct arn arn;

	if (!text_is_empty(name))
		return bucket_find(look, name);
	for (size_t i = 0; i < event->resource_count; i++)
		if (arn_parse(event->resources[i].arn, &arn) && name_part_is(arn.service, "s3") &&
		    bucket_find(look, arn.resource.text))
			return true;
	return false;
}

/* The partition of the event: that of its region, or else of the account's. */
static const char *
account_partition(const struct events_look *look, const struct world_account *account)
{
	const char *region = look->event->region;

	if (region == NULL && account != NULL && account->regions != NULL)
		region = account->regions->name;
	return name_partition(region ? region : "");
}

/* The id of an account, too, is its own in a partition only. */
static bool
account_is_there(const struct events_look *look, const struct world_account *account)
{
	return account->regions == NULL || strcmp(name_partition(account->regions->name),
	    account_partition(look, account)) == 0;
}

static bool
role_is_ours(const struct events_look *look, const char *account, const char *name)
{
	const struct rules_event_settings *s = &look->judge.settings->events;

	for (size_t i = 0; i < s->role_count; i++) {
		const struct rules_role *role = &s->roles[i];

		if (strcmp(role->name, name) == 0 && (role->account == NULL ?
		    world_find_account(look->judge.world, account) != NULL :
		    strcmp(role->account, account) == 0))
			return true;
	}
	return false;
}

/* IAM has no region, and no call of it reaches into another account. */
static bool
role_find(struct events_look *look, const char *account, const char *name)
{
	const struct world_account *owner;

	if (text_is_empty(account) || !name_is_role(name) || !role_is_ours(look, account, name))
		return false;
	owner = world_find_account(look->judge.world, account);
	if (owner != NULL && !account_is_there(look, owner))
		return false;
	look->place.account = arena_strdup(look->judge.arena, account);
	look->place.region = "";
	look->place.resource = arena_printf(look->judge.arena, "arn:%s:iam::%s:role/%s",
	    account_partition(look, owner), account, name);
	look->match.subject = owner ? &owner->subject : NULL;
	return true;
}

static bool
role_find_arn(struct events_look *look, const char *text)
{
	struct arena *arena = look->judge.arena;
	struct name_part name;
	struct arn arn;

	if (!arn_parse_role(text, &arn) || !text_same(look->event->account,
	        arena_strndup(arena, arn.account.text, arn.account.len)))
		return false;
	name = name_after_slash(arn.resource);
	return role_find(look, look->event->account, arena_strndup(arena, name.text, name.len));
}

bool
events_find_role(struct events_look *look)
{
	const char *name = event_text(look->event, EVENT_REQUEST, look->row->members[0]);
	const char *account = look->event->account;

	if (!text_is_empty(name))
		return role_find(look, account ? account : look->event->actor.account, name);
	return look->match.outcome != EVENT_DONE && subject_find_in_message(look, role_find_arn);
}

/* Its management account or a delegated one, or a member that leaves: who is watched counts. */
bool
events_find_organization(struct events_look *look)
{
	const char *account = look->event->account;
	const struct world_account *watched;

	if (account == NULL)
		account = look->event->actor.account;
	watched = account ? world_find_account(look->judge.world, account) : NULL;
	return watched != NULL && account_is_there(look, watched) &&
	    subject_take(look, &watched->subject);
}
