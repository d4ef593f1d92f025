/* SPDX-License-Identifier: Apache-2.0 */
/* The smallest key policy that serves given trails and still leaves the key to its owner. */
#include <string.h>

#include "base/names.h"
#include "policy/cloudtrail.h"
#include "wire/json_write.h"

static void
suggest_begin(struct json_writer *w, const char *sid, const char *type, const char *principal,
    const char *action)
{
	json_write_object(w);
	json_write_member(w, "Sid", sid);
	json_write_member(w, "Effect", "Allow");
	json_write_key(w, "Principal");
	json_write_object(w);
	json_write_member(w, type, principal);
	json_write_end_object(w);
	json_write_member(w, "Action", action);
	json_write_member(w, "Resource", "*");
}

static void
suggest_trails(struct json_writer *w, const char *key, const char *const *trails, size_t count)
{
	json_write_key(w, key);
	json_write_array(w);
	for (size_t i = 0; i < count; i++)
		json_write_string(w, trails[i]);
	json_write_end_array(w);
}

/* DescribeKey carries no encryption context, so that both actions need a statement of their own. */
static void
suggest_cloudtrail(struct json_writer *w, const char *sid, const char *action, bool has_context,
    const char *const *trails, size_t count)
{
	suggest_begin(w, sid, "Service", "cloudtrail.amazonaws.com", action);
	json_write_key(w, "Condition");
	json_write_object(w);
	json_write_key(w, "StringEquals");
	json_write_object(w);
	suggest_trails(w, "aws:SourceArn", trails, count);
	if (has_context)
		suggest_trails(w, "kms:EncryptionContext:aws:cloudtrail:arn", trails, count);
	json_write_end_object(w);
	json_write_end_object(w);
	json_write_end_object(w);
}

int
policy_suggest(const char *key_arn, const char *const *trail_arns, size_t count, struct buf *out,
    struct err *err)
{
	struct arn key, trail;
	struct json_writer *w;
	struct buf root;

	if (!arn_parse_key(key_arn, &key))
		return err_set(err, ERR_USAGE, "\"%s\" is not the ARN of a key", key_arn);
	for (size_t i = 0; i < count; i++)
		if (!arn_parse_trail(trail_arns[i], &trail))
			return err_set(err, ERR_USAGE, "\"%s\" is not the ARN of a trail",
			    trail_arns[i]);
	buf_init(&root, strlen(key_arn) + strlen(":iam::root"));
	buf_addf(&root, "arn:%.*s:iam::%.*s:root", (int)key.partition.len, key.partition.text,
	    (int)key.account.len, key.account.text);
	w = json_writer_new(out, true);
	json_write_object(w);
	json_write_member(w, "Version", "2012-10-17");
	json_write_key(w, "Statement");
	json_write_array(w);
	suggest_begin(w, "AdministerKey", "AWS", buf_text(&root), "kms:*");
	json_write_end_object(w);
	suggest_cloudtrail(w, "AllowCloudTrailEncrypt", "kms:GenerateDataKey*", true, trail_arns,
	    count);
	suggest_cloudtrail(w, "AllowCloudTrailDescribe", "kms:DescribeKey", false, trail_arns,
	    count);
	json_write_end_array(w);
	json_write_end_object(w);
	json_writer_free(w);
	buf_done(&root);
	return 0;
}
