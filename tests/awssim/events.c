/* SPDX-License-Identifier: Apache-2.0 */
/* The event history; see events.h and event_log.h. */
#include "awssim/events.h"

#include <stdlib.h>
#include <string.h>

#include "awssim/answer.h"
#include "awssim/event_log.h"
#include "awssim/identity.h"
#include "awssim/queue.h"
#include "awssim/record.h"
#include "base/mem.h"
#include "base/stamp.h"

#define EVENTS_DROP	(EVENTS_MAX / 10)	/* at once, so that dropping stays cheap */

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

struct event_log *
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

size_t
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

	if (!c->is_verified || c->operation == NULL || c->region == NULL || c->operation->is_data ||
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
	queues_feed(c->world, c->account, c->region, e->record, c->now_ms);
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
		return err_set(err, ERR_MALFORMED,
		    "a record needs eventID, eventName, eventSource, eventTime");
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
events_add_record(struct world *world, struct account *account, const struct region *region,
    const struct json *record, int64_t now_ms, struct err *err)
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
	queues_feed(world, account, region, e->record, now_ms);
	events_put(events_log(account, region, true), e);
	return 0;
}
