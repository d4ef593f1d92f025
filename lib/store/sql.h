/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of the program: the steps of the schema, and the statements by their names. */
#ifndef TRAILSEAL_STORE_SQL_H
#define TRAILSEAL_STORE_SQL_H

/* In "trailseal.db", so that it is known for ours: "TSdb". */
#define SQL_APPLICATION_ID	0x54536462

/* Names in the table `meta`. */
#define SQL_META_RUNNING	"is_running"	/* "1" from the first commit of a run to its orderly end */
#define SQL_META_HEAD		"ledger_head"	/* "SEQ HASH" */

enum sql {
	SQL_BEGIN = 0,
	SQL_COMMIT,
	SQL_PUT_FINDING,
	SQL_DROP_FINDING,
	SQL_PUT_PAST_TRAIL,
	SQL_DROP_PAST_TRAIL,
	SQL_PUT_PAST_BLIND,
	SQL_DROP_PAST_BLIND,
	SQL_PUT_PAST_ACCOUNT,
	SQL_DROP_PAST_ACCOUNT,
	SQL_PUT_SILENCE,
	SQL_DROP_SILENCE,
	SQL_PUT_ALERT,
	SQL_TRIED_ALERT,
	SQL_DROP_ALERT,
	SQL_PUT_INCIDENT,
	SQL_DROP_INCIDENT,
	SQL_PUT_CURSOR,
	SQL_DROP_CURSOR,
	SQL_ADD_EVIDENCE,
	SQL_PUT_META,
	SQL_GET_META,
	SQL_LOAD_FINDINGS,
	SQL_LOAD_PAST_TRAILS,
	SQL_LOAD_PAST_BLINDS,
	SQL_LOAD_PAST_ACCOUNTS,
	SQL_LOAD_SILENCES,
	SQL_LOAD_OUTBOX,
	SQL_LOAD_INCIDENTS,
	SQL_LOAD_CURSORS,
	SQL_LAST_SILENCE,
	SQL_LAST_EVIDENCE,
	SQL_READ_LEDGER,
	SQL_STATEMENTS
};

const char	*sql_text(enum sql);

/* The schema's version is the number of steps that were taken. */
int		 sql_newest_version(void);
const char	*sql_step(int from_version);	/* to the next one */

#endif
