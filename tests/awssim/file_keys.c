/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and key stores of world files. */
#include <string.h>

#include "awssim/file_read.h"
#include "awssim/key.h"
#include "base/mem.h"
#include "base/text.h"

/* A state other than Enabled, and for how long the key has been in it. */
static int
file_key_state(struct world_file *f, struct key *key, const struct json *object)
{
	const char *state = NULL;
	int64_t since_ms = f->w->began_ms - FILE_HOUR_MS, deletion_ms = 30 * FILE_DAY_MS,
		valid_ms = -1;

	if (strict_string(&f->s, object, "state", &state) != 0 ||
	    file_ago(f, object, "broken_for", &since_ms) != 0 ||
	    strict_duration(&f->s, object, "deletion_in", &deletion_ms) != 0 ||
	    strict_duration(&f->s, object, "valid_for", &valid_ms) != 0)
		return -1;
	if (state != NULL && key_state_find(state) == NULL && strcmp(state, "Deleted") != 0)
		return strict_fail(
		    &f->s, json_member(object, "state"), "no such key state: \"%s\"", state);
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
	key->deletion_window_days = deletion_ms / FILE_DAY_MS;
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
		grant->id =
		    mem_strdup("0c237476b39f8bc44e45212e08498fbe3151305030726c0590dd8d3e9f3d6a60");
		grant->grantee = mem_strdup("arn:aws:iam::" WORLD_MANAGEMENT ":role/reader");
		grant->operations = mem_strdup("Decrypt");
		if (strict_object(&f->s, item, names) != 0 ||
		    file_owned(f, item, "id", &grant->id) != 0 ||
		    file_owned(f, item, "name", &grant->name) != 0 ||
		    file_owned(f, item, "grantee", &grant->grantee) != 0 ||
		    file_owned(f, item, "operations", &grant->operations) != 0)
			return -1;
	}
	return 0;
}

int
file_key(struct world_file *f, struct account *account, const struct json *object)
{
	static const char *const names[] = { "id", "alias", "region", "description", "state",
		"broken_for", "deletion_in", "valid_for", "spec", "usage", "manager", "origin",
		"multi_region", "primary_region", "replicas", "custom_store", "rotation",
		"rotation_days", "created_ago", "policy", "admits", "grants", NULL };
	const struct region *region = world_home(f->w);
	const char *id = NULL, *alias = NULL, *seed;
	struct key *key;

	if (strict_object(&f->s, object, names) != 0 ||
	    strict_string(&f->s, object, "id", &id) != 0 ||
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
	if (file_owned(f, object, "description", &key->description) != 0 ||
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
	    file_policy(f, object, &key->policy) != 0 ||
	    file_names(f, object, "admits", &key->admits) != 0 ||
	    file_key_state(f, key, object) != 0 || file_grants(f, key, object) != 0)
		return -1;
	return 0;
}

int
file_store(struct world_file *f, struct account *account, const struct json *object)
{
	static const char *const names[] = { "id", "name", "type", "cluster", "region", "state",
		"error", NULL };
	struct key_store *store = arena_alloc(f->w->arena, sizeof(*store));

	store->region = world_home(f->w);
	store->type = "AWS_CLOUDHSM";
	store->state = "CONNECTED";
	store->created_ms = f->w->began_ms - FILE_LOGGED_MS;
	if (strict_object(&f->s, object, names) != 0 ||
	    file_text(f, object, "id", &store->id) != 0 ||
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
