/* SPDX-License-Identifier: Apache-2.0 */
/* Reads world files; see WORLD.md for what they hold. */
#include "awssim/world_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "awssim/file_read.h"
#include "base/buf.h"

static const char *const allow_names[] = { [ALLOW_NONE] = "none", [ALLOW_READ] = "read",
	[ALLOW_MONITOR] = "monitor", [ALLOW_ALL] = "all" };

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
	static const char *const names[] = { "name", "trust", "external_id", "max_session", "allow",
		"deny", NULL };
	const char *name = NULL;
	int64_t max_session_ms = FILE_HOUR_MS;
	struct role *role;

	if (strict_object(&f->s, object, names) != 0 ||
	    strict_string(&f->s, object, "name", &name) != 0)
		return -1;
	if (name == NULL || !name_is_role(name))
		return strict_fail(&f->s, object, "a role needs a \"name\"");
	role = account_add_role(f->w, account, name, ALLOW_READ);
	if (strcmp(name, "trailseal") == 0)
		role->external_id = f->w->external_id;
	if (file_names(f, object, "trust", &role->trust) != 0 ||
	    file_text(f, object, "external_id", &role->external_id) != 0 ||
	    strict_duration(&f->s, object, "max_session", &max_session_ms) != 0 ||
	    file_allow(f, object, &role->allow) != 0 ||
	    file_names(f, object, "deny", &role->deny) != 0)
		return -1;
	role->max_session_s = max_session_ms / 1000;
	return 0;
}

static int
file_user(struct world_file *f, struct account *account, const struct json *object)
{
	static const char *const names[] = { "name", "access_key", "secret_key", "allow", "deny",
		NULL };
	const char *name = NULL;
	struct user *user;

	if (strict_object(&f->s, object, names) != 0 ||
	    strict_string(&f->s, object, "name", &name) != 0)
		return -1;
	if (name == NULL || !name_is_role(name))
		return strict_fail(&f->s, object, "a user needs a \"name\"");
	user = account_add_user(f->w, account, name, ALLOW_ALL);
	if (file_text(f, object, "access_key", &user->access_key) != 0 ||
	    file_text(f, object, "secret_key", &user->secret) != 0 ||
	    file_allow(f, object, &user->allow) != 0 ||
	    file_names(f, object, "deny", &user->deny) != 0)
		return -1;
	if (user->access_key == NULL || user->secret == NULL || strlen(user->secret) > 200)
		return strict_fail(
		    &f->s, object, "a user needs an \"access_key\" and a \"secret_key\"");
	return 0;
}

/* Reads each item of a list. */
static int
file_each(struct world_file *f, struct account *account, const struct json *object,
    const char *member, int (*read)(struct world_file *, struct account *, const struct json *))
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
		const struct region *region =
		    world_region(f->w, names.name[i], strlen(names.name[i]));

		if (region == NULL)
			return strict_fail(&f->s, json_member(object, member),
			    "no such region: \"%s\"", names.name[i]);
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
	static const char *const names[] = { "id", "name", "email", "state", "status", "no_status",
		"member", "opted_in", "disabled", "deny", "roles", "users", "keys", "key_stores",
		"buckets", "trails", NULL };
	struct account *account;
	const char *id = NULL;
	bool has_no_status = false;

	(void)none;
	if (strict_object(&f->s, object, names) != 0 ||
	    strict_string(&f->s, object, "id", &id) != 0)
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
			return strict_fail(
			    &f->s, item, "no name for a region, or one that is there already");
		if (f->w->region_count == WORLD_MAX_REGIONS)
			return strict_fail(
			    &f->s, item, "too many regions, %d are the most", WORLD_MAX_REGIONS);
		world_add_region(f->w, name, is_opt_in);
	}
	return 0;
}

/* "organization": null is a world without one. */
static int
file_organization(struct world_file *f, const struct json *root)
{
	static const char *const names[] = { "id", "management", "empty_pages", "external_id",
		NULL };
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
		return strict_fail(
		    &f->s, json_member(root, "style"), "\"style\" must be aws or emulator");
	f->w->style = strcmp(style, "emulator") == 0 ? STYLE_EMULATOR : STYLE_AWS;
	return 0;
}

static int
file_world(struct world_file *f, const struct json *root, unsigned regions)
{
	static const char *const names[] = { "style", "regions", "organization",
		"web_identity_token", "instance_role", "container_token", "record_reads",
		"accounts", NULL };
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
	buf_init(&text, FILE_MAX_BYTES);
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
