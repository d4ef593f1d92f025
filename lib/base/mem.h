/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Heap memory that cannot fail. Everything trailseal reads is capped, so running out of memory
 * is a fault of the machine and aborts. Results are freed with free().
 */
#ifndef TRAILSEAL_BASE_MEM_H
#define TRAILSEAL_BASE_MEM_H

#include <stddef.h>

/* Zeroed memory for `count` objects of `size` bytes; aborts on overflow and when there is none. */
void	*mem_alloc(size_t count, size_t size) __attribute__((malloc, returns_nonnull));

/* realloc() that aborts; new bytes are not zeroed. */
void	*mem_resize(void *, size_t count, size_t size) __attribute__((returns_nonnull));

/* Copies of a text, or of its first `len` bytes with a NUL behind them. NULL gives NULL. */
char	*mem_strdup(const char *);
char	*mem_strndup(const char *, size_t len);

/*
 * Room for one more element in a growing array: returns the array (moved when *cap was reached,
 * then doubled). `count` elements are in use.
 *
 *	v->row = mem_grow(v->row, v->count, &v->cap, sizeof(*v->row));
 *	v->row[v->count++] = row;
 */
void	*mem_grow(void *, size_t count, size_t *cap, size_t size) __attribute__((returns_nonnull));

/*
 * Keeps freed memory for the next answer: giving it back to the system after each, and taking it
 * again, costs an eighth of a call. Called once, at the start of a program.
 */
void	mem_keep_freed(void);

#endif
