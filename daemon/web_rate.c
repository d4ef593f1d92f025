/* SPDX-License-Identifier: Apache-2.0 */
/* How many requests are answered; see web_rate.h. */
#include "daemon/web_rate.h"

#include <stdlib.h>

#include "base/mem.h"
#include "loop/bucket.h"

struct web_rate {
	struct bucket	bucket;
};

struct web_rate *
web_rate_new(const struct web_rate_limit *limit, int64_t mono_ms)
{
	struct web_rate *rate;

	if (limit == NULL)
		return NULL;
	rate = mem_alloc(1, sizeof(*rate));
	bucket_init(&rate->bucket, 1000.0 / (double)limit->interval_ms, limit->burst, mono_ms);
	return rate;
}

void
web_rate_free(struct web_rate *rate)
{
	free(rate);
}

/* Nobody waits for a token: who finds none gives back what was reserved. */
bool
web_rate_take(struct web_rate *rate, int64_t mono_ms)
{
	if (rate == NULL || bucket_take(&rate->bucket, mono_ms) == 0)
		return true;
	bucket_return(&rate->bucket);
	return false;
}
