/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which question is asked in whose name; see sweep.h. Questions wait as small entries that hold
 * names, never pointers into the world, and a bounded number of them runs at a time: what leads
 * deeper goes first, so that an organization of any size is walked account by account.
 */
#include "sweep/sweep.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "base/mem.h"
#include "base/names.h"
#include "collect/collect.h"

#define SWEEP_RUNNING_MAX	256	/* questions at a time; calls in flight are fewer */

enum sweep_kind {
	SWEEP_WHOAMI = 1,	/* whose are the ambient credentials: that account is watched */
	SWEEP_ACCOUNTS,		/* of the organization */
	SWEEP_AMBIENT,		/* are the ambient credentials those of the account they stand for? */
	SWEEP_REGIONS,
	SWEEP_TRAILS,
	SWEEP_STATUS,
	SWEEP_KEY,
	SWEEP_BUCKET,
};

/* One question about one thing. */
struct sweep_ask {
	enum sweep_kind		 kind;
	struct sweep		*sweep;
	struct job_target	 target;
	struct sweep_member	*member;	/* the account whose walk this belongs to, or NULL */
	char			*id;		/* ours: trail, key or bucket; NULL otherwise */
	bool			 with_selectors;
	TAILQ_ENTRY(sweep_ask)	 link;
};

TAILQ_HEAD(sweep_asks, sweep_ask);

/* A watched account: whose role answers. */
struct sweep_member {
	const char		*id;		/* interned by the world */
	struct creds_role	 role;
	unsigned		 open;		/* questions of its walk that are not answered yet */
	UT_hash_handle		 hh;
};

/* A key or bucket that has been asked for in this sweep. */
struct sweep_mark {
	UT_hash_handle	hh;
	char		name[];
};

struct sweep {
	struct collect		 collect;
	struct aws		*aws;
	struct creds		*creds;
	struct sweep_scope	 scope;
	const char		*home_region;	/* where global questions are asked; interned */
	struct sweep_member	*members;
	struct sweep_mark	*marks;
	struct sweep_asks	 waiting;
	struct sweep_asks	 running;
	struct sweep_progress	 progress;
	struct reading		 accounts_reading;
	struct loop_timer	 turn;
	sweep_done_fn		 done;
	void			*arg;
};

/* For what is not asked at all, as it is known to be refused. */
static const struct source sweep_no_source = { .call = NULL };

static void	sweep_run(void *);

struct sweep *
sweep_new(struct aws *aws, struct creds *creds, struct world *world,
    const struct sweep_scope *scope)
{
	struct sweep *s = mem_alloc(1, sizeof(*s));
	const char *region = creds_ambient_region(creds);

	if (region == NULL || !name_is_region(region))
		region = aws_partition_find("aws")->global_region;
	s->aws = aws;
	s->creds = creds;
	s->scope = *scope;
	s->collect = (struct collect){ .jobs = job_pool_new(aws, creds), .world = world };
	s->home_region = world_intern(world, region);
	TAILQ_INIT(&s->waiting);
	TAILQ_INIT(&s->running);
	loop_timer_init(&s->turn, aws_loop(aws), sweep_run, s);
	return s;
}

static void
sweep_ask_free(struct sweep_ask *ask)
{
	free(ask->id);
	free(ask);
}

void
sweep_free(struct sweep *s)
{
	if (s == NULL)
		return;
	s->done = NULL;
	job_pool_free(s->collect.jobs);
	loop_timer_stop(&s->turn);
	assert(TAILQ_EMPTY(&s->running));
	while (!TAILQ_EMPTY(&s->waiting)) {
		struct sweep_ask *ask = TAILQ_FIRST(&s->waiting);

		TAILQ_REMOVE(&s->waiting, ask, link);
		sweep_ask_free(ask);
	}
	while (s->members != NULL) {
		struct sweep_member *member = s->members;

		HASH_DEL(s->members, member);
		free((char *)member->role.role_arn);
		free(member);
	}
	while (s->marks != NULL) {
		struct sweep_mark *mark = s->marks;

		HASH_DEL(s->marks, mark);
		free(mark);
	}
	reading_done(&s->accounts_reading);
	free(s);
}

const struct sweep_progress *
sweep_progress(const struct sweep *s)
{
	return &s->progress;
}

const struct reading *
sweep_accounts_reading(const struct sweep *s)
{
	return &s->accounts_reading;
}

static bool
sweep_lists(const char *const *list, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i], name) == 0)
			return true;
	return false;
}

/* The watched account, or NULL. */
static struct sweep_member *
sweep_find_member(const struct sweep *s, const char *id)
{
	struct sweep_member *member;

	HASH_FIND_STR(s->members, id, member);
	return member;
}

/* Puts a question into the queue: deeper ones in front, those of new accounts at the end. */
static struct sweep_ask *
sweep_add(struct sweep *s, enum sweep_kind kind, struct sweep_member *member, const char *region,
    const char *id)
{
	struct sweep_ask *ask = mem_alloc(1, sizeof(*ask));

	ask->kind = kind;
	ask->sweep = s;
	ask->member = member;
	ask->target.account = member ? member->id : "";
	ask->target.region = world_intern(s->collect.world, region);
	if (member != NULL) {
		ask->target.role = member->role;
		member->open++;
	}
	ask->id = mem_strdup(id);
	if (kind <= SWEEP_REGIONS)
		TAILQ_INSERT_TAIL(&s->waiting, ask, link);
	else
		TAILQ_INSERT_HEAD(&s->waiting, ask, link);
	s->progress.questions_waiting++;
	loop_timer_set(&s->turn, 0);
	return ask;
}

static bool
sweep_is_marked(const struct sweep *s, const char *name)
{
	struct sweep_mark *mark;

	HASH_FIND_STR(s->marks, name, mark);
	return mark != NULL;
}

/* Notes that a key or bucket is asked for: once in a sweep. */
static void
sweep_mark(struct sweep *s, const char *name)
{
	size_t len = strlen(name);
	struct sweep_mark *mark = mem_alloc(1, sizeof(*mark) + len + 1);

	memcpy(mark->name, name, len);
	HASH_ADD_KEYPTR(hh, s->marks, mark->name, len, mark);
}

static void
sweep_ended(struct sweep_ask *ask)
{
	struct sweep *s = ask->sweep;

	if (ask->member != NULL && --ask->member->open == 0)
		s->progress.accounts_done++;
	TAILQ_REMOVE(&s->running, ask, link);
	s->progress.questions_running--;
	sweep_ask_free(ask);
	loop_timer_set(&s->turn, 0);
}

/* The evidence for an answer that is not about a slot of the world. */
static void
sweep_source(const struct sweep_ask *ask, enum aws_op op, struct source *ret)
{
	*ret = (struct source){
		.call = aws_op_name(op), .account = ask->target.account, .region = ask->target.region,
		.wall_ms = aws_wall_ms(ask->sweep->aws),
	};
}

/* An account joins the watched ones; its walk begins unless the command line leaves it out. */
static void
sweep_add_member(struct sweep *s, const char *id, const char *name, const char *role_arn,
    const char *external_id)
{
	struct sweep_member *member = sweep_find_member(s, id);

	if (member != NULL)
		return;
	member = mem_alloc(1, sizeof(*member));
	member->id = world_intern(s->collect.world, id);
	member->role.role_arn = mem_strdup(role_arn);
	member->role.external_id = external_id;
	HASH_ADD_KEYPTR(hh, s->members, member->id, strlen(member->id), member);
	if (s->scope.only_account_count > 0 &&
	    !sweep_lists(s->scope.only_accounts, s->scope.only_account_count, id))
		return;
	world_add_account(s->collect.world, id, name);
	s->progress.accounts_known++;
}

/*
 * The accounts are known: walk those that are to be swept. Where the ambient credentials stand for
 * a configured account, they must be its own: another account's trails are not its trails.
 */
static void
sweep_walk_accounts(struct sweep *s, bool is_ambient_known)
{
	for (struct sweep_member *m = s->members; m != NULL; m = m->hh.next)
		if (world_find_account(s->collect.world, m->id) != NULL)
			sweep_add(s, m->role.role_arn || is_ambient_known ? SWEEP_REGIONS :
			    SWEEP_AMBIENT, m, s->home_region, NULL);
}

static void
sweep_on_whoami(void *arg, const struct collect_identity *identity, const struct err *err)
{
	struct sweep_ask *ask = arg;
	struct sweep *s = ask->sweep;
	struct source source;

	sweep_source(ask, STS_GET_CALLER_IDENTITY, &source);
	reading_set(&s->accounts_reading, &source, err);
	if (err == NULL) {
		sweep_add_member(s, identity->account, NULL, NULL, NULL);
		sweep_walk_accounts(s, true);
	}
	sweep_ended(ask);
}

static void
sweep_on_ambient(void *arg, const struct collect_identity *identity, const struct err *err)
{
	struct sweep_ask *ask = arg;
	struct sweep *s = ask->sweep;
	struct source source;
	struct err other;

	if (err == NULL && strcmp(identity->account, ask->member->id) == 0) {
		sweep_add(s, SWEEP_REGIONS, ask->member, s->home_region, NULL);
	} else {
		if (err == NULL) {
			err_set(&other, ERR_CONFIG, "the ambient credentials are those of account %s: "
			    "a role_arn is needed", identity->account);
			err = &other;
		}
		sweep_source(ask, STS_GET_CALLER_IDENTITY, &source);
		world_set_regions(s->collect.world,
		    world_find_account(s->collect.world, ask->member->id), &source, err);
	}
	sweep_ended(ask);
}

static void
sweep_on_account(void *arg, const struct account *account)
{
	const struct sweep_ask *ask = arg;
	struct sweep *s = ask->sweep;
	char role_arn[256];

	if (!account->is_active || sweep_lists(s->scope.exclude, s->scope.exclude_count, account->id))
		return;
	snprintf(role_arn, sizeof(role_arn), "arn:%s:iam::%s:role/%s",
	    aws_partition_of(s->home_region)->name, account->id, s->scope.role);
	sweep_add_member(s, account->id, account->name, role_arn, s->scope.external_id);
}

static void
sweep_on_accounts(void *arg, const struct err *err)
{
	struct sweep_ask *ask = arg;
	struct sweep *s = ask->sweep;
	struct source source;

	sweep_source(ask, ORGANIZATIONS_LIST_ACCOUNTS, &source);
	reading_set(&s->accounts_reading, &source, err);
	sweep_walk_accounts(s, false);
	sweep_ended(ask);
}

static bool
sweep_wants_region(const struct sweep *s, const char *name)
{
	return (s->scope.region_count == 0 ||
	    sweep_lists(s->scope.regions, s->scope.region_count, name)) &&
	    (s->scope.only_region_count == 0 ||
	    sweep_lists(s->scope.only_regions, s->scope.only_region_count, name));
}

static void
sweep_on_region(void *arg, const struct region *region)
{
	const struct sweep_ask *ask = arg;
	struct sweep *s = ask->sweep;
	struct world_account *account = world_find_account(s->collect.world, ask->target.account);

	if (sweep_wants_region(s, region->name))
		world_add_region(s->collect.world, account, region->name, region->enabled);
	else if (region->enabled != TRI_NO)
		account->is_partly_watched = true;
}

/*
 * A region that was named but is not in the account's list: where there is a list, it cannot be
 * seen; where there is none, it is tried.
 */
static void
sweep_add_named_region(struct sweep *s, struct world_account *account, const char *name)
{
	struct world_region *region;
	struct err err;

	if (!sweep_wants_region(s, name) || world_find_region(account, name) != NULL)
		return;
	region = world_add_region(s->collect.world, account, name, TRI_UNKNOWN);
	if (!reading_is_good(&account->regions_reading))
		return;
	err_set(&err, ERR_NOT_FOUND, "the account has no region %s", name);
	world_set_trails(s->collect.world, region, NULL, 0, &account->regions_reading.good, &err);
}

static void
sweep_on_regions(void *arg, const struct err *err)
{
	struct sweep_ask *ask = arg;
	struct sweep *s = ask->sweep;
	const struct sweep_scope *scope = &s->scope;
	struct world_account *account = world_find_account(s->collect.world, ask->target.account);

	(void)err;	/* it stands in the world */
	for (size_t i = 0; i < scope->region_count; i++)
		sweep_add_named_region(s, account, scope->regions[i]);
	for (size_t i = 0; i < scope->only_region_count; i++)
		sweep_add_named_region(s, account, scope->only_regions[i]);
	for (struct world_region *r = account->regions; r != NULL; r = r->next)
		if (r->enabled != TRI_NO && r->trails_reading.state == READING_NONE)
			sweep_add(s, SWEEP_TRAILS, ask->member, r->name, NULL);
	sweep_ended(ask);
}

static void
sweep_on_end(void *arg, const struct err *err)
{
	(void)err;	/* it stands in the world */
	sweep_ended(arg);
}

/*
 * Whose role answers for a key: its own account's, which alone may read the policy; else that of
 * the trail's owner, whom the key's policy may let describe it.
 */
static struct sweep_member *
sweep_member_for_key(const struct sweep *s, const struct world_key *key,
    const struct world_trail *trail)
{
	struct sweep_member *member = sweep_find_member(s, key->account);

	return member != NULL ? member : sweep_find_member(s, trail->trail.account);
}

static void
sweep_want_key(struct sweep *s, const struct world_trail *trail)
{
	struct world_key *key = trail->key;
	struct sweep_member *member;
	struct err err;

	if (key == NULL || sweep_is_marked(s, key->id))
		return;
	member = sweep_member_for_key(s, key, trail);
	if (key->region[0] == '\0') {
		err_set(&err, ERR_MALFORMED, "the trail's KmsKeyId is no key ARN");
		world_set_key(s->collect.world, key, NULL, &sweep_no_source, &err);
	} else if (member == NULL) {
		err_set(&err, ERR_DENIED, "neither the key's account nor the trail's owner is watched");
		world_set_key(s->collect.world, key, NULL, &sweep_no_source, &err);
	} else {
		sweep_mark(s, key->id);
		sweep_add(s, SWEEP_KEY, member, key->region, key->id);
	}
}

/* Log buckets are often named after the account that holds them: the watched one that is named. */
static struct sweep_member *
sweep_member_named_in(const struct sweep *s, const char *bucket)
{
	char id[NAME_ACCOUNT_MAX];

	for (const char *p = bucket; strlen(p) >= NAME_ACCOUNT_MAX - 1; p++) {
		struct sweep_member *member;

		memcpy(id, p, NAME_ACCOUNT_MAX - 1);
		id[NAME_ACCOUNT_MAX - 1] = '\0';
		member = name_is_account(id) ? sweep_find_member(s, id) : NULL;
		if (member != NULL)
			return member;
	}
	return NULL;
}

static void
sweep_want_bucket(struct sweep *s, const struct world_trail *trail)
{
	struct world_bucket *bucket = trail->bucket;
	struct sweep_member *member;
	struct err err;

	if (bucket == NULL || sweep_is_marked(s, bucket->name))
		return;
	member = sweep_member_named_in(s, bucket->name);
	if (member == NULL)
		member = sweep_find_member(s, trail->trail.account);
	if (!name_is_bucket(bucket->name)) {
		err_set(&err, ERR_MALFORMED, "the trail's S3BucketName is no name of a bucket");
		world_set_bucket(s->collect.world, bucket, NULL, &sweep_no_source, &err);
	} else if (member == NULL) {
		err_set(&err, ERR_DENIED, "the trail's owner %s is not watched", trail->trail.account);
		world_set_bucket(s->collect.world, bucket, NULL, &sweep_no_source, &err);
	} else {
		sweep_mark(s, bucket->name);
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
sweep_want_status(struct sweep *s, const struct sweep_ask *ask, struct world_trail *trail)
{
	const char *region = ask->target.region;
	struct err err;

	if (strcmp(trail->trail.account, ask->target.account) == 0) {
		sweep_add(s, SWEEP_STATUS, ask->member, region, trail->trail.arn)->with_selectors =
		    strcmp(trail->trail.home_region, region) == 0;
	} else if (sweep_find_member(s, trail->trail.account) == NULL) {
		err_set(&err, ERR_DENIED, "the trail's owner %s is not watched", trail->trail.account);
		world_set_status(s->collect.world, trail, region, NULL, &sweep_no_source, &err);
		world_set_selectors(s->collect.world, trail, NULL, &sweep_no_source, &err);
	}
}

static void
sweep_on_trails(void *arg, const struct err *err)
{
	struct sweep_ask *ask = arg;
	struct sweep *s = ask->sweep;
	const struct world_region *region = world_find_region(
	    world_find_account(s->collect.world, ask->target.account), ask->target.region);

	for (size_t i = 0; err == NULL && i < region->trail_count; i++) {
		sweep_want_status(s, ask, region->trails[i]);
		sweep_want_key(s, region->trails[i]);
		sweep_want_bucket(s, region->trails[i]);
	}
	sweep_ended(ask);
}

static void
sweep_begin(struct sweep_ask *ask)
{
	struct collect *collect = &ask->sweep->collect;
	const struct job_target *target = &ask->target;

	switch (ask->kind) {
	case SWEEP_WHOAMI:
		collect_identity(collect, target, sweep_on_whoami, ask);
		break;
	case SWEEP_AMBIENT:
		collect_identity(collect, target, sweep_on_ambient, ask);
		break;
	case SWEEP_ACCOUNTS:
		collect_accounts(collect, target, sweep_on_account, sweep_on_accounts, ask);
		break;
	case SWEEP_REGIONS:
		collect_regions(collect, target, sweep_on_region, sweep_on_regions, ask);
		break;
	case SWEEP_TRAILS:
		collect_trails(collect, target, sweep_on_trails, ask);
		break;
	case SWEEP_STATUS:
		collect_status(collect, target, ask->id, ask->with_selectors, sweep_on_end, ask);
		break;
	case SWEEP_KEY:
		collect_key(collect, target, ask->id, sweep_on_end, ask);
		break;
	case SWEEP_BUCKET:
		collect_bucket(collect, target, ask->id, sweep_on_end, ask);
		break;
	}
}

/* Starts what may run; when nothing waits and nothing runs, the sweep has ended. */
static void
sweep_run(void *arg)
{
	struct sweep *s = arg;

	while (s->progress.questions_running < SWEEP_RUNNING_MAX && !TAILQ_EMPTY(&s->waiting)) {
		struct sweep_ask *ask = TAILQ_FIRST(&s->waiting);

		TAILQ_REMOVE(&s->waiting, ask, link);
		TAILQ_INSERT_TAIL(&s->running, ask, link);
		s->progress.questions_waiting--;
		s->progress.questions_running++;
		sweep_begin(ask);
	}
	if (s->progress.questions_running == 0 && s->done != NULL) {
		sweep_done_fn done = s->done;

		s->done = NULL;
		done(s->arg);
	}
}

void
sweep_start(struct sweep *s, sweep_done_fn done, void *arg)
{
	const struct sweep_scope *scope = &s->scope;

	assert(s->done == NULL);
	s->done = done;
	s->arg = arg;
	for (size_t i = 0; i < scope->account_count; i++)
		sweep_add_member(s, scope->accounts[i].id, scope->accounts[i].name,
		    scope->accounts[i].role_arn, scope->accounts[i].external_id);
	if (scope->has_organization)
		sweep_add(s, SWEEP_ACCOUNTS, NULL, s->home_region, NULL)->target.role =
		    (struct creds_role){
			.role_arn = scope->management_role_arn, .external_id = scope->external_id,
		    };
	else if (scope->account_count == 0)
		sweep_add(s, SWEEP_WHOAMI, NULL, s->home_region, NULL);
	else
		sweep_walk_accounts(s, false);
	loop_timer_set(&s->turn, 0);
}
