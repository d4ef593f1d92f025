/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table's section on what could not be seen: the regions of an account that failed in one way
 * are one entry, and of a great many accounts the first ones stand for all.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "report/report_private.h"

#define GAPS_SHOWN	10	/* entries of one collector */
#define GAPS_NAMES	5	/* regions that are named in one entry */

/* Gaps of one account in one way: neighbours in the sorted list. */
struct gap {
	const struct coverage_row *const *row;
	size_t			 count;
};

static bool
gaps_are_alike(const struct coverage_row *a, const struct coverage_row *b)
{
	return a->collector == b->collector && a->state == b->state && a->failure == b->failure &&
	    strcmp(a->account, b->account) == 0;
}

static int
gaps_compare(const void *pa, const void *pb)
{
	const struct coverage_row *a = *(const struct coverage_row *const *)pa;
	const struct coverage_row *b = *(const struct coverage_row *const *)pb;
	int order = (int)a->collector - (int)b->collector;

	if (order == 0)
		order = strcmp(a->account, b->account);
	if (order == 0)
		order = (int)b->state - (int)a->state;
	if (order == 0)
		order = (int)a->failure - (int)b->failure;
	return order != 0 ? order : strcmp(a->region, b->region);
}

static void
gaps_add_names(const struct gap *gap, struct buf *out)
{
	for (size_t i = 0; i < gap->count && i < GAPS_NAMES; i++)
		buf_addf(out, "%s%s", i > 0 ? ", " : "", gap->row[i]->region);
	if (gap->count > GAPS_NAMES)
		buf_addf(out, " and %zu more", gap->count - GAPS_NAMES);
}

/* "444455556666 (sandbox)" where the name is known. */
static void
gaps_add_account(const struct report *r, const char *id, struct buf *out)
{
	const struct world_account *account = world_find_account(r->world, id);

	buf_adds(out, id);
	if (account != NULL && account->name != NULL)
		buf_addf(out, " (%s)", account->name);
}

static void
gaps_add_what(const struct report *r, const struct gap *gap, struct buf *out)
{
	const struct coverage_row *row = gap->row[0];

	if (row->collector == COLLECT_ACCOUNTS) {
		buf_adds(out, "the list of accounts: which accounts there are is not known");
		return;
	}
	if (row->collector == COLLECT_REGIONS) {
		buf_adds(out, "account ");
		gaps_add_account(r, row->account, out);
		buf_adds(out, ": which regions it has enabled is not known");
		return;
	}
	buf_addf(out, "%zu region%s of account ", gap->count, gap->count == 1 ? "" : "s");
	gaps_add_account(r, row->account, out);
	buf_adds(out, ": ");
	gaps_add_names(gap, out);
	if (row->state == COVERAGE_STALE)
		buf_adds(out, "; what is known of them is old");
}

static void
gaps_add_one(const struct report *r, const struct gap *gap, struct paper *p)
{
	struct buf what;

	buf_init(&what, 4096);
	gaps_add_what(r, gap, &what);
	paper_wrap(p, PAPER_INDENT, INK_DOUBT, buf_text(&what));
	paper_wrap(p, 2 * PAPER_INDENT, INK_PLAIN, gap->row[0]->reason);
	buf_done(&what);
}

static const struct coverage_row **
gaps_collect(const struct report *r, size_t *ret_count)
{
	const struct coverage_row **list = mem_alloc(r->coverage->count + 1, sizeof(*list));
	size_t count = 0;

	for (size_t i = 0; i < r->coverage->count; i++)
		if (report_is_gap(r, &r->coverage->row[i]))
			list[count++] = &r->coverage->row[i];
	qsort(list, count, sizeof(*list), gaps_compare);
	*ret_count = count;
	return list;
}

/* Says how many entries of a collector were left out. */
static void
gaps_add_rest(struct paper *p, size_t shown)
{
	char text[64];

	if (shown <= GAPS_SHOWN)
		return;
	snprintf(text, sizeof(text), "... and %zu more like these", shown - GAPS_SHOWN);
	paper_wrap(p, PAPER_INDENT, INK_DOUBT, text);
}

void
report_add_gaps(const struct report *r, struct paper *p)
{
	size_t count, shown = 0;
	const struct coverage_row **list = gaps_collect(r, &count);
	struct gap gap = { list, 0 };

	if (count > 0)
		paper_heading(p, "NOT SEEN (%zu)", count);
	for (size_t i = 0; i < count; i += gap.count) {
		if (i > 0 && list[i]->collector != list[i - 1]->collector) {
			gaps_add_rest(p, shown);
			shown = 0;
		}
		gap = (struct gap){ list + i, 1 };
		while (i + gap.count < count && gaps_are_alike(list[i], list[i + gap.count]))
			gap.count++;
		if (shown++ < GAPS_SHOWN)
			gaps_add_one(r, &gap, p);
	}
	gaps_add_rest(p, shown);
	free(list);
}

size_t
report_count_gaps(const struct report *r)
{
	size_t count = 0;

	for (size_t i = 0; i < r->coverage->count; i++)
		count += report_is_gap(r, &r->coverage->row[i]);
	return count;
}

/* Where the rows of an account begin: coverage is sorted by account. */
static size_t
gaps_find_account(const struct coverage *c, const char *account)
{
	size_t low = 0, high = c->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(c->row[middle].account, account) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool
report_gaps_tell(const struct report *r, const struct observation *o)
{
	const struct coverage *c = r->coverage;
	bool is_account = strcmp(o->resource, o->account) == 0;

	if (o->verdict != VERDICT_UNKNOWN || (!is_account && strcmp(o->resource, o->region) != 0))
		return false;
	for (size_t i = gaps_find_account(c, o->account);
	    i < c->count && strcmp(c->row[i].account, o->account) == 0; i++)
		if (report_is_gap(r, &c->row[i]) &&
		    (is_account || strcmp(c->row[i].region, o->region) == 0))
			return true;
	return false;
}
