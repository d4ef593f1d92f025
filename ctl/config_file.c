/* SPDX-License-Identifier: Apache-2.0 */
/* Which configuration a verb uses, and what is wrong with it; see ctl.h. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "ctl/ctl.h"
#include "settings/settings.h"

#define CONFIG_FILE_ERRORS_MAX	(1024 * 1024)	/* bytes of all messages */

/* One that exists but cannot be reached is not passed over. */
const char *
ctl_config_path(const char *path)
{
	if (path != NULL)
		return path;
	return access(CTL_CONFIG, F_OK) == 0 || errno != ENOENT ? CTL_CONFIG : NULL;
}

struct settings *
ctl_load_settings(const char *path)
{
	struct config_errors errors = { .list = NULL };
	struct settings *settings = NULL;
	struct buf text;

	buf_init(&text, CONFIG_FILE_ERRORS_MAX);
	if (settings_load(ctl_config_path(path), &settings, &errors) < 0) {
		config_errors_write(&errors, &text);
		fputs(buf_text(&text), stderr);
		settings = NULL;
	}
	buf_done(&text);
	config_errors_done(&errors);
	return settings;
}
