/* SPDX-License-Identifier: Apache-2.0 */
/* One transaction in the making; see store.h and batch.h. */
#include "store/batch.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/stamp.h"
#include "store/alert_text.h"

struct store_batch *
store_batch_new(void)
{
	struct store_batch *b = mem_alloc(1, sizeof(*b));

	b->arena = arena_new();
	STAILQ_INIT(&b->ops);
	return b;
}

void
store_batch_free(struct store_batch *b)
{
	if (b == NULL)
		return;
	arena_free(b->arena);
	free(b->outcome);
	free(b);
}

bool
store_batch_is_empty(const struct store_batch *b)
{
	return STAILQ_EMPTY(&b->ops);
}

static void
batch_add(struct store_batch *b, enum sql what, const struct value *values, size_t count)
{
	struct batch_op *op = arena_alloc(b->arena, sizeof(*op));

	op->what = what;
	op->count = count;
	op->values = arena_alloc(b->arena, count * sizeof(*values));
	for (size_t i = 0; i < count; i++) {
		op->values[i] = values[i];
		op->values[i].text = arena_strdup(b->arena, values[i].text);
	}
	STAILQ_INSERT_TAIL(&b->ops, op, link);
}

/* batch_put(batch, SQL_X, value, ...) */
#define batch_put(b, what, ...) \
	batch_add(b, what, (const struct value[]){ __VA_ARGS__ }, \
	    sizeof((const struct value[]){ __VA_ARGS__ }) / sizeof(struct value))

void
store_put_finding(struct store_batch *b, const struct finding *f)
{
	batch_put(b, SQL_PUT_FINDING, value_text(f->id), value_text(rule_name(f->rule)),
	    value_text(f->account), value_text(f->region), value_text(f->resource),
	    value_text(finding_state_name(f->state)), value_text(severity_name(f->severity)),
	    value_number(f->confirmations), value_number(f->tellings), value_number(f->flaps),
	    value_time(f->since_wall_ms), value_time(f->changed_wall_ms),
	    value_time(f->told_wall_ms), value_text(f->summary), value_text(f->evidence),
	    value_text(f->remediation));
}

void
store_drop_finding(struct store_batch *b, const char *id)
{
	batch_put(b, SQL_DROP_FINDING, value_text(id));
}

void
store_put_past_trail(struct store_batch *b, const struct past_trail *t)
{
	batch_put(b, SQL_PUT_PAST_TRAIL, value_text(t->arn), value_text(t->account),
	    value_text(t->home_region), value_text(t->kms_key_id), value_text(t->changed_from),
	    value_time(t->changed_wall_ms), value_time(t->missing_wall_ms));
}

void
store_drop_past_trail(struct store_batch *b, const char *arn)
{
	batch_put(b, SQL_DROP_PAST_TRAIL, value_text(arn));
}

void
store_put_past_blind(struct store_batch *b, const struct past_blind *p)
{
	batch_put(b, SQL_PUT_PAST_BLIND, value_text(p->key), value_time(p->since_wall_ms));
}

void
store_drop_past_blind(struct store_batch *b, const char *key)
{
	batch_put(b, SQL_DROP_PAST_BLIND, value_text(key));
}

void
store_put_past_account(struct store_batch *b, const struct past_account *a)
{
	batch_put(b, SQL_PUT_PAST_ACCOUNT, value_text(a->id));
}

void
store_drop_past_account(struct store_batch *b, const char *id)
{
	batch_put(b, SQL_DROP_PAST_ACCOUNT, value_text(id));
}

void
store_put_silence(struct store_batch *b, const struct silence *s)
{
	batch_put(b, SQL_PUT_SILENCE, value_number(s->id), value_text(s->rule),
	    value_text(s->account), value_text(s->region), value_text(s->resource),
	    value_text(s->author), value_text(s->reason), value_time(s->begins_wall_ms),
	    value_time(s->ends_wall_ms));
}

void
store_drop_silence(struct store_batch *b, int64_t id)
{
	batch_put(b, SQL_DROP_SILENCE, value_number(id));
}

void
store_put_alert(struct store_batch *b, const struct alert *alert, const char *receiver)
{
	char *text = alert_to_text(alert);

	batch_put(b, SQL_PUT_ALERT, value_text(alert->delivery_id), value_text(receiver),
	    value_text(text));
	free(text);
}

void
store_alert_tried(struct store_batch *b, const char *delivery_id, const char *receiver,
    unsigned attempts, int64_t next_wall_ms)
{
	batch_put(b, SQL_TRIED_ALERT, value_text(delivery_id), value_text(receiver),
	    value_number(attempts), value_time(next_wall_ms));
}

void
store_drop_alert(struct store_batch *b, const char *delivery_id, const char *receiver)
{
	batch_put(b, SQL_DROP_ALERT, value_text(delivery_id), value_text(receiver));
}

void
store_put_incident(struct store_batch *b, const struct incident *i)
{
	batch_put(b, SQL_PUT_INCIDENT, value_text(i->id), value_text(i->event_id),
	    value_text(rule_name(i->rule)), value_text(i->account), value_text(i->region),
	    value_text(i->resource), value_text(i->finding_ids), value_text(i->actor), value_text(i->source_ip), value_text(i->user_agent),
	    value_time(i->event_wall_ms), value_time(i->told_wall_ms));
}

void
store_drop_incident(struct store_batch *b, const char *id)
{
	batch_put(b, SQL_DROP_INCIDENT, value_text(id));
}

void
store_put_cursor(struct store_batch *b, const struct event_cursor *c)
{
	batch_put(b, SQL_PUT_CURSOR, value_text(c->account), value_text(c->region),
	    value_text(c->resource), value_time(c->through_wall_ms),
	    value_time(c->backlog_from_wall_ms), value_time(c->backlog_to_wall_ms));
}

void
store_drop_cursor(struct store_batch *b, const struct event_cursor *c)
{
	batch_put(b, SQL_DROP_CURSOR, value_text(c->account), value_text(c->region),
	    value_text(c->resource));
}

void
store_add_evidence(struct store_batch *b, int64_t wall_ms, const char *kind, const char *json)
{
	assert(wall_ms != STAMP_UNKNOWN && ledger_kind_is_good(kind) && json != NULL);
	batch_put(b, SQL_ADD_EVIDENCE, value_number(wall_ms), value_text(kind), value_text(json));
}

void
batch_put_running(struct store_batch *b, bool is_running)
{
	batch_put(b, SQL_PUT_META, value_text(SQL_META_RUNNING), value_text(is_running ? "1" : "0"));
}

static int
batch_run_op(const struct batch_op *op, struct database *db, struct ledger_head *head,
    struct err *err)
{
	const struct value *v = op->values;

	if (op->what != SQL_ADD_EVIDENCE)
		return database_run(db, op->what, v, op->count, err);
	return ledger_append(db, head, v[0].number, v[1].text, v[2].text, err);
}

int
batch_run(const struct store_batch *b, struct database *db, struct ledger_head *head,
    struct err *err)
{
	const struct batch_op *op;

	STAILQ_FOREACH(op, &b->ops, link)
		if (batch_run_op(op, db, head, err) < 0)
			return -1;
	return 0;
}
