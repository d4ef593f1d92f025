/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loader's second step: a tree of nodes becomes structs, as rows of options say. Private to
 * lib/config.
 */
#ifndef TRAILSEAL_CONFIG_BIND_H
#define TRAILSEAL_CONFIG_BIND_H

#include "base/arena.h"
#include "config/errors.h"
#include "config/option.h"
#include "config/secret.h"
#include "config/tree.h"

struct config_binder {
	struct arena		*scratch;	/* the tree's */
	struct arena		*values;	/* texts, lists, sections that members point to */
	struct config_secret	*secrets;	/* made so far, in `values`; their texts are not */
	size_t			 secret_bytes;
	struct config_errors	*errors;
	const char		*file;		/* relative paths lie beside it; or NULL */
};

/* Fills a section's struct, which is zeroed. A NULL node gives the defaults. */
void	config_bind_section(struct config_binder *, struct config_node *,
	    const struct config_option *rows, void *section);

/* Complains that the node is not what the option, or an item of its list, takes. */
void	config_bind_refuse(struct config_binder *, struct config_node *,
	    const struct config_option *, bool as_item);

/* Binds NAME or, when `is_file`, NAME_file. The text of the node is wiped. */
void	config_bind_secret(struct config_binder *, const struct config_option *,
	    struct config_node *, bool is_file, struct config_secret **member);

/* Where a relative path leads. */
const char	*config_bind_path(struct config_binder *, const char *path);

#endif
