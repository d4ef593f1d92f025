/* SPDX-License-Identifier: Apache-2.0 */
/* Rows into what they were: findings, the past, silences, the outbox; see store.h. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/alert_text.h"
#include "store/store_private.h"

/* Takes one row. False with a reason: it makes no sense, and stays where it is. */
typedef bool (*load_row_fn)(struct row *, void *into, struct err *why);

static int
load_rows(struct store *store, enum sql what, const char *name, load_row_fn take, void *into,
    struct err *err)
{
	struct database *db = store_database(store);
	struct err why, first = { .kind = ERR_NONE };
	size_t strange = 0;
	struct row row;
	int status;

	if (row_ask(db, what, NULL, 0, &row, err) < 0)
		return -1;
	while ((status = row_next(&row, err)) == 1)
		if (!take(&row, into, &why) && strange++ == 0)
			first = why;
	row_end(&row);
	if (strange > 0)
		log_warning(NULL, "%zu stored %s make no sense here and are left alone; the first: %s",
		    strange, name, first.text);
	return status;
}

static bool
load_find_state(const char *name, enum finding_state *ret)
{
	for (enum finding_state state = FINDING_PENDING; state < FINDING_STATES; state++) {
		if (text_same(name, finding_state_name(state))) {
			*ret = state;
			return true;
		}
	}
	return false;
}

static bool
load_refuse(struct err *why, const char *what, const char *id, const char *word)
{
	err_set(why, ERR_MALFORMED, "%s \"%s\" of %s", what, word != NULL ? word : "",
	    id != NULL ? id : "a nameless one");
	return false;
}

/* What a finding cannot be without: all that stands before its counters. */
static bool
load_check_finding(struct row r, struct finding *f, struct err *why)
{
	const char *id = row_text(&r), *rule = row_text(&r), *account = row_text(&r);
	const char *region = row_text(&r), *resource = row_text(&r), *state = row_text(&r);
	const char *severity = row_text(&r);

	if (id == NULL || strlen(id) >= sizeof(f->id))
		return load_refuse(why, "id", id, id);
	memcpy(f->id, id, strlen(id) + 1);
	if (rule == NULL || !rule_find(rule, &f->rule))
		return load_refuse(why, "rule", id, rule);
	if (account == NULL || region == NULL || resource == NULL)
		return load_refuse(why, "resource", id, resource);
	if (!load_find_state(state, &f->state))
		return load_refuse(why, "state", id, state);
	if (severity == NULL || !severity_parse(severity, &f->severity))
		return load_refuse(why, "severity", id, severity);
	return true;
}

static bool
load_finding(struct row *r, void *into, struct err *why)
{
	struct finding checked = { .is_dirty = false }, *f;

	if (!load_check_finding(*r, &checked, why))
		return false;
	f = mem_alloc(1, sizeof(*f));
	*f = checked;
	r->column = 2;
	f->account = row_copy(r);
	f->region = row_copy(r);
	f->resource = row_copy(r);
	r->column += 2;
	f->confirmations = row_count(r);
	f->tellings = row_count(r);
	f->flaps = row_count(r);
	f->since_wall_ms = row_time(r);
	f->changed_wall_ms = row_time(r);
	f->told_wall_ms = row_time(r);
	f->summary = row_copy(r);
	f->evidence = row_copy(r);
	f->remediation = row_copy(r);
	findings_load(into, f);
	return true;
}

int
store_load_findings(struct store *store, struct findings *findings, struct err *err)
{
	return load_rows(store, SQL_LOAD_FINDINGS, "findings", load_finding, findings, err);
}

static bool
load_past_trail(struct row *r, void *into, struct err *why)
{
	struct past *past = into;
	const char *arn = row_text(r), *account = row_text(r), *region = row_text(r);
	struct past_trail *t;

	if (arn == NULL || account == NULL || region == NULL)
		return load_refuse(why, "home region", arn, region);
	t = mem_alloc(1, sizeof(*t));
	r->column = 0;
	t->arn = row_copy(r);
	t->account = row_copy(r);
	t->home_region = row_copy(r);
	t->kms_key_id = row_copy(r);
	t->changed_from = row_copy(r);
	t->changed_wall_ms = row_time(r);
	t->missing_wall_ms = row_time(r);
	HASH_ADD_KEYPTR(hh, past->trails, t->arn, strlen(t->arn), t);
	return true;
}

static bool
load_past_blind(struct row *r, void *into, struct err *why)
{
	struct past *past = into;
	char *key = row_copy(r);
	struct past_blind *b;

	if (key == NULL)
		return load_refuse(why, "key", NULL, NULL);
	b = mem_alloc(1, sizeof(*b));
	b->key = key;
	b->since_wall_ms = row_time(r);
	HASH_ADD_KEYPTR(hh, past->blinds, b->key, strlen(b->key), b);
	return true;
}

static bool
load_past_account(struct row *r, void *into, struct err *why)
{
	struct past *past = into;
	char *id = row_copy(r);
	struct past_account *a;

	if (id == NULL)
		return load_refuse(why, "id", NULL, NULL);
	a = mem_alloc(1, sizeof(*a));
	a->id = id;
	HASH_ADD_KEYPTR(hh, past->accounts, a->id, strlen(a->id), a);
	return true;
}

int
store_load_past(struct store *store, struct past *past, struct err *err)
{
	if (load_rows(store, SQL_LOAD_PAST_TRAILS, "trails", load_past_trail, past, err) < 0 ||
	    load_rows(store, SQL_LOAD_PAST_ACCOUNTS, "accounts", load_past_account, past, err) < 0)
		return -1;
	return load_rows(store, SQL_LOAD_PAST_BLINDS, "blind spots", load_past_blind, past, err);
}

static bool
load_silence(struct row *r, void *into, struct err *why)
{
	struct silences *all = into;
	struct row words = *r;
	const char *author, *reason;
	struct silence *s;

	words.column = 5;
	author = row_text(&words);
	reason = row_text(&words);
	if (author == NULL || reason == NULL)
		return load_refuse(why, "reason", author, reason);
	all->row = mem_grow(all->row, all->count, &all->cap, sizeof(*all->row));
	s = &all->row[all->count++];
	s->id = row_number(r);
	s->rule = row_copy(r);
	s->account = row_copy(r);
	s->region = row_copy(r);
	s->resource = row_copy(r);
	s->author = row_copy(r);
	s->reason = row_copy(r);
	s->begins_wall_ms = row_time(r);
	s->ends_wall_ms = row_time(r);
	return true;
}

int
store_load_silences(struct store *store, struct silences *silences, struct err *err)
{
	return load_rows(store, SQL_LOAD_SILENCES, "silences", load_silence, silences, err);
}

struct load_outbox {
	struct outbox_entry	*row;
	size_t			 count, cap;
};

static bool
load_entry(struct row *r, void *into, struct err *why)
{
	struct load_outbox *all = into;
	struct outbox_entry entry = { .attempts = 0 };
	const char *id = row_text(r), *receiver = row_text(r), *text = row_text(r);

	if (receiver == NULL || text == NULL)
		return load_refuse(why, "receiver", id, receiver);
	if (alert_from_text(text, &entry.alert, &entry.memory, why) < 0)
		return load_refuse(why, "alert", id, why->text);
	entry.receiver = mem_strdup(receiver);
	entry.attempts = row_count(r);
	entry.next_wall_ms = row_time(r);
	all->row = mem_grow(all->row, all->count, &all->cap, sizeof(*all->row));
	all->row[all->count++] = entry;
	return true;
}

int
store_load_outbox(struct store *store, struct outbox_entry **ret_entries, size_t *ret_count,
    struct err *err)
{
	struct load_outbox all = { .row = NULL };

	if (load_rows(store, SQL_LOAD_OUTBOX, "alerts", load_entry, &all, err) < 0) {
		for (size_t i = 0; i < all.count; i++)
			outbox_entry_done(&all.row[i]);
		free(all.row);
		return -1;
	}
	*ret_entries = all.row;
	*ret_count = all.count;
	return 0;
}

void
outbox_entry_done(struct outbox_entry *e)
{
	free(e->receiver);
	free(e->memory);
	*e = (struct outbox_entry){ .receiver = NULL };
}

static bool
load_incident(struct row *r, void *into, struct err *why)
{
	struct row words = *r;
	const char *id = row_text(&words), *event = row_text(&words), *rule = row_text(&words);
	enum rule_id number;
	struct incident *i;

	if (id == NULL || event == NULL || rule == NULL || !rule_find(rule, &number))
		return load_refuse(why, "rule", id, rule);
	while (words.column < 6)
		if (row_text(&words) == NULL)
			return load_refuse(why, "resource", id, NULL);
	i = mem_alloc(1, sizeof(*i));
	i->id = row_copy(r);
	i->event_id = row_copy(r);
	i->rule = number;
	r->column++;
	i->account = row_copy(r);
	i->region = row_copy(r);
	i->resource = row_copy(r);
	i->finding_ids = row_copy(r);
	i->actor = row_copy(r);
	i->source_ip = row_copy(r);
	i->user_agent = row_copy(r);
	i->event_wall_ms = row_time(r);
	i->told_wall_ms = row_time(r);
	incidents_load(into, i);
	return true;
}

int
store_load_incidents(struct store *store, struct incidents *incidents, struct err *err)
{
	return load_rows(store, SQL_LOAD_INCIDENTS, "events", load_incident, incidents, err);
}

struct load_cursors {
	store_cursor_fn	 tell;
	void		*arg;
};

/* SQLite keeps a text of the present row until the next one. */
static bool
load_cursor(struct row *r, void *into, struct err *why)
{
	const struct load_cursors *to = into;
	struct event_cursor c;

	c.account = row_text(r);
	c.region = row_text(r);
	c.resource = row_text(r);
	if (c.account == NULL || c.region == NULL || c.resource == NULL)
		return load_refuse(why, "place", c.account, c.region);
	c.through_wall_ms = row_time(r);
	c.backlog_from_wall_ms = row_time(r);
	c.backlog_to_wall_ms = row_time(r);
	to->tell(to->arg, &c);
	return true;
}

int
store_load_cursors(struct store *store, store_cursor_fn tell, void *arg, struct err *err)
{
	struct load_cursors to = { tell, arg };

	return load_rows(store, SQL_LOAD_CURSORS, "cursors", load_cursor, &to, err);
}
