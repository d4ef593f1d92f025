/* SPDX-License-Identifier: Apache-2.0 */
/* One whole sweep on a virtual loop against a list of answers, judged at its end. */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include <stdbool.h>

#include "base/arena.h"
#include "report/report.h"
#include "rules/rules.h"
#include "sim/fake_aws.h"
#include "sweep/sweep.h"
#include "world/world.h"

#define SIM_NOW_MS	INT64_C(1767323045000)	/* 2026-01-02T03:04:05Z */

struct sim_result {
	struct world		*world;
	struct arena		*arena;
	struct observations	 seen;
	enum verdict		 verdict;	/* of the report, failing on low */
	bool			 has_ended;	/* the sweep, within a virtual day */
	int64_t			 took_ms;	/* virtual time */
	size_t			 calls;
};

/* Ambient credentials of that account, in the fake's form: four letters and the account. */
void	sim_set_environment(void);

/*
 * Sweeps as the environment's ambient credentials of account 111122223333 would. The faults set
 * with fake_aws_fail() apply.
 */
void	sim_sweep(struct fake_aws *, const struct sweep_scope *, const struct rules_settings *,
	    struct sim_result *ret);
void	sim_result_done(struct sim_result *);

/* What this result observed of the same rule and subject, or NULL. */
const struct observation	*sim_find(const struct sim_result *, const struct observation *);

#endif
