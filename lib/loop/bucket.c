/* SPDX-License-Identifier: Apache-2.0 */
/* A token bucket; see bucket.h. A debt of tokens is time that was promised to waiters. */
#include "loop/bucket.h"

#include <assert.h>
#include <math.h>

#define BUCKET_LEAST_SHARE	0.01	/* of the full rate: throttling goes no lower */
#define BUCKET_CREEP_SHARE	0.02	/* of the full rate: what one success brings back */
#define BUCKET_THROTTLE_MS	1000	/* throttles this near to the last one are part of it */

void
bucket_init(struct bucket *b, double rate, double burst, int64_t mono_ms)
{
	assert(rate > 0 && burst >= 1);
	*b = (struct bucket){ .full_rate = rate, .rate = rate, .burst = burst, .tokens = burst,
	    .at_mono_ms = mono_ms, .throttled_mono_ms = mono_ms - BUCKET_THROTTLE_MS };
}

static void
bucket_fill(struct bucket *b, int64_t mono_ms)
{
	if (mono_ms <= b->at_mono_ms)
		return;
	b->tokens = fmin(b->burst, b->tokens + (double)(mono_ms - b->at_mono_ms) * b->rate / 1000);
	b->at_mono_ms = mono_ms;
}

/* The debt is scaled with the rate: who asks later must not be served earlier. */
static void
bucket_set_rate(struct bucket *b, double rate)
{
	rate = fmin(b->full_rate, fmax(rate, b->full_rate * BUCKET_LEAST_SHARE));
	if (b->tokens < 0)
		b->tokens *= rate / b->rate;
	b->rate = rate;
}

int64_t
bucket_take(struct bucket *b, int64_t mono_ms)
{
	bucket_fill(b, mono_ms);
	b->tokens -= 1;
	return b->tokens >= 0 ? 0 : (int64_t)ceil(-b->tokens / b->rate * 1000);
}

void
bucket_return(struct bucket *b)
{
	b->tokens = fmin(b->burst, b->tokens + 1);
}

void
bucket_throttled(struct bucket *b, int64_t mono_ms)
{
	if (mono_ms - b->throttled_mono_ms < BUCKET_THROTTLE_MS)
		return;
	bucket_fill(b, mono_ms);
	bucket_set_rate(b, b->rate / 2);
	b->tokens = fmin(b->tokens, 0);
	b->throttled_mono_ms = mono_ms;
}

void
bucket_succeeded(struct bucket *b)
{
	bucket_set_rate(b, b->rate + b->full_rate * BUCKET_CREEP_SHARE);
}
