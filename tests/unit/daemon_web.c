/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP server in this process: its pages, its bounds, and clients that mean no good. */
#include "daemon/web.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "daemon/web_listen.h"
#include "unit/web_server.h"
#include "wire/json.h"

/* ---- pages ---- */

static void
test_pages(void **state)
{
	static const struct page_case {
		const char	*path, *begin, *holds;
	} cases[] = {
		{ "/", "HTTP/1.1 200 OK\r\n", "<a href=\"/metrics\">" },
		{ "/", "HTTP/1.1 200 OK\r\n", "Content-Type: text/html; charset=utf-8\r\n" },
		{ "/metrics", "HTTP/1.1 200 OK\r\n",
		    "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n" },
		{ "/metrics?name[]=x", "HTTP/1.1 200 OK\r\n", "\ntrailseal_trail_encrypted{" },
		{ "/-/healthy", "HTTP/1.1 200 OK\r\n", "\r\n\r\ntrailseal is healthy.\n" },
		{ "/-/ready", "HTTP/1.1 503 Service Unavailable\r\n", "\r\n\r\ntrailseal has not" },
		{ "/api/v1/findings", "HTTP/1.1 200 OK\r\n", "Content-Type: application/json\r\n" },
		{ "/api/v1/trails", "HTTP/1.1 200 OK\r\n", "\"arn\": \"" KEY_GOOD "\"" },
		{ "/api/v1/coverage", "HTTP/1.1 200 OK\r\n", "\"collector\": \"trails\"" },
		{ "/api/v1", "HTTP/1.1 404 Not Found\r\n", "\r\n\r\n404 Not Found\n" },
		{ "/metrics/", "HTTP/1.1 404 Not Found\r\n", "" },
		{ "/%6detrics", "HTTP/1.1 404 Not Found\r\n", "" },
		{ "/../etc/passwd", "HTTP/1.1 404 Not Found\r\n", "" },
		{ "/-/reload", "HTTP/1.1 404 Not Found\r\n", "" },
	};
	struct server s;
	char request[256];

	(void)state;
	server_init(&s, NULL, NULL);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\n" CLOSE, cases[i].path);
		expect(&s, request, cases[i].begin, cases[i].holds);
	}
	s.parts.daemon.has_swept = true;
	expect(&s, "GET /-/ready HTTP/1.1\r\n" CLOSE, "HTTP/1.1 200 OK\r\n", "trailseal is ready.\n");
	server_done(&s);
}

static void
test_header_lines(void **state)
{
	static const char *const lines[] = {
		"\r\nDate: ", " GMT\r\n", "\r\nContent-Length: 22\r\n", "\r\nCache-Control: no-store\r\n",
		"\r\nX-Content-Type-Options: nosniff\r\n", "\r\nX-Frame-Options: deny\r\n",
		"\r\nContent-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n",
		"\r\nReferrer-Policy: no-referrer\r\n", "\r\nConnection: close\r\n",
	};
	struct server s;
	char *answer;

	(void)state;
	server_init(&s, NULL, NULL);
	answer = ask(&s, "GET /-/healthy HTTP/1.1\r\n" CLOSE);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (strstr(answer, lines[i]) == NULL)
			fail_msg("%s is not in %s", lines[i], answer);
	free(answer);
	server_done(&s);
}

/* The answer's body as JSON. */
static const struct json *
ask_json(struct server *s, struct arena *arena, const char *path)
{
	const struct json *root;
	char request[128], *answer, *body;
	struct err err;

	snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\n" CLOSE, path);
	answer = ask(s, request);
	body = strstr(answer, "\r\n\r\n") + 4;
	if (json_parse(arena, body, strlen(body), &root, &err) < 0)
		fail_msg("%s: %s", path, err.text);
	free(answer);
	return root;
}

/* The members of 'trailsealctl check --format json', and what is known of a followed finding. */
static void
test_findings_as_json(void **state)
{
	static const char *const members[] = {
		"rule", "severity", "status", "account", "region", "resource", "summary", "evidence",
		"id", "state", "since", "silenced",
	};
	struct silence silence = { .rule = (char *)"trail-unencrypted", .ends_wall_ms = INT64_MAX };
	struct arena *arena = arena_new();
	const struct json *list, *first, *second;
	struct server s;

	(void)state;
	server_init(&s, NULL, NULL);
	parts_add_finding(&s.parts, RULE_TRAIL_UNENCRYPTED, FINDING_FIRING, SEVERITY_CRITICAL, "a");
	parts_add_finding(&s.parts, RULE_KEY_DISABLED, FINDING_OBSCURED, SEVERITY_CRITICAL, "b");
	parts_add_finding(&s.parts, RULE_KEY_MISSING, FINDING_RESOLVED, SEVERITY_CRITICAL, "c");
	s.parts.daemon.silences = (struct silences){ .row = &silence, .count = 1 };
	list = json_member(ask_json(&s, arena, "/api/v1/findings"), "findings");
	assert_non_null(list);
	assert_int_equal(list->count, 2);
	first = list->child;
	second = first->next;
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (json_member(first, members[i]) == NULL)
			fail_msg("no %s", members[i]);
	assert_true(json_is(json_member(first, "status"), "fail"));
	assert_true(json_is(json_member(first, "state"), "firing"));
	assert_true(json_member(first, "silenced")->boolean);
	assert_true(json_is(json_member(json_member(first, "evidence"), "call"), "kms:DescribeKey"));
	assert_true(json_is(json_member(second, "status"), "unknown"));
	assert_false(json_member(second, "silenced")->boolean);
	server_done(&s);
	arena_free(arena);
}

/* Evidence that was damaged on disk is not known; the page is valid all the same. */
static void
test_damaged_evidence(void **state)
{
	struct arena *arena = arena_new();
	const struct json *list;
	struct finding *f;
	struct server s;

	(void)state;
	server_init(&s, NULL, NULL);
	f = parts_add_finding(&s.parts, RULE_KEY_DISABLED, FINDING_FIRING, SEVERITY_CRITICAL, "b");
	free(f->evidence);
	f->evidence = mem_strdup("{\"call\":");
	list = json_member(ask_json(&s, arena, "/api/v1/findings"), "findings");
	assert_null(json_member(list->child, "evidence"));
	server_done(&s);
	arena_free(arena);
}

/* ---- HTTP ---- */

static void
test_refusals(void **state)
{
	static const struct refusal_case {
		const char	*request, *begin;
	} cases[] = {
		{ "POST / HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc",
		    "HTTP/1.1 405 Method Not Allowed\r\n" },
		{ "GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n" },
		{ "GET / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		    "HTTP/1.1 501 Not Implemented\r\n" },
		{ "GET / HTTP/1.1\r\n" HOST "Content-Length: 2000\r\n\r\n",
		    "HTTP/1.1 413 Content Too Large\r\n" },
		{ "\x16\x03\x01\x02 \x01\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n" },
	};
	struct server s;

	(void)state;
	server_init(&s, NULL, NULL);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect(&s, cases[i].request, cases[i].begin, "\r\nConnection: close\r\n");
	expect_connections(&s, 0);
	server_done(&s);
}

/* The answer reaches a client that goes on sending, as the socket is not closed on its words. */
static void
test_head_too_large(void **state)
{
	struct server s;
	char *request = mem_alloc(WEB_HEAD_BYTES * 4, 1);

	(void)state;
	server_init(&s, NULL, NULL);
	strcpy(request, "GET / HTTP/1.1\r\nX: ");
	memset(request + strlen(request), 'x', WEB_HEAD_BYTES * 3);
	expect(&s, request, "HTTP/1.1 431 ", "\r\nConnection: close\r\n");
	free(request);
	server_done(&s);
}

/* HEAD says what GET would, without the page. */
static void
test_head(void **state)
{
	struct server s;
	char *get, *head;

	(void)state;
	server_init(&s, NULL, NULL);
	get = ask(&s, "GET /metrics HTTP/1.1\r\n" CLOSE);
	head = ask(&s, "HEAD /metrics HTTP/1.1\r\n" CLOSE);
	assert_true(text_has_suffix(head, "\r\n\r\n"));
	*strstr(strstr(get, "Content-Length"), "\r\n") = '\0';
	assert_non_null(strstr(head, strstr(get, "Content-Length")));
	free(get);
	free(head);
	server_done(&s);
}

static void
test_keep_alive(void **state)
{
	struct web_limits limits;
	struct server s;
	struct client c;

	(void)state;
	web_limits_init(&limits);
	limits.requests = 3;
	server_init(&s, NULL, &limits);
	client_open(&c, s.loop, web_url(s.web));
	for (int i = 0; i < 2; i++) {
		client_say(&c, "GET /-/healthy HTTP/1.1\r\n" HOST "Content-Length: 4\r\n\r\nGET ");
		assert_null(strstr(client_hear(&c, "healthy.\n"), "Connection: close"));
		buf_reset(&c.heard);
	}
	client_say(&c, "GET /-/healthy HTTP/1.1\r\n" HOST "\r\n");	/* the third and last */
	assert_non_null(strstr(client_hear(&c, NULL), "Connection: close"));
	client_close(&c);
	server_done(&s);
}

/* Requests that come at once are answered in their order. */
static void
test_pipeline(void **state)
{
	struct server s;
	struct client c;
	const char *first;

	(void)state;
	server_init(&s, NULL, NULL);
	client_open(&c, s.loop, web_url(s.web));
	client_say(&c, "GET /-/healthy HTTP/1.1\r\n" HOST "\r\nGET /nowhere HTTP/1.1\r\n" HOST "\r\n"
	    "GET /-/ready HTTP/1.1\r\n" CLOSE);
	first = client_hear(&c, NULL);
	first = strstr(first, "HTTP/1.1 200 ");
	assert_non_null(first);
	first = strstr(first, "HTTP/1.1 404 ");
	assert_non_null(first);
	assert_non_null(strstr(first, "HTTP/1.1 503 "));
	client_close(&c);
	server_done(&s);
}

/* A client that closes its side of the connection behind the request is answered. */
static void
test_half_closed(void **state)
{
	struct server s;
	struct client c;

	(void)state;
	server_init(&s, NULL, NULL);
	client_open(&c, s.loop, web_url(s.web));
	client_say(&c, "GET /metrics HTTP/1.1\r\n" HOST "\r\n");
	shutdown(c.fd, SHUT_WR);
	assert_non_null(strstr(client_hear(&c, NULL), "\ntrailseal_coverage_state{"));
	client_close(&c);
	server_done(&s);
}

/* ---- bounds ---- */

/* A byte now and then keeps no connection: the deadline is that of the whole request. */
static void
test_slow_request(void **state)
{
	static const char request[] = "GET / HTTP/1.1\r\nHost: localhost\r\nX: yyyyyyyyyyyyyyyyyyyy";
	struct web_counters counters;
	struct web_limits limits;
	struct server s;
	struct client c;
	int64_t begin_ms;

	(void)state;
	web_limits_init(&limits);
	limits.request_ms = 300;
	server_init(&s, NULL, &limits);
	client_open(&c, s.loop, web_url(s.web));
	begin_ms = loop_mono_ms(s.loop);
	for (size_t i = 0; i < sizeof(request) - 1 && !c.is_closed; i++) {
		client_say(&c, (char[]){ request[i], '\0' });
		client_wait(&c, 20);
	}
	assert_true(c.is_closed);
	assert_true(loop_mono_ms(s.loop) - begin_ms >= 250);
	assert_int_equal(c.heard.len, 0);
	web_get_counters(s.web, &counters);
	assert_int_equal(counters.timed_out, 1);
	assert_int_equal(counters.connections, 0);
	client_close(&c);
	server_done(&s);
}

static void
test_silent_connection(void **state)
{
	struct web_limits limits;
	struct server s;
	struct client c;

	(void)state;
	web_limits_init(&limits);
	limits.request_ms = 100;
	server_init(&s, NULL, &limits);
	client_open(&c, s.loop, web_url(s.web));
	assert_string_equal(client_hear(&c, NULL), "");
	client_close(&c);
	server_done(&s);
}

static void
test_idle_connection(void **state)
{
	struct web_counters counters;
	struct web_limits limits;
	struct server s;
	struct client c;

	(void)state;
	web_limits_init(&limits);
	limits.idle_ms = 100;
	server_init(&s, NULL, &limits);
	client_open(&c, s.loop, web_url(s.web));
	client_say(&c, "GET /-/healthy HTTP/1.1\r\n" HOST "\r\n");
	assert_non_null(strstr(client_hear(&c, NULL), "healthy"));
	web_get_counters(s.web, &counters);
	assert_int_equal(counters.timed_out, 0);
	client_close(&c);
	server_done(&s);
}

/* A reader that does not read loses its connection, and the page its holder. */
static void
test_slow_reader(void **state)
{
	struct web_counters counters;
	struct web_limits limits;
	struct server s;
	struct client c;
	char id[16];
	int small = 1024;
	int64_t end_ms;

	(void)state;
	web_limits_init(&limits);
	limits.request_ms = 500;
	server_init(&s, NULL, &limits);
	end_ms = loop_mono_ms(s.loop) + CLIENT_PATIENCE_MS;
	for (int i = 0; i < 100000; i++) {
		snprintf(id, sizeof(id), "%012d", i);
		world_add_account(s.parts.fixture.world, id, "an account with a name of some length");
	}
	s.parts.settings.web.max_series = 1000000;
	client_open(&c, s.loop, web_url(s.web));
	setsockopt(c.fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	loop_watch_free(c.watch);
	c.watch = NULL;
	client_say(&c, "GET /metrics HTTP/1.1\r\n" HOST "\r\n");
	do {
		settle(&s, 10);
		web_get_counters(s.web, &counters);
	} while (counters.timed_out == 0 && loop_mono_ms(s.loop) < end_ms);
	assert_int_equal(counters.timed_out, 1);
	assert_int_equal(counters.connections, 0);
	client_close(&c);
	server_done(&s);
}

#define MOST	4

/* Idle connections make room for new ones; busy ones do not, and the new ones wait. */
static void
test_connections(void **state)
{
	struct web_counters counters;
	struct web_limits limits;
	struct client c[MOST], more, last;
	struct server s;

	(void)state;
	web_limits_init(&limits);
	limits.connections = MOST;
	limits.request_ms = 60000;
	server_init(&s, NULL, &limits);
	for (int i = 0; i < MOST; i++) {
		client_open(&c[i], s.loop, web_url(s.web));
		client_say(&c[i], "GET /-/healthy HTTP/1.1\r\n" HOST "\r\n");
		client_hear(&c[i], "healthy.\n");
	}
	client_open(&more, s.loop, web_url(s.web));
	client_say(&more, "GET /-/healthy HTTP/1.1\r\n" HOST "\r\n");
	client_hear(&more, "healthy.\n");
	client_hear(&c[0], NULL);	/* the one that was idle for longest */
	for (int i = 1; i < MOST; i++)
		client_say(&c[i], "GET ");
	client_say(&more, "GET ");
	client_wait(&more, 50);
	web_get_counters(s.web, &counters);
	assert_int_equal(counters.given_up, 1);
	assert_int_equal(counters.connections, MOST);
	client_open(&last, s.loop, web_url(s.web));
	client_say(&last, "GET /-/healthy HTTP/1.1\r\n" CLOSE);
	client_wait(&last, 200);
	assert_int_equal(last.heard.len, 0);
	expect_connections(&s, MOST);
	client_say(&c[1], "/-/healthy HTTP/1.1\r\n" HOST "\r\n");
	client_hear(&last, "healthy.\n");	/* as soon as another one is idle */
	web_get_counters(s.web, &counters);
	assert_int_equal(counters.given_up, 2);
	assert_int_equal(counters.timed_out, 0);
	for (int i = 0; i < MOST; i++)
		client_close(&c[i]);
	client_close(&more);
	client_close(&last);
	server_done(&s);
}

/* ---- pages that are kept ---- */

static bool
shows_judgements(struct server *s, unsigned count)
{
	char *page = ask(s, "GET /metrics HTTP/1.1\r\n" CLOSE), line[64];
	bool good;

	snprintf(line, sizeof(line), "\ntrailseal_judgements_total %u\n", count);
	good = strstr(page, line) != NULL;
	free(page);
	return good;
}

/* Who asks twice within a second gets the same page; a while later, a new one. */
static void
test_kept_page(void **state)
{
	struct server s;
	unsigned shown, tries = 0;
	int64_t begin_ms;

	(void)state;
	server_init(&s, NULL, NULL);
	settle(&s, 1);
	do {	/* a busy machine may need more than a second */
		begin_ms = loop_mono_ms(s.loop);
		s.parts.daemon.judgements++;
		shown = (unsigned)s.parts.daemon.judgements;
		while (!shows_judgements(&s, shown))
			settle(&s, 100);
		s.parts.daemon.judgements++;
		if (shows_judgements(&s, shown))
			break;
		assert_true(loop_mono_ms(s.loop) - begin_ms >= 1000);
	} while (++tries < 10);
	assert_true(tries < 10);
	while (!shows_judgements(&s, shown + 1))
		settle(&s, 100);
	server_done(&s);
}

/* ---- listening ---- */

static void
test_passed_socket(void **state)
{
	struct web_settings settings = { .listen = "127.0.0.1:1", .max_series = 1000 };
	struct web_limits limits;
	struct parts p = { .daemon = { .loop = NULL } };
	struct err err;
	struct web *web;
	int pipes[2], fd = web_listen("127.0.0.1:0", &err);

	(void)state;
	web_limits_init(&limits);
	fixture_init(&p.fixture);
	parts_init(&p, loop_new());
	web = web_new(&p.daemon, &settings, &limits, fd, &err);
	assert_non_null(web);
	assert_null(strstr(web_url(web), ":1\0"));
	settings.listen = "127.0.0.1:2";	/* of no interest */
	assert_int_equal(web_configure(web, &settings, &err), 0);
	web_free(web);
	assert_int_equal(pipe(pipes), 0);
	assert_null(web_new(&p.daemon, &settings, &limits, pipes[0], &err));
	assert_non_null(strstr(err.text, "no listening socket"));
	assert_int_equal(write(pipes[1], "", 0), 0);
	close(pipes[1]);
	parts_done(&p);
}

/* A new address is taken up at a reload, or the old one stays. */
static void
test_moves(void **state)
{
	struct web_settings settings = { .listen = "localhost:0", .max_series = 1000 };
	struct server s, other;
	struct err err;
	char before[96], taken[64];

	(void)state;
	server_init(&s, NULL, NULL);
	server_init(&other, NULL, NULL);
	snprintf(before, sizeof(before), "%s", web_url(s.web));
	snprintf(taken, sizeof(taken), "%s", strstr(web_url(other.web), "127."));
	settings.listen = taken;
	assert_int_equal(web_configure(s.web, &settings, &err), -1);
	assert_int_equal(err.kind, ERR_CONFIG);
	assert_non_null(strstr(err.text, "in use"));
	assert_string_equal(web_url(s.web), before);
	expect(&s, "GET /-/healthy HTTP/1.1\r\n" CLOSE, "HTTP/1.1 200", "");
	settings.listen = "localhost:0";
	assert_int_equal(web_configure(s.web, &settings, &err), 0);
	assert_string_not_equal(web_url(s.web), before);
	server_done(&other);
	server_done(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pages),
		cmocka_unit_test(test_header_lines),
		cmocka_unit_test(test_findings_as_json),
		cmocka_unit_test(test_damaged_evidence),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_head_too_large),
		cmocka_unit_test(test_head),
		cmocka_unit_test(test_keep_alive),
		cmocka_unit_test(test_pipeline),
		cmocka_unit_test(test_half_closed),
		cmocka_unit_test(test_slow_request),
		cmocka_unit_test(test_silent_connection),
		cmocka_unit_test(test_idle_connection),
		cmocka_unit_test(test_slow_reader),
		cmocka_unit_test(test_connections),
		cmocka_unit_test(test_kept_page),
		cmocka_unit_test(test_passed_socket),
		cmocka_unit_test(test_moves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
