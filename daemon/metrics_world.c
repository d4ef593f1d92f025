/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Metrics about AWS: trails, keys, findings, coverage. Facts are shown only while the latest
 * attempt to read them succeeded; what is older is not known.
 */
#include "base/stamp.h"
#include "base/text.h"
#include "daemon/daemon.h"
#include "daemon/metrics_page.h"
#include "world/coverage.h"

static const char *
tri_text(enum tri value)
{
	return value == TRI_UNKNOWN ? "" : value == TRI_YES ? "true" : "false";
}

static const char *
world_text(const char *text)
{
	return text != NULL ? text : "";
}

#define foreach_trail(t, s) for (const struct world_trail *t = world_trails((s)->daemon->world); \
	t != NULL; t = t->hh.next)
#define foreach_key(k, s) for (const struct world_key *k = world_keys((s)->daemon->world); \
	k != NULL; k = k->hh.next)

/* ---- accounts and trails ---- */

static void
world_write_account_info(struct metrics_page *p, const struct metrics_source *s)
{
	for (const struct world_account *a = world_accounts(s->daemon->world); a; a = a->hh.next)
		metrics_add_count(p, 1, "account", a->id, "name", world_text(a->name), NULL);
}

static void
world_write_trail_info(struct metrics_page *p, const struct metrics_source *s)
{
	foreach_trail(t, s)
		if (reading_is_good(&t->described))
			metrics_add_count(p, 1, "trail", t->trail.arn, "account", t->trail.account,
			    "region", t->trail.home_region, "key", world_text(t->trail.kms_key_id),
			    "bucket", world_text(t->trail.bucket),
			    "multi_region", tri_text(t->trail.multi_region),
			    "organization", tri_text(t->trail.organization),
			    "validation", tri_text(t->trail.validation), NULL);
}

static void
world_write_trail_encrypted(struct metrics_page *p, const struct metrics_source *s)
{
	foreach_trail(t, s)
		if (reading_is_good(&t->described))
			metrics_add_count(p, !text_is_empty(t->trail.kms_key_id), "trail", t->trail.arn,
			    "account", t->trail.account, "region", t->trail.home_region, NULL);
}

/* A trail in one region, as far as it is known now. */
#define foreach_status(t, v, s) foreach_trail(t, s) \
	for (const struct world_status *v = t->statuses; \
	    v != NULL && v < t->statuses + t->status_count; v++) \
		if (reading_is_good(&v->reading))

static void
world_add_status(struct metrics_page *p, const struct world_trail *t, const struct world_status *v,
    bool value)
{
	metrics_add_count(p, value, "trail", t->trail.arn, "account", t->trail.account,
	    "region", v->region, NULL);
}

static void
world_add_status_time(struct metrics_page *p, const struct world_trail *t,
    const struct world_status *v, int64_t wall_ms)
{
	if (wall_ms != STAMP_UNKNOWN)
		metrics_add_time(p, wall_ms, "trail", t->trail.arn, "account", t->trail.account,
		    "region", v->region, NULL);
}

static void
world_write_trail_logging(struct metrics_page *p, const struct metrics_source *s)
{
	foreach_status(t, v, s)
		if (v->status.logging != TRI_UNKNOWN)
			world_add_status(p, t, v, v->status.logging == TRI_YES);
}

static void
world_write_trail_delivery(struct metrics_page *p, const struct metrics_source *s)
{
	foreach_status(t, v, s)
		world_add_status_time(p, t, v, v->status.latest_delivery_ms);
}

static void
world_write_trail_digest(struct metrics_page *p, const struct metrics_source *s)
{
	foreach_status(t, v, s)
		world_add_status_time(p, t, v, v->status.latest_digest_ms);
}

static void
world_write_trail_delivery_error(struct metrics_page *p, const struct metrics_source *s)
{
	foreach_status(t, v, s)
		world_add_status(p, t, v, v->status.delivery_error != NULL);
}

static void
world_write_trail_digest_error(struct metrics_page *p, const struct metrics_source *s)
{
	foreach_status(t, v, s)
		world_add_status(p, t, v, v->status.digest_error != NULL);
}

/* ---- keys ---- */

static const char *
world_manager_name(enum key_manager manager)
{
	static const char *const names[] = {
		[KEY_MANAGER_UNKNOWN] = "", [KEY_MANAGER_AWS] = "AWS",
		[KEY_MANAGER_CUSTOMER] = "CUSTOMER",
	};

	return names[manager];
}

static void
world_write_key_info(struct metrics_page *p, const struct metrics_source *s)
{
	foreach_key(k, s)
		if (reading_is_good(&k->described))
			metrics_add_count(p, 1, "key", k->id, "account", k->account,
			    "region", k->region, "state", world_text(k->key.state_name),
			    "manager", world_manager_name(k->key.manager),
			    "spec", world_text(k->key.spec), "usage", world_text(k->key.usage),
			    "origin", world_text(k->key.origin),
			    "multi_region", tri_text(k->key.multi_region), NULL);
}

static void
world_write_key_usable(struct metrics_page *p, const struct metrics_source *s)
{
	foreach_key(k, s)
		if (world_key_is_usable(k) != TRI_UNKNOWN)
			metrics_add_count(p, world_key_is_usable(k) == TRI_YES, "key", k->id, NULL);
}

static void
world_write_key_deletion(struct metrics_page *p, const struct metrics_source *s)
{
	foreach_key(k, s)
		if (reading_is_good(&k->described) && k->key.deletion_ms != STAMP_UNKNOWN)
			metrics_add_time(p, k->key.deletion_ms, "key", k->id, NULL);
}

static void
world_write_key_expiry(struct metrics_page *p, const struct metrics_source *s)
{
	foreach_key(k, s)
		if (reading_is_good(&k->described) && k->key.valid_to_ms != STAMP_UNKNOWN)
			metrics_add_time(p, k->key.valid_to_ms, "key", k->id, NULL);
}

static void
world_write_key_rotation(struct metrics_page *p, const struct metrics_source *s)
{
	foreach_key(k, s)
		if (reading_is_good(&k->rotation_reading) && k->rotation.enabled != TRI_UNKNOWN)
			metrics_add_count(p, k->rotation.enabled == TRI_YES, "key", k->id, NULL);
}

/* As it was seen last, confirmed or not. */
static bool
world_trail_fails(const struct metrics_source *s, const struct world_trail *t, enum rule_id rule)
{
	char id[FINDING_ID_SIZE];
	const struct finding *f = findings_find(s->daemon->findings,
	    finding_id(rule, t->trail.account, t->trail.home_region, t->trail.arn, id));

	return f != NULL && (f->state == FINDING_PENDING || f->state == FINDING_FIRING);
}

/*
 * Whether the key's policy lets CloudTrail in for this trail, as the rules judged it: to evaluate
 * ten thousand policies once more would hold up the loop. What passes leaves no finding.
 */
static enum tri
world_trail_is_admitted(const struct metrics_source *s, const struct world_trail *t)
{
	const struct rule_setting *rules = s->daemon->scope.rules.rule;
	const struct world_key *k = t->key;

	if (!rules[RULE_KEY_POLICY_BLOCKS_CLOUDTRAIL].is_enabled ||
	    !rules[RULE_KEY_POLICY_UNCERTAIN].is_enabled || t->subject.touched ||
	    !reading_is_good(&t->described) || !reading_is_good(&k->described) ||
	    k->key.manager == KEY_MANAGER_AWS || !reading_is_good(&k->policy_reading))
		return TRI_UNKNOWN;
	if (world_trail_fails(s, t, RULE_KEY_POLICY_BLOCKS_CLOUDTRAIL))
		return TRI_NO;
	return world_trail_fails(s, t, RULE_KEY_POLICY_UNCERTAIN) ? TRI_UNKNOWN : TRI_YES;
}

/* For all trails that use it: one that is kept out counts more than one that cannot be told. */
static enum tri
world_key_admits(const struct metrics_source *s, const struct world_key *k)
{
	const struct world_trail *t;
	enum tri all = TRI_YES;

	TAILQ_FOREACH(t, &k->trails, by_key)
		all = tri_and(all, world_trail_is_admitted(s, t));
	return all;
}

static void
world_write_key_policy(struct metrics_page *p, const struct metrics_source *s)
{
	foreach_key(k, s) {
		enum tri admits = world_key_admits(s, k);

		if (admits != TRI_UNKNOWN)
			metrics_add_count(p, admits == TRI_YES, "key", k->id, NULL);
	}
}

/* ---- findings ---- */

/* Every state rule that is judged has a series at its severity, be it 0; others appear when they are. */
static void
world_write_findings(struct metrics_page *p, const struct metrics_source *s)
{
	unsigned count[RULES][SEVERITY_CRITICAL + 1] = { { 0 } };
	const struct rules_settings *rules = &s->daemon->scope.rules;

	for (const struct finding *f = findings_first(s->daemon->findings); f; f = f->hh.next)
		count[f->rule][f->severity] += finding_is_open(f);
	for (enum rule_id rule = 0; rule < STATE_RULES; rule++)
		for (enum severity v = SEVERITY_LOW; v <= SEVERITY_CRITICAL; v++)
			if (count[rule][v] > 0 ||
			    (rules->rule[rule].is_enabled && rules->rule[rule].severity == v))
				metrics_add_count(p, count[rule][v], "rule", rule_name(rule),
				    "severity", severity_name(v), NULL);
}

static void
world_write_finding_active(struct metrics_page *p, const struct metrics_source *s)
{
	for (const struct finding *f = findings_first(s->daemon->findings); f; f = f->hh.next)
		if (finding_is_open(f))
			metrics_add_count(p, 1, "rule", rule_name(f->rule), "account", f->account,
			    "region", f->region, "resource", f->resource, NULL);
}

static void
world_write_findings_silenced(struct metrics_page *p, const struct metrics_source *s)
{
	const struct daemon *d = s->daemon;
	unsigned count = 0;

	for (const struct finding *f = findings_first(d->findings); f != NULL; f = f->hh.next)
		count += finding_is_open(f) &&
		    silences_find(&d->silences, f, s->now_wall_ms) != NULL;
	metrics_add_count(p, count, NULL);
}

/* ---- coverage ---- */

static void
coverage_write_targets(struct metrics_page *p, const struct metrics_source *s)
{
	unsigned count[COLLECTORS][COVERAGE_NOT_APPLICABLE + 1] = { { 0 } };

	for (size_t i = 0; i < s->coverage->count; i++)
		count[s->coverage->row[i].collector][s->coverage->row[i].state]++;
	for (enum collector c = 0; c < COLLECTORS; c++)
		for (enum coverage_state v = COVERAGE_FRESH; v <= COVERAGE_NOT_APPLICABLE; v++)
			metrics_add_count(p, count[c][v], "collector", collector_name(c),
			    "state", coverage_state_name(v), NULL);
}

static void
coverage_write_state(struct metrics_page *p, const struct metrics_source *s)
{
	for (size_t i = 0; i < s->coverage->count; i++) {
		const struct coverage_row *row = &s->coverage->row[i];

		metrics_add_count(p, 1, "account", row->account, "region", row->region,
		    "collector", collector_name(row->collector),
		    "state", coverage_state_name(row->state), NULL);
	}
}

static size_t
coverage_count(const struct metrics_source *s)
{
	return s->coverage->count;
}

static size_t
coverage_count_seen(const struct metrics_source *s)
{
	size_t count = 0;

	for (size_t i = 0; i < s->coverage->count; i++)
		count += s->coverage->row[i].seen_wall_ms != STAMP_UNKNOWN;
	return count;
}

static void
coverage_write_success(struct metrics_page *p, const struct metrics_source *s)
{
	for (size_t i = 0; i < s->coverage->count; i++) {
		const struct coverage_row *row = &s->coverage->row[i];

		if (row->seen_wall_ms != STAMP_UNKNOWN)
			metrics_add_time(p, row->seen_wall_ms, "account", row->account,
			    "region", row->region, "collector", collector_name(row->collector), NULL);
	}
}

/* ---- rows ---- */

const struct metric metrics_world[] = {
	{ "findings", METRIC_GAUGE, "Findings that have fired and are not resolved.",
	    .write = world_write_findings },
	{ "findings_silenced", METRIC_GAUGE, "Those of them that a silence keeps from the receivers.",
	    .write = world_write_findings_silenced },
	{ "finding_active", METRIC_GAUGE,
	    "1 for each finding that has fired and is not resolved; absent otherwise.",
	    .write = world_write_finding_active },
	{ "trail_encrypted", METRIC_GAUGE, "Whether the trail names a KMS key.",
	    .write = world_write_trail_encrypted },
	{ "trail_logging", METRIC_GAUGE, "Whether the trail logs in the region.",
	    .write = world_write_trail_logging },
	{ "trail_latest_delivery_timestamp_seconds", METRIC_GAUGE,
	    "When CloudTrail last delivered log files of the region.",
	    .write = world_write_trail_delivery },
	{ "trail_latest_digest_delivery_timestamp_seconds", METRIC_GAUGE,
	    "When CloudTrail last delivered a digest of the region's log files.",
	    .write = world_write_trail_digest },
	{ "trail_delivery_error", METRIC_GAUGE, "Whether the latest delivery of log files failed.",
	    .write = world_write_trail_delivery_error },
	{ "trail_digest_error", METRIC_GAUGE, "Whether the latest delivery of a digest failed.",
	    .write = world_write_trail_digest_error },
	{ "trail_info", METRIC_GAUGE, "How the trail is configured. The region is its home region.",
	    .write = world_write_trail_info },
	{ "key_usable", METRIC_GAUGE, "Whether the state of the key lets CloudTrail use it.",
	    .write = world_write_key_usable },
	{ "key_deletion_timestamp_seconds", METRIC_GAUGE, "When the key will be deleted.",
	    .write = world_write_key_deletion },
	{ "key_material_expiry_timestamp_seconds", METRIC_GAUGE,
	    "When the imported material of the key expires.", .write = world_write_key_expiry },
	{ "key_rotation_enabled", METRIC_GAUGE, "Whether the key is rotated automatically.",
	    .write = world_write_key_rotation },
	{ "key_policy_allows_cloudtrail", METRIC_GAUGE,
	    "Whether the policy of the key lets CloudTrail use it for all trails that name it.",
	    .write = world_write_key_policy },
	{ "key_info", METRIC_GAUGE, "What KMS says of the key.", .write = world_write_key_info },
	{ "account_info", METRIC_GAUGE, "An account that is watched, and its name.",
	    .write = world_write_account_info },
	{ .name = NULL },
};

const struct metric metrics_coverage[] = {
	{ "coverage_targets", METRIC_GAUGE,
	    "Places, each an account, region and collector, by what can be seen of them.",
	    .write = coverage_write_targets },
	{ "coverage_state", METRIC_GAUGE,
	    "1 for the present state of each place: fresh, stale (the latest attempt failed), blind "
	    "(never seen) or not-applicable (the region is not enabled).",
	    .write = coverage_write_state, .count = coverage_count },
	{ "coverage_last_success_timestamp_seconds", METRIC_GAUGE,
	    "When something of the place was last seen.", .write = coverage_write_success,
	    .count = coverage_count_seen },
	{ .name = NULL },
};
