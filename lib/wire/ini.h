/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The INI dialect of AWS's shared configuration and credentials files: "[section]" lines,
 * "name = value" properties, comments behind '#' or ';' (within a line only after white space),
 * continued values and one level of sub-properties by indentation. Sections of one name are one
 * section, and of properties of one name the last counts. What belongs to no section, or has no
 * '=', or holds a NUL, or whose section lacks its bracket, is skipped and counted, as AWS's own
 * tools do.
 */
#ifndef TRAILSEAL_WIRE_INI_H
#define TRAILSEAL_WIRE_INI_H

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"

struct ini_property {
	const char		*name;	/* lower case */
	const char		*value;
	unsigned		 line;
	const struct ini_property *next;
};

struct ini_section {
	const char		*name;	/* between the brackets, trimmed, quotes undone: "profile a b" */
	unsigned		 line;
	const struct ini_property *properties;
	const struct ini_section *next;
};

struct ini {
	const struct ini_section *sections;
	unsigned		 skipped;	/* lines that were not understood */
	unsigned		 first_skipped;	/* the first such line, or 0 */
};

/* Never fails on form; the tree lives as long as the arena. */
void	ini_parse(struct arena *, const char *text, size_t len, struct ini *ret_ini);

const struct ini_section	*ini_find(const struct ini *, const char *section);
const char			*ini_get(const struct ini_section *, const char *property);	/* or NULL */

#endif
