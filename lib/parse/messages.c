/* SPDX-License-Identifier: Apache-2.0 */
/* SQS's answers; see messages.h. */
#include "parse/messages.h"

#include <string.h>

#include "base/text.h"
#include "parse/members.h"

/* A list of objects that is left out when it is empty. */
static int
messages_list(const struct json *json, const char *name, const struct json **ret, struct err *err)
{
	if (json_member(json, name) == NULL) {
		*ret = NULL;
		return 0;
	}
	return members_list(json, name, MESSAGES_MAX, ret, err);
}

/* A number in a text, as all attributes are; 0 when there is none. */
static unsigned
message_read_receives(const struct json *item)
{
	const struct json *attributes = json_member(item, "Attributes");
	const char *text = NULL;
	struct err ignored;
	int64_t n = 0;

	if (attributes == NULL || attributes->type != JSON_OBJECT ||
	    json_get_string(attributes, "ApproximateReceiveCount", &text, &ignored) < 0 ||
	    text == NULL || !text_to_i64(text, &n) || n < 0)
		return 0;
	return n < 1000000 ? (unsigned)n : 1000000;
}

static int
message_read(struct arena *arena, const struct json *item, struct queue_message *ret,
    struct err *err)
{
	const struct json *body = json_member(item, "Body");

	ret->id = "";
	ret->body = "";
	if (members_text(arena, item, "MessageId", &ret->id, err) < 0 ||
	    members_text_needed(arena, item, "ReceiptHandle", &ret->receipt, err) < 0)
		return -1;
	if (body != NULL && body->type == JSON_STRING) {
		ret->body = body->text;
		ret->body_len = body->text_len;
	}
	ret->receives = message_read_receives(item);
	return 0;
}

int
parse_receive_message(struct arena *arena, const struct json *json,
    const struct queue_message **ret_messages, size_t *ret_count, struct err *err)
{
	struct queue_message *messages;
	const struct json *list;
	size_t count = 0;

	if (messages_list(json, "Messages", &list, err) < 0)
		return -1;
	messages = arena_alloc(arena, MESSAGES_MAX * sizeof(*messages));
	if (list != NULL)
		json_foreach(item, list)
			if (message_read(arena, item, &messages[count++], err) < 0)
				return -1;
	*ret_messages = messages;
	*ret_count = count;
	return 0;
}

/* The entry's number; `count` when it is none of ours. */
static size_t
deletion_number(const struct json *item, size_t count)
{
	const char *id = NULL;
	struct err ignored;
	int64_t n;

	if (json_get_string(item, "Id", &id, &ignored) < 0 || id == NULL || !text_to_i64(id, &n) ||
	    n < 0 || (size_t)n >= count)
		return count;
	return (size_t)n;
}

static int
deletion_read_failure(struct arena *arena, const struct json *item, struct queue_deletion *ret,
    struct err *err)
{
	const char *code = NULL, *message = NULL;

	if (members_text(arena, item, "Code", &code, err) < 0 ||
	    members_text(arena, item, "Message", &message, err) < 0 ||
	    json_get_bool(item, "SenderFault", &ret->is_final, err) < 0)
		return -1;
	ret->why = arena_printf(arena, "%s%s%s", code ? code : "no code", message ? ": " : "",
	    message ? message : "");
	return 0;
}

int
parse_delete_batch(struct arena *arena, const struct json *json, size_t count,
    struct queue_deletion ret[MESSAGES_MAX], struct err *err)
{
	struct queue_deletion rows[MESSAGES_MAX + 1];	/* the last one: of none of ours */
	const struct json *good, *bad;

	if (messages_list(json, "Successful", &good, err) < 0 ||
	    messages_list(json, "Failed", &bad, err) < 0)
		return -1;
	for (size_t i = 0; i <= MESSAGES_MAX; i++)
		rows[i] = (struct queue_deletion){ .why = "SQS does not say what became of it" };
	if (good != NULL)
		json_foreach(item, good)
			rows[deletion_number(item, count)] =
			    (struct queue_deletion){ .is_deleted = true, .why = "" };
	if (bad != NULL)
		json_foreach(item, bad) {
			struct queue_deletion *row = &rows[deletion_number(item, count)];

			*row = (struct queue_deletion){ .is_deleted = false };
			if (deletion_read_failure(arena, item, row, err) < 0)
				return -1;
		}
	memcpy(ret, rows, MESSAGES_MAX * sizeof(*ret));
	return 0;
}
