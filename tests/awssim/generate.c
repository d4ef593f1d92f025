/* SPDX-License-Identifier: Apache-2.0 */
/* Worlds that nobody writes by hand: the default one and very large ones. */
#include <stdio.h>
#include <string.h>

#include "awssim/key.h"
#include "awssim/world_file.h"
#include "base/mem.h"

#define GENERATE_LOGGED_MS	(100LL * 24 * 3600 * 1000)

struct world *
world_default(unsigned regions, int64_t now_ms)
{
	struct world *w = world_new(now_ms);
	struct account *account;

	world_add_known_regions(w, regions);
	w->organization_id = "o-awssim0001";
	account = world_add_account(w, w->management);
	account->name = "management";
	account_add_default_roles(w, account);
	account_add_operator(w, account);
	return w;
}

/* Twelve digits in no visible order; the factor has no divisor in common with 10^12. */
static void
generate_id(uint64_t n, char out[NAME_ACCOUNT_MAX])
{
	unsigned long long id = (unsigned long long)(((unsigned __int128)n * 618033988749ULL +
	    222233334444ULL) % 1000000000000ULL);

	snprintf(out, NAME_ACCOUNT_MAX, "%012llu", id);
}

static void
generate_trail(struct world *w, struct account *account, const struct region *home)
{
	struct trail *trail = world_add_trail(w, account, home, "trail");
	struct key *key = key_add(w, account, home, NULL, account->id);
	struct bucket *bucket;
	char name[64];

	if (trail == NULL || key == NULL)
		return;
	snprintf(name, sizeof(name), "cloudtrail-%s", account->id);
	bucket = world_add_bucket(w, account, home, name);
	if (bucket != NULL)
		bucket->has_made_policy = true;
	alias_add(w, key, "alias/trail", w->began_ms - GENERATE_LOGGED_MS);
	trail->bucket = mem_strdup(name);
	trail->key_arn = mem_strdup(key->arn);
	trail->is_multi_region = trail->validates = trail->is_logging = true;
	trail->start_ms = w->began_ms - GENERATE_LOGGED_MS;
}

void
world_generate(struct world *w, unsigned count)
{
	struct account *management = world_account(w, w->management, strlen(w->management));
	char id[NAME_ACCOUNT_MAX];

	if (management != NULL && count > 0 && TAILQ_EMPTY(&management->trails)) {
		account_opt_in(w, management);
		generate_trail(w, management, world_home(w));
	}
	for (uint64_t n = 0; w->account_count < count; n++) {
		struct account *account;

		generate_id(n, id);
		account = world_add_account(w, id);
		if (account == NULL)
			continue;
		account_opt_in(w, account);
		account_add_default_roles(w, account);
		generate_trail(w, account, &w->regions[n % w->region_count]);
	}
}
