/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules that need the past, over simulated time: keys that change, trails that go, places that
 * cannot be seen. The world: two accounts with three regions each, and a trail in the first.
 */
#include "unit/findings_scene.h"

#include "base/err.h"
#include "base/stamp.h"
#include "findings/past.h"

#define OTHER		"444455556666"
#define WEST		"us-west-2"
#define SOUTH		"ap-south-1"
#define TRAIL		"arn:aws:cloudtrail:us-east-1:111122223333:trail/main"
#define OTHER_KEY	"arn:aws:kms:us-east-1:111122223333:key/0987dcba-09fe-87dc-65ba-ab0987654321"

static const char *const accounts[] = { ACCOUNT, OTHER };
static const char *const regions[] = { HOME, SOUTH, WEST };

#define ACCOUNTS	2
#define REGIONS		3

struct memory {
	struct scene		 scene;
	struct past		 past;
	struct rules_settings	 settings;
	struct world		*world;
	struct reading		 list;
	struct world_region	*region[ACCOUNTS][REGIONS];
	enum err_kind		 failure[ACCOUNTS][REGIONS];	/* ERR_NONE: it answers */
	const char		*key;		/* the trail's; NULL: none */
	bool			 has_trail;
};

static struct source
source_of(const struct memory *m, size_t a, size_t r)
{
	return (struct source){ .call = "cloudtrail:DescribeTrails", .account = accounts[a],
	    .region = regions[r], .wall_ms = m->scene.now_ms };
}

static void
ask(struct memory *m, size_t a, size_t r)
{
	const struct trail trail = { .arn = TRAIL, .name = "main", .account = ACCOUNT,
	    .home_region = HOME, .bucket = "example-logs", .kms_key_id = m->key,
	    .multi_region = TRI_NO, .organization = TRI_NO, .validation = TRI_YES };
	struct source source = source_of(m, a, r);
	struct err err;

	if (m->failure[a][r] != ERR_NONE) {
		err_set(&err, m->failure[a][r], "AccessDenied: no");
		world_set_trails(m->world, m->region[a][r], NULL, 0, &source, &err);
		return;
	}
	world_set_trails(m->world, m->region[a][r], &trail, m->has_trail && a == 0 && r == 0,
	    &source, NULL);
}

static void
ask_all(struct memory *m)
{
	for (size_t a = 0; a < ACCOUNTS; a++)
		for (size_t r = 0; r < REGIONS; r++)
			ask(m, a, r);
}

static void
fail_account(struct memory *m, size_t a, enum err_kind kind)
{
	for (size_t r = 0; r < REGIONS; r++)
		m->failure[a][r] = kind;
}

/* What the daemon does each minute. */
static void
judge(struct memory *m)
{
	struct coverage coverage;

	scene_clear(&m->scene);
	arena_reset(m->scene.arena);
	coverage_read(m->world, &m->list, &coverage);
	past_judge(&m->past, &m->settings, m->world, &coverage, m->scene.findings, m->scene.now_ms,
	    &m->scene.seen);
	coverage_done(&coverage);
	scene_apply(&m->scene);
	past_clean(&m->past);
}

/* So many minutes, all being asked in each. */
static void
pass_minutes(struct memory *m, unsigned minutes)
{
	for (; minutes > 0; minutes--) {
		m->scene.now_ms += MINUTE_MS;
		ask_all(m);
		judge(m);
	}
}

/* Open findings of a rule. */
static unsigned
count_open(const struct memory *m, enum rule_id rule)
{
	unsigned n = 0;

	for (struct finding *f = findings_first(m->scene.findings); f != NULL; f = f->hh.next)
		n += f->rule == rule && finding_is_open(f);
	return n;
}

static struct finding *
find(const struct memory *m, enum rule_id rule, const char *account, const char *region,
    const char *resource)
{
	char id[FINDING_ID_SIZE];

	return findings_find(m->scene.findings, finding_id(rule, account, region, resource, id));
}

static void
expect_finding(const struct memory *m, enum rule_id rule, const char *account, const char *region,
    const char *resource, enum finding_state state)
{
	const struct finding *f = find(m, rule, account, region, resource);

	assert_non_null(f);
	assert_int_equal(f->state, state);
}

static void
make_world(struct memory *m)
{
	struct source source = source_of(m, 0, 0);

	m->world = world_new();
	for (size_t a = 0; a < ACCOUNTS; a++) {
		struct world_account *account = world_add_account(m->world, accounts[a], NULL);

		world_set_regions(m->world, account, &source, NULL);
		for (size_t r = 0; r < REGIONS; r++)
			m->region[a][r] = world_add_region(m->world, account, regions[r], TRI_YES);
	}
}

static int
set_up(void **state)
{
	static struct memory m;

	m = (struct memory){ .key = KEY, .has_trail = true };
	scene_begin(&m.scene);
	rules_settings_init(&m.settings);
	make_world(&m);
	*state = &m;
	pass_minutes(&m, 5);
	assert_null(findings_first(m.scene.findings));
	return 0;
}

static int
tear_down(void **state)
{
	struct memory *m = *state;

	reading_done(&m->list);
	past_done(&m->past);
	world_free(m->world);
	scene_end(&m->scene);
	return 0;
}

/* The monitor starts anew: only what the store keeps is left. */
static void
start_anew(struct memory *m)
{
	world_free(m->world);
	make_world(m);
	m->past.last_wall_ms = 0;
	m->past.looks = 0;
	for (struct past_blind *b = m->past.blinds; b != NULL; b = b->hh.next) {
		b->is_first_look = false;
		b->listed = 0;
		b->fold = FOLD_NONE;
	}
}

/* ---- trail-key-changed ---- */

static void
test_key_changed(void **state)
{
	struct memory *m = *state;
	const struct finding *f;

	m->key = OTHER_KEY;
	pass_minutes(m, 1);
	expect_finding(m, RULE_TRAIL_KEY_CHANGED, ACCOUNT, HOME, TRAIL, FINDING_PENDING);
	pass_minutes(m, 1);
	expect_finding(m, RULE_TRAIL_KEY_CHANGED, ACCOUNT, HOME, TRAIL, FINDING_FIRING);
	f = find(m, RULE_TRAIL_KEY_CHANGED, ACCOUNT, HOME, TRAIL);
	assert_string_equal(f->summary, "trail main (" ACCOUNT ", us-east-1) encrypts its logs "
	    "with " OTHER_KEY ", not with " KEY " as before");
	assert_string_equal(f->remediation, "aws cloudtrail update-trail --name " TRAIL
	    " --kms-key-id " KEY " --region us-east-1");
	assert_non_null(strstr(f->evidence, "\"call\":\"cloudtrail:DescribeTrails\""));
	pass_minutes(m, 24 * 60 - 5);
	expect_finding(m, RULE_TRAIL_KEY_CHANGED, ACCOUNT, HOME, TRAIL, FINDING_FIRING);
	pass_minutes(m, 8);
	expect_finding(m, RULE_TRAIL_KEY_CHANGED, ACCOUNT, HOME, TRAIL, FINDING_RESOLVED);
	/* The new one is the accepted one now. */
	m->key = KEY;
	pass_minutes(m, 3);
	expect_finding(m, RULE_TRAIL_KEY_CHANGED, ACCOUNT, HOME, TRAIL, FINDING_FIRING);
}

static void
test_key_changed_back(void **state)
{
	struct memory *m = *state;

	m->key = NULL;
	pass_minutes(m, 3);
	assert_non_null(strstr(find(m, RULE_TRAIL_KEY_CHANGED, ACCOUNT, HOME, TRAIL)->summary,
	    "with no key, not with"));
	m->key = OTHER_KEY;
	pass_minutes(m, 3);
	expect_finding(m, RULE_TRAIL_KEY_CHANGED, ACCOUNT, HOME, TRAIL, FINDING_FIRING);
	m->key = KEY;
	pass_minutes(m, 2);
	expect_finding(m, RULE_TRAIL_KEY_CHANGED, ACCOUNT, HOME, TRAIL, FINDING_RESOLVED);
	assert_int_equal(m->scene.told[MOVE_FIRED], 1);
	assert_int_equal(m->scene.told[MOVE_RESOLVED], 1);
}

/* A change while the monitor was down is one. */
static void
test_key_changed_while_away(void **state)
{
	struct memory *m = *state;

	start_anew(m);
	m->scene.now_ms += DAY_MS;
	judge(m);
	m->key = OTHER_KEY;
	pass_minutes(m, 2);
	expect_finding(m, RULE_TRAIL_KEY_CHANGED, ACCOUNT, HOME, TRAIL, FINDING_FIRING);
	/* What cannot be seen does not end it, and neither does time alone. */
	m->failure[0][0] = ERR_DENIED;
	pass_minutes(m, 26 * 60);
	assert_int_equal(count_open(m, RULE_TRAIL_KEY_CHANGED), 1);
}

/* The look at a trail that cannot be seen, as the one at a new trail, says nothing. */
static void
test_key_first_look(void **state)
{
	struct memory *m = *state;

	m->has_trail = false;
	past_done(&m->past);
	m->past = (struct past){ .trails = NULL };
	pass_minutes(m, 2);
	m->has_trail = true;
	m->key = OTHER_KEY;
	pass_minutes(m, 5);
	assert_null(findings_first(m->scene.findings));
}

/* ---- trail-deleted ---- */

static void
test_deleted(void **state)
{
	struct memory *m = *state;
	const struct finding *f;

	m->has_trail = false;
	pass_minutes(m, 2);
	expect_finding(m, RULE_TRAIL_DELETED, ACCOUNT, HOME, TRAIL, FINDING_FIRING);
	f = find(m, RULE_TRAIL_DELETED, ACCOUNT, HOME, TRAIL);
	assert_non_null(strstr(f->summary, "trail main (" ACCOUNT ", us-east-1) does not exist"));
	assert_non_null(strstr(f->remediation, "--kms-key-id " KEY));
	pass_minutes(m, 60);
	assert_int_equal(m->scene.told[MOVE_FIRED], 1);
	m->has_trail = true;
	pass_minutes(m, 2);
	expect_finding(m, RULE_TRAIL_DELETED, ACCOUNT, HOME, TRAIL, FINDING_RESOLVED);
	assert_int_equal(count_open(m, RULE_TRAIL_KEY_CHANGED), 0);
}

static void
test_deleted_for_long(void **state)
{
	struct memory *m = *state;

	m->has_trail = false;
	m->settings.deleted_ms = 2 * HOUR_MS;
	pass_minutes(m, 119);
	expect_finding(m, RULE_TRAIL_DELETED, ACCOUNT, HOME, TRAIL, FINDING_FIRING);
	pass_minutes(m, 5);
	expect_finding(m, RULE_TRAIL_DELETED, ACCOUNT, HOME, TRAIL, FINDING_RESOLVED);
	assert_null(m->past.trails);
}

/* Good evidence is its home region, read well. */
static void
test_deleted_needs_evidence(void **state)
{
	struct memory *m = *state;

	m->has_trail = false;
	m->failure[0][0] = ERR_DENIED;
	pass_minutes(m, 20);
	assert_int_equal(count_open(m, RULE_TRAIL_DELETED), 0);
	start_anew(m);
	judge(m);
	pass_minutes(m, 20);
	assert_int_equal(count_open(m, RULE_TRAIL_DELETED), 0);
	m->failure[0][0] = ERR_NONE;
	pass_minutes(m, 2);
	assert_int_equal(count_open(m, RULE_TRAIL_DELETED), 1);
	m->failure[0][0] = ERR_DENIED;
	pass_minutes(m, 20);
	assert_int_equal(count_open(m, RULE_TRAIL_DELETED), 1);
}

/* ---- what became of the subjects of other findings ---- */

static void
fire(struct memory *m, enum rule_id rule, const char *resource)
{
	m->scene.settings.confirmations = 1;
	scene_clear(&m->scene);
	scene_add(&m->scene, rule, VERDICT_FAIL, resource);
	scene_apply(&m->scene);
	expect_finding(m, rule, ACCOUNT, HOME, resource, FINDING_FIRING);
}

static void
test_subjects(void **state)
{
	static const struct {
		enum rule_id	 rule;
		const char	*resource;
	} cases[] = {
		{ RULE_TRAIL_NOT_LOGGING, TRAIL },
		{ RULE_KEY_DISABLED, KEY },
		{ RULE_BUCKET_MISSING, "arn:aws:s3:::example-logs" },
	};
	struct memory *m = *state;

	for (size_t i = 0; i < 3; i++)
		fire(m, cases[i].rule, cases[i].resource);
	/* While it is there, and while nothing is known after a start, all stand. */
	pass_minutes(m, 5);
	start_anew(m);
	judge(m);
	m->failure[0][0] = ERR_DENIED;
	m->has_trail = false;
	pass_minutes(m, 5);
	for (size_t i = 0; i < 3; i++)
		expect_finding(m, cases[i].rule, ACCOUNT, HOME, cases[i].resource, FINDING_FIRING);
	m->failure[0][0] = ERR_NONE;
	pass_minutes(m, 1);
	for (size_t i = 0; i < 3; i++)
		expect_finding(m, cases[i].rule, ACCOUNT, HOME, cases[i].resource,
		    FINDING_RESOLVED);
}

/* The trail has another key: nobody uses the old one. */
static void
test_key_left(void **state)
{
	struct memory *m = *state;

	fire(m, RULE_KEY_DISABLED, KEY);
	m->key = OTHER_KEY;
	pass_minutes(m, 1);
	expect_finding(m, RULE_KEY_DISABLED, ACCOUNT, HOME, KEY, FINDING_RESOLVED);
}

/* ---- visibility-lost ---- */

static void
test_blind_region(void **state)
{
	struct memory *m = *state;
	const struct finding *f;

	m->failure[0][2] = ERR_DENIED;
	pass_minutes(m, 30);
	assert_null(find(m, RULE_VISIBILITY_LOST, ACCOUNT, WEST, WEST));
	pass_minutes(m, 2);
	expect_finding(m, RULE_VISIBILITY_LOST, ACCOUNT, WEST, WEST, FINDING_FIRING);
	f = find(m, RULE_VISIBILITY_LOST, ACCOUNT, WEST, WEST);
	assert_string_equal(f->summary, "region us-west-2 of account " ACCOUNT " (trails) cannot "
	    "be seen since 2026-01-02T03:10:05Z: AccessDenied: no");
	pass_minutes(m, 300);
	assert_int_equal(count_open(m, RULE_VISIBILITY_LOST), 1);
	m->failure[0][2] = ERR_NONE;
	pass_minutes(m, 2);
	expect_finding(m, RULE_VISIBILITY_LOST, ACCOUNT, WEST, WEST, FINDING_RESOLVED);
	assert_int_equal(m->scene.told[MOVE_FIRED], 1);
	assert_null(m->past.blinds);
}

/* Short breaks, however many, are none. */
static void
test_blind_now_and_then(void **state)
{
	struct memory *m = *state;

	for (int i = 0; i < 20; i++) {
		fail_account(m, 0, ERR_THROTTLED);
		pass_minutes(m, 29);
		fail_account(m, 0, ERR_NONE);
		pass_minutes(m, 1);
	}
	assert_null(findings_first(m->scene.findings));
}

/* A role that cannot be assumed is one cause; the account comes back bit by bit. */
static void
test_blind_account(void **state)
{
	struct memory *m = *state;

	fail_account(m, 1, ERR_DENIED);
	pass_minutes(m, 40);
	expect_finding(m, RULE_VISIBILITY_LOST, OTHER, "", OTHER, FINDING_FIRING);
	assert_int_equal(count_open(m, RULE_VISIBILITY_LOST), 1);
	m->failure[1][1] = ERR_NONE;
	pass_minutes(m, 3);
	expect_finding(m, RULE_VISIBILITY_LOST, OTHER, "", OTHER, FINDING_RESOLVED);
	m->failure[1][0] = ERR_NONE;
	pass_minutes(m, 20);
	assert_int_equal(count_open(m, RULE_VISIBILITY_LOST), 0);
	/* What stays blind is told by itself in the end. */
	pass_minutes(m, 20);
	expect_finding(m, RULE_VISIBILITY_LOST, OTHER, WEST, WEST, FINDING_FIRING);
	assert_int_equal(m->scene.told[MOVE_FIRED], 2);
}

/* A network that is down is one cause, and all is seen again within minutes. */
static void
test_blind_whole(void **state)
{
	struct memory *m = *state;

	for (size_t a = 0; a < ACCOUNTS; a++)
		fail_account(m, a, ERR_NETWORK);
	pass_minutes(m, 60);
	expect_finding(m, RULE_VISIBILITY_LOST, "", "", "trailseal", FINDING_FIRING);
	assert_int_equal(count_open(m, RULE_VISIBILITY_LOST), 1);
	for (size_t a = 0; a < ACCOUNTS; a++) {
		for (size_t r = 0; r < REGIONS; r++) {
			m->failure[a][r] = ERR_NONE;
			pass_minutes(m, 2);
		}
	}
	pass_minutes(m, 60);
	expect_finding(m, RULE_VISIBILITY_LOST, "", "", "trailseal", FINDING_RESOLVED);
	assert_int_equal(m->scene.told[MOVE_FIRED], 1);
	assert_int_equal(m->scene.told[MOVE_RESOLVED], 1);
}

/* Regions that are asked once an hour need not have failed for all to be blind. */
static void
test_blind_with_lazy_regions(void **state)
{
	struct memory *m = *state;

	m->failure[0][0] = m->failure[1][0] = ERR_TIMEOUT;
	for (int minute = 0; minute < 40; minute++) {
		m->scene.now_ms += MINUTE_MS;
		ask(m, 0, 0);
		ask(m, 1, 0);
		judge(m);
	}
	expect_finding(m, RULE_VISIBILITY_LOST, "", "", "trailseal", FINDING_FIRING);
	assert_int_equal(count_open(m, RULE_VISIBILITY_LOST), 1);
}

/* One region that was blind for days and a short break elsewhere are two things. */
static void
test_blind_region_and_break(void **state)
{
	struct memory *m = *state;

	m->failure[0][2] = ERR_DENIED;
	pass_minutes(m, 600);
	fail_account(m, 0, ERR_NETWORK);
	pass_minutes(m, 10);
	m->failure[0][0] = m->failure[0][1] = ERR_NONE;
	m->failure[0][2] = ERR_DENIED;
	pass_minutes(m, 100);
	assert_int_equal(m->scene.told[MOVE_FIRED], 1);
	expect_finding(m, RULE_VISIBILITY_LOST, ACCOUNT, WEST, WEST, FINDING_FIRING);
	/* It is part of a greater blindness, and of its own again afterwards. */
	fail_account(m, 0, ERR_NETWORK);
	pass_minutes(m, 40);
	expect_finding(m, RULE_VISIBILITY_LOST, ACCOUNT, WEST, WEST, FINDING_OBSCURED);
	expect_finding(m, RULE_VISIBILITY_LOST, ACCOUNT, "", ACCOUNT, FINDING_FIRING);
	m->failure[0][0] = m->failure[0][1] = ERR_NONE;
	pass_minutes(m, 40);
	expect_finding(m, RULE_VISIBILITY_LOST, ACCOUNT, WEST, WEST, FINDING_FIRING);
	expect_finding(m, RULE_VISIBILITY_LOST, ACCOUNT, "", ACCOUNT, FINDING_RESOLVED);
	assert_int_equal(m->scene.told[MOVE_FIRED], 2);
}

/* Meant so from the first look on, but not when it was seen before. */
static void
test_blind_by_policy(void **state)
{
	struct memory *m = *state;

	start_anew(m);
	m->failure[1][2] = ERR_DENIED_BY_SCP;
	m->failure[1][1] = ERR_NOT_ENABLED;
	pass_minutes(m, 120);
	assert_null(findings_first(m->scene.findings));
	m->failure[1][0] = ERR_DENIED_BY_SCP;
	pass_minutes(m, 35);
	assert_int_equal(count_open(m, RULE_VISIBILITY_LOST), 1);
	m->failure[1][0] = ERR_NOT_ENABLED;
	pass_minutes(m, 3);
	assert_int_equal(count_open(m, RULE_VISIBILITY_LOST), 0);
}

/* A blind monitor that is started anew resolves nothing, and remembers since when. */
static void
test_blind_over_a_start(void **state)
{
	struct memory *m = *state;

	m->failure[0][1] = ERR_DENIED;
	pass_minutes(m, 40);
	assert_int_equal(count_open(m, RULE_VISIBILITY_LOST), 1);
	start_anew(m);
	m->scene.now_ms += HOUR_MS;
	judge(m);
	expect_finding(m, RULE_VISIBILITY_LOST, ACCOUNT, SOUTH, SOUTH, FINDING_FIRING);
	pass_minutes(m, 5);
	assert_int_equal(count_open(m, RULE_VISIBILITY_LOST), 1);
	m->failure[0][1] = ERR_NONE;
	pass_minutes(m, 2);
	assert_int_equal(count_open(m, RULE_VISIBILITY_LOST), 0);
	assert_int_equal(m->scene.told[MOVE_FIRED], 1);
}

/* A key that nobody asks for any more is no blind spot. */
static void
test_blind_key_is_left(void **state)
{
	struct memory *m = *state;
	struct source source = source_of(m, 0, 0);
	struct err err;

	err_set(&err, ERR_DENIED, "AccessDenied: no");
	world_set_key(m->world, world_find_key(m->world, KEY), NULL, &source, &err);
	pass_minutes(m, 35);
	expect_finding(m, RULE_VISIBILITY_LOST, ACCOUNT, HOME, HOME, FINDING_FIRING);
	assert_non_null(strstr(find(m, RULE_VISIBILITY_LOST, ACCOUNT, HOME, HOME)->summary,
	    "(keys)"));
	m->key = NULL;
	pass_minutes(m, 3);
	expect_finding(m, RULE_VISIBILITY_LOST, ACCOUNT, HOME, HOME, FINDING_RESOLVED);
}

/* The list of accounts, and nothing else. */
static void
test_blind_accounts(void **state)
{
	struct memory *m = *state;
	struct source source = source_of(m, 0, 0);
	struct err err;

	err_set(&err, ERR_DENIED, "AccessDenied: no");
	reading_set(&m->list, &source, NULL);
	reading_set(&m->list, &source, &err);
	pass_minutes(m, 35);
	expect_finding(m, RULE_VISIBILITY_LOST, "", "", "accounts", FINDING_FIRING);
	reading_set(&m->list, &source, NULL);
	pass_minutes(m, 2);
	expect_finding(m, RULE_VISIBILITY_LOST, "", "", "accounts", FINDING_RESOLVED);
}

/* Neither sleep nor a clock that jumps makes a short break a long one. */
static void
test_blind_and_clock(void **state)
{
	static const int64_t jumps[] = { HOUR_MS, DAY_MS, -DAY_MS, -2 * HOUR_MS, 30 * DAY_MS };
	struct memory *m = *state;

	for (size_t i = 0; i < sizeof(jumps) / sizeof(jumps[0]); i++) {
		fail_account(m, 0, ERR_NETWORK);
		pass_minutes(m, 10);
		m->scene.now_ms += jumps[i];
		pass_minutes(m, 10);
		assert_null(findings_first(m->scene.findings));
		fail_account(m, 0, ERR_NONE);
		pass_minutes(m, 3);
	}
	/* A real one is told nevertheless. */
	m->failure[0][2] = ERR_NETWORK;
	pass_minutes(m, 5);
	m->scene.now_ms -= HOUR_MS;
	pass_minutes(m, 28);
	expect_finding(m, RULE_VISIBILITY_LOST, ACCOUNT, WEST, WEST, FINDING_FIRING);
}

/* An account that is watched no more leaves nothing behind. */
static void
test_account_left(void **state)
{
	struct memory *m = *state;

	m->failure[0][2] = ERR_DENIED;
	pass_minutes(m, 35);
	past_leave(&m->past, OTHER);
	assert_int_equal(HASH_COUNT(m->past.trails), 1);
	past_leave(&m->past, ACCOUNT);
	assert_true(m->past.trails->is_gone && m->past.trails->is_dirty);
	assert_true(m->past.blinds->is_gone && m->past.blinds->is_dirty);
	past_clean(&m->past);
	assert_null(m->past.trails);
	assert_null(m->past.blinds);
	scene_clear(&m->scene);
	findings_gone(m->scene.findings, ACCOUNT, NULL, NULL, &m->scene.settings, m->scene.now_ms,
	    &m->scene.moves);
	assert_int_equal(m->scene.moves.count, 1);
	assert_int_equal(count_open(m, RULE_VISIBILITY_LOST), 0);
}

/* Each account is new once, and again when it comes back; only what changed is for the store. */
static void
test_accounts_are_noted(void **state)
{
	struct memory *m = *state;

	assert_int_equal(past_note_accounts(&m->past, m->world), ACCOUNTS);
	assert_non_null(LIST_FIRST(&m->past.dirty_accounts));
	past_clean(&m->past);
	assert_null(LIST_FIRST(&m->past.dirty_accounts));
	assert_int_equal(past_note_accounts(&m->past, m->world), 0);
	assert_null(LIST_FIRST(&m->past.dirty_accounts));
	past_leave(&m->past, ACCOUNT);
	assert_int_equal(past_note_accounts(&m->past, m->world), 1);
	past_leave(&m->past, ACCOUNT);
	past_clean(&m->past);
	assert_int_equal(HASH_COUNT(m->past.accounts), ACCOUNTS - 1);
	assert_int_equal(past_note_accounts(&m->past, m->world), 1);
	past_clean(&m->past);
	assert_int_equal(HASH_COUNT(m->past.accounts), ACCOUNTS);
}

/* A rule that is switched off says nothing, and what it said is over. */
static void
test_switched_off(void **state)
{
	struct memory *m = *state;

	m->key = OTHER_KEY;
	m->failure[0][2] = ERR_DENIED;
	pass_minutes(m, 35);
	assert_int_equal(count_open(m, RULE_VISIBILITY_LOST), 1);
	assert_int_equal(count_open(m, RULE_TRAIL_KEY_CHANGED), 1);
	m->settings.rule[RULE_VISIBILITY_LOST].is_enabled = false;
	m->settings.rule[RULE_TRAIL_KEY_CHANGED].is_enabled = false;
	m->settings.rule[RULE_TRAIL_DELETED].is_enabled = false;
	m->has_trail = false;
	pass_minutes(m, 5);
	for (const struct finding *f = findings_first(m->scene.findings); f != NULL; f = f->hh.next)
		assert_int_equal(f->state, FINDING_RESOLVED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_key_changed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_key_changed_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_key_changed_while_away, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_key_first_look, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_deleted, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_deleted_for_long, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_deleted_needs_evidence, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_subjects, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_key_left, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_blind_region, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_blind_now_and_then, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_blind_account, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_blind_whole, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_blind_with_lazy_regions, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_blind_region_and_break, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_blind_by_policy, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_blind_over_a_start, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_blind_key_is_left, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_blind_accounts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_blind_and_clock, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_account_left, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_accounts_are_noted, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_switched_off, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
