/* SPDX-License-Identifier: Apache-2.0 */
/* Basic authentication: what is compared, what is remembered, and that the loop never waits. */
#include "daemon/web_auth.h"

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
#include <crypt.h>

#include "base/crypto.h"
#include "unit/web_server.h"

#define SALT	"abcdefghijklmnopqrstuu"

/* As "Authorization" has it; overwritten by the next call. */
static const char *
basic(const char *pair)
{
	static char text[2048];
	struct buf base64;

	buf_init(&base64, sizeof(text));
	crypto_add_base64(&base64, pair, strlen(pair));
	snprintf(text, sizeof(text), "Basic %s", buf_text(&base64));
	buf_done(&base64);
	return text;
}

/* A hash at this cost; overwritten by the next call of that cost. */
static const char *
bcrypt(const char *password, int cost)
{
	static char hashes[16][64];
	struct crypt_data *data = mem_alloc(1, sizeof(*data));
	char setting[64];

	snprintf(setting, sizeof(setting), "$2y$%02d$" SALT, cost);
	snprintf(hashes[cost], sizeof(hashes[cost]), "%s", crypt_rn(password, setting, data, sizeof(*data)));
	free(data);
	return hashes[cost];
}

struct asker {
	struct loop		*loop;
	struct web_auth		*auth;
	unsigned		 answers;
	bool			 is_good;
};

static void
on_judged(void *arg, bool is_good)
{
	struct asker *a = arg;

	a->answers++;
	a->is_good = is_good;
	loop_stop(a->loop);
}

static void
asker_init(struct asker *a)
{
	*a = (struct asker){ .loop = loop_new() };
	a->auth = web_auth_new(a->loop);
}

static void
asker_done(struct asker *a)
{
	web_auth_free(a->auth);
	loop_free(a->loop);
}

static enum web_auth_answer
judge(struct asker *a, const char *authorization)
{
	struct web_auth_job *job;

	return web_auth_judge(a->auth, authorization, on_judged, a, &job);
}

/* The verdict of the thread. */
static bool
compare(struct asker *a, const char *pair)
{
	unsigned before = a->answers;

	assert_int_equal(judge(a, basic(pair)), WEB_AUTH_LATER);
	assert_int_equal(a->answers, before);	/* never within the call */
	while (a->answers == before)
		loop_run(a->loop);
	return a->is_good;
}

static void
test_nobody_is_asked(void **state)
{
	struct asker a;

	(void)state;
	asker_init(&a);
	assert_int_equal(judge(&a, NULL), WEB_AUTH_GOOD);
	assert_int_equal(judge(&a, "Basic nonsense"), WEB_AUTH_GOOD);
	asker_done(&a);
}

static void
test_verdicts(void **state)
{
	struct config_pair users[] = {
		{ "prometheus", NULL }, { "other", NULL },
		{ "vector", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW" },
	};
	struct asker a;

	(void)state;
	users[0].text = bcrypt("correct:horse", 4);
	users[1].text = bcrypt("", 5);
	asker_init(&a);
	web_auth_set_users(a.auth, users, 3);
	assert_true(compare(&a, "prometheus:correct:horse"));
	assert_true(compare(&a, "other:"));
	assert_true(compare(&a, "vector:U*U"));
	assert_false(compare(&a, "vector:U*V"));
	assert_false(compare(&a, "prometheus:wrong"));
	assert_false(compare(&a, "prometheus:correct:hors"));
	assert_false(compare(&a, "Prometheus:correct:horse"));
	assert_false(compare(&a, "nobody:correct:horse"));
	assert_false(compare(&a, ":"));
	asker_done(&a);
}

/* What is no pair of name and password costs no comparison. */
static void
test_no_pair(void **state)
{
	static const char *const headers[] = {
		NULL, "", "Basic", "Basic ", "Basic !!!", "Basic YQ", "Basic YQ==", "Bearer YTpi",
		"Basic YTpiAA==", "Basic YTpi YTpi",
	};
	struct config_pair user = { "a", bcrypt("b", 4) };
	char *large = mem_alloc(4096, 1);
	struct asker a;

	(void)state;
	asker_init(&a);
	web_auth_set_users(a.auth, &user, 1);
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		if (judge(&a, headers[i]) != WEB_AUTH_BAD)
			fail_msg("%s", headers[i]);
	memset(large, 'a', 1500);
	large[1] = ':';
	assert_int_equal(judge(&a, basic(large)), WEB_AUTH_BAD);
	assert_int_equal(web_auth_comparisons(a.auth), 0);
	assert_true(compare(&a, "a:b"));
	free(large);
	asker_done(&a);
}

/* A good pair is compared once, a bad one each time; names that do not exist are, too. */
static void
test_remembered(void **state)
{
	struct config_pair user = { "a", bcrypt("b", 4) };
	struct asker a;

	(void)state;
	asker_init(&a);
	web_auth_set_users(a.auth, &user, 1);
	assert_true(compare(&a, "a:b"));
	assert_int_equal(judge(&a, basic("a:b")), WEB_AUTH_GOOD);
	assert_int_equal(web_auth_comparisons(a.auth), 1);
	assert_false(compare(&a, "a:c"));
	assert_false(compare(&a, "a:c"));
	assert_false(compare(&a, "c:b"));
	assert_false(compare(&a, "c:b"));
	assert_int_equal(web_auth_comparisons(a.auth), 5);
	user.text = bcrypt("c", 5);	/* what was good is forgotten with its hash */
	web_auth_set_users(a.auth, &user, 1);
	assert_false(compare(&a, "a:b"));
	assert_true(compare(&a, "a:c"));
	asker_done(&a);
}

/* More good pairs than are remembered: the oldest is compared once more. */
static void
test_memory_is_bounded(void **state)
{
	struct config_pair users[70];
	char names[70][8], pair[32];
	struct asker a;

	(void)state;
	asker_init(&a);
	for (int i = 0; i < 70; i++) {
		snprintf(names[i], sizeof(names[i]), "u%d", i);
		users[i] = (struct config_pair){ names[i], bcrypt("p", 4) };
	}
	web_auth_set_users(a.auth, users, 70);
	for (int i = 0; i < 70; i++) {
		snprintf(pair, sizeof(pair), "u%d:p", i);
		assert_true(compare(&a, pair));
	}
	assert_int_equal(judge(&a, basic("u69:p")), WEB_AUTH_GOOD);
	assert_true(compare(&a, "u0:p"));
	asker_done(&a);
}

static void
test_too_many_wait(void **state)
{
	struct config_pair user = { "a", bcrypt("b", 10) };
	struct web_auth_job *jobs[64];
	enum web_auth_answer answer = WEB_AUTH_LATER;
	unsigned count = 0;
	struct asker a;

	(void)state;
	asker_init(&a);
	web_auth_set_users(a.auth, &user, 1);
	while (count < 64 && answer == WEB_AUTH_LATER) {
		answer = web_auth_judge(a.auth, basic("a:c"), on_judged, &a, &jobs[count]);
		count += answer == WEB_AUTH_LATER;
	}
	assert_int_equal(answer, WEB_AUTH_BUSY);
	assert_in_range(count, 2, 32);
	for (unsigned i = 0; i < count; i++)	/* the one that the thread has among them */
		web_auth_cancel(jobs[i]);
	assert_false(compare(&a, "a:d"));
	assert_int_equal(a.answers, 1);
	assert_int_equal(web_auth_comparisons(a.auth), 2);
	asker_done(&a);
}

static void
on_turn(void *arg)
{
	++*(unsigned *)arg;
}

/* A comparison of a quarter of a second, and a loop that turns meanwhile. */
static void
test_loop_goes_on(void **state)
{
	struct config_pair user = { "a", bcrypt("b", 12) };
	struct loop_timer timer;
	unsigned turns = 0;
	struct asker a;

	(void)state;
	asker_init(&a);
	web_auth_set_users(a.auth, &user, 1);
	loop_timer_init(&timer, a.loop, on_turn, &turns);
	for (int i = 0; i < 5 && turns == 0; i++) {	/* unless the machine is very busy */
		loop_timer_set(&timer, 5);
		assert_false(compare(&a, "a:c"));
		loop_timer_stop(&timer);
	}
	assert_true(turns > 0);
	asker_done(&a);
}

/* ---- through the server ---- */

struct file {
	char	folder[64], path[96];
};

static void	file_write(struct file *, const char *fmt, ...)
		    __attribute__((format(printf, 2, 3)));

/* Another file under the same name, as editors and certificate tools write it. */
static void
file_write(struct file *f, const char *fmt, ...)
{
	char path[128];
	va_list ap;
	FILE *file;

	snprintf(path, sizeof(path), "%s.new", f->path);
	file = fopen(path, "w");
	assert_non_null(file);
	va_start(ap, fmt);
	vfprintf(file, fmt, ap);
	va_end(ap);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(rename(path, f->path), 0);
}

static void
file_init(struct file *f)
{
	strcpy(f->folder, "/tmp/trailseal-web-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	snprintf(f->path, sizeof(f->path), "%s/web.yaml", f->folder);
}

static void
file_done(struct file *f)
{
	unlink(f->path);
	rmdir(f->folder);
}

static void
expect_as(struct server *s, const char *pair, const char *path, const char *begin, const char *holds)
{
	char request[4096];

	snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\n%s%s%s" CLOSE, path,
	    pair ? "Authorization: " : "", pair ? basic(pair) : "", pair ? "\r\n" : "");
	expect(s, request, begin, holds);
}

#define GOOD	"HTTP/1.1 200 OK\r\n"
#define BAD	"HTTP/1.1 401 Unauthorized\r\n"
#define ASKS	"\r\nWWW-Authenticate: Basic realm=\"trailseal\", charset=\"UTF-8\"\r\n"

static void
test_server(void **state)
{
	struct server s;
	struct file f;

	(void)state;
	file_init(&f);
	file_write(&f, "basic_auth_users: { prometheus: \"%s\" }\n", bcrypt("secret", 4));
	server_init(&s, f.path, NULL);
	expect_as(&s, NULL, "/metrics", BAD, ASKS);
	expect_as(&s, NULL, "/nowhere", BAD, "\r\n\r\n401 Unauthorized\n");
	expect_as(&s, NULL, "/-/healthy", BAD, ASKS);
	expect_as(&s, "prometheus:wrong", "/metrics", BAD, ASKS);
	expect_as(&s, "nobody:secret", "/metrics", BAD, ASKS);
	expect_as(&s, "prometheus:secret", "/metrics", GOOD, "\ntrailseal_web_config_last_reload_"
	    "successful 1\n");
	expect_as(&s, "prometheus:secret", "/nowhere", "HTTP/1.1 404 ", "");
	server_done(&s);
	file_done(&f);
}

/* A client that goes away while its password is compared leaves nothing behind. */
static void
test_client_goes_away(void **state)
{
	char request[512];
	struct server s;
	struct client c;
	struct file f;

	(void)state;
	file_init(&f);
	file_write(&f, "basic_auth_users: { a: \"%s\" }\n", bcrypt("b", 12));
	server_init(&s, f.path, NULL);
	for (int i = 0; i < 3; i++) {
		struct linger reset = { .l_onoff = 1 };

		client_open(&c, s.loop, web_url(s.web));
		snprintf(request, sizeof(request), "GET / HTTP/1.1\r\n" HOST "Authorization: %s\r\n\r\n",
		    basic("a:c"));
		client_say(&c, request);
		settle(&s, 20);
		setsockopt(c.fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
		client_close(&c);
	}
	expect_connections(&s, 0);
	expect_as(&s, "a:b", "/-/healthy", GOOD, "");
	server_done(&s);
	file_done(&f);
}

static bool
server_config_is_good(const struct server *s)
{
	struct web_counters counters;

	web_get_counters(s->web, &counters);
	return counters.is_config_good;
}

/* The file is read anew when it changes; a bad one changes nothing but the metric. */
static void
test_file_changes(void **state)
{
	struct server s;
	struct file f;

	(void)state;
	file_init(&f);
	file_write(&f, "{}\n");
	server_init(&s, f.path, NULL);
	expect_as(&s, NULL, "/-/healthy", GOOD, "");
	file_write(&f, "basic_auth_users: { a: \"%s\" }\n", bcrypt("b", 4));
	settle(&s, 1100);
	expect_as(&s, NULL, "/-/healthy", BAD, ASKS);
	expect_as(&s, "a:b", "/-/healthy", GOOD, "");
	file_write(&f, "basic_auth_user: {}\n");
	settle(&s, 1100);
	expect_as(&s, "a:b", "/-/healthy", GOOD, "");
	assert_false(server_config_is_good(&s));
	expect_as(&s, NULL, "/-/healthy", BAD, "");
	file_write(&f, "{}\n");
	settle(&s, 1100);
	expect_as(&s, NULL, "/-/healthy", GOOD, "");
	assert_true(server_config_is_good(&s));
	server_done(&s);
	file_done(&f);
}

static void
test_rate_limit_and_headers(void **state)
{
	struct server s;
	struct file f;

	(void)state;
	file_init(&f);
	file_write(&f, "rate_limit: { interval: 1h, burst: 2 }\nhttp_server_config:\n  headers:\n"
	    "    Strict-Transport-Security: max-age=60\n    X-Frame-Options: sameorigin\n");
	server_init(&s, f.path, NULL);
	expect_as(&s, NULL, "/-/healthy", GOOD, "\r\nStrict-Transport-Security: max-age=60\r\n");
	expect_as(&s, NULL, "/-/healthy", GOOD, "\r\nX-Frame-Options: sameorigin\r\n");
	expect_as(&s, NULL, "/-/healthy", "HTTP/1.1 429 Too Many Requests\r\n", "");
	expect_as(&s, NULL, "/-/healthy", "HTTP/1.1 429 Too Many Requests\r\n", "");
	server_done(&s);
	file_done(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nobody_is_asked),
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_no_pair),
		cmocka_unit_test(test_remembered),
		cmocka_unit_test(test_memory_is_bounded),
		cmocka_unit_test(test_too_many_wait),
		cmocka_unit_test(test_loop_goes_on),
		cmocka_unit_test(test_server),
		cmocka_unit_test(test_client_goes_away),
		cmocka_unit_test(test_file_changes),
		cmocka_unit_test(test_rate_limit_and_headers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
