/* SPDX-License-Identifier: Apache-2.0 */
/* What goes to standard output and error; see ctl.h. */
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "ctl/ctl.h"

#define OUTPUT_LINE_MAX	1024	/* bytes of a complaint */

void
ctl_complain(const char *fmt, ...)
{
	char text[OUTPUT_LINE_MAX], clean[OUTPUT_LINE_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fprintf(stderr, "trailsealctl: %s\n", text_clean(clean, sizeof(clean), text, strlen(text)));
}

void
ctl_complain_word(const char *what, const char *word, const char *const *words)
{
	const char *nearest = text_nearest(word, words);

	if (nearest != NULL)
		ctl_complain("there is no %s \"%s\"; did you mean %s?", what, word, nearest);
	else
		ctl_complain("there is no %s \"%s\"", what, word);
}

/* Somebody else may have left the terminal in non-blocking mode. */
static bool
output_may_go_on(int error)
{
	struct pollfd fd = { .fd = STDOUT_FILENO, .events = POLLOUT };

	if (error == EAGAIN)
		return poll(&fd, 1, -1) >= 0 || errno == EINTR;
	return error == EINTR;
}

static int
output_write(const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = write(STDOUT_FILENO, text, len);

		if (n < 0 && !output_may_go_on(errno))
			return -1;
		if (n > 0) {
			text += n;
			len -= (size_t)n;
		}
	}
	return 0;
}

enum ctl_exit
ctl_write(const struct buf *text, enum ctl_exit code)
{
	if (text->overflowed) {
		ctl_complain("the result is larger than %zu bytes and was not written",
		    text->max_bytes);
		return CTL_USAGE;
	}
	if (output_write(buf_text(text), text->len) < 0) {
		ctl_complain("cannot write to standard output: %s", strerror(errno));
		return CTL_USAGE;
	}
	return code;
}
