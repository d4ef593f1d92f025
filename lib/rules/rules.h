/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules: one table. The state rules have a pure predicate each. Judging looks at the world as
 * it is believed to be and says for each subject and rule what was observed: pass, fail, or unknown
 * with its reason. Nothing is remembered here, and nothing but the parameters is looked at: the
 * rules that need the past stand in the table, but are judged by lib/findings. The event rules are
 * about what was done to these subjects; events.h matches them.
 */
#ifndef TRAILSEAL_RULES_RULES_H
#define TRAILSEAL_RULES_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/reading.h"
#include "world/world.h"

struct arena;
struct rules_policies;

enum severity { SEVERITY_LOW = 1, SEVERITY_MEDIUM, SEVERITY_HIGH, SEVERITY_CRITICAL };

const char	*severity_name(enum severity);	/* "critical" */
bool		 severity_parse(const char *name, enum severity *ret);

enum verdict {
	VERDICT_NOT_APPLICABLE = 0,	/* the rule does not concern this subject: not reported */
	VERDICT_PASS,
	VERDICT_FAIL,
	VERDICT_UNKNOWN,		/* neither good nor bad: something could not be seen */
};

const char	*verdict_name(enum verdict);	/* "pass", "fail", "unknown", "not-applicable" */

/* The order of this table is the order in which rules are listed to people. */
enum rule_id {
	RULE_TRAIL_UNENCRYPTED,
	RULE_TRAIL_KEY_NOT_CUSTOMER_MANAGED,
	RULE_TRAIL_KEY_UNEXPECTED,
	RULE_TRAIL_KEY_CHANGED,
	RULE_KEY_DISABLED,
	RULE_KEY_PENDING_DELETION,
	RULE_KEY_PENDING_IMPORT,
	RULE_KEY_UNAVAILABLE,
	RULE_KEY_MISSING,
	RULE_KEY_WRONG_TYPE,
	RULE_KEY_MATERIAL_EXPIRING,
	RULE_KEY_STORE_DISCONNECTED,
	RULE_KEY_POLICY_BLOCKS_CLOUDTRAIL,
	RULE_KEY_POLICY_UNCERTAIN,
	RULE_KEY_POLICY_TOO_OPEN,
	RULE_KEY_ROTATION_OFF,
	RULE_KEY_REGION_MISMATCH,
	RULE_TRAIL_NOT_LOGGING,
	RULE_TRAIL_DELIVERY_FAILING,
	RULE_TRAIL_DELIVERY_STALE,
	RULE_TRAIL_DIGEST_FAILING,
	RULE_TRAIL_DIGEST_STALE,
	RULE_TRAIL_VALIDATION_OFF,
	RULE_TRAIL_SELECTORS_NARROWED,
	RULE_TRAIL_DELETED,
	RULE_ACCOUNT_WITHOUT_TRAIL,
	RULE_REGION_WITHOUT_TRAIL,
	RULE_BUCKET_MISSING,
	RULE_BUCKET_POLICY_BLOCKS_CLOUDTRAIL,
	RULE_VISIBILITY_LOST,

	STATE_RULES,		/* those above; below are the event rules */
	RULE_EVENT_KEY_DELETION_SCHEDULED = STATE_RULES,
	RULE_EVENT_KEY_DELETION_CANCELLED,
	RULE_EVENT_KEY_DISABLED,
	RULE_EVENT_KEY_ENABLED,
	RULE_EVENT_KEY_POLICY_CHANGED,
	RULE_EVENT_KEY_MATERIAL_DELETED,
	RULE_EVENT_KEY_DELETED,
	RULE_EVENT_KEY_ROTATION_DISABLED,
	RULE_EVENT_KEY_GRANT_CHANGED,
	RULE_EVENT_KEY_ALIAS_CHANGED,
	RULE_EVENT_KEY_STORE_CHANGED,
	RULE_EVENT_TRAIL_UPDATED,
	RULE_EVENT_TRAIL_STOPPED,
	RULE_EVENT_TRAIL_STARTED,
	RULE_EVENT_TRAIL_DELETED,
	RULE_EVENT_TRAIL_SELECTORS_CHANGED,
	RULE_EVENT_BUCKET_CHANGED,
	RULE_EVENT_MONITOR_ROLE_CHANGED,
	RULE_EVENT_ORGANIZATION_CHANGED,
	RULE_EVENT_KEY_USED,
	RULES
};

struct rule_setting {
	bool		 is_enabled;
	enum severity	 severity;
};

/* A role that the monitor works with. */
struct rules_role {
	const char	*account;	/* NULL: in every account that is watched */
	const char	*name;
};

/* Patterns are of ARNs, as in ArnLike: "*" and "?" do not cross a colon of the first five. */
struct rules_event_settings {
	const char *const *expected_principals;	/* their events are not sent to receivers */
	size_t		 expected_principal_count;
	const char *const *expected_readers;	/* event-key-used passes over them */
	size_t		 expected_reader_count;
	const struct rules_role *roles;		/* event-monitor-role-changed is about them */
	size_t		 role_count;
};

/* What an operator may set; rules_settings_init() gives the defaults. */
struct rules_settings {
	struct rule_setting rule[RULES];
	int64_t		 material_expiring_ms;	/* key-material-expiring: this long ahead (30 d) */
	int64_t		 material_critical_ms;	/* ... and critical from here (7 d) */
	int64_t		 delivery_stale_ms;	/* trail-delivery-stale: older than this (24 h) */
	int64_t		 digest_stale_ms;	/* trail-digest-stale: older than this (3 h) */
	int64_t		 digest_grace_ms;	/* no digest is missed this long after logging began (3 h) */
	int64_t		 key_changed_ms;	/* trail-key-changed stands this long; then the new key
						 * counts (24 h) */
	int64_t		 deleted_ms;		/* trail-deleted stands this long (7 d) */
	int64_t		 blind_ms;		/* visibility-lost: blind for this long (30 min) */
	const char *const *expected_keys;	/* key ARNs; with the accounts: both empty: nothing is */
	size_t		 expected_key_count;	/* expected and trail-key-unexpected does not apply */
	const char *const *expected_accounts;	/* whose keys are all expected */
	size_t		 expected_account_count;
	struct rules_event_settings events;
};

void	rules_settings_init(struct rules_settings *);

/* A name and value that show why, in the words of AWS's answer where there is one. */
struct fact {
	const char	*name;
	const char	*value;
};

#define OBSERVATION_FACTS	8

/* One rule's word on one subject. Texts live in the arena, or are interned or constant. */
struct observation {
	const struct subject *subject;	/* in the world that was judged; NULL: none, or gone */
	enum rule_id	 rule;
	enum verdict	 verdict;
	enum severity	 severity;
	const char	*account;
	const char	*region;	/* "" for a whole account */
	const char	*resource;	/* an ARN; of a region or account its name */
	const char	*summary;	/* one line for people, with the actual names; NULL: not said */
	struct source	 source;	/* the answer that decided; call NULL when there was none */
	struct fact	 facts[OBSERVATION_FACTS];
	size_t		 fact_count;
	const char	*remediation;	/* commands with the actual names; NULL: none by command */
	bool		 is_unsure;	/* of VERDICT_NOT_APPLICABLE: it is not known for sure */
};

struct observations {
	struct arena		*arena;		/* the caller's */
	struct observation	*row;		/* ours */
	size_t			 count, cap;

	/* Set by the caller after observations_init(), for what is judged often. */
	bool			 is_brief;	/* passes come without words, facts and commands */
	bool			 lists_inapplicable;	/* VERDICT_NOT_APPLICABLE comes, too, where it is
							 * known for sure: never with words */
	size_t			 most;		/* rules_judge() pauses when there are as many; 0: never */

	/* What was judged last, for rules_say(). */
	const struct rules_settings *settings;
	const struct world	*world;
	int64_t			 now_wall_ms;
	struct rules_policies	*policies;	/* ours: those that were read for it */
};

void	observations_init(struct observations *, struct arena *);
void	observations_done(struct observations *);

/* Room for one more, zeroed; valid until the next. */
struct observation	*observations_add(struct observations *);

/*
 * Judges every touched subject of the world by every enabled rule and adds what was observed,
 * passes included; what does not apply is left out unless it is asked for, and then a rule that
 * is not enabled does not apply. True while touched subjects are left: then it is to be called
 * again, with the observations emptied or not.
 */
bool	rules_judge(const struct rules_settings *, struct world *, int64_t now_wall_ms,
	    struct observations *);

/*
 * Adds the words that a brief judgement left out, while settings and world are those of the last
 * rules_judge(). Does nothing where they stand already, or where there never are any.
 */
void	rules_say(struct observations *, struct observation *);

/*
 * What the policy of a trail's key says to CloudTrail for this trail, "allowed", "denied" or
 * "indeterminate"; NULL when there is no key, or its policy is not known. Texts that were read stay
 * in `policies`, which so lasts no longer than the world stands still.
 */
const char		*rules_key_policy(struct rules_policies *, const struct world_trail *);
struct rules_policies	*rules_policies_new(void);
void			 rules_policies_free(struct rules_policies *);	/* NULL is fine */

/* What a rule is about, for `explain`, the manual and the reports. */
struct rule_text {
	const char	*name;		/* "trail-unencrypted" */
	enum severity	 severity;	/* by default */
	const char	*title;		/* one line */
	const char	*meaning;	/* what it means, how it is judged */
	const char	*risk;		/* why it matters */
	const char	*mending;	/* how to mend it, in words and AWS commands */
	const char	*controls;	/* "CIS AWS Foundations 3.0: 3.5; PCI DSS 4.0: 10.3; ..." */
};

const struct rule_text	*rule_text(enum rule_id);
const char		*rule_name(enum rule_id);
bool			 rule_needs_past(enum rule_id);	/* a state rule that the daemon alone judges */
bool			 rule_is_event(enum rule_id);	/* see events.h */
bool			 rule_find(const char *name, enum rule_id *ret);

#endif
