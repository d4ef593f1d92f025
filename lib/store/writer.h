/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The writer thread: owns the database, commits all batches that wait in one transaction, tries
 * again with pauses what failed, and tells the loop through a file descriptor. Everything here but
 * that thread itself runs on the loop's.
 */
#ifndef TRAILSEAL_STORE_WRITER_H
#define TRAILSEAL_STORE_WRITER_H

#include "store/batch.h"

struct writer;

/* Takes the database; `path` is that of its file, to open it again after a failure. */
int	writer_start(struct database *, const char *path, const struct ledger_head *,
	    struct writer **ret, struct err *);

/*
 * Ends the thread when all is written, or a last attempt has failed, and frees the writer; what
 * nobody was told yet is left in *ret_told. A thread that hangs in the disk is left alone after a
 * while, with the memory it uses.
 */
void	writer_stop(struct writer *, struct outcome_list *ret_told, struct store_status *ret_status);

/* Takes the batch. While the writer is degraded, its outcome is a failure at once. */
void	writer_add(struct writer *, struct store_batch *);

/* Readable while there are outcomes to be told. */
int	writer_fd(const struct writer *);

/* The outcomes so far, in the order of their batches; the list becomes the caller's. */
void	writer_take_told(struct writer *, struct outcome_list *ret);

/* Until no outcome is missing. */
void	writer_wait(struct writer *);

void	writer_get_status(struct writer *, struct store_status *ret);

#endif
