/* SPDX-License-Identifier: Apache-2.0 */
/* The states of KMS keys and custom key stores; see key.h. */
#include "model/key.h"

#include <stddef.h>
#include <string.h>

#include "base/arena.h"

static const struct key_state_row {
	const char	*name;
	enum tri	 usable;
} key_states[] = {
	[KEY_STATE_OTHER]              = { "",                       TRI_UNKNOWN },
	[KEY_ENABLED]                  = { "Enabled",                TRI_YES },
	[KEY_DISABLED]                 = { "Disabled",               TRI_NO },
	[KEY_PENDING_DELETION]         = { "PendingDeletion",        TRI_NO },
	[KEY_PENDING_REPLICA_DELETION] = { "PendingReplicaDeletion", TRI_NO },
	[KEY_PENDING_IMPORT]           = { "PendingImport",          TRI_NO },
	[KEY_UNAVAILABLE]              = { "Unavailable",            TRI_NO },
	[KEY_CREATING]                 = { "Creating",               TRI_NO },
	[KEY_UPDATING]                 = { "Updating",               TRI_YES },
};

static const char *const key_store_states[] = {
	[KEY_STORE_OTHER] = "", [KEY_STORE_CONNECTED] = "CONNECTED",
	[KEY_STORE_CONNECTING] = "CONNECTING", [KEY_STORE_FAILED] = "FAILED",
	[KEY_STORE_DISCONNECTED] = "DISCONNECTED", [KEY_STORE_DISCONNECTING] = "DISCONNECTING",
};

enum tri
key_state_is_usable(enum key_state state)
{
	return key_states[state].usable;
}

enum key_state
key_state_parse(const char *name)
{
	for (size_t i = 1; i < sizeof(key_states) / sizeof(key_states[0]); i++)
		if (strcmp(name, key_states[i].name) == 0)
			return (enum key_state)i;
	return KEY_STATE_OTHER;
}

enum key_store_state
key_store_state_parse(const char *name)
{
	for (size_t i = 1; i < sizeof(key_store_states) / sizeof(key_store_states[0]); i++)
		if (strcmp(name, key_store_states[i]) == 0)
			return (enum key_store_state)i;
	return KEY_STORE_OTHER;
}

void
key_copy(struct arena *a, const struct key *from, struct key *to)
{
	*to = *from;
	to->arn = arena_strdup(a, from->arn);
	to->account = arena_strdup(a, from->account);
	to->region = arena_strdup(a, from->region);
	to->state_name = arena_strdup(a, from->state_name);
	to->spec = arena_strdup(a, from->spec);
	to->usage = arena_strdup(a, from->usage);
	to->origin = arena_strdup(a, from->origin);
	to->store_id = arena_strdup(a, from->store_id);
}

void
key_store_copy(struct arena *a, const struct key_store *from, struct key_store *to)
{
	*to = *from;
	to->id = arena_strdup(a, from->id);
	to->name = arena_strdup(a, from->name);
	to->state_name = arena_strdup(a, from->state_name);
	to->error_code = arena_strdup(a, from->error_code);
}
