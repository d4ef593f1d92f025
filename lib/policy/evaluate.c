/* SPDX-License-Identifier: Apache-2.0 */
/* A request put to a policy: statement by statement, in three-valued logic. */
#include <assert.h>
#include <string.h>

#include "policy/policy_private.h"

#define EVALUATE_SCRATCH_BYTES	POLICY_MAX_BYTES	/* a pattern beyond it is unknown */

static const char *const policy_verdict_names[] = {
	[POLICY_ALLOWED] = "allowed",
	[POLICY_DENIED] = "denied",
	[POLICY_INDETERMINATE] = "indeterminate",
};

const char *
policy_verdict_name(enum policy_verdict verdict)
{
	assert(verdict >= POLICY_ALLOWED && verdict <= POLICY_INDETERMINATE);
	return policy_verdict_names[verdict];
}

enum policy_verdict
policy_verdict_worse(enum policy_verdict a, enum policy_verdict b)
{
	if (a == POLICY_DENIED || b == POLICY_DENIED)
		return POLICY_DENIED;
	return a == POLICY_ALLOWED ? b : a;
}

void
evaluation_init(struct evaluation *e, const struct policy *policy,
    const struct policy_request *request)
{
	size_t len = strlen(request->action);

	assert(len < sizeof(e->action_text));
	e->policy = policy;
	e->request = request;
	e->action = (struct policy_text){ e->action_text, len };
	memcpy(e->action_text, request->action, len + 1);
	for (char *p = e->action_text; *p != '\0'; p++)
		*p = *p >= 'A' && *p <= 'Z' ? (char)(*p | 0x20) : *p;
	buf_init(&e->scratch, EVALUATE_SCRATCH_BYTES);
}

void
evaluation_done(struct evaluation *e)
{
	buf_done(&e->scratch);
}

static bool
evaluate_principal_is(const struct policy_principal *principal, const char *service)
{
	return principal->type == PRINCIPAL_AWS ? match_text(principal->name, "*") :
	    principal->type == PRINCIPAL_SERVICE && match_text(principal->name, service);
}

enum tri
evaluate_principal(const struct evaluation *e, const struct policy_statement *statement)
{
	bool is_in = false;

	for (size_t i = 0; i < statement->principal_count && !is_in; i++)
		is_in = evaluate_principal_is(&statement->principals[i], e->request->service);
	return tri_of(is_in != statement->principal_is_negated);
}

/* A statement without Action or without Resource has no effect, whichever it names. */
enum tri
evaluate_action(const struct evaluation *e, const struct policy_statement *statement)
{
	const struct policy_values *values = &statement->action.values;
	bool is_in = false;

	if (!statement->action.is_there)
		return TRI_NO;
	for (size_t i = 0; i < values->count && !is_in; i++)
		is_in = match_glob(values->row[i].pattern, e->action);
	return tri_of(is_in != statement->action.is_negated);
}

static enum tri
evaluate_resource_is(struct evaluation *e, const struct policy_value *value)
{
	struct policy_text arn = { e->request->resource, strlen(e->request->resource) };
	struct policy_text pattern = value->pattern;

	if (match_text(value->written, "*"))
		return TRI_YES;
	if (pattern.text == NULL) {
		enum tri filled = variable_fill(value->written, PATTERN_ARN, e->request,
		    &e->scratch);

		if (filled != TRI_YES)
			return filled;
		pattern = (struct policy_text){ buf_text(&e->scratch), e->scratch.len };
	}
	return e->request->resource_is_prefix ? match_arn_prefix(pattern, arn) :
	    tri_of(match_arn(pattern, arn));
}

enum tri
evaluate_resource(struct evaluation *e, const struct policy_statement *statement)
{
	const struct policy_values *values = &statement->resource.values;
	enum tri is_in = TRI_NO;

	if (!statement->resource.is_there)
		return TRI_NO;
	for (size_t i = 0; i < values->count && is_in != TRI_YES; i++)
		is_in = tri_or(is_in, evaluate_resource_is(e, &values->row[i]));
	return statement->resource.is_negated ? tri_not(is_in) : is_in;
}

enum tri
evaluate_statement(struct evaluation *e, const struct policy_statement *statement)
{
	enum tri matches;

	matches = tri_and(evaluate_principal(e, statement), evaluate_action(e, statement));
	if (matches != TRI_NO)
		matches = tri_and(matches, evaluate_resource(e, statement));
	for (size_t i = 0; i < statement->condition_count && matches != TRI_NO; i++)
		matches = tri_and(matches, condition_holds(e, &statement->conditions[i]));
	return matches;
}

/* The OR over the statements of one effect, and the first statement that is as true as it. */
struct side {
	enum tri	truth;
	unsigned	statement;
};

static void
side_add(struct side *side, enum tri truth, unsigned statement)
{
	if (truth <= side->truth)
		return;
	side->truth = truth;
	side->statement = statement;
}

static struct policy_decision
evaluate_sides(struct side allow, struct side deny)
{
	if (deny.truth == TRI_YES)
		return (struct policy_decision){ POLICY_DENIED, deny.statement };
	if (allow.truth == TRI_NO)
		return (struct policy_decision){ POLICY_DENIED, 0 };
	if (allow.truth == TRI_UNKNOWN)
		return (struct policy_decision){ POLICY_INDETERMINATE, allow.statement };
	if (deny.truth == TRI_UNKNOWN)
		return (struct policy_decision){ POLICY_INDETERMINATE, deny.statement };
	return (struct policy_decision){ POLICY_ALLOWED, allow.statement };
}

void
policy_evaluate(const struct policy *policy, const struct policy_request *request,
    struct policy_decision *ret_decision)
{
	struct side allow = { TRI_NO, 0 }, deny = { TRI_NO, 0 };
	struct evaluation e;

	evaluation_init(&e, policy, request);
	policy_foreach(statement, policy) {
		struct side *side = statement->is_deny ? &deny : &allow;

		if (side->truth != TRI_YES)
			side_add(side, evaluate_statement(&e, statement), statement->number);
		if (deny.truth == TRI_YES)
			break;
	}
	evaluation_done(&e);
	*ret_decision = evaluate_sides(allow, deny);
}
