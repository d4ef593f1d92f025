/* SPDX-License-Identifier: Apache-2.0 */
/* trailsealctl silence: findings that nobody is told of until a time; asked of the daemon. */
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "base/stamp.h"
#include "base/text.h"
#include "ctl/ctl.h"
#include "settings/settings.h"
#include "wire/json_write.h"

#define SILENCE_REQUEST_MAX	16000	/* bytes: what the daemon takes */
#define SILENCE_OUTPUT_MAX	((size_t)64 * 1024 * 1024)
#define SILENCE_CELL_MAX	400

struct silence_options {
	const char	*verb, *id;
	const char	*socket, *format;
	const char	*rule, *account, *region, *resource;
	const char	*lasts, *until;
	const char	*reason, *author;
};

typedef enum ctl_exit (*silence_show_fn)(const struct json *answer, bool is_json);

/* ---- asking ---- */

static bool
silence_write_end(struct json_writer *w, const struct silence_options *o)
{
	int64_t ms;

	if ((o->lasts != NULL) == (o->until != NULL)) {
		ctl_complain("give one of --for and --until");
		return false;
	}
	if (o->lasts != NULL && !duration_parse(o->lasts, &ms)) {
		ctl_complain("--for wants a duration such as 12h or 7d, not \"%s\"", o->lasts);
		return false;
	}
	if (o->until != NULL && !stamp_parse_iso(o->until, &ms)) {
		ctl_complain("--until wants a time such as 2026-01-02T03:04:05Z, not \"%s\"", o->until);
		return false;
	}
	if (o->lasts != NULL)
		json_write_member_i64(w, "for_ms", ms);
	else
		json_write_member(w, "ends", o->until);
	return true;
}

static void
silence_write_text(struct json_writer *w, const char *name, const char *text)
{
	if (text != NULL)
		json_write_member(w, name, text);
}

static bool
silence_write_add(struct json_writer *w, const struct silence_options *o)
{
	if (o->reason == NULL) {
		ctl_complain("why? --reason is needed");
		return false;
	}
	silence_write_text(w, "rule", o->rule);
	silence_write_text(w, "account", o->account);
	silence_write_text(w, "region", o->region);
	silence_write_text(w, "resource", o->resource);
	silence_write_text(w, "author", o->author);
	silence_write_text(w, "reason", o->reason);
	return silence_write_end(w, o);
}

static bool
silence_write_list(struct json_writer *w, const struct silence_options *o)
{
	(void)w;
	(void)o;
	return true;
}

static bool
silence_write_expire(struct json_writer *w, const struct silence_options *o)
{
	int64_t id;

	if (o->id == NULL || !text_to_i64(o->id, &id)) {
		ctl_complain("which silence? expire wants the number that list shows");
		return false;
	}
	json_write_member_i64(w, "id", id);
	return true;
}

/* ---- showing ---- */

static enum ctl_exit
silence_print_json(const struct json *answer, enum ctl_exit code)
{
	struct json_writer *w;
	struct buf out;

	buf_init(&out, SILENCE_OUTPUT_MAX);
	w = json_writer_new(&out, true);
	json_write_tree(w, answer);
	json_writer_free(w);
	if (out.len > 0 && out.data[out.len - 1] != '\n')
		buf_addc(&out, '\n');
	code = ctl_write(&out, code);
	buf_done(&out);
	return code;
}

/* It is in force either way; only a disk that fails may lose it. */
static enum ctl_exit
silence_show_change(const struct json *answer, bool is_json)
{
	bool stored = false;
	const char *reason = NULL;
	int64_t id = 0;
	struct err err;
	struct buf out;
	enum ctl_exit code;

	json_get_bool(answer, "stored", &stored, &err);
	json_get_string(answer, "reason", &reason, &err);
	json_get_i64(answer, "id", &id, &err);
	if (!stored)
		ctl_complain("this is in force, but not stored yet: %s", reason ? reason : "no reason");
	code = stored ? CTL_GOOD : CTL_UNKNOWN;
	if (is_json)
		return silence_print_json(answer, code);
	buf_init(&out, 64);
	if (id > 0)
		buf_addf(&out, "silence %" PRId64 "\n", id);
	code = ctl_write(&out, code);
	buf_done(&out);
	return code;
}

static void
silence_add_member(struct buf *out, const char *head, const struct json *s, const char *name)
{
	char clean[SILENCE_CELL_MAX];
	const char *text = NULL;
	struct err err;

	json_get_string(s, name, &text, &err);
	if (text != NULL)
		buf_addf(out, "%s%s", head, text_clean(clean, sizeof(clean), text, strlen(text)));
}

static void
silence_add_row(struct buf *out, const struct json *s)
{
	int64_t id = 0;
	struct err err;

	json_get_i64(s, "id", &id, &err);
	buf_addf(out, "%" PRId64, id);
	silence_add_member(out, "  until ", s, "ends");
	silence_add_member(out, "  ", s, "rule");
	silence_add_member(out, "  account ", s, "account");
	silence_add_member(out, "  region ", s, "region");
	silence_add_member(out, "  ", s, "resource");
	silence_add_member(out, "  (", s, "author");
	silence_add_member(out, ": ", s, "reason");
	buf_adds(out, ")\n");
}

static enum ctl_exit
silence_show_list(const struct json *answer, bool is_json)
{
	const struct json *list = json_member(answer, "silences");
	enum ctl_exit code;
	struct buf out;

	if (is_json)
		return silence_print_json(answer, CTL_GOOD);
	buf_init(&out, SILENCE_OUTPUT_MAX);
	if (list != NULL)
		json_foreach(s, list)
			silence_add_row(&out, s);
	code = ctl_write(&out, CTL_GOOD);
	buf_done(&out);
	return code;
}

/* ---- the verbs ---- */

static const struct silence_verb {
	const char	*name, *command;
	bool		(*write)(struct json_writer *, const struct silence_options *);
	silence_show_fn	 show;
} silence_verbs[] = {
	{ "add", "silence-add", silence_write_add, silence_show_change },
	{ "list", "silence-list", silence_write_list, silence_show_list },
	{ "expire", "silence-expire", silence_write_expire, silence_show_change },
};

#define SILENCE_VERBS	(sizeof(silence_verbs) / sizeof(silence_verbs[0]))

static const struct silence_verb *
silence_find_verb(const char *name)
{
	const char *names[SILENCE_VERBS + 1] = { NULL };

	for (size_t i = 0; i < SILENCE_VERBS; i++) {
		if (text_same(silence_verbs[i].name, name))
			return &silence_verbs[i];
		names[i] = silence_verbs[i].name;
	}
	if (name == NULL)
		ctl_complain("what of silences: add, list or expire?");
	else
		ctl_complain_word("verb of silence", name, names);
	return NULL;
}

static bool
silence_compose(const struct silence_verb *verb, const struct silence_options *o,
    struct buf *request)
{
	struct json_writer *w = json_writer_new(request, false);
	bool is_good;

	json_write_object(w);
	json_write_member(w, "command", verb->command);
	is_good = verb->write(w, o);
	if (is_good)
		json_write_end_object(w);
	json_writer_free(w);
	buf_addc(request, '\n');
	if (is_good && request->overflowed)
		ctl_complain("the texts are too long");
	return is_good && !request->overflowed;
}

static enum ctl_exit
silence_ask(const struct silence_verb *verb, const struct silence_options *o, bool is_json)
{
	struct arena *arena = arena_new();
	enum ctl_exit code = CTL_USAGE;
	const struct json *answer;
	struct buf request;
	struct err err;

	buf_init(&request, SILENCE_REQUEST_MAX);
	if (silence_compose(verb, o, &request)) {
		if (ctl_ask_daemon(o->socket, &request, arena, &answer, &err) < 0)
			code = ctl_complain_daemon(&err);
		else
			code = verb->show(answer, is_json);
	}
	buf_done(&request);
	arena_free(arena);
	return code;
}

static enum ctl_exit
silence_run(const void *arg)
{
	const struct silence_options *o = arg;
	const struct silence_verb *verb = silence_find_verb(o->verb);
	bool is_json;

	if (verb == NULL || !ctl_wants_json(o->format, &is_json))
		return CTL_USAGE;
	if (o->id != NULL && verb->write != silence_write_expire) {
		ctl_complain("%s takes no \"%s\"", verb->name, o->id);
		return CTL_USAGE;
	}
	return silence_ask(verb, o, is_json);
}

static const struct ctl_option silence_options[] = {
	{ "rule", "RULE", CTL_TEXT, offsetof(struct silence_options, rule),
	    "add: findings of this rule." },
	{ "account", "ID", CTL_TEXT, offsetof(struct silence_options, account),
	    "add: findings of this account." },
	{ "region", "NAME", CTL_TEXT, offsetof(struct silence_options, region),
	    "add: findings of this region." },
	{ "resource", "ARN", CTL_TEXT, offsetof(struct silence_options, resource),
	    "add: findings of this resource." },
	{ "for", "DURATION", CTL_TEXT, offsetof(struct silence_options, lasts),
	    "add: from now on for so long, such as 12h." },
	{ "until", "TIME", CTL_TEXT, offsetof(struct silence_options, until),
	    "add: from now on until then, such as 2026-01-02T03:04:05Z." },
	{ "reason", "TEXT", CTL_TEXT, offsetof(struct silence_options, reason),
	    "add: why; kept with it." },
	{ "author", "TEXT", CTL_TEXT, offsetof(struct silence_options, author),
	    "add: who wants it; your user unless given." },
	{ "socket", "PATH", CTL_TEXT, offsetof(struct silence_options, socket),
	    "The daemon's control socket; " SETTINGS_CONTROL_SOCKET " unless given." },
	{ "format", "FORMAT", CTL_TEXT, offsetof(struct silence_options, format),
	    "table or json; on a terminal a table unless given." },
	{ .name = NULL },
};

const struct ctl_verb silence_verb = {
	.name = "silence", .operand = "add|list|expire [ID]",
	.summary = "Keep findings from being told until a time.",
	.help = "add makes a silence: findings that match all that is given are not told to the "
	    "receivers until its end. They stay visible. What still fires at the end is told then; "
	    "that something is over is told to whom it was told that it fires. list shows the "
	    "silences, expire ends one at once. Only root and the daemon's own user may add and "
	    "expire. Exits with 0; with 2 when it was refused; with 3 when the daemon cannot be "
	    "reached, or the change is in force but could not be stored.",
	.options = silence_options,
	.size = sizeof(struct silence_options),
	.operand_offset = offsetof(struct silence_options, verb),
	.operand_count = 2,
	.run = silence_run,
};
