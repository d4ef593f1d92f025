/* SPDX-License-Identifier: Apache-2.0 */
/* Timers, clocks, watches and signals: mostly on virtual time, the rest within milliseconds. */
#include "loop/loop.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))
#define DAY_MS		INT64_C(86400000)
#define WALL_MS		INT64_C(1767323045000)

struct log {
	char	text[64];	/* one letter a firing */
	size_t	len;
};

struct bell {
	struct loop_timer	 timer;
	struct log		*log;
	char			 letter;
	int64_t			 again_ms;	/* sets itself again with this delay; < 0: no */
	unsigned		 rings, most;
	struct bell		*other;		/* set (or stopped) when this one rings */
	bool			 stops_other;
};

static void
bell_ring(void *arg)
{
	struct bell *bell = arg;

	assert_false(loop_timer_is_set(&bell->timer));
	if (bell->log->len + 1 < sizeof(bell->log->text))
		bell->log->text[bell->log->len++] = bell->letter;
	bell->rings++;
	if (bell->again_ms >= 0 && bell->rings < bell->most)
		loop_timer_set(&bell->timer, bell->again_ms);
	if (bell->other != NULL && bell->stops_other)
		loop_timer_stop(&bell->other->timer);
	else if (bell->other != NULL)
		loop_timer_set(&bell->other->timer, 0);
}

static void
bell_init(struct bell *bell, struct loop *loop, struct log *log, char letter)
{
	*bell = (struct bell){ .log = log, .letter = letter, .again_ms = -1 };
	loop_timer_init(&bell->timer, loop, bell_ring, bell);
}

static void
timers_fire_in_order(void **state)
{
	static const struct {
		int64_t		delays_ms[6];
		const char	*order;
	} cases[] = {
		{ { 1, 2, 3, 4, 5, 6 }, "abcdef" },
		{ { 6, 5, 4, 3, 2, 1 }, "fedcba" },
		{ { 5, 5, 5, 5, 5, 5 }, "abcdef" },	/* equal times: the order of setting */
		{ { 0, 9, 0, 9, 0, 9 }, "acebdf" },
		{ { -5, 0, -1, 0, 1, 0 }, "abcdfe" },	/* the past is now */
		{ { DAY_MS, 1, 365 * DAY_MS, 0, 7, 7 }, "dbefac" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct loop *loop = loop_new_virtual(WALL_MS);
		struct log log = { .len = 0 };
		struct bell bells[6];

		for (int k = 0; k < 6; k++) {
			bell_init(&bells[k], loop, &log, (char)('a' + k));
			loop_timer_set(&bells[k].timer, cases[i].delays_ms[k]);
		}
		loop_run(loop);
		assert_string_equal(log.text, cases[i].order);
		loop_free(loop);
	}
}

/* The heap against a plain search, with timers set, moved and stopped at random. */
static void
the_heap_holds_its_order(void **state)
{
	struct loop *loop = loop_new_virtual(WALL_MS);
	struct log log = { .len = 0 };
	struct bell *bells = calloc(500, sizeof(*bells));
	unsigned set = 0, rings = 0;

	(void)state;
	srandom(42);
	for (int i = 0; i < 500; i++)
		bell_init(&bells[i], loop, &log, 'x');
	for (int i = 0; i < 20000; i++) {
		struct bell *bell = &bells[random() % 500];

		if (random() % 3 == 0)
			loop_timer_stop(&bell->timer);
		else
			loop_timer_set(&bell->timer, random() % 1000);
	}
	for (int i = 0; i < 500; i++)
		set += loop_timer_is_set(&bells[i].timer);
	loop_run(loop);
	for (int i = 0; i < 500; i++)
		rings += bells[i].rings;
	assert_int_equal(rings, set);
	free(bells);
	loop_free(loop);
}

struct clocks {
	struct loop_timer	timer;
	int64_t			last_mono_ms, last_due_ms;
	unsigned		left;
};

static void
clocks_check(void *arg)
{
	struct clocks *c = arg;
	struct loop *loop = c->timer.loop;

	assert_true(loop_mono_ms(loop) >= c->last_mono_ms);
	assert_int_equal(loop_mono_ms(loop), c->last_due_ms);
	c->last_mono_ms = loop_mono_ms(loop);
	if (--c->left > 0) {
		c->last_due_ms = loop_mono_ms(loop) + 3600000;
		loop_timer_set(&c->timer, 3600000);
	}
}

static void
virtual_days_pass_at_once(void **state)
{
	struct loop *loop = loop_new_virtual(WALL_MS);
	struct clocks c = { .left = 24 * 30 };
	int64_t start_ms = loop_mono_ms(loop);

	(void)state;
	assert_null(loop_event_base(loop));
	loop_timer_init(&c.timer, loop, clocks_check, &c);
	c.last_due_ms = start_ms + 3600000;
	loop_timer_set(&c.timer, 3600000);
	loop_run(loop);
	assert_int_equal(loop_mono_ms(loop) - start_ms, 30 * DAY_MS);
	assert_int_equal(loop_wall_ms(loop) - WALL_MS, 30 * DAY_MS);
	loop_run(loop);	/* nothing is left to wait for: no time passes */
	assert_int_equal(loop_wall_ms(loop) - WALL_MS, 30 * DAY_MS);
	loop_free(loop);
}

static void
the_wall_clock_moves_alone(void **state)
{
	static const int64_t shifts_ms[] = { DAY_MS, -2 * DAY_MS, 0, 1 };

	(void)state;
	for (size_t i = 0; i < COUNT(shifts_ms); i++) {
		struct loop *loop = loop_new_virtual(WALL_MS);
		struct log log = { .len = 0 };
		struct bell bell;
		int64_t mono_ms = loop_mono_ms(loop);

		bell_init(&bell, loop, &log, 'a');
		loop_timer_set(&bell.timer, 1000);
		loop_shift_wall(loop, shifts_ms[i]);
		loop_run(loop);
		assert_int_equal(loop_mono_ms(loop) - mono_ms, 1000);
		assert_int_equal(loop_wall_ms(loop) - WALL_MS, shifts_ms[i] + 1000);
		loop_free(loop);
	}
}

/* A timer that sets itself with no delay must not keep the others from their turn. */
static void
a_restarting_timer_lets_others_in(void **state)
{
	struct loop *loop = loop_new_virtual(WALL_MS);
	struct log log = { .len = 0 };
	struct bell a, b;

	(void)state;
	bell_init(&a, loop, &log, 'a');
	bell_init(&b, loop, &log, 'b');
	a.again_ms = b.again_ms = 0;
	a.most = b.most = 3;
	loop_timer_set(&a.timer, 0);
	loop_timer_set(&b.timer, 0);
	loop_run(loop);
	assert_string_equal(log.text, "ababab");
	loop_free(loop);
}

static void
timers_may_set_and_stop_each_other(void **state)
{
	struct loop *loop = loop_new_virtual(WALL_MS);
	struct log log = { .len = 0 };
	struct bell a, b, c;

	(void)state;
	bell_init(&a, loop, &log, 'a');
	bell_init(&b, loop, &log, 'b');
	bell_init(&c, loop, &log, 'c');
	a.other = &b;		/* due in the same turn: it does not fire */
	a.stops_other = true;
	c.other = &a;		/* set from within: a later turn */
	loop_timer_set(&a.timer, 5);
	loop_timer_set(&b.timer, 5);
	loop_timer_set(&c.timer, 5);
	loop_run(loop);
	assert_string_equal(log.text, "aca");
	assert_false(loop_timer_is_set(&b.timer));
	loop_timer_stop(&b.timer);	/* an unset one is fine */
	loop_free(loop);
}

static void
setting_again_moves_a_timer(void **state)
{
	struct loop *loop = loop_new_virtual(WALL_MS);
	struct log log = { .len = 0 };
	struct bell a, b;

	(void)state;
	bell_init(&a, loop, &log, 'a');
	bell_init(&b, loop, &log, 'b');
	loop_timer_set(&a.timer, 10);
	loop_timer_set(&b.timer, 20);
	loop_timer_set(&a.timer, 30);
	loop_run(loop);
	assert_string_equal(log.text, "ba");
	loop_free(loop);
}

static void
the_longest_delay_does_not_overflow(void **state)
{
	struct loop *loop = loop_new_virtual(WALL_MS);
	struct log log = { .len = 0 };
	struct bell never, soon;

	(void)state;
	bell_init(&never, loop, &log, 'n');
	bell_init(&soon, loop, &log, 's');
	loop_timer_set(&never.timer, INT64_MAX);
	loop_timer_set(&soon.timer, 1);
	soon.other = &never;
	soon.stops_other = true;
	loop_run(loop);
	assert_string_equal(log.text, "s");
	loop_free(loop);
}

static void
stop_now(void *arg)
{
	loop_stop(arg);
}

static void
stopping_keeps_what_was_not_fired(void **state)
{
	struct loop *loops[] = { loop_new_virtual(WALL_MS), loop_new() };

	(void)state;
	for (size_t i = 0; i < COUNT(loops); i++) {
		struct log log = { .len = 0 };
		struct loop_timer stop;
		struct bell a, b;

		bell_init(&a, loops[i], &log, 'a');
		bell_init(&b, loops[i], &log, 'b');
		loop_timer_init(&stop, loops[i], stop_now, loops[i]);
		loop_timer_set(&a.timer, 0);
		loop_timer_set(&stop, 0);
		loop_timer_set(&b.timer, 0);
		loop_run(loops[i]);
		assert_string_equal(log.text, "a");
		assert_true(loop_timer_is_set(&b.timer));
		loop_run(loops[i]);
		assert_string_equal(log.text, "ab");
		loop_free(loops[i]);
	}
}

static int64_t
real_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void
real_time_passes(void **state)
{
	struct loop *loop = loop_new();
	struct log log = { .len = 0 };
	struct bell a, b;
	int64_t start_ms = real_ms(), mono_ms = loop_mono_ms(loop);

	(void)state;
	assert_non_null(loop_event_base(loop));
	bell_init(&a, loop, &log, 'a');
	bell_init(&b, loop, &log, 'b');
	loop_timer_set(&b.timer, 40);
	loop_timer_set(&a.timer, 20);
	loop_run(loop);
	assert_string_equal(log.text, "ab");
	assert_in_range(real_ms() - start_ms, 38, 5000);
	assert_in_range(loop_mono_ms(loop) - mono_ms, 40, 5000);
	loop_free(loop);
}

static void
work_for_200_ms(void *arg)
{
	struct timespec ts = { 0, 200000000 };

	(void)arg;
	nanosleep(&ts, NULL);
}

/* The wait was once counted from the turn's beginning: long work made later timers late. */
static void
work_in_a_turn_does_not_delay_timers(void **state)
{
	struct loop *loop = loop_new();
	struct log log = { .len = 0 };
	struct loop_timer work;
	struct bell a;
	int64_t start_ms = real_ms();

	(void)state;
	loop_timer_init(&work, loop, work_for_200_ms, NULL);
	bell_init(&a, loop, &log, 'a');
	loop_timer_set(&work, 0);
	loop_timer_set(&a.timer, 250);
	loop_run(loop);
	assert_in_range(real_ms() - start_ms, 248, 400);
	loop_free(loop);
}

struct watcher {
	struct loop		*loop;
	struct loop_watch	*watch;
	struct loop_signal	*signal;
	int			 fd;
	unsigned		 wakes, signals;
};

static void
watcher_read(void *arg)
{
	struct watcher *w = arg;
	char byte;

	w->wakes++;
	if (read(w->fd, &byte, 1) == 1)
		return;
	loop_watch_free(w->watch);	/* from within its own call */
	w->watch = NULL;
}

static void
watcher_signal(void *arg)
{
	struct watcher *w = arg;

	w->signals++;
	loop_signal_free(w->signal);
	w->signal = NULL;
}

static void
watches_and_signals_keep_the_loop_alive(void **state)
{
	struct watcher w = { .loop = loop_new() };
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	w.fd = ends[0];
	w.watch = loop_watch_new(w.loop, w.fd, watcher_read, &w);
	w.signal = loop_signal_new(w.loop, SIGUSR1, watcher_signal, &w);
	assert_int_equal(write(ends[1], "abc", 3), 3);
	close(ends[1]);
	raise(SIGUSR1);
	loop_run(w.loop);	/* ends by itself once both are gone */
	assert_int_equal(w.wakes, 4);
	assert_int_equal(w.signals, 1);
	close(ends[0]);
	loop_watch_free(NULL);
	loop_signal_free(NULL);
	loop_free(w.loop);
	loop_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(timers_fire_in_order),
		cmocka_unit_test(the_heap_holds_its_order),
		cmocka_unit_test(virtual_days_pass_at_once),
		cmocka_unit_test(the_wall_clock_moves_alone),
		cmocka_unit_test(a_restarting_timer_lets_others_in),
		cmocka_unit_test(timers_may_set_and_stop_each_other),
		cmocka_unit_test(setting_again_moves_a_timer),
		cmocka_unit_test(the_longest_delay_does_not_overflow),
		cmocka_unit_test(stopping_keeps_what_was_not_fired),
		cmocka_unit_test(real_time_passes),
		cmocka_unit_test(work_in_a_turn_does_not_delay_timers),
		cmocka_unit_test(watches_and_signals_keep_the_loop_alive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
