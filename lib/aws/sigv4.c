/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AWS's Signature Version 4; see sigv4.h. It runs once per attempt of every call, so nothing is
 * allocated once its two texts have grown, and most inputs take the short way.
 */
#include "aws/sigv4.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/crypto.h"
#include "base/mem.h"
#include "base/stamp.h"
#include "base/text.h"

#define SIGV4_MAX_BYTES		((size_t)256 * 1024)	/* of a canonical request */
#define SIGV4_MAX_HEADERS	64
#define SIGV4_MAX_PARAMETERS	128
#define SIGV4_KEYS		1024			/* a power of two */
#define SIGV4_DAY_SIZE		9
#define SIGV4_BLANKS		" \t\r\n\v\f"

/* A signing key and what it was made for. */
struct sigv4_key {
	uint64_t	credentials;		/* their id; 0: this place is free */
	char		day[SIGV4_DAY_SIZE];
	char		region[40];
	char		service[24];
	unsigned char	key[CRYPTO_SHA256_BYTES];
};

struct sigv4 {
	struct sigv4_key	*keys;		/* SIGV4_KEYS of them, in memory for secrets */
	struct buf		 request;	/* the canonical one: holds the session token, so it
						 * is wiped after each use */
	struct buf		 names;		/* of the signed headers */
	struct buf		 text;		/* to sign */
};

struct sigv4 *
sigv4_new(void)
{
	struct sigv4 *s = mem_alloc(1, sizeof(*s));

	s->keys = crypto_secure_alloc(SIGV4_KEYS * sizeof(*s->keys));
	buf_init(&s->request, SIGV4_MAX_BYTES);
	buf_init(&s->names, SIGV4_MAX_BYTES);
	buf_init(&s->text, SIGV4_MAX_BYTES);
	return s;
}

void
sigv4_free(struct sigv4 *s)
{
	if (s == NULL)
		return;
	crypto_secure_free(s->keys, SIGV4_KEYS * sizeof(*s->keys));
	buf_wipe(&s->request);
	buf_done(&s->names);
	buf_done(&s->text);
	free(s);
}

/* ---- the canonical request ---- */

/* Resolves empty segments and dots; a slash at the end stays. */
static void
sigv4_add_normal_path(const char *path, struct buf *out)
{
	size_t start = out->len;

	for (const char *p = path; *p != '\0';) {
		size_t len = strcspn(p, "/");
		const char *slash;

		if (len == 2 && p[0] == '.' && p[1] == '.') {
			slash = out->len > start ? memrchr(out->data + start, '/', out->len - start) : NULL;
			buf_cut(out, slash ? (size_t)(slash - out->data) : start);
		} else if (len > 0 && !(len == 1 && p[0] == '.')) {
			buf_addc(out, '/');
			buf_add(out, p, len);
		}
		p += len + (p[len] == '/');
	}
	if (out->len == start || text_has_suffix(path, "/"))
		buf_addc(out, '/');
}

static void
sigv4_add_path(const struct sigv4_request *r, struct buf *out)
{
	struct buf normal;

	if (r->is_s3 || strcmp(r->path, "/") == 0) {
		buf_adds(out, r->path);
		return;
	}
	buf_init(&normal, SIGV4_MAX_BYTES);
	sigv4_add_normal_path(r->path, &normal);
	text_add_uri(out, buf_text(&normal), normal.len, true);
	buf_done(&normal);
}

struct sigv4_parameter {
	size_t	name, name_len, value, value_len;	/* places in the text of encoded pieces */
};

/* Adds one piece of the query in the one encoding that is signed: as it is, if it was valid. */
static void
sigv4_add_piece(const char *piece, size_t len, struct buf *out)
{
	struct buf plain;

	buf_init(&plain, SIGV4_MAX_BYTES);
	if (text_add_unescaped_uri(&plain, piece, len))
		text_add_uri(out, buf_text(&plain), plain.len, false);
	else
		text_add_uri(out, piece, len, false);
	buf_done(&plain);
}

static int
sigv4_compare_bytes(const char *a, size_t a_len, const char *b, size_t b_len)
{
	int order = memcmp(a, b, a_len < b_len ? a_len : b_len);

	return order != 0 ? order : (a_len > b_len) - (a_len < b_len);
}

/* By name and then by value: "a=" stands before "a-b=", which a joined text would get wrong. */
static bool
sigv4_is_before(const char *text, const struct sigv4_parameter *a, const struct sigv4_parameter *b)
{
	int order = sigv4_compare_bytes(text + a->name, a->name_len, text + b->name, b->name_len);

	if (order == 0)
		order = sigv4_compare_bytes(text + a->value, a->value_len, text + b->value, b->value_len);
	return order < 0;
}

static size_t
sigv4_split_query(const char *query, struct buf *text, struct sigv4_parameter *sorted)
{
	size_t count = 0;

	for (const char *p = query; *p != '\0';) {
		size_t len = strcspn(p, "&"), name_len = strcspn(p, "=&"), at = count;
		struct sigv4_parameter new = { .name = text->len };

		assert(count < SIGV4_MAX_PARAMETERS);
		sigv4_add_piece(p, name_len, text);
		new.name_len = text->len - new.name;
		new.value = text->len;
		if (name_len < len)
			sigv4_add_piece(p + name_len + 1, len - name_len - 1, text);
		new.value_len = text->len - new.value;
		for (; at > 0 && sigv4_is_before(buf_text(text), &new, &sorted[at - 1]); at--)
			sorted[at] = sorted[at - 1];
		sorted[at] = new;
		count++;
		p += len + (p[len] == '&');
	}
	return count;
}

static void
sigv4_add_query(const struct sigv4_request *r, struct buf *out)
{
	struct sigv4_parameter sorted[SIGV4_MAX_PARAMETERS];
	struct buf text;
	size_t count;

	if (text_is_empty(r->query))
		return;
	buf_init(&text, SIGV4_MAX_BYTES);
	count = sigv4_split_query(r->query, &text, sorted);
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			buf_addc(out, '&');
		buf_add(out, buf_text(&text) + sorted[i].name, sorted[i].name_len);
		buf_addc(out, '=');
		buf_add(out, buf_text(&text) + sorted[i].value, sorted[i].value_len);
	}
	buf_done(&text);
}

/* Headers that proxies and libraries change on the way, and the signature itself. */
static bool
sigv4_is_skipped(const char *name, size_t len)
{
	static const struct {
		const char	*name;
		size_t		 len;
	} skipped[] = {
		{ "authorization", 13 }, { "connection", 10 }, { "expect", 6 }, { "keep-alive", 10 },
		{ "te", 2 }, { "trailer", 7 }, { "transfer-encoding", 17 }, { "upgrade", 7 },
		{ "user-agent", 10 }, { "x-amzn-trace-id", 15 },
	};

	for (size_t i = 0; i < sizeof(skipped) / sizeof(skipped[0]); i++)
		if (len == skipped[i].len && strncasecmp(name, skipped[i].name, len) == 0)
			return true;
	return len > 6 && strncasecmp(name, "proxy-", 6) == 0;
}

struct sigv4_line {
	const char	*name, *value;
	size_t		 name_len;
	bool		 is_repeat;	/* of the name before it */
};

/* Sorts what is signed by name; headers of one name keep their order. */
static size_t
sigv4_sort_headers(const struct sigv4_request *r, struct sigv4_line *sorted)
{
	size_t count = 0;

	assert(r->header_count <= SIGV4_MAX_HEADERS);
	for (size_t i = 0; i < r->header_count; i++) {
		struct sigv4_line new = { r->headers[i].name, r->headers[i].value, 0, false };
		size_t at = count;
		int order = 1;

		new.name_len = strlen(new.name);
		if (sigv4_is_skipped(new.name, new.name_len))
			continue;
		for (; at > 0 && (order = strcasecmp(new.name, sorted[at - 1].name)) < 0; at--)
			sorted[at] = sorted[at - 1];
		new.is_repeat = order == 0;
		sorted[at] = new;
		count++;
	}
	return count;
}

static void
sigv4_add_lower(const char *name, size_t len, struct buf *out)
{
	size_t start = out->len;

	buf_add(out, name, len);
	for (; start < out->len; start++)
		if (out->data[start] >= 'A' && out->data[start] <= 'Z')
			out->data[start] |= 0x20;
}

/* Trimmed, and with one blank for each run of white space within. */
static void
sigv4_add_value(const char *value, struct buf *out)
{
	value += strspn(value, SIGV4_BLANKS);
	while (*value != '\0') {
		size_t len = strcspn(value, SIGV4_BLANKS);

		buf_add(out, value, len);
		value += len;
		value += strspn(value, SIGV4_BLANKS);
		if (*value != '\0')
			buf_addc(out, ' ');
	}
}

/* The header lines go to `out`, and their names, joined by ';', to `names`. */
static void
sigv4_add_headers(const struct sigv4_request *r, struct buf *names, struct buf *out)
{
	struct sigv4_line sorted[SIGV4_MAX_HEADERS];
	size_t count = sigv4_sort_headers(r, sorted);

	for (size_t i = 0; i < count; i++) {
		if (sorted[i].is_repeat) {
			buf_cut(out, out->len - 1);
			buf_addc(out, ',');
		} else {
			size_t start = out->len;

			sigv4_add_lower(sorted[i].name, sorted[i].name_len, out);
			if (i > 0)
				buf_addc(names, ';');
			buf_add(names, buf_text(out) + start, out->len - start);
			buf_addc(out, ':');
		}
		sigv4_add_value(sorted[i].value, out);
		buf_addc(out, '\n');
	}
}

static void
sigv4_add_request(const struct sigv4_request *r, struct buf *names, struct buf *out)
{
	buf_adds(out, r->method);
	buf_addc(out, '\n');
	sigv4_add_path(r, out);
	buf_addc(out, '\n');
	sigv4_add_query(r, out);
	buf_addc(out, '\n');
	sigv4_add_headers(r, names, out);
	buf_addc(out, '\n');
	buf_add(out, buf_text(names), names->len);
	buf_addc(out, '\n');
	buf_adds(out, r->payload_hash);
}

void
sigv4_add_canonical_request(const struct sigv4_request *r, struct buf *out)
{
	struct buf names;

	buf_init(&names, SIGV4_MAX_BYTES);
	sigv4_add_request(r, &names, out);
	buf_done(&names);
}

/* ---- the signing key ---- */

static void
sigv4_derive(const struct aws_credentials *c, const char *day, const struct sigv4_request *r,
    unsigned char out[CRYPTO_SHA256_BYTES])
{
	size_t len = c->secret_access_key.len + 4;
	char *first = crypto_secure_alloc(len);
	unsigned char *key = crypto_secure_alloc(CRYPTO_SHA256_BYTES);

	memcpy(first, "AWS4", 4);
	memcpy(first + 4, secret_text(&c->secret_access_key), len - 4);
	crypto_hmac_sha256(first, len, day, strlen(day), key);
	crypto_hmac_sha256(key, CRYPTO_SHA256_BYTES, r->region, strlen(r->region), key);
	crypto_hmac_sha256(key, CRYPTO_SHA256_BYTES, r->service, strlen(r->service), key);
	crypto_hmac_sha256(key, CRYPTO_SHA256_BYTES, "aws4_request", 12, out);
	crypto_secure_free(key, CRYPTO_SHA256_BYTES);
	crypto_secure_free(first, len);
}

/* FNV-1a over what the key was made for. */
static size_t
sigv4_place(uint64_t credentials, const char *day, const char *region, const char *service)
{
	const char *texts[] = { day, region, service };
	uint64_t hash = UINT64_C(0xcbf29ce484222325) ^ credentials;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		hash *= UINT64_C(0x100000001b3);
		for (const char *c = texts[i]; *c != '\0'; c++)
			hash = (hash ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
	}
	return (hash ^ hash >> 32) & (SIGV4_KEYS - 1);
}

static bool
sigv4_is_key_of(const struct sigv4_key *k, uint64_t credentials, const char *day,
    const struct sigv4_request *r)
{
	return k->credentials == credentials && strcmp(k->day, day) == 0 &&
	    strcmp(k->region, r->region) == 0 && strcmp(k->service, r->service) == 0;
}

/*
 * One place per key and no search: a key that finds its place taken by another overwrites it.
 * What it was made for is noted when it fits, else the place counts as free.
 */
static const unsigned char *
sigv4_key(struct sigv4 *s, const struct aws_credentials *c, const char *day,
    const struct sigv4_request *r)
{
	struct sigv4_key *k = &s->keys[sigv4_place(c->id, day, r->region, r->service)];

	if (sigv4_is_key_of(k, c->id, day, r))
		return k->key;
	k->credentials = 0;
	if (strlen(r->region) < sizeof(k->region) && strlen(r->service) < sizeof(k->service)) {
		k->credentials = c->id;
		strcpy(k->day, day);
		strcpy(k->region, r->region);
		strcpy(k->service, r->service);
	}
	sigv4_derive(c, day, r, k->key);
	return k->key;
}

/* ---- the signature ---- */

static void
sigv4_add_scope(const char *day, const struct sigv4_request *r, struct buf *out)
{
	buf_adds(out, day);
	buf_addc(out, '/');
	buf_adds(out, r->region);
	buf_addc(out, '/');
	buf_adds(out, r->service);
	buf_adds(out, "/aws4_request");
}

static void
sigv4_make_text(const char *time, const char *day, const struct sigv4_request *r,
    const struct buf *request, struct buf *out)
{
	unsigned char hash[CRYPTO_SHA256_BYTES];
	char hex[CRYPTO_HEX_SIZE];

	crypto_sha256(buf_text(request), request->len, hash);
	buf_reset(out);
	buf_adds(out, "AWS4-HMAC-SHA256\n");
	buf_adds(out, time);
	buf_addc(out, '\n');
	sigv4_add_scope(day, r, out);
	buf_addc(out, '\n');
	buf_add(out, crypto_hex(hash, sizeof(hash), hex), CRYPTO_HEX_SIZE - 1);
}

void
sigv4_sign(struct sigv4 *s, const struct aws_credentials *c, const struct sigv4_request *r,
    struct buf *out)
{
	char time[STAMP_AMZ_SIZE], day[SIGV4_DAY_SIZE], hex[CRYPTO_HEX_SIZE];
	unsigned char signature[CRYPTO_SHA256_BYTES];

	stamp_format_amz(r->wall_ms, time);
	memcpy(day, time, sizeof(day) - 1);
	day[sizeof(day) - 1] = '\0';
	buf_reset(&s->request);
	buf_reset(&s->names);
	sigv4_add_request(r, &s->names, &s->request);
	assert(!s->request.overflowed && !s->names.overflowed);
	sigv4_make_text(time, day, r, &s->request, &s->text);
	crypto_hmac_sha256(sigv4_key(s, c, day, r), CRYPTO_SHA256_BYTES, buf_text(&s->text),
	    s->text.len, signature);

	buf_adds(out, "AWS4-HMAC-SHA256 Credential=");
	buf_add(out, secret_text(&c->access_key_id), c->access_key_id.len);
	buf_addc(out, '/');
	sigv4_add_scope(day, r, out);
	buf_adds(out, ", SignedHeaders=");
	buf_add(out, buf_text(&s->names), s->names.len);
	buf_adds(out, ", Signature=");
	buf_add(out, crypto_hex(signature, sizeof(signature), hex), CRYPTO_HEX_SIZE - 1);
	explicit_bzero(s->request.data, s->request.len);
}
