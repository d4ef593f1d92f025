/* SPDX-License-Identifier: Apache-2.0 */
/* Memory of one reading; see arena.h. Chunks double in size, newest first. */
#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define ARENA_FIRST_BYTES	256
#define ARENA_CHUNK_BYTES	(64 * 1024)	/* doubling ends here */

struct arena_chunk {
	struct arena_chunk	*next;
	size_t			 size;
	size_t			 used;
	alignas(max_align_t) char data[];
};

struct arena {
	struct arena_chunk	*chunks;
	size_t			 bytes;
};

struct arena *
arena_new(void)
{
	return mem_alloc(1, sizeof(struct arena));
}

static void
arena_free_chunks(struct arena_chunk *chunk)
{
	while (chunk != NULL) {
		struct arena_chunk *next = chunk->next;

		free(chunk);
		chunk = next;
	}
}

void
arena_free(struct arena *a)
{
	if (a == NULL)
		return;
	arena_free_chunks(a->chunks);
	free(a);
}

void
arena_wipe(struct arena *a)
{
	if (a == NULL)
		return;
	for (struct arena_chunk *chunk = a->chunks; chunk != NULL; chunk = chunk->next)
		explicit_bzero(chunk->data, chunk->size);
	arena_free(a);
}

void
arena_reset(struct arena *a)
{
	struct arena_chunk *newest = a->chunks;

	if (newest == NULL)
		return;
	arena_free_chunks(newest->next);
	newest->next = NULL;
	newest->used = 0;
	a->bytes = sizeof(*newest) + newest->size;
}

static struct arena_chunk *
arena_add_chunk(struct arena *a, size_t need)
{
	size_t size = a->chunks ? a->chunks->size * 2 : ARENA_FIRST_BYTES;
	struct arena_chunk *chunk;

	if (size > ARENA_CHUNK_BYTES)
		size = ARENA_CHUNK_BYTES;
	if (size < need)
		size = need;
	chunk = mem_resize(NULL, sizeof(*chunk) + size, 1);
	chunk->size = size;
	chunk->used = 0;
	chunk->next = a->chunks;
	a->chunks = chunk;
	a->bytes += sizeof(*chunk) + size;
	return chunk;
}

static void *
arena_take(struct arena *a, size_t size, size_t align)
{
	struct arena_chunk *chunk = a->chunks;
	size_t at = chunk ? (chunk->used + align - 1) & ~(align - 1) : 0;

	if (chunk == NULL || at > chunk->size || size > chunk->size - at) {
		chunk = arena_add_chunk(a, size);
		at = 0;
	}
	chunk->used = at + size;
	return chunk->data + at;
}

void *
arena_alloc(struct arena *a, size_t size)
{
	return memset(arena_take(a, size, alignof(max_align_t)), 0, size);
}

char *
arena_strndup(struct arena *a, const char *text, size_t len)
{
	char *copy;

	if (text == NULL)
		return NULL;
	copy = arena_take(a, len + 1, 1);
	memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

char *
arena_strdup(struct arena *a, const char *text)
{
	return text == NULL ? NULL : arena_strndup(a, text, strlen(text));
}

char *
arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;
	char small[256], *text;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(small, sizeof(small), fmt, ap);
	text = arena_take(a, (size_t)n + 1, 1);
	if ((size_t)n < sizeof(small))
		memcpy(text, small, (size_t)n + 1);
	else
		vsnprintf(text, (size_t)n + 1, fmt, again);
	va_end(again);
	va_end(ap);
	return text;
}

size_t
arena_bytes(const struct arena *a)
{
	return sizeof(*a) + a->bytes;
}
