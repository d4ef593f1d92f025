/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Our signer for scripts: each line on standard input is a request as a JSON object, each line on
 * standard output the value of its Authorization header.
 *
 *	{"method": "GET", "path": "/", "query": "a=b", "headers": [["host", "h"], ...],
 *	 "payload_hash": "e3b0...", "region": "us-east-1", "service": "s3", "is_s3": true,
 *	 "time": "20150830T123600Z", "id": "AKIDEXAMPLE", "secret": "..."}
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>

#include "aws/sigv4.h"
#include "base/stamp.h"
#include "wire/json.h"

#define SIGN_MAX_HEADERS	40

static const char *
sign_text(const struct json *request, const char *name)
{
	const char *text = NULL;
	struct err err;

	if (json_get_string(request, name, &text, &err) < 0)
		errx(1, "%s", err.text);
	if (text == NULL)
		errx(1, "%s is missing", name);
	return text;
}

static size_t
sign_headers(const struct json *request, struct sigv4_header *out)
{
	const struct json *list = json_member(request, "headers");
	size_t count = 0;

	if (list == NULL || list->type != JSON_ARRAY || list->count > SIGN_MAX_HEADERS)
		errx(1, "headers are missing or too many");
	json_foreach(pair, list) {
		if (pair->type != JSON_ARRAY || pair->count != 2)
			errx(1, "a header that is no pair");
		out[count++] = (struct sigv4_header){ pair->child->text, pair->child->next->text };
	}
	return count;
}

static void
sign_line(struct sigv4 *signer, const struct json *request, struct buf *out)
{
	struct sigv4_header headers[SIGN_MAX_HEADERS];
	struct sigv4_request r = {
		.method = sign_text(request, "method"),
		.path = sign_text(request, "path"),
		.query = sign_text(request, "query"),
		.headers = headers,
		.header_count = sign_headers(request, headers),
		.payload_hash = sign_text(request, "payload_hash"),
		.region = sign_text(request, "region"),
		.service = sign_text(request, "service"),
	};
	struct aws_credentials *c;
	struct err err;

	if (json_get_bool(request, "is_s3", &r.is_s3, &err) < 0)
		errx(1, "%s", err.text);
	if (!stamp_parse_amz(sign_text(request, "time"), &r.wall_ms))
		errx(1, "time is no time");
	c = aws_credentials_new(sign_text(request, "id"), sign_text(request, "secret"), NULL,
	    STAMP_UNKNOWN, "standard input", &err);
	if (c == NULL)
		errx(1, "%s", err.text);
	sigv4_sign(signer, c, &r, out);
	aws_credentials_drop(c);
}

int
main(void)
{
	struct sigv4 *signer = sigv4_new();
	struct arena *arena = arena_new();
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	struct buf out;

	buf_init(&out, 65536);
	while ((len = getline(&line, &size, stdin)) > 0) {
		const struct json *request;
		struct err err;

		if (json_parse(arena, line, (size_t)len, &request, &err) < 0)
			errx(1, "%s", err.text);
		buf_reset(&out);
		sign_line(signer, request, &out);
		puts(buf_text(&out));
		arena_reset(arena);
	}
	free(line);
	buf_done(&out);
	arena_free(arena);
	sigv4_free(signer);
	return 0;
}
