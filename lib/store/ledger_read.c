/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and verifying the evidence ledger, beside the daemon or without one; see ledger.h. */
#include "store/ledger.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/database.h"
#include "store/seal.h"

struct ledger {
	struct database	*database;	/* ours */
};

int
ledger_open(const char *path, struct ledger **ret, struct err *err)
{
	struct database *db;

	if (database_open_reading(path, &db, err) < 0)
		return -1;
	*ret = mem_alloc(1, sizeof(**ret));
	(*ret)->database = db;
	return 0;
}

void
ledger_close(struct ledger *l)
{
	if (l == NULL)
		return;
	database_close(l->database);
	free(l);
}

int
ledger_last(struct ledger *l, int64_t *ret_seq, struct err *err)
{
	struct row row;
	int status;

	if (row_ask(l->database, SQL_LAST_EVIDENCE, NULL, 0, &row, err) < 0)
		return -1;
	status = row_next(&row, err);
	if (status >= 0)
		*ret_seq = status == 1 ? row_number(&row) : 0;
	row_end(&row);
	return status < 0 ? -1 : 0;
}

/* NULL becomes "", which fits no hash. */
static const char *
ledger_copy_text(struct row *row, struct arena *arena)
{
	const char *text = row_text(row);

	return arena_strdup(arena, text != NULL ? text : "");
}

static void
ledger_copy_record(struct row *row, struct arena *arena, struct ledger_record *r)
{
	r->seq = row_number(row);
	r->wall_ms = row_number(row);
	r->kind = ledger_copy_text(row, arena);
	r->body = ledger_copy_text(row, arena);
	r->previous = ledger_copy_text(row, arena);
	r->hash = ledger_copy_text(row, arena);
}

static int
ledger_read_some(struct ledger *l, int64_t after_seq, size_t most, struct arena *arena,
    const struct ledger_record **ret, size_t *ret_count, struct err *err)
{
	struct value values[] = { value_number(after_seq), value_number((int64_t)most) };
	struct ledger_record *rows;
	size_t count = 0;
	struct row row;
	int status;

	if (row_ask(l->database, SQL_READ_LEDGER, values, 2, &row, err) < 0)
		return -1;
	rows = arena_alloc(arena, most * sizeof(*rows));
	while ((status = row_next(&row, err)) == 1 && count < most)
		ledger_copy_record(&row, arena, &rows[count++]);
	row_end(&row);
	if (status < 0)
		return -1;
	*ret = rows;
	*ret_count = count;
	return 0;
}

int
ledger_read(struct ledger *l, int64_t after_seq, struct arena *arena,
    const struct ledger_record **ret, size_t *ret_count, struct err *err)
{
	return ledger_read_some(l, after_seq, LEDGER_READ_MOST, arena, ret, ret_count, err);
}

/* ---- verifying ---- */

/* The chain as far as it was walked. */
struct ledger_walk {
	struct ledger		*ledger;
	struct ledger_verdict	*verdict;
	const struct ledger_proof *proof;
	bool			 has_anchor;	/* it was among the records, or there is none to find */
};

static void
ledger_break(struct ledger_walk *w, int64_t seq, const char *what)
{
	w->verdict->is_whole = false;
	w->verdict->broken_seq = seq;
	snprintf(w->verdict->what, sizeof(w->verdict->what), "%s", what);
}

/* Moves on to the record; the chain breaks where it does not follow. */
static void
ledger_walk_to(struct ledger_walk *w, const struct ledger_record *r)
{
	struct ledger_head *head = &w->verdict->head;
	char hash[CRYPTO_HEX_SIZE];

	if (r->seq != head->seq + 1)
		ledger_break(w, head->seq + 1, "the record is missing");
	else if (strcmp(r->previous, head->hash) != 0)
		ledger_break(w, r->seq, "it does not follow the record before: that one, or this "
		    "one's previous hash, was altered");
	else if (!ledger_kind_is_good(r->kind) || strcmp(ledger_hash(r, hash), r->hash) != 0)
		ledger_break(w, r->seq, "its hash does not fit its content: one of them was altered");
	if (!w->verdict->is_whole)
		return;
	head->seq = r->seq;
	memcpy(head->hash, hash, sizeof(hash));
	w->has_anchor = w->has_anchor || strcmp(hash, w->proof->anchor) == 0;
}

/* What is wrong with a seal by itself; NULL: nothing. */
static const char *
ledger_judge_seal(const struct ledger_walk *w, const struct seal *seal)
{
	char id[CRYPTO_KEY_ID_SIZE];

	for (size_t i = 0; i < w->proof->key_count; i++)
		if (strcmp(crypto_key_id(w->proof->keys[i], id), seal->key) == 0)
			return seal_is_good(seal, w->proof->keys[i]) ? NULL :
			    "its signature does not fit what it signs: one of them was altered";
	return "it was signed with another key than given";
}

/* The record that was signed is behind us, and its hash was found good. */
static int
ledger_find_sealed(struct ledger_walk *w, const struct seal *seal, bool *ret_is_found,
    struct err *err)
{
	struct arena *arena = arena_new();
	const struct ledger_record *r;
	size_t count;
	int result = ledger_read_some(w->ledger, seal->head.seq - 1, 1, arena, &r, &count, err);

	if (result == 0) {
		*ret_is_found = count == 1 && r->seq == seal->head.seq &&
		    strcmp(r->hash, seal->head.hash) == 0;
		if (*ret_is_found)
			w->verdict->sealed_ms = r->wall_ms;
	}
	arena_free(arena);
	return result;
}

static int
ledger_check_seal(struct ledger_walk *w, const struct ledger_record *r, const struct seal *seal,
    struct err *err)
{
	struct ledger_verdict *verdict = w->verdict;
	const char *what = ledger_judge_seal(w, seal);
	bool is_found = false;

	/* While nothing could be stored the head stood still, and was signed again. */
	if (what == NULL && seal->head.seq < verdict->sealed_seq)
		what = "it signs an older record than the signature before: it was copied";
	if (what == NULL && seal->head.seq < r->seq &&
	    ledger_find_sealed(w, seal, &is_found, err) < 0)
		return -1;
	if (what == NULL && !is_found)
		what = "what it signs is no record before it: the chain was made anew";
	if (what != NULL) {
		ledger_break(w, r->seq, what);
		return 0;
	}
	verdict->seals++;
	verdict->sealed_seq = seal->head.seq;
	memcpy(verdict->sealed_by, seal->key, sizeof(verdict->sealed_by));
	return 0;
}

/* From the first seal on there is one in each record that is due to have one. */
static int
ledger_walk_seal(struct ledger_walk *w, const struct ledger_record *r, struct err *err)
{
	struct seal seal;
	int status;

	if (w->proof->key_count == 0 || !w->verdict->is_whole || !seal_is_due(r->kind))
		return 0;
	status = seal_read(r, &seal);
	if (status == 1)
		return ledger_check_seal(w, r, &seal, err);
	if (status < 0)
		ledger_break(w, r->seq, "its signature makes no sense");
	else if (w->verdict->seals > 0)
		ledger_break(w, r->seq, "it is not signed, as one before it is: the signature was "
		    "removed, or the daemon had no key");
	return 0;
}

static int
ledger_walk_rows(struct ledger_walk *w, const struct ledger_record *rows, size_t count,
    struct err *err)
{
	for (size_t i = 0; i < count && w->verdict->is_whole; i++) {
		ledger_walk_to(w, &rows[i]);
		if (ledger_walk_seal(w, &rows[i], err) < 0)
			return -1;
	}
	return 0;
}

/* At the end of the records: `noted` was read before. */
static void
ledger_end_walk(struct ledger_walk *w, const struct ledger_head *noted)
{
	const struct ledger_head *head = &w->verdict->head;

	if (noted->seq > head->seq || head->seq == 0)
		ledger_break(w, head->seq + 1, "the record is missing, and all behind it: the ledger "
		    "was cut");
	else if (noted->seq < head->seq)
		ledger_break(w, noted->seq + 1, "it was added behind the noted head");
	else if (strcmp(noted->hash, head->hash) != 0)
		ledger_break(w, head->seq, "its hash is not that of the noted head");
	else if (!w->has_anchor)
		ledger_break(w, 0, "no record has the given hash: the ledger was cut, or is another "
		    "one");
	else if (w->proof->key_count > 0 && w->verdict->seals == 0)
		ledger_break(w, 0, "nothing in it is signed");
}

int
ledger_verify(struct ledger *l, const struct ledger_proof *proof, struct ledger_verdict *ret,
    struct err *err)
{
	static const struct ledger_proof no_proof = { .anchor = NULL };
	struct ledger_verdict verdict = { .is_whole = true };
	struct ledger_walk walk = { .ledger = l, .verdict = &verdict, .proof = &no_proof };
	struct arena *arena = arena_new();
	const struct ledger_record *rows;
	struct ledger_head noted;
	size_t count = 0;
	int result = 0;

	if (proof != NULL)
		walk.proof = proof;
	walk.has_anchor = walk.proof->anchor == NULL;
	ledger_head_init(&verdict.head);
	do {
		arena_reset(arena);
		ledger_head_init(&noted);
		if (ledger_load_note(l->database, &noted, err) < 0 ||
		    ledger_read(l, verdict.head.seq, arena, &rows, &count, err) < 0 ||
		    ledger_walk_rows(&walk, rows, count, err) < 0)
			result = -1;
	} while (result == 0 && verdict.is_whole && count > 0);
	arena_free(arena);
	if (result < 0)
		return -1;
	if (verdict.is_whole)
		ledger_end_walk(&walk, &noted);
	*ret = verdict;
	return 0;
}
