/* SPDX-License-Identifier: Apache-2.0 */
/* One set of AWS keys, shared by counting; see credentials.h. */
#include "aws/credentials.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

/* Access key ids have 16 to 128 characters; tokens no limit that AWS would name. */
#define CREDENTIALS_ID_MAX	128
#define CREDENTIALS_SECRET_MAX	1024
#define CREDENTIALS_TOKEN_MAX	16384

/* These texts go into headers: nothing but visible ASCII. The error names the part, never it. */
static int
credentials_take(struct secret *s, const char *text, size_t max, const char *what, struct err *err)
{
	size_t len = text ? strlen(text) : 0;

	if (len == 0)
		return err_set(err, ERR_CREDENTIALS, "no %s", what);
	if (len > max)
		return err_set(err, ERR_CREDENTIALS, "%s of more than %zu bytes", what, max);
	for (size_t i = 0; i < len; i++)
		if (text[i] <= ' ' || text[i] > '~')
			return err_set(err, ERR_CREDENTIALS,
			    "%s holds a blank or another character that keys never have", what);
	return secret_set(s, text, len, err);
}

struct aws_credentials *
aws_credentials_new(const char *access_key_id, const char *secret_access_key,
    const char *session_token, int64_t expires_wall_ms, const char *source, struct err *err)
{
	static uint64_t last_id;
	struct aws_credentials *c = mem_alloc(1, sizeof(*c));

	c->users = 1;
	c->expires_wall_ms = expires_wall_ms;
	text_clean(c->source, sizeof(c->source), source, strlen(source));
	if (credentials_take(&c->access_key_id, access_key_id, CREDENTIALS_ID_MAX,
	    "access key id", err) < 0 ||
	    credentials_take(&c->secret_access_key, secret_access_key, CREDENTIALS_SECRET_MAX,
	    "secret access key", err) < 0 ||
	    (!text_is_empty(session_token) && credentials_take(&c->session_token, session_token,
	    CREDENTIALS_TOKEN_MAX, "session token", err) < 0)) {
		aws_credentials_drop(c);
		return NULL;
	}
	c->id = ++last_id;
	return c;
}

struct aws_credentials *
aws_credentials_hold(struct aws_credentials *c)
{
	assert(c->users > 0);
	c->users++;
	return c;
}

void
aws_credentials_drop(struct aws_credentials *c)
{
	if (c == NULL)
		return;
	assert(c->users > 0);
	if (--c->users > 0)
		return;
	secret_wipe(&c->access_key_id);
	secret_wipe(&c->secret_access_key);
	secret_wipe(&c->session_token);
	free(c);
}
