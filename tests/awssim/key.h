/* SPDX-License-Identifier: Apache-2.0 */
/*
 * KMS keys and aliases: making and finding them, and their states with what follows from those
 * for whoever uses the key.
 */
#ifndef AWSSIM_KEY_H
#define AWSSIM_KEY_H

#include "awssim/world.h"
#include "base/buf.h"

/* An enabled symmetric key that rotates. A NULL id is made from `seed`; NULL seed: at random. */
struct key	*key_add(struct world *, struct account *, const struct region *, const char *id,
		    const char *seed);
void		 key_remove(struct world *, struct key *);	/* with its aliases */

/*
 * By key ARN; brings the key's state up to now. The first gives NULL when KMS has no such key
 * (any more), the second finds deleted ones too.
 */
struct key	*key_find(struct world *, const char *arn, int64_t now_ms);
struct key	*key_find_even_deleted(struct world *, const char *arn, int64_t now_ms);

struct alias	*alias_add(struct world *, struct key *, const char *name, int64_t now_ms);
struct alias	*alias_find(const struct world *, const char *arn);
void		 alias_point(struct alias *, struct key *, int64_t now_ms);
void		 alias_remove(struct world *, struct alias *);

/* The name of a key state as a literal, or NULL when AWS knows no such state. */
const char	*key_state_find(const char *name);

/* Alone sets the state, and notes when the key became unusable and usable again. */
void	key_set_state(struct key *, const char *state, int64_t now_ms);
bool	key_is_usable(const struct key *);

/* What S3 says when it cannot use the key: a delivery error. NULL: it can. */
const char	*key_delivery_error(const struct key *);

/* How KMS words the state in its errors: "disabled", "pending deletion"; "" when enabled. */
const char	*key_state_phrase(const struct key *);

/* Its policy as text: the one that was put, or the usual one for CloudTrail. */
void	key_add_policy(const struct key *, struct buf *);

#endif
