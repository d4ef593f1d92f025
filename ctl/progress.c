/* SPDX-License-Identifier: Apache-2.0 */
/* How far a sweep is; see progress.h. */
#include "ctl/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/stamp.h"

#define PROGRESS_FIRST_MS	500
#define PROGRESS_MS		250
#define PROGRESS_ESTIMATE_MS	3000	/* before that nothing can be said of the rest */

static uint64_t
progress_sum(const uint64_t *counter)
{
	uint64_t sum = 0;

	for (int op = 0; op < AWS_OPS; op++)
		sum += counter[op];
	return sum;
}

/* Accounts are alike enough: what is left takes as long as what was done. */
static void
progress_add_estimate(const struct progress *p, char *line, size_t size)
{
	const struct sweep_progress *sweep = sweep_progress(p->sweep);
	int64_t elapsed = loop_mono_ms(p->loop) - p->started_mono_ms;
	size_t at = strlen(line);
	char left[64];

	if (elapsed < PROGRESS_ESTIMATE_MS || sweep->accounts_done == 0)
		return;
	duration_describe(elapsed * (sweep->accounts_known - sweep->accounts_done) /
	    sweep->accounts_done, left, sizeof(left));
	snprintf(line + at, size - at, ", about %s left", left);
}

static void
progress_compose(const struct progress *p, char *line, size_t size)
{
	const struct sweep_progress *sweep = sweep_progress(p->sweep);
	const struct aws_counters *aws = aws_counters(p->aws);
	uint64_t throttles = progress_sum(aws->throttles);
	size_t at;

	snprintf(line, size, "%u of %u account%s, %" PRIu64 " calls", sweep->accounts_done,
	    sweep->accounts_known, sweep->accounts_known == 1 ? "" : "s",
	    progress_sum(aws->calls));
	at = strlen(line);
	if (throttles > 0)
		snprintf(line + at, size - at, ", %" PRIu64 " throttled", throttles);
	progress_add_estimate(p, line, size);
}

static void
progress_draw(void *arg)
{
	struct progress *p = arg;
	struct winsize window = { .ws_col = 0 };
	char line[200];
	int columns = 80;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 0)
		columns = window.ws_col;
	progress_compose(p, line, sizeof(line));
	fprintf(stderr, "\r%.*s\033[K", columns - 1, line);
	fflush(stderr);
	p->is_shown = true;
	loop_timer_set(&p->timer, PROGRESS_MS);
}

void
progress_start(struct progress *p, struct loop *loop, const struct aws *aws,
    const struct sweep *sweep)
{
	*p = (struct progress){
		.loop = loop, .aws = aws, .sweep = sweep, .started_mono_ms = loop_mono_ms(loop),
	};
	loop_timer_init(&p->timer, loop, progress_draw, p);
	loop_timer_set(&p->timer, PROGRESS_FIRST_MS);
}

void
progress_stop(struct progress *p)
{
	if (p->loop == NULL)
		return;
	loop_timer_stop(&p->timer);
	if (p->is_shown)
		fputs("\r\033[K", stderr);
	*p = (struct progress){ .loop = NULL };
}
