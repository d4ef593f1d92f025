/* SPDX-License-Identifier: Apache-2.0 */
/* XML trees: bounded in depth, named, trimmed, and found again by their paths. */
#include "fuzz/fuzz.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "wire/xml.h"

static void
check(const struct xml *node, unsigned depth)
{
	size_t len = strlen(node->text);

	assert(depth <= XML_MAX_DEPTH);
	assert(node->name != NULL && node->name[0] != '\0' && strchr(node->name, ':') == NULL);
	assert(len == 0 || (!isspace((unsigned char)node->text[0]) &&
	    !isspace((unsigned char)node->text[len - 1])));
	assert(text_is_utf8(node->text, len));
	if (node->child != NULL)
		assert(xml_find(node, node->child->name) == node->child);
	xml_foreach(item, node)
		check(item, depth + 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	const struct xml *root = NULL;
	struct err err;

	if (xml_parse(arena, (const char *)data, size, &root, &err) == 0) {
		check(root, 1);
		xml_find_text(root, "Error/Code");
	} else {
		assert(root == NULL && err.kind == ERR_MALFORMED && err.text[0] != '\0');
	}
	arena_free(arena);
	return 0;
}
