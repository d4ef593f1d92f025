/* SPDX-License-Identifier: Apache-2.0 */
/* SQS, in its JSON protocol: queues, messages, and receives that wait for one. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "awssim/answer.h"
#include "awssim/queue.h"
#include "awssim/sim.h"
#include "base/mem.h"
#include "base/text.h"

#define SQS_BATCH_MAX	10
#define SQS_WAIT_MAX_S	20
#define SQS_SECOND_MS	1000

/* SQS also says what its errors were called of old, for those who ask so. */
static void
sqs_error(struct call *c, const char *code, const char *legacy, const char *text)
{
	if (answer_is_error(c))
		return;
	if (text_same(call_header(c, "x-amzn-query-mode"), "true"))
		answer_header(c, "x-amzn-query-error", arena_printf(c->arena, "%s;Sender", legacy));
	answer_error(c, 400, arena_printf(c->arena, "com.amazonaws.sqs#%s", code), "%s", text);
}

/* The queue that the call is about, which must be the caller's. NULL: it was answered. */
static struct queue *
sqs_queue(struct call *c)
{
	const char *url;
	struct queue *q;

	if (!call_required(c, "QueueUrl", &url))
		return NULL;
	q = queue_by_url(c->world, c->region, url);
	if (q == NULL)
		sqs_error(c, "QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue",
		    "The specified queue does not exist.");
	else if (q->account != c->account)
		answer_refuse(c, REFUSAL_DENIED, "Access to the resource is denied.");
	return answer_is_error(c) ? NULL : q;
}

/* ---- queues ---- */

/* Attributes are texts; all but the one that matters here are taken and forgotten. */
static bool
sqs_take_attributes(struct call *c, int64_t *hidden_s)
{
	const struct json *attributes = json_member(c->params, "Attributes");
	const char *text = NULL;
	struct err err;

	if (attributes == NULL)
		return true;
	if (json_get_string(attributes, "VisibilityTimeout", &text, &err) == 0 &&
	    (text == NULL || (text_to_i64(text, hidden_s) && *hidden_s >= 0 && *hidden_s <= 43200)))
		return true;
	sqs_error(c, "InvalidAttributeValue", "InvalidAttributeValue",
	    "Invalid value for the parameter VisibilityTimeout.");
	return false;
}

static void
sqs_create_queue(struct call *c)
{
	int64_t hidden_s = QUEUE_HIDDEN_S;
	const char *name;
	struct queue *q;

	if (!call_required(c, "QueueName", &name) || !sqs_take_attributes(c, &hidden_s))
		return;
	if (name[0] == '\0' || strlen(name) > 80 || strspn(name,
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != strlen(name)) {
		answer_error(c, 400, "InvalidParameterValue", "Can only include alphanumeric characters, "
		    "hyphens, or underscores. 1 to 80 in length");
		return;
	}
	q = queue_add(c->world, c->account, c->region, name);
	q->hidden_s = hidden_s;
	answer_member(c, "QueueUrl", q->url);
}

static void
sqs_delete_queue(struct call *c)
{
	struct queue *q = sqs_queue(c);

	if (q != NULL)
		queue_remove(q);
}

static void
sqs_get_queue_url(struct call *c)
{
	const char *name;
	struct queue *q;

	if (!call_required(c, "QueueName", &name))
		return;
	q = queue_by_name(c->world, c->account, c->region, name);
	if (q == NULL)
		sqs_error(c, "QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue",
		    "The specified queue does not exist.");
	else
		answer_member(c, "QueueUrl", q->url);
}

/* Whether a list of names asks for one. */
static bool
sqs_wants(const struct json *list, const char *name)
{
	if (list == NULL || list->type != JSON_ARRAY)
		return false;
	json_foreach(item, list)
		if (json_is(item, name) || json_is(item, "All"))
			return true;
	return false;
}

static void
sqs_write_number(struct json_writer *w, const char *name, int64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, value);
	json_write_member(w, name, text);
}

static void
sqs_get_attributes(struct call *c)
{
	const struct json *names = json_member(c->params, "AttributeNames");
	struct queue *q = sqs_queue(c);
	struct json_writer *w;
	size_t visible, hidden;

	if (q == NULL)
		return;
	queue_count(q, c->now_ms, &visible, &hidden);
	w = answer_json(c);
	json_write_key(w, "Attributes");
	json_write_object(w);
	if (sqs_wants(names, "QueueArn"))
		json_write_member(w, "QueueArn", arena_printf(c->arena, "arn:aws:sqs:%s:%s:%s",
		    q->region->name, q->account->id, q->name));
	if (sqs_wants(names, "VisibilityTimeout"))
		sqs_write_number(w, "VisibilityTimeout", q->hidden_s);
	if (sqs_wants(names, "ApproximateNumberOfMessages"))
		sqs_write_number(w, "ApproximateNumberOfMessages", (int64_t)visible);
	if (sqs_wants(names, "ApproximateNumberOfMessagesNotVisible"))
		sqs_write_number(w, "ApproximateNumberOfMessagesNotVisible", (int64_t)hidden);
	json_write_end_object(w);
}

/* ---- messages ---- */

static void
sqs_send_message(struct call *c)
{
	struct queue *q = sqs_queue(c);
	const struct queue_message *m;
	int64_t delay_s = 0;
	const char *body;

	if (q == NULL || !call_required(c, "MessageBody", &body) ||
	    !call_number(c, "DelaySeconds", 0, 900, &delay_s))
		return;
	if (strlen(body) > QUEUE_BODY_MAX) {
		answer_error(c, 400, "InvalidParameterValue", "One or more parameters are invalid.");
		return;
	}
	m = queue_send(q, body, c->now_ms + delay_s * SQS_SECOND_MS, c->now_ms);
	answer_member(c, "MessageId", m->id);
	answer_member(c, "MD5OfMessageBody", m->md5);
}

/* What a receive asks for, also while it waits. It knows the queue by its URL, as that may go. */
struct sqs_receive {
	struct later		 later;		/* the first member */
	const struct region	*region;
	char			*url;		/* ours */
	int64_t			 most, hidden_s;	/* -1: the queue's own */
	bool			 wants_count, wants_sent, wants_first;
};

static void
sqs_write_message(struct json_writer *w, const struct sqs_receive *r, const struct queue_message *m)
{
	json_write_object(w);
	json_write_member(w, "MessageId", m->id);
	json_write_member(w, "ReceiptHandle", m->receipt);
	json_write_member(w, "MD5OfBody", m->md5);
	json_write_member(w, "Body", m->body);
	if (r->wants_count || r->wants_sent || r->wants_first) {
		json_write_key(w, "Attributes");
		json_write_object(w);
		if (r->wants_count)
			sqs_write_number(w, "ApproximateReceiveCount", m->receives);
		if (r->wants_sent)
			sqs_write_number(w, "SentTimestamp", m->sent_ms);
		if (r->wants_first)
			sqs_write_number(w, "ApproximateFirstReceiveTimestamp", m->first_received_ms);
		json_write_end_object(w);
	}
	json_write_end_object(w);
}

/* The answer's object, which has no member when there is no message. False: there was none. */
static bool
sqs_receive_now(const struct sqs_receive *r, struct world *world, int64_t now_ms, struct buf *out)
{
	struct queue *q = queue_by_url(world, r->region, r->url);
	struct json_writer *w = json_writer_new(out, false);
	const struct queue_message *m;
	int64_t hidden_ms = q ? (r->hidden_s >= 0 ? r->hidden_s : q->hidden_s) * SQS_SECOND_MS : 0;
	int64_t count = 0;

	json_write_object(w);
	while (q != NULL && count < r->most && (m = queue_receive(q, hidden_ms, now_ms)) != NULL) {
		if (count++ == 0) {
			json_write_key(w, "Messages");
			json_write_array(w);
		}
		sqs_write_message(w, r, m);
	}
	if (count > 0)
		json_write_end_array(w);
	json_write_end_object(w);
	json_writer_free(w);
	return count > 0;
}

static bool
sqs_receive_later(struct later *later, struct sim *sim, struct buf *out)
{
	return sqs_receive_now((struct sqs_receive *)later, sim->world, sim_now_ms(sim), out);
}

static void
sqs_receive_drop(struct later *later)
{
	struct sqs_receive *r = (struct sqs_receive *)later;

	free(r->url);
	free(r);
}

/* The attributes of a message have had two names in requests. */
static bool
sqs_wants_attribute(const struct call *c, const char *name)
{
	return sqs_wants(json_member(c->params, "MessageSystemAttributeNames"), name) ||
	    sqs_wants(json_member(c->params, "AttributeNames"), name);
}

static void
sqs_receive_message(struct call *c)
{
	struct queue *q = sqs_queue(c);
	struct sqs_receive given = { .most = 1, .hidden_s = -1, .region = c->region }, *kept;
	int64_t wait_s = 0;

	if (q == NULL || !call_number(c, "MaxNumberOfMessages", 1, SQS_BATCH_MAX, &given.most) ||
	    !call_number(c, "VisibilityTimeout", 0, 43200, &given.hidden_s) ||
	    !call_number(c, "WaitTimeSeconds", 0, SQS_WAIT_MAX_S, &wait_s))
		return;
	given.url = q->url;
	given.wants_count = sqs_wants_attribute(c, "ApproximateReceiveCount");
	given.wants_sent = sqs_wants_attribute(c, "SentTimestamp");
	given.wants_first = sqs_wants_attribute(c, "ApproximateFirstReceiveTimestamp");
	c->answer.is_written = true;
	if (sqs_receive_now(&given, c->world, c->now_ms, c->answer.body) || wait_s == 0)
		return;
	kept = mem_alloc(1, sizeof(*kept));
	*kept = given;
	kept->url = mem_strdup(q->url);
	kept->later = (struct later){
		.take = sqs_receive_later, .drop = sqs_receive_drop, .wait_ms = wait_s * SQS_SECOND_MS,
	};
	c->answer.later = &kept->later;
}

static void
sqs_delete_message(struct call *c)
{
	struct queue *q = sqs_queue(c);
	const char *receipt;

	if (q == NULL || !call_required(c, "ReceiptHandle", &receipt))
		return;
	if (!queue_delete(q, receipt))
		sqs_error(c, "ReceiptHandleIsInvalid", "ReceiptHandleIsInvalid",
		    "The input receipt handle is invalid.");
}

/* The entries with a handle that is one, or those without. */
static void
sqs_write_deleted(struct call *c, struct queue *q, const struct json *entries, bool good)
{
	struct json_writer *w = answer_json(c);

	json_write_key(w, good ? "Successful" : "Failed");
	json_write_array(w);
	json_foreach(entry, entries) {
		const struct json *id = json_member(entry, "Id");
		const struct json *receipt = json_member(entry, "ReceiptHandle");

		if (queue_delete(q, receipt->text) != good)
			continue;
		json_write_object(w);
		json_write_member(w, "Id", id->text);
		if (!good) {
			json_write_member_bool(w, "SenderFault", true);
			json_write_member(w, "Code", "ReceiptHandleIsInvalid");
			json_write_member(w, "Message", "The input receipt handle is invalid.");
		}
		json_write_end_object(w);
	}
	json_write_end_array(w);
}

static bool
sqs_is_text(const struct json *json)
{
	return json != NULL && json->type == JSON_STRING;
}

static bool
sqs_entries_are_good(struct call *c, const struct json *entries)
{
	if (entries == NULL || entries->type != JSON_ARRAY || entries->count == 0) {
		sqs_error(c, "EmptyBatchRequest", "AWS.SimpleQueueService.EmptyBatchRequest",
		    "There should be at least one DeleteMessageBatchRequestEntry in the request.");
		return false;
	}
	if (entries->count > SQS_BATCH_MAX)
		sqs_error(c, "TooManyEntriesInBatchRequest",
		    "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
		    "Maximum number of entries per request are 10.");
	json_foreach(entry, entries) {
		const struct json *id = json_member(entry, "Id");

		if (!sqs_is_text(id) || !sqs_is_text(json_member(entry, "ReceiptHandle")))
			answer_error(c, 400, "SerializationException", "An entry lacks a text.");
		for (const struct json *other = entry->next; other != NULL && sqs_is_text(id);
		    other = other->next)
			if (json_is(json_member(other, "Id"), id->text))
				sqs_error(c, "BatchEntryIdsNotDistinct",
				    "AWS.SimpleQueueService.BatchEntryIdsNotDistinct", "Two entries have one id.");
	}
	return !answer_is_error(c);
}

static void
sqs_delete_batch(struct call *c)
{
	const struct json *entries = json_member(c->params, "Entries");
	struct queue *q = sqs_queue(c);

	if (q == NULL || !sqs_entries_are_good(c, entries))
		return;
	sqs_write_deleted(c, q, entries, true);
	sqs_write_deleted(c, q, entries, false);
}

/* What is done to messages is no management event. Trailseal's role may read and delete them. */
#define SQS_READS(name, handle, iam) \
	{ #name, handle, .is_read = true, .is_data = true, .action = "sqs:" iam }

/* clang-format off */
const struct operation sqs_operations[] = {
	OPERATION_CHANGES("sqs", CreateQueue, sqs_create_queue, NULL),
	OPERATION_CHANGES("sqs", DeleteQueue, sqs_delete_queue, NULL),
	OPERATION_READS("sqs", GetQueueUrl, sqs_get_queue_url, NULL),
	OPERATION_READS("sqs", GetQueueAttributes, sqs_get_attributes, NULL),
	{ "SendMessage", sqs_send_message, .is_data = true, .action = "sqs:SendMessage" },
	SQS_READS(ReceiveMessage, sqs_receive_message, "ReceiveMessage"),
	SQS_READS(DeleteMessage, sqs_delete_message, "DeleteMessage"),
	SQS_READS(DeleteMessageBatch, sqs_delete_batch, "DeleteMessage"),
	{ .name = NULL },
};
/* clang-format on */
