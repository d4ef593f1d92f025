/* SPDX-License-Identifier: Apache-2.0 */
/* What people are told about an alert; see words.h. */
#include "notify/words.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/stamp.h"
#include "base/text.h"
#include "rules/rules.h"
#include "wire/json.h"

#define WORDS_PART_MAX	2400	/* bytes of a part */
#define WORDS_TEXT_MAX	600	/* bytes of a foreign text in one */
#define WORDS_SHORT_MS	60000	/* a time that is not worth telling */
#define WORDS_LATE_MS	600000	/* told so long after it was found, an alert says so */

/* ---- pieces ---- */

static void
words_add_clean(struct buf *out, const char *text)
{
	char clean[WORDS_TEXT_MAX];

	if (text != NULL)
		buf_adds(out, text_clean(clean, sizeof(clean), text, strlen(text)));
}

/* "NAME: TEXT" on a line of its own, unless there is nothing to say. */
static void
words_add_fact(struct buf *out, const char *name, const char *text)
{
	struct buf line;

	if (text_is_empty(text))
		return;
	buf_init(&line, WORDS_PART_MAX);
	buf_adds(&line, out->len > 0 ? "\n" : "");
	words_add_clean(&line, name);
	buf_adds(&line, ": ");
	words_add_clean(&line, text);
	buf_add(out, buf_text(&line), line.len);	/* whole or not at all */
	buf_done(&line);
}

static void
words_add_state(struct buf *out, const struct alert *a)
{
	if (!a->is_firing) {
		buf_adds(out, "RESOLVED");
		return;
	}
	buf_adds(out, a->is_reminder ? "Still " : a->is_attempt ? "Attempt, " : "");
	for (const char *p = a->severity != NULL ? a->severity : "alert"; *p != '\0'; p++)
		buf_addc(out, (char)toupper((unsigned char)*p));
}

static void
words_add_account(struct buf *out, const struct alert *a)
{
	if (text_is_empty(a->account_name)) {
		words_add_clean(out, a->account);
		return;
	}
	words_add_clean(out, a->account_name);
	buf_adds(out, " (");
	words_add_clean(out, a->account);
	buf_addc(out, ')');
}

/* ---- parts ---- */

/* "2026-01-02T03:04:05Z, for 2 hours" when it was told. */
static void
words_add_since(struct buf *out, const struct alert *a)
{
	char stamp[STAMP_ISO_SIZE], length[64], text[160];
	int64_t ms;

	if (a->since_wall_ms == STAMP_UNKNOWN || a->told_wall_ms == STAMP_UNKNOWN)
		return;
	ms = a->told_wall_ms - a->since_wall_ms;
	stamp_format_iso(a->since_wall_ms, stamp);
	if (alert_is_event(a)) {
		words_add_fact(out, "When", stamp);
		return;
	}
	if (ms < WORDS_SHORT_MS)
		snprintf(text, sizeof(text), "%s", stamp);
	else
		snprintf(text, sizeof(text), "%s, %s %s", stamp, a->is_firing ? "for" : "lasted",
		    duration_describe(ms, length, sizeof(length)));
	words_add_fact(out, a->is_firing ? "Since" : "Had begun", text);
}

static void
words_add_delay(struct buf *out, const struct alert *a, int64_t now_wall_ms)
{
	char stamp[STAMP_ISO_SIZE], text[160];

	if (a->told_wall_ms == STAMP_UNKNOWN || now_wall_ms - a->told_wall_ms < WORDS_LATE_MS)
		return;
	snprintf(text, sizeof(text), "this was found at %s and could not be delivered earlier",
	    stamp_format_iso(a->told_wall_ms, stamp));
	words_add_fact(out, "Late", text);
}

/* Who did it, of an event or of a finding that one led to. */
static void
words_add_event(struct buf *out, const struct alert *a)
{
	static const char *const confirmed[] = {
		[TRI_NO + 1] = "no: what it leads to was looked for and is not there",
		[TRI_UNKNOWN + 1] = NULL,
		[TRI_YES + 1] = "yes: the state was seen since",
	};

	words_add_fact(out, "Who", a->actor);
	words_add_fact(out, "From", a->source_ip);
	words_add_fact(out, "With", a->user_agent);
	words_add_fact(out, "Event", a->event_id);
	if (alert_is_event(a) && !a->is_attempt)
		words_add_fact(out, "Confirmed", confirmed[a->confirmed + 1]);
}

/* The call that showed it, and what its answer said. */
static void
words_add_evidence(struct buf *out, const char *evidence)
{
	struct arena *arena = arena_new();
	const char *call = NULL, *time = NULL;
	const struct json *root, *facts = NULL;
	struct err err;

	if (evidence != NULL && json_parse(arena, evidence, strlen(evidence), &root, &err) == 0 &&
	    root->type == JSON_OBJECT && json_get_object(root, "facts", &facts, &err) == 0 &&
	    json_get_string(root, "call", &call, &err) == 0 &&
	    json_get_string(root, "time", &time, &err) == 0) {
		if (facts != NULL)
			json_foreach(fact, facts)
				if (fact->type == JSON_STRING)
					words_add_fact(out, fact->name, fact->text);
		if (call != NULL && time != NULL)
			words_add_fact(out, "Seen by", arena_printf(arena, "%s at %s", call, time));
	}
	arena_free(arena);
}

static void
words_add_facts(struct buf *out, const struct alert *a, int64_t now_wall_ms)
{
	struct buf account;

	buf_init(&account, WORDS_PART_MAX);
	words_add_account(&account, a);
	words_add_fact(out, "Account", buf_text(&account));
	words_add_fact(out, "Region", a->region);
	words_add_fact(out, "Resource", a->resource);
	words_add_since(out, a);
	words_add_delay(out, a, now_wall_ms);
	if (a->is_firing)
		words_add_event(out, a);
	if (a->is_firing)
		words_add_evidence(out, a->evidence);
	buf_done(&account);
}

static void
words_add_rule(struct words *w, const struct alert *a)
{
	enum rule_id rule;

	if (a->rule == NULL || !rule_find(a->rule, &rule))
		return;
	if (a->is_firing)
		buf_addf(&w->meaning, "%s. %s", rule_text(rule)->title, rule_text(rule)->risk);
	if (a->is_firing && text_is_empty(a->remediation))
		buf_adds(&w->advice, rule_text(rule)->mending);
	buf_addf(&w->reference, "trailsealctl explain %s", a->rule);
}

/* Lines of commands, each cleaned. */
static void
words_add_command(struct buf *out, const char *command)
{
	char clean[WORDS_TEXT_MAX * 2];

	while (*command != '\0') {
		size_t len = strcspn(command, "\n");

		text_clean(clean, sizeof(clean), command, len);
		buf_addf(out, "%s%s", out->len > 0 ? "\n" : "", clean);
		command += len + (command[len] == '\n');
	}
}

void
words_init(struct words *w, const struct alert *a, int64_t now_wall_ms)
{
	struct buf *parts[] = { &w->headline, &w->facts, &w->meaning, &w->command, &w->advice,
		&w->reference };

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		buf_init(parts[i], WORDS_PART_MAX);
	words_add_state(&w->headline, a);
	buf_adds(&w->headline, ": ");
	words_add_clean(&w->headline, a->summary);
	words_add_facts(&w->facts, a, now_wall_ms);
	words_add_rule(w, a);
	if (a->is_firing && a->remediation != NULL)
		words_add_command(&w->command, a->remediation);
}

void
words_done(struct words *w)
{
	buf_done(&w->headline);
	buf_done(&w->facts);
	buf_done(&w->meaning);
	buf_done(&w->command);
	buf_done(&w->advice);
	buf_done(&w->reference);
}

void
words_add_line(struct buf *out, const struct alert *a)
{
	words_add_state(out, a);
	buf_adds(out, ": ");
	words_add_clean(out, a->summary);
	buf_adds(out, " (");
	if (!text_is_empty(a->account)) {
		words_add_account(out, a);
		buf_adds(out, ", ");
	}
	if (!text_is_empty(a->region)) {
		words_add_clean(out, a->region);
		buf_adds(out, ", ");
	}
	words_add_clean(out, a->rule);
	buf_addc(out, ')');
}
