/* SPDX-License-Identifier: Apache-2.0 */
/* The watched accounts, and whose role answers which question. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/names.h"
#include "sweep/sweep_private.h"

struct sweep_member *
members_find(const struct sweep *s, const char *id)
{
	struct sweep_member *member;

	HASH_FIND_STR(s->members, id, member);
	return member;
}

/* The command line may leave it out of the sweep; its role answers all the same. */
static bool
members_is_swept(const struct sweep *s, const char *id)
{
	for (size_t i = 0; i < s->scope.only_account_count; i++)
		if (strcmp(s->scope.only_accounts[i], id) == 0)
			return true;
	return s->scope.only_account_count == 0;
}

struct sweep_member *
members_add(struct sweep *s, const char *id, const char *name, const char *role_arn,
    const char *external_id)
{
	struct sweep_member *member = members_find(s, id);

	if (member == NULL) {
		member = mem_alloc(1, sizeof(*member));
		member->id = world_intern(s->collect.world, id);
		member->role.role_arn = mem_strdup(role_arn);
		member->role.external_id = external_id;
		member->is_swept = members_is_swept(s, id);
		HASH_ADD_KEYPTR(hh, s->members, member->id, strlen(member->id), member);
		s->progress.accounts_known += member->is_swept;
		s->progress.accounts_version++;
	}
	member->list = s->list;
	if (member->is_swept)
		world_add_account(s->collect.world, id, name);
	return member;
}

static void
members_drop(struct sweep *s, struct sweep_member *member)
{
	HASH_DEL(s->members, member);
	watch_free_slots(member->slots);
	free((char *)member->role.role_arn);
	free(member);
}

void
members_free(struct sweep *s)
{
	while (s->members != NULL)
		members_drop(s, s->members);
}

void
members_begin_list(struct sweep *s)
{
	s->list++;
}

void
members_drop_if_left(struct sweep *s, struct sweep_member *member)
{
	struct world_account *account = world_find_account(s->collect.world, member->id);

	if (member->list >= s->whole_list || member->open > 0 || member->holds > 0)
		return;
	s->progress.accounts_known -= member->is_swept;
	s->progress.accounts_version++;
	s->progress.accounts_done -= member->is_swept && member->was_walked;
	if (account != NULL)
		world_remove_account(s->collect.world, account);
	members_drop(s, member);
}

void
members_take_list(struct sweep *s)
{
	struct sweep_member *member, *next;

	s->whole_list = s->list;
	HASH_ITER(hh, s->members, member, next)
		members_drop_if_left(s, member);
}

struct sweep_member *
members_for_key(const struct sweep *s, const struct world_key *key,
    const struct world_trail *trail)
{
	struct sweep_member *member = members_find(s, key->account);

	return member != NULL ? member : members_find(s, trail->trail.account);
}

/* Log buckets are often named after the account that holds them: the watched one that is named. */
static struct sweep_member *
members_named_in(const struct sweep *s, const char *bucket)
{
	char id[NAME_ACCOUNT_MAX];

	for (const char *p = bucket; strlen(p) >= NAME_ACCOUNT_MAX - 1; p++) {
		struct sweep_member *member;

		memcpy(id, p, NAME_ACCOUNT_MAX - 1);
		id[NAME_ACCOUNT_MAX - 1] = '\0';
		member = name_is_account(id) ? members_find(s, id) : NULL;
		if (member != NULL)
			return member;
	}
	return NULL;
}

struct sweep_member *
members_for_bucket(const struct sweep *s, const char *bucket, const struct world_trail *trail)
{
	struct sweep_member *member = members_named_in(s, bucket);

	return member != NULL ? member : members_find(s, trail->trail.account);
}
