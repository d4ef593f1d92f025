/* SPDX-License-Identifier: Apache-2.0 */
/* What a CloudTrail record says; see event.h. */
#include "model/event.h"

#include <assert.h>
#include <string.h>

#include "base/text.h"

const char *
event_outcome_name(enum event_outcome outcome)
{
	static const char *const names[] = {
		[EVENT_DONE] = "done", [EVENT_DENIED] = "denied", [EVENT_THROTTLED] = "throttled",
		[EVENT_FAILED] = "failed",
	};

	assert(outcome >= EVENT_DONE && outcome <= EVENT_FAILED);
	return names[outcome];
}

/* Services have words of their own: "AccessDeniedException", "Client.UnauthorizedOperation". */
enum event_outcome
event_outcome(const struct event *event)
{
	static const struct {
		const char		*part;
		enum event_outcome	 outcome;
	} codes[] = {
		{ "AccessDenied", EVENT_DENIED }, { "Unauthorized", EVENT_DENIED },
		{ "NotAuthorized", EVENT_DENIED }, { "Forbidden", EVENT_DENIED },
		{ "Throttl", EVENT_THROTTLED }, { "TooManyRequests", EVENT_THROTTLED },
		{ "RequestLimitExceeded", EVENT_THROTTLED }, { "SlowDown", EVENT_THROTTLED },
	};

	if (event->error_code == NULL)
		return event->error_message == NULL ? EVENT_DONE : EVENT_FAILED;
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (strstr(event->error_code, codes[i].part) != NULL)
			return codes[i].outcome;
	return EVENT_FAILED;
}

const char *
event_incident(const struct event *event)
{
	return event->shared_id ? event->shared_id : event->id;
}

const struct event_value *
event_find(const struct event *event, enum event_part part, const char *name)
{
	for (size_t i = 0; i < event->value_count; i++) {
		const struct event_value *value = &event->values[i];

		if (value->part == part && strcmp(value->name, name) == 0)
			return value;
	}
	return NULL;
}

const char *
event_text(const struct event *event, enum event_part part, const char *name)
{
	const struct event_value *value = event_find(event, part, name);

	return value ? value->text : NULL;
}
