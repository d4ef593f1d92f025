/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines of text for a terminal: rows of aligned cells, wrapped paragraphs, commands that can be
 * copied. Foreign text is cleaned here. Private to lib/report.
 */
#ifndef TRAILSEAL_REPORT_PAPER_H
#define TRAILSEAL_REPORT_PAPER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "rules/rules.h"

#define PAPER_CELL_BYTES	256	/* of one cell; longer text is cut */
#define PAPER_COLUMNS		8
#define PAPER_INDENT		2	/* of all but headings */

enum ink {
	INK_PLAIN = 0, INK_HEAD, INK_FAINT, INK_GOOD, INK_DOUBT, INK_BAD, INK_WORST,
};

struct paper {
	struct buf	*out;
	unsigned	 columns;	/* 0: lines of any length */
	bool		 has_colour;
};

struct cell {
	char		text[PAPER_CELL_BYTES];
	enum ink	ink;
};

/* How wide each column is, in characters: of its widest cell. Zeroed, it is of none yet. */
struct grid {
	size_t	count;
	size_t	width[PAPER_COLUMNS];
};

enum ink	paper_ink_of_severity(enum severity);

void	cell_set(struct cell *, enum ink, const char *text);
void	cell_setf(struct cell *, enum ink, const char *fmt, ...)
	    __attribute__((format(printf, 3, 4)));

/* Makes room for a row of cells. */
void	grid_fit(struct grid *, const struct cell *row, size_t count);

/* Narrows one column as far as it must and may, so that rows fit into the paper. */
void	grid_narrow(struct grid *, const struct paper *, size_t column, size_t least);

/* A row as wide as the grid, all cells but the last padded. */
size_t	grid_width(const struct grid *);
void	paper_row(const struct paper *, const struct grid *, const struct cell *row, size_t count);

/* A heading behind an empty line. */
void	paper_heading(const struct paper *, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));

/* Text in lines that begin at `indent`; words are never broken. */
void	paper_wrap(const struct paper *, size_t indent, enum ink, const char *text);

/* Our own text behind what stands in the first `indent` columns of the line already. */
void	paper_wrap_on(const struct paper *, size_t indent, const char *text);

/* A shell command, continued with backslashes at blanks outside of quotes and <placeholders>. */
void	paper_command(const struct paper *, size_t indent, const char *command);

/* Text in its ink. */
void	paper_add(const struct paper *, enum ink, const char *text, size_t len);

#endif
