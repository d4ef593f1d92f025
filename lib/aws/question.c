/* SPDX-License-Identifier: Apache-2.0 */
/* Writes a question to AWS as a signed HTTP request; see question.h. */
#include "aws/question.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "aws/sigv4.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/stamp.h"
#include "base/text.h"

#define QUESTION_MAX_BYTES	((size_t)64 * 1024)	/* all header lines together */
#define QUESTION_MAX_LINES	8	/* the host counts as one */

struct composer {
	struct sigv4	*signer;
	struct buf	 url, path;
	struct buf	 lines;				/* header lines, a NUL behind each */
	size_t		 line_at[QUESTION_MAX_LINES];	/* where in `lines` */
	const char	*name[QUESTION_MAX_LINES];
	size_t		 line_count;
	const char	*line[QUESTION_MAX_LINES];	/* the same as pointers, once all are there */
};

struct composer *
composer_new(void)
{
	struct composer *c = mem_alloc(1, sizeof(*c));

	c->signer = sigv4_new();
	buf_init(&c->url, AWS_URL_MAX * 2);
	buf_init(&c->path, AWS_URL_MAX * 2);
	buf_init(&c->lines, QUESTION_MAX_BYTES);
	return c;
}

void
composer_free(struct composer *c)
{
	if (c == NULL)
		return;
	sigv4_free(c->signer);
	buf_done(&c->url);
	buf_done(&c->path);
	buf_wipe(&c->lines);
	free(c);
}

void
question_add_body(enum aws_op op, const char *given, struct buf *out)
{
	const struct aws_op_row *row = aws_op_row(op);

	if (row->protocol == AWS_JSON_1_1 || row->protocol == AWS_JSON_1_0 ||
	    row->protocol == AWS_REST_JSON) {
		buf_adds(out, text_is_empty(given) ? "{}" : given);
	} else if (row->protocol == AWS_QUERY) {
		buf_adds(out, "Action=");
		buf_adds(out, row->name);
		buf_adds(out, "&Version=");
		buf_adds(out, aws_service_row(row->service)->version);
		buf_adds(out, text_is_empty(given) ? "" : "&");
		buf_adds(out, given ? given : "");
	}
}

/* A header line is begun, filled with buf_adds(), and ended. */
static struct buf *
question_begin_line(struct composer *c, const char *name)
{
	assert(c->line_count < QUESTION_MAX_LINES);
	c->name[c->line_count] = name;
	c->line_at[c->line_count++] = c->lines.len;
	buf_adds(&c->lines, name);
	buf_add(&c->lines, ": ", 2);
	return &c->lines;
}

static void
question_end_line(struct composer *c)
{
	buf_add(&c->lines, "", 1);
}

static void
question_add_line(struct composer *c, const char *name, const char *value)
{
	buf_adds(question_begin_line(c, name), value);
	question_end_line(c);
}

/* Few and in the order of their names, which the signer likes best. The host is libcurl's to send. */
static void
question_add_lines(struct composer *c, const struct question *q, const char *time)
{
	static const char *const content_types[] = {
		[AWS_JSON_1_0] = "application/x-amz-json-1.0",
		[AWS_JSON_1_1] = "application/x-amz-json-1.1",
		[AWS_QUERY] = "application/x-www-form-urlencoded; charset=utf-8",
		[AWS_REST_JSON] = "application/json",
		[AWS_REST_XML] = NULL,
	};
	const struct aws_op_row *row = aws_op_row(q->op);

	if (content_types[row->protocol] != NULL)
		question_add_line(c, "content-type", content_types[row->protocol]);
	if (row->service == AWS_S3)
		question_add_line(c, "x-amz-content-sha256", q->payload_hash);
	if (q->credentials != NULL)
		question_add_line(c, "x-amz-date", time);
	if (q->bucket_owner != NULL)
		question_add_line(c, "x-amz-expected-bucket-owner", q->bucket_owner);
	if (q->credentials != NULL && secret_is_set(&q->credentials->session_token))
		question_add_line(c, "x-amz-security-token",
		    secret_text(&q->credentials->session_token));
	if (row->protocol == AWS_JSON_1_1 || row->protocol == AWS_JSON_1_0) {
		struct buf *line = question_begin_line(c, "x-amz-target");

		buf_adds(line, aws_service_row(row->service)->target);
		buf_addc(line, '.');
		buf_adds(line, row->name);
		question_end_line(c);
	}
	if (row->protocol == AWS_JSON_1_0)
		question_add_line(c, "x-amzn-query-mode", "true");
}

/* The values are views into the lines, which grow again only when all have been read. */
static void
question_sign(struct composer *c, const struct question *q, const struct aws_endpoint *endpoint,
    int64_t wall_ms)
{
	const struct aws_op_row *row = aws_op_row(q->op);
	struct sigv4_header headers[QUESTION_MAX_LINES] = { { "host", endpoint->host } };
	struct sigv4_request request = {
		.method = row->method,
		.path = buf_text(&c->path),
		.query = q->query,
		.headers = headers,
		.header_count = c->line_count + 1,
		.payload_hash = q->payload_hash,
		.region = endpoint->signing_region,
		.service = aws_service_name(row->service),
		.wall_ms = wall_ms,
		.is_s3 = row->service == AWS_S3,
	};
	size_t signed_count = c->line_count;
	struct buf *line = question_begin_line(c, "authorization");

	for (size_t i = 0; i < signed_count; i++)
		headers[i + 1] = (struct sigv4_header){ c->name[i],
		    line->data + c->line_at[i] + strlen(c->name[i]) + 2 };
	sigv4_sign(c->signer, q->credentials, &request, line);
	question_end_line(c);
}

/* An empty path is "/" over the wire; S3's rows have none of their own. */
static void
question_set_url(struct composer *c, const struct question *q, const struct aws_endpoint *endpoint)
{
	const char *path = aws_op_row(q->op)->path;

	if (path[0] == '\0' && endpoint->path[0] == '\0')
		path = "/";
	buf_reset(&c->path);
	buf_adds(&c->path, endpoint->path);
	buf_adds(&c->path, path);
	buf_reset(&c->url);
	buf_adds(&c->url, endpoint->url);
	buf_adds(&c->url, path);
	if (q->query != NULL) {
		buf_addc(&c->url, '?');
		buf_adds(&c->url, q->query);
	}
}

void
question_write(struct composer *c, const struct question *q, const struct aws_endpoint *endpoint,
    int64_t wall_ms, struct http_request *ret)
{
	char time[STAMP_AMZ_SIZE];

	question_set_url(c, q, endpoint);
	buf_reset(&c->lines);
	c->line_count = 0;
	question_add_lines(c, q, stamp_format_amz(wall_ms, time));
	if (q->credentials != NULL)
		question_sign(c, q, endpoint, wall_ms);
	assert(!c->url.overflowed && !c->path.overflowed && !c->lines.overflowed);
	for (size_t i = 0; i < c->line_count; i++)
		c->line[i] = c->lines.data + c->line_at[i];
	*ret = (struct http_request){
		.method = aws_op_row(q->op)->method,
		.url = buf_text(&c->url),
		.headers = c->line,
		.header_count = c->line_count,
		.body = q->body_len > 0 ? q->body : NULL,
		.body_len = q->body_len,
		.reach = endpoint->reach,
	};
}

void
question_done(struct composer *c)
{
	if (c->lines.data != NULL)
		explicit_bzero(c->lines.data, c->lines.len);
	buf_reset(&c->lines);
}
