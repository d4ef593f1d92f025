/* SPDX-License-Identifier: Apache-2.0 */
/* TLS of the HTTP pages; see web_tls.h. */
#include "daemon/web_tls.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/secret.h"

#define TLS_LIST_BYTES	8192	/* of names of suites or curves */

/* Lives as long as the context: connections may outlast the configuration that they began with. */
struct web_sans {
	size_t	 count;
	char	*name[];	/* ours */
};

struct web_tls {
	SSL_CTX	*context;
};

static int	tls_sans_slot = -1;	/* of a context's extra data */

static int
tls_fail(struct err *err, const char *what)
{
	unsigned long code = ERR_peek_last_error();
	const char *reason = code != 0 ? ERR_reason_error_string(code) : NULL;

	ERR_clear_error();
	return err_set(err, ERR_CONFIG, "%s: %s", what, reason ? reason : "refused by OpenSSL");
}

/* ---- names of clients ---- */

static void
tls_free_sans(void *parent, void *sans_arg, CRYPTO_EX_DATA *data, int slot, long number, void *arg)
{
	struct web_sans *sans = sans_arg;

	(void)parent;
	(void)data;
	(void)slot;
	(void)number;
	(void)arg;
	for (size_t i = 0; sans != NULL && i < sans->count; i++)
		free(sans->name[i]);
	free(sans);
}

static void
tls_keep_sans(SSL_CTX *context, const struct web_tls_settings *s)
{
	struct web_sans *sans;

	if (tls_sans_slot < 0)
		tls_sans_slot = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, tls_free_sans);
	sans = mem_alloc(1, sizeof(*sans) + s->client_san_count * sizeof(sans->name[0]));
	sans->count = s->client_san_count;
	for (size_t i = 0; i < sans->count; i++)
		sans->name[i] = mem_strdup(s->client_sans[i]);
	SSL_CTX_set_ex_data(context, tls_sans_slot, sans);
}

static bool
tls_has_uri(X509 *cert, const char *uri)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
	bool found = false;

	for (int i = 0; names != NULL && i < sk_GENERAL_NAME_num(names) && !found; i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
		const ASN1_IA5STRING *text = name->d.uniformResourceIdentifier;

		found = name->type == GEN_URI && (size_t)ASN1_STRING_length(text) == strlen(uri) &&
		    memcmp(ASN1_STRING_get0_data(text), uri, strlen(uri)) == 0;
	}
	GENERAL_NAMES_free(names);
	return found;
}

static bool
tls_has_name(X509 *cert, const char *name)
{
	return X509_check_host(cert, name, 0, X509_CHECK_FLAG_NO_WILDCARDS |
	    X509_CHECK_FLAG_NEVER_CHECK_SUBJECT, NULL) == 1 ||
	    X509_check_ip_asc(cert, name, 0) == 1 ||
	    X509_check_email(cert, name, 0, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT) == 1 ||
	    tls_has_uri(cert, name);
}

/* OpenSSL has judged the chain; of the client's own certificate we judge the names. */
static int
tls_verify_client(int is_good, X509_STORE_CTX *store)
{
	const SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
	const struct web_sans *sans = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), tls_sans_slot);

	if (!is_good || X509_STORE_CTX_get_error_depth(store) > 0 || sans->count == 0)
		return is_good;
	for (size_t i = 0; i < sans->count; i++)
		if (tls_has_name(X509_STORE_CTX_get_current_cert(store), sans->name[i]))
			return 1;
	X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION);
	return 0;
}

/* ---- the context ---- */

static int
tls_set_clients(SSL_CTX *context, const struct web_tls_settings *s, struct err *err)
{
	if (s->client_auth != WEB_CLIENT_VERIFIED_CERT)
		return 0;
	if (SSL_CTX_load_verify_locations(context, s->client_ca_file, NULL) != 1)
		return tls_fail(err, s->client_ca_file);
	SSL_CTX_set_client_CA_list(context, SSL_load_client_CA_file(s->client_ca_file));
	tls_keep_sans(context, s);
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
	    tls_verify_client);
	return 0;
}

/* The key is read as every secret is: refused when others may read it, and wiped. */
static int
tls_set_key(SSL_CTX *context, const char *path, struct err *err)
{
	struct secret text = { NULL, 0 };
	EVP_PKEY *key;
	BIO *bio;
	int status;

	if (secret_read(&text, path, err) < 0)
		return -1;
	bio = BIO_new_mem_buf(secret_text(&text), (int)text.len);
	key = PEM_read_bio_PrivateKey(bio, NULL, NULL, (void *)"");
	BIO_free(bio);
	secret_wipe(&text);
	status = key != NULL ? SSL_CTX_use_PrivateKey(context, key) : 0;
	EVP_PKEY_free(key);
	return status == 1 ? 0 : tls_fail(err, path);
}

static int
tls_set_certificate(SSL_CTX *context, const struct web_tls_settings *s, struct err *err)
{
	if (SSL_CTX_use_certificate_chain_file(context, s->cert_file) != 1)
		return tls_fail(err, s->cert_file);
	return tls_set_key(context, s->key_file, err);
}

static int
tls_set_versions(SSL_CTX *context, const struct web_tls_settings *s, struct err *err)
{
	static const int versions[] = {
		[WEB_TLS_1_2] = TLS1_2_VERSION, [WEB_TLS_1_3] = TLS1_3_VERSION,
	};

	if (SSL_CTX_set_min_proto_version(context, versions[s->min_version]) != 1 ||
	    SSL_CTX_set_max_proto_version(context, versions[s->max_version]) != 1)
		return tls_fail(err, "min_version, max_version");
	return 0;
}

/* OpenSSL's name for a suite by IANA's, or NULL. */
static const char *
tls_find_suite(const SSL_CTX *context, const char *name)
{
	const STACK_OF(SSL_CIPHER) *all = SSL_CTX_get_ciphers(context);

	for (int i = 0; i < sk_SSL_CIPHER_num(all); i++) {
		const SSL_CIPHER *cipher = sk_SSL_CIPHER_value(all, i);
		const char *standard = SSL_CIPHER_standard_name(cipher);

		if (standard != NULL && strcmp(standard, name) == 0)
			return SSL_CIPHER_get_name(cipher);
	}
	return NULL;
}

static int
tls_set_suites(SSL_CTX *context, const struct web_tls_settings *s, struct err *err)
{
	struct buf list;
	int status = 0;

	buf_init(&list, TLS_LIST_BYTES);
	for (size_t i = 0; status == 0 && i < s->cipher_suite_count; i++) {
		const char *name = tls_find_suite(context, s->cipher_suites[i]);

		if (name == NULL)
			status = err_set(err, ERR_CONFIG, "cipher_suites: OpenSSL has no '%s'",
			    s->cipher_suites[i]);
		else
			buf_addf(&list, "%s%s", list.len > 0 ? ":" : "", name);
	}
	if (status == 0 && list.len > 0 && SSL_CTX_set_cipher_list(context, buf_text(&list)) != 1)
		status = tls_fail(err, "cipher_suites");
	buf_done(&list);
	return status;
}

static int
tls_set_curves(SSL_CTX *context, const struct web_tls_settings *s, struct err *err)
{
	struct buf list;
	int status = 0;

	buf_init(&list, TLS_LIST_BYTES);
	for (size_t i = 0; i < s->curve_count; i++)
		buf_addf(&list, "%s%s", i > 0 ? ":" : "", web_curve_group(s->curves[i]));
	if (list.len > 0 && SSL_CTX_set1_groups_list(context, buf_text(&list)) != 1)
		status = tls_fail(err, "curve_preferences");
	buf_done(&list);
	return status;
}

struct web_tls *
web_tls_new(const struct web_tls_settings *s, struct err *err)
{
	struct web_tls *tls = mem_alloc(1, sizeof(*tls));
	SSL_CTX *context = tls->context = SSL_CTX_new(TLS_server_method());

	assert(context != NULL);
	SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
	if (s->prefers_own_ciphers)
		SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE);
	SSL_CTX_set_session_id_context(context, (const unsigned char *)"trailseal", 9);
	if (tls_set_versions(context, s, err) < 0 || tls_set_suites(context, s, err) < 0 ||
	    tls_set_curves(context, s, err) < 0 || tls_set_certificate(context, s, err) < 0 ||
	    tls_set_clients(context, s, err) < 0) {
		web_tls_free(tls);
		return NULL;
	}
	return tls;
}

void
web_tls_free(struct web_tls *tls)
{
	if (tls == NULL)
		return;
	SSL_CTX_free(tls->context);
	free(tls);
}

/* ---- connections ---- */

struct bufferevent *
web_tls_accept(struct web_tls *tls, struct event_base *base, int fd)
{
	SSL *ssl = SSL_new(tls->context);
	struct bufferevent *bev;

	assert(ssl != NULL);
	bev = bufferevent_openssl_socket_new(base, fd, ssl, BUFFEREVENT_SSL_ACCEPTING,
	    BEV_OPT_CLOSE_ON_FREE);
	assert(bev != NULL);
	bufferevent_openssl_set_allow_dirty_shutdown(bev, 1);
	return bev;
}

void
web_tls_end(struct bufferevent *bev)
{
	SSL *ssl = bufferevent_openssl_get_ssl(bev);

	if (SSL_is_init_finished(ssl))
		SSL_shutdown(ssl);
	ERR_clear_error();
}
