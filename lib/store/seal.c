/* SPDX-License-Identifier: Apache-2.0 */
/* Signed heads of the ledger; see seal.h. */
#include "store/seal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "wire/json.h"

#define SEAL_DOMAIN	"trailseal ledger head 1"
#define SEAL_TEXT_SIZE	(sizeof(SEAL_DOMAIN) + CRYPTO_HEX_SIZE + 24)
#define SEAL_BASE64_MAX	(4 * CRYPTO_SIGNATURE_BYTES)

/* What is signed. Returns its length. */
static size_t
seal_text(const struct ledger_head *head, char out[SEAL_TEXT_SIZE])
{
	return (size_t)snprintf(out, SEAL_TEXT_SIZE, SEAL_DOMAIN "\n%" PRId64 "\n%s", head->seq,
	    head->hash);
}

void
seal_make(const struct crypto_key *key, const struct ledger_head *head, struct seal *ret)
{
	char text[SEAL_TEXT_SIZE];

	ret->head = *head;
	crypto_key_id(key, ret->key);
	crypto_sign(key, text, seal_text(head, text), ret->signature);
}

void
seal_write(struct json_writer *w, const struct seal *seal)
{
	struct buf base64;

	buf_init(&base64, SEAL_BASE64_MAX);
	crypto_add_base64(&base64, seal->signature, sizeof(seal->signature));
	json_write_key(w, "signed");
	json_write_object(w);
	json_write_member_i64(w, "seq", seal->head.seq);
	json_write_member(w, "hash", seal->head.hash);
	json_write_member(w, "key", seal->key);
	json_write_member(w, "signature", buf_text(&base64));
	json_write_end_object(w);
	buf_done(&base64);
}

bool
seal_is_due(const char *kind)
{
	return strcmp(kind, "heartbeat") == 0 || strcmp(kind, "stop") == 0;
}

/* Hexadecimal of just this size, its NUL included. */
static bool
seal_take_hex(const struct json *from, const char *name, char *ret, size_t size)
{
	const char *text = NULL;
	struct err err;

	if (json_get_string(from, name, &text, &err) < 0 || text == NULL ||
	    strlen(text) != size - 1 || strspn(text, "0123456789abcdef") != size - 1)
		return false;
	memcpy(ret, text, size);
	return true;
}

static bool
seal_take_signature(const struct json *from, unsigned char ret[CRYPTO_SIGNATURE_BYTES])
{
	const char *text = NULL;
	struct buf signature;
	struct err err;
	bool good;

	if (json_get_string(from, "signature", &text, &err) < 0 || text == NULL)
		return false;
	buf_init(&signature, SEAL_BASE64_MAX);
	good = strlen(text) <= SEAL_BASE64_MAX &&
	    crypto_add_unbase64(&signature, text, strlen(text)) &&
	    signature.len == CRYPTO_SIGNATURE_BYTES;
	if (good)
		memcpy(ret, signature.data, CRYPTO_SIGNATURE_BYTES);
	buf_done(&signature);
	return good;
}

static int
seal_take(const struct json *from, struct seal *ret)
{
	struct err err;

	ret->head.seq = 0;
	if (json_get_i64(from, "seq", &ret->head.seq, &err) < 0 || ret->head.seq < 1 ||
	    !seal_take_hex(from, "hash", ret->head.hash, sizeof(ret->head.hash)) ||
	    !seal_take_hex(from, "key", ret->key, sizeof(ret->key)) ||
	    !seal_take_signature(from, ret->signature))
		return -1;
	return 1;
}

int
seal_read(const struct ledger_record *r, struct seal *ret)
{
	struct arena *arena = arena_new();
	const struct json *body, *from = NULL;
	int status = -1;
	struct err err;

	if (json_parse(arena, r->body, strlen(r->body), &body, &err) == 0 &&
	    body->type == JSON_OBJECT && json_get_object(body, "signed", &from, &err) == 0)
		status = from != NULL ? seal_take(from, ret) : 0;
	arena_free(arena);
	return status;
}

bool
seal_is_good(const struct seal *seal, const struct crypto_key *key)
{
	char text[SEAL_TEXT_SIZE];

	return crypto_verify(key, text, seal_text(&seal->head, text), seal->signature);
}
