/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The event rules: what was done to something that is watched. One table of event source and name
 * says which rule an event falls under and where its subject stands; the subject is looked up in
 * the world, by its full name and in the account and region of the event. An event on anything
 * else matches nothing. Pure, as all rules are; nothing is remembered, so that the same event
 * matches each time: whoever asks drops those of an incident that was told (event_incident()).
 *
 * Attempts, which AWS refused, are one step less severe than what succeeds. Events by principals
 * that are expected have the lowest severity and are not to be sent to receivers.
 */
#ifndef TRAILSEAL_RULES_EVENTS_H
#define TRAILSEAL_RULES_EVENTS_H

#include "model/event.h"
#include "policy/policy.h"
#include "rules/rules.h"

#define EVENTS_FACTS	40
#define EVENTS_TRAILS	100	/* of a key or bucket: more are neither linked nor judged */

/* Something that was watched, and that the world has forgotten since: its late events count. */
struct events_once {
	enum subject_kind	 kind;		/* SUBJECT_TRAIL or SUBJECT_KEY */
	const char		*arn;
};

/* What is watched. */
struct events_watched {
	const struct world		*world;
	const struct events_once	*once;		/* NULL: nothing else */
	size_t				 once_count;
};

/* A finding that the event leads to: finding_id() of these four is its id. */
struct events_link {
	enum rule_id	 rule;
	const char	*account, *region, *resource;
};

/* What a new policy of a key says to CloudTrail, for one of the trails that use the key. */
struct events_verdict {
	const char		*trail_arn;
	enum policy_verdict	 before;	/* 0: the policy was not read before the event */
	enum policy_verdict	 after;
	const char		*change;	/* what CloudTrail gained or lost; NULL: nothing, or
						 * `before` is not known */
};

/* One event on something that is watched. Texts live in the arena, or are interned or constant. */
struct events_match {
	enum rule_id	 rule;
	enum severity	 severity;
	enum event_outcome outcome;
	bool		 is_expected;	/* by a principal that is: not for receivers */
	const struct subject *subject;	/* in the world; of a role its account, of a store one of
					 * its keys; NULL: forgotten, or not watched */
	const char	*account;	/* these three are what findings on the same object have; */
	const char	*region;	/* "" for what has none */
	const char	*resource;
	const char	*incident;	/* event_incident() */
	const char	*actor;		/* who did it, in a few words */
	const char	*source_ip;	/* "" when the record does not say */
	const char	*summary;	/* one line */
	const char	*remediation;	/* or NULL */
	struct fact	 facts[EVENTS_FACTS];
	size_t		 fact_count;
	const struct events_link *links;	/* none for an attempt */
	size_t		 link_count;
	const struct events_verdict *verdicts;	/* of event-key-policy-changed, attempts too */
	size_t		 verdict_count;
};

/* False when it concerns nothing that is watched, or its rule is off. */
bool	events_match(const struct rules_settings *, const struct events_watched *,
	    const struct event *, struct arena *, struct events_match *ret_match);

/* ---- what to ask for ---- */

/* Where events on a subject are found: in the account and region where it lives. */
enum events_place {
	EVENTS_AT_KEY		= 1 << 0,	/* its custom key store, too */
	EVENTS_AT_TRAIL		= 1 << 1,	/* the home region */
	EVENTS_AT_BUCKET	= 1 << 2,
	EVENTS_AT_ROLE		= 1 << 3,	/* IAM's region */
	EVENTS_AT_ORGANIZATION	= 1 << 4,	/* Organizations' region, in the management account */
};

#define EVENTS_NAMES_MAX	80

/*
 * The event names to look up for these places (of enum events_place), each once, of rules that are
 * enabled: those that change something, or with `reads` those that only use it, which come by the
 * thousands. LookupEvents knows names without their source: others' events come with them.
 */
size_t	events_names(const struct rules_settings *, unsigned places, bool reads,
	    const char *ret_names[EVENTS_NAMES_MAX]);

#endif
