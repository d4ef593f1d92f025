/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One connection to a database file: how it is opened, what is set and read back, how it is
 * checked and brought to the newest schema, and its prepared statements. Used by one thread at a
 * time. Errors are ERR_MALFORMED when the file is damaged, ERR_TOO_LARGE when a newer trailseal
 * wrote it, else ERR_FILE.
 */
#ifndef TRAILSEAL_STORE_DATABASE_H
#define TRAILSEAL_STORE_DATABASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "store/sql.h"

struct database;

enum value_kind { VALUE_NULL = 0, VALUE_NUMBER, VALUE_TEXT };

/* What is bound to one question mark of a statement. */
struct value {
	enum value_kind	 kind;
	int64_t		 number;
	const char	*text;		/* whoever made it keeps it until the statement has run */
};

struct value	value_text(const char *);	/* NULL is NULL */
struct value	value_number(int64_t);
struct value	value_time(int64_t wall_ms);	/* STAMP_UNKNOWN is NULL */

/* The file must exist, as database_make_file() leaves it. */
int	database_open(const char *path, struct database **ret, struct err *);

/* For reading only, beside whoever writes. */
int	database_open_reading(const char *path, struct database **ret, struct err *);

void	database_close(struct database *);	/* NULL is fine */

/* After a failed write: nothing more is written, not even what is still in the WAL. */
void	database_abandon(struct database *);

/* A regular file that only its owner can read; an empty one when there was none. */
int	database_make_file(const char *path, struct err *);

/* Walks the whole file, and looks whether it is ours. */
int	database_check(struct database *, struct err *);

/* 0 for one that has nothing in it yet. */
int	database_version(struct database *, int *ret, struct err *);

/* One step of the schema and what belongs to it: within a transaction. */
int	database_take_step(struct database *, int from_version, struct err *);

int	database_begin(struct database *, struct err *);
int	database_commit(struct database *, struct err *);

/* Compiles every statement, so that a table that lacks something shows at once. */
int	database_prepare(struct database *, struct err *);

/* Runs a statement that gives no rows. */
int	database_run(struct database *, enum sql, const struct value *, size_t count, struct err *);

/* Asks for rows: row_next() gives 1 with a row, 0 at the end, -1; row_end() must follow. */
struct row {
	struct database	*database;
	enum sql	 what;
	int		 column;	/* the next one */
};

int	row_ask(struct database *, enum sql, const struct value *, size_t count, struct row *ret,
	    struct err *);
int	row_next(struct row *, struct err *);
void	row_end(struct row *);

/*
 * The columns in their order. A text is valid until the next row; it is NULL for NULL and for what
 * holds a NUL byte, a number is 0 for what is none.
 */
const char	*row_text(struct row *);
char		*row_copy(struct row *);	/* the caller's */
int64_t		 row_number(struct row *);
unsigned	 row_count(struct row *);	/* 0, too, when it is out of range */
int64_t		 row_time(struct row *);	/* STAMP_UNKNOWN for what is no number */

#endif
