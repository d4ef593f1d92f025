/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of a bucket: its deletion, and the policy that it has by default. */
#ifndef AWSSIM_BUCKET_H
#define AWSSIM_BUCKET_H

#include "awssim/world.h"
#include "base/buf.h"

void	bucket_delete(struct bucket *, int64_t now_ms);
void	bucket_restore(struct bucket *, int64_t now_ms);

/* The policy as text, nothing when it has none. */
void	bucket_add_policy(const struct bucket *, struct buf *);

#endif
