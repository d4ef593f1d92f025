/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the templates of etc/events-queue let EventBridge pass on is what the event rules know: a
 * rule whose events never reach the queue would be slow, and nobody would see why.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/text.h"
#include "rules/events_private.h"
#include "wire/json.h"
#include "wire/json_write.h"

#define PATTERN_MAX	2048	/* characters that EventBridge takes */

static const struct json *
load(struct arena *arena, const char *name)
{
	const char *top = getenv("top_srcdir");
	const struct json *json;
	char path[4096], *text = arena_alloc(arena, 65536);
	struct err err;
	FILE *f;

	snprintf(path, sizeof(path), "%s/etc/events-queue/%s", top ? top : ".", name);
	f = fopen(path, "r");
	assert_non_null(f);
	if (json_parse(arena, text, fread(text, 1, 65536, f), &json, &err) < 0)
		fail_msg("%s: %s", path, err.text);
	fclose(f);
	return json;
}

/* Follows member names; none may be missing. */
static const struct json *
member(const struct json *json, const char *const *names)
{
	for (; *names != NULL; names++)
		if ((json = json_member(json, *names)) == NULL)
			fail_msg("%s is missing", *names);
	return json;
}

#define MEMBER(json, ...)	member(json, (const char *const[]){ __VA_ARGS__, NULL })

static bool
holds(const struct json *list, const char *text)
{
	json_foreach(item, list)
		if (json_is(item, text))
			return true;
	return false;
}

/* "aws.kms" of "kms.amazonaws.com" */
static const struct events_row *
find_row(const struct json *sources, const char *name)
{
	json_foreach(source, sources) {
		const struct events_row *row;
		char text[80];

		assert_true(text_has_prefix(source->text, "aws."));
		snprintf(text, sizeof(text), "%s.amazonaws.com", source->text + 4);
		row = events_find_row(text, name);
		if (row != NULL)
			return row;
	}
	return NULL;
}

static void
expect_pattern(const struct json *pattern)
{
	const char *names[EVENTS_NAMES_MAX];
	const struct json *listed = MEMBER(pattern, "detail", "eventName");
	const struct json *sources = MEMBER(pattern, "source");
	struct rules_settings settings;
	struct json_writer *w;
	struct buf text;
	size_t count;

	rules_settings_init(&settings);
	count = events_names(&settings, ~0u, false, names);
	assert_true(count > 40);
	for (size_t i = 0; i < count; i++)
		if (!holds(listed, names[i]) || find_row(sources, names[i]) == NULL)
			fail_msg("the pattern does not let %s pass", names[i]);
	json_foreach(item, listed)
		if (find_row(sources, item->text) == NULL)
			fail_msg("no rule is about %s", item->text);
	assert_int_equal(listed->count, count);
	assert_true(holds(MEMBER(pattern, "detail-type"), "AWS API Call via CloudTrail"));
	assert_true(holds(MEMBER(pattern, "detail-type"), "AWS Service Event via CloudTrail"));

	buf_init(&text, PATTERN_MAX);
	w = json_writer_new(&text, false);
	json_write_tree(w, pattern);
	json_writer_free(w);
	assert_false(text.overflowed);
	buf_done(&text);
}

static void
test_terraform(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	expect_pattern(load(arena, "terraform/event-pattern.json"));
	arena_free(arena);
}

static void
test_cloudformation(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	expect_pattern(MEMBER(load(arena, "cloudformation.json"), "Resources", "Rule", "Properties",
	    "EventPattern"));
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_terraform),
		cmocka_unit_test(test_cloudformation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
