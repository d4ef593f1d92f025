/* SPDX-License-Identifier: Apache-2.0 */
/* The rules' part of the configuration, made from their table; see options.h. */
#include "rules/options.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/names.h"
#include "base/stamp.h"

#define OPTIONS_DAY_MS		INT64_C(86400000)
#define OPTIONS_RULE_ROWS	5	/* at most: enabled, severity, two thresholds, the end */

const struct config_option rules_expect_rows[] = {
	{ "key_accounts", CONFIG_TEXT, offsetof(struct rules_settings, expected_accounts),
	    .is_list = true,
	    .count_offset = offsetof(struct rules_settings, expected_account_count),
	    .form = &config_form_account,
	    .help = "Accounts whose keys trails may use." },
	{ "keys", CONFIG_TEXT, offsetof(struct rules_settings, expected_keys),
	    .is_list = true, .count_offset = offsetof(struct rules_settings, expected_key_count),
	    .form = &config_form_key_arn,
	    .help = "Single keys that trails may use, whatever their account." },
	{ .name = NULL },
};

static bool
options_is_arn_pattern(const char *text)
{
	struct arn arn;

	return arn_parse(text, &arn);
}

static const struct config_form options_arn_pattern = {
	"an ARN, in which * and ? stand for any characters, such as "
	"arn:aws:iam::111122223333:role/deploy-*",
	"arn:aws:iam::111122223333:role/deploy-*", options_is_arn_pattern,
};

const struct config_option rules_event_rows[] = {
	{ "expected_principals", CONFIG_TEXT,
	    offsetof(struct rules_settings, events.expected_principals), .is_list = true,
	    .count_offset = offsetof(struct rules_settings, events.expected_principal_count),
	    .form = &options_arn_pattern,
	    .help = "Principals whose changes are expected, such as the role of your own "
		"automation. Their events are kept, at the lowest severity, and not sent to "
		"receivers. The session of a role is named by the role: "
		"arn:aws:iam::ACCOUNT:role/NAME." },
	{ "expected_readers", CONFIG_TEXT,
	    offsetof(struct rules_settings, events.expected_readers), .is_list = true,
	    .count_offset = offsetof(struct rules_settings, events.expected_reader_count),
	    .form = &options_arn_pattern,
	    .help = "Principals that may use the keys of trails, named in the same way: "
		"event-key-used passes over them, as over CloudTrail itself." },
	{ .name = NULL },
};

/* Durations of single rules. */
static const struct threshold {
	enum rule_id	 rule;
	const char	*name;
	size_t		 offset;	/* in struct rules_settings */
	int64_t		 most_ms;
	const char	*help;
} thresholds[] = {
	{ RULE_KEY_MATERIAL_EXPIRING, "ahead",
	    offsetof(struct rules_settings, material_expiring_ms), 365 * OPTIONS_DAY_MS,
	    "How long before the material expires the rule fails." },
	{ RULE_KEY_MATERIAL_EXPIRING, "critical",
	    offsetof(struct rules_settings, material_critical_ms), 365 * OPTIONS_DAY_MS,
	    "How long before the material expires the failure is a critical one." },
	{ RULE_TRAIL_KEY_CHANGED, "stands", offsetof(struct rules_settings, key_changed_ms),
	    90 * OPTIONS_DAY_MS, "How long the rule fails; then the new key counts as accepted." },
	{ RULE_TRAIL_DELETED, "stands", offsetof(struct rules_settings, deleted_ms),
	    90 * OPTIONS_DAY_MS, "How long the rule fails; then the trail is forgotten." },
	{ RULE_VISIBILITY_LOST, "after", offsetof(struct rules_settings, blind_ms),
	    90 * OPTIONS_DAY_MS, "How long nothing must have been seen before the rule fails." },
	{ RULE_TRAIL_DELIVERY_STALE, "after", offsetof(struct rules_settings, delivery_stale_ms),
	    90 * OPTIONS_DAY_MS, "How old the latest delivery may be." },
	{ RULE_TRAIL_DIGEST_STALE, "after", offsetof(struct rules_settings, digest_stale_ms),
	    90 * OPTIONS_DAY_MS, "How old the latest digest may be." },
	{ RULE_TRAIL_DIGEST_STALE, "grace", offsetof(struct rules_settings, digest_grace_ms),
	    90 * OPTIONS_DAY_MS, "How long after logging began no digest is missed." },
};

#define THRESHOLDS	(sizeof(thresholds) / sizeof(thresholds[0]))

/* The rows and the texts that they point to: filled once, and constant from then on. */
static struct options {
	struct config_option	 sections[RULES + 1];
	struct config_option	 rows[RULES][OPTIONS_RULE_ROWS];
	char			 help[RULES][160];
	char			 preset[THRESHOLDS][32];
	const char		*severities[SEVERITY_CRITICAL + 1];
} options;

static struct config_option
options_threshold(size_t i, const struct rules_settings *defaults)
{
	const struct threshold *t = &thresholds[i];
	int64_t ms;

	memcpy(&ms, (const char *)defaults + t->offset, sizeof(ms));
	duration_format(ms, options.preset[i], sizeof(options.preset[i]));
	return (struct config_option){
		.name = t->name, .type = CONFIG_DURATION, .offset = t->offset,
		.preset = options.preset[i], .least = 60000, .most = t->most_ms, .help = t->help,
	};
}

static void
options_add_rule(enum rule_id rule, const struct rules_settings *defaults)
{
	struct config_option *row = options.rows[rule];
	size_t base = offsetof(struct rules_settings, rule) + rule * sizeof(defaults->rule[0]);
	char *help = options.help[rule];
	int n = snprintf(help, sizeof(options.help[rule]), "%s.", rule_text(rule)->title);

	assert(n > 0 && (size_t)n < sizeof(options.help[rule]));
	*row++ = (struct config_option){
		.name = "enabled", .type = CONFIG_BOOL,
		.offset = base + offsetof(struct rule_setting, is_enabled),
		.preset = defaults->rule[rule].is_enabled ? "true" : "false",
		.help = rule_is_event(rule) ? "Whether such events are told." :
		    "Whether the rule is judged.",
	};
	*row++ = (struct config_option){
		.name = "severity", .type = CONFIG_ENUM,
		.offset = base + offsetof(struct rule_setting, severity),
		.preset = severity_name(defaults->rule[rule].severity),
		.words = options.severities, .least = SEVERITY_LOW,
		.help = rule_is_event(rule) ?
		    "How bad such an event is; an attempt is one step less." :
		    "How bad it is when the rule fails.",
	};
	for (size_t i = 0; i < THRESHOLDS; i++)
		if (thresholds[i].rule == rule)
			*row++ = options_threshold(i, defaults);
	assert(row < options.rows[rule] + OPTIONS_RULE_ROWS);
	options.sections[rule] = (struct config_option){
		.name = rule_name(rule), .type = CONFIG_SECTION, .offset = 0,
		.rows = options.rows[rule], .help = help,
	};
}

const struct config_option *
rules_option_rows(void)
{
	struct rules_settings defaults;

	if (options.sections[0].name != NULL)
		return options.sections;
	rules_settings_init(&defaults);
	for (enum severity s = SEVERITY_LOW; s <= SEVERITY_CRITICAL; s++)
		options.severities[s - SEVERITY_LOW] = severity_name(s);
	for (enum rule_id rule = 0; rule < RULES; rule++)
		options_add_rule(rule, &defaults);
	return options.sections;
}

void
rules_options_judge(struct config *c, const struct rules_settings *s)
{
	if (s->material_critical_ms <= s->material_expiring_ms)
		return;
	if (config_is_given(c, &s->material_critical_ms))
		config_refuse(c, &s->material_critical_ms, "longer than 'ahead'");
	else
		config_refuse(c, &s->material_expiring_ms, "shorter than 'critical'");
}
