/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hashes, signatures, encodings, random bytes and memory for secrets: all that the library wants of
 * OpenSSL, of which this is the only user in lib. Safe to call from every thread.
 */
#ifndef TRAILSEAL_BASE_CRYPTO_H
#define TRAILSEAL_BASE_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

#define CRYPTO_SHA256_BYTES	32
#define CRYPTO_HEX_SIZE		(2 * CRYPTO_SHA256_BYTES + 1)
#define CRYPTO_UUID_SIZE	37
#define CRYPTO_SIGNATURE_BYTES	64
#define CRYPTO_KEY_ID_SIZE	33

void	crypto_sha256(const void *data, size_t len, unsigned char out[CRYPTO_SHA256_BYTES]);
void	crypto_hmac_sha256(const void *key, size_t key_len, const void *data, size_t len,
	    unsigned char out[CRYPTO_SHA256_BYTES]);

/* Lower-case hexadecimal with a NUL: 2 * len + 1 bytes. Returns `out`. */
char	*crypto_hex(const unsigned char *data, size_t len, char *out);

/* Base64 (RFC 4648, padded) added to `out`; decoding is strict and false on anything else. */
void	 crypto_add_base64(struct buf *out, const void *data, size_t len);
bool	 crypto_add_unbase64(struct buf *out, const char *text, size_t len);

/*
 * A key of Ed25519 (RFC 8032) from a PEM text as RFC 8410 has it and OpenSSL writes it; NULL when
 * that is none. A private one lies in the memory for secrets, and verifies, too. Its id is the
 * first half of the SHA-256 of the public key in DER, in hexadecimal.
 */
struct crypto_key;

struct crypto_key	*crypto_read_private_key(const char *pem);
struct crypto_key	*crypto_read_public_key(const char *pem);
void	 crypto_key_free(struct crypto_key *);	/* NULL is fine */
char	*crypto_key_id(const struct crypto_key *, char out[CRYPTO_KEY_ID_SIZE]);
void	 crypto_sign(const struct crypto_key *, const void *data, size_t len,
	    unsigned char out[CRYPTO_SIGNATURE_BYTES]);
bool	 crypto_verify(const struct crypto_key *, const void *data, size_t len,
	    const unsigned char signature[CRYPTO_SIGNATURE_BYTES]);

/* Compares without telling by its duration where a difference stands. */
bool	 crypto_same(const void *, const void *, size_t len);

void	 crypto_random(void *out, size_t len);
char	*crypto_uuid(char out[CRYPTO_UUID_SIZE]);	/* a random UUID (version 4) */

/*
 * Zeroed memory that stays out of core files and, where the system's limit allows, out of swap.
 * It comes from one heap of bounded size, whose exhaustion aborts; freeing wipes.
 */
void	*crypto_secure_alloc(size_t len);
void	 crypto_secure_free(void *, size_t len);	/* NULL is fine */

#endif
