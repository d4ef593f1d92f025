/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Something people are told: that a finding fires, still fires, became worse or is over; or what
 * somebody did, an event of CloudTrail. Plain data; its JSON form is public (the webhook's
 * `alerts`). Texts belong to whoever made it.
 */
#ifndef TRAILSEAL_MODEL_ALERT_H
#define TRAILSEAL_MODEL_ALERT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/tri.h"

#define ALERT_ID_MAX	48

struct alert {
	char		 id[ALERT_ID_MAX];	/* of the finding or event: the same over all its repeats */
	char		 delivery_id[ALERT_ID_MAX + 32];	/* of this telling: "ID-1767323045-7", which never
							 * comes again; the same at every try */
	const char	*kind;		/* "finding", "event", or "monitor": of trailseal itself */
	bool		 is_firing;	/* else resolved */
	bool		 is_reminder;
	const char	*rule;		/* "key-disabled" */
	const char	*severity;	/* "critical" */
	const char	*account, *account_name;	/* the name may be NULL */
	const char	*region, *resource;
	const char	*summary;
	int64_t		 since_wall_ms;
	int64_t		 told_wall_ms;	/* when the transition was decided */
	const char	*evidence;	/* a JSON object as text */
	const char	*remediation;	/* or NULL */

	/* Of an event, and of a finding that one led to, where it is known; each may be NULL. */
	const char	*event_id;
	const char	*actor;		/* who did it: an ARN or a service */
	const char	*source_ip;
	const char	*user_agent;

	/* Of an event alone. */
	const char	*finding_ids;	/* that it led to, with blanks between; NULL: none */
	bool		 is_attempt;	/* AWS refused it */
	enum tri	 confirmed;	/* whether the state that it leads to was seen since; UNKNOWN: it
					 * leads to none, or could not be looked at */
};

/* Else a finding. */
bool	 alert_is_event(const struct alert *);

/* Moves its texts into copies in one block, which is returned; the caller frees it. */
void	*alert_keep_texts(struct alert *);

#endif
