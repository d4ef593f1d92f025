/* SPDX-License-Identifier: Apache-2.0 */
/* The world: views of trails, what is old and what is current, what is forgotten and touched. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/stamp.h"
#include "base/text.h"
#include "world/world.h"

#define OWNER	"111122223333"
#define MEMBER	"444455556666"
#define TRAIL	"arn:aws:cloudtrail:us-east-1:111122223333:trail/main"
#define OTHER	"arn:aws:cloudtrail:us-east-1:111122223333:trail/other"
#define KEY	"arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
#define KEY2	"arn:aws:kms:us-west-2:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"

static const struct source asked = { .call = "test:Ask", .account = OWNER, .region = "us-east-1" };
static const struct err denied = { .kind = ERR_DENIED, .text = "no permission" };

/* Two accounts of two regions each. */
struct scene {
	struct world		*world;
	struct world_account	*owner, *member;
	struct world_region	*home, *west, *member_home, *member_west;
};

static void
scene_begin(struct scene *s)
{
	s->world = world_new();
	s->owner = world_add_account(s->world, OWNER, "prod");
	s->member = world_add_account(s->world, MEMBER, NULL);
	s->home = world_add_region(s->world, s->owner, "us-east-1", TRI_YES);
	s->west = world_add_region(s->world, s->owner, "us-west-2", TRI_YES);
	s->member_home = world_add_region(s->world, s->member, "us-east-1", TRI_YES);
	s->member_west = world_add_region(s->world, s->member, "us-west-2", TRI_YES);
}

static struct trail
trail_of(const char *arn, const char *key, const char *bucket)
{
	return (struct trail){ .arn = arn, .name = strrchr(arn, '/') + 1, .account = OWNER,
		.home_region = "us-east-1", .kms_key_id = key, .bucket = bucket,
		.multi_region = TRI_YES, .organization = TRI_YES };
}

/* The region lists the one trail, encrypted with `key`. */
static void
show(struct scene *s, struct world_region *region, const char *key)
{
	struct trail trail = trail_of(TRAIL, key, "logs");

	world_set_trails(s->world, region, &trail, 1, &asked, NULL);
}

static void
show_none(struct scene *s, struct world_region *region)
{
	world_set_trails(s->world, region, NULL, 0, &asked, NULL);
}

static void
deny(struct scene *s, struct world_region *region)
{
	world_set_trails(s->world, region, NULL, 0, &asked, &denied);
}

static void
drain(struct scene *s)
{
	while (world_take_touched(s->world) != NULL)
		;
}

static size_t
count_touched(struct scene *s, enum subject_kind kind)
{
	struct subject *subject;
	size_t n = 0;

	while ((subject = world_take_touched(s->world)) != NULL)
		n += subject->kind == kind;
	return n;
}

static void
test_names(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s);
	assert_ptr_equal(world_intern(s.world, "us-east-1"), s.home->name);
	assert_ptr_equal(world_add_account(s.world, OWNER, NULL), s.owner);
	assert_string_equal(s.owner->name, "prod");
	world_add_account(s.world, OWNER, "live");
	assert_string_equal(s.owner->name, "live");
	assert_null(world_find_account(s.world, "000000000000"));
	assert_ptr_equal(world_add_region(s.world, s.owner, "us-west-2", TRI_YES), s.west);
	assert_null(world_find_region(s.owner, "eu-west-1"));
	world_free(s.world);
	world_free(NULL);
}

/* An organization trail is one object however many accounts and regions show it. */
static void
test_views(void **state)
{
	struct world_trail *trail;
	struct scene s;

	(void)state;
	scene_begin(&s);
	show(&s, s.member_west, NULL);
	show(&s, s.member_home, NULL);
	trail = world_find_trail(s.world, TRAIL);
	assert_false(trail->seen_at_home);
	assert_null(trail->key);
	show(&s, s.home, KEY);
	assert_ptr_equal(world_find_trail(s.world, TRAIL), trail);
	assert_true(trail->seen_at_home);
	assert_int_equal(trail->views, 3);
	assert_string_equal(trail->key->id, KEY);
	/* Its owner's word at home counts above those of shadows, which may lag behind. */
	show(&s, s.west, NULL);
	show(&s, s.member_west, KEY2);
	assert_string_equal(trail->trail.kms_key_id, KEY);
	assert_null(world_find_key(s.world, KEY2));
	assert_int_equal(trail->views, 4);
	world_free(s.world);
}

static void
test_twice_in_one_answer(void **state)
{
	struct trail trails[2] = { trail_of(TRAIL, KEY, "logs"), trail_of(TRAIL, KEY, "logs") };
	struct scene s;

	(void)state;
	scene_begin(&s);
	world_set_trails(s.world, s.home, trails, 2, &asked, NULL);
	assert_int_equal(s.home->trail_count, 1);
	assert_int_equal(world_find_trail(s.world, TRAIL)->views, 1);
	show_none(&s, s.home);
	assert_null(world_find_trail(s.world, TRAIL));
	world_free(s.world);
}

/* A description was called current after the region that gave it could not be read any more. */
static void
test_old_description(void **state)
{
	struct world_trail *trail;
	struct scene s;

	(void)state;
	scene_begin(&s);
	show(&s, s.home, KEY);
	show(&s, s.west, KEY);
	trail = world_find_trail(s.world, TRAIL);
	deny(&s, s.west);
	assert_true(reading_is_good(&trail->described));
	drain(&s);
	deny(&s, s.home);
	assert_false(reading_is_good(&trail->described));
	assert_string_equal(reading_reason(&trail->described), "no permission");
	assert_string_equal(trail->trail.kms_key_id, KEY);
	assert_int_equal(trail->views, 2);
	assert_int_equal(count_touched(&s, SUBJECT_TRAIL), 1);
	/* While the owner's word is old, a shadow's new one counts. */
	show(&s, s.member_home, NULL);
	assert_true(reading_is_good(&trail->described));
	assert_null(trail->trail.kms_key_id);
	assert_false(trail->seen_at_home);
	show(&s, s.home, KEY);
	assert_true(trail->seen_at_home);
	assert_string_equal(trail->trail.kms_key_id, KEY);
	world_free(s.world);
}

/* A deleted trail goes with its last view; until then its description is known to be old. */
static void
test_forgetting(void **state)
{
	struct world_trail *trail;
	struct scene s;

	(void)state;
	scene_begin(&s);
	show(&s, s.home, KEY);
	show(&s, s.west, KEY);
	trail = world_find_trail(s.world, TRAIL);
	show_none(&s, s.home);
	assert_false(trail->seen_at_home);
	assert_false(reading_is_good(&trail->described));
	assert_int_equal(trail->described.failure, ERR_NOT_FOUND);
	show(&s, s.west, KEY);
	assert_true(reading_is_good(&trail->described));
	show_none(&s, s.west);
	assert_null(world_find_trail(s.world, TRAIL));
	assert_null(world_find_key(s.world, KEY));
	assert_null(world_find_bucket(s.world, "logs"));
	assert_null(world_trails(s.world));
	world_free(s.world);
}

/* A region that was closed went on listing its trails, which then never went. */
static void
test_closed_region(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s);
	show(&s, s.west, KEY);
	world_add_region(s.world, s.owner, "us-west-2", TRI_NO);
	assert_null(world_find_trail(s.world, TRAIL));
	assert_int_equal(s.west->trail_count, 0);
	assert_int_equal(s.west->trails_reading.state, READING_NONE);
	world_add_region(s.world, s.owner, "us-west-2", TRI_YES);
	show(&s, s.west, KEY);
	assert_non_null(world_find_trail(s.world, TRAIL));
	world_free(s.world);
}

static void
test_failure_keeps_values(void **state)
{
	struct trail_selectors selectors = { .management_reads = TRI_NO, .narrowed = "x" };
	struct trail_status status = { .logging = TRI_YES, .delivery_error = "AccessDenied" };
	struct world_trail *trail;
	const struct world_status *slot;
	struct scene s;

	(void)state;
	scene_begin(&s);
	show(&s, s.home, KEY);
	trail = world_find_trail(s.world, TRAIL);
	assert_null(world_find_status(trail, "us-east-1"));
	world_set_status(s.world, trail, "us-west-2", &status, &asked, NULL);
	world_set_status(s.world, trail, "us-east-1", NULL, &asked, &denied);
	world_set_status(s.world, trail, "us-west-2", NULL, &asked, &denied);
	assert_int_equal(trail->status_count, 2);
	assert_string_equal(trail->statuses[0].region, "us-east-1");
	slot = world_find_status(trail, "us-west-2");
	assert_false(reading_is_good(&slot->reading));
	assert_string_equal(slot->status.delivery_error, "AccessDenied");
	assert_ptr_equal(slot->reading.good.call, asked.call);
	status.delivery_error = NULL;
	world_set_status(s.world, trail, "us-west-2", &status, &asked, NULL);
	assert_null(world_find_status(trail, "us-west-2")->status.delivery_error);
	world_set_selectors(s.world, trail, &selectors, &asked, NULL);
	world_set_selectors(s.world, trail, NULL, &asked, &denied);
	assert_string_equal(trail->selectors.narrowed, "x");
	assert_false(reading_is_good(&trail->selectors_reading));
	world_free(s.world);
}

/* A key is one however many trails use it, and is known by the account and region of its ARN. */
static void
test_keys(void **state)
{
	struct trail trails[2] = { trail_of(TRAIL, KEY2, "logs"), trail_of(OTHER, KEY2, "logs") };
	struct key key = { .arn = KEY2, .state = KEY_ENABLED, .state_name = "Enabled" };
	struct world_key *slot;
	struct scene s;

	(void)state;
	scene_begin(&s);
	world_set_trails(s.world, s.home, trails, 2, &asked, NULL);
	slot = world_find_key(s.world, KEY2);
	assert_string_equal(slot->account, MEMBER);
	assert_string_equal(slot->region, "us-west-2");
	assert_int_equal(world_key_exists(slot), TRI_UNKNOWN);
	drain(&s);
	world_set_key(s.world, slot, &key, &asked, NULL);
	assert_int_equal(count_touched(&s, SUBJECT_TRAIL), 2);
	assert_int_equal(world_key_exists(slot), TRI_YES);
	assert_int_equal(world_key_is_usable(slot), TRI_YES);
	/* One trail goes over to another key. */
	trails[0].kms_key_id = "alias/odd";
	world_set_trails(s.world, s.home, trails, 2, &asked, NULL);
	assert_ptr_equal(world_find_key(s.world, KEY2), slot);
	assert_ptr_equal(TAILQ_FIRST(&slot->trails), world_find_trail(s.world, OTHER));
	assert_string_equal(world_find_key(s.world, "alias/odd")->account, "");
	trails[1].kms_key_id = NULL;
	world_set_trails(s.world, s.home, trails, 2, &asked, NULL);
	assert_null(world_find_key(s.world, KEY2));
	world_free(s.world);
}

static void
test_missing_key(void **state)
{
	struct err gone = { .kind = ERR_NOT_FOUND, .text = "NotFoundException" };
	struct source own = asked, foreign = asked;
	struct world_key *slot;
	struct scene s;

	(void)state;
	scene_begin(&s);
	show(&s, s.home, KEY);
	slot = world_find_key(s.world, KEY);
	foreign.account = MEMBER;
	world_set_key(s.world, slot, NULL, &foreign, &gone);
	assert_int_equal(world_key_exists(slot), TRI_UNKNOWN);
	world_set_key(s.world, slot, NULL, &own, &gone);
	assert_int_equal(world_key_exists(slot), TRI_NO);
	assert_int_equal(world_key_is_usable(slot), TRI_NO);
	world_set_key(s.world, slot, NULL, &own, &denied);
	assert_int_equal(world_key_exists(slot), TRI_UNKNOWN);
	world_free(s.world);
}

static void
test_key_slots(void **state)
{
	struct key_rotation rotation = { .enabled = TRI_YES };
	struct key_store store = { .id = "cks-1", .state_name = "FAILED" };
	struct world_key *slot;
	struct scene s;

	(void)state;
	scene_begin(&s);
	show(&s, s.home, KEY);
	slot = world_find_key(s.world, KEY);
	world_set_key_policy(s.world, slot, "{}tail", 2, &asked, NULL);
	assert_string_equal(slot->policy, "{}");
	world_set_key_policy(s.world, slot, NULL, 0, &asked, &denied);
	assert_string_equal(slot->policy, "{}");
	world_set_key_rotation(s.world, slot, &rotation, &asked, NULL);
	assert_int_equal(slot->rotation.enabled, TRI_YES);
	world_set_key_store(s.world, slot, &store, &asked, NULL);
	world_set_key_store(s.world, slot, &store, &asked, NULL);
	assert_string_equal(slot->store.id, "cks-1");
	world_free(s.world);
}

/* The text before, and when it was read last: what was done in between took it away. */
static void
test_former_policy(void **state)
{
	struct source first = asked, second = asked, third = asked;
	struct world_key *slot;
	struct scene s;

	(void)state;
	first.wall_ms = 1000;
	second.wall_ms = 2000;
	third.wall_ms = 3000;
	scene_begin(&s);
	show(&s, s.home, KEY);
	slot = world_find_key(s.world, KEY);
	world_set_key_policy(s.world, slot, "one", 3, &first, NULL);
	assert_null(slot->former_policy);
	world_set_key_policy(s.world, slot, "one", 3, &second, NULL);
	assert_null(slot->former_policy);
	world_set_key_policy(s.world, slot, NULL, 0, &third, &denied);
	world_set_key_policy(s.world, slot, "second", 6, &third, NULL);
	assert_string_equal(slot->former_policy, "one");
	assert_int_equal(slot->former_policy_len, 3);
	assert_int_equal(slot->former_policy_wall_ms, 2000);
	world_set_key_policy(s.world, slot, "3", 1, &third, NULL);
	assert_string_equal(slot->former_policy, "second");
	assert_int_equal(slot->former_policy_wall_ms, 3000);
	world_free(s.world);
}

static void
test_buckets(void **state)
{
	struct bucket there = { .name = "logs", .region = "eu-west-1", .exists = TRI_YES };
	struct world_bucket *slot;
	struct scene s;

	(void)state;
	scene_begin(&s);
	show(&s, s.home, KEY);
	slot = world_find_bucket(s.world, "logs");
	drain(&s);
	world_set_bucket(s.world, slot, &there, &asked, NULL);
	assert_string_equal(slot->bucket.region, "eu-west-1");
	assert_int_equal(count_touched(&s, SUBJECT_TRAIL), 1);
	world_set_bucket(s.world, slot, NULL, &asked, &denied);
	assert_int_equal(slot->bucket.exists, TRI_YES);
	world_set_bucket_policy(s.world, slot, "{}", 2, &asked, NULL);
	assert_string_equal(slot->policy, "{}");
	world_set_bucket_policy(s.world, slot, NULL, 0, &asked, NULL);
	assert_null(slot->policy);
	world_free(s.world);
}

/* A status decides about its region in all accounts that see the trail; it did not touch them. */
static void
test_touched_by_status(void **state)
{
	struct trail_status status = { .logging = TRI_NO };
	struct scene s;

	(void)state;
	scene_begin(&s);
	show(&s, s.home, KEY);
	show(&s, s.member_west, KEY);
	drain(&s);
	assert_null(world_take_touched(s.world));
	world_set_status(s.world, world_find_trail(s.world, TRAIL), "us-west-2", &status, &asked,
	    NULL);
	assert_true(s.west->subject.touched);
	assert_true(s.member_west->subject.touched);
	assert_false(s.home->subject.touched);
	assert_int_equal(count_touched(&s, SUBJECT_TRAIL), 1);
	world_free(s.world);
}

static void
test_touched_once(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s);
	show(&s, s.home, KEY);
	world_touch_all(s.world);
	world_touch_all(s.world);
	assert_int_equal(count_touched(&s, SUBJECT_KEY), 1);
	world_touch_all(s.world);
	assert_int_equal(count_touched(&s, SUBJECT_REGION), 4);
	world_touch_all(s.world);
	assert_int_equal(count_touched(&s, SUBJECT_ACCOUNT), 2);
	/* What is forgotten is not handed out. */
	world_touch_all(s.world);
	show_none(&s, s.home);
	assert_int_equal(count_touched(&s, SUBJECT_TRAIL) + count_touched(&s, SUBJECT_KEY), 0);
	/* What one region shows concerns the others of its account, and no other account. */
	deny(&s, s.home);
	assert_true(s.west->subject.touched);
	assert_true(s.owner->subject.touched);
	assert_false(s.member_west->subject.touched);
	world_free(s.world);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_views),
		cmocka_unit_test(test_twice_in_one_answer),
		cmocka_unit_test(test_old_description),
		cmocka_unit_test(test_forgetting),
		cmocka_unit_test(test_closed_region),
		cmocka_unit_test(test_failure_keeps_values),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_missing_key),
		cmocka_unit_test(test_key_slots),
		cmocka_unit_test(test_former_policy),
		cmocka_unit_test(test_buckets),
		cmocka_unit_test(test_touched_by_status),
		cmocka_unit_test(test_touched_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
