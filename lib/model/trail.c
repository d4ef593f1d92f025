/* SPDX-License-Identifier: Apache-2.0 */
/* Copies of what is known of a trail; see trail.h. */
#include "model/trail.h"

#include "base/arena.h"

void
trail_copy(struct arena *a, const struct trail *from, struct trail *to)
{
	*to = *from;
	to->arn = arena_strdup(a, from->arn);
	to->name = arena_strdup(a, from->name);
	to->account = arena_strdup(a, from->account);
	to->home_region = arena_strdup(a, from->home_region);
	to->bucket = arena_strdup(a, from->bucket);
	to->prefix = arena_strdup(a, from->prefix);
	to->kms_key_id = arena_strdup(a, from->kms_key_id);
}

void
trail_status_copy(struct arena *a, const struct trail_status *from, struct trail_status *to)
{
	*to = *from;
	to->delivery_error = arena_strdup(a, from->delivery_error);
	to->digest_error = arena_strdup(a, from->digest_error);
}

void
trail_selectors_copy(struct arena *a, const struct trail_selectors *from,
    struct trail_selectors *to)
{
	*to = *from;
	to->narrowed = arena_strdup(a, from->narrowed);
}
