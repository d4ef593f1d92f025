/* SPDX-License-Identifier: Apache-2.0 */
/* trailsealctl explain: what a rule means, why it matters, how to mend it, what it maps to. */
#include <stddef.h>
#include <string.h>

#include "ctl/ctl.h"
#include "rules/rules.h"

#define EXPLAIN_COLUMNS	80

struct explain_options {
	const char	*rule;
};

static void
explain_list(struct buf *out)
{
	for (int i = 0; i < RULES; i++) {
		const struct rule_text *text = rule_text((enum rule_id)i);

		buf_addf(out, "%-32s%-10s%s\n", text->name, severity_name(text->severity),
		    text->title);
	}
}

/* One line of the text, up to its end or '\n', wrapped and indented. Returns what follows. */
static const char *
explain_add_line(struct buf *out, const char *text)
{
	size_t at = 0;

	while (text[0] != '\0' && text[0] != '\n') {
		size_t len = strcspn(text, " \n");

		if (at > 0 && at + 1 + len > EXPLAIN_COLUMNS) {
			buf_addc(out, '\n');
			at = 0;
		}
		buf_addf(out, "%s%.*s", at > 0 ? " " : "  ", (int)len, text);
		at += len + (at > 0 ? 1 : 2);
		text += len + (text[len] == ' ');
	}
	buf_addc(out, '\n');
	return text + (text[0] == '\n');
}

static void
explain_add(struct buf *out, const char *heading, const char *text)
{
	buf_addf(out, "\n%s\n", heading);
	while (text[0] != '\0')
		text = explain_add_line(out, text);
}

static void
explain_rule(const struct rule_text *text, struct buf *out)
{
	buf_addf(out, "%s (%s)\n  %s\n", text->name, severity_name(text->severity), text->title);
	explain_add(out, "What it means", text->meaning);
	explain_add(out, "Why it matters", text->risk);
	explain_add(out, "How to mend it", text->mending);
	explain_add(out, "Controls", text->controls);
}

static enum ctl_exit
explain_refuse(const char *name)
{
	const char *names[RULES + 1] = { NULL };

	for (int i = 0; i < RULES; i++)
		names[i] = rule_name((enum rule_id)i);
	ctl_complain_word("rule", name, names);
	return CTL_USAGE;
}

static enum ctl_exit
explain_run(const void *arg)
{
	const struct explain_options *options = arg;
	enum ctl_exit code;
	enum rule_id rule;
	struct buf out;

	if (options->rule != NULL && !rule_find(options->rule, &rule))
		return explain_refuse(options->rule);
	buf_init(&out, 1024 * 1024);
	if (options->rule != NULL)
		explain_rule(rule_text(rule), &out);
	else
		explain_list(&out);
	code = ctl_write(&out, CTL_GOOD);
	buf_done(&out);
	return code;
}

static const struct ctl_option explain_options[] = {
	{ .name = NULL },
};

const struct ctl_verb explain_verb = {
	.name = "explain", .operand = "[RULE]",
	.summary = "Tell what a rule means, why it matters and how to mend it.",
	.help = "Tells what a rule means, why it matters, how to mend what it found, and which "
	    "controls of the usual frameworks it maps to. Without a rule it lists all of them.",
	.options = explain_options,
	.size = sizeof(struct explain_options),
	.operand_offset = offsetof(struct explain_options, rule),
	.run = explain_run,
};
