/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One turn of the daemon's work; see cycle.h. The page to begin with: answers have reached the
 * world, the touched subjects are judged, findings follow, and what moved is stored together with
 * the alerts that it makes, in one transaction. Receivers are woken when that is on disk.
 */
#include "daemon/cycle.h"

#include "base/arena.h"
#include "base/log.h"
#include "daemon/events.h"
#include "wire/json_write.h"
#include "world/coverage.h"

#define CYCLE_OBSERVATIONS	4096	/* judged at once: a minute's turn takes in the whole world */
#define CYCLE_PAST_MS	5000	/* the past is looked at this often at most: it walks the whole world */

static int64_t
cycle_now(const struct daemon *d)
{
	return aws_wall_ms(d->aws);
}

/* ---- what is kept and told ---- */

static const char *
cycle_account_name(const struct daemon *d, const char *id)
{
	const struct world_account *account = world_find_account(d->world, id);

	return account != NULL ? account->name : NULL;
}

/* The evidence of a transition: what was, what is, on which answer that rests, and who was told. */
static void
cycle_record_move(const struct daemon *d, const struct move *move, bool is_told,
    struct store_batch *batch)
{
	const struct finding *f = move->finding;
	struct json_writer *w;
	struct buf body;

	buf_init(&body, 65536);
	w = json_writer_new(&body, false);
	json_write_object(w);
	json_write_member(w, "finding", f->id);
	json_write_member(w, "rule", rule_name(f->rule));
	json_write_member(w, "severity", severity_name(f->severity));
	json_write_member(w, "account", f->account);
	json_write_member(w, "region", f->region);
	json_write_member(w, "resource", f->resource);
	json_write_member(w, "before", move->before ? finding_state_name(move->before) : NULL);
	json_write_member(w, "after", finding_state_name(move->after));
	json_write_member(w, "told", is_told ? move_kind_name(move->kind) : NULL);
	json_write_member(w, "silenced", move->kind && !is_told ? move_kind_name(move->kind) : NULL);
	json_write_member(w, "summary", f->summary);
	json_write_member(w, "evidence", f->evidence);
	json_write_end_object(w);
	json_writer_free(w);
	store_add_evidence(batch, cycle_now(d), "transition", buf_text(&body));
	buf_done(&body);
}

static void
cycle_tell(struct daemon *d, const struct move *move, struct store_batch *batch)
{
	struct finding *f = move->finding;
	const struct incident *cause = events_cause(d->events, f);
	struct alert alert;

	finding_alert(f, move->kind, cycle_account_name(d, f->account), cycle_now(d), &alert);
	if (cause != NULL)
		incident_add_cause(cause, &alert);
	notify_enqueue(d->notify, &alert, batch);
}

/* The journal hears of it in one line; see notify.h for the alerts. */
static void
cycle_hold(const struct move *move)
{
	const struct finding *f = move->finding;
	struct log_scope scope = { .account = f->account, .region = f->region };

	log_notice(&scope, "%s %s, silenced: %s", rule_name(f->rule), move_kind_name(move->kind),
	    f->summary);
	finding_hold(move->finding, move->kind);
}

static void
cycle_take_move(struct daemon *d, const struct move *move, struct store_batch *batch)
{
	bool is_told = move->kind != 0 &&
	    silences_let(&d->silences, move->finding, move->kind, cycle_now(d));

	cycle_record_move(d, move, is_told, batch);
	if (is_told)
		cycle_tell(d, move, batch);
	else if (move->kind != 0)
		cycle_hold(move);
}

static void
cycle_committed(void *arg, const struct err *err)
{
	(void)arg;
	if (err != NULL)
		log_error(NULL, "the state cannot be stored, alerts go out from memory: %s", err->text);
}

static void
cycle_put_past(struct daemon *d, struct store_batch *batch)
{
	const struct past_trail *t;
	const struct past_blind *b;
	const struct past_account *a;

	LIST_FOREACH(t, &d->past.dirty_trails, dirty) {
		if (t->is_gone)
			store_drop_past_trail(batch, t->arn);
		else
			store_put_past_trail(batch, t);
	}
	LIST_FOREACH(b, &d->past.dirty_blinds, dirty) {
		if (b->is_gone)
			store_drop_past_blind(batch, b->key);
		else
			store_put_past_blind(batch, b);
	}
	LIST_FOREACH(a, &d->past.dirty_accounts, dirty) {
		if (a->is_gone)
			store_drop_past_account(batch, a->id);
		else
			store_put_past_account(batch, a);
	}
	past_clean(&d->past);
}

/* One transaction: findings, the memory of the past, evidence and alerts. */
static void
cycle_commit(struct daemon *d, const struct moves *moves)
{
	struct store_batch *batch = store_batch_new();
	const struct finding *finding;

	for (size_t i = 0; i < moves->count; i++)
		cycle_take_move(d, &moves->row[i], batch);
	while ((finding = findings_take_dirty(d->findings)) != NULL)
		store_put_finding(batch, finding);
	for (size_t i = 0; i < moves->forgotten_count; i++)
		store_drop_finding(batch, moves->forgotten[i]);
	cycle_put_past(d, batch);
	if (store_batch_is_empty(batch))
		store_batch_free(batch);
	else
		notify_commit(d->notify, batch, cycle_committed, d);
	if (moves->wants_confirmation && !loop_timer_is_set(&d->confirm))
		loop_timer_set(&d->confirm, d->settings->findings.confirm_ms / 2);
}

/* ---- judging ---- */

static void
cycle_judge_past(struct daemon *d, struct observations *seen)
{
	struct coverage coverage;

	if (!d->has_swept || loop_mono_ms(d->loop) - d->past_mono_ms < CYCLE_PAST_MS)
		return;
	d->past_mono_ms = loop_mono_ms(d->loop);
	coverage_read(d->world, sweep_accounts_reading(d->sweep), &coverage);
	past_judge(&d->past, &d->scope.rules, d->world, &coverage, d->findings, cycle_now(d), seen);
	coverage_done(&coverage);
}

/* Accounts that are not watched any more leave their findings and their past. */
static void
cycle_leave_accounts(struct daemon *d, struct moves *moves)
{
	for (const struct past_account *a = d->past.accounts; a != NULL; a = a->hh.next) {
		if (a->is_gone || world_find_account(d->world, a->id) != NULL)
			continue;
		log_notice(&(struct log_scope){ .account = a->id }, "account %s is watched no more",
		    a->id);
		findings_gone(d->findings, a->id, NULL, NULL, &d->settings->findings, cycle_now(d),
		    moves);
		past_leave(&d->past, a->id);
	}
}

/* Only a whole list says who has left. */
static void
cycle_note_accounts(struct daemon *d, struct moves *moves)
{
	const struct sweep_progress *progress = sweep_progress(d->sweep);

	if (d->accounts_version == progress->accounts_version)
		return;
	d->accounts_version = progress->accounts_version;
	if (progress->is_list_whole)
		cycle_leave_accounts(d, moves);
	if (past_note_accounts(&d->past, d->world) == 0)
		return;
	d->is_digesting = true;
	d->walked_mono_ms = 0;
	notify_begin_digest(d->notify);
}

static void
cycle_judge(struct daemon *d)
{
	struct arena *arena = arena_new();
	struct observations seen;
	struct moves moves;
	bool is_left;

	observations_init(&seen, arena);
	seen.is_brief = seen.lists_inapplicable = true;
	seen.most = CYCLE_OBSERVATIONS;
	moves_init(&moves);
	cycle_note_accounts(d, &moves);
	do {
		seen.count = 0;
		arena_reset(arena);
		is_left = rules_judge(&d->scope.rules, d->world, cycle_now(d), &seen);
		if (!is_left)
			cycle_judge_past(d, &seen);
		findings_apply(d->findings, &seen, &d->settings->findings, cycle_now(d), &moves);
	} while (is_left);
	cycle_commit(d, &moves);
	moves_done(&moves);
	observations_done(&seen);
	arena_free(arena);
	d->judgements++;
	events_judged(d->events);
}

/* Everything was looked at once; where that is much, there is always a question under way. */
static void
cycle_note_first_sweep(struct daemon *d)
{
	const struct sweep_progress *progress = sweep_progress(d->sweep);

	if (d->has_swept || (!progress->was_walked &&
	    progress->questions_waiting + progress->questions_running > 0))
		return;
	d->has_swept = true;
	d->first_sweep_ms = loop_mono_ms(d->loop) - d->started_mono_ms;
	log_info(NULL, "the first sweep over %u accounts took %lld ms", progress->accounts_done,
	    (long long)d->first_sweep_ms);
}

void
cycle_answered(void *arg)
{
	struct daemon *d = arg;

	cycle_note_first_sweep(d);
	cycle_judge(d);
}

void
cycle_tell_due(struct daemon *d)
{
	struct moves moves;

	moves_init(&moves);
	findings_tick(d->findings, &d->settings->findings, &d->silences, cycle_now(d), &moves);
	cycle_commit(d, &moves);
	moves_done(&moves);
}

void
cycle_tick(struct daemon *d)
{
	world_touch_all(d->world);	/* deadlines come nearer by themselves */
	cycle_judge(d);
	daemon_end_silences(d);
	cycle_tell_due(d);
}

void
cycle_confirm(struct daemon *d)
{
	for (const struct finding *f = findings_first(d->findings); f != NULL; f = f->hh.next)
		if (f->state == FINDING_PENDING || f->state == FINDING_CLEARING)
			sweep_look_again(d->sweep, f->account, f->region, f->resource);
}

void
cycle_close_digest(struct daemon *d)
{
	const struct sweep_progress *progress = sweep_progress(d->sweep);

	if (!d->is_digesting || !d->has_swept || progress->accounts_done < progress->accounts_known)
		return;
	if (d->walked_mono_ms == 0)
		d->walked_mono_ms = loop_mono_ms(d->loop);
	if (loop_mono_ms(d->loop) - d->walked_mono_ms < 2 * d->settings->findings.confirm_ms)
		return;
	d->is_digesting = false;
	notify_end_digest(d->notify);
}

void
cycle_add_record(const struct daemon *d, const char *kind, const char *text,
    struct store_batch *batch)
{
	struct json_writer *w;
	struct buf body;

	buf_init(&body, 8192);
	w = json_writer_new(&body, false);
	json_write_object(w);
	json_write_member(w, "text", text);
	json_write_end_object(w);
	json_writer_free(w);
	store_add_evidence(batch, cycle_now(d), kind, buf_text(&body));
	buf_done(&body);
}
