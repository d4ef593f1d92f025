/* SPDX-License-Identifier: Apache-2.0 */
/* Scalars and what they must look like; see value.h. */
#include "config/value.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "base/stamp.h"
#include "base/text.h"

#define CONFIG_TEXT_MAX	4096	/* bytes of a text */

/* ---- forms ---- */

static bool
form_is_role_arn(const char *text)
{
	struct arn arn;

	return arn_parse_role(text, &arn);
}

static bool
form_is_key_arn(const char *text)
{
	struct arn arn;

	return arn_parse_key(text, &arn);
}

static bool
form_is_listen(const char *text)
{
	const char *colon = strrchr(text, ':');
	size_t host = colon ? (size_t)(colon - text) : 0;
	bool bracketed = host > 2 && text[0] == '[' && colon[-1] == ']';
	int64_t port;

	return host > 0 && colon[1] != '-' && text_to_i64(colon + 1, &port) && port <= 65535 &&
	    (bracketed ? strcspn(text + 1, "[] \t/") == host - 2 :
	    strcspn(text, "[] \t/:") == host);
}

const struct config_form config_form_account = {
	"an account id (12 digits)", "111122223333", name_is_account,
};
const struct config_form config_form_region = {
	"a region name such as us-east-1", "us-east-1", name_is_region,
};
const struct config_form config_form_role = {
	"the name of a role (1 to 64 letters, digits and _+=,.@-)", "trailseal", name_is_role,
};
const struct config_form config_form_role_arn = {
	"the ARN of a role such as arn:aws:iam::111122223333:role/trailseal",
	"arn:aws:iam::111122223333:role/trailseal", form_is_role_arn,
};
const struct config_form config_form_key_arn = {
	"the ARN of a key such as "
	"arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
	"arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
	form_is_key_arn,
};
const struct config_form config_form_external_id = {
	"an external id (2 to 1224 letters, digits and _+=,.@:/-)", "example", name_is_external_id,
};
const struct config_form config_form_listen = {
	"an address and port such as 127.0.0.1:10117 or [::1]:10117", "127.0.0.1:10117",
	form_is_listen,
};

/* ---- types ---- */

typedef bool (*value_parse_fn)(const struct config_option *, const char *text, struct arena *,
    void *ret);

bool
config_value_is_text(const struct config_form *form, const char *text)
{
	bool has_lines = form != NULL && strchr(form->example, '\n') != NULL;

	if (text[0] == '\0' || strlen(text) > CONFIG_TEXT_MAX)
		return false;
	for (const char *p = text; *p != '\0'; p++)
		if (((unsigned char)*p < 0x20 && !(has_lines && strchr("\r\n", *p))) || *p == 0x7f)
			return false;
	return form == NULL || form->is(text);
}

static bool
value_parse_text(const struct config_option *o, const char *text, struct arena *arena, void *ret)
{
	if (!config_value_is_text(o->form, text))
		return false;
	*(const char **)ret = arena_strdup(arena, text);
	return true;
}

static bool
value_parse_bool(const struct config_option *o, const char *text, struct arena *arena, void *ret)
{
	bool is_true = strcmp(text, "true") == 0;

	(void)o;
	(void)arena;
	if (!is_true && strcmp(text, "false") != 0)
		return false;
	*(bool *)ret = is_true;
	return true;
}

static bool
value_is_within(const struct config_option *o, int64_t value)
{
	return value >= o->least && value <= o->most;
}

static bool
value_parse_integer(const struct config_option *o, const char *text, struct arena *arena, void *ret)
{
	int64_t value;

	(void)arena;
	assert(o->least >= 0 && o->most <= UINT32_MAX);
	/* A leading zero would be octal to some readers of YAML. */
	if ((text[0] == '0' && text[1] != '\0') || !text_to_i64(text, &value) ||
	    !value_is_within(o, value))
		return false;
	*(unsigned *)ret = (unsigned)value;
	return true;
}

static bool
value_parse_ratio(const struct config_option *o, const char *text, struct arena *arena, void *ret)
{
	size_t digits = strspn(text, "0123456789"), more = 0;
	double value;

	(void)o;
	(void)arena;
	if (text[digits] == '.')
		more = 1 + strspn(text + digits + 1, "0123456789");
	if (digits == 0 || more == 1 || text[digits + more] != '\0')
		return false;
	value = strtod(text, NULL);
	if (!(value > 0 && value <= 1))
		return false;
	*(double *)ret = value;
	return true;
}

static bool
value_parse_duration(const struct config_option *o, const char *text, struct arena *arena,
    void *ret)
{
	int64_t ms;

	(void)arena;
	if (!duration_parse(text, &ms) || !value_is_within(o, ms))
		return false;
	*(int64_t *)ret = ms;
	return true;
}

static bool
value_parse_enum(const struct config_option *o, const char *text, struct arena *arena, void *ret)
{
	(void)arena;
	for (unsigned i = 0; o->words[i] != NULL; i++) {
		if (strcmp(text, o->words[i]) != 0)
			continue;
		i += (unsigned)o->least;
		memcpy(ret, &i, sizeof(i));
		return true;
	}
	return false;
}

static const struct value_type {
	const char	*what;
	size_t		 size;
	bool		 is_bare;
	value_parse_fn	 parse;		/* NULL: not by a scalar alone */
} value_types[CONFIG_TYPES] = {
	[CONFIG_TEXT]     = { "text of one line", sizeof(char *), false, value_parse_text },
	[CONFIG_BOOL]     = { "true or false", sizeof(bool), true, value_parse_bool },
	[CONFIG_INTEGER]  = { "a whole number", sizeof(unsigned), true, value_parse_integer },
	[CONFIG_RATIO]    = { "a number that is more than 0 and at most 1", sizeof(double), true,
			      value_parse_ratio },
	[CONFIG_DURATION] = { "a duration such as 500ms, 30s, 5m, 12h or 7d", sizeof(int64_t),
			      false, value_parse_duration },
	[CONFIG_ENUM]     = { "one of", sizeof(unsigned), false, value_parse_enum },
	[CONFIG_PATH]     = { "the path of a file", sizeof(char *), false, value_parse_text },
	[CONFIG_SECRET]   = { "text of one line", sizeof(void *), false, NULL },
	[CONFIG_PAIRS]    = { "text of one line", sizeof(void *), false, NULL },
	[CONFIG_SECTION]  = { "a section of options", 0, false, NULL },
};

static const struct value_type *
value_type(const struct config_option *o)
{
	assert((unsigned)o->type < CONFIG_TYPES && value_types[o->type].what != NULL);
	return &value_types[o->type];
}

size_t
config_value_size(const struct config_option *o)
{
	return o->type == CONFIG_SECTION ? o->size : value_type(o)->size;
}

bool
config_value_is_bare(const struct config_option *o)
{
	return value_type(o)->is_bare;
}

bool
config_value_parse(const struct config_option *o, const char *text, struct arena *arena,
    void *ret_member)
{
	assert(value_type(o)->parse != NULL);
	return value_type(o)->parse(o, text, arena, ret_member);
}

bool
config_value_may_be_empty(const struct config_option *o)
{
	return (o->type == CONFIG_TEXT || o->type == CONFIG_PATH || o->type == CONFIG_SECRET) &&
	    !o->is_list && !o->is_required && text_is_empty(o->preset);
}

static void
value_add_limits(const struct config_option *o, struct buf *out)
{
	char least[32], most[32];

	if (o->type == CONFIG_INTEGER)
		buf_addf(out, " from %" PRId64 " to %" PRId64, o->least, o->most);
	else if (o->type == CONFIG_DURATION)
		buf_addf(out, ", from %s to %s", duration_format(o->least, least, sizeof(least)),
		    duration_format(o->most, most, sizeof(most)));
	else if (o->type == CONFIG_ENUM)
		for (size_t i = 0; o->words[i] != NULL; i++)
			buf_addf(out, "%s %s", i > 0 ? "," : "", o->words[i]);
}

void
config_value_add_expected(const struct config_option *o, struct buf *out)
{
	if (o->word != NULL)
		buf_addf(out, "'%s' or ", o->word);
	if (o->is_list)
		buf_addf(out, "a list%s; each item is ",
		    o->word || o->is_required ? " that is not empty" : "");
	if (o->type == CONFIG_PAIRS)
		buf_adds(out, "a section of names; with each stands ");
	buf_adds(out, o->form ? o->form->what : value_type(o)->what);
	value_add_limits(o, out);
}
