/* SPDX-License-Identifier: Apache-2.0 */
/* CloudTrail's GetEventSelectors; see parse.h. What the selectors mean is in selectors.c. */
#include "parse/selectors.h"

#include <string.h>

#include "base/text.h"
#include "parse/members.h"
#include "parse/parse.h"

#define SELECTORS_MAX		500	/* selectors; AWS allows 5 basic ones, 500 conditions */
#define SELECTORS_VALUES_MAX	1000	/* values of all conditions; AWS allows 500 */
#define SELECTORS_VALUE_MAX	2048	/* bytes, as AWS has it */

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
	struct selectors_condition *c = arena_alloc(s->arena, sizeof(*c)),
				   **last = &one->conditions;

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

	while (f < SELECTORS_NOT_CLEAR && strcmp(name, selectors_field_name(f)) != 0)
		f++;
	return f;
}

static enum selectors_op
selectors_find_op(const char *name)
{
	enum selectors_op op = 0;

	while (op < SELECTORS_OPS && strcmp(name, selectors_op_name(op)) != 0)
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
	struct selectors s = { .arena = arena };
	size_t basic, advanced;

	if (json_member(json, "EventSelectors") == NULL &&
	    json_member(json, "AdvancedEventSelectors") == NULL)
		return err_set(
		    err, ERR_MALFORMED, "EventSelectors and AdvancedEventSelectors are missing");
	if (selectors_read_list(&s, json, "EventSelectors", selectors_read_basic, &basic, err) <
		0 ||
	    selectors_read_list(
		&s, json, "AdvancedEventSelectors", selectors_read_advanced, &advanced, err) < 0)
		return -1;
	if (basic > 0 && advanced > 0)
		return err_set(err, ERR_MALFORMED, "basic and advanced selectors at once");
	if (basic + advanced == 0)	/* a trail without selectors logs all management events */
		selectors_add(&s, arena_alloc(arena, sizeof(struct selectors_one)));
	selectors_judge(&s, ret);
	return 0;
}
