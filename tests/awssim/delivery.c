/* SPDX-License-Identifier: Apache-2.0 */
/* How a trail's delivery stands; see delivery.h. */
#include "awssim/delivery.h"

#include "awssim/admission.h"
#include "awssim/key.h"
#include "base/mem.h"
#include "base/stamp.h"

#define DELIVERY_PERIOD_MS	(5LL * 60 * 1000)
#define DIGEST_PERIOD_MS	(60LL * 60 * 1000)

/* What keeps a trail's files from its bucket, or last kept them. */
struct obstacle {
	const char	*error;		/* NULL: it is over */
	int64_t		 since_ms, until_ms;	/* STAMP_UNKNOWN: none; goes on */
};

/* Which of the two stands in the way now, or did so last. */
static struct obstacle
delivery_worse(struct obstacle a, struct obstacle b)
{
	if ((a.error == NULL) != (b.error == NULL))
		return a.error != NULL ? a : b;
	return a.error != NULL ? (a.since_ms <= b.since_ms ? a : b)
			       : (a.until_ms >= b.until_ms ? a : b);
}

/* S3 says the same of a policy of its own and of one of the key. */
static struct obstacle
delivery_refused(const struct admission *a)
{
	return (struct obstacle){ a->is_refused ? "AccessDenied" : NULL, a->broken_ms, a->mended_ms };
}

static struct obstacle
delivery_look_at_key(struct world *w, struct trail *t, int64_t now_ms)
{
	const struct key *key = key_find_even_deleted(w, t->key_arn, now_ms);
	struct obstacle state;

	if (key == NULL)
		return (struct obstacle){ "KMS.NotFoundException",
			w->began_ms - WORLD_BROKEN_BEFORE_MS, STAMP_UNKNOWN };
	state = (struct obstacle){ key_delivery_error(key), key->broken_ms, key->mended_ms };
	return key->is_deleted ? state :
	    delivery_worse(state, delivery_refused(admission_look_at_key(t, key)));
}

static struct obstacle
delivery_look_at_bucket(const struct world *w, struct trail *t)
{
	const struct bucket *bucket = t->bucket ? world_bucket(w, t->bucket) : NULL;
	struct obstacle state;

	if (bucket == NULL)
		return (struct obstacle){ "NoSuchBucket", w->began_ms - WORLD_BROKEN_BEFORE_MS,
			STAMP_UNKNOWN };
	state = (struct obstacle){ bucket->is_deleted ? "NoSuchBucket" : NULL, bucket->broken_ms,
		bucket->mended_ms };
	return bucket->is_deleted ? state :
	    delivery_worse(state, delivery_refused(admission_look_at_bucket(w, t, bucket)));
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
delivery_look(struct world *w, struct trail *t, const struct region *region, int64_t now_ms,
    struct delivery *ret)
{
	struct obstacle worst;

	*ret = (struct delivery){ NULL, NULL, t->delivered_ms, t->digested_ms };
	if (!t->is_logging)
		return;
	worst = delivery_look_at_bucket(w, t);
	if (t->key_arn != NULL)
		worst = delivery_worse(delivery_look_at_key(w, t, now_ms), worst);
	ret->error = worst.error;
	ret->latest_ms = delivery_latest(t, &worst, now_ms, DELIVERY_PERIOD_MS, t->delivered_ms);
	if (t->validates) {
		ret->digest_error = worst.error;
		ret->digest_ms =
		    delivery_latest(t, &worst, now_ms, DIGEST_PERIOD_MS, t->digested_ms);
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
