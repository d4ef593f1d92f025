/* SPDX-License-Identifier: Apache-2.0 */
/* trailsealctl: one command per verb. The verbs are rows of a table, each in a file of its own. */
#include "config.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "ctl/ctl.h"

static const struct ctl_verb *const verbs[] = {
	&check_verb, &policy_verb, &explain_verb, &check_config_verb, &evidence_verb,
	&status_verb, &silence_verb, &test_receivers_verb,
};

#define VERBS	(sizeof(verbs) / sizeof(verbs[0]))

static void
main_add_help(struct buf *out)
{
	buf_adds(out, "usage: trailsealctl VERB [OPTION...]\n\n");
	for (size_t i = 0; i < VERBS; i++)
		buf_addf(out, "  %-16s%s\n", verbs[i]->name, verbs[i]->summary);
	buf_addf(out, "\n  %-16sShow this, or the options of a verb.\n", "[VERB] --help");
	buf_addf(out, "  %-16sShow the version.\n", "--version");
	buf_adds(out, "\nExit codes: 0 all good; 1 a finding fails; 2 usage or configuration error;\n"
	    "3 nothing fails, but something could not be seen.\n");
}

static void
main_add_version(struct buf *out)
{
	buf_adds(out, "trailsealctl " PACKAGE_VERSION "\n");
}

static enum ctl_exit
main_print(void (*add)(struct buf *))
{
	enum ctl_exit code;
	struct buf out;

	buf_init(&out, 65536);
	add(&out);
	code = ctl_write(&out, CTL_GOOD);
	buf_done(&out);
	return code;
}

static enum ctl_exit
main_refuse(const char *word)
{
	const char *names[VERBS + 3] = { NULL };

	for (size_t i = 0; i < VERBS; i++)
		names[i] = verbs[i]->name;
	names[VERBS] = "--help";
	names[VERBS + 1] = "--version";
	if (word == NULL)
		ctl_complain("which verb?");
	else
		ctl_complain_word("verb", word, names);
	fprintf(stderr, "Try: trailsealctl --help\n");
	return CTL_USAGE;
}

static enum ctl_exit
main_run(const struct ctl_verb *verb, int argc, char **argv)
{
	void *options = mem_alloc(1, verb->size);
	enum ctl_exit code;

	if (ctl_options_read(verb, argc, argv, options, &code))
		code = verb->run(options);
	free(options);
	return code;
}

/*
 * A closed standard stream must not become a socket of ours, into which a report is written. What
 * takes its place is not for writing, so that the report's writing fails.
 */
static void
main_keep_streams(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int
main(int argc, char **argv)
{
	secret_protect_process();
	mem_keep_freed();
	main_keep_streams();
	signal(SIGPIPE, SIG_IGN);
	log_set_level(LOG_LEVEL_WARNING);
	if (argc < 2)
		return main_refuse(NULL);
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		return main_print(main_add_help);
	if (strcmp(argv[1], "--version") == 0)
		return main_print(main_add_version);
	for (size_t i = 0; i < VERBS; i++)
		if (strcmp(argv[1], verbs[i]->name) == 0)
			return main_run(verbs[i], argc - 2, argv + 2);
	return main_refuse(argv[1]);
}
