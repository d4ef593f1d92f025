/* SPDX-License-Identifier: Apache-2.0 */
/* The world and what is found in it by name; see world.h. Keys have their own file, key.c. */
#include "awssim/world.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "awssim/events.h"
#include "awssim/key.h"
#include "awssim/queue.h"
#include "base/crypto.h"
#include "base/mem.h"
#include "base/stamp.h"
#include "base/text.h"

#define WORLD_ACCOUNT_AGE_MS	(400LL * 24 * 3600 * 1000)

/* Those enabled by default first, as AWS had them in 2019, then those to opt into. */
static const struct {
	const char	*name;
	bool		 is_opt_in;
} known_regions[WORLD_KNOWN_REGIONS] = {
	{ "us-east-1", false },	     { "eu-west-1", false },	  { "eu-central-1", false },
	{ "us-east-2", false },	     { "us-west-1", false },	  { "us-west-2", false },
	{ "ap-northeast-1", false }, { "ap-northeast-2", false }, { "ap-northeast-3", false },
	{ "ap-south-1", false },     { "ap-southeast-1", false }, { "ap-southeast-2", false },
	{ "ca-central-1", false },   { "eu-north-1", false },	  { "eu-west-2", false },
	{ "eu-west-3", false },	     { "sa-east-1", false },	  { "ap-east-1", true },
	{ "af-south-1", true },	     { "ap-south-2", true },	  { "ap-southeast-3", true },
	{ "ap-southeast-4", true },  { "ca-west-1", true },	  { "eu-central-2", true },
	{ "eu-south-1", true },	     { "eu-south-2", true },	  { "il-central-1", true },
	{ "me-central-1", true },    { "me-south-1", true },
};

void
policy_change(struct policy_change *change, int64_t now_ms)
{
	change->version++;
	change->at_ms = now_ms;
}

void
text_replace(char **slot, const char *text)
{
	char *copy = text_is_empty(text) ? NULL : mem_strdup(text);

	free(*slot);
	*slot = copy;
}

struct world *
world_new(int64_t now_ms)
{
	struct world *w = mem_alloc(1, sizeof(*w));

	w->arena = arena_new();
	w->style = STYLE_AWS;
	w->began_ms = now_ms;
	w->management = WORLD_MANAGEMENT;
	w->container_token = "awssim-container";
	TAILQ_INIT(&w->organization_trails);
	return w;
}

static void
trail_free(struct trail *t)
{
	while (t->overrides != NULL) {
		struct delivery_override *o = t->overrides;

		t->overrides = o->next;
		free(o->error);
		free(o);
	}
	free(t->arn);
	free(t->bucket);
	free(t->prefix);
	free(t->sns_topic);
	free(t->cw_group);
	free(t->cw_role);
	free(t->key_arn);
	free(t->selectors);
	free(t);
}

static void
bucket_free(struct bucket *b)
{
	free(b->name);
	free(b->policy);
	free(b);
}

void
world_free(struct world *w)
{
	struct account *account, *next_account;
	struct trail *trail, *next_trail;
	struct key *key, *next_key;
	struct bucket *bucket, *next_bucket;

	if (w == NULL)
		return;
	HASH_ITER(by_arn, w->trails, trail, next_trail) {
		world_remove_trail(w, trail);
	}
	HASH_ITER(by_arn, w->keys, key, next_key) {
		key_remove(w, key);
	}
	HASH_ITER(by_name, w->buckets, bucket, next_bucket) {
		HASH_DELETE(by_name, w->buckets, bucket);
		bucket_free(bucket);
	}
	HASH_ITER(by_id, w->accounts, account, next_account) {
		HASH_DELETE(by_id, w->accounts, account);
		events_free(account);
	}
	queues_remove_all(w);
	free(w->account_order);
	arena_free(w->arena);
	free(w);
}

const struct region *
world_add_region(struct world *w, const char *name, bool is_opt_in)
{
	struct region *region = &w->regions[w->region_count];

	assert(w->region_count < WORLD_MAX_REGIONS && strlen(name) < sizeof(region->name));
	strcpy(region->name, name);
	region->is_opt_in = is_opt_in;
	region->index = w->region_count++;
	return region;
}

void
world_add_known_regions(struct world *w, unsigned count)
{
	for (unsigned i = 0; i < WORLD_KNOWN_REGIONS; i++)
		if (count == 0 ? !known_regions[i].is_opt_in : i < count)
			world_add_region(w, known_regions[i].name, known_regions[i].is_opt_in);
}

const struct region *
world_region(const struct world *w, const char *name, size_t len)
{
	for (unsigned i = 0; i < w->region_count; i++)
		if (strncmp(w->regions[i].name, name, len) == 0 && w->regions[i].name[len] == '\0')
			return &w->regions[i];
	return NULL;
}

const struct region *
world_home(const struct world *w)
{
	assert(w->region_count > 0);
	return &w->regions[0];
}

struct account *
world_add_account(struct world *w, const char *id)
{
	struct account *account;

	if (world_account(w, id, strlen(id)) != NULL)
		return NULL;
	account = arena_alloc(w->arena, sizeof(*account));
	account->id = arena_strdup(w->arena, id);
	account->name = arena_printf(w->arena, "account-%s", id);
	account->email = arena_printf(w->arena, "aws+%s@example.com", id);
	account->state = account->status = "ACTIVE";
	account->is_member = true;
	account->joined_ms = w->began_ms - WORLD_ACCOUNT_AGE_MS;
	for (unsigned i = 0; i < w->region_count; i++)
		if (!w->regions[i].is_opt_in)
			account->regions |= UINT64_C(1) << i;
	TAILQ_INIT(&account->trails);
	TAILQ_INIT(&account->keys);
	TAILQ_INIT(&account->aliases);
	HASH_ADD_KEYPTR(by_id, w->accounts, account->id, strlen(account->id), account);
	w->account_order = mem_grow(w->account_order, w->account_count, &w->account_cap,
	    sizeof(*w->account_order));
	w->account_order[w->account_count++] = account;
	return account;
}

struct account *
world_account(const struct world *w, const char *id, size_t len)
{
	struct account *account;

	HASH_FIND(by_id, w->accounts, id, len, account);
	return account;
}

void
account_opt_in(const struct world *w, struct account *account)
{
	for (unsigned i = 0; i < w->region_count; i++)
		account->regions |= UINT64_C(1) << i;
}

bool
account_has_region(const struct account *account, const struct region *region)
{
	return (account->regions >> region->index & 1) != 0;
}

bool
account_is_management(const struct world *w, const struct account *account)
{
	return strcmp(account->id, w->management) == 0;
}

/* "AROA" or "AIDA" and 17 letters that follow from the ARN: the same in every run. */
static const char *
world_make_id(struct world *w, const char *prefix, const char *arn)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	unsigned char hash[CRYPTO_SHA256_BYTES];
	char id[22];

	crypto_sha256(arn, strlen(arn), hash);
	memcpy(id, prefix, 4);
	for (int i = 4; i < 21; i++)
		id[i] = letters[hash[i] & 31];
	id[21] = '\0';
	return arena_strdup(w->arena, id);
}

struct role *
account_add_role(struct world *w, struct account *account, const char *name, enum allow allow)
{
	struct role *role = arena_alloc(w->arena, sizeof(*role));

	role->account = account;
	role->name = arena_strdup(w->arena, name);
	role->arn = arena_printf(w->arena, "arn:aws:iam::%s:role/%s", account->id, name);
	role->id = world_make_id(w, "AROA", role->arn);
	role->max_session_s = 3600;
	role->allow = allow;
	role->next = account->roles;
	account->roles = role;
	return role;
}

struct user *
account_add_user(struct world *w, struct account *account, const char *name, enum allow allow)
{
	struct user *user = arena_alloc(w->arena, sizeof(*user));

	user->account = account;
	user->name = arena_strdup(w->arena, name);
	user->arn = arena_printf(w->arena, "arn:aws:iam::%s:user/%s", account->id, name);
	user->id = world_make_id(w, "AIDA", user->arn);
	user->allow = allow;
	user->next = account->users;
	account->users = user;
	return user;
}

struct role *
world_role(const struct world *w, const char *arn)
{
	const struct account *account;
	struct arn parts;

	if (!arn_parse_role(arn, &parts))
		return NULL;
	account = world_account(w, parts.account.text, parts.account.len);
	for (struct role *role = account ? account->roles : NULL; role != NULL; role = role->next)
		if (strcmp(role->arn, arn) == 0)
			return role;
	return NULL;
}

void
account_add_default_roles(struct world *w, struct account *account)
{
	struct role *role = account_add_role(w, account, "trailseal", ALLOW_READ);

	role->external_id = w->external_id;
	if (!account_is_management(w, account))
		return;
	account_add_role(w, account, "trailseal-management", ALLOW_READ);
	role = account_add_role(w, account, "trailseal-monitor", ALLOW_MONITOR);
	if (w->instance_role == NULL)
		w->instance_role = role->arn;
}

void
account_add_operator(struct world *w, struct account *account)
{
	struct user *user = account_add_user(w, account, "operator", ALLOW_ALL);

	user->access_key = "AKIAIOSFODNN7EXAMPLE";
	user->secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
}

struct trail *
world_add_trail(struct world *w, struct account *account, const struct region *home,
    const char *name)
{
	struct trail *trail;
	char arn[WORLD_ARN_SIZE];

	snprintf(
	    arn, sizeof(arn), "arn:aws:cloudtrail:%s:%s:trail/%s", home->name, account->id, name);
	if (world_trail(w, arn) != NULL)
		return NULL;
	trail = mem_alloc(1, sizeof(*trail));
	trail->account = account;
	trail->home = home;
	trail->arn = mem_strdup(arn);
	trail->name = strrchr(trail->arn, '/') + 1;
	trail->has_global_events = true;
	trail->start_ms = trail->stop_ms = STAMP_UNKNOWN;
	trail->delivered_ms = trail->digested_ms = STAMP_UNKNOWN;
	HASH_ADD_KEYPTR(by_arn, w->trails, trail->arn, strlen(trail->arn), trail);
	TAILQ_INSERT_TAIL(&account->trails, trail, in_account);
	return trail;
}

struct trail *
world_trail(const struct world *w, const char *arn)
{
	struct trail *trail;

	HASH_FIND(by_arn, w->trails, arn, strlen(arn), trail);
	return trail;
}

void
trail_set_organization(struct world *w, struct trail *trail, bool is_organization)
{
	if (trail->is_organization == is_organization)
		return;
	trail->is_organization = is_organization;
	if (is_organization)
		TAILQ_INSERT_TAIL(&w->organization_trails, trail, in_organization);
	else
		TAILQ_REMOVE(&w->organization_trails, trail, in_organization);
}

void
world_remove_trail(struct world *w, struct trail *trail)
{
	trail_set_organization(w, trail, false);
	TAILQ_REMOVE(&trail->account->trails, trail, in_account);
	HASH_DELETE(by_arn, w->trails, trail);
	trail_free(trail);
}

struct bucket *
world_add_bucket(struct world *w, struct account *account, const struct region *region,
    const char *name)
{
	struct bucket *bucket;

	if (world_bucket(w, name) != NULL)
		return NULL;
	bucket = mem_alloc(1, sizeof(*bucket));
	bucket->account = account;
	bucket->region = region;
	bucket->name = mem_strdup(name);
	bucket->broken_ms = bucket->mended_ms = STAMP_UNKNOWN;
	policy_change(&bucket->policy_change, w->began_ms - WORLD_BROKEN_BEFORE_MS);
	HASH_ADD_KEYPTR(by_name, w->buckets, bucket->name, strlen(bucket->name), bucket);
	return bucket;
}

struct bucket *
world_bucket(const struct world *w, const char *name)
{
	struct bucket *bucket;

	HASH_FIND(by_name, w->buckets, name, strlen(name), bucket);
	return bucket;
}
