/* SPDX-License-Identifier: Apache-2.0 */
/* SQS's queues; see queue.h. What feeds them is in queue_feed.c. */
#include "awssim/queue.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "base/mem.h"
#include "base/text.h"

#define QUEUE_RECEIPT_MARK	"AQEB"	/* SQS's handles begin like this */

struct queue *
queue_by_name(const struct world *w, const struct account *account, const struct region *region,
    const char *name)
{
	struct queue *q;

	LIST_FOREACH(q, &w->queues, link)
		if (q->account == account && q->region == region && strcmp(q->name, name) == 0)
			return q;
	return NULL;
}

struct queue *
queue_add(struct world *w, struct account *account, const struct region *region, const char *name)
{
	struct queue *q = queue_by_name(w, account, region, name);
	char url[WORLD_ARN_SIZE];

	if (q != NULL)
		return q;
	q = mem_alloc(1, sizeof(*q));
	snprintf(url, sizeof(url), "https://sqs.%s.amazonaws.com/%s/%s", region->name, account->id,
	    name);
	q->account = account;
	q->region = region;
	q->url = mem_strdup(url);
	q->name = strrchr(q->url, '/') + 1;
	q->hidden_s = QUEUE_HIDDEN_S;
	TAILQ_INIT(&q->messages);
	LIST_INSERT_HEAD(&w->queues, q, link);
	return q;
}

struct queue *
queue_by_url(const struct world *w, const struct region *region, const char *url)
{
	const char *name = strrchr(url, '/');
	const struct account *account;

	if (name == NULL || name - url < 13 || name[-13] != '/')
		return NULL;
	account = world_account(w, name - 12, 12);
	return account != NULL ? queue_by_name(w, account, region, name + 1) : NULL;
}

static void
message_remove(struct queue *q, struct queue_message *m)
{
	TAILQ_REMOVE(&q->messages, m, link);
	free(m->body);
	free(m);
}

void
queue_remove(struct queue *q)
{
	LIST_REMOVE(q, link);
	while (!TAILQ_EMPTY(&q->messages))
		message_remove(q, TAILQ_FIRST(&q->messages));
	free(q->url);
	free(q);
}

void
queues_remove_all(struct world *w)
{
	while (!LIST_EMPTY(&w->queues))
		queue_remove(LIST_FIRST(&w->queues));
}

/* SQS tells the MD5 of what it took, against damage on the way. */
static void
message_set_md5(struct queue_message *m)
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	unsigned int len = 0;
	int done = EVP_Digest(m->body, strlen(m->body), hash, &len, EVP_md5(), NULL);

	assert(done == 1 && 2 * len + 1 == sizeof(m->md5));
	crypto_hex(hash, len, m->md5);
}

struct queue_message *
queue_send(struct queue *q, const char *body, int64_t visible_ms, int64_t now_ms)
{
	struct queue_message *m = mem_alloc(1, sizeof(*m));

	crypto_uuid(m->id);
	m->body = mem_strdup(body);
	m->sent_ms = now_ms;
	m->visible_ms = visible_ms;
	message_set_md5(m);
	TAILQ_INSERT_TAIL(&q->messages, m, link);
	return m;
}

struct queue_message *
queue_receive(struct queue *q, int64_t hidden_ms, int64_t now_ms)
{
	struct queue_message *m, *next;
	char nonce[CRYPTO_UUID_SIZE];

	for (m = TAILQ_FIRST(&q->messages); m != NULL; m = next) {
		next = TAILQ_NEXT(m, link);
		if (now_ms - m->sent_ms > QUEUE_KEPT_MS) {
			message_remove(q, m);
			continue;
		}
		if (m->visible_ms > now_ms)
			continue;
		snprintf(m->receipt, sizeof(m->receipt), QUEUE_RECEIPT_MARK "%s", crypto_uuid(nonce));
		m->first_received_ms = m->receives++ == 0 ? now_ms : m->first_received_ms;
		m->visible_ms = now_ms + hidden_ms;
		return m;
	}
	return NULL;
}

bool
queue_delete(struct queue *q, const char *receipt)
{
	struct queue_message *m;

	if (!text_has_prefix(receipt, QUEUE_RECEIPT_MARK))
		return false;
	TAILQ_FOREACH(m, &q->messages, link)
		if (strcmp(m->receipt, receipt) == 0) {
			message_remove(q, m);
			break;
		}
	return true;
}

void
queue_count(const struct queue *q, int64_t now_ms, size_t *ret_visible, size_t *ret_hidden)
{
	const struct queue_message *m;

	*ret_visible = *ret_hidden = 0;
	TAILQ_FOREACH(m, &q->messages, link) {
		*ret_visible += m->visible_ms <= now_ms;
		*ret_hidden += m->visible_ms > now_ms;
	}
}
