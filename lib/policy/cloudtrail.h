/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What CloudTrail asks of a key and of a bucket, as far as it is known from outside, and whether a
 * policy lets it. The trail's ARN names its home region; that of an organization trail names the
 * management account.
 */
#ifndef TRAILSEAL_POLICY_CLOUDTRAIL_H
#define TRAILSEAL_POLICY_CLOUDTRAIL_H

#include "base/buf.h"
#include "policy/policy.h"

enum policy_use {
	POLICY_GENERATE_DATA_KEY,	/* of the trail's key, at each delivery */
	POLICY_DESCRIBE_KEY,		/* of the trail's key */
	POLICY_DECRYPT,			/* only to set up a trail on an S3 Bucket Key */
	POLICY_PUT_OBJECT,		/* into the trail's bucket */
	POLICY_GET_BUCKET_ACL,
	POLICY_USES
};

#define POLICY_KEY_USES	3	/* the first ones */

const char	*policy_use_name(enum policy_use);	/* "GenerateDataKey" */

/*
 * One request. `resource` is the ARN of the key; for PUT_OBJECT the ARN that all the objects begin
 * with ("arn:aws:s3:::BUCKET/PREFIX/AWSLogs/ACCOUNT/"); for GET_BUCKET_ACL that of the bucket.
 * ERR_USAGE when an ARN is none. Texts of the request are the caller's and the arena's.
 */
int	policy_request_init(struct arena *, enum policy_use, const char *resource,
	    const char *trail_arn, struct policy_request *ret_request, struct err *);

/* What a policy says to the uses that were asked; the others are 0. */
struct policy_judgement {
	enum policy_verdict	 of[POLICY_USES];
	enum policy_verdict	 verdict;	/* of all that CloudTrail cannot do without */
	unsigned		 statement;	/* that decided the verdict; 0: none did */
	bool			 is_policy;	/* false: none, all is indeterminate */
	const char		*why;		/* one sentence, in the arena */
	const char		*why_of[POLICY_USES];
};

/* A key's policy for one trail. Fails with ERR_USAGE only: a text that is no policy is judged. */
int	policy_judge_key(struct arena *, const char *text, size_t len, const char *key_arn,
	    const char *trail_arn, struct policy_judgement *ret_judgement, struct err *);

/*
 * A bucket's policy for one trail. `folder` is where the logs go, with a slash at its end and none
 * before: "PREFIX/AWSLogs/ACCOUNT/"; an organization trail has two, "AWSLogs/ACCOUNT/" of the
 * management account and "AWSLogs/ORGANIZATION/".
 */
int	policy_judge_bucket(struct arena *, const char *text, size_t len, const char *bucket,
	    const char *folder, const char *trail_arn, struct policy_judgement *ret_judgement,
	    struct err *);

/*
 * What a change of a policy gave to CloudTrail or took from it, in one sentence in the arena, or
 * NULL when it changed no verdict. Both judgements are about the same uses.
 */
const char	*policy_describe_change(struct arena *, const struct policy_judgement *before,
		    const struct policy_judgement *after);

/*
 * A small policy for a key: its account administers it, and CloudTrail may use it for these trails
 * and for no other. Added to `out` as indented JSON; policy_judge_key() finds it allowed.
 * ERR_USAGE when an ARN is none.
 */
int	policy_suggest(const char *key_arn, const char *const *trail_arns, size_t count,
	    struct buf *out, struct err *);

#endif
