/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A CloudTrail record: who did what to what, when and from where, and whether AWS refused. Plain
 * data; texts belong to the arena of the reading, and are NULL where the record has none. What
 * people are shown of it is foreign text, to be cleaned where it is shown.
 */
#ifndef TRAILSEAL_MODEL_EVENT_H
#define TRAILSEAL_MODEL_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/tri.h"

/* The part of a record that a value stands in. */
enum event_part {
	EVENT_REQUEST = 1,	/* requestParameters: as the caller typed it */
	EVENT_RESPONSE,		/* responseElements */
	EVENT_SERVICE,		/* serviceEventDetails: of what AWS does by itself */
};

/* A member of such a part. Numbers and booleans are texts; "" is a value, null is none. */
struct event_value {
	enum event_part	 part;
	const char	*name;
	const char	*text;
	size_t		 len;
	bool		 is_json;	/* an object or array, as JSON text */
};

struct event_resource {
	const char	*arn;
	const char	*account;
	const char	*type;		/* "AWS::KMS::Key", of aliases too; old records have none */
};

struct event_actor {
	const char	*type;		/* "AssumedRole", "IAMUser", "Root", "AWSService", ... */
	const char	*arn;		/* of the session, user or account */
	const char	*principal;	/* AWS's unique id, "AROA...:session" */
	const char	*account;
	const char	*user_name;
	const char	*issuer;	/* the ARN of the role that the session is of */
	const char	*invoked_by;	/* a service of AWS: "cloudtrail.amazonaws.com" */
	bool		 is_root;
	enum tri	 mfa;
};

struct event {
	const char		*id;		/* never NULL */
	const char		*shared_id;	/* of a call that two accounts have a record of */
	int64_t			 wall_ms;
	const char		*source;	/* "kms.amazonaws.com"; never NULL */
	const char		*name;		/* "DisableKey"; never NULL */
	const char		*region;
	const char		*account;	/* whose record it is */
	const char		*type;		/* "AwsApiCall", "AwsServiceEvent" */
	const char		*category;	/* "Management", as is one without */
	enum tri		 read_only;
	const char		*error_code;	/* NULL for success, as is the message */
	const char		*error_message;
	struct event_actor	 actor;
	const char		*source_ip;	/* or the name of a service */
	const char		*user_agent;
	const struct event_resource *resources;
	size_t			 resource_count;
	const struct event_value *values;
	size_t			 value_count;
};

enum event_outcome {
	EVENT_DONE = 1,
	EVENT_DENIED,		/* no permission */
	EVENT_THROTTLED,	/* not tried: too many calls */
	EVENT_FAILED,		/* any other refusal */
};

const char		*event_outcome_name(enum event_outcome);	/* "denied" */
enum event_outcome	 event_outcome(const struct event *);

/*
 * What is one incident: a call from one account to another leaves a record in both, each with an id
 * of its own. Two records of one incident are told once.
 */
const char	*event_incident(const struct event *);

/* A value, or NULL. */
const struct event_value	*event_find(const struct event *, enum event_part,
				    const char *name);
const char			*event_text(const struct event *, enum event_part,
				    const char *name);

#endif
