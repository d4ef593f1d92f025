/* SPDX-License-Identifier: Apache-2.0 */
/* Organizations: the accounts, for the management account, and the organization, for members. */
#include <string.h>

#include "awssim/answer.h"

#define ORGANIZATIONS_PAGE	20

static const char *
organizations_arn(struct call *c, const char *kind, const char *id)
{
	return arena_printf(c->arena, "arn:aws:organizations::%s:%s/%s%s%s", c->world->management,
	    kind, c->world->organization_id, id ? "/" : "", id ? id : "");
}

static bool
organizations_is_used(struct call *c)
{
	if (c->world->organization_id != NULL && c->account->is_member)
		return true;
	answer_error(c, 400, "AWSOrganizationsNotInUseException",
	    "Your account is not a member of an organization.");
	return false;
}

static void
organizations_write_account(struct call *c, const struct account *account)
{
	struct json_writer *w = answer_json(c);

	json_write_object(w);
	answer_member(c, "Id", account->id);
	answer_member(c, "Arn", organizations_arn(c, "account", account->id));
	answer_member(c, "Email", account->email);
	answer_member(c, "Name", account->name);
	answer_member(c, "Status", account->status);
	answer_member(c, "State", account->state);
	answer_member(
	    c, "JoinedMethod", account_is_management(c->world, account) ? "INVITED" : "CREATED");
	answer_member_time(c, "JoinedTimestamp", account->joined_ms);
	json_write_end_object(w);
}

/* The token is the place of the next account; place 0 with a token is behind the empty page. */
static void
organizations_list_accounts(struct call *c)
{
	const struct world *world = c->world;
	int64_t limit = ORGANIZATIONS_PAGE;
	uint64_t at = 0;
	bool is_empty_page;

	if (!organizations_is_used(c))
		return;
	if (!account_is_management(world, c->account)) {
		answer_refuse(
		    c, REFUSAL_DENIED, "You don't have permissions to access this resource.");
		return;
	}
	if (!call_number(c, "MaxResults", 1, ORGANIZATIONS_PAGE, &limit) ||
	    !call_take_token(c, "NextToken", "InvalidInputException", 'o', &at))
		return;
	is_empty_page = world->has_empty_pages && json_member(c->params, "NextToken") == NULL;
	json_write_key(answer_json(c), "Accounts");
	json_write_array(answer_json(c));
	for (int64_t n = 0; !is_empty_page && at < world->account_count && n < limit; at++)
		if (world->account_order[at]->is_member) {
			organizations_write_account(c, world->account_order[at]);
			n++;
		}
	json_write_end_array(answer_json(c));
	answer_member(c, "NextToken", at < world->account_count || is_empty_page
	    ? call_make_token(c, 'o', at) : NULL);
}

static void
organizations_describe(struct call *c)
{
	struct json_writer *w;
	const struct account *management;

	if (!organizations_is_used(c))
		return;
	w = answer_json(c);
	management = world_account(c->world, c->world->management, strlen(c->world->management));
	json_write_key(w, "Organization");
	json_write_object(w);
	answer_member(c, "Id", c->world->organization_id);
	answer_member(c, "Arn", organizations_arn(c, "organization", NULL));
	answer_member(c, "FeatureSet", "ALL");
	answer_member(c, "MasterAccountArn", organizations_arn(c, "account", c->world->management));
	answer_member(c, "MasterAccountId", c->world->management);
	answer_member(c, "MasterAccountEmail", management ? management->email : NULL);
	json_write_key(w, "AvailablePolicyTypes");
	json_write_array(w);
	json_write_end_array(w);
	json_write_end_object(w);
}

/* clang-format off */
const struct operation organizations_operations[] = {
	OPERATION_READS("organizations", ListAccounts, organizations_list_accounts, NULL),
	OPERATION_READS("organizations", DescribeOrganization, organizations_describe, NULL),
	{ .name = NULL },
};
/* clang-format on */
