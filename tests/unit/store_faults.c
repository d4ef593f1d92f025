/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A call that SQLite makes of the disk fails once, in every way: the store must go on by itself,
 * with everything in its ledger once, or must not have started, and never takes a failing disk for
 * a damaged database. Every fourth call; with TRAILSEAL_LONG=1 each.
 */
#include "store/store.h"

#include "unit/store_room.h"

#include <stdatomic.h>

#define FAULT_BATCHES	3

/* ---- a file system that fails ---- */

/* Before anything is done, all calls; half done or full, writes; after it is done, changes. */
enum fault { FAULT_BEFORE = 0, FAULT_HALF, FAULT_FULL, FAULT_AFTER, FAULTS };

static atomic_int fault_left;		/* calls until one fails; below 0: none does */
static atomic_int fault_count;		/* calls so far */
static enum fault fault_kind;

struct fault_file {
	sqlite3_file	 base;
	sqlite3_file	*real;
};

static sqlite3_vfs *fault_real_vfs;
static sqlite3_vfs fault_vfs;
static sqlite3_io_methods fault_methods;

static sqlite3_file *
fault_real(sqlite3_file *file)
{
	return ((struct fault_file *)file)->real;
}

/* Whether this call is the one. */
static bool
fault_strikes(bool changes, bool writes)
{
	if (fault_kind != FAULT_BEFORE && !(fault_kind == FAULT_AFTER ? changes : writes))
		return false;
	atomic_fetch_add(&fault_count, 1);
	return atomic_fetch_sub(&fault_left, 1) == 0;
}

static int
fault_write(sqlite3_file *file, const void *data, int len, sqlite3_int64 at)
{
	sqlite3_file *real = fault_real(file);

	if (!fault_strikes(true, true))
		return real->pMethods->xWrite(real, data, len, at);
	if (fault_kind == FAULT_HALF)
		real->pMethods->xWrite(real, data, len / 2, at);
	if (fault_kind == FAULT_AFTER)
		real->pMethods->xWrite(real, data, len, at);
	return fault_kind == FAULT_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

static int
fault_sync(sqlite3_file *file, int flags)
{
	sqlite3_file *real = fault_real(file);

	if (!fault_strikes(true, false))
		return real->pMethods->xSync(real, flags);
	if (fault_kind == FAULT_AFTER)
		real->pMethods->xSync(real, flags);
	return SQLITE_IOERR_FSYNC;
}

static int
fault_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	sqlite3_file *real = fault_real(file);

	if (!fault_strikes(true, false))
		return real->pMethods->xTruncate(real, size);
	if (fault_kind == FAULT_AFTER)
		real->pMethods->xTruncate(real, size);
	return SQLITE_IOERR_TRUNCATE;
}

static int
fault_read(sqlite3_file *file, void *data, int len, sqlite3_int64 at)
{
	sqlite3_file *real = fault_real(file);

	return fault_strikes(false, false) ? SQLITE_IOERR_READ : real->pMethods->xRead(real, data, len, at);
}

static int
fault_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **ret)
{
	sqlite3_file *real = fault_real(file);

	return fault_strikes(false, false) ? SQLITE_IOERR_SHMSIZE :
	    real->pMethods->xShmMap(real, page, size, extend, ret);
}

static int
fault_close(sqlite3_file *file)
{
	return fault_real(file)->pMethods->xClose(fault_real(file));
}

static int
fault_file_size(sqlite3_file *file, sqlite3_int64 *ret)
{
	return fault_real(file)->pMethods->xFileSize(fault_real(file), ret);
}

static int
fault_lock(sqlite3_file *file, int level)
{
	return fault_real(file)->pMethods->xLock(fault_real(file), level);
}

static int
fault_unlock(sqlite3_file *file, int level)
{
	return fault_real(file)->pMethods->xUnlock(fault_real(file), level);
}

static int
fault_check_lock(sqlite3_file *file, int *ret)
{
	return fault_real(file)->pMethods->xCheckReservedLock(fault_real(file), ret);
}

static int
fault_control(sqlite3_file *file, int what, void *arg)
{
	return fault_real(file)->pMethods->xFileControl(fault_real(file), what, arg);
}

static int
fault_sector(sqlite3_file *file)
{
	return fault_real(file)->pMethods->xSectorSize(fault_real(file));
}

static int
fault_device(sqlite3_file *file)
{
	return fault_real(file)->pMethods->xDeviceCharacteristics(fault_real(file));
}

static int
fault_shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
	return fault_real(file)->pMethods->xShmLock(fault_real(file), offset, n, flags);
}

static void
fault_shm_barrier(sqlite3_file *file)
{
	fault_real(file)->pMethods->xShmBarrier(fault_real(file));
}

static int
fault_shm_unmap(sqlite3_file *file, int is_delete)
{
	return fault_real(file)->pMethods->xShmUnmap(fault_real(file), is_delete);
}

static sqlite3_io_methods fault_methods = {
	.iVersion = 2, .xClose = fault_close, .xRead = fault_read, .xWrite = fault_write,
	.xTruncate = fault_truncate, .xSync = fault_sync, .xFileSize = fault_file_size,
	.xLock = fault_lock, .xUnlock = fault_unlock, .xCheckReservedLock = fault_check_lock,
	.xFileControl = fault_control, .xSectorSize = fault_sector,
	.xDeviceCharacteristics = fault_device, .xShmMap = fault_shm_map,
	.xShmLock = fault_shm_lock, .xShmBarrier = fault_shm_barrier, .xShmUnmap = fault_shm_unmap,
};

static int
fault_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *ret_flags)
{
	struct fault_file *f = (struct fault_file *)file;
	int status;

	(void)vfs;
	f->base.pMethods = NULL;
	f->real = (sqlite3_file *)(f + 1);
	if (fault_strikes(false, false))
		return SQLITE_CANTOPEN;
	status = fault_real_vfs->xOpen(fault_real_vfs, path, f->real, flags, ret_flags);
	if (status == SQLITE_OK)
		f->base.pMethods = &fault_methods;
	return status;
}

static void
fault_install(void)
{
	atomic_store(&fault_left, -1);
	fault_real_vfs = sqlite3_vfs_find(NULL);
	fault_vfs = *fault_real_vfs;
	fault_vfs.zName = "faults";
	fault_vfs.szOsFile += (int)sizeof(struct fault_file);
	fault_vfs.xOpen = fault_open;
	assert_int_equal(sqlite3_vfs_register(&fault_vfs, 1), SQLITE_OK);
}

/* ---- the store on it ---- */

static bool
room_try_open(struct room *r, const char *what)
{
	struct err err;

	if (store_open(r->loop, r->folder, &r->store, &r->start, &err) < 0)
		return false;
	if (r->start.set_aside[0] != '\0')
		fail_msg("%s: a whole database was set aside: %s", what, r->start.why);
	return true;
}

static void
room_commit_numbers(struct room *r)
{
	for (int n = 0; n < FAULT_BATCHES; n++) {
		struct store_batch *b = store_batch_new();
		struct alert alert = { .kind = "finding", .rule = "key-disabled", .evidence = "{}" };
		char body[32];

		snprintf(alert.id, sizeof(alert.id), "%d", n);
		snprintf(alert.delivery_id, sizeof(alert.delivery_id), "%d-1", n);
		snprintf(body, sizeof(body), "{\"n\":%d}", n);
		store_put_alert(b, &alert, "hook");
		store_add_evidence(b, ROOM_WALL_MS, "note", body);
		room_commit(r, b);
	}
}

static void
room_wait(struct room *r)
{
	struct store_status status;

	do {
		usleep(1000);
		store_get_status(r->store, &status);
	} while (status.waiting > 0);
	assert_false(status.is_degraded);
}

/* One life with the n-th call of the disk failing. False when there were not so many. */
static bool
fault_live(enum fault kind, int nth)
{
	struct ledger_verdict verdict;
	char what[64];
	struct room r;

	snprintf(what, sizeof(what), "call %d, fault %d", nth, kind);
	fault_kind = kind;
	room_init(&r);
	room_open(&r);
	room_close(&r);
	atomic_store(&fault_count, 0);
	atomic_store(&fault_left, nth);
	if (!room_try_open(&r, what) && !room_try_open(&r, what))
		fail_msg("%s: it does not start though the disk is fine again", what);
	room_commit_numbers(&r);
	room_wait(&r);
	assert_int_equal(r.told, FAULT_BATCHES);
	room_close(&r);
	atomic_store(&fault_left, -1);
	room_verify(&r, NULL, &verdict);
	if (!verdict.is_whole || verdict.head.seq != 1 + FAULT_BATCHES)
		fail_msg("%s: %lld records, %s", what, (long long)verdict.head.seq, verdict.what);
	assert_int_equal(room_ask(&r, "SELECT count(*) FROM outbox"), FAULT_BATCHES);
	assert_int_equal(room_ask(&r, "SELECT count(*) FROM ledger WHERE kind = 'note'"
	    " AND body = '{\"n\":' || (seq - 2) || '}'"), FAULT_BATCHES);
	room_done(&r);
	return atomic_load(&fault_count) > nth;
}

static void
every_call_may_fail(void **state)
{
	int lives = 0, step = getenv("TRAILSEAL_LONG") != NULL ? 1 : 4;

	(void)state;
	fault_install();
	for (enum fault kind = FAULT_BEFORE; kind < FAULTS; kind++)
		for (int nth = 0; fault_live(kind, nth); nth += step)
			lives++;
	print_message("%d faults\n", lives);
	assert_true(lives > 100 / step);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_call_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
