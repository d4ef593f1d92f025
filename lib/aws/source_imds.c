/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The metadata service of an EC2 instance: a session token, the name of the instance's role, its
 * keys. Version 2 alone: version 1 answers every request that reaches it, forged ones included,
 * and a monitor on a security host should neither need it nor keep it alive.
 */
#include "aws/source.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/crypto.h"
#include "base/log.h"
#include "base/names.h"
#include "base/stamp.h"
#include "base/text.h"

#define IMDS_HOST_4		"http://169.254.169.254"
#define IMDS_HOST_6		"http://[fd00:ec2::254]"
#define IMDS_ROLES_PATH		"/latest/meta-data/iam/security-credentials/"
#define IMDS_TIMEOUT_MS		1000
#define IMDS_ATTEMPTS		2	/* of each question */
#define IMDS_TOKEN_MS		(21595 * 1000)	/* for how long we use one that lives for 21600 s */
#define IMDS_MAX_BYTES		65535
#define IMDS_TOKEN_MAX_BYTES	4096
#define IMDS_RENEWED_MS		(5 * 60 * 1000)
#define IMDS_EXTEND_MS		(15 * 60 * 1000)
#define IMDS_JITTER_LEAST_MS	(2 * 60 * 1000)
#define IMDS_JITTER_MOST_MS	(10 * 60 * 1000)

enum imds_step { IMDS_TOKEN = 0, IMDS_ROLE, IMDS_KEYS, IMDS_STEPS };

struct source_imds_ask {
	struct source		 source;
	struct http_call	*call;		/* while it is under way */
	enum imds_step		 step;
	unsigned		 attempts;	/* of this step */
	bool			 token_renewed;	/* since a 401 */
	char			 host[512];	/* scheme, host and port, without a slash at the end */
	char			 role[65];	/* "" until it is known */
};

static int	imds_take_token(struct source_imds_ask *, const struct http_reply *, struct err *);
static int	imds_take_role(struct source_imds_ask *, const struct http_reply *, struct err *);
static int	imds_take_keys(struct source_imds_ask *, const struct http_reply *, struct err *);

static const struct imds_step_row {
	const char	*what;
	const char	*method;
	const char	*path;		/* the role's name follows once it is known */
	int		(*take)(struct source_imds_ask *, const struct http_reply *, struct err *);
} imds_steps[IMDS_STEPS] = {
	[IMDS_TOKEN] = { "token (IMDSv2)", "PUT", "/latest/api/token", imds_take_token },
	[IMDS_ROLE] = { "name of the role", "GET", IMDS_ROLES_PATH, imds_take_role },
	[IMDS_KEYS] = { "keys of the role", "GET", IMDS_ROLES_PATH, imds_take_keys },
};

static void	imds_ask(struct source_imds_ask *);

/* Goes to a step and asks its question. */
static void
imds_enter(struct source_imds_ask *ask, enum imds_step step)
{
	ask->step = step;
	ask->attempts = 0;
	imds_ask(ask);
}

static bool
imds_has_token(const struct sources *sources)
{
	return secret_is_set(&sources->imds_token) &&
	    loop_mono_ms(aws_loop(sources->aws)) < sources->imds_token_until_mono_ms;
}

static int
imds_take_token(struct source_imds_ask *ask, const struct http_reply *reply, struct err *err)
{
	struct sources *sources = ask->source.sources;

	if (reply->body_len == 0 || reply->body_len > IMDS_TOKEN_MAX_BYTES)
		return err_set(err, ERR_MALFORMED, "the answer is no token");
	for (size_t i = 0; i < reply->body_len; i++)
		if (reply->body[i] <= ' ' || reply->body[i] > '~')
			return err_set(err, ERR_MALFORMED, "the answer is no token");
	if (secret_set(&sources->imds_token, reply->body, reply->body_len, err) < 0)
		return -1;
	sources->imds_token_until_mono_ms = loop_mono_ms(aws_loop(sources->aws)) + IMDS_TOKEN_MS;
	imds_enter(ask, IMDS_ROLE);
	return 0;
}

/* An instance has one role; its name is the first line. */
static int
imds_take_role(struct source_imds_ask *ask, const struct http_reply *reply, struct err *err)
{
	struct name_part line = { reply->body, strcspn(reply->body, "\r\n") };

	if (!name_part_copy(line, ask->role, sizeof(ask->role)) || !name_is_role(ask->role))
		return err_set(err, ERR_MALFORMED, "the answer is no name of a role");
	imds_enter(ask, IMDS_KEYS);
	return 0;
}

/* A 200 may carry a refusal: {"Code": "AssumeRoleUnauthorizedAccess", "Message": ...}. */
static int
imds_check_code(const struct json *root, struct err *err)
{
	const char *code = NULL, *message = NULL;

	if (json_get_string(root, "Code", &code, err) < 0 ||
	    json_get_string(root, "Message", &message, err) < 0)
		return -1;
	if (code != NULL && strcmp(code, "Success") != 0)
		return err_set(err, ERR_REJECTED, "%s%s%s", code, message ? ": " : "",
		    message ? message : "");
	return 0;
}

/*
 * New keys are there at least five minutes before the old ones end. If they are not, the service
 * is in trouble and goes on giving the old ones, which AWS then goes on taking: so do we, for a
 * while at whose end not all instances ask at once.
 */
static void
imds_extend(struct source_imds_ask *ask, struct aws_credentials *c)
{
	int64_t now_wall_ms = aws_wall_ms(ask->source.sources->aws), extend_ms;
	uint32_t random;
	char was[STAMP_ISO_SIZE];

	if (c->expires_wall_ms == STAMP_UNKNOWN || c->expires_wall_ms - now_wall_ms > IMDS_RENEWED_MS)
		return;
	crypto_random(&random, sizeof(random));
	extend_ms = IMDS_EXTEND_MS + IMDS_JITTER_LEAST_MS +
	    random % (IMDS_JITTER_MOST_MS - IMDS_JITTER_LEAST_MS + 1);
	log_warning(NULL, "the instance metadata service gives no new keys: the old ones, good until %s, "
	    "are used for %d minutes more", stamp_format_iso(c->expires_wall_ms, was),
	    (int)(extend_ms / 60000));
	c->expires_wall_ms = now_wall_ms + extend_ms;
}

static int
imds_take_keys(struct source_imds_ask *ask, const struct http_reply *reply, struct err *err)
{
	struct aws_credentials *c;

	c = source_parse_keys(&ask->source, reply->body, reply->body_len, "Token", imds_check_code, err);
	if (c == NULL)
		return -1;
	imds_extend(ask, c);
	source_end(&ask->source, c, NULL);
	return 0;
}

static int
imds_take(struct source_imds_ask *ask, const struct http_reply *reply, struct err *err)
{
	if (reply->status == 404 && ask->step == IMDS_ROLE)
		return err_set(err, ERR_REJECTED, "the instance has no role");
	if (reply->status != 200)
		return err_set(err, reply->status >= 500 ? ERR_SERVER : ERR_REJECTED,
		    "the answer is HTTP %d", reply->status);
	return imds_steps[ask->step].take(ask, reply, err);
}

static void
imds_on_reply(void *arg, const struct http_reply *reply, const struct err *why)
{
	struct source_imds_ask *ask = arg;
	struct err err;

	ask->call = NULL;
	if (reply != NULL && reply->status == 401 && !ask->token_renewed) {
		/* Our token may have been forgotten, by a restored instance for example. */
		ask->token_renewed = true;
		secret_wipe(&ask->source.sources->imds_token);
		ask->role[0] = '\0';
		imds_enter(ask, IMDS_TOKEN);
		return;
	}
	if (reply != NULL && imds_take(ask, reply, &err) == 0)
		return;
	if (reply == NULL)
		err = *why;
	if (err_is_transient(err.kind) && ++ask->attempts < IMDS_ATTEMPTS) {
		imds_ask(ask);
		return;
	}
	err_prefix(&err, "%s", imds_steps[ask->step].what);
	source_end(&ask->source, NULL, &err);
}

static int
imds_find_host(char *host, size_t size, struct err *err)
{
	const char *url = source_env("AWS_EC2_METADATA_SERVICE_ENDPOINT");
	const char *mode = source_env("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE");
	size_t len;

	if (mode != NULL && strcasecmp(mode, "IPv4") != 0 && strcasecmp(mode, "IPv6") != 0)
		return err_set(err, ERR_CREDENTIALS,
		    "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE may be IPv4 or IPv6");
	if (url == NULL)
		url = mode != NULL && strcasecmp(mode, "IPv6") == 0 ? IMDS_HOST_6 : IMDS_HOST_4;
	len = strlen(url);
	while (len > 0 && url[len - 1] == '/')
		len--;
	if (!source_is_url(url) || !name_part_copy((struct name_part){ url, len }, host, size))
		return err_set(err, ERR_CREDENTIALS,
		    "AWS_EC2_METADATA_SERVICE_ENDPOINT is no http or https URL");
	return 0;
}

static void
imds_ask(struct source_imds_ask *ask)
{
	struct sources *sources = ask->source.sources;
	const struct imds_step_row *row = &imds_steps[ask->step];
	struct buf url, header;
	const char *headers[1];
	struct http_request request = {
		.method = row->method,
		.headers = headers,
		.header_count = 1,
		.connect_timeout_ms = IMDS_TIMEOUT_MS,
		.timeout_ms = IMDS_TIMEOUT_MS,
		.max_body_bytes = IMDS_MAX_BYTES,
		.reach = HTTP_REACH_METADATA,
	};

	buf_init(&url, AWS_URL_MAX);
	buf_addf(&url, "%s%s%s", ask->host, row->path, ask->role);
	buf_init(&header, IMDS_TOKEN_MAX_BYTES + 64);
	if (ask->step == IMDS_TOKEN)
		buf_adds(&header, "x-aws-ec2-metadata-token-ttl-seconds: 21600");
	else
		buf_addf(&header, "x-aws-ec2-metadata-token: %s", secret_text(&sources->imds_token));
	request.url = buf_text(&url);
	headers[0] = buf_text(&header);
	ask->call = http_send(aws_http(sources->aws), &request, imds_on_reply, ask);
	buf_done(&url);
	buf_wipe(&header);
}

static void
imds_begin(struct source *s)
{
	struct source_imds_ask *ask = (struct source_imds_ask *)s;
	const char *disabled = source_env("AWS_EC2_METADATA_DISABLED");
	struct err err;

	if (disabled != NULL && strcasecmp(disabled, "false") != 0)
		err_set(&err, ERR_CREDENTIALS, "AWS_EC2_METADATA_DISABLED is set");
	else if (imds_find_host(ask->host, sizeof(ask->host), &err) == 0) {
		imds_enter(ask, imds_has_token(s->sources) ? IMDS_ROLE : IMDS_TOKEN);
		return;
	}
	source_end(s, NULL, &err);
}

static void
imds_stop(struct source *s)
{
	struct source_imds_ask *ask = (struct source_imds_ask *)s;

	if (ask->call != NULL)
		http_cancel(ask->call);
}

const struct source_kind source_imds = {
	.name = "instance metadata",
	.size = sizeof(struct source_imds_ask),
	.begin = imds_begin,
	.stop = imds_stop,
};
