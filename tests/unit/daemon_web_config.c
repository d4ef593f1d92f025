/* SPDX-License-Identifier: Apache-2.0 */
/* The web configuration file: what it means, what is refused and where, and what the manual says. */
#include "daemon/web_config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "config/sample.h"

#define TEXT_BYTES	(1024 * 1024)
#define HASH "$2y$10$abcdefghijklmnopqrstuuZ4P2TqsQj0XRdFyKjsv9ZdNFq5Hf8a."

/* Loads a text as a file; its errors, without the path in front of each. The caller frees them. */
static char *
load(const char *text, struct web_config **ret)
{
	struct config_errors errors = { .file = NULL };
	char path[] = "/tmp/trailseal-web-XXXXXX", *line;
	struct buf all, shown;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	*ret = NULL;
	buf_init(&all, TEXT_BYTES);
	buf_init(&shown, TEXT_BYTES);
	if (web_config_load(path, ret, &errors) < 0)
		config_errors_write(&errors, &all);
	unlink(path);
	for (line = all.len > 0 ? strtok(all.data, "\n") : NULL; line != NULL; line = strtok(NULL, "\n")) {
		assert_memory_equal(line, path, strlen(path));
		buf_addf(&shown, "%s\n", line + strlen(path) + 1);
	}
	config_errors_done(&errors);
	buf_done(&all);
	return buf_steal(&shown);
}

static void
test_defaults(void **state)
{
	static const char *const texts[] = { "", "{}\n", "# nothing\n", "http_server_config: {}\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct web_config *c;
		char *errors = load(texts[i], &c);

		assert_string_equal(errors, "");
		assert_null(c->tls);
		assert_null(c->rate_limit);
		assert_int_equal(c->user_count, 0);
		assert_string_equal(c->headers.content_type, "nosniff");
		assert_null(c->headers.hsts);
		web_config_free(c);
		free(errors);
	}
}

static void
test_values(void **state)
{
	static const char text[] =
	    "tls_server_config:\n"
	    "  cert_file: server.crt\n"
	    "  key_file: /etc/keys/server.key\n"
	    "  client_auth_type: RequireAndVerifyClientCert\n"
	    "  client_ca_file: ca.crt\n"
	    "  client_allowed_sans: [prometheus.example.com, 192.0.2.1]\n"
	    "  min_version: TLS13\n"
	    "  max_version: TLS13\n"
	    "  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]\n"
	    "  curve_preferences: [X25519, CurveP256]\n"
	    "  prefer_server_cipher_suites: false\n"
	    "http_server_config:\n"
	    "  http2: false\n"
	    "  headers:\n"
	    "    X-XSS-Protection: \"0\"\n"
	    "basic_auth_users:\n"
	    "  prometheus: " HASH "\n"
	    "  \"o'neil\": \"" HASH "\"\n"
	    "rate_limit: { interval: 100ms, burst: 20 }\n";
	struct web_config *c;
	char *errors = load(text, &c);

	(void)state;
	assert_string_equal(errors, "");
	assert_string_equal(c->tls->cert_file, "/tmp/server.crt");
	assert_string_equal(c->tls->key_file, "/etc/keys/server.key");
	assert_int_equal(c->tls->client_auth, WEB_CLIENT_VERIFIED_CERT);
	assert_int_equal(c->tls->client_san_count, 2);
	assert_string_equal(c->tls->client_sans[1], "192.0.2.1");
	assert_int_equal(c->tls->min_version, WEB_TLS_1_3);
	assert_int_equal(c->tls->cipher_suite_count, 1);
	assert_string_equal(web_curve_group(c->tls->curves[1]), "P-256");
	assert_false(c->tls->prefers_own_ciphers);
	assert_string_equal(c->headers.xss, "0");
	assert_int_equal(c->user_count, 2);
	assert_string_equal(c->users[0].name, "prometheus");
	assert_string_equal(c->users[1].name, "o'neil");
	assert_string_equal(c->users[1].text, HASH);
	assert_int_equal(c->rate_limit->interval_ms, 100);
	assert_int_equal(c->rate_limit->burst, 20);
	web_config_free(c);
	free(errors);
}

#define CURVES	"one of CurveP256, CurveP384, CurveP521, X25519"
#define BCRYPT	"a bcrypt hash of cost 4 to 14, as 'htpasswd -nBC 10 NAME' prints it"

static void
test_refusals(void **state)
{
	static const struct refusal_case {
		const char	*text, *errors;
	} cases[] = {
		{ "tls_config: {}\n", "1:1: unknown key 'tls_config'\n" },
		{ "tls_server_config:\n  cert_fil: a\n  key_file: b\n",
		    "2:3: tls_server_config: unknown key 'cert_fil', did you mean 'cert_file'?\n"
		    "2:3: tls_server_config: 'cert_file' and 'key_file' are both needed\n" },
		{ "tls_server_config: { cert_file: a, key_file: b, client_auth_type: RequestClientCert }\n",
		    "1:67: tls_server_config.client_auth_type: expected one of NoClientCert, "
		    "RequireAndVerifyClientCert\n" },
		{ "tls_server_config:\n  cert_file: a\n  key_file: b\n"
		    "  client_auth_type: RequireAndVerifyClientCert\n",
		    "4:21: tls_server_config.client_auth_type: needs 'client_ca_file'\n" },
		{ "tls_server_config:\n  cert_file: a\n  key_file: b\n  client_ca_file: c\n",
		    "4:19: tls_server_config.client_ca_file: has no effect without "
		    "'client_auth_type: RequireAndVerifyClientCert'\n" },
		{ "tls_server_config:\n  cert_file: a\n  key_file: b\n  min_version: TLS13\n"
		    "  max_version: TLS12\n",
		    "5:16: tls_server_config.max_version: older than 'min_version'\n" },
		{ "tls_server_config:\n  cert_file: a\n  key_file: b\n  min_version: TLS10\n",
		    "4:16: tls_server_config.min_version: expected one of TLS12, TLS13; "
		    "did you mean 'TLS12'?\n" },
		{ "tls_server_config:\n  cert_file: a\n  key_file: b\n  curve_preferences: [P256]\n",
		    "4:23: tls_server_config.curve_preferences[0]: expected " CURVES "\n" },
		{ "http_server_config:\n  http2: true\n",
		    "2:10: http_server_config.http2: HTTP/2 is not spoken here\n" },
		{ "basic_auth_users: [a]\n", "1:19: basic_auth_users: expected a section of names; with "
		    "each stands " BCRYPT ", not a list\n" },
		{ "basic_auth_users:\n  a: plain\n", "2:6: basic_auth_users.a: expected " BCRYPT "\n" },
		{ "basic_auth_users:\n  a: { b: c }\n",
		    "2:6: basic_auth_users.a: expected " BCRYPT ", not a section\n" },
		{ "basic_auth_users:\n  a:b: \"" HASH "\"\n",
		    "2:8: basic_auth_users.a:b: a name with ':' can never be sent\n" },
		{ "basic_auth_users:\n  a: \"" HASH "\"\n  a: \"" HASH "\"\n",
		    "3:3: basic_auth_users.a: given twice, first on line 2\n" },
		{ "rate_limit: { burst: 0 }\n",
		    "1:22: rate_limit.burst: expected a whole number from 1 to 1000000\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct web_config *c;
		char *errors = load(cases[i].text, &c);

		if (strcmp(errors, cases[i].errors) != 0)
			fail_msg("%s%s", cases[i].text, errors);
		assert_null(c);
		assert_null(strstr(errors, "plain"));	/* values are never shown */
		free(errors);
	}
}

static void
test_no_file(void **state)
{
	struct config_errors errors = { .file = NULL };
	struct web_config *c = NULL;
	struct buf text;

	(void)state;
	buf_init(&text, TEXT_BYTES);
	assert_int_equal(web_config_load("/nonexistent/web.yaml", &c, &errors), -1);
	config_errors_write(&errors, &text);
	assert_string_equal(buf_text(&text), "/nonexistent/web.yaml: No such file or directory\n");
	buf_done(&text);
	config_errors_done(&errors);
}

static void
test_hashes(void **state)
{
	static const struct hash_case {
		const char	*text;
		bool		 is_bcrypt;
	} cases[] = {
		{ HASH, true },
		{ "$2b$04$abcdefghijklmnopqrstuuZ4P2TqsQj0XRdFyKjsv9ZdNFq5Hf8a.", true },
		{ "$2a$14$abcdefghijklmnopqrstuuZ4P2TqsQj0XRdFyKjsv9ZdNFq5Hf8a.", true },
		{ "$2x$10$abcdefghijklmnopqrstuuZ4P2TqsQj0XRdFyKjsv9ZdNFq5Hf8a.", false },
		{ "$2y$03$abcdefghijklmnopqrstuuZ4P2TqsQj0XRdFyKjsv9ZdNFq5Hf8a.", false },
		{ "$2y$15$abcdefghijklmnopqrstuuZ4P2TqsQj0XRdFyKjsv9ZdNFq5Hf8a.", false },
		{ "$2y$1x$abcdefghijklmnopqrstuuZ4P2TqsQj0XRdFyKjsv9ZdNFq5Hf8a.", false },
		{ "$2y$10$abcdefghijklmnopqrstuuZ4P2TqsQj0XRdFyKjsv9ZdNFq5Hf8a", false },
		{ "$2y$10$abcdefghijklmnopqrstuuZ4P2TqsQj0XRdFyKjsv9ZdNFq5Hf8a..", false },
		{ "$2y$10$abcdefghijklmnopqrstuuZ4P2TqsQj0XRdFyKjsv9ZdNFq5Hf8a$", false },
		{ "$6$salt$hash", false },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (web_hash_is_bcrypt(cases[i].text) != cases[i].is_bcrypt)
			fail_msg("%s", cases[i].text);
}

static void
read_manual(struct buf *out)
{
	const char *top = getenv("top_srcdir");
	char path[4096], chunk[4096];
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "%s/man/trailseal-web.yaml.5", top ? top : ".");
	f = fopen(path, "r");
	assert_non_null(f);
	buf_init(out, TEXT_BYTES);
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		buf_add(out, chunk, n);
	fclose(f);
}

/* The list in the manual is made from the rows; what should stand there is left beside the test. */
static void
test_manual_is_made_from_rows(void **state)
{
	static const char begin[] = ".\\\" The list is made from the rows.\n";
	static const char end[] = ".\\\" End of the list.\n";
	const char *top = getenv("top_builddir"), *first, *rest;
	char path[4096];
	struct buf is, should;

	(void)state;
	read_manual(&is);
	first = strstr(buf_text(&is), begin);
	rest = strstr(buf_text(&is), end);
	assert_true(first != NULL && rest != NULL);
	buf_init(&should, TEXT_BYTES);
	buf_add(&should, is.data, (size_t)(first - is.data) + strlen(begin));
	config_add_manual(&should, web_config_rows);
	buf_adds(&should, rest);
	if (strcmp(buf_text(&is), buf_text(&should)) != 0) {
		FILE *f;

		snprintf(path, sizeof(path), "%s/tests/unit/trailseal-web.yaml.5.new", top ? top : ".");
		f = fopen(path, "w");
		assert_non_null(f);
		fputs(buf_text(&should), f);
		fclose(f);
		fail_msg("the manual is not what the rows say; copy %s over it", path);
	}
	buf_done(&is);
	buf_done(&should);
}

/* The example in the manual is one. */
static void
test_manual_example_loads(void **state)
{
	static const char begin[] = "\n.Bd -literal -compact\n";
	struct web_config *c;
	char *example, *end, *errors;
	struct buf manual;

	(void)state;
	read_manual(&manual);
	example = strstr(manual.data, begin);
	assert_non_null(example);
	example += strlen(begin);
	end = strstr(example, ".Ed\n");
	assert_non_null(end);
	*end = '\0';
	errors = load(example, &c);
	assert_string_equal(errors, "");
	assert_non_null(c->tls);
	assert_int_equal(c->user_count, 1);
	web_config_free(c);
	free(errors);
	buf_done(&manual);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_no_file),
		cmocka_unit_test(test_hashes),
		cmocka_unit_test(test_manual_is_made_from_rows),
		cmocka_unit_test(test_manual_example_loads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
