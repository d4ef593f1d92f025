/* SPDX-License-Identifier: Apache-2.0 */
/* What the formats share, and the parts of the table. Private to lib/report. */
#ifndef TRAILSEAL_REPORT_REPORT_PRIVATE_H
#define TRAILSEAL_REPORT_REPORT_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>

#include "report/paper.h"
#include "report/report.h"

/*
 * What fails or is unknown: by severity, worst first, then account, region, resource and rule.
 * The array is the caller's to free.
 */
const struct observation	**report_findings(const struct report *, size_t *ret_count);

/* All trails by account, home region and ARN. The array is the caller's to free. */
const struct world_trail	**report_trails(const struct world *, size_t *ret_count);

/* A row that tells of something that should have been seen and was not. */
bool	report_is_gap(const struct report *, const struct coverage_row *);

size_t	report_count_gaps(const struct report *);

/*
 * An unknown finding about an account or a region that says no more than a gap does: that it
 * could not be seen.
 */
bool	report_gaps_tell(const struct report *, const struct observation *);

/* Sections of the table. Each begins with an empty line, or is left out when it has no rows. */
void	report_add_gaps(const struct report *, struct paper *);
void	report_add_trails(const struct report *, struct paper *);

#endif
