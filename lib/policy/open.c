/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether strangers may read what a key protects. Only what opens a key is looked at: an Allow
 * that a Deny elsewhere takes back is still named, since the two are rarely meant for each other.
 */
#include <string.h>

#include "base/names.h"
#include "policy/policy_private.h"

/* Who may do any of these can read, or let others read. */
static const char *const open_actions[] = { "kms:Decrypt", "kms:ReEncryptFrom", "kms:CreateGrant" };

#define OPEN_ACTIONS	(sizeof(open_actions) / sizeof(open_actions[0]))

/* Condition keys that say who calls; "...*" as in policy_fact. */
static const char *const open_caller_keys[] = {
	"kms:CallerAccount", "aws:PrincipalAccount", "aws:PrincipalArn", "aws:PrincipalOrgID",
	"aws:PrincipalOrgPaths", "aws:PrincipalServiceName", "aws:SourceAccount", "aws:SourceArn",
	"aws:SourceOrgID", "aws:SourceOrgPaths", "aws:SourceVpc", "aws:SourceVpce", "aws:userid",
};

#define OPEN_CALLER_KEYS	(sizeof(open_caller_keys) / sizeof(open_caller_keys[0]))

/* The field holds nothing but wildcards. */
static bool
open_is_bare(const char *text, size_t len)
{
	return strspn(text, "*?") >= len;
}

/*
 * A value that anyone can have: a bare wildcard, an ARN of any account, or what the caller says of
 * itself. Variables about the resource are the owner's: ${aws:ResourceOrgID}.
 */
static bool
open_is_anyone(struct policy_text value)
{
	struct arn arn;

	if (open_is_bare(value.text, value.len))
		return true;
	if (arn_parse(value.text, &arn) && arn.account.len > 0)
		return open_is_bare(arn.account.text, arn.account.len);
	return variable_is_in(value) && strcasestr(value.text, "${aws:Resource") == NULL;
}

static bool
open_is_restricted_by(const struct policy_condition *condition)
{
	bool is_caller = false;

	for (size_t i = 0; i < OPEN_CALLER_KEYS && !is_caller; i++)
		is_caller = match_ignoring_case(condition->key,
		    (struct policy_text){ open_caller_keys[i], strlen(open_caller_keys[i]) });
	if (!is_caller || !condition_restricts(condition))
		return false;
	for (size_t i = 0; i < condition->values.count; i++)
		if (open_is_anyone(condition->values.row[i].written))
			return false;
	return true;
}

static bool
open_is_restricted(const struct policy_statement *statement)
{
	for (size_t i = 0; i < statement->condition_count; i++)
		if (open_is_restricted_by(&statement->conditions[i]))
			return true;
	return false;
}

static bool
open_is_expected(const char *account, const struct arn *key, const char *const *accounts,
    size_t count)
{
	if (name_part_is(key->account, account))
		return true;
	for (size_t i = 0; i < count; i++)
		if (strcmp(accounts[i], account) == 0)
			return true;
	return false;
}

/* The account of a principal that is an account id or an ARN; unique ids name none. */
static bool
open_find_account(const char *name, char out[NAME_ACCOUNT_MAX])
{
	struct arn arn;

	if (name_is_account(name)) {
		memcpy(out, name, NAME_ACCOUNT_MAX);
		return true;
	}
	return arn_parse(name, &arn) && name_part_copy(arn.account, out, NAME_ACCOUNT_MAX) &&
	    name_is_account(out);
}

/* An AWS principal that is everyone, or of an account that nobody expects. */
static bool
open_is_stranger(struct arena *arena, const struct policy_principal *principal,
    const struct arn *key, const char *const *accounts, size_t count, const char **ret_who)
{
	char account[NAME_ACCOUNT_MAX];

	if (principal->type != PRINCIPAL_AWS)
		return false;
	if (match_text(principal->name, "*")) {
		*ret_who = "everyone";
		return true;
	}
	if (!open_find_account(principal->name.text, account) ||
	    open_is_expected(account, key, accounts, count))
		return false;
	*ret_who = arena_printf(arena, "account %s", account);
	return true;
}

/* An Allow with NotPrincipal is for everyone else, unless it excepts everyone. */
static bool
open_find_stranger(struct arena *arena, const struct policy_statement *statement,
    const struct arn *key, const char *const *accounts, size_t count, const char **ret_who)
{
	const char *who;

	for (size_t i = 0; i < statement->principal_count; i++) {
		const struct policy_principal *principal = &statement->principals[i];

		if (statement->principal_is_negated && match_text(principal->name, "*"))
			return false;
		if (statement->principal_is_negated ||
		    !open_is_stranger(arena, principal, key, accounts, count, &who))
			continue;
		*ret_who = who;
		return true;
	}
	if (statement->principal_is_negated)
		*ret_who = "everyone but a few";
	return statement->principal_is_negated;
}

/* The first of the actions that the statement names, or NULL. */
static const char *
open_find_action(const struct policy *policy, const struct policy_statement *statement,
    const char *key_arn)
{
	struct policy_request request = { .service = "", .resource = key_arn };
	const char *found = NULL;

	for (size_t i = 0; i < OPEN_ACTIONS && found == NULL; i++) {
		struct evaluation e;

		request.action = open_actions[i];
		evaluation_init(&e, policy, &request);
		if (statement->action.is_there && statement->resource.is_there &&
		    evaluate_action(&e, statement) == TRI_YES &&
		    evaluate_resource(&e, statement) != TRI_NO)
			found = open_actions[i];
		evaluation_done(&e);
	}
	return found;
}

bool
policy_find_open(struct arena *arena, const struct policy *policy, const char *key_arn,
    const char *const *accounts, size_t count, struct policy_opening *ret_opening)
{
	struct arn key = { .account = { "", 0 } };

	arn_parse_key(key_arn, &key);
	policy_foreach(statement, policy) {
		const char *action, *who;
		struct buf out;

		if (statement->is_deny || open_is_restricted(statement) ||
		    !open_find_stranger(arena, statement, &key, accounts, count, &who))
			continue;
		action = open_find_action(policy, statement, key_arn);
		if (action == NULL)
			continue;
		buf_init(&out, 1000);
		explain_statement(&out, statement);
		buf_addf(&out, " allows %s to %s without a condition on the caller", action, who);
		*ret_opening = (struct policy_opening){ statement->number,
			arena_strdup(arena, buf_text(&out)) };
		buf_done(&out);
		return true;
	}
	return false;
}
