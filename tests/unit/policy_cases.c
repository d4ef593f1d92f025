/* SPDX-License-Identifier: Apache-2.0 */
/* The example cases: each line of tests/policy/cases.jsonl, judged as it says. */
#include "unit/policy_judge.h"

#include <stdlib.h>

#include "wire/json.h"

struct line {
	struct arena		*arena;
	const struct json	*root;
	const char		*policy;
	size_t			 policy_len;
};

static const char *
line_text(const struct line *line, const char *name)
{
	const char *text = NULL;
	struct err err;

	assert_int_equal(json_get_string(line->root, name, &text, &err), 0);
	return text;
}

/* The text of the member "policy", from its brace to the matching one. */
static void
line_find_policy(struct line *line, const char *text)
{
	const struct json *exact = json_member(line->root, "policy_text");
	const struct json *object = json_member(line->root, "policy");
	bool in_string = false;
	int depth = 0;

	if (exact != NULL) {
		line->policy = exact->text;
		line->policy_len = exact->text_len;
		return;
	}
	assert_non_null(object);
	line->policy = text + object->offset - 1;
	for (const char *p = line->policy;; p++) {
		if (*p == '\\')
			p++;
		else if (*p == '"')
			in_string = !in_string;
		else if (!in_string)
			depth += (*p == '{' || *p == '[') - (*p == '}' || *p == ']');
		if (depth == 0) {
			line->policy_len = (size_t)(p + 1 - line->policy);
			return;
		}
	}
}

static void
line_check(const struct line *line)
{
	const struct json *expect = json_member(line->root, "expect");
	const struct json *invalid = json_member(line->root, "invalid");
	struct policy_judgement judgement;

	judged(line->arena, line->policy, line->policy_len, line_text(line, "key_arn"),
	    line_text(line, "trail_arn"), &judgement);
	assert_int_equal(judgement.is_policy, invalid == NULL || !invalid->boolean);
	for (int i = 0; i < POLICY_KEY_USES; i++) {
		const char *got = policy_verdict_name(judgement.of[i]);
		const struct json *want = json_member(expect, policy_use_name((enum policy_use)i));

		if (!json_is(want, got))
			fail_msg("%s: %s is %s: %s", line_text(line, "id"),
			    policy_use_name((enum policy_use)i), got, judgement.why_of[i]);
	}
}

static void
test_cases(void **state)
{
	const char *top = getenv("top_srcdir");
	char path[4096];
	char *text = NULL;
	size_t size = 0, lines = 0;
	ssize_t len;
	FILE *f;

	(void)state;
	snprintf(path, sizeof(path), "%s/tests/policy/cases.jsonl", top != NULL ? top : ".");
	f = fopen(path, "r");
	assert_non_null(f);
	while ((len = getline(&text, &size, f)) > 0) {
		struct line line = { .arena = arena_new() };
		struct err err;

		assert_int_equal(json_parse(line.arena, text, (size_t)len, &line.root, &err), 0);
		line_find_policy(&line, text);
		line_check(&line);
		arena_free(line.arena);
		lines++;
	}
	free(text);
	fclose(f);
	assert_true(lines >= 65);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
