/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules about the keys that trails use. A key has one true cause: of one that is missing or
 * pending deletion the lesser rules say nothing.
 */
#include <string.h>

#include "base/arena.h"
#include "base/stamp.h"
#include "base/text.h"
#include "rules/judge.h"

static void
key_fact_trails(const struct judge *j, struct observation *o)
{
	struct names trails = { .count = 0 };
	const struct world_trail *trail;

	if (j->is_silent)
		return;
	TAILQ_FOREACH(trail, &j->key->trails, by_key)
		names_add(&trails, trail->trail.name);
	observe_fact(j, o, "trails", names_text(&trails));
}

const char *
judge_key_reason(const struct judge *j)
{
	const struct reading *described = &j->key->described;

	if (j->key->account[0] == '\0')
		return "KmsKeyId is no key ARN, and asking for an alias might create a key";
	if (described->state == READING_FAILED && described->failure == ERR_NOT_FOUND)
		return arena_printf(j->arena,
		    "KMS knows it not, but was asked by account %s: that proves "
		    "nothing about a key of account %s",
		    text_is_empty(reading_failed(described)->account) ? "(unknown)"
							     : reading_failed(described)->account,
		    j->key->account);
	return reading_reason(described);
}

/* What the rules about a key's state begin with; false when *ret is the whole answer. */
static bool
key_is_read(const struct judge *j, struct observation *o, const char *question,
    enum verdict *ret)
{
	const struct world_key *key = j->key;

	*ret = VERDICT_NOT_APPLICABLE;
	if (world_key_exists(key) == TRI_NO)
		return false;
	observe_source(o, &key->described);
	key_fact_trails(j, o);
	if (!reading_is_good(&key->described)) {
		*ret = observe_unknown(j, o, question, judge_key_reason(j));
		return false;
	}
	observe_fact(j, o, "KeyState", key->key.state_name);
	return true;
}

static bool
key_is_leaving(const struct world_key *key)
{
	return key->key.state == KEY_PENDING_DELETION ||
	    key->key.state == KEY_PENDING_REPLICA_DELETION;
}

enum verdict
judge_key_disabled(const struct judge *j, struct observation *o)
{
	enum verdict verdict;

	if (!key_is_read(j, o, "it is enabled", &verdict))
		return verdict;
	if (j->key->key.state != KEY_DISABLED)
		return observe(j, o, VERDICT_PASS, "is not disabled");
	observe_remedy(j, o, "aws kms enable-key --key-id %s --region %s", j->key->id,
	    j->key->region);
	return observe(j, o, VERDICT_FAIL, "is disabled: CloudTrail cannot encrypt with it");
}

static enum verdict
key_say_deletion(const struct judge *j, struct observation *o)
{
	const struct key *key = &j->key->key;
	char when[STAMP_ISO_SIZE], left[32];

	if (key->state == KEY_PENDING_REPLICA_DELETION && key->pending_window_days > 0)
		return observe(j, o, VERDICT_FAIL,
		    "will be deleted %lld days after its last replica: "
		    "CloudTrail cannot encrypt with it",
		    (long long)key->pending_window_days);
	if (key->state == KEY_PENDING_REPLICA_DELETION || key->deletion_ms == STAMP_UNKNOWN)
		return observe(j, o, VERDICT_FAIL,
		    "is pending deletion%s: CloudTrail cannot encrypt with it",
		    key->state == KEY_PENDING_DELETION ? "" : " of its replicas, then its own");
	if (key->deletion_ms <= j->now_wall_ms)
		return observe(j, o, VERDICT_FAIL,
		    "was to be deleted at %s and may go at any moment: "
		    "CloudTrail cannot encrypt with it",
		    stamp_format_iso(key->deletion_ms, when));
	return observe(j, o, VERDICT_FAIL,
	    "will be deleted at %s, in %s: CloudTrail cannot encrypt "
	    "with it, and logs encrypted so far become unreadable",
	    stamp_format_iso(key->deletion_ms, when),
	    duration_describe(key->deletion_ms - j->now_wall_ms, left, sizeof(left)));
}

/* Cancelling leaves the key disabled. */
enum verdict
judge_key_pending_deletion(const struct judge *j, struct observation *o)
{
	const struct world_key *key = j->key;
	enum verdict verdict;

	if (!key_is_read(j, o, "it is pending deletion", &verdict))
		return verdict;
	if (!key_is_leaving(key))
		return observe(j, o, VERDICT_PASS, "is not pending deletion");
	observe_fact_time(j, o, "DeletionDate", key->key.deletion_ms);
	if (key->key.pending_window_days > 0)
		observe_fact(j, o, "PendingDeletionWindowInDays", arena_printf(j->arena, "%lld",
		    (long long)key->key.pending_window_days));
	observe_remedy(j, o,
	    "aws kms cancel-key-deletion --key-id %s --region %s && "
	    "aws kms enable-key --key-id %s --region %s",
	    key->id, key->region, key->id, key->region);
	return key_say_deletion(j, o);
}

static void
key_remedy_import(const struct judge *j, struct observation *o)
{
	observe_remedy(j, o, "aws kms get-parameters-for-import --key-id %s --wrapping-algorithm "
	    "RSAES_OAEP_SHA_256 --wrapping-key-spec RSA_4096 --region %s && "
	    "aws kms import-key-material --key-id %s --import-token fileb://<token> "
	    "--encrypted-key-material fileb://<the same key material> "
	    "--expiration-model <KEY_MATERIAL_DOES_NOT_EXPIRE or KEY_MATERIAL_EXPIRES> --region %s",
	    j->key->id, j->key->region, j->key->id, j->key->region);
}

enum verdict
judge_key_pending_import(const struct judge *j, struct observation *o)
{
	enum verdict verdict;

	if (!key_is_read(j, o, "it has its key material", &verdict))
		return verdict;
	if (j->key->key.state != KEY_PENDING_IMPORT)
		return observe(j, o, VERDICT_PASS, "does not wait for key material");
	key_remedy_import(j, o);
	return observe(
	    j, o, VERDICT_FAIL, "has no key material: CloudTrail cannot encrypt with it");
}

static void
key_remedy_store(const struct judge *j, struct observation *o)
{
	const char *id = j->key->key.store_id;

	if (!text_is_empty(id) && strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(id))
		observe_remedy(j, o,
		    "aws kms connect-custom-key-store --custom-key-store-id %s --region %s", id,
		    j->key->region);
}

/* A new replica is being created for seconds, in which it is not usable: no state to wake for. */
enum verdict
judge_key_unavailable(const struct judge *j, struct observation *o)
{
	const struct key *key = &j->key->key;
	enum verdict verdict;

	if (!key_is_read(j, o, "it is available", &verdict))
		return verdict;
	if (key->state == KEY_STATE_OTHER)
		return observe_unknown(j, o, "it is available", arena_printf(j->arena,
		    "KeyState is %s, which is not known here", key->state_name));
	if (key->state == KEY_CREATING)
		return observe_unknown(j, o, "it is available",
		    "KeyState is Creating, which passes within seconds");
	if (key->state != KEY_UNAVAILABLE)
		return observe(j, o, VERDICT_PASS, "is not unavailable");
	observe_fact(j, o, "CustomKeyStoreId", key->store_id);
	key_remedy_store(j, o);
	return observe(j, o, VERDICT_FAIL, "is unavailable, as its key store is not connected: "
	    "CloudTrail cannot encrypt with it");
}

/* The command moves one of the trails to another key: there is no bringing a key back. */
static void
key_remedy_move(const struct judge *j, struct observation *o)
{
	const struct trail *trail = &judge_key_trail(j->key)->trail;

	observe_remedy(j, o, "aws cloudtrail update-trail --name %s --kms-key-id "
	    "<ARN of a symmetric customer managed key in %s> --region %s", trail->arn,
	    text_is_empty(j->key->region) ? "the bucket's region" : j->key->region,
	    trail->home_region);
}

enum verdict
judge_key_missing(const struct judge *j, struct observation *o)
{
	enum verdict verdict;

	if (world_key_exists(j->key) != TRI_NO)
		return key_is_read(j, o, "it exists", &verdict) ?
		    observe(j, o, VERDICT_PASS, "exists") : verdict;
	observe_source(o, &j->key->described);
	key_fact_trails(j, o);
	observe_fact(j, o, "error", reading_reason(&j->key->described));
	key_remedy_move(j, o);
	return observe(j, o, VERDICT_FAIL,
	    "does not exist: CloudTrail cannot encrypt with it, and logs "
	    "encrypted with it are unreadable");
}

enum verdict
judge_key_wrong_type(const struct judge *j, struct observation *o)
{
	const struct key *key = &j->key->key;
	const char *question = "it is a symmetric encryption key";
	enum verdict verdict;

	if (!key_is_read(j, o, question, &verdict))
		return verdict;
	if (key_is_leaving(j->key))
		return VERDICT_NOT_APPLICABLE;
	observe_fact(j, o, "KeySpec", key->spec);
	observe_fact(j, o, "KeyUsage", key->usage);
	/* A key of this spec has this one use, so that an absent KeyUsage leaves nothing open. */
	if (text_same(key->spec, "SYMMETRIC_DEFAULT") &&
	    (key->usage == NULL || text_same(key->usage, "ENCRYPT_DECRYPT")))
		return observe(j, o, VERDICT_PASS, "is a symmetric encryption key");
	if (key->spec == NULL && (key->usage == NULL || text_same(key->usage, "ENCRYPT_DECRYPT")))
		return observe_unknown(
		    j, o, question, "DescribeKey does not say what kind of key it is");
	key_remedy_move(j, o);
	return observe(j, o, VERDICT_FAIL,
	    "is %s for %s: CloudTrail needs SYMMETRIC_DEFAULT for "
	    "ENCRYPT_DECRYPT",
	    key->spec ? key->spec : "a key", key->usage ? key->usage : "some use");
}

/*
 * The lesser rules have a question of their own only where DescribeKey once showed that there is
 * one. False when *ret is the whole answer.
 */
static bool
key_has_question(const struct judge *j, struct observation *o, bool applies,
    const char *question, enum verdict *ret)
{
	const struct world_key *key = j->key;

	*ret = VERDICT_NOT_APPLICABLE;
	if (key->described.good.call == NULL || !applies || key_is_leaving(key))
		return false;
	return key_is_read(j, o, question, ret);
}

static enum verdict
key_judge_expiry(const struct judge *j, struct observation *o)
{
	int64_t left_ms = j->key->key.valid_to_ms - j->now_wall_ms;
	char left[32], when[STAMP_ISO_SIZE];

	stamp_format_iso(j->key->key.valid_to_ms, when);
	if (left_ms > j->settings->material_expiring_ms)
		return observe(j, o, VERDICT_PASS, "has key material until %s", when);
	if (left_ms <= j->settings->material_critical_ms)
		o->severity = SEVERITY_CRITICAL;
	key_remedy_import(j, o);
	if (left_ms <= 0)
		return observe(j, o, VERDICT_FAIL, "has key material that expired at %s", when);
	return observe(j, o, VERDICT_FAIL,
	    "has key material that expires at %s, in %s; then "
	    "CloudTrail cannot encrypt with it",
	    when, duration_describe(left_ms, left, sizeof(left)));
}

/* Without its material the key is PendingImport, which has a rule of its own. */
enum verdict
judge_key_material_expiring(const struct judge *j, struct observation *o)
{
	const struct key *key = &j->key->key;
	const char *question = "its key material expires";
	enum verdict verdict;

	if (!key_has_question(j, o, text_same(key->origin, "EXTERNAL") &&
	    key->state != KEY_PENDING_IMPORT, question, &verdict))
		return verdict;
	observe_fact_time(j, o, "ValidTo", key->valid_to_ms);
	if (key->material_expires == TRI_NO)
		return observe(j, o, VERDICT_PASS, "has key material that does not expire");
	if (key->valid_to_ms == STAMP_UNKNOWN)
		return observe_unknown(
		    j, o, question, "DescribeKey does not say until when it is valid");
	return key_judge_expiry(j, o);
}

enum verdict
judge_key_store_disconnected(const struct judge *j, struct observation *o)
{
	const struct key_store *store = &j->key->store;
	const char *question = "its key store is connected";
	enum verdict verdict;

	if (!key_has_question(j, o, j->key->key.store_id != NULL, question, &verdict))
		return verdict;
	observe_fact(j, o, "CustomKeyStoreId", j->key->key.store_id);
	if (!reading_is_good(&j->key->store_reading))
		return observe_unread(j, o, question, &j->key->store_reading);
	observe_source(o, &j->key->store_reading);
	observe_fact(j, o, "ConnectionState", store->state_name);
	observe_fact(j, o, "ConnectionErrorCode", store->error_code);
	switch (store->state) {
	case KEY_STORE_CONNECTED:
		return observe(j, o, VERDICT_PASS, "has its key store connected");
	case KEY_STORE_FAILED:
	case KEY_STORE_DISCONNECTED:
		break;
	default:
		return observe_unknown(j, o, question,
		    arena_printf(j->arena, "ConnectionState is %s", store->state_name));
	}
	key_remedy_store(j, o);
	return observe(j, o, VERDICT_FAIL, "lives in the key store %s, whose connection is %s%s%s",
	    store->name ? store->name : store->id, store->state_name,
	    store->error_code ? ": " : "", store->error_code ? store->error_code : "");
}

/* Where rotation is the customer's affair: KMS's own material, symmetric, and a key in use. */
static bool
key_may_rotate(const struct key *key)
{
	return key->manager != KEY_MANAGER_AWS && key->state == KEY_ENABLED &&
	    text_same(key->origin, "AWS_KMS") && text_same(key->spec, "SYMMETRIC_DEFAULT");
}

enum verdict
judge_key_rotation_off(const struct judge *j, struct observation *o)
{
	const struct reading *reading = &j->key->rotation_reading;
	const char *question = "it is rotated";
	enum verdict verdict;

	if (!key_has_question(j, o, key_may_rotate(&j->key->key), question, &verdict))
		return verdict;
	if (reading->state == READING_FAILED && reading->failure == ERR_UNSUPPORTED)
		return VERDICT_NOT_APPLICABLE;
	if (!reading_is_good(reading))
		return observe_unread(j, o, question, reading);
	observe_source(o, reading);
	observe_fact(j, o, "KeyRotationEnabled",
	    j->key->rotation.enabled == TRI_YES ? "true" : "false");
	observe_fact_time(j, o, "NextRotationDate", j->key->rotation.next_ms);
	if (j->key->rotation.enabled == TRI_YES)
		return observe(j, o, VERDICT_PASS, "is rotated");
	observe_remedy(j, o, "aws kms enable-key-rotation --key-id %s --region %s", j->key->id,
	    j->key->region);
	return observe(j, o, VERDICT_FAIL, "is never rotated");
}
