/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TLS of the HTTP pages, with certificates made here: versions, suites, clients that show one or
 * none, and renewal while clients come.
 */
#include "daemon/web_tls.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "unit/web_server.h"

/* ---- certificates ---- */

struct identity {
	EVP_PKEY	*key;
	X509		*cert;
};

static char	folder[64];

static const char *
path_of(const char *name)
{
	static char paths[8][128];
	static unsigned next;
	char *path = paths[next++ % 8];

	snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	return path;
}

static void
add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX context;
	X509_EXTENSION *extension;

	X509V3_set_ctx(&context, issuer, cert, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
	assert_non_null(extension);
	X509_add_ext(cert, extension, -1);
	X509_EXTENSION_free(extension);
}

/* Signed by `issuer`, or by itself when that is NULL. `names`: "IP:127.0.0.1,DNS:x". */
static struct identity
make(const char *name, const char *names, const struct identity *issuer, long serial)
{
	struct identity id = { EVP_EC_gen("P-256"), X509_new() };
	X509_NAME *subject = X509_get_subject_name(id.cert);

	X509_set_version(id.cert, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(id.cert), serial);
	X509_gmtime_adj(X509_getm_notBefore(id.cert), -3600);
	X509_gmtime_adj(X509_getm_notAfter(id.cert), 3600);
	X509_set_pubkey(id.cert, id.key);
	X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0);
	X509_set_issuer_name(id.cert, X509_get_subject_name(issuer ? issuer->cert : id.cert));
	if (issuer == NULL)
		add_extension(id.cert, id.cert, NID_basic_constraints, "critical,CA:TRUE");
	if (names != NULL)
		add_extension(id.cert, issuer->cert, NID_subject_alt_name, names);
	assert_true(X509_sign(id.cert, issuer ? issuer->key : id.key, EVP_sha256()) > 0);
	return id;
}

static void
identity_done(struct identity *id)
{
	EVP_PKEY_free(id->key);
	X509_free(id->cert);
}

/* Files NAME.crt and NAME.key. */
static void
save(const struct identity *id, const char *name)
{
	char file[64];
	FILE *f;

	snprintf(file, sizeof(file), "%s.crt", name);
	f = fopen(path_of(file), "w");
	assert_non_null(f);
	PEM_write_X509(f, id->cert);
	fclose(f);
	snprintf(file, sizeof(file), "%s.key", name);
	f = fopen(path_of(file), "w");
	assert_non_null(f);
	fchmod(fileno(f), 0600);
	PEM_write_PrivateKey(f, id->key, NULL, NULL, 0, NULL, NULL);
	fclose(f);
}

static struct {
	struct identity	 ca, other_ca;
	struct identity	 server, client, stranger, nameless;
} ids;

static int
setup(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/trailseal-tls-XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	ids.ca = make("authority", NULL, NULL, 1);
	ids.other_ca = make("another", NULL, NULL, 2);
	ids.server = make("server", "IP:127.0.0.1", &ids.ca, 3);
	ids.client = make("client", "DNS:prometheus.example.com,IP:192.0.2.1,email:a@example.com,"
	    "URI:spiffe://example.com/prometheus", &ids.ca, 4);
	ids.stranger = make("stranger", "DNS:prometheus.example.com", &ids.other_ca, 5);
	ids.nameless = make("prometheus.example.com", NULL, &ids.ca, 6);
	save(&ids.ca, "ca");
	save(&ids.server, "server");
	return 0;
}

static int
teardown(void **state)
{
	static const char *const files[] = {
		"ca.crt", "ca.key", "server.crt", "server.key", "web.yaml",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		unlink(path_of(files[i]));
	identity_done(&ids.ca);
	identity_done(&ids.other_ca);
	identity_done(&ids.server);
	identity_done(&ids.client);
	identity_done(&ids.stranger);
	identity_done(&ids.nameless);
	return rmdir(folder);
}

/* The file with its first section, to which `more` adds options; relative paths. */
static const char *
write_config(const char *more)
{
	FILE *f = fopen(path_of("web.yaml"), "w");

	assert_non_null(f);
	fprintf(f, "tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n%s", more);
	fclose(f);
	return path_of("web.yaml");
}

/* ---- a client ---- */

struct talk {
	struct loop		*loop;
	struct bufferevent	*bev;
	const struct identity	*as;		/* or NULL */
	int			 min_version, max_version;
	const char		*ciphers;	/* of TLS 1.2, or NULL */
	struct buf		 heard;
	bool			 is_over;
	bool			 was_connected;
	int			 version;
	long			 serial;	/* of the server's certificate */
	char			 cipher[64];
};

static void
talk_on_readable(struct bufferevent *bev, void *arg)
{
	struct talk *t = arg;
	char data[65536];
	size_t n;

	while ((n = bufferevent_read(bev, data, sizeof(data))) > 0)
		buf_add(&t->heard, data, n);
}

static void
talk_on_event(struct bufferevent *bev, short what, void *arg)
{
	struct talk *t = arg;
	SSL *ssl = bufferevent_openssl_get_ssl(bev);

	if (what & BEV_EVENT_CONNECTED) {
		X509 *cert = SSL_get1_peer_certificate(ssl);

		t->was_connected = true;
		t->version = SSL_version(ssl);
		t->serial = ASN1_INTEGER_get(X509_get_serialNumber(cert));
		snprintf(t->cipher, sizeof(t->cipher), "%s",
		    SSL_CIPHER_standard_name(SSL_get_current_cipher(ssl)));
		X509_free(cert);
		return;
	}
	t->is_over = true;
	loop_stop(t->loop);
}

static SSL *
talk_ssl(const struct talk *t)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	SSL *ssl;

	SSL_CTX_set_min_proto_version(context, t->min_version);
	SSL_CTX_set_max_proto_version(context, t->max_version);
	X509_STORE_add_cert(SSL_CTX_get_cert_store(context), ids.ca.cert);
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
	if (t->as != NULL) {
		SSL_CTX_use_certificate(context, t->as->cert);
		SSL_CTX_use_PrivateKey(context, t->as->key);
	}
	if (t->ciphers != NULL)
		assert_int_equal(SSL_CTX_set_cipher_list(context, t->ciphers), 1);
	ssl = SSL_new(context);
	X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), "127.0.0.1");
	SSL_CTX_free(context);
	return ssl;
}

/* Asks for a page, and hears until the end. */
static void
talk(struct talk *t, struct server *s, const char *request)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons((uint16_t)atoi(strrchr(web_url(s->web), ':') + 1)) };

	t->loop = s->loop;
	buf_init(&t->heard, CLIENT_BYTES);
	t->bev = bufferevent_openssl_socket_new(loop_event_base(s->loop), -1, talk_ssl(t),
	    BUFFEREVENT_SSL_CONNECTING, BEV_OPT_CLOSE_ON_FREE);
	bufferevent_openssl_set_allow_dirty_shutdown(t->bev, 1);
	bufferevent_setcb(t->bev, talk_on_readable, NULL, talk_on_event, t);
	bufferevent_enable(t->bev, EV_READ | EV_WRITE);
	bufferevent_write(t->bev, request, strlen(request));
	assert_int_equal(bufferevent_socket_connect(t->bev, (struct sockaddr *)&address,
	    sizeof(address)), 0);
	while (!t->is_over)
		loop_run(t->loop);
	bufferevent_free(t->bev);
	ERR_clear_error();
}

#define HEALTHY	"GET /-/healthy HTTP/1.1\r\n" CLOSE

/* Whether the client was answered. */
static bool
is_answered(struct server *s, struct talk *t)
{
	bool good;

	talk(t, s, HEALTHY);
	good = text_has_prefix(buf_text(&t->heard), "HTTP/1.1 200 OK\r\n") &&
	    text_has_suffix(buf_text(&t->heard), "trailseal is healthy.\n");
	if (!good)
		assert_int_equal(t->heard.len, 0);
	buf_done(&t->heard);
	return good;
}

/* ---- cases ---- */

static void
test_clients(void **state)
{
	static const struct client_case {
		const char		*options;
		const struct identity	*as;
		int			 min_version, max_version;
		const char		*ciphers;
		bool			 is_refused;
		int			 version;	/* expected; 0: any */
		const char		*cipher;	/* expected, or NULL */
	} cases[] = {
		{ "", .version = TLS1_3_VERSION },
		{ "", .max_version = TLS1_2_VERSION, .version = TLS1_2_VERSION },
		{ "", .as = &ids.client, .version = TLS1_3_VERSION },	/* nobody asks for it */
		{ "", .max_version = TLS1_1_VERSION, .is_refused = true },
		{ "  min_version: TLS13\n", .version = TLS1_3_VERSION },
		{ "  min_version: TLS13\n", .max_version = TLS1_2_VERSION, .is_refused = true },
		{ "  max_version: TLS12\n", .version = TLS1_2_VERSION },
		{ "  max_version: TLS12\n", .min_version = TLS1_3_VERSION, .is_refused = true },
		{ "  cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384]\n",
		    .max_version = TLS1_2_VERSION, .cipher = "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384" },
		{ "  cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384]\n",
		    .max_version = TLS1_2_VERSION, .ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256",
		    .is_refused = true },
		{ "  curve_preferences: [CurveP384]\n", .version = TLS1_3_VERSION },
#define VERIFIED "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.crt\n"
		{ VERIFIED, .as = &ids.client },
		{ VERIFIED, .as = &ids.client, .max_version = TLS1_2_VERSION },
		{ VERIFIED, .as = &ids.nameless },
		{ VERIFIED, .is_refused = true },
		{ VERIFIED, .max_version = TLS1_2_VERSION, .is_refused = true },
		{ VERIFIED, .as = &ids.stranger, .is_refused = true },
		{ VERIFIED "  client_allowed_sans: [other.example.com, prometheus.example.com]\n",
		    .as = &ids.client },
		{ VERIFIED "  client_allowed_sans: [192.0.2.1]\n", .as = &ids.client },
		{ VERIFIED "  client_allowed_sans: [a@example.com]\n", .as = &ids.client },
		{ VERIFIED "  client_allowed_sans: [\"spiffe://example.com/prometheus\"]\n",
		    .as = &ids.client },
		{ VERIFIED "  client_allowed_sans: [other.example.com]\n", .as = &ids.client,
		    .is_refused = true },
		{ VERIFIED "  client_allowed_sans: [\"spiffe://example.com/prom\"]\n", .as = &ids.client,
		    .is_refused = true },
		{ VERIFIED "  client_allowed_sans: [prometheus.example.com]\n", .as = &ids.nameless,
		    .is_refused = true },	/* a common name is no alternative name */
		{ VERIFIED "  client_allowed_sans: [prometheus.example.com]\n", .as = &ids.stranger,
		    .is_refused = true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct client_case *c = &cases[i];
		struct talk t = { .as = c->as, .min_version = c->min_version,
			.max_version = c->max_version, .ciphers = c->ciphers };
		struct server s;

		server_init(&s, write_config(c->options), NULL);
		assert_true(text_has_prefix(web_url(s.web), "https://127.0.0.1:"));
		if (is_answered(&s, &t) == c->is_refused)
			fail_msg("case %zu: %s", i, c->options);
		if (c->version != 0)
			assert_int_equal(t.version, c->version);
		if (c->cipher != NULL)
			assert_string_equal(t.cipher, c->cipher);
		expect_connections(&s, 0);
		server_done(&s);
	}
}

/* A page of many records arrives whole. */
static void
test_large_page(void **state)
{
	struct talk t = { .loop = NULL };
	struct server s;
	char id[16];

	(void)state;
	server_init(&s, write_config(""), NULL);
	for (int i = 0; i < 20000; i++) {
		snprintf(id, sizeof(id), "%012d", i);
		world_add_account(s.parts.fixture.world, id, "an account with a name of some length");
	}
	talk(&t, &s, "GET /metrics HTTP/1.1\r\n" CLOSE);
	assert_true(t.heard.len > 1000000);
	assert_non_null(strstr(buf_text(&t.heard), "\ntrailseal_coverage_last_success"));
	assert_int_equal(t.heard.len, (size_t)(strstr(t.heard.data, "\r\n\r\n") + 4 - t.heard.data) +
	    (size_t)atoi(strstr(t.heard.data, "Content-Length: ") + 16));
	buf_done(&t.heard);
	server_done(&s);
}

/* Whoever speaks no TLS is not answered, and who begins a handshake must end it in time. */
static void
test_no_handshake(void **state)
{
	struct web_limits limits;
	struct server s;
	struct client c;

	(void)state;
	web_limits_init(&limits);
	limits.request_ms = 200;
	server_init(&s, write_config(""), &limits);
	client_open(&c, s.loop, web_url(s.web));
	client_say(&c, HEALTHY);
	assert_null(strstr(client_hear(&c, NULL), "HTTP"));
	client_close(&c);
	client_open(&c, s.loop, web_url(s.web));
	client_say(&c, "\x16\x03\x01\x02");
	client_hear(&c, NULL);
	client_close(&c);
	expect_connections(&s, 0);
	server_done(&s);
}

/* A new certificate is shown from then on; half of one changes nothing. */
static void
test_renewal(void **state)
{
	struct identity renewed = make("server", "IP:127.0.0.1", &ids.ca, 7);
	struct identity server = { ids.server.key, renewed.cert };	/* they do not belong together */
	struct talk t = { .loop = NULL };
	struct web_counters counters;
	struct server s;

	(void)state;
	server_init(&s, write_config(""), NULL);
	assert_true(is_answered(&s, &t));
	assert_int_equal(t.serial, 3);
	save(&server, "server");
	settle(&s, 1100);
	t = (struct talk){ .loop = NULL };
	assert_true(is_answered(&s, &t));
	assert_int_equal(t.serial, 3);
	web_get_counters(s.web, &counters);
	assert_false(counters.is_config_good);
	save(&renewed, "server");
	settle(&s, 1100);
	t = (struct talk){ .loop = NULL };
	assert_true(is_answered(&s, &t));
	assert_int_equal(t.serial, 7);
	web_get_counters(s.web, &counters);
	assert_true(counters.is_config_good);
	server_done(&s);
	save(&ids.server, "server");
	identity_done(&renewed);
}

static void
test_bad_files(void **state)
{
	static const struct bad_case {
		const char	*options, *error;
	} cases[] = {
		{ "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: none.crt\n",
		    "none.crt: " },
		{ "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: server.key\n",
		    "server.key: " },
		{ "  cipher_suites: [TLS_NONE]\n", "cipher_suites: OpenSSL has no 'TLS_NONE'" },
		{ "  cipher_suite: []\n", "web.yaml:4:3: tls_server_config: unknown key" },
	};
	struct web_settings settings = { .listen = "127.0.0.1:0" };
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		settings.config_file = write_config(cases[i].options);
		assert_int_equal(web_check(&settings, &err), -1);
		assert_int_equal(err.kind, ERR_CONFIG);
		if (strstr(err.text, cases[i].error) == NULL)
			fail_msg("%s", err.text);
	}
	settings.config_file = write_config("");
	assert_int_equal(web_check(&settings, &err), 0);
	chmod(path_of("server.key"), 0644);	/* a key that everybody may read */
	assert_int_equal(web_check(&settings, &err), -1);
	assert_non_null(strstr(err.text, "server.key"));
	chmod(path_of("server.key"), 0600);
}

/* The file means the same to Prometheus's own tools. */
static void
test_promtool(void **state)
{
	char command[256];

	(void)state;
	if (system("command -v promtool >/dev/null") != 0) {
		print_message("promtool is not installed\n");
		skip();
	}
	snprintf(command, sizeof(command), "promtool check web-config %s >/dev/null", write_config(
	    "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.crt\n"
	    "  min_version: TLS12\n  max_version: TLS13\n"
	    "  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]\n"
	    "  curve_preferences: [CurveP256, X25519]\n"
	    "http_server_config: { http2: false, headers: { X-Frame-Options: deny } }\n"
	    "basic_auth_users:\n"
	    "  a: $2y$10$abcdefghijklmnopqrstuuZ4P2TqsQj0XRdFyKjsv9ZdNFq5Hf8a.\n"));
	assert_int_equal(system(command), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clients),
		cmocka_unit_test(test_large_page),
		cmocka_unit_test(test_no_handshake),
		cmocka_unit_test(test_renewal),
		cmocka_unit_test(test_bad_files),
		cmocka_unit_test(test_promtool),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
