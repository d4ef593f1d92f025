/* SPDX-License-Identifier: Apache-2.0 */
/* XML answers as trees, and what is refused. */
#include "wire/xml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/text.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

static const char *
text_at(struct arena *arena, const char *text, const char *path)
{
	const struct xml *root = NULL;
	struct err err;

	if (xml_parse(arena, text, strlen(text), &root, &err) < 0)
		fail_msg("%s: %s", text, err.text);
	return xml_find_text(root, path);
}

static void
texts_are_found_by_path(void **state)
{
	static const struct {
		const char	*text, *path, *found;
	} cases[] = {
		{ "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<E xmlns=\"u\"><Error><Code>A</Code></Error></E>",
		    "Error/Code", "A" },
		{ "<a><b>x</b></a>", "b", "x" },
		{ "<a><b>x</b></a>", "c", NULL },
		{ "<a><b>x</b></a>", "b/c", NULL },
		{ "<a> x </a>", "", "x" },
		{ "<a><b>1</b><b>2</b></a>", "b", "1" },
		{ "<a><b/><c></c><d> \n </d></a>", "b", NULL },
		{ "<a><b/><c></c><d> \n </d></a>", "d", NULL },
		{ "<n:a xmlns:n='u'><n:b>x</n:b></n:a>", "b", "x" },
		{ "<a><b c='d'><!-- e -->x<?pi y?></b></a>", "b", "x" },
		{ "<a><b> one <c>two</c> three </b></a>", "b", "one  three" },
		{ "<a><b>&lt;&amp;&#65;&#x20AC;</b></a>", "b", "<&A\xe2\x82\xac" },
		{ "<a><b><![CDATA[<x> & ]]></b></a>", "b", "<x> &" },
		{ "<a><bb>1</bb><b>2</b></a>", "b", "2" },	/* a prefix of a name is not the name */
		{ "<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9</a>", "", "\xc3\xa9" },
		{ "\xef\xbb\xbf<a>x</a>", "", "x" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct arena *arena = arena_new();
		const char *found = text_at(arena, cases[i].text, cases[i].path);

		assert_int_equal(found == NULL, cases[i].found == NULL);
		if (found != NULL)
			assert_string_equal(found, cases[i].found);
		arena_free(arena);
	}
	assert_null(xml_find(NULL, "a"));
	assert_null(xml_find_text(NULL, ""));
}

static void
broken_texts_are_refused(void **state)
{
	static const struct {
		const char	*text, *error;		/* its beginning */
	} cases[] = {
		{ "", "1:1: " }, { " ", "" }, { "x", "1:1: " }, { "<a>", "" }, { "<a></b>", "1:" },
		{ "<a><b></a>", "" }, { "<a/><b/>", "1:5: " }, { "<a/>x", "1:5: " },
		{ "<a>&nope;</a>", "" }, { "<a>&#0;</a>", "" }, { "<a b=c/>", "" }, { "<a>\xff</a>", "" },
		{ "<a>\n\n <</a>", "3:" }, { "{\"a\":1}", "1:1: " },
		{ "<:/>", "1:5: an element without a name" }, { "<a><b:>x</b:></a>", "1:" },
		{ "<!DOCTYPE a><a/>", "1:" },
		{ "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "1:" },
		{ "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", "1:" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct arena *arena = arena_new();
		const struct xml *root = NULL;
		struct err err;

		if (xml_parse(arena, cases[i].text, strlen(cases[i].text), &root, &err) == 0)
			fail_msg("taken: %s", cases[i].text);
		assert_null(root);
		assert_int_equal(err.kind, ERR_MALFORMED);
		if (!text_has_prefix(err.text, cases[i].error))
			fail_msg("%s: %s", cases[i].text, err.text);
		if (strstr(cases[i].text, "DOCTYPE") != NULL)
			assert_non_null(strstr(err.text, "a document type declaration"));
		arena_free(arena);
	}
}

static void
cut_texts_are_refused(void **state)
{
	static const char text[] = "<?xml version='1.0'?><a x='y'><b>c&amp;</b><![CDATA[d]]></a>";

	(void)state;
	for (size_t len = 0; len < sizeof(text) - 1; len++) {
		struct arena *arena = arena_new();
		const struct xml *root = NULL;
		struct err err;

		assert_int_equal(xml_parse(arena, text, len, &root, &err), -1);
		arena_free(arena);
	}
}

static void
depth_is_capped(void **state)
{
	(void)state;
	for (int depth = XML_MAX_DEPTH - 1; depth <= XML_MAX_DEPTH + 1; depth++) {
		struct arena *arena = arena_new();
		const struct xml *root;
		struct err err;
		struct buf b;

		buf_init(&b, 1000);
		for (int i = 1; i < depth; i++)
			buf_adds(&b, "<a>");
		buf_adds(&b, depth % 2 == 0 ? "<a></a>" : "<a/>");
		for (int i = 1; i < depth; i++)
			buf_adds(&b, "</a>");
		assert_int_equal(xml_parse(arena, buf_text(&b), b.len, &root, &err),
		    depth <= XML_MAX_DEPTH ? 0 : -1);
		if (depth > XML_MAX_DEPTH)
			assert_non_null(strstr(err.text, "nested too deeply"));
		buf_done(&b);
		arena_free(arena);
	}
}

static void
text_is_capped(void **state)
{
	struct arena *arena = arena_new();
	const struct xml *root;
	struct err err;
	struct buf b;

	(void)state;
	buf_init(&b, 3 << 20);
	buf_adds(&b, "<a>");
	for (int i = 0; i < (1 << 20) + 1; i++)
		buf_addc(&b, 'x');
	buf_adds(&b, "</a>");
	assert_int_equal(xml_parse(arena, buf_text(&b), b.len, &root, &err), -1);
	assert_non_null(strstr(err.text, "a text that is too long"));
	buf_done(&b);
	arena_free(arena);
}

static void
children_come_in_order(void **state)
{
	struct arena *arena = arena_new();
	const struct xml *root;
	char names[8] = "";
	struct err err;

	(void)state;
	assert_int_equal(xml_parse(arena, "<a><x/><y><z/></y><x/></a>", 26, &root, &err), 0);
	xml_foreach(item, root)
		strcat(names, item->name);
	assert_string_equal(names, "xyx");
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_found_by_path),
		cmocka_unit_test(broken_texts_are_refused),
		cmocka_unit_test(cut_texts_are_refused),
		cmocka_unit_test(depth_is_capped),
		cmocka_unit_test(text_is_capped),
		cmocka_unit_test(children_come_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
