/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a source, the two kinds that need no waiting, and what the kinds share. */
#include "aws/source.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/names.h"
#include "base/stamp.h"
#include "base/text.h"

#define SOURCE_TOKEN_MAX_BYTES	20000	/* STS takes no longer web identity token */

static const struct source_kind *const source_kinds[PLAN_BASES] = {
	[PLAN_ENVIRONMENT] = &source_environment,
	[PLAN_KEYS] = &source_keys,
	[PLAN_PROCESS] = &source_process,
	[PLAN_WEB_IDENTITY] = &source_web_identity,
	[PLAN_CONTAINER] = &source_container,
	[PLAN_IMDS] = &source_imds,
};

static void
source_on_timer(void *arg)
{
	struct source *s = arg;

	s->kind->begin(s);
}

struct source *
source_new(const struct source_kind *kind, struct sources *sources, const struct plan *plan,
    source_done_fn done, void *arg)
{
	struct source *s = mem_alloc(1, kind->size);

	s->kind = kind;
	s->sources = sources;
	s->plan = plan;
	s->done = done;
	s->arg = arg;
	if (plan != NULL && plan->profile != NULL)
		snprintf(s->label, sizeof(s->label), "%s of profile %s", kind->name, plan->profile);
	else
		snprintf(s->label, sizeof(s->label), "%s", kind->name);
	loop_timer_init(&s->timer, aws_loop(sources->aws), source_on_timer, s);
	loop_timer_set(&s->timer, 0);
	return s;
}

struct source *
source_start(struct sources *sources, const struct plan *plan, source_done_fn done, void *arg)
{
	assert(plan->base > PLAN_NOTHING && plan->base < PLAN_BASES);
	return source_new(source_kinds[plan->base], sources, plan, done, arg);
}

void
source_again(struct source *s, int64_t delay_ms)
{
	loop_timer_set(&s->timer, delay_ms);
}

static void
source_free(struct source *s)
{
	loop_timer_stop(&s->timer);
	if (s->kind->stop != NULL)
		s->kind->stop(s);
	free(s);
}

void
source_cancel(struct source *s)
{
	if (s != NULL)
		source_free(s);
}

void
source_end(struct source *s, struct aws_credentials *credentials, const struct err *err)
{
	struct err failure;

	if (credentials == NULL) {
		failure = *err;
		err_prefix(&failure, "%s", s->label);
		err = &failure;
	}
	s->done(s->arg, credentials, credentials == NULL ? err : NULL);
	aws_credentials_drop(credentials);
	source_free(s);
}

const char *
source_env(const char *name)
{
	const char *value = getenv(name);

	return text_is_empty(value) ? NULL : value;
}

bool
source_is_line(const char *text)
{
	while (*text != '\0' && !iscntrl((unsigned char)*text))
		text++;
	return *text == '\0';
}

bool
source_is_visible(const char *text)
{
	return source_is_line(text) && strchr(text, ' ') == NULL;
}

bool
source_is_url(const char *text)
{
	return source_is_visible(text) &&
	    (text_has_prefix(text, "http://") || text_has_prefix(text, "https://"));
}

struct aws_credentials *
source_make_keys(const struct source *s, const char *access_key_id, const char *secret_access_key,
    const char *session_token, int64_t expires_wall_ms, struct err *err)
{
	struct aws_credentials *c = aws_credentials_new(access_key_id, secret_access_key, session_token,
	    expires_wall_ms, s->label, err);

	/* GetSessionToken gives one without a role, too: taking that for a role costs nothing. */
	if (c != NULL)
		c->is_role_session = !text_is_empty(session_token);
	return c;
}

static int
source_read_json(const struct json *root, const char *token_name, const char *text[3],
    int64_t *ret_expires_wall_ms, struct err *err)
{
	const char *const name[3] = { "AccessKeyId", "SecretAccessKey", token_name };
	const char *expires = NULL;

	for (int i = 0; i < 3; i++)
		if (json_get_string(root, name[i], &text[i], err) < 0)
			return -1;
	for (int i = 0; i < 2; i++)
		if (text_is_empty(text[i]))
			return err_set(err, ERR_MALFORMED, "its answer has no %s", name[i]);
	if (json_get_string(root, "Expiration", &expires, err) < 0)
		return -1;
	if (!text_is_empty(expires) && !stamp_parse_iso(expires, ret_expires_wall_ms))
		return err_set(err, ERR_MALFORMED, "Expiration is no time: %s", expires);
	return 0;
}

struct aws_credentials *
source_parse_keys(const struct source *s, const char *text, size_t len, const char *token_name,
    source_check_fn check, struct err *err)
{
	struct aws_credentials *c = NULL;
	struct arena *arena = arena_new();
	const char *key[3] = { NULL };
	const struct json *root;
	int64_t expires_wall_ms = STAMP_UNKNOWN;

	/* The parser's own message may quote what it stumbled over. */
	if (json_parse(arena, text, len, &root, err) < 0 || root->type != JSON_OBJECT)
		err_set(err, ERR_MALFORMED, "its answer is no JSON object");
	else if ((check == NULL || check(root, err) == 0) &&
	    source_read_json(root, token_name, key, &expires_wall_ms, err) == 0)
		c = source_make_keys(s, key[0], key[1], key[2], expires_wall_ms, err);
	arena_wipe(arena);
	return c;
}

/* A regular file gets as much room as it has bytes; others, /dev/null above all, the cap. */
static int
source_read_fd(struct arena *arena, int fd, size_t max_bytes, char **ret_text, size_t *ret_len,
    struct err *err)
{
	size_t size = max_bytes, len = 0;
	struct stat st;
	char *text;

	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (uintmax_t)st.st_size <= max_bytes)
		size = (size_t)st.st_size;
	text = arena_alloc(arena, size + 2);
	while (len < size + 1) {
		ssize_t n = read(fd, text + len, size + 1 - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_set(err, ERR_CREDENTIALS, "%s", strerror(errno));
		if (n == 0)
			break;
		len += (size_t)n;
	}
	if (len > size)
		return err_set(err, ERR_CREDENTIALS, "more than %zu bytes, or growing while it was read",
		    size);
	text[len] = '\0';
	*ret_text = text;
	*ret_len = len;
	return 0;
}

/*
 * A folder that may not be searched hides whether the file exists (systemd's ProtectHome makes
 * such ones): that is as good as missing. A file that is seen and may not be read is an error.
 */
static bool
source_is_missing(const char *path, int error)
{
	struct stat st;

	return error == ENOENT || error == ENOTDIR || (error == EACCES && stat(path, &st) < 0);
}

int
source_read_file(struct arena *arena, const char *path, size_t max_bytes, char **ret_text,
    size_t *ret_len, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), ret;

	if (fd < 0 && source_is_missing(path, errno))
		return 1;
	if (fd < 0)
		return err_set(err, ERR_CREDENTIALS, "%s: %s", path, strerror(errno));
	ret = source_read_fd(arena, fd, max_bytes, ret_text, ret_len, err);
	if (ret < 0)
		err_prefix(err, "%s", path);
	close(fd);
	return ret;
}

int
source_read_token(struct arena *arena, const char *path, const char **ret_token, struct err *err)
{
	char *text = NULL;
	size_t len = 0;
	int ret = source_read_file(arena, path, SOURCE_TOKEN_MAX_BYTES, &text, &len, err);

	if (ret > 0)
		return err_set(err, ERR_CREDENTIALS, "%s: does not exist", path);
	if (ret < 0)
		return -1;
	while (len > 0 && isspace((unsigned char)text[len - 1]))
		text[--len] = '\0';
	while (isspace((unsigned char)*text)) {
		text++;
		len--;
	}
	if (len == 0)
		return err_set(err, ERR_CREDENTIALS, "%s: empty", path);
	if (strlen(text) != len || !source_is_line(text))
		return err_set(err, ERR_CREDENTIALS, "%s: a token of more than one line", path);
	*ret_token = text;
	return 0;
}

static void
source_begin_environment(struct source *s)
{
	const char *id = source_env("AWS_ACCESS_KEY_ID"), *key = source_env("AWS_SECRET_ACCESS_KEY");
	struct aws_credentials *c = NULL;
	struct err err;

	if (id == NULL || key == NULL)
		err_set(&err, ERR_CREDENTIALS, "%s is not set",
		    id == NULL ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY");
	else
		c = source_make_keys(s, id, key, source_env("AWS_SESSION_TOKEN"), STAMP_UNKNOWN, &err);
	source_end(s, c, &err);
}

static void
source_begin_keys(struct source *s)
{
	const struct plan *plan = s->plan;
	struct aws_credentials *c;
	struct err err;

	c = source_make_keys(s, plan->access_key_id, plan->secret_access_key, plan->session_token,
	    STAMP_UNKNOWN, &err);
	source_end(s, c, &err);
}

const struct source_kind source_environment = {
	.name = "environment",
	.size = sizeof(struct source),
	.begin = source_begin_environment,
};

const struct source_kind source_keys = {
	.name = "keys",
	.size = sizeof(struct source),
	.begin = source_begin_keys,
};
