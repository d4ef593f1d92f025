/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records that are not as they should be: each value of each record in turn left out, made null, of
 * another type, another text. Whatever is matched then is what the record was about. And records
 * that were made by real calls; they are other people's data and not part of the source: without
 * TRAILSEAL_SHARED this part skips.
 */
#include "unit/rules_events_scene.h"

#include <stdio.h>

#include "base/names.h"
#include "wire/json_write.h"

enum change {
	CHANGE_DROP, CHANGE_NULL, CHANGE_NUMBER, CHANGE_BOOL, CHANGE_EMPTY, CHANGE_TEXT, CHANGE_LIST,
	CHANGE_OBJECT, CHANGE_LONGER, CHANGE_SHORTER, CHANGE_NUL, CHANGES
};

/* Writes a tree anew with one of its values changed. */
struct changer {
	struct json_writer	*w;
	unsigned		 at, target;	/* values counted so far; the one to change */
	enum change		 change;
};

static void
change_write(struct changer *c, const struct json *v)
{
	char text[600];

	switch (c->change) {
	case CHANGE_NULL:
		json_write_null(c->w);
		return;
	case CHANGE_NUMBER:
		json_write_number(c->w, "12345678901234567890");
		return;
	case CHANGE_BOOL:
		json_write_bool(c->w, true);
		return;
	case CHANGE_EMPTY:
		json_write_string(c->w, "");
		return;
	case CHANGE_LIST:
		json_write_array(c->w);
		json_write_string_n(c->w, v->text ? v->text : "", v->text_len);
		json_write_end_array(c->w);
		return;
	case CHANGE_OBJECT:
		json_write_object(c->w);
		json_write_end_object(c->w);
		return;
	case CHANGE_LONGER:
		snprintf(text, sizeof(text), "%sx", v->text ? v->text : "");
		json_write_string(c->w, text);
		return;
	case CHANGE_SHORTER:
		json_write_string_n(c->w, v->text ? v->text : "", v->text_len / 2);
		return;
	case CHANGE_NUL:
		snprintf(text, sizeof(text), "%s", v->text ? v->text : "");
		json_write_string_n(c->w, text, strlen(text) + 1);
		return;
	default:
		json_write_string(c->w, "arn:aws:kms:us-east-1:111122223333:key/x");
	}
}

static void	change_copy(struct changer *, const struct json *);

static void
change_copy_children(struct changer *c, const struct json *v)
{
	json_foreach(item, v) {
		bool is_target = c->at + 1 == c->target;

		if (is_target && c->change == CHANGE_DROP) {
			c->at++;
			continue;
		}
		if (item->name != NULL)
			json_write_key(c->w, item->name);
		change_copy(c, item);
	}
}

static void
change_copy(struct changer *c, const struct json *v)
{
	if (++c->at == c->target) {
		change_write(c, v);
	} else if (v->type == JSON_OBJECT) {
		json_write_object(c->w);
		change_copy_children(c, v);
		json_write_end_object(c->w);
	} else if (v->type == JSON_ARRAY) {
		json_write_array(c->w);
		change_copy_children(c, v);
		json_write_end_array(c->w);
	} else {
		json_write_tree(c->w, v);
	}
}

/* False when there is no such value any more. */
static bool
change_try(struct events_scene *s, const struct json *record, const struct events_case *c,
    unsigned target, enum change change, unsigned *matches)
{
	struct changer changer = { .target = target, .change = change };
	struct arena *arena = arena_new();
	const struct json *json;
	struct events_match m;
	struct event event;
	struct buf text;
	struct err err;

	buf_init(&text, 1 << 20);
	changer.w = json_writer_new(&text, false);
	change_copy(&changer, record);
	json_writer_free(changer.w);
	assert_int_equal(json_parse(arena, text.data, text.len, &json, &err), 0);
	if (parse_record(arena, json, &event, &err) == 0 &&
	    events_match(&s->scene.settings, &s->watched, &event, arena, &m)) {
		events_check(&m);
		++*matches;
		if (c != NULL && strcmp(m.resource, c->resource) != 0)
			fail_msg("%s is matched by %s", m.resource, buf_text(&text));
	}
	buf_done(&text);
	arena_free(arena);
	return changer.at >= target;
}

static const struct json *
read_record(struct arena *arena, const char *record)
{
	const struct json *json = NULL;
	struct buf text;
	struct err err;

	buf_init(&text, 1 << 20);
	buf_addc(&text, '{');
	for (const char *p = record; *p != '\0'; p++)
		buf_addc(&text, *p == '\'' ? '"' : *p);
	buf_addc(&text, '}');
	assert_int_equal(json_parse(arena, text.data, text.len, &json, &err), 0);
	buf_done(&text);
	return json;
}

static void
test_changed(void **state)
{
	unsigned tries = 0, matches = 0;
	struct events_scene s;

	(void)state;
	events_begin(&s);
	for (size_t i = 0; i < COUNT(events_cases); i++) {
		const struct json *record = read_record(s.scene.arena, events_cases[i].record);

		for (enum change change = 0; change < CHANGES; change++)
			for (unsigned target = 2; change_try(&s, record, &events_cases[i], target,
			         change, &matches); target++)
				tries++;
	}
	events_end(&s);
	print_message("%u changed records, %u of them still matched\n", tries, matches);
	assert_true(matches > tries / 4 && matches < tries);
}

/* ---- recorded ones ---- */

/*
 * What real records are about, one line each: it is put into a world of its own, in which it must
 * be found, by the ARN that is to come out.
 */
static const struct recorded {
	const char	*source, *name;
	const char	*actor;		/* begins so */
	enum rule_id	 rule;
} recorded[] = {
	{ "kms", "DisableKey", "arn:aws:sts::", RULE_EVENT_KEY_DISABLED },
	{ "kms", "ScheduleKeyDeletion", "arn:aws:sts::", RULE_EVENT_KEY_DELETION_SCHEDULED },
	{ "kms", "PutKeyPolicy", "arn:aws:sts::", RULE_EVENT_KEY_POLICY_CHANGED },
	{ "kms", "Decrypt", "arn:aws:", RULE_EVENT_KEY_USED },
	{ "kms", "GenerateDataKey", "arn:aws:", RULE_EVENT_KEY_USED },
	{ "cloudtrail", "StopLogging", "arn:aws:", RULE_EVENT_TRAIL_STOPPED },
	{ "cloudtrail", "StartLogging", "arn:aws:", RULE_EVENT_TRAIL_STARTED },
	{ "cloudtrail", "DeleteTrail", "arn:aws:", RULE_EVENT_TRAIL_DELETED },
	{ "cloudtrail", "PutEventSelectors", "arn:aws:", RULE_EVENT_TRAIL_SELECTORS_CHANGED },
};

static const struct recorded *
recorded_find(const struct event *e)
{
	for (size_t i = 0; i < COUNT(recorded); i++)
		if (strncmp(e->source, recorded[i].source, strlen(recorded[i].source)) == 0 &&
		    strcmp(e->name, recorded[i].name) == 0)
			return &recorded[i];
	return NULL;
}

/* The subject by another way than the matcher's: any key ARN of KMS's record, else its trail. */
static const char *
recorded_subject(struct arena *a, const struct event *e)
{
	const char *name = event_text(e, EVENT_REQUEST, "name");
	struct arn arn;

	for (size_t i = 0; i < e->resource_count; i++)
		if (strcmp(e->source, "kms.amazonaws.com") == 0 &&
		    arn_parse_key(e->resources[i].arn, &arn))
			return e->resources[i].arn;
	for (size_t i = 0; i < e->value_count; i++)
		if (arn_parse_key(e->values[i].text, &arn) || arn_parse_trail(e->values[i].text, &arn))
			return e->values[i].text;
	if (name == NULL)
		name = event_text(e, EVENT_REQUEST, "trailName");
	return name == NULL ? NULL : arena_printf(a, "arn:aws:cloudtrail:%s:%s:trail/%s", e->region,
	    e->account, name);
}

static void
recorded_check(struct arena *a, const struct event *e, unsigned *matches)
{
	const struct recorded *expected = recorded_find(e);
	const char *subject = recorded_subject(a, e);
	struct arn arn;
	struct events_once once = {
		subject != NULL && arn_parse_key(subject, &arn) ? SUBJECT_KEY : SUBJECT_TRAIL,
		subject ? subject : "",
	};
	struct world *world = world_new();
	struct events_watched watched = { world, NULL, 0 };
	struct rules_settings settings;
	struct events_match m;

	rules_settings_init(&settings);
	settings.rule[RULE_EVENT_KEY_USED].is_enabled = true;
	assert_false(events_match(&settings, &watched, e, a, &m));
	watched.once = &once;
	watched.once_count = 1;
	if (expected != NULL && subject != NULL) {
		if (!events_match(&settings, &watched, e, a, &m))
			fail_msg("%s %s of %s is not matched", e->id, e->name, subject);
		events_check(&m);
		assert_int_equal(m.rule, expected->rule);
		assert_string_equal(m.resource, subject);
		if (e->actor.arn != NULL)
			assert_memory_equal(m.actor, expected->actor, strlen(expected->actor));
		assert_int_equal(m.outcome == EVENT_DONE, e->error_code == NULL);
		++*matches;
	}
	world_free(world);
}

static bool
recorded_is_whole(const struct json *record)
{
	const struct json *time = json_member(record, "eventTime");

	return json_member(record, "eventID") != NULL && time != NULL && strchr(time->text, 'T') != NULL;
}

static void
recorded_line(struct events_scene *s, const char *line, size_t len, unsigned *read,
    unsigned *matches)
{
	struct arena *a = arena_new();
	const struct json *json = NULL, *record;
	unsigned changed = 0;
	struct event event;
	struct err err;
	int ret;

	assert_int_equal(json_parse(a, line, len, &json, &err), 0);
	record = json_member(json, "record");
	ret = parse_record(a, record, &event, &err);
	if ((ret == 0) != recorded_is_whole(record))
		fail_msg("%.200s: %s", line, ret < 0 ? err.text : "read");
	if (ret == 0) {
		++*read;
		recorded_check(a, &event, matches);
	}
	for (enum change change = 0; change < CHANGES; change++)
		for (unsigned target = 2; change_try(s, record, NULL, target, change, &changed);)
			target++;
	assert_int_equal(changed, 0);
	arena_free(a);
}

static void
test_recorded(void **state)
{
	const char *shared = getenv("TRAILSEAL_SHARED");
	unsigned lines = 0, read = 0, matches = 0;
	char path[4096], *line = NULL;
	struct events_scene s;
	size_t size = 0;
	FILE *f;

	(void)state;
	snprintf(path, sizeof(path), "%s/data/events.jsonl", shared ? shared : "");
	f = shared ? fopen(path, "r") : NULL;
	if (f == NULL) {
		print_message("no recorded events: TRAILSEAL_SHARED is not set or lacks %s\n",
		    "data/events.jsonl");
		skip();
	}
	events_begin(&s);
	for (ssize_t len; (len = getline(&line, &size, f)) > 0; lines++)
		recorded_line(&s, line, (size_t)len, &read, &matches);
	events_end(&s);
	free(line);
	fclose(f);
	print_message("%u of %u recorded events read, %u matched\n", read, lines, matches);
	assert_true(read > 0 && matches > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_changed),
		cmocka_unit_test(test_recorded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
