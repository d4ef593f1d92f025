/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The generic webhook: alerts as JSON, each in a POST of its own, so that the delivery id in
 * webhook-id is all that the far side needs to know a repeat. Signed as Standard Webhooks say when
 * there is a secret: HMAC-SHA256 over "id.timestamp.body".
 */
#include "notify/webhook.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/crypto.h"
#include "base/text.h"
#include "notify/receiver.h"
#include "wire/json.h"
#include "wire/json_write.h"

#define WEBHOOK_SECRET_PREFIX	"whsec_"
#define WEBHOOK_SECRET_LEAST	24
#define WEBHOOK_SECRET_MOST	64
#define WEBHOOK_SIGNED_MAX	(MESSAGE_MAX + 256)

static bool
webhook_add_key(const char *secret, struct buf *out)
{
	size_t prefix = strlen(WEBHOOK_SECRET_PREFIX);

	return text_has_prefix(secret, WEBHOOK_SECRET_PREFIX) &&
	    crypto_add_unbase64(out, secret + prefix, strlen(secret + prefix)) &&
	    out->len >= WEBHOOK_SECRET_LEAST && out->len <= WEBHOOK_SECRET_MOST;
}

bool
webhook_is_secret(const char *text)
{
	struct buf key;
	bool is_good;

	buf_init(&key, SECRET_MAX_BYTES);
	is_good = webhook_add_key(text, &key);
	buf_wipe(&key);
	return is_good;
}

/* ---- the body ---- */

/* It was made by us, but has been on disk since. */
static void
webhook_write_evidence(struct json_writer *w, const char *text)
{
	struct arena *arena = arena_new();
	const struct json *tree = NULL;
	struct err err;

	json_write_key(w, "evidence");
	if (text != NULL && json_parse(arena, text, strlen(text), &tree, &err) == 0)
		json_write_tree(w, tree);
	else
		json_write_null(w);
	arena_free(arena);
}

static void
webhook_write_tri(struct json_writer *w, const char *name, enum tri value)
{
	if (value != TRI_UNKNOWN)
		json_write_member_bool(w, name, value == TRI_YES);
	else
		json_write_member(w, name, NULL);
}

static void
webhook_write_ids(struct json_writer *w, const char *name, const char *ids)
{
	json_write_key(w, name);
	json_write_array(w);
	while (ids != NULL && *ids != '\0') {
		size_t len = strcspn(ids, " ");

		json_write_string_n(w, ids, len);
		ids += len + strspn(ids + len, " ");
	}
	json_write_end_array(w);
}

/* Of an event, and of a finding that one led to. */
static void
webhook_write_event(struct json_writer *w, const struct alert *a)
{
	json_write_member(w, "event_id", a->event_id);
	json_write_member(w, "actor", a->actor);
	json_write_member(w, "source_ip", a->source_ip);
	json_write_member(w, "user_agent", a->user_agent);
	if (!alert_is_event(a))
		return;
	json_write_member_bool(w, "attempt", a->is_attempt);
	webhook_write_tri(w, "confirmed", a->confirmed);
	webhook_write_ids(w, "finding_ids", a->finding_ids);
}

static void
webhook_write_alert(struct json_writer *w, const struct alert *a)
{
	json_write_object(w);
	json_write_member(w, "id", a->id);
	json_write_member(w, "kind", a->kind);
	json_write_member(w, "status", a->is_firing ? "firing" : "resolved");
	json_write_member_bool(w, "reminder", a->is_reminder);
	json_write_member(w, "rule", a->rule);
	json_write_member(w, "severity", a->severity);
	json_write_member(w, "account", a->account);
	json_write_member(w, "account_name", a->account_name);
	json_write_member(w, "region", a->region);
	json_write_member(w, "resource", a->resource);
	json_write_member(w, "summary", a->summary);
	json_write_member_time(w, "since", a->since_wall_ms);
	json_write_member_time(w, "time", a->told_wall_ms);
	webhook_write_evidence(w, a->evidence);
	json_write_member(w, "remediation", a->remediation);
	if (a->event_id != NULL)
		webhook_write_event(w, a);
	json_write_end_object(w);
}

static void
webhook_write(struct buf *out, const char *receiver, const struct alert *alert)
{
	struct json_writer *w = json_writer_new(out, false);

	json_write_object(w);
	json_write_member(w, "version", "1");
	json_write_member(w, "receiver", receiver);
	json_write_key(w, "alerts");
	json_write_array(w);
	webhook_write_alert(w, alert);
	json_write_end_array(w);
	json_write_end_object(w);
	json_writer_free(w);
}

/* ---- the signature ---- */

static void
webhook_add_signature(struct message *m, const struct buf *key, const char *id, int64_t second)
{
	unsigned char mac[CRYPTO_SHA256_BYTES];
	struct buf signed_text, base64;

	buf_init(&signed_text, WEBHOOK_SIGNED_MAX);
	buf_init(&base64, MESSAGE_HEADER_MAX);
	buf_addf(&signed_text, "%s.%" PRId64 ".", id, second);
	buf_add(&signed_text, m->body.data, m->body.len);
	crypto_hmac_sha256(key->data, key->len, signed_text.data, signed_text.len, mac);
	crypto_add_base64(&base64, mac, sizeof(mac));
	message_add_header(m, "webhook-signature: v1,%s", buf_text(&base64));
	buf_done(&base64);
	buf_done(&signed_text);
}

static int
webhook_sign(struct message *m, const struct config_secret *from, const char *id, int64_t second,
    struct err *err)
{
	struct secret secret = { NULL, 0 };
	struct buf key;
	bool is_good;

	if (config_secret_read(from, &secret, err) < 0)
		return err_prefix(err, "secret");
	buf_init(&key, SECRET_MAX_BYTES);
	is_good = webhook_add_key(secret_text(&secret), &key);
	assert(is_good);	/* its form was judged by reading it */
	webhook_add_signature(m, &key, id, second);
	buf_wipe(&key);
	secret_wipe(&secret);
	return 0;
}

static int
webhook_compose(struct message *m, const struct receiver_settings *s,
    const struct alert *const *alerts, size_t count, int64_t now_wall_ms, struct err *err)
{
	const struct receiver_target *target = s->target[RECEIVER_WEBHOOK];
	const struct alert *alert = alerts[0];
	int64_t second = now_wall_ms / 1000;

	assert(count == 1);
	webhook_write(&m->body, s->name, alert);
	message_add_header(m, "webhook-id: %s", alert->delivery_id);
	message_add_header(m, "webhook-timestamp: %" PRId64, second);
	if (target->secret == NULL)
		return 0;
	return webhook_sign(m, target->secret, alert->delivery_id, second, err);
}

const struct receiver_type webhook_receiver = {
	.name = "webhook", .takes_many = false, .pause_ms = 0, .compose = webhook_compose,
};
