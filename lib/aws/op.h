/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The operations that trailseal asks of AWS, as one table: how each is spoken, and against which
 * of AWS's published limits it counts.
 */
#ifndef TRAILSEAL_AWS_OP_H
#define TRAILSEAL_AWS_OP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum aws_op {
	AWS_NONE = 0,
	CLOUDTRAIL_DESCRIBE_TRAILS,
	CLOUDTRAIL_GET_TRAIL_STATUS,
	CLOUDTRAIL_GET_EVENT_SELECTORS,
	CLOUDTRAIL_LOOKUP_EVENTS,
	KMS_DESCRIBE_KEY,
	KMS_GET_KEY_POLICY,
	KMS_GET_KEY_ROTATION_STATUS,
	KMS_DESCRIBE_CUSTOM_KEY_STORES,
	STS_ASSUME_ROLE,
	STS_ASSUME_ROLE_WITH_WEB_IDENTITY,
	STS_GET_CALLER_IDENTITY,
	ORGANIZATIONS_DESCRIBE_ORGANIZATION,
	ORGANIZATIONS_LIST_ACCOUNTS,
	ACCOUNT_LIST_REGIONS,
	EC2_DESCRIBE_REGIONS,
	S3_HEAD_BUCKET,
	S3_GET_BUCKET_POLICY,
	SQS_RECEIVE_MESSAGE,
	SQS_DELETE_MESSAGE_BATCH,
	AWS_OPS
};

enum aws_service {
	AWS_CLOUDTRAIL = 1, AWS_KMS, AWS_STS, AWS_ORGANIZATIONS, AWS_ACCOUNT, AWS_EC2, AWS_S3,
	AWS_SQS,
	AWS_SERVICES
};

enum aws_protocol {
	AWS_JSON_1_0 = 1,	/* as the next one, by another name: SQS */
	AWS_JSON_1_1,		/* POST /, X-Amz-Target */
	AWS_QUERY,		/* POST /, form in, XML out (STS, EC2) */
	AWS_REST_JSON,		/* POST with a path, JSON both ways */
	AWS_REST_XML,		/* S3: parameters in the URL; errors in XML */
};

/* Calls that share one of AWS's limits share one token bucket per account and region. */
enum aws_quota {
	AWS_QUOTA_CLOUDTRAIL_READ = 1, AWS_QUOTA_LOOKUP_EVENTS, AWS_QUOTA_KMS_DESCRIBE_KEY,
	AWS_QUOTA_KMS_POLICY, AWS_QUOTA_KMS_ROTATION, AWS_QUOTA_KMS_STORES, AWS_QUOTA_STS, AWS_QUOTA_ORGANIZATIONS,
	AWS_QUOTA_ACCOUNT, AWS_QUOTA_EC2, AWS_QUOTA_S3, AWS_QUOTA_SQS,
	AWS_QUOTAS
};

struct aws_op_row {
	const char		*name;		/* "DescribeTrails" */
	const char		*full_name;	/* "cloudtrail:DescribeTrails" */
	enum aws_service	 service;
	enum aws_protocol	 protocol;
	const char		*method;
	const char		*path;		/* "/" ; S3 builds its own */
	enum aws_quota		 quota;
	bool			 is_unsigned;
	size_t			 max_body_bytes;
	int64_t			 attempt_ms;	/* what one answer may take; 0: as others */
	bool			 is_long_poll;	/* AWS answers when it has something: takes no place among
						 * the calls in flight, and no connection from others */
};

const struct aws_op_row	*aws_op_row(enum aws_op);
const char		*aws_op_name(enum aws_op);	/* "cloudtrail:DescribeTrails" */

struct aws_service_row {
	const char	*name;		/* as signed: "cloudtrail" */
	const char	*target;	/* AWS_JSON_1_*: what stands before ".DescribeTrails" */
	const char	*version;	/* AWS_QUERY: of the API */
};

const struct aws_service_row	*aws_service_row(enum aws_service);
const char			*aws_service_name(enum aws_service);

/* AWS's published figures (aws-facts section 3) and what we use where there is none. */
double	aws_quota_rate(enum aws_quota);		/* a second, per account and region */
double	aws_quota_burst(enum aws_quota);
const char	*aws_quota_name(enum aws_quota);

#endif
