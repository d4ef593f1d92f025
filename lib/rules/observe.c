/* SPDX-License-Identifier: Apache-2.0 */
/* The words for what was observed; see judge.h. All text from outside is made fit to show here. */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/stamp.h"
#include "base/text.h"
#include "rules/judge.h"

#define OBSERVE_SUMMARY_MAX	600	/* bytes, as all of these */
#define OBSERVE_FACT_MAX	400
#define OBSERVE_REMEDY_MAX	2000	/* a longer one is left out, for half a command is none */
#define OBSERVE_RAW_MAX		16384	/* before cleaning */
#define OBSERVE_NAMES		5	/* in a list, before "and 4 more" */

static const char *
observe_clean(const struct judge *j, const char *text, size_t max)
{
	char clean[OBSERVE_REMEDY_MAX];

	assert(max <= sizeof(clean));
	return arena_strdup(j->arena, text_clean(clean, max, text, strlen(text)));
}

const char *
observe_show(const struct judge *j, const char *text)
{
	return observe_clean(j, text, OBSERVE_FACT_MAX);
}

static const char *	observe_format(const struct judge *, size_t max, const char *before,
			    const char *fmt, va_list) __attribute__((format(printf, 4, 0)));

static const char *
observe_format(const struct judge *j, size_t max, const char *before, const char *fmt, va_list ap)
{
	const char *text;
	struct buf raw;

	buf_init(&raw, OBSERVE_RAW_MAX);
	buf_adds(&raw, before);
	buf_addv(&raw, fmt, ap);
	text = observe_clean(j, buf_text(&raw), max);
	buf_done(&raw);
	return text;
}

void
observe_source(struct observation *o, const struct reading *reading)
{
	o->source = reading->state == READING_FAILED ? *reading_failed(reading) : reading->good;
}

void
observe_fact(const struct judge *j, struct observation *o, const char *name, const char *value)
{
	if (value == NULL || j->is_silent)
		return;
	assert(o->fact_count < OBSERVATION_FACTS);
	o->facts[o->fact_count++] = (struct fact){ name, observe_show(j, value) };
}

void
observe_fact_time(const struct judge *j, struct observation *o, const char *name, int64_t wall_ms)
{
	char text[STAMP_ISO_SIZE];

	if (wall_ms != STAMP_UNKNOWN && !j->is_silent)
		observe_fact(j, o, name, stamp_format_iso(wall_ms, text));
}

void
observe_remedy(const struct judge *j, struct observation *o, const char *fmt, ...)
{
	va_list ap;

	if (j->is_silent)
		return;
	va_start(ap, fmt);
	o->remediation = observe_format(j, OBSERVE_REMEDY_MAX, "", fmt, ap);
	va_end(ap);
	if (text_has_suffix(o->remediation, "..."))
		o->remediation = NULL;
}

enum verdict
observe(const struct judge *j, struct observation *o, enum verdict verdict, const char *fmt, ...)
{
	char title[OBSERVE_SUMMARY_MAX];
	va_list ap;

	if (j->is_silent)
		return verdict;
	snprintf(title, sizeof(title), "%s ", j->title);
	va_start(ap, fmt);
	o->summary = observe_format(j, OBSERVE_SUMMARY_MAX, title, fmt, ap);
	va_end(ap);
	return verdict;
}

enum verdict
observe_unknown(const struct judge *j, struct observation *o, const char *question,
    const char *reason)
{
	if (j->is_silent)
		return VERDICT_UNKNOWN;
	observe_fact(j, o, "reason", reason);
	o->summary = observe_clean(j, arena_printf(j->arena, "%s: cannot tell whether %s: %s",
	    j->title, question, reason), OBSERVE_SUMMARY_MAX);
	return VERDICT_UNKNOWN;
}

enum verdict
observe_unread(const struct judge *j, struct observation *o, const char *question,
    const struct reading *reading)
{
	observe_source(o, reading);
	return observe_unknown(j, o, question, reading_reason(reading));
}

void
names_add(struct names *names, const char *name)
{
	size_t at = strlen(names->text);

	if (names->count++ < OBSERVE_NAMES)
		snprintf(
		    names->text + at, sizeof(names->text) - at, "%s%s", at > 0 ? ", " : "", name);
}

const char *
names_text(struct names *names)
{
	size_t at = strlen(names->text);

	if (names->count > OBSERVE_NAMES)
		snprintf(names->text + at, sizeof(names->text) - at, " and %zu more",
		    names->count - OBSERVE_NAMES);
	return names->text;
}
