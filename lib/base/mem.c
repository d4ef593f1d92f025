/* SPDX-License-Identifier: Apache-2.0 */
/* Heap memory that cannot fail; see mem.h. */
#include "base/mem.h"

#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MEM_KEEP_BYTES	(4 * 1024 * 1024)	/* free at the top of the heap */

static _Noreturn void
mem_exhausted(size_t count, size_t size)
{
	fprintf(stderr, "<2>out of memory: %zu x %zu bytes\n", count, size);
	abort();
}

void *
mem_alloc(size_t count, size_t size)
{
	void *p = calloc(count ? count : 1, size ? size : 1);

	if (p == NULL)
		mem_exhausted(count, size);
	return p;
}

void *
mem_resize(void *old, size_t count, size_t size)
{
	void *p = reallocarray(old, count ? count : 1, size ? size : 1);

	if (p == NULL)
		mem_exhausted(count, size);
	return p;
}

char *
mem_strdup(const char *text)
{
	return text == NULL ? NULL : mem_strndup(text, strlen(text));
}

char *
mem_strndup(const char *text, size_t len)
{
	char *copy;

	if (text == NULL)
		return NULL;
	if (len == SIZE_MAX)
		mem_exhausted(len, 1);
	copy = mem_alloc(len + 1, 1);
	memcpy(copy, text, len);
	return copy;
}

void *
mem_grow(void *array, size_t count, size_t *cap, size_t size)
{
	if (array != NULL && count < *cap)
		return array;
	*cap = *cap ? *cap * 2 : 8;
	return mem_resize(array, *cap, size);
}

void
mem_keep_freed(void)
{
	mallopt(M_TRIM_THRESHOLD, MEM_KEEP_BYTES);
}
