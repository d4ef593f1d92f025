/* SPDX-License-Identifier: Apache-2.0 */
/* The table of findings: by id, by resource, and those that the store has yet to see. */
#include "findings/findings.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/crypto.h"
#include "base/mem.h"
#include "base/stamp.h"
#include "findings/findings_private.h"

#define FINDING_NAME_MAX	8192	/* bytes of rule, account, region and resource */

void
findings_settings_init(struct findings_settings *s)
{
	*s = (struct findings_settings){
		.confirmations = 2, .confirm_ms = 10000,
		.reminder_ms = INT64_C(86400000), .flap_count = 3, .flap_window_ms = 3600000,
		.forget_ms = INT64_C(604800000),
	};
}

struct findings *
findings_new(void)
{
	struct findings *t = mem_alloc(1, sizeof(*t));

	TAILQ_INIT(&t->dirty);
	return t;
}

void
findings_free(struct findings *t)
{
	if (t == NULL)
		return;
	while (t->by_id != NULL)
		findings_forget(t, t->by_id);
	free(t);
}

void
finding_free(struct finding *f)
{
	free(f->account);
	free(f->region);
	free(f->resource);
	free(f->summary);
	free(f->evidence);
	free(f->remediation);
	free(f);
}

bool
finding_is_open(const struct finding *f)
{
	return f->state == FINDING_FIRING || f->state == FINDING_OBSCURED ||
	    f->state == FINDING_CLEARING;
}

/* The rule by its name: its number changes when rules are added. */
char *
finding_id(enum rule_id rule, const char *account, const char *region, const char *resource,
    char out[FINDING_ID_SIZE])
{
	unsigned char hash[CRYPTO_SHA256_BYTES];
	struct buf name;

	buf_init(&name, FINDING_NAME_MAX);
	buf_addf(&name, "%s\n%s\n%s\n%s", rule_name(rule), account, region, resource);
	assert(!name.overflowed);
	crypto_sha256(name.data, name.len, hash);
	buf_done(&name);
	return crypto_hex(hash, (FINDING_ID_SIZE - 1) / 2, out);
}

struct finding *
findings_find(const struct findings *t, const char *id)
{
	struct finding *f;

	HASH_FIND_STR(t->by_id, id, f);
	return f;
}

struct finding *
findings_first(const struct findings *t)
{
	return t->by_id;
}

struct finding_place *
findings_find_place(const struct findings *t, const char *resource)
{
	struct finding_place *place;

	HASH_FIND_STR(t->places, resource, place);
	return place;
}

struct finding *
finding_place_find(const struct finding_place *place, enum rule_id rule, const char *account,
    const char *region)
{
	struct finding *f;

	if (place == NULL)
		return NULL;
	LIST_FOREACH(f, &place->findings, same)
		if (f->rule == rule && strcmp(f->account, account) == 0 &&
		    strcmp(f->region, region) == 0)
			return f;
	return NULL;
}

static void
findings_insert(struct findings *t, struct finding *f)
{
	struct finding_place *place = findings_find_place(t, f->resource);

	assert(findings_find(t, f->id) == NULL);
	if (place == NULL) {
		place = mem_alloc(1, sizeof(*place));
		place->resource = mem_strdup(f->resource);
		LIST_INIT(&place->findings);
		HASH_ADD_KEYPTR(hh, t->places, place->resource, strlen(place->resource), place);
	}
	LIST_INSERT_HEAD(&place->findings, f, same);
	HASH_ADD_STR(t->by_id, id, f);
}

void
findings_load(struct findings *t, struct finding *f)
{
	f->is_dirty = false;
	f->counted_wall_ms = STAMP_UNKNOWN;
	findings_insert(t, f);
}

struct finding *
findings_add(struct findings *t, enum rule_id rule, const char *account, const char *region,
    const char *resource)
{
	struct finding *f = mem_alloc(1, sizeof(*f));

	f->rule = rule;
	f->account = mem_strdup(account);
	f->region = mem_strdup(region);
	f->resource = mem_strdup(resource);
	f->counted_wall_ms = STAMP_UNKNOWN;
	finding_id(rule, account, region, resource, f->id);
	findings_insert(t, f);
	return f;
}

void
findings_forget(struct findings *t, struct finding *f)
{
	struct finding_place *place = findings_find_place(t, f->resource);

	if (f->is_dirty)
		TAILQ_REMOVE(&t->dirty, f, dirty);
	LIST_REMOVE(f, same);
	if (LIST_EMPTY(&place->findings)) {
		HASH_DEL(t->places, place);
		free(place->resource);
		free(place);
	}
	HASH_DEL(t->by_id, f);
	finding_free(f);
}

void
findings_touch(struct findings *t, struct finding *f)
{
	if (f->is_dirty)
		return;
	f->is_dirty = true;
	TAILQ_INSERT_TAIL(&t->dirty, f, dirty);
}

struct finding *
findings_take_dirty(struct findings *t)
{
	struct finding *f = TAILQ_FIRST(&t->dirty);

	if (f == NULL)
		return NULL;
	TAILQ_REMOVE(&t->dirty, f, dirty);
	f->is_dirty = false;
	return f;
}

void
moves_init(struct moves *moves)
{
	*moves = (struct moves){ .row = NULL };
}

void
moves_done(struct moves *moves)
{
	free(moves->row);
	free(moves->forgotten);
	moves_init(moves);
}
