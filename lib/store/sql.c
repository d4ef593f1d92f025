/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Schema and statements; see sql.h. Rules, states and severities are stored by name, so that their
 * tables in the code may change. Times are milliseconds of the wall clock; NULL: not known.
 */
#include "store/sql.h"

#include <assert.h>
#include <stddef.h>

/* A step that was released never changes: a change is a new step. */
static const char *const sql_steps[] = {
	"CREATE TABLE meta (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL);"
	"CREATE TABLE finding (id TEXT PRIMARY KEY NOT NULL, rule TEXT NOT NULL,"
	" account TEXT NOT NULL, region TEXT NOT NULL, resource TEXT NOT NULL,"
	" state TEXT NOT NULL, severity TEXT NOT NULL, confirmations INTEGER NOT NULL,"
	" tellings INTEGER NOT NULL, flaps INTEGER NOT NULL, since_ms INTEGER, changed_ms INTEGER,"
	" told_ms INTEGER, summary TEXT, evidence TEXT, remediation TEXT);"
	"CREATE TABLE past_trail (arn TEXT PRIMARY KEY NOT NULL, account TEXT NOT NULL,"
	" home_region TEXT NOT NULL, kms_key_id TEXT, changed_from TEXT, changed_ms INTEGER, missing_ms INTEGER);"
	"CREATE TABLE past_blind (key TEXT PRIMARY KEY NOT NULL, since_ms INTEGER);"
	"CREATE TABLE silence (id INTEGER PRIMARY KEY AUTOINCREMENT, rule TEXT, account TEXT,"
	" region TEXT, resource TEXT, author TEXT NOT NULL, reason TEXT NOT NULL,"
	" begins_ms INTEGER, ends_ms INTEGER);"
	"CREATE TABLE outbox (place INTEGER PRIMARY KEY, delivery_id TEXT NOT NULL,"
	" receiver TEXT NOT NULL, alert TEXT NOT NULL, attempts INTEGER NOT NULL, next_ms INTEGER,"
	" UNIQUE (delivery_id, receiver));"
	"CREATE TABLE ledger (seq INTEGER PRIMARY KEY, wall_ms INTEGER NOT NULL,"
	" kind TEXT NOT NULL, body TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL);",
	"CREATE TABLE past_account (id TEXT PRIMARY KEY NOT NULL);",

	"CREATE TABLE incident (place INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL,"
	" event_id TEXT NOT NULL, rule TEXT NOT NULL, account TEXT NOT NULL, region TEXT NOT NULL,"
	" resource TEXT NOT NULL, finding_ids TEXT, actor TEXT, source_ip TEXT, user_agent TEXT,"
	" event_ms INTEGER, told_ms INTEGER);"
	"CREATE TABLE event_cursor (account TEXT NOT NULL, region TEXT NOT NULL,"
	" resource TEXT NOT NULL, through_ms INTEGER, backlog_from_ms INTEGER,"
	" backlog_to_ms INTEGER, PRIMARY KEY (account, region, resource));",
};

static const char *const sql_texts[SQL_STATEMENTS] = {
	[SQL_BEGIN] = "BEGIN IMMEDIATE",
	[SQL_COMMIT] = "COMMIT",
	[SQL_PUT_FINDING] =
	    "INSERT INTO finding (id, rule, account, region, resource, state, severity,"
	    " confirmations, tellings, flaps, since_ms, changed_ms, told_ms, summary, evidence,"
	    " remediation) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
	    " ON CONFLICT (id) DO UPDATE SET rule = excluded.rule, account = excluded.account,"
	    " region = excluded.region, resource = excluded.resource, state = excluded.state,"
	    " severity = excluded.severity, confirmations = excluded.confirmations,"
	    " tellings = excluded.tellings, flaps = excluded.flaps, since_ms = excluded.since_ms,"
	    " changed_ms = excluded.changed_ms, told_ms = excluded.told_ms,"
	    " summary = excluded.summary, evidence = excluded.evidence,"
	    " remediation = excluded.remediation",
	[SQL_DROP_FINDING] = "DELETE FROM finding WHERE id = ?",
	[SQL_PUT_PAST_TRAIL] =
	    "INSERT OR REPLACE INTO past_trail (arn, account, home_region, kms_key_id, changed_from,"
	    " changed_ms, missing_ms) VALUES (?, ?, ?, ?, ?, ?, ?)",
	[SQL_DROP_PAST_TRAIL] = "DELETE FROM past_trail WHERE arn = ?",
	[SQL_PUT_PAST_BLIND] = "INSERT OR REPLACE INTO past_blind (key, since_ms) VALUES (?, ?)",
	[SQL_DROP_PAST_BLIND] = "DELETE FROM past_blind WHERE key = ?",
	[SQL_PUT_PAST_ACCOUNT] = "INSERT OR REPLACE INTO past_account (id) VALUES (?)",
	[SQL_DROP_PAST_ACCOUNT] = "DELETE FROM past_account WHERE id = ?",
	[SQL_PUT_SILENCE] =
	    "INSERT OR REPLACE INTO silence (id, rule, account, region, resource, author, reason,"
	    " begins_ms, ends_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
	[SQL_DROP_SILENCE] = "DELETE FROM silence WHERE id = ?",
	/* Once it is there it keeps its place in the order, and what was tried. */
	[SQL_PUT_ALERT] =
	    "INSERT INTO outbox (delivery_id, receiver, alert, attempts, next_ms)"
	    " VALUES (?, ?, ?, 0, 0)"
	    " ON CONFLICT (delivery_id, receiver) DO UPDATE SET alert = excluded.alert",
	[SQL_TRIED_ALERT] =
	    "UPDATE outbox SET attempts = ?3, next_ms = ?4 WHERE delivery_id = ?1 AND receiver = ?2",
	[SQL_DROP_ALERT] = "DELETE FROM outbox WHERE delivery_id = ? AND receiver = ?",
	[SQL_PUT_INCIDENT] =
	    "INSERT OR REPLACE INTO incident (id, event_id, rule, account, region, resource,"
	    " finding_ids, actor, source_ip, user_agent, event_ms, told_ms)"
	    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	[SQL_DROP_INCIDENT] = "DELETE FROM incident WHERE id = ?",
	[SQL_PUT_CURSOR] =
	    "INSERT OR REPLACE INTO event_cursor (account, region, resource, through_ms,"
	    " backlog_from_ms, backlog_to_ms) VALUES (?, ?, ?, ?, ?, ?)",
	[SQL_DROP_CURSOR] =
	    "DELETE FROM event_cursor WHERE account = ? AND region = ? AND resource = ?",
	[SQL_ADD_EVIDENCE] =
	    "INSERT INTO ledger (wall_ms, kind, body, seq, previous, hash) VALUES (?, ?, ?, ?, ?, ?)",
	[SQL_PUT_META] = "INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)",
	[SQL_GET_META] = "SELECT value FROM meta WHERE name = ?",
	[SQL_LOAD_FINDINGS] =
	    "SELECT id, rule, account, region, resource, state, severity, confirmations, tellings,"
	    " flaps, since_ms, changed_ms, told_ms, summary, evidence, remediation FROM finding",
	[SQL_LOAD_PAST_TRAILS] =
	    "SELECT arn, account, home_region, kms_key_id, changed_from, changed_ms, missing_ms"
	    " FROM past_trail",
	[SQL_LOAD_PAST_BLINDS] = "SELECT key, since_ms FROM past_blind",
	[SQL_LOAD_PAST_ACCOUNTS] = "SELECT id FROM past_account",
	[SQL_LOAD_SILENCES] =
	    "SELECT id, rule, account, region, resource, author, reason, begins_ms, ends_ms"
	    " FROM silence ORDER BY id",
	[SQL_LOAD_OUTBOX] =
	    "SELECT delivery_id, receiver, alert, attempts, next_ms FROM outbox ORDER BY place",
	[SQL_LOAD_INCIDENTS] =
	    "SELECT id, event_id, rule, account, region, resource, finding_ids, actor, source_ip,"
	    " user_agent, event_ms, told_ms FROM incident ORDER BY place",
	[SQL_LOAD_CURSORS] =
	    "SELECT account, region, resource, through_ms, backlog_from_ms, backlog_to_ms"
	    " FROM event_cursor",
	/* AUTOINCREMENT's own table: the largest id that there ever was. */
	[SQL_LAST_SILENCE] = "SELECT seq FROM sqlite_sequence WHERE name = 'silence'",
	[SQL_LAST_EVIDENCE] = "SELECT seq, wall_ms, hash FROM ledger ORDER BY seq DESC LIMIT 1",
	[SQL_READ_LEDGER] =
	    "SELECT seq, wall_ms, kind, body, previous, hash FROM ledger WHERE seq > ?"
	    " ORDER BY seq LIMIT ?",
};

const char *
sql_text(enum sql what)
{
	assert(what < SQL_STATEMENTS && sql_texts[what] != NULL);
	return sql_texts[what];
}

int
sql_newest_version(void)
{
	return (int)(sizeof(sql_steps) / sizeof(sql_steps[0]));
}

const char *
sql_step(int from_version)
{
	assert(from_version >= 0 && from_version < sql_newest_version());
	return sql_steps[from_version];
}
