/* SPDX-License-Identifier: Apache-2.0 */
/* Reads world files; see WORLD.md for what they hold. */
#include "awssim/world_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "awssim/answer.h"
#include "awssim/bucket.h"
#include "awssim/delivery.h"
#include "awssim/key.h"
#include "awssim/strict.h"
#include "base/mem.h"
#include "base/stamp.h"
#include "base/text.h"
#include "wire/json_write.h"

#define WORLD_FILE_MAX_BYTES	(64 << 20)
#define WORLD_HOUR_MS		(3600LL * 1000)
#define WORLD_DAY_MS		(24 * WORLD_HOUR_MS)
#define WORLD_LOGGED_MS		(100 * WORLD_DAY_MS)

/* The file in work. */
struct world_file {
	struct strict	 s;
	struct world	*w;
};

static const char *const allow_names[] = { [ALLOW_NONE] = "none", [ALLOW_READ] = "read",
	[ALLOW_MONITOR] = "monitor", [ALLOW_ALL] = "all" };

/* A member that is a list of strings, into the world's arena; absent leaves it as it is. */
static int
file_names(struct world_file *f, const struct json *object, const char *member, struct name_list *ret)
{
	const struct json *list;
	struct name_list names = { 0 };

	if (strict_array(&f->s, object, member, &list) != 0)
		return -1;
	if (list == NULL)
		return 0;
	names.name = arena_alloc(f->w->arena, (list->count + 1) * sizeof(*names.name));
	json_foreach(item, list) {
		if (item->type != JSON_STRING)
			return strict_fail(&f->s, item, "\"%s\" must hold strings", member);
		names.name[names.count++] = arena_strdup(f->w->arena, item->text);
	}
	*ret = names;
	return 0;
}

/* A string, copied into the world's arena. */
static int
file_text(struct world_file *f, const struct json *object, const char *member, const char **ret)
{
	const char *text = NULL;

	if (strict_string(&f->s, object, member, &text) != 0)
		return -1;
	if (text != NULL)
		*ret = arena_strdup(f->w->arena, text);
	return 0;
}

static int
file_region(struct world_file *f, const struct json *object, const char *member,
    const struct region **ret)
{
	const char *name = NULL;

	if (strict_string(&f->s, object, member, &name) != 0)
		return -1;
	if (name == NULL)
		return 0;
	*ret = world_region(f->w, name, strlen(name));
	return *ret != NULL ? 0
			    : strict_fail(&f->s, json_member(object, member), "no such region: \"%s\"", name);
}

/* How long ago something began, as a point in time. */
static int
file_ago(struct world_file *f, const struct json *object, const char *member, int64_t *ret_wall_ms)
{
	int64_t ago_ms = -1;

	if (strict_duration(&f->s, object, member, &ago_ms) != 0)
		return -1;
	if (ago_ms >= 0)
		*ret_wall_ms = f->w->began_ms - ago_ms;
	return 0;
}

/* A policy: a text as it stands, or JSON to be written as text. *ret is malloc's. */
static int
file_policy(struct world_file *f, const struct json *object, char **ret)
{

	const struct json *policy = json_member(object, "policy");
	struct json_writer *w;
	struct buf text;

	if (policy == NULL)
		return 0;
	if (policy->type == JSON_STRING) {
		text_replace(ret, policy->text);
		return 0;
	}
	if (policy->type != JSON_OBJECT)
		return strict_fail(&f->s, policy, "\"policy\" must be an object or a string");
	buf_init(&text, WORLD_FILE_MAX_BYTES);
	w = json_writer_new(&text, false);
	answer_tree(w, policy, false);
	json_writer_free(w);
	free(*ret);
	*ret = buf_steal(&text);
	return 0;
}

static int
file_allow(struct world_file *f, const struct json *object, enum allow *ret)
{
	const char *name = NULL;

	if (strict_string(&f->s, object, "allow", &name) != 0)
		return -1;
	if (name == NULL)
		return 0;
	for (int i = ALLOW_NONE; i <= ALLOW_ALL; i++)
		if (strcmp(allow_names[i], name) == 0) {
			*ret = (enum allow)i;
			return 0;
		}
	return strict_fail(&f->s, json_member(object, "allow"),
	    "\"allow\" must be none, read, monitor or all");
}

static int
file_role(struct world_file *f, struct account *account, const struct json *object)
{
	static const char *const names[] = { "name", "trust", "external_id", "max_session", "allow", "deny",
		NULL };
	const char *name = NULL;
	int64_t max_session_ms = WORLD_HOUR_MS;
	struct role *role;

	if (strict_object(&f->s, object, names) != 0 || strict_string(&f->s, object, "name", &name) != 0)
		return -1;
	if (name == NULL || !name_is_role(name))
		return strict_fail(&f->s, object, "a role needs a \"name\"");
	role = account_add_role(f->w, account, name, ALLOW_READ);
	if (strcmp(name, "trailseal") == 0)
		role->external_id = f->w->external_id;
	if (file_names(f, object, "trust", &role->trust) != 0 ||
	    file_text(f, object, "external_id", &role->external_id) != 0 ||
	    strict_duration(&f->s, object, "max_session", &max_session_ms) != 0 ||
	    file_allow(f, object, &role->allow) != 0 || file_names(f, object, "deny", &role->deny) != 0)
		return -1;
	role->max_session_s = max_session_ms / 1000;
	return 0;
}

static int
file_user(struct world_file *f, struct account *account, const struct json *object)
{
	static const char *const names[] = { "name", "access_key", "secret_key", "allow", "deny", NULL };
	const char *name = NULL;
	struct user *user;

	if (strict_object(&f->s, object, names) != 0 || strict_string(&f->s, object, "name", &name) != 0)
		return -1;
	if (name == NULL || !name_is_role(name))
		return strict_fail(&f->s, object, "a user needs a \"name\"");
	user = account_add_user(f->w, account, name, ALLOW_ALL);
	if (file_text(f, object, "access_key", &user->access_key) != 0 ||
	    file_text(f, object, "secret_key", &user->secret) != 0 ||
	    file_allow(f, object, &user->allow) != 0 || file_names(f, object, "deny", &user->deny) != 0)
		return -1;
	if (user->access_key == NULL || user->secret == NULL || strlen(user->secret) > 200)
		return strict_fail(&f->s, object, "a user needs an \"access_key\" and a \"secret_key\"");
	return 0;
}

/* A state other than Enabled, and for how long the key has been in it. */
static int
file_key_state(struct world_file *f, struct key *key, const struct json *object)
{
	const char *state = NULL;
	int64_t since_ms = f->w->began_ms - WORLD_HOUR_MS, deletion_ms = 30 * WORLD_DAY_MS, valid_ms = -1;

	if (strict_string(&f->s, object, "state", &state) != 0 ||
	    file_ago(f, object, "broken_for", &since_ms) != 0 ||
	    strict_duration(&f->s, object, "deletion_in", &deletion_ms) != 0 ||
	    strict_duration(&f->s, object, "valid_for", &valid_ms) != 0)
		return -1;
	if (state != NULL && key_state_find(state) == NULL && strcmp(state, "Deleted") != 0)
		return strict_fail(&f->s, json_member(object, "state"), "no such key state: \"%s\"", state);
	if (valid_ms >= 0)
		key->valid_to_ms = f->w->began_ms + valid_ms;
	if (state == NULL)
		return 0;
	if (strcmp(state, "Deleted") == 0) {
		key_set_state(key, "PendingDeletion", since_ms);
		key->is_deleted = true;
		return 0;
	}
	key_set_state(key, state, since_ms);
	if (strcmp(state, "PendingDeletion") == 0)
		key->deletion_ms = f->w->began_ms + deletion_ms;
	key->deletion_window_days = deletion_ms / WORLD_DAY_MS;
	return 0;
}

static int
file_key_text(struct world_file *f, const struct json *object, const char *member, char **ret)
{
	const char *text = NULL;

	if (strict_string(&f->s, object, member, &text) != 0)
		return -1;
	if (text != NULL)
		text_replace(ret, text);
	return 0;
}

static int
file_grants(struct world_file *f, struct key *key, const struct json *object)
{
	static const char *const names[] = { "id", "name", "grantee", "operations", NULL };
	const struct json *list;

	if (strict_array(&f->s, object, "grants", &list) != 0)
		return -1;
	if (list == NULL)
		return 0;
	json_foreach(item, list) {
		struct grant *grant = mem_alloc(1, sizeof(*grant));

		grant->next = key->grants;
		key->grants = grant;
		grant->created_ms = key->created_ms;
		grant->id = mem_strdup("0c237476b39f8bc44e45212e08498fbe3151305030726c0590dd8d3e9f3d6a60");
		grant->grantee = mem_strdup("arn:aws:iam::" WORLD_MANAGEMENT ":role/reader");
		grant->operations = mem_strdup("Decrypt");
		if (strict_object(&f->s, item, names) != 0 ||
		    file_key_text(f, item, "id", &grant->id) != 0 ||
		    file_key_text(f, item, "name", &grant->name) != 0 ||
		    file_key_text(f, item, "grantee", &grant->grantee) != 0 ||
		    file_key_text(f, item, "operations", &grant->operations) != 0)
			return -1;
	}
	return 0;
}

static int
file_key(struct world_file *f, struct account *account, const struct json *object)
{
	static const char *const names[] = { "id", "alias", "region", "description", "state", "broken_for",
		"deletion_in", "valid_for", "spec", "usage", "manager", "origin", "multi_region",
		"primary_region", "replicas", "custom_store", "rotation", "rotation_days", "created_ago",
		"policy", "admits", "grants", NULL };
	const struct region *region = world_home(f->w);
	const char *id = NULL, *alias = NULL, *seed;
	struct key *key;

	if (strict_object(&f->s, object, names) != 0 || strict_string(&f->s, object, "id", &id) != 0 ||
	    strict_string(&f->s, object, "alias", &alias) != 0 ||
	    file_region(f, object, "region", &region) != 0)
		return -1;
	if (id == NULL && alias == NULL)
		return strict_fail(&f->s, object, "a key needs an \"id\" or an \"alias\"");
	seed = arena_printf(f->w->arena, "%s/%s/%s", account->id, region->name, alias ? alias : "");
	key = key_add(f->w, account, region, id, seed);
	if (key == NULL)
		return strict_fail(&f->s, object, "this key exists already");
	if (alias != NULL && alias_add(f->w, key, arena_printf(f->w->arena, "%s%s",
		text_has_prefix(alias, "alias/") ? "" : "alias/", alias), key->created_ms) == NULL)
		return strict_fail(&f->s, object, "this alias exists already");
	if (file_key_text(f, object, "description", &key->description) != 0 ||
	    file_text(f, object, "spec", &key->spec) != 0 ||
	    file_text(f, object, "usage", &key->usage) != 0 ||
	    file_text(f, object, "manager", &key->manager) != 0 ||
	    file_text(f, object, "origin", &key->origin) != 0 ||
	    file_text(f, object, "multi_region", &key->multi_region) != 0 ||
	    file_text(f, object, "primary_region", &key->primary_region) != 0 ||
	    file_names(f, object, "replicas", &key->replicas) != 0 ||
	    file_text(f, object, "custom_store", &key->custom_store) != 0 ||
	    strict_bool(&f->s, object, "rotation", &key->rotates) != 0 ||
	    strict_number(&f->s, object, "rotation_days", 90, 2560, &key->rotation_days) != 0 ||
	    file_ago(f, object, "created_ago", &key->created_ms) != 0 ||
	    file_policy(f, object, &key->policy) != 0 || file_names(f, object, "admits", &key->admits) != 0 ||
	    file_key_state(f, key, object) != 0 || file_grants(f, key, object) != 0)
		return -1;
	return 0;
}

static int
file_store(struct world_file *f, struct account *account, const struct json *object)
{
	static const char *const names[] = { "id", "name", "type", "cluster", "region", "state", "error",
		NULL };
	struct key_store *store = arena_alloc(f->w->arena, sizeof(*store));

	store->region = world_home(f->w);
	store->type = "AWS_CLOUDHSM";
	store->state = "CONNECTED";
	store->created_ms = f->w->began_ms - WORLD_LOGGED_MS;
	if (strict_object(&f->s, object, names) != 0 || file_text(f, object, "id", &store->id) != 0 ||
	    file_text(f, object, "name", &store->name) != 0 ||
	    file_text(f, object, "type", &store->type) != 0 ||
	    file_text(f, object, "cluster", &store->cluster) != 0 ||
	    file_region(f, object, "region", &store->region) != 0 ||
	    file_text(f, object, "state", &store->state) != 0 ||
	    file_text(f, object, "error", &store->error) != 0)
		return -1;
	if (store->id == NULL)
		return strict_fail(&f->s, object, "a key store needs an \"id\"");
	if (store->name == NULL)
		store->name = store->id;
	store->next = account->stores;
	account->stores = store;
	return 0;
}

static int
file_bucket(struct world_file *f, struct account *account, const struct json *object)
{
	static const char *const names[] = { "name", "region", "policy", "no_policy", "deleted", NULL };
	const struct region *region = world_home(f->w);
	const char *name = NULL;
	bool has_no_policy = false, is_deleted = false;
	struct bucket *bucket;

	if (strict_object(&f->s, object, names) != 0 || strict_string(&f->s, object, "name", &name) != 0 ||
	    file_region(f, object, "region", &region) != 0 ||
	    strict_bool(&f->s, object, "no_policy", &has_no_policy) != 0 ||
	    strict_bool(&f->s, object, "deleted", &is_deleted) != 0)
		return -1;
	if (name == NULL || !name_is_bucket(name))
		return strict_fail(&f->s, object, "a bucket needs a \"name\"");
	bucket = world_add_bucket(f->w, account, region, name);
	if (bucket == NULL)
		return strict_fail(&f->s, object, "this bucket exists already");
	bucket->has_made_policy = !has_no_policy;
	if (is_deleted)
		bucket_delete(bucket, f->w->began_ms - WORLD_HOUR_MS);
	return file_policy(f, object, &bucket->policy);
}

/* A key as trails name it: an ARN of whatever kind, or an alias or id of the account. */
static int
file_trail_key(struct world_file *f, struct trail *trail, const struct json *object)
{
	const char *name = NULL, *arn;
	const struct alias *alias;
	const struct key *key;

	if (strict_string(&f->s, object, "key", &name) != 0)
		return -1;
	if (name == NULL)
		return 0;
	if (text_has_prefix(name, "arn:")) {
		alias = alias_find(f->w, name);
		text_replace(&trail->key_arn, alias ? alias->key->arn : name);
		return 0;
	}
	TAILQ_FOREACH(key, &trail->account->keys, in_account)
		if (strcmp(key->id, name) == 0) {
			text_replace(&trail->key_arn, key->arn);
			return 0;
		}
	TAILQ_FOREACH(alias, &trail->account->aliases, in_account) {
		arn = text_has_prefix(name, "alias/") ? alias->name : alias->name + strlen("alias/");
		if (strcmp(arn, name) == 0) {
			text_replace(&trail->key_arn, alias->key->arn);
			return 0;
		}
	}
	return strict_fail(&f->s, json_member(object, "key"), "the account has no key \"%s\"", name);
}

static int
file_delivery(struct world_file *f, struct trail *trail, const struct json *object)
{
	static const char *const names[] = { "region", "error", "stopped_for", NULL };
	const struct json *list;

	if (strict_array(&f->s, object, "delivery", &list) != 0)
		return -1;
	if (list == NULL)
		return 0;
	json_foreach(item, list) {
		const struct region *region = NULL;
		struct delivery_override *o;

		if (strict_object(&f->s, item, names) != 0 || file_region(f, item, "region", &region) != 0)
			return -1;
		o = delivery_override(trail, region);
		if (file_key_text(f, item, "error", &o->error) != 0 ||
		    file_ago(f, item, "stopped_for", &o->stopped_ms) != 0)
			return -1;
	}
	return 0;
}

static int
file_selectors(struct world_file *f, struct trail *trail, const struct json *object)
{
	const struct json *basic, *advanced, *given;
	struct json_writer *w;
	struct buf text;

	if (strict_array(&f->s, object, "selectors", &basic) != 0 ||
	    strict_array(&f->s, object, "advanced_selectors", &advanced) != 0)
		return -1;
	given = advanced != NULL ? advanced : basic;
	if (given == NULL)
		return 0;
	buf_init(&text, WORLD_FILE_MAX_BYTES);
	w = json_writer_new(&text, false);
	answer_tree(w, given, false);
	json_writer_free(w);
	trail->selectors = buf_steal(&text);
	trail->selectors_are_advanced = given == advanced;
	return 0;
}

/* The bucket of a trail that the file does not name is made, in the trail's account and region. */
static int
file_trail_bucket(struct world_file *f, struct trail *trail, const struct json *object)
{
	const char *name = arena_printf(f->w->arena, "cloudtrail-%s", trail->account->id);
	struct bucket *bucket;

	if (strict_string(&f->s, object, "bucket", &name) != 0)
		return -1;
	text_replace(&trail->bucket, name);
	if (!name_is_bucket(name))
		return strict_fail(&f->s, json_member(object, "bucket"), "no name for a bucket: \"%s\"", name);
	if (world_bucket(f->w, name) != NULL)
		return 0;
	bucket = world_add_bucket(f->w, trail->account, trail->home, name);
	bucket->has_made_policy = true;
	return 0;
}

static int
file_trail(struct world_file *f, struct account *account, const struct json *object)
{
	static const char *const names[] = { "name", "home", "multi_region", "organization", "bucket",
		"prefix", "key", "validation", "global_events", "logging", "logging_for", "stopped_for",
		"selectors", "advanced_selectors", "delivery", NULL };
	const struct region *home = world_home(f->w);
	bool is_organization = false, is_logging = true;
	const char *name = NULL;
	struct trail *trail;

	if (strict_object(&f->s, object, names) != 0 || strict_string(&f->s, object, "name", &name) != 0 ||
	    file_region(f, object, "home", &home) != 0)
		return -1;
	if (name == NULL || strlen(name) > 128)
		return strict_fail(&f->s, object, "a trail needs a \"name\"");
	trail = world_add_trail(f->w, account, home, name);
	if (trail == NULL)
		return strict_fail(&f->s, object, "this trail exists already");
	trail->is_multi_region = trail->validates = true;
	trail->start_ms = f->w->began_ms - WORLD_LOGGED_MS;
	if (strict_bool(&f->s, object, "multi_region", &trail->is_multi_region) != 0 ||
	    strict_bool(&f->s, object, "organization", &is_organization) != 0 ||
	    strict_bool(&f->s, object, "validation", &trail->validates) != 0 ||
	    strict_bool(&f->s, object, "global_events", &trail->has_global_events) != 0 ||
	    strict_bool(&f->s, object, "logging", &is_logging) != 0 ||
	    file_ago(f, object, "logging_for", &trail->start_ms) != 0 ||
	    file_key_text(f, object, "prefix", &trail->prefix) != 0 ||
	    file_trail_bucket(f, trail, object) != 0 || file_trail_key(f, trail, object) != 0 ||
	    file_selectors(f, trail, object) != 0 || file_delivery(f, trail, object) != 0)
		return -1;
	trail_set_organization(f->w, trail, is_organization);
	trail->is_logging = true;
	if (!is_logging) {
		int64_t stopped_ms = f->w->began_ms - WORLD_HOUR_MS;

		if (file_ago(f, object, "stopped_for", &stopped_ms) != 0)
			return -1;
		delivery_stop(f->w, trail, stopped_ms);
	}
	return 0;
}

/* Reads each item of a list. */
static int
file_each(struct world_file *f, struct account *account, const struct json *object, const char *member,
    int (*read)(struct world_file *, struct account *, const struct json *))
{
	const struct json *list;

	if (strict_array(&f->s, object, member, &list) != 0)
		return -1;
	if (list == NULL)
		return 0;
	json_foreach(item, list)
		if (read(f, account, item) != 0)
			return -1;
	return 0;
}

/* Regions that the account opted into, or had disabled. */
static int
file_account_regions(struct world_file *f, struct account *account, const struct json *object,
    const char *member, bool enables)
{
	struct name_list names = { 0 };

	if (file_names(f, object, member, &names) != 0)
		return -1;
	for (size_t i = 0; i < names.count; i++) {
		const struct region *region = world_region(f->w, names.name[i], strlen(names.name[i]));

		if (region == NULL)
			return strict_fail(&f->s, json_member(object, member), "no such region: \"%s\"",
			    names.name[i]);
		if (enables)
			account->regions |= UINT64_C(1) << region->index;
		else
			account->regions &= ~(UINT64_C(1) << region->index);
	}
	return 0;
}

/* Accounts with all but their trails, which may name keys and buckets of other accounts. */
static int
file_account(struct world_file *f, struct account *none, const struct json *object)
{
	static const char *const names[] = { "id", "name", "email", "state", "status", "no_status", "member",
		"opted_in", "disabled", "deny", "roles", "users", "keys", "key_stores", "buckets", "trails",
		NULL };
	struct account *account;
	const char *id = NULL;
	bool has_no_status = false;

	(void)none;
	if (strict_object(&f->s, object, names) != 0 || strict_string(&f->s, object, "id", &id) != 0)
		return -1;
	if (id == NULL || !name_is_account(id))
		return strict_fail(&f->s, object, "an account needs an \"id\" of 12 digits");
	account = world_add_account(f->w, id);
	if (account == NULL)
		return strict_fail(&f->s, object, "this account exists already");
	if (json_member(object, "roles") == NULL)
		account_add_default_roles(f->w, account);
	if (json_member(object, "users") == NULL && account_is_management(f->w, account))
		account_add_operator(f->w, account);
	if (file_text(f, object, "name", &account->name) != 0 ||
	    file_text(f, object, "email", &account->email) != 0 ||
	    file_text(f, object, "state", &account->state) != 0)
		return -1;
	account->status = strcmp(account->state, "CLOSED") == 0 ? "SUSPENDED" : account->state;
	if (file_text(f, object, "status", &account->status) != 0 ||
	    strict_bool(&f->s, object, "no_status", &has_no_status) != 0 ||
	    strict_bool(&f->s, object, "member", &account->is_member) != 0 ||
	    file_account_regions(f, account, object, "opted_in", true) != 0 ||
	    file_account_regions(f, account, object, "disabled", false) != 0 ||
	    file_names(f, object, "deny", &account->deny) != 0 ||
	    file_each(f, account, object, "roles", file_role) != 0 ||
	    file_each(f, account, object, "users", file_user) != 0 ||
	    file_each(f, account, object, "keys", file_key) != 0 ||
	    file_each(f, account, object, "key_stores", file_store) != 0 ||
	    file_each(f, account, object, "buckets", file_bucket) != 0)
		return -1;
	if (has_no_status)
		account->status = NULL;
	return 0;
}

static int
file_account_trails(struct world_file *f, struct account *none, const struct json *object)
{
	const char *id = json_member(object, "id")->text;

	(void)none;
	return file_each(f, world_account(f->w, id, strlen(id)), object, "trails", file_trail);
}

/* Names, or objects that say whether a region must be opted into. */
static int
file_regions(struct world_file *f, const struct json *root, unsigned count)
{
	static const char *const names[] = { "name", "opt_in", NULL };
	const struct json *list;

	if (strict_array(&f->s, root, "regions", &list) != 0)
		return -1;
	if (list == NULL || list->count == 0) {
		world_add_known_regions(f->w, count);
		return 0;
	}
	json_foreach(item, list) {
		const char *name = item->type == JSON_STRING ? item->text : NULL;
		bool is_opt_in = false;

		if (name == NULL && (strict_object(&f->s, item, names) != 0 ||
		    strict_string(&f->s, item, "name", &name) != 0 ||
		    strict_bool(&f->s, item, "opt_in", &is_opt_in) != 0))
			return -1;
		if (name == NULL || !name_is_region(name) || strlen(name) >= NAME_REGION_MAX ||
		    world_region(f->w, name, strlen(name)) != NULL)
			return strict_fail(&f->s, item, "no name for a region, or one that is there already");
		if (f->w->region_count == WORLD_MAX_REGIONS)
			return strict_fail(&f->s, item, "too many regions, %d are the most", WORLD_MAX_REGIONS);
		world_add_region(f->w, name, is_opt_in);
	}
	return 0;
}

/* "organization": null is a world without one. */
static int
file_organization(struct world_file *f, const struct json *root)
{
	static const char *const names[] = { "id", "management", "empty_pages", "external_id", NULL };
	const struct json *object = NULL;

	f->w->organization_id = "o-awssim0001";
	json_foreach(member, root)
		if (strcmp(member->name, "organization") == 0)
			object = member;
	if (object == NULL)
		return 0;
	if (object->type == JSON_NULL) {
		f->w->organization_id = NULL;
		return 0;
	}
	if (strict_object(&f->s, object, names) != 0 ||
	    file_text(f, object, "id", &f->w->organization_id) != 0 ||
	    file_text(f, object, "management", &f->w->management) != 0 ||
	    strict_bool(&f->s, object, "empty_pages", &f->w->has_empty_pages) != 0 ||
	    file_text(f, object, "external_id", &f->w->external_id) != 0)
		return -1;
	return 0;
}

static int
file_style(struct world_file *f, const struct json *root)
{
	const char *style = "aws";

	if (strict_string(&f->s, root, "style", &style) != 0)
		return -1;
	if (strcmp(style, "aws") != 0 && strcmp(style, "emulator") != 0)
		return strict_fail(&f->s, json_member(root, "style"), "\"style\" must be aws or emulator");
	f->w->style = strcmp(style, "emulator") == 0 ? STYLE_EMULATOR : STYLE_AWS;
	return 0;
}

static int
file_world(struct world_file *f, const struct json *root, unsigned regions)
{
	static const char *const names[] = { "style", "regions", "organization", "web_identity_token",
		"instance_role", "container_token", "record_reads", "accounts", NULL };
	struct world *w = f->w;
	struct account *management;

	if (strict_object(&f->s, root, names) != 0 || file_style(f, root) != 0 ||
	    file_regions(f, root, regions) != 0 || file_organization(f, root) != 0 ||
	    file_text(f, root, "web_identity_token", &w->web_identity_token) != 0 ||
	    file_text(f, root, "instance_role", &w->instance_role) != 0 ||
	    file_text(f, root, "container_token", &w->container_token) != 0 ||
	    strict_bool(&f->s, root, "record_reads", &w->records_reads) != 0 ||
	    file_each(f, NULL, root, "accounts", file_account) != 0)
		return -1;
	if (world_account(w, w->management, strlen(w->management)) == NULL) {
		management = world_add_account(w, w->management);
		account_add_default_roles(w, management);
		account_add_operator(w, management);
	}
	return file_each(f, NULL, root, "accounts", file_account_trails);
}

struct world *
world_from_text(const char *text, size_t len, unsigned regions, int64_t now_ms, struct err *e)
{
	struct world_file f = { .s = { text, len, e }, .w = world_new(now_ms) };
	struct arena *arena = arena_new();
	const struct json *root;

	if (json_parse(arena, text, len, &root, e) != 0 || file_world(&f, root, regions) != 0) {
		world_free(f.w);
		f.w = NULL;
	}
	arena_free(arena);
	return f.w;
}

struct world *
world_from_file(const char *path, unsigned regions, int64_t now_ms, struct err *e)
{
	struct world *w = NULL;
	FILE *file = fopen(path, "re");
	struct buf text;
	char chunk[8192];
	size_t n;

	if (file == NULL) {
		err_set(e, ERR_FILE, "%s: %s", path, strerror(errno));
		return NULL;
	}
	buf_init(&text, WORLD_FILE_MAX_BYTES);
	while ((n = fread(chunk, 1, sizeof(chunk), file)) > 0)
		buf_add(&text, chunk, n);
	if (ferror(file) || text.overflowed)
		err_set(e, ERR_FILE, "%s: cannot be read, or is too large", path);
	else if ((w = world_from_text(buf_text(&text), text.len, regions, now_ms, e)) == NULL)
		err_prefix(e, "%s", path);
	fclose(file);
	buf_done(&text);
	return w;
}
