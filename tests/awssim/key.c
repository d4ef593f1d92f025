/* SPDX-License-Identifier: Apache-2.0 */
/* KMS keys, aliases and their states; see key.h. */
#include "awssim/key.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/mem.h"
#include "base/stamp.h"

#define KEY_AGE_MS	(200LL * 24 * 3600 * 1000)

/* What each state means to users of the key: aws-facts calls this the key state table. */
static const struct key_state {
	const char	*name;
	const char	*phrase;
	const char	*delivery_error;	/* NULL: usable */
} key_states[] = {
	{ "Enabled", "", NULL },
	{ "Updating", "updating", NULL },
	{ "Creating", "creating", "KMS.KMSInvalidStateException" },
	{ "Disabled", "disabled", "KMS.DisabledException" },
	{ "PendingDeletion", "pending deletion", "KMS.KMSInvalidStateException" },
	{ "PendingReplicaDeletion", "pending replica deletion", "KMS.KMSInvalidStateException" },
	{ "PendingImport", "pending import", "KMS.KMSInvalidStateException" },
	{ "Unavailable", "unavailable", "KMS.KMSInvalidStateException" },
};

static const struct key_state *
key_state_row(const char *name)
{
	for (size_t i = 0; i < sizeof(key_states) / sizeof(key_states[0]); i++)
		if (strcmp(key_states[i].name, name) == 0)
			return &key_states[i];
	return NULL;
}

const char *
key_state_find(const char *name)
{
	const struct key_state *row = key_state_row(name);

	return row != NULL ? row->name : NULL;
}

const char *
key_delivery_error(const struct key *key)
{
	if (key->is_deleted)
		return "KMS.NotFoundException";
	return key_state_row(key->state)->delivery_error;
}

const char *
key_state_phrase(const struct key *key)
{
	return key_state_row(key->state)->phrase;
}

bool
key_is_usable(const struct key *key)
{
	return key_delivery_error(key) == NULL;
}

void
key_set_state(struct key *key, const char *state, int64_t now_ms)
{
	bool was_usable = key_is_usable(key);

	key->state = key_state_find(state);
	assert(key->state != NULL);
	if (was_usable && !key_is_usable(key)) {
		key->broken_ms = now_ms;
		key->mended_ms = STAMP_UNKNOWN;
	} else if (!was_usable && key_is_usable(key)) {
		key->mended_ms = now_ms;
	}
}

/* 32 hexadecimal digits in the form of a UUID. */
static void
key_make_id(const char *seed, char out[CRYPTO_UUID_SIZE])
{
	unsigned char hash[CRYPTO_SHA256_BYTES];
	char hex[CRYPTO_HEX_SIZE];

	if (seed == NULL) {
		crypto_uuid(out);
		return;
	}
	crypto_sha256(seed, strlen(seed), hash);
	crypto_hex(hash, sizeof(hash), hex);
	snprintf(out, CRYPTO_UUID_SIZE, "%.8s-%.4s-4%.3s-a%.3s-%.12s", hex, hex + 8, hex + 12,
	    hex + 15, hex + 18);
}

struct key *
key_add(struct world *w, struct account *account, const struct region *region, const char *id,
    const char *seed)
{
	struct key *key;
	char arn[WORLD_ARN_SIZE], made[CRYPTO_UUID_SIZE];

	if (id == NULL) {
		key_make_id(seed, made);
		id = made;
	}
	snprintf(arn, sizeof(arn), "arn:aws:kms:%s:%s:key/%s", region->name, account->id, id);
	HASH_FIND(by_arn, w->keys, arn, strlen(arn), key);
	if (key != NULL)
		return NULL;
	key = mem_alloc(1, sizeof(*key));
	key->account = account;
	key->region = region;
	key->arn = mem_strdup(arn);
	key->id = strchr(key->arn, '/') + 1;
	key->state = "Enabled";
	key->spec = "SYMMETRIC_DEFAULT";
	key->usage = "ENCRYPT_DECRYPT";
	key->manager = "CUSTOMER";
	key->origin = "AWS_KMS";
	key->rotates = true;
	key->rotation_days = 365;
	key->created_ms = w->began_ms - KEY_AGE_MS;
	key->deletion_ms = key->valid_to_ms = STAMP_UNKNOWN;
	key->broken_ms = key->mended_ms = STAMP_UNKNOWN;
	policy_change(&key->policy_change, w->began_ms - WORLD_BROKEN_BEFORE_MS);
	TAILQ_INIT(&key->aliases);
	TAILQ_INSERT_TAIL(&account->keys, key, in_account);
	HASH_ADD_KEYPTR(by_arn, w->keys, key->arn, strlen(key->arn), key);
	return key;
}

void
key_remove(struct world *w, struct key *key)
{
	while (!TAILQ_EMPTY(&key->aliases))
		alias_remove(w, TAILQ_FIRST(&key->aliases));
	while (key->grants != NULL) {
		struct grant *grant = key->grants;

		key->grants = grant->next;
		free(grant->id);
		free(grant->name);
		free(grant->grantee);
		free(grant->operations);
		free(grant);
	}
	TAILQ_REMOVE(&key->account->keys, key, in_account);
	HASH_DELETE(by_arn, w->keys, key);
	free(key->arn);
	free(key->description);
	free(key->policy);
	free(key);
}

/* KMS ends the waiting time, and imported key material expires, without anybody calling. */
static void
key_age(struct world *w, struct key *key, int64_t now_ms)
{
	if (key->is_deleted)
		return;
	if (key->deletion_ms != STAMP_UNKNOWN && key->deletion_ms <= now_ms) {
		key->is_deleted = true;
		while (!TAILQ_EMPTY(&key->aliases))
			alias_remove(w, TAILQ_FIRST(&key->aliases));
	} else if (key->valid_to_ms != STAMP_UNKNOWN && key->valid_to_ms <= now_ms &&
	    strcmp(key->state, "Enabled") == 0) {
		key_set_state(key, "PendingImport", key->valid_to_ms);
		key->valid_to_ms = STAMP_UNKNOWN;
	}
}

struct key *
key_find_even_deleted(struct world *w, const char *arn, int64_t now_ms)
{
	struct key *key;

	HASH_FIND(by_arn, w->keys, arn, strlen(arn), key);
	if (key != NULL)
		key_age(w, key, now_ms);
	return key;
}

struct key *
key_find(struct world *w, const char *arn, int64_t now_ms)
{
	struct key *key = key_find_even_deleted(w, arn, now_ms);

	return key != NULL && !key->is_deleted ? key : NULL;
}

struct alias *
alias_add(struct world *w, struct key *key, const char *name, int64_t now_ms)
{
	struct alias *alias;
	char arn[WORLD_ARN_SIZE];

	snprintf(
	    arn, sizeof(arn), "arn:aws:kms:%s:%s:%s", key->region->name, key->account->id, name);
	if (alias_find(w, arn) != NULL)
		return NULL;
	alias = mem_alloc(1, sizeof(*alias));
	alias->arn = mem_strdup(arn);
	alias->name = strstr(alias->arn, ":alias/") + 1;
	alias->created_ms = alias->updated_ms = now_ms;
	alias->key = key;
	TAILQ_INSERT_TAIL(&key->aliases, alias, in_key);
	TAILQ_INSERT_TAIL(&key->account->aliases, alias, in_account);
	HASH_ADD_KEYPTR(by_arn, w->aliases, alias->arn, strlen(alias->arn), alias);
	return alias;
}

struct alias *
alias_find(const struct world *w, const char *arn)
{
	struct alias *alias;

	HASH_FIND(by_arn, w->aliases, arn, strlen(arn), alias);
	return alias;
}

void
alias_point(struct alias *alias, struct key *key, int64_t now_ms)
{
	TAILQ_REMOVE(&alias->key->aliases, alias, in_key);
	alias->key = key;
	alias->updated_ms = now_ms;
	TAILQ_INSERT_TAIL(&key->aliases, alias, in_key);
}

void
alias_remove(struct world *w, struct alias *alias)
{
	TAILQ_REMOVE(&alias->key->aliases, alias, in_key);
	TAILQ_REMOVE(&alias->key->account->aliases, alias, in_account);
	HASH_DELETE(by_arn, w->aliases, alias);
	free(alias->arn);
	free(alias);
}

/* The statement condition that names the trails of the key's account and of those it admits. */
static void
key_add_trails_condition(const struct key *key, struct buf *out)
{
	buf_addf(out, "\"StringLike\":{\"kms:EncryptionContext:aws:cloudtrail:arn\":"
	    "[\"arn:aws:cloudtrail:*:%s:trail/*\"", key->account->id);
	for (size_t i = 0; i < key->admits.count; i++)
		buf_addf(out, ",\"arn:aws:cloudtrail:*:%s:trail/*\"", key->admits.name[i]);
	buf_adds(out, "]}");
}

/* The policy that AWS's guide gives for a key of CloudTrail. */
void
key_add_policy(const struct key *key, struct buf *out)
{
	const char *id = key->account->id;

	if (key->policy != NULL) {
		buf_adds(out, key->policy);
		return;
	}
	buf_addf(out, "{\"Version\":\"2012-10-17\",\"Id\":\"Key policy created by CloudTrail\","
	    "\"Statement\":[{\"Sid\":\"Enable IAM User Permissions\",\"Effect\":\"Allow\","
	    "\"Principal\":{\"AWS\":\"arn:aws:iam::%s:root\"},\"Action\":\"kms:*\","
	    "\"Resource\":\"*\"},", id);
	for (size_t i = 0; i < key->admits.count; i++)
		buf_addf(out,
		    "{\"Sid\":\"Let %s look\",\"Effect\":\"Allow\","
		    "\"Principal\":{\"AWS\":\"arn:aws:iam::%s:root\"},\"Action\":[\"kms:"
		    "DescribeKey\","
		    "\"kms:ListGrants\",\"kms:GetKeyRotationStatus\"],\"Resource\":\"*\"},",
		    key->admits.name[i], key->admits.name[i]);
	buf_adds(out, "{\"Sid\":\"Allow CloudTrail to encrypt logs\",\"Effect\":\"Allow\","
	    "\"Principal\":{\"Service\":\"cloudtrail.amazonaws.com\"},"
	    "\"Action\":\"kms:GenerateDataKey*\",\"Resource\":\"*\",\"Condition\":{");
	key_add_trails_condition(key, out);
	buf_addf(out,
	    "}},{\"Sid\":\"Allow CloudTrail to describe key\",\"Effect\":\"Allow\","
	    "\"Principal\":{\"Service\":\"cloudtrail.amazonaws.com\"},"
	    "\"Action\":\"kms:DescribeKey\",\"Resource\":\"*\"},"
	    "{\"Sid\":\"Allow principals in the account to decrypt log "
	    "files\",\"Effect\":\"Allow\","
	    "\"Principal\":{\"AWS\":\"*\"},\"Action\":[\"kms:Decrypt\",\"kms:ReEncryptFrom\"],"
	    "\"Resource\":\"*\",\"Condition\":{\"StringEquals\":{\"kms:CallerAccount\":\"%s\"},",
	    id);
	key_add_trails_condition(key, out);
	buf_adds(out, "}}]}");
}
