/* SPDX-License-Identifier: Apache-2.0 */
/* The metrics page: families in their order, and what was left out; see metrics.h. */
#include "daemon/metrics.h"

#include <stdio.h>

#include "daemon/daemon.h"
#include "daemon/metrics_page.h"
#include "world/coverage.h"

#define METRICS_LEFT_OUT_MAX	64	/* families */

/* What counts first comes first: the page ends with what is cut when there is too much. */
static const struct metric *const metrics_tables[] = {
	metrics_self, metrics_process, metrics_queues, metrics_world, metrics_events,
	metrics_coverage,
};

static const struct metric metrics_left_out = {
	"series_left_out", METRIC_GAUGE,
	"Series of the metric that are not on this page, as there are more than web.max_series.",
	NULL, NULL,
};

/* Families that are not on the page, and their series. */
struct left_out {
	const struct metric	*family[METRICS_LEFT_OUT_MAX];
	size_t			 series[METRICS_LEFT_OUT_MAX];
	size_t			 count;
};

static void
metrics_write_family(struct metrics_page *p, const struct metric *family,
    const struct metrics_source *source, struct left_out *left_out)
{
	size_t series = metrics_page_add(p, family, source);

	if (series == 0 || left_out->count == METRICS_LEFT_OUT_MAX)
		return;
	left_out->family[left_out->count] = family;
	left_out->series[left_out->count++] = series;
}

/* Beyond the bound, which must not hide that it was reached. */
static void
metrics_write_left_out(struct metrics_page *p, const struct left_out *left_out)
{
	p->max_series += left_out->count;
	metrics_page_begin(p, &metrics_left_out);
	for (size_t i = 0; i < left_out->count; i++) {
		char name[128];

		snprintf(name, sizeof(name), "trailseal_%s", left_out->family[i]->name);
		metrics_add_count(p, left_out->series[i], "metric", name, NULL);
	}
	metrics_page_end(p);
}

void
metrics_render(const struct daemon *d, struct buf *out)
{
	struct metrics_page page = { .out = out, .max_series = d->settings->web.max_series };
	struct metrics_source source = { .daemon = d, .now_wall_ms = aws_wall_ms(d->aws) };
	struct left_out left_out = { .count = 0 };
	struct coverage coverage;

	coverage_read(d->world, sweep_accounts_reading(d->sweep), &coverage);
	source.coverage = &coverage;
	for (size_t i = 0; i < sizeof(metrics_tables) / sizeof(metrics_tables[0]); i++)
		for (const struct metric *m = metrics_tables[i]; m->name != NULL; m++)
			metrics_write_family(&page, m, &source, &left_out);
	metrics_write_left_out(&page, &left_out);
	coverage_done(&coverage);
}
