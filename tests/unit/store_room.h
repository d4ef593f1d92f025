/* SPDX-License-Identifier: Apache-2.0 */
/* For the tests of the store: a folder of its own with a store in it, and SQL behind its back. */
#ifndef TRAILSEAL_TESTS_STORE_ROOM_H
#define TRAILSEAL_TESTS_STORE_ROOM_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "base/stamp.h"
#include "store/ledger.h"
#include "store/store.h"

#define ROOM_WALL_MS	INT64_C(1767323045000)	/* 2026-01-02T03:04:05Z */

struct room {
	char			 folder[64];
	char			 path[128];	/* of the database */
	struct loop		*loop;
	struct store		*store;
	struct store_start	 start;
	unsigned		 told, failed;	/* outcomes */
};

/* Runs a command in the folder. */
static inline int
room_shell(const struct room *r, const char *command)
{
	char line[512];

	assert_true(snprintf(line, sizeof(line), "cd %s && %s", r->folder, command) < (int)sizeof(line));
	return system(line);
}

static inline void
room_init(struct room *r)
{
	*r = (struct room){ .folder = "/tmp/trailseal-store-XXXXXX" };
	assert_non_null(mkdtemp(r->folder));
	snprintf(r->path, sizeof(r->path), "%s/trailseal.db", r->folder);
	r->loop = loop_new();
}

static inline void
room_open(struct room *r)
{
	struct err err = { .kind = ERR_NONE };

	if (store_open(r->loop, r->folder, &r->store, &r->start, &err) < 0)
		fail_msg("%s", err.text);
}

static inline void
room_close(struct room *r)
{
	store_close(r->store);
	r->store = NULL;
}

static inline void
room_done(struct room *r)
{
	room_close(r);
	loop_free(r->loop);
	assert_int_equal(room_shell(r, "rm -rf -- \"$PWD\""), 0);
}

static inline void
room_count(void *arg, const struct err *err)
{
	struct room *r = arg;

	r->told++;
	r->failed += err != NULL;
	loop_stop(r->loop);
}

/* Commits, and waits for the outcome. */
static inline void
room_commit(struct room *r, struct store_batch *b)
{
	unsigned told = r->told;

	store_commit(r->store, b, room_count, r);
	assert_int_equal(r->told, told);	/* never from inside */
	while (r->told == told)
		loop_run(r->loop);
}

static inline void
room_add_evidence(struct room *r, const char *kind, const char *json)
{
	struct store_batch *b = store_batch_new();

	store_add_evidence(b, ROOM_WALL_MS, kind, json);
	room_commit(r, b);
}

/* One statement on a connection of its own. */
static inline void
room_sql(const struct room *r, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(r->path, &db), SQLITE_OK);
	sqlite3_busy_timeout(db, 5000);
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	sqlite3_close(db);
}

/* The only value that a question gives. */
static inline int64_t
room_ask(const struct room *r, const char *sql)
{
	sqlite3_stmt *statement;
	int64_t number;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(r->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	number = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return number;
}

static inline void
room_prove(const struct room *r, const struct ledger_proof *proof, struct ledger_verdict *ret)
{
	struct ledger *ledger;
	struct err err;

	if (ledger_open(r->path, &ledger, &err) < 0 || ledger_verify(ledger, proof, ret, &err) < 0)
		fail_msg("%s", err.text);
	ledger_close(ledger);
}

static inline void
room_verify(const struct room *r, const char *anchor, struct ledger_verdict *ret)
{
	room_prove(r, &(struct ledger_proof){ .anchor = anchor }, ret);
}

static inline void
room_expect_whole(const struct room *r, int64_t records)
{
	struct ledger_verdict verdict;

	room_verify(r, NULL, &verdict);
	if (!verdict.is_whole)
		fail_msg("record %lld: %s", (long long)verdict.broken_seq, verdict.what);
	assert_int_equal(verdict.head.seq, records);
}

#endif
