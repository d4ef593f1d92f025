/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Comparing texts with the patterns of a policy. A pattern is walked once with one way back, to
 * its last "*": the time is at worst the product of both lengths, never exponential.
 */
#include <stdint.h>
#include <string.h>

#include "policy/policy_private.h"

#define ARN_COLONS	5	/* between its six fields; the last field keeps its own */

bool
match_text(struct policy_text a, const char *b)
{
	return a.len == strlen(b) && memcmp(a.text, b, a.len) == 0;
}

bool
match_same(struct policy_text a, struct policy_text b)
{
	return a.len == b.len && memcmp(a.text, b.text, a.len) == 0;
}

bool
match_ignoring_case(struct policy_text a, struct policy_text b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++) {
		char x = a.text[i], y = b.text[i];

		x = x >= 'A' && x <= 'Z' ? (char)(x | 0x20) : x;
		y = y >= 'A' && y <= 'Z' ? (char)(y | 0x20) : y;
		if (x != y)
			return false;
	}
	return true;
}

/* How many bytes of the text the character of the pattern takes; 0: they differ. */
static size_t
match_step(char pattern, struct policy_text t, size_t at, bool is_border)
{
	size_t n = 1;

	if (is_border)
		return pattern == PATTERN_FIELD;
	if (pattern != PATTERN_ONE)
		return pattern == t.text[at];
	while (at + n < t.len && (t.text[at + n] & 0xc0) == 0x80)
		n++;
	return n;
}

/* The colons before `fence` are borders of fields, which no wildcard crosses. */
static bool
match_wild(struct policy_text p, struct policy_text t, size_t fence)
{
	size_t i = 0, k = 0, resume = 0, star = SIZE_MAX;

	while (i < t.len) {
		bool is_border = i < fence && t.text[i] == ':';
		size_t step = k < p.len ? match_step(p.text[k], t, i, is_border) : 0;

		if (k < p.len && p.text[k] == PATTERN_ANY) {
			star = k++;
			resume = i;
		} else if (step > 0) {
			i += step;
			k++;
			if (is_border)
				star = SIZE_MAX;
		} else if (star != SIZE_MAX && !(resume < fence && t.text[resume] == ':')) {
			i = ++resume;
			k = star + 1;
		} else {
			return false;
		}
	}
	while (k < p.len && p.text[k] == PATTERN_ANY)
		k++;
	return k == p.len;
}

bool
match_glob(struct policy_text pattern, struct policy_text text)
{
	return match_wild(pattern, text, 0);
}

/* Where the last field begins; 0 when there are not as many borders. */
static size_t
match_last_field(struct policy_text t, char border)
{
	const char *p = t.text;

	for (int i = 0; i < ARN_COLONS; i++) {
		p = memchr(p, border, t.len - (size_t)(p - t.text));
		if (p == NULL)
			return 0;
		p++;
	}
	return (size_t)(p - t.text);
}

bool
match_arn(struct policy_text pattern, struct policy_text arn)
{
	size_t fence = match_last_field(arn, ':');

	return fence > 0 && match_wild(pattern, arn, fence);
}

bool
policy_arn_is_like(const char *pattern, const char *arn)
{
	struct arena *arena = arena_new();
	bool is_like;

	is_like = match_arn(
	    pattern_make(arena, (struct policy_text){ pattern, strlen(pattern) }, PATTERN_ARN),
	    (struct policy_text){ arn, strlen(arn) });
	arena_free(arena);
	return is_like;
}

/* Whether the pattern may match a text that begins so and goes on. */
static bool
match_goes_on(struct policy_text p, struct policy_text t)
{
	size_t i = 0;

	for (size_t k = 0; k < p.len; k++) {
		size_t step;

		if (i == t.len || p.text[k] == PATTERN_ANY)
			return true;
		step = match_step(p.text[k], t, i, false);
		if (step == 0)
			return false;
		i += step;
	}
	return false;
}

enum tri
match_arn_prefix(struct policy_text p, struct policy_text prefix)
{
	size_t in_pattern = match_last_field(p, PATTERN_FIELD);
	size_t in_prefix = match_last_field(prefix, ':');

	if (in_pattern == 0 || in_prefix == 0 ||
	    !match_wild((struct policy_text){ p.text, in_pattern },
	        (struct policy_text){ prefix.text, in_prefix }, in_prefix))
		return TRI_NO;
	if (p.text[p.len - 1] == PATTERN_ANY && match_wild(p, prefix, in_prefix))
		return TRI_YES;
	return match_goes_on((struct policy_text){ p.text + in_pattern, p.len - in_pattern },
	    (struct policy_text){ prefix.text + in_prefix, prefix.len - in_prefix }) ? TRI_UNKNOWN :
	    TRI_NO;
}
