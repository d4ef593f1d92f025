/* SPDX-License-Identifier: Apache-2.0 */
/* What people and the ledger are told of one event; see told.h. */
#include "daemon/told.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/crypto.h"
#include "base/stamp.h"
#include "base/text.h"
#include "wire/json_write.h"

#define TOLD_EVIDENCE_MAX	(1024 * 1024)	/* bytes; facts and verdicts are capped below this */

static const char *
told_link_ids(struct arena *arena, const struct events_match *m)
{
	struct buf ids;
	const char *text;

	if (m->link_count == 0)
		return NULL;
	buf_init(&ids, m->link_count * FINDING_ID_SIZE);
	for (size_t i = 0; i < m->link_count; i++) {
		const struct events_link *l = &m->links[i];
		char id[FINDING_ID_SIZE];

		buf_addf(&ids, "%s%s", i > 0 ? " " : "",
		    finding_id(l->rule, l->account, l->region, l->resource, id));
	}
	text = arena_strdup(arena, buf_text(&ids));
	buf_done(&ids);
	return text;
}

void
told_init(struct told *t, struct arena *arena, const struct event *event,
    const struct events_match *m)
{
	*t = (struct told){
		.match = *m, .event_id = arena_strdup(arena, event->id),
		.user_agent = arena_strdup(arena, event->user_agent),
		.event_wall_ms = event->wall_ms, .finding_ids = told_link_ids(arena, m),
	};
}

/* ---- what was seen since ---- */

/* The findings that it leads to and that there are, or NULL. */
static const char *
told_findings(const struct told *t, const struct findings *findings, struct arena *arena)
{
	const char *found = NULL;

	for (size_t i = 0; i < t->match.link_count; i++) {
		const struct events_link *l = &t->match.links[i];
		const struct finding *f;
		char id[FINDING_ID_SIZE];

		f = findings_find(findings,
		    finding_id(l->rule, l->account, l->region, l->resource, id));
		if (f != NULL && (f->state == FINDING_PENDING || f->state == FINDING_FIRING))
			found = found ? arena_printf(arena, "%s %s", found, id) : arena_strdup(arena, id);
	}
	return found;
}

/* The newest answer about what a finding is about, of those that its rules look at. */
static int64_t
told_seen_wall_ms(const struct world *world, const struct events_link *l)
{
	const struct world_key *key = world_find_key(world, l->resource);
	const struct world_trail *trail = world_find_trail(world, l->resource);
	const char *bucket = strstr(l->resource, ":s3:::");
	const struct world_bucket *b = bucket ? world_find_bucket(world, bucket + strlen(":s3:::")) : NULL;
	const struct world_account *account;
	const struct world_region *region;
	const struct world_status *status;

	if (key != NULL)
		return key->described.state == READING_GOOD ? key->described.good.wall_ms : STAMP_UNKNOWN;
	if (b != NULL)
		return b->head_reading.state == READING_GOOD ? b->head_reading.good.wall_ms : STAMP_UNKNOWN;
	if (trail != NULL) {
		status = world_find_status(trail, trail->trail.home_region);
		return status && status->reading.state == READING_GOOD ? status->reading.good.wall_ms :
		    STAMP_UNKNOWN;
	}
	account = world_find_account(world, l->account);
	region = account ? world_find_region(account, l->region) : NULL;
	return region && region->trails_reading.state == READING_GOOD ?
	    region->trails_reading.good.wall_ms : STAMP_UNKNOWN;
}

bool
told_was_seen(const struct told *t, const struct world *world, int64_t asked_wall_ms)
{
	for (size_t i = 0; i < t->match.link_count; i++) {
		int64_t seen_ms = told_seen_wall_ms(world, &t->match.links[i]);

		if (seen_ms == STAMP_UNKNOWN || seen_ms < asked_wall_ms)
			return false;
	}
	return true;
}

/* ---- telling ---- */

static const char *
told_verdict_name(enum policy_verdict verdict)
{
	return verdict != 0 ? policy_verdict_name(verdict) : NULL;
}

/* What a new policy means to each trail. */
static void
told_write_verdicts(struct json_writer *w, const struct events_match *m)
{
	json_write_key(w, "trails");
	json_write_array(w);
	for (size_t i = 0; i < m->verdict_count; i++) {
		const struct events_verdict *v = &m->verdicts[i];

		json_write_object(w);
		json_write_member(w, "trail", v->trail_arn);
		json_write_member(w, "before", told_verdict_name(v->before));
		json_write_member(w, "after", told_verdict_name(v->after));
		json_write_member(w, "change", v->change);
		json_write_end_object(w);
	}
	json_write_end_array(w);
}

static const char *
told_evidence(const struct told *t, struct arena *arena)
{
	const struct events_match *m = &t->match;
	struct json_writer *w;
	const char *text;
	struct buf out;

	buf_init(&out, TOLD_EVIDENCE_MAX);
	w = json_writer_new(&out, false);
	json_write_object(w);
	json_write_member(w, "event_id", t->event_id);
	json_write_member_time(w, "time", t->event_wall_ms);
	json_write_member(w, "outcome", event_outcome_name(m->outcome));
	json_write_key(w, "facts");
	json_write_object(w);
	for (size_t i = 0; i < m->fact_count; i++)
		json_write_member(w, m->facts[i].name, m->facts[i].value);
	json_write_end_object(w);
	if (m->verdict_count > 0)
		told_write_verdicts(w, m);
	json_write_end_object(w);
	json_writer_free(w);
	assert(!out.overflowed);	/* facts and verdicts are capped below this */
	text = arena_strdup(arena, buf_text(&out));
	buf_done(&out);
	return text;
}

/* AWS's ids are UUIDs; a longer one becomes its hash. */
static void
told_number(const struct told *t, struct alert *a)
{
	unsigned char hash[CRYPTO_SHA256_BYTES];
	const char *id = t->match.incident;

	if (strlen(id) < sizeof(a->id)) {
		memcpy(a->id, id, strlen(id) + 1);
	} else {
		crypto_sha256(id, strlen(id), hash);
		for (size_t i = 0; 2 * i + 2 < sizeof(a->id) && i < sizeof(hash); i++)
			snprintf(a->id + 2 * i, 3, "%02x", hash[i]);
	}
	snprintf(a->delivery_id, sizeof(a->delivery_id), "%s-%" PRId64 "-1", a->id,
	    t->event_wall_ms / 1000);
}

void
told_alert(const struct told *t, const struct daemon *d, struct arena *arena, int64_t asked_wall_ms,
    struct alert *ret)
{
	const struct events_match *m = &t->match;
	const struct world_account *account = world_find_account(d->world, m->account);

	*ret = (struct alert){
		.kind = "event", .is_firing = true,
		.rule = rule_name(m->rule), .severity = severity_name(m->severity),
		.account = m->account, .account_name = account ? account->name : NULL,
		.region = m->region, .resource = m->resource, .summary = m->summary,
		.since_wall_ms = t->event_wall_ms, .told_wall_ms = aws_wall_ms(d->aws),
		.evidence = told_evidence(t, arena), .remediation = m->remediation,
		.event_id = t->event_id, .actor = m->actor,
		.source_ip = text_is_empty(m->source_ip) ? NULL : m->source_ip,
		.user_agent = t->user_agent,
		.finding_ids = told_findings(t, d->findings, arena),
		.is_attempt = m->outcome != EVENT_DONE,
	};
	if (ret->finding_ids != NULL)
		ret->confirmed = TRI_YES;
	else if (m->link_count > 0 && told_was_seen(t, d->world, asked_wall_ms))
		ret->confirmed = TRI_NO;
	told_number(t, ret);
}

void
told_record(const struct told *t, const struct alert *a, bool is_told, struct store_batch *batch)
{
	struct json_writer *w;
	struct buf body;

	buf_init(&body, 2 * TOLD_EVIDENCE_MAX);
	w = json_writer_new(&body, false);
	json_write_object(w);
	json_write_member(w, "event", t->event_id);
	json_write_member(w, "rule", a->rule);
	json_write_member(w, "severity", a->severity);
	json_write_member(w, "account", a->account);
	json_write_member(w, "region", a->region);
	json_write_member(w, "resource", a->resource);
	json_write_member_bool(w, "told", is_told);
	json_write_member_bool(w, "attempt", a->is_attempt);
	json_write_member(w, "actor", a->actor);
	json_write_member(w, "source_ip", a->source_ip);
	json_write_member(w, "user_agent", a->user_agent);
	json_write_member(w, "findings", a->finding_ids);
	json_write_member(w, "summary", a->summary);
	json_write_member(w, "evidence", a->evidence);
	json_write_end_object(w);
	json_writer_free(w);
	store_add_evidence(batch, a->told_wall_ms, "event", buf_text(&body));
	buf_done(&body);
}
