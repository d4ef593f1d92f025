/* SPDX-License-Identifier: Apache-2.0 */
/* trailsealctl test-receivers: one test alert to each, and what came of it; no daemon is needed. */
#include "config.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "ctl/ctl.h"
#include "loop/http.h"
#include "loop/loop.h"
#include "notify/notify.h"
#include "settings/settings.h"

#define TEST_LINE_MAX	1024	/* bytes: a name, and why it failed */

struct test_options {
	const char	*config;
};

struct test {
	struct loop	*loop;
	unsigned	 failures;
};

static void
test_on_done(void *arg, unsigned failures)
{
	struct test *t = arg;

	t->failures = failures;
	loop_stop(t->loop);
}

static void
test_add_line(struct buf *out, const struct receiver_status *r)
{
	char why[sizeof(r->last_error)];

	buf_addf(out, "%s: ", r->name);
	if (r->last_error[0] == '\0')
		buf_adds(out, "ok\n");
	else
		buf_addf(out, "FAILED: %s\n",
		    text_clean(why, sizeof(why), r->last_error, strlen(r->last_error)));
}

static enum ctl_exit
test_write(const struct notify *n, unsigned failures)
{
	size_t count = notify_get_status(n, NULL, 0);
	struct receiver_status *rows = mem_alloc(count, sizeof(*rows));
	enum ctl_exit code;
	struct buf out;

	notify_get_status(n, rows, count);
	buf_init(&out, count * TEST_LINE_MAX);
	for (size_t i = 0; i < count; i++)
		test_add_line(&out, &rows[i]);
	code = ctl_write(&out, failures == 0 ? CTL_GOOD : CTL_FAILS);
	buf_done(&out);
	free(rows);
	return code;
}

/* As the daemon sends them: the same certificates, the same client. */
static enum ctl_exit
test_send(const struct settings *settings)
{
	struct http_options options = {
		.ca_file = getenv("AWS_CA_BUNDLE"), .user_agent = "trailseal/" PACKAGE_VERSION,
	};
	struct test test = { .loop = loop_new() };
	struct notify *notify;
	enum ctl_exit code;
	struct http *http;

	if (text_is_empty(options.ca_file))
		options.ca_file = NULL;
	http = http_new(test.loop, &options);
	notify = notify_new(test.loop, http, NULL);
	notify_configure(notify, &settings->notify);
	notify_test(notify, test_on_done, &test);
	loop_run(test.loop);
	code = test_write(notify, test.failures);
	notify_free(notify);
	http_free(http);
	loop_free(test.loop);
	return code;
}

static enum ctl_exit
test_run(const void *arg)
{
	const struct test_options *options = arg;
	struct settings *settings = ctl_load_settings(options->config);
	enum ctl_exit code = CTL_USAGE;

	if (settings == NULL)
		return CTL_USAGE;
	if (settings->notify.receiver_count == 0)
		ctl_complain("no receiver is configured");
	else
		code = test_send(settings);
	settings_free(settings);
	return code;
}

static const struct ctl_option test_options[] = {
	{ "config", "FILE", CTL_TEXT, offsetof(struct test_options, config),
	    "The configuration; " CTL_CONFIG " unless given." },
	{ .name = NULL },
};

const struct ctl_verb test_receivers_verb = {
	.name = "test-receivers",
	.summary = "Send a test alert to every receiver.",
	.help = "Sends one alert of the kind \"test\" to each receiver of the configuration, whatever "
	    "the routes say, and prints a line for each: its name, and ok or why it failed. Exits "
	    "with 0 when all took it, 1 when one failed, 2 on usage and configuration errors, and "
	    "when there is no receiver.",
	.options = test_options,
	.size = sizeof(struct test_options),
	.run = test_run,
};
