/* SPDX-License-Identifier: Apache-2.0 */
/* Answers for the tests of lib/parse, written with ' for " so that they can be read. */
#ifndef UNIT_PARSE_ANSWER_H
#define UNIT_PARSE_ANSWER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "parse/parse.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

static inline const struct json *
answer(struct arena *arena, const char *text)
{
	char *copy = arena_strdup(arena, text);
	const struct json *json = NULL;
	struct err err;

	for (char *p = copy; *p != '\0'; p++)
		*p = *p == '\'' ? '"' : *p;
	assert_int_equal(json_parse(arena, copy, strlen(copy), &json, &err), 0);
	return json;
}

static inline const struct xml *
answer_xml(struct arena *arena, const char *text)
{
	const struct xml *xml = NULL;
	struct err err;

	assert_int_equal(xml_parse(arena, text, strlen(text), &xml, &err), 0);
	return xml;
}

#endif
