/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP requests as bytes: what is taken, and with which status all else is refused. */
#include "daemon/web_request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HOST	"Host: localhost\r\n"

static const struct request_case {
	const char	*head;		/* without the empty line */
	enum web_status	 status;
	const char	*path;
	const char	*authorization;
	size_t		 body_bytes;
	bool		 is_head, closes;
} cases[] = {
	{ "GET / HTTP/1.1\r\n" HOST, WEB_OK, .path = "/" },
	{ "HEAD /metrics HTTP/1.1\r\n" HOST, WEB_OK, .path = "/metrics", .is_head = true },
	{ "GET /metrics?name[]=x HTTP/1.1\r\n" HOST, WEB_OK, .path = "/metrics" },
	{ "GET http://localhost:1/metrics?x HTTP/1.1\r\n" HOST, WEB_OK, .path = "/metrics" },
	{ "GET HTTPS://localhost/ HTTP/1.1\r\n" HOST, WEB_OK, .path = "/" },
	{ "GET / HTTP/1.0\r\n", WEB_OK, .path = "/", .closes = true },
	{ "GET / HTTP/1.0\r\nConnection: keep-alive\r\n", WEB_OK, .path = "/", .closes = true },
	{ "GET / HTTP/1.1\r\nhOsT:localhost:10117\r\nconnection: TE, Close\r\n", WEB_OK, .path = "/",
	    .closes = true },
	{ "GET / HTTP/1.1\r\n" HOST "Connection: closed\r\n", WEB_OK, .path = "/" },
	{ "GET / HTTP/1.1\r\nHost:\r\n", WEB_OK, .path = "/" },
	{ "GET / HTTP/1.1\r\nHost: [::1]:10117\r\n", WEB_OK, .path = "/" },
	{ "GET / HTTP/1.1\r\n" HOST "Authorization: \t Basic abc \r\n", WEB_OK, .path = "/",
	    .authorization = "Basic abc" },
	{ "GET / HTTP/1.1\r\n" HOST "Content-Length: 1024\r\n", WEB_OK, .path = "/", .body_bytes = 1024 },
	{ "GET / HTTP/1.1\r\n" HOST "Accept: a\tb\r\nX-Y: \xc3\xbc\r\n", WEB_OK, .path = "/" },
	{ "GET / HTTP/1.1\r\n", .status = WEB_BAD_REQUEST },	/* no Host */
	{ "GET / HTTP/1.1\r\n" HOST HOST, .status = WEB_BAD_REQUEST },
	{ "GET / HTTP/1.0\r\n" HOST HOST, .status = WEB_BAD_REQUEST },
	{ "GET / HTTP/1.1\r\nHost: a b\r\n", .status = WEB_BAD_REQUEST },
	{ "GET / HTTP/1.1\r\nHost: a/b\r\n", .status = WEB_BAD_REQUEST },
	{ "POST / HTTP/1.1\r\n" HOST, .status = WEB_METHOD_NOT_ALLOWED },
	{ "get / HTTP/1.1\r\n" HOST, .status = WEB_METHOD_NOT_ALLOWED },
	{ "BREW / HTTP/1.1\r\n" HOST, .status = WEB_METHOD_NOT_ALLOWED },
	{ "G(T / HTTP/1.1\r\n" HOST, .status = WEB_BAD_REQUEST },
	{ " GET / HTTP/1.1\r\n" HOST, .status = WEB_BAD_REQUEST },
	{ "GET  / HTTP/1.1\r\n" HOST, .status = WEB_BAD_REQUEST },
	{ "GET /\r\n" HOST, .status = WEB_BAD_REQUEST },		/* HTTP/0.9 */
	{ "GET\r\n" HOST, .status = WEB_BAD_REQUEST },
	{ "", .status = WEB_BAD_REQUEST },
	{ "GET / HTTP/1.1 x\r\n" HOST, .status = WEB_BAD_REQUEST },
	{ "GET / HTTP/2.0\r\n" HOST, .status = WEB_VERSION_NOT_SUPPORTED },
	{ "GET / http/1.1\r\n" HOST, .status = WEB_BAD_REQUEST },
	{ "GET metrics HTTP/1.1\r\n" HOST, .status = WEB_BAD_REQUEST },
	{ "GET * HTTP/1.1\r\n" HOST, .status = WEB_BAD_REQUEST },
	{ "GET http://localhost HTTP/1.1\r\n" HOST, .status = WEB_BAD_REQUEST },
	{ "GET /\x7f HTTP/1.1\r\n" HOST, .status = WEB_BAD_REQUEST },
	{ "GET /\xc3\xbc HTTP/1.1\r\n" HOST, .status = WEB_BAD_REQUEST },
	{ "GET / HTTP/1.1\r\n" HOST "Folded: a\r\n b\r\n", .status = WEB_BAD_REQUEST },
	{ "GET / HTTP/1.1\r\n" HOST "Folded: a\r\n b: c\r\n", .status = WEB_BAD_REQUEST },
	{ "GET / HTTP/1.1\r\n" HOST "Space : a\r\n", .status = WEB_BAD_REQUEST },
	{ "GET / HTTP/1.1\r\n" HOST ": a\r\n", .status = WEB_BAD_REQUEST },
	{ "GET / HTTP/1.1\r\n" HOST "no colon\r\n", .status = WEB_BAD_REQUEST },
	{ "GET / HTTP/1.1\n" HOST, .status = WEB_BAD_REQUEST },
	{ "GET / HTTP/1.1\r\nHost: a\nX: b\r\n", .status = WEB_BAD_REQUEST },
	{ "GET / HTTP/1.1\r\nHost: a\rX: b\r\n", .status = WEB_BAD_REQUEST },
	{ "GET / HTTP/1.1\r\n" HOST "X: a\x01z\r\n", .status = WEB_BAD_REQUEST },
	{ "GET / HTTP/1.1\r\n" HOST "Content-Length: 1025\r\n", .status = WEB_BODY_TOO_LARGE },
	{ "GET / HTTP/1.1\r\n" HOST "Content-Length: 99999999999999999999\r\n", .status = WEB_BODY_TOO_LARGE },
	{ "GET / HTTP/1.1\r\n" HOST "Content-Length: -1\r\n", .status = WEB_BAD_REQUEST },
	{ "GET / HTTP/1.1\r\n" HOST "Content-Length: +1\r\n", .status = WEB_BAD_REQUEST },
	{ "GET / HTTP/1.1\r\n" HOST "Content-Length: 1, 1\r\n", .status = WEB_BAD_REQUEST },
	{ "GET / HTTP/1.1\r\n" HOST "Content-Length:\r\n", .status = WEB_BAD_REQUEST },
	{ "GET / HTTP/1.1\r\n" HOST "Content-Length: 1\r\nContent-Length: 1\r\n", .status = WEB_BAD_REQUEST },
	{ "GET / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n", .status = WEB_NOT_IMPLEMENTED },
	{ "GET / HTTP/1.1\r\n" HOST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
	    .status = WEB_NOT_IMPLEMENTED },
	{ "GET / HTTP/1.1\r\n" HOST "Expect: 100-continue\r\n", .status = WEB_EXPECTATION_FAILED },
	{ "GET / HTTP/1.1\r\n" HOST "Authorization: a\r\nAuthorization: b\r\n", .status = WEB_BAD_REQUEST },
};

static void
expect_case(const struct request_case *c)
{
	struct web_request request = { .path = "untouched" };
	size_t len = strlen(c->head) + 2 + (c->head[0] == '\0' ? 2 : 0);
	char *head = malloc(len + 1);	/* just so large: what is read behind it shows */
	enum web_status status;

	assert_non_null(head);
	snprintf(head, len + 1, "%s%s\r\n", c->head, c->head[0] == '\0' ? "\r\n" : "");
	head = realloc(head, len);
	status = web_request_read(head, len, &request);
	if (status != c->status)
		fail_msg("%s: %d instead of %d", c->head, web_status_code(status),
		    web_status_code(c->status));
	assert_string_equal(request.path, c->status == WEB_OK ? c->path : "untouched");
	if (c->authorization != NULL)
		assert_string_equal(request.authorization, c->authorization);
	else
		assert_null(request.authorization);
	if (c->status == WEB_OK) {
		assert_int_equal(request.body_bytes, c->body_bytes);
		assert_int_equal(request.is_head, c->is_head);
		assert_int_equal(request.keeps, !c->closes);
	}
	free(head);
}

static void
test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect_case(&cases[i]);
}

static void
test_nul_byte(void **state)
{
	char head[] = "GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n";
	struct web_request request;

	(void)state;
	assert_int_equal(web_request_read(head, sizeof(head) - 1, &request), WEB_BAD_REQUEST);
}

static void
test_statuses_have_names(void **state)
{
	(void)state;
	for (enum web_status s = WEB_OK; s < WEB_STATUSES; s++) {
		assert_in_range(web_status_code(s), 200, 599);
		assert_non_null(web_status_name(s));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_nul_byte),
		cmocka_unit_test(test_statuses_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
