/* SPDX-License-Identifier: Apache-2.0 */
/* What the configuration may say about receivers; see options.h. */
#include "notify/options.h"

#include <string.h>

#include "base/crypto.h"
#include "base/text.h"
#include "notify/webhook.h"

#define OPTIONS_NAME_MAX	64

/* ---- forms ---- */

static bool
form_is_name(const char *text)
{
	size_t len = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");

	return len > 0 && len <= OPTIONS_NAME_MAX && text[len] == '\0';
}

/* A host that can only be this machine. What is really reached is judged again by its address. */
static bool
form_is_loopback(const char *host, size_t len)
{
	static const char *const names[] = { "localhost", "127.0.0.1", "[::1]" };

	if (len > 0 && host[0] != '[' && memchr(host, ':', len) != NULL)
		len = (size_t)((const char *)memchr(host, ':', len) - host);
	else if (len > 5 && strncmp(host, "[::1]:", 6) == 0)
		len = 5;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strlen(names[i]) == len && strncmp(host, names[i], len) == 0)
			return true;
	return false;
}

/* The HTTP client refuses users' names in URLs: they would not be sent, and be shown by others. */
static bool
form_is_url(const char *text)
{
	bool plain = text_has_prefix(text, "http://");
	const char *host = text + (plain ? 7 : 8);
	size_t len;

	if ((!plain && !text_has_prefix(text, "https://")) || text[strcspn(text, " \"<>\\^`{|}")])
		return false;
	len = strcspn(host, "/?#");
	return len > 0 && host[0] != ':' && memchr(host, '@', len) == NULL &&
	    (!plain || form_is_loopback(host, len));
}

static const struct config_form form_name = {
	"a name (1 to 64 letters, digits and _.-)", "chat", form_is_name,
};
static const struct config_form form_url = {
	"an https URL (http for this machine only)", "https://alerts.example.com/trailseal",
	form_is_url,
};
static const struct config_form form_webhook_secret = {
	"a secret as Standard Webhooks have it (whsec_ and 24 to 64 bytes in base64)",
	"whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX", webhook_is_secret,
};

/* ---- rows ---- */

static const char *const severities[] = { "low", "medium", "high", "critical", NULL };

#define URL_HELP " It is a secret: whoever has it can write there."

static const struct config_option slack_rows[] = {
	{ "url", CONFIG_SECRET, offsetof(struct receiver_target, url),
	    .is_required = true, .form = &form_url,
	    .help = "The URL of the incoming webhook." URL_HELP },
	{ .name = NULL },
};

static const struct config_option webhook_rows[] = {
	{ "url", CONFIG_SECRET, offsetof(struct receiver_target, url),
	    .is_required = true, .form = &form_url,
	    .help = "Where alerts are posted." URL_HELP },
	{ "secret", CONFIG_SECRET, offsetof(struct receiver_target, secret),
	    .form = &form_webhook_secret,
	    .help = "Signs what is posted, as Standard Webhooks say. Without it nothing is "
		"signed." },
	{ .name = NULL },
};

const struct config_option receiver_option_rows[] = {
	{ "name", CONFIG_TEXT, offsetof(struct receiver_settings, name),
	    .is_required = true, .is_unique = true, .form = &form_name,
	    .help = "What routes, metrics and the log call the receiver." },
	{ "slack", CONFIG_SECTION, offsetof(struct receiver_settings, target[RECEIVER_SLACK]),
	    .size = sizeof(struct receiver_target), .rows = slack_rows, .is_required = true,
	    .help = "A channel of Slack or Mattermost. Many alerts at once become one message." },
	{ "webhook", CONFIG_SECTION, offsetof(struct receiver_settings, target[RECEIVER_WEBHOOK]),
	    .size = sizeof(struct receiver_target), .rows = webhook_rows, .instead_of = "slack",
	    .help = "A program that takes alerts as JSON, each in a POST of its own." },
	{ .name = NULL },
};

const struct config_option route_option_rows[] = {
	{ "receiver", CONFIG_TEXT, offsetof(struct route_settings, receiver),
	    .is_required = true, .form = &form_name,
	    .help = "The name of one of the receivers." },
	{ "severity", CONFIG_ENUM, offsetof(struct route_settings, severity),
	    .preset = "low", .words = severities, .least = SEVERITY_LOW,
	    .help = "How bad a finding must be at least." },
	{ .name = NULL },
};

/* ---- what must go together ---- */

/* Values that could not be bound are NULL here, and reported already. */
static const struct receiver_settings *
options_find(const struct notify_settings *s, const char *name)
{
	for (size_t i = 0; i < s->receiver_count; i++)
		if (s->receivers[i].name != NULL && strcmp(s->receivers[i].name, name) == 0)
			return &s->receivers[i];
	return NULL;
}

void
notify_options_judge(struct config *c, const struct notify_settings *s)
{
	for (size_t i = 0; i < s->route_count; i++) {
		const struct route_settings *route = &s->routes[i];

		if (route->receiver != NULL && options_find(s, route->receiver) == NULL)
			config_refuse(c, &route->receiver, "no receiver has this name");
	}
}
