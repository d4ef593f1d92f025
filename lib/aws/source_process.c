/* SPDX-License-Identifier: Apache-2.0 */
/*
 * credential_process: a program of the user's that prints keys. It is run without a shell, so
 * that nothing in the file is expanded, and what it writes to its standard error is not ours.
 */
#include "aws/source.h"

#include "loop/child.h"

#define SOURCE_PROCESS_TIMEOUT_MS	60000
#define SOURCE_PROCESS_MAX_BYTES	65536

struct source_process_run {
	struct source	 source;
	struct child	*child;		/* while it runs */
};

/* Another version may call its members otherwise. */
static int
source_process_check(const struct json *root, struct err *err)
{
	int64_t version = 0;

	if (json_get_i64(root, "Version", &version, err) < 0)
		return -1;
	if (version != 1)
		return err_set(err, ERR_MALFORMED, "its answer must be of Version 1");
	return 0;
}

static void
source_process_on_output(void *arg, const struct buf *output, const struct err *why)
{
	struct source_process_run *run = arg;
	struct aws_credentials *c = NULL;
	struct err err;

	run->child = NULL;
	if (output == NULL)
		err = *why;
	else
		c = source_parse_keys(&run->source, buf_text(output), output->len, "SessionToken",
		    source_process_check, &err);
	source_end(&run->source, c, &err);
}

static void
source_process_begin(struct source *s)
{
	struct source_process_run *run = (struct source_process_run *)s;
	struct err err;
	char **words = child_split_words(s->plan->process, &err);

	if (words == NULL) {
		source_end(s, NULL, &err);
		return;
	}
	run->child = child_start(aws_loop(s->sources->aws), words, SOURCE_PROCESS_TIMEOUT_MS,
	    SOURCE_PROCESS_MAX_BYTES, source_process_on_output, run);
	child_free_words(words);
}

static void
source_process_stop(struct source *s)
{
	struct source_process_run *run = (struct source_process_run *)s;

	if (run->child != NULL)
		child_cancel(run->child);
}

const struct source_kind source_process = {
	.name = "credential_process",
	.size = sizeof(struct source_process_run),
	.begin = source_process_begin,
	.stop = source_process_stop,
};
