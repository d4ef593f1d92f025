/* SPDX-License-Identifier: Apache-2.0 */
/* The control socket: where it is, and who is let in; see control.h. */
#include "daemon/control.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "daemon/control_private.h"

#define CONTROL_BACKLOG		16
#define CONTROL_ACCEPTS_MAX	16	/* in one turn */
#define CONTROL_RETRY_MS	1000
#define CONTROL_MODE		0660

void
control_limits_init(struct control_limits *l)
{
	*l = (struct control_limits){ .connections = 16, .request_ms = 5000, .answer_ms = 30000 };
}

/* ---- letting in ---- */

static void	control_on_client(void *);

static void
control_let_in(struct control *c, bool yes)
{
	if (yes == (c->watch != NULL))
		return;
	if (yes) {
		c->watch = loop_watch_new(c->loop, c->fd, control_on_client, c);
	} else {
		loop_watch_free(c->watch);
		c->watch = NULL;
	}
}

static void
control_on_retry(void *arg)
{
	control_let_in(arg, true);
}

/* False when nobody waits, or nobody can be let in now. */
static bool
control_accept(struct control *c)
{
	int fd = accept4(c->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd >= 0) {
		if (c->count >= c->limits.connections)
			control_conn_give_up(control_conns_find_reading(c));
		control_conn_new(c, fd);
		return true;
	}
	if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
		log_warning(NULL, "nobody is let in at the control socket for a second: %s",
		    strerror(errno));
		control_let_in(c, false);
		loop_timer_set(&c->retry, CONTROL_RETRY_MS);
	}
	return errno == EINTR || errno == ECONNABORTED;
}

static void
control_on_client(void *arg)
{
	struct control *c = arg;

	for (unsigned i = 0; i < CONTROL_ACCEPTS_MAX; i++) {
		if (c->count >= c->limits.connections && control_conns_find_reading(c) == NULL) {
			control_let_in(c, false);
			return;
		}
		if (!control_accept(c))
			return;
	}
}

void
control_note_room(struct control *c)
{
	if (c->fd >= 0 && !loop_timer_is_set(&c->retry))
		control_let_in(c, true);
}

/* ---- the socket ---- */

static int
control_fail(struct err *err, const char *path, const char *what)
{
	return err_set(err, ERR_FILE, "%s: %s: %s", path, what, strerror(errno));
}

/* What a daemon left that was killed. A file that is no socket refuses connections, too: it stays. */
static bool
control_clear_stale(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct stat st;
	bool is_stale;

	if (fd < 0)
		return false;
	is_stale = connect(fd, (const struct sockaddr *)address, sizeof(*address)) < 0 &&
	    errno == ECONNREFUSED;
	close(fd);
	return is_stale && lstat(address->sun_path, &st) == 0 && S_ISSOCK(st.st_mode) &&
	    unlink(address->sun_path) == 0;
}

/* Nobody can connect before listen(), and by then the mode is set. */
static int
control_bind(int fd, const struct sockaddr_un *address, struct err *err)
{
	const struct sockaddr *a = (const struct sockaddr *)address;

	if (bind(fd, a, sizeof(*address)) < 0 && (errno != EADDRINUSE ||
	    !control_clear_stale(address) || bind(fd, a, sizeof(*address)) < 0))
		return control_fail(err, address->sun_path, "bind");
	if (chmod(address->sun_path, CONTROL_MODE) < 0 || listen(fd, CONTROL_BACKLOG) < 0) {
		control_fail(err, address->sun_path, "listen");
		unlink(address->sun_path);
		return -1;
	}
	return 0;
}

static int
control_open(const char *path, struct err *err)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(address.sun_path))
		return err_set(err, ERR_CONFIG, "%s: a socket's path has fewer than %zu bytes", path,
		    sizeof(address.sun_path));
	memcpy(address.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return control_fail(err, path, "socket");
	if (control_bind(fd, &address, err) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static void
control_close(struct control *c)
{
	struct stat st;

	if (c->fd < 0)
		return;
	control_let_in(c, false);
	loop_timer_stop(&c->retry);
	close(c->fd);
	c->fd = -1;
	if (lstat(c->path, &st) == 0 && st.st_dev == c->device && st.st_ino == c->number)
		unlink(c->path);
	free(c->path);
	c->path = NULL;
}

int
control_listen(struct control *c, const char *path, struct err *err)
{
	struct stat st = { .st_dev = 0 };
	int fd;

	if (text_same(c->path, path))
		return 0;
	fd = control_open(path, err);
	if (fd < 0)
		return -1;
	control_close(c);
	lstat(path, &st);
	c->fd = fd;
	c->path = mem_strdup(path);
	c->device = st.st_dev;
	c->number = st.st_ino;
	control_let_in(c, true);
	return 0;
}

struct control *
control_new(struct daemon *d, const struct control_limits *limits)
{
	struct control *c = mem_alloc(1, sizeof(*c));

	c->daemon = d;
	c->loop = d->loop;
	c->limits = *limits;
	c->fd = -1;
	TAILQ_INIT(&c->conns);
	loop_timer_init(&c->retry, d->loop, control_on_retry, c);
	return c;
}

void
control_free(struct control *c)
{
	if (c == NULL)
		return;
	control_close(c);
	control_conns_free(c);
	free(c);
}
