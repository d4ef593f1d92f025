/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Findings: what the rules observed, followed over time. An observation says how things look now;
 * a finding says since when something is wrong, and whether people should hear of it. Pure: prior
 * findings and observations in, changed findings and moves out; `now` is a parameter.
 *
 * The automaton is a matrix of state and observation, see automaton.c. Unknown never resolves and
 * never fires. A failure fires when it was confirmed; a finding resolves when it was seen to pass
 * as often, each time by another answer, or by one that stands for confirm_ms. What moves to and
 * fro is held: it fires once more and resolves when it is seen to pass after a quiet.
 *
 * The wall clock may jump: what passed between two ticks counts as at most PACE_MOST_MS (pace.h),
 * and never as less than nothing.
 */
#ifndef TRAILSEAL_FINDINGS_FINDINGS_H
#define TRAILSEAL_FINDINGS_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include <uthash.h>

#include "model/alert.h"
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
	char			 id[FINDING_ID_SIZE];	/* hash of rule, account, region, resource: stable */
	enum rule_id		 rule;
	char			*account, *region, *resource;	/* ours, as are the texts below */
	enum finding_state	 state;
	enum severity		 severity;
	unsigned		 confirmations;		/* of the state that it is about to reach */
	unsigned		 tellings;		/* alerts so far: numbers the next one's delivery id */
	unsigned		 flaps;			/* firings with no quiet between them */
	int64_t			 since_wall_ms;		/* it has failed since */
	int64_t			 changed_wall_ms;	/* of the state */
	int64_t			 told_wall_ms;		/* last alert that it fires, for reminders;
							 * STAMP_UNKNOWN: a silence held them all */
	int64_t			 counted_wall_ms;	/* of the answer counted last; not stored */
	char			*summary;		/* what fails; how it is, once resolved */
	char			*evidence;		/* a JSON object as text, as reports have it */
	char			*remediation;		/* or NULL */
	bool			 is_dirty;		/* changed since it was last stored */
	TAILQ_ENTRY(finding)	 dirty;			/* in that queue */
	LIST_ENTRY(finding)	 same;			/* with those of the same resource */
	UT_hash_handle		 hh;
};

struct findings_settings {
	unsigned	confirmations;		/* 2 */
	int64_t		confirm_ms;		/* look again within: 10 s */
	int64_t		reminder_ms;		/* so long after it was told last: 24 h */
	unsigned	flap_count;		/* so many firings ... 3 */
	int64_t		flap_window_ms;		/* ... with less quiet between than this: 1 h; from
						 * then on it resolves after as long a quiet only */
	int64_t		forget_ms;		/* resolved ones after: 7 d */
};

void	findings_settings_init(struct findings_settings *);

struct findings;	/* the table */
struct silences;

struct findings	*findings_new(void);
void		 findings_free(struct findings *);
struct finding	*findings_find(const struct findings *, const char *id);	/* or NULL */
struct finding	*findings_first(const struct findings *);	/* go on with ->hh.next */

/* For the store, at start: takes the finding, made by mem_alloc() and mem_strdup(). */
void		 findings_load(struct findings *, struct finding *);
void		 finding_free(struct finding *);

/* The next one that changed since it was last taken, for the store; NULL: no other. */
struct finding	*findings_take_dirty(struct findings *);

/* Fired and not resolved, whatever can be seen of it at present. */
bool	 finding_is_open(const struct finding *);

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

/* Every change of state is one too, for the evidence ledger; only those with a kind are told. */
struct move {
	enum move_kind		 kind;		/* 0: nobody is told */
	struct finding		*finding;	/* the table's, until the next findings_tick() */
	enum finding_state	 before, after;	/* before 0: it is new */
};

struct moves {
	struct move	*row;		/* ours */
	size_t		 count, cap;
	char		(*forgotten)[FINDING_ID_SIZE];	/* ours; ids that the store is to drop */
	size_t		 forgotten_count, forgotten_cap;
	bool		 wants_confirmation;	/* look at the subjects of pending ones again soon */
};

void	moves_init(struct moves *);
void	moves_done(struct moves *);

/*
 * One judgement; brief observations that list what does not apply are best. Those that do not
 * apply count as SEEN_GONE. Changed findings become dirty. A pass for which there is no finding
 * leaves no trace; one that resolves is given its words (rules_say()).
 */
void	findings_apply(struct findings *, struct observations *,
	    const struct findings_settings *, int64_t now_wall_ms, struct moves *);

/*
 * Things have gone from the world by good evidence, or are not watched any more: all their
 * findings are SEEN_GONE, and nothing holds them. NULL stands for every account, region or
 * resource. What rules that need the past say stands, unless a whole account is meant.
 */
void	findings_gone(struct findings *, const char *account, const char *region,
	    const char *resource, const struct findings_settings *, int64_t now_wall_ms,
	    struct moves *);

/*
 * What time alone brings: reminders, what the end of a silence leaves to be told, and forgetting.
 * Wanted once in PACE_MOST_MS or more often.
 */
void	findings_tick(struct findings *, const struct findings_settings *, const struct silences *,
	    int64_t now_wall_ms, struct moves *);

/*
 * Each move of a kind is told (silences_let() in findings/silence.h) or held. To tell: the alert,
 * which is numbered (finding->tellings) and whose texts are the finding's. To hold: findings_tick()
 * moves it again when no silence holds it any more, if it still fires.
 */
void	finding_alert(struct finding *, enum move_kind, const char *account_name,
	    int64_t now_wall_ms, struct alert *ret);
void	finding_hold(struct finding *, enum move_kind);

#endif
