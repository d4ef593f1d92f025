/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All that is wrong with a configuration, collected so that its author can mend it in one go. A
 * message names the option and what is expected there, never the value: it may be a secret.
 */
#ifndef TRAILSEAL_CONFIG_ERRORS_H
#define TRAILSEAL_CONFIG_ERRORS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

#define CONFIG_MAX_ERRORS	100	/* kept; later ones are only counted */

/* Both from 1, the column in characters. Line 0 is the file as a whole. */
struct config_place {
	unsigned	line, column;
};

struct config_error {
	struct config_place	 place;
	size_t			 order;	/* as found: among those of one place */
	char			*text;	/* ours: "path.to.key: what is wrong" */
};

/* Zeroed, it is empty. */
struct config_errors {
	char			*file;	/* ours; as the user named it; NULL: none was read */
	struct config_error	*list;	/* ours */
	size_t			 count, cap;
	size_t			 hidden;	/* found when the list was full */
};

void	config_errors_done(struct config_errors *);

/* Names the file that the errors are about. */
void	config_errors_set_file(struct config_errors *, const char *file);

/* `path` may be "". What comes from the configuration in `fmt` must have been cleaned. */
void	config_errors_add(struct config_errors *, struct config_place, const char *path,
	    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* Composing another message is a waste: it would only be counted. */
bool	config_errors_are_full(const struct config_errors *);

/* One line an error, "file:line:column: path.to.key: what is wrong", in the order of places. */
void	config_errors_write(struct config_errors *, struct buf *out);

#endif
