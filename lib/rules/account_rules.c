/* SPDX-License-Identifier: Apache-2.0 */
/* The rules about accounts and their regions: whether there is a trail, and whether it logs. */
#include "base/arena.h"
#include "rules/judge.h"

/* What an account's regions show together. */
struct account_view {
	const struct world_region	*with_trail;	/* the first that lists one now, or NULL */
	const struct world_region	*unread;	/* the first that may hide one, or NULL */
	const struct world_region	*without;	/* the first that lists none, or NULL */
	size_t				 read;		/* regions that were read */
};

static void
account_look(const struct world_account *account, struct account_view *ret)
{
	*ret = (struct account_view){ .read = 0 };
	for (const struct world_region *r = account->regions; r != NULL; r = r->next) {
		if (judge_region_is_off(r))
			continue;
		if (!reading_is_good(&r->trails_reading)) {
			ret->unread = ret->unread ? ret->unread : r;
			continue;
		}
		ret->read++;
		if (r->trail_count > 0)
			ret->with_trail = ret->with_trail ? ret->with_trail : r;
		else
			ret->without = ret->without ? ret->without : r;
	}
}

/* Without its list of regions an account may have more of them than we know. */
static bool
account_knows_regions(const struct world_account *account)
{
	return reading_is_good(&account->regions_reading);
}

static bool
account_has_none(const struct world_account *account, const struct account_view *view)
{
	return view->with_trail == NULL && view->unread == NULL && view->read > 0 &&
	    account_knows_regions(account) && !account->is_partly_watched;
}

enum verdict
judge_account_without_trail(const struct judge *j, struct observation *o)
{
	const char *question = "it has a trail";
	const struct reading *regions = &j->account->regions_reading;
	struct account_view view;

	account_look(j->account, &view);
	if (view.with_trail != NULL) {
		observe_source(o, &view.with_trail->trails_reading);
		observe_fact(j, o, "TrailARN", view.with_trail->trails[0]->trail.arn);
		return observe(j, o, VERDICT_PASS, "has a trail");
	}
	if (view.unread != NULL) {
		observe_source(o, &view.unread->trails_reading);
		observe_fact(j, o, "region", view.unread->name);
		return observe_unknown(j, o, question, arena_printf(j->arena, "%s: %s",
		    view.unread->name, reading_reason(&view.unread->trails_reading)));
	}
	if (!account_knows_regions(j->account))
		return observe_unread(j, o, question, regions);
	if (j->account->is_partly_watched)
		return VERDICT_NOT_APPLICABLE;	/* its trail may live where nobody is to look */
	if (view.read == 0)
		return observe_unknown(j, o, question, "none of its regions is enabled");
	observe_source(o, &view.without->trails_reading);
	observe_fact(j, o, "trailList", "empty");
	observe_fact(j, o, "regions", arena_printf(j->arena, "%zu", view.read));
	observe_remedy(j, o, "aws cloudtrail create-trail --name <name> --s3-bucket-name <bucket> "
	    "--is-multi-region-trail --enable-log-file-validation --kms-key-id "
	    "<ARN of a customer managed key in the bucket's region> --region <home region> && "
	    "aws cloudtrail start-logging --name <name> --region <home region>");
	return observe(
	    j, o, VERDICT_FAIL, "has no trail in any of its %zu enabled regions", view.read);
}

/* Whether a trail logs in this region, by its owner's status for it. */
static enum tri
region_is_logged(const struct judge *j, const struct world_trail *trail,
    const struct reading **ret_reading)
{
	const struct world_status *status = world_find_status(trail, j->region->name);

	*ret_reading = status ? &status->reading : NULL;
	if (status == NULL || !reading_is_good(&status->reading))
		return TRI_UNKNOWN;
	return status->status.logging;
}

static const char *
region_unknown_reason(const struct judge *j, const struct world_trail *trail,
    const struct reading *reading)
{
	if (reading != NULL)
		return reading_reason(reading);
	if (world_find_account(j->world, trail->trail.account) == NULL)
		return arena_printf(j->arena, "account %s, which owns trail %s, is not watched",
		    trail->trail.account, trail->trail.name);
	return arena_printf(j->arena, "the status of trail %s there was not asked for",
	    trail->trail.name);
}

/* Starts the trail that stopped there, or takes one of the account's to all regions. */
static void
region_remedy(const struct judge *j, struct observation *o)
{
	const struct trail *trail =
	    j->region->trail_count > 0 ? &j->region->trails[0]->trail : NULL;

	if (trail != NULL) {
		observe_remedy(j, o, "aws cloudtrail start-logging --name %s --region %s",
		    trail->arn, trail->home_region);
		return;
	}
	for (const struct world_region *r = j->account->regions; r != NULL; r = r->next)
		for (size_t i = 0; i < r->trail_count && trail == NULL; i++)
			trail = &r->trails[i]->trail;
	if (trail != NULL)
		observe_remedy(j, o,
		    "aws cloudtrail update-trail --name %s --is-multi-region-trail "
		    "--region %s",
		    trail->arn, trail->home_region);
}

/* The region lists its trails: one that logs is enough. */
static enum verdict
region_judge_listed(const struct judge *j, struct observation *o)
{
	const struct reading *reading, *unread = NULL;
	const struct world_trail *unclear = NULL;
	struct names stopped = { .count = 0 };

	for (size_t i = 0; i < j->region->trail_count; i++) {
		const struct world_trail *trail = j->region->trails[i];
		enum tri logged = region_is_logged(j, trail, &reading);

		if (logged == TRI_YES) {
			observe_source(o, reading);
			return observe(
			    j, o, VERDICT_PASS, "is covered by trail %s", trail->trail.name);
		}
		if (logged == TRI_UNKNOWN && unclear == NULL) {
			unclear = trail;
			unread = reading;
		}
		names_add(&stopped, trail->trail.name);
	}
	if (unclear != NULL) {
		if (unread != NULL)
			observe_source(o, unread);
		observe_fact(j, o, "TrailARN", unclear->trail.arn);
		return observe_unknown(j, o, "a trail logs there",
		    region_unknown_reason(j, unclear, unread));
	}
	observe_source(o, &j->region->trails_reading);
	region_remedy(j, o);
	if (j->region->trail_count == 0)
		return observe(j, o, VERDICT_FAIL, "has no trail");
	observe_fact(j, o, "trails", names_text(&stopped));
	return observe(j, o, VERDICT_FAIL, "has no trail that logs there: not %s", stopped.text);
}

/* The region cannot be read, but a multi-region trail that other regions list may log there. */
static enum verdict
region_judge_unlisted(const struct judge *j, struct observation *o)
{
	const struct reading *reading;

	for (const struct world_region *r = j->account->regions; r != NULL; r = r->next) {
		if (!reading_is_good(&r->trails_reading))
			continue;
		for (size_t i = 0; i < r->trail_count; i++) {
			const struct world_trail *trail = r->trails[i];

			if (trail->trail.multi_region != TRI_YES ||
			    region_is_logged(j, trail, &reading) != TRI_YES ||
			    reading->good.wall_ms <= reading_failed(&j->region->trails_reading)->wall_ms)
				continue;
			observe_source(o, reading);
			return observe(
			    j, o, VERDICT_PASS, "is covered by trail %s", trail->trail.name);
		}
	}
	return observe_unread(j, o, "a trail logs there", &j->region->trails_reading);
}

/*
 * A region that was never asked is not watched; one that is closed by a service control policy is
 * a matter of coverage; and an account without any trail has its own rule.
 */
enum verdict
judge_region_without_trail(const struct judge *j, struct observation *o)
{
	const struct reading *reading = &j->region->trails_reading;
	struct account_view view;

	account_look(j->account, &view);
	if (reading->state == READING_NONE || judge_region_is_off(j->region) ||
	    account_has_none(j->account, &view))
		return VERDICT_NOT_APPLICABLE;
	if (judge_is_closed(reading))
		return VERDICT_NOT_APPLICABLE;
	return reading_is_good(reading) ? region_judge_listed(j, o) : region_judge_unlisted(j, o);
}
