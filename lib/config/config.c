/* SPDX-License-Identifier: Apache-2.0 */
/* One loaded configuration; see config.h. */
#include "config/config.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "config/bind.h"

#define CONFIG_REFUSAL_BYTES	1024

struct config {
	struct config_binder	 binder;	/* with both arenas; the tree's goes first */
	struct config_node	*root;		/* NULL: nothing is given, or after closing */
	bool			 is_broken;	/* no tree: what is missing in it says nothing */
	size_t			 errors_before;	/* of earlier loads into the same list */
	char			*file;		/* ours */
};

static const struct config_place config_whole_file = { 0, 0 };

static struct config *
config_new(const char *path, struct config_errors *errors)
{
	struct config *c = mem_alloc(1, sizeof(*c));

	c->file = mem_strdup(path);
	c->errors_before = errors->count + errors->hidden;
	c->binder = (struct config_binder){
		.scratch = arena_new(), .values = arena_new(), .errors = errors, .file = c->file,
	};
	config_errors_set_file(errors, path);
	return c;
}

static void
config_read_tree(struct config *c, const char *text, size_t len)
{
	c->is_broken =
	    config_tree_read(c->binder.scratch, text, len, &c->root, c->binder.errors) < 0;
}

/* Reads up to one byte more than may be. -1 with errno. */
static int
config_read_fd(int fd, struct buf *out)
{
	char chunk[16384];
	ssize_t n;

	do {
		n = read(fd, chunk, sizeof(chunk));
		if (n < 0 && errno != EINTR)
			return -1;
		if (n > 0)
			buf_add(out, chunk, (size_t)n);
	} while (n != 0 && !out->overflowed);
	explicit_bzero(chunk, sizeof(chunk));
	return 0;
}

static int
config_read_file(const char *path, struct buf *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY), ret, saved;

	if (fd < 0)
		return -1;
	ret = config_read_fd(fd, out);
	saved = errno;
	close(fd);
	errno = saved;
	return ret;
}

struct config *
config_open_text(const char *path, const char *text, size_t len, struct config_errors *errors)
{
	struct config *c = config_new(path, errors);

	config_read_tree(c, text, len);
	return c;
}

struct config *
config_open(const char *path, struct config_errors *errors)
{
	struct config *c = config_new(path, errors);
	struct buf text;

	if (path == NULL)
		return c;
	buf_init(&text, CONFIG_MAX_BYTES);
	c->is_broken = true;
	if (config_read_file(path, &text) < 0)
		config_errors_add(errors, config_whole_file, "", "%s", strerror(errno));
	else if (text.overflowed)
		config_errors_add(errors, config_whole_file, "", "larger than %d bytes",
		    CONFIG_MAX_BYTES);
	else
		config_read_tree(c, buf_text(&text), text.len);
	buf_wipe(&text);
	return c;
}

void *
config_bind(struct config *c, const struct config_option *rows, size_t size)
{
	void *values = arena_alloc(c->binder.values, size);

	if (c->is_broken)
		c->root = NULL;
	if (c->root != NULL && (c->root->is_refused || config_node_is_null(c->root)))
		c->root = NULL;
	if (c->root != NULL && c->root->kind != CONFIG_MAPPING) {
		config_node_refuse(c->binder.errors, c->root, false, "expected options, not %s",
		    config_kind_name(c->root->kind));
		c->root = NULL;
	}
	if (c->root != NULL)
		c->root->value = values;
	config_bind_section(&c->binder, c->root, rows, values);
	return values;
}

/* The innermost node that was bound to an address: a section's may be its first member's, too. */
static struct config_node *
config_find_node(struct config_node *node, const void *value)
{
	for (struct config_node *n = node->child; n != NULL; n = n->next) {
		struct config_node *found = config_find_node(n, value);

		if (found != NULL)
			return found;
	}
	return node->value == value ? node : NULL;
}

bool
config_is_given(const struct config *c, const void *value)
{
	return c->root != NULL && config_find_node(c->root, value) != NULL;
}

void
config_refuse(struct config *c, const void *value, const char *fmt, ...)
{
	struct config_node *node = c->root ? config_find_node(c->root, value) : NULL;
	struct buf text;
	va_list ap;

	buf_init(&text, CONFIG_REFUSAL_BYTES);
	va_start(ap, fmt);
	buf_addv(&text, fmt, ap);
	va_end(ap);
	if (node != NULL)
		config_node_refuse(c->binder.errors, node, false, "%s", buf_text(&text));
	else
		config_errors_add(c->binder.errors, config_whole_file, "", "%s", buf_text(&text));
	buf_done(&text);
}

int
config_close(struct config *c)
{
	const struct config_errors *errors = c->binder.errors;
	bool good;

	assert(errors != NULL);
	good = errors->count + errors->hidden == c->errors_before;
	arena_free(c->binder.scratch);
	c->binder.scratch = NULL;
	c->binder.errors = NULL;
	c->root = NULL;
	return good ? 0 : -1;
}

void
config_free(struct config *c)
{
	if (c == NULL)
		return;
	for (struct config_secret *s = c->binder.secrets; s != NULL; s = s->next)
		secret_wipe(&s->secret);
	arena_free(c->binder.scratch);
	arena_free(c->binder.values);
	free(c->file);
	free(c);
}
