/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a store starts; see open.h. Readers stand beside the daemon, so SQLite's own exclusive lock
 * will not do: a lock on a file of its own keeps a second daemon away.
 */
#include "store/open.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/stamp.h"
#include "base/text.h"
#include "wire/json_write.h"

#define OPEN_LOCK_FILE	"trailseal.lock"
#define OPEN_ASIDE_MOST	100	/* damaged databases of one second */

int
open_lock(const char *directory, int *ret_fd, struct err *err)
{
	char path[PATH_MAX];
	struct stat st;
	int fd;

	if (stat(directory, &st) < 0)
		return err_set(err, ERR_FILE, "%s: %s", directory, strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return err_set(err, ERR_FILE, "%s is no directory", directory);
	if (st.st_mode & S_IWOTH)
		return err_set(err, ERR_FILE, "%s can be written by everyone: chmod o-w it", directory);
	if (snprintf(path, sizeof(path), "%s/%s", directory, OPEN_LOCK_FILE) >= (int)sizeof(path))
		return err_set(err, ERR_FILE, "%s: %s", directory, strerror(ENAMETOOLONG));
	fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_set(err, ERR_FILE, "%s: %s", path, strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		int error = errno;

		close(fd);
		return error == EWOULDBLOCK ?
		    err_set(err, ERR_FILE, "%s is in use by another trailseald", directory) :
		    err_set(err, ERR_FILE, "%s: flock: %s", path, strerror(error));
	}
	*ret_fd = fd;
	return 0;
}

/* The first record of a ledger: what came before it. */
static char *
open_describe_before(const struct store_start *start, const struct ledger_head *before)
{
	bool has_head = before->seq > 0;
	struct json_writer *w;
	struct buf out;

	buf_init(&out, 65536);
	w = json_writer_new(&out, false);
	json_write_object(w);
	json_write_member(w, "set_aside", start->set_aside[0] != '\0' ? start->set_aside : NULL);
	json_write_member(w, "reason", start->why[0] != '\0' ? start->why : NULL);
	json_write_key(w, "previous_records");
	if (has_head)
		json_write_i64(w, before->seq);
	else
		json_write_null(w);
	json_write_member(w, "previous_head", has_head ? before->hash : NULL);
	json_write_end_object(w);
	json_writer_free(w);
	return buf_steal(&out);
}

static int
open_begin_ledger(struct database *db, const struct store_start *start,
    const struct ledger_head *before, int64_t wall_ms, struct err *err)
{
	char *body = open_describe_before(start, before);
	struct ledger_head head;
	int result;

	ledger_head_init(&head);
	result = ledger_append(db, &head, wall_ms, "ledger-begins", body, err);
	free(body);
	return result < 0 ? -1 : ledger_note_head(db, &head, err);
}

/* Each step is a transaction; a new ledger begins in that of the first. */
static int
open_migrate(struct database *db, struct store_start *start, const struct ledger_head *before,
    int64_t wall_ms, struct err *err)
{
	int version;

	if (database_version(db, &version, err) < 0)
		return -1;
	start->is_new = version == 0 && start->set_aside[0] == '\0';
	for (; version < sql_newest_version(); version++) {
		if (database_begin(db, err) < 0 || database_take_step(db, version, err) < 0 ||
		    (version == 0 && open_begin_ledger(db, start, before, wall_ms, err) < 0) ||
		    database_commit(db, err) < 0)
			return -1;
	}
	return database_prepare(db, err);
}

/* What can be read of a damaged database's ledger: as good as it gets. */
static void
open_save_head(struct database *db, struct ledger_head *head)
{
	bool is_altered;
	struct err err;

	if (ledger_load_head(db, head, &is_altered, &err) < 0)
		ledger_head_init(head);
}

/* One attempt. `before` is filled when it is damaged. */
static int
open_try(const char *path, int64_t wall_ms, struct store_start *start, struct ledger_head *before,
    struct database **ret, struct err *err)
{
	struct database *db;

	if (database_open(path, &db, err) < 0)
		return -1;
	if (database_check(db, err) < 0 || open_migrate(db, start, before, wall_ms, err) < 0) {
		if (err->kind == ERR_MALFORMED)
			open_save_head(db, before);
		database_abandon(db);
		return -1;
	}
	*ret = db;
	return 0;
}

/* A name that is free: PATH.damaged-TIME, with a number when there are several in one second. */
static void
open_name_aside(const char *path, int64_t wall_ms, char *out, size_t size)
{
	char time[STAMP_AMZ_SIZE];
	int n;

	stamp_format_amz(wall_ms, time);
	n = snprintf(out, size, "%s.damaged-%s", path, time);
	for (int i = 1; i < OPEN_ASIDE_MOST && access(out, F_OK) == 0; i++)
		snprintf(out + n, size - (size_t)n, "-%d", i);
}

/* The WAL goes along: it belongs to the file. When that cannot be moved, nothing is. */
static int
open_set_aside(const char *path, int64_t wall_ms, struct store_start *start, const struct err *why,
    struct err *err)
{
	static const char *const suffixes[] = { "", "-wal", "-shm" };
	char from[PATH_MAX + 8], to[PATH_MAX + 8], aside[PATH_MAX];

	open_name_aside(path, wall_ms, aside, sizeof(aside) - 64);
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		snprintf(from, sizeof(from), "%s%s", path, suffixes[i]);
		snprintf(to, sizeof(to), "%s%s", aside, suffixes[i]);
		if (rename(from, to) < 0 && errno != ENOENT)
			return err_set(err, ERR_FILE, "%s is damaged (%s) and cannot be set aside: %s",
			    path, why->text, strerror(errno));
	}
	text_clean(start->set_aside, sizeof(start->set_aside), aside, strlen(aside));
	text_clean(start->why, sizeof(start->why), why->text, strlen(why->text));
	return 0;
}

int
open_database(const char *path, int64_t wall_ms, struct database **ret,
    struct store_start *ret_start, struct err *err)
{
	struct store_start start = { .last_wall_ms = STAMP_UNKNOWN };
	struct ledger_head before;
	struct err why;

	ledger_head_init(&before);
	if (database_make_file(path, err) < 0)
		return -1;
	if (open_try(path, wall_ms, &start, &before, ret, err) < 0) {
		if (err->kind != ERR_MALFORMED)
			return -1;
		why = *err;
		if (open_set_aside(path, wall_ms, &start, &why, err) < 0 ||
		    database_make_file(path, err) < 0 ||
		    open_try(path, wall_ms, &start, &before, ret, err) < 0)
			return -1;
	}
	*ret_start = start;
	return 0;
}
