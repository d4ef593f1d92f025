/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A policy as data, and what its files share. Everything lives in the arena of the policy.
 *
 * Patterns are texts in which three bytes that no UTF-8 has stand for the wildcards and for the
 * colons between the fields of an ARN. So a value that was put in place of a variable can hold any
 * of "*?:" without meaning more than itself.
 */
#ifndef TRAILSEAL_POLICY_POLICY_PRIVATE_H
#define TRAILSEAL_POLICY_POLICY_PRIVATE_H

#include "base/buf.h"
#include "base/tri.h"
#include "policy/policy.h"

struct policy_text {
	const char	*text;		/* with a NUL behind it, and maybe others within */
	size_t		 len;
};

#define PATTERN_ANY	'\xff'		/* "*": any number of characters */
#define PATTERN_ONE	'\xfe'		/* "?": one character */
#define PATTERN_FIELD	'\xfd'		/* ":" between two of the six fields of an ARN */

enum pattern_kind {
	PATTERN_LITERAL = 1,	/* no wildcards */
	PATTERN_GLOB,		/* over the whole text */
	PATTERN_ARN,		/* field by field */
};

/* A text of the policy that is compared with one of the request. */
struct policy_value {
	struct policy_text	 written;
	struct policy_text	 pattern;	/* text NULL: it has variables to fill */
};

struct policy_values {
	struct policy_value	*row;
	size_t			 count;
};

/* Action or NotAction, Resource or NotResource. */
struct policy_element {
	bool			 is_there, is_negated;
	struct policy_values	 values;
};

enum principal_type { PRINCIPAL_AWS = 1, PRINCIPAL_SERVICE, PRINCIPAL_OTHER };

struct policy_principal {
	enum principal_type	 type;
	struct policy_text	 name;		/* "*" alone is AWS "*" */
};

enum condition_quantifier { CONDITION_SINGLE = 0, CONDITION_FOR_ALL, CONDITION_FOR_ANY };

struct condition_operator;

struct policy_condition {
	struct policy_text		 operator_name;	/* as written: "ForAllValues:StringLike" */
	const struct condition_operator	*operator;
	enum condition_quantifier	 quantifier;
	bool				 if_exists;
	struct policy_text		 key;
	struct policy_values		 values;
};

struct policy_statement {
	unsigned		 number;	/* from 1 */
	struct policy_text	 sid;		/* text NULL: none */
	bool			 is_deny;
	bool			 principal_is_negated;
	struct policy_principal	*principals;
	size_t			 principal_count;
	struct policy_element	 action, resource;
	struct policy_condition	*conditions;
	size_t			 condition_count;
};

struct policy {
	bool			 has_variables;	/* Version 2012-10-17 */
	struct policy_statement	*statements;
	size_t			 count;
};

#define policy_foreach(statement, policy) \
	for (const struct policy_statement *statement = (policy)->statements; \
	    statement < (policy)->statements + (policy)->count; statement++)

/* One request being put to one policy. */
struct evaluation {
	const struct policy		*policy;
	const struct policy_request	*request;
	struct policy_text		 action;	/* in lower case */
	struct buf			 scratch;	/* patterns whose variables were filled */
	char				 action_text[80];
};

/* ---- match.c ---- */

bool		match_text(struct policy_text, const char *);	/* exactly */
bool		match_same(struct policy_text, struct policy_text);
bool		match_ignoring_case(struct policy_text, struct policy_text);	/* of ASCII */
bool		match_glob(struct policy_text pattern, struct policy_text);
bool		match_arn(struct policy_text pattern, struct policy_text arn);

/* Whether all, none or some of the ARNs that begin so are matched. */
enum tri	match_arn_prefix(struct policy_text pattern, struct policy_text prefix);

/* ---- variable.c ---- */

/* The pattern of a text without variables; `kind` says which of its characters are special. */
struct policy_text	pattern_make(struct arena *, struct policy_text, enum pattern_kind);

/* Whether there is a terminated "${...}". */
bool	variable_is_in(struct policy_text);

/*
 * The pattern with its variables filled, in `out`. NO: a key is absent, so nothing can match.
 * UNKNOWN: a key, or what the variable means, is not known.
 */
enum tri	variable_fill(struct policy_text, enum pattern_kind, const struct policy_request *,
		    struct buf *out);

/* ---- request.c ---- */

/* Never NULL: what there is no fact for is UNKNOWN. */
const struct policy_fact	*policy_request_find(const struct policy_request *,
				    struct policy_text name);

/* ---- condition.c ---- */

/* "ForAnyValue:StringLikeIfExists" into its parts; false when it is none. */
bool	condition_parse_operator(struct policy_text name, struct policy_condition *);

enum pattern_kind	condition_kind(const struct policy_condition *);
bool			condition_takes_variables(const struct policy_condition *);

/* It holds only where the key is there and is like one of the values. */
bool	condition_restricts(const struct policy_condition *);

enum tri	condition_holds(struct evaluation *, const struct policy_condition *);

/* ---- evaluate.c ---- */

void	evaluation_init(struct evaluation *, const struct policy *, const struct policy_request *);
void	evaluation_done(struct evaluation *);

enum tri	evaluate_principal(const struct evaluation *, const struct policy_statement *);
enum tri	evaluate_action(const struct evaluation *, const struct policy_statement *);
enum tri	evaluate_resource(struct evaluation *, const struct policy_statement *);
enum tri	evaluate_statement(struct evaluation *, const struct policy_statement *);

/* ---- explain.c ---- */

/* "statement 2, 'AllowCloudTrail'," without the comma at its end. */
void	explain_statement(struct buf *out, const struct policy_statement *);
void	explain_text(struct buf *out, struct policy_text);	/* escaped and cut */

#endif
