/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a trail is at work, and what is known of it there. Of the regions of its owner that are
 * watched, those where it is not are left out, and those where there is nothing to see: not
 * enabled, or closed by a service control policy, which is a matter of coverage.
 */
#include <string.h>

#include "base/arena.h"
#include "rules/judge.h"

bool
judge_is_closed(const struct reading *reading)
{
	return reading->state == READING_FAILED && reading->failure == ERR_DENIED_BY_SCP &&
	    reading->good.call == NULL;
}

static bool
views_is_closed(const struct reading *reading)
{
	return judge_is_closed(reading) ||
	    (reading->state == READING_FAILED && reading->failure == ERR_NOT_ENABLED);
}

bool
judge_region_is_off(const struct world_region *region)
{
	const struct reading *reading = &region->trails_reading;

	return region->enabled == TRI_NO ||
	    (reading->state == READING_FAILED && reading->failure == ERR_NOT_ENABLED);
}

/* Whether the trail is, or may be, at work in this region of its owner. */
static bool
views_concern(const struct world_trail *trail, const struct world_region *region)
{
	bool is_home = strcmp(region->name, trail->trail.home_region) == 0;

	if (region->enabled == TRI_NO || region->trails_reading.state == READING_NONE)
		return false;
	if (trail->trail.multi_region == TRI_NO && !is_home)
		return false;
	return world_region_lists(region, trail) ||
	    (!reading_is_good(&region->trails_reading) &&
	    (is_home || trail->trail.multi_region == TRI_YES));
}

/*
 * A status from before its region failed is as old as the region's list was then. When the region
 * is seen again, its status will be asked for next: until then nobody knows how it is.
 */
static bool
views_is_current(const struct world_status *slot, const struct world_region *region)
{
	return reading_is_good(&slot->reading) && (region == NULL ||
	    slot->reading.good.wall_ms > reading_failed(&region->trails_reading)->wall_ms);
}

/* `region` is the owner's, or NULL when the owner is not watched. */
static void
views_add(struct judge *j, const char *name, const struct world_region *region)
{
	const struct world_status *slot = world_find_status(j->trail, name);
	struct judge_view view = { .region = name };

	if (slot != NULL)
		view.reading = &slot->reading;
	if (slot != NULL && views_is_current(slot, region))
		view.status = &slot->status;
	else if (region != NULL && region->trails_reading.state == READING_FAILED)
		view.reading = &region->trails_reading;
	view.reason = view.reading ? reading_reason(view.reading) : "its status was not asked for";
	if (view.status == NULL && view.reading != NULL && reading_is_good(view.reading))
		view.reason = "its status was not asked for again";
	if (view.status == NULL && view.reading != NULL && views_is_closed(view.reading))
		j->blind = view.reason;
	else
		j->views[j->view_count++] = view;
}

static const char *
views_blind(const struct judge *j, const struct world_account *owner)
{
	if (owner == NULL)
		return arena_printf(j->arena, "account %s, which owns the trail, is not watched",
		    j->trail->trail.account);
	return "none of its regions was looked at";
}

void
judge_collect_views(struct judge *j)
{
	const struct world_trail *trail = j->trail;
	const struct world_account *owner = world_find_account(j->world, trail->trail.account);
	size_t most = trail->status_count;

	for (struct world_region *r = owner ? owner->regions : NULL; r != NULL; r = r->next)
		most++;
	j->views = arena_alloc(j->arena, most * sizeof(*j->views));
	for (struct world_region *r = owner ? owner->regions : NULL; r != NULL; r = r->next)
		if (views_concern(trail, r))
			views_add(j, r->name, r);
	for (size_t i = 0; owner == NULL && i < trail->status_count; i++)
		views_add(j, trail->statuses[i].region, NULL);
	if (j->blind == NULL)
		j->blind = views_blind(j, owner);
}
