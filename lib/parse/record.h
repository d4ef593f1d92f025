/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CloudTrail records to the model, wherever they come from. Strict about JSON, and about what a
 * record cannot do without: its id, time, source and name. All else may be missing, null or of
 * another type, as it is in real records, and is then absent. Texts that people are shown are cut
 * at PARSE_TEXT_MAX; a longer name, id or ARN is absent, since a part of it would name something
 * else. Results and their texts live in the arena.
 */
#ifndef TRAILSEAL_PARSE_RECORD_H
#define TRAILSEAL_PARSE_RECORD_H

#include "base/arena.h"
#include "base/err.h"
#include "model/event.h"
#include "wire/json.h"

#define RECORD_PAGE_MAX		1000	/* records on a page; AWS gives 50 */
#define RECORD_RESOURCES_MAX	32	/* of one record, as the next two; more are left out */
#define RECORD_VALUES_MAX	64
#define RECORD_VALUE_MAX	131072	/* bytes of a value; a longer one is left out */

int	parse_record(struct arena *, const struct json *, struct event *ret_event, struct err *);

/* A record that could not be read. */
struct record_lost {
	const char	*id;		/* EventId; "" when that is missing, too */
	const char	*why;
};

struct record_page {
	const struct event	*events;	/* as they came: AWS lists the newest first */
	size_t			 count;
	const struct record_lost *lost;		/* the others are not lost with them */
	size_t			 lost_count;
	const char		*next;		/* NextToken; NULL: the last page */
	int64_t			 oldest_wall_ms;	/* by EventTime, of lost ones, too; */
	int64_t			 newest_wall_ms;	/* STAMP_UNKNOWN when there is none */
};

/* cloudtrail:LookupEvents. Fails as a whole only when it is no list of objects. */
int	parse_lookup_events(struct arena *, const struct json *, struct record_page *ret_page,
	    struct err *);

/*
 * The body of an SQS message: an EventBridge event whose `detail` is the record, the record itself,
 * or a notification by SNS of either. Anything else is ERR_MALFORMED and says what it is instead.
 */
int	parse_event_message(struct arena *, const char *body, size_t len, struct event *ret_event,
	    struct err *);

#endif
