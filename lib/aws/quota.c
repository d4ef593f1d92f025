/* SPDX-License-Identifier: Apache-2.0 */
/* How fast AWS may be asked; see quota.h. */
#include "aws/quota.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include <uthash.h>

#include "base/mem.h"
#include "base/names.h"
#include "loop/bucket.h"

/*
 * Every bucket is full again after two seconds without use, so an entry at its full rate may go
 * then. What AWS slowed down or what has used up its retries is kept over some sweeps.
 */
#define QUOTA_KEEP_FULL_MS	5000
#define QUOTA_KEEP_SLOWED_MS	(30 * 60 * 1000)

struct quota_key {
	char		account[NAME_ACCOUNT_MAX];
	char		region[NAME_REGION_MAX];
	unsigned char	which;
};

TAILQ_HEAD(quota_list, quota);

struct quota {
	struct quota_key	 key;
	unsigned		 users;
	struct bucket		 bucket;
	struct quotas		*table;
	int64_t			 second;	/* and the tokens that may be used in it */
	unsigned		 in_second;
	int			 retries;	/* left, of QUOTA_RETRIES */
	int64_t			 idle_mono_ms;	/* since when nobody holds it */
	struct quota_list	*idle_list;	/* where it stands while nobody does, or NULL */
	TAILQ_ENTRY(quota)	 in_list;
	UT_hash_handle		 hh;
};

struct quota_peak {
	int64_t	minute;
	double	present, before;	/* of this minute, of the one before */
};

struct quotas {
	double			 share;
	struct quota_peak	 peaks[AWS_QUOTAS];
	struct quota		*table;
	struct quota_list	 full, slowed;	/* that nobody holds, longest idle first */
};

struct quotas *
quotas_new(double share)
{
	struct quotas *qs = mem_alloc(1, sizeof(*qs));

	assert(share > 0);
	qs->share = share;
	TAILQ_INIT(&qs->full);
	TAILQ_INIT(&qs->slowed);
	return qs;
}

static void
quota_forget(struct quotas *qs, struct quota *q)
{
	TAILQ_REMOVE(q->idle_list, q, in_list);
	HASH_DEL(qs->table, q);
	free(q);
}

static void
quota_forget_older(struct quotas *qs, struct quota_list *list, int64_t than_mono_ms)
{
	struct quota *q;

	while ((q = TAILQ_FIRST(list)) != NULL && q->idle_mono_ms <= than_mono_ms)
		quota_forget(qs, q);
}

void
quotas_free(struct quotas *qs)
{
	if (qs == NULL)
		return;
	quota_forget_older(qs, &qs->full, INT64_MAX);
	quota_forget_older(qs, &qs->slowed, INT64_MAX);
	assert(qs->table == NULL);
	free(qs);
}

size_t
quotas_count(const struct quotas *qs)
{
	return HASH_COUNT(qs->table);
}

static struct quota *
quota_add(struct quotas *qs, const struct quota_key *key, int64_t mono_ms)
{
	struct quota *q = mem_alloc(1, sizeof(*q));

	q->key = *key;
	q->table = qs;
	q->retries = QUOTA_RETRIES;
	if (key->which != AWS_QUOTAS) {
		double burst = aws_quota_burst(key->which) * qs->share;

		bucket_init(&q->bucket, aws_quota_rate(key->which) * qs->share, burst > 1 ? burst : 1,
		    mono_ms);
	}
	HASH_ADD(hh, qs->table, key, sizeof(q->key), q);
	return q;
}

struct quota *
quota_hold(struct quotas *qs, const char *account, const char *region, enum aws_quota which,
    int64_t mono_ms)
{
	struct quota_key key;
	struct quota *q;

	memset(&key, 0, sizeof(key));
	snprintf(key.account, sizeof(key.account), "%s", account);
	snprintf(key.region, sizeof(key.region), "%s", region);
	key.which = (unsigned char)which;
	quota_forget_older(qs, &qs->full, mono_ms - QUOTA_KEEP_FULL_MS);
	quota_forget_older(qs, &qs->slowed, mono_ms - QUOTA_KEEP_SLOWED_MS);
	HASH_FIND(hh, qs->table, &key, sizeof(key), q);
	if (q == NULL)
		q = quota_add(qs, &key, mono_ms);
	if (q->idle_list != NULL)
		TAILQ_REMOVE(q->idle_list, q, in_list);
	q->idle_list = NULL;
	q->users++;
	return q;
}

void
quota_drop(struct quotas *qs, struct quota *q, int64_t mono_ms)
{
	if (q == NULL)
		return;
	assert(q->users > 0);
	if (--q->users > 0)
		return;
	q->idle_list = q->retries < QUOTA_RETRIES || q->bucket.rate < q->bucket.full_rate ?
	    &qs->slowed : &qs->full;
	q->idle_mono_ms = mono_ms;
	TAILQ_INSERT_TAIL(q->idle_list, q, in_list);
}

/* Minutes that nobody noted anything in had no peak. */
static void
quota_note_peak(struct quota_peak *peak, int64_t minute, double part)
{
	if (minute > peak->minute) {
		peak->before = minute == peak->minute + 1 ? peak->present : 0;
		peak->present = 0;
		peak->minute = minute;
	}
	if (part > peak->present)
		peak->present = part;
}

static void
quota_note_token(struct quota *q, int64_t use_mono_ms)
{
	int64_t second = use_mono_ms / 1000;

	if (second != q->second)
		q->in_second = 0;
	q->second = second;
	q->in_second++;
	quota_note_peak(&q->table->peaks[q->key.which], second / 60,
	    q->in_second / aws_quota_rate(q->key.which));
}

double
quotas_peak(const struct quotas *qs, enum aws_quota which, int64_t mono_ms)
{
	const struct quota_peak *peak = &qs->peaks[which];
	int64_t minute = mono_ms / 60000;

	if (minute > peak->minute + 1)
		return 0;
	if (minute == peak->minute + 1)
		return peak->present;
	return peak->present > peak->before ? peak->present : peak->before;
}

int64_t
quota_take(struct quota *q, int64_t mono_ms)
{
	int64_t wait_ms;

	assert(q->key.which != AWS_QUOTAS);
	wait_ms = bucket_take(&q->bucket, mono_ms);
	quota_note_token(q, mono_ms + wait_ms);
	return wait_ms;
}

void
quota_return(struct quota *q)
{
	bucket_return(&q->bucket);
}

void
quota_throttled(struct quota *q, int64_t mono_ms)
{
	bucket_throttled(&q->bucket, mono_ms);
}

void
quota_succeeded(struct quota *q)
{
	bucket_succeeded(&q->bucket);
}

bool
quota_take_retry(struct quota *q, int cost)
{
	assert(q->key.which == AWS_QUOTAS);
	if (q->retries < cost)
		return false;
	q->retries -= cost;
	return true;
}

void
quota_refund_retry(struct quota *q, int amount)
{
	assert(q->key.which == AWS_QUOTAS);
	q->retries = q->retries + amount < QUOTA_RETRIES ? q->retries + amount : QUOTA_RETRIES;
}
