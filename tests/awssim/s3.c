/* SPDX-License-Identifier: Apache-2.0 */
/* S3: buckets, by path and by host name, and their policies. Objects do not exist. */
#include <stdlib.h>
#include <string.h>

#include "awssim/answer.h"
#include "awssim/bucket.h"
#include "base/mem.h"
#include "base/stamp.h"
#include "base/text.h"

#define S3_MAX_POLICY_BYTES	20480

/* What a method and a flag in the query ask for. */
static const struct {
	const char	*method, *flag;	/* NULL: none of the flags below */
	const char	*operation;
} s3_requests[] = {
	{ "GET", "location", "GetBucketLocation" },
	{ "GET", "policy", "GetBucketPolicy" },
	{ "PUT", "policy", "PutBucketPolicy" },
	{ "DELETE", "policy", "DeleteBucketPolicy" },
	{ "HEAD", NULL, "HeadBucket" },
	{ "PUT", NULL, "CreateBucket" },
	{ "DELETE", NULL, "DeleteBucket" },
};

void
bucket_delete(struct bucket *b, int64_t now_ms)
{
	if (b->is_deleted)
		return;
	b->is_deleted = true;
	b->broken_ms = now_ms;
	b->mended_ms = STAMP_UNKNOWN;
	b->has_made_policy = false;
	text_replace(&b->policy, NULL);
	policy_change(&b->policy_change, now_ms);
}

void
bucket_restore(struct bucket *b, int64_t now_ms)
{
	if (!b->is_deleted)
		return;
	b->is_deleted = false;
	b->mended_ms = now_ms;
}

/* The policy of AWS's guide for a bucket that takes trails of its account. */
void
bucket_add_policy(const struct bucket *b, struct buf *out)
{
	if (b->policy != NULL)
		buf_adds(out, b->policy);
	if (b->policy != NULL || !b->has_made_policy)
		return;
	buf_addf(out,
	    "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"AWSCloudTrailAclCheck20150319\","
	    "\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"cloudtrail.amazonaws.com\"},"
	    "\"Action\":\"s3:GetBucketAcl\",\"Resource\":\"arn:aws:s3:::%s\"},"
	    "{\"Sid\":\"AWSCloudTrailWrite20150319\",\"Effect\":\"Allow\","
	    "\"Principal\":{\"Service\":\"cloudtrail.amazonaws.com\"},\"Action\":\"s3:PutObject\","
	    "\"Resource\":\"arn:aws:s3:::%s/*\",\"Condition\":{\"StringEquals\":"
	    "{\"s3:x-amz-acl\":\"bucket-owner-full-control\"}}}]}",
	    b->name, b->name);
}

/* "bucket.s3.region.amazonaws.com" or "bucket.localhost"; NULL: the path names it. */
static const char *
s3_bucket_of_host(struct call *c)
{
	const char *host = call_header(c, "Host"), *end;

	if (host == NULL || text_has_prefix(host, "s3.") || text_has_prefix(host, "s3-"))
		return NULL;
	end = strstr(host, ".s3.");
	if (end == NULL)
		end = strstr(host, ".s3-");
	if (end == NULL)
		end = strstr(host, ".localhost");
	return end != NULL && end > host ? arena_strndup(c->arena, host, (size_t)(end - host))
					 : NULL;
}

/* Leaves in c->bucket the bucket's name; false when the path goes on to an object. */
static bool
s3_take_bucket(struct call *c)
{
	const char *path = c->path + (*c->path == '/'), *rest = path;
	size_t len;

	c->bucket = s3_bucket_of_host(c);
	if (c->bucket == NULL) {
		len = strcspn(path, "/");
		if (len > 0)
			c->bucket = arena_strndup(c->arena, path, len);
		rest = path + len + (path[len] == '/');
	}
	return *rest == '\0' && c->bucket != NULL && name_is_bucket(c->bucket);
}

void
s3_take_request(struct call *c, const char **ret_operation)
{
	const struct bucket *bucket;

	*ret_operation = NULL;
	if (c->query != NULL && !call_take_fields(c, c->query, strlen(c->query), false))
		return;
	if (!s3_take_bucket(c)) {
		c->bucket = NULL;
		return;
	}
	for (size_t i = 0; i < sizeof(s3_requests) / sizeof(s3_requests[0]); i++)
		if (strcmp(s3_requests[i].method, c->method) == 0 &&
		    (s3_requests[i].flag == NULL || call_field(c, s3_requests[i].flag) != NULL)) {
			*ret_operation = s3_requests[i].operation;
			break;
		}
	bucket = world_bucket(c->world, c->bucket);
	if (bucket != NULL && !bucket->is_deleted)
		answer_header(c, "x-amz-bucket-region", bucket->region->name);
}

/* Sends callers of the wrong region on; those of younger regions get an error instead. */
static void
s3_answer_elsewhere(struct call *c, const struct bucket *b)
{
	if (b->region->is_opt_in) {
		answer_error(c, 400, "AuthorizationHeaderMalformed",
		    "The authorization header is malformed; "
		    "the region '%s' is wrong; expecting '%s'",
		    c->region_name, b->region->name);
		c->answer.extra = arena_printf(c->arena, "<Region>%s</Region>", b->region->name);
		return;
	}
	answer_error(c, 301, "PermanentRedirect",
	    "The bucket you are attempting to access must be addressed "
	    "using the specified endpoint. Please send all future requests to this endpoint.");
	c->answer.extra = arena_printf(c->arena, "<Endpoint>%s.s3.%s.amazonaws.com</Endpoint>"
	    "<Bucket>%s</Bucket>", b->name, b->region->name, b->name);
}

/* The caller's own bucket; NULL when answered: none, another's, another region's. */
static struct bucket *
s3_bucket(struct call *c, bool from_anywhere)
{
	struct bucket *b = world_bucket(c->world, c->bucket);
	const char *owner = call_header(c, "x-amz-expected-bucket-owner");

	if (b == NULL || b->is_deleted) {
		answer_error(c, 404, "NoSuchBucket", "The specified bucket does not exist");
		c->answer.extra = arena_printf(c->arena, "<BucketName>%s</BucketName>", c->bucket);
		return NULL;
	}
	if (!from_anywhere && b->region != c->region) {
		s3_answer_elsewhere(c, b);
		return NULL;
	}
	call_about(c, "AWS::S3::Bucket", arena_printf(c->arena, "arn:aws:s3:::%s", b->name));
	if (b->account != c->account || (owner != NULL && strcmp(owner, b->account->id) != 0)) {
		answer_refuse(c, REFUSAL_DENIED, "Access Denied");
		return NULL;
	}
	return b;
}

static void
s3_head_bucket(struct call *c)
{
	if (s3_bucket(c, false) != NULL)
		answer_header(c, "x-amz-access-point-alias", "false");
}

static void
s3_get_location(struct call *c)
{
	const struct bucket *b = s3_bucket(c, true);

	if (b != NULL)
		buf_addf(c->answer.body,
		    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<LocationConstraint "
		    "xmlns=\"%s\">%s</LocationConstraint>",
		    c->service->xmlns,
		    strcmp(b->region->name, "us-east-1") == 0 ? "" : b->region->name);
}

static void
s3_get_policy(struct call *c)
{
	const struct bucket *b = s3_bucket(c, false);

	if (b == NULL)
		return;
	bucket_add_policy(b, c->answer.body);
	c->answer.content_type = "application/json";
	if (c->answer.body->len == 0) {
		c->answer.content_type = NULL;
		answer_error(c, 404, "NoSuchBucketPolicy", "The bucket policy does not exist");
		c->answer.extra = arena_printf(c->arena, "<BucketName>%s</BucketName>", b->name);
	}
}

static void
s3_put_policy(struct call *c)
{
	struct bucket *b = s3_bucket(c, false);
	const struct json *policy;
	struct err e;

	if (b == NULL)
		return;
	if (c->body_len == 0 || c->body_len > S3_MAX_POLICY_BYTES ||
	    json_parse(c->arena, c->body, c->body_len, &policy, &e) != 0 ||
	    policy->type != JSON_OBJECT) {
		answer_error(c, 400, "MalformedPolicy",
		    "Policies must be valid JSON and the first byte must be "
		    "'{'");
		return;
	}
	free(b->policy);
	b->policy = mem_strndup(c->body, c->body_len);
	policy_change(&b->policy_change, c->now_ms);
	c->answer.status = 204;
}

static void
s3_delete_policy(struct call *c)
{
	struct bucket *b = s3_bucket(c, false);

	if (b == NULL)
		return;
	text_replace(&b->policy, NULL);
	b->has_made_policy = false;
	policy_change(&b->policy_change, c->now_ms);
	c->answer.status = 204;
}

static void
s3_create_bucket(struct call *c)
{
	struct bucket *b = world_bucket(c->world, c->bucket);

	if (b != NULL && !b->is_deleted) {
		answer_error(c, 409,
		    b->account == c->account ? "BucketAlreadyOwnedByYou" : "BucketAlreadyExists",
		    "The requested bucket name is not available.");
		return;
	}
	if (b == NULL)
		b = world_add_bucket(c->world, c->account, c->region, c->bucket);
	bucket_restore(b, c->now_ms);
	b->account = c->account;
	b->region = c->region;
	call_about(c, "AWS::S3::Bucket", arena_printf(c->arena, "arn:aws:s3:::%s", b->name));
	answer_header(c, "Location", arena_printf(c->arena, "/%s", b->name));
}

static void
s3_delete_bucket(struct call *c)
{
	struct bucket *b = s3_bucket(c, false);

	if (b == NULL)
		return;
	bucket_delete(b, c->now_ms);
	c->answer.status = 204;
}

/* clang-format off */
const struct operation s3_operations[] = {
	{ "HeadBucket", s3_head_bucket, .is_read = true, .action = "s3:ListBucket" },
	OPERATION_READS("s3", GetBucketLocation, s3_get_location, NULL),
	OPERATION_READS("s3", GetBucketPolicy, s3_get_policy, NULL),
	OPERATION_CHANGES("s3", PutBucketPolicy, s3_put_policy, NULL),
	OPERATION_CHANGES("s3", DeleteBucketPolicy, s3_delete_policy, NULL),
	OPERATION_CHANGES("s3", CreateBucket, s3_create_bucket, NULL),
	OPERATION_CHANGES("s3", DeleteBucket, s3_delete_bucket, NULL),
	{ .name = NULL },
};
/* clang-format on */
