/* SPDX-License-Identifier: Apache-2.0 */
/* Heads of HTTP requests: what is taken lies within the head, and says what it must. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/web_request.h"
#include "fuzz/fuzz.h"

static void
judge(const struct web_request *r, const char *head, size_t len)
{
	assert(r->path >= head && r->path < head + len && r->path[0] == '/');
	assert(strpbrk(r->path, "? \r\n") == NULL);
	assert(r->body_bytes <= WEB_BODY_BYTES);
	if (r->authorization != NULL)
		assert(r->authorization > head && r->authorization < head + len &&
		    strpbrk(r->authorization, "\r\n") == NULL);
}

/* The server hands over up to and with the first empty line. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = memmem(data, size, "\r\n\r\n", 4);
	size_t len = end != NULL ? (size_t)(end - data) + 4 : 0;
	struct web_request request;
	char *head;

	if (len == 0 || len > WEB_HEAD_BYTES)
		return 0;
	head = malloc(len);
	assert(head != NULL);
	memcpy(head, data, len);
	if (web_request_read(head, len, &request) == WEB_OK)
		judge(&request, head, len);
	free(head);
	return 0;
}
