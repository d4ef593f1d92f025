/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers of AWS that were recorded, through the parsers: all that are whole must be understood.
 * They are other people's data and not part of the source; without TRAILSEAL_SHARED this skips.
 */
#include "unit/parse_answer.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/names.h"

static const char *
text_of(const struct json *object, const char *name)
{
	const char *text = "";
	struct err err;

	json_get_string(object, name, &text, &err);
	return text;
}

static int
read_describe_trails(struct arena *a, const struct json *r, struct err *err)
{
	const struct trail *trails;
	size_t count;

	if (parse_describe_trails(a, r, &trails, &count, err) < 0)
		return -1;
	assert_int_equal(count, json_member(r, "trailList")->count);
	return 0;
}

static int
read_trail_status(struct arena *a, const struct json *r, struct err *err)
{
	struct trail_status status;

	if (parse_trail_status(a, r, &status, err) < 0)
		return -1;
	assert_int_equal(status.logging, tri_of(json_member(r, "IsLogging")->boolean));
	assert_null(status.delivery_error);
	return 0;
}

static int
read_selectors(struct arena *a, const struct json *r, struct err *err)
{
	struct trail_selectors selectors;

	if (parse_event_selectors(a, r, &selectors, err) < 0)
		return -1;
	assert_int_not_equal(selectors.management_reads, TRI_UNKNOWN);
	assert_int_not_equal(selectors.management_writes, TRI_UNKNOWN);
	return 0;
}

/* Recordings were shortened and their account ids exchanged: not all hold a key's state and ARN. */
static int
read_describe_key(struct arena *a, const struct json *r, struct err *err)
{
	const struct json *meta = json_member(r, "KeyMetadata");
	bool is_whole = json_member(meta, "KeyState") != NULL;
	struct arn arn;
	struct key key;

	is_whole &= arn_parse_key(text_of(meta, "Arn"), &arn);
	if (parse_describe_key(a, r, text_of(meta, "Arn"), &key, err) < 0)
		return is_whole ? -1 : 0;
	assert_true(is_whole);
	assert_int_not_equal(key.state, KEY_STATE_OTHER);
	return 0;
}

static int
read_key_policy(struct arena *a, const struct json *r, struct err *err)
{
	const char *text;
	size_t len;

	(void)a;
	return parse_key_policy(r, &text, &len, err);
}

static int
read_key_rotation(struct arena *a, const struct json *r, struct err *err)
{
	struct key_rotation rotation;

	(void)a;
	return parse_key_rotation(r, &rotation, err);
}

static int
read_list_accounts(struct arena *a, const struct json *r, struct err *err)
{
	const struct account *accounts;
	const char *next;
	size_t count;

	return parse_list_accounts(a, r, &accounts, &count, &next, err);
}

static int
read_organization(struct arena *a, const struct json *r, struct err *err)
{
	const char *id;

	return parse_organization(a, r, &id, err);
}

static const struct {
	const char	*operation;
	int		(*read)(struct arena *, const struct json *, struct err *);
} readers[] = {
	{ "DescribeTrails", read_describe_trails }, { "GetTrailStatus", read_trail_status },
	{ "GetEventSelectors", read_selectors }, { "DescribeKey", read_describe_key },
	{ "GetKeyPolicy", read_key_policy }, { "GetKeyRotationStatus", read_key_rotation },
	{ "ListAccounts", read_list_accounts }, { "DescribeOrganization", read_organization },
};

static size_t
read_line(struct arena *a, const char *line, size_t len, unsigned number)
{
	const struct json *json = NULL, *response;
	int64_t status = 0;
	struct err err;

	assert_int_equal(json_parse(a, line, len, &json, &err), 0);
	assert_int_equal(json_get_i64(json, "http_status", &status, &err), 0);
	response = json_member(json, "response");
	for (size_t i = 0; status == 200 && i < COUNT(readers); i++) {
		if (!json_is(json_member(json, "operation"), readers[i].operation))
			continue;
		if (readers[i].read(a, response, &err) < 0)
			fail_msg("line %u, %s: %s", number, readers[i].operation, err.text);
		return 1;
	}
	return 0;
}

static void
test_recorded(void **state)
{
	const char *shared = getenv("TRAILSEAL_SHARED");
	size_t size = 0, read = 0;
	unsigned number = 0;
	char path[4096], *line = NULL;
	FILE *f;

	(void)state;
	snprintf(path, sizeof(path), "%s/data/responses.jsonl", shared ? shared : "");
	f = shared ? fopen(path, "r") : NULL;
	if (f == NULL) {
		print_message("no recorded answers: TRAILSEAL_SHARED is not set or lacks %s\n",
		    "data/responses.jsonl");
		skip();
	}
	for (ssize_t len; (len = getline(&line, &size, f)) > 0;) {
		struct arena *a = arena_new();

		read += read_line(a, line, (size_t)len, ++number);
		arena_free(a);
	}
	free(line);
	fclose(f);
	print_message("%zu of %u recorded answers read\n", read, number);
	assert_true(read > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_recorded) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
