/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Follows findings through time: what was observed moves them by the automaton's matrix, and time
 * alone reminds and forgets. What a move means for the texts is here, too.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/stamp.h"
#include "base/text.h"
#include "findings/automaton.h"
#include "findings/evidence.h"
#include "findings/findings_private.h"
#include "findings/pace.h"
#include "findings/silence.h"

#define FOLLOW_SUMMARY_MAX	700	/* bytes: an observation's, and what is put before it */

struct follow {
	struct findings			*findings;
	const struct findings_settings	*settings;
	const struct silences		*silences;	/* of a tick */
	int64_t				 now_wall_ms;
	struct observations		*observations;	/* NULL: what is seen is final */
	struct moves			*moves;
};

static void
follow_add_move(const struct follow *w, struct finding *f, enum finding_state before,
    enum move_kind kind)
{
	struct moves *m = w->moves;

	if (kind == MOVE_FIRED)
		f->told_wall_ms = STAMP_UNKNOWN;	/* finding_alert() knows better */
	findings_touch(w->findings, f);
	m->row = mem_grow(m->row, m->count, &m->cap, sizeof(*m->row));
	m->row[m->count++] = (struct move){ .kind = kind, .finding = f, .before = before,
	    .after = f->state };
}

/* The only place that writes it. */
static void
follow_set_state(const struct follow *w, struct finding *f, enum finding_state state)
{
	if (f->state == state)
		return;
	f->state = state;
	f->changed_wall_ms = w->now_wall_ms;
}

static void
follow_set_text(char **text, const char *now)
{
	free(*text);
	*text = mem_strdup(now);
}

/* The latest evidence is kept in memory; the store hears of it when the words change. */
static void
follow_take_words(const struct follow *w, struct finding *f, const struct observation *o)
{
	if (!text_same(f->summary, o->summary) || f->severity != o->severity)
		findings_touch(w->findings, f);
	f->severity = o->severity;
	follow_set_text(&f->summary, o->summary);
	follow_set_text(&f->remediation, o->remediation);
	free(f->evidence);
	f->evidence = evidence_text(o);
}

static void
follow_take_end(const struct follow *w, struct finding *f, enum finding_seen seen,
    struct observation *o)
{
	struct buf summary;

	if (seen == SEEN_PASS) {
		rules_say(w->observations, o);
		assert(o->summary != NULL);
		follow_take_words(w, f, o);
		return;
	}
	buf_init(&summary, FOLLOW_SUMMARY_MAX);
	buf_addf(&summary, "does not apply any more: %s", f->summary);
	free(f->summary);
	f->summary = buf_steal(&summary);
	follow_set_text(&f->remediation, NULL);
}

/* What goes to and fro must be quiet for a while before it counts as over. */
static bool
follow_is_held(const struct follow *w, const struct finding *f)
{
	return w->observations != NULL && f->flaps >= w->settings->flap_count &&
	    (f->state != FINDING_CLEARING ||
	    w->now_wall_ms - f->changed_wall_ms < w->settings->flap_window_ms);
}

/*
 * The same answer judged twice confirms nothing: it must be another one, or one that still stands
 * when all was asked again that is asked often. A bucket's answer comes once a day.
 */
static bool
follow_is_another(const struct follow *w, const struct finding *f, int64_t answer_ms)
{
	return f->counted_wall_ms != answer_ms ||
	    w->now_wall_ms - f->changed_wall_ms >= f->confirmations * w->settings->confirm_ms;
}

static void
follow_count(const struct follow *w, struct finding *f, const struct automaton_cell *cell,
    const struct observation *o)
{
	bool has_answer = o != NULL && o->source.call != NULL;
	int64_t answer_ms = has_answer ? o->source.wall_ms : w->now_wall_ms;

	if (f->state != cell->next) {
		f->confirmations = 0;
		if (cell->confirmed == 0)
			return;
	} else if (cell->confirmed == 0 || !follow_is_another(w, f, answer_ms)) {
		return;
	}
	f->confirmations++;
	f->counted_wall_ms = answer_ms;
	findings_touch(w->findings, f);
}

static bool
follow_is_confirmed(const struct follow *w, const struct finding *f,
    const struct automaton_cell *cell, enum finding_seen seen)
{
	if (cell->confirmed == 0)
		return false;
	if (cell->confirmed == FINDING_RESOLVED && follow_is_held(w, f))
		return false;
	return seen == SEEN_GONE || f->confirmations >= w->settings->confirmations;
}

/* It begins to fail, again or for the first time. */
static void
follow_begin(const struct follow *w, struct finding *f)
{
	if (w->now_wall_ms - f->changed_wall_ms >= w->settings->flap_window_ms)
		f->flaps = 0;
	f->since_wall_ms = w->now_wall_ms;
}

/* `o` is NULL when nobody looked: the thing itself has gone. */
static void
follow_see(const struct follow *w, struct finding *f, enum finding_state before,
    enum finding_seen seen, struct observation *o)
{
	const struct automaton_cell *cell = automaton_cell(f->state, seen);
	bool is_confirmed, is_worse = seen == SEEN_FAIL && finding_is_open(f) &&
	    o->severity > f->severity;
	enum move_kind kind = is_worse ? MOVE_WORSENED : 0;

	if (seen == SEEN_FAIL && (before == 0 || before == FINDING_RESOLVED))
		follow_begin(w, f);
	if (seen == SEEN_FAIL)
		follow_take_words(w, f, o);
	follow_count(w, f, cell, o);
	is_confirmed = follow_is_confirmed(w, f, cell, seen);
	if (is_confirmed)
		kind = cell->tells;
	if (kind == MOVE_RESOLVED)
		follow_take_end(w, f, seen, o);
	if (kind == MOVE_FIRED)
		f->flaps++;
	follow_set_state(w, f, is_confirmed ? cell->confirmed : cell->next);
	if (f->state != before || kind != 0)
		follow_add_move(w, f, before, kind);
	if (f->state == FINDING_PENDING)
		w->moves->wants_confirmation = true;
}

static struct finding *
follow_start(const struct follow *w, const struct observation *o)
{
	struct finding *f = findings_add(w->findings, o->rule, o->account, o->region, o->resource);

	f->severity = o->severity;
	follow_set_state(w, f, FINDING_PENDING);
	return f;
}

void
findings_apply(struct findings *t, struct observations *observations,
    const struct findings_settings *settings, int64_t now_wall_ms, struct moves *moves)
{
	static const enum finding_seen seen[] = {
		[VERDICT_NOT_APPLICABLE] = SEEN_GONE, [VERDICT_PASS] = SEEN_PASS,
		[VERDICT_FAIL] = SEEN_FAIL, [VERDICT_UNKNOWN] = SEEN_UNKNOWN,
	};
	struct follow w = { .findings = t, .settings = settings, .now_wall_ms = now_wall_ms,
	    .observations = observations, .moves = moves };
	const struct finding_place *place = NULL;
	const char *resource = NULL;

	for (size_t i = 0; i < observations->count; i++) {
		struct observation *o = &observations->row[i];
		struct finding *f;

		/* The rows of one subject stand together and share their texts. */
		if (o->resource != resource)
			place = findings_find_place(t, o->resource);
		resource = o->resource;
		f = finding_place_find(place, o->rule, o->account, o->region);
		if (f != NULL) {
			follow_see(&w, f, f->state, seen[o->verdict], o);
		} else if (o->verdict == VERDICT_FAIL) {
			follow_see(&w, follow_start(&w, o), 0, SEEN_FAIL, o);
			resource = NULL;	/* it may have a place by now */
		}
	}
}

static bool
follow_is_meant(const struct finding *f, const char *account, const char *region,
    const char *resource)
{
	if ((account != NULL && strcmp(f->account, account) != 0) ||
	    (region != NULL && strcmp(f->region, region) != 0) ||
	    (resource != NULL && strcmp(f->resource, resource) != 0))
		return false;
	return !rule_needs_past(f->rule) || (region == NULL && resource == NULL);
}

void
findings_gone(struct findings *t, const char *account, const char *region, const char *resource,
    const struct findings_settings *settings, int64_t now_wall_ms, struct moves *moves)
{
	struct follow w = { .findings = t, .settings = settings, .now_wall_ms = now_wall_ms,
	    .moves = moves };

	for (struct finding *f = t->by_id; f != NULL; f = f->hh.next)
		if (follow_is_meant(f, account, region, resource))
			follow_see(&w, f, f->state, SEEN_GONE, NULL);
}

/* What was never told, and what nobody will ask for any more. */
static bool
follow_is_over(const struct follow *w, const struct finding *f)
{
	return f->state == FINDING_RESOLVED && (f->tellings == 0 ||
	    w->now_wall_ms - f->changed_wall_ms >= w->settings->forget_ms);
}

static void
follow_forget(const struct follow *w, struct finding *f)
{
	struct moves *m = w->moves;

	m->forgotten = mem_grow(m->forgotten, m->forgotten_count, &m->forgotten_cap,
	    sizeof(*m->forgotten));
	memcpy(m->forgotten[m->forgotten_count++], f->id, sizeof(f->id));
	findings_forget(w->findings, f);
}

/* What is due to be told of it; 0: nothing, or a silence holds it. */
static enum move_kind
follow_due(const struct follow *w, const struct finding *f)
{
	bool is_untold = f->told_wall_ms == STAMP_UNKNOWN;

	if ((f->state != FINDING_FIRING && f->state != FINDING_OBSCURED) ||
	    (!is_untold && w->now_wall_ms - f->told_wall_ms < w->settings->reminder_ms) ||
	    silences_find(w->silences, f, w->now_wall_ms) != NULL)
		return 0;
	return is_untold ? MOVE_FIRED : MOVE_REMINDED;
}

static void
follow_shift(const struct follow *w, struct finding *f, int64_t shift_ms)
{
	if (f->told_wall_ms != STAMP_UNKNOWN)
		f->told_wall_ms += shift_ms;
	f->changed_wall_ms += shift_ms;
	findings_touch(w->findings, f);
}

void
findings_tick(struct findings *t, const struct findings_settings *settings,
    const struct silences *silences, int64_t now_wall_ms, struct moves *moves)
{
	int64_t shift_ms = pace_shift(&t->last_wall_ms, now_wall_ms);
	struct follow w = { .findings = t, .settings = settings, .silences = silences,
	    .now_wall_ms = now_wall_ms, .moves = moves };
	struct finding *f, *next;
	enum move_kind due;

	for (f = t->by_id; f != NULL; f = next) {
		next = f->hh.next;
		if (shift_ms != 0)
			follow_shift(&w, f, shift_ms);
		due = follow_due(&w, f);
		if (follow_is_over(&w, f))
			follow_forget(&w, f);
		else if (due != 0)
			follow_add_move(&w, f, f->state, due);
	}
}
