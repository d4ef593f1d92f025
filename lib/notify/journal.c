/* SPDX-License-Identifier: Apache-2.0 */
/* Alerts in the journal; see journal.h. */
#include "notify/journal.h"

#include <stdio.h>
#include <string.h>
#include <sys/uio.h>

#include <systemd/sd-journal.h>

#include "base/log.h"
#include "base/stamp.h"
#include "base/text.h"
#include "rules/rules.h"

#define JOURNAL_FIELD_MAX	(64 * 1024)	/* bytes */
#define JOURNAL_MESSAGE_MAX	1024

/* What is told: the id that the catalog knows, the word for people. */
static const struct journal_kind {
	const char	*id, *word;
} journal_firing = { JOURNAL_MESSAGE_FIRING, "firing" },
  journal_still_firing = { JOURNAL_MESSAGE_STILL_FIRING, "still firing" },
  journal_resolved = { JOURNAL_MESSAGE_RESOLVED, "resolved" },
  journal_event = { JOURNAL_MESSAGE_EVENT, "event" },
  journal_attempt = { JOURNAL_MESSAGE_EVENT, "attempt" };

static const struct journal_kind *
journal_kind(const struct alert *a)
{
	if (alert_is_event(a))
		return a->is_attempt ? &journal_attempt : &journal_event;
	if (!a->is_firing)
		return &journal_resolved;
	return a->is_reminder ? &journal_still_firing : &journal_firing;
}

static enum log_level
journal_level(const struct alert *a)
{
	enum severity severity = SEVERITY_CRITICAL;

	if (!a->is_firing || (a->severity != NULL && severity_parse(a->severity, &severity) &&
	    severity == SEVERITY_LOW))
		return LOG_LEVEL_NOTICE;
	return severity == SEVERITY_MEDIUM ? LOG_LEVEL_WARNING : LOG_LEVEL_ERROR;
}

static const char *
journal_text(const char *text)
{
	return text != NULL ? text : "";
}

/* The same line for both. */
static char *
journal_message(const struct alert *a, char out[JOURNAL_MESSAGE_MAX])
{
	char raw[JOURNAL_MESSAGE_MAX];

	snprintf(raw, sizeof(raw), "%s (%s) %s: %s [%s, %s %s]", journal_text(a->rule),
	    journal_text(a->severity), journal_kind(a)->word, journal_text(a->summary),
	    journal_text(a->resource), alert_is_event(a) ? "event" : "finding", a->id);
	return text_clean(out, JOURNAL_MESSAGE_MAX, raw, strlen(raw));
}

/* Absent ones are left out, and what is too long. */
static void
journal_add(struct buf fields[JOURNAL_FIELDS], size_t *count, const char *name, const char *value)
{
	struct buf *field = &fields[*count];

	if (text_is_empty(value))
		return;
	buf_init(field, JOURNAL_FIELD_MAX);
	buf_addf(field, "%s=%s", name, value);
	if (field->overflowed)
		buf_done(field);
	else
		(*count)++;
}

size_t
journal_compose(const struct alert *a, struct buf fields[JOURNAL_FIELDS])
{
	char message[JOURNAL_MESSAGE_MAX], priority[2] = { (char)('0' + journal_level(a)), '\0' };
	char since[STAMP_ISO_SIZE] = "";
	size_t count = 0;

	if (a->since_wall_ms != STAMP_UNKNOWN)
		stamp_format_iso(a->since_wall_ms, since);
	journal_add(fields, &count, "MESSAGE", journal_message(a, message));
	journal_add(fields, &count, "MESSAGE_ID", journal_kind(a)->id);
	journal_add(fields, &count, "PRIORITY", priority);
	journal_add(fields, &count, "TRAILSEAL_RULE", a->rule);
	journal_add(fields, &count, "TRAILSEAL_SEVERITY", a->severity);
	journal_add(fields, &count, "TRAILSEAL_ACCOUNT", a->account);
	journal_add(fields, &count, "TRAILSEAL_ACCOUNT_NAME", a->account_name);
	journal_add(fields, &count, "TRAILSEAL_REGION", a->region);
	journal_add(fields, &count, "TRAILSEAL_RESOURCE", a->resource);
	journal_add(fields, &count, "TRAILSEAL_FINDING", alert_is_event(a) ? a->finding_ids : a->id);
	journal_add(fields, &count, "TRAILSEAL_EVENT", a->event_id);
	journal_add(fields, &count, "TRAILSEAL_ACTOR", a->actor);
	journal_add(fields, &count, "TRAILSEAL_SOURCE_IP", a->source_ip);
	journal_add(fields, &count, "TRAILSEAL_USER_AGENT", a->user_agent);
	journal_add(fields, &count, "TRAILSEAL_SINCE", since);
	journal_add(fields, &count, "TRAILSEAL_EVIDENCE", a->evidence);
	journal_add(fields, &count, "TRAILSEAL_REMEDIATION", a->remediation);
	return count;
}

static void
journal_send(const struct alert *a)
{
	struct buf fields[JOURNAL_FIELDS];
	struct iovec iov[JOURNAL_FIELDS];
	size_t count = journal_compose(a, fields);

	for (size_t i = 0; i < count; i++)
		iov[i] = (struct iovec){ fields[i].data, fields[i].len };
	sd_journal_sendv(iov, (int)count);
	for (size_t i = 0; i < count; i++)
		buf_done(&fields[i]);
}

void
journal_tell(const struct alert *a)
{
	struct log_scope scope = { .account = a->account, .region = a->region };
	char message[JOURNAL_MESSAGE_MAX];

	if (log_has_journal())
		journal_send(a);
	else
		log_write(journal_level(a), &scope, "%s", journal_message(a, message));
}
