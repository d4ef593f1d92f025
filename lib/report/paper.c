/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of text for a terminal; see paper.h. Every character counts as one column wide. */
#include "report/paper.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define PAPER_GAP	2	/* blanks between columns */
#define PAPER_TEXT_MAX	4096	/* bytes of one paragraph or command; longer text is cut */
#define PAPER_LINE_LEAST	20	/* columns for text, however narrow the paper */

static const char *const paper_inks[] = {
	[INK_PLAIN] = "", [INK_HEAD] = "\033[1m", [INK_FAINT] = "\033[2m", [INK_GOOD] = "\033[32m",
	[INK_DOUBT] = "\033[33m", [INK_BAD] = "\033[31m", [INK_WORST] = "\033[1;31m",
};

enum ink
paper_ink_of_severity(enum severity severity)
{
	static const enum ink inks[] = {
		[SEVERITY_LOW] = INK_PLAIN, [SEVERITY_MEDIUM] = INK_DOUBT,
		[SEVERITY_HIGH] = INK_BAD, [SEVERITY_CRITICAL] = INK_WORST,
	};

	return inks[severity];
}

/* Characters of the first `len` bytes: all but those that go on. */
static size_t
paper_width_n(const char *text, size_t len)
{
	size_t width = 0;

	for (size_t i = 0; i < len; i++)
		width += ((unsigned char)text[i] & 0xc0) != 0x80;
	return width;
}

static size_t
paper_width(const char *text)
{
	return paper_width_n(text, strlen(text));
}

void
paper_add(const struct paper *p, enum ink ink, const char *text, size_t len)
{
	bool has_ink = p->has_colour && ink != INK_PLAIN && len > 0;

	if (has_ink)
		buf_adds(p->out, paper_inks[ink]);
	buf_add(p->out, text, len);
	if (has_ink)
		buf_adds(p->out, "\033[m");
}

static void
paper_blanks(const struct paper *p, size_t count)
{
	buf_addf(p->out, "%*s", (int)count, "");
}

void
cell_set(struct cell *cell, enum ink ink, const char *text)
{
	cell->ink = ink;
	text_clean(cell->text, sizeof(cell->text), text, strlen(text));
}

void
cell_setf(struct cell *cell, enum ink ink, const char *fmt, ...)
{
	char text[PAPER_CELL_BYTES];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	cell_set(cell, ink, text);
}

void
grid_fit(struct grid *grid, const struct cell *row, size_t count)
{
	assert(count <= PAPER_COLUMNS);
	grid->count = count;
	for (size_t i = 0; i < count; i++) {
		size_t width = paper_width(row[i].text);

		if (grid->width[i] < width)
			grid->width[i] = width;
	}
}

size_t
grid_width(const struct grid *grid)
{
	size_t width = PAPER_INDENT;

	for (size_t i = 0; i < grid->count; i++)
		width += grid->width[i] + (i > 0 ? PAPER_GAP : 0);
	return width;
}

void
grid_narrow(struct grid *grid, const struct paper *p, size_t column, size_t least)
{
	size_t width = grid_width(grid), over;

	if (p->columns == 0 || width <= p->columns)
		return;
	over = width - p->columns;
	if (grid->width[column] > least)
		grid->width[column] = grid->width[column] > least + over ?
		    grid->width[column] - over : least;
}

/* The bytes of the first `width` characters. */
static size_t
paper_prefix(const char *text, size_t width)
{
	size_t i = 0;

	while (text[i] != '\0' && (width > 0 || ((unsigned char)text[i] & 0xc0) == 0x80))
		width -= ((unsigned char)text[i++] & 0xc0) != 0x80;
	return i;
}

void
paper_row(const struct paper *p, const struct grid *grid, const struct cell *row, size_t count)
{
	size_t gap = PAPER_INDENT;

	while (count > 0 && row[count - 1].text[0] == '\0')
		count--;
	for (size_t i = 0; i < count; i++) {
		const char *text = row[i].text;
		size_t width = paper_width(text);

		paper_blanks(p, gap);
		if (width > grid->width[i]) {
			paper_add(p, row[i].ink, text, paper_prefix(text, grid->width[i] - 3));
			paper_add(p, row[i].ink, "...", 3);
			width = grid->width[i];
		} else {
			paper_add(p, row[i].ink, text, strlen(text));
		}
		gap = grid->width[i] - width + PAPER_GAP;
	}
	buf_addc(p->out, '\n');
}

void
paper_heading(const struct paper *p, const char *fmt, ...)
{
	char text[PAPER_CELL_BYTES];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	buf_addc(p->out, '\n');
	paper_add(p, INK_HEAD, text, strlen(text));
	buf_addc(p->out, '\n');
}

/* Columns for text that begins at `indent` and leaves `margin` free. */
static size_t
paper_room(const struct paper *p, size_t indent, size_t margin)
{
	if (p->columns == 0)
		return SIZE_MAX;
	return p->columns > indent + margin + PAPER_LINE_LEAST ? p->columns - indent - margin :
	    PAPER_LINE_LEAST;
}

/* Less of an indent, where that makes room for a word that is too long for it. */
static size_t
paper_indent(const struct paper *p, size_t indent, size_t width)
{
	if (p->columns == 0 || indent + width <= p->columns)
		return indent;
	return width < p->columns ? p->columns - width : 0;
}

/* The bytes up to the next blank; for a command, to the next that parts its words. */
static size_t
paper_word(const char *text, bool is_command)
{
	char quote = '\0';
	size_t i;

	for (i = 0; text[i] != '\0' && (text[i] != ' ' || quote != '\0'); i++) {
		if (!is_command)
			continue;
		if (quote == '\0' && text[i] == '\\' && text[i + 1] != '\0')
			i++;
		else if (quote == '\0' && (text[i] == '\'' || text[i] == '"' || text[i] == '<'))
			quote = text[i] == '<' ? '>' : text[i];
		else if (text[i] == quote)
			quote = '\0';
	}
	return i;
}

/* As many words as fit into `room`, one at least. */
static size_t
paper_line(const char *text, size_t room, bool is_command)
{
	size_t end = paper_word(text, is_command);

	while (text[end] == ' ') {
		size_t next = end + 1 + paper_word(text + end + 1, is_command);

		if (paper_width_n(text, next) > room)
			break;
		end = next;
	}
	return end;
}

/* What is left of a paragraph, as lines. */
static void
paper_lines(const struct paper *p, size_t indent, enum ink ink, const char *text)
{
	size_t room = paper_room(p, indent, 0), len;

	for (; text[0] != '\0'; text += len + (text[len] == ' ')) {
		len = paper_line(text, room, false);
		paper_blanks(p, paper_indent(p, indent, paper_width_n(text, len)));
		paper_add(p, ink, text, len);
		buf_addc(p->out, '\n');
	}
}

void
paper_wrap(const struct paper *p, size_t indent, enum ink ink, const char *text)
{
	char clean[PAPER_TEXT_MAX];

	paper_lines(p, indent, ink, text_clean(clean, sizeof(clean), text, strlen(text)));
}

void
paper_wrap_on(const struct paper *p, size_t indent, const char *text)
{
	size_t len = paper_line(text, paper_room(p, indent, 0), false);

	buf_add(p->out, text, len);
	buf_addc(p->out, '\n');
	paper_lines(p, indent, INK_PLAIN, text + len + (text[len] == ' '));
}

void
paper_command(const struct paper *p, size_t indent, const char *command)
{
	char clean[PAPER_TEXT_MAX];
	const char *text = text_clean(clean, sizeof(clean), command, strlen(command));
	size_t room = paper_room(p, indent + 4, 2), len;

	for (bool is_first = true; text[0] != '\0'; is_first = false) {
		len = paper_line(text, room, true);
		if (is_first) {
			paper_blanks(p, indent);
			paper_add(p, INK_FAINT, "$ ", 2);
		} else {
			paper_blanks(p, paper_indent(p, indent + 4, paper_width_n(text, len) + 2));
		}
		buf_add(p->out, text, len);
		text += len + (text[len] == ' ');
		buf_adds(p->out, text[0] != '\0' ? " \\\n" : "\n");
	}
}
