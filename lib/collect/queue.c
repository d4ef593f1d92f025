/* SPDX-License-Identifier: Apache-2.0 */
/* SQS: receives messages of a queue, and deletes them. */
#include "collect/collector.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

#define QUEUE_WAIT_S	20	/* the most that SQS waits for a message */

/* Both hold the queue's URL as the head's id. */
struct receiving {
	struct collector		 head;
	const struct queue_message	*messages;	/* the arena's */
	size_t				 count;
	collect_messages_fn		 taken;
	void				*arg;
};

struct deleting {
	struct collector		 head;
	const char			*receipts[MESSAGES_MAX];	/* the arena's */
	size_t				 count;
	struct queue_deletion		 deletions[MESSAGES_MAX];
	collect_deletions_fn		 taken;
	void				*arg;
};

/* The attribute by its present and its former name: each endpoint knows one of them. */
static void
receiving_write_attributes(struct json_writer *w, const char *name)
{
	json_write_key(w, name);
	json_write_array(w);
	json_write_string(w, "ApproximateReceiveCount");
	json_write_end_array(w);
}

static enum job_asking
receiving_ask(void *ctx, struct job_question *q)
{
	const struct receiving *r = ctx;
	struct json_writer *w = json_writer_new(&q->body, false);

	json_write_object(w);
	json_write_member(w, "QueueUrl", r->head.id);
	json_write_member_i64(w, "MaxNumberOfMessages", MESSAGES_MAX);
	json_write_member_i64(w, "WaitTimeSeconds", QUEUE_WAIT_S);
	receiving_write_attributes(w, "MessageSystemAttributeNames");
	receiving_write_attributes(w, "AttributeNames");
	json_write_end_object(w);
	json_writer_free(w);
	return JOB_ASK;
}

/* Bodies are the answer's, and go with it: what is received is taken at once. */
static enum job_verdict
receiving_take(struct job *job, void *ctx, const struct aws_reply *reply,
    const struct err *failure, struct err *err)
{
	struct receiving *r = ctx;

	(void)job;
	(void)failure;
	if (parse_receive_message(reply->arena, reply->json, &r->messages, &r->count, err) < 0)
		return JOB_FAIL;
	r->head.has_answer = true;
	r->taken(r->arg, r->messages, r->count, NULL);
	return JOB_NEXT;
}

static void
receiving_done(void *ctx, const struct err *err)
{
	struct receiving *r = ctx;

	if (!r->head.has_answer)
		r->taken(r->arg, NULL, 0, err);
	arena_free(r->head.arena);
	free(r);
}

static const struct job_step receiving_steps[] = {
	{ SQS_RECEIVE_MESSAGE, receiving_ask, receiving_take, .takes_errors = false },
};

static const struct job_recipe receiving_recipe = {
	"receive", receiving_steps, sizeof(receiving_steps) / sizeof(receiving_steps[0]),
	receiving_done,
};

void
collect_receive(struct collect *collect, const struct job_target *target, const char *url,
    collect_messages_fn taken, void *arg)
{
	struct receiving *r = mem_alloc(1, sizeof(*r));

	collector_init(&r->head, collect, target, url, NULL, NULL);
	r->taken = taken;
	r->arg = arg;
	job_start(collect->jobs, &receiving_recipe, target, r);
}

static enum job_asking
deleting_ask(void *ctx, struct job_question *q)
{
	const struct deleting *d = ctx;
	struct json_writer *w = json_writer_new(&q->body, false);

	json_write_object(w);
	json_write_member(w, "QueueUrl", d->head.id);
	json_write_key(w, "Entries");
	json_write_array(w);
	for (size_t i = 0; i < d->count; i++) {
		char id[8];

		snprintf(id, sizeof(id), "%zu", i);
		json_write_object(w);
		json_write_member(w, "Id", id);
		json_write_member(w, "ReceiptHandle", d->receipts[i]);
		json_write_end_object(w);
	}
	json_write_end_array(w);
	json_write_end_object(w);
	json_writer_free(w);
	return JOB_ASK;
}

static enum job_verdict
deleting_take(struct job *job, void *ctx, const struct aws_reply *reply,
    const struct err *failure, struct err *err)
{
	struct deleting *d = ctx;

	(void)job;
	(void)failure;
	if (parse_delete_batch(d->head.arena, reply->json, d->count, d->deletions, err) < 0)
		return JOB_FAIL;
	return JOB_NEXT;
}

static void
deleting_done(void *ctx, const struct err *err)
{
	struct deleting *d = ctx;

	d->taken(d->arg, err != NULL ? NULL : d->deletions, err);
	arena_free(d->head.arena);
	free(d);
}

static const struct job_step deleting_steps[] = {
	{ SQS_DELETE_MESSAGE_BATCH, deleting_ask, deleting_take, .takes_errors = false },
};

static const struct job_recipe deleting_recipe = {
	"delete", deleting_steps, sizeof(deleting_steps) / sizeof(deleting_steps[0]), deleting_done,
};

void
collect_delete(struct collect *collect, const struct job_target *target, const char *url,
    char *const *receipts, size_t count, collect_deletions_fn taken, void *arg)
{
	struct deleting *d = mem_alloc(1, sizeof(*d));

	assert(count > 0 && count <= MESSAGES_MAX);
	collector_init(&d->head, collect, target, url, NULL, NULL);
	d->count = count;
	for (size_t i = 0; i < count; i++)
		d->receipts[i] = arena_strdup(d->head.arena, receipts[i]);
	d->taken = taken;
	d->arg = arg;
	job_start(collect->jobs, &deleting_recipe, target, d);
}
