/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What went wrong, in one small value that is passed down by its caller. Functions return 0 or -1
 * and fill `struct err`, their last parameter. The kinds are a closed table: whether asking again
 * can help, and what a sweep may still claim about the thing it asked for.
 */
#ifndef TRAILSEAL_BASE_ERR_H
#define TRAILSEAL_BASE_ERR_H

#include <stdarg.h>
#include <stdbool.h>

enum err_kind {
	ERR_NONE = 0,
	ERR_USAGE,		/* a command line or an argument is wrong */
	ERR_CONFIG,		/* the configuration is wrong */
	ERR_FILE,		/* a local file or process could not be used */
	ERR_CREDENTIALS,	/* no usable AWS credentials */
	ERR_NETWORK,		/* no connection, or it broke */
	ERR_TLS,		/* the peer's certificate or handshake failed */
	ERR_TIMEOUT,		/* no answer in time, or a deadline passed */
	ERR_TOO_LARGE,		/* an answer exceeded a named cap */
	ERR_MALFORMED,		/* an answer or a text could not be understood */
	ERR_THROTTLED,		/* AWS asks for fewer calls */
	ERR_SERVER,		/* AWS failed (5xx) or a dependency of it did */
	ERR_CLOCK,		/* the signature's time is outside AWS's tolerance */
	ERR_EXPIRED,		/* the session has expired: refresh, then ask again */
	ERR_KEYS_REJECTED,	/* keys unknown here: revoked, or the region is not enabled */
	ERR_DENIED,		/* no permission */
	ERR_DENIED_BY_SCP,	/* denied by a service control policy */
	ERR_NOT_ENABLED,	/* the region is not enabled for the account */
	ERR_NOT_FOUND,		/* AWS says that the thing does not exist */
	ERR_UNSUPPORTED,	/* AWS says that the question does not apply to the thing */
	ERR_REJECTED,		/* any other refusal by AWS */
	ERR_CANCELLED,		/* the asker ended it */
	ERR_KINDS
};

/* What may be said about a thing after asking for it failed in this way. */
enum err_claim {
	ERR_CLAIM_UNKNOWN = 1,		/* nothing */
	ERR_CLAIM_ABSENT,		/* it is not there */
	ERR_CLAIM_NOT_APPLICABLE,	/* the question does not arise */
};

struct err {
	enum err_kind	kind;
	char		code[64];	/* AWS's error code, or "" */
	char		text[400];	/* one line, escaped, without secrets */
};

/* Fills `err` and returns -1, so that `return err_set(...)` reads well. */
int	err_set(struct err *, enum err_kind, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
int	err_setv(struct err *, enum err_kind, const char *fmt, va_list)
	__attribute__((format(printf, 3, 0)));

/* Puts "context: " before the text; kind and code stay. Returns -1. */
int	err_prefix(struct err *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

void	err_clear(struct err *);

const char	*err_kind_name(enum err_kind);	/* "throttled", "denied", ... */
bool		 err_is_transient(enum err_kind);	/* the same call may succeed a little later */
enum err_claim	 err_claim(enum err_kind);

#endif
