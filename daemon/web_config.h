/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The web configuration file that Prometheus exporters have in common (exporter-toolkit's
 * web.yml): TLS, passwords, headers, a rate limit. See trailseal-web.yaml(5).
 */
#ifndef TRAILSEAL_DAEMON_WEB_CONFIG_H
#define TRAILSEAL_DAEMON_WEB_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"

enum web_client_auth { WEB_CLIENT_NO_CERT = 1, WEB_CLIENT_VERIFIED_CERT };
enum web_tls_version { WEB_TLS_1_2 = 1, WEB_TLS_1_3 };

/* NULL members: not given. */
struct web_tls_settings {
	const char		*cert_file;
	const char		*key_file;
	enum web_client_auth	 client_auth;
	const char		*client_ca_file;
	const char *const	*client_sans;	/* one of them must be the client's; none: any */
	size_t			 client_san_count;
	enum web_tls_version	 min_version, max_version;
	const char *const	*cipher_suites;	/* of TLS 1.2, by their IANA names; none: OpenSSL's */
	size_t			 cipher_suite_count;
	const char *const	*curves;	/* by Go's names; none: OpenSSL's */
	size_t			 curve_count;
	bool			 prefers_own_ciphers;
};

/* Header lines of every answer; NULL: ours. */
struct web_headers {
	const char	*hsts, *frame, *content_type, *xss, *policy;
};

struct web_rate_limit {
	int64_t		interval_ms;	/* of one request */
	unsigned	burst;
};

struct web_config {
	const struct web_tls_settings	*tls;	/* NULL: plain HTTP */
	bool				 http2;	/* refused when true */
	struct web_headers		 headers;
	const struct config_pair	*users;	/* name and bcrypt hash; none: nobody is asked */
	size_t				 user_count;
	const struct web_rate_limit	*rate_limit;	/* NULL: none */
	struct config			*config;	/* ours, and the memory of all this */
};

extern const struct config_option	web_config_rows[];

/* NULL: there is no file, and all is at its default. -1 with all that is wrong among the errors. */
int	web_config_load(const char *path, struct web_config **ret_config, struct config_errors *);
void	web_config_free(struct web_config *);	/* NULL is fine */

/* Curves and bcrypt hashes as they may stand in the file. */
const char	*web_curve_group(const char *curve);	/* "P-256" for "CurveP256"; NULL: unknown */
bool		 web_hash_is_bcrypt(const char *);	/* "$2y$10$...", at a bearable cost */

#endif
