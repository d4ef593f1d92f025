/* SPDX-License-Identifier: Apache-2.0 */
/* From nodes to structs by rows; see bind.h. */
#include "config/bind.h"

#include <assert.h>
#include <string.h>

#include "base/text.h"
#include "config/value.h"

#define BIND_EXPECTED_BYTES	1024
#define BIND_FILE_SUFFIX	"_file"		/* of a secret's second name */

const struct config_option *
config_option_rows(const struct config_option *section)
{
	assert(section->type == CONFIG_SECTION);
	return section->find_rows != NULL ? section->find_rows() : section->rows;
}

/* Members are reached by their bytes: the rows know offsets, not types. */
static void *
bind_member(void *section, size_t offset)
{
	return (char *)section + offset;
}

static void
bind_store_pointer(void *member, const void *value)
{
	memcpy(member, &value, sizeof(value));
}

/* ---- complaints ---- */

/* Says what is expected there, and how what stands there differs when that is short to say. */
void
config_bind_refuse(struct config_binder *b, struct config_node *node, const struct config_option *o,
    bool as_item)
{
	struct config_option single = *o;
	const char *nearest = NULL, *but = "";
	struct buf expected;

	if (as_item) {
		single.is_list = false;
		single.word = NULL;
	}
	if (config_node_is_null(node))
		but = ", not nothing";
	else if (node->kind != CONFIG_SCALAR)
		but = node->kind == CONFIG_MAPPING ? ", not a section" : ", not a list";
	else if (config_value_is_bare(&single) && !node->is_plain)
		but = ", without quotes";
	else if (single.type == CONFIG_ENUM)
		nearest = text_nearest(node->text, single.words);
	if (node->kind == CONFIG_SEQUENCE && single.is_list)
		but = "";	/* an empty one, where a word is meant for that */
	buf_init(&expected, BIND_EXPECTED_BYTES);
	config_value_add_expected(&single, &expected);
	if (nearest != NULL)
		config_node_refuse(b->errors, node, false, "expected %s; did you mean '%s'?",
		    buf_text(&expected), nearest);
	else
		config_node_refuse(b->errors, node, false, "expected %s%s", buf_text(&expected),
		    but);
	buf_done(&expected);
}

/* The keys of a table, ended by NULL. */
static const char *const *
bind_list_keys(struct config_binder *b, const struct config_option *rows)
{
	const char **keys;
	size_t count = 0;

	config_option_foreach(o, rows)
		count++;
	keys = arena_alloc(b->scratch, (2 * count + 1) * sizeof(*keys));
	count = 0;
	config_option_foreach(o, rows) {
		keys[count++] = o->name;
		if (o->type == CONFIG_SECRET)
			keys[count++] = arena_printf(b->scratch, "%s" BIND_FILE_SUFFIX, o->name);
	}
	return keys;
}

static void
bind_refuse_key(struct config_binder *b, struct config_node *node, const struct config_option *rows)
{
	const char *nearest;
	struct buf path;
	char key[64];

	if (config_errors_are_full(b->errors)) {
		b->errors->hidden++;
		return;
	}
	nearest = text_nearest(node->key, bind_list_keys(b, rows));
	buf_init(&path, BIND_EXPECTED_BYTES);
	config_node_add_path(node->parent, &path);
	text_clean(key, sizeof(key), node->key, strlen(node->key));
	if (nearest != NULL)
		config_errors_add(b->errors, node->key_place, buf_text(&path),
		    "unknown key '%s', did you mean '%s'?", key, nearest);
	else
		config_errors_add(b->errors, node->key_place, buf_text(&path), "unknown key '%s'",
		    key);
	buf_done(&path);
}

/* ---- defaults ---- */

static void
bind_preset(struct config_binder *b, const struct config_option *o, void *section)
{
	void *member = bind_member(section, o->offset);
	bool good = true;

	if (o->type == CONFIG_SECTION && !o->is_list && o->size == 0)
		config_bind_section(b, NULL, config_option_rows(o), member);
	else if (o->type != CONFIG_SECTION && !o->is_list && !text_is_empty(o->preset))
		good = config_value_parse(o, o->preset, b->values, member);
	else if (o->is_list)
		good = text_is_empty(o->preset) || (o->word && strcmp(o->preset, o->word) == 0);
	else
		good = o->is_required || o->type == CONFIG_SECTION || o->type == CONFIG_PAIRS ||
		    config_value_may_be_empty(o);
	assert(good);
}

/* ---- values ---- */

static bool
bind_scalar(struct config_binder *b, const struct config_option *o, struct config_node *node,
    void *member)
{
	bool good = node->kind == CONFIG_SCALAR && !config_node_is_null(node) &&
	    (node->is_plain || !config_value_is_bare(o)) &&
	    config_value_parse(o, node->text, b->values, member);

	if (!good)
		config_bind_refuse(b, node, o, o->is_list);
	else if (o->type == CONFIG_PATH)
		bind_store_pointer(member, config_bind_path(b, *(const char **)member));
	return good;
}

static bool
bind_mapping(struct config_binder *b, const struct config_option *o, struct config_node *node,
    void *section)
{
	if (node->kind != CONFIG_MAPPING) {
		config_bind_refuse(b, node, o, o->is_list);
		return false;
	}
	config_bind_section(b, node, config_option_rows(o), section);
	return true;
}

static bool
bind_item(struct config_binder *b, const struct config_option *o, struct config_node *node,
    void *item)
{
	if (o->type == CONFIG_SECTION)
		return bind_mapping(b, o, node, item);
	return bind_scalar(b, o, node, item);
}

static struct config_node *
bind_find_child(const struct config_node *parent, const char *key)
{
	for (struct config_node *n = parent->child; n != NULL; n = n->next)
		if (n->key != NULL && strcmp(n->key, key) == 0)
			return n;
	return NULL;
}

static void
bind_judge_texts(struct config_binder *b, const struct config_node *list, const char *key)
{
	struct config_unique *texts = arena_alloc(b->scratch, list->count * sizeof(*texts));
	size_t count = 0;

	for (struct config_node *n = list->child; n != NULL; n = n->next) {
		struct config_node *node = key ? bind_find_child(n, key) : n;

		if (node != NULL && !node->is_refused && node->kind == CONFIG_SCALAR)
			texts[count++] = (struct config_unique){ node->text, node };
	}
	config_unique_judge(b->errors, texts, count, false);
}

/* No scalar stands in a list twice, nor a unique option in two of its sections. */
static void
bind_judge_unique(struct config_binder *b, const struct config_option *o,
    const struct config_node *list)
{
	if (o->type != CONFIG_SECTION) {
		bind_judge_texts(b, list, NULL);
		return;
	}
	config_option_foreach(inner, config_option_rows(o))
		if (inner->is_unique)
			bind_judge_texts(b, list, inner->name);
}

static void
bind_list(struct config_binder *b, const struct config_option *o, struct config_node *node,
    void *section)
{
	size_t size = config_value_size(o);
	size_t count = 0;
	char *items;

	if (o->word != NULL && node->kind == CONFIG_SCALAR && strcmp(node->text, o->word) == 0)
		return;
	if (node->kind != CONFIG_SEQUENCE || (node->count == 0 && (o->word || o->is_required))) {
		config_bind_refuse(b, node, o, false);
		return;
	}
	bind_judge_unique(b, o, node);
	items = arena_alloc(b->values, node->count * size);
	for (struct config_node *n = node->child; n != NULL; n = n->next) {
		void *item = items + count * size;

		if (n->is_refused || !bind_item(b, o, n, item))
			continue;
		n->value = item;
		count++;
	}
	bind_store_pointer(bind_member(section, o->offset), items);
	memcpy(bind_member(section, o->count_offset), &count, sizeof(count));
}

static void
bind_subsection(struct config_binder *b, const struct config_option *o, struct config_node *node,
    void *member)
{
	void *inner = o->size > 0 ? arena_alloc(b->values, o->size) : member;

	node->value = inner;
	if (bind_mapping(b, o, node, inner) && o->size > 0)
		bind_store_pointer(member, inner);
}

/* Keys stand once in their section: the tree saw to that. */
static void
bind_pairs(struct config_binder *b, const struct config_option *o, struct config_node *node,
    void *section)
{
	struct config_option text = { .name = o->name, .type = CONFIG_TEXT, .form = o->form };
	struct config_pair *pairs;
	size_t count = 0;

	if (node->kind != CONFIG_MAPPING) {
		config_bind_refuse(b, node, o, false);
		return;
	}
	pairs = arena_alloc(b->values, node->count * sizeof(*pairs));
	for (struct config_node *n = node->child; n != NULL; n = n->next) {
		if (n->is_refused || !bind_scalar(b, &text, n, &pairs[count].text))
			continue;
		pairs[count].name = arena_strdup(b->values, n->key);
		n->value = &pairs[count++];
	}
	bind_store_pointer(bind_member(section, o->offset), pairs);
	memcpy(bind_member(section, o->count_offset), &count, sizeof(count));
}

/* A text that says as much as leaving the option out. */
static bool
bind_is_empty(const struct config_option *o, const struct config_node *node)
{
	return node->kind == CONFIG_SCALAR && !node->is_refused && !node->is_plain &&
	    node->text[0] == '\0' && config_value_may_be_empty(o);
}

static void
bind_value(struct config_binder *b, const struct config_option *o, struct config_node *node,
    void *section)
{
	void *member = bind_member(section, o->offset);

	if (node->is_refused)
		return;
	node->value = member;
	if (o->is_list)
		bind_list(b, o, node, section);
	else if (o->type == CONFIG_PAIRS)
		bind_pairs(b, o, node, section);
	else if (o->type == CONFIG_SECTION)
		bind_subsection(b, o, node, member);
	else if (bind_is_empty(o, node))
		return;
	else if (o->type == CONFIG_SECRET)
		config_bind_secret(b, o, node, strcmp(node->key, o->name) != 0, member);
	else
		bind_scalar(b, o, node, member);
}

/* ---- sections ---- */

/* The key is the option's name or a secret's second one. */
static bool
bind_is_named(const struct config_option *o, const char *key)
{
	size_t len = strlen(o->name);

	return strncmp(key, o->name, len) == 0 && (key[len] == '\0' ||
	    (o->type == CONFIG_SECRET && strcmp(key + len, BIND_FILE_SUFFIX) == 0));
}

static const struct config_option *
bind_find_option(const struct config_option *rows, const char *key)
{
	config_option_foreach(o, rows)
		if (bind_is_named(o, key))
			return o;
	return NULL;
}

/* What the section says for an option, be it good or refused; NULL: nothing. */
static struct config_node *
bind_find_given(const struct config_node *section, const struct config_option *o)
{
	for (struct config_node *n = section->child; n != NULL; n = n->next)
		if (bind_is_named(o, n->key) && !bind_is_empty(o, n))
			return n;
	return NULL;
}

/* Options that stand for each other share a group: the name of the first. */
static const char *
bind_group(const struct config_option *o)
{
	return o->instead_of != NULL ? o->instead_of : o->name;
}

/* The first of the options before `end` (NULL: all) that is given in the group. */
static const struct config_option *
bind_find_of_group(const struct config_node *section, const struct config_option *rows,
    const struct config_option *end, const char *group)
{
	config_option_foreach(o, rows) {
		if (o == end)
			break;
		if (strcmp(bind_group(o), group) == 0 && bind_find_given(section, o) != NULL)
			return o;
	}
	return NULL;
}

static void
bind_refuse_missing(struct config_binder *b, const struct config_node *section,
    const struct config_option *rows, const struct config_option *missing)
{
	struct buf path, names;

	buf_init(&path, BIND_EXPECTED_BYTES);
	buf_init(&names, BIND_EXPECTED_BYTES);
	config_node_add_path(section, &path);
	config_option_foreach(o, rows)
		if (strcmp(bind_group(o), missing->name) == 0)
			buf_addf(&names, "%s'%s'", names.len > 0 ? " or " : "", o->name);
	config_errors_add(b->errors, section->key_place, buf_text(&path), "%s is missing",
	    buf_text(&names));
	buf_done(&names);
	buf_done(&path);
}

/* What the rows want of each other. */
static void
bind_judge_section(struct config_binder *b, const struct config_node *section,
    const struct config_option *rows)
{
	config_option_foreach(o, rows) {
		struct config_node *given = bind_find_given(section, o);

		const struct config_option *other;

		if (o->is_required && bind_find_of_group(section, rows, NULL, o->name) == NULL)
			bind_refuse_missing(b, section, rows, o);
		other = bind_find_of_group(section, rows, o, bind_group(o));
		if (other != NULL && given != NULL && !given->is_refused)
			config_node_refuse(b->errors, given, true, "'%s' and '%s' exclude each other",
			    other->name, o->name);
		if (o->needs != NULL && given != NULL && !given->is_refused &&
		    bind_find_given(section, bind_find_option(rows, o->needs)) == NULL)
			config_node_refuse(b->errors, given, true, "has no effect without '%s'",
			    o->needs);
	}
}

void
config_bind_section(struct config_binder *b, struct config_node *node,
    const struct config_option *rows, void *section)
{
	config_option_foreach(o, rows)
		bind_preset(b, o, section);
	if (node == NULL)
		return;
	for (struct config_node *n = node->child; n != NULL; n = n->next) {
		const struct config_option *o = bind_find_option(rows, n->key);

		if (o != NULL)
			bind_value(b, o, n, section);
		else if (!n->is_refused)
			bind_refuse_key(b, n, rows);
	}
	bind_judge_section(b, node, rows);
}
