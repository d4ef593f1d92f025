/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Something people are told: that a finding fires, still fires, became worse or is over. Plain
 * data; its JSON form is public (the webhook's `alerts`). Texts belong to whoever made it.
 */
#ifndef TRAILSEAL_MODEL_ALERT_H
#define TRAILSEAL_MODEL_ALERT_H

#include <stdbool.h>
#include <stdint.h>

#define ALERT_ID_MAX	48

struct alert {
	char		 id[ALERT_ID_MAX];	/* of the finding: the same over all its repeats */
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
};

/* Moves its texts into copies in one block, which is returned; the caller frees it. */
void	*alert_keep_texts(struct alert *);

#endif
