/* SPDX-License-Identifier: Apache-2.0 */
/* The chain of the evidence ledger: hashes and writing; see ledger.h. */
#include "store/ledger.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "store/database.h"

#define LEDGER_TEXT_MAX		(1UL << 30)	/* SQLite holds no longer text */

bool
ledger_kind_is_good(const char *kind)
{
	return kind[0] != '\0' && strspn(kind, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(kind);
}

char *
ledger_hash(const struct ledger_record *r, char out[CRYPTO_HEX_SIZE])
{
	unsigned char digest[CRYPTO_SHA256_BYTES];
	struct buf text;

	buf_init(&text, LEDGER_TEXT_MAX + 1024);
	buf_adds(&text, r->previous);
	buf_addf(&text, "\n%" PRId64 "\n%" PRId64 "\n%s\n", r->seq, r->wall_ms, r->kind);
	buf_adds(&text, r->body);
	crypto_sha256(buf_text(&text), text.len, digest);
	buf_done(&text);
	return crypto_hex(digest, sizeof(digest), out);
}

void
ledger_head_init(struct ledger_head *head)
{
	head->seq = 0;
	memset(head->hash, '0', CRYPTO_HEX_SIZE - 1);
	head->hash[CRYPTO_HEX_SIZE - 1] = '\0';
}

int
ledger_load_note(struct database *db, struct ledger_head *head, struct err *err)
{
	struct value name = value_text(SQL_META_HEAD);
	struct ledger_head noted;
	const char *text;
	struct row row;
	int status;

	if (row_ask(db, SQL_GET_META, &name, 1, &row, err) < 0)
		return -1;
	status = row_next(&row, err);
	text = status == 1 ? row_text(&row) : NULL;
	if (text != NULL && sscanf(text, "%" SCNd64 " %64[0-9a-f]", &noted.seq, noted.hash) == 2 &&
	    noted.seq > 0 && strlen(noted.hash) == CRYPTO_HEX_SIZE - 1)
		*head = noted;
	row_end(&row);
	return status < 0 ? -1 : 0;
}

static int
ledger_load_last(struct database *db, struct ledger_head *head, struct err *err)
{
	struct row row;
	int status;

	if (row_ask(db, SQL_LAST_EVIDENCE, NULL, 0, &row, err) < 0)
		return -1;
	status = row_next(&row, err);
	if (status == 1) {
		const char *hash;

		head->seq = row_number(&row);
		row_time(&row);
		hash = row_text(&row);
		snprintf(head->hash, sizeof(head->hash), "%s", hash != NULL ? hash : "");
	}
	row_end(&row);
	return status < 0 ? -1 : 0;
}

int
ledger_load_head(struct database *db, struct ledger_head *ret, bool *ret_is_altered, struct err *err)
{
	struct ledger_head last, head;

	ledger_head_init(&last);
	if (ledger_load_last(db, &last, err) < 0)
		return -1;
	head = last;
	if (ledger_load_note(db, &head, err) < 0)
		return -1;
	*ret_is_altered = head.seq != last.seq || strcmp(head.hash, last.hash) != 0;
	if (head.seq < last.seq)
		head.seq = last.seq;	/* its place is taken */
	*ret = head;
	return 0;
}

int
ledger_append(struct database *db, struct ledger_head *head, int64_t wall_ms, const char *kind,
    const char *body, struct err *err)
{
	struct ledger_record r = {
		.seq = head->seq + 1, .wall_ms = wall_ms, .kind = kind, .body = body,
		.previous = head->hash,
	};
	char hash[CRYPTO_HEX_SIZE];
	struct value values[] = {
		value_number(wall_ms), value_text(kind), value_text(body), value_number(r.seq),
		value_text(r.previous), value_text(ledger_hash(&r, hash)),
	};

	if (database_run(db, SQL_ADD_EVIDENCE, values, sizeof(values) / sizeof(values[0]), err) < 0)
		return -1;
	head->seq = r.seq;
	memcpy(head->hash, hash, sizeof(hash));
	return 0;
}

int
ledger_note_head(struct database *db, const struct ledger_head *head, struct err *err)
{
	char text[CRYPTO_HEX_SIZE + 24];
	struct value values[] = { value_text(SQL_META_HEAD), value_text(text) };

	snprintf(text, sizeof(text), "%" PRId64 " %s", head->seq, head->hash);
	return database_run(db, SQL_PUT_META, values, sizeof(values) / sizeof(values[0]), err);
}
