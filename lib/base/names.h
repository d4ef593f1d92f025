/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The names that AWS gives to things: ARNs, account ids, regions, trails, buckets. Forms only;
 * whether the thing exists is not known here.
 */
#ifndef TRAILSEAL_BASE_NAMES_H
#define TRAILSEAL_BASE_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#define NAME_ACCOUNT_MAX	13	/* 12 digits and a NUL; text, as ids may begin with 0 */
#define NAME_REGION_MAX		32

/* A view into the text it was parsed from: nothing here is NUL-terminated or owned. */
struct name_part {
	const char	*text;
	size_t		 len;
};

/* arn:partition:service:region:account:resource, where the resource keeps its own colons. */
struct arn {
	struct name_part	partition, service, region, account, resource;
};

/* False unless there are six fields, "arn", and a partition, service and resource. */
bool	arn_parse(const char *text, struct arn *ret_arn);

/* An ARN of a CloudTrail trail, with region, account and "trail/NAME". */
bool	arn_parse_trail(const char *text, struct arn *ret_arn);

/* An ARN of a KMS key, with region, account and "key/ID" (aliases are not keys). */
bool	arn_parse_key(const char *text, struct arn *ret_arn);

/* An ARN of an IAM role, "role/[PATH/]NAME". */
bool	arn_parse_role(const char *text, struct arn *ret_arn);

/*
 * The partition of a region, by how its name begins, so that regions of the future are known: what
 * no other partition claims counts as "aws".
 */
const char	*name_partition(const char *region);

bool	name_is_account(const char *);	/* 12 digits */
bool	name_is_region(const char *);	/* "us-east-1": lower case words, a number at the end */
bool	name_is_bucket(const char *);	/* 3 to 255 of the characters of old and new bucket names */
bool	name_is_role(const char *);	/* 1 to 64 of A-Za-z0-9_+=,.@- */
bool	name_is_external_id(const char *);	/* 2 to 1224 of A-Za-z0-9_+=,.@:/- (STS AssumeRole) */

/* What follows the last '/' of a part: the name of a trail, the id of a key. */
struct name_part	name_after_slash(struct name_part);

bool	name_part_is(struct name_part, const char *);

/* Copies a part; false (and "" in `out`) when it does not fit. */
bool	name_part_copy(struct name_part, char *out, size_t size);

#endif
