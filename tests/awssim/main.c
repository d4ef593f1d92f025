/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssim: a simulated AWS for tests, demonstrations and benchmarks. Reads its command line, makes
 * the world, serves until SIGTERM or SIGINT, and frees everything.
 */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "awssim/control.h"
#include "awssim/faults.h"
#include "awssim/server.h"
#include "awssim/sim.h"
#include "awssim/world_file.h"
#include "base/stamp.h"
#include "base/text.h"
#include "loop/loop.h"

#define MAIN_MAX_ACCOUNTS	100000

struct options {
	const char	*listen, *cert, *key, *world;
	int64_t		 accounts, regions;
	int64_t		 event_delay_ms;
};

static const struct option main_options[] = {
	{ "listen", required_argument, NULL, 'l' },
	{ "tls-cert", required_argument, NULL, 'c' },
	{ "tls-key", required_argument, NULL, 'k' },
	{ "world", required_argument, NULL, 'w' },
	{ "accounts", required_argument, NULL, 'a' },
	{ "regions", required_argument, NULL, 'r' },
	{ "event-delay", required_argument, NULL, 'e' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static const char main_help[] =
    "usage: awssim [OPTION]...\n"
    "A simulated AWS. Prints \"listening on URL\" when it serves.\n\n"
    "  --listen ADDRESS:PORT   where (127.0.0.1:0: any free port)\n"
    "  --tls-cert FILE         speak TLS with this certificate chain (PEM)\n"
    "  --tls-key FILE          and this key\n"
    "  --world FILE            begin with the world that FILE describes, see "
    "tests/awssim/WORLD.md\n"
    "  --accounts N            fill the world up to N accounts, each with a trail, key and bucket\n"
    "  --regions R             the first R regions of AWS (17 that need no opting in)\n"
    "  --event-delay DURATION  until LookupEvents shows an event (0)\n"
    "  --help\n\n"
    "Without a world there is one account, 111122223333, whose user `operator`\n"
    "(AKIAIOSFODNN7EXAMPLE, wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY) may do everything in it and\n"
    "assume the role `trailseal` of every account. All services share the listener; the "
    "signature's\n"
    "scope tells service and region. Beside AWS's services there are\n"
    "    /latest/...                       EC2's metadata service, version 2\n"
    "    /_awssim/container-credentials    ECS's credentials; Authorization: awssim-container\n\n"
    "Control requests take and give JSON objects:\n";

static const char main_help_faults[] =
    "\nA fault has a \"kind\" and may name \"service\", \"operation\", \"account\" and \"region\"; "
    "it\n"
    "acts on the \"nth\" matching call (1) and \"count\" calls from there on (1; 0: without end),\n"
    "with \"percent\" of chance (100). Kinds:\n";

static void
main_print_help(void)
{
	struct buf text;

	buf_init(&text, 65536);
	buf_adds(&text, main_help);
	control_add_help(&text);
	buf_adds(&text, main_help_faults);
	faults_add_help(&text);
	fputs(buf_text(&text), stdout);
	buf_done(&text);
}

static bool
main_take_number(const char *name, const char *text, int64_t most, int64_t *ret)
{
	if (text_to_i64(text, ret) && *ret >= 1 && *ret <= most)
		return true;
	fprintf(stderr, "awssim: --%s must be from 1 to %lld\n", name, (long long)most);
	return false;
}

static bool
main_take_delay(const char *text, int64_t *ret_ms)
{
	if (strcmp(text, "0") == 0 || duration_parse(text, ret_ms))
		return true;
	fprintf(stderr, "awssim: --event-delay must be 0 or a duration like 5s\n");
	return false;
}

/* The exit status, or -1 to go on. */
static int
main_take_options(int argc, char **argv, struct options *o)
{
	int letter;

	while ((letter = getopt_long(argc, argv, "", main_options, NULL)) != -1)
		switch (letter) {
		case 'l':
			o->listen = optarg;
			break;
		case 'c':
			o->cert = optarg;
			break;
		case 'k':
			o->key = optarg;
			break;
		case 'w':
			o->world = optarg;
			break;
		case 'a':
			if (!main_take_number("accounts", optarg, MAIN_MAX_ACCOUNTS, &o->accounts))
				return 2;
			break;
		case 'r':
			if (!main_take_number("regions", optarg, WORLD_KNOWN_REGIONS, &o->regions))
				return 2;
			break;
		case 'e':
			if (!main_take_delay(optarg, &o->event_delay_ms))
				return 2;
			break;
		case 'h':
			main_print_help();
			return 0;
		default:
			return 2;
		}
	if (optind == argc && (o->cert == NULL) == (o->key == NULL))
		return -1;
	fprintf(stderr, "awssim: %s\n", optind < argc ? "there are no arguments, only options"
						      : "--tls-cert and --tls-key go together");
	return 2;
}

static void
main_on_signal(void *arg)
{
	loop_stop(arg);
}

static int
main_serve(struct sim *sim, const struct options *o)
{
	struct loop_signal *term, *interrupt;
	struct err e = { 0 };
	struct server *server = server_new(sim, o->listen, o->cert, o->key, &e);

	if (server == NULL) {
		fprintf(stderr, "awssim: %s\n", e.text);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	term = loop_signal_new(sim->loop, SIGTERM, main_on_signal, sim->loop);
	interrupt = loop_signal_new(sim->loop, SIGINT, main_on_signal, sim->loop);
	printf("listening on %s\n", server_url(server));
	fflush(stdout);
	loop_run(sim->loop);
	server_free(server);
	loop_signal_free(term);
	loop_signal_free(interrupt);
	return 0;
}

int
main(int argc, char **argv)
{
	struct options o = { .listen = "127.0.0.1:0" };
	int64_t now_ms = (int64_t)time(NULL) * 1000;
	struct err e = { 0 };
	struct world *world;
	struct loop *loop;
	struct sim *sim;
	int status = main_take_options(argc, argv, &o);

	if (status >= 0)
		return status;
	world = o.world ? world_from_file(o.world, (unsigned)o.regions, now_ms, &e)
			: world_default((unsigned)o.regions, now_ms);
	if (world == NULL) {
		fprintf(stderr, "awssim: %s\n", e.text);
		return 2;
	}
	world_generate(world, (unsigned)o.accounts);
	/* evhttp stops and starts reading at every request: let libevent tell epoll once a turn. */
	setenv("EVENT_EPOLL_USE_CHANGELIST", "1", 1);
	loop = loop_new();
	sim = sim_new(loop, world, o.event_delay_ms);
	status = main_serve(sim, &o);
	sim_free(sim);
	loop_free(loop);
	return status;
}
