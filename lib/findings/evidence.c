/* SPDX-License-Identifier: Apache-2.0 */
/* The evidence of a verdict as a JSON object; see evidence.h. */
#include "findings/evidence.h"

#include <assert.h>

#include "base/stamp.h"
#include "base/text.h"

#define EVIDENCE_MAX	(64 * 1024)	/* bytes; facts are capped below this */

/* "" is not known. */
static void
evidence_member(struct json_writer *w, const char *name, const char *text)
{
	json_write_member(w, name, text_is_empty(text) ? NULL : text);
}

void
evidence_write(struct json_writer *w, const struct observation *o)
{
	const struct source *s = &o->source;
	bool has_call = s->call != NULL;

	json_write_object(w);
	json_write_member(w, "call", s->call);
	evidence_member(w, "account", has_call ? s->account : NULL);
	evidence_member(w, "region", has_call ? s->region : NULL);
	json_write_member_time(w, "time", has_call ? s->wall_ms : STAMP_UNKNOWN);
	evidence_member(w, "request_id", has_call ? s->request_id : NULL);
	json_write_key(w, "facts");
	json_write_object(w);
	for (size_t i = 0; i < o->fact_count; i++)
		json_write_member(w, o->facts[i].name, o->facts[i].value);
	json_write_end_object(w);
	json_write_end_object(w);
}

char *
evidence_text(const struct observation *o)
{
	struct json_writer *w;
	struct buf out;

	buf_init(&out, EVIDENCE_MAX);
	w = json_writer_new(&out, false);
	evidence_write(w, o);
	json_writer_free(w);
	assert(!out.overflowed);
	return buf_steal(&out);
}
