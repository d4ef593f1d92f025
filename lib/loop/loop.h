/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time and the event loop. Timers run on the monotonic clock, AWS's times on the wall clock;
 * the two are never mixed. A virtual loop has clocks that jump from timer to timer, so that a
 * test lives through days in milliseconds; it serves no file descriptors or signals.
 */
#ifndef TRAILSEAL_LOOP_LOOP_H
#define TRAILSEAL_LOOP_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct loop;
struct event_base;

struct loop	*loop_new(void);
struct loop	*loop_new_virtual(int64_t wall_ms);
void		 loop_free(struct loop *);	/* all timers and watches must have ended */

/* Now: read once per turn of the loop, so that one turn has one time. */
int64_t	loop_mono_ms(const struct loop *);
int64_t	loop_wall_ms(const struct loop *);

/* Virtual loops: moves the wall clock alone, as an operator or NTP would. */
void	loop_shift_wall(struct loop *, int64_t by_ms);

/* Virtual loops: the machine sleeps. Both clocks go on, and what became due fires afterwards. */
void	loop_suspend(struct loop *, int64_t for_ms);

/* Runs until loop_stop(), or until nothing is left to wait for. */
void	loop_run(struct loop *);
void	loop_stop(struct loop *);

/* For the HTTP client and server only; NULL for a virtual loop. */
struct event_base	*loop_event_base(struct loop *);

typedef void (*loop_timer_fn)(void *arg);

/* Embedded in its owner, who must stop it before going away. Fires once per setting. */
struct loop_timer {
	struct loop	*loop;
	loop_timer_fn	 fire;
	void		*arg;
	int64_t		 due_mono_ms;
	uint64_t	 order;		/* equal times fire in the order of their setting */
	size_t		 slot;		/* place in the heap plus one; 0 while not set */
};

void	loop_timer_init(struct loop_timer *, struct loop *, loop_timer_fn, void *arg);

/* (Re)sets it. 0 means a later turn of the loop, never a call from inside this one. */
void	loop_timer_set(struct loop_timer *, int64_t delay_ms);
void	loop_timer_stop(struct loop_timer *);
bool	loop_timer_is_set(const struct loop_timer *);

/* A signal handled in the loop's own turn; freed by loop_signal_free(). */
struct loop_signal;
struct loop_signal	*loop_signal_new(struct loop *, int signo, loop_timer_fn, void *arg);
void			 loop_signal_free(struct loop_signal *);

/*
 * Watches a file descriptor until freed: fires while it can be read, or can be written. The
 * descriptor stays the caller's. A watch may be freed while it fires.
 */
struct loop_watch;
struct loop_watch	*loop_watch_new(struct loop *, int fd, loop_timer_fn, void *arg);
struct loop_watch	*loop_watch_new_writing(struct loop *, int fd, loop_timer_fn, void *arg);
void			 loop_watch_free(struct loop_watch *);

#endif
