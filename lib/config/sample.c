/* SPDX-License-Identifier: Apache-2.0 */
/* The sample configuration and the manual's list of options; see sample.h. */
#include "config/sample.h"

#include <string.h>

#include "base/text.h"
#include "config/value.h"

#define SAMPLE_COLUMNS		80
#define SAMPLE_TEXT_BYTES	4096

/* Help, and then what to write, in whole sentences. */
static void
sample_describe(const struct config_option *o, struct buf *out)
{
	buf_adds(out, o->help);
	if (o->instead_of != NULL)
		buf_addf(out, " Instead of %s.", o->instead_of);
	if (o->type == CONFIG_SECTION && !o->is_list)
		return;
	buf_adds(out, " Value: ");
	if (o->type == CONFIG_SECTION)
		buf_adds(out, "a list of sections");
	else
		config_value_add_expected(o, out);
	if (o->is_required)
		buf_adds(out, "; required");
	if (o->needs != NULL)
		buf_addf(out, "; only with %s", o->needs);
	buf_addc(out, '.');
}

/* The second name of a secret. */
static void
sample_describe_file(const struct config_option *o, struct buf *out)
{
	buf_addf(out, "Instead of %s, a file that holds it. Value: the path of a file.", o->name);
}

/* How much of a text fits into a line of `room` bytes: whole words, at least one. */
static size_t
sample_cut(const char *text, size_t len, size_t room)
{
	const char *blank;

	if (len <= room)
		return len;
	blank = memrchr(text, ' ', room + 1);
	if (blank == NULL)
		blank = memchr(text, ' ', len);
	return blank != NULL ? (size_t)(blank - text) : len;
}

/* ---- YAML ---- */

static void
sample_add_prose(struct buf *out, unsigned indent, const struct buf *prose)
{
	const char *text = buf_text(prose), *end = text + prose->len;

	while (text < end) {
		size_t cut = sample_cut(text, (size_t)(end - text), SAMPLE_COLUMNS - indent - 2);

		buf_addf(out, "%*s# %.*s\n", (int)indent, "", (int)cut, text);
		text += cut + 1;
	}
}

/* The default, or an example where there can be none; in quotes where YAML or its readers might
 * take a text for something else. */
static void
sample_add_value(struct buf *out, const struct config_option *o)
{
	const char *value = !text_is_empty(o->preset) ? o->preset :
	    o->is_required && o->form ? o->form->example : "";

	if (o->is_list && o->word == NULL)
		buf_adds(out, "[]");
	else if (o->type == CONFIG_PAIRS)
		buf_adds(out, "{}");
	else if (!config_value_is_bare(o) && value[strspn(value, "0123456789")] == '\0')
		buf_addf(out, "\"%s\"", value);
	else
		buf_adds(out, value);
}

static void	sample_add_rows(struct buf *, const struct config_option *, unsigned, bool,
		    const char *);

/* The line of an option, with what stands below it, all hidden by `hide`. */
static void
sample_add_option(struct buf *out, const struct config_option *o, unsigned indent, bool starts_item,
    const char *hide)
{
	if (starts_item)
		buf_addf(out, "%*s%s- %s:", (int)indent - 2, "", hide, o->name);
	else
		buf_addf(out, "%*s%s%s:", (int)indent, "", hide, o->name);
	if (o->type != CONFIG_SECTION) {
		buf_addc(out, ' ');
		sample_add_value(out, o);
	}
	buf_addc(out, '\n');
	if (o->type == CONFIG_SECTION)
		sample_add_rows(out, config_option_rows(o), indent + (o->is_list ? 4 : 2),
		    o->is_list, hide);
}

/* What stands for another option is hidden twice: without one "#" the sample is still good. */
static void
sample_add_rows(struct buf *out, const struct config_option *rows, unsigned indent, bool in_list,
    const char *hide_all)
{
	struct buf prose;

	buf_init(&prose, SAMPLE_TEXT_BYTES);
	config_option_foreach(o, rows) {
		const char *hide = o->instead_of != NULL ? "##" : hide_all;

		if (indent == 0 && out->len > 0)
			buf_addc(out, '\n');
		buf_reset(&prose);
		sample_describe(o, &prose);
		sample_add_prose(out, indent, &prose);
		sample_add_option(out, o, indent, in_list && o == rows, hide);
		if (o->type != CONFIG_SECRET)
			continue;
		buf_reset(&prose);
		sample_describe_file(o, &prose);
		sample_add_prose(out, indent, &prose);
		buf_addf(out, "%*s%s%s_file: \"\"\n", (int)indent, "", o->is_required ? "##" : hide,
		    o->name);
	}
	buf_done(&prose);
}

void
config_add_sample(struct buf *out, const struct config_option *rows)
{
	sample_add_rows(out, rows, 0, false, "#");
}

/* ---- mdoc ---- */

/* What troff would take for a request at the start of a line is hidden from it. */
static void
manual_add_line(struct buf *out, const char *text, size_t len)
{
	buf_addf(out, "%s%.*s\n", text[0] == '.' || text[0] == '\'' ? "\\&" : "", (int)len, text);
}

/* Each sentence begins a line, as mdoc wants it. */
static void
manual_add_prose(struct buf *out, const struct buf *prose)
{
	const char *text = buf_text(prose);

	while (*text != '\0') {
		const char *stop = strstr(text, ". ");
		size_t len = stop ? (size_t)(stop + 1 - text) : strlen(text);
		size_t cut = sample_cut(text, len, SAMPLE_COLUMNS - 2);

		manual_add_line(out, text, cut);
		text += cut + (text[cut] == ' ');
	}
}

static void
manual_add_default(struct buf *out, const struct config_option *o)
{
	if ((o->is_list && o->word == NULL && !o->is_required) || o->type == CONFIG_PAIRS)
		buf_adds(out, "Default: empty.\n");
	else if (!text_is_empty(o->preset))
		buf_addf(out, "Default:\n.Ql %s .\n", o->preset);
}

void
config_add_manual(struct buf *out, const struct config_option *rows)
{
	struct buf prose;

	buf_init(&prose, SAMPLE_TEXT_BYTES);
	buf_adds(out, ".Bl -tag -width 4n\n");
	config_option_foreach(o, rows) {
		buf_reset(&prose);
		sample_describe(o, &prose);
		buf_addf(out, ".It Ic %s\n", o->name);
		manual_add_prose(out, &prose);
		manual_add_default(out, o);
		if (o->type == CONFIG_SECTION)
			config_add_manual(out, config_option_rows(o));
		if (o->type != CONFIG_SECRET)
			continue;
		buf_reset(&prose);
		sample_describe_file(o, &prose);
		buf_addf(out, ".It Ic %s_file\n", o->name);
		manual_add_prose(out, &prose);
	}
	buf_adds(out, ".El\n");
	buf_done(&prose);
}
