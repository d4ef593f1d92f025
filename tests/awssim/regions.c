/* SPDX-License-Identifier: Apache-2.0 */
/* Account ListRegions and EC2 DescribeRegions: which regions the caller's account has. */
#include <stdio.h>
#include <string.h>

#include "awssim/answer.h"
#include "base/text.h"

#define REGIONS_PAGE	50

static const char *
region_account_status(const struct account *account, const struct region *region)
{
	if (!region->is_opt_in)
		return account_has_region(account, region) ? "ENABLED_BY_DEFAULT" : "DISABLED";
	return account_has_region(account, region) ? "ENABLED" : "DISABLED";
}

static const char *
region_ec2_status(const struct account *account, const struct region *region)
{
	if (!region->is_opt_in)
		return "opt-in-not-required";
	return account_has_region(account, region) ? "opted-in" : "not-opted-in";
}

/* The account asked about: the caller's own, or a member's for the management account. */
static const struct account *
account_asked(struct call *c)
{
	const struct account *account;
	const char *id = NULL;

	if (!call_string(c, "AccountId", &id))
		return NULL;
	if (id == NULL)
		return c->account;
	account = world_account(c->world, id, strlen(id));
	if (account_is_management(c->world, c->account) && account != NULL && account != c->account)
		return account;
	answer_error(c, 403, "AccessDeniedException",
	    "User: is not authorized to perform: account:ListRegions on the account %s", id);
	return NULL;
}

static bool
account_is_wanted(const struct json *statuses, const char *status)
{
	if (statuses == NULL || statuses->count == 0)
		return true;
	json_foreach(item, statuses)
		if (json_is(item, status))
			return true;
	return false;
}

static void
account_list_regions(struct call *c)
{
	const struct account *account = account_asked(c);
	const struct json *statuses = NULL;
	int64_t limit = REGIONS_PAGE, n = 0;
	uint64_t at = 0;
	struct err e = { 0 };

	if (account == NULL || !call_number(c, "MaxResults", 1, REGIONS_PAGE, &limit) ||
	    !call_take_token(c, "NextToken", "ValidationException", 'r', &at))
		return;
	if (json_get_array(c->params, "RegionOptStatusContains", &statuses, &e) != 0) {
		answer_error(c, 400, "ValidationException", "%s", e.text);
		return;
	}
	json_write_key(answer_json(c), "Regions");
	json_write_array(answer_json(c));
	for (; at < c->world->region_count && n < limit; at++) {
		const struct region *region = &c->world->regions[at];
		const char *status = region_account_status(account, region);

		if (!account_is_wanted(statuses, status))
			continue;
		json_write_object(answer_json(c));
		answer_member(c, "RegionName", region->name);
		answer_member(c, "RegionOptStatus", status);
		json_write_end_object(answer_json(c));
		n++;
	}
	json_write_end_array(answer_json(c));
	answer_member(
	    c, "NextToken", at < c->world->region_count ? call_make_token(c, 'r', at) : NULL);
}

/* Whether a list parameter "Prefix.N" holds the value; without any it holds all. */
static bool
ec2_list_has(const struct call *c, const char *prefix, const char *value)
{
	bool is_given = false;

	for (const struct field *f = c->fields; f != NULL; f = f->next) {
		if (!text_has_prefix(f->name, prefix))
			continue;
		is_given = true;
		if (strcmp(f->value, value) == 0)
			return true;
	}
	return !is_given;
}

/* Filters by name and by opt-in status, the n-th as "Filter.n.Name" and "Filter.n.Value.m". */
static bool
ec2_filters_admit(const struct call *c, const char *name, const char *status)
{
	for (int n = 1; n <= 10; n++) {
		char key[32], values[32];
		const char *filter;

		snprintf(key, sizeof(key), "Filter.%d.Name", n);
		snprintf(values, sizeof(values), "Filter.%d.Value.", n);
		filter = call_field(c, key);
		if (filter == NULL)
			return true;
		if (strcmp(filter, "region-name") == 0 && !ec2_list_has(c, values, name))
			return false;
		if (strcmp(filter, "opt-in-status") == 0 && !ec2_list_has(c, values, status))
			return false;
	}
	return true;
}

static void
ec2_describe_regions(struct call *c)
{
	bool wants_all = text_same(call_field(c, "AllRegions"), "true");

	answer_xml_open(c, "regionInfo");
	for (unsigned i = 0; i < c->world->region_count; i++) {
		const struct region *region = &c->world->regions[i];
		const char *status = region_ec2_status(c->account, region);

		if ((!wants_all && !account_has_region(c->account, region)) ||
		    !ec2_list_has(c, "RegionName.", region->name) ||
		    !ec2_filters_admit(c, region->name, status))
			continue;
		answer_xml_open(c, "item");
		answer_xml(c, "regionName", region->name);
		answer_xml(c, "regionEndpoint",
		    arena_printf(c->arena, "ec2.%s.amazonaws.com", region->name));
		answer_xml(c, "optInStatus", status);
		answer_xml_close(c, "item");
	}
	answer_xml_close(c, "regionInfo");
}

/* clang-format off */
const struct operation account_operations[] = {
	OPERATION_READS("account", ListRegions, account_list_regions, NULL),
	{ .name = NULL },
};

const struct operation ec2_operations[] = {
	OPERATION_READS("ec2", DescribeRegions, ec2_describe_regions, NULL),
	{ .name = NULL },
};
/* clang-format on */
