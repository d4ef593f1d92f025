/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One try, against a real server on the same loop: what goes out, and what each answer means. No
 * error shows anything of a URL, whatever the far side echoes.
 */
#include "unit/notify_scene.h"

#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>

#include "notify/delivery.h"

#define HIDDEN_PATH	"/services/T0HIDDEN/B0HIDDEN/hookhidden0001"

struct far {
	struct loop		*loop;
	struct http		*http;
	struct evhttp		*server;
	unsigned		 port;
	struct loop_timer	 watchdog;
	struct settings		*settings;
	struct scene_stderr	 captured;
	/* What it answers. */
	int			 status;
	const char		*body, *retry_after;
	bool			 echoes, is_silent;
	struct evhttp_request	*unanswered;
	/* What it was asked. */
	unsigned		 asked;
	char			 path[256], type[64], id[128], signature[128];
	struct buf		 heard;
	/* What came of it. */
	unsigned		 runs;
	struct delivery_result	 result;
};

static void
far_copy_header(struct evhttp_request *request, const char *name, char *out, size_t size)
{
	const char *value = evhttp_find_header(evhttp_request_get_input_headers(request), name);

	snprintf(out, size, "%s", value != NULL ? value : "");
}

static void
far_on_request(struct evhttp_request *request, void *arg)
{
	struct evbuffer *in = evhttp_request_get_input_buffer(request), *out;
	struct far *far = arg;

	far->asked++;
	snprintf(far->path, sizeof(far->path), "%s", evhttp_request_get_uri(request));
	far_copy_header(request, "content-type", far->type, sizeof(far->type));
	far_copy_header(request, "webhook-id", far->id, sizeof(far->id));
	far_copy_header(request, "webhook-signature", far->signature, sizeof(far->signature));
	buf_reset(&far->heard);
	buf_add(&far->heard, evbuffer_pullup(in, -1), evbuffer_get_length(in));
	if (far->is_silent) {
		far->unanswered = request;
		return;
	}
	out = evbuffer_new();
	evbuffer_add_printf(out, "%s", far->echoes ? far->path : far->body);
	if (far->retry_after != NULL)
		evhttp_add_header(evhttp_request_get_output_headers(request), "Retry-After",
		    far->retry_after);
	evhttp_add_header(evhttp_request_get_output_headers(request), "Location",
	    "http://127.0.0.1:1/elsewhere");
	evhttp_send_reply(request, far->status, "as asked", out);
	evbuffer_free(out);
}

static void
far_on_watchdog(void *arg)
{
	(void)arg;
	fail_msg("a case did not end within 20 s");
}

static int
far_setup(void **state)
{
	struct far *far = calloc(1, sizeof(*far));
	struct evhttp_bound_socket *bound;
	struct sockaddr_in in;
	socklen_t len = sizeof(in);
	char text[1024];

	scene_stderr_begin(&far->captured);
	far->loop = loop_new();
	far->http = http_new(far->loop, &(struct http_options){ .user_agent = "test/1" });
	far->server = evhttp_new(loop_event_base(far->loop));
	evhttp_set_allowed_methods(far->server, EVHTTP_REQ_POST);
	bound = evhttp_bind_socket_with_handle(far->server, "127.0.0.1", 0);
	assert_non_null(bound);
	assert_int_equal(getsockname(evhttp_bound_socket_get_fd(bound), (struct sockaddr *)&in, &len),
	    0);
	far->port = ntohs(in.sin_port);
	evhttp_set_gencb(far->server, far_on_request, far);
	loop_timer_init(&far->watchdog, far->loop, far_on_watchdog, NULL);
	loop_timer_set(&far->watchdog, 20000);
	buf_init(&far->heard, 1 << 20);
	snprintf(text, sizeof(text), "receivers:\n"
	    "  - { name: chat, slack: { url: \"http://127.0.0.1:%u" HIDDEN_PATH "\" } }\n"
	    "  - { name: hook, webhook: { url: \"http://127.0.0.1:%u" HIDDEN_PATH "\", "
	    "secret: " SCENE_SECRET " } }\n"
	    "  - { name: closed, webhook: { url: \"http://127.0.0.1:1" HIDDEN_PATH "\" } }\n"
	    "  - { name: untrusted, webhook: { url: \"https://127.0.0.1:%u" HIDDEN_PATH "\" } }\n",
	    far->port, far->port, far->port);
	far->settings = scene_settings(text);
	far->status = 200;
	far->body = "ok";
	*state = far;
	return 0;
}

static int
far_teardown(void **state)
{
	struct far *far = *state;

	http_free(far->http);
	evhttp_free(far->server);
	loop_timer_stop(&far->watchdog);
	loop_free(far->loop);
	settings_free(far->settings);
	buf_done(&far->heard);
	scene_stderr_end(&far->captured);
	free(far);
	return 0;
}

static void
far_on_delivered(void *arg, const struct delivery_result *result)
{
	struct far *far = arg;

	far->runs++;
	far->result = *result;
	loop_stop(far->loop);
}

static struct delivery *
far_start(struct far *far, unsigned receiver)
{
	struct alert alert = scene_alert();
	const struct alert *alerts = &alert;

	far->runs = 0;
	return delivery_start(far->loop, far->http, &far->settings->notify.receivers[receiver], &alerts,
	    1, far_on_delivered, far);
}

static void
far_deliver(struct far *far, unsigned receiver)
{
	far_start(far, receiver);
	assert_int_equal(far->runs, 0);
	loop_run(far->loop);
	assert_int_equal(far->runs, 1);
	for (size_t i = 0; i < COUNT(scene_hidden); i++)
		assert_null(strstr(far->result.error, scene_hidden[i]));
}

static void
messages_arrive(void **state)
{
	struct far *far = *state;

	far_deliver(far, 0);
	assert_int_equal(far->result.outcome, DELIVERY_TAKEN);
	assert_string_equal(far->result.error, "");
	assert_string_equal(far->path, HIDDEN_PATH);
	assert_string_equal(far->type, "application/json");
	assert_string_equal(far->id, "");
	assert_string_equal(scene_at(buf_text(&far->heard), "blocks.0.text.text"),
	    "*CRITICAL: key 1234abcd of trail main is disabled*");
	far_deliver(far, 1);
	assert_int_equal(far->result.outcome, DELIVERY_TAKEN);
	assert_string_equal(far->id, SCENE_ID "-1767315845-1");
	assert_true(text_has_prefix(far->signature, "v1,"));
	assert_string_equal(scene_at(buf_text(&far->heard), "alerts.0.id"), SCENE_ID);
	assert_int_equal(far->asked, 2);
}

static void
each_answer_has_its_meaning(void **state)
{
	static const struct {
		unsigned		 receiver;
		int			 status;
		const char		*body, *retry_after;
		enum delivery_outcome	 outcome;
		int64_t			 retry_after_ms;
		const char		*error;
	} cases[] = {
		{ 0, 200, "ok", NULL, DELIVERY_TAKEN, 0, "" },
		{ 0, 200, "no_text", NULL, DELIVERY_REFUSED, 0, "status 200: no_text" },
		{ 0, 200, "", NULL, DELIVERY_REFUSED, 0, "status 200" },
		{ 0, 400, "invalid_payload", NULL, DELIVERY_REFUSED, 0, "status 400: invalid_payload" },
		{ 0, 404, "channel_not_found", NULL, DELIVERY_REFUSED, 0,
		    "status 404: channel_not_found" },
		{ 0, 410, "channel_is_archived", NULL, DELIVERY_REFUSED, 0,
		    "status 410: channel_is_archived" },
		{ 0, 400, "{\"id\":\"web.x\",\"message\":\"Couldn't find the channel.\"}", NULL,
		    DELIVERY_REFUSED, 0, "status 400: Couldn't find the channel." },
		{ 0, 429, "", "30", DELIVERY_FAILED, 30000, "status 429" },
		{ 0, 500, "rollup_error", NULL, DELIVERY_FAILED, 0, "status 500: rollup_error" },
		{ 1, 200, "", NULL, DELIVERY_TAKEN, 0, "" },
		{ 1, 202, "later", NULL, DELIVERY_TAKEN, 0, "" },
		{ 1, 302, "", NULL, DELIVERY_REFUSED, 0, "status 302" },
		{ 1, 401, "", NULL, DELIVERY_REFUSED, 0, "status 401" },
		{ 1, 408, "", NULL, DELIVERY_FAILED, 0, "status 408" },
		{ 1, 429, "", "soon", DELIVERY_FAILED, 0, "status 429" },
		{ 1, 503, "", "120", DELIVERY_FAILED, 120000, "status 503" },
		{ 1, 503, "", "99999999999", DELIVERY_FAILED, 0, "status 503" },
		{ 1, 599, "<h1>no</h1>", NULL, DELIVERY_FAILED, 0, "status 599" },
	};
	struct far *far = *state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		far->status = cases[i].status;
		far->body = cases[i].body;
		far->retry_after = cases[i].retry_after;
		far_deliver(far, cases[i].receiver);
		assert_string_equal(delivery_outcome_name(far->result.outcome),
		    delivery_outcome_name(cases[i].outcome));
		assert_int_equal(far->result.retry_after_ms, cases[i].retry_after_ms);
		assert_string_equal(far->result.error, cases[i].error);
	}
	assert_int_equal(far->asked, COUNT(cases));	/* no redirect was followed */
}

static void
no_connection_is_a_failure(void **state)
{
	struct far *far = *state;

	far_deliver(far, 2);
	assert_int_equal(far->result.outcome, DELIVERY_FAILED);
	assert_string_equal(far->result.error, "127.0.0.1:1: cannot connect: Connection refused");
	far_deliver(far, 3);
	assert_int_equal(far->result.outcome, DELIVERY_FAILED);
	assert_int_equal(far->asked, 0);
}

static void
echoes_are_not_shown(void **state)
{
	struct far *far = *state;

	far->echoes = true;
	far->status = 404;
	for (unsigned receiver = 0; receiver < 2; receiver++) {
		far_deliver(far, receiver);
		assert_string_equal(far->result.error, "status 404");
	}
}

static void
quotes_are_plain_words(void **state)
{
	static const char url[] = "https://chat.example.com" HIDDEN_PATH "?key=q1w2";
	static const struct {
		const char	*body, *quote;
	} cases[] = {
		{ "invalid_token", "invalid_token" },
		{ "  \n", "" },
		{ "no_service\r\n", "no_service" },
		{ "T0HIDDEN is unknown", "" },
		{ "t0hidden is unknown", "" },
		{ "no hook hookhidden0001", "" },
		{ "key q1w2 is bad", "" },
		{ "a.b c-d: e, f's", "a.b c-d: e, f's" },
		{ "a/b", "" }, { "a\x1b[1m", "" }, { "<b>", "" }, { "100%", "" }, { "\xc3\xa9", "" },
		{ "{\"message\":\"not here\"}", "not here" },
		{ "{\"message\":\"B0HIDDEN\"}", "" },
		{ "{\"message\":7}", "" }, { "{\"message\":null}", "" }, { "[]", "" },
		{ "0123456789012345678901234567890123456789012345678901234567890123456789"
		  "0123456789012345678901234567890", "" },
	};
	char out[128];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(delivery_quote(cases[i].body, strlen(cases[i].body), url, out,
		    sizeof(out)), cases[i].quote);
}

static void
a_message_that_is_too_large_is_refused(void **state)
{
	struct far *far = *state;
	struct alert alert = scene_alert();
	const struct alert *alerts = &alert;
	struct buf text;

	buf_init(&text, 4 << 20);
	while (text.len < (2 << 20))
		buf_adds(&text, "0123456789abcdef");
	alert.remediation = buf_text(&text);
	delivery_start(far->loop, far->http, &far->settings->notify.receivers[1], &alerts, 1,
	    far_on_delivered, far);
	loop_run(far->loop);
	assert_int_equal(far->result.outcome, DELIVERY_REFUSED);
	assert_int_equal(far->asked, 0);
	buf_done(&text);
}

static void
far_on_cancel(void *arg)
{
	struct far *far = ((void **)arg)[0];

	delivery_cancel(((void **)arg)[1]);
	loop_stop(far->loop);
}

static void
cancelled_ones_tell_nothing(void **state)
{
	struct far *far = *state;
	struct loop_timer cancel;
	void *what[2] = { far, NULL };

	delivery_cancel(NULL);
	delivery_cancel(far_start(far, 0));
	far->is_silent = true;
	what[1] = far_start(far, 0);
	loop_timer_init(&cancel, far->loop, far_on_cancel, what);
	loop_timer_set(&cancel, 100);
	loop_run(far->loop);
	assert_int_equal(far->asked, 1);
	assert_int_equal(far->runs, 0);
	assert_int_equal(http_counters(far->http)->in_flight, 0);
}

#define far_test(f)	cmocka_unit_test_setup_teardown(f, far_setup, far_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		far_test(messages_arrive),
		far_test(each_answer_has_its_meaning),
		far_test(no_connection_is_a_failure),
		far_test(echoes_are_not_shown),
		cmocka_unit_test(quotes_are_plain_words),
		far_test(a_message_that_is_too_large_is_refused),
		far_test(cancelled_ones_tell_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
