/* SPDX-License-Identifier: Apache-2.0 */
/* One call from request to answer; see call.h. */
#include "awssim/call.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/http.h>

#include "awssim/answer.h"
#include "awssim/events.h"
#include "awssim/faults.h"
#include "awssim/identity.h"
#include "awssim/ledger.h"
#include "awssim/sim.h"
#include "awssim/verify.h"
#include "base/stamp.h"
#include "base/text.h"

const char *
call_header(const struct call *c, const char *name)
{
	return evhttp_find_header(evhttp_request_get_input_headers(c->http), name);
}

const char *
call_peer(const struct call *c)
{
	struct evhttp_connection *conn = evhttp_request_get_connection(c->http);
	char *address = NULL;
	uint16_t port;

	if (conn != NULL)
		evhttp_connection_get_peer(conn, &address, &port);
	return address != NULL ? address : "127.0.0.1";
}

const char *
call_field(const struct call *c, const char *name)
{
	for (const struct field *f = c->fields; f != NULL; f = f->next)
		if (strcmp(f->name, name) == 0)
			return f->value;
	return NULL;
}

/* One side of a pair, unescaped, in the call's arena; NULL on a broken escape or a NUL byte. */
static const char *
call_unescape(struct call *c, const char *text, size_t len, bool plus_is_space)
{
	char *copy = arena_strndup(c->arena, text, len);
	const char *result = NULL;
	struct buf plain;

	for (size_t i = 0; plus_is_space && i < len; i++)
		if (copy[i] == '+')
			copy[i] = ' ';
	buf_init(&plain, len + 1);
	if (text_add_unescaped_uri(&plain, copy, len) &&
	    memchr(buf_text(&plain), 0, plain.len) == NULL)
		result = arena_strdup(c->arena, buf_text(&plain));
	buf_done(&plain);
	return result;
}

bool
call_take_fields(struct call *c, const char *text, size_t len, bool plus_is_space)
{
	const char *end = text + len;
	unsigned count = 0;

	for (const char *p = text; p < end; p++) {
		const char *stop = memchr(p, '&', (size_t)(end - p)), *equals;
		struct field *field;

		stop = stop != NULL ? stop : end;
		equals = memchr(p, '=', (size_t)(stop - p));
		equals = equals != NULL ? equals : stop;
		if (++count > CALL_MAX_FIELDS)
			return false;
		field = arena_alloc(c->arena, sizeof(*field));
		field->name = call_unescape(c, p, (size_t)(equals - p), plus_is_space);
		field->value = equals == stop ? "" : call_unescape(c, equals + 1,
		    (size_t)(stop - equals - 1), plus_is_space);
		if (field->name == NULL || field->value == NULL)
			return false;
		field->next = (struct field *)c->fields;
		c->fields = field;
		p = stop;
	}
	return true;
}

static bool
call_refuse_type(struct call *c, const struct err *e)
{
	answer_error(c, 400, "SerializationException", "%s", e->text);
	return false;
}

bool
call_string(struct call *c, const char *name, const char **ret)
{
	struct err e = { 0 };

	return json_get_string(c->params, name, ret, &e) == 0 || call_refuse_type(c, &e);
}

bool
call_required(struct call *c, const char *name, const char **ret)
{
	*ret = NULL;
	if (!call_string(c, name, ret))
		return false;
	if (*ret != NULL)
		return true;
	answer_error(c, 400, "ValidationException",
	    "1 validation error detected: Value null at '%s' "
	    "failed to satisfy constraint: Member must not be null",
	    name);
	return false;
}

bool
call_bool(struct call *c, const char *name, bool *ret)
{
	struct err e = { 0 };

	return json_get_bool(c->params, name, ret, &e) == 0 || call_refuse_type(c, &e);
}

bool
call_number(struct call *c, const char *name, int64_t least, int64_t most, int64_t *ret)
{
	struct err e = { 0 };

	if (json_get_i64(c->params, name, ret, &e) != 0)
		return call_refuse_type(c, &e);
	if (json_member(c->params, name) == NULL || (*ret >= least && *ret <= most))
		return true;
	answer_error(c, 400, "ValidationException",
	    "1 validation error detected: Value '%" PRId64
	    "' at '%s' failed to satisfy constraint: Member must have value %s than or equal to "
	    "%" PRId64,
	    *ret, name, *ret < least ? "greater" : "less", *ret < least ? least : most);
	return false;
}

bool
call_time(struct call *c, const char *name, int64_t *ret_wall_ms)
{
	struct err e = { 0 };

	return json_get_time(c->params, name, ret_wall_ms, &e) == 0 || call_refuse_type(c, &e);
}

bool
call_take_token(struct call *c, const char *name, const char *error_code, uint64_t purpose,
    uint64_t *ret_at)
{
	const char *token = NULL;
	uint64_t for_what = 0, at = 0;
	struct buf plain;
	bool good = false;
	int end = 0;

	if (!call_string(c, name, &token))
		return false;
	if (token == NULL)
		return true;
	buf_init(&plain, 128);
	if (strlen(token) < 128 && crypto_add_unbase64(&plain, token, strlen(token)))
		good = sscanf(buf_text(&plain), "%" SCNx64 ":%" SCNu64 "%n", &for_what, &at,
			   &end) == 2 &&
		    (size_t)end == plain.len && for_what == purpose;
	buf_done(&plain);
	if (good)
		*ret_at = at;
	else
		answer_error(
		    c, 400, error_code, "Invalid token: the token is not valid for this request.");
	return good;
}

const char *
call_make_token(struct call *c, uint64_t purpose, uint64_t at)
{
	struct buf plain, token;
	const char *result;

	buf_init(&plain, 128);
	buf_init(&token, 256);
	buf_addf(&plain, "%" PRIx64 ":%" PRIu64, purpose, at);
	crypto_add_base64(&token, buf_text(&plain), plain.len);
	result = arena_strdup(c->arena, buf_text(&token));
	buf_done(&plain);
	buf_done(&token);
	return result;
}

void
call_about(struct call *c, const char *type, const char *name)
{
	if (c->resources < CALL_MAX_RESOURCES && name != NULL)
		c->resource[c->resources++] = (struct call_resource){ type, name };
}

static const struct service *
call_service_named(const char *name)
{
	for (const struct service *s = services; s->name != NULL; s++)
		if (name != NULL && strcmp(s->name, name) == 0)
			return s;
	return NULL;
}

/* By the header of JSON services; *ret_operation is what follows the prefix. */
static const struct service *
call_service_by_target(const char *target, const char **ret_operation)
{
	for (const struct service *s = services; s->name != NULL; s++)
		if (s->target != NULL && text_has_prefix(target, s->target)) {
			*ret_operation = target + strlen(s->target);
			return s;
		}
	return NULL;
}

static const struct operation *
call_operation_named(const struct service *s, const char *name)
{
	for (const struct operation *op = s->operations; op->name != NULL; op++)
		if (name != NULL && strcmp(op->name, name) == 0)
			return op;
	return NULL;
}

/* The body of JSON services must be an object, or empty. */
static bool
call_take_json(struct call *c)
{
	struct err e = { 0 };

	if (json_parse(c->arena, c->body_len ? c->body : "{}", c->body_len ? c->body_len : 2,
		&c->params, &e) == 0 &&
	    c->params->type == JSON_OBJECT)
		return true;
	c->params = NULL;
	answer_error(c, 400, "SerializationException", "%s",
	    e.kind ? e.text : "Start of structure or map expected");
	return false;
}

/* STS and EC2 take their parameters as a form, in the body or in the query. */
static const struct service *
call_take_form(struct call *c, const char *scope, const char **ret_operation)
{
	const char *text = c->body_len > 0 ? c->body : c->query;
	bool is_ec2;

	if (!call_take_fields(c, text, c->body_len > 0 ? c->body_len : strlen(text), true))
		c->fields = NULL;
	*ret_operation = call_field(c, "Action");
	is_ec2 = text_same(scope, "ec2") || text_same(call_field(c, "Version"), "2016-11-15");
	return call_service_named(is_ec2 ? "ec2" : "sts");
}

static bool
call_is_form(const struct call *c)
{
	const char *type = call_header(c, "Content-Type");

	if (c->body_len > 0)
		return type != NULL && text_has_prefix(type, "application/x-www-form-urlencoded");
	return c->query != NULL && strstr(c->query, "Action=") != NULL;
}

/*
 * Which form a request has says which family of services it is for, and the family knows where
 * the operation is named. Whether the signature is for that service is seen later.
 */
static const struct service *
call_find_service(struct call *c, const char **ret_operation)
{
	const char *target = call_header(c, "X-Amz-Target"), *scope = verify_scope_service(c);
	const struct service *service;

	if (target != NULL) {
		service = call_service_by_target(target, ret_operation);
		return service != NULL ? service : call_service_named(scope);
	}
	if (text_has_prefix(c->path, "/latest/")) {
		*ret_operation = "Metadata";
		return call_service_named("metadata");
	}
	if (strcmp(c->path, "/_awssim/container-credentials") == 0) {
		*ret_operation = "Credentials";
		return call_service_named("container");
	}
	if (text_same(scope, "account") || strcmp(c->path, "/listRegions") == 0) {
		if (strcmp(c->path, "/listRegions") == 0 && strcmp(c->method, "POST") == 0)
			*ret_operation = "ListRegions";
		return call_service_named("account");
	}
	if (call_is_form(c) && !text_same(scope, "s3"))
		return call_take_form(c, scope, ret_operation);
	s3_take_request(c, ret_operation);
	return call_service_named("s3");
}

/* From the signature to the handler: the first that answers ends it. */
static const struct fault *
call_handle(struct call *c)
{
	const struct fault *fault;
	bool is_json =
	    c->service->protocol == PROTOCOL_JSON || c->service->protocol == PROTOCOL_REST_JSON;

	if (c->operation == NULL) {
		answer_refuse(c, REFUSAL_UNKNOWN_OPERATION, NULL);
		return NULL;
	}
	if (is_json && !call_take_json(c))
		return NULL;
	if (c->service->protocol != PROTOCOL_PLAIN && !c->operation->is_unsigned && !verify_call(c))
		return NULL;
	fault = fault_take(c);
	if (fault != NULL && fault_replaces_answer(fault)) {
		fault_answer(c, fault);
		return fault;
	}
	if (c->who == NULL || identity_may(c))
		c->operation->handle(c);
	return fault;
}

const struct fault *
call_run(struct call *c)
{
	const struct fault *fault = NULL;
	const char *operation = NULL;

	answer_begin(c);
	c->region_name = "";
	c->service = call_find_service(c, &operation);
	if (c->service != NULL)
		c->operation = call_operation_named(c->service, operation);
	if (c->service == NULL)
		answer_error(c, 400, "UnknownOperationException", "No such service");
	else
		fault = call_handle(c);
	answer_finish(c);
	events_record(c);
	ledger_count(c);
	return fault;
}
