/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Alerts in the journal, always and at once: structured fields, and message ids that
 * systemd/trailseal.catalog explains. Without a journal they are lines of the log. Private to
 * lib/notify.
 */
#ifndef TRAILSEAL_NOTIFY_JOURNAL_H
#define TRAILSEAL_NOTIFY_JOURNAL_H

#include <stddef.h>

#include "base/buf.h"
#include "model/alert.h"

#define JOURNAL_MESSAGE_FIRING		"e319a1d2dcf54fd7aff216a318a39d68"
#define JOURNAL_MESSAGE_STILL_FIRING	"35be2fbca24f4e5d8a88cda4266c33e2"
#define JOURNAL_MESSAGE_RESOLVED	"2b9822b2945646718dd3733792bb5970"
#define JOURNAL_MESSAGE_EVENT		"6d0f1a7be3f04c0f9d0c5f6a3e9b7c42"

#define JOURNAL_FIELDS	17

void	journal_tell(const struct alert *);

/* The fields, "NAME=value" each; returns how many. The caller ends each by buf_done(). */
size_t	journal_compose(const struct alert *, struct buf ret_fields[JOURNAL_FIELDS]);

#endif
