/* SPDX-License-Identifier: Apache-2.0 */
/* What EventBridge makes of CloudTrail's events; see queue.h. */
#include <stdio.h>
#include <string.h>

#include "awssim/answer.h"
#include "awssim/queue.h"
#include "awssim/trails.h"
#include "base/buf.h"
#include "base/text.h"

/* What of a record stands on the envelope. */
struct feed_event {
	const struct json	*record;
	const char		*account, *region;
	const char		*source, *time, *type;
};

static bool
feed_read(struct arena *arena, const char *text, struct feed_event *ret)
{
	struct err ignored;
	bool is_read = false;

	return json_parse(arena, text, strlen(text), &ret->record, &ignored) == 0 &&
	    json_get_string(ret->record, "eventSource", &ret->source, &ignored) == 0 &&
	    json_get_string(ret->record, "eventTime", &ret->time, &ignored) == 0 &&
	    json_get_string(ret->record, "eventType", &ret->type, &ignored) == 0 &&
	    json_get_bool(ret->record, "readOnly", &is_read, &ignored) == 0 &&
	    ret->source != NULL && !is_read;
}

/* "kms.amazonaws.com" is "aws.kms" here. */
static void
feed_write_envelope(const struct feed_event *e, struct buf *out)
{
	struct json_writer *w = json_writer_new(out, false);
	char id[CRYPTO_UUID_SIZE], source[80] = "aws.";

	strncat(source, e->source, strcspn(e->source, ".") < 64 ? strcspn(e->source, ".") : 64);
	json_write_object(w);
	json_write_member(w, "version", "0");
	json_write_member(w, "id", crypto_uuid(id));
	json_write_member(w, "detail-type", text_same(e->type, "AwsServiceEvent") ?
	    "AWS Service Event via CloudTrail" : "AWS API Call via CloudTrail");
	json_write_member(w, "source", source);
	json_write_member(w, "account", e->account);
	json_write_member(w, "time", e->time);
	json_write_member(w, "region", e->region);
	json_write_key(w, "resources");
	json_write_array(w);
	json_write_end_array(w);
	json_write_key(w, "detail");
	answer_tree(w, e->record, false);
	json_write_end_object(w);
	json_writer_free(w);
}

/* SNS puts what it was told into a text. */
static void
feed_wrap(const struct queue *q, const char *envelope, int64_t now_ms, struct buf *out)
{
	struct json_writer *w = json_writer_new(out, false);
	char id[CRYPTO_UUID_SIZE], arn[128];

	snprintf(arn, sizeof(arn), "arn:aws:sns:%s:%s:trailseal", q->region->name, q->account->id);
	json_write_object(w);
	json_write_member(w, "Type", "Notification");
	json_write_member(w, "MessageId", crypto_uuid(id));
	json_write_member(w, "TopicArn", arn);
	json_write_member(w, "Message", envelope);
	json_write_member_time(w, "Timestamp", now_ms);
	json_write_member(w, "SignatureVersion", "1");
	json_write_member(w, "Signature", "EXAMPLE");
	json_write_member(w, "SigningCertURL",
	    "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-example.pem");
	json_write_end_object(w);
	json_writer_free(w);
}

static void
feed_put(struct queue *q, const struct feed_event *e, int64_t now_ms)
{
	struct buf envelope, wrapped;

	buf_init(&envelope, CALL_MAX_ANSWER);
	buf_init(&wrapped, CALL_MAX_ANSWER);
	feed_write_envelope(e, &envelope);
	if (q->is_wrapped)
		feed_wrap(q, buf_text(&envelope), now_ms, &wrapped);
	queue_send(q, buf_text(q->is_wrapped ? &wrapped : &envelope), now_ms + q->feed_delay_ms, now_ms);
	buf_done(&envelope);
	buf_done(&wrapped);
}

static bool
feed_has_logging_trail(const struct world *w, const struct account *account,
    const struct region *region)
{
	for (const struct trail *t = w->trails; t != NULL; t = t->by_arn.next)
		if (t->is_logging && trail_is_seen(w, t, account, region))
			return true;
	return false;
}

/* A queue takes what happens in its own region. */
void
queues_feed(struct world *w, const struct account *account, const struct region *region,
    const char *record, int64_t now_ms)
{
	struct feed_event event = { .account = account->id, .region = region->name };
	struct arena *arena;
	struct queue *q;

	if (LIST_EMPTY(&w->queues))
		return;
	arena = arena_new();
	if (feed_read(arena, record, &event) && feed_has_logging_trail(w, account, region))
		LIST_FOREACH(q, &w->queues, link)
			if (q->is_fed && q->region == region && (q->from == NULL || q->from == account))
				feed_put(q, &event, now_ms);
	arena_free(arena);
}
