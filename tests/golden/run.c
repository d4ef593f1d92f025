/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Golden cases: the replies in tests/golden/rules/CASE/replies go through parse, world and rules,
 * and what was observed is compared with CASE/expect, word for word. `run --write` writes what it
 * sees to the files instead: then look at the difference before it is committed.
 */
#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "golden/replies.h"
#include "rules/rules.h"

static char *
case_path(const char *name, const char *file)
{
	const char *top = getenv("top_srcdir");
	char *path;

	if (asprintf(&path, "%s/tests/golden/rules/%s/%s", top ? top : ".", name, file) < 0)
		err(1, NULL);
	return path;
}

static char *
read_file(const char *path)
{
	FILE *f = fopen(path, "r");
	struct buf text;
	char part[4096];
	size_t n;

	buf_init(&text, 1 << 20);
	while (f != NULL && (n = fread(part, 1, sizeof(part), f)) > 0)
		buf_add(&text, part, n);
	if (f != NULL)
		fclose(f);
	return buf_steal(&text);
}

static void
write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	if (f == NULL || fputs(text, f) < 0 || fclose(f) != 0)
		err(1, "%s", path);
}

static int
compare(const void *pa, const void *pb)
{
	const struct observation *a = pa, *b = pb;
	int order = strcmp(a->account, b->account);

	if (order == 0)
		order = (a->rule > b->rule) - (a->rule < b->rule);
	if (order == 0)
		order = strcmp(a->region, b->region);
	return order ? order : strcmp(a->resource, b->resource);
}

/* What passed in one line, the rest with its evidence. */
static void
show(struct buf *out, const struct observation *o)
{
	buf_addf(out, "%s %s %s %s %s %s\n", verdict_name(o->verdict), rule_name(o->rule),
	    severity_name(o->severity), o->account, *o->region ? o->region : "-", o->resource);
	if (o->verdict == VERDICT_PASS)
		return;
	buf_addf(out, "\t%s\n", o->summary);
	for (size_t i = 0; i < o->fact_count; i++)
		buf_addf(out, "\t%s = %s\n", o->facts[i].name, o->facts[i].value);
	if (o->source.call != NULL)
		buf_addf(out, "\tby %s %s %s\n", o->source.call, o->source.account,
		    o->source.region);
	if (o->remediation != NULL)
		buf_addf(out, "\t$ %s\n", o->remediation);
}

static void
judge(const char *replies, struct buf *out)
{
	struct arena *arena = arena_new();
	struct world *world = world_new();
	struct observations seen;
	struct rules_settings settings;

	replies_take(world, arena, replies);
	rules_settings_init(&settings);
	observations_init(&seen, arena);
	rules_judge(&settings, world, REPLIES_NOW_MS, &seen);
	qsort(seen.row, seen.count, sizeof(*seen.row), compare);
	for (size_t i = 0; i < seen.count; i++)
		show(out, &seen.row[i]);
	observations_done(&seen);
	world_free(world);
	arena_free(arena);
}

/* Prints the first line that differs; true when there is none. */
static bool
is_same(const char *name, const char *expected, const char *seen)
{
	for (unsigned line = 1;; line++) {
		size_t a = strcspn(expected, "\n"), b = strcspn(seen, "\n");

		if (a != b || strncmp(expected, seen, a) != 0 || expected[a] != seen[b]) {
			printf("FAIL %s:%u\n  expected: %.*s\n  seen:     %.*s\n", name, line,
			    (int)a,
			    expected, (int)b, seen);
			return false;
		}
		if (expected[a] == '\0')
			return true;
		expected += a + 1;
		seen += b + 1;
	}
}

static bool
run(const char *name, bool write)
{
	char *replies_path = case_path(name, "replies"), *expect_path = case_path(name, "expect");
	char *replies = read_file(replies_path), *expected = read_file(expect_path);
	bool same = true;
	struct buf seen;

	if (*replies == '\0')
		errx(1, "%s: no replies", name);
	buf_init(&seen, 1 << 20);
	judge(replies, &seen);
	if (write)
		write_file(expect_path, buf_text(&seen));
	else
		same = is_same(name, expected, buf_text(&seen));
	buf_done(&seen);
	free(replies);
	free(expected);
	free(replies_path);
	free(expect_path);
	return same;
}

int
main(int argc, char **argv)
{
	bool write = argc == 2 && strcmp(argv[1], "--write") == 0;
	char *folder = case_path("", "");
	struct dirent **names;
	int count = scandir(folder, &names, NULL, alphasort), run_count = 0, failed = 0;

	if (count < 0)
		err(1, "%s", folder);
	for (int i = 0; i < count; i++) {
		if (names[i]->d_name[0] != '.') {
			run_count++;
			failed += !run(names[i]->d_name, write);
		}
		free(names[i]);
	}
	free(names);
	free(folder);
	printf("%d cases, %d failed\n", run_count, failed);
	return failed > 0 || run_count == 0;
}
