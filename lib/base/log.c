/* SPDX-License-Identifier: Apache-2.0 */
/* The log; see log.h. */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <systemd/sd-journal.h>

#include "base/text.h"

#define LOG_LINE_MAX	1024

static enum log_level log_most = LOG_LEVEL_INFO;

static const struct log_name {
	const char	*name;
	enum log_level	 level;
} log_names[] = {
	{ "error",   LOG_LEVEL_ERROR },
	{ "warning", LOG_LEVEL_WARNING },
	{ "notice",  LOG_LEVEL_NOTICE },
	{ "info",    LOG_LEVEL_INFO },
	{ "debug",   LOG_LEVEL_DEBUG },
};

void
log_set_level(enum log_level most)
{
	log_most = most;
}

bool
log_level_parse(const char *name, enum log_level *ret_level)
{
	for (size_t i = 0; i < sizeof(log_names) / sizeof(log_names[0]); i++) {
		if (strcmp(name, log_names[i].name) == 0) {
			*ret_level = log_names[i].level;
			return true;
		}
	}
	return false;
}

/* systemd names in JOURNAL_STREAM the device and inode of the stream it gave us. */
bool
log_has_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long device, inode;
	struct stat st;

	return stream != NULL && sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
	    fstat(STDERR_FILENO, &st) == 0 && st.st_dev == device && st.st_ino == inode;
}

static void
log_to_journal(enum log_level level, const struct log_scope *scope, const char *line)
{
	char message[LOG_LINE_MAX + 16], priority[16], fields[3][160];
	const char *values[3] = { NULL, NULL, NULL };
	static const char *const names[3] = { "TRAILSEAL_ACCOUNT", "TRAILSEAL_REGION", "TRAILSEAL_JOB" };
	struct iovec iov[5];
	int n = 0;

	if (scope != NULL) {
		values[0] = scope->account;
		values[1] = scope->region;
		values[2] = scope->job;
	}
	iov[n].iov_base = message;
	iov[n++].iov_len = (size_t)snprintf(message, sizeof(message), "MESSAGE=%s", line);
	iov[n].iov_base = priority;
	iov[n++].iov_len = (size_t)snprintf(priority, sizeof(priority), "PRIORITY=%d", level);
	for (int i = 0; i < 3; i++) {
		if (values[i] == NULL)
			continue;
		snprintf(fields[i], sizeof(fields[i]), "%s=%s", names[i], values[i]);
		iov[n].iov_base = fields[i];
		iov[n++].iov_len = strlen(fields[i]);
	}
	sd_journal_sendv(iov, n);
}

static void
log_to_stderr(enum log_level level, const struct log_scope *scope, const char *line)
{
	const char *account = scope && scope->account ? scope->account : NULL;
	const char *region = scope && scope->region ? scope->region : NULL;
	const char *job = scope && scope->job ? scope->job : NULL;
	char priority[8] = "";

	if (!isatty(STDERR_FILENO))
		snprintf(priority, sizeof(priority), "<%d>", level);
	fprintf(stderr, "%s%s%s%s%s%s%s%s\n", priority, account ? account : "", account ? " " : "",
	    region ? region : "", region ? " " : "", job ? job : "", job ? ": " : "", line);
}

void
log_write(enum log_level level, const struct log_scope *scope, const char *fmt, ...)
{
	char raw[LOG_LINE_MAX], line[LOG_LINE_MAX];
	va_list ap;

	if (level > log_most)
		return;
	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	text_clean(line, sizeof(line), raw, strlen(raw));
	if (log_has_journal())
		log_to_journal(level, scope, line);
	else
		log_to_stderr(level, scope, line);
}
