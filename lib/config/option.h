/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Options as rows: a module describes the part of the configuration that it wants in const tables
 * and gets it as a filled struct of its own. The rows alone decide what a file may hold; the
 * sample configuration and the man page are made from them.
 *
 *	struct web_options { const char *listen; bool greets; };
 *
 *	const struct config_option web_option_rows[] = {
 *		{ "listen", CONFIG_TEXT, offsetof(struct web_options, listen),
 *		    .preset = "127.0.0.1:10117", .form = &config_form_listen,
 *		    .help = "Where to listen." },
 *		{ "greets", CONFIG_BOOL, offsetof(struct web_options, greets), .preset = "true",
 *		    .help = "Whether visitors are greeted." },
 *		{ .name = NULL },
 *	};
 *
 * lib/settings puts the tables together: a module's table becomes `.rows` of a section there.
 */
#ifndef TRAILSEAL_CONFIG_OPTION_H
#define TRAILSEAL_CONFIG_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is bound, and the type of the member that takes it. */
enum config_type {
	CONFIG_TEXT = 1,	/* const char *, one line; NULL while empty */
	CONFIG_BOOL,		/* bool */
	CONFIG_INTEGER,		/* unsigned, from `least` to `most` */
	CONFIG_RATIO,		/* double, more than 0 and at most 1 */
	CONFIG_DURATION,	/* int64_t, milliseconds from `least` to `most` */
	CONFIG_ENUM,		/* an enum whose value for the first of `words` is `least` */
	CONFIG_PATH,		/* const char *, relative ones beside the file; NULL while empty */
	CONFIG_SECRET,		/* const struct config_secret *, or NULL; adds NAME_file */
	CONFIG_PAIRS,		/* const struct config_pair *, a section whose keys are free; their
				 * number at `count_offset` */
	CONFIG_SECTION,		/* a struct filled by `rows`; with `size` a pointer to one, which
				 * is NULL while the section is not given */
	CONFIG_TYPES
};

/* A free key and its text. */
struct config_pair {
	const char	*name;
	const char	*text;
};

/* What a text must look like: of one line, unless its example has more. */
struct config_form {
	const char	*what;		/* "a region name such as us-east-1" */
	const char	*example;
	bool		(*is)(const char *);
};

extern const struct config_form config_form_account;		/* 12 digits */
extern const struct config_form config_form_region;
extern const struct config_form config_form_role;		/* a role's name */
extern const struct config_form config_form_role_arn;
extern const struct config_form config_form_key_arn;
extern const struct config_form config_form_external_id;
extern const struct config_form config_form_listen;		/* address:port, [address]:port */

/* Texts and structs in members belong to the loaded configuration (config.h). */
struct config_option {
	const char		*name;		/* NULL ends a table */
	enum config_type	 type;
	size_t			 offset;	/* of the member in the struct of its section */

	/* The default as text. NULL or "": none, for TEXT, PATH, SECRET and lists only. */
	const char		*preset;
	const char		*help;		/* whole sentences */
	bool			 is_required;	/* no default will do (TEXT, SECRET, lists) */
	bool			 is_unique;	/* among the sections of a list (TEXT) */
	const char		*needs;		/* without that option of its section: no effect */
	const char		*instead_of;	/* another way of saying that option, an earlier one of
						 * its section: only one of them may be given */

	/* A list: the member points to an array of members as above, its length is a size_t. */
	bool			 is_list;
	size_t			 count_offset;
	const char		*word;		/* may stand for the list, which is then empty, but
						 * must not be written as an empty one */

	int64_t			 least, most;
	const char *const	*words;		/* of an ENUM; NULL ends them */
	const struct config_form *form;		/* of TEXT, SECRET, PAIRS; NULL: anything */

	size_t			 size;		/* of a section's struct: for lists and pointers */
	const struct config_option *rows;	/* of a section */
	const struct config_option *(*find_rows)(void);	/* instead, for a table that is computed */
};

#define config_option_foreach(option, table) \
	for (const struct config_option *option = (table); option->name != NULL; option++)

const struct config_option	*config_option_rows(const struct config_option *section);

#endif
