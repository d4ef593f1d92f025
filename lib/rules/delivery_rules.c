/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules about what a trail does: whether it logs, and whether logs and digests arrive. Its
 * status exists per region; the finding is one, and names the regions. Where it does not log,
 * nothing arrives: that is trail-not-logging's to say, and the others leave the region out.
 */
#include "base/arena.h"
#include "base/stamp.h"
#include "base/text.h"
#include "rules/judge.h"

static bool
delivery_is_at_work(const struct judge_view *view)
{
	return view->status != NULL && view->status->logging != TRI_NO;
}

/*
 * Ages are those at the answer: what has come since then is not known before the next one. So
 * neither an outage nor a machine that sleeps makes anything look old.
 */
static int64_t
delivery_answered_ms(const struct judge_view *view)
{
	return view->reading->good.wall_ms;
}

/* The first view that cannot be read, or NULL. */
static const struct judge_view *
delivery_unread(const struct judge *j)
{
	for (size_t i = 0; i < j->view_count; i++)
		if (j->views[i].status == NULL)
			return &j->views[i];
	return NULL;
}

static size_t
delivery_count_at_work(const struct judge *j)
{
	size_t n = 0;

	for (size_t i = 0; i < j->view_count; i++)
		n += delivery_is_at_work(&j->views[i]);
	return n;
}

/* Nothing is wrong where it can be seen, but it cannot be seen everywhere. */
static enum verdict
delivery_unknown(const struct judge *j, struct observation *o, const char *question)
{
	struct names regions = { .count = 0 };
	const struct judge_view *unread = delivery_unread(j);

	if (unread == NULL)
		return observe_unknown(j, o, question, j->blind);
	for (size_t i = 0; i < j->view_count; i++)
		if (j->views[i].status == NULL)
			names_add(&regions, j->views[i].region);
	if (unread->reading != NULL)
		observe_source(o, unread->reading);
	observe_fact(j, o, "regions", names_text(&regions));
	return observe_unknown(j, o, arena_printf(j->arena, "%s in %s", question, regions.text),
	    unread->reason);
}

/*
 * Rules that look for something bad in single regions: collects those where `is_bad`, and gives
 * the first of them, whose answer is the evidence. The regions are a fact. NULL: none is bad.
 */
static const struct judge_view *
delivery_find(const struct judge *j, struct observation *o,
    bool (*is_bad)(const struct judge *, const struct judge_view *), struct names *regions)
{
	const struct judge_view *first = NULL;

	for (size_t i = 0; i < j->view_count; i++) {
		if (j->views[i].status == NULL || !is_bad(j, &j->views[i]))
			continue;
		names_add(regions, j->views[i].region);
		if (first == NULL)
			first = &j->views[i];
	}
	if (first == NULL)
		return NULL;
	observe_source(o, first->reading);
	observe_fact(j, o, "regions", names_text(regions));
	return first;
}

/* A pass rests on the answer of the home region, or else of the first. */
static enum verdict
delivery_pass(const struct judge *j, struct observation *o, const char *words)
{
	for (size_t i = 0; i < j->view_count; i++)
		if (i == 0 || text_same(j->views[i].region, j->trail->trail.home_region))
			observe_source(o, j->views[i].reading);
	return observe(j, o, VERDICT_PASS, "%s", words);
}

/*
 * While nothing is to be delivered, nothing can be said of deliveries: what was found before is not
 * mended by stopping the trail.
 */
static enum verdict
delivery_rests(struct observation *o)
{
	o->is_unsure = true;
	return VERDICT_NOT_APPLICABLE;
}

static bool
delivery_is_stopped(const struct judge *j, const struct judge_view *view)
{
	(void)j;
	return view->status->logging == TRI_NO;
}

enum verdict
judge_trail_not_logging(const struct judge *j, struct observation *o)
{
	struct names regions = { .count = 0 };
	const struct judge_view *stopped = delivery_find(j, o, delivery_is_stopped, &regions);

	if (stopped == NULL && (j->view_count == 0 || delivery_unread(j) != NULL))
		return delivery_unknown(j, o, "it logs");
	if (stopped == NULL)
		return delivery_pass(j, o, "logs");
	observe_fact(j, o, "IsLogging", "false");
	observe_fact_time(j, o, "StopLoggingTime", stopped->status->stop_logging_ms);
	observe_remedy(j, o, "aws cloudtrail start-logging --name %s --region %s",
	    j->trail->trail.arn, j->trail->trail.home_region);
	return observe(j, o, VERDICT_FAIL, "does not log in %s", regions.text);
}

static bool
delivery_has_error(const struct judge *j, const struct judge_view *view)
{
	(void)j;
	return delivery_is_at_work(view) && view->status->delivery_error != NULL;
}

/* S3's error may come of the key, its policy, the bucket or its policy: no one command mends it. */
enum verdict
judge_trail_delivery_failing(const struct judge *j, struct observation *o)
{
	struct names regions = { .count = 0 };
	const struct judge_view *failing = delivery_find(j, o, delivery_has_error, &regions);

	if (failing == NULL && (j->view_count == 0 || delivery_unread(j) != NULL))
		return delivery_unknown(j, o, "its logs are delivered");
	if (failing == NULL)
		return delivery_count_at_work(j) > 0 ?
		    delivery_pass(j, o, "delivers its logs without error") : delivery_rests(o);
	observe_fact(j, o, "LatestDeliveryError", failing->status->delivery_error);
	observe_fact_time(j, o, "LatestDeliveryTime", failing->status->latest_delivery_ms);
	observe_fact(j, o, "S3BucketName", j->trail->trail.bucket);
	observe_fact(j, o, "KmsKeyId", j->trail->trail.kms_key_id);
	return observe(j, o, VERDICT_FAIL, "cannot deliver its logs from %s: %s", regions.text,
	    failing->status->delivery_error);
}

/*
 * The newest delivery over all regions, as idle regions deliver nothing; when logging began; and
 * the oldest of the answers that say so.
 */
static const struct judge_view *
delivery_newest(const struct judge *j, int64_t *ret_began_ms, int64_t *ret_answered_ms)
{
	const struct judge_view *newest = NULL;

	*ret_began_ms = STAMP_UNKNOWN;
	*ret_answered_ms = j->now_wall_ms;
	for (size_t i = 0; i < j->view_count; i++) {
		const struct judge_view *view = &j->views[i];

		if (!delivery_is_at_work(view))
			continue;
		if (newest == NULL ||
		    view->status->latest_delivery_ms > newest->status->latest_delivery_ms)
			newest = view;
		if (delivery_answered_ms(view) < *ret_answered_ms)
			*ret_answered_ms = delivery_answered_ms(view);
		if (view->status->start_logging_ms != STAMP_UNKNOWN &&
		    (*ret_began_ms == STAMP_UNKNOWN ||
			view->status->start_logging_ms < *ret_began_ms))
			*ret_began_ms = view->status->start_logging_ms;
	}
	return newest;
}

/* Nothing came for long: whether that is bad depends on what is let through and can be seen. */
static enum verdict
delivery_judge_stale(const struct judge *j, struct observation *o, const struct judge_view *newest,
    int64_t began_ms)
{
	const char *question = "its logs still arrive";
	int64_t last_ms = newest->status->latest_delivery_ms;
	char age[32], when[STAMP_ISO_SIZE];

	if (delivery_unread(j) != NULL)
		return delivery_unknown(j, o, question);
	if (!reading_is_good(&j->trail->selectors_reading))
		return observe_unread(j, o, question, &j->trail->selectors_reading);
	if (j->trail->selectors.usual_reads == TRI_UNKNOWN)
		return observe_unknown(j, o, question, "its selectors are not understood");
	observe_source(o, newest->reading);
	if (last_ms == STAMP_UNKNOWN && began_ms == STAMP_UNKNOWN)
		return observe_unknown(
		    j, o, question, "it tells neither a delivery nor since when it logs");
	if (last_ms == STAMP_UNKNOWN)
		return observe(j, o, VERDICT_FAIL,
		    "has delivered no log in the %s since it began to log",
		    duration_describe(j->now_wall_ms - began_ms, age, sizeof(age)));
	return observe(j, o, VERDICT_FAIL, "has delivered no log for %s, the last at %s",
	    duration_describe(j->now_wall_ms - last_ms, age, sizeof(age)),
	    stamp_format_iso(last_ms, when));
}

enum verdict
judge_trail_delivery_stale(const struct judge *j, struct observation *o)
{
	const struct world_trail *trail = j->trail;
	int64_t began_ms, answered_ms, since_ms;
	const struct judge_view *newest = delivery_newest(j, &began_ms, &answered_ms);

	since_ms = answered_ms - j->settings->delivery_stale_ms;
	if (reading_is_good(&trail->selectors_reading) && trail->selectors.usual_reads == TRI_NO)
		return VERDICT_NOT_APPLICABLE;
	if (newest == NULL)
		return j->view_count > 0 && delivery_unread(j) == NULL ? delivery_rests(o) :
		    delivery_unknown(j, o, "its logs still arrive");
	observe_fact_time(j, o, "LatestDeliveryTime", newest->status->latest_delivery_ms);
	observe_fact_time(j, o, "StartLoggingTime", began_ms);
	observe_fact(j, o, "region", newest->region);
	if (newest->status->latest_delivery_ms < since_ms &&
	    (began_ms == STAMP_UNKNOWN || began_ms < since_ms))
		return delivery_judge_stale(j, o, newest, began_ms);
	observe_source(o, newest->reading);
	return observe(j, o, VERDICT_PASS, newest->status->latest_delivery_ms < since_ms ?
	    "has begun to log only lately" : "delivers its logs");
}

/* Digests are judged from the time on when the first must have come. */
static bool
digest_is_due(const struct judge *j, const struct judge_view *view)
{
	return delivery_is_at_work(view) && view->status->start_logging_ms != STAMP_UNKNOWN &&
	    delivery_answered_ms(view) - view->status->start_logging_ms >=
	    j->settings->digest_grace_ms;
}

static bool
digest_has_error(const struct judge *j, const struct judge_view *view)
{
	return digest_is_due(j, view) && view->status->digest_error != NULL;
}

/* One an hour comes from every region, even from an idle one. Never is long ago. */
static bool
digest_is_stale(const struct judge *j, const struct judge_view *view)
{
	return digest_is_due(j, view) &&
	    view->status->latest_digest_ms <
	    delivery_answered_ms(view) - j->settings->digest_stale_ms;
}

static bool
digest_has_no_start(const struct judge *j, const struct judge_view *view)
{
	(void)j;
	return delivery_is_at_work(view) && view->status->start_logging_ms == STAMP_UNKNOWN;
}

/* What both digest rules say when no region is bad. */
static enum verdict
digest_judge_rest(const struct judge *j, struct observation *o, const char *question)
{
	struct names regions = { .count = 0 };
	size_t due = 0;

	if (j->view_count == 0 || delivery_unread(j) != NULL)
		return delivery_unknown(j, o, question);
	if (delivery_find(j, o, digest_has_no_start, &regions) != NULL)
		return observe_unknown(j, o, question, "it does not tell since when it logs");
	for (size_t i = 0; i < j->view_count; i++)
		due += digest_is_due(j, &j->views[i]);
	return due > 0 ? delivery_pass(j, o, "delivers its digests") : delivery_rests(o);
}

/* Without validation there are no digests; whether it is on may not be known. */
static bool
digest_applies(const struct judge *j, struct observation *o, const char *question,
    enum verdict *ret)
{
	const struct world_trail *trail = j->trail;

	*ret = VERDICT_NOT_APPLICABLE;
	if (trail->trail.validation != TRI_YES)
		return false;
	if (reading_is_good(&trail->described))
		return true;
	*ret = observe_unread(j, o, question, &trail->described);
	return false;
}

enum verdict
judge_trail_digest_failing(const struct judge *j, struct observation *o)
{
	const char *question = "its digests are delivered without error";
	struct names regions = { .count = 0 };
	const struct judge_view *failing;
	enum verdict verdict;

	if (!digest_applies(j, o, question, &verdict))
		return verdict;
	failing = delivery_find(j, o, digest_has_error, &regions);
	if (failing == NULL)
		return digest_judge_rest(j, o, question);
	observe_fact(j, o, "LatestDigestDeliveryError", failing->status->digest_error);
	observe_fact_time(j, o, "LatestDigestDeliveryTime", failing->status->latest_digest_ms);
	observe_fact(j, o, "S3BucketName", j->trail->trail.bucket);
	return observe(j, o, VERDICT_FAIL, "cannot deliver its digests from %s: %s", regions.text,
	    failing->status->digest_error);
}

enum verdict
judge_trail_digest_stale(const struct judge *j, struct observation *o)
{
	const char *question = "its digests still arrive";
	struct names regions = { .count = 0 };
	const struct judge_view *stale;
	char age[32];
	enum verdict verdict;
	int64_t last_ms;

	if (!digest_applies(j, o, question, &verdict))
		return verdict;
	stale = delivery_find(j, o, digest_is_stale, &regions);
	if (stale == NULL)
		return digest_judge_rest(j, o, question);
	last_ms = stale->status->latest_digest_ms;
	observe_fact_time(j, o, "LatestDigestDeliveryTime", last_ms);
	observe_fact_time(j, o, "StartLoggingTime", stale->status->start_logging_ms);
	if (last_ms == STAMP_UNKNOWN)
		return observe(
		    j, o, VERDICT_FAIL, "has never delivered a digest from %s", regions.text);
	return observe(j, o, VERDICT_FAIL, "has delivered no digest for %s from %s",
	    duration_describe(j->now_wall_ms - last_ms, age, sizeof(age)), regions.text);
}
