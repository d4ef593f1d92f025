/* SPDX-License-Identifier: Apache-2.0 */
/* A CloudTrail record; see record.h. The pages and messages it comes in are in record_page.c. */
#include "parse/record.h"

#include <string.h>

#include "base/buf.h"
#include "base/stamp.h"
#include "base/text.h"
#include "parse/parse.h"
#include "parse/record_private.h"
#include "wire/json_write.h"

/* A scalar as text: what is a number in one record is a text in another. NULL for all else. */
static const char *
record_scalar(const struct json *value, size_t *ret_len)
{
	const char *text = NULL;

	if (value == NULL)
		return NULL;
	if (value->type == JSON_BOOL)
		text = value->boolean ? "true" : "false";
	else if (value->type == JSON_STRING || value->type == JSON_NUMBER)
		text = value->text;
	*ret_len = value->type == JSON_BOOL ? strlen(text) : value->text_len;
	return text;
}

/* Something for people: it is cut. */
static const char *
record_words(struct arena *arena, const struct json *object, const char *name)
{
	size_t len = 0;
	const char *text = record_scalar(json_member(object, name), &len);

	if (text == NULL || len == 0)
		return NULL;
	if (len > PARSE_TEXT_MAX)
		len = text_utf8_prefix(text, PARSE_TEXT_MAX);
	return arena_strndup(arena, text, len);
}

/* Something that names: only whole. */
static const char *
record_name(struct arena *arena, const struct json *object, const char *name)
{
	size_t len = 0;
	const char *text = record_scalar(json_member(object, name), &len);

	if (text == NULL || len == 0 || len > PARSE_TEXT_MAX || memchr(text, '\0', len) != NULL)
		return NULL;
	return arena_strndup(arena, text, len);
}

static enum tri
record_tri(const struct json *object, const char *name)
{
	size_t len = 0;
	const char *text = record_scalar(json_member(object, name), &len);

	return text_same(text, "true") ? TRI_YES : text_same(text, "false") ? TRI_NO : TRI_UNKNOWN;
}

static const struct json *
record_object(const struct json *object, const char *name)
{
	const struct json *member = json_member(object, name);

	return member != NULL && member->type == JSON_OBJECT ? member : NULL;
}

static void
record_read_actor(struct arena *arena, const struct json *record, struct event_actor *ret)
{
	const struct json *identity = record_object(record, "userIdentity");
	const struct json *session = record_object(identity, "sessionContext");

	ret->type = record_name(arena, identity, "type");
	ret->arn = record_name(arena, identity, "arn");
	ret->principal = record_name(arena, identity, "principalId");
	ret->account = record_name(arena, identity, "accountId");
	ret->user_name = record_words(arena, identity, "userName");
	ret->issuer = record_name(arena, record_object(session, "sessionIssuer"), "arn");
	ret->invoked_by = record_name(arena, identity, "invokedBy");
	ret->is_root = text_same(ret->type, "Root");
	ret->mfa = record_tri(record_object(session, "attributes"), "mfaAuthenticated");
}

/* Entries without an ARN, such as those with an ARNPrefix, name nothing. */
static void
record_read_resources(struct arena *arena, const struct json *record, struct event *ret)
{
	const struct json *list = json_member(record, "resources");
	struct event_resource *rows;

	if (list == NULL || list->type != JSON_ARRAY || list->count == 0)
		return;
	rows = arena_alloc(arena, RECORD_RESOURCES_MAX * sizeof(*rows));
	ret->resources = rows;
	json_foreach(item, list) {
		struct event_resource *row = &rows[ret->resource_count];

		if (item->type != JSON_OBJECT || ret->resource_count == RECORD_RESOURCES_MAX)
			continue;
		row->arn = record_name(arena, item, "ARN");
		row->account = record_name(arena, item, "accountId");
		row->type = record_name(arena, item, "type");
		ret->resource_count += row->arn != NULL;
	}
}

/* An object or array as text; false when it is too long. */
static bool
record_print(struct arena *arena, const struct json *tree, struct event_value *ret)
{
	struct json_writer *w;
	struct buf text;
	bool fits;

	buf_init(&text, RECORD_VALUE_MAX);
	w = json_writer_new(&text, false);
	json_write_tree(w, tree);
	json_writer_free(w);
	fits = !text.overflowed;
	ret->is_json = true;
	ret->len = text.len;
	ret->text = fits ? arena_strndup(arena, buf_text(&text), text.len) : NULL;
	buf_done(&text);
	return fits;
}

static bool
record_read_value(struct arena *arena, const struct json *item, struct event_value *ret)
{
	const char *text;

	if (item->type == JSON_NULL || memchr(item->name, '\0', item->name_len) != NULL)
		return false;
	ret->name = arena_strndup(arena, item->name, item->name_len);
	if (item->type == JSON_OBJECT || item->type == JSON_ARRAY)
		return record_print(arena, item, ret);
	text = record_scalar(item, &ret->len);
	if (ret->len > RECORD_VALUE_MAX || memchr(text, '\0', ret->len) != NULL)
		return false;
	ret->text = arena_strndup(arena, text, ret->len);
	return true;
}

static void
record_read_values(struct arena *arena, const struct json *record, struct event *ret)
{
	static const struct {
		enum event_part	 part;
		const char	*name;
	} parts[] = {
		{ EVENT_REQUEST, "requestParameters" }, { EVENT_RESPONSE, "responseElements" },
		{ EVENT_SERVICE, "serviceEventDetails" },
	};
	struct event_value rows[RECORD_VALUES_MAX], *values;
	size_t count = 0;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		const struct json *part = record_object(record, parts[i].name);

		for (const struct json *item = part ? part->child : NULL;
		     item != NULL && count < RECORD_VALUES_MAX; item = item->next) {
			rows[count] = (struct event_value){ .part = parts[i].part };
			count += record_read_value(arena, item, &rows[count]);
		}
	}
	values = arena_alloc(arena, (count + 1) * sizeof(*values));
	memcpy(values, rows, count * sizeof(*values));
	ret->values = values;
	ret->value_count = count;
}

static int
record_read_needed(struct arena *arena, const struct json *record, const struct record_hint *hint,
    struct event *ret, struct err *err)
{
	const char *time;

	ret->id = record_name(arena, record, "eventID");
	if (ret->id == NULL)
		ret->id = hint->id;
	if (ret->id == NULL)
		return err_set(err, ERR_MALFORMED, "eventID is missing");
	ret->source = record_name(arena, record, "eventSource");
	if (ret->source == NULL)
		return err_set(err, ERR_MALFORMED, "eventSource is missing");
	ret->name = record_name(arena, record, "eventName");
	if (ret->name == NULL)
		return err_set(err, ERR_MALFORMED, "eventName is missing");
	time = record_name(arena, record, "eventTime");
	if (time == NULL || !stamp_parse_iso(time, &ret->wall_ms))
		ret->wall_ms = hint->wall_ms;
	if (ret->wall_ms == STAMP_UNKNOWN)
		return err_set(err, ERR_MALFORMED, "eventTime is not a time");
	return 0;
}

int
record_read(struct arena *arena, const struct json *record, const struct record_hint *hint,
    struct event *ret, struct err *err)
{
	struct event event = { .id = NULL };

	if (record->type != JSON_OBJECT)
		return err_set(err, ERR_MALFORMED, "the record is no object");
	if (record_read_needed(arena, record, hint, &event, err) < 0)
		return -1;
	event.shared_id = record_name(arena, record, "sharedEventID");
	event.region = record_name(arena, record, "awsRegion");
	event.account = record_name(arena, record, "recipientAccountId");
	event.type = record_name(arena, record, "eventType");
	event.category = record_name(arena, record, "eventCategory");
	event.read_only = record_tri(record, "readOnly");
	event.error_code = record_words(arena, record, "errorCode");
	event.error_message = record_words(arena, record, "errorMessage");
	event.source_ip = record_words(arena, record, "sourceIPAddress");
	event.user_agent = record_words(arena, record, "userAgent");
	record_read_actor(arena, record, &event.actor);
	record_read_resources(arena, record, &event);
	record_read_values(arena, record, &event);
	*ret = event;
	return 0;
}

int
parse_record(struct arena *arena, const struct json *record, struct event *ret, struct err *err)
{
	return record_read(arena, record, &(struct record_hint){ NULL, STAMP_UNKNOWN }, ret, err);
}
