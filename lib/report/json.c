/* SPDX-License-Identifier: Apache-2.0 */
/* The report as one JSON object; see report.h. What could not be learned is null, never a guess. */
#include "report/report.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/mem.h"
#include "base/text.h"
#include "findings/evidence.h"
#include "report/report_private.h"
#include "wire/json.h"
#include "wire/json_write.h"

/* Text that may be unknown: "" is not known either. */
static void
json_member_known(struct json_writer *w, const char *name, const char *text)
{
	json_write_member(w, name, text_is_empty(text) ? NULL : text);
}

static void
json_member_tri(struct json_writer *w, const char *name, enum tri value)
{
	json_write_key(w, name);
	if (value == TRI_UNKNOWN)
		json_write_null(w);
	else
		json_write_bool(w, value == TRI_YES);
}

static void
json_add_coverage(struct json_writer *w, const struct coverage *c)
{
	json_write_key(w, "coverage");
	json_write_array(w);
	for (size_t i = 0; i < c->count; i++) {
		const struct coverage_row *row = &c->row[i];

		json_write_object(w);
		json_write_member(w, "account", row->account);
		json_write_member(w, "region", row->region);
		json_write_member(w, "collector", collector_name(row->collector));
		json_write_member(w, "state", coverage_state_name(row->state));
		json_write_member(w, "reason", row->reason);
		json_write_end_object(w);
	}
	json_write_end_array(w);
}

/* `status` is NULL, or its reading has failed: then nothing is known. */
static void
json_add_status(struct json_writer *w, const struct world_status *status)
{
	const struct trail_status *s;

	if (status == NULL || !reading_is_good(&status->reading)) {
		json_write_member(w, "logging", NULL);
		json_write_member(w, "latest_delivery", NULL);
		json_write_member(w, "latest_delivery_error", NULL);
		return;
	}
	s = &status->status;
	json_member_tri(w, "logging", s->logging);
	json_write_member_time(w, "latest_delivery", s->latest_delivery_ms);
	json_write_member(w, "latest_delivery_error", s->delivery_error ? s->delivery_error : "");
}

static const char *
json_manager_name(enum key_manager manager)
{
	static const char *const names[] = {
		[KEY_MANAGER_UNKNOWN] = NULL, [KEY_MANAGER_AWS] = "AWS",
		[KEY_MANAGER_CUSTOMER] = "CUSTOMER",
	};

	return names[manager];
}

/* `policy`: what the key's policy says for the trail that is being shown. */
static void
json_add_key(struct json_writer *w, const struct world_key *k, const char *policy)
{
	bool is_known = k != NULL && reading_is_good(&k->described);

	json_write_key(w, "key");
	if (k == NULL) {
		json_write_null(w);
		return;
	}
	json_write_object(w);
	json_write_member(w, "arn", k->id);
	json_member_known(w, "state", is_known ? k->key.state_name : NULL);
	json_write_member(w, "manager", is_known ? json_manager_name(k->key.manager) : NULL);
	json_member_tri(w, "usable", world_key_is_usable(k));
	json_write_member(w, "policy", policy);
	json_write_end_object(w);
}

static int
json_compare_regions(const void *pa, const void *pb)
{
	const struct world_status *a = *(const struct world_status *const *)pa;
	const struct world_status *b = *(const struct world_status *const *)pb;

	return strcmp(a->region, b->region);
}

static void
json_add_regions(struct json_writer *w, const struct world_trail *t)
{
	const struct world_status **list = mem_alloc(t->status_count + 1, sizeof(*list));

	for (size_t i = 0; i < t->status_count; i++)
		list[i] = &t->statuses[i];
	qsort(list, t->status_count, sizeof(*list), json_compare_regions);
	json_write_key(w, "regions");
	json_write_array(w);
	for (size_t i = 0; i < t->status_count; i++) {
		json_write_object(w);
		json_write_member(w, "region", list[i]->region);
		json_add_status(w, list[i]);
		json_write_end_object(w);
	}
	json_write_end_array(w);
	free(list);
}

static void
json_add_trail(struct json_writer *w, struct rules_policies *policies,
    const struct world_trail *t)
{
	const struct trail *trail = &t->trail;
	bool is_known = reading_is_good(&t->described);

	json_write_object(w);
	json_write_member(w, "arn", trail->arn);
	json_write_member(w, "account", trail->account);
	json_write_member(w, "home_region", trail->home_region);
	json_member_tri(w, "multi_region", trail->multi_region);
	json_member_tri(w, "organization", trail->organization);
	json_member_known(w, "kms_key_arn", is_known ? trail->kms_key_id : NULL);
	json_member_tri(w, "encrypted",
	    is_known ? tri_of(!text_is_empty(trail->kms_key_id)) : TRI_UNKNOWN);
	json_add_status(w, world_find_status(t, trail->home_region));
	json_add_key(w, t->key, rules_key_policy(policies, t));
	json_add_regions(w, t);
	json_write_end_object(w);
}

static void
json_add_trails(struct json_writer *w, const struct world *world)
{
	size_t count;
	const struct world_trail **list = report_trails(world, &count);
	struct rules_policies *policies = rules_policies_new();

	json_write_key(w, "trails");
	json_write_array(w);
	for (size_t i = 0; i < count; i++)
		json_add_trail(w, policies, list[i]);
	json_write_end_array(w);
	rules_policies_free(policies);
	free(list);
}

static void
json_add_finding(struct json_writer *w, const struct observation *o)
{
	json_write_object(w);
	json_write_member(w, "rule", rule_name(o->rule));
	json_write_member(w, "severity", severity_name(o->severity));
	json_write_member(w, "status", verdict_name(o->verdict));
	json_write_member(w, "account", o->account);
	json_write_member(w, "region", o->region);
	json_write_member(w, "resource", o->resource);
	json_write_member(w, "summary", o->summary);
	json_write_key(w, "evidence");
	evidence_write(w, o);
	json_write_member(w, "remediation", o->remediation);
	json_write_end_object(w);
}

static void
json_add_findings(struct json_writer *w, const struct report *r)
{
	size_t count;
	const struct observation **list = report_findings(r, &count);

	json_write_key(w, "findings");
	json_write_array(w);
	for (size_t i = 0; i < count; i++)
		json_add_finding(w, list[i]);
	json_write_end_array(w);
	free(list);
}

void
report_add_json(const struct report *r, struct buf *out)
{
	struct json_writer *w = json_writer_new(out, true);

	json_write_object(w);
	json_write_member(w, "version", r->version);
	json_write_member_time(w, "started", r->started_ms);
	json_write_member_time(w, "finished", r->finished_ms);
	json_write_member(w, "verdict", verdict_name(report_verdict(r)));
	json_add_coverage(w, r->coverage);
	json_add_trails(w, r->world);
	json_add_findings(w, r);
	json_write_end_object(w);
	json_writer_free(w);
}

/* ---- the parts ---- */

void
report_add_coverage_json(const struct coverage *coverage, struct buf *out)
{
	struct json_writer *w = json_writer_new(out, true);

	json_write_object(w);
	json_add_coverage(w, coverage);
	json_write_end_object(w);
	json_writer_free(w);
}

void
report_add_trails_json(const struct world *world, struct buf *out)
{
	struct json_writer *w = json_writer_new(out, true);

	json_write_object(w);
	json_add_trails(w, world);
	json_write_end_object(w);
	json_writer_free(w);
}

/* The evidence has been on disk: what is not JSON any more is not known. */
static void
json_add_evidence_text(struct json_writer *w, struct arena *arena, const char *text)
{
	const struct json *tree;
	struct err err;

	json_write_key(w, "evidence");
	arena_reset(arena);
	if (text != NULL && json_parse(arena, text, strlen(text), &tree, &err) == 0)
		json_write_tree(w, tree);
	else
		json_write_null(w);
}

static void
json_add_followed(struct json_writer *w, struct arena *arena, const struct finding *f,
    bool is_silenced)
{
	bool is_known = f->state != FINDING_OBSCURED;

	json_write_object(w);
	json_write_member(w, "rule", rule_name(f->rule));
	json_write_member(w, "severity", severity_name(f->severity));
	json_write_member(w, "status", verdict_name(is_known ? VERDICT_FAIL : VERDICT_UNKNOWN));
	json_write_member(w, "account", f->account);
	json_write_member(w, "region", f->region);
	json_write_member(w, "resource", f->resource);
	json_write_member(w, "summary", f->summary);
	json_add_evidence_text(w, arena, f->evidence);
	json_write_member(w, "remediation", f->remediation);
	json_write_member(w, "id", f->id);
	json_write_member(w, "state", finding_state_name(f->state));
	json_write_member_time(w, "since", f->since_wall_ms);
	json_write_member_bool(w, "silenced", is_silenced);
	json_write_end_object(w);
}

void
report_add_findings_json(const struct findings *findings, const struct silences *silences,
    int64_t now_wall_ms, struct buf *out)
{
	struct json_writer *w = json_writer_new(out, true);
	struct arena *arena = arena_new();

	json_write_object(w);
	json_write_key(w, "findings");
	json_write_array(w);
	for (const struct finding *f = findings_first(findings); f != NULL; f = f->hh.next)
		if (f->state != FINDING_RESOLVED)
			json_add_followed(w, arena, f, silences_find(silences, f, now_wall_ms) != NULL);
	json_write_end_array(w);
	json_write_end_object(w);
	arena_free(arena);
	json_writer_free(w);
}
