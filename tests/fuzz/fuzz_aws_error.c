/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An error answer: a status byte, header lines up to an empty one, and the body. Whatever it says,
 * the error must be one line of printable text with a code to match its kind.
 */
#include <assert.h>
#include <string.h>

#include "aws/error.h"
#include "base/text.h"
#include "fuzz/fuzz.h"

static void
check(enum aws_op op, const struct http_reply *reply)
{
	struct err err = { .kind = ERR_NONE };

	assert(aws_error_read(op, reply, &err) == -1);
	assert(err.kind != ERR_NONE && err.code[0] != '\0' && err.text[0] != '\0');
	assert(memchr(err.code, '\0', sizeof(err.code)) != NULL);
	assert(text_is_utf8(err.text, strlen(err.text)) && strpbrk(err.text, "\r\n\x1b") == NULL);
	for (const char *c = err.code; *c != '\0'; c++)
		assert(*c > ' ' && *c <= '~');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int statuses[] = { 400, 403, 404, 301, 429, 500, 503, 599 };
	static char text[65536];
	struct http_reply reply;
	char *body;

	if (size < 1 || size > sizeof(text))
		return 0;
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	body = memmem(text, size - 1, "\r\n\r\n", 4);
	reply = (struct http_reply){
		.status = statuses[data[0] % (sizeof(statuses) / sizeof(statuses[0]))],
		.headers = text,
		.headers_len = body ? (size_t)(body + 2 - text) : 0,
		.body = body ? body + 4 : text,
	};
	reply.body_len = (size_t)(text + size - 1 - reply.body);
	check(KMS_DESCRIBE_KEY, &reply);
	check(S3_HEAD_BUCKET, &reply);
	return 0;
}
