/* SPDX-License-Identifier: Apache-2.0 */
/* What stands under /api/v1; see api.h. */
#include "daemon/api.h"

#include "daemon/daemon.h"
#include "report/report.h"
#include "world/coverage.h"

void
api_add_findings(const struct daemon *d, struct buf *out)
{
	report_add_findings_json(d->findings, &d->silences, aws_wall_ms(d->aws), out);
}

void
api_add_trails(const struct daemon *d, struct buf *out)
{
	report_add_trails_json(d->world, out);
}

void
api_add_coverage(const struct daemon *d, struct buf *out)
{
	struct coverage coverage;

	coverage_read(d->world, sweep_accounts_reading(d->sweep), &coverage);
	report_add_coverage_json(&coverage, out);
	coverage_done(&coverage);
}
