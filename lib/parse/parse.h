/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AWS's answers to the model, one function per operation. Pure. Strict in what it believes:
 * a member of the wrong type, an ARN that is none, a list that is too long make the answer
 * ERR_MALFORMED as a whole. Lenient in what does not matter: unknown members and explicit nulls.
 * Results and their texts live in the arena.
 */
#ifndef TRAILSEAL_PARSE_PARSE_H
#define TRAILSEAL_PARSE_PARSE_H

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "model/account.h"
#include "model/bucket.h"
#include "model/key.h"
#include "model/trail.h"
#include "wire/json.h"
#include "wire/xml.h"

#define PARSE_TRAILS_MAX	1000	/* in one answer; AWS allows 5 in a region, with shadows more */
#define PARSE_ACCOUNTS_MAX	100	/* in one page */
#define PARSE_REGIONS_MAX	200
#define PARSE_STORES_MAX	1000
#define PARSE_TEXT_MAX		4096	/* bytes of one text */
#define PARSE_POLICY_MAX	131072	/* bytes; KMS allows a quarter of it */

/*
 * cloudtrail:DescribeTrails. A KmsKeyId that is a bare key id or alias, as some emulators answer,
 * is made an ARN in the trail's home region and account, where CloudTrail resolves one.
 */
int	parse_describe_trails(struct arena *, const struct json *, const struct trail **ret_trails,
	    size_t *ret_count, struct err *);
int	parse_trail_status(struct arena *, const struct json *, struct trail_status *, struct err *);
int	parse_event_selectors(struct arena *, const struct json *, struct trail_selectors *,
	    struct err *);

/* kms:DescribeKey. The answer must be about the key that was asked for, an ARN. */
int	parse_describe_key(struct arena *, const struct json *, const char *asked_arn, struct key *,
	    struct err *);
/* kms:GetKeyPolicy: the policy's text with its length. It need not be a policy. */
int	parse_key_policy(const struct json *, const char **ret_text, size_t *ret_len, struct err *);
int	parse_key_rotation(const struct json *, struct key_rotation *, struct err *);
/* kms:DescribeCustomKeyStores for one id; ERR_NOT_FOUND when the answer does not hold it. */
int	parse_key_store(struct arena *, const struct json *, const char *asked_id,
	    struct key_store *, struct err *);

/* organizations:ListAccounts; *ret_next is the next page's token or NULL. A page may be empty. */
int	parse_list_accounts(struct arena *, const struct json *, const struct account **ret_accounts,
	    size_t *ret_count, const char **ret_next, struct err *);
/* organizations:DescribeOrganization: the id of the management account. */
int	parse_organization(struct arena *, const struct json *, const char **ret_management_account,
	    struct err *);

/* account:ListRegions and ec2:DescribeRegions (with AllRegions=true). */
int	parse_list_regions(struct arena *, const struct json *, const struct region **ret_regions,
	    size_t *ret_count, const char **ret_next, struct err *);
int	parse_describe_regions(struct arena *, const struct xml *, const struct region **ret_regions,
	    size_t *ret_count, struct err *);

/* sts:GetCallerIdentity: the account and the ARN of the caller. */
int	parse_caller_identity(struct arena *, const struct xml *, const char **ret_account,
	    const char **ret_arn, struct err *);

#endif
