/* SPDX-License-Identifier: Apache-2.0 */
/* The generic webhook: its public body, and a signature that others can verify. */
#include "unit/notify_scene.h"

#include "base/crypto.h"
#include "notify/receiver.h"
#include "notify/webhook.h"

#define HOOK	"receivers:\n  - name: hook\n    webhook: { url: \"https://a.example.com/hookhidden\""

static const char *
header_of(const struct message *m, const char *name)
{
	for (size_t i = 0; i < m->header_count; i++)
		if (text_has_prefix(m->headers[i], name))
			return m->headers[i] + strlen(name);
	return NULL;
}

static int
compose(struct message *m, const struct settings *s, const struct alert *alert, struct err *err)
{
	message_init(m);
	return webhook_receiver.compose(m, &s->notify.receivers[0], &alert, 1, SCENE_WALL_MS + 5999,
	    err);
}

static void
the_body_is_what_is_documented(void **state)
{
	static const struct {
		const char	*path, *value;
	} cases[] = {
		{ "version", "1" },
		{ "receiver", "hook" },
		{ "alerts.0.id", SCENE_ID },
		{ "alerts.0.kind", "finding" },
		{ "alerts.0.status", "firing" },
		{ "alerts.0.reminder", "false" },
		{ "alerts.0.rule", "key-disabled" },
		{ "alerts.0.severity", "critical" },
		{ "alerts.0.account", "111122223333" },
		{ "alerts.0.account_name", "production" },
		{ "alerts.0.region", "us-east-1" },
		{ "alerts.0.resource", SCENE_KEY_ARN },
		{ "alerts.0.summary", "key 1234abcd of trail main is disabled" },
		{ "alerts.0.since", "2026-01-02T01:04:05Z" },
		{ "alerts.0.time", "2026-01-02T03:04:05Z" },
		{ "alerts.0.evidence.call", "DescribeKey" },
		{ "alerts.0.evidence.facts.KeyState", "Disabled" },
		{ "alerts.0.remediation", "aws kms enable-key --key-id 1234abcd --region us-east-1" },
		{ "alerts.1.id", "" },
	};
	struct settings *s = scene_settings(HOOK " }\n");
	struct alert alert = scene_alert();
	struct message m;
	struct err err;

	(void)state;
	assert_int_equal(compose(&m, s, &alert, &err), 0);
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(scene_at(buf_text(&m.body), cases[i].path), cases[i].value);
	assert_string_equal(header_of(&m, "Content-Type: "), "application/json");
	assert_string_equal(header_of(&m, "webhook-id: "), alert.delivery_id);
	assert_string_equal(header_of(&m, "webhook-timestamp: "), "1767323050");
	assert_null(header_of(&m, "webhook-signature: "));
	message_done(&m);
	settings_free(s);
}

/* Of an event also who did it, and what came of it. */
static void
an_event_names_its_actor(void **state)
{
	static const struct {
		const char	*path, *value;
	} cases[] = {
		{ "alerts.0.kind", "event" },
		{ "alerts.0.status", "firing" },
		{ "alerts.0.rule", "event-key-disabled" },
		{ "alerts.0.event_id", "6f1b6c4e-0000-4000-8000-000000000001" },
		{ "alerts.0.actor", "arn:aws:iam::111122223333:user/operator" },
		{ "alerts.0.source_ip", "192.0.2.1" },
		{ "alerts.0.user_agent", "aws-cli/2.0" },
		{ "alerts.0.attempt", "false" },
		{ "alerts.0.confirmed", "true" },
		{ "alerts.0.finding_ids.0", SCENE_ID },
		{ "alerts.0.finding_ids.1", "00ff" },
		{ "alerts.0.finding_ids.2", "" },
		{ "alerts.0.evidence.facts.MFA", "no" },
	};
	struct settings *s = scene_settings(HOOK " }\n");
	struct alert event = scene_event(), caused = scene_alert();
	struct message m;
	struct err err;

	(void)state;
	assert_int_equal(compose(&m, s, &event, &err), 0);
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(scene_at(buf_text(&m.body), cases[i].path), cases[i].value);
	message_done(&m);

	event.confirmed = TRI_UNKNOWN;
	event.finding_ids = NULL;
	event.is_attempt = true;
	assert_int_equal(compose(&m, s, &event, &err), 0);
	assert_non_null(strstr(buf_text(&m.body), "\"attempt\":true"));
	assert_non_null(strstr(buf_text(&m.body), "\"confirmed\":null"));
	assert_non_null(strstr(buf_text(&m.body), "\"finding_ids\":[]"));
	message_done(&m);

	caused.event_id = event.event_id;	/* a finding that one led to */
	caused.actor = event.actor;
	assert_int_equal(compose(&m, s, &caused, &err), 0);
	assert_string_equal(scene_at(buf_text(&m.body), "alerts.0.actor"), event.actor);
	assert_null(strstr(buf_text(&m.body), "confirmed"));
	message_done(&m);
	settings_free(s);
}

/* What an older or broken database gave back: nothing but ids. */
static void
absent_texts_are_null(void **state)
{
	static const char *const evidences[] = { NULL, "", "{", "not JSON" };
	struct settings *s = scene_settings(HOOK " }\n");
	struct message m;
	struct err err;

	(void)state;
	for (size_t i = 0; i < COUNT(evidences); i++) {
		struct alert alert = { .id = "i", .delivery_id = "i-1", .evidence = evidences[i],
			.since_wall_ms = STAMP_UNKNOWN, .told_wall_ms = STAMP_UNKNOWN };

		assert_int_equal(compose(&m, s, &alert, &err), 0);
		assert_non_null(strstr(buf_text(&m.body), "\"rule\":null"));
		assert_non_null(strstr(buf_text(&m.body), "\"since\":null"));
		assert_non_null(strstr(buf_text(&m.body), "\"evidence\":null"));
		assert_string_equal(scene_at(buf_text(&m.body), "alerts.0.status"), "resolved");
		message_done(&m);
	}
	settings_free(s);
}

/* RFC 2104 by its definition, with the key's bytes 0 to 23 as they are. */
static void
hmac_by_definition(const struct buf *text, unsigned char out[CRYPTO_SHA256_BYTES])
{
	unsigned char inner[64], outer[64 + CRYPTO_SHA256_BYTES];
	struct buf all;

	for (unsigned i = 0; i < 64; i++) {
		unsigned char byte = i < 24 ? (unsigned char)i : 0;

		inner[i] = byte ^ 0x36;
		outer[i] = byte ^ 0x5c;
	}
	buf_init(&all, 1 << 20);
	buf_add(&all, inner, sizeof(inner));
	buf_add(&all, text->data, text->len);
	crypto_sha256(all.data, all.len, outer + 64);
	crypto_sha256(outer, sizeof(outer), out);
	buf_done(&all);
}

static void
the_signature_verifies(void **state)
{
	struct settings *s = scene_settings(HOOK ", secret: " SCENE_SECRET " }\n");
	unsigned char expect[CRYPTO_SHA256_BYTES];
	struct alert alert = scene_alert();
	const char *signature;
	struct buf text, mac;
	struct message m;
	struct err err;

	(void)state;
	assert_int_equal(compose(&m, s, &alert, &err), 0);
	signature = header_of(&m, "webhook-signature: ");
	assert_non_null(signature);
	assert_true(text_has_prefix(signature, "v1,"));
	buf_init(&text, 1 << 20);
	buf_init(&mac, 1000);
	buf_addf(&text, "%s.%s.%s", header_of(&m, "webhook-id: "), header_of(&m, "webhook-timestamp: "),
	    buf_text(&m.body));
	hmac_by_definition(&text, expect);
	assert_true(crypto_add_unbase64(&mac, signature + 3, strlen(signature + 3)));
	assert_int_equal(mac.len, sizeof(expect));
	assert_memory_equal(mac.data, expect, sizeof(expect));
	buf_done(&mac);
	buf_done(&text);
	message_done(&m);
	settings_free(s);
}

static void
a_secret_that_cannot_be_read_fails(void **state)
{
	struct alert alert = scene_alert();
	char path[] = "/tmp/notify_webhook.XXXXXX", text[256];
	int fd = mkstemp(path);
	struct settings *s;
	struct message m;
	struct err err;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, SCENE_SECRET "\n", strlen(SCENE_SECRET) + 1), strlen(SCENE_SECRET) + 1);
	close(fd);
	snprintf(text, sizeof(text), HOOK ", secret_file: %s }\n", path);
	s = scene_settings(text);
	assert_int_equal(compose(&m, s, &alert, &err), 0);
	message_done(&m);
	unlink(path);
	assert_int_equal(compose(&m, s, &alert, &err), -1);
	assert_int_equal(err.kind, ERR_FILE);
	assert_true(text_has_prefix(err.text, "secret: "));
	message_done(&m);
	settings_free(s);
}

static void
secrets_have_a_form(void **state)
{
	static const struct {
		const char	*text;
		bool		 is_secret;
	} cases[] = {
		{ SCENE_SECRET, true },
		{ "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", true },
		{ "AAECAwQFBgcICQoLDA0ODxAREhMUFRYX", false },
		{ "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRY=", false },	/* 23 bytes */
		{ "whsec_", false },
		{ "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFR!X", false },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(webhook_is_secret(cases[i].text), cases[i].is_secret);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_body_is_what_is_documented),
		cmocka_unit_test(an_event_names_its_actor),
		cmocka_unit_test(absent_texts_are_null),
		cmocka_unit_test(the_signature_verifies),
		cmocka_unit_test(a_secret_that_cannot_be_read_fails),
		cmocka_unit_test(secrets_have_a_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
