/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets of the configuration and where their files lie; see secret.h and bind.h. */
#include "config/secret.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "config/bind.h"
#include "config/value.h"

#define CONFIG_MAX_SECRET_BYTES	(8 * 1024 * 1024)
#define SECRET_OVERHEAD_BYTES	64

const char *
config_bind_path(struct config_binder *b, const char *path)
{
	const char *slash = b->file ? strrchr(b->file, '/') : NULL;

	if (path[0] == '/' || slash == NULL)
		return path;
	return arena_printf(b->values, "%.*s%s", (int)(slash + 1 - b->file), b->file, path);
}

/* systemd's credentials come before what lies beside the configuration. */
static const char *
secret_find_file(struct config_binder *b, const char *path)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY"), *credential;

	if (path[0] != '/' && !text_is_empty(folder)) {
		credential = arena_printf(b->values, "%s/%s", folder, path);
		if (access(credential, F_OK) == 0)
			return credential;
	}
	return config_bind_path(b, arena_strdup(b->values, path));
}

static int
secret_judge(const struct config_secret *s, const struct secret *secret, struct err *err)
{
	if (strlen(secret_text(secret)) == secret->len &&
	    config_value_is_text(s->form, secret_text(secret)))
		return 0;
	return err_set(err, ERR_CONFIG, "%s: expected %s", s->path ? s->path : "the secret",
	    s->form ? s->form->what : "text of one line");
}

int
config_secret_read(const struct config_secret *s, struct secret *ret_secret, struct err *err)
{
	struct secret secret = { NULL, 0 };

	if (s->path == NULL)
		secret_copy(&secret, &s->secret);
	else if (secret_read(&secret, s->path, err) < 0)
		return -1;
	if (secret_judge(s, &secret, err) < 0) {
		secret_wipe(&secret);
		return -1;
	}
	secret_move(ret_secret, &secret);
	return 0;
}

/* Takes the text of the node, or the content of the file that it names. */
static bool
secret_take(struct config_binder *b, struct config_node *node, bool is_file,
    struct config_secret *s, struct err *err)
{
	if (!is_file)
		return secret_set(&s->secret, node->text, strlen(node->text), err) == 0;
	s->path = secret_find_file(b, node->text);
	return config_secret_read(s, &s->secret, err) == 0;
}

/* The memory for secrets is bounded, and its end is fatal. */
static bool
secret_count(struct config_binder *b, const struct config_secret *s, struct err *err)
{
	b->secret_bytes += s->secret.len + SECRET_OVERHEAD_BYTES;
	if (b->secret_bytes <= CONFIG_MAX_SECRET_BYTES)
		return true;
	err_set(err, ERR_CONFIG, "more than %d bytes of secrets", CONFIG_MAX_SECRET_BYTES);
	return false;
}

static bool
secret_is_fit(const struct config_option *o, const struct config_node *node)
{
	return node->kind == CONFIG_SCALAR && !config_node_is_null(node) &&
	    config_value_is_text(o->form, node->text);
}

void
config_bind_secret(struct config_binder *b, const struct config_option *o, struct config_node *node,
    bool is_file, struct config_secret **member)
{
	struct config_option as = *o;
	struct config_secret *s;
	struct err err;

	if (is_file) {
		as.type = CONFIG_PATH;
		as.form = NULL;
	}
	s = arena_alloc(b->values, sizeof(*s));
	s->form = o->form;
	if (*member != NULL)
		config_node_refuse(b->errors, node, true, "'%s' and '%s_file' exclude each other",
		    o->name, o->name);
	else if (!secret_is_fit(&as, node))
		config_bind_refuse(b, node, &as, false);
	else if (!secret_take(b, node, is_file, s, &err) || !secret_count(b, s, &err))
		config_node_refuse(b->errors, node, false, "%s", err.text);
	if (node->text != NULL && !is_file)
		explicit_bzero(node->text, strlen(node->text));
	if (node->is_refused) {
		secret_wipe(&s->secret);
		return;
	}
	s->next = b->secrets;
	b->secrets = s;
	*member = s;
}
