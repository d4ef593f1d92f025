/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a trail's selectors let through; see selectors.h. They are asked about sample events. What
 * a selector says of an event depends on nothing but which of the named values, prefixes and
 * suffixes the event has, so one sample for each combination tells exactly whether any event is
 * left out.
 */
#include "parse/selectors.h"

#include <assert.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

#define SELECTORS_SAMPLES_MAX	5000	/* tried for one answer */
#define SELECTORS_TEXT_MAX	400	/* bytes of the words for people */
#define SELECTORS_RAW_MAX	4096	/* of the same before cleaning */

static const char *const selectors_fields[] = {
	[SELECTORS_READ_ONLY] = "readOnly", [SELECTORS_SOURCE] = "eventSource",
	[SELECTORS_NAME] = "eventName", [SELECTORS_TYPE] = "eventType",
	[SELECTORS_CONSOLE] = "sessionCredentialFromConsole",
	[SELECTORS_IDENTITY] = "userIdentity.arn", [SELECTORS_CATEGORY] = "eventCategory",
};

static const struct selectors_op_row {
	const char	*name;
	const char	*words;
} selectors_ops[SELECTORS_OPS] = {
	[SELECTORS_EQUALS]     = { "Equals",        "" },
	[SELECTORS_STARTS]     = { "StartsWith",    "starting with " },
	[SELECTORS_ENDS]       = { "EndsWith",      "ending with " },
	[SELECTORS_NOT_EQUALS] = { "NotEquals",     "" },
	[SELECTORS_NOT_STARTS] = { "NotStartsWith", "starting with " },
	[SELECTORS_NOT_ENDS]   = { "NotEndsWith",   "ending with " },
};

const char *
selectors_field_name(enum selectors_field field)
{
	assert(field <= SELECTORS_CATEGORY);
	return selectors_fields[field];
}

const char *
selectors_op_name(enum selectors_op op)
{
	assert(op < SELECTORS_OPS);
	return selectors_ops[op].name;
}

/* An event, by the members that selectors look at. */
struct selectors_sample {
	const char	*value[SELECTORS_FIELDS];
};

/* For each field the texts that samples have there. */
struct selectors_samples {
	struct selectors_values	of[SELECTORS_FIELDS];
	bool			is_complete;	/* every combination that matters is among them */
};

/* The text of no real event's member. */
static const char selectors_fresh[] = "\x01";

static bool
selectors_matches(enum selectors_op op, const char *text, const char *value)
{
	switch (op % 3) {
	case SELECTORS_EQUALS:
		return strcmp(text, value) == 0;
	case SELECTORS_STARTS:
		return text_has_prefix(text, value);
	default:
		return text_has_suffix(text, value);
	}
}

bool
selectors_holds(const struct selectors_condition *c, const char *text)
{
	bool selects = false, selected = false;

	for (enum selectors_op op = 0; op < SELECTORS_OPS; op++)
		for (size_t i = 0; i < c->values[op].count; i++) {
			bool match = selectors_matches(op, text, c->values[op].text[i]);

			if (op >= SELECTORS_NOT_EQUALS && match)
				return false;
			selects |= op < SELECTORS_NOT_EQUALS;
			selected |= op < SELECTORS_NOT_EQUALS && match;
		}
	return !selects || selected;
}

static enum tri
selectors_one_admits(const struct selectors_one *one, const struct selectors_sample *sample)
{
	enum tri admits = TRI_YES;

	for (const struct selectors_condition *c = one->conditions; c != NULL; c = c->next)
		admits = tri_and(admits, c->field >= SELECTORS_FIELDS ? TRI_UNKNOWN :
		    tri_of(selectors_holds(c, sample->value[c->field])));
	return admits;
}

static enum tri
selectors_admit(const struct selectors *s, const struct selectors_sample *sample)
{
	enum tri admit = TRI_NO;

	for (const struct selectors_one *one = s->first; one != NULL; one = one->next)
		admit = tri_or(admit, selectors_one_admits(one, sample));
	return admit;
}

/* Every value, prefix or suffix that some selector names for a field. */
static size_t
selectors_named(const struct selectors *s, enum selectors_field field, enum selectors_op op,
    const char **out)
{
	size_t n = 0;

	for (const struct selectors_one *one = s->first; one != NULL; one = one->next)
		for (const struct selectors_condition *c = one->conditions; c != NULL; c = c->next)
			for (enum selectors_op o = op; c->field == field && o < SELECTORS_OPS;
			     o += 3)
				for (size_t i = 0; i < c->values[o].count; i++)
					out[n++] = c->values[o].text[i];
	return n;
}

/*
 * The samples of one field: the fresh one, each value, each prefix with each suffix. Where these
 * are too many, each prefix and each suffix alone.
 */
static void
selectors_vary(const struct selectors *s, enum selectors_field field,
    struct selectors_samples *samples)
{
	struct selectors_values *ret = &samples->of[field];
	const char **equal = arena_alloc(s->arena, (s->value_count + 1) * sizeof(*equal));
	const char **starts = arena_alloc(s->arena, (s->value_count + 1) * sizeof(*starts));
	const char **ends = arena_alloc(s->arena, (s->value_count + 1) * sizeof(*ends));
	size_t equals = selectors_named(s, field, SELECTORS_EQUALS, equal);
	size_t prefixes = selectors_named(s, field, SELECTORS_STARTS, starts);
	size_t suffixes = selectors_named(s, field, SELECTORS_ENDS, ends);
	bool pairs = (prefixes + 1) * (suffixes + 1) <= SELECTORS_SAMPLES_MAX;
	size_t most = pairs ? (prefixes + 1) * (suffixes + 1) : prefixes + suffixes + 1;

	samples->is_complete &= pairs;
	starts[prefixes] = ends[suffixes] = "";
	ret->text = arena_alloc(s->arena, (equals + most) * sizeof(*ret->text));
	ret->text[ret->count++] = selectors_fresh;
	for (size_t i = 0; i < equals; i++)
		ret->text[ret->count++] = equal[i];
	for (size_t i = 0; i <= prefixes; i++)
		for (size_t k = 0; k <= suffixes; k++)
			if ((i < prefixes || k < suffixes) &&
			    (pairs || i == prefixes || k == suffixes))
				ret->text[ret->count++] = arena_printf(
				    s->arena, "%s%s%s", starts[i], selectors_fresh, ends[k]);
}

/* Steps to the next combination; false after the last. */
static bool
selectors_next(const struct selectors_values vary[SELECTORS_FIELDS], size_t at[SELECTORS_FIELDS],
    struct selectors_sample *sample)
{
	for (int f = SELECTORS_SOURCE; f < SELECTORS_FIELDS; f++) {
		at[f] = (at[f] + 1) % vary[f].count;
		sample->value[f] = vary[f].text[at[f]];
		if (at[f] != 0)
			return true;
	}
	return false;
}

/*
 * Whether all management events with this readOnly are let through. When there are too many
 * combinations only those are tried in which a single member is not fresh: that may find an event
 * that is left out, but not that none is.
 */
static enum tri
selectors_admit_all(const struct selectors *s, const struct selectors_samples *samples,
    const char *read_only)
{
	const struct selectors_values *vary = samples->of;
	struct selectors_sample fresh = { .value[SELECTORS_READ_ONLY] = read_only }, sample;
	size_t at[SELECTORS_FIELDS] = { 0 }, total = 1;
	enum tri all;

	for (int f = SELECTORS_SOURCE; f < SELECTORS_FIELDS; f++) {
		fresh.value[f] = selectors_fresh;
		total = total > SELECTORS_SAMPLES_MAX ? total : total * vary[f].count;
	}
	sample = fresh;
	all = selectors_admit(s, &sample);
	if (total <= SELECTORS_SAMPLES_MAX) {
		while (all != TRI_NO && selectors_next(vary, at, &sample))
			all = tri_and(all, selectors_admit(s, &sample));
		return samples->is_complete ? all : tri_and(all, TRI_UNKNOWN);
	}
	for (int f = SELECTORS_SOURCE; f < SELECTORS_FIELDS; f++, sample = fresh)
		for (size_t i = 0; all != TRI_NO && i < vary[f].count; i++) {
			sample.value[f] = vary[f].text[i];
			all = tri_and(all, selectors_admit(s, &sample));
		}
	return tri_and(all, TRI_UNKNOWN);
}

static void
selectors_describe_values(struct buf *out, const struct selectors_condition *c,
    enum selectors_op op)
{
	buf_adds(out, selectors_ops[op].words);
	for (size_t i = 0; i < c->values[op].count; i++)
		buf_addf(out, "%s%s", i > 0 ? ", " : "", c->values[op].text[i]);
}

/* "ReadWriteType WriteOnly", "excludes kms.amazonaws.com": basic selectors have but these two. */
static void
selectors_describe_basic(struct buf *out, const struct selectors_condition *c)
{
	if (c->field == SELECTORS_SOURCE) {
		buf_adds(out, "excludes ");
		selectors_describe_values(out, c, SELECTORS_NOT_EQUALS);
	} else {
		buf_addf(out, "ReadWriteType %s", c->field_name);
	}
}

static void
selectors_describe_advanced(struct buf *out, const struct selectors_condition *c)
{
	const char *between = "";

	if (c->field >= SELECTORS_FIELDS) {
		buf_addf(out, "look at %s in a way that is not understood", c->field_name);
		return;
	}
	for (enum selectors_op op = 0; op < SELECTORS_OPS; op++) {
		bool selects = op < SELECTORS_NOT_EQUALS;

		if (c->values[op].count == 0)
			continue;
		buf_addf(out, "%s%s %s ", between, selects ? "let only" : "exclude", c->field_name);
		selectors_describe_values(out, c, op);
		buf_adds(out, selects ? " through" : "");
		between = " and ";
	}
}

/* What is left out, for people: every condition that there is. */
static const char *
selectors_describe(const struct selectors *s)
{
	char clean[SELECTORS_TEXT_MAX];
	const char *text;
	struct buf out;

	buf_init(&out, SELECTORS_RAW_MAX);
	for (const struct selectors_one *one = s->first; one != NULL; one = one->next) {
		if (one != s->first)
			buf_adds(&out, "; or ");
		else if (!one->is_basic)
			buf_adds(&out, "advanced selectors ");
		for (const struct selectors_condition *c = one->conditions; c != NULL;
		     c = c->next) {
			if (one->is_basic)
				selectors_describe_basic(&out, c);
			else
				selectors_describe_advanced(&out, c);
			buf_adds(&out, c->next ? " and " : "");
		}
	}
	if (s->first == NULL)
		buf_adds(&out, "no selector lets management events through");
	text = arena_strdup(s->arena, text_clean(clean, sizeof(clean), buf_text(&out), out.len));
	buf_done(&out);
	return text;
}

void
selectors_judge(const struct selectors *s, struct trail_selectors *ret)
{
	struct selectors_samples samples = { .is_complete = true };
	struct selectors_sample usual = { .value[SELECTORS_READ_ONLY] = "true" };

	for (int f = SELECTORS_SOURCE; f < SELECTORS_FIELDS; f++) {
		selectors_vary(s, (enum selectors_field)f, &samples);
		usual.value[f] = selectors_fresh;
	}
	ret->management_reads = selectors_admit_all(s, &samples, "true");
	ret->management_writes = selectors_admit_all(s, &samples, "false");
	ret->usual_reads = selectors_admit(s, &usual);
	ret->narrowed = tri_and(ret->management_reads, ret->management_writes) == TRI_YES ? NULL :
	    selectors_describe(s);
}
