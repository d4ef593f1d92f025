/* SPDX-License-Identifier: Apache-2.0 */
/* Silences; see silence.h. */
#include "findings/silence.h"

#include <stdlib.h>
#include <string.h>

#include "base/stamp.h"
#include "base/text.h"

int
silence_check(const struct silence *s, int64_t now_wall_ms, struct err *err)
{
	enum rule_id rule;

	if (s->rule == NULL && s->account == NULL && s->region == NULL && s->resource == NULL)
		return err_set(err, ERR_USAGE,
		    "a silence needs a rule, account, region or resource");
	if (s->rule != NULL && !rule_find(s->rule, &rule))
		return err_set(err, ERR_USAGE, "there is no rule \"%s\"", s->rule);
	if (text_is_empty(s->author))
		return err_set(err, ERR_USAGE, "a silence needs an author");
	if (text_is_empty(s->reason))
		return err_set(err, ERR_USAGE, "a silence needs a reason");
	if (s->ends_wall_ms <= now_wall_ms || s->ends_wall_ms <= s->begins_wall_ms)
		return err_set(err, ERR_USAGE, "the end of a silence must lie ahead");
	return 0;
}

static bool
silence_allows(const char *wanted, const char *is)
{
	return wanted == NULL || strcmp(wanted, is) == 0;
}

bool
silence_matches(const struct silence *s, const struct finding *f, int64_t now_wall_ms)
{
	return now_wall_ms >= s->begins_wall_ms && now_wall_ms < s->ends_wall_ms &&
	    silence_allows(s->rule, rule_name(f->rule)) && silence_allows(s->account, f->account) &&
	    silence_allows(s->region, f->region) && silence_allows(s->resource, f->resource);
}

void
silence_done(struct silence *s)
{
	free(s->rule);
	free(s->account);
	free(s->region);
	free(s->resource);
	free(s->author);
	free(s->reason);
	*s = (struct silence){ .rule = NULL };
}

const struct silence *
silences_find(const struct silences *list, const struct finding *f, int64_t now_wall_ms)
{
	for (size_t i = 0; i < list->count; i++)
		if (silence_matches(&list->row[i], f, now_wall_ms))
			return &list->row[i];
	return NULL;
}

bool
silences_let(const struct silences *list, const struct finding *f, enum move_kind kind,
    int64_t now_wall_ms)
{
	if (kind == MOVE_RESOLVED)
		return f->told_wall_ms != STAMP_UNKNOWN;
	return silences_find(list, f, now_wall_ms) == NULL;
}

void
silences_done(struct silences *s)
{
	for (size_t i = 0; i < s->count; i++)
		silence_done(&s->row[i]);
	free(s->row);
	*s = (struct silences){ .row = NULL };
}
