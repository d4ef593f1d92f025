/* SPDX-License-Identifier: Apache-2.0 */
/* How a trail's delivery stands; see delivery.h. */
#include "awssim/delivery.h"

#include "awssim/key.h"
#include "base/mem.h"
#include "base/stamp.h"

#define DELIVERY_PERIOD_MS	(5LL * 60 * 1000)
#define DIGEST_PERIOD_MS	(60LL * 60 * 1000)
#define BROKEN_BEFORE_MS	(60LL * 60 * 1000)	/* what never was has failed for so long */

/* What keeps a trail's files from its bucket, or last kept them. */
struct obstacle {
	const char	*error;		/* NULL: it is over */
	int64_t		 since_ms, until_ms;	/* STAMP_UNKNOWN: none; goes on */
};

static void
delivery_look_at_key(struct world *w, const struct trail *t, int64_t now_ms, struct obstacle *ret)
{
	const struct key *key;

	if (t->key_arn == NULL)
		return;
	key = key_find_even_deleted(w, t->key_arn, now_ms);
	if (key == NULL) {
		ret->error = "KMS.NotFoundException";
		ret->since_ms = w->began_ms - BROKEN_BEFORE_MS;
		return;
	}
	/* Once policies can be judged, a key whose policy keeps CloudTrail out belongs here. */
	ret->error = key_delivery_error(key);
	ret->since_ms = key->broken_ms;
	ret->until_ms = key->mended_ms;
}

static void
delivery_look_at_bucket(const struct world *w, const struct trail *t, struct obstacle *ret)
{
	const struct bucket *bucket = t->bucket ? world_bucket(w, t->bucket) : NULL;

	if (bucket == NULL) {
		ret->error = "NoSuchBucket";
		ret->since_ms = w->began_ms - BROKEN_BEFORE_MS;
		return;
	}
	ret->error = bucket->is_deleted ? "NoSuchBucket" : NULL;
	ret->since_ms = bucket->broken_ms;
	ret->until_ms = bucket->mended_ms;
}

/* The last full period before `at`, at a minute of the trail's own. */
static int64_t
delivery_last_period(const struct trail *t, int64_t at_ms, int64_t period_ms)
{
	int64_t phase = 0;

	for (const char *p = t->arn; *p != '\0'; p++)
		phase = (phase * 31 + *p) % period_ms;
	return at_ms - (at_ms - phase) % period_ms;
}

/* Files are brought up to the obstacle, and what waited is brought when it is over. */
static int64_t
delivery_latest(const struct trail *t, const struct obstacle *obstacle, int64_t now_ms,
    int64_t period_ms, int64_t before_ms)
{
	int64_t latest = delivery_last_period(t, now_ms, period_ms);

	if (obstacle->error != NULL && obstacle->since_ms != STAMP_UNKNOWN &&
	    obstacle->since_ms < latest)
		latest = delivery_last_period(t, obstacle->since_ms, period_ms);
	else if (obstacle->error == NULL && obstacle->until_ms != STAMP_UNKNOWN &&
	    obstacle->until_ms > latest)
		latest = obstacle->until_ms;
	return latest < t->start_ms ? before_ms : latest;
}

/* Which of the two stands in the way now, or did so last. */
static const struct obstacle *
delivery_worse(const struct obstacle *a, const struct obstacle *b)
{
	if ((a->error == NULL) != (b->error == NULL))
		return a->error != NULL ? a : b;
	return a->error != NULL ? (a->since_ms <= b->since_ms ? a : b)
				: (a->until_ms >= b->until_ms ? a : b);
}

static void
delivery_apply_overrides(const struct trail *t, const struct region *region, struct delivery *d)
{
	for (const struct delivery_override *o = t->overrides; o != NULL; o = o->next) {
		if (o->region != NULL && o->region != region)
			continue;
		if (o->error != NULL)
			d->error = d->digest_error = o->error;
		if (o->stopped_ms != STAMP_UNKNOWN && d->latest_ms > o->stopped_ms)
			d->latest_ms = o->stopped_ms;
		if (o->stopped_ms != STAMP_UNKNOWN && d->digest_ms > o->stopped_ms)
			d->digest_ms = o->stopped_ms;
	}
}

void
delivery_look(struct world *w, const struct trail *t, const struct region *region, int64_t now_ms,
    struct delivery *ret)
{
	struct obstacle key = { NULL, STAMP_UNKNOWN, STAMP_UNKNOWN }, bucket = key;
	const struct obstacle *worse;

	*ret = (struct delivery){ NULL, NULL, t->delivered_ms, t->digested_ms };
	if (!t->is_logging)
		return;
	delivery_look_at_key(w, t, now_ms, &key);
	delivery_look_at_bucket(w, t, &bucket);
	worse = delivery_worse(&key, &bucket);
	ret->error = worse->error;
	ret->latest_ms = delivery_latest(t, worse, now_ms, DELIVERY_PERIOD_MS, t->delivered_ms);
	if (t->validates) {
		ret->digest_error = worse->error;
		ret->digest_ms =
		    delivery_latest(t, worse, now_ms, DIGEST_PERIOD_MS, t->digested_ms);
	}
	delivery_apply_overrides(t, region, ret);
	if (!t->validates) {
		ret->digest_error = NULL;
		ret->digest_ms = STAMP_UNKNOWN;
	}
}

void
delivery_start(struct trail *t, int64_t now_ms)
{
	if (t->is_logging)
		return;
	t->is_logging = true;
	t->start_ms = now_ms;
}

void
delivery_stop(struct world *w, struct trail *t, int64_t now_ms)
{
	struct delivery last;

	if (!t->is_logging)
		return;
	delivery_look(w, t, t->home, now_ms, &last);
	t->is_logging = false;
	t->stop_ms = now_ms;
	t->delivered_ms = last.latest_ms;
	t->digested_ms = last.digest_ms;
}

struct delivery_override *
delivery_override(struct trail *t, const struct region *region)
{
	struct delivery_override *o = t->overrides;

	while (o != NULL && o->region != region)
		o = o->next;
	if (o == NULL) {
		o = mem_alloc(1, sizeof(*o));
		o->region = region;
		o->stopped_ms = STAMP_UNKNOWN;
		o->next = t->overrides;
		t->overrides = o;
	}
	return o;
}
