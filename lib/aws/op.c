/* SPDX-License-Identifier: Apache-2.0 */
/* The operations, services and limits of AWS that trailseal uses, as tables; see op.h. */
#include "aws/op.h"

#include <assert.h>

/* Caps of answers: several times the largest that AWS's own limits allow. */
#define OP_SMALL_BYTES	((size_t)64 * 1024)
#define OP_LARGE_BYTES	((size_t)1024 * 1024)	/* a key policy may have 128 K characters, escaped */

#define OP_EVENTS_BYTES	((size_t)16 * 1024 * 1024)	/* 50 records, usually of 2 K */

/* Ten messages of 1 MiB, escaped. */
#define OP_MESSAGES_BYTES	((size_t)32 * 1024 * 1024)

/* ReceiveMessage waits for 20 s, and then it answers. */
#define OP_RECEIVE_MS	40000

/* Pages of LookupEvents that took 35 s have been seen (re:Post). */
#define OP_EVENTS_MS	60000

#define OP(service, op)	.name = op, .full_name = service ":" op

#define OP_CLOUDTRAIL(op, bytes) { OP("cloudtrail", op), AWS_CLOUDTRAIL, AWS_JSON_1_1, "POST", "/", \
	AWS_QUOTA_CLOUDTRAIL_READ, .max_body_bytes = bytes }
#define OP_KMS(op, quota, bytes) { OP("kms", op), AWS_KMS, AWS_JSON_1_1, "POST", "/", \
	quota, .max_body_bytes = bytes }
#define OP_STS(op, unsigned_) { OP("sts", op), AWS_STS, AWS_QUERY, "POST", "/", \
	AWS_QUOTA_STS, .is_unsigned = unsigned_, .max_body_bytes = OP_SMALL_BYTES }
#define OP_ORGANIZATIONS(op) { OP("organizations", op), AWS_ORGANIZATIONS, AWS_JSON_1_1, "POST", \
	"/", AWS_QUOTA_ORGANIZATIONS, .max_body_bytes = OP_SMALL_BYTES }
#define OP_S3(op, method) { OP("s3", op), AWS_S3, AWS_REST_XML, method, "", \
	AWS_QUOTA_S3, .max_body_bytes = OP_SMALL_BYTES }

static const struct aws_op_row op_rows[AWS_OPS] = {
	[CLOUDTRAIL_DESCRIBE_TRAILS]     = OP_CLOUDTRAIL("DescribeTrails", OP_LARGE_BYTES),
	[CLOUDTRAIL_GET_TRAIL_STATUS]    = OP_CLOUDTRAIL("GetTrailStatus", OP_SMALL_BYTES),
	[CLOUDTRAIL_GET_EVENT_SELECTORS] = OP_CLOUDTRAIL("GetEventSelectors", OP_LARGE_BYTES),
	[CLOUDTRAIL_LOOKUP_EVENTS] = { OP("cloudtrail", "LookupEvents"), AWS_CLOUDTRAIL, AWS_JSON_1_1,
	    "POST", "/", AWS_QUOTA_LOOKUP_EVENTS, .max_body_bytes = OP_EVENTS_BYTES,
	    .attempt_ms = OP_EVENTS_MS },
	[KMS_DESCRIBE_KEY] = OP_KMS("DescribeKey", AWS_QUOTA_KMS_DESCRIBE_KEY, OP_SMALL_BYTES),
	[KMS_GET_KEY_POLICY] = OP_KMS("GetKeyPolicy", AWS_QUOTA_KMS_POLICY, OP_LARGE_BYTES),
	[KMS_GET_KEY_ROTATION_STATUS] =
	    OP_KMS("GetKeyRotationStatus", AWS_QUOTA_KMS_ROTATION, OP_SMALL_BYTES),
	[KMS_DESCRIBE_CUSTOM_KEY_STORES] =
	    OP_KMS("DescribeCustomKeyStores", AWS_QUOTA_KMS_STORES, OP_LARGE_BYTES),
	[STS_ASSUME_ROLE] = OP_STS("AssumeRole", false),
	[STS_ASSUME_ROLE_WITH_WEB_IDENTITY] = OP_STS("AssumeRoleWithWebIdentity", true),
	[STS_GET_CALLER_IDENTITY] = OP_STS("GetCallerIdentity", false),
	[ORGANIZATIONS_DESCRIBE_ORGANIZATION] = OP_ORGANIZATIONS("DescribeOrganization"),
	[ORGANIZATIONS_LIST_ACCOUNTS] = OP_ORGANIZATIONS("ListAccounts"),
	[ACCOUNT_LIST_REGIONS] = { OP("account", "ListRegions"), AWS_ACCOUNT, AWS_REST_JSON, "POST",
	    "/listRegions", AWS_QUOTA_ACCOUNT, .max_body_bytes = OP_SMALL_BYTES },
	[EC2_DESCRIBE_REGIONS] = { OP("ec2", "DescribeRegions"), AWS_EC2, AWS_QUERY, "POST", "/",
	    AWS_QUOTA_EC2, .max_body_bytes = OP_SMALL_BYTES },
	[S3_HEAD_BUCKET] = OP_S3("HeadBucket", "HEAD"),
	[S3_GET_BUCKET_POLICY] = OP_S3("GetBucketPolicy", "GET"),
	[SQS_RECEIVE_MESSAGE] = { OP("sqs", "ReceiveMessage"), AWS_SQS, AWS_JSON_1_0, "POST", "/",
	    AWS_QUOTA_SQS, .max_body_bytes = OP_MESSAGES_BYTES, .attempt_ms = OP_RECEIVE_MS,
	    .is_long_poll = true },
	[SQS_DELETE_MESSAGE_BATCH] = { OP("sqs", "DeleteMessageBatch"), AWS_SQS, AWS_JSON_1_0, "POST",
	    "/", AWS_QUOTA_SQS, .max_body_bytes = OP_SMALL_BYTES },
};

static const struct aws_service_row op_services[AWS_SERVICES] = {
	[AWS_CLOUDTRAIL]    = { "cloudtrail",
	    .target = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101" },
	[AWS_KMS]           = { "kms", .target = "TrentService" },
	[AWS_STS]           = { "sts", .version = "2011-06-15" },
	[AWS_ORGANIZATIONS] = { "organizations", .target = "AWSOrganizationsV20161128" },
	[AWS_ACCOUNT]       = { .name = "account" },
	[AWS_EC2]           = { "ec2", .version = "2016-11-15" },
	[AWS_S3]            = { .name = "s3" },
	[AWS_SQS]           = { "sqs", .target = "AmazonSQS" },
};

/* A burst of one second where AWS publishes a rate only; where it publishes none, a cautious guess. */
static const struct op_quota {
	const char	*name;
	double		 rate, burst;
} op_quotas[AWS_QUOTAS] = {
	[AWS_QUOTA_CLOUDTRAIL_READ]  = { "cloudtrail-read",  10,   10 },
	[AWS_QUOTA_LOOKUP_EVENTS]    = { "lookup-events",    2,    2 },
	[AWS_QUOTA_KMS_DESCRIBE_KEY] = { "kms-describe-key", 2000, 2000 },
	[AWS_QUOTA_KMS_POLICY]       = { "kms-policy",       1000, 1000 },
	[AWS_QUOTA_KMS_ROTATION]     = { "kms-rotation",     1000, 1000 },
	[AWS_QUOTA_KMS_STORES]       = { "kms-stores",       5,    5 },
	[AWS_QUOTA_STS]              = { "sts",              600,  600 },
	[AWS_QUOTA_ORGANIZATIONS]    = { "organizations",    4,    4 },		/* none published */
	[AWS_QUOTA_ACCOUNT]          = { "account",          5,    5 },
	[AWS_QUOTA_EC2]              = { "ec2",              10,   20 },	/* none published */
	[AWS_QUOTA_S3]               = { "s3",               50,   50 },	/* none published */
	[AWS_QUOTA_SQS]              = { "sqs",              200,  200 },	/* none worth the name */
};

const struct aws_op_row *
aws_op_row(enum aws_op op)
{
	assert(op > AWS_NONE && op < AWS_OPS && op_rows[op].name != NULL);
	return &op_rows[op];
}

const char *
aws_op_name(enum aws_op op)
{
	return aws_op_row(op)->full_name;
}

const struct aws_service_row *
aws_service_row(enum aws_service service)
{
	assert((unsigned)service < AWS_SERVICES && op_services[service].name != NULL);
	return &op_services[service];
}

const char *
aws_service_name(enum aws_service service)
{
	return aws_service_row(service)->name;
}

static const struct op_quota *
op_quota(enum aws_quota quota)
{
	assert((unsigned)quota < AWS_QUOTAS && op_quotas[quota].name != NULL);
	return &op_quotas[quota];
}

double
aws_quota_rate(enum aws_quota quota)
{
	return op_quota(quota)->rate;
}

double
aws_quota_burst(enum aws_quota quota)
{
	return op_quota(quota)->burst;
}

const char *
aws_quota_name(enum aws_quota quota)
{
	return op_quota(quota)->name;
}
