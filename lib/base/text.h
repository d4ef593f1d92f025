/* SPDX-License-Identifier: Apache-2.0 */
/* Small pure functions over text: showing foreign text safely, URI escapes, nearest words. */
#ifndef TRAILSEAL_BASE_TEXT_H
#define TRAILSEAL_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * Copies foreign text so that it is fit for one line of a terminal or a log: control bytes,
 * invalid UTF-8 and the Unicode controls that reorder or hide text become "\xNN", what does not
 * fit is cut at a character's end and marked with "...". Returns `out`.
 */
char	*text_clean(char *out, size_t size, const char *text, size_t len);

bool	 text_is_utf8(const char *, size_t len);
size_t	 text_utf8_prefix(const char *, size_t len);	/* how far it is valid */

/* Adds the text with every byte but A-Za-z0-9-_.~ (and '/' when asked) as %XX. */
void	 text_add_uri(struct buf *, const char *, size_t len, bool keep_slash);

/* Adds the text with %XX undone; false on a broken escape. A "+" stays a "+". */
bool	 text_add_unescaped_uri(struct buf *out, const char *, size_t len);

/*
 * The word of `words` (NULL ends it) that `word` was most likely meant to be, or NULL when none
 * is near: at most a third of its letters differ (an exchange of neighbours counts as one).
 */
const char	*text_nearest(const char *word, const char *const *words);

/* Whole-text numbers; false on anything else, overflow included. */
bool	 text_to_i64(const char *, int64_t *ret_value);

bool	 text_has_prefix(const char *, const char *prefix);
bool	 text_has_suffix(const char *, const char *suffix);

/* strcmp() in which NULL equals "" : absent and empty strings mean the same to AWS. */
bool	 text_same(const char *, const char *);
bool	 text_is_empty(const char *);	/* NULL or "" */

#endif
