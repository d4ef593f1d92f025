/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One loaded configuration: a strict YAML file (tree.h says how strict) bound to structs by the
 * rows of option.h. It owns all memory of its values and never changes, so a reload builds a whole
 * new one and swaps.
 *
 *	struct config *c = config_open(path, &errors);
 *	struct settings *s = config_bind(c, rows, sizeof(*s));
 *	...checks across options, which report with config_refuse()...
 *	if (config_close(c) < 0)
 *		config_free(c);		(and s with it)
 *
 * Nothing stops at the first error: all steps run, and config_close() says whether all was well.
 */
#ifndef TRAILSEAL_CONFIG_CONFIG_H
#define TRAILSEAL_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "config/errors.h"
#include "config/option.h"
#include "config/secret.h"

struct config;

/* Reads a file; NULL: there is none, all options have their defaults. Never NULL. */
struct config	*config_open(const char *path, struct config_errors *);

/* The same with a text that was read elsewhere; `path` is for messages and relative paths. */
struct config	*config_open_text(const char *path, const char *text, size_t len,
		    struct config_errors *);

/*
 * A struct of `size` bytes filled as `rows` say, once after opening; it lives as long as the
 * configuration. What could not be bound has its default, or is missing in its list.
 */
void	*config_bind(struct config *, const struct config_option *rows, size_t size);

/*
 * Complains about a value between binding and closing: `value` is the address of a member, of a
 * list's item, or of a section's struct. The place is the file as a whole when it was not given.
 */
void	config_refuse(struct config *, const void *value, const char *fmt, ...)
	    __attribute__((format(printf, 3, 4)));

/* The file says something for the value; else it is a default. Between binding and closing. */
bool	config_is_given(const struct config *, const void *value);

/* Forgets the tree and its places. -1 when errors were found in any step. */
int	config_close(struct config *);

void	config_free(struct config *);	/* wipes the secrets; NULL is fine */

#endif
