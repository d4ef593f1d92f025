/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The evidence ledger: records that only grow, each with a hash over itself and the hash before.
 * The hash is SHA-256 over the text
 *
 *	PREVIOUS "\n" SEQ "\n" WALL_MS "\n" KIND "\n" BODY
 *
 * where PREVIOUS is the hash of the record before in lower-case hexadecimal (64 zeros before the
 * first), the numbers are decimal, and none but BODY, which is the rest, holds a line feed.
 */
#ifndef TRAILSEAL_STORE_LEDGER_H
#define TRAILSEAL_STORE_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/crypto.h"
#include "base/err.h"

#define LEDGER_READ_MOST	1000	/* records of one reading */

struct ledger_record {
	int64_t		 seq;		/* from 1 without a gap */
	int64_t		 wall_ms;
	const char	*kind;		/* a word of a-z, 0-9 and '-' */
	const char	*body;		/* a JSON object as text */
	const char	*previous, *hash;	/* hexadecimal */
};

/* Its newest record. */
struct ledger_head {
	int64_t	 seq;			/* 0: there is none */
	char	 hash[CRYPTO_HEX_SIZE];
};

bool	 ledger_kind_is_good(const char *);

/* The hash that fits the rest of the record. Returns `out`. */
char	*ledger_hash(const struct ledger_record *, char out[CRYPTO_HEX_SIZE]);

/* ---- writing: part of a transaction ---- */

struct database;

void	ledger_head_init(struct ledger_head *);

/*
 * The head that was noted at the last commit, else that of the last record. They are not the same
 * when the end was cut off or changed behind our back: what is added behind the noted one shows it.
 */
int	ledger_load_head(struct database *, struct ledger_head *ret, bool *ret_is_altered,
	    struct err *);

/* The note alone; *head stays as it is when there is none, or no sense in it. */
int	ledger_load_note(struct database *, struct ledger_head *head, struct err *);

/* Adds a record, and moves *head to it. */
int	ledger_append(struct database *, struct ledger_head *head, int64_t wall_ms, const char *kind,
	    const char *body, struct err *);
int	ledger_note_head(struct database *, const struct ledger_head *, struct err *);

/* ---- reading, beside the daemon or without one ---- */

struct ledger;

int	ledger_open(const char *path, struct ledger **ret, struct err *);
void	ledger_close(struct ledger *);	/* NULL is fine */

/* The number of the newest record; 0: none. */
int	ledger_last(struct ledger *, int64_t *ret_seq, struct err *);

/* Records behind `after_seq` in order, at most LEDGER_READ_MOST; none at the end. */
int	ledger_read(struct ledger *, int64_t after_seq, struct arena *,
	    const struct ledger_record **ret, size_t *ret_count, struct err *);

struct ledger_verdict {
	bool			 is_whole;
	struct ledger_head	 head;		/* of what was verified */
	int64_t			 broken_seq;	/* the first record that is wrong, when it is not */
	char			 what[256];	/* and what is */
	int64_t			 seals;		/* signed heads (seal.h) that were checked */
	int64_t			 sealed_seq, sealed_ms;	/* the last record that was signed, and its time */
	char			 sealed_by[CRYPTO_KEY_ID_SIZE];
};

/* What a ledger is held to besides its own chain. */
struct ledger_proof {
	const char		*anchor;	/* a hash that was written down elsewhere: it must be
						 * that of a record; or NULL */
	struct crypto_key	**keys;		/* of these, all seals must be, and there must be one; */
	size_t			 key_count;	/* 0: seals are not looked at */
};

/* Walks the chain up to the head; the proof may be NULL. -1 only when it could not be read. */
int	ledger_verify(struct ledger *, const struct ledger_proof *, struct ledger_verdict *ret,
	    struct err *);

#endif
