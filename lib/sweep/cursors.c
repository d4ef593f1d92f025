/* SPDX-License-Identifier: Apache-2.0 */
/* The table of cursors; see cursors.h. */
#include "sweep/cursors.h"

#include <stdlib.h>
#include <string.h>

#include <uthash.h>

#include "base/mem.h"
#include "base/stamp.h"

/* The three names lie behind each other, each with its NUL: together they are the key. */
struct cursor_row {
	struct event_cursor	cursor;
	UT_hash_handle		hh;
	char			names[];
};

struct cursors {
	struct cursor_row	*rows;
};

struct cursors *
cursors_new(void)
{
	return mem_alloc(1, sizeof(struct cursors));
}

static void
cursors_remove(struct cursors *all, struct cursor_row *row)
{
	HASH_DEL(all->rows, row);
	free(row);
}

void
cursors_free(struct cursors *all)
{
	if (all == NULL)
		return;
	while (all->rows != NULL)
		cursors_remove(all, all->rows);
	free(all);
}

void
cursors_drop(struct cursors *all, struct event_cursor *cursor)
{
	cursors_remove(all, (struct cursor_row *)cursor);
}

struct event_cursor *
cursors_get(struct cursors *all, const char *account, const char *region, const char *resource)
{
	const char *names[] = { account, region, resource };
	const char **texts[3];
	struct cursor_row *row, *found;
	size_t len = 0;
	char *at;

	for (size_t i = 0; i < 3; i++)
		len += strlen(names[i]) + 1;
	row = mem_alloc(1, sizeof(*row) + len);
	texts[0] = &row->cursor.account;
	texts[1] = &row->cursor.region;
	texts[2] = &row->cursor.resource;
	at = row->names;
	for (size_t i = 0; i < 3; i++) {
		*texts[i] = memcpy(at, names[i], strlen(names[i]) + 1);
		at += strlen(names[i]) + 1;
	}
	HASH_FIND(hh, all->rows, row->names, len, found);
	if (found != NULL) {
		free(row);
		return &found->cursor;
	}
	row->cursor.through_wall_ms = row->cursor.stored_wall_ms = STAMP_UNKNOWN;
	row->cursor.backlog_from_wall_ms = row->cursor.backlog_to_wall_ms = STAMP_UNKNOWN;
	HASH_ADD(hh, all->rows, names, len, row);
	return &row->cursor;
}

void
cursors_put(struct cursors *all, const struct event_cursor *from)
{
	struct event_cursor *to = cursors_get(all, from->account, from->region, from->resource);

	to->through_wall_ms = from->through_wall_ms;
	to->backlog_from_wall_ms = from->backlog_from_wall_ms;
	to->backlog_to_wall_ms = from->backlog_to_wall_ms;
}

void
cursors_each(const struct cursors *all, cursors_fn tell, void *arg)
{
	struct cursor_row *row, *next;

	HASH_ITER(hh, all->rows, row, next)
		tell(arg, &row->cursor);
}
