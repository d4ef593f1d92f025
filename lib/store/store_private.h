/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this folder share of the store. */
#ifndef TRAILSEAL_STORE_STORE_PRIVATE_H
#define TRAILSEAL_STORE_STORE_PRIVATE_H

#include "store/database.h"
#include "store/store.h"

/* To be read, before the first commit hands it to the writer. */
struct database	*store_database(struct store *);

#endif
