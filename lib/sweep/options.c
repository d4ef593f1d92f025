/* SPDX-License-Identifier: Apache-2.0 */
/* The options of watching; see options.h. */
#include "sweep/options.h"

#include "sweep/sweep.h"

#define OPTIONS_SECOND_MS	INT64_C(1000)
#define OPTIONS_HOUR_MS		(3600 * OPTIONS_SECOND_MS)
#define OPTIONS_MOST_MS		(7 * 24 * OPTIONS_HOUR_MS)

const struct config_option sweep_interval_rows[] = {
	{ "trails", CONFIG_DURATION, offsetof(struct sweep_intervals, trails_ms),
	    .preset = "5m", .least = 10 * OPTIONS_SECOND_MS, .most = OPTIONS_MOST_MS,
	    .help = "Trails and their status, in regions that hold the home of a trail, a watched key "
		"or a bucket." },
	{ "quiet", CONFIG_DURATION, offsetof(struct sweep_intervals, quiet_ms),
	    .preset = "1h", .least = 10 * OPTIONS_SECOND_MS, .most = OPTIONS_MOST_MS,
	    .help = "Trails in all other regions." },
	{ "keys", CONFIG_DURATION, offsetof(struct sweep_intervals, keys_ms),
	    .preset = "5m", .least = 10 * OPTIONS_SECOND_MS, .most = OPTIONS_MOST_MS,
	    .help = "The state, policy and rotation of keys that trails use." },
	{ "buckets", CONFIG_DURATION, offsetof(struct sweep_intervals, buckets_ms),
	    .preset = "1h", .least = 10 * OPTIONS_SECOND_MS, .most = OPTIONS_MOST_MS,
	    .help = "Buckets of watched accounts, and their policies." },
	{ "foreign_buckets", CONFIG_DURATION, offsetof(struct sweep_intervals, foreign_ms),
	    .preset = "24h", .least = 10 * OPTIONS_SECOND_MS, .most = OPTIONS_MOST_MS,
	    .help = "Buckets that may not be entered: each look is a denied call in their owner's "
		"records." },
	{ "accounts", CONFIG_DURATION, offsetof(struct sweep_intervals, accounts_ms),
	    .preset = "1h", .least = 60 * OPTIONS_SECOND_MS, .most = OPTIONS_MOST_MS,
	    .help = "The list of the organization's accounts, and of each account's regions." },
	{ "events", CONFIG_DURATION, offsetof(struct sweep_intervals, events_ms),
	    .preset = "1m", .least = 5 * OPTIONS_SECOND_MS, .most = OPTIONS_HOUR_MS,
	    .help = "CloudTrail's event history, where a watched trail, key or bucket lives." },
	{ "event_names", CONFIG_DURATION, offsetof(struct sweep_intervals, names_ms),
	    .preset = "1h", .least = 60 * OPTIONS_SECOND_MS, .most = OPTIONS_MOST_MS,
	    .help = "The event history of the monitor's own roles, and of who uses keys where "
		"event-key-used is enabled." },
	{ "denied", CONFIG_DURATION, offsetof(struct sweep_intervals, denied_ms),
	    .preset = "6h", .least = 60 * OPTIONS_SECOND_MS, .most = OPTIONS_MOST_MS,
	    .help = "What was denied is asked again after this time." },
	{ .name = NULL },
};
