/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replies of AWS as lines of JSON, read by the parsers into a world: the form of tests/sim, {"op",
 * "account", "region", "for", "status", "headers", "body"}, but in the order in which they come,
 * each asked with the account's own credentials unless "by" names another, and a minute ago unless
 * "age_ms" says when. Status 0 is no answer.
 */
#ifndef GOLDEN_REPLIES_H
#define GOLDEN_REPLIES_H

#include <err.h>
#include <stdio.h>
#include <string.h>

#include "aws/error.h"
#include "base/text.h"
#include "parse/parse.h"
#include "wire/json.h"
#include "world/world.h"

#define REPLIES_NOW_MS	INT64_C(1767323045000)	/* 2026-01-02T03:04:05Z */
#define REPLIES_AGE_MS	60000			/* how old each reply is then */

/* One line. */
struct reply {
	struct world		*world;
	struct arena		*arena;
	const char		*op, *account, *region, *about;
	const struct json	*body, *headers;
	struct source		 source;
	struct err		 error;
	const struct err	*failure;	/* &error, or NULL */
};

static inline const char *
reply_text(const struct json *object, const char *name, const char *otherwise)
{
	const char *text = otherwise;
	struct err err;

	if (json_get_string(object, name, &text, &err) < 0)
		errx(1, "%s", err.text);
	return text;
}

static inline void
reply_read_failure(struct reply *r, int64_t status)
{
	const char *code = reply_text(r->body, "__type", "");
	const char *message = reply_text(r->body, "message", "");

	if (status == 200)
		return;
	if (status == 0)
		err_set(&r->error, ERR_TIMEOUT, "no answer in time");
	else
		err_set(&r->error, aws_error_kind(code, message, (int)status), "%s: %s", code,
		    message);
	r->failure = &r->error;
}

/* Whether the parser failed decides like a failure of the call. */
static inline const struct err *
reply_parsed(struct reply *r, int ret)
{
	if (ret < 0)
		r->failure = &r->error;
	return r->failure;
}

static inline struct world_trail *
reply_trail(const struct reply *r)
{
	struct world_trail *trail = world_find_trail(r->world, r->about);

	return trail ? trail : (errx(1, "no trail %s", r->about), NULL);
}

static inline struct world_key *
reply_key(const struct reply *r)
{
	struct world_key *key = world_find_key(r->world, r->about);

	return key ? key : (errx(1, "no key %s", r->about), NULL);
}

static inline void
reply_take_accounts(struct reply *r)
{
	const struct account *accounts;
	const char *next;
	size_t count;

	if (parse_list_accounts(r->arena, r->body, &accounts, &count, &next, &r->error) < 0)
		errx(1, "%s", r->error.text);
	for (size_t i = 0; i < count; i++) {
		world_add_account(r->world, accounts[i].id, accounts[i].name);
		world_set_organization(r->world, accounts[i].id, accounts[i].manages);
	}
}

static inline void
reply_take_regions(struct reply *r)
{
	struct world_account *account = world_add_account(r->world, r->account, NULL);
	const struct region *regions;
	const char *next;
	size_t count;

	if (r->failure == NULL && reply_parsed(r, parse_list_regions(r->arena, r->body, &regions,
	    &count,
	    &next, &r->error)) == NULL)
		for (size_t i = 0; i < count; i++)
			world_add_region(r->world, account, regions[i].name, regions[i].enabled);
	world_set_regions(r->world, account, &r->source, r->failure);
}

static inline void
reply_take_trails(struct reply *r)
{
	struct world_account *account = world_add_account(r->world, r->account, NULL);
	struct world_region *region = world_find_region(account, r->region);
	const struct trail *trails = NULL;
	size_t count = 0;

	if (region == NULL)
		region = world_add_region(r->world, account, r->region, TRI_UNKNOWN);
	if (r->failure == NULL)
		reply_parsed(r, parse_describe_trails(r->arena, r->body, &trails, &count,
		    &r->error));
	world_set_trails(r->world, region, trails, count, &r->source, r->failure);
}

static inline void
reply_take_status(struct reply *r)
{
	struct trail_status status;

	if (r->failure == NULL)
		reply_parsed(r, parse_trail_status(r->arena, r->body, &status, &r->error));
	world_set_status(r->world, reply_trail(r), r->region, r->failure ? NULL : &status,
	    &r->source,
	    r->failure);
}

static inline void
reply_take_selectors(struct reply *r)
{
	struct trail_selectors selectors;

	if (r->failure == NULL)
		reply_parsed(r, parse_event_selectors(r->arena, r->body, &selectors, &r->error));
	world_set_selectors(r->world, reply_trail(r), r->failure ? NULL : &selectors, &r->source,
	    r->failure);
}

static inline void
reply_take_key(struct reply *r)
{
	struct key key;

	if (r->failure == NULL)
		reply_parsed(r, parse_describe_key(r->arena, r->body, r->about, &key, &r->error));
	world_set_key(r->world, reply_key(r), r->failure ? NULL : &key, &r->source, r->failure);
}

static inline void
reply_take_key_policy(struct reply *r)
{
	const char *policy = NULL;
	size_t len = 0;

	if (r->failure == NULL)
		reply_parsed(r, parse_key_policy(r->body, &policy, &len, &r->error));
	world_set_key_policy(r->world, reply_key(r), r->failure ? NULL : policy, len, &r->source,
	    r->failure);
}

static inline void
reply_take_rotation(struct reply *r)
{
	struct key_rotation rotation;

	if (r->failure == NULL)
		reply_parsed(r, parse_key_rotation(r->body, &rotation, &r->error));
	world_set_key_rotation(r->world, reply_key(r), r->failure ? NULL : &rotation, &r->source,
	    r->failure);
}

/* "for" is the key, by whose store the answer is looked through. */
static inline void
reply_take_store(struct reply *r)
{
	struct world_key *key = reply_key(r);
	struct key_store store;

	if (r->failure == NULL)
		reply_parsed(r, parse_key_store(r->arena, r->body, key->key.store_id, &store,
		    &r->error));
	world_set_key_store(r->world, key, r->failure ? NULL : &store, &r->source, r->failure);
}

static inline struct world_bucket *
reply_bucket(const struct reply *r)
{
	struct world_bucket *bucket = world_find_bucket(r->world, r->about);

	return bucket ? bucket : (errx(1, "no bucket %s", r->about), NULL);
}

/* As the collector reads it: 404 says that it is not there, 403 with a region that it is. */
static inline void
reply_take_bucket(struct reply *r)
{
	struct world_bucket *slot = reply_bucket(r);
	const char *region = reply_text(r->headers, "x-amz-bucket-region", NULL);
	struct bucket bucket = { .name = r->about, .region = region, .exists = TRI_YES };

	bucket.is_closed = r->failure != NULL && region != NULL;
	if (r->failure != NULL && r->failure->kind == ERR_NOT_FOUND)
		bucket.exists = TRI_NO;
	if (bucket.exists == TRI_NO || (r->failure != NULL && region != NULL))
		r->failure = NULL;
	world_set_bucket(r->world, slot, r->failure ? NULL : &bucket, &r->source, r->failure);
}

/* The body is the policy as a string; the code NoSuchBucketPolicy is an answer, too. */
static inline void
reply_take_bucket_policy(struct reply *r)
{
	bool is_none = strcmp(reply_text(r->body, "__type", ""), "NoSuchBucketPolicy") == 0;
	const char *policy = r->failure == NULL ? r->body->text : NULL;

	world_set_bucket_policy(r->world, reply_bucket(r), policy, policy ? r->body->text_len : 0,
	    &r->source, is_none ? NULL : r->failure);
}

static const struct reply_op {
	const char	*name;
	void		(*take)(struct reply *);
} reply_ops[] = {
	{ "organizations:ListAccounts",     reply_take_accounts },
	{ "account:ListRegions",            reply_take_regions },
	{ "cloudtrail:DescribeTrails",      reply_take_trails },
	{ "cloudtrail:GetTrailStatus",      reply_take_status },
	{ "cloudtrail:GetEventSelectors",   reply_take_selectors },
	{ "kms:DescribeKey",                reply_take_key },
	{ "kms:GetKeyPolicy",               reply_take_key_policy },
	{ "kms:GetKeyRotationStatus",       reply_take_rotation },
	{ "kms:DescribeCustomKeyStores",    reply_take_store },
	{ "s3:HeadBucket",                  reply_take_bucket },
	{ "s3:GetBucketPolicy",             reply_take_bucket_policy },
};

static inline void
reply_take(struct world *world, struct arena *arena, const char *line, size_t len)
{
	struct reply r = { .world = world, .arena = arena };
	const struct json *json = NULL;
	int64_t status = 200, age_ms = REPLIES_AGE_MS;

	if (json_parse(arena, line, len, &json, &r.error) < 0 ||
	    json_get_i64(json, "status", &status, &r.error) < 0 ||
	    json_get_i64(json, "age_ms", &age_ms, &r.error) < 0)
		errx(1, "%s: %.*s", r.error.text, (int)len, line);
	r.op = reply_text(json, "op", "");
	r.account = world_intern(world, reply_text(json, "account", ""));
	r.region = world_intern(world, reply_text(json, "region", ""));
	r.about = reply_text(json, "for", "");
	r.body = json_member(json, "body");
	r.headers = json_member(json, "headers");
	for (size_t i = 0; i < sizeof(reply_ops) / sizeof(reply_ops[0]); i++) {
		if (strcmp(r.op, reply_ops[i].name) != 0)
			continue;
		r.source = (struct source){ .call = reply_ops[i].name, .region = r.region,
			.account = world_intern(world, reply_text(json, "by", r.account)),
			.wall_ms = REPLIES_NOW_MS - age_ms };
		reply_read_failure(&r, status);
		reply_ops[i].take(&r);
		return;
	}
	errx(1, "no such operation: %.*s", (int)len, line);
}

/* All lines of a text. */
static inline void
replies_take(struct world *world, struct arena *arena, const char *text)
{
	for (const char *end; *text != '\0'; text = *end ? end + 1 : end) {
		end = text + strcspn(text, "\n");
		if (end > text)
			reply_take(world, arena, text, (size_t)(end - text));
	}
}

#endif
