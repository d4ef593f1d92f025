/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What cannot be seen, for how long, and how much of it has one cause. A blind spot is a row of the
 * coverage: account, region and collector. It is told by its region, together with the others
 * there; when nothing at all was seen of an account since its blindness began, by the account; and
 * when nothing was seen of anything, as a whole.
 *
 * "Since its blindness began" is since the first failure after the last good answer. So one region
 * that was blind for days and a short break of the network do not add up to a blind account, and
 * regions that are asked rarely need not have failed yet.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/mem.h"
#include "base/names.h"
#include "base/stamp.h"
#include "base/text.h"
#include "findings/past_private.h"

#define BLIND_WHOLE	"trailseal"	/* resource of what is blind as a whole */
#define BLIND_ACCOUNTS	"accounts"	/* ... and of the list of accounts */
#define BLIND_KEY_MAX	(NAME_ACCOUNT_MAX + NAME_REGION_MAX + 32)

/* Some neighbouring rows of the coverage, and what they show together. */
struct blind_group {
	size_t				 from, to;	/* rows */
	size_t				 lost;		/* so many of them are blind spots */
	const struct coverage_row	*first;		/* of these; or NULL */
	bool				 is_fresh;	/* at least one can be seen */
	/* Each STAMP_UNKNOWN when there is none. */
	int64_t				 seen_wall_ms;	/* the latest good answer */
	int64_t				 since_wall_ms;	/* the oldest blind spot */
	int64_t				 total_wall_ms;	/* the oldest after that good answer */
};

static struct past_blind *
blinds_find(const struct past *past, const char *key)
{
	struct past_blind *b;

	HASH_FIND_STR(past->blinds, key, b);
	return b;
}

static void
blinds_begin(const struct past_look *look, struct past_blind *b)
{
	b->since_wall_ms = look->now_wall_ms;
	past_touch_blind(look->past, b);
}

static void
blinds_forget(const struct past_look *look, struct past_blind *b)
{
	b->is_gone = true;
	past_touch_blind(look->past, b);
}

static struct past_blind *
blinds_add(const struct past_look *look, const char *key, const struct coverage_row *row)
{
	struct past_blind *b = blinds_find(look->past, key);

	if (b == NULL) {
		b = mem_alloc(1, sizeof(*b));
		b->key = mem_strdup(key);
		HASH_ADD_KEYPTR(hh, look->past->blinds, b->key, strlen(b->key), b);
	}
	b->is_gone = false;
	b->is_first_look = row->state == COVERAGE_BLIND;
	b->fold = FOLD_NONE;
	blinds_begin(look, b);
	return b;
}

/*
 * Regions may be configured, so that nobody needs their list; and what a service control policy
 * denies from the first look on is meant so.
 */
static bool
blinds_is_lost(const struct past_look *look, const struct coverage_row *row,
    const struct past_blind *b)
{
	const struct world_account *account;

	if (row->state != COVERAGE_BLIND)
		return row->state == COVERAGE_STALE;
	if (row->failure == ERR_DENIED_BY_SCP)
		return b != NULL && !b->is_gone && !b->is_first_look;
	if (row->collector != COLLECT_REGIONS)
		return true;
	account = world_find_account(look->world, row->account);
	return account == NULL || account->regions == NULL;
}

static struct past_blind *
blinds_note_row(const struct past_look *look, const struct coverage_row *row)
{
	char key[BLIND_KEY_MAX];
	struct past_blind *b;
	bool is_lost;

	snprintf(key, sizeof(key), "%s %s %s", row->account, row->region,
	    collector_name(row->collector));
	b = blinds_find(look->past, key);
	is_lost = blinds_is_lost(look, row, b);
	if (b != NULL && !b->is_gone && !is_lost)
		blinds_forget(look, b);
	if (!is_lost)
		return NULL;
	if (b == NULL || b->is_gone)
		b = blinds_add(look, key, row);
	b->is_first_look = b->is_first_look && row->state == COVERAGE_BLIND;
	b->listed = look->past->looks;
	return b;
}

/* Which blind spot each row is; nearly none are, and then nothing is looked up. */
static void
blinds_note(struct past_look *look)
{
	const struct coverage *c = look->coverage;

	look->past->looks++;
	look->blinds = arena_alloc(look->out->arena, (c->count + 1) * sizeof(*look->blinds));
	for (size_t i = 0; i < c->count; i++)
		if (look->past->blinds != NULL || c->row[i].state == COVERAGE_STALE ||
		    c->row[i].state == COVERAGE_BLIND)
			look->blinds[i] = blinds_note_row(look, &c->row[i]);
}

/*
 * What the coverage lists no more is nothing to ask for any more. What it has not listed since the
 * start may not have been asked yet.
 */
static void
blinds_drop_unlisted(const struct past_look *look)
{
	for (struct past_blind *b = look->past->blinds; b != NULL; b = b->hh.next)
		if (!b->is_gone && b->listed != 0 && b->listed != look->past->looks)
			blinds_forget(look, b);
}

/* The earlier of the two; STAMP_UNKNOWN is none. */
static int64_t
blinds_earlier(int64_t a, int64_t b)
{
	return a == STAMP_UNKNOWN || b < a ? b : a;
}

static void
blinds_sum(const struct past_look *look, size_t from, size_t to, struct blind_group *ret)
{
	const struct coverage_row *row = look->coverage->row;

	*ret = (struct blind_group){ .from = from, .to = to, .seen_wall_ms = STAMP_UNKNOWN,
	    .since_wall_ms = STAMP_UNKNOWN, .total_wall_ms = STAMP_UNKNOWN };
	for (size_t i = from; i < to; i++) {
		ret->is_fresh = ret->is_fresh || row[i].state == COVERAGE_FRESH;
		if (row[i].seen_wall_ms > ret->seen_wall_ms)
			ret->seen_wall_ms = row[i].seen_wall_ms;
	}
	for (size_t i = from; i < to; i++) {
		const struct past_blind *b = look->blinds[i];

		if (b == NULL)
			continue;
		if (ret->lost++ == 0)
			ret->first = &row[i];
		ret->since_wall_ms = blinds_earlier(ret->since_wall_ms, b->since_wall_ms);
		if (b->since_wall_ms > ret->seen_wall_ms)
			ret->total_wall_ms = blinds_earlier(ret->total_wall_ms, b->since_wall_ms);
	}
}

static bool
blinds_is_due(const struct past_look *look, int64_t since_wall_ms)
{
	return since_wall_ms != STAMP_UNKNOWN &&
	    look->now_wall_ms - since_wall_ms >= look->settings->blind_ms;
}

/*
 * What was told together and is no more begins anew: most of it will be seen again at its next
 * turn, and needs not be told by itself until then.
 */
static void
blinds_fold(const struct past_look *look, const struct blind_group *g, enum past_fold fold,
    bool is_folded)
{
	for (size_t i = g->from; i < g->to; i++) {
		struct past_blind *b = look->blinds[i];

		if (b == NULL)
			continue;
		if (is_folded) {
			b->fold = fold;
		} else if (b->fold == fold) {
			b->fold = FOLD_NONE;
			blinds_begin(look, b);
		}
	}
}

/* Where the rows of the same account, or of its same region, end. */
static size_t
blinds_end(const struct coverage *c, size_t from, bool of_region)
{
	size_t to = from + 1;

	while (to < c->count && strcmp(c->row[to].account, c->row[from].account) == 0 &&
	    (!of_region || strcmp(c->row[to].region, c->row[from].region) == 0))
		to++;
	return to;
}

static void
blinds_name_regions(const struct past_look *look, const struct blind_group *g,
    struct names *regions)
{
	const char *last = "";

	for (size_t i = g->from; i < g->to; i++) {
		const char *region = look->coverage->row[i].region;

		if (look->blinds[i] == NULL || strcmp(region, last) == 0)
			continue;
		names_add(regions, region);
		last = region;
	}
}

/* The reason of the first blind spot stands for all. */
static void
blinds_say(const struct past_look *look, const struct blind_group *g, int64_t since_wall_ms,
    const char *account, const char *region, const char *resource, const char *what)
{
	const struct source *source = g->first->source;
	struct names regions = { .count = 0 };
	char when[STAMP_ISO_SIZE];
	struct observation *o;
	struct judge j;

	if (!look->settings->rule[RULE_VISIBILITY_LOST].is_enabled)
		return;
	o = past_observe(look, RULE_VISIBILITY_LOST, VERDICT_FAIL, account, region, resource, &j);
	j.title = what;
	blinds_name_regions(look, g, &regions);
	observe_fact(&j, o, "failure", err_kind_name(g->first->failure));
	observe_fact(&j, o, "reason", g->first->reason);
	observe_fact(&j, o, "call", source != NULL ? source->call : NULL);
	if (source != NULL && source->call != NULL)
		observe_fact_time(&j, o, "asked", source->wall_ms);
	observe_fact_time(&j, o, "since", since_wall_ms);
	observe_fact_time(&j, o, "seen", g->seen_wall_ms);
	observe_fact(&j, o, "regions", names_text(&regions));
	observe(&j, o, VERDICT_FAIL, "cannot be seen since %s: %s",
	    stamp_format_iso(since_wall_ms, when), g->first->reason);
}

static const char *
blinds_title(const struct past_look *look, const char *account)
{
	const struct judge j = { .world = look->world, .arena = look->out->arena };

	return judge_account_title(&j, account);
}

static const char *
blinds_collectors(const struct past_look *look, const struct blind_group *g)
{
	struct names names = { .count = 0 };

	for (size_t i = g->from; i < g->to; i++)
		if (look->blinds[i] != NULL)
			names_add(&names, collector_name(look->coverage->row[i].collector));
	return arena_strdup(look->out->arena, names_text(&names));
}

static void
blinds_say_region(const struct past_look *look, const struct blind_group *g)
{
	const struct coverage_row *row = g->first;
	struct arena *arena = look->out->arena;

	if (row->account[0] == '\0')
		blinds_say(look, g, g->since_wall_ms, "", "", BLIND_ACCOUNTS,
		    "the list of accounts");
	else if (row->region[0] == '\0')
		blinds_say(look, g, g->since_wall_ms, row->account, "", row->account,
		    arena_printf(arena, "the list of regions of account %s",
		    blinds_title(look, row->account)));
	else
		blinds_say(look, g, g->since_wall_ms, row->account, row->region, row->region,
		    arena_printf(arena, "region %s of account %s (%s)", row->region,
		    blinds_title(look, row->account), blinds_collectors(look, g)));
}

static bool
blinds_is_total(const struct past_look *look, const struct blind_group *account)
{
	return look->coverage->row[account->from].account[0] != '\0' &&
	    blinds_is_due(look, account->total_wall_ms);
}

static void
blinds_look_at_account(const struct past_look *look, size_t from, size_t to)
{
	struct blind_group g, part;
	bool is_total;

	blinds_sum(look, from, to, &g);
	if (g.lost == 0)
		return;
	is_total = blinds_is_total(look, &g);
	blinds_fold(look, &g, FOLD_ACCOUNT, is_total);
	if (is_total) {
		const char *id = g.first->account;

		blinds_say(look, &g, g.total_wall_ms, id, "", id, arena_printf(look->out->arena,
		    "account %s", blinds_title(look, id)));
		return;
	}
	for (size_t i = from; i < to; i = part.to) {
		blinds_sum(look, i, blinds_end(look->coverage, i, true), &part);
		if (blinds_is_due(look, part.since_wall_ms))
			blinds_say_region(look, &part);
	}
}

/* More than one account, or the list of them with at least one. */
static bool
blinds_is_whole(const struct past_look *look, const struct blind_group *all)
{
	const struct coverage *c = look->coverage;

	return blinds_is_due(look, all->total_wall_ms) && blinds_end(c, 0, false) < c->count;
}

void
past_look_at_blinds(struct past_look *look)
{
	const struct coverage *c = look->coverage;
	struct blind_group all;
	bool is_whole;

	blinds_note(look);
	blinds_drop_unlisted(look);
	blinds_sum(look, 0, c->count, &all);
	is_whole = all.lost > 0 && blinds_is_whole(look, &all);
	blinds_fold(look, &all, FOLD_WHOLE, is_whole);
	if (is_whole) {
		blinds_say(look, &all, all.total_wall_ms, "", "", BLIND_WHOLE,
		    "all that is watched");
		return;
	}
	for (size_t from = 0, to; from < c->count; from = to) {
		to = blinds_end(c, from, false);
		blinds_look_at_account(look, from, to);
	}
}

/* The rows of an account, or of a region of it. */
static void
blinds_find_rows(const struct past_look *look, const char *account, const char *region,
    struct blind_group *ret)
{
	const struct coverage *c = look->coverage;
	size_t from = 0, to = c->count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		int order = strcmp(c->row[middle].account, account);

		if (order == 0)
			order = region ? strcmp(c->row[middle].region, region) : 0;
		if (order < 0)
			from = middle + 1;
		else
			to = middle;
	}
	to = from;
	while (to < c->count && strcmp(c->row[to].account, account) == 0 &&
	    (region == NULL || strcmp(c->row[to].region, region) == 0))
		to++;
	blinds_sum(look, from, to, ret);
}

/* A whole account, or everything: anything that was seen since it began is enough. */
static enum verdict
blinds_review_total(const struct past_look *look, const struct finding *f,
    const struct blind_group *g)
{
	struct blind_group list;

	blinds_find_rows(look, f->account, "", &list);
	if (f->account[0] != '\0' && list.lost > 0)
		return blinds_is_due(look, list.since_wall_ms) ? VERDICT_FAIL : VERDICT_UNKNOWN;
	return g->lost == 0 || g->seen_wall_ms > f->since_wall_ms ? VERDICT_PASS : VERDICT_UNKNOWN;
}

static enum verdict
blinds_review_region(const struct past_look *look, const struct blind_group *g)
{
	if (g->lost > 0)
		return blinds_is_due(look, g->since_wall_ms) ? VERDICT_FAIL : VERDICT_UNKNOWN;
	return VERDICT_PASS;
}

/* While it is told as part of something larger, nothing can be said of it by itself. */
static enum verdict
blinds_review(const struct past_look *look, const struct finding *f, enum past_fold own,
    const struct blind_group *g)
{
	enum past_fold fold = g->first == NULL ? FOLD_NONE :
	    look->blinds[g->first - look->coverage->row]->fold;

	if (g->lost == 0 && !g->is_fresh)
		return VERDICT_NOT_APPLICABLE;	/* all that is left is meant not to be seen */
	if (fold > own)
		return VERDICT_UNKNOWN;
	if (own == FOLD_NONE)
		return blinds_review_region(look, g);
	return fold == own ? VERDICT_FAIL : blinds_review_total(look, f, g);
}

static const char *
blinds_name(const struct past_look *look, const struct finding *f, enum past_fold own)
{
	struct arena *arena = look->out->arena;

	if (own == FOLD_WHOLE)
		return "what is watched";
	if (f->account[0] == '\0')
		return "the list of accounts";
	if (own == FOLD_ACCOUNT)
		return arena_printf(arena, "account %s", blinds_title(look, f->account));
	return arena_printf(arena, "region %s of account %s", f->region,
	    blinds_title(look, f->account));
}

/* Where there are no rows, nothing was asked since the start. Failures are said already. */
void
past_review_blind(const struct past_look *look, const struct finding *f)
{
	enum past_fold own = strcmp(f->resource, BLIND_WHOLE) == 0 ? FOLD_WHOLE :
	    f->account[0] != '\0' && f->region[0] == '\0' ? FOLD_ACCOUNT : FOLD_NONE;
	struct observation *o;
	struct blind_group g;
	enum verdict verdict;
	struct judge j;

	if (own == FOLD_WHOLE)
		blinds_sum(look, 0, look->coverage->count, &g);
	else
		blinds_find_rows(look, f->account, own == FOLD_ACCOUNT ? NULL : f->region, &g);
	if (g.from == g.to)
		return;
	verdict = blinds_review(look, f, own, &g);
	if (verdict == VERDICT_FAIL)
		return;
	o = past_observe(look, f->rule, verdict, f->account, f->region, f->resource, &j);
	j.title = blinds_name(look, f, own);
	if (verdict == VERDICT_PASS)
		observe(&j, o, verdict, "can be seen");
}
