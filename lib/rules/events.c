/* SPDX-License-Identifier: Apache-2.0 */
/* Matches an event with what is watched, and says what it is in words and facts; see events.h. */
#include <assert.h>
#include <string.h>

#include "base/arena.h"
#include "base/names.h"
#include "base/stamp.h"
#include "base/text.h"
#include "rules/events_private.h"

#define EVENTS_WORDS_MAX	4096	/* bytes, before they are cut with the summary */
#define EVENTS_NAME_MAX		200	/* of a foreign name in the summary */
#define EVENTS_OWN_FACTS	30	/* those of the request leave room for others */
#define EVENTS_LINKS		(4 * EVENTS_TRAILS)

void
events_fact(struct events_look *look, const char *name, const char *value)
{
	if (value == NULL || look->match.fact_count == EVENTS_FACTS)
		return;
	look->match.facts[look->match.fact_count++] = (struct fact){
		observe_show(&look->judge, name), observe_show(&look->judge, value),
	};
}

bool
events_actor_is(const struct event_actor *actor, const char *const *patterns, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if ((actor->issuer != NULL && policy_arn_is_like(patterns[i], actor->issuer)) ||
		    (actor->arn != NULL && policy_arn_is_like(patterns[i], actor->arn)))
			return true;
	return false;
}

/*
 * Insights are no calls, and what an endpoint saw of a call has its own record where the call was
 * served: it is told once.
 */
static bool
events_is_call(const struct event *event)
{
	return event->category == NULL || strcmp(event->category, "Management") == 0;
}

/* ---- names ---- */

static const char *
events_clean(const struct events_look *look, const char *text)
{
	char clean[EVENTS_NAME_MAX];

	text_clean(clean, sizeof(clean), text, strlen(text));
	return arena_strdup(look->judge.arena, clean);
}

static const char *
events_name_actor(const struct events_look *look)
{
	const struct event_actor *actor = &look->event->actor;
	struct arena *arena = look->judge.arena;
	const char *account = actor->account;

	if (actor->is_root && account != NULL)
		return arena_printf(arena, "the root user of account %s",
		    judge_account_title(&look->judge, events_clean(look, account)));
	if (actor->arn != NULL)
		return events_clean(look, actor->arn);
	if (actor->principal != NULL && actor->invoked_by == NULL)
		return arena_printf(arena, "principal %s%s%s", events_clean(look, actor->principal),
		    account ? " of account " : "", account ? events_clean(look, account) : "");
	if (actor->invoked_by != NULL)
		return events_clean(look, actor->invoked_by);
	return "somebody whom the record does not name";
}

/* A service that called for somebody else is named beside them. */
static const char *
events_describe_actor(const struct events_look *look)
{
	const char *who = events_name_actor(look), *by = look->event->actor.invoked_by;

	if (by == NULL || (look->event->actor.arn == NULL && !look->event->actor.is_root))
		return who;
	return arena_printf(look->judge.arena, "%s through %s", who, events_clean(look, by));
}

/* What the world has forgotten is named by its ARN. */
static const char *
events_title_once(const struct events_look *look)
{
	const struct judge *j = &look->judge;
	bool is_key = look->row->place == EVENTS_AT_KEY;
	struct arn arn;
	bool good = arn_parse(look->place.resource, &arn);

	assert(good);
	return arena_printf(j->arena, "%s %s (%s, %s)", is_key ? "key" : "trail",
	    name_after_slash(arn.resource).text, judge_account_title(j, look->place.account),
	    look->place.region);
}

static const char *
events_title(const struct events_look *look)
{
	const struct judge *j = &look->judge;

	if (look->row->place == EVENTS_AT_ROLE)
		return arena_printf(j->arena, "role %s (%s), which trailseal assumes,",
		    strrchr(look->place.resource, '/') + 1,
		    judge_account_title(j, look->place.account));
	if (look->row->place == EVENTS_AT_ORGANIZATION)
		return arena_printf(j->arena, "the organization of account %s",
		    judge_account_title(j, look->place.account));
	if (look->match.subject == NULL)
		return events_title_once(look);
	return judge_title(j, look->match.subject->kind);
}

/* The role's place is its own; the others' are those of their findings. */
static void
events_place(struct events_look *look)
{
	if (look->match.subject != NULL && look->row->place != EVENTS_AT_ROLE)
		judge_place(&look->judge, look->match.subject, &look->place);
	look->judge.title = events_title(look);
	look->match.account = look->place.account;
	look->match.region = look->place.region;
	look->match.resource = look->place.resource;
}

/* ---- facts ---- */

static const char *
events_name_tri(enum tri value)
{
	return value == TRI_UNKNOWN ? NULL : value == TRI_YES ? "true" : "false";
}

/* In the words of the record. */
static void
events_add_facts(struct events_look *look)
{
	const struct event *event = look->event;
	const struct event_actor *actor = &event->actor;
	char time[STAMP_ISO_SIZE];
	const struct fact facts[] = {
		{ "eventID", event->id }, { "sharedEventID", event->shared_id },
		{ "eventTime", stamp_format_iso(event->wall_ms, time) },
		{ "eventSource", event->source }, { "eventName", event->name },
		{ "eventType", event->type }, { "awsRegion", event->region },
		{ "recipientAccountId", event->account }, { "errorCode", event->error_code },
		{ "errorMessage", event->error_message }, { "userIdentity.type", actor->type },
		{ "userIdentity.arn", actor->arn }, { "userIdentity.accountId", actor->account },
		{ "userIdentity.principalId", actor->principal },
		{ "sessionIssuer.arn", actor->issuer }, { "invokedBy", actor->invoked_by },
		{ "root", actor->is_root ? "true" : NULL },
		{ "mfaAuthenticated", events_name_tri(actor->mfa) },
		{ "sourceIPAddress", event->source_ip }, { "userAgent", event->user_agent },
		{ "expected", look->match.is_expected ? "true" : NULL },
	};

	_Static_assert(sizeof(facts) / sizeof(facts[0]) < EVENTS_OWN_FACTS, "room for all");
	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
		events_fact(look, facts[i].name, facts[i].value);
	for (size_t i = 0; i < event->value_count; i++)
		if (event->values[i].part != EVENT_RESPONSE &&
		    look->match.fact_count < EVENTS_OWN_FACTS)
			events_fact(look, event->values[i].name, event->values[i].text);
}

/* ---- links ---- */

static void
events_link(struct events_look *look, struct events_link *rows, enum rule_id rule,
    const struct observation *place)
{
	if (look->match.link_count < EVENTS_LINKS)
		rows[look->match.link_count++] = (struct events_link){
			rule, place->account, place->region, place->resource,
		};
}

static void
events_link_trail(struct events_look *look, struct events_link *rows, enum rule_id rule,
    const struct world_trail *trail)
{
	struct arena *arena = look->judge.arena;

	events_link(look, rows, rule, &(struct observation){
		.account = arena_strdup(arena, trail->trail.account),
		.region = arena_strdup(arena, trail->trail.home_region),
		.resource = arena_strdup(arena, trail->trail.arn),
	});
}

static void
events_link_account(struct events_look *look, struct events_link *rows, enum rule_id rule,
    const char *account)
{
	events_link(look, rows, rule, &(struct observation){
		.account = account, .region = "", .resource = account,
	});
}

/* Which account an event on the organization is about, if it is a watched one. */
static const char *
events_find_target(const struct events_look *look)
{
	const struct world_account *account = NULL;

	for (size_t i = 0; account == NULL && i < EVENTS_MEMBERS; i++) {
		const char *id = look->row->members[i] ?
		    event_text(look->event, EVENT_REQUEST, look->row->members[i]) : NULL;

		account = id ? world_find_account(look->judge.world, id) : NULL;
	}
	return account ? account->id : NULL;
}

static void
events_link_rule(struct events_look *look, struct events_link *rows, enum rule_id rule)
{
	const struct judge *j = &look->judge;
	const struct world_trail *trail;
	const char *target;

	if (look->row->place == EVENTS_AT_ORGANIZATION) {
		target = events_find_target(look);
		if (target != NULL)
			events_link_account(look, rows, rule, target);
	} else if (rule_subject(rule) == SUBJECT_ACCOUNT) {
		events_link_account(look, rows, rule, look->place.account);
	} else if (rule_subject(rule) != SUBJECT_TRAIL || look->row->place == EVENTS_AT_TRAIL) {
		events_link(look, rows, rule, &look->place);
	} else if (j->key != NULL) {
		TAILQ_FOREACH(trail, &j->key->trails, by_key)
			events_link_trail(look, rows, rule, trail);
	} else if (j->bucket != NULL) {
		TAILQ_FOREACH(trail, &j->bucket->trails, by_bucket)
			events_link_trail(look, rows, rule, trail);
	}
}

/* What AWS refused leads nowhere. */
static void
events_add_links(struct events_look *look)
{
	struct events_link *rows;

	if (look->match.outcome != EVENT_DONE || look->row->leads == 0)
		return;
	look->match.links = rows = arena_alloc(look->judge.arena, EVENTS_LINKS * sizeof(*rows));
	for (enum rule_id rule = 0; rule < STATE_RULES; rule++)
		if (look->row->leads & (UINT64_C(1) << rule))
			events_link_rule(look, rows, rule);
}

/* ---- words ---- */

/* "%" is the resource, "@" its region. Only names whose form was checked stand in a command. */
static void
events_add_remedy(struct events_look *look)
{
	struct observation *place = &look->place;
	struct arn arn;
	struct buf text;

	if (look->row->remedy == NULL || look->match.outcome != EVENT_DONE ||
	    !(arn_parse_key(place->resource, &arn) || arn_parse_trail(place->resource, &arn)))
		return;
	buf_init(&text, EVENTS_WORDS_MAX);
	for (const char *p = look->row->remedy; *p != '\0'; p++)
		if (*p == '%')
			buf_adds(&text, place->resource);
		else if (*p == '@')
			buf_adds(&text, place->region);
		else
			buf_addc(&text, *p);
	if (!text.overflowed)
		observe_remedy(&look->judge, place, "%s", buf_text(&text));
	buf_done(&text);
}

static void
events_say(struct events_look *look)
{
	const struct event *event = look->event;
	const char *from = event->source_ip, *code = event->error_code;
	struct events_match *m = &look->match;
	struct buf words;

	if (text_same(from, event->actor.invoked_by))
		from = NULL;
	from = from ? arena_printf(look->judge.arena, " from %s", events_clean(look, from)) : "";
	code = code ? arena_printf(look->judge.arena, ", %s", events_clean(look, code)) : "";
	buf_init(&words, EVENTS_WORDS_MAX);
	if (look->row->describe != NULL)
		look->row->describe(look, &words);
	if (m->outcome == EVENT_DONE)
		observe(&look->judge, &look->place, VERDICT_FAIL, "%s by %s%s (%s)%s%s",
		    look->row->done, m->actor, from, event->name, words.len > 0 ? ": " : "",
		    buf_text(&words));
	else
		observe(&look->judge, &look->place, VERDICT_FAIL,
		    "saw an attempt %s by %s%s, which %s (%s%s)%s%s", look->row->tried, m->actor,
		    from, m->outcome == EVENT_FAILED ? "failed" :
		    m->outcome == EVENT_DENIED ? "was denied" : "was throttled", event->name, code,
		    words.len > 0 ? ": " : "", buf_text(&words));
	buf_done(&words);
	m->summary = look->place.summary;
	m->remediation = look->place.remediation;
}

/* An attempt is one step less severe; what is expected is as little as there is. */
static enum severity
events_severity(const struct events_look *look)
{
	enum severity severity = look->judge.settings->rule[look->row->rule].severity;

	if (look->match.is_expected)
		return SEVERITY_LOW;
	if (look->match.outcome != EVENT_DONE && severity > SEVERITY_LOW)
		severity--;
	return severity;
}

bool
events_match(const struct rules_settings *settings, const struct events_watched *watched,
    const struct event *event, struct arena *arena, struct events_match *ret_match)
{
	const struct rules_event_settings *s = &settings->events;
	struct events_look look = {
		.judge = { .settings = settings, .world = watched->world, .arena = arena },
		.watched = watched,
		.event = event,
		.row = events_find_row(event->source, event->name),
		.match = { .outcome = event_outcome(event) },
	};

	if (look.row == NULL || !settings->rule[look.row->rule].is_enabled ||
	    !events_is_call(event) || !look.row->find(&look))
		return false;
	look.match.rule = look.row->rule;
	look.match.is_expected = events_actor_is(&event->actor, s->expected_principals,
	    s->expected_principal_count);
	look.match.severity = events_severity(&look);
	look.match.incident = arena_strdup(arena, event_incident(event));
	look.match.actor = events_describe_actor(&look);
	look.match.source_ip = event->source_ip ? events_clean(&look, event->source_ip) : "";
	events_place(&look);
	events_add_facts(&look);
	events_add_links(&look);
	events_add_remedy(&look);
	events_say(&look);
	*ret_match = look.match;
	return true;
}
