/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Incidents: what somebody did that matters, by CloudTrail's records. Each is remembered by its id
 * (event_incident()), so that none is told twice however often and on whatever way its records
 * come, and so that a finding can name the event that led to it. Pure, as all findings are.
 */
#ifndef TRAILSEAL_FINDINGS_INCIDENTS_H
#define TRAILSEAL_FINDINGS_INCIDENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include <uthash.h>

#include "findings/findings.h"
#include "model/alert.h"
#include "rules/rules.h"

/* Event history is kept for 90 days: an older record never comes again. */
#define INCIDENTS_KEPT_MS	(INT64_C(100) * 24 * 3600 * 1000)
#define INCIDENTS_MOST		100000	/* the oldest are forgotten first */

/* A finding that fails first so long after the event is its work, the services' clocks apart. */
#define INCIDENT_REACH_MS	(INT64_C(3600) * 1000)
#define INCIDENT_CLOCKS_MS	(INT64_C(60) * 1000)

/* Texts are ours; those of the actor may be NULL. */
struct incident {
	char		*id;
	char		*event_id;		/* of the record that was read first */
	enum rule_id	 rule;
	char		*account, *region, *resource;	/* as findings of the same thing have them */
	char		*finding_ids;		/* that it leads to, with blanks between; NULL: none */
	char		*actor, *source_ip, *user_agent;
	int64_t		 event_wall_ms;		/* when it was done */
	int64_t		 told_wall_ms;
	TAILQ_ENTRY(incident) link;		/* in the order of telling */
	UT_hash_handle	 hh;
};

struct incidents;

struct incidents	*incidents_new(void);
void			 incidents_free(struct incidents *);	/* NULL is fine */

/* For the store, at start, oldest telling first: takes the incident, made by mem_alloc(). */
void			 incidents_load(struct incidents *, struct incident *);
void			 incident_free(struct incident *);

bool			 incidents_has(const struct incidents *, const char *id);
size_t			 incidents_count(const struct incidents *);

/* Copies what it is given; the id must be new. */
const struct incident	*incidents_add(struct incidents *, const struct incident *);

void			 incidents_drop(struct incidents *, const struct incident *);

/* Forgets the oldest one, when there are too many or its time is over, and gives it to the caller
 * to tell the store and to free; NULL: none. */
struct incident		*incidents_take_old(struct incidents *, int64_t now_wall_ms);

/* The one that led to this finding, as far as times tell; or NULL. */
const struct incident	*incidents_find_cause(const struct incidents *, const struct finding *);

/* Adds to a finding's alert who caused it. Texts are the incident's. */
void			 incident_add_cause(const struct incident *, struct alert *);

#endif
