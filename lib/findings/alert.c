/* SPDX-License-Identifier: Apache-2.0 */
/* The alert that a told move becomes, and what is left of one that is held. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/stamp.h"
#include "findings/findings_private.h"

/*
 * The number alone would come again after a finding was forgotten, and who has seen it once takes
 * the second for a repeat: with the begin of the failure it is unique.
 */
static void
alert_number(struct finding *f, struct alert *ret)
{
	f->tellings++;
	snprintf(ret->delivery_id, sizeof(ret->delivery_id), "%s-%" PRId64 "-%u", f->id,
	    f->since_wall_ms / 1000, f->tellings);
}

void
finding_alert(struct finding *f, enum move_kind kind, const char *account_name,
    int64_t now_wall_ms, struct alert *ret)
{
	*ret = (struct alert){
		.kind = "finding",
		.is_firing = kind != MOVE_RESOLVED,
		.is_reminder = kind == MOVE_REMINDED,
		.rule = rule_name(f->rule),
		.severity = severity_name(f->severity),
		.account = f->account, .account_name = account_name,
		.region = f->region, .resource = f->resource,
		.summary = f->summary,
		.since_wall_ms = f->since_wall_ms,
		.told_wall_ms = now_wall_ms,
		.evidence = f->evidence,
		.remediation = f->remediation,
	};
	memcpy(ret->id, f->id, sizeof(f->id));
	alert_number(f, ret);
	if (ret->is_firing)
		f->told_wall_ms = now_wall_ms;
}

/* That it fires is not known to anybody then; that it became worse is as if told long ago. */
void
finding_hold(struct finding *f, enum move_kind kind)
{
	if (kind == MOVE_WORSENED && f->told_wall_ms != STAMP_UNKNOWN)
		f->told_wall_ms = 0;
}
