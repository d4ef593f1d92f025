/* SPDX-License-Identifier: Apache-2.0 */
/* AWS's INI dialect; see ini.h. */
#include "wire/ini.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/text.h"

struct ini_reader {
	struct arena		*arena;
	struct ini		*ini;
	struct ini_section	*section;	/* the open one, or NULL */
	struct ini_property	*property;	/* the newest one of it, or NULL */
	unsigned		 line;
};

/* A line or a piece of one. */
struct ini_span {
	const char	*text;
	size_t		 len;
};

static struct ini_span
ini_trim(struct ini_span s)
{
	while (s.len > 0 && isspace((unsigned char)s.text[0])) {
		s.text++;
		s.len--;
	}
	while (s.len > 0 && isspace((unsigned char)s.text[s.len - 1]))
		s.len--;
	return s;
}

/* Cuts a comment off: '#' or ';' at the start or behind white space. */
static struct ini_span
ini_cut_comment(struct ini_span s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((s.text[i] == '#' || s.text[i] == ';') &&
		    (i == 0 || isspace((unsigned char)s.text[i - 1])))
			s.len = i;
	return ini_trim(s);
}

static void
ini_skip(struct ini_reader *r)
{
	if (r->ini->skipped++ == 0)
		r->ini->first_skipped = r->line;
}

/* Copies a section's name with quotes undone and runs of white space as one blank. */
static const char *
ini_section_name(struct arena *arena, struct ini_span s)
{
	char *name = arena_strndup(arena, s.text, s.len), *out = name;
	char quote = '\0';

	for (const char *p = name; *p != '\0'; p++) {
		if (quote == '\0' && (*p == '"' || *p == '\''))
			quote = *p;
		else if (quote != '\0' && *p == quote)
			quote = '\0';
		else if (quote != '\0' || !isspace((unsigned char)*p))
			*out++ = *p;
		else if (out > name && out[-1] != ' ')
			*out++ = ' ';
	}
	*out = '\0';
	return name;
}

static void
ini_open_section(struct ini_reader *r, struct ini_span line)
{
	const char *bracket = memchr(line.text, ']', line.len);
	struct ini_section *section, *last = NULL;
	const char *name;

	r->section = NULL;
	r->property = NULL;
	if (bracket == NULL) {
		ini_skip(r);
		return;
	}
	name = ini_section_name(r->arena,
	    ini_trim((struct ini_span){ line.text + 1, (size_t)(bracket - line.text) - 1 }));
	for (const struct ini_section *s = r->ini->sections; s != NULL; s = s->next) {
		last = (struct ini_section *)s;
		if (strcmp(s->name, name) == 0) {
			r->section = last;
			return;
		}
	}
	section = arena_alloc(r->arena, sizeof(*section));
	section->name = name;
	section->line = r->line;
	if (last != NULL)
		last->next = section;
	else
		r->ini->sections = section;
	r->section = section;
}

static const char *
ini_lower(struct arena *arena, struct ini_span s)
{
	char *text = arena_strndup(arena, s.text, s.len);

	for (char *p = text; *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
	return text;
}

static void
ini_add_property(struct ini_reader *r, struct ini_span line)
{
	const char *equals = memchr(line.text, '=', line.len);
	struct ini_span name, value;
	struct ini_property *property;

	if (r->section == NULL || equals == NULL || equals == line.text) {
		ini_skip(r);
		return;
	}
	name = ini_trim((struct ini_span){ line.text, (size_t)(equals - line.text) });
	value = ini_trim((struct ini_span){ equals + 1, line.len - (size_t)(equals + 1 - line.text) });
	property = arena_alloc(r->arena, sizeof(*property));
	property->name = ini_lower(r->arena, name);
	property->value = arena_strndup(r->arena, value.text, value.len);
	property->line = r->line;
	property->next = r->section->properties;	/* newest first: the last one counts */
	r->section->properties = property;
	r->property = property;
}

static void
ini_read_line(struct ini_reader *r, struct ini_span line)
{
	bool indented = line.len > 0 && (line.text[0] == ' ' || line.text[0] == '\t');
	struct ini_span all = ini_trim(line), content = ini_cut_comment(line);

	if (content.len == 0)
		return;
	if (memchr(line.text, '\0', line.len) != NULL) {
		r->section = NULL;	/* it may have been meant to open another one */
		r->property = NULL;
		ini_skip(r);
		return;
	}
	if (indented && r->property != NULL) {
		/* A continued value keeps what looks like a comment, as AWS's tools do. */
		r->property->value = arena_printf(r->arena, "%s\n%.*s", r->property->value,
		    (int)all.len, all.text);
		return;
	}
	if (content.text[0] == '[')
		ini_open_section(r, content);
	else
		ini_add_property(r, content);
}

void
ini_parse(struct arena *arena, const char *text, size_t len, struct ini *ret_ini)
{
	struct ini_reader r = { .arena = arena, .ini = ret_ini };

	*ret_ini = (struct ini){ .sections = NULL };
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		text += 3;
		len -= 3;
	}
	while (len > 0) {
		const char *end = memchr(text, '\n', len);
		size_t n = end ? (size_t)(end - text) : len;

		r.line++;
		ini_read_line(&r, (struct ini_span){ text, n });
		text += n + (end != NULL);
		len -= n + (end != NULL);
	}
}

const struct ini_section *
ini_find(const struct ini *ini, const char *section)
{
	for (const struct ini_section *s = ini->sections; s != NULL; s = s->next)
		if (strcmp(s->name, section) == 0)
			return s;
	return NULL;
}

const char *
ini_get(const struct ini_section *section, const char *property)
{
	if (section == NULL)
		return NULL;
	for (const struct ini_property *p = section->properties; p != NULL; p = p->next)
		if (strcmp(p->name, property) == 0)
			return p->value;
	return NULL;
}
