/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the event rules share: the row of an event, and one event being matched. */
#ifndef TRAILSEAL_RULES_EVENTS_PRIVATE_H
#define TRAILSEAL_RULES_EVENTS_PRIVATE_H

#include "base/buf.h"
#include "rules/events.h"
#include "rules/judge.h"

struct events_look;

#define EVENTS_MEMBERS	3

/* What an event of this source and name means. */
struct events_row {
	const char		*source, *name;
	enum rule_id		 rule;
	enum events_place	 place;
	/* Whether it is about something watched, and what: fills look->subject and the place. */
	bool			(*find)(struct events_look *);
	const char		*members[EVENTS_MEMBERS];	/* requestParameters that name it */
	const char		*done;		/* "was disabled" */
	const char		*tried;		/* "to disable it" */
	uint64_t		 leads;		/* bits of state rules */
	bool			 reads;		/* it changes nothing */
	/* What changed, as facts and as words that go on after a colon; NULL: nothing more. */
	void			(*describe)(struct events_look *, struct buf *words);
	const char		*remedy;	/* "%" is the resource, "@" its region; or NULL */
};

/* NULL: an event of this name is of no interest. */
const struct events_row	*events_find_row(const char *source, const char *name);

/* One event on its way through the rules. `judge` has the subject's pointer once it is found. */
struct events_look {
	struct judge			 judge;
	const struct events_watched	*watched;
	const struct event		*event;
	const struct events_row		*row;
	struct events_match		 match;
	struct observation		 place;		/* account, region and resource; words */
};

/* ---- events_subject.c ---- */

bool	events_find_key(struct events_look *);
bool	events_find_used_key(struct events_look *);	/* by a stranger */
bool	events_find_store(struct events_look *);
bool	events_find_trail(struct events_look *);
bool	events_find_bucket(struct events_look *);
bool	events_find_role(struct events_look *);
bool	events_find_organization(struct events_look *);

/* ---- events_change.c ---- */

void	events_describe_deletion(struct events_look *, struct buf *words);
void	events_describe_cancelled(struct events_look *, struct buf *words);
void	events_describe_policy(struct events_look *, struct buf *words);
void	events_describe_store(struct events_look *, struct buf *words);
void	events_describe_update(struct events_look *, struct buf *words);

/* ---- events.c ---- */

/* What is NULL is left out, and so is what finds no room; foreign text is made fit to show. */
void	events_fact(struct events_look *, const char *name, const char *value);

/* Whether the actor, or the role that its session is of, is like one of these. */
bool	events_actor_is(const struct event_actor *, const char *const *patterns, size_t count);

#endif
