/* SPDX-License-Identifier: Apache-2.0 */
/* A policy, put to every request of CloudTrail, explained, and looked at for openings. */
#include <assert.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "policy/cloudtrail.h"

#define KEY	"arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
#define TRAIL	"arn:aws:cloudtrail:us-east-1:111122223333:trail/main-trail"

static void
judge(struct arena *arena, const char *text, size_t len, bool is_policy)
{
	struct policy_judgement key, bucket;
	struct err err = { .kind = ERR_NONE };
	int ret;

	ret = policy_judge_key(arena, text, len, KEY, TRAIL, &key, &err);
	assert(ret == 0 && key.is_policy == is_policy && key.why != NULL && key.why[0] != '\0');
	ret = policy_judge_bucket(arena, text, len, "logs", "AWSLogs/111122223333/", TRAIL, &bucket,
	    &err);
	assert(ret == 0 && bucket.is_policy == is_policy && bucket.why != NULL);
	for (int i = 0; i < POLICY_USES; i++) {
		const struct policy_judgement *j = i < POLICY_KEY_USES ? &key : &bucket;

		assert(j->of[i] >= POLICY_ALLOWED && j->of[i] <= POLICY_INDETERMINATE);
		assert(is_policy || j->of[i] == POLICY_INDETERMINATE);
		assert(j->why_of[i] != NULL && j->why_of[i][0] != '\0');
		assert(strpbrk(j->why_of[i], "\n\r\t\033") == NULL);
	}
	assert(policy_describe_change(arena, &key, &key) == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct arena *arena = arena_new();
	struct policy_opening opening;
	struct err err = { .kind = ERR_NONE };
	const struct policy *policy;
	bool is_policy = policy_parse(arena, text, size, &policy, &err) == 0;

	assert(is_policy || (err.kind == ERR_MALFORMED && err.text[0] != '\0') ||
	    err.kind == ERR_TOO_LARGE);
	if (is_policy && policy_find_open(arena, policy, KEY, NULL, 0, &opening))
		assert(opening.statement > 0 && opening.statement <= policy_statements(policy));
	judge(arena, text, size, is_policy);
	arena_free(arena);
	return 0;
}
