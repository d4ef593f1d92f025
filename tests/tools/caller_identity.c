/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints who AWS says we are, and whence the keys came: "ARN (source)". For the end-to-end test of
 * credentials. Usage: caller_identity [ROLE_ARN [EXTERNAL_ID]]
 */
#include <stdio.h>
#include <stdlib.h>

#include "aws/creds.h"
#include "loop/http.h"

struct asker {
	struct loop	*loop;
	struct aws	*aws;
	struct creds	*creds;
	char		 source[80];
	int		 status;
};

static void
asker_end(struct asker *a, const struct err *err)
{
	if (err != NULL) {
		fprintf(stderr, "%s: %s\n", err_kind_name(err->kind), err->text);
		a->status = 1;
	}
	loop_stop(a->loop);
}

static void
asker_on_identity(void *arg, const struct aws_reply *reply, const struct err *err)
{
	struct asker *a = arg;

	if (err == NULL)
		printf("%s (%s)\n", xml_find_text(reply->xml, "GetCallerIdentityResult/Arn"), a->source);
	asker_end(a, err);
}

static void
asker_on_keys(void *arg, struct aws_credentials *credentials, const struct err *err)
{
	struct asker *a = arg;
	const char *region = creds_ambient_region(a->creds);
	struct aws_request request = {
		.op = STS_GET_CALLER_IDENTITY,
		.account = "",
		.region = region != NULL ? region : "us-east-1",
		.credentials = credentials,
	};

	if (err != NULL) {
		asker_end(a, err);
		return;
	}
	snprintf(a->source, sizeof(a->source), "%s", credentials->source);
	aws_call_start(a->aws, &request, asker_on_identity, a);
}

int
main(int argc, char **argv)
{
	struct creds_role role = {
		.role_arn = argc > 1 ? argv[1] : NULL,
		.external_id = argc > 2 ? argv[2] : NULL,
	};
	struct http_options http_options = { .ca_file = getenv("AWS_CA_BUNDLE") };
	struct creds_options creds_options = { .session_name = NULL };
	struct aws_options aws_options = { .max_attempts = 0 };
	struct asker a = { .status = 0 };
	struct http *http;
	struct err err;

	secret_protect_process();
	if (aws_endpoint_options_read(&aws_options.endpoints, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		return 2;
	}
	a.loop = loop_new();
	http = http_new(a.loop, &http_options);
	a.aws = aws_new(a.loop, http, &aws_options);
	a.creds = creds_new(a.aws, &creds_options);
	creds_get(a.creds, &role, asker_on_keys, &a);
	loop_run(a.loop);
	creds_free(a.creds);
	aws_free(a.aws);
	http_free(http);
	loop_free(a.loop);
	return a.status;
}
