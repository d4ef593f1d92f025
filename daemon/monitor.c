/* SPDX-License-Identifier: Apache-2.0 */
/* What trailseald tells of itself; see monitor.h. */
#include "config.h"

#include "daemon/monitor.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "daemon/cycle.h"
#include "wire/json_write.h"

#define MONITOR_TEXT_MAX	1024

static char *
monitor_evidence(const struct store_start *start)
{
	struct json_writer *w;
	struct buf out;

	buf_init(&out, 8192);
	w = json_writer_new(&out, false);
	json_write_object(w);
	json_write_key(w, "facts");
	json_write_object(w);
	if (start->set_aside[0] != '\0') {
		json_write_member(w, "set aside", start->set_aside);
		json_write_member(w, "reason", start->why);
	}
	json_write_end_object(w);
	json_write_end_object(w);
	json_writer_free(w);
	return buf_steal(&out);
}

/* One that comes again another time is another alert. */
static void
monitor_tell(struct daemon *d, const struct store_start *start, const char *rule,
    const char *severity, const char *summary, struct store_batch *batch)
{
	int64_t now_wall_ms = aws_wall_ms(d->aws);
	char *evidence = monitor_evidence(start);
	struct alert alert = {
		.kind = "monitor", .is_firing = true, .rule = rule, .severity = severity,
		.account = "", .region = "", .resource = "trailseal", .summary = summary,
		.since_wall_ms = now_wall_ms, .told_wall_ms = now_wall_ms, .evidence = evidence,
		.remediation = "trailsealctl evidence verify",
	};

	snprintf(alert.id, sizeof(alert.id), "%s-%" PRId64, rule, now_wall_ms / 1000);
	snprintf(alert.delivery_id, sizeof(alert.delivery_id), "%s-1", alert.id);
	notify_enqueue(d->notify, &alert, batch);
	free(evidence);
}

static void
monitor_record_start(const struct daemon *d, const struct store_start *start,
    struct store_batch *batch)
{
	char text[MONITOR_TEXT_MAX];

	snprintf(text, sizeof(text), "trailseald " PACKAGE_VERSION "%s%s%s%s",
	    start->is_new ? ", a new database" : start->was_clean ? "" : ", after a crash",
	    start->is_ledger_altered ? ", the ledger was altered" : "",
	    start->set_aside[0] ? ", a damaged one was set aside: " : "", start->set_aside);
	cycle_add_record(d, "start", text, batch);
}

void
monitor_tell_start(struct daemon *d, const struct store_start *start)
{
	struct store_batch *batch = store_batch_new();
	char text[MONITOR_TEXT_MAX];

	monitor_record_start(d, start, batch);
	snprintf(text, sizeof(text), "trailseal's database was damaged (%s) and is now %s: what fails "
	    "is told anew, what was not delivered yet is lost", start->why, start->set_aside);
	if (start->set_aside[0] != '\0')
		monitor_tell(d, start, "monitor-database-damaged", "high", text, batch);
	if (start->is_ledger_altered)
		monitor_tell(d, start, "monitor-ledger-altered", "critical", "the end of trailseal's "
		    "evidence ledger is not what was written last: records were altered or removed",
		    batch);
	notify_commit(d->notify, batch, NULL, NULL);
}
