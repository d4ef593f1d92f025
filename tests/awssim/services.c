/* SPDX-License-Identifier: Apache-2.0 */
/* The services and how each is spoken to. A new one is a row here and a file of operations. */
#include "awssim/call.h"

#define JSON_1_0	"application/x-amz-json-1.0"
#define JSON_1_1	"application/x-amz-json-1.1"

/* clang-format off */
const struct service services[] = {
	{ .name = "cloudtrail", .protocol = PROTOCOL_JSON, .content_type = JSON_1_1,
	  .target = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.",
	  .operations = cloudtrail_operations },
	{ .name = "cloudtrail", .protocol = PROTOCOL_JSON, .content_type = JSON_1_1,
	  .target = "CloudTrail_20131101.", .operations = cloudtrail_operations },
	{ .name = "kms", .protocol = PROTOCOL_JSON, .content_type = JSON_1_1,
	  .target = "TrentService.", .operations = kms_operations },
	{ .name = "sts", .protocol = PROTOCOL_QUERY, .content_type = "text/xml",
	  .xmlns = "https://sts.amazonaws.com/doc/2011-06-15/", .operations = sts_operations },
	{ .name = "organizations", .protocol = PROTOCOL_JSON, .content_type = JSON_1_1,
	  .target = "AWSOrganizationsV20161128.", .throttled = "TooManyRequestsException",
	  .only_region = "us-east-1", .operations = organizations_operations },
	{ .name = "account", .protocol = PROTOCOL_REST_JSON, .content_type = "application/json",
	  .only_region = "us-east-1", .operations = account_operations },
	{ .name = "ec2", .protocol = PROTOCOL_EC2, .content_type = "text/xml;charset=UTF-8",
	  .xmlns = "http://ec2.amazonaws.com/doc/2016-11-15/", .operations = ec2_operations },
	{ .name = "s3", .protocol = PROTOCOL_S3, .content_type = "application/xml",
	  .xmlns = "http://s3.amazonaws.com/doc/2006-03-01/", .operations = s3_operations },
	{ .name = "sqs", .protocol = PROTOCOL_JSON, .content_type = JSON_1_0,
	  .target = "AmazonSQS.", .operations = sqs_operations },
	{ .name = "metadata", .protocol = PROTOCOL_PLAIN, .content_type = "text/plain",
	  .operations = metadata_operations },
	{ .name = "container", .protocol = PROTOCOL_PLAIN, .content_type = "application/json",
	  .operations = container_operations },
	{ .name = NULL },
};
/* clang-format on */
