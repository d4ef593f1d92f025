/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asynchronous work that reads from top to bottom: a recipe is a table of steps, each of which
 * composes a question and takes its answer. The engine owns everything between: credentials,
 * renewing them when AWS calls them expired, the call with its pacing and retries, and paging.
 *
 * States: CREDS -> CALL -> (CREDS of the next step ...) -> ENDED. Every job has a deadline.
 */
#ifndef TRAILSEAL_JOB_JOB_H
#define TRAILSEAL_JOB_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws/call.h"
#include "aws/creds.h"
#include "base/buf.h"
#include "base/err.h"

#define JOB_BODY_MAX	(64 * 1024)
#define JOB_PAGES_MAX	1000	/* questions in one step */

struct job;
struct job_pool;

/* What one step asks. */
struct job_question {
	struct buf	 body;		/* JSON or form; empty: the protocol's empty body */
	const char	*region;	/* of the job, unless the step changes it */
	const char	*bucket;	/* S3: as struct aws_request has them */
	const char	*query;
	const char	*bucket_owner;
};

enum job_asking { JOB_ASK = 1, JOB_SKIP };	/* SKIP: the step does not apply, go on */
enum job_verdict { JOB_NEXT = 1, JOB_AGAIN, JOB_FAIL };	/* AGAIN: same step, next page */

struct job_step {
	enum aws_op	  op;
	enum job_asking	(*ask)(void *ctx, struct job_question *);

	/*
	 * Takes the answer. `failure` is NULL unless the step takes errors, in which case `reply`
	 * may be NULL. On JOB_FAIL it fills `err`.
	 */
	enum job_verdict (*take)(struct job *, void *ctx, const struct aws_reply *reply,
			    const struct err *failure, struct err *err);
	bool		  takes_errors;	/* a denied read is an answer too */
};

struct job_recipe {
	const char		*name;		/* "trails"; for the log */
	const struct job_step	*steps;
	size_t			 step_count;

	/*
	 * Runs exactly once, last, in a later turn than the start, also on cancel, and frees the
	 * context. `err` is NULL when all steps went well.
	 */
	void			(*done)(void *ctx, const struct err *err);
};

/* In whose name a job asks, and where. The texts must outlive it; the world's interned ones do. */
struct job_target {
	const char		*account;	/* "" when not known yet */
	const char		*region;
	struct creds_role	 role;		/* all NULL: the ambient credentials */
};

struct job_pool	*job_pool_new(struct aws *, struct creds *);

/* Cancels what still runs: each `done` gets ERR_CANCELLED. */
void		 job_pool_free(struct job_pool *);

/* AWS's time, as far as its answers told it. */
int64_t		 job_wall_ms(const struct job_pool *);

unsigned	 job_pool_running(const struct job_pool *);

/* The recipe must be constant; the context belongs to the job until `done`. */
struct job	*job_start(struct job_pool *, const struct job_recipe *, const struct job_target *,
		    void *ctx);
void		 job_cancel(struct job *);

/* What the present step asks, in whose name and where: the evidence for its answer. */
enum aws_op	 job_op(const struct job *);
const char	*job_account(const struct job *);
const char	*job_region(const struct job *);

#endif
