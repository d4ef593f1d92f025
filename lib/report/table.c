/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The report for people: one line that says it all, what fails and how to mend it, what is
 * unknown and why, what could not be seen, and the trails. What is unknown for one reason is one
 * entry, however many rules and resources it concerns.
 */
#include "report/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uthash.h>

#include "base/mem.h"
#include "base/names.h"
#include "base/stamp.h"
#include "base/text.h"
#include "report/report_private.h"

#define TABLE_CELLS	5
#define TABLE_BODY	12	/* where the text of an entry begins: behind its severity; */
#define TABLE_BODY_NARROW 4	/* on narrow paper farther to the left */
#define TABLE_NARROW	100	/* columns */

/* Findings that are shown as one entry: neighbours in a sorted list. */
struct entry {
	const struct observation *const *row;
	size_t			 count;
	const struct observation *worst;	/* by severity */
};

/* In the order of their sections. */
struct table_findings {
	const struct observation **list;	/* the failing ones; freed with free() */
	size_t			 fail_count;
	const struct observation **unknown;	/* the others; likewise */
	size_t			 unknown_count;
};

/* "5 trails" */
static void
table_add_number(struct buf *out, size_t number, const char *what, const char *behind)
{
	buf_addf(out, "%zu %s%s%s", number, what, number == 1 ? "" : "s", behind);
}

static size_t
table_count_regions(const struct report *r)
{
	size_t count = 0;

	for (size_t i = 0; i < r->coverage->count; i++)
		count += r->coverage->row[i].collector == COLLECT_TRAILS &&
		    r->coverage->row[i].state == COVERAGE_FRESH;
	return count;
}

static void
table_add_counts(const struct report *r, const struct table_findings *f, struct buf *out)
{
	const struct world_account *accounts = world_accounts(r->world);
	const struct world_trail *trails = world_trails(r->world);
	const struct world_key *keys = world_keys(r->world);
	size_t gaps = report_count_gaps(r);
	char took[64];

	buf_addf(out, "%zu failing, %zu unknown", f->fail_count, f->unknown_count);
	if (gaps > 0)
		buf_addf(out, ", %zu not seen", gaps);
	buf_adds(out, ": ");
	table_add_number(out, HASH_COUNT(accounts), "account", ", ");
	table_add_number(out, table_count_regions(r), "region", ", ");
	table_add_number(out, HASH_COUNT(trails), "trail", ", ");
	table_add_number(out, HASH_COUNT(keys), "key", " in ");
	buf_adds(out, duration_describe(r->finished_ms - r->started_ms, took, sizeof(took)));
}

/* "FAIL  3 failing, 2 unknown: 2 accounts, 34 regions, 5 trails, 4 keys in 12 seconds" */
static void
table_add_summary(const struct report *r, const struct table_findings *f, struct paper *p)
{
	static const enum ink inks[] = {
		[VERDICT_PASS] = INK_GOOD, [VERDICT_FAIL] = INK_WORST, [VERDICT_UNKNOWN] = INK_DOUBT,
	};
	static const char *const words[] = {
		[VERDICT_PASS] = "PASS", [VERDICT_FAIL] = "FAIL", [VERDICT_UNKNOWN] = "UNKNOWN",
	};
	enum verdict verdict = report_verdict(r);
	struct buf text;

	buf_init(&text, 1024);
	table_add_counts(r, f, &text);
	paper_add(p, inks[verdict], words[verdict], strlen(words[verdict]));
	buf_adds(p->out, "  ");
	paper_wrap_on(p, strlen(words[verdict]) + 2, buf_text(&text));
	buf_done(&text);
}

/* Within its account and region, which stand beside it, the last part of an ARN is enough. */
static const char *
table_resource(const struct observation *o)
{
	struct arn arn;

	if (arn_parse(o->resource, &arn) && name_part_is(arn.account, o->account) &&
	    name_part_is(arn.region, o->region))
		return arn.resource.text;
	return o->resource;
}

/* A column of an entry: what all have in common, or how many there are. */
static void
table_set_common(struct cell *cell, const struct entry *e,
    const char *(*get)(const struct observation *), const char *what)
{
	for (size_t i = 1; i < e->count; i++) {
		if (strcmp(get(e->row[i]), get(e->row[0])) != 0) {
			cell_setf(cell, INK_PLAIN, "several %s", what);
			return;
		}
	}
	cell_set(cell, INK_PLAIN, get(e->row[0]));
}

static const char *
table_rule(const struct observation *o)
{
	return rule_name(o->rule);
}

static const char *
table_region(const struct observation *o)
{
	return o->region[0] != '\0' ? o->region : "-";
}

static void
table_row(const struct entry *e, struct cell row[TABLE_CELLS])
{
	enum severity severity = e->worst->severity;

	cell_set(&row[0], paper_ink_of_severity(severity), severity_name(severity));
	table_set_common(&row[1], e, table_rule, "rules");
	row[1].ink = INK_HEAD;
	cell_set(&row[2], INK_PLAIN, e->worst->account);
	table_set_common(&row[3], e, table_region, "regions");
	table_set_common(&row[4], e, table_resource, "resources");
}

static void
table_head(struct cell row[TABLE_CELLS])
{
	static const char *const heads[TABLE_CELLS] = {
		"SEVERITY", "RULE", "ACCOUNT", "REGION", "RESOURCE",
	};

	for (size_t i = 0; i < TABLE_CELLS; i++)
		cell_set(&row[i], INK_FAINT, heads[i]);
}

/* The reason of an unknown one: a fact; else all that was said. */
static const char *
table_reason(const struct observation *o)
{
	for (size_t i = 0; i < o->fact_count; i++)
		if (strcmp(o->facts[i].name, "reason") == 0)
			return o->facts[i].value;
	return o->summary;
}

static int
table_compare_reasons(const void *pa, const void *pb)
{
	const struct observation *a = *(const struct observation *const *)pa;
	const struct observation *b = *(const struct observation *const *)pb;
	int order = strcmp(a->account, b->account);

	if (order == 0)
		order = strcmp(table_reason(a), table_reason(b));
	if (order == 0)
		order = (int)a->rule - (int)b->rule;
	if (order == 0)
		order = strcmp(a->region, b->region);
	return order != 0 ? order : strcmp(a->resource, b->resource);
}

static bool
table_are_alike(const struct observation *a, const struct observation *b)
{
	return a->verdict == VERDICT_UNKNOWN && strcmp(a->account, b->account) == 0 &&
	    strcmp(table_reason(a), table_reason(b)) == 0;
}

/* The entry at the beginning of a list: a failure stands alone. */
static struct entry
table_entry(const struct observation *const *list, size_t count)
{
	struct entry e = { list, 1, list[0] };

	while (e.count < count && table_are_alike(list[0], list[e.count])) {
		if (list[e.count]->severity > e.worst->severity)
			e.worst = list[e.count];
		e.count++;
	}
	return e;
}

static int
table_compare_entries(const void *pa, const void *pb)
{
	const struct entry *a = pa, *b = pb;
	int order = (int)b->worst->severity - (int)a->worst->severity;

	return order != 0 ? order : a->row < b->row ? -1 : a->row > b->row;
}

/* "key-disabled, key-missing (2)": each rule once; those of an entry are sorted by rule. */
static void
table_add_rules(const struct entry *e, struct buf *out)
{
	size_t alike;

	buf_adds(out, "not judged: ");
	for (size_t i = 0; i < e->count; i += alike) {
		for (alike = 1; i + alike < e->count && e->row[i + alike]->rule == e->row[i]->rule;)
			alike++;
		buf_addf(out, "%s%s", i > 0 ? ", " : "", rule_name(e->row[i]->rule));
		if (alike > 1)
			buf_addf(out, " (%zu)", alike);
	}
}

/*
 * What was found, with the name of the resource, and how to mend it; of several findings what they
 * have in common. `resource` is NULL when it stands above already.
 */
static void
table_add_body(const struct entry *e, const char *resource, struct paper *p)
{
	const struct observation *o = e->row[0];
	size_t indent = p->columns > 0 && p->columns < TABLE_NARROW ? TABLE_BODY_NARROW : TABLE_BODY;
	struct buf rules;

	if (e->count == 1) {
		paper_wrap(p, indent, INK_PLAIN, o->summary);
		if (o->remediation != NULL)
			paper_command(p, indent, o->remediation);
		return;
	}
	buf_init(&rules, 65536);
	table_add_rules(e, &rules);
	if (resource != NULL)
		paper_wrap(p, indent, INK_PLAIN, resource);
	paper_wrap(p, indent, INK_PLAIN, table_reason(o));
	paper_wrap(p, indent, INK_FAINT, buf_text(&rules));
	buf_done(&rules);
}

/* Where the last column finds no room it is left out. */
static void
table_add_entries(const struct entry *list, size_t count, struct paper *p)
{
	struct cell row[TABLE_CELLS];
	struct grid grid = { .count = 0 };
	size_t cells;

	table_head(row);
	grid_fit(&grid, row, TABLE_CELLS);
	for (size_t i = 0; i < count; i++) {
		table_row(&list[i], row);
		grid_fit(&grid, row, TABLE_CELLS);
	}
	cells = p->columns > 0 && grid_width(&grid) > p->columns ? TABLE_CELLS - 1 : TABLE_CELLS;
	table_head(row);
	paper_row(p, &grid, row, cells);
	for (size_t i = 0; i < count; i++) {
		table_row(&list[i], row);
		paper_row(p, &grid, row, cells);
		table_add_body(&list[i], cells < TABLE_CELLS ? row[cells].text : NULL, p);
	}
}

/* A section: findings that come in the order of their entries, worst entries first. */
static void
table_add_section(const char *heading, const struct observation *const *list, size_t count,
    struct paper *p)
{
	struct entry *entries = mem_alloc(count + 1, sizeof(*entries));
	size_t entry_count = 0;

	for (size_t i = 0; i < count; i += entries[entry_count++].count)
		entries[entry_count] = table_entry(list + i, count - i);
	qsort(entries, entry_count, sizeof(*entries), table_compare_entries);
	if (count > 0) {
		paper_heading(p, "%s (%zu)", heading, count);
		table_add_entries(entries, entry_count, p);
	}
	free(entries);
}

/* What is not told by the section on what was not seen, failing ones first. */
static struct table_findings
table_findings(const struct report *r)
{
	struct table_findings f = { .fail_count = 0 };
	size_t count, unknowns = 0;
	const struct observation **unknown;

	f.list = report_findings(r, &count);
	unknown = mem_alloc(count + 1, sizeof(*unknown));
	for (size_t i = 0; i < count; i++) {
		if (f.list[i]->verdict == VERDICT_FAIL)
			f.list[f.fail_count++] = f.list[i];
		else if (!report_gaps_tell(r, f.list[i]))
			unknown[unknowns++] = f.list[i];
	}
	qsort(unknown, unknowns, sizeof(*unknown), table_compare_reasons);
	f.unknown = unknown;
	f.unknown_count = unknowns;
	return f;
}

void
report_add_table(const struct report *r, struct buf *out)
{
	struct paper p = { out, r->columns, r->has_colour };
	struct table_findings f = table_findings(r);

	table_add_summary(r, &f, &p);
	table_add_section("FAILING", f.list, f.fail_count, &p);
	table_add_section("UNKNOWN", f.unknown, f.unknown_count, &p);
	report_add_gaps(r, &p);
	report_add_trails(r, &p);
	free(f.unknown);
	free(f.list);
}
