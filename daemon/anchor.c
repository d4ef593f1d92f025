/* SPDX-License-Identifier: Apache-2.0 */
/* Heads of the ledger, noted and signed; see anchor.h. */
#include "daemon/anchor.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/log.h"
#include "store/seal.h"
#include "wire/json_write.h"

#define ANCHOR_BODY_MAX	8192
#define ANCHOR_TEXT_MAX	512

static void
anchor_read_head(const struct daemon *d, struct ledger_head *ret)
{
	struct store_status status;

	store_get_status(d->store, &status);
	ret->seq = (int64_t)status.ledger_records;
	snprintf(ret->hash, sizeof(ret->hash), "%s", status.ledger_head);
}

/*
 * With the key as it was when the configuration was read, so that no heartbeat lacks its seal since
 * a file cannot be read just then.
 */
static bool
anchor_seal(const struct daemon *d, const struct ledger_head *head, struct seal *ret)
{
	const struct config_secret *from = d->settings->evidence.signing_key;
	struct crypto_key *key;

	if (from == NULL)
		return false;
	key = crypto_read_private_key(secret_text(&from->secret));
	assert(key != NULL);	/* its option's form says so */
	seal_make(key, head, ret);
	crypto_key_free(key);
	return true;
}

static void
anchor_add_text(struct buf *out, const struct ledger_head *head)
{
	buf_addf(out, "evidence ledger: %" PRId64 " records, head %s", head->seq, head->hash);
}

static void
anchor_tell(const struct ledger_head *head, const struct seal *seal)
{
	struct buf text;

	buf_init(&text, ANCHOR_TEXT_MAX);
	anchor_add_text(&text, head);
	if (seal != NULL) {
		buf_addf(&text, ", signed by %s: ", seal->key);
		crypto_add_base64(&text, seal->signature, sizeof(seal->signature));
	}
	log_notice(NULL, "%s", buf_text(&text));
	buf_done(&text);
}

static void
anchor_add_body(struct buf *out, const char *text, const struct seal *seal)
{
	struct json_writer *w = json_writer_new(out, false);

	json_write_object(w);
	json_write_member(w, "text", text);
	if (seal != NULL)
		seal_write(w, seal);
	json_write_end_object(w);
	json_writer_free(w);
}

void
anchor_record(struct daemon *d, const char *kind, const char *text)
{
	struct store_batch *batch = store_batch_new();
	struct buf head_text, body;
	const struct seal *sealed;
	struct ledger_head head;
	struct seal seal;

	buf_init(&head_text, ANCHOR_TEXT_MAX);
	buf_init(&body, ANCHOR_BODY_MAX);
	anchor_read_head(d, &head);
	anchor_add_text(&head_text, &head);
	sealed = anchor_seal(d, &head, &seal) ? &seal : NULL;
	anchor_tell(&head, sealed);
	anchor_add_body(&body, text != NULL ? text : buf_text(&head_text), sealed);
	store_add_evidence(batch, aws_wall_ms(d->aws), kind, buf_text(&body));
	store_commit(d->store, batch, NULL, NULL);
	buf_done(&body);
	buf_done(&head_text);
}
