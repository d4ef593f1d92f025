/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The writer thread; see writer.h. One lock guards the lists, the outcomes and the counters, and is
 * never held while SQLite works. The database, the heads and the batches of `group` belong to the
 * thread, the list `group` itself is changed under the lock.
 *
 * A failed commit may still have reached the disk: then SQLite finds it in the WAL when the file is
 * opened again. All statements may run twice but the ledger's, so before the second attempt the
 * ledger's head is looked at.
 */
#include "store/writer.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"

#define WRITER_FIRST_PAUSE_MS	100
#define WRITER_LAST_PAUSE_MS	30000
#define WRITER_STOP_MS		20000	/* for the disk, at the end */

struct writer {
	pthread_t		 thread;
	int			 fd;		/* eventfd */
	char			*path;		/* ours */

	struct database		*database;	/* ours; NULL: to be opened again */
	struct ledger_head	 head;		/* as committed */
	struct ledger_head	 tried;		/* of the attempt that failed; seq 0: none */

	pthread_mutex_t		 lock;		/* for all below */
	pthread_cond_t		 work;		/* for the thread: a batch, or the end */
	pthread_cond_t		 news;		/* from it: outcomes, or the end */
	struct batch_list	 queue;		/* ours */
	struct batch_list	 group;		/* in work, or tried and to be tried again */
	struct outcome_list	 told;		/* ours */
	size_t			 untold;	/* outcomes that the loop waits for */
	bool			 is_stopping, has_ended, is_degraded;
	struct err		 err;		/* while degraded */
	struct store_status	 status;	/* its counters */
	struct ledger_head	 known_head;	/* for the status */
};

/* Under the lock. Only the first outcome counts. */
static void
writer_tell(struct writer *w, struct store_batch *b, const struct err *err)
{
	struct batch_outcome *o = b->outcome;

	if (o == NULL)
		return;
	b->outcome = NULL;
	o->has_failed = err != NULL;
	if (err != NULL)
		o->err = *err;
	STAILQ_INSERT_TAIL(&w->told, o, link);
	w->untold--;
}

/* Under the lock. */
static void
writer_tell_list(struct writer *w, struct batch_list *list, const struct err *err)
{
	struct store_batch *b;

	STAILQ_FOREACH(b, list, link)
		writer_tell(w, b, err);
}

/* Under the lock. The counter of an eventfd cannot overflow by ones. */
static void
writer_signal(struct writer *w)
{
	uint64_t one = 1;
	ssize_t n = write(w->fd, &one, sizeof(one));

	assert(n == sizeof(one));
	pthread_cond_broadcast(&w->news);
}

static int
writer_reopen(struct writer *w, struct err *err)
{
	if (w->database != NULL)
		return 0;
	return database_open(w->path, &w->database, err);
}

/* Whether the attempt that failed is on disk after all. */
static int
writer_look_back(struct writer *w, bool *ret_is_done, struct err *err)
{
	struct ledger_head head;

	*ret_is_done = false;
	if (w->tried.seq == 0)
		return 0;
	ledger_head_init(&head);
	if (ledger_load_note(w->database, &head, err) < 0)
		return -1;
	*ret_is_done = head.seq == w->tried.seq && strcmp(head.hash, w->tried.hash) == 0;
	return 0;
}

/* One transaction; *head moves along with the ledger. */
static int
writer_run(struct writer *w, struct ledger_head *head, struct err *err)
{
	const struct store_batch *b;

	if (database_begin(w->database, err) < 0)
		return -1;
	STAILQ_FOREACH(b, &w->group, link)
		if (batch_run(b, w->database, head, err) < 0)
			return -1;
	if (head->seq != w->head.seq && ledger_note_head(w->database, head, err) < 0)
		return -1;
	return database_commit(w->database, err);
}

/* Writes the group, unless that was done before. */
static int
writer_write(struct writer *w, struct err *err)
{
	struct ledger_head head = w->head;
	bool is_done;

	if (writer_reopen(w, err) < 0)
		return -1;
	if (writer_look_back(w, &is_done, err) == 0) {
		if (is_done)
			head = w->tried;
		if (is_done || writer_run(w, &head, err) == 0) {
			w->head = head;
			w->tried.seq = 0;
			return 0;
		}
		if (head.seq != w->head.seq)
			w->tried = head;
	}
	database_abandon(w->database);
	w->database = NULL;
	return -1;
}

/* Under the lock: the group is on disk. */
static void
writer_succeed(struct writer *w)
{
	struct store_batch *b;

	while ((b = STAILQ_FIRST(&w->group)) != NULL) {
		writer_tell(w, b, NULL);
		STAILQ_REMOVE_HEAD(&w->group, link);
		store_batch_free(b);
		w->status.waiting--;
	}
	w->status.commits++;
	w->is_degraded = false;
	w->known_head = w->head;
	writer_signal(w);
}

/* Under the lock: whoever waits is told now; the batches stay. */
static void
writer_fail(struct writer *w, const struct err *err)
{
	w->err = *err;
	w->is_degraded = true;
	w->status.failures++;
	writer_tell_list(w, &w->group, err);
	writer_tell_list(w, &w->queue, err);
	writer_signal(w);
}

/* Under the lock, which is free while it waits. Ended early by the end of all. */
static void
writer_pause(struct writer *w, int64_t ms)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += ms % 1000 * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	while (!w->is_stopping && pthread_cond_timedwait(&w->work, &w->lock, &until) != ETIMEDOUT)
		;
}

/* Under the lock, which is free while it writes. What failed is tried by itself, before all else. */
static bool
writer_turn(struct writer *w)
{
	struct err err;
	bool is_good;

	if (STAILQ_EMPTY(&w->group))
		STAILQ_CONCAT(&w->group, &w->queue);
	pthread_mutex_unlock(&w->lock);
	is_good = writer_write(w, &err) == 0;
	pthread_mutex_lock(&w->lock);
	if (is_good)
		writer_succeed(w);
	else
		writer_fail(w, &err);
	return is_good;
}

static void *
writer_main(void *arg)
{
	struct writer *w = arg;
	int64_t pause_ms = WRITER_FIRST_PAUSE_MS;
	bool is_last = false;

	pthread_mutex_lock(&w->lock);
	while (!is_last) {
		while (w->status.waiting == 0 && !w->is_stopping)
			pthread_cond_wait(&w->work, &w->lock);
		if (w->status.waiting == 0)
			break;
		is_last = w->is_stopping;
		if (writer_turn(w)) {
			pause_ms = WRITER_FIRST_PAUSE_MS;
			is_last = false;
		} else if (!is_last) {
			writer_pause(w, pause_ms);
			pause_ms = pause_ms * 2 > WRITER_LAST_PAUSE_MS ? WRITER_LAST_PAUSE_MS : pause_ms * 2;
		}
	}
	pthread_mutex_unlock(&w->lock);
	database_close(w->database);
	pthread_mutex_lock(&w->lock);
	w->has_ended = true;
	writer_signal(w);
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

/* Signals are the loop's. */
static int
writer_start_thread(struct writer *w)
{
	sigset_t all, before;
	int status;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	status = pthread_create(&w->thread, NULL, writer_main, w);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return status;
}

static void
writer_init_locks(struct writer *w)
{
	pthread_condattr_t attr;

	pthread_mutex_init(&w->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&w->work, &attr);
	pthread_cond_init(&w->news, &attr);
	pthread_condattr_destroy(&attr);
}

static void
writer_free_list(struct batch_list *list)
{
	struct store_batch *b;

	while ((b = STAILQ_FIRST(list)) != NULL) {
		STAILQ_REMOVE_HEAD(list, link);
		store_batch_free(b);
	}
}

static void
writer_free(struct writer *w)
{
	writer_free_list(&w->queue);
	writer_free_list(&w->group);
	pthread_cond_destroy(&w->work);
	pthread_cond_destroy(&w->news);
	pthread_mutex_destroy(&w->lock);
	if (w->fd >= 0)
		close(w->fd);
	free(w->path);
	free(w);
}

int
writer_start(struct database *db, const char *path, const struct ledger_head *head,
    struct writer **ret, struct err *err)
{
	struct writer *w = mem_alloc(1, sizeof(*w));
	int status;

	writer_init_locks(w);
	STAILQ_INIT(&w->queue);
	STAILQ_INIT(&w->group);
	STAILQ_INIT(&w->told);
	w->path = mem_strdup(path);
	w->database = db;
	w->head = w->known_head = *head;
	w->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	status = w->fd < 0 ? errno : writer_start_thread(w);
	if (status != 0) {
		err_set(err, ERR_FILE, "cannot start the writer: %s", strerror(status));
		database_close(db);
		writer_free(w);
		return -1;
	}
	*ret = w;
	return 0;
}

/* Under the lock. */
static void
writer_fill_status(const struct writer *w, struct store_status *ret)
{
	*ret = w->status;
	ret->is_degraded = w->is_degraded;
	if (w->is_degraded)
		text_clean(ret->reason, sizeof(ret->reason), w->err.text, strlen(w->err.text));
	ret->ledger_records = (uint64_t)w->known_head.seq;
	memcpy(ret->ledger_head, w->known_head.hash, sizeof(ret->ledger_head));
}

/* Under the lock. False when the thread did not end in time. */
static bool
writer_join(struct writer *w)
{
	struct timespec until;
	int status = 0;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += WRITER_STOP_MS / 1000;
	while (!w->has_ended && status != ETIMEDOUT)
		status = pthread_cond_timedwait(&w->news, &w->lock, &until);
	return w->has_ended;
}

void
writer_stop(struct writer *w, struct outcome_list *ret_told, struct store_status *ret_status)
{
	bool has_ended;
	struct err err;

	pthread_mutex_lock(&w->lock);
	w->is_stopping = true;
	pthread_cond_signal(&w->work);
	has_ended = writer_join(w);
	if (!has_ended) {
		err_set(&err, ERR_TIMEOUT, "the disk did not answer in %d s", WRITER_STOP_MS / 1000);
		writer_fail(w, &err);
	}
	STAILQ_INIT(ret_told);
	STAILQ_CONCAT(ret_told, &w->told);
	writer_fill_status(w, ret_status);
	pthread_mutex_unlock(&w->lock);
	if (!has_ended)
		return;
	pthread_join(w->thread, NULL);
	writer_free(w);
}

void
writer_add(struct writer *w, struct store_batch *b)
{
	pthread_mutex_lock(&w->lock);
	STAILQ_INSERT_TAIL(&w->queue, b, link);
	w->status.waiting++;
	w->untold += b->outcome != NULL;
	if (w->is_degraded) {
		writer_tell(w, b, &w->err);
		writer_signal(w);
	}
	pthread_cond_signal(&w->work);
	pthread_mutex_unlock(&w->lock);
}

int
writer_fd(const struct writer *w)
{
	return w->fd;
}

void
writer_take_told(struct writer *w, struct outcome_list *ret)
{
	uint64_t count;
	ssize_t n;

	pthread_mutex_lock(&w->lock);
	n = read(w->fd, &count, sizeof(count));
	assert(n == sizeof(count) || errno == EAGAIN);
	STAILQ_INIT(ret);
	STAILQ_CONCAT(ret, &w->told);
	pthread_mutex_unlock(&w->lock);
}

void
writer_wait(struct writer *w)
{
	pthread_mutex_lock(&w->lock);
	while (w->untold > 0)
		pthread_cond_wait(&w->news, &w->lock);
	pthread_mutex_unlock(&w->lock);
}

void
writer_get_status(struct writer *w, struct store_status *ret)
{
	pthread_mutex_lock(&w->lock);
	writer_fill_status(w, ret);
	pthread_mutex_unlock(&w->lock);
}
