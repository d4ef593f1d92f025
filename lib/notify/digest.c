/* SPDX-License-Identifier: Apache-2.0 */
/* Many alerts as one list; see digest.h. */
#include "notify/digest.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* What this version does not know is as bad as it can be. */
static int
digest_rank(const struct alert *a)
{
	enum severity severity;

	if (!a->is_firing)
		return 0;
	return a->severity != NULL && severity_parse(a->severity, &severity) ? (int)severity :
	    (int)SEVERITY_CRITICAL;
}

static int
digest_compare_order(const struct digest_row *a, const struct digest_row *b)
{
	return (a->order > b->order) - (a->order < b->order);
}

static int
digest_compare_ids(const void *va, const void *vb)
{
	const struct digest_row *a = va, *b = vb;
	int by_id = strcmp(a->alert->id, b->alert->id);

	return by_id != 0 ? by_id : digest_compare_order(a, b);
}

static int
digest_compare_ranks(const void *va, const void *vb)
{
	const struct digest_row *a = va, *b = vb;

	return a->rank != b->rank ? b->rank - a->rank : digest_compare_order(a, b);
}

/* Keeps the last row of each finding; the rows are in the order of ids. */
static void
digest_keep_last(struct digest *d)
{
	size_t kept = 0;

	for (size_t i = 0; i < d->count; i++)
		if (i + 1 == d->count || strcmp(d->row[i].alert->id, d->row[i + 1].alert->id) != 0)
			d->row[kept++] = d->row[i];
	d->count = kept;
}

void
digest_init(struct digest *d, const struct alert *const *alerts, size_t count)
{
	*d = (struct digest){ .row = mem_alloc(count, sizeof(*d->row)), .count = count };
	for (size_t i = 0; i < count; i++)
		d->row[i] = (struct digest_row){ alerts[i], i, digest_rank(alerts[i]) };
	qsort(d->row, d->count, sizeof(*d->row), digest_compare_ids);
	digest_keep_last(d);
	qsort(d->row, d->count, sizeof(*d->row), digest_compare_ranks);
	for (size_t i = 0; i < d->count; i++)
		d->ranks[d->row[i].rank]++;
}

void
digest_done(struct digest *d)
{
	free(d->row);
}

void
digest_add_headline(const struct digest *d, struct buf *out)
{
	const char *before = ": ";

	buf_addf(out, "%zu finding%s", d->count, d->count == 1 ? "" : "s");
	for (int rank = SEVERITY_CRITICAL; rank >= 0; rank--) {
		if (d->ranks[rank] == 0)
			continue;
		buf_addf(out, "%s%zu %s", before, d->ranks[rank],
		    rank > 0 ? severity_name((enum severity)rank) : "resolved");
		before = ", ";
	}
}
