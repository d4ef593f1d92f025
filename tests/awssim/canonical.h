/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a canonical request, made from the request as it came. */
#ifndef AWSSIM_CANONICAL_H
#define AWSSIM_CANONICAL_H

#include "awssim/call.h"

void	canonical_add_path(struct call *, struct buf *);
void	canonical_add_query(struct call *, struct buf *);

/* One line for each signed header. The reason why not, or NULL. */
const char	*canonical_add_headers(struct call *, struct buf *, const char *names);

#endif
