/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Findings: what the rules observed, followed over time. An observation says how things look now;
 * a finding says since when something is wrong, and whether people should hear of it. Pure: prior
 * findings and observations in, changed findings and moves out; `now` is a parameter.
 *
 * The automaton is a matrix of state and observation, see automaton.c. Unknown never resolves and
 * never fires. A failure fires when it was confirmed; a finding resolves when it was seen to pass
 * as often. What moves to and fro is held: it fires once and resolves when it has been quiet.
 */
#ifndef TRAILSEAL_FINDINGS_FINDINGS_H
#define TRAILSEAL_FINDINGS_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <uthash.h>

#include "rules/rules.h"

enum finding_state {
	FINDING_PENDING = 1,	/* seen to fail, not confirmed: nobody has heard of it */
	FINDING_FIRING,
	FINDING_OBSCURED,	/* fired, and cannot be seen at present: it stands */
	FINDING_CLEARING,	/* fired, and seen to pass, not confirmed */
	FINDING_RESOLVED,	/* kept for a while, as it may come back */
	FINDING_STATES
};

const char	*finding_state_name(enum finding_state);	/* "firing" */

/* What was seen of a finding's subject. GONE: the rule does not concern it any more. */
enum finding_seen { SEEN_FAIL = 1, SEEN_PASS, SEEN_UNKNOWN, SEEN_GONE, SEEN_KINDS };

#define FINDING_ID_SIZE	33

struct finding {
	char			 id[FINDING_ID_SIZE];	/* of rule, account, region and resource: stable */
	enum rule_id		 rule;
	char			*account, *region, *resource;	/* ours, as are the texts below */
	enum finding_state	 state;
	enum severity		 severity;
	unsigned		 confirmations;		/* of the state that it is about to reach */
	unsigned		 moves;			/* told so far: names each alert of this finding */
	unsigned		 flaps;			/* firings within the window of flapping */
	int64_t			 since_wall_ms;		/* it has failed since */
	int64_t			 changed_wall_ms;	/* of the state */
	int64_t			 told_wall_ms;		/* last alert, for reminders */
	char			*summary;
	char			*evidence;		/* JSON object, as reports have it */
	char			*remediation;		/* or NULL */
	bool			 is_dirty;		/* changed since it was last stored */
	UT_hash_handle		 hh;
};

struct findings_settings {
	unsigned	confirmations;		/* 2 */
	int64_t		confirm_ms;		/* look again within: 10 s */
	int64_t		reminder_ms;		/* 24 h; 0: never */
	unsigned	flap_count;		/* firings ... 3 */
	int64_t		flap_window_ms;		/* ... within: 1 h; then it resolves after as long a quiet */
	int64_t		forget_ms;		/* resolved ones after: 7 d */
};

void	findings_settings_init(struct findings_settings *);

struct findings;	/* the table, by id */

struct findings	*findings_new(void);
void		 findings_free(struct findings *);
struct finding	*findings_find(const struct findings *, const char *id);	/* or NULL */
struct finding	*findings_first(const struct findings *);	/* go on with ->hh.next */

/* For the store, at start: takes the finding, which was made by mem_alloc() and mem_strdup(). */
void		 findings_load(struct findings *, struct finding *);

/* The id that a finding of this rule and subject has. */
char	*finding_id(enum rule_id, const char *account, const char *region, const char *resource,
	    char out[FINDING_ID_SIZE]);

/* Something people should hear of. */
enum move_kind {
	MOVE_FIRED = 1, MOVE_RESOLVED,
	MOVE_REMINDED,		/* still firing */
	MOVE_WORSENED,		/* its severity rose */
	MOVE_KINDS
};

const char	*move_kind_name(enum move_kind);

struct move {
	enum move_kind	 kind;
	struct finding	*finding;	/* the table's */
	enum finding_state before;
};

struct moves {
	struct move	*row;		/* ours */
	size_t		 count, cap;
	int64_t		 again_ms;	/* look at what changed again this soon; 0: no hurry */
};

void	moves_init(struct moves *);
void	moves_done(struct moves *);

/*
 * One judgement of the subjects that `judged` names: findings of theirs that were not observed
 * this time are SEEN_GONE. Changed findings become dirty. A pass for which there is no finding
 * leaves no trace.
 */
struct judged {
	const char	*account, *region, *resource;
};

void	findings_apply(struct findings *, const struct judged *, size_t judged_count,
	    const struct observations *, const struct findings_settings *, int64_t now_wall_ms,
	    struct moves *);

/* Reminders and what time alone brings; call now and then. */
void	findings_tick(struct findings *, const struct findings_settings *, int64_t now_wall_ms,
	    struct moves *);

#endif
