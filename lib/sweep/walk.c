/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What follows from what: accounts have regions, regions show trails, trails have a status, a key
 * and a bucket. Each question is put to somebody who may answer it, or the world is told why it
 * is not asked.
 */
#include <stdio.h>
#include <string.h>

#include "base/names.h"
#include "sweep/sweep_private.h"

/* For what is not asked at all, as it is known to be refused. */
static const struct source walk_no_source = { .call = NULL };

static bool
walk_lists(const char *const *list, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i], name) == 0)
			return true;
	return false;
}

/* The evidence for an answer that is not about a slot of the world. */
static void
walk_source(const struct sweep_ask *ask, enum aws_op op, struct source *ret)
{
	*ret = (struct source){
		.call = aws_op_name(op), .account = ask->target.account, .region = ask->target.region,
		.wall_ms = aws_wall_ms(ask->sweep->aws),
	};
}

/* ---- accounts ---- */

/*
 * The accounts are known: walk those that are new. Where the ambient credentials stand for a
 * configured account, they must be its own: another account's trails are not its trails.
 */
static void
walk_accounts(struct sweep *s, bool is_ambient_known)
{
	for (struct sweep_member *m = s->members; m != NULL; m = m->hh.next)
		if (m->is_swept && !m->was_walked && m->open == 0)
			sweep_add(s, m->role.role_arn || is_ambient_known ? SWEEP_REGIONS :
			    SWEEP_AMBIENT, m, s->home_region, NULL);
}

/* All accounts are known. */
static void
walk_note_list(struct sweep *s)
{
	s->progress.is_list_whole = true;
	s->progress.accounts_version++;
}

static void
walk_on_whoami(void *arg, const struct collect_identity *identity, const struct err *err)
{
	struct sweep_ask *ask = arg;
	struct sweep *s = ask->sweep;
	struct source source;

	walk_source(ask, STS_GET_CALLER_IDENTITY, &source);
	reading_set(&s->accounts_reading, &source, err);
	if (err == NULL) {
		members_add(s, identity->account, NULL, NULL, NULL);
		walk_note_list(s);
		walk_accounts(s, true);
	}
	sweep_ended(ask);
}

static void
walk_on_ambient(void *arg, const struct collect_identity *identity, const struct err *err)
{
	struct sweep_ask *ask = arg;
	struct sweep *s = ask->sweep;
	struct world_account *account = world_find_account(s->collect.world, ask->member->id);
	struct source source;
	struct err other;

	if (err == NULL && strcmp(identity->account, ask->member->id) == 0) {
		if (!reading_is_good(&account->regions_reading))
			sweep_add(s, SWEEP_REGIONS, ask->member, s->home_region, NULL);
	} else {
		if (err == NULL) {
			err_set(&other, ERR_CONFIG, "the ambient credentials are those of account %s: "
			    "a role_arn is needed", identity->account);
			err = &other;
		}
		walk_source(ask, STS_GET_CALLER_IDENTITY, &source);
		world_set_regions(s->collect.world, account, &source, err);
	}
	sweep_ended(ask);
}

static void
walk_on_account(void *arg, const struct account *account)
{
	const struct sweep_ask *ask = arg;
	struct sweep *s = ask->sweep;
	char role_arn[256];

	if (!account->is_active || walk_lists(s->scope.exclude, s->scope.exclude_count, account->id))
		return;
	snprintf(role_arn, sizeof(role_arn), "arn:%s:iam::%s:role/%s",
	    aws_partition_of(s->home_region)->name, account->id, s->scope.role);
	members_add(s, account->id, account->name, role_arn, s->scope.external_id);
	world_set_organization(s->collect.world, account->id, account->manages);
}

static void
walk_add_configured(struct sweep *s)
{
	const struct sweep_scope *scope = &s->scope;

	for (size_t i = 0; i < scope->account_count; i++)
		members_add(s, scope->accounts[i].id, scope->accounts[i].name,
		    scope->accounts[i].role_arn, scope->accounts[i].external_id);
}

/* Only a whole list says who has left. */
static void
walk_on_accounts(void *arg, const struct err *err)
{
	struct sweep_ask *ask = arg;
	struct sweep *s = ask->sweep;
	struct source source;

	walk_source(ask, ORGANIZATIONS_LIST_ACCOUNTS, &source);
	reading_set(&s->accounts_reading, &source, err);
	walk_add_configured(s);
	if (err == NULL) {
		members_take_list(s);
		walk_note_list(s);
	}
	walk_accounts(s, false);
	sweep_ended(ask);
}

/* ---- regions ---- */

static bool
walk_wants_region(const struct sweep *s, const char *name)
{
	return (s->scope.region_count == 0 ||
	    walk_lists(s->scope.regions, s->scope.region_count, name)) &&
	    (s->scope.only_region_count == 0 ||
	    walk_lists(s->scope.only_regions, s->scope.only_region_count, name));
}

static void
walk_on_region(void *arg, const struct region *region)
{
	const struct sweep_ask *ask = arg;
	struct sweep *s = ask->sweep;
	struct world_account *account = world_find_account(s->collect.world, ask->target.account);

	if (walk_wants_region(s, region->name))
		world_add_region(s->collect.world, account, region->name, region->enabled);
	else if (region->enabled != TRI_NO)
		account->is_partly_watched = true;
}

/*
 * A region that was named but is not in the account's list: where there is a list, it cannot be
 * seen; where there is none, it is tried.
 */
static void
walk_add_named_region(struct sweep *s, struct world_account *account, const char *name)
{
	struct world_region *region;
	struct err err;

	if (!walk_wants_region(s, name) || world_find_region(account, name) != NULL)
		return;
	region = world_add_region(s->collect.world, account, name, TRI_UNKNOWN);
	if (!reading_is_good(&account->regions_reading))
		return;
	err_set(&err, ERR_NOT_FOUND, "the account has no region %s", name);
	world_set_trails(s->collect.world, region, NULL, 0, &account->regions_reading.good, &err);
}

/* Regions that were never asked for are asked now; the others have their own time. */
static void
walk_on_regions(void *arg, const struct err *err)
{
	struct sweep_ask *ask = arg;
	struct sweep *s = ask->sweep;
	const struct sweep_scope *scope = &s->scope;
	struct world_account *account = world_find_account(s->collect.world, ask->target.account);

	(void)err;	/* it stands in the world */
	for (size_t i = 0; i < scope->region_count; i++)
		walk_add_named_region(s, account, scope->regions[i]);
	for (size_t i = 0; i < scope->only_region_count; i++)
		walk_add_named_region(s, account, scope->only_regions[i]);
	for (struct world_region *r = account->regions; r != NULL; r = r->next)
		if (r->enabled != TRI_NO && r->trails_reading.state == READING_NONE)
			sweep_add(s, SWEEP_TRAILS, ask->member, r->name, NULL);
	sweep_ended(ask);
}

/* ---- trails, and what hangs on them ---- */

static void
walk_want_key(struct sweep *s, const struct world_trail *trail)
{
	struct world_key *key = trail->key;
	struct sweep_member *member;
	struct err err;

	if (key == NULL || !watch_is_due(s, key->id))
		return;
	member = members_for_key(s, key, trail);
	if (key->region[0] == '\0') {
		err_set(&err, ERR_MALFORMED, "the trail's KmsKeyId is no key ARN");
		world_set_key(s->collect.world, key, NULL, &walk_no_source, &err);
	} else if (member == NULL) {
		err_set(&err, ERR_DENIED, "neither the key's account nor the trail's owner is watched");
		world_set_key(s->collect.world, key, NULL, &walk_no_source, &err);
	} else {
		watch_note_asked(s, key->id, s->intervals.keys_ms);
		watch_note_place(s, member, key->region);
		sweep_add(s, SWEEP_KEY, member, key->region, key->id);
	}
}

static void
walk_want_bucket(struct sweep *s, const struct world_trail *trail)
{
	struct world_bucket *bucket = trail->bucket;
	struct sweep_member *member;
	struct err err;

	if (bucket == NULL || !watch_is_due(s, bucket->name))
		return;
	member = members_for_bucket(s, bucket->name, trail);
	if (!name_is_bucket(bucket->name)) {
		err_set(&err, ERR_MALFORMED, "the trail's S3BucketName is no name of a bucket");
		world_set_bucket(s->collect.world, bucket, NULL, &walk_no_source, &err);
	} else if (member == NULL) {
		err_set(&err, ERR_DENIED, "the trail's owner %s is not watched", trail->trail.account);
		world_set_bucket(s->collect.world, bucket, NULL, &walk_no_source, &err);
	} else {
		watch_note_asked(s, bucket->name, s->intervals.buckets_ms);
		sweep_add(s, SWEEP_BUCKET, member,
		    trail->key && trail->key->region[0] ? trail->key->region : trail->trail.home_region,
		    bucket->name);
	}
}

/*
 * Only the owner's credentials ask for the status; in its own view each region shows the trail.
 * A trail whose owner is not watched says so in the regions that show it.
 */
static void
walk_want_status(struct sweep *s, const struct sweep_ask *ask, struct world_trail *trail)
{
	const char *region = ask->target.region;
	struct err err;

	if (strcmp(trail->trail.account, ask->target.account) == 0) {
		sweep_add(s, SWEEP_STATUS, ask->member, region, trail->trail.arn)->with_selectors =
		    strcmp(trail->trail.home_region, region) == 0;
	} else if (members_find(s, trail->trail.account) == NULL) {
		err_set(&err, ERR_DENIED, "the trail's owner %s is not watched", trail->trail.account);
		world_set_status(s->collect.world, trail, region, NULL, &walk_no_source, &err);
		world_set_selectors(s->collect.world, trail, NULL, &walk_no_source, &err);
	}
}

static void
walk_on_trails(void *arg, const struct err *err)
{
	struct sweep_ask *ask = arg;
	struct sweep *s = ask->sweep;
	const struct world_region *region = world_find_region(
	    world_find_account(s->collect.world, ask->target.account), ask->target.region);

	for (size_t i = 0; err == NULL && i < region->trail_count; i++) {
		walk_want_status(s, ask, region->trails[i]);
		walk_want_key(s, region->trails[i]);
		walk_want_bucket(s, region->trails[i]);
	}
	sweep_ended(ask);
}

/* The world has the answer, or why there is none. */
static void
walk_on_end(void *arg, const struct err *err)
{
	(void)err;
	sweep_ended(arg);
}

/*
 * Without the role of its own account the bucket can only be headed, which is not worth asking
 * often; and what was denied is asked again rarely.
 */
static void
walk_on_key(void *arg, const struct err *err)
{
	struct sweep_ask *ask = arg;

	if (err != NULL && (err->kind == ERR_DENIED || err->kind == ERR_DENIED_BY_SCP))
		watch_note_asked(ask->sweep, ask->id, ask->sweep->intervals.denied_ms);
	sweep_ended(ask);
}

static void
walk_on_bucket(void *arg, const struct err *err)
{
	struct sweep_ask *ask = arg;
	const struct world_bucket *bucket = world_find_bucket(ask->sweep->collect.world, ask->id);

	(void)err;
	if (bucket != NULL && bucket->policy_reading.state == READING_NONE)
		watch_note_asked(ask->sweep, ask->id, ask->sweep->intervals.foreign_ms);
	else if (bucket != NULL && bucket->bucket.region != NULL)
		watch_note_place(ask->sweep, ask->member, bucket->bucket.region);
	sweep_ended(ask);
}

/* ---- the table of questions ---- */

void
walk_ask(struct sweep_ask *ask)
{
	struct collect *collect = &ask->sweep->collect;
	const struct job_target *target = &ask->target;

	switch (ask->kind) {
	case SWEEP_WHOAMI:
		collect_identity(collect, target, walk_on_whoami, ask);
		break;
	case SWEEP_ACCOUNTS:
		members_begin_list(ask->sweep);
		collect_accounts(collect, target, walk_on_account, walk_on_accounts, ask);
		break;
	case SWEEP_AMBIENT:
		collect_identity(collect, target, walk_on_ambient, ask);
		break;
	case SWEEP_REGIONS:
		collect_regions(collect, target, walk_on_region, walk_on_regions, ask);
		break;
	case SWEEP_TRAILS:
		collect_trails(collect, target, walk_on_trails, ask);
		break;
	case SWEEP_STATUS:
		collect_status(collect, target, ask->id, ask->with_selectors, walk_on_end, ask);
		break;
	case SWEEP_KEY:
		collect_key(collect, target, ask->id, walk_on_key, ask);
		break;
	case SWEEP_BUCKET:
		collect_bucket(collect, target, ask->id, walk_on_bucket, ask);
		break;
	}
}

void
walk_start(struct sweep *s)
{
	const struct sweep_scope *scope = &s->scope;

	if (scope->has_organization) {
		sweep_add(s, SWEEP_ACCOUNTS, NULL, s->home_region, NULL)->target.role =
		    (struct creds_role){
			.role_arn = scope->management_role_arn, .external_id = scope->external_id,
		    };
	} else if (scope->account_count == 0) {
		sweep_add(s, SWEEP_WHOAMI, NULL, s->home_region, NULL);
	} else {
		walk_add_configured(s);
		walk_note_list(s);
		walk_accounts(s, false);
	}
}
