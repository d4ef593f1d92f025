/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the judges of this folder and of lib/findings share: the subject that is being judged, the
 * words for what was observed, and the predicates, one per rule.
 */
#ifndef TRAILSEAL_RULES_JUDGE_H
#define TRAILSEAL_RULES_JUDGE_H

#include "policy/policy.h"
#include "rules/rules.h"

/* A trail in one of the regions where it is at work. */
struct judge_view {
	const char		*region;
	const struct trail_status *status;	/* NULL: not known now */
	const struct reading	*reading;	/* of it, or of what kept us from it; or NULL */
	const char		*reason;	/* why the status is not known */
};

/* One subject, and what is needed to judge it. The pointer of its kind is set, with those above. */
struct judge {
	const struct rules_settings	*settings;
	const struct world		*world;
	int64_t				 now_wall_ms;
	struct arena			*arena;		/* of the observations */
	struct rules_policies		*policies;	/* likewise */
	const struct world_account	*account;
	const struct world_region	*region;
	const struct world_trail	*trail;
	const struct world_key		*key;
	const struct world_bucket	*bucket;
	bool				 is_silent;	/* the words below are not wanted */
	const char			*title;		/* the subject for people; NULL when silent */
	struct judge_view		*views;		/* of a trail, in the arena */
	size_t				 view_count;
	const char			*blind;		/* why there is no view at all */
};

/* Says what it saw of the subject, by the functions below. */
typedef enum verdict (*rule_judge_fn)(const struct judge *, struct observation *);

/* A row of the table of rules. */
struct rule {
	struct rule_text	 text;
	enum subject_kind	 subject;
	rule_judge_fn		 judge;	/* NULL: it needs the past, or is about events */
};

extern const struct rule	event_rules[RULES - STATE_RULES];

rule_judge_fn		 rule_judge(enum rule_id);
enum subject_kind	 rule_subject(enum rule_id);

enum verdict	judge_trail_unencrypted(const struct judge *, struct observation *);
enum verdict	judge_trail_key_not_customer_managed(const struct judge *, struct observation *);
enum verdict	judge_trail_key_unexpected(const struct judge *, struct observation *);
enum verdict	judge_key_disabled(const struct judge *, struct observation *);
enum verdict	judge_key_pending_deletion(const struct judge *, struct observation *);
enum verdict	judge_key_pending_import(const struct judge *, struct observation *);
enum verdict	judge_key_unavailable(const struct judge *, struct observation *);
enum verdict	judge_key_missing(const struct judge *, struct observation *);
enum verdict	judge_key_wrong_type(const struct judge *, struct observation *);
enum verdict	judge_key_material_expiring(const struct judge *, struct observation *);
enum verdict	judge_key_store_disconnected(const struct judge *, struct observation *);
enum verdict	judge_key_policy_blocks_cloudtrail(const struct judge *, struct observation *);
enum verdict	judge_key_policy_uncertain(const struct judge *, struct observation *);
enum verdict	judge_key_policy_too_open(const struct judge *, struct observation *);
enum verdict	judge_key_rotation_off(const struct judge *, struct observation *);
enum verdict	judge_key_region_mismatch(const struct judge *, struct observation *);
enum verdict	judge_trail_not_logging(const struct judge *, struct observation *);
enum verdict	judge_trail_delivery_failing(const struct judge *, struct observation *);
enum verdict	judge_trail_delivery_stale(const struct judge *, struct observation *);
enum verdict	judge_trail_digest_failing(const struct judge *, struct observation *);
enum verdict	judge_trail_digest_stale(const struct judge *, struct observation *);
enum verdict	judge_trail_validation_off(const struct judge *, struct observation *);
enum verdict	judge_trail_selectors_narrowed(const struct judge *, struct observation *);
enum verdict	judge_account_without_trail(const struct judge *, struct observation *);
enum verdict	judge_region_without_trail(const struct judge *, struct observation *);
enum verdict	judge_bucket_missing(const struct judge *, struct observation *);
enum verdict	judge_bucket_policy_blocks_cloudtrail(const struct judge *, struct observation *);

/* ---- policies.c ---- */

void	rules_policies_reset(struct rules_policies *);	/* the world has changed */

/* What a policy says to all that CloudTrail needs for the trail. */
struct judge_ruling {
	enum policy_verdict	 verdict;
	const char		*why;		/* one sentence; NULL when silent, unless it is no policy */
	unsigned		 statement;	/* that the sentence is about; 0: none, or silent */
	const char		*sid;		/* of that; or NULL */
};

/* Of the trail's key, and of its bucket. The policy must have been read. */
void	judge_key_policy(const struct judge *, struct judge_ruling *);
void	judge_bucket_policy(const struct judge *, struct judge_ruling *);

/*
 * Whether the policy of the key, which must have been read, is open to strangers, and by which
 * statement; UNKNOWN when it is no policy.
 */
enum tri	judge_key_opening(const struct judge *, struct judge_ruling *);

bool	judge_key_policy_is_read(const struct world_key *);

/* The commands that let CloudTrail in again, for the judge's key and trail. */
void	judge_remedy_key_policy(const struct judge *, struct observation *);

/* ---- judge.c and the rules ---- */

/*
 * Who and where a subject is, into an observation, and its object into the judge. Texts that are no
 * names of ours are cleaned. Then, what people call it.
 */
void		 judge_place(struct judge *, const struct subject *, struct observation *);
const char	*judge_title(const struct judge *, enum subject_kind);

/* Why a key could not be described. */
const char	*judge_key_reason(const struct judge *);

/* How people call an account, "prod 111122223333" where its name is known, and its trail. */
const char	*judge_account_title(const struct judge *, const char *id);
const char	*judge_trail_title(const struct judge *, const char *name, const char *account,
		    const char *region);

/* No such region for this account: it is neither judged nor missed. */
bool	judge_region_is_off(const struct world_region *);

/*
 * Denied by a service control policy from the first look on: a matter of coverage. What was seen
 * before is unknown then, as after any other failure, so that nothing looks mended.
 */
bool	judge_is_closed(const struct reading *);

/*
 * Of the trails that share a key or a bucket, the one that stands for them: the first by ARN, as
 * their order in the world changes. NULL for none.
 */
const struct world_trail	*judge_key_trail(const struct world_key *);
const struct world_trail	*judge_bucket_trail(const struct world_bucket *);

/* The regions where a trail is at work, into judge->views. */
void	judge_collect_views(struct judge *);

/* The evidence: the latest attempt to read this. */
void	observe_source(struct observation *, const struct reading *);

/*
 * Facts, in the words of AWS. What is NULL or STAMP_UNKNOWN is left out. A silent judge says none
 * of this: a fact or word that costs something to find is not to be looked for then.
 */
void	observe_fact(const struct judge *, struct observation *, const char *name,
	    const char *value);
void	observe_fact_time(const struct judge *, struct observation *, const char *name,
	    int64_t wall_ms);

/* Foreign text made fit to show, and cut as a fact is; in the arena. */
const char	*observe_show(const struct judge *, const char *);

/* The commands that mend it. Only names whose form was checked may stand in them. */
void	observe_remedy(const struct judge *, struct observation *, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Sets the summary, "TITLE ..."; returns the verdict. */
enum verdict	observe(const struct judge *, struct observation *, enum verdict, const char *fmt,
		    ...) __attribute__((format(printf, 4, 5)));

/* "TITLE: cannot tell whether QUESTION: REASON". */
enum verdict	observe_unknown(const struct judge *, struct observation *, const char *question,
		    const char *reason);

/* The same, when a reading is not current, with its reason and evidence. */
enum verdict	observe_unread(const struct judge *, struct observation *, const char *question,
		    const struct reading *);

/* Names for a sentence: "a, b, c and 4 more". */
struct names {
	char	text[400];
	size_t	count;
};

void		 names_add(struct names *, const char *);
const char	*names_text(struct names *);	/* once, at the end */

#endif
