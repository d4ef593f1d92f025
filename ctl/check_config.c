/* SPDX-License-Identifier: Apache-2.0 */
/* trailsealctl check-config: all that is wrong with a configuration, without asking anybody. */
#include <stddef.h>

#include "ctl/ctl.h"
#include "settings/settings.h"

struct check_config_options {
	const char	*config;
};

static enum ctl_exit
check_config_run(const void *arg)
{
	const struct check_config_options *options = arg;
	const char *path = ctl_config_path(options->config);
	struct settings *settings;
	enum ctl_exit code;
	struct buf out;

	if (path == NULL) {
		ctl_complain("there is no %s; name a file with --config", CTL_CONFIG);
		return CTL_USAGE;
	}
	settings = ctl_load_settings(path);
	if (settings == NULL)
		return CTL_USAGE;
	settings_free(settings);
	buf_init(&out, 8192);
	buf_addf(&out, "%s: no errors\n", path);
	code = ctl_write(&out, CTL_GOOD);
	buf_done(&out);
	return code;
}

static const struct ctl_option check_config_options[] = {
	{ "config", "FILE", CTL_TEXT, offsetof(struct check_config_options, config),
	    "The configuration; " CTL_CONFIG " unless given." },
	{ .name = NULL },
};

const struct ctl_verb check_config_verb = {
	.name = "check-config",
	.summary = "Look for errors in the configuration.",
	.help = "Names everything that is wrong with the configuration, one line each, as "
	    "FILE:LINE:COLUMN: OPTION: MESSAGE. Nobody is asked over the network. Exits with 0 or 2.",
	.options = check_config_options,
	.size = sizeof(struct check_config_options),
	.run = check_config_run,
};
