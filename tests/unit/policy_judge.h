/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Policies in the tests: written with ` for ", judged for CloudTrail's three uses of the key, and
 * the verdicts told by their first letters: "aai" for GenerateDataKey, DescribeKey and Decrypt.
 */
#ifndef UNIT_POLICY_JUDGE_H
#define UNIT_POLICY_JUDGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "policy/cloudtrail.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

#define KEY		"arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
#define OTHER_KEY	"arn:aws:kms:us-east-1:111122223333:key/0987dcba-09fe-87dc-65ba-ab0987654321"
#define TRAIL		"arn:aws:cloudtrail:us-east-1:111122223333:trail/main-trail"
#define FOREIGN_TRAIL	"arn:aws:cloudtrail:us-east-1:444455556666:trail/b-trail"

/* A statement that allows CloudTrail all, but for what is put in its place. */
#define CLOUDTRAIL	"`Principal`:{`Service`:`cloudtrail.amazonaws.com`}"
#define ALLOW_ALL	"{`Effect`:`Allow`," CLOUDTRAIL ",`Action`:`kms:*`,`Resource`:`*`}"

/* Turns ` into " in place. */
static inline char *
quoted(char *text)
{
	for (char *p = text; *p != '\0'; p++)
		if (*p == '`')
			*p = '"';
	return text;
}

static inline const char *
judged(struct arena *arena, const char *text, size_t len, const char *key, const char *trail,
    struct policy_judgement *ret)
{
	static char letters[POLICY_KEY_USES + 1];
	struct err err;

	assert_int_equal(policy_judge_key(arena, text, len, key, trail, ret, &err), 0);
	for (int i = 0; i < POLICY_KEY_USES; i++) {
		letters[i] = policy_verdict_name(ret->of[i])[0];
		assert_non_null(ret->why_of[i]);
		assert_true(strlen(ret->why_of[i]) > 10);
	}
	return letters;
}

static inline const char *
letters_of(const char *policy)
{
	struct arena *arena = arena_new();
	struct policy_judgement judgement;
	char *text = quoted(arena_strdup(arena, policy));
	const char *letters = judged(arena, text, strlen(text), KEY, TRAIL, &judgement);

	if (!judgement.is_policy)
		letters = "---";
	arena_free(arena);
	return letters;
}

/* Fails with the place of the row. */
#define assert_letters(row, policy, want) do { \
	const char *got_ = letters_of(policy); \
	if (strcmp(got_, want) != 0) \
		fail_msg("row %zu: %s, not %s: %s", (size_t)(row), got_, want, policy); \
} while (0)

#endif
