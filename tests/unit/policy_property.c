/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What holds for every policy, tried on generated ones: 100,000, a million with TRAILSEAL_LONG=1,
 * and 2,000 with TRAILSEAL_SHORT=1. TRAILSEAL_SEED makes others.
 */
#include "unit/policy_judge.h"

#include <stdlib.h>

#define STATEMENTS_MAX	5

static uint64_t seed = 0x9e3779b97f4a7c15;

static unsigned
pick_number(unsigned below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed >> 33) % below;
}

#define pick(words)	((words)[pick_number(COUNT(words))])

/* ---- generating ---- */

static const char *const principals[] = {
	"\"Principal\":\"*\"", "\"Principal\":{\"AWS\":\"*\"}",
	"\"Principal\":{\"Service\":\"cloudtrail.amazonaws.com\"}",
	"\"Principal\":{\"Service\":[\"s3.amazonaws.com\",\"cloudtrail.amazonaws.com\"]}",
	"\"Principal\":{\"Service\":\"cloudtrail.amazonaws.com\"}",
	"\"Principal\":{\"AWS\":\"arn:aws:iam::111122223333:root\"}",
	"\"NotPrincipal\":{\"Service\":\"cloudtrail.amazonaws.com\"}",
	"\"NotPrincipal\":{\"AWS\":\"111122223333\"}",
};
static const char *const actions[] = {
	"\"Action\":\"kms:*\",", "\"Action\":\"*\",", "\"Action\":\"kms:GenerateDataKey*\",",
	"\"Action\":[\"kms:Describe*\",\"KMS:decrypt\"],", "\"Action\":\"kms:Encrypt\",",
	"\"NotAction\":\"kms:Decrypt\",", "\"NotAction\":\"s3:*\",", "",
};
static const char *const resources[] = {
	"\"Resource\":\"*\"", "\"Resource\":\"*\"", "\"Resource\":[\"" KEY "\"]",
	"\"Resource\":\"" OTHER_KEY "\"", "\"Resource\":\"arn:aws:kms:*:111122223333:key/*\"",
	"\"NotResource\":\"" OTHER_KEY "\"",
	"\"Resource\":\"arn:aws:kms:*:${aws:SourceAccount}:key/*\"",
	"\"Resource\":\"arn:aws:kms:*:${aws:userid}:key/*\"",
};
static const char *const operators[] = {
	"StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase",
	"ArnLike", "ArnNotEquals", "Bool", "NumericLessThan", "NumericNotEquals", "Null", "IpAddress",
	"NotIpAddress", "DateLessThan", "BinaryEquals",
};
static const char *const quantifiers[] = { "", "", "", "ForAllValues:", "ForAnyValue:" };
static const char *const keys[] = {
	"kms:EncryptionContext:aws:cloudtrail:arn", "kms:EncryptionContext:aws:s3:arn",
	"KMS:EncryptionContext:AWS:CloudTrail:ARN", "kms:EncryptionContextKeys", "aws:SourceArn",
	"aws:SourceAccount", "aws:SecureTransport", "aws:PrincipalServiceNamesList",
	"aws:PrincipalTag/x", "kms:ViaService", "kms:CallerAccount", "aws:CurrentTime",
	"aws:RequestedRegion", "aws:PrincipalOrgID",
};
static const char *const values[] = {
	"\"" TRAIL "\"", "\"" FOREIGN_TRAIL "\"", "\"arn:aws:cloudtrail:*:111122223333:trail/*\"",
	"\"111122223333\"", "\"444455556666\"", "\"true\"", "\"false\"", "true", "7", "\"*\"",
	"\"aws:cloudtrail:arn\"", "[\"aws:cloudtrail:arn\",\"aws:s3:arn\"]", "[]", "\"us-east-1\"",
	"\"${aws:SourceAccount}\"", "\"${aws:ResourceAccount}\"", "\"${kms:ViaService}\"",
	"\"${aws:PrincipalTag/x, '111122223333'}\"", "\"arn:aws:cloudtrail:*:${aws:SourceAccount}:*\"",
	"\"${*}\"", "\"${\"", "[\"111122223333\",\"${aws:userid}\"]", "\"cloudtrail.amazonaws.com\"",
};

struct draft {
	char	statement[STATEMENTS_MAX][1600];
	int	count;
	bool	is_old;		/* 2008-10-17 */
};

static size_t
draft_conditions(char *out, size_t size)
{
	size_t len = 0;
	unsigned count = pick_number(3), first = pick_number(COUNT(operators));

	len += (size_t)snprintf(out, size, ",\"Condition\":{");
	for (unsigned i = 0; i < count; i++) {
		const char *operator = operators[(first + i) % COUNT(operators)];

		len += (size_t)snprintf(out + len, size - len, "%s\"%s%s%s\":{\"%s\":%s}", i ? "," : "",
		    pick(quantifiers), operator,
		    strcmp(operator, "Null") != 0 && pick_number(4) == 0 ? "IfExists" : "", pick(keys),
		    pick(values));
	}
	return len + (size_t)snprintf(out + len, size - len, "}");
}

static void
draft_statement(char *out, size_t size, const char *effect)
{
	size_t len = (size_t)snprintf(out, size, "{\"Effect\":\"%s\",%s,%s%s", effect,
	    pick(principals), pick(actions), pick(resources));

	if (pick_number(3) > 0)
		len += draft_conditions(out + len, size - len);
	assert_true(len + 2 < size);
	strcpy(out + len, "}");
}

static void
draft_policy(struct draft *d)
{
	d->count = 1 + (int)pick_number(STATEMENTS_MAX - 1);
	d->is_old = pick_number(8) == 0;
	for (int i = 0; i < d->count; i++)
		draft_statement(d->statement[i], sizeof(d->statement[i]),
		    pick_number(4) == 0 ? "Deny" : "Allow");
}

static void
draft_write(const struct draft *d, struct buf *out)
{
	buf_reset(out);
	buf_addf(out, "{\"Version\":\"%s\",\"Statement\":[", d->is_old ? "2008-10-17" : "2012-10-17");
	for (int i = 0; i < d->count; i++)
		buf_addf(out, "%s%s", i > 0 ? "," : "", d->statement[i]);
	buf_adds(out, "]}");
	assert_false(out->overflowed);
}

/* ---- judging ---- */

static void
verdicts_of(struct arena *arena, const struct buf *text, const struct policy_request *requests,
    enum policy_verdict ret[POLICY_KEY_USES])
{
	struct policy_decision decision;
	const struct policy *policy;
	struct err err;

	arena_reset(arena);
	if (policy_parse(arena, text->data, text->len, &policy, &err) < 0)
		fail_msg("%s: %s", err.text, text->data);
	for (int i = 0; i < POLICY_KEY_USES; i++) {
		policy_evaluate(policy, &requests[i], &decision);
		ret[i] = decision.verdict;
		assert_true(decision.statement <= policy_statements(policy));
	}
}

static int
permissiveness(enum policy_verdict verdict)
{
	return verdict == POLICY_DENIED ? 0 : verdict == POLICY_INDETERMINATE ? 1 : 2;
}

struct trial {
	struct arena		*arena;
	struct policy_request	 requests[POLICY_KEY_USES];
	struct draft		 draft;
	struct buf		 text, other;
	enum policy_verdict	 verdicts[POLICY_KEY_USES];
	unsigned long		 seen[POLICY_INDETERMINATE + 1];
};

static void
swap_statements(struct draft *d, int a, int b)
{
	char statement[sizeof(d->statement[0])];

	if (a == b)
		return;
	memcpy(statement, d->statement[a], sizeof(statement));
	memcpy(d->statement[a], d->statement[b], sizeof(statement));
	memcpy(d->statement[b], statement, sizeof(statement));
}

static void
try_deny(struct trial *t)
{
	enum policy_verdict after[POLICY_KEY_USES];
	bool is_total = pick_number(8) == 0;
	struct draft more = t->draft;
	char *last = more.statement[more.count++];

	if (is_total)
		strcpy(last, "{\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"*\","
		    "\"Resource\":\"*\"}");
	else
		draft_statement(last, sizeof(more.statement[0]), "Deny");
	swap_statements(&more, more.count - 1, (int)pick_number((unsigned)more.count));
	draft_write(&more, &t->other);
	verdicts_of(t->arena, &t->other, t->requests, after);
	for (int i = 0; i < POLICY_KEY_USES; i++)
		if (permissiveness(after[i]) > permissiveness(t->verdicts[i]) ||
		    (is_total && after[i] != POLICY_DENIED))
			fail_msg("a Deny more: %s, after %s", t->other.data, t->text.data);
}

/* Adds the text with white space between its tokens and escapes within its strings. */
static void
disguise(const struct buf *text, struct buf *out)
{
	static const char *const blanks[] = { "", "", " ", "\n\t", "\r\n" };
	bool in_string = false;

	buf_reset(out);
	for (size_t i = 0; i < text->len; i++) {
		char c = text->data[i];

		if (c == '"')
			in_string = !in_string;
		if (in_string && c != '"' && pick_number(6) == 0) {
			buf_addf(out, pick_number(2) ? "\\u%04x" : "\\u%04X", (unsigned char)c);
			continue;
		}
		if (!in_string && c != '"' && strchr("{}[]:,", c) != NULL)
			buf_adds(out, pick(blanks));
		buf_addc(out, c);
		if (!in_string && c != '"' && strchr("{}[]:,", c) != NULL)
			buf_adds(out, pick(blanks));
	}
	assert_false(out->overflowed);
}

static void
try_form(struct trial *t)
{
	enum policy_verdict after[POLICY_KEY_USES];
	struct draft other = t->draft;
	struct buf plain;

	for (int i = other.count - 1; i > 0; i--)
		swap_statements(&other, i, (int)pick_number((unsigned)i + 1));
	buf_init(&plain, 65536);
	buf_addf(&plain, "{\"Id\":\"id %u\",\"Statement\":[", pick_number(1000));
	for (int i = 0; i < other.count; i++)
		buf_addf(&plain, "%s{\"Sid\":\"Deny %u\",%s", i > 0 ? "," : "", pick_number(3),
		    other.statement[i] + 1);
	buf_addf(&plain, "],\"Version\":\"%s\"}", other.is_old ? "2008-10-17" : "2012-10-17");
	disguise(&plain, &t->other);
	buf_done(&plain);
	verdicts_of(t->arena, &t->other, t->requests, after);
	for (int i = 0; i < POLICY_KEY_USES; i++)
		if (after[i] != t->verdicts[i])
			fail_msg("another form: %s, not as %s", t->other.data, t->text.data);
}

/* Knowing less never decides what was open, nor turns a decision into the other. */
static void
try_forgetting(struct trial *t)
{
	struct policy_request requests[POLICY_KEY_USES];
	enum policy_verdict after[POLICY_KEY_USES];

	memcpy(requests, t->requests, sizeof(requests));
	for (int i = 0; i < POLICY_KEY_USES; i++) {
		for (unsigned n = 1 + pick_number(3); n > 0; n--) {
			struct policy_fact *fact = &requests[i].facts[pick_number(24)];

			if (fact->presence == POLICY_KNOWN && pick_number(3) == 0)
				fact->presence = POLICY_PRESENT;
			else
				fact->presence = POLICY_UNKNOWN;
		}
	}
	verdicts_of(t->arena, &t->text, requests, after);
	for (int i = 0; i < POLICY_KEY_USES; i++)
		if (after[i] != t->verdicts[i] && after[i] != POLICY_INDETERMINATE)
			fail_msg("known less, and sure of more: %s", t->text.data);
}

static void
try_one(struct trial *t)
{
	draft_policy(&t->draft);
	draft_write(&t->draft, &t->text);
	verdicts_of(t->arena, &t->text, t->requests, t->verdicts);
	for (int i = 0; i < POLICY_KEY_USES; i++)
		t->seen[t->verdicts[i]]++;
	try_deny(t);
	try_form(t);
	try_forgetting(t);
}

static bool
is_set(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && strcmp(value, "1") == 0;
}

static void
test_properties(void **state)
{
	unsigned long trials = is_set("TRAILSEAL_LONG") ? 1000000 : is_set("TRAILSEAL_SHORT") ? 2000 :
	    100000;
	const char *other = getenv("TRAILSEAL_SEED");
	struct trial t = { .arena = arena_new() };
	struct arena *texts = arena_new();
	struct err err;

	(void)state;
	if (other != NULL)
		seed ^= strtoull(other, NULL, 0);
	buf_init(&t.text, 65536);
	buf_init(&t.other, 65536);
	for (int i = 0; i < POLICY_KEY_USES; i++)
		assert_int_equal(policy_request_init(texts, (enum policy_use)i, KEY, TRAIL, &t.requests[i],
		    &err), 0);
	for (unsigned long i = 0; i < trials; i++)
		try_one(&t);
	/* Generated policies that were all alike would prove nothing. */
	for (int i = POLICY_ALLOWED; i <= POLICY_INDETERMINATE; i++)
		assert_true(t.seen[i] > trials / 10);
	buf_done(&t.text);
	buf_done(&t.other);
	arena_free(t.arena);
	arena_free(texts);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_properties),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
