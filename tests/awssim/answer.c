/* SPDX-License-Identifier: Apache-2.0 */
/* Answers in the form of the service that was asked; see answer.h. */
#include "awssim/answer.h"

#include <assert.h>
#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "awssim/sim.h"
#include "base/stamp.h"
#include "base/text.h"

void
answer_begin(struct call *c)
{
	struct answer *a = &c->answer;

	a->status = 200;
	a->date_ms = c->now_ms;
	a->body = sim_body(c->sim);
	crypto_uuid(a->request_id);
}

bool
answer_is_error(const struct call *c)
{
	return c->answer.code != NULL;
}

static void
answer_drop(struct call *c)
{
	json_writer_free(c->answer.json);
	c->answer.json = NULL;
	buf_reset(c->answer.body);
}

void
answer_error(struct call *c, int status, const char *code, const char *fmt, ...)
{
	struct buf text;
	va_list ap;

	if (answer_is_error(c))
		return;
	answer_drop(c);
	buf_init(&text, 65536);
	va_start(ap, fmt);
	buf_addv(&text, fmt, ap);
	va_end(ap);
	c->answer.status = status;
	c->answer.code = arena_strdup(c->arena, code);
	c->answer.message = arena_strdup(c->arena, buf_text(&text));
	buf_done(&text);
}

void
answer_header(struct call *c, const char *name, const char *value)
{
	assert(c->answer.headers < CALL_MAX_HEADERS);
	c->answer.header[c->answer.headers++] = (struct call_header){ name, value };
}

struct json_writer *
answer_json(struct call *c)
{
	if (c->answer.json == NULL) {
		c->answer.json = json_writer_new(c->answer.body, false);
		json_write_object(c->answer.json);
	}
	return c->answer.json;
}

void
answer_member(struct call *c, const char *name, const char *value)
{
	if (value != NULL || c->world->style == STYLE_EMULATOR)
		json_write_member(answer_json(c), name, value);
}

void
answer_member_time(struct call *c, const char *name, int64_t wall_ms)
{
	char text[40];

	if (wall_ms == STAMP_UNKNOWN) {
		answer_member(c, name, NULL);
		return;
	}
	if (c->world->style == STYLE_EMULATOR)
		snprintf(text, sizeof(text), "%" PRId64 ".%06d", wall_ms / 1000,
		    (int)(wall_ms % 1000) * 1000);
	else if (wall_ms % 1000 == 0)
		snprintf(text, sizeof(text), "%" PRId64, wall_ms / 1000);
	else
		snprintf(
		    text, sizeof(text), "%" PRId64 ".%03d", wall_ms / 1000, (int)(wall_ms % 1000));
	json_write_key(answer_json(c), name);
	json_write_number(answer_json(c), text);
}

static void
answer_tree_name(struct json_writer *w, const struct json *member, bool lower)
{
	char name[128];

	if (!lower || member->name_len == 0 || member->name_len >= sizeof(name)) {
		json_write_string_n(w, member->name, member->name_len);
		return;
	}
	memcpy(name, member->name, member->name_len);
	name[0] = (char)tolower((unsigned char)name[0]);
	json_write_string_n(w, name, member->name_len);
}

void
answer_tree(struct json_writer *w, const struct json *value, bool lower)
{
	switch (value->type) {
	case JSON_NULL:
		json_write_null(w);
		break;
	case JSON_BOOL:
		json_write_bool(w, value->boolean);
		break;
	case JSON_NUMBER:
		json_write_number(w, value->text);
		break;
	case JSON_STRING:
		json_write_string_n(w, value->text, value->text_len);
		break;
	case JSON_ARRAY:
		json_write_array(w);
		json_foreach(item, value)
			answer_tree(w, item, lower);
		json_write_end_array(w);
		break;
	case JSON_OBJECT:
		json_write_object(w);
		json_foreach(member, value) {
			answer_tree_name(w, member, lower);
			answer_tree(w, member, lower);
		}
		json_write_end_object(w);
		break;
	}
}

void
answer_xml_escaped(struct buf *out, const char *text)
{
	for (const char *p = text; *p != '\0'; p++)
		switch (*p) {
		case '<':
			buf_adds(out, "&lt;");
			break;
		case '>':
			buf_adds(out, "&gt;");
			break;
		case '&':
			buf_adds(out, "&amp;");
			break;
		case '"':
			buf_adds(out, "&quot;");
			break;
		default:
			if ((unsigned char)*p >= ' ' || *p == '\n' || *p == '\t')
				buf_addc(out, *p);
		}
}

void
answer_xml_open(struct call *c, const char *name)
{
	buf_addf(c->answer.body, "<%s>", name);
}

void
answer_xml_close(struct call *c, const char *name)
{
	buf_addf(c->answer.body, "</%s>", name);
}

void
answer_xml(struct call *c, const char *name, const char *value)
{
	if (value == NULL)
		return;
	answer_xml_open(c, name);
	answer_xml_escaped(c->answer.body, value);
	answer_xml_close(c, name);
}

/* JSON services put the code into __type, rest-json into a header that says more than the code. */
static void
answer_finish_json_error(struct call *c)
{
	struct answer *a = &c->answer;
	bool is_rest = c->service->protocol == PROTOCOL_REST_JSON;
	struct json_writer *w = json_writer_new(a->body, false);

	json_write_object(w);
	if (is_rest)
		answer_header(c, "x-amzn-ErrorType",
		    arena_printf(c->arena, "%s:http://internal.amazon.com/coral/com.amazonaws.%s/",
			a->code, c->service->name));
	else
		json_write_member(w, "__type", a->code);
	/* The layer that checks permissions writes it with a capital letter. */
	json_write_member(w, strcmp(a->code, "AccessDeniedException") == 0 && !is_rest ? "Message"
	    : "message", a->message);
	json_write_end_object(w);
	json_writer_free(w);
}

static void
answer_finish_xml_error(struct call *c, const char *open, const char *close, const char *id)
{
	struct answer *a = &c->answer;

	buf_adds(a->body, open);
	answer_xml(c, "Code", a->code);
	answer_xml(c, "Message", a->message);
	if (a->extra != NULL)
		buf_adds(a->body, a->extra);
	buf_adds(a->body, close);
	answer_xml(c, id, a->request_id);
}

static void
answer_finish_error(struct call *c)
{
	struct answer *a = &c->answer;
	bool is_server = a->status >= 500;

	if (c->service == NULL || c->service->protocol == PROTOCOL_PLAIN) {
		a->content_type = "text/plain";
		buf_addf(a->body, "%s: %s\n", a->code, a->message);
		return;
	}
	switch (c->service->protocol) {
	case PROTOCOL_JSON:
	case PROTOCOL_REST_JSON:
		if (c->world->style != STYLE_EMULATOR) {
			answer_finish_json_error(c);
			break;
		}
		/* fall through */
	case PROTOCOL_QUERY:
		answer_finish_xml_error(c,
		    arena_printf(c->arena, "<ErrorResponse xmlns=\"%s\"><Error><Type>%s</Type>",
			c->service->xmlns ? c->service->xmlns
					  : "http://webservices.amazon.com/AWSFault/2005-15-09",
			is_server ? "Receiver" : "Sender"),
		    "</Error>", "RequestId");
		buf_adds(a->body, "</ErrorResponse>");
		break;
	case PROTOCOL_EC2:
		answer_finish_xml_error(c, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		    "<Response><Errors><Error>", "</Error></Errors>", "RequestID");
		buf_adds(a->body, "</Response>");
		break;
	case PROTOCOL_S3:
		if (strcmp(c->method, "HEAD") == 0)
			break;
		answer_finish_xml_error(
		    c, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>", "", "RequestId");
		buf_adds(a->body, "<HostId>awssim</HostId></Error>");
		break;
	default:
		assert(!"a protocol");
	}
}

/* Wraps what the handler wrote as the service has it. */
static void
answer_finish_xml(struct call *c)
{
	struct answer *a = &c->answer;
	const char *op = c->operation->name;
	char *inner = arena_strndup(c->arena, buf_text(a->body), a->body->len);

	buf_reset(a->body);
	if (c->service->protocol == PROTOCOL_QUERY)
		buf_addf(a->body, "<%sResponse xmlns=\"%s\"><%sResult>", op, c->service->xmlns, op);
	else
		buf_addf(a->body, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		    "<%sResponse xmlns=\"%s\"><requestId>%s</requestId>", op, c->service->xmlns,
		    a->request_id);
	buf_adds(a->body, inner);
	if (c->service->protocol == PROTOCOL_QUERY)
		buf_addf(a->body, "</%sResult><ResponseMetadata><RequestId>%s</RequestId>"
		    "</ResponseMetadata>", op, a->request_id);
	buf_addf(a->body, "</%sResponse>", op);
}

void
answer_finish(struct call *c)
{
	struct answer *a = &c->answer;
	enum protocol protocol = c->service != NULL ? c->service->protocol : PROTOCOL_PLAIN;

	if (a->json != NULL) {
		json_write_end_object(a->json);
		json_writer_free(a->json);
		a->json = NULL;
	}
	if (a->content_type == NULL && c->service != NULL)
		a->content_type = c->service->content_type;
	if (answer_is_error(c))
		answer_finish_error(c);
	else if (!a->is_written && (protocol == PROTOCOL_QUERY || protocol == PROTOCOL_EC2))
		answer_finish_xml(c);
	if (c->world->style == STYLE_EMULATOR && protocol != PROTOCOL_S3 &&
	    protocol != PROTOCOL_PLAIN)
		a->content_type = "text/html; charset=utf-8";
	if (protocol == PROTOCOL_S3) {
		answer_header(c, "x-amz-request-id", a->request_id);
		answer_header(c, "x-amz-id-2", "awssim");
	} else if (protocol != PROTOCOL_PLAIN) {
		answer_header(c, "x-amzn-RequestId", a->request_id);
	}
}
