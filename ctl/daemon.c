/* SPDX-License-Identifier: Apache-2.0 */
/* Asks the running daemon at its control socket; see ctl.h. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/text.h"
#include "ctl/ctl.h"
#include "settings/settings.h"

#define DAEMON_SECONDS		40			/* the daemon gives up earlier */
#define DAEMON_ANSWER_BYTES	((size_t)65 * 1024 * 1024)

static int
daemon_fail(const char *path, struct err *err)
{
	return err_set(err, ERR_NETWORK, "trailseald cannot be reached at %s: %s", path,
	    errno == EAGAIN ? "no answer in time" : strerror(errno));
}

static int
daemon_connect(const char *path, struct err *err)
{
	const struct timeval patience = { .tv_sec = DAEMON_SECONDS };
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(address.sun_path))
		return err_set(err, ERR_USAGE, "%s: too long for a socket's path", path);
	memcpy(address.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return daemon_fail(path, err);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0) {
		daemon_fail(path, err);
		close(fd);
		return -1;
	}
	return fd;
}

/* Until the line is whole. */
static int
daemon_converse(int fd, const char *path, const struct buf *request, struct buf *answer,
    struct err *err)
{
	char bytes[65536];
	ssize_t n;

	if (send(fd, request->data, request->len, MSG_NOSIGNAL) != (ssize_t)request->len)
		return daemon_fail(path, err);
	while (answer->len == 0 || answer->data[answer->len - 1] != '\n') {
		n = recv(fd, bytes, sizeof(bytes), 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return daemon_fail(path, err);
		if (n == 0)
			return err_set(err, ERR_NETWORK, "trailseald at %s gave no whole answer", path);
		buf_add(answer, bytes, (size_t)n);
		if (answer->overflowed)
			return err_set(err, ERR_TOO_LARGE, "the answer of %s is too large", path);
	}
	return 0;
}

static int
daemon_read_answer(struct arena *arena, const struct buf *answer, const struct json **ret,
    struct err *err)
{
	const char *kind = NULL, *error = NULL;
	const struct json *root;
	bool ok = false;

	if (json_parse(arena, answer->data, answer->len, &root, err) < 0 ||
	    json_get_bool(root, "ok", &ok, err) < 0 ||
	    json_get_string(root, "kind", &kind, err) < 0 ||
	    json_get_string(root, "error", &error, err) < 0)
		return -1;
	if (!ok)
		return err_set(err, ERR_REJECTED, "trailseald refuses: %s",
		    error != NULL ? error : "no reason given");
	*ret = root;
	return 0;
}

int
ctl_ask_daemon(const char *path, const struct buf *request, struct arena *arena,
    const struct json **ret_answer, struct err *err)
{
	struct buf answer;
	int fd, result;

	if (path == NULL)
		path = SETTINGS_CONTROL_SOCKET;
	fd = daemon_connect(path, err);
	if (fd < 0)
		return -1;
	buf_init(&answer, DAEMON_ANSWER_BYTES);
	result = daemon_converse(fd, path, request, &answer, err);
	if (result == 0)
		result = daemon_read_answer(arena, &answer, ret_answer, err);
	close(fd);
	buf_done(&answer);
	return result;
}

enum ctl_exit
ctl_complain_daemon(const struct err *err)
{
	ctl_complain("%s", err->text);
	return err->kind == ERR_REJECTED || err->kind == ERR_USAGE ? CTL_USAGE : CTL_UNKNOWN;
}

bool
ctl_wants_json(const char *format, bool *ret)
{
	static const char *const words[] = { "table", "json", NULL };

	if (format == NULL)
		*ret = !isatty(STDOUT_FILENO);
	else if (strcmp(format, "table") == 0 || strcmp(format, "json") == 0)
		*ret = format[0] == 'j';
	else
		ctl_complain_word("format", format, words);
	return format == NULL || strcmp(format, "table") == 0 || strcmp(format, "json") == 0;
}
