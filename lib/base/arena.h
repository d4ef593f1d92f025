/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory of one reading: allocated piece by piece, freed whole. Pieces are never freed or moved
 * one by one. What held a secret is ended by arena_wipe().
 */
#ifndef TRAILSEAL_BASE_ARENA_H
#define TRAILSEAL_BASE_ARENA_H

#include <stddef.h>

struct arena;

struct arena	*arena_new(void);
void		 arena_free(struct arena *);	/* NULL is fine */
void		 arena_wipe(struct arena *);	/* frees it, too, and overwrites the pieces before */

/* Forgets all pieces and keeps the largest chunk of memory for the next reading. */
void	 arena_reset(struct arena *);

/* Zeroed memory, aligned for any object. */
void	*arena_alloc(struct arena *, size_t size) __attribute__((malloc, returns_nonnull));
char	*arena_strdup(struct arena *, const char *);	/* NULL gives NULL */
char	*arena_strndup(struct arena *, const char *, size_t len);
char	*arena_printf(struct arena *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Bytes taken from the heap, for the accounts of who holds how much. */
size_t	 arena_bytes(const struct arena *);

#endif
