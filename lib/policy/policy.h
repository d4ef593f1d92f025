/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IAM-style policy documents of resources (KMS keys, S3 buckets), and what they say to a request.
 * A text becomes data once and is then evaluated for any number of requests, in three-valued logic:
 * what is not known of a request is neither true nor false, and a verdict that hangs on it is
 * indeterminate. Pure: the parameters are all that is looked at.
 *
 * It is a statement about this one document. Identity policies, grants, service and resource
 * control policies are not known here. cloudtrail.h has the requests that CloudTrail makes.
 */
#ifndef TRAILSEAL_POLICY_POLICY_H
#define TRAILSEAL_POLICY_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"

#define POLICY_MAX_BYTES	(1024 * 1024)	/* KMS stores 32,768 bytes at most, S3 20,480 */

struct policy;

/*
 * The policy lives as long as the arena. A text that is no policy, be it by its JSON or by the
 * grammar, is ERR_MALFORMED "line:column: what"; one above the cap is ERR_TOO_LARGE.
 */
int	policy_parse(struct arena *, const char *text, size_t len,
	    const struct policy **ret_policy, struct err *);

size_t	policy_statements(const struct policy *);	/* how many; they are numbered from 1 */

/* ---- the request ---- */

enum policy_presence {
	POLICY_UNKNOWN = 0,	/* neither presence nor value are known */
	POLICY_ABSENT,
	POLICY_PRESENT,		/* it is there; its value is not known */
	POLICY_KNOWN,		/* it is there, with these values */
};

#define POLICY_FACT_VALUES	2

/* What is known of one condition key. Texts are the caller's. */
struct policy_fact {
	const char		*name;		/* in any case; "...*": every key that begins so */
	enum policy_presence	 presence;
	bool			 is_set;	/* multivalued: wants a set operator */
	bool			 is_partial;	/* a set of these and maybe others */
	const char		*values[POLICY_FACT_VALUES];	/* of a KNOWN one */
	unsigned		 count;
};

#define POLICY_REQUEST_FACTS	64

/* Condition keys without a fact are UNKNOWN. Texts are the caller's. */
struct policy_request {
	const char		*action;	/* "kms:GenerateDataKey" */
	const char		*service;	/* the caller: "cloudtrail.amazonaws.com" */
	const char		*resource;	/* an ARN */
	bool			 resource_is_prefix;	/* the ARN goes on, in a way not known */
	struct policy_fact	 facts[POLICY_REQUEST_FACTS];
	unsigned		 fact_count;
};

/* Adds a fact, or replaces the one of the same name. */
void	policy_request_set(struct policy_request *, struct policy_fact);

/* ---- the answer ---- */

enum policy_verdict { POLICY_ALLOWED = 1, POLICY_DENIED, POLICY_INDETERMINATE };

const char	*policy_verdict_name(enum policy_verdict);	/* "allowed", ... */

/* Of two verdicts the one that counts when both are needed: denied, indeterminate, allowed. */
enum policy_verdict	policy_verdict_worse(enum policy_verdict, enum policy_verdict);

struct policy_decision {
	enum policy_verdict	 verdict;
	unsigned		 statement;	/* that decided; 0: none allows */
};

void	policy_evaluate(const struct policy *, const struct policy_request *,
	    struct policy_decision *ret_decision);

/* Why, in one sentence with statement numbers, Sids and the deciding condition; in the arena. */
const char	*policy_explain(struct arena *, const struct policy *,
		    const struct policy_request *, const struct policy_decision *);

/* The statement that this sentence is about: the decision's, or the one that came nearest; or 0. */
unsigned	policy_explained(const struct policy *, const struct policy_request *,
		    const struct policy_decision *);

/* The Sid of a statement, in the arena; NULL when it has none. */
const char	*policy_sid(struct arena *, const struct policy *, unsigned statement);

/*
 * Whether a pattern matches an ARN as ArnLike does: "*" and "?" do not cross the first five colons.
 */
bool	policy_arn_is_like(const char *pattern, const char *arn);

/* ---- who else may use the key ---- */

struct policy_opening {
	unsigned	 statement;
	const char	*why;		/* one sentence, in the arena */
};

/*
 * Whether the policy of a key lets strangers read what it protects: an Allow of kms:Decrypt,
 * kms:ReEncryptFrom or kms:CreateGrant to everyone, or to an account that is neither the key's own
 * nor one of `accounts`, without a condition that restricts the caller. Gives the first one.
 */
bool	policy_find_open(struct arena *, const struct policy *, const char *key_arn,
	    const char *const *accounts, size_t count, struct policy_opening *ret_opening);

#endif
