/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A decision in a sentence. The deciding statement is put to the request once more, element by
 * element, and the first one that is as the verdict wants it is shown with its values.
 */
#include <string.h>

#include "base/names.h"
#include "base/text.h"
#include "policy/policy_private.h"

#define EXPLAIN_MAX_BYTES	4000
#define EXPLAIN_TEXT_SIZE	140	/* of a text of the policy that is shown */
#define EXPLAIN_VALUES		3	/* of a condition that are shown */

void
explain_text(struct buf *out, struct policy_text text)
{
	char shown[EXPLAIN_TEXT_SIZE];

	buf_adds(out, text_clean(shown, sizeof(shown), text.text, text.len));
}

void
explain_statement(struct buf *out, const struct policy_statement *statement)
{
	buf_addf(out, "statement %u", statement->number);
	if (statement->sid.len == 0)
		return;
	buf_adds(out, ", '");
	explain_text(out, statement->sid);
	buf_adds(out, "',");
}

/* ---- values ---- */

static void
explain_values(struct buf *out, const struct policy_values *values)
{
	for (size_t i = 0; i < values->count && i < EXPLAIN_VALUES; i++) {
		buf_adds(out, i == 0 ? "\"" : " or \"");
		explain_text(out, values->row[i].written);
		buf_addc(out, '"');
	}
	if (values->count > EXPLAIN_VALUES)
		buf_addf(out, " or %zu more", values->count - EXPLAIN_VALUES);
}

static void
explain_fact(struct buf *out, const struct policy_fact *fact)
{
	for (unsigned i = 0; i < fact->count; i++)
		buf_addf(out, "%s\"%s\"", i == 0 ? "" : " and ", fact->values[i]);
	if (fact->is_partial)
		buf_adds(out, " and maybe others");
}

/* The account that a value names, as an id or in an ARN; false when it names none, or several. */
static bool
explain_find_account(const char *text, struct name_part *ret_account)
{
	char id[NAME_ACCOUNT_MAX];
	struct arn arn;

	if (name_is_account(text)) {
		*ret_account = (struct name_part){ text, strlen(text) };
		return true;
	}
	if (!arn_parse(text, &arn) || !name_part_copy(arn.account, id, sizeof(id)) ||
	    !name_is_account(id))
		return false;
	*ret_account = arn.account;
	return true;
}

/* "names account A in KEY; the trail belongs to B": true when that is what is wrong. */
static bool
explain_account(struct buf *out, const struct policy_condition *condition,
    const struct policy_fact *fact)
{
	struct name_part own, named = { "", 0 };
	struct arn trail;
	bool is_trail = arn_parse_trail(fact->values[0], &trail) ||
	    strcmp(fact->name, "aws:SourceAccount") == 0;

	if (!is_trail || !condition_restricts(condition) || condition->values.count == 0 ||
	    !explain_find_account(fact->values[0], &own))
		return false;
	for (size_t i = 0; i < condition->values.count; i++)
		if (!explain_find_account(condition->values.row[i].written.text, &named) ||
		    memcmp(named.text, own.text, own.len) == 0)
			return false;
	explain_find_account(condition->values.row[0].written.text, &named);
	buf_addf(out, " names account %.*s", (int)named.len, named.text);
	if (condition->values.count > 1)
		buf_addf(out, " and %zu more", condition->values.count - 1);
	buf_adds(out, " in ");
	explain_text(out, condition->key);
	buf_addf(out, "; the trail belongs to %.*s", (int)own.len, own.text);
	return true;
}

/* "StringEquals aws:SourceArn "..."" */
static void
explain_condition(struct buf *out, const struct policy_condition *condition)
{
	explain_text(out, condition->operator_name);
	buf_addc(out, ' ');
	explain_text(out, condition->key);
	buf_addc(out, ' ');
	explain_values(out, &condition->values);
}

/* ", and it is "..."", or that the request does not carry it. */
static void
explain_outcome(struct buf *out, const struct evaluation *e, const struct policy_fact *fact)
{
	if (fact->presence == POLICY_ABSENT) {
		buf_addf(out, ", which %s does not carry", e->request->action);
	} else if (fact->presence == POLICY_KNOWN) {
		buf_adds(out, ", and it is ");
		explain_fact(out, fact);
	} else {
		buf_addf(out, ", which %s carries", e->request->action);
	}
}

static void
explain_false_condition(struct buf *out, const struct evaluation *e,
    const struct policy_condition *condition)
{
	const struct policy_fact *fact = policy_request_find(e->request, condition->key);

	if (fact->presence == POLICY_KNOWN && explain_account(out, condition, fact))
		return;
	buf_adds(out, " asks for ");
	explain_condition(out, condition);
	explain_outcome(out, e, fact);
}

static void
explain_unknown_condition(struct buf *out, const struct policy_condition *condition,
    const struct policy_fact *fact)
{
	buf_adds(out, " depends on ");
	explain_condition(out, condition);
	if (fact->presence == POLICY_UNKNOWN)
		buf_adds(out, ", a key that cannot be known from outside");
	else if (fact->presence == POLICY_PRESENT)
		buf_adds(out, ", a key whose value cannot be known from outside");
	else if (fact->is_set && condition->quantifier == CONDITION_SINGLE)
		buf_adds(out, ", a key of several values, for which AWS has set operators only");
	else if (fact->is_partial)
		buf_adds(out, ", a key of which not all values are known");
	else
		buf_adds(out, ", which cannot be worked out from what is known");
}

static const struct policy_condition *
explain_find_condition(struct evaluation *e, const struct policy_statement *statement,
    enum tri truth)
{
	for (size_t i = 0; i < statement->condition_count; i++)
		if (condition_holds(e, &statement->conditions[i]) == truth)
			return &statement->conditions[i];
	return NULL;
}

/* ---- decisions ---- */

static void
explain_allowed(struct buf *out, const struct evaluation *e,
    const struct policy_statement *statement)
{
	explain_statement(out, statement);
	buf_addf(out, " allows %s", e->request->action);
}

static void
explain_denied(struct buf *out, struct evaluation *e, const struct policy_statement *statement)
{
	explain_statement(out, statement);
	buf_addf(out, " denies %s to %s", e->request->action, e->request->service);
	if (statement->condition_count == 0)
		return;
	buf_adds(out, ": it asks for ");
	explain_condition(out, &statement->conditions[0]);
	explain_outcome(out, e, policy_request_find(e->request, statement->conditions[0].key));
}

static void
explain_indeterminate(struct buf *out, struct evaluation *e,
    const struct policy_statement *statement)
{
	const struct policy_condition *condition;

	explain_statement(out, statement);
	buf_addf(out, " %s %s, but", statement->is_deny ? "denies" : "allows", e->request->action);
	condition = explain_find_condition(e, statement, TRI_UNKNOWN);
	if (condition != NULL)
		explain_unknown_condition(out, condition,
		    policy_request_find(e->request, condition->key));
	else
		buf_adds(out, " it is not known whether for all the resources that are used: ");
	if (condition == NULL)
		explain_values(out, &statement->resource.values);
}

/* How far a statement that does not allow comes, from nowhere to its conditions. */
enum nearness { NEAR_NOT = 0, NEAR_ACTION, NEAR_RESOURCE, NEAR_CONDITION };

static enum nearness
explain_nearness(struct evaluation *e, const struct policy_statement *statement)
{
	if (statement->is_deny || evaluate_principal(e, statement) == TRI_NO)
		return NEAR_NOT;
	if (evaluate_action(e, statement) == TRI_NO)
		return NEAR_ACTION;
	return evaluate_resource(e, statement) == TRI_NO ? NEAR_RESOURCE : NEAR_CONDITION;
}

static void
explain_near(struct buf *out, struct evaluation *e, const struct policy_statement *statement,
    enum nearness nearness)
{
	const struct policy_condition *condition;

	explain_statement(out, statement);
	if (!statement->action.is_there || !statement->resource.is_there) {
		buf_addf(out, " has no %s and so no effect",
		    statement->action.is_there ? "Resource" : "Action");
	} else if (nearness == NEAR_ACTION) {
		buf_adds(out, " allows it other actions only");
	} else if (nearness == NEAR_RESOURCE) {
		buf_adds(out, " is about another resource: ");
		explain_values(out, &statement->resource.values);
	} else {
		condition = explain_find_condition(e, statement, TRI_NO);
		explain_false_condition(out, e, condition);
	}
}

static const struct policy_statement *
explain_find_nearest(struct evaluation *e, enum nearness *ret_most)
{
	const struct policy_statement *nearest = NULL;

	*ret_most = NEAR_NOT;
	policy_foreach(statement, e->policy) {
		enum nearness nearness = explain_nearness(e, statement);

		if (nearness > *ret_most) {
			*ret_most = nearness;
			nearest = statement;
		}
	}
	return nearest;
}

static void
explain_no_allow(struct buf *out, struct evaluation *e)
{
	enum nearness most;
	const struct policy_statement *nearest = explain_find_nearest(e, &most);

	if (most < NEAR_RESOURCE)
		buf_addf(out, "no statement allows %s to %s", e->request->action,
		    e->request->service);
	if (most == NEAR_ACTION)
		buf_adds(out, "; ");
	if (nearest != NULL)
		explain_near(out, e, nearest, most);
}

const char *
policy_explain(struct arena *arena, const struct policy *policy,
    const struct policy_request *request, const struct policy_decision *decision)
{
	const struct policy_statement *statement =
	    decision->statement > 0 ? &policy->statements[decision->statement - 1] : NULL;
	struct evaluation e;
	struct buf out;
	const char *why;

	evaluation_init(&e, policy, request);
	buf_init(&out, EXPLAIN_MAX_BYTES);
	if (statement == NULL)
		explain_no_allow(&out, &e);
	else if (decision->verdict == POLICY_DENIED)
		explain_denied(&out, &e, statement);
	else if (decision->verdict == POLICY_ALLOWED)
		explain_allowed(&out, &e, statement);
	else
		explain_indeterminate(&out, &e, statement);
	why = arena_strdup(arena, buf_text(&out));
	buf_done(&out);
	evaluation_done(&e);
	return why;
}

unsigned
policy_explained(const struct policy *policy, const struct policy_request *request,
    const struct policy_decision *decision)
{
	const struct policy_statement *nearest;
	struct evaluation e;
	enum nearness most;

	if (decision->statement > 0)
		return decision->statement;
	evaluation_init(&e, policy, request);
	nearest = explain_find_nearest(&e, &most);
	evaluation_done(&e);
	return nearest != NULL ? nearest->number : 0;
}

const char *
policy_sid(struct arena *arena, const struct policy *policy, unsigned statement)
{
	struct policy_text sid = policy->statements[statement - 1].sid;

	return sid.len > 0 ? arena_strndup(arena, sid.text, sid.len) : NULL;
}
