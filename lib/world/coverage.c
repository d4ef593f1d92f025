/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What of the world could be seen; see coverage.h. Every reading adds a row, then the rows are
 * sorted with the worst of its kind in front, which alone stays. Those of accounts and regions are
 * nearly all, and are written down in their order; the others are sorted and merged into them.
 */
#include "world/coverage.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/stamp.h"
#include "base/text.h"

/* Which state speaks for all that a collector asked in one place. */
static const int coverage_weight[] = {
	[COVERAGE_NONE] = 0, [COVERAGE_NOT_APPLICABLE] = 1, [COVERAGE_FRESH] = 2,
	[COVERAGE_STALE] = 3, [COVERAGE_BLIND] = 4,
};

static void
coverage_add_row(struct coverage *c, const struct coverage_row *row)
{
	c->row = mem_grow(c->row, c->count, &c->cap, sizeof(*c->row));
	c->row[c->count++] = *row;
}

static enum coverage_state
coverage_state(const struct reading *r)
{
	if (reading_is_good(r))
		return COVERAGE_FRESH;
	if (err_claim(r->failure) == ERR_CLAIM_NOT_APPLICABLE)
		return COVERAGE_NOT_APPLICABLE;
	return r->good.call != NULL ? COVERAGE_STALE : COVERAGE_BLIND;
}

static void
coverage_add(struct coverage *c, const char *account, const char *region,
    enum collector collector, const struct reading *r)
{
	if (r == NULL || r->state == READING_NONE)
		return;
	coverage_add_row(c, &(struct coverage_row){ .account = account, .region = region,
	    .collector = collector, .state = coverage_state(r), .failure = r->failure,
	    .reason = reading_reason(r), .source = reading_is_good(r) ? &r->good : reading_failed(r),
	    .seen_wall_ms = r->good.call != NULL ? r->good.wall_ms : STAMP_UNKNOWN });
}

static void
coverage_add_region(struct coverage *c, const struct world_region *r)
{
	if (r->enabled != TRI_NO) {
		coverage_add(c, r->account->id, r->name, COLLECT_TRAILS, &r->trails_reading);
		coverage_add(c, r->account->id, r->name, COLLECT_EVENTS, r->events_reading);
		return;
	}
	coverage_add_row(c, &(struct coverage_row){ .account = r->account->id, .region = r->name,
	    .collector = COLLECT_TRAILS, .state = COVERAGE_NOT_APPLICABLE,
	    .failure = ERR_NOT_ENABLED, .reason = "the region is not enabled for the account",
	    .seen_wall_ms = STAMP_UNKNOWN });
}

static int
coverage_compare_regions(const void *pa, const void *pb)
{
	const struct world_region *a = *(const struct world_region *const *)pa;
	const struct world_region *b = *(const struct world_region *const *)pb;

	return strcmp(a->name, b->name);
}

static void
coverage_add_account(struct coverage *c, const struct world_account *a)
{
	const struct world_region **list;
	size_t count = 0;

	coverage_add(c, a->id, "", COLLECT_REGIONS, &a->regions_reading);
	for (const struct world_region *r = a->regions; r != NULL; r = r->next)
		count++;
	list = mem_alloc(count + 1, sizeof(*list));
	count = 0;
	for (const struct world_region *r = a->regions; r != NULL; r = r->next)
		list[count++] = r;
	qsort(list, count, sizeof(*list), coverage_compare_regions);
	for (size_t i = 0; i < count; i++)
		coverage_add_region(c, list[i]);
	free(list);
}

static int
coverage_compare_accounts(const void *pa, const void *pb)
{
	const struct world_account *a = *(const struct world_account *const *)pa;
	const struct world_account *b = *(const struct world_account *const *)pb;

	return strcmp(a->id, b->id);
}

static void
coverage_add_accounts(struct coverage *c, const struct world *w)
{
	const struct world_account *first = world_accounts(w), **list;
	size_t count = 0;

	list = mem_alloc(HASH_COUNT(first) + 1, sizeof(*list));
	for (const struct world_account *a = first; a != NULL; a = a->hh.next)
		list[count++] = a;
	qsort(list, count, sizeof(*list), coverage_compare_accounts);
	for (size_t i = 0; i < count; i++)
		coverage_add_account(c, list[i]);
	free(list);
}

static void
coverage_add_trail(struct coverage *c, const struct world_trail *t)
{
	for (size_t i = 0; i < t->status_count; i++)
		coverage_add(c, t->trail.account, t->statuses[i].region, COLLECT_STATUS,
		    &t->statuses[i].reading);
	coverage_add(c, t->trail.account, t->trail.home_region, COLLECT_STATUS,
	    &t->selectors_reading);
}

/* That a key does not exist is an answer, when it comes from the key's own account. */
static void
coverage_add_key(struct coverage *c, const struct world_key *k)
{
	const struct trail *trail = &TAILQ_FIRST(&k->trails)->trail;
	const char *account = k->account[0] != '\0' ? k->account : trail->account;
	const char *region = k->region[0] != '\0' ? k->region : trail->home_region;

	if (world_key_exists(k) == TRI_NO) {
		coverage_add_row(c, &(struct coverage_row){ .account = account, .region = region,
		    .collector = COLLECT_KEYS, .state = COVERAGE_FRESH, .reason = "",
		    .source = reading_failed(&k->described),
		    .seen_wall_ms = reading_failed(&k->described)->wall_ms });
		return;
	}
	coverage_add(c, account, region, COLLECT_KEYS, &k->described);
	coverage_add(c, account, region, COLLECT_KEYS, &k->policy_reading);
	coverage_add(c, account, region, COLLECT_KEYS, &k->rotation_reading);
	coverage_add(c, account, region, COLLECT_KEYS, &k->store_reading);
}

/* Nobody tells whose a bucket is: the row is that of the account which asked. */
static void
coverage_add_bucket(struct coverage *c, const struct world_bucket *b)
{
	const struct trail *trail = &TAILQ_FIRST(&b->trails)->trail;
	const struct reading *r = &b->head_reading;
	const char *account = reading_is_good(r) ? r->good.account : reading_failed(r)->account;
	const char *region = b->bucket.region ? b->bucket.region : trail->home_region;

	if (text_is_empty(account))
		account = trail->account;
	coverage_add(c, account, region, COLLECT_BUCKETS, r);
	coverage_add(c, account, region, COLLECT_BUCKETS, &b->policy_reading);
}

/* Most texts are interned: equal ones are mostly the same. */
static int
coverage_compare_text(const char *a, const char *b)
{
	return a == b ? 0 : strcmp(a, b);
}

static int
coverage_compare_place(const struct coverage_row *a, const struct coverage_row *b)
{
	int order = coverage_compare_text(a->account, b->account);

	if (order == 0)
		order = coverage_compare_text(a->region, b->region);
	return order != 0 ? order : (int)a->collector - (int)b->collector;
}

static int
coverage_compare(const void *pa, const void *pb)
{
	const struct coverage_row *a = pa, *b = pb;
	int order = coverage_compare_place(a, b);

	if (order == 0)
		order = coverage_weight[b->state] - coverage_weight[a->state];
	return order != 0 ? order : coverage_compare_text(a->reason, b->reason);
}

/* Keeps the first row of each place, with the latest good answer of all. */
static void
coverage_fold(struct coverage *c)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->count; i++) {
		const struct coverage_row *row = &c->row[i];

		if (kept == 0 || coverage_compare_place(&c->row[kept - 1], row) != 0)
			c->row[kept++] = *row;
		else if (row->seen_wall_ms > c->row[kept - 1].seen_wall_ms)
			c->row[kept - 1].seen_wall_ms = row->seen_wall_ms;
	}
	c->count = kept;
}

/* Both lists are sorted; the second one goes. */
static void
coverage_merge(struct coverage *c, struct coverage *other)
{
	struct coverage both = { .cap = c->count + other->count };
	size_t i = 0, j = 0;

	both.row = mem_alloc(both.cap + 1, sizeof(*both.row));
	while (i < c->count || j < other->count) {
		bool takes_other = i == c->count || (j < other->count &&
		    coverage_compare(&other->row[j], &c->row[i]) < 0);

		both.row[both.count++] = takes_other ? other->row[j++] : c->row[i++];
	}
	coverage_done(c);
	coverage_done(other);
	*c = both;
}

void
coverage_read(const struct world *w, const struct reading *accounts, struct coverage *ret_coverage)
{
	struct coverage *c = ret_coverage, others = { .row = NULL };

	*c = (struct coverage){ .row = NULL };
	coverage_add(c, "", "", COLLECT_ACCOUNTS, accounts);
	coverage_add_accounts(c, w);
	for (const struct world_trail *t = world_trails(w); t != NULL; t = t->hh.next)
		coverage_add_trail(&others, t);
	for (const struct world_key *k = world_keys(w); k != NULL; k = k->hh.next)
		coverage_add_key(&others, k);
	for (const struct world_bucket *b = world_buckets(w); b != NULL; b = b->hh.next)
		coverage_add_bucket(&others, b);
	if (others.count > 0) {
		qsort(others.row, others.count, sizeof(*others.row), coverage_compare);
		coverage_merge(c, &others);
	}
	coverage_fold(c);
}

void
coverage_done(struct coverage *c)
{
	free(c->row);
	*c = (struct coverage){ .row = NULL };
}
