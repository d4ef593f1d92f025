/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CloudTrail's GetEventSelectors; see parse.h. Basic and advanced selectors are brought into one
 * form, a list of conditions each, and are then asked about sample events. What a selector says
 * of an event depends on nothing but which of the named values, prefixes and suffixes the event
 * has, so one sample for each combination tells exactly whether any event is left out.
 */
#include "parse/parse.h"

#include <string.h>

#include "base/text.h"
#include "parse/members.h"

#define SELECTORS_MAX		500	/* selectors; AWS allows 5 basic ones, 500 conditions */
#define SELECTORS_VALUES_MAX	1000	/* values of all conditions; AWS allows 500 */
#define SELECTORS_VALUE_MAX	2048	/* bytes, as AWS has it */
#define SELECTORS_SAMPLES_MAX	5000	/* tried for one answer */
#define SELECTORS_TEXT_MAX	400	/* of the words for people */

/* The members of a management event that a selector can look at, eventCategory aside. */
enum selectors_field {
	SELECTORS_READ_ONLY, SELECTORS_SOURCE, SELECTORS_NAME, SELECTORS_TYPE, SELECTORS_CONSOLE,
	SELECTORS_IDENTITY, SELECTORS_FIELDS,
	SELECTORS_CATEGORY = SELECTORS_FIELDS,
	SELECTORS_NOT_CLEAR,		/* a member or operator that we do not know */
};

static const char *const selectors_fields[] = {
	[SELECTORS_READ_ONLY] = "readOnly", [SELECTORS_SOURCE] = "eventSource",
	[SELECTORS_NAME] = "eventName", [SELECTORS_TYPE] = "eventType",
	[SELECTORS_CONSOLE] = "sessionCredentialFromConsole",
	[SELECTORS_IDENTITY] = "userIdentity.arn", [SELECTORS_CATEGORY] = "eventCategory",
};

/* The selecting operators come first. Of these one must hold; of the others all. */
enum selectors_op {
	SELECTORS_EQUALS, SELECTORS_STARTS, SELECTORS_ENDS, SELECTORS_NOT_EQUALS,
	SELECTORS_NOT_STARTS, SELECTORS_NOT_ENDS, SELECTORS_OPS,
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

struct selectors_values {
	const char	**text;
	size_t		  count;
};

struct selectors_condition {
	enum selectors_field		 field;
	const char			*field_name;
	struct selectors_values		 values[SELECTORS_OPS];
	struct selectors_condition	*next;
};

/* What one selector demands of a management event. */
struct selectors_one {
	bool				 is_basic;
	struct selectors_condition	*conditions;
	struct selectors_one		*next;
};

struct selectors {
	struct arena		*arena;
	struct selectors_one	*first;
	size_t			 value_count;
	bool			 is_complete;	/* every combination has its sample */
};

/* An event, by the members that selectors look at. */
struct selectors_sample {
	const char	*value[SELECTORS_FIELDS];
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

static bool
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
			for (enum selectors_op o = op; c->field == field && o < SELECTORS_OPS; o += 3)
				for (size_t i = 0; i < c->values[o].count; i++)
					out[n++] = c->values[o].text[i];
	return n;
}

/*
 * The samples of one field: the fresh one, each value, each prefix with each suffix. Where these
 * are too many, each prefix and each suffix alone.
 */
static void
selectors_vary(struct selectors *s, enum selectors_field field, struct selectors_values *ret)
{
	const char **equal = arena_alloc(s->arena, (s->value_count + 1) * sizeof(*equal));
	const char **starts = arena_alloc(s->arena, (s->value_count + 1) * sizeof(*starts));
	const char **ends = arena_alloc(s->arena, (s->value_count + 1) * sizeof(*ends));
	size_t equals = selectors_named(s, field, SELECTORS_EQUALS, equal);
	size_t prefixes = selectors_named(s, field, SELECTORS_STARTS, starts);
	size_t suffixes = selectors_named(s, field, SELECTORS_ENDS, ends);
	bool pairs = (prefixes + 1) * (suffixes + 1) <= SELECTORS_SAMPLES_MAX;

	s->is_complete &= pairs;
	starts[prefixes] = ends[suffixes] = "";
	ret->text = arena_alloc(s->arena, (equals + (pairs ? (prefixes + 1) * (suffixes + 1) :
	    prefixes + suffixes + 1)) * sizeof(*ret->text));
	ret->text[ret->count++] = selectors_fresh;
	for (size_t i = 0; i < equals; i++)
		ret->text[ret->count++] = equal[i];
	for (size_t i = 0; i <= prefixes; i++)
		for (size_t k = 0; k <= suffixes; k++)
			if ((i < prefixes || k < suffixes) && (pairs || i == prefixes || k == suffixes))
				ret->text[ret->count++] = arena_printf(s->arena, "%s%s%s", starts[i],
				    selectors_fresh, ends[k]);
}

/* Steps to the next combination; false after the last. */
static bool
selectors_next(const struct selectors_values *vary, size_t at[SELECTORS_FIELDS],
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
selectors_admit_all(const struct selectors *s, const struct selectors_values *vary,
    const char *read_only)
{
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
		return s->is_complete ? all : tri_and(all, TRI_UNKNOWN);
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

	buf_init(&out, PARSE_TEXT_MAX);
	for (const struct selectors_one *one = s->first; one != NULL; one = one->next) {
		if (one != s->first)
			buf_adds(&out, "; or ");
		else if (!one->is_basic)
			buf_adds(&out, "advanced selectors ");
		for (const struct selectors_condition *c = one->conditions; c != NULL; c = c->next) {
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

static void
selectors_judge(struct selectors *s, struct trail_selectors *ret)
{
	struct selectors_values vary[SELECTORS_FIELDS] = { { NULL, 0 } };
	struct selectors_sample usual = { .value[SELECTORS_READ_ONLY] = "true" };

	for (int f = SELECTORS_SOURCE; f < SELECTORS_FIELDS; f++) {
		selectors_vary(s, (enum selectors_field)f, &vary[f]);
		usual.value[f] = selectors_fresh;
	}
	ret->management_reads = selectors_admit_all(s, vary, "true");
	ret->management_writes = selectors_admit_all(s, vary, "false");
	ret->usual_reads = selectors_admit(s, &usual);
	ret->narrowed = tri_and(ret->management_reads, ret->management_writes) == TRI_YES ? NULL :
	    selectors_describe(s);
}

static int
selectors_read_values(struct selectors *s, const struct json *object, const char *name,
    struct selectors_values *ret, struct err *err)
{
	const struct json *list = NULL;

	if (json_get_array(object, name, &list, err) < 0)
		return -1;
	if (list == NULL || list->count == 0)
		return 0;
	s->value_count += list->count;
	if (s->value_count > SELECTORS_VALUES_MAX)
		return err_set(err, ERR_MALFORMED, "the selectors hold more than %d values",
		    SELECTORS_VALUES_MAX);
	ret->text = arena_alloc(s->arena, list->count * sizeof(*ret->text));
	json_foreach(item, list) {
		if (item->type != JSON_STRING || strlen(item->text) != item->text_len ||
		    item->text_len > SELECTORS_VALUE_MAX)
			return err_set(err, ERR_MALFORMED, "%s holds what is no value", name);
		ret->text[ret->count++] = item->text;
	}
	return 0;
}

static struct selectors_condition *
selectors_add_condition(struct selectors *s, struct selectors_one *one,
    enum selectors_field field, const char *field_name)
{
	struct selectors_condition *c = arena_alloc(s->arena, sizeof(*c)), **last = &one->conditions;

	c->field = field;
	c->field_name = field_name;
	while (*last != NULL)
		last = &(*last)->next;
	*last = c;
	return c;
}

static void
selectors_add(struct selectors *s, struct selectors_one *one)
{
	struct selectors_one **last = &s->first;

	while (*last != NULL)
		last = &(*last)->next;
	*last = one;
}

static const char *const selectors_read_only[] = { "true", "false" };

/* ReadWriteType All is no condition; one that we do not know is not clear. */
static void
selectors_add_read_write(struct selectors *s, struct selectors_one *one, const char *type)
{
	bool reads = text_same(type, "ReadOnly"), writes = text_same(type, "WriteOnly");
	struct selectors_condition *c;

	if (text_is_empty(type) || text_same(type, "All"))
		return;
	c = selectors_add_condition(s, one, reads || writes ? SELECTORS_READ_ONLY :
	    SELECTORS_NOT_CLEAR, type);
	if (reads || writes)
		c->values[SELECTORS_EQUALS] = (struct selectors_values){
			(const char **)&selectors_read_only[writes], 1 };
	s->value_count++;
}

static int
selectors_read_basic(struct selectors *s, const struct json *item, struct err *err)
{
	struct selectors_one *one = arena_alloc(s->arena, sizeof(*one));
	struct selectors_values excluded = { NULL, 0 };
	enum tri management;
	const char *type;

	one->is_basic = true;
	if (members_tri(item, "IncludeManagementEvents", &management, err) < 0 ||
	    members_text(s->arena, item, "ReadWriteType", &type, err) < 0 ||
	    selectors_read_values(s, item, "ExcludeManagementEventSources", &excluded, err) < 0)
		return -1;
	if (management == TRI_NO)	/* the default is yes */
		return 0;
	selectors_add_read_write(s, one, type);
	if (excluded.count > 0)
		selectors_add_condition(s, one, SELECTORS_SOURCE, "eventSource")
		    ->values[SELECTORS_NOT_EQUALS] = excluded;
	selectors_add(s, one);
	return 0;
}

static enum selectors_field
selectors_find_field(const char *name)
{
	enum selectors_field f = SELECTORS_READ_ONLY;

	while (f < SELECTORS_NOT_CLEAR && strcmp(name, selectors_fields[f]) != 0)
		f++;
	return f;
}

static enum selectors_op
selectors_find_op(const char *name)
{
	enum selectors_op op = 0;

	while (op < SELECTORS_OPS && strcmp(name, selectors_ops[op].name) != 0)
		op++;
	return op;
}

/* A condition with a member that we do not know, or without any, is not clear. */
static int
selectors_read_condition(struct selectors *s, const struct json *item,
    struct selectors_condition *ret, struct err *err)
{
	bool is_clear = true, has_values = false;
	const char *name;

	*ret = (struct selectors_condition){ .next = NULL };
	if (members_text_needed(s->arena, item, "Field", &name, err) < 0)
		return -1;
	json_foreach(member, item) {
		enum selectors_op op = selectors_find_op(member->name);

		if (op < SELECTORS_OPS &&
		    selectors_read_values(s, item, member->name, &ret->values[op], err) < 0)
			return -1;
		is_clear &= op < SELECTORS_OPS || member->type == JSON_NULL ||
		    strcmp(member->name, "Field") == 0;
		has_values |= op < SELECTORS_OPS && ret->values[op].count > 0;
	}
	ret->field = is_clear && has_values ? selectors_find_field(name) : SELECTORS_NOT_CLEAR;
	ret->field_name = name;
	return 0;
}

/* Selectors of other categories than Management say nothing of management events. */
static int
selectors_read_advanced(struct selectors *s, const struct json *item, struct err *err)
{
	struct selectors_one *one = arena_alloc(s->arena, sizeof(*one));
	bool has_category = false, is_management = true;
	const struct json *list;

	if (members_list(item, "FieldSelectors", SELECTORS_VALUES_MAX, &list, err) < 0)
		return -1;
	json_foreach(field, list) {
		struct selectors_condition c;

		if (selectors_read_condition(s, field, &c, err) < 0)
			return -1;
		if (c.field == SELECTORS_CATEGORY) {
			has_category = true;
			is_management &= selectors_holds(&c, "Management");
		} else {
			*selectors_add_condition(s, one, c.field, c.field_name) = c;
		}
	}
	if (!has_category)
		selectors_add_condition(s, one, SELECTORS_NOT_CLEAR, "eventCategory");
	if (is_management)
		selectors_add(s, one);
	return 0;
}

static int
selectors_read_list(struct selectors *s, const struct json *json, const char *name,
    int (*read)(struct selectors *, const struct json *, struct err *), size_t *ret_count,
    struct err *err)
{
	const struct json *list;
	size_t n = 0;

	*ret_count = 0;
	if (json_member(json, name) == NULL)
		return 0;
	if (members_list(json, name, SELECTORS_MAX, &list, err) < 0)
		return -1;
	json_foreach(item, list)
		if (read(s, item, err) < 0)
			return err_prefix(err, "%s[%zu]", name, n);
		else
			n++;
	*ret_count = n;
	return 0;
}

int
parse_event_selectors(struct arena *arena, const struct json *json, struct trail_selectors *ret,
    struct err *err)
{
	struct selectors s = { .arena = arena, .is_complete = true };
	size_t basic, advanced;

	if (json_member(json, "EventSelectors") == NULL &&
	    json_member(json, "AdvancedEventSelectors") == NULL)
		return err_set(err, ERR_MALFORMED, "EventSelectors and AdvancedEventSelectors are missing");
	if (selectors_read_list(&s, json, "EventSelectors", selectors_read_basic, &basic, err) < 0 ||
	    selectors_read_list(&s, json, "AdvancedEventSelectors", selectors_read_advanced,
	    &advanced, err) < 0)
		return -1;
	if (basic > 0 && advanced > 0)
		return err_set(err, ERR_MALFORMED, "basic and advanced selectors at once");
	if (basic + advanced == 0)	/* a trail without selectors logs all management events */
		selectors_add(&s, arena_alloc(arena, sizeof(struct selectors_one)));
	selectors_judge(&s, ret);
	return 0;
}
