/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What judging a policy costs, from its text to the three verdicts with their reasons: AWS's own
 * default policy, and one as large as KMS stores. Prints one line a round and policy:
 * "default|large BYTES bytes US us PER_SECOND policies" in microseconds of CPU a policy.
 *
 *	policy ROUNDS
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "policy/cloudtrail.h"

#define KEY	"arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
#define TRAIL	"arn:aws:cloudtrail:us-east-1:111122223333:trail/main-trail"
#define LARGE	32768			/* bytes: the most that KMS stores */
#define ROUND_MS	200.0		/* of CPU */

static const char head[] = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"Enable IAM User "
    "Permissions\",\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::111122223333:root\"},"
    "\"Action\":\"kms:*\",\"Resource\":\"*\"}";
static const char readers[] = ",{\"Sid\":\"Read\",\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"*\"},"
    "\"Action\":[\"kms:Decrypt\",\"kms:ReEncryptFrom\"],\"Resource\":\"*\",\"Condition\":{"
    "\"StringEquals\":{\"kms:CallerAccount\":\"111122223333\"},\"StringLike\":{"
    "\"kms:EncryptionContext:aws:cloudtrail:arn\":\"arn:aws:cloudtrail:*:444455556666:trail/*\"}}}";
static const char tail[] = ",{\"Sid\":\"Encrypt\",\"Effect\":\"Allow\",\"Principal\":{\"Service\":"
    "\"cloudtrail.amazonaws.com\"},\"Action\":\"kms:GenerateDataKey*\",\"Resource\":\"*\","
    "\"Condition\":{\"StringEquals\":{\"aws:SourceArn\":\"" TRAIL "\"},\"StringLike\":{"
    "\"kms:EncryptionContext:aws:cloudtrail:arn\":\"arn:aws:cloudtrail:*:${aws:SourceAccount}:"
    "trail/*\"}}},{\"Sid\":\"Describe\",\"Effect\":\"Allow\",\"Principal\":{\"Service\":"
    "\"cloudtrail.amazonaws.com\"},\"Action\":\"kms:DescribeKey\",\"Resource\":\"*\"}]}";

static double
cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void
judge(struct arena *arena, const struct buf *text)
{
	struct policy_judgement judgement;
	struct err err;
	int ret;

	arena_reset(arena);
	ret = policy_judge_key(arena, text->data, text->len, KEY, TRAIL, &judgement, &err);
	assert(ret == 0 && judgement.verdict == POLICY_ALLOWED);
	(void)ret;
}

static void
measure(const char *name, const struct buf *text)
{
	struct arena *arena = arena_new();
	double begin = cpu_ms(), us;
	unsigned long count = 0;

	while (cpu_ms() - begin < ROUND_MS) {
		for (int i = 0; i < 20; i++)
			judge(arena, text);
		count += 20;
	}
	us = (cpu_ms() - begin) * 1e3 / (double)count;
	printf("%s %zu bytes %.2f us %.0f policies\n", name, text->len, us, 1e6 / us);
	arena_free(arena);
}

int
main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 1;
	struct buf small, large;

	buf_init(&small, LARGE);
	buf_init(&large, LARGE);
	buf_adds(&small, head);
	buf_adds(&small, readers);
	buf_adds(&small, tail);
	buf_adds(&large, head);
	while (large.len + sizeof(readers) + sizeof(tail) < LARGE)
		buf_adds(&large, readers);
	buf_adds(&large, tail);
	for (int i = 0; i < rounds; i++) {
		measure("default", &small);
		measure("large", &large);
	}
	buf_done(&small);
	buf_done(&large);
	return 0;
}
