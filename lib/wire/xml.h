/* SPDX-License-Identifier: Apache-2.0 */
/*
 * XML answers (STS, EC2, S3) as trees of elements in an arena. Names are local names: prefixes
 * are dropped. Attributes and comments are skipped, document type declarations refused.
 */
#ifndef TRAILSEAL_WIRE_XML_H
#define TRAILSEAL_WIRE_XML_H

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"

#define XML_MAX_DEPTH	32

struct xml {
	const char		*name;
	const char		*text;	/* character data directly inside, trimmed; never NULL */
	const struct xml	*child;	/* the first one */
	const struct xml	*next;	/* sibling */
};

#define xml_foreach(item, parent) \
	for (const struct xml *item = (parent)->child; item != NULL; item = item->next)

/* The tree lives as long as the arena. Errors are ERR_MALFORMED "line:column: what". */
int	xml_parse(struct arena *, const char *text, size_t len, const struct xml **ret_root,
	    struct err *);

/* The first element below `from` along "A/B/C", or NULL. A NULL `from` gives NULL. */
const struct xml	*xml_find(const struct xml *from, const char *path);

/* Its text, or NULL when the element is missing or empty. */
const char		*xml_find_text(const struct xml *from, const char *path);

#endif
