/* SPDX-License-Identifier: Apache-2.0 */
/* The verdict, and the order in which things are shown; see report.h. */
#include "report/report.h"

#include <stdlib.h>
#include <string.h>

#include <uthash.h>

#include "base/mem.h"
#include "report/report_private.h"

/* Whoever names the regions does not depend on an account's own list, once they were tried. */
static bool
report_needs_list(const struct report *r, const char *id)
{
	const struct world_account *account = world_find_account(r->world, id);

	return !r->regions_are_given || account == NULL || account->regions == NULL;
}

/* Status, keys and buckets that could not be seen have unknown findings of their own. */
bool
report_is_gap(const struct report *r, const struct coverage_row *row)
{
	if (row->state != COVERAGE_BLIND && row->state != COVERAGE_STALE)
		return false;
	return row->collector == COLLECT_ACCOUNTS || row->collector == COLLECT_TRAILS ||
	    (row->collector == COLLECT_REGIONS && report_needs_list(r, row->account));
}

/* Every region that was meant to be seen was, and there was one. */
static bool
report_has_seen_all(const struct report *r)
{
	bool has_seen = false;

	for (size_t i = 0; i < r->coverage->count; i++) {
		const struct coverage_row *row = &r->coverage->row[i];

		if (report_is_gap(r, row))
			return false;
		if (row->collector == COLLECT_TRAILS && row->state == COVERAGE_FRESH)
			has_seen = true;
	}
	return has_seen;
}

enum verdict
report_verdict(const struct report *r)
{
	enum verdict verdict = report_has_seen_all(r) ? VERDICT_PASS : VERDICT_UNKNOWN;

	for (size_t i = 0; i < r->observations->count; i++) {
		const struct observation *o = &r->observations->row[i];

		if (o->severity < r->fail_on)
			continue;
		if (o->verdict == VERDICT_FAIL)
			return VERDICT_FAIL;
		if (o->verdict == VERDICT_UNKNOWN)
			verdict = VERDICT_UNKNOWN;
	}
	return verdict;
}

static int
report_compare_findings(const void *pa, const void *pb)
{
	const struct observation *a = *(const struct observation *const *)pa;
	const struct observation *b = *(const struct observation *const *)pb;
	int order = (int)b->severity - (int)a->severity;

	if (order == 0)
		order = strcmp(a->account, b->account);
	if (order == 0)
		order = strcmp(a->region, b->region);
	if (order == 0)
		order = strcmp(a->resource, b->resource);
	return order != 0 ? order : (int)a->rule - (int)b->rule;
}

const struct observation **
report_findings(const struct report *r, size_t *ret_count)
{
	const struct observation **list = mem_alloc(r->observations->count + 1, sizeof(*list));
	size_t count = 0;

	for (size_t i = 0; i < r->observations->count; i++) {
		const struct observation *o = &r->observations->row[i];

		if (o->verdict == VERDICT_FAIL || o->verdict == VERDICT_UNKNOWN)
			list[count++] = o;
	}
	qsort(list, count, sizeof(*list), report_compare_findings);
	*ret_count = count;
	return list;
}

static int
report_compare_trails(const void *pa, const void *pb)
{
	const struct trail *a = &(*(const struct world_trail *const *)pa)->trail;
	const struct trail *b = &(*(const struct world_trail *const *)pb)->trail;
	int order = strcmp(a->account, b->account);

	if (order == 0)
		order = strcmp(a->home_region, b->home_region);
	return order != 0 ? order : strcmp(a->arn, b->arn);
}

const struct world_trail **
report_trails(const struct world *world, size_t *ret_count)
{
	const struct world_trail *first = world_trails(world), **list;
	size_t count = 0;

	list = mem_alloc(HASH_COUNT(first) + 1, sizeof(*list));
	for (const struct world_trail *t = first; t != NULL; t = t->hh.next)
		list[count++] = t;
	qsort(list, count, sizeof(*list), report_compare_trails);
	*ret_count = count;
	return list;
}
