/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OpenSSL behind one small door; see crypto.h. The algorithm is fetched once, a context is kept per
 * thread: fetching at every use costs more than the hash itself.
 */
#include "base/crypto.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "base/mem.h"

/*
 * Room for the sessions of some 10,000 roles, a kilobyte of token each, rounded up to powers of
 * two. It is address space: a page takes memory when it is first used.
 */
#define CRYPTO_SECURE_BYTES	(64UL * 1024 * 1024)
#define CRYPTO_SECURE_LEAST	64
#define CRYPTO_SHA256_BLOCK	64
#define CRYPTO_ED25519_BYTES	32	/* of either key */
#define CRYPTO_PEM_MAX		4096

static pthread_once_t crypto_once = PTHREAD_ONCE_INIT;
static pthread_once_t crypto_secure_once = PTHREAD_ONCE_INIT;
static EVP_MD *crypto_sha256_md;
static __thread EVP_MD_CTX *crypto_md_ctx;
static pthread_key_t crypto_ctx_key;	/* frees a thread's context when it ends */

static void
crypto_must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "<2>OpenSSL failed: %s\n", what);
	abort();
}

static void
crypto_forget_ctx(void *ctx)
{
	EVP_MD_CTX_free(ctx);
}

static void
crypto_fetch(void)
{
	crypto_must(pthread_key_create(&crypto_ctx_key, crypto_forget_ctx) == 0, "a key for threads");
	crypto_sha256_md = EVP_MD_fetch(NULL, "SHA256", NULL);
	crypto_must(crypto_sha256_md != NULL, "fetching SHA-256");
}

/* The hash of one text behind another. */
static void
crypto_sha256_two(const void *a, size_t a_len, const void *b, size_t b_len,
    unsigned char out[CRYPTO_SHA256_BYTES])
{
	pthread_once(&crypto_once, crypto_fetch);
	if (crypto_md_ctx == NULL) {
		crypto_md_ctx = EVP_MD_CTX_new();
		pthread_setspecific(crypto_ctx_key, crypto_md_ctx);
	}
	crypto_must(crypto_md_ctx != NULL && EVP_DigestInit_ex(crypto_md_ctx, crypto_sha256_md, NULL) &&
	    EVP_DigestUpdate(crypto_md_ctx, a, a_len) && EVP_DigestUpdate(crypto_md_ctx, b, b_len) &&
	    EVP_DigestFinal_ex(crypto_md_ctx, out, NULL), "SHA-256");
}

void
crypto_sha256(const void *data, size_t len, unsigned char out[CRYPTO_SHA256_BYTES])
{
	crypto_sha256_two(data, len, NULL, 0, out);
}

/* RFC 2104 by hand: two hashes and no more, where EVP_MAC takes almost twice the time for them. */
void
crypto_hmac_sha256(const void *key, size_t key_len, const void *data, size_t len,
    unsigned char out[CRYPTO_SHA256_BYTES])
{
	unsigned char pad[CRYPTO_SHA256_BLOCK] = { 0 }, inner[CRYPTO_SHA256_BYTES];

	if (key_len > sizeof(pad))
		crypto_sha256(key, key_len, pad);
	else if (key_len > 0)
		memcpy(pad, key, key_len);
	for (size_t i = 0; i < sizeof(pad); i++)
		pad[i] ^= 0x36;
	crypto_sha256_two(pad, sizeof(pad), data, len, inner);
	for (size_t i = 0; i < sizeof(pad); i++)
		pad[i] ^= 0x36 ^ 0x5c;
	crypto_sha256_two(pad, sizeof(pad), inner, sizeof(inner), out);
	explicit_bzero(pad, sizeof(pad));
	explicit_bzero(inner, sizeof(inner));
}

char *
crypto_hex(const unsigned char *data, size_t len, char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		out[2 * i] = digits[data[i] >> 4];
		out[2 * i + 1] = digits[data[i] & 15];
	}
	out[2 * len] = '\0';
	return out;
}

void
crypto_add_base64(struct buf *out, const void *data, size_t len)
{
	size_t size = (len + 2) / 3 * 4;
	unsigned char *text = mem_alloc(size + 1, 1);

	EVP_EncodeBlock(text, data, (int)len);
	buf_add(out, text, size);
	explicit_bzero(text, size);
	free(text);
}

bool
crypto_add_unbase64(struct buf *out, const char *text, size_t len)
{
	size_t padding = len >= 1 && text[len - 1] == '=' ? 1 + (len >= 2 && text[len - 2] == '=') : 0;
	unsigned char *data;
	int n;

	/* EVP_DecodeBlock skips white space at the ends and takes '=' anywhere: look first. */
	if (len == 0)
		return true;
	if (len % 4 != 0 || strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") <
	    len - padding)
		return false;
	data = mem_alloc(len / 4 * 3, 1);
	n = EVP_DecodeBlock(data, (const unsigned char *)text, (int)len);
	if (n >= 0)
		buf_add(out, data, (size_t)n - padding);
	explicit_bzero(data, len / 4 * 3);
	free(data);
	return n >= 0;
}

/* 2 means: in use, but not locked into memory. It is still kept out of core files. */
static void
crypto_secure_start(void)
{
	crypto_must(CRYPTO_secure_malloc_init(CRYPTO_SECURE_BYTES, CRYPTO_SECURE_LEAST) != 0,
	    "heap for secrets");
}

/* ---- signatures ---- */

struct crypto_key {
	EVP_PKEY	*pkey;
};

/* RFC 8410: all but the key itself is the same in every file, so there is nothing to parse. */
struct crypto_key_form {
	const char	*begin, *end;
	const char	*prefix;	/* of the DER, before the key */
	size_t		 prefix_len;
	EVP_PKEY	*(*make)(int type, ENGINE *, const unsigned char *key, size_t len);
};

static const struct crypto_key_form crypto_private_form = {
	"-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----",
	"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20", 16,
	EVP_PKEY_new_raw_private_key,
};
static const struct crypto_key_form crypto_public_form = {
	"-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----",
	"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00", 12,
	EVP_PKEY_new_raw_public_key,
};

/* Adds what stands in Base64 between the two lines. */
static bool
crypto_add_pem(struct buf *der, const char *pem, const struct crypto_key_form *form)
{
	const char *begin = strstr(pem, form->begin), *end;
	struct buf text;
	bool good;

	if (begin == NULL || (end = strstr(begin, form->end)) == NULL)
		return false;
	buf_init(&text, CRYPTO_PEM_MAX);
	good = buf_reserve(&text, (size_t)(end - begin));	/* a secret must not move */
	for (const char *p = begin + strlen(form->begin); good && p < end; p++)
		if (strchr(" \t\r\n", *p) == NULL)
			buf_addc(&text, *p);
	good = good && crypto_add_unbase64(der, buf_text(&text), text.len);
	buf_wipe(&text);
	return good;
}

static struct crypto_key *
crypto_read_key(const char *pem, const struct crypto_key_form *form)
{
	struct crypto_key *key = NULL;
	EVP_PKEY *pkey = NULL;
	struct buf der;

	pthread_once(&crypto_secure_once, crypto_secure_start);	/* private keys go there */
	buf_init(&der, CRYPTO_PEM_MAX);
	if (crypto_add_pem(&der, pem, form) && der.len == form->prefix_len + CRYPTO_ED25519_BYTES &&
	    memcmp(der.data, form->prefix, form->prefix_len) == 0)
		pkey = form->make(EVP_PKEY_ED25519, NULL,
		    (unsigned char *)der.data + form->prefix_len, CRYPTO_ED25519_BYTES);
	buf_wipe(&der);
	if (pkey != NULL) {
		key = mem_alloc(1, sizeof(*key));
		key->pkey = pkey;
	}
	return key;
}

struct crypto_key *
crypto_read_private_key(const char *pem)
{
	return crypto_read_key(pem, &crypto_private_form);
}

struct crypto_key *
crypto_read_public_key(const char *pem)
{
	return crypto_read_key(pem, &crypto_public_form);
}

void
crypto_key_free(struct crypto_key *key)
{
	if (key == NULL)
		return;
	EVP_PKEY_free(key->pkey);
	free(key);
}

char *
crypto_key_id(const struct crypto_key *key, char out[CRYPTO_KEY_ID_SIZE])
{
	const struct crypto_key_form *form = &crypto_public_form;
	unsigned char der[64], hash[CRYPTO_SHA256_BYTES];
	size_t len = CRYPTO_ED25519_BYTES;

	memcpy(der, form->prefix, form->prefix_len);
	crypto_must(EVP_PKEY_get_raw_public_key(key->pkey, der + form->prefix_len, &len) == 1,
	    "a public key");
	crypto_sha256(der, form->prefix_len + len, hash);
	return crypto_hex(hash, (CRYPTO_KEY_ID_SIZE - 1) / 2, out);
}

void
crypto_sign(const struct crypto_key *key, const void *data, size_t len,
    unsigned char out[CRYPTO_SIGNATURE_BYTES])
{
	size_t size = CRYPTO_SIGNATURE_BYTES;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	crypto_must(ctx != NULL && EVP_DigestSignInit(ctx, NULL, NULL, NULL, key->pkey) == 1 &&
	    EVP_DigestSign(ctx, out, &size, data, len) == 1 && size == CRYPTO_SIGNATURE_BYTES,
	    "signing");
	EVP_MD_CTX_free(ctx);
}

bool
crypto_verify(const struct crypto_key *key, const void *data, size_t len,
    const unsigned char signature[CRYPTO_SIGNATURE_BYTES])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool good;

	crypto_must(ctx != NULL && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key->pkey) == 1,
	    "verifying");
	good = EVP_DigestVerify(ctx, signature, CRYPTO_SIGNATURE_BYTES, data, len) == 1;
	EVP_MD_CTX_free(ctx);
	ERR_clear_error();	/* what did not fit is nobody's next error */
	return good;
}

/* ---- the rest ---- */

bool
crypto_same(const void *a, const void *b, size_t len)
{
	return CRYPTO_memcmp(a, b, len) == 0;
}

void
crypto_random(void *out, size_t len)
{
	crypto_must(RAND_bytes(out, (int)len) == 1, "random bytes");
}

char *
crypto_uuid(char out[CRYPTO_UUID_SIZE])
{
	unsigned char b[16];
	char hex[33];

	crypto_random(b, sizeof(b));
	b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
	b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
	crypto_hex(b, sizeof(b), hex);
	snprintf(out, CRYPTO_UUID_SIZE, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16,
	    hex + 20);
	return out;
}

void *
crypto_secure_alloc(size_t len)
{
	void *p;

	pthread_once(&crypto_secure_once, crypto_secure_start);
	p = OPENSSL_secure_zalloc(len ? len : 1);
	crypto_must(p != NULL && CRYPTO_secure_allocated(p), "heap for secrets is full");
	return p;
}

void
crypto_secure_free(void *p, size_t len)
{
	if (p != NULL)
		OPENSSL_secure_clear_free(p, len ? len : 1);
}
