/* SPDX-License-Identifier: Apache-2.0 */
/* Who may sign calls and what they may do; see identity.h. */
#include "awssim/identity.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "awssim/answer.h"
#include "base/mem.h"
#include "base/stamp.h"
#include "base/text.h"

#define SESSION_TOKEN_BYTES	640	/* before base64, as long as AWS's: some 850 characters */
#define SESSION_KEPT_MS		(3600LL * 1000)	/* expired ones are told so for a while */

struct identities {
	struct identity	*by_key;
	TAILQ_HEAD(, identity) by_age;	/* sessions only */
	size_t		 sessions;
	uint32_t	 serial;
};

static void
identities_add(struct identities *ids, struct identity *id)
{
	id->serial = ++ids->serial;
	HASH_ADD_KEYPTR(by_key, ids->by_key, id->access_key, strlen(id->access_key), id);
}

static void
identities_remove(struct identities *ids, struct identity *id)
{
	HASH_DELETE(by_key, ids->by_key, id);
	if (id->role != NULL) {
		TAILQ_REMOVE(&ids->by_age, id, by_age);
		ids->sessions--;
	}
	free(id->memory);
	free(id);
}

struct identities *
identities_new(const struct world *w)
{
	struct identities *ids = mem_alloc(1, sizeof(*ids));

	TAILQ_INIT(&ids->by_age);
	for (size_t i = 0; i < w->account_count; i++)
		for (const struct user *user = w->account_order[i]->users; user;
		     user = user->next) {
			struct identity *id = mem_alloc(1, sizeof(*id));

			id->access_key = user->access_key;
			id->secret = user->secret;
			id->arn = user->arn;
			id->principal_id = user->id;
			id->account = user->account;
			id->user = user;
			id->created_ms = w->began_ms;
			id->expires_ms = STAMP_UNKNOWN;
			identities_add(ids, id);
		}
	return ids;
}

void
identities_free(struct identities *ids)
{
	struct identity *id, *next;

	HASH_ITER(by_key, ids->by_key, id, next) {
		identities_remove(ids, id);
	}
	free(ids);
}

struct identity *
identity_find(const struct identities *ids, const char *access_key, size_t len)
{
	struct identity *id;

	HASH_FIND(by_key, ids->by_key, access_key, len, id);
	return id;
}

/* Texts of `len` characters of base64, from random bytes. */
static void
identity_add_random(struct buf *out, size_t len)
{
	unsigned char random[SESSION_TOKEN_BYTES];
	size_t bytes = (len + 3) / 4 * 3, start = out->len;

	assert(bytes <= sizeof(random));
	crypto_random(random, bytes);
	crypto_add_base64(out, random, bytes);
	buf_cut(out, start + len);
}

static void
identity_add_access_key(struct buf *out)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	unsigned char random[IDENTITY_KEY_SIZE - 5];

	crypto_random(random, sizeof(random));
	buf_adds(out, "ASIA");
	for (size_t i = 0; i < sizeof(random); i++)
		buf_addc(out, letters[random[i] & 31]);
}

struct identity *
identity_start_session(struct identities *ids, const struct role *role, const char *session_name,
    int64_t now_ms, int64_t seconds)
{
	struct identity *id = mem_alloc(1, sizeof(*id)), *oldest;
	struct buf text;
	size_t at[6];

	while ((oldest = TAILQ_FIRST(&ids->by_age)) != NULL &&
	    (ids->sessions >= IDENTITY_MAX_SESSIONS ||
		oldest->expires_ms + SESSION_KEPT_MS < now_ms))
		identities_remove(ids, oldest);

	buf_init(&text, 8192);
	at[0] = text.len;
	identity_add_access_key(&text);
	buf_addc(&text, '\0');
	at[1] = text.len;
	identity_add_random(&text, 40);
	buf_addc(&text, '\0');
	at[2] = text.len;
	buf_adds(&text, "IQoJb3JpZ2luX2Vj");
	identity_add_random(&text, SESSION_TOKEN_BYTES / 3 * 4);
	buf_addc(&text, '\0');
	at[3] = text.len;
	buf_addf(&text, "arn:aws:sts::%s:assumed-role/%s/%s", role->account->id, role->name,
	    session_name);
	buf_addc(&text, '\0');
	at[4] = text.len;
	buf_addf(&text, "%s:%s", role->id, session_name);
	at[5] = (size_t)(strchr(text.data + at[4], ':') - text.data) + 1;

	id->memory = buf_steal(&text);
	id->access_key = id->memory + at[0];
	id->secret = id->memory + at[1];
	id->token = id->memory + at[2];
	id->arn = id->memory + at[3];
	id->principal_id = id->memory + at[4];
	id->session_name = id->memory + at[5];
	id->account = role->account;
	id->role = role;
	id->created_ms = now_ms;
	id->expires_ms = now_ms + seconds * 1000;
	TAILQ_INSERT_TAIL(&ids->by_age, id, by_age);
	ids->sessions++;
	identities_add(ids, id);
	return id;
}

bool
name_list_has_action(const struct name_list *list, const char *action)
{
	for (size_t i = 0; i < list->count; i++) {
		const char *star = strchr(list->name[i], '*');

		if (star != NULL
			? strncmp(list->name[i], action, (size_t)(star - list->name[i])) == 0
			: strcmp(list->name[i], action) == 0)
			return true;
	}
	return false;
}

/* A KMS key or CloudTrail trail as the call names it: an ARN, or what the ARN ends with. */
static const char *
identity_arn_of(struct call *c, const char *name)
{
	bool is_key = strcmp(c->service->name, "kms") == 0;

	if (text_has_prefix(name, "arn:"))
		return name;
	return arena_printf(c->arena, "arn:aws:%s:%s:%s:%s%s", c->service->name, c->region_name,
	    c->account->id,
	    !is_key                               ? "trail/"
		: text_has_prefix(name, "alias/") ? ""
						  : "key/",
	    name);
}

const char *
identity_resource(struct call *c)
{
	const struct json *value;
	const char *field;

	if (c->bucket != NULL)
		return arena_printf(c->arena, "arn:aws:s3:::%s", c->bucket);
	if (c->operation->resource == NULL)
		return NULL;
	if (c->service->protocol != PROTOCOL_JSON) {
		field = call_field(c, c->operation->resource);
		return field;
	}
	value = json_member(c->params, c->operation->resource);
	if (value == NULL || value->type != JSON_STRING || value->text_len == 0)
		return NULL;
	return identity_arn_of(c, value->text);
}

const char *
identity_denial(struct call *c, const char *why)
{
	const char *resource = identity_resource(c);

	return arena_printf(c->arena, "%sUser: %s is not authorized to perform: %s%s%s%s%s",
	    c->service->protocol == PROTOCOL_EC2
		? "You are not authorized to perform this operation. "
		: "",
	    c->who->arn, c->operation->action, resource ? " on resource: " : "",
	    resource ? resource : "", *why ? " " : "", why);
}

bool
identity_may(struct call *c)
{
	const struct identity *id = c->who;
	const char *action = c->operation->action;
	enum allow allow = id->user ? id->user->allow : id->role->allow;
	const struct name_list *deny = id->user ? &id->user->deny : &id->role->deny;

	if (action == NULL)
		return true;
	if (name_list_has_action(deny, action) ||
	    name_list_has_action(&id->account->deny, action)) {
		answer_refuse(c, REFUSAL_DENIED,
		    identity_denial(c, "with an explicit deny in an identity-based policy"));
		return false;
	}
	if (allow == ALLOW_ALL ||
	    (allow >= ALLOW_READ && c->operation->is_read && !c->operation->is_extra &&
		(allow == ALLOW_MONITOR || strcmp(action, "sts:AssumeRole") != 0)))
		return true;
	answer_refuse(c, REFUSAL_DENIED, identity_denial(c, arena_printf(c->arena,
	    "because no identity-based policy allows the %s action", action)));
	return false;
}
