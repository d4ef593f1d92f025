/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The condition operators, as one table, and how a condition is judged by what is known of its
 * key. Comparing works on texts, whatever their type in the policy; what cannot be read as the
 * operator's type is like nothing.
 */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/stamp.h"
#include "policy/policy_private.h"

#define NUMBER_MAX	64	/* characters */

enum order { ORDER_LESS = 1, ORDER_SAME = 2, ORDER_MORE = 4 };

/* Whether the request's value is like the policy's. */
typedef bool (*condition_like_fn)(unsigned orders, struct policy_text pattern, struct policy_text);

struct condition_operator {
	const char		*name;
	condition_like_fn	 like;		/* NULL: Null, which asks for presence only */
	enum pattern_kind	 kind;
	bool			 takes_variables;
	bool			 is_negated;	/* true when no value is like the request's */
	unsigned		 orders;	/* those that compare: which of enum order do */
};

/* ---- comparing ---- */

static bool
like_string(unsigned orders, struct policy_text pattern, struct policy_text text)
{
	(void)orders;
	return match_same(pattern, text);
}

static bool
like_any_case(unsigned orders, struct policy_text pattern, struct policy_text text)
{
	(void)orders;
	return match_ignoring_case(pattern, text);
}

static bool
like_glob(unsigned orders, struct policy_text pattern, struct policy_text text)
{
	(void)orders;
	return match_glob(pattern, text);
}

static bool
like_arn(unsigned orders, struct policy_text pattern, struct policy_text text)
{
	(void)orders;
	return match_arn(pattern, text);
}

/* "true" and "false", in any case; 0: neither. */
static int
bool_of(struct policy_text text)
{
	if (match_ignoring_case(text, (struct policy_text){ "true", 4 }))
		return 1;
	return match_ignoring_case(text, (struct policy_text){ "false", 5 }) ? 2 : 0;
}

static bool
like_bool(unsigned orders, struct policy_text pattern, struct policy_text text)
{
	(void)orders;
	return bool_of(pattern) != 0 && bool_of(pattern) == bool_of(text);
}

static bool
number_of(struct policy_text text, double *ret)
{
	char *end;

	if (text.len == 0 || text.len > NUMBER_MAX ||
	    strspn(text.text, "0123456789+-.eE") != text.len)
		return false;
	*ret = strtod(text.text, &end);
	return end == text.text + text.len;
}

static bool
like_number(unsigned orders, struct policy_text pattern, struct policy_text text)
{
	double a, b;

	if (!number_of(text, &a) || !number_of(pattern, &b))
		return false;
	return orders & (unsigned)(a < b ? ORDER_LESS : a > b ? ORDER_MORE : ORDER_SAME);
}

/* ISO 8601, or seconds since 1970. */
static bool
date_of(struct policy_text text, int64_t *ret_wall_ms)
{
	return strlen(text.text) == text.len &&
	    (stamp_parse_iso(text.text, ret_wall_ms) || stamp_parse_epoch(text.text, ret_wall_ms));
}

static bool
like_date(unsigned orders, struct policy_text pattern, struct policy_text text)
{
	int64_t a, b;

	if (!date_of(text, &a) || !date_of(pattern, &b))
		return false;
	return orders & (unsigned)(a < b ? ORDER_LESS : a > b ? ORDER_MORE : ORDER_SAME);
}

/* The policy's value is the base64 of the bytes. */
static bool
like_binary(unsigned orders, struct policy_text pattern, struct policy_text text)
{
	struct buf bytes;
	bool same;

	(void)orders;
	buf_init(&bytes, pattern.len + 1);
	same = crypto_add_unbase64(&bytes, pattern.text, pattern.len) && bytes.len == text.len &&
	    memcmp(buf_text(&bytes), text.text, text.len) == 0;
	buf_done(&bytes);
	return same;
}

struct address {
	unsigned char	byte[16];
	int		family;
	unsigned	bits;		/* of the network */
};

static bool
address_of(struct policy_text text, struct address *ret)
{
	char host[INET6_ADDRSTRLEN], *end;
	const char *slash = memchr(text.text, '/', text.len);
	size_t len = slash == NULL ? text.len : (size_t)(slash - text.text);
	unsigned long bits;

	if (len >= sizeof(host) || strlen(text.text) != text.len)
		return false;
	memcpy(host, text.text, len);
	host[len] = '\0';
	ret->family = strchr(host, ':') != NULL ? AF_INET6 : AF_INET;
	ret->bits = ret->family == AF_INET6 ? 128 : 32;
	if (inet_pton(ret->family, host, ret->byte) != 1)
		return false;
	if (slash == NULL)
		return true;
	if (slash[1] < '0' || slash[1] > '9')
		return false;
	bits = strtoul(slash + 1, &end, 10);
	if (*end != '\0' || bits > ret->bits)
		return false;
	ret->bits = (unsigned)bits;
	return true;
}

static bool
like_address(unsigned orders, struct policy_text pattern, struct policy_text text)
{
	struct address a, net;
	unsigned whole, rest;

	(void)orders;
	if (!address_of(text, &a) || !address_of(pattern, &net) || a.family != net.family)
		return false;
	whole = net.bits / 8;
	rest = net.bits % 8;
	return memcmp(a.byte, net.byte, whole) == 0 &&
	    (rest == 0 || (a.byte[whole] ^ net.byte[whole]) >> (8 - rest) == 0);
}

/* ---- the table ---- */

static const struct condition_operator condition_operators[] = {
	{ "StringEquals",              like_string,   PATTERN_LITERAL, true,  false, 0 },
	{ "StringNotEquals",           like_string,   PATTERN_LITERAL, true,  true,  0 },
	{ "StringEqualsIgnoreCase",    like_any_case, PATTERN_LITERAL, true,  false, 0 },
	{ "StringNotEqualsIgnoreCase", like_any_case, PATTERN_LITERAL, true,  true,  0 },
	{ "StringLike",                like_glob,     PATTERN_GLOB,    true,  false, 0 },
	{ "StringNotLike",             like_glob,     PATTERN_GLOB,    true,  true,  0 },
	{ "ArnEquals",                 like_arn,      PATTERN_ARN,     true,  false, 0 },
	{ "ArnLike",                   like_arn,      PATTERN_ARN,     true,  false, 0 },
	{ "ArnNotEquals",              like_arn,      PATTERN_ARN,     true,  true,  0 },
	{ "ArnNotLike",                like_arn,      PATTERN_ARN,     true,  true,  0 },
	{ "Bool",                      like_bool,     PATTERN_LITERAL, true,  false, 0 },
	{ "Null",                      NULL,          PATTERN_LITERAL, false, false, 0 },
	{ "NumericEquals",             like_number,   PATTERN_LITERAL, false, false, ORDER_SAME },
	{ "NumericNotEquals",          like_number,   PATTERN_LITERAL, false, true,  ORDER_SAME },
	{ "NumericLessThan",           like_number,   PATTERN_LITERAL, false, false, ORDER_LESS },
	{ "NumericLessThanEquals",     like_number,   PATTERN_LITERAL, false, false,
	  ORDER_LESS | ORDER_SAME },
	{ "NumericGreaterThan",        like_number,   PATTERN_LITERAL, false, false, ORDER_MORE },
	{ "NumericGreaterThanEquals",  like_number,   PATTERN_LITERAL, false, false,
	  ORDER_MORE | ORDER_SAME },
	{ "DateEquals",                like_date,     PATTERN_LITERAL, false, false, ORDER_SAME },
	{ "DateNotEquals",             like_date,     PATTERN_LITERAL, false, true,  ORDER_SAME },
	{ "DateLessThan",              like_date,     PATTERN_LITERAL, false, false, ORDER_LESS },
	{ "DateLessThanEquals",        like_date,     PATTERN_LITERAL, false, false,
	  ORDER_LESS | ORDER_SAME },
	{ "DateGreaterThan",           like_date,     PATTERN_LITERAL, false, false, ORDER_MORE },
	{ "DateGreaterThanEquals",     like_date,     PATTERN_LITERAL, false, false,
	  ORDER_MORE | ORDER_SAME },
	{ "IpAddress",                 like_address,  PATTERN_LITERAL, false, false, 0 },
	{ "NotIpAddress",              like_address,  PATTERN_LITERAL, false, true,  0 },
	{ "BinaryEquals",              like_binary,   PATTERN_LITERAL, false, false, 0 },
};

#define CONDITION_OPERATORS	(sizeof(condition_operators) / sizeof(condition_operators[0]))

static bool
text_drop_prefix(struct policy_text *text, const char *prefix)
{
	size_t len = strlen(prefix);

	if (text->len < len || memcmp(text->text, prefix, len) != 0)
		return false;
	text->text += len;
	text->len -= len;
	return true;
}

static bool
text_drop_suffix(struct policy_text *text, const char *suffix)
{
	size_t len = strlen(suffix);

	if (text->len < len || memcmp(text->text + text->len - len, suffix, len) != 0)
		return false;
	text->len -= len;
	return true;
}

bool
condition_parse_operator(struct policy_text name, struct policy_condition *condition)
{
	condition->operator_name = name;
	if (text_drop_prefix(&name, "ForAllValues:"))
		condition->quantifier = CONDITION_FOR_ALL;
	else if (text_drop_prefix(&name, "ForAnyValue:"))
		condition->quantifier = CONDITION_FOR_ANY;
	condition->if_exists = text_drop_suffix(&name, "IfExists");
	for (size_t i = 0; i < CONDITION_OPERATORS; i++) {
		const struct condition_operator *operator = &condition_operators[i];

		if (!match_text(name, operator->name))
			continue;
		condition->operator = operator;
		return operator->like != NULL || !condition->if_exists;
	}
	return false;
}

enum pattern_kind
condition_kind(const struct policy_condition *condition)
{
	return condition->operator->kind;
}

bool
condition_takes_variables(const struct policy_condition *condition)
{
	return condition->operator->takes_variables;
}

bool
condition_restricts(const struct policy_condition *condition)
{
	const struct condition_operator *operator = condition->operator;

	return operator->takes_variables && operator->like != like_bool && !operator->is_negated &&
	    !condition->if_exists && condition->quantifier != CONDITION_FOR_ALL;
}

/* ---- judging ---- */

static enum tri
condition_value_is_like(struct evaluation *e, const struct policy_condition *condition,
    const struct policy_value *value, struct policy_text text)
{
	const struct condition_operator *operator = condition->operator;
	struct policy_text pattern = value->pattern;

	if (pattern.text == NULL) {
		enum tri filled = variable_fill(value->written, operator->kind, e->request,
		    &e->scratch);

		if (filled != TRI_YES)
			return filled;
		pattern = (struct policy_text){ buf_text(&e->scratch), e->scratch.len };
	}
	return tri_of(operator->like(operator->orders, pattern, text));
}

/* One value of the request: like one of the policy's, or for a negated operator like none. */
static enum tri
condition_holds_for(struct evaluation *e, const struct policy_condition *condition,
    const char *text)
{
	const struct policy_values *values = &condition->values;
	struct policy_text value = { text, strlen(text) };
	enum tri any = TRI_NO;

	for (size_t i = 0; i < values->count && any != TRI_YES; i++)
		any = tri_or(any, condition_value_is_like(e, condition, &values->row[i], value));
	return condition->operator->is_negated ? tri_not(any) : any;
}

/* Members of a set that are not known could decide either way. */
static enum tri
condition_holds_for_set(struct evaluation *e, const struct policy_condition *condition,
    const struct policy_fact *fact)
{
	bool all = condition->quantifier == CONDITION_FOR_ALL;
	enum tri holds = fact->is_partial ? TRI_UNKNOWN : all ? TRI_YES : TRI_NO;

	for (unsigned i = 0; i < fact->count; i++) {
		enum tri one = condition_holds_for(e, condition, fact->values[i]);

		holds = all ? tri_and(holds, one) : tri_or(holds, one);
	}
	return holds;
}

/* AWS does not say what a set operator would add to Null. */
static enum tri
condition_null_holds(const struct policy_condition *condition, bool is_absent)
{
	bool holds = false;

	if (condition->quantifier != CONDITION_SINGLE)
		return TRI_UNKNOWN;
	for (size_t i = 0; i < condition->values.count; i++) {
		int wanted = bool_of(condition->values.row[i].written);

		holds = holds || (wanted != 0 && is_absent == (wanted == 1));
	}
	return tri_of(holds);
}

/* "ForAnyValue:...IfExists" is false all the same: seen at AWS, though its guide promises more. */
static enum tri
condition_holds_without_key(const struct policy_condition *condition)
{
	if (condition->quantifier == CONDITION_FOR_ANY)
		return TRI_NO;
	return tri_of(condition->quantifier == CONDITION_FOR_ALL || condition->if_exists ||
	    condition->operator->is_negated);
}

enum tri
condition_holds(struct evaluation *e, const struct policy_condition *condition)
{
	const struct policy_fact *fact = policy_request_find(e->request, condition->key);

	if (fact->presence == POLICY_UNKNOWN)
		return TRI_UNKNOWN;
	if (condition->operator->like == NULL)
		return condition_null_holds(condition, fact->presence == POLICY_ABSENT);
	if (fact->presence == POLICY_ABSENT)
		return condition_holds_without_key(condition);
	if (fact->presence == POLICY_PRESENT)
		return TRI_UNKNOWN;
	if (condition->quantifier != CONDITION_SINGLE)
		return condition_holds_for_set(e, condition, fact);
	return fact->is_set ? TRI_UNKNOWN : condition_holds_for(e, condition, fact->values[0]);
}
