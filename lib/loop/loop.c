/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The event loop; see loop.h. Our timers stand in a heap of our own, with one libevent timer for
 * its head: so a virtual loop is the same code with another clock.
 */
#include "loop/loop.h"

#include <assert.h>
#include <stdlib.h>
#include <time.h>

#include <event2/event.h>

#include "base/mem.h"

#define LOOP_WAIT_MAX_MS	60000	/* libevent's clock stands still in a suspend, ours does not */
#define LOOP_DELAY_MAX_MS	(INT64_C(86400000) * 365 * 1000)	/* a thousand years: no overflow */

struct loop {
	struct event_base	*base;		/* NULL: virtual */
	struct event		*alarm;		/* for the head of the heap */
	struct loop_timer	**heap;
	size_t			 count, cap;
	uint64_t		 orders;	/* settings so far */
	int64_t			 mono_ms, wall_ms;
	bool			 stopped;
};

struct loop_signal {
	struct event	*event;
	loop_timer_fn	 fire;
	void		*arg;
	struct loop	*loop;
};

struct loop_watch {
	struct event	*event;
	loop_timer_fn	 fire;
	void		*arg;
	struct loop	*loop;
};

static int64_t
loop_read_clock(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void
loop_read_clocks(struct loop *loop)
{
	if (loop->base == NULL)
		return;
	loop->mono_ms = loop_read_clock(CLOCK_BOOTTIME);
	loop->wall_ms = loop_read_clock(CLOCK_REALTIME);
}

int64_t
loop_mono_ms(const struct loop *loop)
{
	return loop->mono_ms;
}

int64_t
loop_wall_ms(const struct loop *loop)
{
	return loop->wall_ms;
}

void
loop_shift_wall(struct loop *loop, int64_t by_ms)
{
	assert(loop->base == NULL);
	loop->wall_ms += by_ms;
}

void
loop_suspend(struct loop *loop, int64_t for_ms)
{
	assert(loop->base == NULL && for_ms >= 0);
	loop->mono_ms += for_ms;
	loop->wall_ms += for_ms;
}

struct event_base *
loop_event_base(struct loop *loop)
{
	return loop->base;
}

static bool
loop_is_earlier(const struct loop_timer *a, const struct loop_timer *b)
{
	return a->due_mono_ms != b->due_mono_ms ? a->due_mono_ms < b->due_mono_ms : a->order < b->order;
}

static void
loop_heap_put(struct loop *loop, size_t at, struct loop_timer *timer)
{
	loop->heap[at] = timer;
	timer->slot = at + 1;
}

/* Moves the timer at `at` up or down until its neighbours are in order. */
static void
loop_heap_settle(struct loop *loop, size_t at)
{
	struct loop_timer *timer = loop->heap[at];

	while (at > 0 && loop_is_earlier(timer, loop->heap[(at - 1) / 2])) {
		loop_heap_put(loop, at, loop->heap[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	for (size_t child; (child = 2 * at + 1) < loop->count; at = child) {
		if (child + 1 < loop->count && loop_is_earlier(loop->heap[child + 1], loop->heap[child]))
			child++;
		if (!loop_is_earlier(loop->heap[child], timer))
			break;
		loop_heap_put(loop, at, loop->heap[child]);
	}
	loop_heap_put(loop, at, timer);
}

void
loop_timer_init(struct loop_timer *timer, struct loop *loop, loop_timer_fn fire, void *arg)
{
	*timer = (struct loop_timer){ .loop = loop, .fire = fire, .arg = arg };
}

bool
loop_timer_is_set(const struct loop_timer *timer)
{
	return timer->slot != 0;
}

void
loop_timer_stop(struct loop_timer *timer)
{
	struct loop *loop = timer->loop;
	size_t at = timer->slot - 1;

	if (timer->slot == 0)
		return;
	assert(loop->heap[at] == timer);
	timer->slot = 0;
	if (at < --loop->count) {
		loop->heap[at] = loop->heap[loop->count];
		loop_heap_settle(loop, at);
	}
}

void
loop_timer_set(struct loop_timer *timer, int64_t delay_ms)
{
	struct loop *loop = timer->loop;

	loop_timer_stop(timer);
	delay_ms = delay_ms < 0 ? 0 : delay_ms > LOOP_DELAY_MAX_MS ? LOOP_DELAY_MAX_MS : delay_ms;
	timer->due_mono_ms = loop->mono_ms + delay_ms;
	timer->order = ++loop->orders;
	loop->heap = mem_grow(loop->heap, loop->count, &loop->cap, sizeof(*loop->heap));
	loop->heap[loop->count] = timer;
	timer->slot = ++loop->count;
	loop_heap_settle(loop, loop->count - 1);
}

/* Fires what was due and set before this turn; what those set anew waits for the next one. */
static void
loop_fire_timers(struct loop *loop)
{
	uint64_t last = loop->orders;

	while (!loop->stopped && loop->count > 0 && loop->heap[0]->due_mono_ms <= loop->mono_ms &&
	    loop->heap[0]->order <= last) {
		struct loop_timer *timer = loop->heap[0];

		loop_timer_stop(timer);
		timer->fire(timer->arg);
	}
}

static void
loop_on_alarm(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;	/* only wakes the loop, which then fires the timers */
}

struct loop *
loop_new(void)
{
	struct event_config *config = event_config_new();
	struct loop *loop = mem_alloc(1, sizeof(*loop));

	assert(config != NULL);
	event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);
	loop->base = event_base_new_with_config(config);
	event_config_free(config);
	assert(loop->base != NULL);
	loop->alarm = evtimer_new(loop->base, loop_on_alarm, NULL);
	assert(loop->alarm != NULL);
	loop_read_clocks(loop);
	return loop;
}

struct loop *
loop_new_virtual(int64_t wall_ms)
{
	struct loop *loop = mem_alloc(1, sizeof(*loop));

	loop->mono_ms = 1000;
	loop->wall_ms = wall_ms;
	return loop;
}

void
loop_free(struct loop *loop)
{
	if (loop == NULL)
		return;
	assert(loop->count == 0);
	if (loop->base != NULL) {
		event_free(loop->alarm);
		event_base_free(loop->base);
	}
	free(loop->heap);
	free(loop);
}

/* A virtual clock jumps to the first timer. False when there is none. */
static bool
loop_jump(struct loop *loop)
{
	int64_t wait_ms;

	if (loop->count == 0)
		return false;
	wait_ms = loop->heap[0]->due_mono_ms - loop->mono_ms;
	if (wait_ms > 0) {
		loop->mono_ms += wait_ms;
		loop->wall_ms += wait_ms;
	}
	return true;
}

/* Counted from the present: what was done in this turn may have taken its time. */
static void
loop_set_alarm(struct loop *loop)
{
	int64_t wait_ms = loop->heap[0]->due_mono_ms - loop_read_clock(CLOCK_BOOTTIME);
	struct timeval tv;

	wait_ms = wait_ms < 0 ? 0 : wait_ms > LOOP_WAIT_MAX_MS ? LOOP_WAIT_MAX_MS : wait_ms;
	tv = (struct timeval){ wait_ms / 1000, wait_ms % 1000 * 1000 };
	evtimer_add(loop->alarm, &tv);
}

/* Waits for the first timer or event. False when there is nothing to wait for. */
static bool
loop_wait(struct loop *loop)
{
	int status;

	if (loop->base == NULL)
		return loop_jump(loop);
	if (loop->count > 0)
		loop_set_alarm(loop);
	status = event_base_loop(loop->base, EVLOOP_ONCE);
	evtimer_del(loop->alarm);
	loop_read_clocks(loop);
	assert(status >= 0);
	return status == 0 || loop->count > 0;
}

void
loop_run(struct loop *loop)
{
	loop->stopped = false;
	loop_read_clocks(loop);
	while (!loop->stopped && loop_wait(loop))
		loop_fire_timers(loop);
}

void
loop_stop(struct loop *loop)
{
	loop->stopped = true;
	if (loop->base != NULL)
		event_base_loopbreak(loop->base);
}

static void
loop_on_signal(evutil_socket_t signo, short what, void *arg)
{
	struct loop_signal *s = arg;

	(void)signo;
	(void)what;
	loop_read_clocks(s->loop);
	s->fire(s->arg);
}

struct loop_signal *
loop_signal_new(struct loop *loop, int signo, loop_timer_fn fire, void *arg)
{
	struct loop_signal *s = mem_alloc(1, sizeof(*s));

	assert(loop->base != NULL);
	*s = (struct loop_signal){ .fire = fire, .arg = arg, .loop = loop };
	s->event = evsignal_new(loop->base, signo, loop_on_signal, s);
	assert(s->event != NULL);
	evsignal_add(s->event, NULL);
	return s;
}

void
loop_signal_free(struct loop_signal *s)
{
	if (s == NULL)
		return;
	event_free(s->event);
	free(s);
}

static void
loop_on_ready(evutil_socket_t fd, short what, void *arg)
{
	struct loop_watch *w = arg;

	(void)fd;
	(void)what;
	loop_read_clocks(w->loop);
	w->fire(w->arg);
}

static struct loop_watch *
loop_watch_new_for(struct loop *loop, int fd, short what, loop_timer_fn fire, void *arg)
{
	struct loop_watch *w = mem_alloc(1, sizeof(*w));

	assert(loop->base != NULL);
	*w = (struct loop_watch){ .fire = fire, .arg = arg, .loop = loop };
	w->event = event_new(loop->base, fd, what | EV_PERSIST, loop_on_ready, w);
	assert(w->event != NULL);
	event_add(w->event, NULL);
	return w;
}

struct loop_watch *
loop_watch_new(struct loop *loop, int fd, loop_timer_fn fire, void *arg)
{
	return loop_watch_new_for(loop, fd, EV_READ, fire, arg);
}

struct loop_watch *
loop_watch_new_writing(struct loop *loop, int fd, loop_timer_fn fire, void *arg)
{
	return loop_watch_new_for(loop, fd, EV_WRITE, fire, arg);
}

void
loop_watch_free(struct loop_watch *w)
{
	if (w == NULL)
		return;
	event_free(w->event);
	free(w);
}
