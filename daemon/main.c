/* SPDX-License-Identifier: Apache-2.0 */
/* trailseald: watches in the foreground until it is told to stop. */
#include "config.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "daemon/life.h"
#include "daemon/web.h"

#define MAIN_CONFIG	"/etc/trailseal/trailseal.yaml"	/* where there is one, unless told */

enum main_exit {
	MAIN_GOOD = 0,
	MAIN_FAILED = 1,	/* it could not start */
	MAIN_USAGE = 2,
	MAIN_CONFIG_BAD = 78,	/* EX_CONFIG of sysexits: systemd does not start it again */
};

static const char main_help[] =
	"usage: trailseald [--config FILE] [--check-config]\n\n"
	"Watches the encryption of AWS CloudTrail in the foreground, and logs to the journal or to\n"
	"standard error. SIGHUP reads the configuration again, SIGTERM and SIGINT stop.\n\n"
	"  --config FILE   The configuration; " MAIN_CONFIG " where it exists.\n"
	"                  Without any, the account of the ambient credentials is watched.\n"
	"  --check-config  Only read the configuration: 0 when it is good, 78 when not.\n"
	"  --help          Show this.\n"
	"  --version       Show the version.\n";

static const struct option main_options[] = {
	{ "config",       required_argument, NULL, 'c' },
	{ "check-config", no_argument,       NULL, 'k' },
	{ "help",         no_argument,       NULL, 'h' },
	{ "version",      no_argument,       NULL, 'v' },
	{ NULL, 0, NULL, 0 },
};

static void
main_on_stop(void *arg)
{
	struct daemon *d = arg;

	loop_stop(d->loop);
}

static void
main_on_reload(void *arg)
{
	life_reload(arg);
}

static int
main_run(const char *config_path, struct settings *settings, struct scope *scope)
{
	struct daemon d = { .config_path = NULL };
	struct loop_signal *signals[3];
	struct err err;
	int code = MAIN_FAILED;

	if (life_begin(&d, config_path, settings, scope, &err) < 0) {
		log_error(NULL, "%s", err.text);
	} else {
		signals[0] = loop_signal_new(d.loop, SIGTERM, main_on_stop, &d);
		signals[1] = loop_signal_new(d.loop, SIGINT, main_on_stop, &d);
		signals[2] = loop_signal_new(d.loop, SIGHUP, main_on_reload, &d);
		life_tell_ready(&d);
		loop_run(d.loop);
		for (int i = 0; i < 3; i++)
			loop_signal_free(signals[i]);
		code = MAIN_GOOD;
	}
	life_end(&d);
	return code;
}

/* All but the web configuration file was read already. */
static int
main_check(struct settings *settings, struct scope *scope)
{
	struct err err;
	bool is_good = web_check(&settings->web, &err) == 0;

	if (!is_good)
		fprintf(stderr, "%s\n", err.text);
	scope_done(scope);
	settings_free(settings);
	return is_good ? MAIN_GOOD : MAIN_CONFIG_BAD;
}

int
main(int argc, char **argv)
{
	const char *config_path = access(MAIN_CONFIG, F_OK) == 0 ? MAIN_CONFIG : NULL;
	struct settings *settings;
	struct scope scope;
	bool only_checks = false;
	int option;

	secret_protect_process();
	mem_keep_freed();
	signal(SIGPIPE, SIG_IGN);
	while ((option = getopt_long(argc, argv, "", main_options, NULL)) != -1) {
		switch (option) {
		case 'c':
			config_path = optarg;
			break;
		case 'k':
			only_checks = true;
			break;
		case 'h':
			fputs(main_help, stdout);
			return MAIN_GOOD;
		case 'v':
			puts("trailseald " PACKAGE_VERSION);
			return MAIN_GOOD;
		default:
			fprintf(stderr, "Try: trailseald --help\n");
			return MAIN_USAGE;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "trailseald: what is \"%s\"?\n", argv[optind]);
		return MAIN_USAGE;
	}
	if (!life_read_settings(config_path, &settings, &scope))
		return MAIN_CONFIG_BAD;
	if (only_checks)
		return main_check(settings, &scope);
	return main_run(config_path, settings, &scope);
}
