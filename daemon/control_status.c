/* SPDX-License-Identifier: Apache-2.0 */
/* How the daemon is, for 'trailsealctl status'. */
#include "config.h"

#include "base/stamp.h"
#include "base/text.h"
#include "daemon/control_private.h"
#include "daemon/web.h"
#include "world/coverage.h"

#define STATUS_RECEIVERS_MAX	256

/* What the verdict rests on. */
struct status_sums {
	unsigned	open[SEVERITY_CRITICAL + 1];	/* findings; silenced ones are among them */
	unsigned	pending, silenced;
	unsigned	rows[COVERAGE_NOT_APPLICABLE + 1];
	int64_t		seen_wall_ms;			/* the latest good answer */
	bool		is_told_late;			/* a receiver fails, and alerts wait for it */
};

static void
status_sum_findings(const struct daemon *d, struct status_sums *sums)
{
	for (const struct finding *f = findings_first(d->findings); f != NULL; f = f->hh.next) {
		sums->pending += f->state == FINDING_PENDING;
		if (!finding_is_open(f))
			continue;
		sums->open[f->severity]++;
		sums->silenced += silences_find(&d->silences, f, aws_wall_ms(d->aws)) != NULL;
	}
}

static void
status_sum_coverage(const struct daemon *d, struct status_sums *sums)
{
	struct coverage coverage;

	sums->seen_wall_ms = STAMP_UNKNOWN;
	coverage_read(d->world, sweep_accounts_reading(d->sweep), &coverage);
	for (size_t i = 0; i < coverage.count; i++) {
		sums->rows[coverage.row[i].state]++;
		if (coverage.row[i].seen_wall_ms > sums->seen_wall_ms)
			sums->seen_wall_ms = coverage.row[i].seen_wall_ms;
	}
	coverage_done(&coverage);
}

/* As of a check, but silenced findings do not count; what hinders the daemon does. */
static const char *
status_verdict(const struct daemon *d, const struct status_sums *sums,
    const struct store_status *store)
{
	unsigned open = 0;

	for (enum severity s = SEVERITY_LOW; s <= SEVERITY_CRITICAL; s++)
		open += sums->open[s];
	if (open > sums->silenced)
		return "fail";
	return d->has_swept && sums->rows[COVERAGE_STALE] + sums->rows[COVERAGE_BLIND] == 0 &&
	    d->last_reload_good && !store->is_degraded && !sums->is_told_late ? "pass" : "unknown";
}

static void
status_write_config(const struct daemon *d, struct json_writer *w)
{
	json_write_key(w, "config");
	json_write_object(w);
	json_write_member(w, "file", d->config_path);
	json_write_member_bool(w, "last_reload_good", d->last_reload_good);
	json_write_member_time(w, "read", d->last_reload_wall_ms);
	json_write_end_object(w);
}

static void
status_write_sweep(const struct daemon *d, const struct status_sums *sums, struct json_writer *w)
{
	const struct sweep_progress *p = sweep_progress(d->sweep);

	json_write_key(w, "accounts");
	json_write_object(w);
	json_write_member_i64(w, "known", p->accounts_known);
	json_write_member_i64(w, "seen", p->accounts_done);
	json_write_end_object(w);
	json_write_key(w, "sweep");
	json_write_object(w);
	json_write_member_bool(w, "complete", d->has_swept);
	json_write_key(w, "first_took_ms");
	if (d->has_swept)
		json_write_i64(w, d->first_sweep_ms);
	else
		json_write_null(w);
	json_write_member_time(w, "latest_answer", sums->seen_wall_ms);
	json_write_member_i64(w, "questions_waiting", p->questions_waiting);
	json_write_member_i64(w, "questions_running", p->questions_running);
	json_write_end_object(w);
	json_write_key(w, "coverage");
	json_write_object(w);
	for (enum coverage_state s = COVERAGE_FRESH; s <= COVERAGE_NOT_APPLICABLE; s++)
		json_write_member_i64(w, coverage_state_name(s), sums->rows[s]);
	json_write_end_object(w);
}

static void
status_write_findings(const struct daemon *d, const struct status_sums *sums,
    struct json_writer *w)
{
	json_write_key(w, "findings");
	json_write_object(w);
	for (int s = SEVERITY_CRITICAL; s >= SEVERITY_LOW; s--)
		json_write_member_i64(w, severity_name((enum severity)s), sums->open[s]);
	json_write_member_i64(w, "silenced", sums->silenced);
	json_write_member_i64(w, "pending", sums->pending);
	json_write_end_object(w);
	json_write_member_i64(w, "silences", (int64_t)d->silences.count);
}

static void
status_write_receiver(const struct receiver_status *r, struct json_writer *w)
{
	json_write_object(w);
	json_write_member(w, "name", r->name);
	json_write_member_i64(w, "pending", (int64_t)r->pending);
	json_write_member_i64(w, "delivered", (int64_t)r->delivered);
	json_write_member_i64(w, "dropped", (int64_t)r->dropped);
	json_write_member_i64(w, "failed", (int64_t)r->failed);
	json_write_member(w, "last_error", r->last_error);
	json_write_end_object(w);
}

static void
status_write_receivers(const struct daemon *d, struct status_sums *sums, struct json_writer *w)
{
	static struct receiver_status rows[STATUS_RECEIVERS_MAX];
	size_t count = notify_get_status(d->notify, rows, STATUS_RECEIVERS_MAX);

	json_write_key(w, "receivers");
	json_write_array(w);
	for (size_t i = 0; i < count && i < STATUS_RECEIVERS_MAX; i++) {
		status_write_receiver(&rows[i], w);
		sums->is_told_late |= rows[i].pending > 0 && rows[i].last_error[0] != '\0';
	}
	json_write_end_array(w);
}

static void
status_write_store(const struct store_status *store, struct json_writer *w)
{
	json_write_key(w, "store");
	json_write_object(w);
	json_write_member_bool(w, "degraded", store->is_degraded);
	json_write_member(w, "reason", store->is_degraded ? store->reason : NULL);
	json_write_member_i64(w, "waiting", (int64_t)store->waiting);
	json_write_end_object(w);
	json_write_key(w, "ledger");
	json_write_object(w);
	json_write_member_i64(w, "records", (int64_t)store->ledger_records);
	json_write_member(w, "head", store->ledger_head);
	json_write_end_object(w);
}

void
control_write_status(struct daemon *d, struct json_writer *w)
{
	struct status_sums sums = { .pending = 0 };
	struct store_status store;

	status_sum_findings(d, &sums);
	status_sum_coverage(d, &sums);
	store_get_status(d->store, &store);
	json_write_member(w, "version", PACKAGE_VERSION);
	json_write_member_time(w, "started", d->started_wall_ms);
	json_write_member_time(w, "now", loop_wall_ms(d->loop));
	json_write_member(w, "pages", d->web != NULL ? web_url(d->web) : NULL);
	status_write_config(d, w);
	status_write_sweep(d, &sums, w);
	status_write_findings(d, &sums, w);
	status_write_receivers(d, &sums, w);
	status_write_store(&store, w);
	json_write_member(w, "verdict", status_verdict(d, &sums, &store));
}
