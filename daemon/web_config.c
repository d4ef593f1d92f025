/* SPDX-License-Identifier: Apache-2.0 */
/* The web configuration file; see web_config.h. */
#include "daemon/web_config.h"

#include <string.h>

#include "base/text.h"

#define HASH_COST_MAX	14	/* a second of one core; each step more doubles it */

/* ---- forms ---- */

static const struct web_curve {
	const char	*name, *group;
} web_curves[] = {
	{ "CurveP256", "P-256" }, { "CurveP384", "P-384" }, { "CurveP521", "P-521" },
	{ "X25519", "X25519" },
};

const char *
web_curve_group(const char *curve)
{
	for (size_t i = 0; i < sizeof(web_curves) / sizeof(web_curves[0]); i++)
		if (strcmp(web_curves[i].name, curve) == 0)
			return web_curves[i].group;
	return NULL;
}

static bool
web_is_curve(const char *text)
{
	return web_curve_group(text) != NULL;
}

bool
web_hash_is_bcrypt(const char *text)
{
	static const char letters[] =
	    "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	int cost;

	if (strlen(text) != 60 || memcmp(text, "$2", 2) != 0 || strchr("aby", text[2]) == NULL ||
	    text[3] != '$' || text[6] != '$' || strspn(text + 7, letters) != 53 ||
	    strspn(text + 4, "0123456789") != 2)
		return false;
	cost = (text[4] - '0') * 10 + text[5] - '0';
	return cost >= 4 && cost <= HASH_COST_MAX;
}

static const struct config_form web_form_curve = {
	"one of CurveP256, CurveP384, CurveP521, X25519", "X25519", web_is_curve,
};

static const struct config_form web_form_hash = {
	"a bcrypt hash of cost 4 to 14, as 'htpasswd -nBC 10 NAME' prints it",
	"$2y$10$xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", web_hash_is_bcrypt,
};

/* ---- rows ---- */

static const char *const web_client_words[] = {
	"NoClientCert", "RequireAndVerifyClientCert", NULL,
};

static const char *const web_version_words[] = { "TLS12", "TLS13", NULL };

static const struct config_option web_tls_rows[] = {
	{ "cert_file", CONFIG_PATH, offsetof(struct web_tls_settings, cert_file),
	    .help = "The server's certificate and those between it and the root, in PEM." },
	{ "key_file", CONFIG_PATH, offsetof(struct web_tls_settings, key_file),
	    .help = "Its key, in PEM. Others than its owner and group must not be able to read it." },
	{ "client_auth_type", CONFIG_ENUM, offsetof(struct web_tls_settings, client_auth),
	    .preset = "NoClientCert", .words = web_client_words, .least = WEB_CLIENT_NO_CERT,
	    .help = "Whether clients have to show a certificate. Other types of the toolkit let "
		"everybody in, and are refused." },
	{ "client_ca_file", CONFIG_PATH, offsetof(struct web_tls_settings, client_ca_file),
	    .help = "The authorities that sign the clients' certificates, in PEM." },
	{ "client_allowed_sans", CONFIG_TEXT, offsetof(struct web_tls_settings, client_sans),
	    .is_list = true, .count_offset = offsetof(struct web_tls_settings, client_san_count),
	    .help = "Names (DNS, IP, e-mail, URI), one of which a client's certificate must have. "
		"Without them any certificate of these authorities will do." },
	{ "min_version", CONFIG_ENUM, offsetof(struct web_tls_settings, min_version),
	    .preset = "TLS12", .words = web_version_words, .least = WEB_TLS_1_2,
	    .help = "The oldest version of TLS that is spoken." },
	{ "max_version", CONFIG_ENUM, offsetof(struct web_tls_settings, max_version),
	    .preset = "TLS13", .words = web_version_words, .least = WEB_TLS_1_2,
	    .help = "The newest version of TLS that is spoken." },
	{ "cipher_suites", CONFIG_TEXT, offsetof(struct web_tls_settings, cipher_suites),
	    .is_list = true, .count_offset = offsetof(struct web_tls_settings, cipher_suite_count),
	    .help = "Cipher suites of TLS 1.2 by their IANA names, such as "
		"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256. Without them OpenSSL's default." },
	{ "curve_preferences", CONFIG_TEXT, offsetof(struct web_tls_settings, curves),
	    .is_list = true, .count_offset = offsetof(struct web_tls_settings, curve_count),
	    .form = &web_form_curve,
	    .help = "Curves of the key exchange, the preferred one first. Without them OpenSSL's "
		"default." },
	{ "prefer_server_cipher_suites", CONFIG_BOOL,
	    offsetof(struct web_tls_settings, prefers_own_ciphers), .preset = "true",
	    .help = "Whether the server's order of cipher suites counts, not the client's." },
	{ .name = NULL },
};

static const struct config_option web_header_rows[] = {
	{ "Strict-Transport-Security", CONFIG_TEXT, offsetof(struct web_headers, hsts),
	    .help = "Whether browsers must use TLS from now on. Without it the header is not sent." },
	{ "X-Frame-Options", CONFIG_TEXT, offsetof(struct web_headers, frame),
	    .preset = "deny", .help = "Whether pages may stand in frames of others." },
	{ "X-Content-Type-Options", CONFIG_TEXT, offsetof(struct web_headers, content_type),
	    .preset = "nosniff", .help = "Whether browsers may guess the type of a page." },
	{ "X-XSS-Protection", CONFIG_TEXT, offsetof(struct web_headers, xss),
	    .help = "For browsers of the past. Without it the header is not sent." },
	{ "Content-Security-Policy", CONFIG_TEXT, offsetof(struct web_headers, policy),
	    .preset = "default-src 'none'; frame-ancestors 'none'",
	    .help = "What pages may load." },
	{ .name = NULL },
};

static const struct config_option web_http_rows[] = {
	{ "http2", CONFIG_BOOL, offsetof(struct web_config, http2), .preset = "false",
	    .help = "HTTP/2 is not spoken here, so that true is refused." },
	{ "headers", CONFIG_SECTION, offsetof(struct web_config, headers),
	    .rows = web_header_rows, .help = "Header lines of every answer." },
	{ .name = NULL },
};

static const struct config_option web_rate_rows[] = {
	{ "interval", CONFIG_DURATION, offsetof(struct web_rate_limit, interval_ms),
	    .preset = "1s", .least = 1, .most = 3600000,
	    .help = "One request is answered in this time on the average." },
	{ "burst", CONFIG_INTEGER, offsetof(struct web_rate_limit, burst),
	    .preset = "1", .least = 1, .most = 1000000,
	    .help = "How many may come at once after a pause." },
	{ .name = NULL },
};

const struct config_option web_config_rows[] = {
	{ "tls_server_config", CONFIG_SECTION, offsetof(struct web_config, tls),
	    .size = sizeof(struct web_tls_settings), .rows = web_tls_rows,
	    .help = "When given, all pages are served over TLS only." },
	{ "http_server_config", CONFIG_SECTION, 0, .rows = web_http_rows,
	    .help = "How HTTP is spoken." },
	{ "basic_auth_users", CONFIG_PAIRS, offsetof(struct web_config, users),
	    .count_offset = offsetof(struct web_config, user_count), .form = &web_form_hash,
	    .help = "Who may see the pages. When there are none, nobody is asked for a password." },
	{ "rate_limit", CONFIG_SECTION, offsetof(struct web_config, rate_limit),
	    .size = sizeof(struct web_rate_limit), .rows = web_rate_rows,
	    .help = "When given, requests beyond it are answered with status 429." },
	{ .name = NULL },
};

/* ---- loading ---- */

static void
web_config_judge_tls(struct config *c, const struct web_tls_settings *tls)
{
	if (tls->cert_file == NULL || tls->key_file == NULL)
		config_refuse(c, tls, "'cert_file' and 'key_file' are both needed");
	if (tls->min_version > tls->max_version)
		config_refuse(c, &tls->max_version, "older than 'min_version'");
	if (tls->client_auth == WEB_CLIENT_VERIFIED_CERT && tls->client_ca_file == NULL)
		config_refuse(c, &tls->client_auth, "needs 'client_ca_file'");
	if (tls->client_auth != WEB_CLIENT_VERIFIED_CERT && tls->client_ca_file != NULL)
		config_refuse(c, &tls->client_ca_file,
		    "has no effect without 'client_auth_type: RequireAndVerifyClientCert'");
	if (tls->client_san_count > 0 && tls->client_ca_file == NULL)
		config_refuse(c, &tls->client_sans, "has no effect without 'client_ca_file'");
}

static void
web_config_judge(struct config *c, const struct web_config *web)
{
	if (web->tls != NULL)
		web_config_judge_tls(c, web->tls);
	if (web->http2)
		config_refuse(c, &web->http2, "HTTP/2 is not spoken here");
	for (size_t i = 0; i < web->user_count; i++)
		if (strchr(web->users[i].name, ':') != NULL)
			config_refuse(c, &web->users[i], "a name with ':' can never be sent");
}

int
web_config_load(const char *path, struct web_config **ret_config, struct config_errors *errors)
{
	struct config *c = config_open(path, errors);
	struct web_config *web = config_bind(c, web_config_rows, sizeof(*web));

	web_config_judge(c, web);
	web->config = c;
	if (config_close(c) < 0) {
		config_free(c);
		return -1;
	}
	*ret_config = web;
	return 0;
}

void
web_config_free(struct web_config *web)
{
	if (web != NULL)
		config_free(web->config);
}
