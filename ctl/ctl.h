/* SPDX-License-Identifier: Apache-2.0 */
/* What the verbs of trailsealctl share: their table, exit codes, options and output. */
#ifndef TRAILSEAL_CTL_CTL_H
#define TRAILSEAL_CTL_CTL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

#define CTL_CONFIG	"/etc/trailseal/trailseal.yaml"	/* where there is one, unless told */
#define CTL_LIST_MAX	1024	/* times that one option may be given */

enum ctl_exit {
	CTL_GOOD = 0,
	CTL_FAILS = 1,		/* a finding fails */
	CTL_USAGE = 2,		/* usage or configuration error, or the result could not be written */
	CTL_UNKNOWN = 3,	/* nothing fails, but something could not be seen */
};

enum ctl_kind { CTL_FLAG = 1, CTL_TEXT, CTL_LIST };

/* Texts are the command line's. */
struct ctl_list {
	const char	*item[CTL_LIST_MAX];
	size_t		 count;
};

/* An option as a row; a NULL name ends a table. Every verb knows --help besides. */
struct ctl_option {
	const char	*name;		/* without its dashes */
	const char	*argument;	/* "FILE"; NULL for a flag */
	enum ctl_kind	 kind;
	size_t		 offset;	/* of a bool, const char * or struct ctl_list */
	const char	*help;
};

struct ctl_verb {
	const char	*name;
	const char	*operand;	/* "[RULE]", or NULL when it takes none */
	const char	*summary;	/* one line */
	const char	*help;		/* whole sentences, for the verb's own --help */
	const struct ctl_option *options;
	size_t		 size;		/* of the struct that the options fill */
	size_t		 operand_offset;	/* const char * in it; NULL when not given */
	enum ctl_exit	(*run)(const void *options);
};

extern const struct ctl_verb	check_verb, policy_verb, explain_verb, check_config_verb,
			evidence_verb;

/* Fills the struct. False when the exit code stands: after --help, or an error that was told. */
bool	ctl_options_read(const struct ctl_verb *, int argc, char **argv, void *options,
	    enum ctl_exit *ret_exit);

/* One line on standard error, "trailsealctl: ..."; foreign text is cleaned. */
void	ctl_complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The same about a word that is none of `words` (NULL ends them), with the nearest of them. */
void	ctl_complain_word(const char *what, const char *word, const char *const *words);

/* Writes to standard output; a failure is told, and makes any exit code CTL_USAGE. */
enum ctl_exit	ctl_write(const struct buf *, enum ctl_exit);

/*
 * The configuration: of `path`, or of the default file where that exists, or all defaults.
 * NULL when there are errors in it, which were told.
 */
struct settings	*ctl_load_settings(const char *path);

/* The default file when `path` is NULL and it exists; NULL: there is none. */
const char	*ctl_config_path(const char *path);

#endif
