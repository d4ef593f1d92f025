/* SPDX-License-Identifier: Apache-2.0 */
/* How often each account was asked; see tally.h. */
#include "aws/tally.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void
tally_add(struct tally **table, const char *account)
{
	struct tally *t;

	HASH_FIND_STR(*table, account, t);
	if (t == NULL) {
		t = mem_alloc(1, sizeof(*t));
		snprintf(t->account, sizeof(t->account), "%s", account);
		HASH_ADD_STR(*table, account, t);
	}
	t->calls++;
}

void
tally_free(struct tally **table)
{
	struct tally *t, *next;

	HASH_ITER(hh, *table, t, next) {
		HASH_DEL(*table, t);
		free(t);
	}
}
