/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kill -9 at any time: a child commits numbered transitions with their alerts, delivers, and says on
 * a pipe what it was told is on disk and what it delivered. Whatever it said must be there after its
 * death, once, and no alert may be missing that was not delivered.
 *
 * TRAILSEAL_LONG=1 kills a thousand times.
 */
#include "store/store.h"

#include "unit/store_room.h"

#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>

#include "base/arena.h"
#include "base/mem.h"

#define KILL_FINDINGS	40	/* numbers share findings, as transitions do */
#define KILL_FLIGHT	8	/* batches that wait at a time */

/* On the pipe; short enough to be written whole or not at all. */
struct said {
	char		kind;	/* 'c' committed, 'd' delivered */
	unsigned	number;
};

/* ---- the child ---- */

struct child {
	struct room	*room;
	int		 pipe;
	unsigned	 next;
};

struct child_batch {
	struct child	*child;
	unsigned	 number;
};

static void	child_commit(struct child *);

static void
child_say(const struct child *c, char kind, unsigned number)
{
	struct said said = { kind, number };

	if (write(c->pipe, &said, sizeof(said)) != sizeof(said))
		_exit(1);
}

/* Then delivers: what crashes between delivery and drop is delivered again, by the same id. */
static void
child_on_done(void *arg, const struct err *err)
{
	struct child_batch *cb = arg;
	struct store_batch *b = store_batch_new();
	char id[32];

	if (err != NULL) {
		fprintf(stderr, "%s\n", err->text);
		_exit(1);
	}
	child_say(cb->child, 'c', cb->number);
	child_say(cb->child, 'd', cb->number);
	snprintf(id, sizeof(id), "%u-1", cb->number);
	store_drop_alert(b, id, "hook");
	store_commit(cb->child->room->store, b, NULL, NULL);
	child_commit(cb->child);
	free(cb);
}

static void
child_commit(struct child *c)
{
	struct child_batch *cb = mem_alloc(1, sizeof(*cb));
	struct store_batch *b = store_batch_new();
	struct finding f = { .rule = RULE_KEY_DISABLED, .account = (char *)"111122223333",
	    .region = (char *)"us-east-1", .resource = (char *)"key", .state = FINDING_FIRING,
	    .severity = SEVERITY_CRITICAL };
	struct alert alert = { .kind = "finding", .is_firing = true, .rule = "key-disabled",
	    .severity = "critical", .account = f.account, .region = f.region, .resource = f.resource,
	    .summary = "disabled", .evidence = "{}" };
	char body[32];

	*cb = (struct child_batch){ c, c->next++ };
	f.tellings = cb->number;
	snprintf(f.id, sizeof(f.id), "%032u", cb->number % KILL_FINDINGS);
	snprintf(alert.id, sizeof(alert.id), "%u", cb->number);
	snprintf(alert.delivery_id, sizeof(alert.delivery_id), "%u-1", cb->number);
	snprintf(body, sizeof(body), "{\"n\":%u}", cb->number);
	store_put_finding(b, &f);
	store_put_alert(b, &alert, "hook");
	store_put_alert(b, &alert, "journal");
	store_drop_alert(b, alert.delivery_id, "journal");
	store_add_evidence(b, ROOM_WALL_MS, "transition", body);
	store_commit(c->room->store, b, child_on_done, cb);
}

static _Noreturn void
child_run(struct room *r, int pipe, unsigned first)
{
	struct child c = { r, pipe, first };

	r->loop = loop_new();	/* the parent's is the parent's */
	room_open(r);
	for (int i = 0; i < KILL_FLIGHT; i++)
		child_commit(&c);
	loop_run(r->loop);
	_exit(1);
}

/* ---- what is there after its death ---- */

struct after {
	unsigned	 last;		/* number in the ledger */
	bool		*delivered;	/* by number; ours */
	size_t		 cap;
	unsigned	 committed;	/* the largest that was said to be */
	unsigned	 said;		/* words in all */
};

static void
after_hear(struct after *a, const struct said *said)
{
	while (said->number >= a->cap) {
		size_t cap = a->cap ? a->cap * 2 : 1024;

		a->delivered = mem_resize(a->delivered, cap, sizeof(*a->delivered));
		memset(a->delivered + a->cap, 0, (cap - a->cap) * sizeof(*a->delivered));
		a->cap = cap;
	}
	a->said++;
	if (said->kind == 'd')
		a->delivered[said->number] = true;
	else if (said->number > a->committed)
		a->committed = said->number;
}

/* The transitions are numbered without a gap and without a repetition: each was stored once. */
static void
after_read_ledger(const struct room *r, struct after *a)
{
	struct arena *arena = arena_new();
	const struct ledger_record *rows;
	struct ledger *ledger;
	unsigned number;
	int64_t seq = 1;
	struct err err;
	size_t count;

	assert_int_equal(ledger_open(r->path, &ledger, &err), 0);
	a->last = 0;
	do {
		arena_reset(arena);
		assert_int_equal(ledger_read(ledger, seq, arena, &rows, &count, &err), 0);
		for (size_t i = 0; i < count; i++) {
			assert_int_equal(sscanf(rows[i].body, "{\"n\":%u}", &number), 1);
			assert_int_equal(number, a->last + 1);
			a->last = number;
			seq = rows[i].seq;
		}
	} while (count > 0);
	ledger_close(ledger);
	arena_free(arena);
}

static void
after_check_outbox(struct room *r, const struct after *a)
{
	struct outbox_entry *entries;
	unsigned number, before = 0;
	bool *waits = mem_alloc(a->last + 1, sizeof(*waits));
	struct err err;
	size_t count;

	assert_int_equal(store_load_outbox(r->store, &entries, &count, &err), 0);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(sscanf(entries[i].alert.delivery_id, "%u-1", &number), 1);
		assert_string_equal(entries[i].receiver, "hook");
		assert_true(number > before && number <= a->last);	/* once, in order */
		before = number;
		waits[number] = true;
		outbox_entry_done(&entries[i]);
	}
	free(entries);
	for (unsigned n = 1; n <= a->last; n++)
		if (!waits[n] && !(n < a->cap && a->delivered[n]))
			fail_msg("the alert of transition %u of %u is lost", n, a->last);
	free(waits);
}

/* Each finding is as the last transition of it left it. */
static void
after_check_findings(struct room *r, const struct after *a)
{
	struct findings *all = findings_new();
	size_t count = 0;
	struct err err;

	assert_int_equal(store_load_findings(r->store, all, &err), 0);
	for (const struct finding *f = findings_first(all); f != NULL; f = f->hh.next) {
		unsigned slot = (unsigned)strtoul(f->id, NULL, 10);

		assert_int_equal(f->tellings % KILL_FINDINGS, slot);
		assert_true(f->tellings <= a->last && f->tellings + KILL_FINDINGS > a->last);
		count++;
	}
	assert_int_equal(count, a->last < KILL_FINDINGS ? a->last : KILL_FINDINGS);
	findings_free(all);
}

static void
after_check(struct room *r, struct after *a)
{
	struct ledger_verdict verdict;

	room_open(r);
	assert_string_equal(r->start.set_aside, "");
	assert_false(r->start.is_ledger_altered);
	room_verify(r, NULL, &verdict);
	if (!verdict.is_whole)
		fail_msg("record %lld: %s", (long long)verdict.broken_seq, verdict.what);
	after_read_ledger(r, a);
	assert_true(a->last >= a->committed);
	after_check_outbox(r, a);
	after_check_findings(r, a);
	room_close(r);
}

/* Half of the rounds end while it starts, half after it has committed something. */
static void
kill_once(struct room *r, struct after *a, bool waits)
{
	struct said said;
	int ends[2], status;
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		close(ends[0]);
		child_run(r, ends[1], a->last + 1);
	}
	close(ends[1]);
	if (waits && read(ends[0], &said, sizeof(said)) == sizeof(said))
		after_hear(a, &said);
	usleep((useconds_t)(random() % 20000));
	kill(child, SIGKILL);
	while (read(ends[0], &said, sizeof(said)) == sizeof(said))
		after_hear(a, &said);
	close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void
nothing_is_lost_by_kills(void **state)
{
	unsigned rounds = getenv("TRAILSEAL_LONG") != NULL ? 1000 : 40;
	struct after after = { .last = 0 };
	struct room r;

	(void)state;
	srandom((unsigned)getpid());
	room_init(&r);
	for (unsigned i = 0; i < rounds; i++) {
		kill_once(&r, &after, i % 2);
		after_check(&r, &after);
	}
	assert_true(after.said >= rounds / 2);
	print_message("%u kills, %u transitions\n", rounds, after.last);
	free(after.delivered);
	room_done(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_lost_by_kills),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
