/* SPDX-License-Identifier: Apache-2.0 */
/* The store as the loop sees it; see store.h. */
#include "store/store.h"

#include <assert.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/stamp.h"
#include "store/open.h"
#include "store/store_private.h"
#include "store/writer.h"

#define STORE_FILE	"trailseal.db"

struct store {
	struct loop		*loop;		/* the daemon's */
	int			 lock_fd;
	struct database		*database;	/* the writer's; to be read until the first commit */
	struct writer		*writer;	/* ours */
	struct loop_watch	*watch;		/* of the writer's descriptor; NULL in a virtual loop */
	struct loop_timer	 turn;		/* instead of it there */
	int64_t			 last_silence;
	bool			 has_committed;
	bool			 is_degraded;	/* as it was logged */
};

struct database *
store_database(struct store *store)
{
	assert(!store->has_committed);
	return store->database;
}

/* One log line a change, here: the thread logs nothing. */
static void
store_log_change(struct store *store)
{
	struct store_status status;

	store_get_status(store, &status);
	if (status.is_degraded == store->is_degraded)
		return;
	store->is_degraded = status.is_degraded;
	if (status.is_degraded)
		log_error(NULL, "cannot store, going on without, and trying again: %s", status.reason);
	else
		log_notice(NULL, "storing works again");
}

static void
store_tell(struct outcome_list *told)
{
	struct batch_outcome *o;

	while ((o = STAILQ_FIRST(told)) != NULL) {
		STAILQ_REMOVE_HEAD(told, link);
		o->done(o->arg, o->has_failed ? &o->err : NULL);
		free(o);
	}
}

static void
store_on_news(void *arg)
{
	struct store *store = arg;
	struct outcome_list told;

	writer_take_told(store->writer, &told);
	store_log_change(store);
	store_tell(&told);
}

static void
store_on_turn(void *arg)
{
	struct store *store = arg;

	writer_wait(store->writer);
	store_on_news(store);
}

/* What the run before left: its last sign of life, and whether it said goodbye. */
static int
store_read_start(struct database *db, struct store_start *start, struct err *err)
{
	struct value name = value_text(SQL_META_RUNNING);
	const char *text;
	struct row row;
	int status;

	if (row_ask(db, SQL_LAST_EVIDENCE, NULL, 0, &row, err) < 0)
		return -1;
	status = row_next(&row, err);
	if (status == 1) {
		row_number(&row);
		start->last_wall_ms = row_time(&row);
	}
	row_end(&row);
	if (status < 0 || row_ask(db, SQL_GET_META, &name, 1, &row, err) < 0)
		return -1;
	status = row_next(&row, err);
	text = status == 1 ? row_text(&row) : NULL;
	start->was_clean = text == NULL || strcmp(text, "0") == 0;
	row_end(&row);
	return status < 0 ? -1 : 0;
}

static int
store_read_last_silence(struct database *db, int64_t *ret, struct err *err)
{
	struct row row;
	int status;

	if (row_ask(db, SQL_LAST_SILENCE, NULL, 0, &row, err) < 0)
		return -1;
	status = row_next(&row, err);
	*ret = status == 1 ? row_number(&row) : 0;
	row_end(&row);
	return status < 0 ? -1 : 0;
}

/* The database is the writer's afterwards, also when it fails. */
static int
store_start_writer(struct store *store, const char *path, struct store_start *start,
    struct err *err)
{
	bool had_run = !start->is_new && start->set_aside[0] == '\0';
	struct ledger_head head;

	start->was_clean = start->is_new;
	if ((had_run && store_read_start(store->database, start, err) < 0) ||
	    store_read_last_silence(store->database, &store->last_silence, err) < 0 ||
	    ledger_load_head(store->database, &head, &start->is_ledger_altered, err) < 0) {
		database_abandon(store->database);
		return -1;
	}
	return writer_start(store->database, path, &head, &store->writer, err);
}

static void
store_free(struct store *store)
{
	loop_watch_free(store->watch);
	loop_timer_stop(&store->turn);
	close(store->lock_fd);
	free(store);
}

int
store_open(struct loop *loop, const char *directory, struct store **ret,
    struct store_start *ret_start, struct err *err)
{
	struct store *store = mem_alloc(1, sizeof(*store));
	struct store_start start;
	char path[PATH_MAX];

	if (open_lock(directory, &store->lock_fd, err) < 0) {
		free(store);
		return -1;
	}
	store->loop = loop;
	loop_timer_init(&store->turn, loop, store_on_turn, store);
	snprintf(path, sizeof(path), "%s/%s", directory, STORE_FILE);
	if (open_database(path, loop_wall_ms(loop), &store->database, &start, err) < 0 ||
	    store_start_writer(store, path, &start, err) < 0) {
		store_free(store);
		return -1;
	}
	if (loop_event_base(loop) != NULL)
		store->watch = loop_watch_new(loop, writer_fd(store->writer), store_on_news, store);
	*ret = store;
	*ret_start = start;
	return 0;
}

static void
store_add_running(struct store *store, bool is_running)
{
	struct store_batch *b = store_batch_new();

	batch_put_running(b, is_running);
	writer_add(store->writer, b);
}

void
store_commit(struct store *store, struct store_batch *b, store_done_fn done, void *arg)
{
	if (!store->has_committed)
		store_add_running(store, true);
	store->has_committed = true;
	if (done != NULL) {
		b->outcome = mem_alloc(1, sizeof(*b->outcome));
		b->outcome->done = done;
		b->outcome->arg = arg;
	}
	writer_add(store->writer, b);
	if (store->watch == NULL)
		loop_timer_set(&store->turn, 0);
}

void
store_close(struct store *store)
{
	struct store_status status;
	struct outcome_list told;

	if (store == NULL)
		return;
	if (store->has_committed)
		store_add_running(store, false);
	loop_watch_free(store->watch);
	store->watch = NULL;
	writer_stop(store->writer, &told, &status);
	if (status.waiting > 0)
		log_error(NULL, "the store ends without its last %zu batches: %s", status.waiting,
		    status.reason);
	store_free(store);
	store_tell(&told);
}

int64_t
store_next_silence_id(struct store *store)
{
	return ++store->last_silence;
}

void
store_get_status(const struct store *store, struct store_status *ret)
{
	writer_get_status(store->writer, ret);
}
