/* SPDX-License-Identifier: Apache-2.0 */
/* The evidence of a verdict as a JSON object: which call said it, to whom, when, and what. */
#ifndef TRAILSEAL_FINDINGS_EVIDENCE_H
#define TRAILSEAL_FINDINGS_EVIDENCE_H

#include "rules/rules.h"
#include "wire/json_write.h"

void	evidence_write(struct json_writer *, const struct observation *);

/* The same as text, on one line; the caller frees it. */
char	*evidence_text(const struct observation *);

#endif
