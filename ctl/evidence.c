/* SPDX-License-Identifier: Apache-2.0 */
/* trailsealctl evidence: verifies, exports and shows the daemon's ledger, also while that runs. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/mem.h"
#include "base/stamp.h"
#include "base/text.h"
#include "ctl/ctl.h"
#include "store/ledger.h"
#include "wire/json_write.h"

#define EVIDENCE_DATABASE	"/var/lib/trailseal/trailseal.db"
#define EVIDENCE_LINES		10	/* of tail, unless told */
#define EVIDENCE_KEY_MAX	65536	/* bytes of a public key's file */
#define EVIDENCE_CHUNK_MAX	(2UL * 1024 * 1024 * 1024)	/* bytes of LEDGER_READ_MOST records */

struct evidence_options {
	const char	*verb;
	const char	*database;
	const char	*head;
	struct ctl_list	 public_keys;
	const char	*lines;
	bool		 follow;
};

typedef void (*evidence_add_fn)(struct buf *, const struct ledger_record *);

static enum ctl_exit
evidence_complain(const struct err *err)
{
	ctl_complain("the ledger cannot be read: %s", err->text);
	return CTL_UNKNOWN;
}

/* The body as a text, since its hash is over these very bytes. */
static void
evidence_add_json(struct buf *out, const struct ledger_record *r)
{
	struct json_writer *w = json_writer_new(out, false);

	json_write_object(w);
	json_write_member_i64(w, "seq", r->seq);
	json_write_member_i64(w, "wall_ms", r->wall_ms);
	json_write_member_time(w, "time", r->wall_ms);
	json_write_member(w, "kind", r->kind);
	json_write_member(w, "body", r->body);
	json_write_member(w, "previous", r->previous);
	json_write_member(w, "hash", r->hash);
	json_write_end_object(w);
	json_writer_free(w);
	buf_addc(out, '\n');
}

static void
evidence_add_line(struct buf *out, const struct ledger_record *r)
{
	size_t size = 4 * strlen(r->body) + 16;
	char time[STAMP_ISO_SIZE], kind[64], *body = mem_alloc(size, 1);

	buf_addf(out, "%" PRId64 " %s %s %s\n", r->seq, stamp_format_iso(r->wall_ms, time),
	    text_clean(kind, sizeof(kind), r->kind, strlen(r->kind)),
	    text_clean(body, size, r->body, strlen(r->body)));
	free(body);
}

/* All records behind *seq, which moves along; a chunk is written before the next one is read. */
static enum ctl_exit
evidence_write(struct ledger *l, int64_t *seq, evidence_add_fn add)
{
	struct arena *arena = arena_new();
	const struct ledger_record *rows;
	enum ctl_exit code = CTL_GOOD;
	struct err err;
	struct buf out;
	size_t count;

	buf_init(&out, EVIDENCE_CHUNK_MAX);
	do {
		arena_reset(arena);
		buf_reset(&out);
		count = 0;
		if (ledger_read(l, *seq, arena, &rows, &count, &err) < 0)
			code = evidence_complain(&err);
		for (size_t i = 0; i < count; i++)
			add(&out, &rows[i]);
		if (count > 0) {
			*seq = rows[count - 1].seq;
			code = ctl_write(&out, code);
		}
	} while (count > 0 && code == CTL_GOOD);
	buf_done(&out);
	arena_free(arena);
	return code;
}

static enum ctl_exit
evidence_export(struct ledger *l, const struct evidence_options *options)
{
	int64_t seq = 0;

	(void)options;
	return evidence_write(l, &seq, evidence_add_json);
}

static enum ctl_exit
evidence_tail(struct ledger *l, const struct evidence_options *options)
{
	int64_t lines = EVIDENCE_LINES, seq;
	enum ctl_exit code;
	struct err err;

	if (options->lines != NULL && (!text_to_i64(options->lines, &lines) || lines < 0)) {
		ctl_complain("--lines wants a number, not \"%s\"", options->lines);
		return CTL_USAGE;
	}
	if (ledger_last(l, &seq, &err) < 0)
		return evidence_complain(&err);
	seq = seq > lines ? seq - lines : 0;
	while ((code = evidence_write(l, &seq, evidence_add_line)) == CTL_GOOD && options->follow)
		sleep(1);
	return code;
}

/* What was written down elsewhere may be in capitals. */
static bool
evidence_read_head(const char *text, char out[CRYPTO_HEX_SIZE])
{
	if (strlen(text) != CRYPTO_HEX_SIZE - 1 ||
	    strspn(text, "0123456789abcdefABCDEF") != CRYPTO_HEX_SIZE - 1) {
		ctl_complain("--head wants a SHA-256 in hexadecimal, not \"%s\"", text);
		return false;
	}
	for (size_t i = 0; i < CRYPTO_HEX_SIZE; i++)
		out[i] = (char)tolower((unsigned char)text[i]);
	return true;
}

/* NULL after an error, which was told. */
static struct crypto_key *
evidence_read_key(const char *path)
{
	char *text = mem_alloc(EVIDENCE_KEY_MAX + 1, 1);
	struct crypto_key *key = NULL;
	FILE *f = fopen(path, "re");

	if (f == NULL) {
		ctl_complain("%s: %s", path, strerror(errno));
	} else {
		text[fread(text, 1, EVIDENCE_KEY_MAX, f)] = '\0';
		key = crypto_read_public_key(text);
		if (key == NULL)
			ctl_complain("%s: no public key of Ed25519 in PEM", path);
		fclose(f);
	}
	free(text);
	return key;
}

/* How many could be read; why the next one could not was told. */
static size_t
evidence_read_keys(const struct ctl_list *paths, struct crypto_key **keys)
{
	size_t count = 0;

	while (count < paths->count && (keys[count] = evidence_read_key(paths->item[count])) != NULL)
		count++;
	return count;
}

static void
evidence_add_verdict(struct buf *out, const struct ledger_verdict *v)
{
	char time[STAMP_ISO_SIZE];

	if (!v->is_whole && v->broken_seq > 0)
		buf_addf(out, "BROKEN at record %" PRId64 ": %s\n", v->broken_seq, v->what);
	else if (!v->is_whole)
		buf_addf(out, "BROKEN: %s\n", v->what);
	else
		buf_addf(out, "whole: %" PRId64 " records, head %s\n", v->head.seq, v->head.hash);
	if (v->is_whole && v->seals > 0)
		buf_addf(out, "signatures: %" PRId64 ", the last of record %" PRId64 ", %s, by %s\n",
		    v->seals, v->sealed_seq, stamp_format_iso(v->sealed_ms, time), v->sealed_by);
}

static enum ctl_exit
evidence_judge(struct ledger *l, const struct ledger_proof *proof)
{
	struct ledger_verdict v;
	enum ctl_exit code;
	struct err err;
	struct buf out;

	if (ledger_verify(l, proof, &v, &err) < 0)
		return evidence_complain(&err);
	buf_init(&out, 4096);
	evidence_add_verdict(&out, &v);
	code = ctl_write(&out, v.is_whole ? CTL_GOOD : CTL_FAILS);
	buf_done(&out);
	return code;
}

static enum ctl_exit
evidence_verify(struct ledger *l, const struct evidence_options *options)
{
	size_t wanted = options->public_keys.count;
	struct crypto_key **keys = mem_alloc(wanted + 1, sizeof(struct crypto_key *));
	size_t count = evidence_read_keys(&options->public_keys, keys);
	struct ledger_proof proof = { .keys = keys, .key_count = count };
	enum ctl_exit code = CTL_USAGE;
	char head[CRYPTO_HEX_SIZE];

	if (options->head != NULL)
		proof.anchor = head;
	if (count == wanted && (options->head == NULL || evidence_read_head(options->head, head)))
		code = evidence_judge(l, &proof);
	while (count > 0)
		crypto_key_free(keys[--count]);
	free(keys);
	return code;
}

static const struct evidence_verb {
	const char	*name;
	enum ctl_exit	(*run)(struct ledger *, const struct evidence_options *);
} evidence_verbs[] = {
	{ "verify", evidence_verify },
	{ "export", evidence_export },
	{ "tail", evidence_tail },
};

#define EVIDENCE_VERBS	(sizeof(evidence_verbs) / sizeof(evidence_verbs[0]))

static const struct evidence_verb *
evidence_find_verb(const char *name)
{
	const char *names[EVIDENCE_VERBS + 1] = { NULL };

	for (size_t i = 0; i < EVIDENCE_VERBS; i++) {
		if (text_same(evidence_verbs[i].name, name))
			return &evidence_verbs[i];
		names[i] = evidence_verbs[i].name;
	}
	if (name == NULL)
		ctl_complain("what of the evidence: verify, export or tail?");
	else
		ctl_complain_word("verb of evidence", name, names);
	return NULL;
}

static enum ctl_exit
evidence_run(const void *arg)
{
	const struct evidence_options *options = arg;
	const struct evidence_verb *verb = evidence_find_verb(options->verb);
	struct ledger *ledger;
	enum ctl_exit code;
	struct err err;

	if (verb == NULL)
		return CTL_USAGE;
	if (ledger_open(options->database != NULL ? options->database : EVIDENCE_DATABASE, &ledger,
	    &err) < 0)
		return evidence_complain(&err);
	code = verb->run(ledger, options);
	ledger_close(ledger);
	return code;
}

static const struct ctl_option evidence_options[] = {
	{ "database", "FILE", CTL_TEXT, offsetof(struct evidence_options, database),
	    "The daemon's database, or one that was set aside; " EVIDENCE_DATABASE " unless given." },
	{ "head", "HASH", CTL_TEXT, offsetof(struct evidence_options, head),
	    "verify: a head that was noted elsewhere, in the journal for instance. It must be the hash "
	    "of a record." },
	{ "public-key", "FILE", CTL_LIST, offsetof(struct evidence_options, public_keys),
	    "verify: the public key, in PEM, of who signs the heads. Every signature must be its own, "
	    "and there must be one. May be given more than once, when the key was changed." },
	{ "lines", "N", CTL_TEXT, offsetof(struct evidence_options, lines),
	    "tail: the last N records; 10 unless given." },
	{ "follow", NULL, CTL_FLAG, offsetof(struct evidence_options, follow),
	    "tail: go on with what is added, until interrupted." },
	{ .name = NULL },
};

const struct ctl_verb evidence_verb = {
	.name = "evidence", .operand = "verify|export|tail",
	.summary = "Verify, export or show the evidence ledger.",
	.help = "verify walks the chain of hashes and names the first record that is missing or was "
	    "altered, and checks the daemon's signatures when it is given a key. export writes all records, one JSON object a line. tail shows the newest ones. "
	    "They only read, also while the daemon runs. Exits with 0; with 1 when the ledger is "
	    "broken; with 3 when it cannot be read.",
	.options = evidence_options,
	.size = sizeof(struct evidence_options),
	.operand_offset = offsetof(struct evidence_options, verb),
	.run = evidence_run,
};
