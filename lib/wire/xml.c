/* SPDX-License-Identifier: Apache-2.0 */
/* XML trees over expat's events; see xml.h. */
#include "wire/xml.h"

#include <assert.h>
#include <ctype.h>
#include <limits.h>
#include <string.h>

#include <expat.h>

#include "base/buf.h"

#define XML_TEXT_MAX	(1024 * 1024)

struct xml_open {
	struct xml	*node;
	struct xml	*last;		/* its newest child */
	struct buf	 text;
};

struct xml_reader {
	struct arena	*arena;
	XML_Parser	 expat;
	struct xml	*root;
	struct xml_open	 open[XML_MAX_DEPTH];
	unsigned	 depth;
	const char	*refusal;
};

static void
xml_refuse(struct xml_reader *r, const char *why)
{
	if (r->refusal == NULL)
		r->refusal = why;
	XML_StopParser(r->expat, XML_FALSE);
}

static void
xml_on_start(void *arg, const char *name, const char **attributes)
{
	struct xml_reader *r = arg;
	const char *colon = strrchr(name, ':');
	struct xml *node;

	(void)attributes;
	if (r->depth == XML_MAX_DEPTH) {
		xml_refuse(r, "nested too deeply");
		return;
	}
	if (colon != NULL && colon[1] == '\0') {
		xml_refuse(r, "an element without a name");
		return;
	}
	node = arena_alloc(r->arena, sizeof(*node));
	node->name = arena_strdup(r->arena, colon ? colon + 1 : name);
	node->text = "";
	if (r->depth == 0) {
		r->root = node;
	} else {
		struct xml_open *parent = &r->open[r->depth - 1];

		if (parent->last != NULL)
			parent->last->next = node;
		else
			parent->node->child = node;
		parent->last = node;
	}
	r->open[r->depth].node = node;
	r->open[r->depth].last = NULL;
	buf_init(&r->open[r->depth].text, XML_TEXT_MAX);
	r->depth++;
}

static void
xml_on_text(void *arg, const char *text, int len)
{
	struct xml_reader *r = arg;
	struct buf *b;

	if (r->refusal != NULL)
		return;
	b = &r->open[r->depth - 1].text;
	buf_add(b, text, (size_t)len);
	if (b->overflowed)
		xml_refuse(r, "a text that is too long");
}

static void
xml_on_end(void *arg, const char *name)
{
	struct xml_reader *r = arg;
	struct xml_open *open;
	const char *text;
	size_t len;

	(void)name;
	if (r->refusal != NULL)		/* expat still ends an empty element whose start we refused */
		return;
	open = &r->open[--r->depth];
	text = buf_text(&open->text);
	len = open->text.len;
	while (len > 0 && isspace((unsigned char)text[len - 1]))
		len--;
	while (len > 0 && isspace((unsigned char)*text)) {
		text++;
		len--;
	}
	if (len > 0)
		open->node->text = arena_strndup(r->arena, text, len);
	buf_done(&open->text);
}

static void
xml_on_doctype(void *arg, const char *name, const char *system, const char *public, int internal)
{
	(void)name;
	(void)system;
	(void)public;
	(void)internal;
	xml_refuse(arg, "a document type declaration");
}

int
xml_parse(struct arena *arena, const char *text, size_t len, const struct xml **ret_root,
    struct err *err)
{
	struct xml_reader r = { .arena = arena };
	int ret = -1;

	if (len > INT_MAX)
		return err_set(err, ERR_TOO_LARGE, "an XML text of %zu bytes", len);
	r.expat = XML_ParserCreate(NULL);
	assert(r.expat != NULL);
	XML_SetUserData(r.expat, &r);
	XML_SetElementHandler(r.expat, xml_on_start, xml_on_end);
	XML_SetCharacterDataHandler(r.expat, xml_on_text);
	XML_SetStartDoctypeDeclHandler(r.expat, xml_on_doctype);
	if (XML_Parse(r.expat, text, (int)len, XML_TRUE) != XML_STATUS_OK) {
		err_set(err, ERR_MALFORMED, "%lu:%lu: %s", XML_GetCurrentLineNumber(r.expat),
		    XML_GetCurrentColumnNumber(r.expat) + 1,
		    r.refusal ? r.refusal : XML_ErrorString(XML_GetErrorCode(r.expat)));
	} else {
		*ret_root = r.root;
		ret = 0;
	}
	while (r.depth > 0)
		buf_done(&r.open[--r.depth].text);
	XML_ParserFree(r.expat);
	return ret;
}

const struct xml *
xml_find(const struct xml *from, const char *path)
{
	while (from != NULL && *path != '\0') {
		size_t len = strcspn(path, "/");
		const struct xml *node = from->child;

		while (node != NULL && (strlen(node->name) != len || memcmp(node->name, path, len) != 0))
			node = node->next;
		from = node;
		path += len + (path[len] == '/');
	}
	return from;
}

const char *
xml_find_text(const struct xml *from, const char *path)
{
	const struct xml *node = xml_find(from, path);

	return node != NULL && node->text[0] != '\0' ? node->text : NULL;
}
