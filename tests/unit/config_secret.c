/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets: as they stand and in files, where the files are looked for, and what is refused. */
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

#include "config/config.h"

struct hook {
	const struct config_secret	*id;
	const struct config_secret	*url;
	const struct config_secret	*key;
};

static bool
is_key(const char *text)
{
	return strncmp(text, "begin\n", 6) == 0;
}

static const struct config_form form_key = { "a key", "begin\nend", is_key };

static const struct config_option rows[] = {
	{ "id", CONFIG_SECRET, offsetof(struct hook, id), .form = &config_form_external_id },
	{ "url", CONFIG_SECRET, offsetof(struct hook, url), .help = "Where to." },
	{ "key", CONFIG_SECRET, offsetof(struct hook, key), .form = &form_key },
	{ .name = NULL },
};

/* A folder with conf/ and creds/, gone after each test. */
static char top[64];

static int
run(const char *command)
{
	char line[256];

	snprintf(line, sizeof(line), "cd %s && %s", top, command);
	return system(line);
}

static void
write_file(const char *name, const char *text, mode_t mode)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", top, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	assert_int_equal(chmod(path, mode), 0);
}

static int
set_up(void **state)
{
	(void)state;
	strcpy(top, "/tmp/config_secret.XXXXXX");
	unsetenv("CREDENTIALS_DIRECTORY");
	return mkdtemp(top) == NULL ? -1 : run("mkdir conf creds");
}

static int
tear_down(void **state)
{
	(void)state;
	unsetenv("CREDENTIALS_DIRECTORY");
	return run("rm -r conf creds") | rmdir(top);
}

/* Loads a text as conf/f; the errors must be `expect`, with %s for the folder. */
static struct config *
load(const char *text, const char *expect, struct hook **ret_hook)
{
	struct config_errors errors = { .file = NULL };
	struct buf path, got, wanted;
	struct config *c;

	buf_init(&path, 256);
	buf_init(&got, 4096);
	buf_init(&wanted, 4096);
	buf_addf(&path, "%s/conf/f", top);
	c = config_open_text(buf_text(&path), text, strlen(text), &errors);
	*ret_hook = config_bind(c, rows, sizeof(**ret_hook));
	assert_int_equal(config_close(c), expect[0] != '\0' ? -1 : 0);
	config_errors_write(&errors, &got);
	for (const char *p = expect; *p != '\0'; p++)
		if (*p == '%')
			buf_adds(&wanted, top);
		else
			buf_addc(&wanted, *p);
	assert_string_equal(buf_text(&got), buf_text(&wanted));
	config_errors_done(&errors);
	buf_done(&wanted);
	buf_done(&got);
	buf_done(&path);
	return c;
}

static void
expect_refused(const char *text, const char *expect)
{
	struct hook *h;

	config_free(load(text, expect, &h));
}

static void
expect_secret(const char *text, const char *secret)
{
	struct hook *h;
	struct config *c = load(text, "", &h);

	assert_non_null(h->url);
	assert_string_equal(secret_text(&h->url->secret), secret);
	config_free(c);
}

static void
test_inline(void **state)
{
	(void)state;
	expect_secret("url: https://example.com/?a=b#c\n", "https://example.com/?a=b#c");
	expect_secret("id: abc\nurl: x\n", "x");
}

static void
test_files(void **state)
{
	char creds[128];

	(void)state;
	write_file("conf/url", "beside \n", 0640);
	write_file("creds/url", "credential\n", 0400);
	expect_secret("url_file: url\n", "beside");
	snprintf(creds, sizeof(creds), "url_file: %s/creds/url\n", top);
	expect_secret(creds, "credential");
	snprintf(creds, sizeof(creds), "%s/creds", top);
	setenv("CREDENTIALS_DIRECTORY", creds, 1);
	expect_secret("url_file: url\n", "credential");
	write_file("conf/other", "other", 0600);
	expect_secret("url_file: other\n", "other");
}

/* Where the form's example has lines, and nowhere else. */
static void
test_lines(void **state)
{
	struct config *c;
	struct hook *h;

	(void)state;
	write_file("conf/key", "begin\r\nab\n", 0600);
	write_file("conf/good", "begin\nab\nend\n", 0600);
	c = load("key_file: good\n", "", &h);
	assert_string_equal(secret_text(&h->key->secret), "begin\nab\nend");
	config_free(c);
	c = load("key: \"begin\\nab\"\n", "", &h);
	assert_string_equal(secret_text(&h->key->secret), "begin\nab");
	config_free(c);
	expect_refused("key_file: key\n", "%/conf/f:1:11: key_file: %/conf/key: expected a key\n");
	expect_refused("key: \"begin\\n\\t\"\n", "%/conf/f:1:6: key: expected a key\n");
	expect_refused("url_file: good\n",
	    "%/conf/f:1:11: url_file: %/conf/good: expected text of one line\n");
}

static void
test_empty_is_absent(void **state)
{
	struct hook *h;
	struct config *c = load("id: ''\nid_file: ''\nurl_file: \"\"\nurl: x\n", "", &h);

	(void)state;
	assert_null(h->id);
	assert_string_equal(secret_text(&h->url->secret), "x");
	config_free(c);
}

static void
test_refusals(void **state)
{
	(void)state;
	write_file("conf/open", "secret", 0644);
	write_file("conf/empty", "\n", 0600);
	write_file("conf/lines", "a\nb\n", 0600);
	write_file("conf/form", "not an id", 0600);
	expect_refused("url_file: open\n", "%/conf/f:1:11: url_file: %/conf/open: a secret that "
	    "everybody may read (mode 644); chmod o-rwx it\n");
	expect_refused("url_file: none\n",
	    "%/conf/f:1:11: url_file: %/conf/none: No such file or directory\n");
	expect_refused("url_file: .\n", "%/conf/f:1:11: url_file: %/conf/.: not a regular file\n");
	expect_refused("url_file: empty\n", "%/conf/f:1:11: url_file: %/conf/empty: empty\n");
	expect_refused("url_file: lines\n",
	    "%/conf/f:1:11: url_file: %/conf/lines: expected text of one line\n");
	expect_refused("id_file: form\n", "%/conf/f:1:10: id_file: %/conf/form: expected an external "
	    "id (2 to 1224 letters, digits and _+=,.@:/-)\n");
	expect_refused("id: not an id\n", "%/conf/f:1:5: id: expected an external id (2 to 1224 "
	    "letters, digits and _+=,.@:/-)\n");
	expect_refused("url: [hunter2]\n", "%/conf/f:1:6: url: expected text of one line, not a list\n");
	expect_refused("url_file:\n",
	    "%/conf/f:1:10: url_file: expected the path of a file, not nothing\n");
	expect_refused("url: a\nurl_file: open\n",
	    "%/conf/f:2:1: url_file: 'url' and 'url_file' exclude each other\n");
	expect_refused("url_file: lines\nurl: a\nurl_fil: b\n",
	    "%/conf/f:1:11: url_file: %/conf/lines: expected text of one line\n"
	    "%/conf/f:3:1: unknown key 'url_fil', did you mean 'url_file'?\n");
}

/* A file is read anew at each use, by the same rules. */
static void
test_read_again(void **state)
{
	struct secret secret = { NULL, 0 };
	struct config *c;
	struct hook *h;
	struct err err;

	(void)state;
	write_file("conf/id", "first", 0600);
	c = load("id_file: id\nurl: fixed\n", "", &h);
	write_file("conf/id", "second", 0600);
	assert_int_equal(config_secret_read(h->id, &secret, &err), 0);
	assert_string_equal(secret_text(&secret), "second");
	assert_string_equal(secret_text(&h->id->secret), "first");
	write_file("conf/id", "a wrong one", 0600);
	assert_int_equal(config_secret_read(h->id, &secret, &err), -1);
	assert_int_equal(err.kind, ERR_CONFIG);
	assert_string_equal(secret_text(&secret), "second");
	write_file("conf/id", "third", 0644);
	assert_int_equal(config_secret_read(h->id, &secret, &err), -1);
	assert_int_equal(err.kind, ERR_FILE);
	assert_int_equal(config_secret_read(h->url, &secret, &err), 0);
	assert_string_equal(secret_text(&secret), "fixed");
	secret_wipe(&secret);
	config_free(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_inline, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_files, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_lines, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_empty_is_absent, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_refusals, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_read_again, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
