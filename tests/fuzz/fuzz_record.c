/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any text as a CloudTrail record, a page of them, or a message of a queue; the first byte chooses.
 * What is read must hold what the model promises, and is put to the event rules: nothing matches
 * but what is watched.
 */
#include "fuzz/fuzz.h"

#include <assert.h>
#include <string.h>

#include "base/stamp.h"
#include "parse/parse.h"
#include "parse/record.h"
#include "rules/events.h"

#define ACCOUNT	"111122223333"
#define TRAIL	"arn:aws:cloudtrail:us-east-1:111122223333:trail/main"
#define KEY	"arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
#define BUCKET	"example-logs"

static struct world *
world(void)
{
	static const struct source source = { "test", ACCOUNT, "us-east-1", 1, "" };
	static const struct trail trail = {
		.arn = TRAIL, .name = "main", .account = ACCOUNT, .home_region = "us-east-1",
		.bucket = BUCKET, .kms_key_id = KEY,
	};
	static struct world *w;
	struct world_account *account;

	if (w != NULL)
		return w;
	w = world_new();
	account = world_add_account(w, ACCOUNT, NULL);
	world_set_trails(w, world_add_region(w, account, "us-east-1", TRI_YES), &trail, 1, &source,
	    NULL);
	return w;
}

static bool
is_watched(const char *resource)
{
	return strcmp(resource, TRAIL) == 0 || strcmp(resource, KEY) == 0 ||
	    strcmp(resource, "arn:aws:s3:::" BUCKET) == 0 || strcmp(resource, ACCOUNT) == 0 ||
	    strcmp(resource, "arn:aws:iam::" ACCOUNT ":role/trailseal") == 0;
}

static void
judge(struct arena *arena, const struct event *event)
{
	static const char *const patterns[] = { "arn:aws:iam::*:role/ops" };
	static const struct rules_role role = { NULL, "trailseal" };
	struct events_watched watched = { .world = world() };
	struct rules_settings settings;
	struct events_match m;

	rules_settings_init(&settings);
	settings.rule[RULE_EVENT_KEY_USED].is_enabled = true;
	settings.events = (struct rules_event_settings){
		.expected_principals = patterns, .expected_principal_count = 1,
		.roles = &role, .role_count = 1,
	};
	if (!events_match(&settings, &watched, event, arena, &m))
		return;
	assert(rule_is_event(m.rule) && is_watched(m.resource));
	assert(m.summary[0] != '\0' && strchr(m.summary, '\n') == NULL);
	assert(m.outcome == EVENT_DONE || m.remediation == NULL);
}

static void
check(struct arena *arena, const struct event *e)
{
	assert(e->id[0] != '\0' && e->source[0] != '\0' && e->name[0] != '\0');
	assert(e->wall_ms != STAMP_UNKNOWN);
	assert(e->resource_count <= RECORD_RESOURCES_MAX && e->value_count <= RECORD_VALUES_MAX);
	assert(e->user_agent == NULL || strlen(e->user_agent) <= PARSE_TEXT_MAX);
	for (size_t i = 0; i < e->resource_count; i++)
		assert(e->resources[i].arn != NULL);
	for (size_t i = 0; i < e->value_count; i++)
		assert(strlen(e->values[i].text) == e->values[i].len);
	judge(arena, e);
}

static void
try_page(struct arena *arena, const struct json *json)
{
	struct record_page page;
	struct err err;

	if (parse_lookup_events(arena, json, &page, &err) < 0)
		return;
	assert(page.count + page.lost_count <= RECORD_PAGE_MAX);
	assert(page.oldest_wall_ms <= page.newest_wall_ms);
	for (size_t i = 0; i < page.lost_count; i++)
		assert(page.lost[i].why[0] != '\0');
	for (size_t i = 0; i < page.count; i++)
		check(arena, &page.events[i]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data + 1;
	const struct json *json;
	struct arena *arena;
	struct event event;
	struct err err;

	if (size == 0)
		return 0;
	arena = arena_new();
	if (data[0] == 'm') {
		if (parse_event_message(arena, text, size - 1, &event, &err) == 0)
			check(arena, &event);
	} else if (json_parse(arena, text, size - 1, &json, &err) == 0) {
		if (data[0] == 'p')
			try_page(arena, json);
		else if (parse_record(arena, json, &event, &err) == 0)
			check(arena, &event);
	}
	arena_free(arena);
	return 0;
}
