/* SPDX-License-Identifier: Apache-2.0 */
/* How often each account was asked: every call is an event in its owner's history. */
#ifndef TRAILSEAL_AWS_TALLY_H
#define TRAILSEAL_AWS_TALLY_H

#include <stdint.h>

#include <uthash.h>

#include "base/names.h"

struct tally {
	char		 account[NAME_ACCOUNT_MAX];
	uint64_t	 calls;
	UT_hash_handle	 hh;
};

/* One call more. "" is an account, too: that whose id nobody knows. */
void	tally_add(struct tally **table, const char *account);
void	tally_free(struct tally **table);

#endif
