/* SPDX-License-Identifier: Apache-2.0 */
/* The event history and LookupEvents; see events.h. */
#include "awssim/events.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "awssim/answer.h"
#include "awssim/identity.h"
#include "awssim/record.h"
#include "awssim/sim.h"
#include "base/mem.h"
#include "base/stamp.h"
#include "base/text.h"

#define EVENTS_PAGE		50
#define EVENTS_KEPT_MS		(90LL * 24 * 3600 * 1000)
#define EVENTS_DROP		(EVENTS_MAX / 10)	/* at once, so that dropping stays cheap */
#define EVENTS_MAX_VALUE	2000

struct event {
	int64_t		 time_ms, arrived_ms;
	bool		 is_read;
	char		*id, *name, *source, *username, *access_key, *record;	/* ours; some NULL */
	char		*type[CALL_MAX_RESOURCES], *resource[CALL_MAX_RESOURCES];
};

/* One account's events in one region, in the order of their time. */
struct event_log {
	const struct region	*region;
	struct event		**event;
	size_t			 count, cap;
	uint64_t		 dropped;	/* so that places in tokens stay true */
	struct event_log	*next;
};

/* What a LookupEvents asks for. */
struct lookup {
	const char	*key, *value;	/* NULL: every event */
	int64_t		 start_ms, end_ms;
	int64_t		 limit;
	uint64_t	 before;	/* place of the event behind the next one */
};

static void
event_free(struct event *e)
{
	free(e->id);
	free(e->name);
	free(e->source);
	free(e->username);
	free(e->access_key);
	free(e->record);
	for (unsigned i = 0; i < CALL_MAX_RESOURCES; i++) {
		free(e->type[i]);
		free(e->resource[i]);
	}
	free(e);
}

void
events_free(struct account *account)
{
	while (account->events != NULL) {
		struct event_log *log = account->events;

		account->events = log->next;
		for (size_t i = 0; i < log->count; i++)
			event_free(log->event[i]);
		free(log->event);
		free(log);
	}
}

static struct event_log *
events_log(struct account *account, const struct region *region, bool make)
{
	struct event_log *log = account->events;

	while (log != NULL && log->region != region)
		log = log->next;
	if (log == NULL && make) {
		log = mem_alloc(1, sizeof(*log));
		log->region = region;
		log->next = account->events;
		account->events = log;
	}
	return log;
}

/* The place of the first event that is later than `time_ms`. */
static size_t
events_place(const struct event_log *log, int64_t time_ms)
{
	size_t low = 0, high = log->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (log->event[middle]->time_ms <= time_ms)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void
events_put(struct event_log *log, struct event *e)
{
	size_t at;

	if (log->count >= EVENTS_MAX) {
		for (size_t i = 0; i < EVENTS_DROP; i++)
			event_free(log->event[i]);
		log->count -= EVENTS_DROP;
		log->dropped += EVENTS_DROP;
		memmove(log->event, log->event + EVENTS_DROP, log->count * sizeof(*log->event));
	}
	log->event = mem_grow(log->event, log->count, &log->cap, sizeof(*log->event));
	at = events_place(log, e->time_ms);
	memmove(log->event + at + 1, log->event + at, (log->count - at) * sizeof(*log->event));
	log->event[at] = e;
	log->count++;
}

/* Calls that AWS turned away before they reached the service leave no event. */
static bool
events_wants(const struct call *c)
{
	const char *code = c->answer.code;

	if (!c->is_verified || c->operation == NULL || c->region == NULL ||
	    (c->operation->is_read && !c->world->records_reads))
		return false;
	return code == NULL || (c->answer.status < 500 && strstr(code, "Throttl") == NULL &&
	    strstr(code, "TooMany") == NULL && strncmp(code, "Unrecognized", 12) != 0 &&
	    strncmp(code, "ExpiredToken", 12) != 0 && strncmp(code, "InvalidSignature", 16) != 0);
}

void
events_record(struct call *c)
{
	struct event *e;
	char id[CRYPTO_UUID_SIZE];

	if (!events_wants(c))
		return;
	e = mem_alloc(1, sizeof(*e));
	e->time_ms = c->now_ms - c->now_ms % 1000;
	e->arrived_ms = c->now_ms;
	e->is_read = c->operation->is_read;
	e->id = mem_strdup(crypto_uuid(id));
	e->name = mem_strdup(c->operation->name);
	e->source = mem_strdup(record_source(c));
	e->username = mem_strdup(record_username(c));
	e->access_key = mem_strdup(c->who->access_key);
	e->record = record_make(c, e->id);
	for (unsigned i = 0; i < c->resources; i++) {
		e->type[i] = mem_strdup(c->resource[i].type);
		e->resource[i] = mem_strdup(c->resource[i].name);
	}
	events_put(events_log(c->account, c->region, true), e);
}

/* The envelope's members, from the record. */
static int
events_read_record(struct event *e, const struct json *record, struct err *err)
{
	const char *id = NULL, *name = NULL, *source = NULL, *iso = NULL, *key = NULL, *user = NULL;
	const struct json *identity = NULL, *resources = NULL;
	unsigned n = 0;

	if (json_get_string(record, "eventID", &id, err) != 0 ||
	    json_get_string(record, "eventName", &name, err) != 0 ||
	    json_get_string(record, "eventSource", &source, err) != 0 ||
	    json_get_string(record, "eventTime", &iso, err) != 0 ||
	    json_get_bool(record, "readOnly", &e->is_read, err) != 0 ||
	    json_get_object(record, "userIdentity", &identity, err) != 0 ||
	    json_get_array(record, "resources", &resources, err) != 0)
		return -1;
	if (id == NULL || name == NULL || source == NULL || iso == NULL ||
	    !stamp_parse_iso(iso, &e->time_ms))
		return err_set(err, ERR_MALFORMED, "a record needs eventID, eventName, eventSource, eventTime");
	if (identity != NULL && (json_get_string(identity, "accessKeyId", &key, err) != 0 ||
	    json_get_string(identity, "userName", &user, err) != 0))
		return -1;
	e->id = mem_strdup(id);
	e->name = mem_strdup(name);
	e->source = mem_strdup(source);
	e->username = mem_strdup(user);
	e->access_key = mem_strdup(key);
	if (resources == NULL)
		return 0;
	json_foreach(item, resources) {
		const char *arn = NULL, *type = NULL;

		if (item->type != JSON_OBJECT || n == CALL_MAX_RESOURCES ||
		    json_get_string(item, "ARN", &arn, err) != 0 ||
		    json_get_string(item, "type", &type, err) != 0 || arn == NULL)
			continue;
		e->type[n] = mem_strdup(type);
		e->resource[n++] = mem_strdup(arn);
	}
	return 0;
}

int
events_add_record(struct account *account, const struct region *region, const struct json *record,
    int64_t now_ms, struct err *err)
{
	struct event *e = mem_alloc(1, sizeof(*e));
	struct json_writer *w;
	struct buf text;

	if (events_read_record(e, record, err) != 0) {
		event_free(e);
		return -1;
	}
	buf_init(&text, CALL_MAX_ANSWER);
	w = json_writer_new(&text, false);
	answer_tree(w, record, false);
	json_writer_free(w);
	e->arrived_ms = now_ms;
	e->record = buf_steal(&text);
	events_put(events_log(account, region, true), e);
	return 0;
}

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
	static const char *const keys[] = { "EventId", "EventName", "ReadOnly", "Username", "ResourceType",
		"ResourceName", "EventSource", "AccessKeyId", NULL };
	const struct json *list = NULL, *item;
	const char *const *key = keys;
	struct err e = { 0 };

	if (json_get_array(c->params, "LookupAttributes", &list, &e) != 0 || (list != NULL && list->count > 0 &&
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
	    strlen(l->value) <= EVENTS_MAX_VALUE && list->count == 1)
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

	*l = (struct lookup){ .start_ms = STAMP_UNKNOWN, .end_ms = STAMP_UNKNOWN, .limit = EVENTS_PAGE,
		.before = UINT64_MAX };
	if (!lookup_take_attribute(c, l) || !call_time(c, "StartTime", &l->start_ms) ||
	    !call_time(c, "EndTime", &l->end_ms) || !call_string(c, "EventCategory", &category))
		return false;
	if (!call_number(c, "MaxResults", INT64_MIN, INT64_MAX, &l->limit))
		return false;
	if (l->limit < 1 || l->limit > EVENTS_PAGE)
		answer_error(c, 400, "InvalidMaxResultsException", "MaxResults must be from 1 to 50.");
	else if (category != NULL)
		answer_error(c, 400, "InvalidEventCategoryException", "Only management events are kept here.");
	else if (l->start_ms != STAMP_UNKNOWN && l->end_ms != STAMP_UNKNOWN && l->start_ms > l->end_ms)
		answer_error(c, 400, "InvalidTimeRangeException", "StartTime is later than EndTime.");
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
	int64_t least_ms = c->now_ms - EVENTS_KEPT_MS, written = 0;
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
	answer_member(c, "NextToken", written == l.limit && at > 0 && log->event[at - 1]->time_ms >= least_ms
	    ? call_make_token(c, purpose, log->dropped + at) : NULL);
}
