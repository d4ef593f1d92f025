/* SPDX-License-Identifier: Apache-2.0 */
/* Reads an answer of AWS; see answer.h. */
#include "aws/answer.h"

#include <string.h>

#include "aws/error.h"
#include "base/stamp.h"
#include "base/text.h"

#define ANSWER_HEADER_MAX	64

static int
answer_read_json(const struct http_reply *http, struct aws_reply *reply, struct err *err)
{
	const struct json *root;

	if (json_parse(reply->arena, http->body, http->body_len, &root, err) < 0)
		return -1;
	if (root->type != JSON_OBJECT)
		return err_set(err, ERR_MALFORMED, "a JSON %s where an object belongs",
		    json_type_name(root->type));
	reply->json = root;
	return 0;
}

/* The root must be that of this operation: a proxy's page may be good XML, too. */
static int
answer_read_xml(const struct http_reply *http, struct aws_reply *reply, struct err *err)
{
	const char *name = aws_op_row(reply->op)->name;
	const struct xml *root;

	if (xml_parse(reply->arena, http->body, http->body_len, &root, err) < 0)
		return -1;
	if (!text_has_prefix(root->name, name) || strcmp(root->name + strlen(name), "Response") != 0)
		return err_set(err, ERR_MALFORMED, "<%s> where <%sResponse> belongs", root->name, name);
	reply->xml = root;
	return 0;
}

/* Bucket policies are texts of their own, which whoever wrote them may have got wrong. */
static int
answer_read_rest_xml(const struct http_reply *http, struct aws_reply *reply, struct err *err)
{
	struct err ignored;

	(void)err;
	if (reply->op == S3_GET_BUCKET_POLICY)
		answer_read_json(http, reply, &ignored);
	return 0;
}

static int (*const answer_readers[])(const struct http_reply *, struct aws_reply *, struct err *) = {
	[AWS_JSON_1_0] = answer_read_json,
	[AWS_JSON_1_1] = answer_read_json,
	[AWS_QUERY] = answer_read_xml,
	[AWS_REST_JSON] = answer_read_json,
	[AWS_REST_XML] = answer_read_rest_xml,
};

/* Of an answer from the wrong region: by header, else in the error's body. */
static void
answer_find_bucket_region(const struct http_reply *http, struct aws_reply *reply)
{
	const struct xml *root;
	const char *region;
	struct err ignored;

	if (http_reply_header(http, "x-amz-bucket-region", reply->bucket_region,
	    sizeof(reply->bucket_region)) || reply->status / 100 == 2 ||
	    xml_parse(reply->arena, http->body, http->body_len, &root, &ignored) < 0)
		return;
	region = xml_find_text(root, "Region");
	if (region != NULL && strlen(region) < sizeof(reply->bucket_region))
		strcpy(reply->bucket_region, region);
}

static int
answer_read_body(const struct http_reply *http, struct aws_reply *reply, struct err *err)
{
	if (answer_readers[aws_op_row(reply->op)->protocol](http, reply, err) < 0)
		return err_prefix(err, "an answer that is not understood");
	return 0;
}

int
answer_read(enum aws_op op, const struct http_reply *http, struct arena *arena,
    struct aws_reply *ret, struct err *err)
{
	*ret = (struct aws_reply){
		.op = op,
		.status = http->status,
		.body = http->body,
		.body_len = http->body_len,
		.received_wall_ms = http->received_wall_ms,
		.arena = arena,
	};
	if (!http_reply_header(http, "x-amzn-requestid", ret->request_id, sizeof(ret->request_id)))
		http_reply_header(http, "x-amz-request-id", ret->request_id, sizeof(ret->request_id));
	if (aws_op_row(op)->service == AWS_S3)
		answer_find_bucket_region(http, ret);
	if (http->status / 100 != 2)
		return aws_error_read(op, http, err);
	return answer_read_body(http, ret, err);
}

bool
answer_clock_offset(const struct http_reply *http, int64_t *ret_offset_ms)
{
	char date[ANSWER_HEADER_MAX];
	int64_t wall_ms;

	if (!http_reply_header(http, "date", date, sizeof(date)) || !stamp_parse_http(date, &wall_ms))
		return false;
	*ret_offset_ms = wall_ms - (http->sent_wall_ms + http->received_wall_ms) / 2;
	return true;
}

/* The wait that a header asks for; anything that is not understood asks for none. */
static int64_t
answer_asked_wait(const struct http_reply *http)
{
	char text[ANSWER_HEADER_MAX];
	int64_t n;

	if (http_reply_header(http, "x-amz-retry-after", text, sizeof(text)))
		return text_to_i64(text, &n) ? n : 0;
	return http_reply_retry_after_ms(http);
}

int64_t
answer_retry_wait(const struct http_reply *http, int64_t wait_ms, int64_t most_ms)
{
	int64_t asked_ms = answer_asked_wait(http);

	asked_ms = asked_ms < most_ms ? asked_ms : most_ms;
	return asked_ms > wait_ms ? asked_ms : wait_ms;
}
