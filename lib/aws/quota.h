/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How fast AWS may be asked: a token bucket per account, region and limit of AWS, and a quota of
 * retries per account and region, so that what one account spends no other has to miss. Entries
 * are shared by counting; those that nobody holds and that say no more than a new one would are
 * soon forgotten, slowed ones later. Pure but for memory: time is a parameter.
 */
#ifndef TRAILSEAL_AWS_QUOTA_H
#define TRAILSEAL_AWS_QUOTA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws/op.h"

#define QUOTA_RETRIES		500	/* AWS's standard mode */
#define QUOTA_RETRY_COST	5
#define QUOTA_TIMEOUT_COST	10

struct quotas;		/* the table */
struct quota;

/* `share` of AWS's published rates and bursts is used. */
struct quotas	*quotas_new(double share);
void		 quotas_free(struct quotas *);	/* nobody holds any */
size_t		 quotas_count(const struct quotas *);

/* Of AWS's limit `which`; AWS_QUOTAS means the quota of retries. */
struct quota	*quota_hold(struct quotas *, const char *account, const char *region,
		    enum aws_quota which, int64_t mono_ms);
void		 quota_drop(struct quotas *, struct quota *, int64_t mono_ms);	/* NULL is fine */

/* As those of a bucket. */
int64_t	quota_take(struct quota *, int64_t mono_ms);
void	quota_return(struct quota *);
void	quota_throttled(struct quota *, int64_t mono_ms);
void	quota_succeeded(struct quota *);

/*
 * The largest part of AWS's published rate that the tokens of one second came to, in any account
 * and region, over the present minute and the one before. A token counts when it may be used.
 */
double	quotas_peak(const struct quotas *, enum aws_quota which, int64_t mono_ms);

/* Takes `cost` of the retries, or false when they are used up; gives back after a success. */
bool	quota_take_retry(struct quota *, int cost);
void	quota_refund_retry(struct quota *, int amount);

#endif
