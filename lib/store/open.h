/* SPDX-License-Identifier: Apache-2.0 */
/* The start of a store: its directory, one owner, and a database that is whole and up to date. */
#ifndef TRAILSEAL_STORE_OPEN_H
#define TRAILSEAL_STORE_OPEN_H

#include "store/database.h"
#include "store/ledger.h"
#include "store/store.h"

/* The descriptor holds the directory until it is closed. */
int	open_lock(const char *directory, int *ret_fd, struct err *);

/* `ret_start` is filled but for what the database says. */
int	open_database(const char *path, int64_t wall_ms, struct database **ret,
	    struct store_start *ret_start, struct err *);

#endif
