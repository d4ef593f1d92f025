/* SPDX-License-Identifier: Apache-2.0 */
/* Command lines by rows of options: one table makes the parser and the help. See ctl.h. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "ctl/ctl.h"

#define OPTIONS_MAX	32	/* rows of one verb */
#define OPTIONS_HELP	24	/* column where the help of an option begins */
#define OPTIONS_COLUMNS	80

static const struct ctl_option options_help_row = {
	"help", NULL, CTL_FLAG, 0, "Show this.",
};

static const struct ctl_option *
options_find(const struct ctl_verb *verb, const char *name, size_t len)
{
	const struct ctl_option *o = verb->options;

	while (o->name != NULL && (strlen(o->name) != len || memcmp(o->name, name, len) != 0))
		o++;
	return o->name != NULL ? o : NULL;
}

static void
options_complain_unknown(const struct ctl_verb *verb, const char *name, size_t len)
{
	const char *names[OPTIONS_MAX + 2];
	size_t count = 0;
	char word[64];

	for (const struct ctl_option *o = verb->options; o->name != NULL && count < OPTIONS_MAX; o++)
		names[count++] = o->name;
	names[count++] = options_help_row.name;
	names[count] = NULL;
	snprintf(word, sizeof(word), "%.*s", (int)(len < sizeof(word) ? len : sizeof(word)), name);
	ctl_complain_word("option", word, names);
}

static bool
options_set_value(const struct ctl_option *o, const char *value, void *options)
{
	char *member = (char *)options + o->offset;
	struct ctl_list *list = (struct ctl_list *)member;

	if (o->kind == CTL_TEXT) {
		*(const char **)member = value;
		return true;
	}
	if (list->count == CTL_LIST_MAX) {
		ctl_complain("--%s is given more than %d times", o->name, CTL_LIST_MAX);
		return false;
	}
	list->item[list->count++] = value;
	return true;
}

/* One option, "--name", "--name value" or "--name=value"; moves *at beyond it. */
static bool
options_read_one(const struct ctl_verb *verb, int argc, char **argv, int *at, void *options)
{
	const char *name = argv[(*at)++] + 2;
	size_t len = strcspn(name, "=");
	const struct ctl_option *o = options_find(verb, name, len);
	const char *value = name[len] == '=' ? name + len + 1 : NULL;

	if (o == NULL) {
		options_complain_unknown(verb, name, len);
		return false;
	}
	if (o->kind == CTL_FLAG) {
		*((bool *)((char *)options + o->offset)) = true;
		if (value != NULL)
			ctl_complain("--%s takes no value", o->name);
		return value == NULL;
	}
	if (value == NULL && *at < argc)
		value = argv[(*at)++];
	if (text_is_empty(value)) {
		ctl_complain("--%s needs a value: %s", o->name, o->argument);
		return false;
	}
	return options_set_value(o, value, options);
}

static bool
options_read_operand(const struct ctl_verb *verb, const char *word, void *options)
{
	const char **member = (const char **)((char *)options + verb->operand_offset);
	unsigned most = verb->operand_count > 0 ? verb->operand_count : 1;

	for (unsigned i = 0; verb->operand != NULL && i < most; i++) {
		if (member[i] != NULL)
			continue;
		member[i] = word;
		return true;
	}
	ctl_complain("%s takes no \"%s\"", verb->name, word);
	return false;
}

static bool
options_read_all(const struct ctl_verb *verb, int argc, char **argv, void *options)
{
	bool has_ended = false;

	for (int at = 0; at < argc;) {
		if (!has_ended && strcmp(argv[at], "--") == 0) {
			has_ended = true;
			at++;
		} else if (!has_ended && argv[at][0] == '-' && argv[at][1] != '\0') {
			if (argv[at][1] != '-') {
				ctl_complain("options have two dashes: \"%s\"", argv[at]);
				return false;
			}
			if (!options_read_one(verb, argc, argv, &at, options))
				return false;
		} else if (!options_read_operand(verb, argv[at++], options)) {
			return false;
		}
	}
	return true;
}

/* Words from `column` on, where the line already is; ends the line. */
static void
options_add_wrapped(struct buf *out, size_t column, const char *text)
{
	size_t at = column;

	while (text[0] != '\0') {
		size_t len = strcspn(text, " ");

		if (at > column && at + 1 + len > OPTIONS_COLUMNS) {
			buf_addf(out, "\n%*s", (int)column, "");
			at = column;
		} else if (at > column) {
			buf_addc(out, ' ');
			at++;
		}
		buf_add(out, text, len);
		at += len;
		text += len + (text[len] == ' ');
	}
	buf_addc(out, '\n');
}

static void
options_add_row(struct buf *out, const struct ctl_option *o)
{
	char head[64];

	snprintf(head, sizeof(head), "  --%s%s%s", o->name, o->argument ? " " : "",
	    o->argument ? o->argument : "");
	buf_addf(out, "%-*s", OPTIONS_HELP, head);
	options_add_wrapped(out, OPTIONS_HELP, o->help);
}

static void
options_add_help(const struct ctl_verb *verb, struct buf *out)
{
	buf_addf(out, "usage: trailsealctl %s [OPTION...]%s%s\n\n", verb->name,
	    verb->operand ? " " : "", verb->operand ? verb->operand : "");
	options_add_wrapped(out, 0, verb->help);
	buf_addc(out, '\n');
	for (const struct ctl_option *o = verb->options; o->name != NULL; o++)
		options_add_row(out, o);
	options_add_row(out, &options_help_row);
}

static bool
options_want_help(int argc, char **argv)
{
	for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return true;
	return false;
}

bool
ctl_options_read(const struct ctl_verb *verb, int argc, char **argv, void *options,
    enum ctl_exit *ret_exit)
{
	struct buf help;

	if (options_want_help(argc, argv)) {
		buf_init(&help, 65536);
		options_add_help(verb, &help);
		*ret_exit = ctl_write(&help, CTL_GOOD);
		buf_done(&help);
		return false;
	}
	if (options_read_all(verb, argc, argv, options))
		return true;
	fprintf(stderr, "Try: trailsealctl %s --help\n", verb->name);
	*ret_exit = CTL_USAGE;
	return false;
}
