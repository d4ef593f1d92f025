/* SPDX-License-Identifier: Apache-2.0 */
/* The requests below /_awssim/; see control.h. */
#include "awssim/control.h"

#include <inttypes.h>
#include <string.h>

#include "awssim/answer.h"
#include "awssim/bucket.h"
#include "awssim/delivery.h"
#include "awssim/events.h"
#include "awssim/faults.h"
#include "awssim/key.h"
#include "awssim/ledger.h"
#include "awssim/queue.h"
#include "awssim/sim.h"
#include "awssim/strict.h"
#include "base/mem.h"
#include "base/stamp.h"
#include "base/text.h"

#define CONTROL_MAX_SHIFT_MS	(3650LL * 24 * 3600 * 1000)

/* A request in work: its object, and how to complain about it. */
struct control {
	struct call	*c;
	struct strict	 s;
	const struct json *object;
	struct err	 err;
};

struct control_row {
	const char	*method, *path;
	int		(*handle)(struct control *);
	const char	*help;
};

/* The region that a member names; without it *ret stays. */
static int
control_region(struct control *k, const char *member, const struct region **ret)
{
	const char *name = NULL;

	if (strict_string(&k->s, k->object, member, &name) != 0)
		return -1;
	if (name != NULL && (*ret = world_region(k->c->world, name, strlen(name))) == NULL)
		return strict_fail(&k->s, k->object, "no such region: %s", name);
	return 0;
}

static int
control_account(struct control *k, struct account **ret)
{
	const char *id = NULL;

	if (strict_string(&k->s, k->object, "account", &id) != 0)
		return -1;
	*ret = id ? world_account(k->c->world, id, strlen(id)) : NULL;
	return *ret != NULL ? 0
			    : strict_fail(&k->s, k->object, "no such account: %s", id ? id : "");
}

static int
control_add_fault(struct control *k)
{
	return faults_add(k->c->sim->faults, &k->s, k->object);
}

static int
control_clear_faults(struct control *k)
{
	faults_clear(k->c->sim->faults);
	return 0;
}

static int
control_list_faults(struct control *k)
{
	json_write_key(answer_json(k->c), "faults");
	faults_write(k->c->sim->faults, answer_json(k->c));
	return 0;
}

static int
control_show_clock(struct control *k)
{
	json_write_member_time(answer_json(k->c), "now", sim_now_ms(k->c->sim));
	json_write_member_i64(answer_json(k->c), "offset_ms", k->c->sim->clock_offset_ms);
	return 0;
}

static int
control_set_clock(struct control *k)
{
	static const char *const names[] = { "advance", "back", "offset_ms", NULL };
	int64_t advance_ms = 0, back_ms = 0, offset_ms = k->c->sim->clock_offset_ms;

	if (strict_object(&k->s, k->object, names) != 0 ||
	    strict_duration(&k->s, k->object, "advance", &advance_ms) != 0 ||
	    strict_duration(&k->s, k->object, "back", &back_ms) != 0 ||
	    strict_number(&k->s, k->object, "offset_ms", -CONTROL_MAX_SHIFT_MS,
		CONTROL_MAX_SHIFT_MS, &offset_ms) != 0)
		return -1;
	offset_ms += advance_ms - back_ms;
	if (offset_ms > CONTROL_MAX_SHIFT_MS || offset_ms < -CONTROL_MAX_SHIFT_MS)
		return strict_fail(&k->s, k->object, "the clock goes no further than ten years");
	k->c->sim->clock_offset_ms = offset_ms;
	return control_show_clock(k);
}

static int
control_show_calls(struct control *k)
{
	ledger_write(k->c->sim->ledger, answer_json(k->c), text_same(call_field(k->c, "log"), "1"));
	return 0;
}

static int
control_clear_calls(struct control *k)
{
	ledger_clear(k->c->sim->ledger);
	return 0;
}

static int
control_set_style(struct control *k)
{
	static const char *const names[] = { "style", NULL };
	const char *style = NULL;

	if (strict_object(&k->s, k->object, names) != 0 ||
	    strict_string(&k->s, k->object, "style", &style) != 0)
		return -1;
	if (!text_same(style, "aws") && !text_same(style, "emulator"))
		return strict_fail(&k->s, k->object, "\"style\" must be aws or emulator");
	k->c->world->style = strcmp(style, "aws") == 0 ? STYLE_AWS : STYLE_EMULATOR;
	return 0;
}

static int
control_set_key(struct control *k)
{
	static const char *const names[] = { "key", "state", "valid_for", "rotation", NULL };
	const char *arn = NULL, *state = NULL;
	int64_t valid_ms = -1, now_ms = k->c->now_ms;
	struct key *key;

	if (strict_object(&k->s, k->object, names) != 0 ||
	    strict_string(&k->s, k->object, "key", &arn) != 0)
		return -1;
	key = arn ? key_find_even_deleted(k->c->world, arn, now_ms) : NULL;
	if (key == NULL)
		return strict_fail(&k->s, k->object, "no such key ARN: %s", arn ? arn : "");
	if (strict_string(&k->s, k->object, "state", &state) != 0 ||
	    strict_duration(&k->s, k->object, "valid_for", &valid_ms) != 0 ||
	    strict_bool(&k->s, k->object, "rotation", &key->rotates) != 0)
		return -1;
	if (state != NULL && strcmp(state, "Deleted") != 0 && key_state_find(state) == NULL)
		return strict_fail(&k->s, k->object, "no such key state: %s", state);
	if (valid_ms >= 0)
		key->valid_to_ms = now_ms + valid_ms;
	if (state == NULL)
		return 0;
	key->is_deleted = false;
	key->deletion_ms = STAMP_UNKNOWN;
	if (strcmp(state, "Deleted") == 0) {
		key_set_state(key, "PendingDeletion", now_ms);
		key->deletion_ms = now_ms;
	} else {
		key_set_state(key, state, now_ms);
		if (strcmp(state, "PendingDeletion") == 0)
			key->deletion_ms = now_ms + 30LL * 24 * 3600 * 1000;
	}
	return 0;
}

static int
control_set_store(struct control *k)
{
	static const char *const names[] = { "account", "id", "state", "error", NULL };
	const char *id = NULL, *state = NULL, *error = NULL;
	struct key_store *store;
	struct account *account;

	if (strict_object(&k->s, k->object, names) != 0 || control_account(k, &account) != 0 ||
	    strict_string(&k->s, k->object, "id", &id) != 0 ||
	    strict_string(&k->s, k->object, "state", &state) != 0 ||
	    strict_string(&k->s, k->object, "error", &error) != 0)
		return -1;
	for (store = account->stores; store != NULL; store = store->next)
		if (text_same(store->id, id))
			break;
	if (store == NULL || state == NULL)
		return strict_fail(&k->s, k->object, "no such key store, or no \"state\"");
	store->state = arena_strdup(k->c->world->arena, state);
	store->error = arena_strdup(k->c->world->arena, error);
	return 0;
}

static int
control_set_delivery(struct control *k)
{
	static const char *const names[] = { "trail", "region", "error", "stopped", NULL };
	const struct region *region = NULL;
	const char *arn = NULL, *error = NULL;
	struct delivery_override *o;
	struct trail *trail;
	bool is_stopped = false;

	if (strict_object(&k->s, k->object, names) != 0 ||
	    strict_string(&k->s, k->object, "trail", &arn) != 0 ||
	    control_region(k, "region", &region) != 0 ||
	    strict_string(&k->s, k->object, "error", &error) != 0 ||
	    strict_bool(&k->s, k->object, "stopped", &is_stopped) != 0)
		return -1;
	trail = arn ? world_trail(k->c->world, arn) : NULL;
	if (trail == NULL)
		return strict_fail(&k->s, k->object, "no such trail ARN: %s", arn ? arn : "");
	o = delivery_override(trail, region);
	text_replace(&o->error, error);
	o->stopped_ms = is_stopped ? k->c->now_ms : STAMP_UNKNOWN;
	return 0;
}

static int
control_set_bucket(struct control *k)
{
	static const char *const names[] = { "bucket", "deleted", NULL };
	const char *name = NULL;
	struct bucket *bucket;
	bool is_deleted = false;

	if (strict_object(&k->s, k->object, names) != 0 ||
	    strict_string(&k->s, k->object, "bucket", &name) != 0 ||
	    strict_bool(&k->s, k->object, "deleted", &is_deleted) != 0)
		return -1;
	bucket = name ? world_bucket(k->c->world, name) : NULL;
	if (bucket == NULL)
		return strict_fail(&k->s, k->object, "no such bucket: %s", name ? name : "");
	if (is_deleted)
		bucket_delete(bucket, k->c->now_ms);
	else
		bucket_restore(bucket, k->c->now_ms);
	return 0;
}

/* Sets or clears the bits of the regions that the list names. */
static int
control_switch_regions(struct control *k, const char *member, uint64_t *bits, bool on)
{
	const struct json *list;

	if (strict_array(&k->s, k->object, member, &list) != 0)
		return -1;
	if (list == NULL)
		return 0;
	json_foreach(item, list) {
		const struct region *region = item->type == JSON_STRING
		    ? world_region(k->c->world, item->text, item->text_len) : NULL;

		if (region == NULL)
			return strict_fail(&k->s, item, "no such region");
		*bits = on ? *bits | UINT64_C(1) << region->index
			   : *bits & ~(UINT64_C(1) << region->index);
	}
	return 0;
}

static int
control_set_account(struct control *k)
{
	static const char *const names[] = { "account", "state", "status", "member", "deny",
		"enable", "disable", NULL };
	struct arena *arena = k->c->world->arena;
	const char *state = NULL, *status = NULL;
	const struct json *deny;
	struct account *account;

	if (strict_object(&k->s, k->object, names) != 0 || control_account(k, &account) != 0 ||
	    strict_string(&k->s, k->object, "state", &state) != 0 ||
	    strict_string(&k->s, k->object, "status", &status) != 0 ||
	    strict_bool(&k->s, k->object, "member", &account->is_member) != 0 ||
	    strict_array(&k->s, k->object, "deny", &deny) != 0 ||
	    control_switch_regions(k, "enable", &account->regions, true) != 0 ||
	    control_switch_regions(k, "disable", &account->regions, false) != 0)
		return -1;
	if (state != NULL)
		account->state = account->status = arena_strdup(arena, state);
	if (status != NULL)
		account->status = arena_strdup(arena, status);
	if (deny == NULL)
		return 0;
	account->deny =
	    (struct name_list){ arena_alloc(arena, (deny->count + 1) * sizeof(char *)), 0 };
	json_foreach(item, deny)
		if (item->type == JSON_STRING)
			account->deny.name[account->deny.count++] = arena_strdup(arena, item->text);
	return 0;
}

static int
control_add_event(struct control *k)
{
	static const char *const names[] = { "account", "region", "record", NULL };
	const struct region *region = world_home(k->c->world);
	const struct json *record = json_member(k->object, "record");
	struct account *account;

	if (strict_object(&k->s, k->object, names) != 0 || control_account(k, &account) != 0 ||
	    control_region(k, "region", &region) != 0)
		return -1;
	if (record == NULL || record->type != JSON_OBJECT)
		return strict_fail(&k->s, k->object, "\"record\" must be an object");
	return events_add_record(k->c->world, account, region, record, k->c->now_ms, &k->err);
}

/* The account's own events, or with "all" everybody's, which come over event buses. */
static int
control_feed_queue(struct control *k)
{
	static const char *const names[] = { "account", "region", "name", "fed", "all", "sns",
		"delay_ms", NULL };
	const struct region *region = world_home(k->c->world);
	const char *name = NULL;
	struct account *account;
	bool is_fed = true, takes_all = false, is_wrapped = false;
	int64_t delay_ms = 300;
	struct queue *q;

	if (strict_object(&k->s, k->object, names) != 0 || control_account(k, &account) != 0 ||
	    control_region(k, "region", &region) != 0 ||
	    strict_string(&k->s, k->object, "name", &name) != 0 ||
	    strict_bool(&k->s, k->object, "fed", &is_fed) != 0 ||
	    strict_bool(&k->s, k->object, "all", &takes_all) != 0 ||
	    strict_bool(&k->s, k->object, "sns", &is_wrapped) != 0 ||
	    strict_number(&k->s, k->object, "delay_ms", 0, CONTROL_MAX_SHIFT_MS, &delay_ms) != 0)
		return -1;
	q = queue_add(k->c->world, account, region, name ? name : "trailseal");
	q->is_fed = is_fed;
	q->is_wrapped = is_wrapped;
	q->from = takes_all ? NULL : account;
	q->feed_delay_ms = delay_ms;
	answer_member(k->c, "url", q->url);
	return 0;
}

static int
control_set_history(struct control *k)
{
	static const char *const names[] = { "delay_ms", "record_reads", NULL };

	if (strict_object(&k->s, k->object, names) != 0 ||
	    strict_number(&k->s, k->object, "delay_ms", 0, CONTROL_MAX_SHIFT_MS,
		&k->c->sim->event_delay_ms) != 0 ||
	    strict_bool(&k->s, k->object, "record_reads", &k->c->world->records_reads) != 0)
		return -1;
	return 0;
}

/* clang-format off */
static const struct control_row control_rows[] = {
	{ "POST", "fault", control_add_fault, "plant a fault, see below" },
	{ "POST", "fault/clear", control_clear_faults, "remove all faults" },
	{ "GET", "fault", control_list_faults, "the faults, how often they matched and acted" },
	{ "POST", "clock", control_set_clock,
	  "\"advance\": \"10m\", \"back\": \"10m\" or \"offset_ms\": N" },
	{ "GET", "clock", control_show_clock, "AWS's time" },
	{ "GET", "calls", control_show_calls, "counters; ?log=1 adds the latest calls in order" },
	{ "POST", "calls/clear", control_clear_calls, "begin to count anew" },
	{ "POST", "style", control_set_style, "\"style\": \"aws\" or \"emulator\"" },
	{ "POST", "key-state", control_set_key,
	  "\"key\": ARN, \"state\" (any, also Deleted), \"valid_for\", \"rotation\"" },
	{ "POST", "key-store", control_set_store, "\"account\", \"id\", \"state\", \"error\"" },
	{ "POST", "delivery", control_set_delivery,
	  "\"trail\": ARN, \"region\", \"error\", \"stopped\": override a trail's delivery" },
	{ "POST", "bucket", control_set_bucket, "\"bucket\", \"deleted\": true or false" },
	{ "POST", "account", control_set_account,
	  "\"account\", \"state\", \"status\", \"member\", \"deny\", \"enable\", \"disable\"" },
	{ "POST", "event", control_add_event,
	  "\"account\", \"region\", \"record\": add a CloudTrail record" },
	{ "POST", "queue", control_feed_queue,
	  "\"account\", \"region\", \"name\": a queue of SQS, made when there is none; \"fed\" by\n"
	  "                            EventBridge with events of its region, of \"all\" accounts, through\n"
	  "                            \"sns\", \"delay_ms\" later; answers its \"url\"" },
	{ "POST", "history", control_set_history, "\"delay_ms\" of events, \"record_reads\"" },
};
/* clang-format on */

static const struct control_row *
control_row_for(const struct call *c)
{
	const char *path = c->path + strlen("/_awssim/");

	for (size_t i = 0; i < sizeof(control_rows) / sizeof(control_rows[0]); i++)
		if (strcmp(control_rows[i].path, path) == 0 &&
		    strcmp(control_rows[i].method, c->method) == 0)
			return &control_rows[i];
	return NULL;
}

/* An empty body stands for an object without members. */
static int
control_handle(struct control *k, const struct control_row *row)
{
	struct call *c = k->c;
	bool is_empty = c->body_len == 0;

	k->s = (struct strict){ is_empty ? "{}" : c->body, is_empty ? 2 : c->body_len, &k->err };
	if (json_parse(c->arena, k->s.text, k->s.len, &k->object, &k->err) != 0)
		return -1;
	if (k->object->type != JSON_OBJECT)
		return strict_fail(&k->s, k->object, "an object is wanted");
	if (c->query != NULL && !call_take_fields(c, c->query, strlen(c->query), true))
		return strict_fail(&k->s, NULL, "the query is broken");
	return row->handle(k);
}

void
control_run(struct call *c)
{
	const struct control_row *row = control_row_for(c);
	struct control k = { .c = c };

	answer_begin(c);
	c->answer.content_type = "application/json";
	if (row == NULL)
		answer_error(c, 404, "NotFound", "no such request; awssim --help lists them");
	else if (control_handle(&k, row) != 0)
		answer_error(c, 400, "BadRequest", "%s", k.err.text);
	else
		answer_json(c);
	answer_finish(c);
}

void
control_add_help(struct buf *out)
{
	for (size_t i = 0; i < sizeof(control_rows) / sizeof(control_rows[0]); i++)
		buf_addf(out, "    %-4s /_awssim/%-12s %s\n", control_rows[i].method,
		    control_rows[i].path, control_rows[i].help);
}
