/* SPDX-License-Identifier: Apache-2.0 */
/* What CloudTrail records come in: a page of LookupEvents, a message of SQS; see record.h. */
#include <string.h>

#include "base/stamp.h"
#include "base/text.h"
#include "parse/members.h"
#include "parse/parse.h"
#include "parse/record_private.h"

#define MESSAGE_WORD_MAX	100	/* bytes of a foreign word in an error */

/* A page while it is read. */
struct page_read {
	struct arena		*arena;
	struct arena		*scratch;	/* of one record's JSON */
	struct event		*events;
	struct record_lost	*lost;
	struct record_page	*page;
};

static void
page_see_time(struct record_page *page, int64_t wall_ms)
{
	if (wall_ms == STAMP_UNKNOWN)
		return;
	if (page->oldest_wall_ms == STAMP_UNKNOWN || wall_ms < page->oldest_wall_ms)
		page->oldest_wall_ms = wall_ms;
	if (page->newest_wall_ms == STAMP_UNKNOWN || wall_ms > page->newest_wall_ms)
		page->newest_wall_ms = wall_ms;
}

/* The record is JSON within a text of the JSON. */
static int
page_read_record(struct page_read *p, const struct json *item, const struct record_hint *hint,
    struct event *ret, struct err *err)
{
	const struct json *text = json_member(item, "CloudTrailEvent"), *record;

	if (text == NULL || text->type != JSON_STRING)
		return err_set(err, ERR_MALFORMED, "CloudTrailEvent is no text");
	if (json_parse(p->scratch, text->text, text->text_len, &record, err) < 0)
		return err_prefix(err, "CloudTrailEvent");
	return record_read(p->arena, record, hint, ret, err);
}

/* EventTime is what the caller pages by, be the record good or lost. */
static void
page_read_item(struct page_read *p, const struct json *item)
{
	struct record_hint hint = { NULL, STAMP_UNKNOWN };
	struct event event;
	struct err err;

	arena_reset(p->scratch);
	if (item->type != JSON_OBJECT) {
		err_set(&err, ERR_MALFORMED, "an entry of Events is no object");
	} else {
		if (members_text(p->arena, item, "EventId", &hint.id, &err) < 0)
			hint.id = NULL;
		if (members_time(item, "EventTime", &hint.wall_ms, &err) < 0)
			hint.wall_ms = STAMP_UNKNOWN;
		if (page_read_record(p, item, &hint, &event, &err) == 0) {
			page_see_time(p->page,
			    hint.wall_ms == STAMP_UNKNOWN ? event.wall_ms : hint.wall_ms);
			p->events[p->page->count++] = event;
			return;
		}
		page_see_time(p->page, hint.wall_ms);
	}
	p->lost[p->page->lost_count++] = (struct record_lost){
		.id = hint.id ? hint.id : "", .why = arena_strdup(p->arena, err.text),
	};
}

int
parse_lookup_events(struct arena *arena, const struct json *json, struct record_page *ret_page,
    struct err *err)
{
	struct record_page page = {
		.oldest_wall_ms = STAMP_UNKNOWN, .newest_wall_ms = STAMP_UNKNOWN,
	};
	struct page_read p = { .arena = arena, .page = &page };
	const struct json *list = NULL;

	if (json_get_array(json, "Events", &list, err) < 0)
		return -1;
	if (list == NULL)
		return err_set(err, ERR_MALFORMED, "Events is missing");
	if (list->count > RECORD_PAGE_MAX)
		return err_set(
		    err, ERR_MALFORMED, "Events has more than %d entries", RECORD_PAGE_MAX);
	if (members_next(arena, json, &page.next, err) < 0)
		return -1;
	page.events = p.events = arena_alloc(arena, (list->count + 1) * sizeof(*p.events));
	page.lost = p.lost = arena_alloc(arena, (list->count + 1) * sizeof(*p.lost));
	p.scratch = arena_new();
	json_foreach(item, list)
		page_read_item(&p, item);
	arena_free(p.scratch);
	*ret_page = page;
	return 0;
}

/* ---- messages ---- */

static const char *
message_word(const struct json *object, const char *name, char word[MESSAGE_WORD_MAX])
{
	const struct json *member = json_member(object, name);

	if (member == NULL || member->type != JSON_STRING)
		return "";
	return text_clean(word, MESSAGE_WORD_MAX, member->text, member->text_len);
}

/* An EventBridge event, or the record that its rule was told to pass alone. */
static int
message_read_event(struct arena *arena, const struct json *json, struct event *ret,
    struct err *err)
{
	const struct json *detail = json_member(json, "detail");
	char word[MESSAGE_WORD_MAX];

	if (json_member(json, "eventSource") != NULL)
		return parse_record(arena, json, ret, err);
	if (json_member(json, "detail-type") == NULL)
		return err_set(err, ERR_MALFORMED,
		    "neither an event of EventBridge nor a CloudTrail record");
	if (detail == NULL || detail->type != JSON_OBJECT ||
	    json_member(detail, "eventSource") == NULL)
		return err_set(err, ERR_MALFORMED,
		    "an event of EventBridge, \"%s\", that holds no CloudTrail record",
		    message_word(json, "detail-type", word));
	return parse_record(arena, detail, ret, err);
}

/* What SNS sends: only a notification has a message within. */
static int
message_read_notification(struct arena *arena, const struct json *json, struct event *ret,
    struct err *err)
{
	const struct json *message = json_member(json, "Message"), *inner;
	char word[MESSAGE_WORD_MAX];

	if (!json_is(json_member(json, "Type"), "Notification"))
		return err_set(err, ERR_MALFORMED, "a message of SNS of type \"%s\"",
		    message_word(json, "Type", word));
	if (message == NULL || message->type != JSON_STRING)
		return err_set(err, ERR_MALFORMED, "a notification by SNS without a Message");
	if (json_parse(arena, message->text, message->text_len, &inner, err) < 0)
		return err_prefix(err, "a notification by SNS whose Message is no JSON");
	if (inner->type != JSON_OBJECT)
		return err_set(err, ERR_MALFORMED, "a notification by SNS of no object");
	return message_read_event(arena, inner, ret, err);
}

int
parse_event_message(struct arena *arena, const char *body, size_t len, struct event *ret,
    struct err *err)
{
	const struct json *json;

	if (json_parse(arena, body, len, &json, err) < 0)
		return err_prefix(err, "no JSON");
	if (json->type != JSON_OBJECT)
		return err_set(err, ERR_MALFORMED, "no object");
	if (json_member(json, "Type") != NULL && json_member(json, "TopicArn") != NULL)
		return message_read_notification(arena, json, ret, err);
	return message_read_event(arena, json, ret, err);
}
