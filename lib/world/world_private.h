/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this folder share. */
#ifndef TRAILSEAL_WORLD_WORLD_PRIVATE_H
#define TRAILSEAL_WORLD_WORLD_PRIVATE_H

#include "world/world.h"

/* Puts a subject into the queue of those to judge, once. */
void	world_touch(struct world *, struct subject *);

/* A number that was not given before. */
uint64_t	world_new_version(struct world *);

#endif
