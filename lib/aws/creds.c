/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cache of sessions; see creds.h. The ambient keys and every role have one slot each: what is
 * there now, one fetch at most, and those who wait for it. A role's fetch waits for the ambient
 * slot like anybody else, then asks STS.
 */
#include "aws/creds.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include <uthash.h>

#include "aws/chain.h"
#include "aws/source.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/stamp.h"
#include "base/text.h"

#define CREDS_ADVANCE_MS	(15 * 60 * 1000)	/* a session is renewed this long before its end */
#define CREDS_RESERVE_MS	(60 * 1000)	/* what must be left for a session to be handed out */
#define CREDS_SETTLE_MS		(60 * 1000)	/* one so young is not replaced: the next is no better */
#define CREDS_PASSING_MS	(5 * 1000)	/* for how long a failure that may pass is remembered */
#define CREDS_LASTING_MS	(60 * 1000)	/* and another one, a denial above all */
#define CREDS_IDLE_MS		(2 * 60 * 60 * 1000)	/* what nobody asked for so long is dropped */

TAILQ_HEAD(creds_waits, creds_wait);
TAILQ_HEAD(creds_slots, creds_slot);

struct creds_wait {
	TAILQ_ENTRY(creds_wait)	 link;
	struct creds_waits	*list;		/* of its slot while it waits, else of the answered ones */
	struct aws_credentials	*credentials;	/* the answer, held ... */
	struct err		 err;		/* ... or why there is none */
	struct loop_timer	 timer;		/* for the turn in which the answer is given */
	creds_done_fn		 done;
	void			*arg;
};

struct creds_slot {
	struct creds		*creds;
	char			*key;		/* ours; "" for the ambient slot */
	struct plan_role	 role;		/* its texts are ours */
	struct aws_credentials	*credentials;	/* held; NULL when there are none */
	int64_t			 advance_ms;	/* these are renewed when so much is left */
	int64_t			 settled_mono_ms;	/* until then they are not replaced */
	struct err		 failure;	/* of the newest fetch, remembered until: */
	int64_t			 failed_until_mono_ms;
	bool			 warned;	/* of a failed renewal, since the newest success */
	bool			 renewed_ambient;	/* in this fetch */
	int64_t			 used_mono_ms;
	struct creds_waits	 waits;
	struct creds_wait	*ambient;	/* the fetch: first this (of a role) ... */
	struct aws_credentials	*from;		/* ... which gives these, held, for ... */
	struct source		*source;	/* ... this; ... */
	struct chain		*chain;		/* ... of the ambient slot this alone */
	TAILQ_ENTRY(creds_slot)	 link;		/* longest unused first */
	UT_hash_handle		 hh;
};

struct creds {
	struct sources		 sources;
	char			*region;	/* ours; ambient, or NULL */
	struct creds_slot	 ambient;
	struct creds_slot	*roles;		/* by key */
	struct creds_slots	 by_use;	/* the same */
	struct creds_waits	 answered;
};

static void	creds_fetch(struct creds_slot *);

static int64_t
creds_mono_ms(const struct creds *creds)
{
	return loop_mono_ms(aws_loop(creds->sources.aws));
}

/* ---- waits ---- */

static void
creds_wait_free(struct creds_wait *wait)
{
	loop_timer_stop(&wait->timer);
	TAILQ_REMOVE(wait->list, wait, link);
	aws_credentials_drop(wait->credentials);
	free(wait);
}

static void
creds_on_answer(void *arg)
{
	struct creds_wait *wait = arg;

	wait->done(wait->arg, wait->credentials, wait->credentials != NULL ? NULL : &wait->err);
	creds_wait_free(wait);
}

/* The answer is given in a later turn: whoever waits may do as he likes with other waits then. */
static void
creds_answer(struct creds *creds, struct creds_wait *wait, struct aws_credentials *credentials,
    const struct err *err)
{
	if (credentials != NULL)
		wait->credentials = aws_credentials_hold(credentials);
	else
		wait->err = *err;
	if (wait->list != NULL)
		TAILQ_REMOVE(wait->list, wait, link);
	wait->list = &creds->answered;
	TAILQ_INSERT_TAIL(wait->list, wait, link);
	loop_timer_set(&wait->timer, 0);
}

static void
creds_answer_all(struct creds_slot *slot, struct aws_credentials *credentials,
    const struct err *err)
{
	while (!TAILQ_EMPTY(&slot->waits))
		creds_answer(slot->creds, TAILQ_FIRST(&slot->waits), credentials, err);
}

void
creds_wait_cancel(struct creds_wait *wait)
{
	creds_wait_free(wait);
}

/* ---- what a slot holds ---- */

static bool
creds_is_settling(const struct creds_slot *slot)
{
	return creds_mono_ms(slot->creds) < slot->settled_mono_ms;
}

static bool
creds_has_left(const struct creds_slot *slot, int64_t ms)
{
	return slot->credentials->expires_wall_ms == STAMP_UNKNOWN ||
	    slot->credentials->expires_wall_ms - aws_wall_ms(slot->creds->sources.aws) >= ms;
}

/*
 * A set that has just come is handed out whatever its Expiration says: where our clock is wrong,
 * the first answer of AWS corrects it, and where it is right, AWS refuses.
 */
static bool
creds_is_usable(const struct creds_slot *slot)
{
	return slot->credentials != NULL &&
	    (creds_is_settling(slot) || creds_has_left(slot, CREDS_RESERVE_MS));
}

static bool
creds_wants_renewal(const struct creds_slot *slot)
{
	return slot->credentials == NULL ||
	    (!creds_is_settling(slot) && !creds_has_left(slot, slot->advance_ms));
}

static bool
creds_is_fetching(const struct creds_slot *slot)
{
	return slot->ambient != NULL || slot->source != NULL || slot->chain != NULL;
}

/* ---- the fetch ---- */

static void
creds_succeed(struct creds_slot *slot, struct aws_credentials *credentials)
{
	int64_t lifetime_ms = 0;

	if (credentials->expires_wall_ms != STAMP_UNKNOWN)
		lifetime_ms = credentials->expires_wall_ms - aws_wall_ms(slot->creds->sources.aws);
	aws_credentials_hold(credentials);
	aws_credentials_drop(slot->credentials);
	slot->credentials = credentials;
	slot->advance_ms = lifetime_ms / 4 < CREDS_ADVANCE_MS ? lifetime_ms / 4 : CREDS_ADVANCE_MS;
	slot->settled_mono_ms = creds_mono_ms(slot->creds) + CREDS_SETTLE_MS;
	slot->failed_until_mono_ms = 0;
	slot->warned = false;
	creds_answer_all(slot, credentials, NULL);
}

/* While the old session serves, a failure only delays its renewal. */
static void
creds_fail(struct creds_slot *slot, const struct err *err, int64_t remember_ms)
{
	char until[STAMP_ISO_SIZE];

	slot->failure = *err;
	slot->failed_until_mono_ms = creds_mono_ms(slot->creds) + remember_ms;
	if (!creds_is_usable(slot)) {
		creds_answer_all(slot, NULL, err);
		return;
	}
	creds_answer_all(slot, slot->credentials, NULL);
	if (slot->warned)
		return;
	slot->warned = true;
	log_warning(NULL, "credentials from %s are not renewed, keeping the old ones until %s: %s",
	    slot->credentials->source,
	    stamp_format_iso(slot->credentials->expires_wall_ms, until), err->text);
}

static int64_t
creds_remember_ms(const struct err *err)
{
	return err_is_transient(err->kind) ? CREDS_PASSING_MS : CREDS_LASTING_MS;
}

static void
creds_on_chain(void *arg, struct aws_credentials *credentials, const struct err *why)
{
	struct creds_slot *slot = arg;
	struct err err;

	slot->chain = NULL;
	if (credentials != NULL) {
		creds_succeed(slot, credentials);
		return;
	}
	err = *why;
	err.kind = ERR_CREDENTIALS;
	err_prefix(&err, "no AWS credentials");
	creds_fail(slot, &err, creds_remember_ms(why));
}

/* Once a fetch: keys that STS does not know any more are replaced, and it is asked again. */
static bool
creds_renew_ambient(struct creds_slot *slot, const struct err *err)
{
	struct creds *creds = slot->creds;

	if ((err->kind != ERR_EXPIRED && err->kind != ERR_KEYS_REJECTED) || slot->renewed_ambient)
		return false;
	creds_refuse(creds, slot->from);
	slot->renewed_ambient = true;
	return creds->ambient.credentials != slot->from;
}

static void
creds_on_role(void *arg, struct aws_credentials *credentials, const struct err *err)
{
	struct creds_slot *slot = arg;
	bool again = credentials == NULL && creds_renew_ambient(slot, err);

	slot->source = NULL;
	aws_credentials_drop(slot->from);
	slot->from = NULL;
	if (credentials != NULL)
		creds_succeed(slot, credentials);
	else if (again)
		creds_fetch(slot);
	else
		creds_fail(slot, err, creds_remember_ms(err));
}

/* The ambient slot remembers its own failures; the role must not do so for longer. */
static void
creds_on_ambient(void *arg, struct aws_credentials *credentials, const struct err *err)
{
	struct creds_slot *slot = arg;

	slot->ambient = NULL;
	if (credentials == NULL) {
		creds_fail(slot, err, 0);
		return;
	}
	slot->from = aws_credentials_hold(credentials);
	slot->source = source_start_role(&slot->creds->sources, &slot->role, credentials,
	    creds_on_role, slot);
}

static void
creds_fetch(struct creds_slot *slot)
{
	static const struct creds_role ambient = { .role_arn = NULL };
	struct creds *creds = slot->creds;

	if (slot == &creds->ambient)
		slot->chain = chain_start(&creds->sources, creds_on_chain, slot);
	else
		slot->ambient = creds_get(creds, &ambient, creds_on_ambient, slot);
}

/* ---- slots ---- */

static void
creds_slot_init(struct creds_slot *slot, struct creds *creds, const char *key)
{
	slot->creds = creds;
	slot->key = mem_strdup(key);
	TAILQ_INIT(&slot->waits);
}

/* Ends what is under way, too: a renewal may be that nobody waits for. */
static void
creds_slot_done(struct creds_slot *slot)
{
	assert(TAILQ_EMPTY(&slot->waits));
	if (slot->ambient != NULL)
		creds_wait_cancel(slot->ambient);
	source_cancel(slot->source);
	chain_cancel(slot->chain);
	aws_credentials_drop(slot->from);
	aws_credentials_drop(slot->credentials);
	free((char *)slot->role.role_arn);
	free((char *)slot->role.external_id);
	free(slot->key);
}

static void
creds_slot_free(struct creds_slot *slot)
{
	HASH_DEL(slot->creds->roles, slot);
	TAILQ_REMOVE(&slot->creds->by_use, slot, link);
	creds_slot_done(slot);
	free(slot);
}

static void
creds_drop_idle(struct creds *creds)
{
	struct creds_slot *slot;

	while ((slot = TAILQ_FIRST(&creds->by_use)) != NULL && !creds_is_fetching(slot) &&
	    TAILQ_EMPTY(&slot->waits) &&
	    creds_mono_ms(creds) - slot->used_mono_ms > CREDS_IDLE_MS)
		creds_slot_free(slot);
}

/* The slot of a role, made when it is new; it is now the most recently used one. */
static struct creds_slot *
creds_find_slot(struct creds *creds, const struct creds_role *role)
{
	struct creds_slot *slot;
	char *key;

	if (role->role_arn == NULL)
		return &creds->ambient;
	if (asprintf(&key, "%s %s", role->role_arn, role->external_id ? role->external_id : "") < 0)
		abort();
	HASH_FIND_STR(creds->roles, key, slot);
	if (slot == NULL) {
		slot = mem_alloc(1, sizeof(*slot));
		creds_slot_init(slot, creds, key);
		slot->role = (struct plan_role){
			.role_arn = mem_strdup(role->role_arn),
			.external_id = text_is_empty(role->external_id) ? NULL :
			    mem_strdup(role->external_id),
			.duration_s = role->duration_s,
		};
		HASH_ADD_KEYPTR(hh, creds->roles, slot->key, strlen(slot->key), slot);
	} else {
		TAILQ_REMOVE(&creds->by_use, slot, link);
	}
	TAILQ_INSERT_TAIL(&creds->by_use, slot, link);
	slot->used_mono_ms = creds_mono_ms(creds);
	free(key);
	return slot;
}

/* ---- the outside ---- */

struct creds *
creds_new(struct aws *aws, const struct creds_options *o)
{
	struct creds *creds = mem_alloc(1, sizeof(*creds));
	const char *name = o->session_name;

	creds->region = chain_region();
	creds->sources.aws = aws;
	creds->sources.session_name = mem_strdup(text_is_empty(name) ? "trailseal" : name);
	creds->sources.sts_region = mem_strdup(
	    text_is_empty(o->sts_region) ? creds->region : o->sts_region);
	creds_slot_init(&creds->ambient, creds, "");
	TAILQ_INIT(&creds->by_use);
	TAILQ_INIT(&creds->answered);
	return creds;
}

void
creds_free(struct creds *creds)
{
	struct creds_slot *slot;

	if (creds == NULL)
		return;
	while ((slot = TAILQ_FIRST(&creds->by_use)) != NULL)
		creds_slot_free(slot);
	creds_slot_done(&creds->ambient);
	assert(TAILQ_EMPTY(&creds->answered));
	secret_wipe(&creds->sources.imds_token);
	free(creds->sources.session_name);
	free(creds->sources.sts_region);
	free(creds->region);
	free(creds);
}

const char *
creds_ambient_region(const struct creds *creds)
{
	return creds->region;
}

struct creds_wait *
creds_get(struct creds *creds, const struct creds_role *role, creds_done_fn done, void *arg)
{
	struct creds_slot *slot = creds_find_slot(creds, role);
	struct creds_wait *wait = mem_alloc(1, sizeof(*wait));
	bool may_fetch = creds_mono_ms(creds) >= slot->failed_until_mono_ms;

	wait->done = done;
	wait->arg = arg;
	loop_timer_init(&wait->timer, aws_loop(creds->sources.aws), creds_on_answer, wait);
	if (creds_is_usable(slot)) {
		creds_answer(creds, wait, slot->credentials, NULL);
	} else if (may_fetch || creds_is_fetching(slot)) {
		wait->list = &slot->waits;
		TAILQ_INSERT_TAIL(wait->list, wait, link);
	} else {
		creds_answer(creds, wait, NULL, &slot->failure);
	}
	if (may_fetch && !creds_is_fetching(slot) && creds_wants_renewal(slot)) {
		slot->renewed_ambient = false;
		creds_fetch(slot);
	}
	creds_drop_idle(creds);
	return wait;
}

void
creds_refuse(struct creds *creds, const struct aws_credentials *credentials)
{
	struct creds_slot *slot = &creds->ambient;

	if (slot->credentials != credentials)
		TAILQ_FOREACH(slot, &creds->by_use, link)
			if (slot->credentials == credentials)
				break;
	if (slot == NULL || creds_is_settling(slot))
		return;
	aws_credentials_drop(slot->credentials);
	slot->credentials = NULL;
}
