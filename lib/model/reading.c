/* SPDX-License-Identifier: Apache-2.0 */
/* How we came to believe something; see reading.h. */
#include "model/reading.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"

void
reading_done(struct reading *r)
{
	free(r->reason);
	free(r->failed);
	*r = (struct reading){ .state = READING_NONE };
}

static void
reading_forget_failure(struct reading *r)
{
	free(r->reason);
	r->reason = NULL;
	r->failure = ERR_NONE;
}

static void
reading_note_failure(struct reading *r, const struct source *source)
{
	if (r->failed == NULL)
		r->failed = mem_alloc(1, sizeof(*r->failed));
	*r->failed = *source;
}

const struct source *
reading_failed(const struct reading *r)
{
	static const struct source none;

	return r->failed != NULL ? r->failed : &none;
}

void
reading_set(struct reading *r, const struct source *source, const struct err *err)
{
	reading_forget_failure(r);
	if (err == NULL) {
		r->state = READING_GOOD;
		r->good = *source;
		return;
	}
	assert(err->kind != ERR_NONE);
	r->state = READING_FAILED;
	reading_note_failure(r, source);
	r->failure = err->kind;
	r->reason = mem_strdup(err->text);
}

void
reading_refuse(struct reading *r, enum err_kind kind, const char *reason)
{
	assert(kind != ERR_NONE);
	reading_forget_failure(r);
	r->state = READING_FAILED;
	reading_note_failure(r, &(struct source){ .call = NULL });
	r->failure = kind;
	r->reason = mem_strdup(reason);
}

bool
reading_is_good(const struct reading *r)
{
	return r->state == READING_GOOD;
}

const char *
reading_reason(const struct reading *r)
{
	switch (r->state) {
	case READING_NONE:
		return "not asked";
	case READING_GOOD:
		return "";
	case READING_FAILED:
		return r->reason;
	}
	assert(!"reading without a state");
	return "";
}
