/* SPDX-License-Identifier: Apache-2.0 */
/* The memory of events that were told; see incidents.h. */
#include "findings/incidents.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

TAILQ_HEAD(incident_list, incident);

struct incidents {
	struct incident		*by_id;
	struct incident_list	 in_order;
};

struct incidents *
incidents_new(void)
{
	struct incidents *all = mem_alloc(1, sizeof(*all));

	TAILQ_INIT(&all->in_order);
	return all;
}

void
incident_free(struct incident *i)
{
	if (i == NULL)
		return;
	free(i->id);
	free(i->event_id);
	free(i->finding_ids);
	free(i->account);
	free(i->region);
	free(i->resource);
	free(i->actor);
	free(i->source_ip);
	free(i->user_agent);
	free(i);
}

static void
incidents_remove(struct incidents *all, struct incident *i)
{
	HASH_DEL(all->by_id, i);
	TAILQ_REMOVE(&all->in_order, i, link);
}

void
incidents_free(struct incidents *all)
{
	struct incident *i;

	if (all == NULL)
		return;
	while ((i = TAILQ_FIRST(&all->in_order)) != NULL) {
		incidents_remove(all, i);
		incident_free(i);
	}
	free(all);
}

static struct incident *
incidents_find(const struct incidents *all, const char *id)
{
	struct incident *i;

	HASH_FIND_STR(all->by_id, id, i);
	return i;
}

void
incidents_load(struct incidents *all, struct incident *i)
{
	assert(incidents_find(all, i->id) == NULL);
	HASH_ADD_KEYPTR(hh, all->by_id, i->id, strlen(i->id), i);
	TAILQ_INSERT_TAIL(&all->in_order, i, link);
}

bool
incidents_has(const struct incidents *all, const char *id)
{
	return incidents_find(all, id) != NULL;
}

size_t
incidents_count(const struct incidents *all)
{
	return HASH_COUNT(all->by_id);
}

const struct incident *
incidents_add(struct incidents *all, const struct incident *given)
{
	struct incident *i = mem_alloc(1, sizeof(*i));

	*i = (struct incident){
		.id = mem_strdup(given->id), .event_id = mem_strdup(given->event_id),
		.rule = given->rule, .finding_ids = mem_strdup(given->finding_ids),
		.account = mem_strdup(given->account), .region = mem_strdup(given->region),
		.resource = mem_strdup(given->resource), .actor = mem_strdup(given->actor),
		.source_ip = mem_strdup(given->source_ip), .user_agent = mem_strdup(given->user_agent),
		.event_wall_ms = given->event_wall_ms, .told_wall_ms = given->told_wall_ms,
	};
	incidents_load(all, i);
	return i;
}

void
incidents_drop(struct incidents *all, const struct incident *given)
{
	struct incident *i = incidents_find(all, given->id);

	assert(i == given);
	incidents_remove(all, i);
	incident_free(i);
}

struct incident *
incidents_take_old(struct incidents *all, int64_t now_wall_ms)
{
	struct incident *oldest = TAILQ_FIRST(&all->in_order);

	if (oldest == NULL || (incidents_count(all) <= INCIDENTS_MOST &&
	    now_wall_ms - oldest->told_wall_ms <= INCIDENTS_KEPT_MS))
		return NULL;
	incidents_remove(all, oldest);
	return oldest;
}

/*
 * Failing since shortly after the event. The sweep may have seen the state before the record came,
 * but never before it was done, the clocks of two services apart.
 */
static bool
incident_is_cause(const struct incident *i, const struct finding *f)
{
	int64_t after_ms = f->since_wall_ms - i->event_wall_ms;

	return after_ms >= -INCIDENT_CLOCKS_MS && after_ms <= INCIDENT_REACH_MS &&
	    i->finding_ids != NULL && strstr(i->finding_ids, f->id) != NULL;
}

/*
 * What was done last before it began; else, as two services' clocks are apart, what was done first
 * since. Who mends a thing in the same minute is not who broke it.
 */
static const struct incident *
incident_nearer(const struct incident *a, const struct incident *b, const struct finding *f)
{
	bool a_is_before, b_is_before;

	if (a == NULL)
		return b;
	a_is_before = a->event_wall_ms <= f->since_wall_ms;
	b_is_before = b->event_wall_ms <= f->since_wall_ms;
	if (a_is_before != b_is_before)
		return a_is_before ? a : b;
	if (a_is_before)
		return a->event_wall_ms >= b->event_wall_ms ? a : b;
	return a->event_wall_ms <= b->event_wall_ms ? a : b;
}

const struct incident *
incidents_find_cause(const struct incidents *all, const struct finding *f)
{
	const struct incident *i, *nearest = NULL;

	TAILQ_FOREACH_REVERSE(i, &all->in_order, incident_list, link)
		if (incident_is_cause(i, f))
			nearest = incident_nearer(nearest, i, f);
	return nearest;
}

void
incident_add_cause(const struct incident *i, struct alert *a)
{
	a->event_id = i->event_id;
	a->actor = i->actor;
	a->source_ip = i->source_ip;
	a->user_agent = i->user_agent;
}
