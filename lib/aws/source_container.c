/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The endpoint that ECS and EKS give to a container. Plain http is for loopback and the fixed
 * metadata addresses alone: the HTTP client holds the connected address to that.
 */
#include "aws/source.h"

#include "base/buf.h"

#define SOURCE_CONTAINER_HOST		"http://169.254.170.2"
#define SOURCE_CONTAINER_TIMEOUT_MS	2000
#define SOURCE_CONTAINER_ATTEMPTS	3
#define SOURCE_CONTAINER_PAUSE_MS	1000
#define SOURCE_CONTAINER_MAX_BYTES	10000
#define SOURCE_CONTAINER_MAX_HEADER	32768

struct source_container_ask {
	struct source		 source;
	struct http_call	*call;		/* while it is under way */
	unsigned		 attempts;
};

/* RELATIVE_URI wins. */
static int
source_container_url(struct buf *url, struct err *err)
{
	const char *relative = source_env("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
	const char *full = source_env("AWS_CONTAINER_CREDENTIALS_FULL_URI");

	if (relative == NULL && full == NULL)
		return err_set(err, ERR_CREDENTIALS, "neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor "
		    "AWS_CONTAINER_CREDENTIALS_FULL_URI is set");
	if (relative != NULL && (*relative != '/' || !source_is_visible(relative)))
		return err_set(err, ERR_CREDENTIALS,
		    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is no path that begins with /");
	if (relative == NULL && !source_is_url(full))
		return err_set(err, ERR_CREDENTIALS,
		    "AWS_CONTAINER_CREDENTIALS_FULL_URI is no http or https URL");
	buf_addf(url, "%s%s", relative != NULL ? SOURCE_CONTAINER_HOST : "",
	    relative != NULL ? relative : full);
	return 0;
}

/* The token of the file is read anew each time, since it changes; it wins over the variable's. */
static int
source_container_authorization(struct arena *arena, struct buf *header, struct err *err)
{
	const char *file = source_env("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
	const char *token = source_env("AWS_CONTAINER_AUTHORIZATION_TOKEN");

	if (file != NULL && source_read_token(arena, file, &token, err) < 0)
		return -1;
	if (token == NULL)
		return 0;
	if (!source_is_line(token))
		return err_set(err, ERR_CREDENTIALS,
		    "AWS_CONTAINER_AUTHORIZATION_TOKEN has more than one line");
	buf_addf(header, "Authorization: %s", token);
	return 0;
}

static void
source_container_on_reply(void *arg, const struct http_reply *reply, const struct err *why)
{
	struct source_container_ask *ask = arg;
	struct aws_credentials *c = NULL;
	struct err err;

	ask->call = NULL;
	if (reply == NULL)
		err = *why;
	else if (reply->status != 200)
		err_set(&err, reply->status >= 500 ? ERR_SERVER : ERR_REJECTED, "its answer is HTTP %d",
		    reply->status);
	else
		c = source_parse_keys(&ask->source, reply->body, reply->body_len, "Token", NULL,
		    &err);
	if (c == NULL && ++ask->attempts < SOURCE_CONTAINER_ATTEMPTS)
		source_again(&ask->source, SOURCE_CONTAINER_PAUSE_MS);
	else
		source_end(&ask->source, c, &err);
}

static void
source_container_send(struct source_container_ask *ask, const char *url, const char *authorization)
{
	const char *const headers[] = { "Accept: application/json", authorization };
	struct http_request request = {
		.method = "GET",
		.url = url,
		.headers = headers,
		.header_count = *authorization != '\0' ? 2 : 1,
		.connect_timeout_ms = SOURCE_CONTAINER_TIMEOUT_MS,
		.timeout_ms = SOURCE_CONTAINER_TIMEOUT_MS,
		.max_body_bytes = SOURCE_CONTAINER_MAX_BYTES,
		.reach = HTTP_REACH_METADATA,
	};

	ask->call = http_send(aws_http(ask->source.sources->aws), &request,
	    source_container_on_reply, ask);
}

static void
source_container_begin(struct source *s)
{
	struct arena *arena = arena_new();
	struct buf url, authorization;
	struct err err;

	buf_init(&url, SOURCE_CONTAINER_MAX_HEADER);
	buf_init(&authorization, SOURCE_CONTAINER_MAX_HEADER);
	if (source_container_url(&url, &err) < 0 ||
	    source_container_authorization(arena, &authorization, &err) < 0)
		source_end(s, NULL, &err);
	else
		source_container_send((struct source_container_ask *)s, buf_text(&url),
		    buf_text(&authorization));
	buf_done(&url);
	buf_wipe(&authorization);
	arena_wipe(arena);
}

static void
source_container_stop(struct source *s)
{
	struct source_container_ask *ask = (struct source_container_ask *)s;

	if (ask->call != NULL)
		http_cancel(ask->call);
}

const struct source_kind source_container = {
	.name = "container",
	.size = sizeof(struct source_container_ask),
	.begin = source_container_begin,
	.stop = source_container_stop,
};
