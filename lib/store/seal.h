/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A seal: the head of the ledger, signed, in a record that was added behind it. Who can write the
 * database can make the whole chain anew, but not its seals. The signature is one of Ed25519 over
 * the text
 *
 *	"trailseal ledger head 1\n" SEQ "\n" HASH
 *
 * where SEQ is the number of the record that was the head, in decimal, and HASH its hash in
 * lower-case hexadecimal. The first line keeps it from being taken for a signature of anything else.
 */
#ifndef TRAILSEAL_STORE_SEAL_H
#define TRAILSEAL_STORE_SEAL_H

#include "base/crypto.h"
#include "store/ledger.h"
#include "wire/json_write.h"

struct seal {
	struct ledger_head	 head;
	char			 key[CRYPTO_KEY_ID_SIZE];
	unsigned char		 signature[CRYPTO_SIGNATURE_BYTES];
};

void	seal_make(const struct crypto_key *, const struct ledger_head *, struct seal *ret);

/* As the member "signed" of a record's body: an object with seq, hash, key and signature (Base64). */
void	seal_write(struct json_writer *, const struct seal *);

/* Records of this kind hold a seal while the daemon has a key: "heartbeat" and "stop". */
bool	seal_is_due(const char *kind);

/* 1: there is one; 0: there is none; -1: it makes no sense. */
int	seal_read(const struct ledger_record *, struct seal *ret);

/* Made with this key, over the head that it names. */
bool	seal_is_good(const struct seal *, const struct crypto_key *);

#endif
