/* SPDX-License-Identifier: Apache-2.0 */
/* The evidence ledger: its hashes and seals, and that no change of it goes unseen. */
#include "store/seal.h"

#include "unit/store_room.h"
#include "wire/json_write.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))
#define ZEROS		"0000000000000000000000000000000000000000000000000000000000000000"

/* As sha256sum says of the text in ledger.h. */
static void
hashes_are_those_of_other_tools(void **state)
{
	static const struct {
		struct ledger_record	 record;
		const char		*hash;
	} cases[] = {
		{ { 1, 1767323045000, "start", "{}", ZEROS, NULL },
		    "7e9678539196555430d827acfae166a8a63a611ab6fd8fae614c0c99f8a4df34" },
		{ { 2, -1, "a-1", "{\"a\":\"\xc3\xa4\\n\"}",
		    "7e9678539196555430d827acfae166a8a63a611ab6fd8fae614c0c99f8a4df34", NULL },
		    "e1a7fb959d45c389464e6a02c99ec91b82592e9778d9e65af957f04b00339df4" },
	};
	char hash[CRYPTO_HEX_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(ledger_hash(&cases[i].record, hash), cases[i].hash);
}

static void
kinds_are_words(void **state)
{
	static const char *const bad[] = { "", "a b", "a\nb", "A", "a_b", "\xc3\xa4", "a." };

	(void)state;
	assert_true(ledger_kind_is_good("heartbeat"));
	assert_true(ledger_kind_is_good("a-2"));
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(ledger_kind_is_good(bad[i]));
}

/* A ledger of ten records: the first, and "note" {"n":2} to {"n":10}. */
static void
room_fill(struct room *r)
{
	char body[32];

	room_init(r);
	room_open(r);
	for (int n = 2; n <= 10; n++) {
		snprintf(body, sizeof(body), "{\"n\":%d}", n);
		room_add_evidence(r, "note", body);
	}
	room_close(r);
}

static void
a_whole_ledger_verifies(void **state)
{
	struct ledger_verdict verdict;
	struct room r;

	(void)state;
	room_fill(&r);
	room_expect_whole(&r, 10);
	room_verify(&r, NULL, &verdict);
	room_verify(&r, verdict.head.hash, &verdict);
	assert_true(verdict.is_whole);
	room_verify(&r, ZEROS, &verdict);
	assert_false(verdict.is_whole);
	assert_int_equal(verdict.broken_seq, 0);
	room_done(&r);
}

/* Every hash has a first digit, and this is another one. */
#define OTHER_DIGIT(hash) \
	"CASE substr(" hash ", 1, 1) WHEN '0' THEN '1' ELSE '0' END || substr(" hash ", 2)"

static void
every_change_is_found(void **state)
{
	static const struct {
		const char	*sql;
		int64_t		 broken_seq;
	} cases[] = {
		{ "UPDATE ledger SET body = '{\"n\":6}' WHERE seq = 5", 5 },
		{ "UPDATE ledger SET body = body || ' ' WHERE seq = 5", 5 },
		{ "UPDATE ledger SET body = body || char(0) || 'x' WHERE seq = 5", 5 },
		{ "UPDATE ledger SET body = x'00' WHERE seq = 5", 5 },
		{ "UPDATE ledger SET kind = 'heartbeat' WHERE seq = 5", 5 },
		{ "UPDATE ledger SET kind = '' WHERE seq = 5", 5 },
		{ "UPDATE ledger SET wall_ms = wall_ms + 1 WHERE seq = 5", 5 },
		{ "UPDATE ledger SET wall_ms = wall_ms || 'x' WHERE seq = 5", 5 },
		{ "UPDATE ledger SET hash = " OTHER_DIGIT("hash") " WHERE seq = 5", 5 },
		{ "UPDATE ledger SET hash = upper(hash) WHERE seq = 5", 5 },
		{ "UPDATE ledger SET previous = " OTHER_DIGIT("previous") " WHERE seq = 5", 5 },
		{ "UPDATE ledger SET previous = (SELECT previous FROM ledger WHERE seq = 4)"
		  " WHERE seq = 5", 5 },
		{ "UPDATE ledger SET seq = 11 WHERE seq = 5", 5 },
		{ "DELETE FROM ledger WHERE seq = 5", 5 },
		{ "DELETE FROM ledger WHERE seq = 1", 1 },
		{ "DELETE FROM ledger WHERE seq = 10", 10 },
		{ "DELETE FROM ledger WHERE seq > 7", 8 },
		{ "DELETE FROM ledger", 1 },
		{ "DELETE FROM ledger; DELETE FROM meta", 1 },
		{ "DELETE FROM meta WHERE name = 'ledger_head'", 1 },
		{ "UPDATE meta SET value = 'nonsense' WHERE name = 'ledger_head'", 1 },
		{ "UPDATE meta SET value = replace(value, '10 ', '9 ') WHERE name = 'ledger_head'", 10 },
		{ "UPDATE meta SET value = replace(value, '10 ', '11 ') WHERE name = 'ledger_head'", 11 },
		{ "UPDATE meta SET value = '10 " ZEROS "' WHERE name = 'ledger_head'", 10 },
		{ "UPDATE ledger SET body = (SELECT body FROM ledger l WHERE l.seq = 11 - ledger.seq)"
		  " WHERE seq IN (5, 6)", 5 },
		/* the border between kind and body: the hash is over the same bytes */
		{ "UPDATE ledger SET kind = 'note' || char(10) || '{\"n\":5}', body = '' WHERE seq = 5",
		  5 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct ledger_verdict verdict;
		struct room r;

		room_fill(&r);
		room_sql(&r, cases[i].sql);
		room_verify(&r, NULL, &verdict);
		if (verdict.is_whole || verdict.broken_seq != cases[i].broken_seq ||
		    verdict.what[0] == '\0')
			fail_msg("%s: %s at %lld", cases[i].sql, verdict.is_whole ? "whole" : "broken",
			    (long long)verdict.broken_seq);
		room_done(&r);
	}
}

/* Whoever can write the file can make a new chain; not one with a head that we noted. */
static void
a_ledger_made_anew_lacks_the_old_head(void **state)
{
	struct ledger_verdict old, verdict;
	struct room r;

	(void)state;
	room_fill(&r);
	room_verify(&r, NULL, &old);
	room_sql(&r, "DELETE FROM ledger WHERE seq = 10");
	room_sql(&r, "UPDATE meta SET value = '9 ' || (SELECT hash FROM ledger WHERE seq = 9)"
	    " WHERE name = 'ledger_head'");
	room_verify(&r, NULL, &verdict);
	assert_true(verdict.is_whole);
	room_verify(&r, old.head.hash, &verdict);
	assert_false(verdict.is_whole);
	room_done(&r);
}

/* What the daemon adds later must not heal a ledger. */
static void
a_cut_stays_visible(void **state)
{
	static const struct {
		const char	*sql;
		int64_t		 broken_seq;
	} cases[] = {
		{ "DELETE FROM ledger WHERE seq > 7", 8 },
		{ "INSERT INTO ledger SELECT 11, wall_ms, kind, body, previous, hash FROM ledger"
		  " WHERE seq = 10", 11 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct ledger_verdict verdict;
		struct room r;

		room_fill(&r);
		room_sql(&r, cases[i].sql);
		room_open(&r);
		assert_true(r.start.is_ledger_altered);
		room_add_evidence(&r, "start", "{}");
		room_add_evidence(&r, "heartbeat", "{}");
		assert_int_equal(r.failed, 0);
		room_close(&r);
		room_verify(&r, NULL, &verdict);
		assert_false(verdict.is_whole);
		assert_int_equal(verdict.broken_seq, cases[i].broken_seq);
		room_open(&r);
		assert_false(r.start.is_ledger_altered);	/* it was said once */
		room_done(&r);
	}
}

/* ---- seals ---- */

/* Keys of RFC 8032. */
#define KEY_A	"MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g"
#define KEY_B	"MC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7"
#define ID_A	"06e3fd8fda29bb60ab59557de61edb0a"
#define ID_B	"deb2ded39dc26fce0e6085b6fc34bf6b"

static struct crypto_key *
read_key(const char *base64)
{
	char pem[256];
	struct crypto_key *key;

	snprintf(pem, sizeof(pem), "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n",
	    base64);
	key = crypto_read_private_key(pem);
	assert_non_null(key);
	return key;
}

/* Adds a record with a seal of the head, moved by so many records that are not there. */
static void
room_add_seal(struct room *r, const struct crypto_key *key, const char *kind, int64_t ahead)
{
	struct store_status status;
	struct ledger_head head;
	struct json_writer *w;
	struct seal seal;
	struct buf body;

	store_get_status(r->store, &status);
	head.seq = (int64_t)status.ledger_records + ahead;
	memcpy(head.hash, status.ledger_head, sizeof(head.hash));
	seal_make(key, &head, &seal);
	buf_init(&body, 4096);
	w = json_writer_new(&body, false);
	json_write_object(w);
	seal_write(w, &seal);
	json_write_end_object(w);
	json_writer_free(w);
	room_add_evidence(r, kind, buf_text(&body));
	buf_done(&body);
}

/* The records 5, 9 and 13 sign 4, 8 and 12; an unsigned heartbeat of before is 3. */
static void
room_fill_sealed(struct room *r, const struct crypto_key *key)
{
	static const char *const kinds[] = { "heartbeat", "heartbeat", "stop" };

	room_init(r);
	room_open(r);
	for (size_t i = 0; i < COUNT(kinds); i++) {
		room_add_evidence(r, "note", "{\"n\":1}");
		room_add_evidence(r, i == 0 ? "heartbeat" : "note", "{\"text\":\"x\"}");
		room_add_evidence(r, "note", "{\"n\":2}");
		room_add_seal(r, key, kinds[i], 0);
	}
	room_close(r);
}

/* What somebody can do who can write the file: all hashes fit again, and so does the noted head. */
static void
room_make_anew(struct room *r)
{
	char previous[CRYPTO_HEX_SIZE], hash[CRYPTO_HEX_SIZE], sql[512];
	struct arena *arena = arena_new();
	const struct ledger_record *rows;
	struct ledger *ledger;
	struct err err;
	size_t count;

	assert_int_equal(ledger_open(r->path, &ledger, &err), 0);
	assert_int_equal(ledger_read(ledger, 0, arena, &rows, &count, &err), 0);
	ledger_close(ledger);
	strcpy(previous, ZEROS);
	for (size_t i = 0; i < count; i++) {
		struct ledger_record record = rows[i];

		record.previous = previous;
		ledger_hash(&record, hash);
		snprintf(sql, sizeof(sql), "UPDATE ledger SET previous = '%s', hash = '%s' WHERE seq = "
		    "%zu", previous, hash, i + 1);
		room_sql(r, sql);
		memcpy(previous, hash, sizeof(hash));
	}
	snprintf(sql, sizeof(sql), "UPDATE meta SET value = '%zu %s' WHERE name = 'ledger_head'", count,
	    previous);
	room_sql(r, sql);
	room_expect_whole(r, (int64_t)count);
	arena_free(arena);
}

static void
seals_verify(void **state)
{
	struct crypto_key *keys[] = { read_key(KEY_B), read_key(KEY_A) };
	struct ledger_proof proof = { .keys = keys, .key_count = 2 };
	struct ledger_verdict verdict;
	struct room r;

	(void)state;
	room_fill_sealed(&r, keys[1]);
	room_prove(&r, &proof, &verdict);
	assert_true(verdict.is_whole);
	assert_int_equal(verdict.seals, 3);
	assert_int_equal(verdict.sealed_seq, 12);
	assert_int_equal(verdict.sealed_ms, ROOM_WALL_MS);
	assert_string_equal(verdict.sealed_by, ID_A);
	room_open(&r);
	room_add_seal(&r, keys[0], "heartbeat", 0);	/* a new key */
	room_prove(&r, &proof, &verdict);
	assert_true(verdict.is_whole);
	assert_int_equal(verdict.seals, 4);
	assert_int_equal(verdict.sealed_seq, 13);
	assert_string_equal(verdict.sealed_by, ID_B);
	proof.key_count = 1;				/* the new one alone */
	room_prove(&r, &proof, &verdict);
	assert_false(verdict.is_whole);
	assert_int_equal(verdict.broken_seq, 5);
	assert_non_null(strstr(verdict.what, "another key"));
	room_verify(&r, NULL, &verdict);		/* who has no key can say nothing of them */
	assert_true(verdict.is_whole);
	assert_int_equal(verdict.seals, 0);
	room_done(&r);
	crypto_key_free(keys[0]);
	crypto_key_free(keys[1]);
}

/* All of these have a whole chain. */
static void
a_chain_made_anew_lacks_its_seals(void **state)
{
	static const struct {
		const char	*sql;
		int64_t		 broken_seq;
		const char	*what;
	} cases[] = {
		{ "UPDATE ledger SET body = '{\"n\":3}' WHERE seq = 2", 5, "made anew" },
		{ "UPDATE ledger SET wall_ms = wall_ms + 1 WHERE seq = 12", 13, "made anew" },
		{ "DELETE FROM ledger WHERE seq = 6; UPDATE ledger SET seq = -(seq - 1) WHERE seq > 6;"
		  " UPDATE ledger SET seq = -seq WHERE seq < 0", 8, "made anew" },
		{ "UPDATE ledger SET body = '{\"text\":\"x\"}' WHERE seq = 13", 13, "not signed" },
		{ "UPDATE ledger SET body = '{\"text\":\"x\"}' WHERE seq = 5", 9, "made anew" },
		{ "UPDATE ledger SET body = '{\"signed\":null}' WHERE seq = 13", 13, "not signed" },
		{ "UPDATE ledger SET body = '{}' WHERE kind IN ('heartbeat', 'stop')", 0, "nothing" },
		{ "UPDATE ledger SET kind = 'note' WHERE kind IN ('heartbeat', 'stop')", 0, "nothing" },
		{ "UPDATE ledger SET body = '{\"signed\":{}}' WHERE seq = 13", 13, "no sense" },
		{ "UPDATE ledger SET body = '{\"signed\":1}' WHERE seq = 13", 13, "no sense" },
		{ "UPDATE ledger SET body = '[]' WHERE seq = 13", 13, "no sense" },
		{ "UPDATE ledger SET body = 'x' WHERE seq = 13", 13, "no sense" },
		{ "UPDATE ledger SET body = replace(body, '\"signature\":\"', '\"signature\":\"AAAA')"
		  " WHERE seq = 13", 13, "no sense" },
		{ "UPDATE ledger SET body = replace(body, '\"hash\":\"', '\"hash\":\"0') WHERE seq = 13",
		  13, "no sense" },
		{ "UPDATE ledger SET body = replace(body, '\"seq\":12', '\"seq\":0') WHERE seq = 13", 13,
		  "no sense" },
		{ "UPDATE ledger SET body = replace(body, '\"seq\":12', '\"seq\":11') WHERE seq = 13", 13,
		  "does not fit" },
		{ "UPDATE ledger SET body = replace(body, '" ID_A "', '" ID_B "') WHERE seq = 13", 13,
		  "another key" },
		{ "UPDATE ledger SET body = (SELECT body FROM ledger WHERE seq = 5) WHERE seq = 13", 13,
		  "copied" },
	};
	struct crypto_key *key = read_key(KEY_A);
	struct ledger_proof proof = { .keys = &key, .key_count = 1 };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct ledger_verdict verdict;
		struct room r;

		room_fill_sealed(&r, key);
		room_sql(&r, cases[i].sql);
		room_make_anew(&r);
		room_prove(&r, &proof, &verdict);
		if (verdict.is_whole || verdict.broken_seq != cases[i].broken_seq ||
		    strstr(verdict.what, cases[i].what) == NULL)
			fail_msg("%s: %s at %lld: %s", cases[i].sql, verdict.is_whole ? "whole" : "broken",
			    (long long)verdict.broken_seq, verdict.what);
		room_done(&r);
	}
	crypto_key_free(key);
}

/* Neither a record that is not there yet nor the seal's own can have been signed. */
static void
seals_look_back(void **state)
{
	struct crypto_key *key = read_key(KEY_A);
	struct ledger_proof proof = { .keys = &key, .key_count = 1 };

	(void)state;
	for (int64_t ahead = 1; ahead <= 2; ahead++) {
		struct ledger_verdict verdict;
		struct room r;

		room_init(&r);
		room_open(&r);
		room_add_seal(&r, key, "heartbeat", ahead);
		room_add_evidence(&r, "note", "{}");
		room_prove(&r, &proof, &verdict);
		assert_false(verdict.is_whole);
		assert_int_equal(verdict.broken_seq, 2);
		room_done(&r);
	}
	crypto_key_free(key);
}

/* More than one reading, while more is added. */
static void
a_long_one_is_read_in_pieces(void **state)
{
	struct arena *arena = arena_new();
	const struct ledger_record *rows;
	struct store_status status;
	struct ledger *ledger;
	struct store_batch *b;
	int64_t seq = 0, n = 1;
	struct room r;
	struct err err;
	size_t count;

	(void)state;
	room_init(&r);
	room_open(&r);
	for (int i = 0; i < 5; i++) {
		b = store_batch_new();
		for (int k = 0; k < 500; k++)
			store_add_evidence(b, ROOM_WALL_MS + k, "note", "{}");
		room_commit(&r, b);
		room_expect_whole(&r, 1 + 500 * (i + 1));
	}
	assert_int_equal(ledger_open(r.path, &ledger, &err), 0);
	do {
		assert_int_equal(ledger_read(ledger, seq, arena, &rows, &count, &err), 0);
		for (size_t i = 0; i < count; i++)
			assert_int_equal(rows[i].seq, n++);
		seq = count > 0 ? rows[count - 1].seq : seq;
	} while (count > 0);
	assert_int_equal(ledger_last(ledger, &n, &err), 0);
	assert_int_equal(seq, 2501);
	assert_int_equal(n, 2501);
	ledger_close(ledger);
	store_get_status(r.store, &status);
	assert_int_equal(status.ledger_records, 2501);
	assert_int_equal(strlen(status.ledger_head), 64);
	arena_free(arena);
	room_done(&r);
}

static void
what_is_no_ledger_cannot_be_read(void **state)
{
	struct ledger *ledger = NULL;
	struct ledger_verdict verdict;
	struct room r;
	struct err err;

	(void)state;
	room_init(&r);
	assert_int_equal(ledger_open(r.path, &ledger, &err), -1);
	assert_int_equal(access(r.path, F_OK), -1);	/* looking makes nothing */
	assert_int_equal(room_shell(&r, "printf %099d 1 > trailseal.db"), 0);
	assert_int_equal(ledger_open(r.path, &ledger, &err), -1);
	assert_int_equal(room_shell(&r, ": > trailseal.db"), 0);
	assert_int_equal(ledger_open(r.path, &ledger, &err), 0);
	assert_int_equal(ledger_verify(ledger, NULL, &verdict, &err), -1);
	ledger_close(ledger);
	room_done(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hashes_are_those_of_other_tools),
		cmocka_unit_test(kinds_are_words),
		cmocka_unit_test(a_whole_ledger_verifies),
		cmocka_unit_test(every_change_is_found),
		cmocka_unit_test(a_ledger_made_anew_lacks_the_old_head),
		cmocka_unit_test(a_cut_stays_visible),
		cmocka_unit_test(seals_verify),
		cmocka_unit_test(a_chain_made_anew_lacks_its_seals),
		cmocka_unit_test(seals_look_back),
		cmocka_unit_test(a_long_one_is_read_in_pieces),
		cmocka_unit_test(what_is_no_ledger_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
