/* SPDX-License-Identifier: Apache-2.0 */
/* What the configuration may say about calls to AWS; see options.h. */
#include "aws/options.h"

#include "aws/call.h"

const struct config_option aws_option_rows[] = {
	{ "max_in_flight", CONFIG_INTEGER, offsetof(struct aws_options, max_in_flight),
	    .preset = "64", .least = 1, .most = 1000,
	    .help = "How many calls to AWS may be under way at once, over all accounts and "
		"regions. Each takes a socket and the memory of its answer." },
	{ "quota_share", CONFIG_RATIO, offsetof(struct aws_options, quota_share),
	    .preset = "0.5",
	    .help = "Which part of AWS's published request limits trailseal may use in each "
		"account and region. The rest stays free for others." },
	{ .name = NULL },
};
