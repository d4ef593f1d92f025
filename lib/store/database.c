/* SPDX-License-Identifier: Apache-2.0 */
/* A connection to SQLite; see database.h. */
#include "store/database.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/stamp.h"

#define DATABASE_BUSY_MS	5000	/* a reader may be recovering the WAL */
#define DATABASE_WAL_BYTES	"16777216"	/* a longer WAL is cut when it was copied back */

struct database {
	sqlite3		*sqlite;
	char		*path;		/* ours */
	sqlite3_stmt	*statement[SQL_STATEMENTS];	/* ours; NULL until it is used */
};

struct value
value_text(const char *text)
{
	return (struct value){ .kind = text != NULL ? VALUE_TEXT : VALUE_NULL, .text = text };
}

struct value
value_number(int64_t number)
{
	return (struct value){ .kind = VALUE_NUMBER, .number = number };
}

struct value
value_time(int64_t wall_ms)
{
	return wall_ms == STAMP_UNKNOWN ? value_text(NULL) : value_number(wall_ms);
}

/* SQLITE_ERROR comes of a table or column that is missing: the file is not what it should be. */
static int
database_fail(struct database *db, struct err *err)
{
	int code = sqlite3_errcode(db->sqlite) & 0xff, number = sqlite3_system_errno(db->sqlite);
	bool is_damaged = code == SQLITE_CORRUPT || code == SQLITE_NOTADB || code == SQLITE_ERROR;
	bool has_number = number != 0 && (code == SQLITE_IOERR || code == SQLITE_CANTOPEN ||
	    code == SQLITE_FULL);

	return err_set(err, is_damaged ? ERR_MALFORMED : ERR_FILE, "%s: %s%s%s", db->path,
	    sqlite3_errmsg(db->sqlite), has_number ? ": " : "", has_number ? strerror(number) : "");
}

static int
database_exec(struct database *db, const char *sql, struct err *err)
{
	return sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 :
	    database_fail(db, err);
}

/* The first column of the only row, as text. */
static int
database_ask(struct database *db, const char *sql, char *out, size_t size, struct err *err)
{
	sqlite3_stmt *statement;
	int status, result;

	if (sqlite3_prepare_v2(db->sqlite, sql, -1, &statement, NULL) != SQLITE_OK)
		return database_fail(db, err);
	status = sqlite3_step(statement);
	result = status == SQLITE_ROW ? 0 : status == SQLITE_DONE ?
	    err_set(err, ERR_FILE, "%s: no answer to \"%s\"", db->path, sql) : database_fail(db, err);
	if (result == 0) {
		const char *text = (const char *)sqlite3_column_text(statement, 0);

		strncpy(out, text != NULL ? text : "", size - 1);
		out[size - 1] = '\0';
	}
	sqlite3_finalize(statement);
	return result;
}

static int
database_new(const char *path, int flags, struct database **ret, struct err *err)
{
	struct database *db = mem_alloc(1, sizeof(*db));

	db->path = mem_strdup(path);
	if (sqlite3_open_v2(path, &db->sqlite, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
		database_fail(db, err);
		database_close(db);
		return -1;
	}
	sqlite3_busy_timeout(db->sqlite, DATABASE_BUSY_MS);
	sqlite3_extended_result_codes(db->sqlite, 1);
	*ret = db;
	return 0;
}

/* Set and read back: a library that was built otherwise must not weaken what we promise. */
static int
database_set_up(struct database *db, struct err *err)
{
	static const struct {
		const char	*set, *ask, *want;
	} pragmas[] = {
		{ "PRAGMA trusted_schema = OFF", "PRAGMA trusted_schema", "0" },
		{ "PRAGMA journal_mode = WAL", "PRAGMA journal_mode", "wal" },
		{ "PRAGMA synchronous = FULL", "PRAGMA synchronous", "2" },
		{ "PRAGMA foreign_keys = OFF", "PRAGMA foreign_keys", "0" },
		{ "PRAGMA temp_store = MEMORY", "PRAGMA temp_store", "2" },
		{ "PRAGMA journal_size_limit = " DATABASE_WAL_BYTES, "PRAGMA journal_size_limit",
		    DATABASE_WAL_BYTES },
	};
	char got[32];

	for (size_t i = 0; i < sizeof(pragmas) / sizeof(pragmas[0]); i++) {
		if (database_exec(db, pragmas[i].set, err) < 0 ||
		    database_ask(db, pragmas[i].ask, got, sizeof(got), err) < 0)
			return -1;
		if (strcmp(got, pragmas[i].want) != 0)
			return err_set(err, ERR_FILE, "%s: after \"%s\" it is \"%s\"", db->path,
			    pragmas[i].set, got);
	}
	return 0;
}

int
database_open(const char *path, struct database **ret, struct err *err)
{
	struct database *db;

	if (database_new(path, SQLITE_OPEN_READWRITE, &db, err) < 0)
		return -1;
	if (database_set_up(db, err) < 0) {
		database_abandon(db);
		return -1;
	}
	*ret = db;
	return 0;
}

int
database_open_reading(const char *path, struct database **ret, struct err *err)
{
	char got[32];
	struct database *db;

	if (database_new(path, SQLITE_OPEN_READONLY, &db, err) < 0)
		return -1;
	if (database_exec(db, "PRAGMA trusted_schema = OFF", err) < 0 ||
	    database_ask(db, "PRAGMA schema_version", got, sizeof(got), err) < 0) {
		database_close(db);
		return -1;
	}
	*ret = db;
	return 0;
}

void
database_close(struct database *db)
{
	int status;

	if (db == NULL)
		return;
	for (int i = 0; i < SQL_STATEMENTS; i++)
		sqlite3_finalize(db->statement[i]);
	status = sqlite3_close(db->sqlite);
	assert(status == SQLITE_OK);
	free(db->path);
	free(db);
}

void
database_abandon(struct database *db)
{
	if (db != NULL)
		sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	database_close(db);
}

static int
database_look_at_file(const char *path, struct err *err)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return err_set(err, ERR_FILE, "%s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_FILE, "%s is no regular file", path);
	if ((st.st_mode & 077) == 0)
		return 0;
	log_warning(NULL, "others could read or write %s (mode %03o): now they cannot", path,
	    (unsigned)st.st_mode & 0777);
	if (chmod(path, 0600) < 0)
		return err_set(err, ERR_FILE, "%s: chmod: %s", path, strerror(errno));
	return 0;
}

int
database_make_file(const char *path, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0 && errno != EEXIST)
		return err_set(err, ERR_FILE, "%s: %s", path, strerror(errno));
	if (fd < 0 && database_look_at_file(path, err) < 0)
		return -1;
	if (fd >= 0)
		close(fd);
	return 0;
}

static int
database_ask_number(struct database *db, const char *sql, long *ret, struct err *err)
{
	char got[32];

	if (database_ask(db, sql, got, sizeof(got), err) < 0)
		return -1;
	*ret = strtol(got, NULL, 10);
	return 0;
}

/* The check tells of a page that cannot be read as of one that is damaged: look at the code. */
static enum err_kind
database_check_kind(const char *answer)
{
	static const char mark[] = "error code=";
	const char *code = strstr(answer, mark);

	return code != NULL && (atoi(code + sizeof(mark) - 1) & 0xff) == SQLITE_IOERR ? ERR_FILE :
	    ERR_MALFORMED;
}

int
database_check(struct database *db, struct err *err)
{
	long tables, id;
	char got[256];

	if (database_ask(db, "PRAGMA quick_check(1)", got, sizeof(got), err) < 0)
		return -1;
	if (strcmp(got, "ok") != 0)
		return err_set(err, database_check_kind(got), "%s: %s", db->path, got);
	if (database_ask_number(db, "SELECT count(*) FROM sqlite_master", &tables, err) < 0 ||
	    database_ask_number(db, "PRAGMA application_id", &id, err) < 0)
		return -1;
	if (tables > 0 && id != SQL_APPLICATION_ID)
		return err_set(err, ERR_MALFORMED, "%s is a database of something else", db->path);
	return 0;
}

int
database_version(struct database *db, int *ret, struct err *err)
{
	long version;

	if (database_ask_number(db, "PRAGMA user_version", &version, err) < 0)
		return -1;
	if (version < 0 || version > INT_MAX)
		return err_set(err, ERR_MALFORMED, "%s: version %ld", db->path, version);
	if (version > sql_newest_version())
		return err_set(err, ERR_TOO_LARGE, "%s was written by a newer trailseal (version %ld, "
		    "this one knows %d)", db->path, version, sql_newest_version());
	*ret = (int)version;
	return 0;
}

int
database_take_step(struct database *db, int from_version, struct err *err)
{
	char *sql = sqlite3_mprintf("%s PRAGMA user_version = %d; PRAGMA application_id = %d;",
	    sql_step(from_version), from_version + 1, SQL_APPLICATION_ID);
	int result;

	assert(sql != NULL);
	result = database_exec(db, sql, err);
	sqlite3_free(sql);
	return result;
}

int
database_begin(struct database *db, struct err *err)
{
	return database_run(db, SQL_BEGIN, NULL, 0, err);
}

int
database_commit(struct database *db, struct err *err)
{
	return database_run(db, SQL_COMMIT, NULL, 0, err);
}

/* NULL when it cannot be compiled. */
static sqlite3_stmt *
database_statement(struct database *db, enum sql what, struct err *err)
{
	if (db->statement[what] == NULL && sqlite3_prepare_v3(db->sqlite, sql_text(what), -1,
	    SQLITE_PREPARE_PERSISTENT, &db->statement[what], NULL) != SQLITE_OK) {
		database_fail(db, err);
		return NULL;
	}
	return db->statement[what];
}

int
database_prepare(struct database *db, struct err *err)
{
	for (int i = 0; i < SQL_STATEMENTS; i++)
		if (database_statement(db, (enum sql)i, err) == NULL)
			return -1;
	return 0;
}

static int
database_bind(sqlite3_stmt *statement, int at, const struct value *v)
{
	if (v->kind == VALUE_NUMBER)
		return sqlite3_bind_int64(statement, at, v->number);
	if (v->kind == VALUE_TEXT)
		return sqlite3_bind_text(statement, at, v->text, -1, SQLITE_STATIC);
	return sqlite3_bind_null(statement, at);
}

int
row_ask(struct database *db, enum sql what, const struct value *values, size_t count,
    struct row *ret, struct err *err)
{
	sqlite3_stmt *statement = database_statement(db, what, err);

	if (statement == NULL)
		return -1;
	assert((size_t)sqlite3_bind_parameter_count(statement) == count);
	for (size_t i = 0; i < count; i++)
		if (database_bind(statement, (int)i + 1, &values[i]) != SQLITE_OK)
			return database_fail(db, err);
	*ret = (struct row){ .database = db, .what = what };
	return 0;
}

int
row_next(struct row *r, struct err *err)
{
	int status = sqlite3_step(r->database->statement[r->what]);

	r->column = 0;
	if (status == SQLITE_ROW)
		return 1;
	return status == SQLITE_DONE ? 0 : database_fail(r->database, err);
}

void
row_end(struct row *r)
{
	sqlite3_stmt *statement = r->database->statement[r->what];

	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
}

int
database_run(struct database *db, enum sql what, const struct value *values, size_t count,
    struct err *err)
{
	struct row row;
	int status;

	if (row_ask(db, what, values, count, &row, err) < 0)
		return -1;
	status = row_next(&row, err);
	assert(status <= 0);
	row_end(&row);
	return status;
}

const char *
row_text(struct row *r)
{
	sqlite3_stmt *statement = r->database->statement[r->what];
	const char *text = (const char *)sqlite3_column_text(statement, r->column);

	if (text != NULL && strlen(text) != (size_t)sqlite3_column_bytes(statement, r->column))
		text = NULL;
	r->column++;
	return text;
}

char *
row_copy(struct row *r)
{
	return mem_strdup(row_text(r));
}

int64_t
row_number(struct row *r)
{
	sqlite3_stmt *statement = r->database->statement[r->what];
	int column = r->column++;

	return sqlite3_column_type(statement, column) == SQLITE_INTEGER ?
	    sqlite3_column_int64(statement, column) : 0;
}

unsigned
row_count(struct row *r)
{
	int64_t number = row_number(r);

	return number >= 0 && number <= UINT_MAX ? (unsigned)number : 0;
}

int64_t
row_time(struct row *r)
{
	bool is_known = sqlite3_column_type(r->database->statement[r->what], r->column) == SQLITE_INTEGER;
	int64_t wall_ms = row_number(r);

	return is_known ? wall_ms : STAMP_UNKNOWN;
}
