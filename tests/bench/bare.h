/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The yardstick: a bare libcurl multi_socket loop on libevent that sends one fixed request over
 * and over on warm connections, and throws the answers away. It neither signs nor parses.
 */
#ifndef BENCH_BARE_H
#define BENCH_BARE_H

#include <stddef.h>

struct bare_request {
	const char		*url;
	const char		*ca_file;
	const char *const	*headers;
	size_t			 header_count;
	const char		*body;
	unsigned		 parallel;	/* easy handles, each with its connection */
};

struct bare;

struct bare	*bare_new(const struct bare_request *);
void		 bare_free(struct bare *);

/* Sends `count` requests; returns how many were answered with 200. */
size_t		 bare_run(struct bare *, size_t count);

#endif
