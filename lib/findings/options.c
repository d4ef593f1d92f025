/* SPDX-License-Identifier: Apache-2.0 */
/* What the configuration may say about findings; see options.h. */
#include "findings/options.h"

#define OPTIONS_MINUTE_MS	INT64_C(60000)
#define OPTIONS_DAY_MS		INT64_C(86400000)

const struct config_option findings_option_rows[] = {
	{ "confirmations", CONFIG_INTEGER, offsetof(struct findings_settings, confirmations),
	    .preset = "2", .least = 1, .most = 10,
	    .help = "How many answers of AWS in a row must show a failure before it is told, and "
		"as many that it is over." },
	{ "confirm_within", CONFIG_DURATION, offsetof(struct findings_settings, confirm_ms),
	    .preset = "10s", .least = 1000, .most = 10 * OPTIONS_MINUTE_MS,
	    .help = "How soon trailseal looks again at a new failure." },
	{ "reminder", CONFIG_DURATION, offsetof(struct findings_settings, reminder_ms),
	    .preset = "1d", .least = 10 * OPTIONS_MINUTE_MS, .most = 365 * OPTIONS_DAY_MS,
	    .help = "How long after it was told last a failure that lasts is told again." },
	{ "flap_count", CONFIG_INTEGER, offsetof(struct findings_settings, flap_count),
	    .preset = "3", .least = 1, .most = 100,
	    .help = "After so many failures in short order a finding is not told as over before it "
		"has been quiet for flap_window." },
	{ "flap_window", CONFIG_DURATION, offsetof(struct findings_settings, flap_window_ms),
	    .preset = "1h", .least = OPTIONS_MINUTE_MS, .most = 7 * OPTIONS_DAY_MS,
	    .help = "Failures with less quiet than this between them are in short order." },
	{ "forget", CONFIG_DURATION, offsetof(struct findings_settings, forget_ms),
	    .preset = "7d", .least = 60 * OPTIONS_MINUTE_MS, .most = 365 * OPTIONS_DAY_MS,
	    .help = "How long what is over is still shown." },
	{ .name = NULL },
};
