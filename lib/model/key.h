/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A KMS key as DescribeKey, GetKeyRotationStatus and DescribeCustomKeyStores describe it. Plain
 * data; texts belong to the arena of the reading.
 */
#ifndef TRAILSEAL_MODEL_KEY_H
#define TRAILSEAL_MODEL_KEY_H

#include <stdint.h>

#include "base/tri.h"

/* AWS's states (aws-facts section 5). OTHER: one that AWS has added since; neither good nor bad. */
enum key_state {
	KEY_STATE_OTHER = 0,
	KEY_ENABLED,
	KEY_DISABLED,
	KEY_PENDING_DELETION,
	KEY_PENDING_REPLICA_DELETION,
	KEY_PENDING_IMPORT,
	KEY_UNAVAILABLE,
	KEY_CREATING,
	KEY_UPDATING,
};

enum key_manager { KEY_MANAGER_UNKNOWN = 0, KEY_MANAGER_AWS, KEY_MANAGER_CUSTOMER };

struct key {
	const char	*arn;
	const char	*account;
	const char	*region;		/* from the ARN */
	enum key_state	 state;
	const char	*state_name;		/* as AWS wrote it */
	enum key_manager manager;		/* old keys may lack it */
	const char	*spec;			/* "SYMMETRIC_DEFAULT"; NULL when absent */
	const char	*usage;			/* "ENCRYPT_DECRYPT" */
	const char	*origin;		/* AWS_KMS, EXTERNAL, AWS_CLOUDHSM, EXTERNAL_KEY_STORE */
	enum tri	 multi_region;
	int64_t		 deletion_ms;		/* only in PendingDeletion */
	int64_t		 pending_window_days;	/* only in PendingReplicaDeletion; 0 when absent */
	enum tri	 material_expires;	/* ExpirationModel KEY_MATERIAL_EXPIRES */
	int64_t		 valid_to_ms;
	const char	*store_id;		/* custom key store, or NULL */
};

struct key_rotation {
	enum tri	 enabled;
	int64_t		 period_days;		/* 0 when absent */
	int64_t		 next_ms;
};

enum key_store_state {
	KEY_STORE_OTHER = 0, KEY_STORE_CONNECTED, KEY_STORE_CONNECTING, KEY_STORE_FAILED,
	KEY_STORE_DISCONNECTED, KEY_STORE_DISCONNECTING,
};

struct key_store {
	const char		*id;
	const char		*name;
	enum key_store_state	 state;
	const char		*state_name;
	const char		*error_code;	/* only when FAILED */
};

/* Whether this state lets CloudTrail use the key; UNKNOWN for a state that we do not know. */
enum tri	key_state_is_usable(enum key_state);
enum key_state	key_state_parse(const char *name);
enum key_store_state	key_store_state_parse(const char *name);

struct arena;

/* Deep copies. */
void	key_copy(struct arena *, const struct key *from, struct key *to);
void	key_store_copy(struct arena *, const struct key_store *from, struct key_store *to);

#endif
