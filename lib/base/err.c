/* SPDX-License-Identifier: Apache-2.0 */
/* The closed table of error kinds; see err.h. */
#include "base/err.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

static const struct err_row {
	const char	*name;
	bool		 transient;
	enum err_claim	 claim;
} err_rows[ERR_KINDS] = {
	[ERR_NONE]          = { "none",          false, ERR_CLAIM_UNKNOWN },
	[ERR_USAGE]         = { "usage",         false, ERR_CLAIM_UNKNOWN },
	[ERR_CONFIG]        = { "config",        false, ERR_CLAIM_UNKNOWN },
	[ERR_FILE]          = { "file",          false, ERR_CLAIM_UNKNOWN },
	[ERR_CREDENTIALS]   = { "credentials",   false, ERR_CLAIM_UNKNOWN },
	[ERR_NETWORK]       = { "network",       true,  ERR_CLAIM_UNKNOWN },
	[ERR_TLS]           = { "tls",           false, ERR_CLAIM_UNKNOWN },
	[ERR_TIMEOUT]       = { "timeout",       true,  ERR_CLAIM_UNKNOWN },
	[ERR_TOO_LARGE]     = { "too-large",     false, ERR_CLAIM_UNKNOWN },
	[ERR_MALFORMED]     = { "malformed",     false, ERR_CLAIM_UNKNOWN },
	[ERR_THROTTLED]     = { "throttled",     true,  ERR_CLAIM_UNKNOWN },
	[ERR_SERVER]        = { "server",        true,  ERR_CLAIM_UNKNOWN },
	[ERR_CLOCK]         = { "clock",         false, ERR_CLAIM_UNKNOWN },
	[ERR_EXPIRED]       = { "expired",       false, ERR_CLAIM_UNKNOWN },
	[ERR_KEYS_REJECTED] = { "keys-rejected", false, ERR_CLAIM_UNKNOWN },
	[ERR_DENIED]        = { "denied",        false, ERR_CLAIM_UNKNOWN },
	[ERR_DENIED_BY_SCP] = { "denied-by-scp", false, ERR_CLAIM_UNKNOWN },
	[ERR_NOT_ENABLED]   = { "not-enabled",   false, ERR_CLAIM_NOT_APPLICABLE },
	[ERR_NOT_FOUND]     = { "not-found",     false, ERR_CLAIM_ABSENT },
	[ERR_UNSUPPORTED]   = { "unsupported",   false, ERR_CLAIM_NOT_APPLICABLE },
	[ERR_REJECTED]      = { "rejected",      false, ERR_CLAIM_UNKNOWN },
	[ERR_CANCELLED]     = { "cancelled",     false, ERR_CLAIM_UNKNOWN },
};

static const struct err_row *
err_row(enum err_kind kind)
{
	assert((unsigned)kind < ERR_KINDS && err_rows[kind].name != NULL);
	return &err_rows[kind];
}

int
err_setv(struct err *err, enum err_kind kind, const char *fmt, va_list ap)
{
	char text[2 * sizeof(err->text)];	/* cut by text_clean(), which marks the cut */

	assert(kind != ERR_NONE);
	vsnprintf(text, sizeof(text), fmt, ap);
	err->kind = kind;
	err->code[0] = '\0';
	text_clean(err->text, sizeof(err->text), text, strlen(text));
	return -1;
}

int
err_set(struct err *err, enum err_kind kind, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	err_setv(err, kind, fmt, ap);
	va_end(ap);
	return -1;
}

int
err_prefix(struct err *err, const char *fmt, ...)
{
	char context[sizeof(err->text)], text[2 * sizeof(err->text) + 2];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(context, sizeof(context), fmt, ap);
	va_end(ap);
	snprintf(text, sizeof(text), "%s: %s", context, err->text);
	text_clean(err->text, sizeof(err->text), text, strlen(text));
	return -1;
}

void
err_clear(struct err *err)
{
	*err = (struct err){ .kind = ERR_NONE };
}

const char *
err_kind_name(enum err_kind kind)
{
	return err_row(kind)->name;
}

bool
err_is_transient(enum err_kind kind)
{
	return err_row(kind)->transient;
}

enum err_claim
err_claim(enum err_kind kind)
{
	return err_row(kind)->claim;
}
