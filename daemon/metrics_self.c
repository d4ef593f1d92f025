/* SPDX-License-Identifier: Apache-2.0 */
/* Metrics about trailseal itself: what it asks of AWS, stores, tells and serves. */
#include "config.h"

#include <stdio.h>

#include "base/stamp.h"
#include "daemon/daemon.h"
#include "daemon/metrics_page.h"
#include "daemon/web.h"

#define SELF_RECEIVERS_MAX	256

static void
self_write_build(struct metrics_page *p, const struct metrics_source *s)
{
	(void)s;
	metrics_add_count(p, 1, "version", PACKAGE_VERSION, NULL);
}

/* ---- configuration ---- */

static void
self_write_reload(struct metrics_page *p, const struct metrics_source *s)
{
	metrics_add_count(p, s->daemon->last_reload_good, NULL);
}

static void
self_write_reload_time(struct metrics_page *p, const struct metrics_source *s)
{
	metrics_add_time(p, s->daemon->last_reload_wall_ms, NULL);
}

/* ---- looking ---- */

static void
self_write_sweep_complete(struct metrics_page *p, const struct metrics_source *s)
{
	metrics_add_count(p, s->daemon->has_swept, NULL);
}

static void
self_write_sweep_duration(struct metrics_page *p, const struct metrics_source *s)
{
	if (s->daemon->has_swept)
		metrics_add(p, (double)s->daemon->first_sweep_ms / 1000, NULL);
}

static void
self_write_sweep_accounts(struct metrics_page *p, const struct metrics_source *s)
{
	metrics_add_count(p, sweep_progress(s->daemon->sweep)->accounts_known, NULL);
}

static void
self_write_sweep_accounts_seen(struct metrics_page *p, const struct metrics_source *s)
{
	metrics_add_count(p, sweep_progress(s->daemon->sweep)->accounts_done, NULL);
}

static void
self_write_sweep_waiting(struct metrics_page *p, const struct metrics_source *s)
{
	metrics_add_count(p, sweep_progress(s->daemon->sweep)->questions_waiting, NULL);
}

static void
self_write_sweep_running(struct metrics_page *p, const struct metrics_source *s)
{
	metrics_add_count(p, sweep_progress(s->daemon->sweep)->questions_running, NULL);
}

static void
self_write_judgements(struct metrics_page *p, const struct metrics_source *s)
{
	metrics_add_count(p, s->daemon->judgements, NULL);
}

/* ---- calls to AWS ---- */

#define foreach_op(op) for (enum aws_op op = AWS_NONE + 1; op < AWS_OPS; op++)

static const char *
self_service(enum aws_op op)
{
	return aws_service_name(aws_op_row(op)->service);
}

/* Attempts that were never made have no series but the one that counts good ones. */
static void
self_write_requests(struct metrics_page *p, const struct metrics_source *s)
{
	const struct aws_counters *n = aws_counters(s->daemon->aws);

	foreach_op(op)
		for (enum err_kind kind = ERR_NONE; kind < ERR_KINDS; kind++)
			if (kind == ERR_NONE || n->outcomes[op][kind] > 0)
				metrics_add_count(p, n->outcomes[op][kind], "service", self_service(op),
				    "operation", aws_op_row(op)->name,
				    "code", kind == ERR_NONE ? "ok" : err_kind_name(kind), NULL);
}

static void
self_write_throttles(struct metrics_page *p, const struct metrics_source *s)
{
	foreach_op(op)
		metrics_add_count(p, aws_counters(s->daemon->aws)->throttles[op],
		    "service", self_service(op), "operation", aws_op_row(op)->name, NULL);
}

static void
self_write_failures(struct metrics_page *p, const struct metrics_source *s)
{
	foreach_op(op)
		metrics_add_count(p, aws_counters(s->daemon->aws)->failures[op],
		    "service", self_service(op), "operation", aws_op_row(op)->name, NULL);
}

static void
self_write_retries(struct metrics_page *p, const struct metrics_source *s)
{
	metrics_add_count(p, aws_counters(s->daemon->aws)->retries, NULL);
}

static void
self_add_durations(struct metrics_page *p, enum aws_op op, const struct aws_durations *d)
{
	const char *service = self_service(op), *name = aws_op_row(op)->name;
	uint64_t count = 0;

	for (unsigned row = 0; row < AWS_DURATIONS; row++) {
		int64_t within_ms = aws_duration_within_ms(row);
		char le[32] = "+Inf";

		if (within_ms != INT64_MAX)
			snprintf(le, sizeof(le), "%g", (double)within_ms / 1000);
		count += d->count[row];
		metrics_add_part(p, "_bucket", (double)count, "service", service, "operation", name,
		    "le", le, NULL);
	}
	metrics_add_part(p, "_sum", (double)d->sum_ms / 1000, "service", service,
	    "operation", name, NULL);
	metrics_add_part(p, "_count", (double)count, "service", service, "operation", name, NULL);
}

static void
self_write_durations(struct metrics_page *p, const struct metrics_source *s)
{
	foreach_op(op)
		if (aws_counters(s->daemon->aws)->calls[op] > 0)
			self_add_durations(p, op, &aws_counters(s->daemon->aws)->durations[op]);
}

static void
self_write_waiting(struct metrics_page *p, const struct metrics_source *s)
{
	metrics_add_count(p, aws_counters(s->daemon->aws)->waiting, NULL);
}

static void
self_write_in_flight(struct metrics_page *p, const struct metrics_source *s)
{
	metrics_add_count(p, aws_counters(s->daemon->aws)->in_flight, NULL);
}

static void
self_write_account_requests(struct metrics_page *p, const struct metrics_source *s)
{
	for (const struct tally *t = aws_tallies(s->daemon->aws); t != NULL; t = t->hh.next)
		metrics_add_count(p, t->calls, "account", t->account, NULL);
}

static void
self_write_quotas(struct metrics_page *p, const struct metrics_source *s)
{
	for (enum aws_quota quota = 1; quota < AWS_QUOTAS; quota++)
		metrics_add(p, aws_quota_peak(s->daemon->aws, quota), "quota", aws_quota_name(quota),
		    NULL);
}

/* ---- alerts ---- */

/* One family asks for one number of each receiver. */
static void
self_write_receivers(struct metrics_page *p, const struct metrics_source *s, size_t offset)
{
	static struct receiver_status rows[SELF_RECEIVERS_MAX];
	size_t count = notify_get_status(s->daemon->notify, rows, SELF_RECEIVERS_MAX);

	for (size_t i = 0; i < count && i < SELF_RECEIVERS_MAX; i++)
		metrics_add_count(p, *(const uint64_t *)((const char *)&rows[i] + offset), "receiver",
		    rows[i].name, NULL);
}

static void
self_write_pending(struct metrics_page *p, const struct metrics_source *s)
{
	_Static_assert(sizeof(size_t) == sizeof(uint64_t), "pending is read as the others are");
	self_write_receivers(p, s, offsetof(struct receiver_status, pending));
}

static void
self_write_delivered(struct metrics_page *p, const struct metrics_source *s)
{
	self_write_receivers(p, s, offsetof(struct receiver_status, delivered));
}

static void
self_write_failed(struct metrics_page *p, const struct metrics_source *s)
{
	self_write_receivers(p, s, offsetof(struct receiver_status, failed));
}

/* ---- the store ---- */

static struct store_status
self_store(const struct metrics_source *s)
{
	struct store_status status;

	store_get_status(s->daemon->store, &status);
	return status;
}

static void
self_write_degraded(struct metrics_page *p, const struct metrics_source *s)
{
	metrics_add_count(p, self_store(s).is_degraded, NULL);
}

static void
self_write_commits(struct metrics_page *p, const struct metrics_source *s)
{
	metrics_add_count(p, self_store(s).commits, NULL);
}

static void
self_write_commit_failures(struct metrics_page *p, const struct metrics_source *s)
{
	metrics_add_count(p, self_store(s).failures, NULL);
}

static void
self_write_batches(struct metrics_page *p, const struct metrics_source *s)
{
	metrics_add_count(p, self_store(s).waiting, NULL);
}

static void
self_write_ledger(struct metrics_page *p, const struct metrics_source *s)
{
	metrics_add_count(p, self_store(s).ledger_records, NULL);
}

static void
self_write_ledger_head(struct metrics_page *p, const struct metrics_source *s)
{
	struct store_status status = self_store(s);

	if (status.ledger_head[0] != '\0')
		metrics_add_count(p, 1, "head", status.ledger_head, NULL);
}

/* ---- HTTP ---- */

static struct web_counters
self_web(const struct metrics_source *s)
{
	struct web_counters counters = { .connections = 0 };

	if (s->daemon->web != NULL)
		web_get_counters(s->daemon->web, &counters);
	return counters;
}

static void
self_write_web_config(struct metrics_page *p, const struct metrics_source *s)
{
	if (s->daemon->web != NULL)
		metrics_add_count(p, self_web(s).is_config_good, NULL);
}

static void
self_write_web_connections(struct metrics_page *p, const struct metrics_source *s)
{
	metrics_add_count(p, self_web(s).connections, NULL);
}

static void
self_write_web_accepted(struct metrics_page *p, const struct metrics_source *s)
{
	metrics_add_count(p, self_web(s).accepted, NULL);
}

static void
self_write_web_timed_out(struct metrics_page *p, const struct metrics_source *s)
{
	metrics_add_count(p, self_web(s).timed_out, NULL);
}

static void
self_write_web_answers(struct metrics_page *p, const struct metrics_source *s)
{
	struct web_counters counters = self_web(s);

	for (enum web_status status = 0; status < WEB_STATUSES; status++) {
		char code[8];

		snprintf(code, sizeof(code), "%d", web_status_code(status));
		metrics_add_count(p, counters.answers[status], "code", code, NULL);
	}
}

static void
self_write_web_comparisons(struct metrics_page *p, const struct metrics_source *s)
{
	metrics_add_count(p, self_web(s).comparisons, NULL);
}

/* ---- rows ---- */

const struct metric metrics_self[] = {
	{ "build_info", METRIC_GAUGE, "The version of trailseal.", .write = self_write_build },
	{ "config_last_reload_successful", METRIC_GAUGE,
	    "Whether the configuration was good when it was read last.", .write = self_write_reload },
	{ "config_last_reload_success_timestamp_seconds", METRIC_GAUGE,
	    "When a good configuration was read last.", .write = self_write_reload_time },
	{ "sweep_complete", METRIC_GAUGE,
	    "Whether everything that is watched was looked at since the start.",
	    .write = self_write_sweep_complete },
	{ "sweep_duration_seconds", METRIC_GAUGE,
	    "How long it took to look at everything for the first time since the start.",
	    .write = self_write_sweep_duration },
	{ "sweep_accounts", METRIC_GAUGE, "Accounts that are watched.",
	    .write = self_write_sweep_accounts },
	{ "sweep_accounts_seen", METRIC_GAUGE,
	    "Accounts that were looked at to the end since the start.",
	    .write = self_write_sweep_accounts_seen },
	{ "sweep_questions_waiting", METRIC_GAUGE, "Questions to AWS that wait for their turn.",
	    .write = self_write_sweep_waiting },
	{ "sweep_questions_running", METRIC_GAUGE, "Questions to AWS that are under way.",
	    .write = self_write_sweep_running },
	{ "judgements_total", METRIC_COUNTER, "Times that the rules were applied to what had changed.",
	    .write = self_write_judgements },
	{ "api_requests_total", METRIC_COUNTER,
	    "Attempts to call AWS that ended, by their outcome: ok, or the kind of error.",
	    .write = self_write_requests },
	{ "api_request_duration_seconds", METRIC_HISTOGRAM,
	    "From the sending of a request to AWS to the last byte of its answer.",
	    .write = self_write_durations },
	{ "api_throttles_total", METRIC_COUNTER, "Attempts that AWS refused for their haste.",
	    .write = self_write_throttles },
	{ "api_failures_total", METRIC_COUNTER, "Calls that failed in the end, after all attempts.",
	    .write = self_write_failures },
	{ "api_retries_total", METRIC_COUNTER, "Attempts that followed a failed one.",
	    .write = self_write_retries },
	{ "api_calls_waiting", METRIC_GAUGE,
	    "Calls that wait: for the rate limit, a place, or the end of a pause.",
	    .write = self_write_waiting },
	{ "api_calls_in_flight", METRIC_GAUGE, "Calls that AWS is answering.",
	    .write = self_write_in_flight },
	{ "api_quota_used_ratio", METRIC_GAUGE,
	    "The largest part of AWS's request limit that calls of one second used, in any account "
	    "and region, over the last one to two minutes.", .write = self_write_quotas },
	{ "alerts_pending", METRIC_GAUGE, "Alerts that wait for their delivery.",
	    .write = self_write_pending },
	{ "alerts_delivered_total", METRIC_COUNTER, "Alerts that the receiver took.",
	    .write = self_write_delivered },
	{ "alerts_failed_total", METRIC_COUNTER, "Attempts to deliver that failed.",
	    .write = self_write_failed },
	{ "store_degraded", METRIC_GAUGE,
	    "Whether the state cannot be stored at present, and alerts go out from memory.",
	    .write = self_write_degraded },
	{ "store_commits_total", METRIC_COUNTER, "Transactions that reached the disk.",
	    .write = self_write_commits },
	{ "store_failures_total", METRIC_COUNTER, "Transactions that failed.",
	    .write = self_write_commit_failures },
	{ "store_batches_waiting", METRIC_GAUGE, "Batches that wait for the disk.",
	    .write = self_write_batches },
	{ "evidence_records", METRIC_GAUGE, "Records in the evidence ledger.",
	    .write = self_write_ledger },
	{ "evidence_head_info", METRIC_GAUGE,
	    "The hash of the ledger's last record, which vouches for all before it.",
	    .write = self_write_ledger_head },
	{ "web_config_last_reload_successful", METRIC_GAUGE,
	    "Whether the web configuration file was good when it was read last.",
	    .write = self_write_web_config },
	{ "web_connections", METRIC_GAUGE, "HTTP connections that are open.",
	    .write = self_write_web_connections },
	{ "web_connections_total", METRIC_COUNTER, "HTTP connections that were accepted.",
	    .write = self_write_web_accepted },
	{ "web_timeouts_total", METRIC_COUNTER,
	    "HTTP connections that were closed since a request took too long.",
	    .write = self_write_web_timed_out },
	{ "web_requests_total", METRIC_COUNTER, "HTTP requests that were answered.",
	    .write = self_write_web_answers },
	{ "web_password_comparisons_total", METRIC_COUNTER,
	    "Passwords that were compared with a bcrypt hash.", .write = self_write_web_comparisons },
	{ "api_account_requests_total", METRIC_COUNTER,
	    "Attempts to call AWS that the history of an account shows; increase() over [1d] gives "
	    "those of a day. Without account: by ambient credentials of an account that is not known.",
	    .write = self_write_account_requests },
	{ .name = NULL },
};
