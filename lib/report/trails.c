/* SPDX-License-Identifier: Apache-2.0 */
/* The table's section on trails: what each is and whether its records arrive, in one line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/stamp.h"
#include "base/text.h"
#include "report/report_private.h"

#define TRAILS_CELLS	7
#define TRAILS_SHOWN	50	/* beyond that, only those that want attention */
#define TRAILS_NAME_LEAST 12	/* characters of a name on the narrowest terminal */

/* A trail's state over all the regions where it is at work. */
struct trails_sum {
	unsigned	yes, no, unknown;	/* regions by what is known of logging */
	bool		is_failing;		/* the latest delivery failed somewhere */
};

static struct trails_sum
trails_sum(const struct world_trail *t)
{
	struct trails_sum sum = { .yes = 0 };

	for (size_t i = 0; i < t->status_count; i++) {
		const struct world_status *s = &t->statuses[i];
		enum tri logging = reading_is_good(&s->reading) ? s->status.logging : TRI_UNKNOWN;

		sum.yes += logging == TRI_YES;
		sum.no += logging == TRI_NO;
		sum.unknown += logging == TRI_UNKNOWN;
		sum.is_failing |= s->status.delivery_error != NULL;
	}
	return sum;
}

/* What a row is made from. */
struct trails_view {
	const struct report	*report;
	struct rules_policies	*policies;
};

/* Whether the key's policy lets CloudTrail use it for this trail; one that is not known counts not. */
static enum tri
trails_is_admitted(const struct trails_view *v, const struct world_trail *t)
{
	const char *policy = rules_key_policy(v->policies, t);

	return policy == NULL || strcmp(policy, "allowed") == 0 ? TRI_YES :
	    strcmp(policy, "denied") == 0 ? TRI_NO : TRI_UNKNOWN;
}

/* All is well, as far as this table tells. */
static bool
trails_is_plain(const struct trails_view *v, const struct world_trail *t)
{
	struct trails_sum sum = trails_sum(t);

	return t->key != NULL && world_key_is_usable(t->key) == TRI_YES && sum.yes > 0 &&
	    sum.no == 0 && sum.unknown == 0 && !sum.is_failing &&
	    trails_is_admitted(v, t) == TRI_YES;
}

static void
trails_set_key(const struct trails_view *v, const struct world_trail *t, struct cell *encrypted,
    struct cell *key)
{
	static const enum ink inks[] = { INK_WORST, INK_DOUBT, INK_GOOD };
	enum tri exists, usable, admitted;

	if (t->key == NULL) {
		cell_set(encrypted, INK_WORST, "no");
		cell_set(key, INK_PLAIN, "-");
		return;
	}
	exists = world_key_exists(t->key);
	usable = world_key_is_usable(t->key);
	admitted = trails_is_admitted(v, t);
	cell_set(encrypted, INK_GOOD, "yes");
	if (usable == TRI_YES && admitted != TRI_YES)
		cell_set(key, inks[admitted - TRI_NO], admitted == TRI_NO ? "policy denies" :
		    "policy unclear");
	else
		cell_set(key, inks[usable - TRI_NO], exists == TRI_NO ? "missing" :
		    exists == TRI_YES && t->key->key.state_name ? t->key->key.state_name : "unknown");
}

static void
trails_set_logging(const struct trails_sum *sum, struct cell *cell)
{
	if (sum->no > 0 && sum->yes > 0)
		cell_setf(cell, INK_BAD, "%u of %u", sum->yes, sum->yes + sum->no + sum->unknown);
	else if (sum->no > 0)
		cell_set(cell, INK_WORST, "no");
	else if (sum->unknown > 0 || sum->yes == 0)
		cell_set(cell, INK_DOUBT, "unknown");
	else
		cell_set(cell, INK_GOOD, "yes");
}

/* "4m ago": in the largest unit that is not zero. */
static void
trails_set_age(int64_t age_ms, struct cell *cell)
{
	static const int64_t units[] = { 86400000, 3600000, 60000, 1000 };
	char text[32];
	size_t i = 0;

	if (age_ms < 1000) {
		cell_set(cell, INK_PLAIN, "just now");
		return;
	}
	while (age_ms < units[i])
		i++;
	cell_setf(cell, INK_PLAIN, "%s ago",
	    duration_format(age_ms / units[i] * units[i], text, sizeof(text)));
}

static void
trails_set_delivery(const struct report *r, const struct world_trail *t,
    const struct trails_sum *sum, struct cell *cell)
{
	const struct world_status *home = world_find_status(t, t->trail.home_region);

	if (sum->is_failing)
		cell_set(cell, INK_WORST, "failing");
	else if (home == NULL || !reading_is_good(&home->reading))
		cell_set(cell, INK_DOUBT, "unknown");
	else if (home->status.latest_delivery_ms == STAMP_UNKNOWN)
		cell_set(cell, INK_DOUBT, "never");
	else
		trails_set_age(r->finished_ms - home->status.latest_delivery_ms, cell);
}

static void
trails_row(const struct trails_view *v, const struct world_trail *t, struct cell row[TRAILS_CELLS])
{
	struct trails_sum sum = trails_sum(t);

	cell_set(&row[0], INK_PLAIN, t->trail.name ? t->trail.name : t->trail.arn);
	cell_set(&row[1], INK_PLAIN, t->trail.account);
	cell_set(&row[2], INK_PLAIN, t->trail.home_region);
	trails_set_key(v, t, &row[3], &row[4]);
	trails_set_logging(&sum, &row[5]);
	trails_set_delivery(v->report, t, &sum, &row[6]);
}

static void
trails_head(struct cell row[TRAILS_CELLS])
{
	static const char *const heads[TRAILS_CELLS] = {
		"TRAIL", "ACCOUNT", "HOME", "KMS", "KEY", "LOGGING", "DELIVERED",
	};

	for (size_t i = 0; i < TRAILS_CELLS; i++)
		cell_set(&row[i], INK_FAINT, heads[i]);
}

/* Few trails are all shown; of many, those that want attention. */
static size_t
trails_select(const struct trails_view *v, const struct world_trail **list, size_t count)
{
	size_t kept = 0;

	if (count <= TRAILS_SHOWN)
		return count;
	for (size_t i = 0; i < count; i++)
		if (!trails_is_plain(v, list[i]))
			list[kept++] = list[i];
	return kept;
}

void
report_add_trails(const struct report *r, struct paper *p)
{
	struct trails_view view = { r, rules_policies_new() };
	size_t count, shown;
	const struct world_trail **list = report_trails(r->world, &count);
	struct cell row[TRAILS_CELLS];
	struct grid grid = { .count = 0 };
	char text[128];

	shown = trails_select(&view, list, count);
	if (count > 0)
		paper_heading(p, "TRAILS (%zu)", count);
	trails_head(row);
	grid_fit(&grid, row, TRAILS_CELLS);
	for (size_t i = 0; i < shown; i++) {
		trails_row(&view, list[i], row);
		grid_fit(&grid, row, TRAILS_CELLS);
	}
	grid_narrow(&grid, p, 0, TRAILS_NAME_LEAST);
	trails_head(row);
	if (shown > 0)
		paper_row(p, &grid, row, TRAILS_CELLS);
	for (size_t i = 0; i < shown; i++) {
		trails_row(&view, list[i], row);
		paper_row(p, &grid, row, TRAILS_CELLS);
	}
	snprintf(text, sizeof(text), "%zu trails%s encrypt with a usable key, log and deliver",
	    count - shown, shown > 0 ? " more" : "");
	if (shown < count)
		paper_wrap(p, PAPER_INDENT, INK_PLAIN, text);
	rules_policies_free(view.policies);
	free(list);
}
