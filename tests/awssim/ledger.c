/* SPDX-License-Identifier: Apache-2.0 */
/* Counts and lists calls; see ledger.h. */
#include "awssim/ledger.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "awssim/sim.h"
#include "base/mem.h"

/* Pointers into tables that outlive the ledger, compared as bytes. */
struct ledger_key {
	const struct service	*service;
	const struct operation	*operation;
	const struct account	*account;	/* NULL: nobody's */
	const struct region	*region;	/* NULL: none of the world's */
};

struct ledger_row {
	struct ledger_key	key;
	uint64_t		count, errors;
	UT_hash_handle		hh;
};

struct ledger_entry {
	struct ledger_key	key;
	uint64_t		number;
	int			status;
	char			code[48];
};

struct ledger {
	struct ledger_row	*rows;
	uint64_t		 total, errors;
	struct ledger_entry	*log;		/* a ring */
};

struct ledger *
ledger_new(void)
{
	struct ledger *l = mem_alloc(1, sizeof(*l));

	l->log = mem_alloc(LEDGER_LOG, sizeof(*l->log));
	return l;
}

void
ledger_clear(struct ledger *l)
{
	struct ledger_row *row, *next;

	HASH_ITER(hh, l->rows, row, next) {
		HASH_DEL(l->rows, row);
		free(row);
	}
	l->total = l->errors = 0;
}

void
ledger_free(struct ledger *l)
{
	ledger_clear(l);
	free(l->log);
	free(l);
}

void
ledger_count(const struct call *c)
{
	struct ledger *l = c->sim->ledger;
	const char *code = c->answer.code;
	struct ledger_key key;
	struct ledger_row *row;
	struct ledger_entry *entry = &l->log[l->total % LEDGER_LOG];

	memset(&key, 0, sizeof(key));
	key.service = c->service;
	key.operation = c->operation;
	key.account = c->account;
	key.region = c->region;
	HASH_FIND(hh, l->rows, &key, sizeof(key), row);
	if (row == NULL) {
		row = mem_alloc(1, sizeof(*row));
		row->key = key;
		HASH_ADD(hh, l->rows, key, sizeof(key), row);
	}
	row->count++;
	l->total++;
	if (code != NULL) {
		row->errors++;
		l->errors++;
	}
	entry->key = key;
	entry->number = l->total;
	entry->status = c->answer.status;
	entry->code[0] = '\0';
	if (code != NULL)
		strncat(entry->code, code, sizeof(entry->code) - 1);
}

static void
ledger_write_key(struct json_writer *w, const struct ledger_key *key)
{
	json_write_member(w, "service", key->service ? key->service->name : NULL);
	json_write_member(w, "operation", key->operation ? key->operation->name : NULL);
	json_write_member(w, "account", key->account ? key->account->id : NULL);
	json_write_member(w, "region", key->region ? key->region->name : NULL);
}

static void
ledger_write_log(const struct ledger *l, struct json_writer *w)
{
	uint64_t first = l->total > LEDGER_LOG ? l->total - LEDGER_LOG : 0;

	json_write_key(w, "log");
	json_write_array(w);
	for (uint64_t n = first; n < l->total; n++) {
		const struct ledger_entry *entry = &l->log[n % LEDGER_LOG];

		json_write_object(w);
		json_write_member_i64(w, "number", (int64_t)entry->number);
		ledger_write_key(w, &entry->key);
		json_write_member_i64(w, "status", entry->status);
		json_write_member(w, "code", entry->code[0] ? entry->code : NULL);
		json_write_end_object(w);
	}
	json_write_end_array(w);
}

void
ledger_write(const struct ledger *l, struct json_writer *w, bool with_log)
{
	json_write_member_i64(w, "total", (int64_t)l->total);
	json_write_member_i64(w, "errors", (int64_t)l->errors);
	json_write_key(w, "calls");
	json_write_array(w);
	for (const struct ledger_row *row = l->rows; row != NULL; row = row->hh.next) {
		json_write_object(w);
		ledger_write_key(w, &row->key);
		json_write_member_i64(w, "count", (int64_t)row->count);
		json_write_member_i64(w, "errors", (int64_t)row->errors);
		json_write_end_object(w);
	}
	json_write_end_array(w);
	if (with_log)
		ledger_write_log(l, w);
}
