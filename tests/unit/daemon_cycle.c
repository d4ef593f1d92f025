/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daemon's turns over days: accounts that come and leave, by the organization and by a reload;
 * silences; what it tells of itself; and that a restart neither repeats nor forgets.
 */
#include "unit/daemon_life.h"

#include "base/arena.h"
#include "store/ledger.h"

#define ORGANIZATION	"organization: { role: trailseal }\n" RECEIVERS
#define OTHERS		ROLE("333344445555") ROLE("555566667777") ROLE("666677778888")
#define ROLE(id)	"  - { id: \"" id "\", role_arn: \"arn:aws:iam::" id ":role/trailseal\" }\n"

static const char *const everybody[] = {
	MANAGER, MEMBER, COMER, "333344445555", "555566667777", "666677778888",
};

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

/* Findings of the account that are open. */
static unsigned
open_findings(const struct life *life, const char *account)
{
	unsigned n = 0;

	for (const struct finding *f = findings_first(life->daemon.findings); f != NULL; f = f->hh.next)
		n += finding_is_open(f) && strcmp(f->account, account) == 0;
	return n;
}

static bool
is_remembered(const struct life *life, const char *account)
{
	struct past_account *a;

	HASH_FIND_STR(life->daemon.past.accounts, account, a);
	return a != NULL;
}

/* Each account has one finding: it has no trail. */
static void
expect_hooks(const struct life *life, const char *account, const char *status, unsigned count)
{
	char about[64];

	snprintf(about, sizeof(about), "\"account\":\"%s\"", account);
	assert_int_equal(life_count(life->hook, life->hooks, about, status), count);
}

#define FIRING		"\"status\":\"firing\""
#define RESOLVED	"\"status\":\"resolved\""

/* A first start: one message for the channel, whatever is found. */
static void
begin(struct life *life, const char *text, size_t accounts)
{
	life_init(life, everybody, accounts);
	life_start(life, text, loop_new_virtual(BEGIN_MS));
	life_pass(life, 5 * MINUTE_MS);
	for (size_t i = 0; i < accounts; i++) {
		assert_true(is_remembered(life, everybody[i]));
		assert_int_equal(open_findings(life, everybody[i]), 1);
		expect_hooks(life, everybody[i], FIRING, 1);
	}
	assert_int_equal(life->hooks, accounts);
	assert_int_equal(life->chats, accounts > 3 ? 1 : accounts);
	life_forget_posts(life);
}

static void
test_member_leaves_and_comes(void **state)
{
	struct life life;

	(void)state;
	begin(&life, ORGANIZATION, 2);
	life_become(&life, everybody, 1);
	life_pass(&life, 15 * MINUTE_MS);
	assert_false(is_remembered(&life, MEMBER));
	assert_int_equal(open_findings(&life, MEMBER), 0);
	expect_hooks(&life, MEMBER, RESOLVED, 1);
	assert_int_equal(life.hooks, 1);
	assert_int_equal(open_findings(&life, MANAGER), 1);
	life_forget_posts(&life);

	life_become(&life, everybody, COUNT(everybody));
	life_pass(&life, 15 * MINUTE_MS);
	expect_hooks(&life, MEMBER, FIRING, 1);
	expect_hooks(&life, COMER, FIRING, 1);
	assert_int_equal(life.hooks, COUNT(everybody) - 1);
	assert_int_equal(life.chats, 1);
	assert_int_equal(life_count(life.chat, life.chats, MEMBER, COMER), 1);
	life_stop(&life);
	life_done(&life);
}

/* A list that cannot be read says of nobody that he has left, however long. */
static void
test_list_fails(void **state)
{
	struct life life;

	(void)state;
	begin(&life, ORGANIZATION, 4);
	life_become(&life, NULL, 0);
	life_pass(&life, 3 * HOUR_MS);
	assert_int_equal(sweep_progress(life.daemon.sweep)->accounts_known, 4);
	for (size_t i = 0; i < 4; i++) {
		assert_true(is_remembered(&life, everybody[i]));
		assert_int_equal(open_findings(&life, everybody[i]), 1);
		expect_hooks(&life, everybody[i], RESOLVED, 0);
	}
	life_become(&life, everybody, 4);
	life_pass(&life, HOUR_MS);
	assert_int_equal(life_count(life.hook, life.hooks, "-without-trail", ""), 0);
	life_stop(&life);
	life_done(&life);
}

/* One is taken out of the configuration, another one is put in. */
static void
reload(struct life *life, const char *text)
{
	struct settings *settings;
	struct scope scope;

	life_read(text, &settings, &scope);
	life_take_settings(&life->daemon, settings, &scope);
	life_pass(life, 5 * MINUTE_MS);
}

static void
test_reload(void **state)
{
	struct life life;

	(void)state;
	begin(&life, "accounts:\n" ROLE(MANAGER) ROLE(MEMBER) RECEIVERS, 2);
	reload(&life, "accounts:\n" ROLE(MANAGER) ROLE(COMER) OTHERS RECEIVERS);
	expect_hooks(&life, MEMBER, RESOLVED, 1);
	expect_hooks(&life, COMER, FIRING, 1);
	assert_int_equal(life.hooks, 5);
	assert_int_equal(life.chats, 1);
	assert_false(is_remembered(&life, MEMBER));
	assert_int_equal(open_findings(&life, MANAGER), 1);
	life_forget_posts(&life);
	reload(&life, "accounts:\n" ROLE(MANAGER) ROLE(COMER) OTHERS RECEIVERS);
	assert_int_equal(life.hooks + life.chats, 0);
	life_stop(&life);
	life_done(&life);
}

/* The configuration changed while it was not running: the same, and nothing is repeated. */
static void
test_restart(void **state)
{
	struct life life;
	int64_t wall_ms;

	(void)state;
	begin(&life, "accounts:\n" ROLE(MANAGER) ROLE(MEMBER) RECEIVERS, 2);
	wall_ms = life_stop(&life);
	life_start(&life, "accounts:\n" ROLE(MANAGER) ROLE(COMER) RECEIVERS, loop_new_virtual(wall_ms + MINUTE_MS));
	life_pass(&life, 5 * MINUTE_MS);
	expect_hooks(&life, MEMBER, RESOLVED, 1);
	expect_hooks(&life, COMER, FIRING, 1);
	expect_hooks(&life, MANAGER, "", 0);
	assert_int_equal(life.hooks, 2);
	life_stop(&life);
	life_done(&life);
}

/* ---- silences ---- */

static const struct daemon_asker asker = { .uid = 0, .name = "root" };

static int64_t
silence_account(struct life *life, const char *account, int64_t for_ms)
{
	int64_t now_ms = loop_wall_ms(life->daemon.loop);
	struct silence s = { .account = mem_strdup(account), .reason = mem_strdup("moving"),
	    .begins_wall_ms = now_ms, .ends_wall_ms = now_ms + for_ms };
	struct err err;

	assert_int_equal(daemon_add_silence(&life->daemon, &s, &asker, NULL, NULL, &err), 0);
	return s.id;
}

/* Records of the ledger of a kind, with this text in their body. */
static unsigned
count_records(const struct life *life, const char *kind, const char *text)
{
	struct arena *arena = arena_new();
	const struct ledger_record *rows;
	struct ledger *ledger;
	unsigned count = 0;
	char path[128];
	struct err err;
	size_t rows_count;

	snprintf(path, sizeof(path), "%s/trailseal.db", life->folder);
	assert_int_equal(ledger_open(path, &ledger, &err), 0);
	assert_int_equal(ledger_read(ledger, 0, arena, &rows, &rows_count, &err), 0);
	for (size_t i = 0; i < rows_count; i++)
		count += strcmp(rows[i].kind, kind) == 0 && strstr(rows[i].body, text) != NULL;
	ledger_close(ledger);
	arena_free(arena);
	return count;
}

/* In force at once, over a restart, until somebody ends it: then what it held is told at once. */
static void
test_silence(void **state)
{
	struct life life;
	int64_t id, wall_ms;
	struct err err;

	(void)state;
	begin(&life, ORGANIZATION, 1);
	id = silence_account(&life, MEMBER, 30 * 24 * HOUR_MS);
	life_become(&life, everybody, 2);
	life_pass(&life, HOUR_MS);
	assert_int_equal(open_findings(&life, MEMBER), 1);
	wall_ms = life_stop(&life);
	life_start(&life, ORGANIZATION, loop_new_virtual(wall_ms + MINUTE_MS));
	life_pass(&life, HOUR_MS);
	assert_int_equal(life.daemon.silences.count, 1);
	expect_hooks(&life, MEMBER, "", 0);
	assert_int_equal(daemon_expire_silence(&life.daemon, id + 1, &asker, NULL, NULL, &err), -1);
	assert_int_equal(daemon_expire_silence(&life.daemon, id, &asker, NULL, NULL, &err), 0);
	life_pass(&life, SECOND_MS);
	expect_hooks(&life, MEMBER, FIRING, 1);
	life_stop(&life);
	assert_int_equal(count_records(&life, "silence-added", "\"user\":\"root\""), 1);
	assert_int_equal(count_records(&life, "silence-expired", "\"reason\":\"moving\""), 1);
	assert_int_equal(count_records(&life, "transition", "\"silenced\":\"fired\""), 1);
	life_done(&life);
}

/* Its time is over, also while nobody is there to see it. */
static void
test_silence_ends(void **state)
{
	struct life life;
	int64_t wall_ms;

	(void)state;
	begin(&life, ORGANIZATION, 1);
	silence_account(&life, MEMBER, 2 * HOUR_MS);
	silence_account(&life, COMER, 4 * HOUR_MS);
	life_become(&life, everybody, 3);
	life_pass(&life, HOUR_MS);
	assert_int_equal(life.hooks, 0);
	life_pass(&life, HOUR_MS + MINUTE_MS);
	expect_hooks(&life, MEMBER, FIRING, 1);
	assert_int_equal(life.hooks, 1);
	wall_ms = life_stop(&life);
	life_start(&life, ORGANIZATION, loop_new_virtual(wall_ms + 2 * HOUR_MS));
	life_pass(&life, 5 * MINUTE_MS);
	expect_hooks(&life, COMER, FIRING, 1);
	assert_int_equal(life.hooks, 2);
	assert_int_equal(life.daemon.silences.count, 0);
	life_stop(&life);
	assert_int_equal(count_records(&life, "silence-ended", ""), 2);
	life_done(&life);
}

/* ---- what it tells of itself ---- */

static void
spoil(const struct life *life, const char *command)
{
	char line[512];

	snprintf(line, sizeof(line), "cd %s && %s", life->folder, command);
	assert_int_equal(system(line), 0);
}

static void
test_damaged_database(void **state)
{
	struct life life;
	int64_t wall_ms;

	(void)state;
	begin(&life, ORGANIZATION, 1);
	wall_ms = life_stop(&life);
	spoil(&life, "rm -f trailseal.db-wal && yes damaged | head -c 20000 > trailseal.db");
	life_start(&life, ORGANIZATION, loop_new_virtual(wall_ms + MINUTE_MS));
	life_pass(&life, 5 * MINUTE_MS);
	assert_int_equal(life_count(life.hook, life.hooks, "\"kind\":\"monitor\"",
	    "monitor-database-damaged"), 1);
	assert_int_equal(life_count(life.hook, life.hooks, "trailseal.db.damaged-2026",
	    "\"severity\":\"high\""), 1);
	assert_int_equal(life_count(life.chat, life.chats, "damaged", "evidence verify"), 1);
	assert_int_equal(life.chats, 2);
	wall_ms = life_stop(&life);

	life_forget_posts(&life);
	life_start(&life, ORGANIZATION, loop_new_virtual(wall_ms + MINUTE_MS));
	life_pass(&life, 5 * MINUTE_MS);
	assert_int_equal(life.hooks, 0);
	life_stop(&life);
	life_done(&life);
}

static void
test_altered_ledger(void **state)
{
	struct life life;
	int64_t wall_ms;

	(void)state;
	begin(&life, ORGANIZATION, 1);
	wall_ms = life_stop(&life);
	spoil(&life, "python3 -c 'import sqlite3; c = sqlite3.connect(\"trailseal.db\"); "
	    "c.execute(\"DELETE FROM ledger WHERE seq = (SELECT max(seq) FROM ledger)\"); c.commit()'");
	life_start(&life, ORGANIZATION, loop_new_virtual(wall_ms + MINUTE_MS));
	life_pass(&life, 5 * MINUTE_MS);
	assert_int_equal(life.hooks, 1);
	assert_int_equal(life_count(life.hook, 1, "monitor-ledger-altered",
	    "\"severity\":\"critical\""), 1);
	life_stop(&life);
	life_done(&life);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_member_leaves_and_comes),
		cmocka_unit_test(test_list_fails),
		cmocka_unit_test(test_reload),
		cmocka_unit_test(test_restart),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_silence_ends),
		cmocka_unit_test(test_damaged_database),
		cmocka_unit_test(test_altered_ledger),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
