/* SPDX-License-Identifier: Apache-2.0 */
/* The control socket as its clients find it: good ones, clumsy ones, slow ones, and the wrong ones. */
#include "unit/daemon_life.h"

#include <poll.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "base/arena.h"
#include "daemon/control.h"
#include "unit/web_client.h"
#include "wire/json.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

struct desk {
	struct life		 life;
	struct loop		*loop;
	struct sockaddr_un	 address;
};

static const char *const accounts[] = { MANAGER };

static const char text[] = "organization: { role: trailseal }\n" RECEIVERS;

static void
desk_listen(struct desk *desk, const struct control_limits *limits)
{
	struct err err;

	desk->life.daemon.control = control_new(&desk->life.daemon, limits);
	if (control_listen(desk->life.daemon.control, desk->address.sun_path, &err) < 0)
		fail_msg("%s", err.text);
}

static void
desk_open(struct desk *desk, const struct control_limits *limits)
{
	struct control_limits usual;

	control_limits_init(&usual);
	life_init(&desk->life, accounts, COUNT(accounts));
	desk->loop = loop_new();
	life_start(&desk->life, text, desk->loop);
	desk->address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	snprintf(desk->address.sun_path, sizeof(desk->address.sun_path), "%s/control",
	    desk->life.folder);
	desk_listen(desk, limits != NULL ? limits : &usual);
}

static void
desk_close(struct desk *desk)
{
	life_stop(&desk->life);
	assert_int_equal(access(desk->address.sun_path, F_OK), -1);
	life_done(&desk->life);
}

static void
desk_connect(const struct desk *desk, struct client *c)
{
	client_connect(c, desk->loop, (const struct sockaddr *)&desk->address,
	    sizeof(desk->address));
}

/* What is answered; the caller frees it. */
static char *
ask(const struct desk *desk, const char *request)
{
	struct client c;
	char *answer;

	desk_connect(desk, &c);
	client_say(&c, request);
	client_hear(&c, NULL);
	answer = buf_steal(&c.heard);
	client_close(&c);
	return answer;
}

static void
expect(const struct desk *desk, const char *request, const char *want)
{
	char *answer = ask(desk, request);
	size_t len = strlen(answer);

	if (strstr(answer, want) == NULL || len == 0 || strchr(answer, '\n') != answer + len - 1)
		fail_msg("%.100s: %.400s", request, answer);
	free(answer);
}

/* ---- what is asked ---- */

#define ADD	"{\"command\": \"silence-add\", \"reason\": \"moving\", "

static const struct {
	const char	*request, *answer;
} requests[] = {
	{ "\n", "{\"ok\":false,\"kind\":\"malformed\"" },
	{ "status\n", "{\"ok\":false,\"kind\":\"malformed\"" },
	{ "[]\n", "a request is a JSON object" },
	{ "{}\n", "there is no command" },
	{ "{\"command\": 1}\n", "\"kind\":\"malformed\"" },
	{ "{\"command\": \"stop\"}\n", "there is no command \\\"stop\\\"" },
	{ "{\"command\": \"status\", \"all\": true}\n", "status knows no \\\"all\\\"" },
	{ "{\"command\": \"status\", \"command\": \"status\"}\n", "\"kind\":\"malformed\"" },
	{ "{\"command\": \"status\"}\n{\"command\": \"status\"}\n", "carries one request" },
	{ "{\"command\": \"status\"} x\n", "\"kind\":\"malformed\"" },
	{ "{\"command\": \"status\"}\n", "{\"ok\":true,\"version\":" },
	{ "{\"command\": \"silence-list\"}\n", "{\"ok\":true,\"silences\":[]}" },
	{ ADD "\"for_ms\": 1000}\n", "needs a rule, account, region or resource" },
	{ ADD "\"acount\": \"" MANAGER "\", \"for_ms\": 1000}\n", "knows no \\\"acount\\\"" },
	{ ADD "\"account\": \"1\", \"for_ms\": 1000}\n", "no account id" },
	{ ADD "\"account\": \"" MANAGER "\"}\n", "one of for_ms and ends" },
	{ ADD "\"account\": \"" MANAGER "\", \"for_ms\": 1, \"ends\": \"2030-01-02T03:04:05Z\"}\n",
	    "one of for_ms and ends" },
	{ ADD "\"account\": \"" MANAGER "\", \"for_ms\": 0}\n", "ten years" },
	{ ADD "\"account\": \"" MANAGER "\", \"for_ms\": 9223372036854775807}\n", "ten years" },
	{ ADD "\"account\": \"" MANAGER "\", \"ends\": \"2020-01-02T03:04:05Z\"}\n", "lie ahead" },
	{ ADD "\"account\": \"" MANAGER "\", \"ends\": \"soon\"}\n", "no time" },
	{ ADD "\"account\": \"" MANAGER "\", \"ends\": \"2020-01-02T03:04:05Z\\u0000\"}\n",
	    "\"kind\":\"malformed\"" },
	{ "{\"command\": \"silence-expire\", \"id\": 7}\n", "\"kind\":\"not-found\"" },
	{ "{\"command\": \"silence-expire\", \"id\": \"7\"}\n", "\"kind\":\"malformed\"" },
};

static void
test_requests(void **state)
{
	struct desk desk;

	(void)state;
	desk_open(&desk, NULL);
	for (size_t i = 0; i < COUNT(requests); i++)
		expect(&desk, requests[i].request, requests[i].answer);
	assert_int_equal(desk.life.daemon.silences.count, 0);
	desk_close(&desk);
}

/* Every cut of a request is an end without an answer; none of them is taken for a whole one. */
static void
test_half_requests(void **state)
{
	static const char request[] = "{\"command\": \"silence-list\"}";
	struct desk desk;

	(void)state;
	desk_open(&desk, NULL);
	for (size_t len = 0; len < sizeof(request); len++) {
		struct client c;
		char part[64];

		snprintf(part, sizeof(part), "%.*s", (int)len, request);
		desk_connect(&desk, &c);
		client_say(&c, part);
		shutdown(c.fd, SHUT_WR);
		assert_string_equal(client_hear(&c, NULL), "");
		client_close(&c);
	}
	desk_close(&desk);
}

/* A byte at a time is slow, but in time. */
static void
test_bytes(void **state)
{
	struct desk desk;
	struct client c;

	(void)state;
	desk_open(&desk, NULL);
	desk_connect(&desk, &c);
	for (const char *p = "{\"command\": \"silence-list\"}\n"; *p != '\0'; p++) {
		client_say(&c, (char[]){ *p, '\0' });
		client_wait(&c, 1);
	}
	assert_string_equal(client_hear(&c, NULL), "{\"ok\":true,\"silences\":[]}\n");
	client_close(&c);
	desk_close(&desk);
}

static void
test_too_long(void **state)
{
	char *request = mem_alloc(1, 2 * CONTROL_REQUEST_BYTES);
	struct desk desk;

	(void)state;
	desk_open(&desk, NULL);
	memset(request, ' ', CONTROL_REQUEST_BYTES + 1);
	expect(&desk, request, "\"kind\":\"too-large\"");
	memcpy(request + CONTROL_REQUEST_BYTES - 27, "{\"command\":\"silence-list\"} \n", 28);
	expect(&desk, request, "\"kind\":\"too-large\"");
	memmove(request, request + 1, CONTROL_REQUEST_BYTES);
	request[CONTROL_REQUEST_BYTES] = '\0';
	expect(&desk, request, "\"silences\":[]");
	desk_close(&desk);
	free(request);
}

/* ---- clients that take their time, or all places ---- */

static void
test_slow(void **state)
{
	const struct control_limits limits = { .connections = 4, .request_ms = 100,
	    .answer_ms = 100 };
	struct desk desk;
	struct client c;

	(void)state;
	desk_open(&desk, &limits);
	desk_connect(&desk, &c);
	client_say(&c, "{\"command\":");
	assert_string_equal(client_hear(&c, NULL), "");
	client_close(&c);
	expect(&desk, "{\"command\": \"silence-list\"}\n", "\"ok\":true");
	desk_close(&desk);
}

/* Waits until the daemon has closed the connection, and takes nothing of what it said. */
static void
await_close(const struct desk *desk, struct client *c)
{
	int64_t end_ms = loop_mono_ms(desk->loop) + CLIENT_PATIENCE_MS;
	struct pollfd p = { .fd = c->fd, .events = POLLRDHUP };

	while (poll(&p, 1, 0) == 0 && loop_mono_ms(desk->loop) < end_ms)
		client_wait(c, 10);
	assert_true(p.revents & (POLLRDHUP | POLLHUP | POLLERR));
}

/* More silences than a socket takes at once: an answer that nobody takes is given up. */
static void
test_nobody_listens(void **state)
{
	const struct control_limits limits = { .connections = 1, .request_ms = 5000,
	    .answer_ms = 3000 };
	struct daemon *d;
	struct desk desk;
	struct client c;
	char reason[1001];

	(void)state;
	memset(reason, 'x', sizeof(reason) - 1);
	reason[sizeof(reason) - 1] = '\0';
	desk_open(&desk, &limits);
	d = &desk.life.daemon;
	while (d->silences.count < SILENCES_MAX) {
		d->silences.row = mem_grow(d->silences.row, d->silences.count, &d->silences.cap,
		    sizeof(*d->silences.row));
		d->silences.row[d->silences.count++] = (struct silence){
		    .ends_wall_ms = INT64_C(4102444800000), .begins_wall_ms = 0,
		    .account = mem_strdup(MEMBER), .author = mem_strdup("x"),
		    .reason = mem_strdup(reason) };
	}
	desk_connect(&desk, &c);
	loop_watch_free(c.watch);
	c.watch = NULL;
	client_say(&c, "{\"command\": \"silence-list\"}\n");
	await_close(&desk, &c);
	c.watch = loop_watch_new(desk.loop, c.fd, client_on_readable, &c);
	client_hear(&c, NULL);
	assert_true(c.heard.len > 0 && c.heard.data[c.heard.len - 1] != '\n');
	client_close(&c);

	/* Who listens gets all of it, and there is no room for one more. */
	expect(&desk, "{\"command\": \"silence-list\"}\n", "\"ok\":true");
	expect(&desk, ADD "\"account\": \"" MANAGER "\", \"for_ms\": 1000}\n", "1000 silences already");
	desk_close(&desk);
}

/* Who asks is served, however many only hold a place. */
static void
test_full(void **state)
{
	const struct control_limits limits = { .connections = 3, .request_ms = 5000,
	    .answer_ms = 5000 };
	struct client idle[8];
	struct desk desk;

	(void)state;
	desk_open(&desk, &limits);
	for (size_t i = 0; i < COUNT(idle); i++)
		desk_connect(&desk, &idle[i]);
	expect(&desk, "{\"command\": \"silence-list\"}\n", "\"ok\":true");
	assert_string_equal(client_hear(&idle[0], NULL), "");
	client_say(&idle[7], "{\"command\": \"silence-list\"}\n");
	client_hear(&idle[7], "\"ok\":true");
	for (size_t i = 0; i < COUNT(idle); i++)
		client_close(&idle[i]);
	desk_close(&desk);
}

/* ---- who asks ---- */

static int
ask_as_nobody(const struct desk *desk, const char *request, const char *want)
{
	char answer[4096] = "";
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	ssize_t n;

	if (setresgid(0, 0, 0) < 0 || setresuid(65534, 65534, 65534) < 0 ||
	    connect(fd, (const struct sockaddr *)&desk->address, sizeof(desk->address)) < 0 ||
	    write(fd, request, strlen(request)) < 0)
		return 1;
	n = read(fd, answer, sizeof(answer) - 1);
	return n > 0 && strstr(answer, want) != NULL ? 0 : 2;
}

/*
 * Tells how that went through the pipe and ends by a signal: valgrind would take what the parent
 * has open for leaks of a child that ends in order.
 */
static _Noreturn void
be_nobody(const struct desk *desk, const char *const words[2], int pipe_fd)
{
	char result = (char)ask_as_nobody(desk, words[0], words[1]);

	if (write(pipe_fd, &result, 1) == 1)
		raise(SIGKILL);
	abort();
}

/* A member of the socket's group may look. */
static void
test_wrong_peer(void **state)
{
	static const char *const words[][2] = {
		{ "{\"command\": \"status\"}\n", "\"ok\":true" },
		{ ADD "\"account\": \"" MANAGER "\", \"for_ms\": 1000}\n",
		    "\"kind\":\"denied\",\"error\":\"uid 65534 may look" },
		{ "{\"command\": \"silence-expire\", \"id\": 1}\n", "\"kind\":\"denied\"" },
	};
	struct desk desk;
	struct client c;

	(void)state;
	if (geteuid() != 0)
		skip();
	desk_open(&desk, NULL);
	chmod(desk.life.folder, 0755);
	desk_connect(&desk, &c);	/* for its clock */
	for (size_t i = 0; i < COUNT(words); i++) {
		char result = -1;
		int ends[2], status = 0;
		pid_t child;

		assert_int_equal(pipe(ends), 0);
		child = fork();
		if (child == 0)
			be_nobody(&desk, words[i], ends[1]);
		while (waitpid(child, &status, WNOHANG) == 0)
			client_wait(&c, 10);
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
		assert_int_equal(read(ends[0], &result, 1), 1);
		assert_int_equal(result, 0);
		close(ends[0]);
		close(ends[1]);
	}
	assert_int_equal(desk.life.daemon.silences.count, 0);
	client_close(&c);
	desk_close(&desk);
}

/* ---- silences ---- */

static void
desk_restart(struct desk *desk)
{
	struct control_limits limits;

	control_limits_init(&limits);
	life_stop(&desk->life);
	desk->loop = loop_new();
	life_start(&desk->life, text, desk->loop);
	desk_listen(desk, &limits);
}

static void
test_silences(void **state)
{
	struct desk desk;

	(void)state;
	desk_open(&desk, NULL);
	expect(&desk, ADD "\"account\": \"" MANAGER "\", \"rule\": \"key-disabled\", \"for_ms\": "
	    "3600000, \"author\": \"alice\"}\n", "\"id\":1,\"author\":\"alice\"");
	expect(&desk, ADD "\"region\": \"us-east-1\", \"ends\": \"2035-01-02T03:04:05+01:00\"}\n",
	    "\"ends\":\"2035-01-02T02:04:05Z\",\"stored\":true,\"reason\":null}");
	desk_restart(&desk);
	expect(&desk, "{\"command\": \"silence-list\"}\n", "\"id\":1,\"rule\":\"key-disabled\","
	    "\"account\":\"" MANAGER "\",\"region\":null,\"resource\":null,\"author\":\"alice\","
	    "\"reason\":\"moving\",");
	expect(&desk, "{\"command\": \"status\"}\n", "\"silences\":2,");
	expect(&desk, "{\"command\": \"silence-expire\", \"id\": 1}\n", "\"stored\":true");
	expect(&desk, "{\"command\": \"silence-expire\", \"id\": 1}\n", "there is no silence 1");
	desk_restart(&desk);
	expect(&desk, "{\"command\": \"silence-list\"}\n", "\"silences\":[{\"id\":2,");
	desk_close(&desk);
}

/* Who goes before the disk has answered leaves the silence behind. */
static void
test_client_leaves(void **state)
{
	struct desk desk;
	struct client c;

	(void)state;
	desk_open(&desk, NULL);
	for (int i = 0; i < 10; i++) {
		desk_connect(&desk, &c);
		client_say(&c, ADD "\"account\": \"" MANAGER "\", \"for_ms\": 3600000}\n");
		client_close(&c);
	}
	expect(&desk, "{\"command\": \"status\"}\n", "\"ok\":true");
	assert_int_equal(desk.life.daemon.silences.count, 10);
	desk_connect(&desk, &c);
	client_say(&c, ADD "\"account\": \"" MANAGER "\", \"for_ms\": 3600000}\n");
	while (desk.life.daemon.silences.count == 10)
		client_wait(&c, 1);
	client_close(&c);
	desk_close(&desk);	/* perhaps before the writer's word */
}

/* ---- the socket ---- */

static void
test_place(void **state)
{
	struct control_limits limits;
	struct desk desk, other;
	struct control *second;
	char path[256];
	struct stat st;
	struct err err;
	int fd;

	(void)state;
	control_limits_init(&limits);
	desk_open(&desk, NULL);
	assert_int_equal(stat(desk.address.sun_path, &st), 0);
	assert_true(S_ISSOCK(st.st_mode));
	assert_int_equal(st.st_mode & 07777, 0660);

	/* One that is in use stays; so does a file; a long path is refused. */
	second = control_new(&desk.life.daemon, &limits);
	assert_int_equal(control_listen(second, desk.address.sun_path, &err), -1);
	snprintf(path, sizeof(path), "%s/trailseal.db", desk.life.folder);
	assert_int_equal(control_listen(second, path, &err), -1);
	assert_int_equal(access(path, F_OK), 0);
	memset(path, 'x', sizeof(path) - 1);
	path[0] = '/';
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(control_listen(second, path, &err), -1);
	assert_non_null(strstr(err.text, "fewer than 108"));

	/* One that was left by a killed daemon is replaced. */
	other = desk;
	snprintf(other.address.sun_path, sizeof(other.address.sun_path), "%s/other",
	    desk.life.folder);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&other.address, sizeof(other.address)), 0);
	close(fd);
	assert_int_equal(control_listen(second, other.address.sun_path, &err), 0);
	expect(&other, "{\"command\": \"silence-list\"}\n", "\"ok\":true");
	control_free(second);
	assert_int_equal(access(other.address.sun_path, F_OK), -1);
	expect(&desk, "{\"command\": \"silence-list\"}\n", "\"ok\":true");

	/* A reload may move it; where it cannot go, it stays. */
	assert_int_equal(control_listen(desk.life.daemon.control, "/nonexistent/control", &err), -1);
	expect(&desk, "{\"command\": \"silence-list\"}\n", "\"ok\":true");
	assert_int_equal(control_listen(desk.life.daemon.control, other.address.sun_path, &err), 0);
	assert_int_equal(access(desk.address.sun_path, F_OK), -1);
	expect(&other, "{\"command\": \"silence-list\"}\n", "\"ok\":true");
	desk_close(&desk);
	assert_int_equal(access(other.address.sun_path, F_OK), -1);
}

/* ---- the status ---- */

static void
expect_verdict(const struct desk *desk, const char *verdict)
{
	struct arena *arena = arena_new();
	char *answer = ask(desk, "{\"command\": \"status\"}\n");
	const struct json *root;
	struct err err;

	assert_int_equal(json_parse(arena, answer, strlen(answer), &root, &err), 0);
	if (!json_is(json_member(root, "verdict"), verdict))
		fail_msg("not %s: %s", verdict, answer);
	free(answer);
	arena_free(arena);
}

static void
test_verdicts(void **state)
{
	struct finding *f;
	struct daemon *d;
	struct desk desk;
	struct client c;

	(void)state;
	desk_open(&desk, NULL);
	d = &desk.life.daemon;
	expect_verdict(&desk, "unknown");	/* nothing was looked at yet */
	desk_connect(&desk, &c);
	while (!d->has_swept)
		client_wait(&c, 10);
	client_close(&c);
	f = findings_first(d->findings);
	assert_non_null(f);
	f->state = FINDING_RESOLVED;
	expect_verdict(&desk, "pass");
	d->last_reload_good = false;
	expect_verdict(&desk, "unknown");
	f->state = FINDING_FIRING;
	expect_verdict(&desk, "fail");
	d->last_reload_good = true;
	expect(&desk, ADD "\"account\": \"" MANAGER "\", \"for_ms\": 3600000}\n", "\"stored\":true");
	expect_verdict(&desk, "pass");
	expect(&desk, "{\"command\": \"status\"}\n", "\"critical\":1,\"high\":0,\"medium\":0,"
	    "\"low\":0,\"silenced\":1,\"pending\":0}");
	desk_close(&desk);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_half_requests),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_slow),
		cmocka_unit_test(test_nobody_listens),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_wrong_peer),
		cmocka_unit_test(test_silences),
		cmocka_unit_test(test_client_leaves),
		cmocka_unit_test(test_place),
		cmocka_unit_test(test_verdicts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
