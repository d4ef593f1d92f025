/* SPDX-License-Identifier: Apache-2.0 */
/* A bare libcurl multi_socket loop; see bare.h. */
#include "bench/bare.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>
#include <event2/event.h>

#include "base/mem.h"

struct bare {
	struct event_base	*base;
	struct event		*timer;
	CURLM			*multi;
	struct curl_slist	*headers;
	CURL			**easy;		/* `handles` of them */
	unsigned		 handles;
	size_t			 to_send, good;
	unsigned		 running;
};

static size_t
bare_on_body(char *data, size_t size, size_t count, void *arg)
{
	(void)data;
	(void)arg;
	return size * count;
}

static void
bare_drain(struct bare *b)
{
	CURLMsg *msg;
	int left;

	while ((msg = curl_multi_info_read(b->multi, &left)) != NULL) {
		CURL *easy = msg->easy_handle;
		long status = 0;

		curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
		b->good += msg->data.result == CURLE_OK && status == 200;
		curl_multi_remove_handle(b->multi, easy);
		b->running--;
		if (b->to_send > 0) {
			b->to_send--;
			b->running++;
			curl_multi_add_handle(b->multi, easy);
		}
	}
	if (b->running == 0)
		event_base_loopbreak(b->base);
}

static void
bare_on_socket_event(evutil_socket_t fd, short what, void *arg)
{
	struct bare *b = arg;
	int running;

	curl_multi_socket_action(b->multi, fd,
	    (what & EV_READ ? CURL_CSELECT_IN : 0) | (what & EV_WRITE ? CURL_CSELECT_OUT : 0), &running);
	bare_drain(b);
}

static void
bare_on_timer_event(evutil_socket_t fd, short what, void *arg)
{
	struct bare *b = arg;
	int running;

	(void)fd;
	(void)what;
	curl_multi_socket_action(b->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	bare_drain(b);
}

static int
bare_on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *slot)
{
	struct bare *b = arg;
	struct event *event = slot;
	short wanted = (short)((what & CURL_POLL_IN ? EV_READ : 0) |
	    (what & CURL_POLL_OUT ? EV_WRITE : 0) | EV_PERSIST);

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		if (event != NULL)
			event_free(event);
		curl_multi_assign(b->multi, fd, NULL);
		return 0;
	}
	if (event == NULL) {
		event = event_new(b->base, fd, wanted, bare_on_socket_event, b);
		curl_multi_assign(b->multi, fd, event);
	} else {
		event_del(event);
		event_assign(event, b->base, fd, wanted, bare_on_socket_event, b);
	}
	event_add(event, NULL);
	return 0;
}

static int
bare_on_timer(CURLM *multi, long timeout_ms, void *arg)
{
	struct bare *b = arg;
	struct timeval tv = { timeout_ms / 1000, timeout_ms % 1000 * 1000 };

	(void)multi;
	if (timeout_ms < 0)
		evtimer_del(b->timer);
	else
		evtimer_add(b->timer, &tv);
	return 0;
}

static CURL *
bare_easy_new(struct bare *b, const struct bare_request *request)
{
	CURL *easy = curl_easy_init();

	assert(easy != NULL);
	curl_easy_setopt(easy, CURLOPT_URL, request->url);
	curl_easy_setopt(easy, CURLOPT_CAINFO, request->ca_file);
	curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, b->headers);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, bare_on_body);
	return easy;
}

struct bare *
bare_new(const struct bare_request *request)
{
	struct bare *b = mem_alloc(1, sizeof(*b));

	b->base = event_base_new();
	b->multi = curl_multi_init();
	assert(b->base != NULL && b->multi != NULL);
	b->timer = evtimer_new(b->base, bare_on_timer_event, b);
	curl_multi_setopt(b->multi, CURLMOPT_SOCKETFUNCTION, bare_on_socket);
	curl_multi_setopt(b->multi, CURLMOPT_SOCKETDATA, b);
	curl_multi_setopt(b->multi, CURLMOPT_TIMERFUNCTION, bare_on_timer);
	curl_multi_setopt(b->multi, CURLMOPT_TIMERDATA, b);
	curl_multi_setopt(b->multi, CURLMOPT_MAXCONNECTS, (long)request->parallel * 2);
	for (size_t i = 0; i < request->header_count; i++)
		b->headers = curl_slist_append(b->headers, request->headers[i]);
	b->handles = request->parallel;
	b->easy = mem_alloc(b->handles, sizeof(CURL *));
	for (unsigned i = 0; i < b->handles; i++)
		b->easy[i] = bare_easy_new(b, request);
	return b;
}

void
bare_free(struct bare *b)
{
	for (unsigned i = 0; i < b->handles; i++)
		curl_easy_cleanup(b->easy[i]);
	curl_multi_cleanup(b->multi);
	curl_slist_free_all(b->headers);
	event_free(b->timer);
	event_base_free(b->base);
	free(b->easy);
	free(b);
}

size_t
bare_run(struct bare *b, size_t count)
{
	b->good = 0;
	b->to_send = count;
	for (unsigned i = 0; i < b->handles && b->to_send > 0; i++) {
		b->to_send--;
		b->running++;
		curl_multi_add_handle(b->multi, b->easy[i]);
	}
	event_base_dispatch(b->base);
	return b->good;
}
