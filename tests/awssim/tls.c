/* SPDX-License-Identifier: Apache-2.0 */
/* TLS for the listener; see tls.h. */
#include "awssim/tls.h"

#include <assert.h>
#include <stdlib.h>

#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "base/mem.h"

struct tls {
	SSL_CTX	*good, *broken;
};

static SSL_CTX *
tls_new_context(void)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());

	assert(context != NULL);
	SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
	SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_session_id_context(context, (const unsigned char *)"awssim", 6);
	return context;
}

struct tls *
tls_new(const char *cert_file, const char *key_file, struct err *e)
{
	struct tls *tls = mem_alloc(1, sizeof(*tls));

	tls->good = tls_new_context();
	tls->broken = tls_new_context();
	if (SSL_CTX_use_certificate_chain_file(tls->good, cert_file) == 1 &&
	    SSL_CTX_use_PrivateKey_file(tls->good, key_file, SSL_FILETYPE_PEM) == 1)
		return tls;
	err_set(e, ERR_FILE, "%s, %s: %s", cert_file, key_file,
	    ERR_reason_error_string(ERR_peek_error()));
	ERR_clear_error();
	tls_free(tls);
	return NULL;
}

void
tls_free(struct tls *tls)
{
	if (tls == NULL)
		return;
	SSL_CTX_free(tls->good);
	SSL_CTX_free(tls->broken);
	free(tls);
}

struct bufferevent *
tls_accept(struct tls *tls, struct event_base *base, bool is_broken)
{
	SSL *ssl = SSL_new(is_broken ? tls->broken : tls->good);
	struct bufferevent *connection;

	assert(ssl != NULL);
	connection = bufferevent_openssl_socket_new(base, -1, ssl, BUFFEREVENT_SSL_ACCEPTING,
	    BEV_OPT_CLOSE_ON_FREE);
	assert(connection != NULL);
	bufferevent_openssl_set_allow_dirty_shutdown(connection, 1);
	return connection;
}
