/* SPDX-License-Identifier: Apache-2.0 */
/* Alerts to JSON and back, by one table of their texts; see alert_text.h. */
#include "store/alert_text.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "base/arena.h"
#include "base/stamp.h"
#include "base/text.h"
#include "wire/json.h"
#include "wire/json_write.h"

#define ALERT_TEXT_MAX	(16UL * 1024 * 1024)	/* evidence and remedies are capped far below */

static const struct alert_member {
	const char	*name;
	size_t		 offset;	/* of a const char * */
	const char	*absent;	/* what it is when it was not written: no alert is lost for that */
} alert_texts[] = {
	{ "kind", offsetof(struct alert, kind), "" },
	{ "rule", offsetof(struct alert, rule), "" },
	{ "severity", offsetof(struct alert, severity), "" },
	{ "account", offsetof(struct alert, account), "" },
	{ "account_name", offsetof(struct alert, account_name), NULL },
	{ "region", offsetof(struct alert, region), "" },
	{ "resource", offsetof(struct alert, resource), "" },
	{ "summary", offsetof(struct alert, summary), "" },
	{ "evidence", offsetof(struct alert, evidence), "{}" },
	{ "remediation", offsetof(struct alert, remediation), NULL },
	{ "event_id", offsetof(struct alert, event_id), NULL },
	{ "actor", offsetof(struct alert, actor), NULL },
	{ "source_ip", offsetof(struct alert, source_ip), NULL },
	{ "user_agent", offsetof(struct alert, user_agent), NULL },
	{ "finding_ids", offsetof(struct alert, finding_ids), NULL },
};

#define ALERT_TEXTS	(sizeof(alert_texts) / sizeof(alert_texts[0]))

static const char **
alert_text(struct alert *a, size_t i)
{
	return (const char **)((char *)a + alert_texts[i].offset);
}

char *
alert_to_text(const struct alert *alert)
{
	struct alert a = *alert;
	struct json_writer *w;
	struct buf out;

	buf_init(&out, ALERT_TEXT_MAX);
	w = json_writer_new(&out, false);
	json_write_object(w);
	json_write_member(w, "id", a.id);
	json_write_member(w, "delivery_id", a.delivery_id);
	json_write_member_bool(w, "is_firing", a.is_firing);
	json_write_member_bool(w, "is_reminder", a.is_reminder);
	json_write_member_bool(w, "is_attempt", a.is_attempt);
	json_write_member_i64(w, "confirmed", a.confirmed);
	json_write_member_i64(w, "since_ms", a.since_wall_ms);
	json_write_member_i64(w, "told_ms", a.told_wall_ms);
	for (size_t i = 0; i < ALERT_TEXTS; i++)
		if (*alert_text(&a, i) != NULL)
			json_write_member(w, alert_texts[i].name, *alert_text(&a, i));
	json_write_end_object(w);
	json_writer_free(w);
	assert(!out.overflowed);
	return buf_steal(&out);
}

static enum tri
alert_tri(int64_t number)
{
	return number > 0 ? TRI_YES : number < 0 ? TRI_NO : TRI_UNKNOWN;
}

static int
alert_get_id(const struct json *root, const char *name, char *out, size_t size, struct err *err)
{
	const char *text = NULL;

	if (json_get_string(root, name, &text, err) < 0)
		return -1;
	if (text_is_empty(text) || strlen(text) >= size)
		return err_set(err, ERR_MALFORMED, "an alert without a good %s", name);
	memcpy(out, text, strlen(text) + 1);
	return 0;
}

/* Texts are the tree's, or constant. */
static int
alert_read(const struct json *root, struct alert *a, struct err *err)
{
	int64_t confirmed = TRI_UNKNOWN;

	if (root->type != JSON_OBJECT)
		return err_set(err, ERR_MALFORMED, "an alert that is no object");
	if (alert_get_id(root, "id", a->id, sizeof(a->id), err) < 0 ||
	    alert_get_id(root, "delivery_id", a->delivery_id, sizeof(a->delivery_id), err) < 0 ||
	    json_get_bool(root, "is_firing", &a->is_firing, err) < 0 ||
	    json_get_bool(root, "is_reminder", &a->is_reminder, err) < 0 ||
	    json_get_bool(root, "is_attempt", &a->is_attempt, err) < 0 ||
	    json_get_i64(root, "confirmed", &confirmed, err) < 0 ||
	    json_get_i64(root, "since_ms", &a->since_wall_ms, err) < 0 ||
	    json_get_i64(root, "told_ms", &a->told_wall_ms, err) < 0)
		return -1;
	a->confirmed = alert_tri(confirmed);
	for (size_t i = 0; i < ALERT_TEXTS; i++) {
		*alert_text(a, i) = alert_texts[i].absent;
		if (json_get_string(root, alert_texts[i].name, alert_text(a, i), err) < 0)
			return -1;
	}
	return 0;
}

int
alert_from_text(const char *text, struct alert *ret, void **ret_memory, struct err *err)
{
	struct alert a = { .since_wall_ms = STAMP_UNKNOWN, .told_wall_ms = STAMP_UNKNOWN };
	struct arena *arena = arena_new();
	const struct json *root;
	int result = -1;

	if (json_parse(arena, text, strlen(text), &root, err) == 0 && alert_read(root, &a, err) == 0) {
		*ret_memory = alert_keep_texts(&a);
		*ret = a;
		result = 0;
	}
	arena_free(arena);
	return result;
}
