/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trailsealctl check: one sweep, one judgement, one report. All that lives on the loop is in
 * struct check, is made in one place, and goes in the opposite order in another.
 */
#include "config.h"

#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "aws/call.h"
#include "aws/creds.h"
#include "base/arena.h"
#include "base/mem.h"
#include "base/names.h"
#include "base/text.h"
#include "ctl/ctl.h"
#include "ctl/progress.h"
#include "loop/http.h"
#include "loop/loop.h"
#include "report/report.h"
#include "rules/rules.h"
#include "settings/scope.h"
#include "settings/settings.h"
#include "sweep/sweep.h"
#include "world/coverage.h"
#include "world/world.h"

#define CHECK_REPORT_MAX	(1024u * 1024 * 1024)	/* bytes */

struct check_options {
	const char	*config;
	struct ctl_list	 accounts, regions;
	const char	*format;
	const char	*fail_on;
	bool		 is_quiet;
};

struct check {
	const struct check_options *options;
	enum severity		 fail_on;
	bool			 is_json;
	struct settings		*settings;
	struct scope		 scope;
	struct loop		*loop;
	struct loop_signal	*signals[2];
	struct http		*http;
	struct aws		*aws;
	struct creds		*creds;
	struct world		*world;
	struct sweep		*sweep;
	struct progress		 progress;
	int64_t			 started_ms;
	bool			 is_interrupted;
};

/* ---- the command line ---------------------------------------------------------------------- */

static bool
check_names(const struct ctl_list *list, bool (*is_name)(const char *), const char *what)
{
	for (size_t i = 0; i < list->count; i++) {
		if (!is_name(list->item[i])) {
			ctl_complain("\"%s\" is not %s", list->item[i], what);
			return false;
		}
	}
	return true;
}

/* A table for people, JSON for programs, unless told. */
static bool
check_choose_format(struct check *c)
{
	static const char *const formats[] = { "table", "json", NULL };
	const char *format = c->options->format;

	if (format == NULL)
		format = isatty(STDOUT_FILENO) ? "table" : "json";
	c->is_json = strcmp(format, "json") == 0;
	if (c->is_json || strcmp(format, "table") == 0)
		return true;
	ctl_complain_word("format", format, formats);
	return false;
}

static bool
check_choose_severity(struct check *c)
{
	const char *names[] = {
		severity_name(SEVERITY_LOW), severity_name(SEVERITY_MEDIUM),
		severity_name(SEVERITY_HIGH), severity_name(SEVERITY_CRITICAL), NULL,
	};

	c->fail_on = SEVERITY_LOW;
	if (c->options->fail_on == NULL || severity_parse(c->options->fail_on, &c->fail_on))
		return true;
	ctl_complain_word("severity", c->options->fail_on, names);
	return false;
}

static bool
check_read_options(struct check *c)
{
	return check_choose_format(c) && check_choose_severity(c) &&
	    check_names(&c->options->accounts, name_is_account, "an account id, of 12 digits") &&
	    check_names(&c->options->regions, name_is_region, "the name of a region");
}

/* What to look at: the configuration, narrowed by the command line. */
static bool
check_read_scope(struct check *c)
{
	struct sweep_scope *sweep = &c->scope.sweep;
	struct err err;

	c->settings = ctl_load_settings(c->options->config);
	if (c->settings == NULL)
		return false;
	if (scope_init(&c->scope, c->settings, &err) < 0) {
		ctl_complain("%s", err.text);
		return false;
	}
	sweep->only_accounts = c->options->accounts.item;
	sweep->only_account_count = c->options->accounts.count;
	sweep->only_regions = c->options->regions.item;
	sweep->only_region_count = c->options->regions.count;
	return true;
}

/* ---- the sweep ----------------------------------------------------------------------------- */

static void
check_on_signal(void *arg)
{
	struct check *c = arg;

	c->is_interrupted = true;
	loop_stop(c->loop);
}

static void
check_on_done(void *arg)
{
	struct check *c = arg;

	loop_stop(c->loop);
}

static bool
check_open(struct check *c)
{
	struct http_options http = {
		.ca_file = getenv("AWS_CA_BUNDLE"), .user_agent = "trailseal/" PACKAGE_VERSION,
		.max_connections = c->settings->aws.max_in_flight,
	};
	struct aws_options aws = c->settings->aws;
	struct creds_options creds = { .session_name = NULL };
	struct err err;

	if (text_is_empty(http.ca_file))
		http.ca_file = NULL;
	if (aws_endpoint_options_read(&aws.endpoints, &err) < 0) {
		ctl_complain("%s", err.text);
		return false;
	}
	c->loop = loop_new();
	c->http = http_new(c->loop, &http);
	c->aws = aws_new(c->loop, c->http, &aws);
	c->creds = creds_new(c->aws, &creds);
	c->world = world_new();
	c->sweep = sweep_new(c->aws, c->creds, c->world, &c->scope.sweep);
	c->signals[0] = loop_signal_new(c->loop, SIGINT, check_on_signal, c);
	c->signals[1] = loop_signal_new(c->loop, SIGTERM, check_on_signal, c);
	return true;
}

static void
check_sweep(struct check *c)
{
	c->started_ms = loop_wall_ms(c->loop);
	if (!c->options->is_quiet && isatty(STDERR_FILENO))
		progress_start(&c->progress, c->loop, c->aws, c->sweep);
	sweep_start(c->sweep, check_on_done, c);
	loop_run(c->loop);
	progress_stop(&c->progress);
}

static void
check_close(struct check *c)
{
	if (c->loop != NULL) {
		loop_signal_free(c->signals[0]);
		loop_signal_free(c->signals[1]);
		sweep_free(c->sweep);
		world_free(c->world);
		creds_free(c->creds);
		aws_free(c->aws);
		http_free(c->http);
		loop_free(c->loop);
	}
	scope_done(&c->scope);
	settings_free(c->settings);
}

/* ---- the report ---------------------------------------------------------------------------- */

static unsigned
check_columns(void)
{
	struct winsize window = { .ws_col = 0 };

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0)
		return window.ws_col;
	return 0;
}

/* Colours are for terminals, and not for those who ask for none (no-color.org). */
static bool
check_has_colour(void)
{
	return isatty(STDOUT_FILENO) && text_is_empty(getenv("NO_COLOR")) &&
	    !text_same(getenv("TERM"), "dumb");
}

/* Where nothing at all was seen, one cause lies behind it mostly: it is told at once. */
static void
check_tell_blindness(const struct coverage *coverage)
{
	const struct coverage_row *first = NULL;

	for (size_t i = 0; i < coverage->count; i++) {
		const struct coverage_row *row = &coverage->row[i];

		if (row->collector == COLLECT_TRAILS && row->state == COVERAGE_FRESH)
			return;
		if (first == NULL && row->state == COVERAGE_BLIND)
			first = row;
	}
	if (first != NULL)
		ctl_complain("nothing could be seen: %s", first->reason);
	else
		ctl_complain("there was nothing to look at");
}

/* The accounts of the command line are among the watched ones, as far as these are known. */
static bool
check_has_accounts(const struct check *c)
{
	const struct ctl_list *list = &c->options->accounts;

	for (size_t i = 0; i < list->count; i++) {
		if (world_find_account(c->world, list->item[i]) == NULL &&
		    sweep_accounts_reading(c->sweep)->state != READING_FAILED) {
			ctl_complain("account %s is not watched", list->item[i]);
			return false;
		}
	}
	return true;
}

static enum ctl_exit
check_write(const struct check *c, const struct report *report)
{
	static const enum ctl_exit exits[] = {
		[VERDICT_PASS] = CTL_GOOD, [VERDICT_FAIL] = CTL_FAILS,
		[VERDICT_UNKNOWN] = CTL_UNKNOWN,
	};
	enum ctl_exit code = exits[report_verdict(report)];
	struct buf out;

	if (c->options->is_quiet)
		return code;
	buf_init(&out, CHECK_REPORT_MAX);
	if (c->is_json)
		report_add_json(report, &out);
	else
		report_add_table(report, &out);
	if (c->is_json)
		buf_addc(&out, '\n');
	code = ctl_write(&out, code);
	buf_done(&out);
	return code;
}

static enum ctl_exit
check_report(struct check *c)
{
	struct arena *arena = arena_new();
	struct observations observations;
	struct coverage coverage;
	struct report report = {
		.version = PACKAGE_VERSION, .world = c->world, .observations = &observations,
		.coverage = &coverage, .started_ms = c->started_ms,
		.finished_ms = loop_wall_ms(c->loop), .fail_on = c->fail_on,
		.regions_are_given = c->scope.sweep.region_count + c->options->regions.count > 0,
		.columns = check_columns(), .has_colour = check_has_colour(),
	};
	enum ctl_exit code = CTL_USAGE;

	observations_init(&observations, arena);
	observations.is_brief = true;	/* what passes is not reported */
	rules_judge(&c->scope.rules, c->world, aws_wall_ms(c->aws), &observations);
	coverage_read(c->world, sweep_accounts_reading(c->sweep), &coverage);
	if (check_has_accounts(c)) {
		check_tell_blindness(&coverage);
		code = check_write(c, &report);
	}
	coverage_done(&coverage);
	observations_done(&observations);
	arena_free(arena);
	return code;
}

static enum ctl_exit
check_run(const void *options)
{
	struct check c = { .options = options };
	enum ctl_exit code = CTL_USAGE;

	if (check_read_options(&c) && check_read_scope(&c) && check_open(&c)) {
		check_sweep(&c);
		if (c.is_interrupted)
			ctl_complain("interrupted: nothing was judged");
		code = c.is_interrupted ? CTL_UNKNOWN : check_report(&c);
	}
	check_close(&c);
	return code;
}

static const struct ctl_option check_options[] = {
	{ "config", "FILE", CTL_TEXT, offsetof(struct check_options, config),
	    "The configuration; " CTL_CONFIG " where it exists. Without any, the account of the "
	    "ambient credentials is looked at in all its enabled regions." },
	{ "account", "ID", CTL_LIST, offsetof(struct check_options, accounts),
	    "Look at this one of the watched accounts only. May be given more than once." },
	{ "region", "NAME", CTL_LIST, offsetof(struct check_options, regions),
	    "Look at this region only. May be given more than once." },
	{ "format", "FORMAT", CTL_TEXT, offsetof(struct check_options, format),
	    "table, for people, or json. Without it, table on a terminal and json elsewhere." },
	{ "fail-on", "SEVERITY", CTL_TEXT, offsetof(struct check_options, fail_on),
	    "low, medium, high or critical: findings below it are reported, but leave the verdict "
	    "and the exit code alone. Without it, low." },
	{ "quiet", NULL, CTL_FLAG, offsetof(struct check_options, is_quiet),
	    "Write no report and no progress: the exit code tells." },
	{ .name = NULL },
};

const struct ctl_verb check_verb = {
	.name = "check",
	.summary = "Look once at the watched accounts, and judge what is there.",
	.help = "Asks AWS once about the trails, keys and buckets of all watched accounts, judges "
	    "them by the rules, and writes a report. Exits with 0 when all is good, 1 when a finding "
	    "fails, 2 on usage and configuration errors, 3 when nothing fails but something could "
	    "not be seen.",
	.options = check_options,
	.size = sizeof(struct check_options),
	.run = check_run,
};
