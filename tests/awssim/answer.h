/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers in the form of the service that was asked: JSON, XML, errors with their codes, and the
 * refusals that every service words in its own way. Knows the emulator style.
 */
#ifndef AWSSIM_ANSWER_H
#define AWSSIM_ANSWER_H

#include "awssim/call.h"

/* Refusals with a code, status and text of their own in each protocol. */
enum refusal {
	REFUSAL_UNSIGNED = 1,	/* no Authorization */
	REFUSAL_INCOMPLETE,	/* one that is not understood; its text says why */
	REFUSAL_UNKNOWN_KEY,
	REFUSAL_BAD_TOKEN,
	REFUSAL_EXPIRED,
	REFUSAL_SIGNATURE,	/* with the text for the long form */
	REFUSAL_SKEWED,
	REFUSAL_NOT_ENABLED,	/* the region, for this account */
	REFUSAL_DENIED,
	REFUSAL_THROTTLED,
	REFUSAL_INTERNAL,	/* 500 */
	REFUSAL_UNAVAILABLE,	/* 503 */
	REFUSAL_UNKNOWN_OPERATION,
	REFUSALS
};

/* Readies a call's answer; the body is emptied. */
void	answer_begin(struct call *);

/* An error. What was written before is dropped; a second error is ignored. */
void	answer_error(struct call *, int status, const char *code, const char *fmt, ...)
	    __attribute__((format(printf, 4, 5)));

/* A refusal; a NULL text takes the protocol's own. */
void	answer_refuse(struct call *, enum refusal, const char *text);

bool	answer_is_error(const struct call *);

void	answer_header(struct call *, const char *name, const char *value);

/* Writes the rest: closes what is open, or makes the error's body. Sets status and type. */
void	answer_finish(struct call *);

/* JSON answers. The writer is made, and the outermost object opened, on first use. */
struct json_writer	*answer_json(struct call *);

/* Members; NULL and unknown times are left out, or null in emulator style. */
void	answer_member(struct call *, const char *name, const char *value);
void	answer_member_time(struct call *, const char *name, int64_t wall_ms);

/* A tree as it was read; with `lower`, member names begin in lower case, as events have them. */
void	answer_tree(struct json_writer *, const struct json *, bool lower);

/* XML answers; answer_finish() adds the elements around them as the service has it. */
void	answer_xml(struct call *, const char *name, const char *value);	/* <name>escaped</name> */
void	answer_xml_open(struct call *, const char *name);
void	answer_xml_close(struct call *, const char *name);
void	answer_xml_escaped(struct buf *, const char *text);

#endif
