/* SPDX-License-Identifier: Apache-2.0 */
/* YAML texts: what is refused as such and at which place, before any option is looked at. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "config/tree.h"

/* The errors of reading a text; the caller frees them. */
static char *
read_errors(const char *text, size_t len, struct config_node **ret_root, struct arena *arena)
{
	struct config_errors errors = { .file = NULL };
	struct buf got;
	int ret;

	config_errors_set_file(&errors, "f");
	*ret_root = NULL;
	ret = config_tree_read(arena, text, len, ret_root, &errors);
	assert_true(ret == 0 || errors.count > 0);
	buf_init(&got, 1 << 20);
	config_errors_write(&errors, &got);
	config_errors_done(&errors);
	return buf_steal(&got);
}

static void
expect_errors(const char *text, size_t len, const char *expect)
{
	struct arena *arena = arena_new();
	struct config_node *root;
	char *got = read_errors(text, len, &root, arena);

	assert_string_equal(got, expect);
	free(got);
	arena_free(arena);
}

#define ROW(text, errors) { text, sizeof(text) - 1, errors }

static const struct row {
	const char	*text;
	size_t		 len;
	const char	*errors;
} rows[] = {
	ROW("", ""),
	ROW("a: b\n...\n", ""),
	ROW("a: [b, {c: d}]\n", ""),

	/* not YAML */
	ROW("a: [b\n", "f:2:1: did not find expected ',' or ']' (while parsing a flow sequence)\n"),
	ROW("a: b\n\tc: d\n", "f:2:1: found a tab character that violates indentation (while scanning "
	    "a plain scalar)\n"),
	ROW("a: \"b\n", "f:2:1: found unexpected end of stream (while scanning a quoted scalar)\n"),
	ROW("a: b: c\n", "f:1:5: mapping values are not allowed in this context\n"),
	ROW("%YAML 3.0\n---\na: b\n", "f:1:1: found incompatible YAML document\n"),

	/* bytes */
	ROW("a: b\nc: h\xe9\n", "f:2:5: incomplete UTF-8 octet sequence\n"),
	ROW("a: b\nc: \xff\n", "f:2:4: invalid leading UTF-8 octet\n"),
	ROW("a: \xc3\xa4\x01\n", "f:1:5: control characters are not allowed\n"),
	ROW("a: b\0c\n", "f:1:5: control characters are not allowed\n"),
	ROW("\xff\xfe" "a\0", "f:1:1: invalid leading UTF-8 octet\n"),
	ROW("a: \"b\\0c\"\n", "f:1:4: a: a NUL character\n"),
	ROW("\"\\0\": b\n", "f:1:1: ?: a NUL character\n"),

	/* what YAML has, and a configuration does not */
	ROW("a: b\n---\nc: d\n", "f:2:1: a second document; only one is read\n"),
	ROW("a: &x b\nc: *x\n", "f:1:4: a: anchors and aliases are not supported\n"
	    "f:2:4: c: anchors and aliases are not supported\n"),
	ROW("a: &x [b, c]\nd: [*x, e]\n", "f:1:4: a: anchors and aliases are not supported\n"
	    "f:2:5: d[0]: anchors and aliases are not supported\n"),
	ROW("a: *x\n", "f:1:4: a: anchors and aliases are not supported\n"),
	ROW("a: !!str b\nc: !x {d: e}\n", "f:1:4: a: tags are not supported\n"
	    "f:2:4: c: tags are not supported\n"),
	ROW("a:\n  <<: {b: c}\n", "f:2:3: a.<<: merge keys are not supported\n"),
	ROW("a: b\n'<<': c\n", ""),
	ROW("[a]: b\n{c: d}: e\n", "f:1:1: ?: a key must be text\nf:2:1: ?: a key must be text\n"),
	ROW("&k a: b\n", "f:1:1: ?: anchors and aliases are not supported\n"),

	/* duplicates, wherever they are */
	ROW("a: 1\nb: 2\na: 3\n\"a\": 4\n", "f:3:1: a: given twice, first on line 1\n"
	    "f:4:1: a: given twice, first on line 1\n"),
	ROW("a: [{b: 1, c: 2, b: 3}]\n", "f:1:18: a[0].b: given twice, first on line 1\n"),
	ROW("'?': 1\n'?': 2\n", "f:2:1: ?: given twice, first on line 1\n"),
};

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect_errors(rows[i].text, rows[i].len, rows[i].errors);
}

static void
test_depth(void **state)
{
	char text[2 * CONFIG_MAX_DEPTH + 3];

	(void)state;
	memset(text, '[', CONFIG_MAX_DEPTH);
	memset(text + CONFIG_MAX_DEPTH, ']', CONFIG_MAX_DEPTH);
	expect_errors(text, 2 * CONFIG_MAX_DEPTH, "");
	memset(text, '[', CONFIG_MAX_DEPTH + 1);
	expect_errors(text, 2 * CONFIG_MAX_DEPTH, "f:1:17: nested too deeply\n");
	memset(text, '[', sizeof(text));
	expect_errors(text, sizeof(text), "f:1:17: nested too deeply\n");
}

static void
test_caps(void **state)
{
	size_t size = CONFIG_MAX_BYTES + 1;
	char *text = mem_alloc(size, 1);

	(void)state;
	memset(text, '#', size);
	expect_errors(text, size - 1, "");
	expect_errors(text, size, "f: larger than 1048576 bytes\n");
	for (size_t i = 0; i < size - 1; i++)
		text[i] = i % 2 ? 'a' : ',';
	text[0] = '[';
	expect_errors(text, size - 1, "f:1:200000: too many values\n");
	free(text);
}

/* A hundred thousand nodes and no more; and duplicates among many keys are found quickly. */
static void
test_many(void **state)
{
	struct buf text;

	(void)state;
	buf_init(&text, CONFIG_MAX_BYTES);
	for (unsigned i = 0; i < CONFIG_MAX_NODES - 1; i++)
		buf_adds(&text, "- a\n");
	expect_errors(buf_text(&text), text.len, "");
	buf_adds(&text, "- a\n");
	expect_errors(buf_text(&text), text.len, "f:100000:3: too many values\n");
	buf_reset(&text);
	for (unsigned i = 0; i < 45000; i++)
		buf_addf(&text, "k%u: \n", i);
	buf_adds(&text, "k7: \n");
	expect_errors(buf_text(&text), text.len, "f:45001:1: k7: given twice, first on line 8\n");
	buf_done(&text);
}

static void
test_error_cap(void **state)
{
	struct arena *arena = arena_new();
	struct config_node *root;
	struct buf text;
	char *got;

	(void)state;
	buf_init(&text, CONFIG_MAX_BYTES);
	for (unsigned i = 0; i < CONFIG_MAX_ERRORS + 7; i++)
		buf_adds(&text, "- !x a\n");
	got = read_errors(buf_text(&text), text.len, &root, arena);
	assert_non_null(strstr(got, "f:100:3: [99]: tags are not supported\n"));
	assert_null(strstr(got, "f:101:"));
	assert_non_null(strstr(got, "f: 7 more errors are not shown\n"));
	free(got);
	buf_done(&text);
	arena_free(arena);
}

static void
test_tree(void **state)
{
	static const char text[] = "a:\n  - x\n  - {b: 'y'}\nc: ~\n";
	struct arena *arena = arena_new();
	struct config_node *root, *a, *inner;
	char *errors = read_errors(text, strlen(text), &root, arena);
	struct buf path;

	(void)state;
	assert_string_equal(errors, "");
	a = root->child;
	inner = a->child->next->child;
	assert_int_equal(root->count, 2);
	assert_string_equal(a->key, "a");
	assert_int_equal(a->kind, CONFIG_SEQUENCE);
	assert_true(a->child->is_plain);
	assert_string_equal(inner->text, "y");
	assert_false(inner->is_plain);
	assert_int_equal(inner->place.line, 3);
	assert_int_equal(inner->place.column, 9);
	assert_int_equal(inner->key_place.column, 6);
	assert_true(config_node_is_null(a->next));
	assert_false(config_node_is_null(inner));
	buf_init(&path, 100);
	config_node_add_path(inner, &path);
	assert_string_equal(buf_text(&path), "a[1].b");
	buf_done(&path);
	free(errors);
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_caps),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_error_cap),
		cmocka_unit_test(test_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
