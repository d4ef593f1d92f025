/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP server: who is let in, and by which rules; see web.h. */
#include "daemon/web.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "daemon/daemon.h"
#include "daemon/web_listen.h"
#include "daemon/web_private.h"

#define WEB_ACCEPTS_MAX	16	/* in one turn */
#define WEB_LOOK_MS	1000	/* the files are looked at this often at most */
#define WEB_RETRY_MS	1000
#define WEB_ERROR_BYTES	4096

void
web_limits_init(struct web_limits *l)
{
	*l = (struct web_limits){
		.connections = 64, .requests = 1000, .request_ms = 10000, .idle_ms = 120000,
	};
}

/* ---- the web configuration file ---- */

/* The first of all errors; the others are logged. */
static int
web_config_fail(struct config_errors *errors, struct err *err)
{
	size_t others = errors->count + errors->hidden - 1;
	struct buf text;

	buf_init(&text, WEB_ERROR_BYTES);
	config_errors_write(errors, &text);
	err_set(err, ERR_CONFIG, "%.*s", (int)strcspn(buf_text(&text), "\n"), buf_text(&text));
	if (others > 0)
		err_prefix(err, "%zu more errors, and first", others);
	buf_done(&text);
	return -1;
}

static void
web_rules_done(struct web_rules *r)
{
	for (size_t i = 0; i < r->file_count; i++)
		free(r->files[i].path);
	web_rate_free(r->rate);
	web_tls_free(r->tls);
	web_config_free(r->config);
	*r = (struct web_rules){ .config = NULL };
}

static void
web_file_look(const char *path, struct web_file *file)
{
	struct stat st;

	if (stat(path, &st) < 0)
		memset(&st, 0, sizeof(st));
	file->device = st.st_dev;
	file->number = st.st_ino;
	file->bytes = st.st_size;
	file->changed = st.st_mtim;
}

static void
web_rules_note_file(struct web_rules *r, const char *path)
{
	struct web_file *file = &r->files[r->file_count];

	if (path == NULL)
		return;
	assert(r->file_count < WEB_FILES);
	file->path = mem_strdup(path);
	web_file_look(path, file);
	r->file_count++;
}

/* Files are looked at before they are read: what changes in between is read once more. */
static int
web_rules_load(const char *path, struct web_rules *ret, struct err *err)
{
	struct web_rules r = { .config = NULL };
	struct config_errors errors = { .file = NULL };
	int status = 0;

	web_rules_note_file(&r, path);
	if (web_config_load(path, &r.config, &errors) < 0)
		status = web_config_fail(&errors, err);
	config_errors_done(&errors);
	if (status == 0 && r.config->tls != NULL) {
		web_rules_note_file(&r, r.config->tls->cert_file);
		web_rules_note_file(&r, r.config->tls->key_file);
		web_rules_note_file(&r, r.config->tls->client_ca_file);
		r.tls = web_tls_new(r.config->tls, err);
		status = r.tls != NULL ? 0 : -1;
	}
	if (status == 0)
		*ret = r;
	else
		web_rules_done(&r);
	return status;
}

static void
web_rules_use(struct web *web, struct web_rules *r)
{
	web_rules_done(&web->rules);
	web->rules = *r;
	web->counters.is_config_good = true;
	web_auth_set_users(web->auth, r->config->users, r->config->user_count);
	web->rules.rate = web_rate_new(r->config->rate_limit, loop_mono_ms(web->loop));
	web_listen_url(web->fd, web->rules.tls != NULL, web->url, sizeof(web->url));
}

static bool
web_file_has_changed(struct web_file *file)
{
	struct web_file now;

	web_file_look(file->path, &now);
	if (now.device == file->device && now.number == file->number && now.bytes == file->bytes &&
	    now.changed.tv_sec == file->changed.tv_sec &&
	    now.changed.tv_nsec == file->changed.tv_nsec)
		return false;
	now.path = file->path;
	*file = now;
	return true;
}

/* Certificates are renewed by others; half a renewal is refused, and the whole read later. */
static void
web_look_at_files(struct web *web)
{
	struct web_rules r;
	bool has_changed = false;
	struct err err;

	if (loop_mono_ms(web->loop) - web->looked_mono_ms < WEB_LOOK_MS)
		return;
	web->looked_mono_ms = loop_mono_ms(web->loop);
	for (size_t i = 0; i < web->rules.file_count; i++)
		has_changed |= web_file_has_changed(&web->rules.files[i]);
	if (!has_changed)
		return;
	if (web_rules_load(web->config_path, &r, &err) == 0) {
		web_rules_use(web, &r);
		log_notice(NULL, "%s or a file that it names has changed and was read anew",
		    web->config_path);
		return;
	}
	web->counters.is_config_good = false;
	log_error(NULL, "the old web configuration stays: %s", err.text);
}

int
web_check(const struct web_settings *s, struct err *err)
{
	struct web_rules r;

	if (web_rules_load(s->config_file, &r, err) < 0)
		return -1;
	web_rules_done(&r);
	return 0;
}

/* ---- letting in ---- */

static void	web_on_client(void *);

static void
web_let_in(struct web *web, bool yes)
{
	if (yes == (web->watch != NULL))
		return;
	if (yes) {
		web->watch = loop_watch_new(web->loop, web->fd, web_on_client, web);
	} else {
		loop_watch_free(web->watch);
		web->watch = NULL;
	}
}

static void
web_on_retry(void *arg)
{
	web_let_in(arg, true);
}

static bool
web_has_room(const struct web *web)
{
	return web->counters.connections < web->limits.connections ||
	    web_conns_find_idle(web) != NULL;
}

/* False when nobody waits, or nobody can be let in now. */
static bool
web_accept(struct web *web)
{
	int fd = accept4(web->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd >= 0) {
		if (web->counters.connections >= web->limits.connections)
			web_conn_give_up(web_conns_find_idle(web));
		web_conn_new(web, fd);
		return true;
	}
	if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
		log_warning(NULL, "no HTTP client is let in for a second: %s", strerror(errno));
		web_let_in(web, false);
		loop_timer_set(&web->retry, WEB_RETRY_MS);
	}
	return errno == EINTR || errno == ECONNABORTED;
}

static void
web_on_client(void *arg)
{
	struct web *web = arg;

	web_look_at_files(web);
	for (unsigned i = 0; i < WEB_ACCEPTS_MAX; i++) {
		if (!web_has_room(web)) {
			web_let_in(web, false);
			return;
		}
		if (!web_accept(web))
			return;
	}
}

void
web_note_room(struct web *web)
{
	if (web->fd >= 0 && !loop_timer_is_set(&web->retry))
		web_let_in(web, true);
}

/* ---- the server ---- */

static void
web_on_forget(void *arg)
{
	web_pages_forget(arg, false);
}

/* Takes the socket. */
static void
web_listen_here(struct web *web, int fd, const char *address)
{
	web_let_in(web, false);
	if (web->fd >= 0)
		close(web->fd);
	web->fd = fd;
	free(web->listen);
	web->listen = mem_strdup(address);
	web_let_in(web, true);
}

int
web_configure(struct web *web, const struct web_settings *s, struct err *err)
{
	bool moves = !web->is_passed && !text_same(web->listen, s->listen);
	struct web_rules r;
	int fd = -1;

	if (web_rules_load(s->config_file, &r, err) < 0)
		return -1;
	if (moves && (fd = web_listen(s->listen, err)) < 0) {
		web_rules_done(&r);
		return -1;
	}
	if (moves)
		web_listen_here(web, fd, s->listen);
	free(web->config_path);
	web->config_path = mem_strdup(s->config_file);
	web_rules_use(web, &r);
	return 0;
}

static int
web_adopt(struct web *web, int fd, struct err *err)
{
	if (web_listen_adopt(fd, err) < 0) {
		close(fd);
		return -1;
	}
	web->is_passed = true;
	web_listen_here(web, fd, NULL);
	return 0;
}

struct web *
web_new(struct daemon *d, const struct web_settings *s, const struct web_limits *limits, int fd,
    struct err *err)
{
	struct web *web = mem_alloc(1, sizeof(*web));

	web->daemon = d;
	web->loop = d->loop;
	web->limits = *limits;
	web->fd = -1;
	web->auth = web_auth_new(d->loop);
	TAILQ_INIT(&web->conns);
	loop_timer_init(&web->retry, d->loop, web_on_retry, web);
	loop_timer_init(&web->forget, d->loop, web_on_forget, web);
	if ((fd >= 0 && web_adopt(web, fd, err) < 0) || web_configure(web, s, err) < 0) {
		web_free(web);
		return NULL;
	}
	return web;
}

void
web_free(struct web *web)
{
	if (web == NULL)
		return;
	web_let_in(web, false);
	if (web->fd >= 0)
		close(web->fd);
	web->fd = -1;
	web_conns_free(web);
	web_pages_forget(web, true);
	loop_timer_stop(&web->forget);
	loop_timer_stop(&web->retry);
	web_auth_free(web->auth);
	web_rules_done(&web->rules);
	free(web->config_path);
	free(web->listen);
	free(web);
}

const char *
web_url(const struct web *web)
{
	return web->url;
}

void
web_get_counters(const struct web *web, struct web_counters *ret)
{
	*ret = web->counters;
	ret->comparisons = web_auth_comparisons(web->auth);
}
