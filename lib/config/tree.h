/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A YAML text as a tree of nodes with their places, in an arena: the first of the loader's two
 * steps, which knows nothing of options. Private to lib/config. Strict: one document in UTF-8,
 * keys are text and stand once in their mapping; no anchors, aliases, tags or merge keys.
 */
#ifndef TRAILSEAL_CONFIG_TREE_H
#define TRAILSEAL_CONFIG_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "config/errors.h"

#define CONFIG_MAX_BYTES	(1024 * 1024)
#define CONFIG_MAX_DEPTH	16
#define CONFIG_MAX_NODES	100000

enum config_kind { CONFIG_SCALAR = 1, CONFIG_SEQUENCE, CONFIG_MAPPING };

struct config_node {
	enum config_kind	 kind;
	bool			 is_plain;	/* a scalar without quotes */
	bool			 is_refused;	/* its error is known: no more is said about it */
	unsigned		 index;		/* in its sequence, from 0 */
	unsigned		 count;		/* children */
	struct config_place	 place;
	struct config_place	 key_place;	/* of its key; without one, of itself */
	const char		*key;		/* in its mapping, else NULL */
	char			*text;		/* of a scalar, without NUL bytes inside */
	const struct config_node *parent;	/* NULL: the root */
	struct config_node	*child, *next;
	const void		*value;		/* the member of a struct that it was bound to */
};

/*
 * -1 when the text could not be read to its end; what was found wrong on the way and does not
 * hinder reading on is among the errors, too. An empty text gives NULL.
 */
int	config_tree_read(struct arena *, const char *text, size_t len,
	    struct config_node **ret_root, struct config_errors *);

const char	*config_kind_name(enum config_kind);	/* "text", "a list", "a section" */

/* Nothing was written, or one of YAML's words for that. */
bool	config_node_is_null(const struct config_node *);

/* Adds "accounts[1].role_arn"; keys are cleaned and cut. */
void	config_node_add_path(const struct config_node *, struct buf *out);

/* Complains with the path of the node; at its key when `at_key`. */
void	config_node_refuse(struct config_errors *, struct config_node *, bool at_key,
	    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* A node by the text that has to be unique. */
struct config_unique {
	const char		*text;
	struct config_node	*node;
};

/* Refuses every node whose text an earlier one has, too. Sorts the list. */
void	config_unique_judge(struct config_errors *, struct config_unique *list, size_t count,
	    bool at_key);

#endif
