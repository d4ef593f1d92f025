/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From text to data, by the grammar of IAM policies as KMS takes it: element names and types
 * are exact, a principal is required, and whatever is not understood makes the whole text no
 * policy rather than a statement less.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "policy/policy_private.h"
#include "wire/json.h"

struct document {
	struct arena	*arena;
	const char	*text;
	size_t		 len;
	struct policy	*policy;
	unsigned	 statement;	/* being read; 0: none */
	struct err	*err;
};

/* An element of a policy or of a statement. `is_negated`: the one whose name begins with Not. */
struct element {
	const char	*name;
	int		(*read)(struct document *, const struct json *, struct policy_statement *,
			    bool is_negated);
	bool		 is_negated;
};

static int	document_refuse(struct document *, const struct json *, const char *fmt, ...)
		    __attribute__((format(printf, 3, 4)));

static int
document_refuse(struct document *d, const struct json *where, const char *fmt, ...)
{
	char what[300], place[48];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	json_place(d->text, d->len, where->offset, place, sizeof(place));
	if (d->statement == 0)
		return err_set(d->err, ERR_MALFORMED, "%s: %s", place, what);
	return err_set(d->err, ERR_MALFORMED, "%s: statement %u: %s", place, d->statement, what);
}

static int
document_refuse_type(struct document *d, const struct json *value, const char *what,
    const char *wanted)
{
	return document_refuse(d, value, "%s is of type %s where %s belongs", what,
	    json_type_name(value->type), wanted);
}

static struct policy_text
document_text(const struct json *value)
{
	return (struct policy_text){ value->text, value->text_len };
}

/* The name of a member, shown in a message. */
static const char *
document_name(const struct json *member, char *out, size_t size)
{
	return text_clean(out, size, member->name, member->name_len);
}

static bool
document_is_named(const struct json *member, const char *name)
{
	return match_text((struct policy_text){ member->name, member->name_len }, name);
}

static int
document_read_elements(struct document *d, const struct json *object,
    const struct element *elements, struct policy_statement *statement)
{
	json_foreach(member, object) {
		const struct element *element = elements;
		char name[80];

		while (element->name != NULL && !document_is_named(member, element->name))
			element++;
		if (element->name == NULL)
			return document_refuse(d, member, "unknown element \"%s\"",
			    document_name(member, name, sizeof(name)));
		if (element->read(d, member, statement, element->is_negated) < 0)
			return -1;
	}
	return 0;
}

/* ---- lists of texts ---- */

/* One value, or an array of them: gives the first and how many. */
static const struct json *
document_list(const struct json *value, size_t *ret_count)
{
	*ret_count = value->type == JSON_ARRAY ? value->count : 1;
	return value->type == JSON_ARRAY ? value->child : value;
}

static struct policy_value
document_value(const struct document *d, struct policy_text written, enum pattern_kind kind,
    bool takes_variables)
{
	struct policy_value value = { .written = written };

	if (!takes_variables || !d->policy->has_variables || !variable_is_in(written))
		value.pattern = pattern_make(d->arena, written, kind);
	return value;
}

static int
document_read_values(struct document *d, const struct json *list, const char *what,
    enum pattern_kind kind, struct policy_values *ret_values)
{
	size_t count, n = 0;
	const struct json *item = document_list(list, &count);
	struct policy_value *row = arena_alloc(d->arena, count * sizeof(*row));

	for (; n < count; item = item->next) {
		if (item->type != JSON_STRING)
			return document_refuse_type(d, item, what, "a string");
		row[n++] = document_value(d, document_text(item), kind, kind == PATTERN_ARN);
	}
	*ret_values = (struct policy_values){ row, count };
	return 0;
}

/* ---- the elements of a statement ---- */

static int
document_read_sid(struct document *d, const struct json *value, struct policy_statement *statement,
    bool is_negated)
{
	(void)is_negated;
	if (value->type != JSON_STRING)
		return document_refuse_type(d, value, "Sid", "a string");
	statement->sid = document_text(value);
	return 0;
}

static int
document_read_effect(struct document *d, const struct json *value,
    struct policy_statement *statement, bool is_negated)
{
	(void)is_negated;
	statement->is_deny = json_is(value, "Deny");
	if (!statement->is_deny && !json_is(value, "Allow"))
		return document_refuse(d, value, "Effect is neither \"Allow\" nor \"Deny\"");
	return 0;
}

static const struct principal_row {
	const char		*name;
	enum principal_type	 type;
} principal_rows[] = {
	{ "AWS", PRINCIPAL_AWS },
	{ "Service", PRINCIPAL_SERVICE },
	{ "Federated", PRINCIPAL_OTHER },
	{ "CanonicalUser", PRINCIPAL_OTHER },
};

#define PRINCIPAL_ROWS	(sizeof(principal_rows) / sizeof(principal_rows[0]))

static int
document_read_principal_list(struct document *d, const struct json *list,
    struct policy_statement *statement)
{
	size_t count, row = 0;
	const struct json *item = document_list(list, &count);
	char name[80];

	while (row < PRINCIPAL_ROWS && !document_is_named(list, principal_rows[row].name))
		row++;
	if (row == PRINCIPAL_ROWS)
		return document_refuse(d, list, "unknown type of principal \"%s\"",
		    document_name(list, name, sizeof(name)));
	for (; count > 0; count--, item = item->next) {
		if (item->type != JSON_STRING)
			return document_refuse_type(d, item, "a principal", "a string");
		statement->principals[statement->principal_count++] =
		    (struct policy_principal){ principal_rows[row].type, document_text(item) };
	}
	return 0;
}

static int
document_read_principal(struct document *d, const struct json *value,
    struct policy_statement *statement, bool is_negated)
{
	size_t total = 1, count;

	if (statement->principals != NULL)
		return document_refuse(d, value, "both Principal and NotPrincipal");
	json_foreach(list, value) {
		document_list(list, &count);
		total += count;
	}
	statement->principals = arena_alloc(d->arena, total * sizeof(*statement->principals));
	statement->principal_is_negated = is_negated;
	if (json_is(value, "*")) {
		statement->principals[statement->principal_count++] =
		    (struct policy_principal){ PRINCIPAL_AWS, document_text(value) };
		return 0;
	}
	if (value->type == JSON_STRING)
		return document_refuse(d, value, "a principal that is a string is \"*\"");
	if (value->type != JSON_OBJECT)
		return document_refuse_type(d, value, "the principal", "an object");
	json_foreach(list, value)
		if (document_read_principal_list(d, list, statement) < 0)
			return -1;
	return 0;
}

/* "service:name", or "*" for all; kept in lower case, as their case does not matter. */
static int
document_lower_action(struct document *d, const struct json *where, struct policy_value *action)
{
	const char *colon = memchr(action->written.text, ':', action->written.len);
	char *lower, shown[80];

	if (!match_text(action->written, "*") && (colon == NULL || colon == action->written.text))
		return document_refuse(d, where, "the action \"%s\" names no service",
		    text_clean(shown, sizeof(shown), action->written.text, action->written.len));
	lower = arena_strndup(d->arena, action->written.text, action->written.len);
	for (size_t i = 0; i < action->written.len; i++)
		lower[i] = lower[i] >= 'A' && lower[i] <= 'Z' ? (char)(lower[i] | 0x20) : lower[i];
	action->pattern = pattern_make(d->arena,
	    (struct policy_text){ lower, action->written.len }, PATTERN_GLOB);
	return 0;
}

static int
document_read_action(struct document *d, const struct json *value,
    struct policy_statement *statement, bool is_negated)
{
	struct policy_element *action = &statement->action;

	if (action->is_there)
		return document_refuse(d, value, "both Action and NotAction");
	action->is_there = true;
	action->is_negated = is_negated;
	if (document_read_values(d, value, "an action", PATTERN_LITERAL, &action->values) < 0)
		return -1;
	for (size_t i = 0; i < action->values.count; i++)
		if (document_lower_action(d, value, &action->values.row[i]) < 0)
			return -1;
	return 0;
}

static int
document_read_resource(struct document *d, const struct json *value,
    struct policy_statement *statement, bool is_negated)
{
	struct policy_element *resource = &statement->resource;

	if (resource->is_there)
		return document_refuse(d, value, "both Resource and NotResource");
	resource->is_there = true;
	resource->is_negated = is_negated;
	return document_read_values(d, value, "a resource", PATTERN_ARN, &resource->values);
}

/* ---- conditions ---- */

static int
document_read_scalar(struct document *d, const struct json *item, struct policy_text *ret_text)
{
	if (item->type == JSON_BOOL)
		*ret_text = item->boolean ? (struct policy_text){ "true", 4 } :
		    (struct policy_text){ "false", 5 };
	else if (item->type == JSON_STRING || item->type == JSON_NUMBER)
		*ret_text = document_text(item);
	else
		return document_refuse_type(d, item, "a value of a condition", "a string");
	return 0;
}

static int
document_read_condition(struct document *d, const struct json *list,
    struct policy_condition *condition)
{
	struct policy_values *values = &condition->values;
	const struct json *item = document_list(list, &values->count);

	condition->key = (struct policy_text){ list->name, list->name_len };
	values->row = arena_alloc(d->arena, values->count * sizeof(*values->row));
	for (size_t i = 0; i < values->count; i++, item = item->next) {
		struct policy_text written;

		if (document_read_scalar(d, item, &written) < 0)
			return -1;
		values->row[i] = document_value(d, written, condition_kind(condition),
		    condition_takes_variables(condition));
	}
	return 0;
}

/* All keys under one operator. */
static int
document_read_operator(struct document *d, const struct json *keys,
    struct policy_statement *statement)
{
	struct policy_text operator = { keys->name, keys->name_len };
	struct policy_condition condition = { .operator = NULL };
	char name[80];

	if (!condition_parse_operator(operator, &condition))
		return document_refuse(d, keys, "unknown condition operator \"%s\"",
		    document_name(keys, name, sizeof(name)));
	if (keys->type != JSON_OBJECT)
		return document_refuse_type(d, keys, document_name(keys, name, sizeof(name)),
		    "an object");
	json_foreach(list, keys) {
		if (document_read_condition(d, list, &condition) < 0)
			return -1;
		statement->conditions[statement->condition_count++] = condition;
	}
	return 0;
}

static int
document_read_conditions(struct document *d, const struct json *value,
    struct policy_statement *statement, bool is_negated)
{
	size_t total = 0;

	(void)is_negated;
	if (value->type != JSON_OBJECT)
		return document_refuse_type(d, value, "Condition", "an object");
	json_foreach(keys, value)
		total += keys->count;
	statement->conditions = arena_alloc(d->arena, total * sizeof(*statement->conditions));
	json_foreach(keys, value)
		if (document_read_operator(d, keys, statement) < 0)
			return -1;
	return 0;
}

static const struct element statement_elements[] = {
	{ "Sid",          document_read_sid,        false },
	{ "Effect",       document_read_effect,     false },
	{ "Principal",    document_read_principal,  false },
	{ "NotPrincipal", document_read_principal,  true },
	{ "Action",       document_read_action,     false },
	{ "NotAction",    document_read_action,     true },
	{ "Resource",     document_read_resource,   false },
	{ "NotResource",  document_read_resource,   true },
	{ "Condition",    document_read_conditions, false },
	{ NULL, NULL, false },
};

/* ---- the whole ---- */

/* As it stands: json_member() takes a member that is null for none. */
static const struct json *
document_member(const struct json *object, const char *name)
{
	json_foreach(member, object)
		if (document_is_named(member, name))
			return member;
	return NULL;
}

static int
document_read_statement(struct document *d, const struct json *object,
    struct policy_statement *statement)
{
	statement->number = ++d->statement;
	if (object->type != JSON_OBJECT)
		return document_refuse_type(d, object, "the statement", "an object");
	if (document_member(object, "Effect") == NULL)
		return document_refuse(d, object, "no Effect");
	if (document_read_elements(d, object, statement_elements, statement) < 0)
		return -1;
	if (statement->principals == NULL)
		return document_refuse(d, object, "neither Principal nor NotPrincipal");
	return 0;
}

static int
document_read_statements(struct document *d, const struct json *value,
    struct policy_statement *unused, bool is_negated)
{
	struct policy *policy = d->policy;
	const struct json *object = document_list(value, &policy->count);

	(void)unused;
	(void)is_negated;
	if (value->type != JSON_ARRAY && value->type != JSON_OBJECT)
		return document_refuse_type(d, value, "Statement", "an array");
	if (policy->count == 0)
		return document_refuse(d, value, "Statement is empty");
	policy->statements = arena_alloc(d->arena, policy->count * sizeof(*policy->statements));
	for (size_t i = 0; i < policy->count; i++, object = object->next)
		if (document_read_statement(d, object, &policy->statements[i]) < 0)
			return -1;
	d->statement = 0;
	return 0;
}

static int
document_read_id(struct document *d, const struct json *value, struct policy_statement *unused,
    bool is_negated)
{
	(void)unused;
	(void)is_negated;
	return value->type == JSON_STRING ? 0 : document_refuse_type(d, value, "Id", "a string");
}

static int
document_read_version(struct document *d, const struct json *value,
    struct policy_statement *unused, bool is_negated)
{
	(void)unused;
	(void)is_negated;
	if (!json_is(value, "2012-10-17") && !json_is(value, "2008-10-17"))
		return document_refuse(d, value, "Version is neither 2012-10-17 nor 2008-10-17");
	return 0;
}

static const struct element policy_elements[] = {
	{ "Version",   document_read_version,    false },
	{ "Id",        document_read_id,         false },
	{ "Statement", document_read_statements, false },
	{ NULL, NULL, false },
};

/* The Version may stand behind the statements, whose variables it rules. */
static int
document_read(struct document *d, const struct json *root)
{
	if (root->type != JSON_OBJECT)
		return document_refuse_type(d, root, "the policy", "an object");
	if (document_member(root, "Statement") == NULL)
		return document_refuse(d, root, "no Statement");
	d->policy->has_variables = json_is(document_member(root, "Version"), "2012-10-17");
	return document_read_elements(d, root, policy_elements, NULL);
}

int
policy_parse(struct arena *arena, const char *text, size_t len, const struct policy **ret_policy,
    struct err *err)
{
	struct document d = { .arena = arena, .text = text, .len = len, .err = err };
	const struct json *root;

	if (len > POLICY_MAX_BYTES)
		return err_set(err, ERR_TOO_LARGE, "%zu bytes, and %d are the most", len,
		    POLICY_MAX_BYTES);
	if (json_parse(arena, text, len, &root, err) < 0)
		return -1;
	d.policy = arena_alloc(arena, sizeof(*d.policy));
	if (document_read(&d, root) < 0)
		return -1;
	*ret_policy = d.policy;
	return 0;
}

size_t
policy_statements(const struct policy *policy)
{
	return policy->count;
}
