/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The questions of a sweep: they wait as small entries, and a bounded number of them runs at a
 * time. What leads deeper goes first, so that an organization of any size is walked account by
 * account. See sweep.h.
 */
#include "sweep/sweep.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/names.h"
#include "sweep/sweep_private.h"

#define SWEEP_RUNNING_MAX	256	/* questions at a time; calls in flight are fewer */

static void	sweep_run(void *);

struct sweep *
sweep_new(struct aws *aws, struct creds *creds, struct world *world,
    const struct sweep_scope *scope)
{
	struct sweep *s = mem_alloc(1, sizeof(*s));
	const char *region = creds_ambient_region(creds);

	if (region == NULL || !name_is_region(region))
		region = aws_partition_find("aws")->global_region;
	s->aws = aws;
	s->scope = *scope;
	s->collect = (struct collect){ .jobs = job_pool_new(aws, creds), .world = world };
	s->home_region = world_intern(world, region);
	TAILQ_INIT(&s->waiting);
	TAILQ_INIT(&s->running);
	loop_timer_init(&s->turn, aws_loop(aws), sweep_run, s);
	return s;
}

static void
sweep_ask_free(struct sweep_ask *ask)
{
	free(ask->id);
	free(ask);
}

void
sweep_free(struct sweep *s)
{
	if (s == NULL)
		return;
	s->done = NULL;
	s->answered = NULL;
	job_pool_free(s->collect.jobs);
	loop_timer_stop(&s->turn);
	assert(TAILQ_EMPTY(&s->running));
	while (!TAILQ_EMPTY(&s->waiting)) {
		struct sweep_ask *ask = TAILQ_FIRST(&s->waiting);

		TAILQ_REMOVE(&s->waiting, ask, link);
		sweep_ask_free(ask);
	}
	history_free(s->history);
	queues_free(s->queues);
	watch_free(s);
	members_free(s);
	reading_done(&s->accounts_reading);
	free(s);
}

const struct sweep_progress *
sweep_progress(const struct sweep *s)
{
	return &s->progress;
}

const struct reading *
sweep_accounts_reading(const struct sweep *s)
{
	return &s->accounts_reading;
}

struct sweep_ask *
sweep_add(struct sweep *s, enum sweep_kind kind, struct sweep_member *member, const char *region,
    const char *id)
{
	struct sweep_ask *ask = mem_alloc(1, sizeof(*ask));

	ask->kind = kind;
	ask->sweep = s;
	ask->member = member;
	ask->target.account = member ? member->id : "";
	ask->target.region = world_intern(s->collect.world, region);
	if (member != NULL) {
		ask->target.role = member->role;
		member->open++;
	}
	ask->id = mem_strdup(id);
	ask->slot = watch_slot(s, member, kind, ask->target.region);
	if (ask->slot != NULL)
		ask->slot->is_open = true;
	if (kind <= SWEEP_REGIONS)
		TAILQ_INSERT_TAIL(&s->waiting, ask, link);
	else
		TAILQ_INSERT_HEAD(&s->waiting, ask, link);
	s->progress.questions_waiting++;
	loop_timer_set(&s->turn, 0);
	return ask;
}

void
sweep_ended(struct sweep_ask *ask)
{
	struct sweep *s = ask->sweep;
	struct sweep_member *member = ask->member;

	TAILQ_REMOVE(&s->running, ask, link);
	s->progress.questions_running--;
	if (ask->slot != NULL)
		watch_answered(ask->slot);
	sweep_ask_free(ask);
	if (member != NULL && --member->open == 0) {
		s->progress.accounts_done += member->is_swept && !member->was_walked;
		member->was_walked = true;
		members_drop_if_left(s, member);
	}
	loop_timer_set(&s->turn, 0);
}

/* Tells that answers are there, and when nothing waits and nothing runs that it is all. */
static void
sweep_tell(struct sweep *s)
{
	struct sweep_progress *p = &s->progress;
	sweep_done_fn done = s->done;

	p->was_walked |= p->accounts_known > 0 && p->accounts_done >= p->accounts_known;
	if (s->answered != NULL)
		s->answered(s->arg);
	if (done != NULL && s->progress.questions_running == 0) {
		s->done = NULL;
		done(s->arg);
	}
}

static void
sweep_run(void *arg)
{
	struct sweep *s = arg;

	while (s->progress.questions_running < SWEEP_RUNNING_MAX && !TAILQ_EMPTY(&s->waiting)) {
		struct sweep_ask *ask = TAILQ_FIRST(&s->waiting);

		TAILQ_REMOVE(&s->waiting, ask, link);
		TAILQ_INSERT_TAIL(&s->running, ask, link);
		s->progress.questions_waiting--;
		s->progress.questions_running++;
		walk_ask(ask);
	}
	sweep_tell(s);
}

void
sweep_start(struct sweep *s, sweep_done_fn done, void *arg)
{
	assert(s->done == NULL && !s->is_watching);
	s->done = done;
	s->arg = arg;
	walk_start(s);
	loop_timer_set(&s->turn, 0);
}
