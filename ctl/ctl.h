/* SPDX-License-Identifier: Apache-2.0 */
/* What the verbs of trailsealctl share: their table, exit codes, options and output. */
#ifndef TRAILSEAL_CTL_CTL_H
#define TRAILSEAL_CTL_CTL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "wire/json.h"

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
	unsigned	 operand_count;		/* so many one behind the other; 0 is 1 */
	enum ctl_exit	(*run)(const void *options);
};

extern const struct ctl_verb	check_verb, policy_verb, explain_verb, check_config_verb,
			evidence_verb, status_verb, silence_verb, test_receivers_verb;

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
 * One request at the daemon's control socket (NULL: where it is by default): a JSON object and a
 * line feed. The answer's tree is the arena's. -1 also when the daemon refuses.
 */
int	ctl_ask_daemon(const char *socket, const struct buf *request, struct arena *,
	    const struct json **ret_answer, struct err *);

/* Tells what went wrong there; the exit code: CTL_USAGE when it was refused, else CTL_UNKNOWN. */
enum ctl_exit	ctl_complain_daemon(const struct err *);

/* "table" or "json"; NULL: by what standard output is. False when it is neither, which was told. */
bool	ctl_wants_json(const char *format, bool *ret);

/*
 * The configuration: of `path`, or of the default file where that exists, or all defaults.
 * NULL when there are errors in it, which were told.
 */
struct settings	*ctl_load_settings(const char *path);

/* The default file when `path` is NULL and it exists; NULL: there is none. */
const char	*ctl_config_path(const char *path);

#endif
