/* SPDX-License-Identifier: Apache-2.0 */
/* Listening sockets of the HTTP pages; see web_listen.h. */
#include "daemon/web_listen.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LISTEN_BACKLOG	128

/* For freeaddrinfo(), or NULL. The form of the text was checked by the configuration. */
static struct addrinfo *
listen_resolve(const char *text, struct err *err)
{
	struct addrinfo hints = { .ai_flags = AI_PASSIVE | AI_NUMERICSERV,
		.ai_socktype = SOCK_STREAM }, *found = NULL;
	const char *colon = strrchr(text, ':');
	char host[256] = "";
	int failure;

	if (colon == NULL) {
		err_set(err, ERR_CONFIG, "web.listen: %s is no address and port", text);
		return NULL;
	}
	if (text[0] == '[' && colon > text + 1)
		snprintf(host, sizeof(host), "%.*s", (int)(colon - text - 2), text + 1);
	else
		snprintf(host, sizeof(host), "%.*s", (int)(colon - text), text);
	failure = getaddrinfo(host, colon + 1, &hints, &found);
	if (failure == 0)
		return found;
	err_set(err, ERR_CONFIG, "web.listen: %s: %s", text, gai_strerror(failure));
	return NULL;
}

/* evhttp forgets TCP_NODELAY, which costs a page of a megabyte nine tenths of its speed. Sockets
 * that are accepted inherit it; a socket of another family has no such option. */
static void
listen_set_nodelay(int fd)
{
	int on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

static int
listen_on(const struct addrinfo *address)
{
	int fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int on = 1, saved;

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	listen_set_nodelay(fd);
	if (bind(fd, address->ai_addr, address->ai_addrlen) == 0 && listen(fd, LISTEN_BACKLOG) == 0)
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

int
web_listen(const char *text, struct err *err)
{
	struct addrinfo *address = listen_resolve(text, err);
	int fd;

	if (address == NULL)
		return -1;
	fd = listen_on(address);
	if (fd < 0)
		err_set(err, ERR_CONFIG, "web.listen: %s: %s", text, strerror(errno));
	freeaddrinfo(address);
	return fd;
}

int
web_listen_adopt(int fd, struct err *err)
{
	int listens = 0, flags = fcntl(fd, F_GETFL);
	socklen_t len = sizeof(listens);

	if (flags < 0 || getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &len) < 0 || !listens)
		return err_set(err, ERR_CONFIG, "descriptor %d was passed and is no listening socket",
		    fd);
	if (fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
		return err_set(err, ERR_CONFIG, "descriptor %d: %s", fd, strerror(errno));
	listen_set_nodelay(fd);
	return 0;
}

char *
web_listen_url(int fd, bool is_tls, char *out, size_t size)
{
	const char *scheme = is_tls ? "https" : "http";
	struct sockaddr_storage address;
	socklen_t len = sizeof(address);
	char host[INET6_ADDRSTRLEN + 16], port[8];

	if (getsockname(fd, (struct sockaddr *)&address, &len) < 0 ||
	    (address.ss_family != AF_INET && address.ss_family != AF_INET6) ||
	    getnameinfo((struct sockaddr *)&address, len, host, sizeof(host), port, sizeof(port),
	    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		snprintf(out, size, "%s://(a socket that was passed)", scheme);
	else if (address.ss_family == AF_INET6)
		snprintf(out, size, "%s://[%s]:%s", scheme, host, port);
	else
		snprintf(out, size, "%s://%s:%s", scheme, host, port);
	return out;
}
