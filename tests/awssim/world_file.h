/* SPDX-License-Identifier: Apache-2.0 */
/* The world file: a JSON description of where the simulation begins; see WORLD.md. */
#ifndef AWSSIM_WORLD_FILE_H
#define AWSSIM_WORLD_FILE_H

#include "awssim/world.h"
#include "base/err.h"

/* `regions` is how many known regions there are when the file names none; 0: the default ones. */
struct world	*world_from_file(const char *path, unsigned regions, int64_t now_ms, struct err *);
struct world	*world_from_text(const char *text, size_t len, unsigned regions, int64_t now_ms,
		    struct err *);

/* The world when there is no file: the management account with its operator. */
struct world	*world_default(unsigned regions, int64_t now_ms);

/*
 * Fills up to `count` accounts, each a member of the organization with a multi-region trail that
 * is encrypted with a key of its own and delivers to a bucket of its own. A count of 0, or one that
 * is reached already, leaves the world as it is.
 */
void	world_generate(struct world *, unsigned count);

#endif
