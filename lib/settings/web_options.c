/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of the HTTP pages; see web_options.h. */
#include "settings/web_options.h"

const struct config_option web_option_rows[] = {
	{ "listen", CONFIG_TEXT, offsetof(struct web_settings, listen),
	    .preset = "127.0.0.1:10117", .form = &config_form_listen,
	    .help = "Address and port of the HTTP pages: metrics, health, findings. A socket that "
		"systemd passes is used instead." },
	{ "config_file", CONFIG_PATH, offsetof(struct web_settings, config_file),
	    .help = "TLS, client certificates and passwords of the HTTP pages, in the form that "
		"Prometheus exporters have in common; see trailseal-web.yaml(5)." },
	{ "max_series", CONFIG_INTEGER, offsetof(struct web_settings, max_series),
	    .preset = "100000", .least = 1000, .most = 10000000,
	    .help = "How many series the metrics page may have. Metrics that would exceed it are "
		"left out whole, those on coverage first, and trailseal_series_left_out says which." },
	{ .name = NULL },
};
