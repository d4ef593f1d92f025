/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a sweep found, for people and programs. Pure: everything shown is a parameter, the result
 * goes into a buffer. The JSON form is public (interface.md of the project's contract; see
 * trailsealctl(1)): members are added freely and changed only with a line in NEWS.md.
 */
#ifndef TRAILSEAL_REPORT_REPORT_H
#define TRAILSEAL_REPORT_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "findings/findings.h"
#include "findings/silence.h"
#include "rules/rules.h"
#include "world/coverage.h"
#include "world/world.h"

/* One judgement of one world. */
struct report {
	const char			*version;	/* of trailseal */
	const struct world		*world;
	const struct observations	*observations;
	const struct coverage		*coverage;	/* of the same world */
	int64_t				 started_ms, finished_ms;	/* wall clock */
	enum severity			 fail_on;	/* findings below it do not count as failures */
	bool				 regions_are_given;	/* not taken from each account's list */
	unsigned			 columns;	/* table: of the terminal; 0: lines of any length */
	bool				 has_colour;	/* table */
};

/*
 * FAIL when a finding of at least `fail_on` fails; else UNKNOWN when one such is unknown, when an
 * account, a region or the list of accounts could not be seen, or when there was nothing to see
 * at all; else PASS.
 */
enum verdict	report_verdict(const struct report *);

void	report_add_json(const struct report *, struct buf *out);
void	report_add_table(const struct report *, struct buf *out);

/*
 * Parts of the JSON form as objects of their own, as they are now. Findings that are followed have
 * members more than those of one sweep: id, state, since, and whether they are silenced. Resolved
 * ones are left out.
 */
void	report_add_coverage_json(const struct coverage *, struct buf *out);
void	report_add_trails_json(const struct world *, struct buf *out);
void	report_add_findings_json(const struct findings *, const struct silences *,
	    int64_t now_wall_ms, struct buf *out);

#endif
