/* SPDX-License-Identifier: Apache-2.0 */
/* The table of findings, and what its files share. Private to lib/findings. */
#ifndef TRAILSEAL_FINDINGS_FINDINGS_PRIVATE_H
#define TRAILSEAL_FINDINGS_FINDINGS_PRIVATE_H

#include "findings/findings.h"

LIST_HEAD(finding_list, finding);
TAILQ_HEAD(finding_queue, finding);

/* The findings of one resource: whoever has a resource at hand need not make an id. */
struct finding_place {
	char			*resource;	/* ours */
	struct finding_list	 findings;
	UT_hash_handle		 hh;
};

struct findings {
	struct finding		*by_id;
	struct finding_place	*places;	/* none is empty */
	struct finding_queue	 dirty;
	int64_t			 last_wall_ms;	/* of the tick before, as pace.h wants it */
};

struct finding_place	*findings_find_place(const struct findings *, const char *resource);

/* The one of this rule there, or NULL; so is the place allowed to be. */
struct finding	*finding_place_find(const struct finding_place *, enum rule_id,
		    const char *account, const char *region);

/* A new one, in no state yet. */
struct finding	*findings_add(struct findings *, enum rule_id, const char *account,
		    const char *region, const char *resource);
void		 findings_forget(struct findings *, struct finding *);
void		 findings_touch(struct findings *, struct finding *);	/* it is dirty */

#endif
