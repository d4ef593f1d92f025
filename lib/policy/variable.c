/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the text of a policy to the pattern that is matched: wildcards and the borders of ARN
 * fields are marked, policy variables are filled from the request.
 *
 * "${key}" and "${key, 'default'}" are variables, "${*}", "${?}" and "${$}" the characters
 * themselves. What stands between the braces and is none of these is a key that nobody knows.
 * Without a closing brace there is no variable.
 */
#include <string.h>

#include "policy/policy_private.h"

#define ARN_BORDERS	5

struct pattern_state {
	enum pattern_kind	kind;
	unsigned		borders;	/* colons that were made borders so far */
};

static char
pattern_char(struct pattern_state *state, char c)
{
	if (state->kind == PATTERN_LITERAL)
		return c;
	if (state->kind == PATTERN_ARN && c == ':' && state->borders < ARN_BORDERS) {
		state->borders++;
		return PATTERN_FIELD;
	}
	return c == '*' ? PATTERN_ANY : c == '?' ? PATTERN_ONE : c;
}

struct policy_text
pattern_make(struct arena *arena, struct policy_text text, enum pattern_kind kind)
{
	struct pattern_state state = { .kind = kind };
	char *out;

	if (kind == PATTERN_LITERAL)
		return text;
	out = arena_strndup(arena, text.text, text.len);
	for (size_t i = 0; i < text.len; i++)
		out[i] = pattern_char(&state, out[i]);
	return (struct policy_text){ out, text.len };
}

/* The length of the variable at `at`, braces included; 0: there is none. */
static size_t
variable_length(struct policy_text t, size_t at)
{
	const char *end;

	if (t.len - at < 3 || t.text[at] != '$' || t.text[at + 1] != '{')
		return 0;
	end = memchr(t.text + at, '}', t.len - at);
	return end == NULL ? 0 : (size_t)(end + 1 - (t.text + at));
}

bool
variable_is_in(struct policy_text t)
{
	const char *open = memmem(t.text, t.len, "${", 2);

	return open != NULL && variable_length(t, (size_t)(open - t.text)) > 0;
}

/* Takes "key, 'default'" apart; false when the default is not well formed. */
static bool
variable_split(struct policy_text inner, struct policy_text *ret_key,
    struct policy_text *ret_default)
{
	const char *comma = memchr(inner.text, ',', inner.len), *end = inner.text + inner.len, *p;

	*ret_key = inner;
	*ret_default = (struct policy_text){ NULL, 0 };
	if (comma == NULL)
		return true;
	ret_key->len = (size_t)(comma - inner.text);
	for (p = comma + 1; p < end && *p == ' '; p++)
		;
	if (end - p < 2 || p[0] != '\'' || end[-1] != '\'')
		return false;
	*ret_default = (struct policy_text){ p + 1, (size_t)(end - p - 2) };
	return true;
}

static enum tri
variable_find(struct policy_text inner, const struct policy_request *request,
    struct policy_text *ret_value)
{
	const struct policy_fact *fact;
	struct policy_text key, fallback;

	if (!variable_split(inner, &key, &fallback))
		return TRI_UNKNOWN;
	fact = policy_request_find(request, key);
	if (fact->presence == POLICY_ABSENT) {
		*ret_value = fallback;
		return tri_of(fallback.text != NULL);
	}
	/* AWS does not say what a set would be in the place of a variable. */
	if (fact->presence != POLICY_KNOWN || fact->is_set)
		return TRI_UNKNOWN;
	*ret_value = (struct policy_text){ fact->values[0], strlen(fact->values[0]) };
	return TRI_YES;
}

static enum tri
variable_add(struct policy_text inner, const struct policy_request *request, struct buf *out)
{
	struct policy_text value = { "", 0 };
	enum tri found;

	if (inner.len == 1 && memchr("*?$", inner.text[0], 3) != NULL) {
		buf_addc(out, inner.text[0]);
		return TRI_YES;
	}
	found = variable_find(inner, request, &value);
	if (found == TRI_YES)
		buf_add(out, value.text, value.len);
	return found;
}

/* The first "}" ends a variable, so a long text of nothing but "${" is looked through once. */
enum tri
variable_fill(struct policy_text t, enum pattern_kind kind, const struct policy_request *request,
    struct buf *out)
{
	struct pattern_state state = { .kind = kind };
	const char *last = memrchr(t.text, '}', t.len);
	size_t past = last == NULL ? 0 : (size_t)(last + 1 - t.text);
	enum tri filled = TRI_YES;

	buf_reset(out);
	for (size_t i = 0, n; i < t.len; i += n) {
		n = i < past ? variable_length(t, i) : 0;
		if (n > 0) {
			struct policy_text inner = { t.text + i + 2, n - 3 };

			filled = tri_and(filled, variable_add(inner, request, out));
		} else {
			n = 1;
			buf_addc(out, pattern_char(&state, t.text[i]));
		}
	}
	return out->overflowed ? tri_and(filled, TRI_UNKNOWN) : filled;
}
