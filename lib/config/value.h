/* SPDX-License-Identifier: Apache-2.0 */
/* Scalars: one table of types, by which a text becomes a C value. Private to lib/config. */
#ifndef TRAILSEAL_CONFIG_VALUE_H
#define TRAILSEAL_CONFIG_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "config/option.h"

/* Bytes of one member of the option's type, of a list's item when it is one. */
size_t	config_value_size(const struct config_option *);

/* false and true, numbers: in quotes they are text and nothing else. */
bool	config_value_is_bare(const struct config_option *);

/* Parses one scalar into a member. False, and nothing written, when it is none of the type. */
bool	config_value_parse(const struct config_option *, const char *text, struct arena *,
	    void *ret_member);

/* One line, unless the form has more, that is not empty and has the form; NULL: any. */
bool	config_value_is_text(const struct config_form *, const char *text);

/* "" means the same as leaving the option out. */
bool	config_value_may_be_empty(const struct config_option *);

/* Adds what is expected, for messages and manuals: "a whole number from 1 to 1000". */
void	config_value_add_expected(const struct config_option *, struct buf *out);

#endif
