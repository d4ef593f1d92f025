/* SPDX-License-Identifier: Apache-2.0 */
/* CloudTrail LookupEvents: the event history by attribute and time, newest first, in pages. */
#include <string.h>

#include "awssim/answer.h"
#include "awssim/event_log.h"
#include "awssim/events.h"
#include "awssim/sim.h"
#include "base/stamp.h"
#include "base/text.h"

#define LOOKUP_PAGE	50
#define LOOKUP_KEPT_MS	(90LL * 24 * 3600 * 1000)
#define LOOKUP_MAX_VALUE	2000

/* What a LookupEvents asks for. */
struct lookup {
	const char	*key, *value;	/* NULL: every event */
	int64_t		 start_ms, end_ms;
	int64_t		 limit;
	uint64_t	 before;	/* place of the event behind the next one */
};

static bool
lookup_has_text(char *const *texts, const char *value)
{
	for (unsigned i = 0; i < CALL_MAX_RESOURCES; i++)
		if (texts[i] != NULL && strcmp(texts[i], value) == 0)
			return true;
	return false;
}

/* A key is also found by its id alone. */
static bool
lookup_has_resource_name(const struct event *e, const char *value)
{
	if (lookup_has_text(e->resource, value))
		return true;
	for (unsigned i = 0; i < CALL_MAX_RESOURCES; i++) {
		const char *slash = e->resource[i] ? strrchr(e->resource[i], '/') : NULL;

		if (slash != NULL && strcmp(slash + 1, value) == 0)
			return true;
	}
	return false;
}

static bool
lookup_admits(const struct lookup *l, const struct event *e)
{
	if (l->key == NULL)
		return true;
	if (strcmp(l->key, "EventId") == 0)
		return text_same(e->id, l->value);
	if (strcmp(l->key, "EventName") == 0)
		return text_same(e->name, l->value);
	if (strcmp(l->key, "EventSource") == 0)
		return text_same(e->source, l->value);
	if (strcmp(l->key, "Username") == 0)
		return text_same(e->username, l->value);
	if (strcmp(l->key, "AccessKeyId") == 0)
		return text_same(e->access_key, l->value);
	if (strcmp(l->key, "ReadOnly") == 0)
		return strcmp(e->is_read ? "true" : "false", l->value) == 0;
	if (strcmp(l->key, "ResourceType") == 0)
		return lookup_has_text(e->type, l->value);
	return lookup_has_resource_name(e, l->value);
}

/* The one attribute that may be given. */
static bool
lookup_take_attribute(struct call *c, struct lookup *l)
{
	static const char *const keys[] = { "EventId", "EventName", "ReadOnly", "Username",
		"ResourceType", "ResourceName", "EventSource", "AccessKeyId", NULL };
	const struct json *list = NULL, *item;
	const char *const *key = keys;
	struct err e = { 0 };

	if (json_get_array(c->params, "LookupAttributes", &list, &e) != 0 ||
	    (list != NULL && list->count > 0 &&
		(json_get_string(list->child, "AttributeKey", &l->key, &e) != 0 ||
		    json_get_string(list->child, "AttributeValue", &l->value, &e) != 0))) {
		answer_error(c, 400, "SerializationException", "%s", e.text);
		return false;
	}
	item = list ? list->child : NULL;
	if (item == NULL)
		return true;
	while (*key != NULL && !text_same(*key, l->key))
		key++;
	if (*key != NULL && l->value != NULL && l->value[0] != '\0' &&
	    strlen(l->value) <= LOOKUP_MAX_VALUE && list->count == 1)
		return true;
	answer_error(c, 400, "InvalidLookupAttributesException",
	    "One attribute with a known key and a value of 1 to 2000 characters is allowed.");
	return false;
}

/* A token is good for the very same question only: this is what they are told apart by. */
static uint64_t
lookup_purpose(struct call *c, const struct lookup *l)
{
	const char *question = arena_printf(c->arena, "%s|%s|%lld|%lld|%s|%s", l->key ? l->key : "",
	    l->value ? l->value : "", (long long)l->start_ms, (long long)l->end_ms, c->account->id,
	    c->region_name);
	unsigned char hash[CRYPTO_SHA256_BYTES];
	uint64_t purpose;

	crypto_sha256(question, strlen(question), hash);
	memcpy(&purpose, hash, sizeof(purpose));
	return purpose;
}

static bool
lookup_take(struct call *c, struct lookup *l, uint64_t *ret_purpose)
{
	const char *category = NULL;

	*l = (struct lookup){ .start_ms = STAMP_UNKNOWN,
		.end_ms = STAMP_UNKNOWN,
		.limit = LOOKUP_PAGE,
		.before = UINT64_MAX };
	if (!lookup_take_attribute(c, l) || !call_time(c, "StartTime", &l->start_ms) ||
	    !call_time(c, "EndTime", &l->end_ms) || !call_string(c, "EventCategory", &category))
		return false;
	if (!call_number(c, "MaxResults", INT64_MIN, INT64_MAX, &l->limit))
		return false;
	if (l->limit < 1 || l->limit > LOOKUP_PAGE)
		answer_error(
		    c, 400, "InvalidMaxResultsException", "MaxResults must be from 1 to 50.");
	else if (category != NULL)
		answer_error(c, 400, "InvalidEventCategoryException",
		    "Only management events are kept here.");
	else if (l->start_ms != STAMP_UNKNOWN && l->end_ms != STAMP_UNKNOWN &&
	    l->start_ms > l->end_ms)
		answer_error(
		    c, 400, "InvalidTimeRangeException", "StartTime is later than EndTime.");
	*ret_purpose = lookup_purpose(c, l);
	return !answer_is_error(c) &&
	    call_take_token(c, "NextToken", "InvalidNextTokenException", *ret_purpose, &l->before);
}

static void
lookup_write_event(struct call *c, const struct event *e)
{
	struct json_writer *w = answer_json(c);

	json_write_object(w);
	answer_member(c, "EventId", e->id);
	answer_member(c, "EventName", e->name);
	answer_member(c, "ReadOnly", e->is_read ? "true" : "false");
	answer_member(c, "AccessKeyId", e->access_key);
	answer_member_time(c, "EventTime", e->time_ms);
	answer_member(c, "EventSource", e->source);
	answer_member(c, "Username", e->username);
	json_write_key(w, "Resources");
	json_write_array(w);
	for (unsigned i = 0; i < CALL_MAX_RESOURCES && e->resource[i] != NULL; i++) {
		json_write_object(w);
		answer_member(c, "ResourceType", e->type[i]);
		answer_member(c, "ResourceName", e->resource[i]);
		json_write_end_object(w);
	}
	json_write_end_array(w);
	answer_member(c, "CloudTrailEvent", e->record);
	json_write_end_object(w);
}

/* Newest first, from the place in the token or from the end of the range. */
void
events_lookup(struct call *c)
{
	const struct event_log *log = events_log(c->account, c->region, false);
	struct lookup l;
	uint64_t purpose = 0;
	int64_t least_ms = c->now_ms - LOOKUP_KEPT_MS, written = 0;
	size_t at = 0;

	if (!lookup_take(c, &l, &purpose))
		return;
	if (l.start_ms != STAMP_UNKNOWN && l.start_ms > least_ms)
		least_ms = l.start_ms;
	if (log != NULL) {
		at = l.end_ms == STAMP_UNKNOWN ? log->count : events_place(log, l.end_ms);
		if (l.before < log->dropped + at)
			at = l.before < log->dropped ? 0 : (size_t)(l.before - log->dropped);
	}
	json_write_key(answer_json(c), "Events");
	json_write_array(answer_json(c));
	while (at > 0 && log->event[at - 1]->time_ms >= least_ms && written < l.limit) {
		const struct event *e = log->event[--at];

		if (e->arrived_ms + c->sim->event_delay_ms > c->now_ms || !lookup_admits(&l, e))
			continue;
		lookup_write_event(c, e);
		written++;
	}
	json_write_end_array(answer_json(c));
	answer_member(c, "NextToken",
	    written == l.limit && at > 0 && log->event[at - 1]->time_ms >= least_ms
		? call_make_token(c, purpose, log->dropped + at)
		: NULL);
}
