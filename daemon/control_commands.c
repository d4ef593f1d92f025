/* SPDX-License-Identifier: Apache-2.0 */
/* What can be asked at the control socket: one table. */
#include <string.h>

#include "base/mem.h"
#include "base/stamp.h"
#include "base/text.h"
#include "daemon/control_private.h"

static int
command_status(const struct control_ask *ask, struct err *err)
{
	(void)err;
	control_write_status(ask->daemon, ask->answer);
	return 0;
}

/* ---- silences ---- */

static int
command_list_silences(const struct control_ask *ask, struct err *err)
{
	const struct silences *all = &ask->daemon->silences;
	struct json_writer *w = ask->answer;

	(void)err;
	json_write_key(w, "silences");
	json_write_array(w);
	for (size_t i = 0; i < all->count; i++) {
		const struct silence *s = &all->row[i];

		json_write_object(w);
		json_write_member_i64(w, "id", s->id);
		silence_write(w, s);
		json_write_end_object(w);
	}
	json_write_end_array(w);
	return 0;
}

/* "for_ms" from now on, or "ends" at a time; one of them. */
static int
command_read_end(const struct json *request, int64_t now_wall_ms, int64_t *ret_wall_ms,
    struct err *err)
{
	const char *ends = NULL;
	int64_t for_ms = 0;

	if (json_get_i64(request, "for_ms", &for_ms, err) < 0 ||
	    json_get_string(request, "ends", &ends, err) < 0)
		return -1;
	if ((ends != NULL) == (json_member(request, "for_ms") != NULL))
		return err_set(err, ERR_USAGE, "one of for_ms and ends must be given");
	if (ends != NULL && !stamp_parse_iso(ends, ret_wall_ms))
		return err_set(err, ERR_USAGE, "ends: \"%s\" is no time", ends);
	if (ends == NULL && (for_ms <= 0 || for_ms > SILENCE_LASTS_MAX_MS))
		return err_set(err, ERR_USAGE, "a silence lasts ten years at most");
	if (ends == NULL)
		*ret_wall_ms = now_wall_ms + for_ms;
	return 0;
}

static int
command_read_text(const struct json *request, const char *name, char **ret, struct err *err)
{
	const char *text = NULL;

	if (json_get_string(request, name, &text, err) < 0)
		return -1;
	*ret = mem_strdup(text);
	return 0;
}

static int
command_read_silence(const struct json *request, int64_t now_wall_ms, struct silence *s,
    struct err *err)
{
	s->begins_wall_ms = now_wall_ms;
	if (command_read_text(request, "rule", &s->rule, err) < 0 ||
	    command_read_text(request, "account", &s->account, err) < 0 ||
	    command_read_text(request, "region", &s->region, err) < 0 ||
	    command_read_text(request, "resource", &s->resource, err) < 0 ||
	    command_read_text(request, "author", &s->author, err) < 0 ||
	    command_read_text(request, "reason", &s->reason, err) < 0)
		return -1;
	return command_read_end(request, now_wall_ms, &s->ends_wall_ms, err);
}

static int
command_add_silence(const struct control_ask *ask, struct err *err)
{
	struct silence s = { .id = 0 };

	if (command_read_silence(ask->request, aws_wall_ms(ask->daemon->aws), &s, err) < 0 ||
	    daemon_add_silence(ask->daemon, &s, ask->asker, ask->done, ask->arg, err) < 0) {
		silence_done(&s);
		return -1;
	}
	json_write_member_i64(ask->answer, "id", s.id);
	json_write_member(ask->answer, "author", s.author);
	json_write_member_time(ask->answer, "ends", s.ends_wall_ms);
	return 0;
}

static int
command_expire_silence(const struct control_ask *ask, struct err *err)
{
	int64_t id = 0;

	if (json_get_i64(ask->request, "id", &id, err) < 0)
		return -1;
	return daemon_expire_silence(ask->daemon, id, ask->asker, ask->done, ask->arg, err);
}

/* ---- the table ---- */

static const char *const command_no_members[] = { NULL };
static const char *const command_silence_members[] = {
	"rule", "account", "region", "resource", "author", "reason", "for_ms", "ends", NULL,
};
static const char *const command_id_members[] = { "id", NULL };

static const struct control_command commands[] = {
	{ "status", false, command_no_members, command_status },
	{ "silence-list", false, command_no_members, command_list_silences },
	{ "silence-add", true, command_silence_members, command_add_silence },
	{ "silence-expire", true, command_id_members, command_expire_silence },
};

static bool
command_knows(const struct control_command *command, const char *name)
{
	for (const char *const *m = command->members; *m != NULL; m++)
		if (strcmp(*m, name) == 0)
			return true;
	return strcmp(name, "command") == 0;
}

/* A word that is not understood may be the one that narrows a silence. */
static int
command_check_members(const struct control_command *command, const struct json *request,
    struct err *err)
{
	json_foreach(member, request)
		if (!command_knows(command, member->name))
			return err_set(err, ERR_USAGE, "%s knows no \"%s\"", command->name,
			    member->name);
	return 0;
}

const struct control_command *
control_find_command(const struct json *request, struct err *err)
{
	const char *name = NULL;

	if (request->type != JSON_OBJECT) {
		err_set(err, ERR_MALFORMED, "a request is a JSON object");
		return NULL;
	}
	if (json_get_string(request, "command", &name, err) < 0)
		return NULL;
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (text_same(commands[i].name, name))
			return command_check_members(&commands[i], request, err) < 0 ? NULL :
			    &commands[i];
	err_set(err, ERR_USAGE, "there is no command \"%s\"", name != NULL ? name : "");
	return NULL;
}
