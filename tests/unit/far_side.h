/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of credentials have in common: a virtual loop, AWS and the metadata services as
 * one function, a folder for files, and an asker who remembers the answer.
 */
#ifndef UNIT_FAR_SIDE_H
#define UNIT_FAR_SIDE_H

#include <assert.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "aws/creds.h"
#include "base/stamp.h"

#define FAR_WALL_MS	INT64_C(1767323045000)	/* 2026-01-02T03:04:05Z */
#define FAR_ID		"AKIAIOSFODNN7EXAMPLE"
#define FAR_SECRET	"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
#define FAR_TOKEN	"AQoEXAMPLEH4aoAH0gNCAPyJxz4BlCFFxWNE1OPTgk5TthT"

struct far_side {
	struct loop	*loop;
	struct http	*http;
	struct aws	*aws;
	struct creds	*creds;
	char		 folder[64];
	/* What AWS and the metadata service were asked. */
	unsigned	 calls;			/* in all */
	unsigned	 sessions;		/* STS gave */
	unsigned	 refusals;		/* STS gave */
	unsigned	 imds_tokens;		/* the instance gave */
	char		 url[512], body[4096], headers[4096];	/* of the newest question */
	char		 urls[4096];		/* of all, one a line */
	/* What they answer. */
	const char	*sts_code;		/* refuse with this code, or NULL */
	int		 sts_status;		/* and this status */
	const char	*sts_message;		/* and this message, or NULL: any */
	const char	*sts_refuse_id;		/* refuse only what this key signs, or NULL: all */
	const char	*sts_answer;		/* instead of a session, or NULL */
	int64_t		 delay_ms;
	int		 metadata_status;	/* 0: 200 */
	const char	*metadata_body;		/* of containers, and the keys of instances */
	const char	*role_name;		/* of the instance */
	int		 silent;		/* so many questions get no answer */
	const char	*imds_token;		/* that is taken now */
	char		 answer[8192];
	/* What the asker got. */
	unsigned	 answers;
	uint64_t	 id;
	char		 key[64], token[128], source[80];
	int64_t		 expires_wall_ms;
	bool		 is_role_session;
	struct err	 err;
};

/* The value of a form's field, as it stands there. */
static inline const char *
far_form(const struct far_side *f, const char *name)
{
	static char value[1024];
	char pattern[64];
	const char *p = f->body;
	size_t len = (size_t)snprintf(pattern, sizeof(pattern), "%s=", name);

	value[0] = '\0';
	for (; p != NULL; p = strchr(p, '&')) {
		p += *p == '&';
		if (strncmp(p, pattern, len) == 0) {
			snprintf(value, sizeof(value), "%.*s", (int)strcspn(p + len, "&"), p + len);
			break;
		}
	}
	return value;
}

static inline void
far_answer_sts(struct far_side *f, struct http_reply *reply)
{
	const char *op = far_form(f, "Action")[0] && strcmp(far_form(f, "Action"), "AssumeRole") == 0 ?
	    "AssumeRole" : "AssumeRoleWithWebIdentity";
	char until[STAMP_ISO_SIZE];

	if (f->sts_code != NULL &&
	    (f->sts_refuse_id == NULL || strstr(f->headers, f->sts_refuse_id) != NULL)) {
		f->refusals++;
		reply->status = f->sts_status ? f->sts_status : 403;
		snprintf(f->answer, sizeof(f->answer), "<ErrorResponse><Error><Type>Sender</Type><Code>%s"
		    "</Code><Message>%s</Message></Error><RequestId>r</RequestId></ErrorResponse>",
		    f->sts_code, f->sts_message ? f->sts_message : "no");
	} else if (f->sts_answer != NULL) {
		snprintf(f->answer, sizeof(f->answer), "%s", f->sts_answer);
	} else {
		int64_t seconds = atoi(far_form(f, "DurationSeconds"));

		f->sessions++;
		stamp_format_iso(loop_wall_ms(f->loop) + seconds * 1000, until);
		snprintf(f->answer, sizeof(f->answer), "<%sResponse><%sResult><Credentials>"
		    "<AccessKeyId>ASIAEXAMPLE%u</AccessKeyId><SecretAccessKey>" FAR_SECRET
		    "</SecretAccessKey><SessionToken>" FAR_TOKEN "</SessionToken><Expiration>%s"
		    "</Expiration></Credentials></%sResult></%sResponse>", op, op, f->sessions, until, op,
		    op);
	}
	reply->body = f->answer;
	reply->body_len = strlen(f->answer);
}

static inline void
far_answer_metadata(struct far_side *f, const struct http_request *q, struct http_reply *reply)
{
	char wanted[128];

	reply->status = f->metadata_status ? f->metadata_status : 200;
	reply->body = f->metadata_body;
	if (strstr(q->url, "/latest/api/token") != NULL) {
		assert_string_equal(q->method, "PUT");
		assert_non_null(strstr(f->headers, "x-aws-ec2-metadata-token-ttl-seconds: 21600"));
		f->imds_tokens++;
		reply->body = f->imds_token;
	} else if (strstr(q->url, "/latest/meta-data/") != NULL) {
		snprintf(wanted, sizeof(wanted), "x-aws-ec2-metadata-token: %s\n", f->imds_token);
		if (strstr(f->headers, wanted) == NULL)
			reply->status = 401;
		else if (q->url[strlen(q->url) - 1] == '/')
			reply->body = f->role_name;
	}
	reply->body_len = strlen(reply->body);
}

static inline int
far_stub(void *arg, const struct http_request *q, struct http_reply *reply, int64_t *ret_delay_ms,
    struct err *err)
{
	struct far_side *f = arg;
	size_t used = 0;

	(void)err;
	f->calls++;
	snprintf(f->url, sizeof(f->url), "%s", q->url);
	snprintf(f->urls + strlen(f->urls), sizeof(f->urls) - strlen(f->urls), "%s\n", q->url);
	snprintf(f->body, sizeof(f->body), "%.*s", (int)q->body_len, q->body ? q->body : "");
	f->headers[0] = '\0';
	for (size_t i = 0; i < q->header_count; i++)
		used += (size_t)snprintf(f->headers + used, sizeof(f->headers) - used, "%s\n",
		    q->headers[i]);
	*ret_delay_ms = f->delay_ms;
	if (f->silent > 0) {
		f->silent--;
		return 1;
	}
	reply->status = 200;
	if (strstr(q->url, "://sts.") != NULL)
		far_answer_sts(f, reply);
	else
		far_answer_metadata(f, q, reply);
	return 0;
}

/* All that could come from the one who runs the test, or from the test before. */
static inline void
far_clean_environment(void)
{
	static const char *const names[] = {
		"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE",
		"AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_REGION", "AWS_DEFAULT_REGION",
		"AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_SESSION_NAME",
		"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
		"AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
		"AWS_EC2_METADATA_DISABLED", "AWS_EC2_METADATA_SERVICE_ENDPOINT",
		"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		unsetenv(names[i]);
}

static inline void
far_use_keys(void)
{
	setenv("AWS_ACCESS_KEY_ID", FAR_ID, 1);
	setenv("AWS_SECRET_ACCESS_KEY", FAR_SECRET, 1);
}

/* Writes a file in the test's folder; returns its path, which the next call overwrites. */
static inline const char *
far_write(struct far_side *f, const char *name, const char *text)
{
	static char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", f->folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
	return path;
}

static inline void
far_begin_on(struct far_side *f, struct loop *loop, const struct creds_options *options)
{
	static const struct creds_options none = { .session_name = NULL };
	struct aws_options aws = { .max_attempts = 0 };

	f->loop = loop;
	f->imds_token = "token-1";
	f->metadata_body = "";
	f->http = http_new_stub(loop, far_stub, f);
	f->aws = aws_new(loop, f->http, &aws);
	f->creds = creds_new(f->aws, options ? options : &none);
}

/* The environment and the files must stand already. */
static inline void
far_begin(struct far_side *f, const struct creds_options *options)
{
	far_begin_on(f, loop_new_virtual(FAR_WALL_MS), options);
}

static inline void
far_end(struct far_side *f)
{
	creds_free(f->creds);
	f->creds = NULL;
	aws_free(f->aws);
	http_free(f->http);
	loop_free(f->loop);
}

static inline void
far_on_answer(void *arg, struct aws_credentials *c, const struct err *err)
{
	struct far_side *f = arg;

	f->answers++;
	f->err = (struct err){ .kind = ERR_NONE };
	f->id = 0;
	f->key[0] = '\0';
	if (c == NULL) {
		f->err = *err;
	} else {
		assert_null(err);
		f->id = c->id;
		snprintf(f->key, sizeof(f->key), "%s", secret_text(&c->access_key_id));
		snprintf(f->token, sizeof(f->token), "%s", secret_text(&c->session_token));
		snprintf(f->source, sizeof(f->source), "%s", c->source);
		f->expires_wall_ms = c->expires_wall_ms;
		f->is_role_session = c->is_role_session;
	}
	loop_stop(f->loop);
}

/* Asks, and runs until the answer is there. True when there are keys. */
static inline bool
far_get(struct far_side *f, const char *role_arn, const char *external_id)
{
	struct creds_role role = { .role_arn = role_arn, .external_id = external_id };
	unsigned before = f->answers;

	assert_non_null(creds_get(f->creds, &role, far_on_answer, f));
	assert_int_equal(f->answers, before);	/* never within the call */
	loop_run(f->loop);
	assert_int_equal(f->answers, before + 1);
	assert_null(strstr(f->err.text, FAR_SECRET));
	assert_null(strstr(f->err.text, FAR_TOKEN));
	return f->err.kind == ERR_NONE;
}

static inline bool
far_get_ambient(struct far_side *f)
{
	return far_get(f, NULL, NULL);
}

static inline void
far_on_time(void *arg)
{
	loop_stop(arg);
}

static inline void
far_pass(struct far_side *f, int64_t ms)
{
	struct loop_timer timer;

	loop_timer_init(&timer, f->loop, far_on_time, f->loop);
	loop_timer_set(&timer, ms);
	loop_run(f->loop);
	assert_false(loop_timer_is_set(&timer));
}

/* cmocka's set-up and tear-down: an empty environment, a folder, whatever the test's outcome. */
static inline int
far_setup(void **state)
{
	struct far_side *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return -1;
	far_clean_environment();
	setenv("AWS_EC2_METADATA_DISABLED", "true", 1);
	strcpy(f->folder, "/tmp/trailseal-creds-XXXXXX");
	if (mkdtemp(f->folder) == NULL)
		return -1;
	setenv("HOME", f->folder, 1);
	*state = f;
	return 0;
}

static inline int
far_teardown(void **state)
{
	static const char *const files[] = {
		".aws/config", ".aws/credentials", ".aws", "config", "credentials", "token", "script", "out",
	};
	struct far_side *f = *state;
	char path[128];

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		snprintf(path, sizeof(path), "%s/%s", f->folder, files[i]);
		remove(path);
	}
	if (rmdir(f->folder) < 0)
		return -1;
	free(f);
	far_clean_environment();
	return 0;
}

#endif
