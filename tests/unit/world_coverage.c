/* SPDX-License-Identifier: Apache-2.0 */
/* What could be seen: one row per account, region and collector, and the worst speaks for all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/stamp.h"
#include "world/coverage.h"

#define OWNER	"111122223333"
#define OTHER	"444455556666"
#define ARN	"arn:aws:cloudtrail:us-east-1:" OWNER ":trail/"
#define KEY	"arn:aws:kms:us-east-1:" OWNER ":key/1234abcd-12ab-34cd-56ef-1234567890ab"

struct fixture {
	struct world		*world;
	struct world_region	*region;
	struct reading		 accounts;
};

static const struct source *
source(const char *account)
{
	static struct source s;

	s = (struct source){ .call = "x:Y", .account = account, .region = "us-east-1", .wall_ms = 1 };
	return &s;
}

static const struct err *
failure(enum err_kind kind, const char *text)
{
	static struct err err;

	err_set(&err, kind, "%s", text);
	return &err;
}

static void
set_trails(struct fixture *f, const char *key)
{
	struct trail trails[] = {
		{ .arn = ARN "a", .name = "a", .account = OWNER, .home_region = "us-east-1",
		  .kms_key_id = key, .bucket = "logs" },
		{ .arn = ARN "b", .name = "b", .account = OWNER, .home_region = "us-east-1",
		  .kms_key_id = key },
	};

	world_set_trails(f->world, f->region, trails, 2, source(OWNER), NULL);
}

static int
set_up(void **state)
{
	static struct fixture f;
	struct world_account *a;

	f = (struct fixture){ .world = world_new() };
	a = world_add_account(f.world, OWNER, NULL);
	f.region = world_add_region(f.world, a, "us-east-1", TRI_YES);
	set_trails(&f, KEY);
	*state = &f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	reading_done(&f->accounts);
	world_free(f->world);
	return 0;
}

static void
set_status(struct fixture *f, const char *name, const char *region, const struct err *err)
{
	struct trail_status status = { .logging = TRI_YES };
	char arn[128];

	snprintf(arn, sizeof(arn), ARN "%s", name);
	world_set_status(f->world, world_find_trail(f->world, arn), region, err ? NULL : &status,
	    source(OWNER), err);
}

/* Exactly this row, or with a NULL text none for this place. */
static void
expect(const struct fixture *f, const char *account, const char *region,
    enum collector collector, const char *text)
{
	char found[256] = "none";
	struct coverage c;

	coverage_read(f->world, &f->accounts, &c);
	for (size_t i = 0; i < c.count; i++) {
		const struct coverage_row *row = &c.row[i];

		if (strcmp(row->account, account) == 0 && strcmp(row->region, region) == 0 &&
		    row->collector == collector)
			snprintf(found, sizeof(found), "%s %s%s%s", coverage_state_name(row->state),
			    row->failure ? err_kind_name(row->failure) : "", row->reason[0] ? ": " : "",
			    row->reason);
	}
	coverage_done(&c);
	assert_string_equal(found, text ? text : "none");
}

static void
test_accounts(void **state)
{
	struct fixture *f = *state;

	expect(f, "", "", COLLECT_ACCOUNTS, NULL);
	reading_set(&f->accounts, source(OWNER), failure(ERR_DENIED, "no"));
	expect(f, "", "", COLLECT_ACCOUNTS, "blind denied: no");
	reading_set(&f->accounts, source(OWNER), NULL);
	expect(f, "", "", COLLECT_ACCOUNTS, "fresh ");
	reading_set(&f->accounts, source(OWNER), failure(ERR_TIMEOUT, "late"));
	expect(f, "", "", COLLECT_ACCOUNTS, "stale timeout: late");
}

static void
test_regions(void **state)
{
	struct fixture *f = *state;
	struct world_account *a = world_find_account(f->world, OWNER);

	expect(f, OWNER, "", COLLECT_REGIONS, NULL);
	world_set_regions(f->world, a, source(OWNER), failure(ERR_NETWORK, "gone"));
	expect(f, OWNER, "", COLLECT_REGIONS, "blind network: gone");
	world_add_region(f->world, a, "af-south-1", TRI_NO);
	world_add_region(f->world, a, "eu-west-1", TRI_YES);
	expect(f, OWNER, "af-south-1", COLLECT_TRAILS,
	    "not-applicable not-enabled: the region is not enabled for the account");
	expect(f, OWNER, "eu-west-1", COLLECT_TRAILS, NULL);
	world_set_trails(f->world, world_find_region(a, "eu-west-1"), NULL, 0, source(OWNER),
	    failure(ERR_NOT_ENABLED, "off"));
	expect(f, OWNER, "eu-west-1", COLLECT_TRAILS, "not-applicable not-enabled: off");
	expect(f, OWNER, "us-east-1", COLLECT_TRAILS, "fresh ");
	world_set_trails(f->world, f->region, NULL, 0, source(OWNER), failure(ERR_DENIED_BY_SCP, "scp"));
	expect(f, OWNER, "us-east-1", COLLECT_TRAILS, "stale denied-by-scp: scp");
}

static void
test_worst_status_speaks(void **state)
{
	struct fixture *f = *state;
	struct trail_selectors selectors = { .management_reads = TRI_YES };
	struct world_trail *a = world_find_trail(f->world, ARN "a");

	expect(f, OWNER, "us-east-1", COLLECT_STATUS, NULL);
	set_status(f, "a", "us-east-1", NULL);
	expect(f, OWNER, "us-east-1", COLLECT_STATUS, "fresh ");
	set_status(f, "b", "us-east-1", failure(ERR_DENIED, "no"));
	expect(f, OWNER, "us-east-1", COLLECT_STATUS, "blind denied: no");
	set_status(f, "b", "us-east-1", NULL);
	set_status(f, "b", "us-east-1", failure(ERR_TIMEOUT, "late"));
	expect(f, OWNER, "us-east-1", COLLECT_STATUS, "stale timeout: late");
	world_set_selectors(f->world, a, NULL, source(OWNER), failure(ERR_DENIED, "selectors"));
	expect(f, OWNER, "us-east-1", COLLECT_STATUS, "blind denied: selectors");
	world_set_selectors(f->world, a, &selectors, source(OWNER), NULL);
	set_status(f, "b", "us-east-1", NULL);
	set_status(f, "a", "eu-west-1", failure(ERR_SERVER, "500"));
	expect(f, OWNER, "us-east-1", COLLECT_STATUS, "fresh ");
	expect(f, OWNER, "eu-west-1", COLLECT_STATUS, "blind server: 500");
}

static void
test_keys(void **state)
{
	struct fixture *f = *state;
	struct world_key *k = world_find_key(f->world, KEY);
	struct key key = { .arn = KEY, .state = KEY_ENABLED };

	expect(f, OWNER, "us-east-1", COLLECT_KEYS, NULL);
	world_set_key(f->world, k, NULL, source(OTHER), failure(ERR_NOT_FOUND, "no key"));
	expect(f, OWNER, "us-east-1", COLLECT_KEYS, "blind not-found: no key");
	assert_int_equal(world_key_is_usable(k), TRI_UNKNOWN);
	world_set_key(f->world, k, NULL, source(OWNER), failure(ERR_NOT_FOUND, "no key"));
	expect(f, OWNER, "us-east-1", COLLECT_KEYS, "fresh ");
	assert_int_equal(world_key_exists(k), TRI_NO);
	assert_int_equal(world_key_is_usable(k), TRI_NO);
	world_set_key(f->world, k, &key, source(OWNER), NULL);
	assert_int_equal(world_key_is_usable(k), TRI_YES);
	world_set_key_policy(f->world, k, NULL, 0, source(OWNER), failure(ERR_DENIED, "policy"));
	expect(f, OWNER, "us-east-1", COLLECT_KEYS, "blind denied: policy");
}

/* A key that is no ARN stands where its trail is. */
static void
test_key_without_place(void **state)
{
	struct fixture *f = *state;

	set_trails(f, "alias/logs");
	world_set_key(f->world, world_find_key(f->world, "alias/logs"), NULL, source(OWNER),
	    failure(ERR_MALFORMED, "no ARN"));
	expect(f, OWNER, "us-east-1", COLLECT_KEYS, "blind malformed: no ARN");
}

static void
test_buckets(void **state)
{
	struct fixture *f = *state;
	struct world_bucket *b = world_find_bucket(f->world, "logs");
	struct bucket bucket = { .name = "logs", .region = "eu-west-1", .exists = TRI_YES };

	expect(f, OWNER, "us-east-1", COLLECT_BUCKETS, NULL);
	world_set_bucket(f->world, b, NULL, source(OTHER), failure(ERR_DENIED, "no"));
	expect(f, OTHER, "us-east-1", COLLECT_BUCKETS, "blind denied: no");
	world_set_bucket(f->world, b, NULL, &(struct source){ .call = NULL },
	    failure(ERR_MALFORMED, "no name"));
	expect(f, OWNER, "us-east-1", COLLECT_BUCKETS, "blind malformed: no name");
	world_set_bucket(f->world, b, &bucket, source(OTHER), NULL);
	expect(f, OTHER, "eu-west-1", COLLECT_BUCKETS, "fresh ");
}

static void
test_order(void **state)
{
	struct fixture *f = *state;
	struct coverage c;

	world_add_region(f->world, world_add_account(f->world, "000011112222", NULL), "us-west-2",
	    TRI_NO);
	set_status(f, "a", "us-east-1", NULL);
	set_status(f, "a", "eu-west-1", NULL);
	reading_set(&f->accounts, source(OWNER), NULL);
	coverage_read(f->world, &f->accounts, &c);
	assert_int_equal(c.count, 5);
	for (size_t i = 1; i < c.count; i++) {
		int order = strcmp(c.row[i - 1].account, c.row[i].account);

		assert_true(order < 0 || (order == 0 &&
		    strcmp(c.row[i - 1].region, c.row[i].region) <= 0));
	}
	coverage_done(&c);
}

/* A large world in about the time that sorting takes: no step looks at all others. */
static void
test_large(void **state)
{
	struct fixture *f = *state;
	struct coverage c;

	for (int i = 0; i < 10000; i++) {
		struct world_account *a;
		char id[13], region[16];

		snprintf(id, sizeof(id), "%012d", i);
		a = world_add_account(f->world, id, NULL);
		for (int k = 0; k < 17; k++) {
			snprintf(region, sizeof(region), "us-east-%d", k);
			world_add_region(f->world, a, region, TRI_NO);
		}
	}
	coverage_read(f->world, &f->accounts, &c);
	assert_int_equal(c.count, 10000 * 17 + 1);
	coverage_done(&c);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_accounts), TEST(test_regions), TEST(test_worst_status_speaks),
		TEST(test_keys), TEST(test_key_without_place), TEST(test_buckets), TEST(test_order),
		TEST(test_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
