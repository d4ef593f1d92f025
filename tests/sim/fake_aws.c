/* SPDX-License-Identifier: Apache-2.0 */
/* AWS as a list of answers; see fake_aws.h. */
#include "sim/fake_aws.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/stamp.h"
#include "base/text.h"
#include "wire/json.h"
#include "wire/json_write.h"

#define FAKE_ROWS_MAX	1000
#define FAKE_DELAY_MS	20
#define FAKE_SKEW_MS	(5 * 60 * 1000)
#define FAKE_SESSION_MS	(3600 * 1000)

struct fake_row {
	const char	*op, *account, *region, *about;	/* NULL matches all */
	int		 status;
	const char	*headers;			/* as a reply has them */
	const char	*body;
	size_t		 body_len;
};

struct fake_asked {
	char	op[48], account[16], region[24];
	int64_t	mono_ms;
};

struct fake_aws {
	struct arena		*arena;		/* of the case */
	struct fake_row		 row[FAKE_ROWS_MAX];
	size_t			 rows;
	struct loop		*loop;
	struct buf		 headers, body;	/* of the answer being given */
	enum fake_fault		 fault;
	size_t			 fail_from, fail_count;
	size_t			 calls, forbidden, refused;
	int64_t			 ahead_ms;	/* AWS's clock before the loop's monotonic one */
	bool			 is_strict;
	struct fake_asked	*asked;		/* one for each call */
	size_t			 asked_cap;
};

/* What a request asks, as far as the answers tell it apart. */
struct fake_question {
	char	op[128], account[16], region[40], service[32], about[512];
};

static const char *const fake_fault_names[FAKE_FAULTS] = {
	[FAKE_FAULT_NONE] = "none", [FAKE_FAULT_THROTTLED] = "throttled",
	[FAKE_FAULT_SERVER_ERROR] = "server-error", [FAKE_FAULT_UNAVAILABLE] = "unavailable",
	[FAKE_FAULT_CONNECTION] = "connection", [FAKE_FAULT_TIMEOUT] = "timeout",
	[FAKE_FAULT_CUT_BODY] = "cut-body", [FAKE_FAULT_GARBAGE] = "garbage",
	[FAKE_FAULT_EMPTY_BODY] = "empty-body", [FAKE_FAULT_WRONG_TYPE] = "wrong-type",
	[FAKE_FAULT_HTML] = "html", [FAKE_FAULT_HUGE] = "huge", [FAKE_FAULT_TLS] = "tls",
	[FAKE_FAULT_DENIED] = "denied", [FAKE_FAULT_DENIED_BY_SCP] = "denied-by-scp",
	[FAKE_FAULT_EXPIRED] = "expired", [FAKE_FAULT_KEYS_REJECTED] = "keys-rejected",
	[FAKE_FAULT_CLOCK_SKEW] = "clock-skew", [FAKE_FAULT_UNKNOWN_CODE] = "unknown-code",
};

const char *
fake_fault_name(enum fake_fault fault)
{
	return fake_fault_names[fault];
}

static _Noreturn void
fake_die(const char *path, unsigned line, const char *why)
{
	fprintf(stderr, "%s:%u: %s\n", path, line, why);
	exit(99);
}

static void
fake_write_value(struct json_writer *w, const struct json *value)
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
			fake_write_value(w, item);
		json_write_end_array(w);
		break;
	case JSON_OBJECT:
		json_write_object(w);
		json_foreach(item, value) {
			json_write_key(w, item->name);
			fake_write_value(w, item);
		}
		json_write_end_object(w);
		break;
	}
}

static void
fake_read_body(struct fake_aws *f, struct fake_row *row, const struct json *body)
{
	struct json_writer *w;
	struct buf text;

	if (body == NULL || body->type == JSON_STRING) {
		row->body = body ? body->text : "";
		row->body_len = body ? body->text_len : 0;
		return;
	}
	buf_init(&text, 1024 * 1024);
	w = json_writer_new(&text, false);
	fake_write_value(w, body);
	json_writer_free(w);
	row->body = arena_strndup(f->arena, buf_text(&text), text.len);
	row->body_len = text.len;
	buf_done(&text);
}

static void
fake_read_row(struct fake_aws *f, const char *path, unsigned line, const char *text, size_t len,
    struct fake_row *row)
{
	const struct json *root, *headers;
	int64_t status = 200;
	struct buf lines;
	struct err err;

	*row = (struct fake_row){ .op = NULL };
	if (json_parse(f->arena, text, len, &root, &err) < 0 ||
	    json_get_string(root, "op", &row->op, &err) < 0 ||
	    json_get_string(root, "account", &row->account, &err) < 0 ||
	    json_get_string(root, "region", &row->region, &err) < 0 ||
	    json_get_string(root, "for", &row->about, &err) < 0 ||
	    json_get_i64(root, "status", &status, &err) < 0 ||
	    json_get_object(root, "headers", &headers, &err) < 0)
		fake_die(path, line, err.text);
	if (row->op == NULL)
		fake_die(path, line, "no op");
	row->status = (int)status;
	buf_init(&lines, 4096);
	if (headers != NULL)
		json_foreach(item, headers)
			buf_addf(&lines, "%s: %s\r\n", item->name, item->text);
	row->headers = arena_strdup(f->arena, buf_text(&lines));
	buf_done(&lines);
	fake_read_body(f, row, json_member(root, "body"));
}

struct fake_aws *
fake_aws_new(const char *path)
{
	struct fake_aws *f = mem_alloc(1, sizeof(*f));
	FILE *file = fopen(path, "r");
	char *text = NULL;
	size_t size = 0;
	ssize_t len;

	if (file == NULL)
		fake_die(path, 0, "cannot be opened");
	f->arena = arena_new();
	buf_init(&f->headers, 4096);
	buf_init(&f->body, 64 * 1024 * 1024);
	for (unsigned line = 1; (len = getline(&text, &size, file)) >= 0; line++)
		if (len > 1 && text[0] != '#') {
			if (f->rows == FAKE_ROWS_MAX)
				fake_die(path, line, "too many answers");
			fake_read_row(f, path, line, text, (size_t)len, &f->row[f->rows++]);
		}
	free(text);
	fclose(file);
	return f;
}

void
fake_aws_free(struct fake_aws *f)
{
	buf_done(&f->headers);
	buf_done(&f->body);
	arena_free(f->arena);
	free(f->asked);
	free(f);
}

void
fake_aws_set_loop(struct fake_aws *f, struct loop *loop)
{
	f->loop = loop;
	f->ahead_ms = loop_wall_ms(loop) - loop_mono_ms(loop);
}

void
fake_aws_be_strict(struct fake_aws *f)
{
	f->is_strict = true;
}

void
fake_aws_put(struct fake_aws *f, const char *line)
{
	struct fake_row row;
	size_t at = 0;

	fake_read_row(f, "put", 0, line, strlen(line), &row);
	while (at < f->rows && (!text_same(f->row[at].op, row.op) ||
	    !text_same(f->row[at].account, row.account) ||
	    !text_same(f->row[at].region, row.region) || !text_same(f->row[at].about, row.about)))
		at++;
	if (at == f->rows) {
		if (f->rows == FAKE_ROWS_MAX)
			fake_die("put", 0, "too many answers");
		memmove(&f->row[1], &f->row[0], f->rows++ * sizeof(f->row[0]));
		at = 0;
	}
	f->row[at] = row;
}

void
fake_aws_reset(struct fake_aws *f)
{
	f->fault = FAKE_FAULT_NONE;
	f->calls = f->forbidden = f->refused = f->fail_from = f->fail_count = 0;
}

void
fake_aws_fail(struct fake_aws *f, enum fake_fault fault, size_t nth, size_t count)
{
	f->fault = fault;
	f->fail_from = nth;
	f->fail_count = count;
}

size_t
fake_aws_calls(const struct fake_aws *f)
{
	return f->calls;
}

static bool
fake_matches(const char *wanted, const char *value)
{
	return wanted == NULL || strcmp(wanted, value) == 0;
}

size_t
fake_aws_asked(const struct fake_aws *f, const char *op, const char *account, const char *region,
    int64_t since_mono_ms)
{
	size_t count = 0;

	for (size_t i = f->calls; i-- > 0 && f->asked[i].mono_ms >= since_mono_ms; )
		count += fake_matches(op, f->asked[i].op) && fake_matches(account, f->asked[i].account) &&
		    fake_matches(region, f->asked[i].region);
	return count;
}

size_t
fake_aws_refused(const struct fake_aws *f)
{
	return f->refused;
}

size_t
fake_aws_forbidden_calls(const struct fake_aws *f)
{
	return f->forbidden;
}

/* The request's header, or NULL; valid as long as the request. */
static const char *
fake_header(const struct http_request *request, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < request->header_count; i++) {
		const char *line = request->headers[i];

		if (strncasecmp(line, name, len) == 0 && line[len] == ':')
			return line + len + 1 + strspn(line + len + 1, " ");
	}
	return NULL;
}

/* The form's field, unescaped; "" when absent. */
static void
fake_field(const char *form, const char *name, char *out, size_t size)
{
	size_t len = strlen(name);
	struct buf value;

	out[0] = '\0';
	for (const char *p = form; p != NULL; p = strchr(p, '&')) {
		p += *p == '&';
		if (strncmp(p, name, len) != 0 || p[len] != '=')
			continue;
		buf_init(&value, size - 1);
		text_add_unescaped_uri(&value, p + len + 1, strcspn(p + len + 1, "&"));
		snprintf(out, size, "%s", buf_text(&value));
		buf_done(&value);
		return;
	}
}

/* Account, region and service from the signature's scope: AKIA<account>/date/region/service/... */
static void
fake_read_scope(const struct http_request *request, struct fake_question *q)
{
	const char *authorization = fake_header(request, "authorization");
	const char *scope = authorization ? strstr(authorization, "Credential=") : NULL;

	if (scope != NULL)
		sscanf(scope, "Credential=%*4c%12[0-9]/%*[0-9]/%39[^/]/%31[^/]", q->account, q->region,
		    q->service);
}

static void
fake_read_json_question(const struct http_request *request, struct fake_question *q)
{
	static const char *const names[] = { "Name", "TrailName", "KeyId", "CustomKeyStoreId", "NextToken" };
	const char *target = fake_header(request, "x-amz-target");
	struct arena *arena = arena_new();
	const struct json *root;
	struct err err;

	if (target != NULL)
		snprintf(q->op, sizeof(q->op), "%.30s:%.40s", q->service, strrchr(target, '.') + 1);
	if (request->body_len > 0 &&
	    json_parse(arena, request->body, request->body_len, &root, &err) == 0)
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
			const struct json *member = json_member(root, names[i]);

			if (member != NULL && member->type == JSON_STRING)
				snprintf(q->about, sizeof(q->about), "%s", member->text);
		}
	arena_free(arena);
}

/* https://BUCKET.s3.REGION.suffix/ or https://s3.REGION.suffix/BUCKET */
static void
fake_read_s3_question(const struct http_request *request, struct fake_question *q)
{
	const char *host = strstr(request->url, "://") + 3, *s3 = strstr(host, "s3.");

	snprintf(q->op, sizeof(q->op), "%s",
	    strcmp(request->method, "HEAD") == 0 ? "s3:HeadBucket" : "s3:GetBucketPolicy");
	if (s3 > host)
		snprintf(q->about, sizeof(q->about), "%.*s", (int)(s3 - host - 1), host);
	else
		snprintf(q->about, sizeof(q->about), "%.*s",
		    (int)strcspn(strchr(host, '/') + 1, "?/"), strchr(host, '/') + 1);
}

static void
fake_read_question(const struct http_request *request, struct fake_question *q)
{
	char form[8192], action[64];

	*q = (struct fake_question){ .op = "" };
	fake_read_scope(request, q);
	snprintf(form, sizeof(form), "%.*s", (int)request->body_len, request->body ? request->body : "");
	if (strcmp(q->service, "sts") == 0 || strcmp(q->service, "ec2") == 0) {
		fake_field(form, "Action", action, sizeof(action));
		snprintf(q->op, sizeof(q->op), "%.30s:%s", q->service, action);
		fake_field(form, "RoleArn", q->about, sizeof(q->about));
	} else if (strcmp(q->service, "s3") == 0) {
		fake_read_s3_question(request, q);
	} else {
		fake_read_json_question(request, q);
	}
	if (strcmp(q->service, "account") == 0)
		snprintf(q->op, sizeof(q->op), "account:ListRegions");
}

static const struct fake_row *
fake_find(const struct fake_aws *f, const struct fake_question *q)
{
	for (size_t i = 0; i < f->rows; i++) {
		const struct fake_row *row = &f->row[i];

		if (strcmp(row->op, q->op) == 0 && fake_matches(row->account, q->account) &&
		    fake_matches(row->region, q->region) && fake_matches(row->about, q->about))
			return row;
	}
	return NULL;
}

static int64_t
fake_now(const struct fake_aws *f)
{
	return loop_mono_ms(f->loop) + f->ahead_ms;
}

static void
fake_add_date(struct fake_aws *f, int64_t shift_ms)
{
	time_t now = (time_t)((fake_now(f) + shift_ms) / 1000);
	char date[64];
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", &tm);
	buf_addf(&f->headers, "Date: %s\r\nx-amzn-requestid: 00000000-0000-4000-8000-%012zu\r\n", date,
	    f->calls);
}

/* The refusal in the form of the service that was asked. */
static int
fake_refuse(struct fake_aws *f, const struct fake_question *q, int status, const char *code,
    const char *message)
{
	if (strcmp(q->op, "s3:HeadBucket") == 0)
		;	/* HEAD has no body: the status is all */
	else if (strcmp(q->service, "s3") == 0)
		buf_addf(&f->body, "<Error><Code>%s</Code><Message>%s</Message></Error>", code, message);
	else if (strcmp(q->service, "sts") == 0)
		buf_addf(&f->body, "<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s"
		    "</Message></Error></ErrorResponse>", code, message);
	else if (strcmp(q->service, "ec2") == 0)
		buf_addf(&f->body, "<Response><Errors><Error><Code>%s</Code><Message>%s</Message></Error>"
		    "</Errors></Response>", code, message);
	else
		buf_addf(&f->body, "{\"__type\":\"%s\",\"message\":\"%s\"}", code, message);
	return status;
}

static int
fake_deny(struct fake_aws *f, const struct fake_question *q, const char *why)
{
	char message[700];

	snprintf(message, sizeof(message), "User: arn:aws:sts::%s:assumed-role/trailseal/trailseal is "
	    "not authorized to perform: %s%s", q->account, q->op, why);
	return fake_refuse(f, q, strcmp(q->service, "s3") == 0 || strcmp(q->service, "sts") == 0 ? 403 :
	    400, strcmp(q->service, "s3") == 0 || strcmp(q->service, "sts") == 0 ? "AccessDenied" :
	    "AccessDeniedException", message);
}

static int
fake_assume_role(struct fake_aws *f, const struct fake_question *q)
{
	const char *account = strstr(q->about, "::") ? strstr(q->about, "::") + 2 : "000000000000";
	int64_t until_ms = fake_now(f) + FAKE_SESSION_MS;
	char expiration[STAMP_ISO_SIZE];

	stamp_format_iso(until_ms, expiration);
	buf_addf(&f->body, "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA%.12s"
	    "</AccessKeyId><SecretAccessKey>wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY</SecretAccessKey>"
	    "<SessionToken>%lld</SessionToken><Expiration>%s</Expiration></Credentials>"
	    "</AssumeRoleResult></AssumeRoleResponse>", account, (long long)until_ms, expiration);
	return 200;
}

static int
fake_answer_by_itself(struct fake_aws *f, const struct fake_question *q)
{
	if (strcmp(q->op, "sts:AssumeRole") == 0)
		return fake_assume_role(f, q);
	if (strcmp(q->op, "sts:GetCallerIdentity") == 0) {
		buf_addf(&f->body, "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>"
		    "arn:aws:iam::%s:user/operator</Arn><UserId>AIDAEXAMPLE</UserId><Account>%s</Account>"
		    "</GetCallerIdentityResult></GetCallerIdentityResponse>", q->account, q->account);
		return 200;
	}
	if (strcmp(q->op, "cloudtrail:DescribeTrails") == 0) {
		buf_adds(&f->body, "{\"trailList\":[]}");
		return 200;
	}
	if (strcmp(q->op, "cloudtrail:LookupEvents") == 0) {
		buf_adds(&f->body, "{\"Events\":[]}");
		return 200;
	}
	return fake_deny(f, q, "");
}

static int
fake_answer_well(struct fake_aws *f, const struct fake_question *q)
{
	const struct fake_row *row = fake_find(f, q);

	if (row == NULL || row->status == 0)
		return fake_answer_by_itself(f, q);
	buf_adds(&f->headers, row->headers);
	buf_add(&f->body, row->body, row->body_len);
	return row->status;
}

/* The refusals among the faults. */
static int
fake_fail_by_code(struct fake_aws *f, const struct fake_question *q)
{
	switch (f->fault) {
	case FAKE_FAULT_THROTTLED:
		return fake_refuse(f, q, strcmp(q->service, "s3") == 0 ? 503 : 400,
		    strcmp(q->service, "s3") == 0 ? "SlowDown" : "ThrottlingException", "Rate exceeded");
	case FAKE_FAULT_SERVER_ERROR:
		return fake_refuse(f, q, 500, "InternalFailure", "We encountered an internal error.");
	case FAKE_FAULT_UNAVAILABLE:
		buf_adds(&f->body, "<html>503 Service Unavailable</html>");
		return 503;
	case FAKE_FAULT_DENIED:
		return fake_deny(f, q, "");
	case FAKE_FAULT_DENIED_BY_SCP:
		return fake_deny(f, q, " with an explicit deny in a service control policy");
	case FAKE_FAULT_EXPIRED:
		return fake_refuse(f, q, 403, strcmp(q->service, "s3") == 0 || strcmp(q->service, "sts") == 0 ?
		    "ExpiredToken" : "ExpiredTokenException", "The security token is expired");
	case FAKE_FAULT_KEYS_REJECTED:
		return fake_refuse(f, q, 400, strcmp(q->service, "sts") == 0 ? "InvalidClientTokenId" :
		    "UnrecognizedClientException", "The security token included in the request is invalid.");
	case FAKE_FAULT_UNKNOWN_CODE:
		return fake_refuse(f, q, 418, "BrandNewException", "Nobody has seen this before.");
	default:
		abort();
	}
}

/* Spoils a good answer. */
static int
fake_spoil(struct fake_aws *f, const struct fake_question *q)
{
	int status = fake_answer_well(f, q);
	bool is_xml;

	switch (f->fault) {
	case FAKE_FAULT_CUT_BODY:
		buf_cut(&f->body, f->body.len / 2);
		break;
	case FAKE_FAULT_GARBAGE:
		buf_reset(&f->body);
		buf_add(&f->body, "\x00\xff\xfe{]<&", 8);
		break;
	case FAKE_FAULT_EMPTY_BODY:
		buf_reset(&f->body);
		break;
	case FAKE_FAULT_WRONG_TYPE:
		is_xml = buf_text(&f->body)[0] == '<';
		buf_reset(&f->body);
		buf_adds(&f->body, is_xml ? "<a/>" : "[1, 2]");
		break;
	case FAKE_FAULT_HTML:
		buf_reset(&f->body);
		buf_adds(&f->body, "<!doctype html>\n<html lang=en>\n<title>Sign in</title>\n");
		break;
	default:
		abort();
	}
	return status;
}

/* A request of another time, or with a session that is over: answered, and true. */
static bool
fake_refuse_late(struct fake_aws *f, const struct http_request *request,
    const struct fake_question *q, int *ret_status)
{
	const char *date = fake_header(request, "x-amz-date");
	const char *session = fake_header(request, "x-amz-security-token");
	bool is_short = strcmp(q->service, "s3") == 0 || strcmp(q->service, "sts") == 0;
	char text[STAMP_AMZ_SIZE];
	int64_t signed_ms;

	snprintf(text, sizeof(text), "%s", date ? date : "");
	if (!stamp_parse_amz(text, &signed_ms))
		return false;
	if (signed_ms < fake_now(f) - FAKE_SKEW_MS || signed_ms > fake_now(f) + FAKE_SKEW_MS)
		*ret_status = fake_refuse(f, q, is_short ? 403 : 400, strcmp(q->service, "s3") == 0 ?
		    "RequestTimeTooSkewed" : "InvalidSignatureException",
		    "Signature not yet current or expired");
	else if (session != NULL && strtoll(session, NULL, 10) <= fake_now(f))
		*ret_status = fake_refuse(f, q, is_short ? 403 : 400, is_short ? "ExpiredToken" :
		    "ExpiredTokenException", "The security token is expired");
	else
		return false;
	f->refused++;
	return true;
}

static void
fake_note_question(struct fake_aws *f, const struct fake_question *q)
{
	struct fake_asked *a;

	f->asked = mem_grow(f->asked, f->calls, &f->asked_cap, sizeof(*f->asked));
	a = &f->asked[f->calls++];
	snprintf(a->op, sizeof(a->op), "%.47s", q->op);
	snprintf(a->account, sizeof(a->account), "%s", q->account);
	snprintf(a->region, sizeof(a->region), "%.23s", q->region);
	a->mono_ms = loop_mono_ms(f->loop);
}

/* 0 answered, -1 with `err`, 1 no answer. */
static int
fake_fail(struct fake_aws *f, const struct fake_question *q, int *ret_status, struct err *err)
{
	switch (f->fault) {
	case FAKE_FAULT_CONNECTION:
		return err_set(err, ERR_NETWORK, "connection reset");
	case FAKE_FAULT_HUGE:
		return err_set(err, ERR_TOO_LARGE, "an answer of more than 1048576 bytes");
	case FAKE_FAULT_TLS:
		return err_set(err, ERR_TLS, "certificate verify failed");
	case FAKE_FAULT_TIMEOUT:
		return 1;
	case FAKE_FAULT_CLOCK_SKEW:
		buf_reset(&f->headers);
		fake_add_date(f, 3600 * 1000);
		*ret_status = fake_refuse(f, q, strcmp(q->service, "s3") == 0 ? 403 : 400,
		    strcmp(q->service, "s3") == 0 ? "RequestTimeTooSkewed" : "InvalidSignatureException",
		    "Signature expired: 20260102T030405Z is now earlier than 20260102T040405Z");
		return 0;
	case FAKE_FAULT_CUT_BODY:
	case FAKE_FAULT_GARBAGE:
	case FAKE_FAULT_EMPTY_BODY:
	case FAKE_FAULT_WRONG_TYPE:
	case FAKE_FAULT_HTML:
		*ret_status = fake_spoil(f, q);
		return 0;
	default:
		*ret_status = fake_fail_by_code(f, q);
		return 0;
	}
}

int
fake_aws_answer(void *arg, const struct http_request *request, struct http_reply *reply,
    int64_t *ret_delay_ms, struct err *err)
{
	struct fake_aws *f = arg;
	struct fake_question q;
	int status = 0, ret = 0;
	bool fails;

	fake_read_question(request, &q);
	fake_note_question(f, &q);
	fails = f->fault != FAKE_FAULT_NONE && f->calls >= f->fail_from &&
	    (f->fail_count == 0 || f->calls < f->fail_from + f->fail_count);
	f->forbidden += strstr(q.about, "alias/") != NULL;
	buf_reset(&f->headers);
	buf_reset(&f->body);
	fake_add_date(f, 0);
	*ret_delay_ms = FAKE_DELAY_MS;
	if (fails)
		ret = fake_fail(f, &q, &status, err);
	else if (!f->is_strict || !fake_refuse_late(f, request, &q, &status))
		status = fake_answer_well(f, &q);
	if (ret != 0)
		return ret;
	reply->status = status;
	reply->headers = buf_text(&f->headers);
	reply->headers_len = f->headers.len;
	reply->body = buf_text(&f->body);
	reply->body_len = f->body.len;
	return 0;
}
