/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Faults that a test plants: which calls they hit, and how they spoil the answer. The table of
 * kinds carries their help text.
 */
#ifndef AWSSIM_FAULTS_H
#define AWSSIM_FAULTS_H

#include "awssim/call.h"

struct faults;
struct strict;

/* How the server treats the bytes of the answer. */
enum fault_wire {
	WIRE_PLAIN = 1,
	WIRE_SLOW,		/* later */
	WIRE_HANG,		/* never */
	WIRE_CLOSE,		/* connection reset without an answer */
	WIRE_CUT_BODY,
	WIRE_GARBAGE,
	WIRE_HUGE_BODY,
	WIRE_WRONG_TYPE,
	WIRE_TLS,		/* no handshake; hits connections, not calls */
};

struct fault;

struct faults	*faults_new(void);
void		 faults_free(struct faults *);
void		 faults_clear(struct faults *);

/* Adds the fault that a JSON object describes. */
int	faults_add(struct faults *, const struct strict *, const struct json *);

/* The faults and how often each was matched and acted, as a JSON array. */
void	faults_write(const struct faults *, struct json_writer *);

/* The fault that hits this call, or NULL. Each asking counts as a match. */
const struct fault	*fault_take(struct call *);

/* Whether the next connection is to fail its TLS handshake. */
bool	fault_take_tls(struct faults *);

bool	fault_replaces_answer(const struct fault *);
void	fault_answer(struct call *, const struct fault *);

enum fault_wire	 fault_wire(const struct fault *);
int64_t		 fault_ms(const struct fault *);
int64_t		 fault_bytes(const struct fault *);

/* The table of kinds, for --help. */
void	faults_add_help(struct buf *);

#endif
