/* SPDX-License-Identifier: Apache-2.0 */
/* Silences; see silence.h. */
#include "findings/silence.h"

#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "base/stamp.h"
#include "base/text.h"

/* By what it tells findings apart, where that is given. */
static int
silence_check_scope(const struct silence *s, struct err *err)
{
	enum rule_id rule;

	if (s->rule == NULL && s->account == NULL && s->region == NULL && s->resource == NULL)
		return err_set(err, ERR_USAGE,
		    "a silence needs a rule, account, region or resource");
	if (s->rule != NULL && !rule_find(s->rule, &rule))
		return err_set(err, ERR_USAGE, "there is no rule \"%s\"", s->rule);
	if (s->account != NULL && !name_is_account(s->account))
		return err_set(err, ERR_USAGE, "\"%s\" is no account id", s->account);
	if (s->region != NULL && !name_is_region(s->region))
		return err_set(err, ERR_USAGE, "\"%s\" is no name of a region", s->region);
	if (s->resource != NULL && s->resource[0] == '\0')
		return err_set(err, ERR_USAGE, "the resource is empty");
	return 0;
}

static int
silence_check_texts(const struct silence *s, struct err *err)
{
	const char *const texts[] = { s->resource, s->author, s->reason };

	if (text_is_empty(s->author))
		return err_set(err, ERR_USAGE, "a silence needs an author");
	if (text_is_empty(s->reason))
		return err_set(err, ERR_USAGE, "a silence needs a reason");
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i] != NULL && strlen(texts[i]) > SILENCE_TEXT_MAX)
			return err_set(err, ERR_USAGE, "a text is longer than %d bytes",
			    SILENCE_TEXT_MAX);
	return 0;
}

int
silence_check(const struct silence *s, int64_t now_wall_ms, struct err *err)
{
	if (silence_check_scope(s, err) < 0 || silence_check_texts(s, err) < 0)
		return -1;
	if (s->ends_wall_ms <= now_wall_ms || s->ends_wall_ms <= s->begins_wall_ms)
		return err_set(err, ERR_USAGE, "the end of a silence must lie ahead");
	if (s->ends_wall_ms - now_wall_ms > SILENCE_LASTS_MAX_MS)
		return err_set(err, ERR_USAGE, "a silence lasts ten years at most");
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
