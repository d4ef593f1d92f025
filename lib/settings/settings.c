/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The whole configuration; see settings.h. A module that has options joins with a member in struct
 * settings, a row in settings_rows that names its table, and, when its values depend on each other,
 * a call in settings_judge().
 */
#include "settings/settings.h"

#include "aws/options.h"
#include "aws/queue_url.h"
#include "base/crypto.h"
#include "base/names.h"
#include "findings/options.h"
#include "notify/options.h"
#include "rules/options.h"
#include "sweep/options.h"
#include "sweep/queues.h"

static const struct config_option settings_organization_rows[] = {
	{ "management_role_arn", CONFIG_TEXT,
	    offsetof(struct settings_organization, management_role_arn),
	    .form = &config_form_role_arn,
	    .help = "Role in the management account, or in one that AWS Organizations is delegated "
		"to, for listing the accounts. Without it the ambient credentials list them." },
	{ "role", CONFIG_TEXT, offsetof(struct settings_organization, role),
	    .preset = "trailseal", .form = &config_form_role,
	    .help = "Name of the role that is assumed in each account of the organization." },
	{ "external_id", CONFIG_SECRET, offsetof(struct settings_organization, external_id),
	    .form = &config_form_external_id,
	    .help = "External id sent when these roles are assumed." },
	{ "exclude", CONFIG_TEXT, offsetof(struct settings_organization, exclude),
	    .is_list = true,
	    .count_offset = offsetof(struct settings_organization, exclude_count),
	    .form = &config_form_account,
	    .help = "Accounts of the organization that are not watched, unless they stand under "
		"accounts." },
	{ .name = NULL },
};

static const struct config_option settings_account_rows[] = {
	{ "id", CONFIG_TEXT, offsetof(struct settings_account, id),
	    .is_required = true, .is_unique = true, .form = &config_form_account,
	    .help = "The account." },
	{ "name", CONFIG_TEXT, offsetof(struct settings_account, name),
	    .help = "What people call the account." },
	{ "role_arn", CONFIG_TEXT, offsetof(struct settings_account, role_arn),
	    .form = &config_form_role_arn,
	    .help = "Role in the account that trailseal assumes. Without it the ambient "
		"credentials are used as they are." },
	{ "external_id", CONFIG_SECRET, offsetof(struct settings_account, external_id),
	    .form = &config_form_external_id, .needs = "role_arn",
	    .help = "External id sent when the role is assumed." },
	{ .name = NULL },
};

static const struct config_option settings_control_rows[] = {
	{ "socket", CONFIG_PATH, offsetof(struct settings_control, socket),
	    .help = "Where trailsealctl reaches trailseald. Without it, 'control' in the directory "
		"that systemd gives (RUNTIME_DIRECTORY), or " SETTINGS_CONTROL_SOCKET "." },
	{ .name = NULL },
};

static bool
settings_is_signing_key(const char *text)
{
	struct crypto_key *key = crypto_read_private_key(text);

	crypto_key_free(key);
	return key != NULL;
}

/* The example is the first key of RFC 8032's. */
static const struct config_form settings_form_signing_key = {
	"a private key of Ed25519 in PEM, as 'openssl genpkey -algorithm ed25519' writes it",
	"-----BEGIN PRIVATE KEY-----\n"
	"MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
	"-----END PRIVATE KEY-----", settings_is_signing_key,
};

static const struct config_option settings_evidence_rows[] = {
	{ "signing_key", CONFIG_SECRET, offsetof(struct settings_evidence, signing_key),
	    .form = &settings_form_signing_key,
	    .help = "Signs the head of the evidence ledger at every heartbeat and at the end, for "
		"'trailsealctl evidence verify --public-key'. Without it nothing is signed." },
	{ .name = NULL },
};

static bool
settings_is_queue_url(const char *text)
{
	struct aws_queue_url url;

	return aws_queue_url_parse(text, &url);
}

static const struct config_form settings_form_queue_url = {
	"the URL of a queue such as https://sqs.us-east-1.amazonaws.com/111122223333/trailseal",
	"https://sqs.us-east-1.amazonaws.com/111122223333/trailseal", settings_is_queue_url,
};

static const struct config_option settings_queue_rows[] = {
	{ "url", CONFIG_TEXT, offsetof(struct settings_queue, url),
	    .is_required = true, .is_unique = true, .form = &settings_form_queue_url,
	    .help = "The queue, by the URL that SQS gave it, which names its account and region. Calls "
		"go to SQS's endpoint of that region." },
	{ "role_arn", CONFIG_TEXT, offsetof(struct settings_queue, role_arn),
	    .form = &config_form_role_arn,
	    .help = "Role that may receive and delete the queue's messages. Without it the ambient "
		"credentials are used as they are." },
	{ "external_id", CONFIG_SECRET, offsetof(struct settings_queue, external_id),
	    .form = &config_form_external_id, .needs = "role_arn",
	    .help = "External id sent when the role is assumed." },
	{ "poison_receives", CONFIG_INTEGER, offsetof(struct settings_queue, poison_receives),
	    .preset = "5", .least = 1, .most = 1000,
	    .help = "A message that is no record of CloudTrail is kept in the evidence ledger and "
		"deleted when it was received this often. A queue whose maxReceiveCount is lower "
		"moves it to its dead-letter queue before." },
	{ .name = NULL },
};

const struct config_option settings_rows[] = {
	{ "organization", CONFIG_SECTION, offsetof(struct settings, organization),
	    .size = sizeof(struct settings_organization), .rows = settings_organization_rows,
	    .help = "When given, all active accounts of an organization are watched. Without "
		"organization and accounts, only the account of the ambient credentials is." },
	{ "accounts", CONFIG_SECTION, offsetof(struct settings, accounts),
	    .is_list = true, .count_offset = offsetof(struct settings, account_count),
	    .size = sizeof(struct settings_account), .rows = settings_account_rows,
	    .help = "Accounts to watch, instead of an organization's or beside them. What stands "
		"here about an account goes before what the organization says." },
	{ "regions", CONFIG_TEXT, offsetof(struct settings, regions),
	    .preset = "enabled", .word = "enabled",
	    .is_list = true, .count_offset = offsetof(struct settings, region_count),
	    .form = &config_form_region,
	    .help = "Regions to look at in every account, or all that are enabled there." },
	{ "queues", CONFIG_SECTION, offsetof(struct settings, queues),
	    .is_list = true, .count_offset = offsetof(struct settings, queue_count),
	    .size = sizeof(struct settings_queue), .rows = settings_queue_rows,
	    .help = "Queues of SQS that EventBridge feeds with records of CloudTrail: events are told "
		"within seconds. They come beside the event history, never instead of it." },
	{ "expect", CONFIG_SECTION, offsetof(struct settings, rules),
	    .rows = rules_expect_rows,
	    .help = "Which keys are expected; any customer managed one when both lists are empty." },
	{ "rules", CONFIG_SECTION, offsetof(struct settings, rules),
	    .find_rows = rules_option_rows,
	    .help = "The rules by which trails and keys are judged. 'trailsealctl explain' tells "
		"what each means." },
	{ "events", CONFIG_SECTION, offsetof(struct settings, rules),
	    .rows = rules_event_rows,
	    .help = "What is to be made of events on trails and their keys." },
	{ "findings", CONFIG_SECTION, offsetof(struct settings, findings),
	    .rows = findings_option_rows,
	    .help = "How failures are followed over time, and when people are told of them." },
	{ "receivers", CONFIG_SECTION, offsetof(struct settings, notify.receivers),
	    .is_list = true, .count_offset = offsetof(struct settings, notify.receiver_count),
	    .size = sizeof(struct receiver_settings), .rows = receiver_option_rows,
	    .help = "Who is told of findings. The journal always is." },
	{ "routes", CONFIG_SECTION, offsetof(struct settings, notify.routes),
	    .is_list = true, .count_offset = offsetof(struct settings, notify.route_count),
	    .size = sizeof(struct route_settings), .rows = route_option_rows,
	    .help = "Which receivers are told what. Without routes all are told everything." },
	{ "aws", CONFIG_SECTION, offsetof(struct settings, aws),
	    .rows = aws_option_rows,
	    .help = "How trailseal calls AWS." },
	{ "intervals", CONFIG_SECTION, offsetof(struct settings, intervals),
	    .rows = sweep_interval_rows,
	    .help = "How often trailseald looks. Each account and region has a time of its own within "
		"the interval. trailsealctl looks once." },
	{ "web", CONFIG_SECTION, offsetof(struct settings, web),
	    .rows = web_option_rows,
	    .help = "The HTTP pages of trailseald." },
	{ "evidence", CONFIG_SECTION, offsetof(struct settings, evidence),
	    .rows = settings_evidence_rows,
	    .help = "The ledger of what trailseald saw and did." },
	{ "control", CONFIG_SECTION, offsetof(struct settings, control),
	    .rows = settings_control_rows,
	    .help = "The socket for 'trailsealctl status' and 'trailsealctl silence'." },
	{ "state_directory", CONFIG_PATH, offsetof(struct settings, state_directory),
	    .help = "Where trailseald keeps its database. Without it, the directory that systemd "
		"gives (STATE_DIRECTORY), or /var/lib/trailseal." },
	{ .name = NULL },
};

/* Values that could not be bound are NULL here, and reported already. */
static void
settings_judge_account(struct config *c, const struct settings_account *a)
{
	struct arn arn;

	if (a->id != NULL && a->role_arn != NULL && arn_parse_role(a->role_arn, &arn) &&
	    !name_part_is(arn.account, a->id))
		config_refuse(c, &a->role_arn, "a role of another account than %s", a->id);
}

static void
settings_judge(struct config *c, const struct settings *s)
{
	for (size_t i = 0; i < s->account_count; i++)
		settings_judge_account(c, &s->accounts[i]);
	if (s->queue_count > QUEUES_MAX)
		config_refuse(c, &s->queues[QUEUES_MAX], "more than %d queues", QUEUES_MAX);
	rules_options_judge(c, &s->rules);
	notify_options_judge(c, &s->notify);
}

/* Binds and judges what was opened. */
static int
settings_finish(struct config *c, struct settings **ret_settings)
{
	struct settings *s = config_bind(c, settings_rows, sizeof(*s));

	settings_judge(c, s);
	s->config = c;
	if (config_close(c) < 0) {
		config_free(c);
		return -1;
	}
	*ret_settings = s;
	return 0;
}

int
settings_load(const char *path, struct settings **ret_settings, struct config_errors *errors)
{
	return settings_finish(config_open(path, errors), ret_settings);
}

int
settings_load_text(const char *path, const char *text, size_t len, struct settings **ret_settings,
    struct config_errors *errors)
{
	return settings_finish(config_open_text(path, text, len, errors), ret_settings);
}

void
settings_free(struct settings *s)
{
	if (s != NULL)
		config_free(s->config);
}
