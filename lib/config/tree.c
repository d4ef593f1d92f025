/* SPDX-License-Identifier: Apache-2.0 */
/*
 * YAML trees over libyaml's events; see tree.h. libyaml knows neither duplicate keys nor limits
 * of depth and number: we do.
 */
#include "config/tree.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#include "base/text.h"

#define CONFIG_KEY_SHOWN	64	/* bytes of a key in messages */
#define CONFIG_PATH_BYTES	2048

struct tree_reader {
	struct arena		*arena;
	struct config_errors	*errors;
	const char		*text;
	yaml_parser_t		 yaml;
	unsigned		 depth;
	unsigned		 nodes;
	bool			 stopped;	/* after an error that leaves no way on */
};

const char *
config_kind_name(enum config_kind kind)
{
	static const char *const names[] = {
		[CONFIG_SCALAR] = "text",
		[CONFIG_SEQUENCE] = "a list",
		[CONFIG_MAPPING] = "a section",
	};

	assert(kind >= CONFIG_SCALAR && kind <= CONFIG_MAPPING);
	return names[kind];
}

bool
config_node_is_null(const struct config_node *node)
{
	static const char *const words[] = { "", "~", "null", "Null", "NULL" };

	if (node->kind != CONFIG_SCALAR || !node->is_plain)
		return false;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(node->text, words[i]) == 0)
			return true;
	return false;
}

void
config_node_add_path(const struct config_node *node, struct buf *out)
{
	char key[CONFIG_KEY_SHOWN];

	if (node->parent == NULL)
		return;
	config_node_add_path(node->parent, out);
	if (node->key == NULL)
		buf_addf(out, "[%u]", node->index);
	else
		buf_addf(out, "%s%s", out->len > 0 ? "." : "",
		    text_clean(key, sizeof(key), node->key, strlen(node->key)));
}

void
config_node_refuse(struct config_errors *errors, struct config_node *node, bool at_key,
    const char *fmt, ...)
{
	struct buf path, text;
	va_list ap;

	node->is_refused = true;
	buf_init(&path, CONFIG_PATH_BYTES);
	buf_init(&text, CONFIG_PATH_BYTES);
	config_node_add_path(node, &path);
	va_start(ap, fmt);
	buf_addv(&text, fmt, ap);
	va_end(ap);
	config_errors_add(errors, at_key ? node->key_place : node->place, buf_text(&path), "%s",
	    buf_text(&text));
	buf_done(&text);
	buf_done(&path);
}

static int
config_unique_compare(const void *x, const void *y)
{
	const struct config_unique *a = x, *b = y;
	int order = strcmp(a->text, b->text);

	if (order != 0)
		return order;
	return a->node->index < b->node->index ? -1 : a->node->index > b->node->index;
}

void
config_unique_judge(struct config_errors *errors, struct config_unique *list, size_t count,
    bool at_key)
{
	size_t first = 0;

	if (count > 1)
		qsort(list, count, sizeof(*list), config_unique_compare);
	for (size_t i = 1; i < count; i++) {
		const struct config_node *before = list[first].node;

		if (strcmp(list[i].text, list[first].text) != 0)
			first = i;
		else
			config_node_refuse(errors, list[i].node, at_key,
			    "given twice, first on line %u",
			    at_key ? before->key_place.line : before->place.line);
	}
}

/* ---- reading ---- */

static struct config_place
tree_place(yaml_mark_t mark)
{
	return (struct config_place){ (unsigned)mark.line + 1, (unsigned)mark.column + 1 };
}

/* Where a byte of the text stands. */
static struct config_place
tree_place_of(const char *text, size_t offset)
{
	struct config_place place = { 1, 1 };

	for (size_t i = 0; i < offset; i++) {
		if (text[i] == '\n')
			place = (struct config_place){ place.line + 1, 1 };
		else if (((unsigned char)text[i] & 0xc0) != 0x80)
			place.column++;
	}
	return place;
}

static void
tree_stop(struct tree_reader *r, yaml_mark_t mark, const char *why)
{
	config_errors_add(r->errors, tree_place(mark), "", "%s", why);
	r->stopped = true;
}

/* The text is no YAML. Tells what libyaml says, which never holds a piece of the text. */
static void
tree_stop_broken(struct tree_reader *r)
{
	const yaml_parser_t *y = &r->yaml;
	const char *problem = y->problem ? y->problem : "out of memory";
	struct config_place place = tree_place(y->problem_mark);

	if (y->error == YAML_READER_ERROR)	/* of single characters it tells the byte only */
		place = tree_place_of(r->text, y->problem_offset);
	if (y->context != NULL)
		config_errors_add(r->errors, place, "", "%s (%s)", problem, y->context);
	else
		config_errors_add(r->errors, place, "", "%s", problem);
	r->stopped = true;
}

/* Fetches the next event, which the caller deletes; false after the reader was stopped. */
static bool
tree_next(struct tree_reader *r, yaml_event_t *ret_event)
{
	if (!r->stopped && !yaml_parser_parse(&r->yaml, ret_event))
		tree_stop_broken(r);
	return !r->stopped;
}

/* What an event says about its node, beside its content. */
struct tree_head {
	enum config_kind	 kind;
	const yaml_char_t	*anchor, *tag;
	bool			 is_alias;
};

static struct tree_head
tree_head(const yaml_event_t *e)
{
	switch (e->type) {
	case YAML_SEQUENCE_START_EVENT:
		return (struct tree_head){ CONFIG_SEQUENCE, e->data.sequence_start.anchor,
			e->data.sequence_start.tag, false };
	case YAML_MAPPING_START_EVENT:
		return (struct tree_head){ CONFIG_MAPPING, e->data.mapping_start.anchor,
			e->data.mapping_start.tag, false };
	case YAML_SCALAR_EVENT:
		return (struct tree_head){ CONFIG_SCALAR, e->data.scalar.anchor, e->data.scalar.tag,
			false };
	default:
		assert(e->type == YAML_ALIAS_EVENT);
		return (struct tree_head){ CONFIG_SCALAR, NULL, NULL, true };
	}
}

/* A key with its place, ahead of the node that it names. */
struct tree_key {
	const char		*text;		/* NULL: none */
	struct config_place	 place;
	bool			 is_refused;
};

static void
tree_take_scalar(struct tree_reader *r, struct config_node *node, const yaml_event_t *e)
{
	char *value = (char *)e->data.scalar.value;
	size_t len = e->data.scalar.length;

	node->text = arena_strndup(r->arena, value, len);
	node->is_plain = e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	if (strlen(node->text) != len)
		config_node_refuse(r->errors, node, false, "a NUL character");
	explicit_bzero(value, len);	/* perhaps a secret */
}

/* Makes the node that an event begins; NULL when the reader stops at it. */
static struct config_node *
tree_add(struct tree_reader *r, const yaml_event_t *e, const struct config_node *parent,
    struct tree_key key)
{
	struct tree_head head = tree_head(e);
	struct config_node *node;

	if (++r->nodes > CONFIG_MAX_NODES) {
		tree_stop(r, e->start_mark, "too many values");
		return NULL;
	}
	node = arena_alloc(r->arena, sizeof(*node));
	node->kind = head.kind;
	node->parent = parent;
	node->index = parent ? parent->count : 0;
	node->place = tree_place(e->start_mark);
	node->key = key.text;
	node->key_place = key.text ? key.place : node->place;
	node->is_refused = key.is_refused;
	if (e->type == YAML_SCALAR_EVENT)
		tree_take_scalar(r, node, e);
	if (head.is_alias || head.anchor != NULL)
		config_node_refuse(r->errors, node, false, "anchors and aliases are not supported");
	if (head.tag != NULL)
		config_node_refuse(r->errors, node, false, "tags are not supported");
	return node;
}

static void	tree_read_children(struct tree_reader *, struct config_node *);

/* The node that an event begins, with all below it. Deletes the event. */
static struct config_node *
tree_read_node(struct tree_reader *r, yaml_event_t *e, const struct config_node *parent,
    struct tree_key key)
{
	struct config_node *node = tree_add(r, e, parent, key);

	if (node != NULL && node->kind != CONFIG_SCALAR) {
		if (++r->depth > CONFIG_MAX_DEPTH)
			tree_stop(r, e->start_mark, "nested too deeply");
		tree_read_children(r, node);
		r->depth--;
	}
	yaml_event_delete(e);
	return node;
}

/* What is wrong with a key, or NULL. */
static const char *
tree_judge_key(const struct config_node *node)
{
	if (node->kind != CONFIG_SCALAR)
		return "a key must be text";
	if (node->is_plain && strcmp(node->text, "<<") == 0)
		return "merge keys are not supported";
	return NULL;
}

/*
 * Reads a key, and the first event of its value in the place of the key's. Of the value of a
 * refused key nothing more is said.
 */
static bool
tree_read_key(struct tree_reader *r, yaml_event_t *e, const struct config_node *mapping,
    struct tree_key *ret_key)
{
	struct tree_key key = { "?", tree_place(e->start_mark), false };
	struct config_node *node = tree_read_node(r, e, mapping, key);

	if (node == NULL || r->stopped)
		return false;
	if (node->text != NULL)
		node->key = node->text;
	if (!node->is_refused && tree_judge_key(node) != NULL)
		config_node_refuse(r->errors, node, true, "%s", tree_judge_key(node));
	key.is_refused = node->is_refused;
	key.text = node->key;
	*ret_key = key;
	return tree_next(r, e);
}

static void
tree_judge_keys(struct tree_reader *r, struct config_node *mapping)
{
	struct config_unique *list = arena_alloc(r->arena, mapping->count * sizeof(*list));
	size_t count = 0;

	for (struct config_node *n = mapping->child; n != NULL; n = n->next)
		if (!n->is_refused)
			list[count++] = (struct config_unique){ n->key, n };
	config_unique_judge(r->errors, list, count, true);
}

static void
tree_read_children(struct tree_reader *r, struct config_node *parent)
{
	struct config_node **tail = &parent->child, *node;
	yaml_event_t e;

	while (tree_next(r, &e)) {
		struct tree_key key = { .text = NULL };

		if (e.type == YAML_SEQUENCE_END_EVENT || e.type == YAML_MAPPING_END_EVENT) {
			yaml_event_delete(&e);
			break;
		}
		if (parent->kind == CONFIG_MAPPING && !tree_read_key(r, &e, parent, &key))
			return;
		node = tree_read_node(r, &e, parent, key);
		if (node == NULL)
			return;
		*tail = node;
		tail = &node->next;
		parent->count++;
	}
	if (parent->kind == CONFIG_MAPPING && !r->stopped)
		tree_judge_keys(r, parent);
}

/* The stream: nothing, or one document. */
static struct config_node *
tree_read_stream(struct tree_reader *r)
{
	struct config_node *root = NULL;
	yaml_event_t e;

	while (tree_next(r, &e)) {
		yaml_event_type_t type = e.type;

		if (type == YAML_DOCUMENT_START_EVENT && root != NULL)
			tree_stop(r, e.start_mark, "a second document; only one is read");
		if (type >= YAML_ALIAS_EVENT)
			root = tree_read_node(r, &e, NULL, (struct tree_key){ .text = NULL });
		else
			yaml_event_delete(&e);
		if (type == YAML_STREAM_END_EVENT)
			break;
	}
	return root;
}

int
config_tree_read(struct arena *arena, const char *text, size_t len, struct config_node **ret_root,
    struct config_errors *errors)
{
	static const char mark[] = "\xef\xbb\xbf";	/* of byte order: editors put it first */
	size_t skip = len >= 3 && memcmp(text, mark, 3) == 0 ? 3 : 0;
	struct tree_reader r = { .arena = arena, .errors = errors, .text = text + skip };
	struct config_node *root;

	if (len > CONFIG_MAX_BYTES) {
		config_errors_add(errors, (struct config_place){ 0, 0 }, "", "larger than %d bytes",
		    CONFIG_MAX_BYTES);
		return -1;
	}
	if (!yaml_parser_initialize(&r.yaml))
		abort();	/* out of memory */
	yaml_parser_set_encoding(&r.yaml, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r.yaml, (const unsigned char *)r.text, len - skip);
	root = tree_read_stream(&r);
	yaml_parser_delete(&r.yaml);
	if (r.stopped)
		return -1;
	*ret_root = root;
	return 0;
}
