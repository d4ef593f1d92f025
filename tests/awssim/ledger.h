/* SPDX-License-Identifier: Apache-2.0 */
/* Counts calls by service, operation, account and region, and lists the latest in their order. */
#ifndef AWSSIM_LEDGER_H
#define AWSSIM_LEDGER_H

#include "awssim/call.h"

#define LEDGER_LOG	10000	/* calls listed */

struct ledger;

struct ledger	*ledger_new(void);
void		 ledger_free(struct ledger *);
void		 ledger_clear(struct ledger *);

void	ledger_count(const struct call *);

/* Members of an open object: "total", "errors", "calls", and "log" when asked for. */
void	ledger_write(const struct ledger *, struct json_writer *, bool with_log);

#endif
