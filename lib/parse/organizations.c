/* SPDX-License-Identifier: Apache-2.0 */
/* Organizations' ListAccounts and DescribeOrganization; see parse.h. */
#include "parse/parse.h"

#include <string.h>

#include "base/names.h"
#include "base/text.h"
#include "parse/members.h"

/* The ARN of an account tells its management account and "account/ORGANIZATION/ACCOUNT". */
static const char *
organizations_managed(struct arena *arena, const char *account_arn, const char *id)
{
	const char *name, *end;
	struct arn arn;

	if (account_arn == NULL || !arn_parse(account_arn, &arn) ||
	    !name_part_is(arn.account, id) || !text_has_prefix(arn.resource.text, "account/o-"))
		return NULL;
	name = arn.resource.text + strlen("account/");
	end = strchr(name, '/');
	return end != NULL ? arena_strndup(arena, name, (size_t)(end - name)) : NULL;
}

/*
 * State takes the place of Status. An account of which neither is told is taken for active: to
 * ask it in vain costs a call, to leave it out would hide its trails.
 */
static int
organizations_read_account(struct arena *arena, const struct json *item, struct account *ret,
    struct err *err)
{
	const char *status, *arn;

	if (members_account(arena, item, "Id", &ret->id, err) < 0 ||
	    members_text(arena, item, "Arn", &arn, err) < 0 ||
	    members_text(arena, item, "Name", &ret->name, err) < 0 ||
	    members_text(arena, item, "State", &ret->state, err) < 0 ||
	    members_text(arena, item, "Status", &status, err) < 0)
		return -1;
	if (ret->state == NULL)
		ret->state = status;
	ret->is_active = ret->state == NULL || text_same(ret->state, "ACTIVE");
	ret->manages = organizations_managed(arena, arn, ret->id);
	return 0;
}

int
parse_list_accounts(struct arena *arena, const struct json *json,
    const struct account **ret_accounts, size_t *ret_count, const char **ret_next,
    struct err *err)
{
	const struct json *list;
	struct account *accounts;
	const char *next;
	size_t n = 0;

	if (members_list(json, "Accounts", PARSE_ACCOUNTS_MAX, &list, err) < 0 ||
	    members_next(arena, json, &next, err) < 0)
		return -1;
	accounts = arena_alloc(arena, list->count * sizeof(*accounts));
	json_foreach(item, list)
		if (organizations_read_account(arena, item, &accounts[n++], err) < 0)
			return err_prefix(err, "Accounts[%zu]", n - 1);
	*ret_accounts = accounts;
	*ret_count = n;
	*ret_next = next;
	return 0;
}

int
parse_organization(struct arena *arena, const struct json *json,
    const char **ret_management_account, struct err *err)
{
	const struct json *organization;

	if (members_object(json, "Organization", &organization, err) < 0)
		return -1;
	return members_account(arena, organization, "MasterAccountId", ret_management_account, err);
}
