/* SPDX-License-Identifier: Apache-2.0 */
/* The store: what goes in comes back, in order and once; damaged files; full disks. */
#include "store/store.h"

#include "unit/store_room.h"

#include <glob.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include "base/mem.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

/* Texts as they should never be: quotes, commands, line feeds, no UTF-8, long ones. */
static char long_text[100001];
static const char *const odd_texts[] = {
	"", "'", "a'; DROP TABLE finding; --", "\"\\", "\n\t\x01\x7f", "\xff\xfe", "\xc3\xa4\xf0\x9f\x94\x92",
	"%s%n", "NULL", "0", "1e5", long_text,
};

static int
fill_long_text(void **state)
{
	(void)state;
	memset(long_text, 'x', sizeof(long_text) - 1);
	return 0;
}

static void
expect_text(const char *got, const char *want)
{
	assert_int_equal(got == NULL, want == NULL);
	if (want != NULL)
		assert_string_equal(got, want);
}

/* ---- what goes in comes back ---- */

static void
make_finding(struct finding *f, size_t i, const char *text)
{
	*f = (struct finding){
		.rule = (enum rule_id)(i % RULES), .account = (char *)"111122223333",
		.region = (char *)text, .resource = (char *)text,
		.state = FINDING_PENDING + i % (FINDING_STATES - FINDING_PENDING),
		.severity = SEVERITY_LOW + i % SEVERITY_CRITICAL, .confirmations = (unsigned)i,
		.tellings = UINT32_MAX, .flaps = 3, .since_wall_ms = STAMP_UNKNOWN,
		.changed_wall_ms = -1, .told_wall_ms = INT64_MAX, .summary = (char *)text,
		.evidence = i % 2 ? NULL : (char *)text, .remediation = i % 3 ? (char *)text : NULL,
	};
	snprintf(f->id, sizeof(f->id), "%032zx", i);
}

static void
expect_finding(const struct finding *got, const struct finding *want)
{
	assert_non_null(got);
	assert_string_equal(got->id, want->id);
	assert_int_equal(got->rule, want->rule);
	assert_string_equal(got->account, want->account);
	assert_string_equal(got->region, want->region);
	assert_string_equal(got->resource, want->resource);
	assert_int_equal(got->state, want->state);
	assert_int_equal(got->severity, want->severity);
	assert_int_equal(got->confirmations, want->confirmations);
	assert_int_equal(got->tellings, want->tellings);
	assert_int_equal(got->flaps, want->flaps);
	assert_true(got->since_wall_ms == want->since_wall_ms);
	assert_true(got->changed_wall_ms == want->changed_wall_ms);
	assert_true(got->told_wall_ms == want->told_wall_ms);
	expect_text(got->summary, want->summary);
	expect_text(got->evidence, want->evidence);
	expect_text(got->remediation, want->remediation);
	assert_false(got->is_dirty);
}

static size_t
count_findings(const struct findings *all)
{
	size_t n = 0;

	for (const struct finding *f = findings_first(all); f != NULL; f = f->hh.next)
		n++;
	return n;
}

static void
room_load_findings(struct room *r, struct findings **ret)
{
	struct err err;

	*ret = findings_new();
	assert_int_equal(store_load_findings(r->store, *ret, &err), 0);
}

static void
findings_come_back(void **state)
{
	struct store_batch *b = store_batch_new();
	struct findings *all;
	struct finding f;
	struct room r;

	(void)state;
	room_init(&r);
	room_open(&r);
	for (size_t i = 0; i < COUNT(odd_texts) * RULES; i++) {
		make_finding(&f, i, odd_texts[i % COUNT(odd_texts)]);
		store_put_finding(b, &f);
	}
	room_commit(&r, b);
	b = store_batch_new();
	make_finding(&f, 5, "changed");
	store_put_finding(b, &f);
	make_finding(&f, 6, "gone");
	store_drop_finding(b, f.id);
	store_drop_finding(b, "there is none");
	room_commit(&r, b);
	assert_int_equal(r.failed, 0);
	room_close(&r);

	room_open(&r);
	room_load_findings(&r, &all);
	assert_int_equal(count_findings(all), COUNT(odd_texts) * RULES - 1);
	for (size_t i = 0; i < COUNT(odd_texts) * RULES; i++) {
		make_finding(&f, i, i == 5 ? "changed" : odd_texts[i % COUNT(odd_texts)]);
		if (i == 6)
			assert_null(findings_find(all, f.id));
		else
			expect_finding(findings_find(all, f.id), &f);
	}
	findings_free(all);
	room_done(&r);
}

/* A later version may know rules that this one does not, and the other way round. */
static void
strange_findings_are_left_alone(void **state)
{
	static const char *const changes[] = {
		"UPDATE finding SET rule = 'key-on-the-moon' WHERE rowid = 1",
		"UPDATE finding SET state = 'asleep' WHERE rowid = 2",
		"UPDATE finding SET severity = '' WHERE rowid = 3",
		"UPDATE finding SET id = id || 'x' WHERE rowid = 4",
		"UPDATE finding SET rule = x'00' WHERE rowid = 5",
		"UPDATE finding SET resource = 'a' || char(0) || 'b' WHERE rowid = 6",
	};
	struct store_batch *b = store_batch_new();
	struct findings *all;
	struct finding f;
	struct room r;

	(void)state;
	room_init(&r);
	room_open(&r);
	for (size_t i = 0; i < 10; i++) {
		make_finding(&f, i, "x");
		store_put_finding(b, &f);
	}
	room_commit(&r, b);
	room_close(&r);
	for (size_t i = 0; i < COUNT(changes); i++)
		room_sql(&r, changes[i]);
	room_open(&r);
	assert_string_equal(r.start.set_aside, "");
	room_load_findings(&r, &all);
	assert_int_equal(count_findings(all), 10 - COUNT(changes));
	room_add_evidence(&r, "start", "{}");
	assert_int_equal(room_ask(&r, "SELECT count(*) FROM finding"), 10);
	findings_free(all);
	room_done(&r);
}

static void
the_past_comes_back(void **state)
{
	struct store_batch *b = store_batch_new();
	struct past past = { .trails = NULL };
	struct past_trail *got;
	struct past_blind *blind;
	struct past_account *account;
	struct room r;
	struct err err;

	(void)state;
	room_init(&r);
	room_open(&r);
	for (size_t i = 0; i < COUNT(odd_texts); i++) {
		struct past_trail t = {
			.arn = (char *)odd_texts[i], .account = (char *)"111122223333",
			.home_region = (char *)odd_texts[i], .kms_key_id = i % 2 ? NULL : (char *)odd_texts[i],
			.changed_from = i % 3 ? NULL : (char *)odd_texts[i],
			.changed_wall_ms = (int64_t)i, .missing_wall_ms = STAMP_UNKNOWN,
		};
		struct past_blind p = { .key = (char *)odd_texts[i], .since_wall_ms = (int64_t)i };

		store_put_past_trail(b, &t);
		store_put_past_trail(b, &t);
		store_put_past_blind(b, &p);
		store_put_past_account(b, &(struct past_account){ .id = (char *)odd_texts[i] });
	}
	store_drop_past_trail(b, odd_texts[1]);
	store_drop_past_blind(b, odd_texts[2]);
	store_drop_past_account(b, odd_texts[0]);
	room_commit(&r, b);
	room_close(&r);

	room_open(&r);
	assert_int_equal(store_load_past(r.store, &past, &err), 0);
	assert_int_equal(HASH_COUNT(past.trails), COUNT(odd_texts) - 1);
	assert_int_equal(HASH_COUNT(past.blinds), COUNT(odd_texts) - 1);
	for (size_t i = 0; i < COUNT(odd_texts); i++) {
		HASH_FIND_STR(past.trails, odd_texts[i], got);
		HASH_FIND_STR(past.blinds, odd_texts[i], blind);
		HASH_FIND_STR(past.accounts, odd_texts[i], account);
		assert_int_equal(account == NULL, i == 0);
		assert_int_equal(got == NULL, i == 1);
		assert_int_equal(blind == NULL, i == 2);
		if (got != NULL) {
			assert_string_equal(got->home_region, odd_texts[i]);
			expect_text(got->kms_key_id, i % 2 ? NULL : odd_texts[i]);
			expect_text(got->changed_from, i % 3 ? NULL : odd_texts[i]);
			assert_true(got->changed_wall_ms == (int64_t)i);
			assert_true(got->missing_wall_ms == STAMP_UNKNOWN);
			assert_false(got->is_dirty);
		}
		if (blind != NULL)
			assert_true(blind->since_wall_ms == (int64_t)i);
	}
	past_done(&past);
	room_done(&r);
}

static void
silences_come_back_and_ids_never(void **state)
{
	struct silence s = { .account = (char *)"111122223333", .author = (char *)"root",
	    .reason = (char *)"it's \xff", .begins_wall_ms = 1, .ends_wall_ms = INT64_MAX };
	struct silences all = { .row = NULL };
	struct store_batch *b = store_batch_new();
	struct room r;
	struct err err;

	(void)state;
	room_init(&r);
	room_open(&r);
	for (int i = 1; i <= 3; i++) {
		s.id = store_next_silence_id(r.store);
		assert_int_equal(s.id, i);
		store_put_silence(b, &s);
	}
	store_drop_silence(b, 3);
	store_drop_silence(b, 1);
	room_commit(&r, b);
	room_close(&r);
	room_open(&r);
	assert_int_equal(store_next_silence_id(r.store), 4);
	assert_int_equal(store_load_silences(r.store, &all, &err), 0);
	assert_int_equal(all.count, 1);
	assert_int_equal(all.row[0].id, 2);
	assert_null(all.row[0].rule);
	assert_null(all.row[0].region);
	assert_string_equal(all.row[0].account, "111122223333");
	assert_string_equal(all.row[0].author, "root");
	assert_string_equal(all.row[0].reason, "it's \xff");
	assert_true(all.row[0].begins_wall_ms == 1 && all.row[0].ends_wall_ms == INT64_MAX);
	silence_done(&all.row[0]);
	free(all.row);
	room_done(&r);
}

/* In the order of telling, whatever was stored again or dropped. */
static void
incidents_come_back(void **state)
{
	struct incident i = { .rule = RULE_EVENT_KEY_DISABLED, .account = (char *)"111122223333",
	    .region = (char *)"us-east-1", .resource = (char *)"key", .actor = (char *)"it's \xff",
	    .finding_ids = (char *)"a b", .event_wall_ms = 5, .told_wall_ms = STAMP_UNKNOWN };
	struct incidents *all = incidents_new();
	struct store_batch *b = store_batch_new();
	const struct incident *cause;
	struct finding f = { .id = "b", .since_wall_ms = 6 };
	struct room r;
	struct err err;

	(void)state;
	room_init(&r);
	room_open(&r);
	for (size_t n = 0; n < COUNT(odd_texts); n++) {
		i.id = i.event_id = (char *)odd_texts[n];
		store_put_incident(b, &i);
		store_put_incident(b, &i);
	}
	store_drop_incident(b, odd_texts[1]);
	room_commit(&r, b);
	room_close(&r);
	room_open(&r);
	room_sql(&r, "UPDATE incident SET rule = 'event-of-tomorrow'"
	    " WHERE place = (SELECT min(place) FROM incident)");
	assert_int_equal(store_load_incidents(r.store, all, &err), 0);
	assert_int_equal(incidents_count(all), COUNT(odd_texts) - 2);
	for (size_t n = 0; n < COUNT(odd_texts); n++)
		if (n > 1)
			assert_true(incidents_has(all, odd_texts[n]));
	cause = incidents_find_cause(all, &f);
	assert_non_null(cause);
	assert_string_equal(cause->event_id, odd_texts[COUNT(odd_texts) - 1]);
	assert_string_equal(cause->actor, "it's \xff");
	assert_null(cause->user_agent);
	assert_true(cause->event_wall_ms == 5 && cause->told_wall_ms == STAMP_UNKNOWN);
	incidents_free(all);
	room_done(&r);
}

static void
count_cursor(void *arg, const struct event_cursor *c)
{
	unsigned *count = arg;

	assert_string_equal(c->account, "111122223333");
	assert_string_equal(c->region, "us-east-1");
	assert_string_equal(c->resource, "");
	assert_true(c->through_wall_ms == 8);
	assert_true(c->backlog_from_wall_ms == 1 && c->backlog_to_wall_ms == STAMP_UNKNOWN);
	++*count;
}

static void
cursors_come_back(void **state)
{
	struct event_cursor c = { .account = "111122223333", .region = "us-east-1", .resource = "role",
	    .through_wall_ms = 7, .backlog_from_wall_ms = 1, .backlog_to_wall_ms = STAMP_UNKNOWN };
	struct store_batch *b = store_batch_new();
	unsigned count = 0;
	struct room r;
	struct err err;

	(void)state;
	room_init(&r);
	room_open(&r);
	store_put_cursor(b, &c);
	c.resource = "";
	store_put_cursor(b, &c);
	c.through_wall_ms = 8;
	store_put_cursor(b, &c);
	c.resource = "role";
	store_drop_cursor(b, &c);
	room_commit(&r, b);
	room_close(&r);
	room_open(&r);
	assert_int_equal(store_load_cursors(r.store, count_cursor, &count, &err), 0);
	assert_int_equal(count, 1);
	room_done(&r);
}

static void
make_alert(struct alert *a, unsigned n, const char *text)
{
	*a = (struct alert){
		.kind = "finding", .is_firing = n % 2, .is_reminder = n % 3 == 0, .rule = "key-disabled",
		.severity = "critical", .account = "111122223333", .account_name = n % 2 ? text : NULL,
		.region = "", .resource = text, .summary = text, .since_wall_ms = STAMP_UNKNOWN,
		.told_wall_ms = INT64_MAX, .evidence = "{\"a\":[1,\"\\u0001\"]}",
		.remediation = n % 2 ? NULL : text,
	};
	snprintf(a->id, sizeof(a->id), "%u", n);
	snprintf(a->delivery_id, sizeof(a->delivery_id), "%u-1", n);
}

/* Bytes that are no UTF-8 become U+FFFD on their way through JSON. */
static bool
is_json_fit(const char *text)
{
	return text[0] != '\xff';
}

static void
expect_alert(const struct alert *got, unsigned n, const char *text)
{
	struct alert want;

	make_alert(&want, n, text);
	assert_string_equal(got->id, want.id);
	assert_string_equal(got->delivery_id, want.delivery_id);
	assert_string_equal(got->kind, want.kind);
	assert_int_equal(got->is_firing, want.is_firing);
	assert_int_equal(got->is_reminder, want.is_reminder);
	assert_string_equal(got->rule, want.rule);
	assert_string_equal(got->severity, want.severity);
	assert_string_equal(got->account, want.account);
	assert_string_equal(got->region, want.region);
	assert_string_equal(got->evidence, want.evidence);
	assert_true(got->since_wall_ms == want.since_wall_ms);
	assert_true(got->told_wall_ms == want.told_wall_ms);
	assert_int_equal(got->account_name == NULL, want.account_name == NULL);
	assert_int_equal(got->remediation == NULL, want.remediation == NULL);
	if (!is_json_fit(text))
		return;
	expect_text(got->account_name, want.account_name);
	assert_string_equal(got->resource, want.resource);
	assert_string_equal(got->summary, want.summary);
	expect_text(got->remediation, want.remediation);
}

static void
the_outbox_keeps_its_order(void **state)
{
	struct store_batch *b = store_batch_new();
	struct outbox_entry *entries;
	struct alert a;
	struct room r;
	struct err err;
	size_t count, at = 0;

	(void)state;
	room_init(&r);
	room_open(&r);
	for (unsigned n = 0; n < COUNT(odd_texts); n++) {
		make_alert(&a, n, odd_texts[n]);
		store_put_alert(b, &a, "zeta");
		store_put_alert(b, &a, "alpha");
	}
	store_alert_tried(b, "4-1", "zeta", 3, ROOM_WALL_MS);
	store_alert_tried(b, "no such", "zeta", 3, ROOM_WALL_MS);
	store_drop_alert(b, "0-1", "alpha");
	room_commit(&r, b);
	b = store_batch_new();
	make_alert(&a, 4, odd_texts[4]);
	store_put_alert(b, &a, "zeta");		/* again: its place and its tries stay */
	room_commit(&r, b);
	room_close(&r);

	room_open(&r);
	room_sql(&r, "UPDATE outbox SET alert = '{' WHERE delivery_id = '7-1' AND receiver = 'alpha'");
	room_sql(&r, "UPDATE outbox SET alert = replace(alert, '\"id\"', '\"ID\"')"
	    " WHERE delivery_id = '8-1' AND receiver = 'alpha'");
	assert_int_equal(store_load_outbox(r.store, &entries, &count, &err), 0);
	assert_int_equal(count, 2 * COUNT(odd_texts) - 3);
	for (unsigned n = 0; n < COUNT(odd_texts); n++) {
		for (int k = 0; k < 2; k++) {
			struct outbox_entry *e = &entries[at];

			if (k == 1 && (n == 0 || n == 7 || n == 8))
				continue;
			expect_alert(&e->alert, n, odd_texts[n]);
			assert_string_equal(e->receiver, k == 0 ? "zeta" : "alpha");
			assert_int_equal(e->attempts, n == 4 && k == 0 ? 3 : 0);
			assert_true(e->next_wall_ms == (n == 4 && k == 0 ? ROOM_WALL_MS : 0));
			outbox_entry_done(e);
			at++;
		}
	}
	free(entries);
	room_done(&r);
}

/* What an alert lacks is no reason to lose it. */
static void
poor_alerts_come_back(void **state)
{
	struct store_batch *b = store_batch_new();
	struct alert a = { .id = "1", .delivery_id = "1-1", .kind = "finding" };
	struct outbox_entry *entries;
	struct room r;
	struct err err;
	size_t count;

	(void)state;
	room_init(&r);
	room_open(&r);
	store_put_alert(b, &a, "hook");
	room_commit(&r, b);
	room_close(&r);
	room_open(&r);
	assert_int_equal(store_load_outbox(r.store, &entries, &count, &err), 0);
	assert_int_equal(count, 1);
	assert_string_equal(entries[0].alert.kind, "finding");
	assert_string_equal(entries[0].alert.summary, "");
	assert_string_equal(entries[0].alert.evidence, "{}");
	assert_null(entries[0].alert.account_name);
	outbox_entry_done(&entries[0]);
	free(entries);
	room_done(&r);
}

/* ---- commits ---- */

struct order {
	struct room	*room;
	unsigned	 next, count;
};

struct order_entry {
	struct order	*order;
	unsigned	 place;
};

static void
order_on_done(void *arg, const struct err *err)
{
	struct order_entry *e = arg;

	assert_null(err);
	assert_int_equal(e->place, e->order->next);
	if (++e->order->next == e->order->count)
		loop_stop(e->order->room->loop);
}

static struct store_batch *
note(unsigned n)
{
	struct store_batch *b = store_batch_new();
	char body[32];

	snprintf(body, sizeof(body), "{\"n\":%u}", n);
	store_add_evidence(b, ROOM_WALL_MS, "note", body);
	return b;
}

/* While somebody else holds the database they pile up, and go down as one. */
static void
batches_that_wait_are_one_transaction(void **state)
{
	struct order_entry entries[100];
	struct store_status status;
	struct order order;
	struct room r;
	sqlite3 *db;

	(void)state;
	room_init(&r);
	room_open(&r);
	room_add_evidence(&r, "start", "{}");
	store_get_status(r.store, &status);
	assert_in_range(status.commits, 1, 2);
	order = (struct order){ &r, 0, COUNT(entries) };
	assert_int_equal(sqlite3_open(r.path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	for (unsigned i = 0; i < COUNT(entries); i++) {
		entries[i] = (struct order_entry){ &order, i };
		store_commit(r.store, note(i), order_on_done, &entries[i]);
	}
	assert_int_equal(order.next, 0);
	sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	sqlite3_close(db);
	while (order.next < order.count)
		loop_run(r.loop);
	store_get_status(r.store, &status);
	assert_in_range(status.commits, 2, 5);
	assert_int_equal(status.waiting, 0);
	assert_int_equal(status.failures, 0);
	assert_false(status.is_degraded);
	room_expect_whole(&r, 102);
	room_done(&r);
}

/* An empty batch is a question whether all before it is on disk. */
static void
empty_batches_are_told_too(void **state)
{
	struct store_batch *b = store_batch_new();
	struct room r;

	(void)state;
	room_init(&r);
	room_open(&r);
	assert_true(store_batch_is_empty(b));
	room_commit(&r, b);
	assert_int_equal(r.failed, 0);
	b = note(1);
	assert_false(store_batch_is_empty(b));
	store_batch_free(b);
	store_batch_free(NULL);
	room_done(&r);
}

static void
closing_waits_for_all(void **state)
{
	struct room r;

	(void)state;
	room_init(&r);
	room_open(&r);
	for (unsigned i = 0; i < 500; i++)
		store_commit(r.store, note(i), i % 2 ? room_count : NULL, &r);
	room_close(&r);
	assert_int_equal(r.told, 250);
	assert_int_equal(r.failed, 0);
	room_expect_whole(&r, 501);
	room_done(&r);
}

static void
a_virtual_loop_stores_too(void **state)
{
	struct store_status status;
	struct room r;

	(void)state;
	room_init(&r);
	loop_free(r.loop);
	r.loop = loop_new_virtual(ROOM_WALL_MS);
	room_open(&r);
	for (unsigned i = 0; i < 20; i++)
		room_commit(&r, note(i));
	assert_int_equal(r.failed, 0);
	assert_int_equal(loop_wall_ms(r.loop), ROOM_WALL_MS);	/* no time passes in it */
	store_get_status(r.store, &status);
	assert_int_equal(status.ledger_records, 21);
	room_done(&r);
}

static void
a_start_knows_the_run_before(void **state)
{
	struct room r;

	(void)state;
	room_init(&r);
	room_open(&r);
	assert_true(r.start.is_new && r.start.was_clean && !r.start.is_ledger_altered);
	assert_true(r.start.last_wall_ms == STAMP_UNKNOWN);
	room_close(&r);
	room_open(&r);
	assert_true(!r.start.is_new && r.start.was_clean);
	room_add_evidence(&r, "start", "{}");
	room_shell(&r, "cp trailseal.db-wal copy && cp trailseal.db whole");
	room_close(&r);
	room_open(&r);
	assert_true(r.start.was_clean);
	assert_true(r.start.last_wall_ms == ROOM_WALL_MS);
	room_close(&r);
	/* as a crash leaves it */
	assert_int_equal(room_shell(&r, "mv copy trailseal.db-wal && mv whole trailseal.db"), 0);
	room_open(&r);
	assert_false(r.start.was_clean);
	assert_true(r.start.last_wall_ms == ROOM_WALL_MS);
	assert_string_equal(r.start.set_aside, "");
	room_expect_whole(&r, 2);
	room_done(&r);
}

/* ---- the directory ---- */

static void
there_is_one_owner(void **state)
{
	struct store_start start;
	struct store *second;
	struct room r;
	struct err err;

	(void)state;
	room_init(&r);
	room_open(&r);
	assert_int_equal(store_open(r.loop, r.folder, &second, &start, &err), -1);
	assert_non_null(strstr(err.text, "in use by another trailseald"));
	room_add_evidence(&r, "start", "{}");
	assert_int_equal(r.failed, 0);
	room_close(&r);
	room_open(&r);
	room_done(&r);
}

static void
bad_directories_are_refused(void **state)
{
	static const struct {
		const char	*prepare, *directory, *why;
	} cases[] = {
		{ "true", "/nonexistent", "No such file" },
		{ "touch file", "file", "no directory" },
		{ "mkdir -m 0777 open", "open", "written by everyone" },
		{ "mkdir -p taken/trailseal.db", "taken", "no regular file" },
		{ "mkdir linked && ln -s /dev/null linked/trailseal.db", "linked", "no regular file" },
		{ "mkdir locked && ln -s x locked/trailseal.lock", "locked", "trailseal.lock" },
		{ "true", "/proc/self", "trailseal.lock" },	/* nobody may write here */
	};
	struct store_start start;
	struct store *store;
	char path[256];
	struct room r;
	struct err err;

	(void)state;
	room_init(&r);
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(room_shell(&r, cases[i].prepare), 0);
		snprintf(path, sizeof(path), "%s%s%s", cases[i].directory[0] == '/' ? "" : r.folder,
		    cases[i].directory[0] == '/' ? "" : "/", cases[i].directory);
		assert_int_equal(store_open(r.loop, path, &store, &start, &err), -1);
		assert_int_equal(err.kind, ERR_FILE);
		if (strstr(err.text, cases[i].why) == NULL)
			fail_msg("%s: %s", cases[i].directory, err.text);
	}
	room_done(&r);
}

static void
only_the_owner_reads(void **state)
{
	mode_t before = umask(0);
	struct room r;
	glob_t files;
	char pattern[96];

	(void)state;
	room_init(&r);
	assert_int_equal(room_shell(&r, "touch trailseal.db && chmod 0666 trailseal.db"), 0);
	room_open(&r);
	room_add_evidence(&r, "start", "{}");
	snprintf(pattern, sizeof(pattern), "%s/*", r.folder);
	assert_int_equal(glob(pattern, 0, NULL, &files), 0);
	assert_int_equal(files.gl_pathc, 4);	/* database, -wal, -shm, lock */
	for (size_t i = 0; i < files.gl_pathc; i++) {
		struct stat st;

		assert_int_equal(stat(files.gl_pathv[i], &st), 0);
		if ((st.st_mode & 0777) != 0600)
			fail_msg("%s has mode %03o", files.gl_pathv[i], st.st_mode & 0777);
	}
	globfree(&files);
	umask(before);
	room_done(&r);
}

/* ---- damage ---- */

static void
room_fill(struct room *r)
{
	struct store_batch *b = store_batch_new();
	struct finding f;

	room_init(r);
	room_open(r);
	for (size_t i = 0; i < 2000; i++) {
		make_finding(&f, i, "some text that takes its room in the file");
		store_put_finding(b, &f);
	}
	store_add_evidence(b, ROOM_WALL_MS, "note", "{}");
	room_commit(r, b);
	assert_int_equal(r->failed, 0);
	room_close(r);
}

static void
damaged_databases_are_set_aside(void **state)
{
	static const struct {
		const char	*damage, *sql;	/* one of them */
		bool		 has_head;	/* the old ledger's can still be read */
	} cases[] = {
		{ "printf garbage > trailseal.db", NULL, false },
		{ "head -c 50 trailseal.db > x && mv x trailseal.db", NULL, false },
		{ "head -c 8192 trailseal.db > x && mv x trailseal.db", NULL, false },
		{ "truncate -s -4096 trailseal.db", NULL, false },
		{ "dd if=/dev/zero of=trailseal.db bs=16 count=1 conv=notrunc 2>/dev/null", NULL, false },
		{ "dd if=/dev/urandom of=trailseal.db bs=100 count=1 conv=notrunc 2>/dev/null", NULL,
		  false },
		{ "dd if=/dev/zero of=trailseal.db bs=4096 seek=60 count=20 conv=notrunc 2>/dev/null",
		  NULL, true },
		{ NULL, "DROP TABLE outbox", true },
		{ NULL, "ALTER TABLE finding RENAME COLUMN flaps TO flips", true },
		{ NULL, "DROP TABLE ledger", false },
		{ NULL, "PRAGMA application_id = 1", true },
		{ NULL, "PRAGMA writable_schema = ON; DELETE FROM sqlite_master"
		  " WHERE name = 'past_blind'", false },
		{ NULL, "PRAGMA user_version = -1", true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *what = cases[i].damage != NULL ? cases[i].damage : cases[i].sql;
		struct findings *all;
		struct room r;

		room_fill(&r);
		if (cases[i].damage != NULL)
			assert_int_equal(room_shell(&r, cases[i].damage), 0);
		else
			room_sql(&r, cases[i].sql);
		room_open(&r);
		if (r.start.set_aside[0] == '\0' || r.start.why[0] == '\0')
			fail_msg("%s: it was not set aside", what);
		assert_int_equal(access(r.start.set_aside, F_OK), 0);
		assert_false(r.start.is_new);
		assert_false(r.start.was_clean);
		room_load_findings(&r, &all);
		assert_int_equal(count_findings(all), 0);
		findings_free(all);
		room_add_evidence(&r, "start", "{}");
		room_expect_whole(&r, 2);
		if (room_ask(&r, "SELECT count(*) FROM ledger WHERE seq = 1 AND kind = 'ledger-begins' AND"
		    " body LIKE '%damaged%' AND body LIKE '%\"previous_records\":2%'") != cases[i].has_head)
			fail_msg("%s: the old head is %snamed", what, cases[i].has_head ? "not " : "");
		room_done(&r);
	}
}

/* What was set aside earlier in the same second stays. */
static void
nothing_set_aside_is_overwritten(void **state)
{
	char names[3][256];
	struct room r;

	(void)state;
	room_init(&r);
	loop_free(r.loop);
	r.loop = loop_new_virtual(ROOM_WALL_MS);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(room_shell(&r, "rm -f trailseal.db-* && printf garbage > trailseal.db"), 0);
		room_open(&r);
		snprintf(names[i], sizeof(names[i]), "%s", r.start.set_aside);
		room_close(&r);
	}
	assert_non_null(strstr(names[0], "trailseal.db.damaged-20260102T030405Z"));
	assert_string_not_equal(names[0], names[1]);
	assert_string_not_equal(names[1], names[2]);
	for (int i = 0; i < 3; i++)
		assert_int_equal(access(names[i], F_OK), 0);
	room_done(&r);
}

static void
a_newer_database_is_left_alone(void **state)
{
	struct store_start start;
	struct store *store;
	struct room r;
	struct err err;

	(void)state;
	room_fill(&r);
	room_sql(&r, "PRAGMA user_version = 1000");
	assert_int_equal(store_open(r.loop, r.folder, &store, &start, &err), -1);
	assert_non_null(strstr(err.text, "newer trailseal"));
	assert_int_equal(room_ask(&r, "SELECT count(*) FROM finding"), 2000);
	room_done(&r);
}

/* What it held is there, and what it had no place for has one. */
static void
an_older_database_is_migrated(void **state)
{
	struct store_batch *b = store_batch_new();
	struct past past = { .trails = NULL };
	struct room r;
	struct err err;

	(void)state;
	room_fill(&r);
	room_sql(&r, "DROP TABLE past_account; DROP TABLE incident; DROP TABLE event_cursor;"
	    " PRAGMA user_version = 1");
	room_open(&r);
	assert_false(r.start.is_new);
	assert_string_equal(r.start.set_aside, "");
	assert_int_equal(room_ask(&r, "PRAGMA user_version"), 3);
	assert_int_equal(room_ask(&r, "SELECT count(*) FROM finding"), 2000);
	assert_int_equal(store_load_past(r.store, &past, &err), 0);
	assert_null(past.accounts);
	store_put_past_account(b, &(struct past_account){ .id = (char *)"111122223333" });
	room_commit(&r, b);
	assert_int_equal(room_ask(&r, "SELECT count(*) FROM past_account"), 1);
	past_done(&past);
	room_done(&r);
}

/* Version 0 is a file without anything in it, as a crash in the first moment leaves it. */
static void
an_empty_file_becomes_a_database(void **state)
{
	static const char *const prepare[] = {
		"true",
		": > trailseal.db",
		": > trailseal.db && : > trailseal.db-wal",
		": > trailseal.db && printf garbage > trailseal.db-wal",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(prepare); i++) {
		struct room r;

		room_init(&r);
		assert_int_equal(room_shell(&r, prepare[i]), 0);
		room_open(&r);
		assert_true(r.start.is_new);
		assert_true(r.start.was_clean);
		assert_string_equal(r.start.set_aside, "");
		assert_int_equal(room_ask(&r, "PRAGMA user_version"), 3);
		room_expect_whole(&r, 1);
		room_done(&r);
	}
}

/* ---- a full disk ---- */

/* Until all is stored. */
static void
room_recover(struct room *r)
{
	struct store_status status;

	for (int i = 0; i < 1000; i++) {
		store_get_status(r->store, &status);
		if (status.waiting == 0)
			break;
		usleep(20000);
	}
	assert_false(status.is_degraded);
	assert_string_equal(status.reason, "");
	assert_int_equal(status.waiting, 0);
}

static struct store_batch *
big(size_t n)
{
	struct store_batch *b = note(1);
	struct finding f;

	for (size_t i = 0; i < n; i++) {
		make_finding(&f, i, long_text);
		store_put_finding(b, &f);
	}
	return b;
}

/* The disk is full now: commits fail, are told so, and wait. */
static void
room_expect_degraded(struct room *r)
{
	struct store_status status;

	room_commit(r, big(100));
	assert_int_equal(r->failed, 1);
	store_get_status(r->store, &status);
	assert_true(status.is_degraded);
	assert_string_not_equal(status.reason, "");
	assert_int_equal(status.waiting, 1);
	assert_true(status.failures >= 1);
	room_commit(r, note(2));		/* at once, though nothing is tried now */
	assert_int_equal(r->failed, 2);
	room_commit(r, note(3));
	assert_int_equal(r->failed, 3);
	store_get_status(r->store, &status);
	assert_int_equal(status.waiting, 3);
	assert_int_equal(status.ledger_records, 2);
}

static void
room_expect_recovered(struct room *r)
{
	room_recover(r);
	room_commit(r, note(4));
	assert_int_equal(r->failed, 3);
	assert_int_equal(r->told, 5);		/* nobody twice */
	room_expect_whole(r, 6);
	assert_int_equal(room_ask(r, "SELECT count(*) FROM finding"), 100);
	assert_int_equal(room_ask(r, "SELECT count(*) FROM ledger WHERE kind = 'note'"
	    " AND body = '{\"n\":' || (seq - 2) || '}'"), 4);
}

static void
a_full_file_degrades_and_recovers(void **state)
{
	struct rlimit before, small = { .rlim_cur = 1024 * 1024 };
	struct room r;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &before);
	small.rlim_max = before.rlim_max;
	room_init(&r);
	room_open(&r);
	room_add_evidence(&r, "start", "{}");
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	room_expect_degraded(&r);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	room_expect_recovered(&r);
	room_done(&r);
}

/* The same on a real file system without room, where we may make one. */
static void
a_full_disk_degrades_and_recovers(void **state)
{
	struct room r;

	(void)state;
	room_init(&r);
	if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("none", r.folder, "tmpfs", 0, "size=2m,mode=0700") < 0) {
		room_done(&r);
		print_message("no tmpfs may be mounted here\n");
		skip();
	}
	room_open(&r);
	room_add_evidence(&r, "start", "{}");
	room_expect_degraded(&r);
	assert_int_equal(mount("none", r.folder, "tmpfs", MS_REMOUNT, "size=200m,mode=0700"), 0);
	room_expect_recovered(&r);
	room_close(&r);
	assert_int_equal(umount2(r.folder, MNT_DETACH), 0);
	room_done(&r);
}

static void
an_end_with_a_full_disk_is_told(void **state)
{
	struct rlimit before, small = { .rlim_cur = 1024 * 1024 };
	struct room r;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &before);
	small.rlim_max = before.rlim_max;
	room_init(&r);
	room_open(&r);
	room_add_evidence(&r, "start", "{}");
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	store_commit(r.store, big(100), room_count, &r);
	store_commit(r.store, note(2), room_count, &r);
	room_close(&r);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(r.told, 3);
	assert_int_equal(r.failed, 2);
	room_open(&r);
	assert_false(r.start.was_clean);
	room_expect_whole(&r, 2);
	room_done(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(findings_come_back),
		cmocka_unit_test(strange_findings_are_left_alone),
		cmocka_unit_test(the_past_comes_back),
		cmocka_unit_test(silences_come_back_and_ids_never),
		cmocka_unit_test(incidents_come_back),
		cmocka_unit_test(cursors_come_back),
		cmocka_unit_test(the_outbox_keeps_its_order),
		cmocka_unit_test(poor_alerts_come_back),
		cmocka_unit_test(batches_that_wait_are_one_transaction),
		cmocka_unit_test(empty_batches_are_told_too),
		cmocka_unit_test(closing_waits_for_all),
		cmocka_unit_test(a_virtual_loop_stores_too),
		cmocka_unit_test(a_start_knows_the_run_before),
		cmocka_unit_test(there_is_one_owner),
		cmocka_unit_test(bad_directories_are_refused),
		cmocka_unit_test(only_the_owner_reads),
		cmocka_unit_test(damaged_databases_are_set_aside),
		cmocka_unit_test(nothing_set_aside_is_overwritten),
		cmocka_unit_test(a_newer_database_is_left_alone),
		cmocka_unit_test(an_older_database_is_migrated),
		cmocka_unit_test(an_empty_file_becomes_a_database),
		cmocka_unit_test(a_full_file_degrades_and_recovers),
		cmocka_unit_test(an_end_with_a_full_disk_is_told),
		cmocka_unit_test(a_full_disk_degrades_and_recovers),
	};

	return cmocka_run_group_tests(tests, fill_long_text, NULL);
}
