/* SPDX-License-Identifier: Apache-2.0 */
/* Alerts that outlive those who made them; see alert.h. */
#include "model/alert.h"

#include <stddef.h>
#include <string.h>

#include "base/mem.h"

static const size_t alert_texts[] = {
	offsetof(struct alert, kind), offsetof(struct alert, rule),
	offsetof(struct alert, severity), offsetof(struct alert, account),
	offsetof(struct alert, account_name), offsetof(struct alert, region),
	offsetof(struct alert, resource), offsetof(struct alert, summary),
	offsetof(struct alert, evidence), offsetof(struct alert, remediation),
	offsetof(struct alert, event_id), offsetof(struct alert, actor),
	offsetof(struct alert, source_ip), offsetof(struct alert, user_agent),
	offsetof(struct alert, finding_ids),
};

#define ALERT_TEXTS	(sizeof(alert_texts) / sizeof(alert_texts[0]))

static const char **
alert_text(struct alert *a, size_t i)
{
	return (const char **)((char *)a + alert_texts[i]);
}

bool
alert_is_event(const struct alert *a)
{
	return a->kind != NULL && strcmp(a->kind, "event") == 0;
}

void *
alert_keep_texts(struct alert *a)
{
	size_t size = 0;
	char *memory, *at;

	for (size_t i = 0; i < ALERT_TEXTS; i++)
		size += *alert_text(a, i) != NULL ? strlen(*alert_text(a, i)) + 1 : 0;
	memory = at = mem_alloc(size, 1);
	for (size_t i = 0; i < ALERT_TEXTS; i++) {
		const char **text = alert_text(a, i);
		size_t len = *text != NULL ? strlen(*text) + 1 : 0;

		if (*text != NULL)
			*text = memcpy(at, *text, len);
		at += len;
	}
	return memory;
}
