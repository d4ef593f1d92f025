/* SPDX-License-Identifier: Apache-2.0 */
/* Silences of the daemon: how they begin and end, with evidence of both; see daemon.h. */
#include <inttypes.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/stamp.h"
#include "daemon/cycle.h"
#include "wire/json_write.h"

#define SILENCES_BODY_MAX	65536	/* of a record */

void
silence_write(struct json_writer *w, const struct silence *s)
{
	json_write_member(w, "rule", s->rule);
	json_write_member(w, "account", s->account);
	json_write_member(w, "region", s->region);
	json_write_member(w, "resource", s->resource);
	json_write_member(w, "author", s->author);
	json_write_member(w, "reason", s->reason);
	json_write_member_time(w, "begins", s->begins_wall_ms);
	json_write_member_time(w, "ends", s->ends_wall_ms);
}

/* What happened, to which silence, and who wanted it (NULL: its time was over). */
static void
silences_record(const struct daemon *d, const char *kind, const struct silence *s,
    const struct daemon_asker *asker, struct store_batch *batch)
{
	struct json_writer *w;
	struct buf body;

	buf_init(&body, SILENCES_BODY_MAX);
	w = json_writer_new(&body, false);
	json_write_object(w);
	json_write_member_i64(w, "silence", s->id);
	silence_write(w, s);
	if (asker != NULL) {
		json_write_member_i64(w, "uid", asker->uid);
		json_write_member(w, "user", asker->name);
	}
	json_write_end_object(w);
	json_writer_free(w);
	store_add_evidence(batch, aws_wall_ms(d->aws), kind, buf_text(&body));
	buf_done(&body);
}

int
daemon_add_silence(struct daemon *d, struct silence *s, const struct daemon_asker *asker,
    store_done_fn done, void *arg, struct err *err)
{
	struct silences *all = &d->silences;
	struct store_batch *batch;
	char ends[STAMP_ISO_SIZE];

	if (all->count >= SILENCES_MAX)
		return err_set(err, ERR_TOO_LARGE, "there are %d silences already", SILENCES_MAX);
	if (s->author == NULL)
		s->author = mem_strdup(asker->name);
	if (silence_check(s, aws_wall_ms(d->aws), err) < 0)
		return -1;
	s->id = store_next_silence_id(d->store);
	batch = store_batch_new();
	store_put_silence(batch, s);
	silences_record(d, "silence-added", s, asker, batch);
	store_commit(d->store, batch, done, arg);
	all->row = mem_grow(all->row, all->count, &all->cap, sizeof(*all->row));
	all->row[all->count++] = *s;
	log_notice(NULL, "silence %" PRId64 " until %s, wanted by %s: %s", s->id,
	    stamp_format_iso(s->ends_wall_ms, ends), asker->name, s->reason);
	return 0;
}

/* The row is gone then. */
static void
silences_drop(struct daemon *d, size_t i, const char *kind, const struct daemon_asker *asker,
    store_done_fn done, void *arg)
{
	struct store_batch *batch = store_batch_new();
	struct silence *s = &d->silences.row[i];

	store_drop_silence(batch, s->id);
	silences_record(d, kind, s, asker, batch);
	store_commit(d->store, batch, done, arg);
	if (asker != NULL)
		log_notice(NULL, "silence %" PRId64 " is over, ended by %s", s->id, asker->name);
	else
		log_notice(NULL, "silence %" PRId64 " is over", s->id);
	silence_done(s);
	d->silences.count--;
	memmove(s, s + 1, (d->silences.count - i) * sizeof(*s));
}

int
daemon_expire_silence(struct daemon *d, int64_t id, const struct daemon_asker *asker,
    store_done_fn done, void *arg, struct err *err)
{
	for (size_t i = 0; i < d->silences.count; i++) {
		if (d->silences.row[i].id != id)
			continue;
		silences_drop(d, i, "silence-expired", asker, done, arg);
		cycle_tell_due(d);
		return 0;
	}
	return err_set(err, ERR_NOT_FOUND, "there is no silence %" PRId64, id);
}

void
daemon_end_silences(struct daemon *d)
{
	for (size_t i = d->silences.count; i-- > 0;)
		if (d->silences.row[i].ends_wall_ms <= aws_wall_ms(d->aws))
			silences_drop(d, i, "silence-ended", NULL, NULL, NULL);
}
