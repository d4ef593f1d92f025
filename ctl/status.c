/* SPDX-License-Identifier: Apache-2.0 */
/* trailsealctl status: how the running daemon is. */
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "base/stamp.h"
#include "base/text.h"
#include "ctl/ctl.h"
#include "settings/settings.h"
#include "wire/json_write.h"

#define STATUS_TEXT_MAX	600	/* bytes of one foreign text */

struct status_options {
	const char	*socket;
	const char	*format;
};

/* ---- the parts of the answer; what it lacks is "?" or 0 ---- */

static int64_t
status_number(const struct json *object, const char *name)
{
	int64_t number = 0;
	struct err err;

	json_get_i64(object, name, &number, &err);
	return number;
}

static bool
status_bool(const struct json *object, const char *name)
{
	bool value = false;
	struct err err;

	json_get_bool(object, name, &value, &err);
	return value;
}

/* Adds the text, cleaned. */
static void
status_add_text(struct buf *out, const struct json *object, const char *name)
{
	char clean[STATUS_TEXT_MAX];
	const char *text = NULL;
	struct err err;

	json_get_string(object, name, &text, &err);
	text = text != NULL ? text : "?";
	buf_adds(out, text_clean(clean, sizeof(clean), text, strlen(text)));
}

static void
status_add_numbers(struct buf *out, const struct json *object, const char *const *names)
{
	for (; *names != NULL; names++)
		buf_addf(out, "%" PRId64 " %s%s", status_number(object, *names), *names,
		    names[1] != NULL ? ", " : "\n");
}

static void
status_add_head(struct buf *out, const char *head)
{
	buf_addf(out, "%-15s", head);
}

/* ---- the table ---- */

static void
status_add_daemon(struct buf *out, const struct json *root)
{
	const struct json *config = json_member(root, "config");

	status_add_head(out, "verdict");
	status_add_text(out, root, "verdict");
	buf_addc(out, '\n');
	status_add_head(out, "trailseald");
	status_add_text(out, root, "version");
	buf_adds(out, ", watches since ");
	status_add_text(out, root, "started");
	buf_addc(out, '\n');
	status_add_head(out, "configuration");
	if (json_member(config, "file") != NULL)
		status_add_text(out, config, "file");
	else
		buf_adds(out, "none");
	buf_adds(out, ", read ");
	status_add_text(out, config, "read");
	buf_adds(out, status_bool(config, "last_reload_good") ? "\n" :
	    "; the LAST RELOAD FAILED, see the log\n");
}

static void
status_add_sight(struct buf *out, const struct json *root)
{
	static const char *const states[] = { "fresh", "stale", "blind", "not-applicable", NULL };
	const struct json *accounts = json_member(root, "accounts");
	const struct json *sweep = json_member(root, "sweep");

	status_add_head(out, "accounts");
	buf_addf(out, "%" PRId64 " of %" PRId64 " seen\n", status_number(accounts, "seen"),
	    status_number(accounts, "known"));
	status_add_head(out, "coverage");
	status_add_numbers(out, json_member(root, "coverage"), states);
	status_add_head(out, "sweep");
	buf_addf(out, "%s, %" PRId64 " questions waiting, %" PRId64 " running; latest answer ",
	    status_bool(sweep, "complete") ? "all was looked at" : "NOT ALL was looked at yet",
	    status_number(sweep, "questions_waiting"), status_number(sweep, "questions_running"));
	status_add_text(out, sweep, "latest_answer");
	buf_addc(out, '\n');
}

static void
status_add_receivers(struct buf *out, const struct json *root)
{
	static const char *const numbers[] = { "pending", "delivered", "dropped", NULL };
	const struct json *receivers = json_member(root, "receivers");

	if (receivers == NULL)
		return;
	json_foreach(r, receivers) {
		const struct json *error = json_member(r, "last_error");

		status_add_head(out, "receiver");
		status_add_text(out, r, "name");
		buf_adds(out, ": ");
		status_add_numbers(out, r, numbers);
		if (error == NULL || json_is(error, ""))
			continue;
		status_add_head(out, "");
		buf_adds(out, "fails: ");
		status_add_text(out, r, "last_error");
		buf_addc(out, '\n');
	}
}

static void
status_add_state(struct buf *out, const struct json *root)
{
	const struct json *store = json_member(root, "store");
	const struct json *ledger = json_member(root, "ledger");

	status_add_head(out, "store");
	if (status_bool(store, "degraded")) {
		buf_adds(out, "DEGRADED: ");
		status_add_text(out, store, "reason");
		buf_addc(out, '\n');
	} else {
		buf_adds(out, "good\n");
	}
	status_add_head(out, "ledger");
	buf_addf(out, "%" PRId64 " records, head ", status_number(ledger, "records"));
	status_add_text(out, ledger, "head");
	buf_addc(out, '\n');
}

static void
status_add_table(struct buf *out, const struct json *root)
{
	static const char *const findings[] = {
		"critical", "high", "medium", "low", "silenced", "pending", NULL,
	};

	status_add_daemon(out, root);
	status_add_sight(out, root);
	status_add_head(out, "findings");
	status_add_numbers(out, json_member(root, "findings"), findings);
	status_add_head(out, "silences");
	buf_addf(out, "%" PRId64 "\n", status_number(root, "silences"));
	status_add_receivers(out, root);
	status_add_state(out, root);
}

/* ---- the verb ---- */

static enum ctl_exit
status_code(const struct json *root)
{
	const struct json *verdict = json_member(root, "verdict");

	return json_is(verdict, "pass") ? CTL_GOOD : json_is(verdict, "fail") ? CTL_FAILS :
	    CTL_UNKNOWN;
}

static enum ctl_exit
status_write(const struct json *root, bool is_json)
{
	struct json_writer *w;
	enum ctl_exit code;
	struct buf out;

	buf_init(&out, 4 * 1024 * 1024);
	if (is_json) {
		w = json_writer_new(&out, true);
		json_write_tree(w, root);
		json_writer_free(w);
		if (out.len > 0 && out.data[out.len - 1] != '\n')
			buf_addc(&out, '\n');
	} else {
		status_add_table(&out, root);
	}
	code = ctl_write(&out, status_code(root));
	buf_done(&out);
	return code;
}

static enum ctl_exit
status_run(const void *arg)
{
	const struct status_options *options = arg;
	struct arena *arena = arena_new();
	const struct json *root;
	enum ctl_exit code;
	struct buf request;
	struct err err;
	bool is_json;

	buf_init(&request, 64);
	buf_adds(&request, "{\"command\": \"status\"}\n");
	if (!ctl_wants_json(options->format, &is_json))
		code = CTL_USAGE;
	else if (ctl_ask_daemon(options->socket, &request, arena, &root, &err) < 0)
		code = ctl_complain_daemon(&err);
	else
		code = status_write(root, is_json);
	buf_done(&request);
	arena_free(arena);
	return code;
}

static const struct ctl_option status_options[] = {
	{ "socket", "PATH", CTL_TEXT, offsetof(struct status_options, socket),
	    "The daemon's control socket; " SETTINGS_CONTROL_SOCKET " unless given." },
	{ "format", "FORMAT", CTL_TEXT, offsetof(struct status_options, format),
	    "table or json; on a terminal a table unless given." },
	{ .name = NULL },
};

const struct ctl_verb status_verb = {
	.name = "status",
	.summary = "Tell how the running daemon is.",
	.help = "Asks trailseald what it sees, what fires, and how it is itself. Exits with 0 when "
	    "nothing fires; with 1 when a finding fires that no silence holds; with 3 when something "
	    "cannot be seen, the daemon is hindered (the last reload failed, the store is degraded, a "
	    "receiver fails while alerts wait for it), or it cannot be reached.",
	.options = status_options,
	.size = sizeof(struct status_options),
	.run = status_run,
};
