/* SPDX-License-Identifier: Apache-2.0 */
/* One look at the past, and the rules that take it. Private to lib/findings. */
#ifndef TRAILSEAL_FINDINGS_PAST_PRIVATE_H
#define TRAILSEAL_FINDINGS_PAST_PRIVATE_H

#include "findings/past.h"
#include "rules/judge.h"

/* A key of a remembered trail; by KmsKeyId. */
struct past_key {
	UT_hash_handle	hh;
};

struct past_look {
	struct past			*past;
	const struct rules_settings	*settings;
	const struct world		*world;
	const struct coverage		*coverage;
	int64_t				 now_wall_ms;
	struct observations		*out;
	struct past_key			*unseen_keys;	/* of trails that were not seen yet */
	struct past_blind		**blinds;	/* of each row, or NULL; in the arena */
};

/*
 * A new observation, and the judge for its words. Its texts are copied. The title is NULL: to be
 * set before the words.
 */
struct observation	*past_observe(const struct past_look *, enum rule_id, enum verdict,
			    const char *account, const char *region, const char *resource,
			    struct judge *ret_judge);

/* The store is to hear of it. */
void	past_touch_trail(struct past *, struct past_trail *);
void	past_touch_blind(struct past *, struct past_blind *);

/* Nothing concerns the finding's subject any more. */
void	past_end(const struct past_look *, const struct finding *);

/* The owner's home region was read well and does not list the trail. */
bool	past_is_trail_gone(const struct world *, const char *arn, const char *account,
	    const char *region);

/* Each compares, remembers and says what fails. */
void	past_look_at_trails(struct past_look *);
void	past_look_at_blinds(struct past_look *);

/* What a finding that is not resolved is to hear, where that is no failure. */
void	past_review_key_changed(const struct past_look *, const struct finding *);
void	past_review_deleted(const struct past_look *, const struct finding *);
void	past_review_blind(const struct past_look *, const struct finding *);
void	past_review_subject(const struct past_look *, const struct finding *);

#endif
