/* SPDX-License-Identifier: Apache-2.0 */
/* How calls name KMS keys, and who may touch them: shared by KMS's operations and CloudTrail's. */
#ifndef AWSSIM_KMS_H
#define AWSSIM_KMS_H

#include "awssim/call.h"

/*
 * By key id, key ARN, alias name or alias ARN; ids and names are the caller's in this region.
 * Answers nothing: NULL when there is no such key.
 */
struct key	*kms_find(struct call *, const char *name, const struct region *);

enum kms_reach { KMS_OWN = 1, KMS_CROSS_ACCOUNT };

/*
 * The key that the parameter KeyId names, by id or ARN (and, where told, by alias). NULL when the
 * call was answered: no such key, another region's ARN, or another account's key that the
 * operation or the key's policy does not open to the caller.
 */
struct key	*kms_key(struct call *, enum kms_reach, bool takes_alias);

/* Answers and gives false when the key's state forbids a change. */
bool	kms_key_is_changeable(struct call *, const struct key *);

/* The member KeyMetadata's content. */
void	kms_write_metadata(struct call *, const struct key *);

/* KMS's changing operations, kms_change.c. */
void	kms_create_key(struct call *);
void	kms_disable_key(struct call *);
void	kms_enable_key(struct call *);
void	kms_schedule_deletion(struct call *);
void	kms_cancel_deletion(struct call *);
void	kms_put_policy(struct call *);
void	kms_enable_rotation(struct call *);
void	kms_disable_rotation(struct call *);
void	kms_create_alias(struct call *);
void	kms_update_alias(struct call *);
void	kms_delete_alias(struct call *);

#endif
