/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a program without a shell and collects its standard output. Its standard error goes to
 * /dev/null, its input is empty, and it inherits no file descriptor of ours but these.
 */
#ifndef TRAILSEAL_LOOP_CHILD_H
#define TRAILSEAL_LOOP_CHILD_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "loop/loop.h"

struct child;

/*
 * Runs once, in a later turn. `output` is what the program wrote, valid during the call and wiped
 * afterwards, or NULL with `err` when it could not be run, failed, was killed by the deadline, or
 * wrote more than the cap. The child is gone when it runs.
 */
typedef void (*child_done_fn)(void *arg, const struct buf *output, const struct err *err);

/* argv[0] is looked up in PATH when it holds no slash. Never fails at once: errors go to `done`. */
struct child	*child_start(struct loop *, char *const argv[], int64_t timeout_ms,
		    size_t max_bytes, child_done_fn done, void *arg);

/* Kills and reaps it; `done` does not run. */
void		 child_cancel(struct child *);

/*
 * Splits a command line into words as a POSIX shell would without expanding anything: blanks,
 * single and double quotes, backslashes. NULL-terminated, freed by child_free_words(). NULL with
 * `err` when a quote is not closed or there is no word.
 */
char	**child_split_words(const char *command, struct err *);
void	  child_free_words(char **);

#endif
