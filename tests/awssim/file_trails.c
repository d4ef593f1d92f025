/* SPDX-License-Identifier: Apache-2.0 */
/* Buckets and trails of world files. */
#include <string.h>

#include "awssim/answer.h"
#include "awssim/bucket.h"
#include "awssim/delivery.h"
#include "awssim/file_read.h"
#include "awssim/key.h"
#include "base/text.h"
#include "wire/json_write.h"

int
file_bucket(struct world_file *f, struct account *account, const struct json *object)
{
	static const char *const names[] = { "name", "region", "policy", "no_policy", "deleted",
		NULL };
	const struct region *region = world_home(f->w);
	const char *name = NULL;
	bool has_no_policy = false, is_deleted = false;
	struct bucket *bucket;

	if (strict_object(&f->s, object, names) != 0 ||
	    strict_string(&f->s, object, "name", &name) != 0 ||
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
		bucket_delete(bucket, f->w->began_ms - FILE_HOUR_MS);
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
		arn =
		    text_has_prefix(name, "alias/") ? alias->name : alias->name + strlen("alias/");
		if (strcmp(arn, name) == 0) {
			text_replace(&trail->key_arn, alias->key->arn);
			return 0;
		}
	}
	return strict_fail(
	    &f->s, json_member(object, "key"), "the account has no key \"%s\"", name);
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

		if (strict_object(&f->s, item, names) != 0 ||
		    file_region(f, item, "region", &region) != 0)
			return -1;
		o = delivery_override(trail, region);
		if (file_owned(f, item, "error", &o->error) != 0 ||
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
	buf_init(&text, FILE_MAX_BYTES);
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
		return strict_fail(
		    &f->s, json_member(object, "bucket"), "no name for a bucket: \"%s\"", name);
	if (world_bucket(f->w, name) != NULL)
		return 0;
	bucket = world_add_bucket(f->w, trail->account, trail->home, name);
	bucket->has_made_policy = true;
	return 0;
}

int
file_trail(struct world_file *f, struct account *account, const struct json *object)
{
	static const char *const names[] = { "name", "home", "multi_region", "organization",
		"bucket", "prefix", "key", "validation", "global_events", "logging", "logging_for",
		"stopped_for", "selectors", "advanced_selectors", "delivery", NULL };
	const struct region *home = world_home(f->w);
	bool is_organization = false, is_logging = true;
	const char *name = NULL;
	struct trail *trail;

	if (strict_object(&f->s, object, names) != 0 ||
	    strict_string(&f->s, object, "name", &name) != 0 ||
	    file_region(f, object, "home", &home) != 0)
		return -1;
	if (name == NULL || strlen(name) > 128)
		return strict_fail(&f->s, object, "a trail needs a \"name\"");
	trail = world_add_trail(f->w, account, home, name);
	if (trail == NULL)
		return strict_fail(&f->s, object, "this trail exists already");
	trail->is_multi_region = trail->validates = true;
	trail->start_ms = f->w->began_ms - FILE_LOGGED_MS;
	if (strict_bool(&f->s, object, "multi_region", &trail->is_multi_region) != 0 ||
	    strict_bool(&f->s, object, "organization", &is_organization) != 0 ||
	    strict_bool(&f->s, object, "validation", &trail->validates) != 0 ||
	    strict_bool(&f->s, object, "global_events", &trail->has_global_events) != 0 ||
	    strict_bool(&f->s, object, "logging", &is_logging) != 0 ||
	    file_ago(f, object, "logging_for", &trail->start_ms) != 0 ||
	    file_owned(f, object, "prefix", &trail->prefix) != 0 ||
	    file_trail_bucket(f, trail, object) != 0 || file_trail_key(f, trail, object) != 0 ||
	    file_selectors(f, trail, object) != 0 || file_delivery(f, trail, object) != 0)
		return -1;
	trail_set_organization(f->w, trail, is_organization);
	trail->is_logging = true;
	if (!is_logging) {
		int64_t stopped_ms = f->w->began_ms - FILE_HOUR_MS;

		if (file_ago(f, object, "stopped_for", &stopped_ms) != 0)
			return -1;
		delivery_stop(f->w, trail, stopped_ms);
	}
	return 0;
}
