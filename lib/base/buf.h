/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Growing text with a mandatory cap. A piece that would exceed the cap is left out whole and sets
 * `overflowed`, which stays: callers add freely and look once at the end.
 */
#ifndef TRAILSEAL_BASE_BUF_H
#define TRAILSEAL_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct buf {
	char	*data;		/* ours; NUL behind the last byte; NULL while empty */
	size_t	 len;
	size_t	 cap;		/* bytes allocated */
	size_t	 max_bytes;	/* len never exceeds it */
	bool	 overflowed;
};

void	 buf_init(struct buf *, size_t max_bytes);
void	 buf_done(struct buf *);

/* Empties the buffer and keeps its memory. */
void	 buf_reset(struct buf *);

void	 buf_add(struct buf *, const void *data, size_t len);
void	 buf_adds(struct buf *, const char *text);
void	 buf_addc(struct buf *, char);
void	 buf_addf(struct buf *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void	 buf_addv(struct buf *, const char *fmt, va_list) __attribute__((format(printf, 2, 0)));

/*
 * Room for `more` bytes and a NUL: the text does not move while they are added. False, and
 * `overflowed`, when that would exceed the cap.
 */
bool	 buf_reserve(struct buf *, size_t more);

/* Cuts the text back to `len` bytes, which must not exceed the present length. */
void	 buf_cut(struct buf *, size_t len);

/* The text, never NULL; valid until the next change. */
const char	*buf_text(const struct buf *);

/* Hands the text to the caller, who frees it; the buffer is empty afterwards. Never NULL. */
char	*buf_steal(struct buf *);

/* Overwrites the content before freeing it: for texts that held a secret. */
void	 buf_wipe(struct buf *);

#endif
