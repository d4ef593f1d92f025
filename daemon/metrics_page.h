/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes families of samples in Prometheus's text format. A family that would exceed the number of
 * series is taken out again whole, and counted: half a family would be a lie by omission.
 */
#ifndef TRAILSEAL_DAEMON_METRICS_PAGE_H
#define TRAILSEAL_DAEMON_METRICS_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define METRICS_PAGE_BYTES	((size_t)192 * 1024 * 1024)	/* of all families together */

struct daemon;
struct coverage;

struct metrics_page {
	struct buf		*out;
	size_t			 max_series;
	size_t			 series;	/* on the page */
	const struct metric	*family;	/* the present one */
	char			 name[128];	/* of it, whole */
	size_t			 name_len;
	size_t			 begin;		/* where it begins */
	size_t			 samples;	/* of it, those that did not fit included */
};

enum metric_type { METRIC_GAUGE = 1, METRIC_COUNTER, METRIC_HISTOGRAM };

/* What the families are written from. */
struct metrics_source {
	const struct daemon	*daemon;
	const struct coverage	*coverage;
	int64_t			 now_wall_ms;
};

/* A family: its row says all about it. */
struct metric {
	const char		*name;		/* without "trailseal_", unless it begins with "process_" */
	enum metric_type	 type;
	const char		*help;		/* whole sentences */
	void			(*write)(struct metrics_page *, const struct metrics_source *);

	/* Of families that may be large: their samples at most, so that what cannot be shown is not
	 * written first. NULL: writing counts them. */
	size_t			(*count)(const struct metrics_source *);
};

void	metrics_page_begin(struct metrics_page *, const struct metric *);

/* The series that were left out; 0: the family is on the page. */
size_t	metrics_page_end(struct metrics_page *);

/* Both, with what the row writes in between. */
size_t	metrics_page_add(struct metrics_page *, const struct metric *,
	    const struct metrics_source *);

/* Label names and values in pairs, ended by NULL; no label without a value. */
void	metrics_add(struct metrics_page *, double value, ...) __attribute__((sentinel));
void	metrics_add_count(struct metrics_page *, uint64_t value, ...) __attribute__((sentinel));
void	metrics_add_time(struct metrics_page *, int64_t wall_ms, ...) __attribute__((sentinel));

/* The same for the parts of a histogram: the name goes on with "_bucket", "_sum" or "_count". */
void	metrics_add_part(struct metrics_page *, const char *part, double value, ...)
	    __attribute__((sentinel));

/* The families, in the order of the page: those with many series last. */
extern const struct metric	metrics_world[];	/* metrics_world.c; ended by a NULL name */
extern const struct metric	metrics_coverage[];
extern const struct metric	metrics_self[];		/* metrics_self.c */
extern const struct metric	metrics_events[];	/* metrics_events.c */
extern const struct metric	metrics_queues[];	/* metrics_queues.c */
extern const struct metric	metrics_process[];	/* metrics_process.c */

#endif
