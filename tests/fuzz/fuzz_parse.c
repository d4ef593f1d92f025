/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any text as an answer of AWS. The first byte chooses the parser; what it accepts must hold what
 * the model promises.
 */
#include "fuzz/fuzz.h"

#include <assert.h>
#include <string.h>

#include "base/names.h"
#include "base/text.h"
#include "parse/parse.h"

#define KEY	"arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"

static void
try_trails(struct arena *a, const struct json *json)
{
	const struct trail *trails;
	struct err err;
	size_t count;

	if (parse_describe_trails(a, json, &trails, &count, &err) < 0)
		return;
	assert(count <= PARSE_TRAILS_MAX);
	for (size_t i = 0; i < count; i++) {
		struct arn arn;

		assert(arn_parse_trail(trails[i].arn, &arn));
		assert(name_is_account(trails[i].account) && name_is_region(trails[i].home_region));
		assert(trails[i].kms_key_id == NULL || trails[i].kms_key_id[0] != '\0');
	}
}

static void
try_status(struct arena *a, const struct json *json)
{
	struct trail_status status;
	struct err err;

	if (parse_trail_status(a, json, &status, &err) == 0)
		assert(status.logging != TRI_UNKNOWN);
}

static void
try_selectors(struct arena *a, const struct json *json)
{
	struct trail_selectors selectors;
	struct err err;

	if (parse_event_selectors(a, json, &selectors, &err) < 0)
		return;
	assert((selectors.narrowed == NULL) ==
	    (tri_and(selectors.management_reads, selectors.management_writes) == TRI_YES));
	assert(selectors.usual_reads >= selectors.management_reads);
	assert(selectors.narrowed == NULL || strchr(selectors.narrowed, '\n') == NULL);
}

static void
try_key(struct arena *a, const struct json *json)
{
	struct err err;
	struct key key;

	if (parse_describe_key(a, json, KEY, &key, &err) == 0)
		assert(strcmp(key.arn, KEY) == 0 && key.state_name[0] != '\0');
}

static void
try_policy(struct arena *a, const struct json *json)
{
	const char *text;
	struct err err;
	size_t len;

	(void)a;
	if (parse_key_policy(json, &text, &len, &err) == 0)
		assert(len <= PARSE_POLICY_MAX);
}

static void
try_rotation(struct arena *a, const struct json *json)
{
	struct key_rotation rotation;
	struct err err;

	(void)a;
	if (parse_key_rotation(json, &rotation, &err) == 0)
		assert(rotation.enabled != TRI_UNKNOWN);
}

static void
try_store(struct arena *a, const struct json *json)
{
	struct key_store store;
	struct err err;

	if (parse_key_store(a, json, "cks-1", &store, &err) == 0)
		assert(strcmp(store.id, "cks-1") == 0);
}

static void
try_accounts(struct arena *a, const struct json *json)
{
	const struct account *accounts;
	const char *next;
	struct err err;
	size_t count;

	if (parse_list_accounts(a, json, &accounts, &count, &next, &err) < 0)
		return;
	assert(next == NULL || next[0] != '\0');
	for (size_t i = 0; i < count; i++)
		assert(name_is_account(accounts[i].id));
}

static void
try_organization(struct arena *a, const struct json *json)
{
	const char *id;
	struct err err;

	if (parse_organization(a, json, &id, &err) == 0)
		assert(name_is_account(id));
}

static void
try_regions(struct arena *a, const struct json *json)
{
	const struct region *regions;
	const char *next;
	struct err err;
	size_t count;

	if (parse_list_regions(a, json, &regions, &count, &next, &err) < 0)
		return;
	for (size_t i = 0; i < count; i++)
		assert(name_is_region(regions[i].name));
}

static void
try_xml(struct arena *a, const char *text, size_t len)
{
	const struct region *regions;
	const char *account, *arn;
	const struct xml *xml;
	struct err err;
	size_t count;

	if (xml_parse(a, text, len, &xml, &err) < 0)
		return;
	if (parse_describe_regions(a, xml, &regions, &count, &err) == 0)
		assert(count <= PARSE_REGIONS_MAX);
	if (parse_caller_identity(a, xml, &account, &arn, &err) == 0)
		assert(name_is_account(account));
}

static void (*const parsers[])(struct arena *, const struct json *) = {
	try_trails, try_status, try_selectors, try_key, try_policy, try_rotation, try_store,
	try_accounts, try_organization, try_regions,
};

/* 'x' is for the answers in XML; all else chooses one of the parsers above. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data + 1;
	const struct json *json;
	struct arena *a;
	struct err err;

	if (size == 0)
		return 0;
	a = arena_new();
	if (data[0] == 'x')
		try_xml(a, text, size - 1);
	else if (json_parse(a, text, size - 1, &json, &err) == 0)
		parsers[data[0] % (sizeof(parsers) / sizeof(parsers[0]))](a, json);
	arena_free(a);
	return 0;
}
