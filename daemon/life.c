/* SPDX-License-Identifier: Apache-2.0 */
/* The daemon's life; see life.h. What is opened here is closed here, in the opposite order. */
#include "config.h"

#include "daemon/life.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <systemd/sd-daemon.h>

#include "base/log.h"
#include "base/text.h"
#include "daemon/anchor.h"
#include "daemon/control.h"
#include "daemon/cycle.h"
#include "daemon/events.h"
#include "daemon/monitor.h"
#include "daemon/web.h"

#define LIFE_STATE_DIRECTORY	"/var/lib/trailseal"
#define LIFE_MINUTE_MS		INT64_C(60000)
#define LIFE_HEARTBEAT_MS	(60 * LIFE_MINUTE_MS)
#define LIFE_STATUS_FIRST_MS	1000
#define LIFE_STATUS_MS		10000
#define LIFE_ERRORS_MAX		(1024 * 1024)	/* bytes of all messages about a configuration */

bool
life_read_settings(const char *config_path, struct settings **ret_settings,
    struct scope *ret_scope)
{
	struct config_errors errors = { .list = NULL };
	struct settings *settings = NULL;
	struct buf text;
	struct err err;
	bool good = settings_load(config_path, &settings, &errors) == 0;

	buf_init(&text, LIFE_ERRORS_MAX);
	if (!good) {
		config_errors_write(&errors, &text);
		fputs(buf_text(&text), stderr);
	} else if (scope_init(ret_scope, settings, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		settings_free(settings);
		good = false;
	} else {
		*ret_settings = settings;
	}
	buf_done(&text);
	config_errors_done(&errors);
	return good;
}

/* ---- what runs by itself ---- */

/* Progress of the loop is what feeds the watchdog: an outage of AWS does not starve it. */
static void
life_on_watchdog(void *arg)
{
	struct daemon *d = arg;

	sd_notify(0, "WATCHDOG=1");
	loop_timer_set(&d->watchdog, d->watchdog_ms);
}

static void
life_on_tick(void *arg)
{
	struct daemon *d = arg;

	cycle_tick(d);
	loop_timer_set(&d->tick, LIFE_MINUTE_MS);
}

static void
life_on_confirm(void *arg)
{
	cycle_confirm(arg);
}

/* "Nothing recorded" must not look like "nothing changed". */
static void
life_on_heartbeat(void *arg)
{
	struct daemon *d = arg;

	anchor_record(d, "heartbeat", NULL);
	loop_timer_set(&d->heartbeat, LIFE_HEARTBEAT_MS);
}

static unsigned
life_count_firing(const struct daemon *d)
{
	unsigned n = 0;

	for (const struct finding *f = findings_first(d->findings); f != NULL; f = f->hh.next)
		n += finding_is_open(f);
	return n;
}

static void
life_on_status(void *arg)
{
	struct daemon *d = arg;
	const struct sweep_progress *p = sweep_progress(d->sweep);

	sd_notifyf(0, "STATUS=%u of %u accounts seen, %u findings firing, %u questions under way",
	    p->accounts_done, p->accounts_known, life_count_firing(d), p->questions_running);
	cycle_close_digest(d);
	loop_timer_set(&d->status, LIFE_STATUS_MS);
}

/* ---- the parts ---- */

static int
life_open_aws(struct daemon *d, struct err *err)
{
	struct http_options http = {
		.ca_file = getenv("AWS_CA_BUNDLE"), .user_agent = "trailseal/" PACKAGE_VERSION,
	};
	struct aws_options aws = d->settings->aws;
	struct creds_options creds = { .session_name = NULL };

	if (text_is_empty(http.ca_file))
		http.ca_file = NULL;
	if (aws_endpoint_options_read(&aws.endpoints, err) < 0)
		return -1;
	if (d->http == NULL)
		d->http = http_new(d->loop, &http);
	d->aws = aws_new(d->loop, d->http, &aws);
	d->creds = creds_new(d->aws, &creds);
	d->world = world_new();
	d->sweep = sweep_new(d->aws, d->creds, d->world, &d->scope.sweep);
	return 0;
}

static const char *
life_state_directory(const struct daemon *d)
{
	const char *given = getenv("STATE_DIRECTORY");

	if (d->settings->state_directory != NULL)
		return d->settings->state_directory;
	return text_is_empty(given) ? LIFE_STATE_DIRECTORY : given;
}

static int
life_open_state(struct daemon *d, struct err *err)
{
	struct outbox_entry *entries = NULL;
	struct store_start start;
	size_t count = 0;

	if (store_open(d->loop, life_state_directory(d), &d->store, &start, err) < 0)
		return -1;
	d->notify = notify_new(d->loop, d->http, d->store);
	notify_configure(d->notify, &d->settings->notify);
	if (store_load_findings(d->store, d->findings, err) < 0 ||
	    store_load_past(d->store, &d->past, err) < 0 ||
	    store_load_silences(d->store, &d->silences, err) < 0 ||
	    events_load(d->events, err) < 0 ||
	    store_load_outbox(d->store, &entries, &count, err) < 0)
		return -1;
	notify_load(d->notify, entries, count);
	monitor_tell_start(d, &start);
	d->has_begun = true;
	return 0;
}

/* systemd passes at most one socket: the pages are served there then. */
static int
life_open_web(struct daemon *d, struct err *err)
{
	struct web_limits limits;
	int fds = sd_listen_fds(1);

	if (fds > 1)
		return err_set(err, ERR_CONFIG, "systemd passed %d sockets where one is wanted", fds);
	web_limits_init(&limits);
	d->web = web_new(d, &d->settings->web, &limits, fds == 1 ? SD_LISTEN_FDS_START : -1, err);
	return d->web != NULL ? 0 : -1;
}

/* "/run/trailseal/control", unless the settings or systemd know better: the first of its list. */
static void
life_control_path(const struct settings *settings, char *out, size_t size)
{
	const char *given = getenv("RUNTIME_DIRECTORY");

	if (settings->control.socket != NULL)
		snprintf(out, size, "%s", settings->control.socket);
	else if (text_is_empty(given))
		snprintf(out, size, "%s", SETTINGS_CONTROL_SOCKET);
	else
		snprintf(out, size, "%.*s/control", (int)strcspn(given, ":"), given);
}

/* Watching goes on without it, or at the old place. */
static void
life_listen_to_control(struct daemon *d)
{
	char path[PATH_MAX];
	struct err err;

	life_control_path(d->settings, path, sizeof(path));
	if (control_listen(d->control, path, &err) < 0)
		log_warning(NULL, "trailsealctl status and silence cannot reach this daemon there: %s",
		    err.text);
}

static void
life_open_control(struct daemon *d)
{
	struct control_limits limits;

	control_limits_init(&limits);
	d->control = control_new(d, &limits);
	life_listen_to_control(d);
}

/* What reaches us from outside. A virtual loop has no descriptors. */
static int
life_open_doors(struct daemon *d, struct err *err)
{
	if (loop_event_base(d->loop) == NULL)
		return 0;
	if (life_open_web(d, err) < 0)
		return -1;
	life_open_control(d);
	return 0;
}

static void
life_start_timers(struct daemon *d)
{
	uint64_t watchdog_us = 0;

	loop_timer_init(&d->confirm, d->loop, life_on_confirm, d);
	loop_timer_init(&d->tick, d->loop, life_on_tick, d);
	loop_timer_init(&d->heartbeat, d->loop, life_on_heartbeat, d);
	loop_timer_init(&d->status, d->loop, life_on_status, d);
	loop_timer_init(&d->watchdog, d->loop, life_on_watchdog, d);
	loop_timer_set(&d->tick, LIFE_MINUTE_MS);
	loop_timer_set(&d->heartbeat, LIFE_HEARTBEAT_MS);
	loop_timer_set(&d->status, LIFE_STATUS_FIRST_MS);
	if (sd_watchdog_enabled(0, &watchdog_us) > 0 && watchdog_us >= 2000) {
		d->watchdog_ms = (int64_t)(watchdog_us / 2000);
		loop_timer_set(&d->watchdog, 0);
	}
}

int
life_begin(struct daemon *d, const char *config_path, struct settings *settings,
    struct scope *scope, struct err *err)
{
	d->config_path = config_path;
	d->settings = settings;
	d->scope = *scope;
	if (d->loop == NULL)
		d->loop = loop_new();
	d->started_wall_ms = d->last_reload_wall_ms = loop_wall_ms(d->loop);
	d->started_mono_ms = loop_mono_ms(d->loop);
	d->last_reload_good = true;
	d->findings = findings_new();
	d->events = events_new(d);
	d->cursors = cursors_new();
	life_start_timers(d);
	if (life_open_aws(d, err) < 0 || life_open_state(d, err) < 0 || life_open_doors(d, err) < 0)
		return -1;
	sweep_watch(d->sweep, &d->settings->intervals, cycle_answered, d);
	events_watch(d->events);
	d->is_serving = true;
	return 0;
}

void
life_tell_ready(const struct daemon *d)
{
	sd_notify(0, "READY=1");
	log_notice(NULL, "trailseald " PACKAGE_VERSION " watches; its pages are at %s", web_url(d->web));
}

/* ---- new settings ---- */

/* What is bound to an open file or database cannot change while running. */
static bool
life_may_reload(const struct daemon *d, const struct settings *settings)
{
	struct err err;

	if (!text_same(d->settings->state_directory, settings->state_directory)) {
		log_error(NULL, "reload: state_directory cannot change while running");
		return false;
	}
	if (d->settings->aws.quota_share != settings->aws.quota_share ||
	    d->settings->aws.max_in_flight != settings->aws.max_in_flight) {
		log_error(NULL, "reload: what \"aws\" says cannot change while running");
		return false;
	}
	if (web_configure(d->web, &settings->web, &err) < 0) {
		log_error(NULL, "reload: %s", err.text);
		return false;
	}
	return true;
}

void
life_take_settings(struct daemon *d, struct settings *settings, const struct scope *scope)
{
	events_forget(d->events);
	sweep_free(d->sweep);
	world_free(d->world);
	notify_configure(d->notify, &settings->notify);
	scope_done(&d->scope);
	settings_free(d->settings);
	d->settings = settings;
	d->scope = *scope;
	d->world = world_new();
	d->sweep = sweep_new(d->aws, d->creds, d->world, &d->scope.sweep);
	d->has_swept = false;
	d->accounts_version = 0;
	d->started_mono_ms = loop_mono_ms(d->loop);
	sweep_watch(d->sweep, &d->settings->intervals, cycle_answered, d);
	events_watch(d->events);
}

static void
life_notify_reloading(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld",
	    (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
}

void
life_reload(struct daemon *d)
{
	struct settings *settings;
	struct scope scope;

	life_notify_reloading();
	d->last_reload_good = life_read_settings(d->config_path, &settings, &scope);
	if (d->last_reload_good && !life_may_reload(d, settings)) {
		scope_done(&scope);
		settings_free(settings);
		d->last_reload_good = false;
	}
	if (d->last_reload_good) {
		life_take_settings(d, settings, &scope);
		life_listen_to_control(d);
		d->last_reload_wall_ms = loop_wall_ms(d->loop);
		log_notice(NULL, "the configuration was read again");
	} else {
		log_error(NULL, "reload: the configuration is bad; the old settings stay");
	}
	sd_notify(0, "READY=1");
}

/* ---- the end ---- */

static void
life_stop_timers(struct daemon *d)
{
	struct loop_timer *timers[] = { &d->confirm, &d->tick, &d->heartbeat, &d->status, &d->watchdog };

	for (size_t i = 0; i < sizeof(timers) / sizeof(timers[0]); i++)
		loop_timer_stop(timers[i]);
}

void
life_end(struct daemon *d)
{
	sd_notify(0, "STOPPING=1");
	life_stop_timers(d);
	control_free(d->control);
	web_free(d->web);
	if (d->events != NULL)
		events_forget(d->events);
	sweep_free(d->sweep);
	if (d->has_begun)
		anchor_record(d, "stop", d->is_serving ? "stopped in order" : "it could not start");
	notify_free(d->notify);
	store_close(d->store);
	events_free(d->events);
	cursors_free(d->cursors);
	world_free(d->world);
	creds_free(d->creds);
	aws_free(d->aws);
	http_free(d->http);
	findings_free(d->findings);
	past_done(&d->past);
	silences_done(&d->silences);
	loop_free(d->loop);
	scope_done(&d->scope);
	settings_free(d->settings);
}
