/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Silences: findings that match are not told to the receivers until an end; they stay visible and
 * go on being followed. Who silenced, and why, is part of it.
 */
#ifndef TRAILSEAL_FINDINGS_SILENCE_H
#define TRAILSEAL_FINDINGS_SILENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "findings/findings.h"

#define SILENCES_MAX		1000
#define SILENCE_TEXT_MAX	2048	/* bytes of each text */
#define SILENCE_LASTS_MAX_MS	(INT64_C(86400000) * 3660)	/* ten years */

#define SILENCES_MAX		1000
#define SILENCE_TEXT_MAX	2048	/* bytes of each text */
#define SILENCE_LASTS_MAX_MS	(INT64_C(86400000) * 3660)	/* ten years */

struct silence {
	int64_t	 id;		/* given by the store */
	char	*rule, *account, *region, *resource;	/* ours; NULL matches all */
	char	*author, *reason;
	int64_t	 begins_wall_ms, ends_wall_ms;
};

struct silences {
	struct silence	*row;	/* ours */
	size_t		 count, cap;
};

/*
 * At least one of the four must be set, and look like what it is; the end must lie ahead, but no
 * more than ten years; author and reason must be given, and no text be longer than the cap.
 */
int	silence_check(const struct silence *, int64_t now_wall_ms, struct err *);
bool	silence_matches(const struct silence *, const struct finding *, int64_t now_wall_ms);
void	silence_done(struct silence *);
void	silences_done(struct silences *);

/* The one that silences the finding now, or NULL. */
const struct silence	*silences_find(const struct silences *, const struct finding *,
			    int64_t now_wall_ms);

/*
 * Whether people hear of a move now, else it is held. That it is over is told to whom it was told
 * that it fires, also under a silence: an incident elsewhere would stay open for ever.
 */
bool	silences_let(const struct silences *, const struct finding *, enum move_kind,
	    int64_t now_wall_ms);

#endif
