/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ambient keys of this process: which source the environment and the shared files name, in
 * aws-c-auth's order, and its fetch with all the roles of a profile. The first source that is
 * configured is the one; when it is broken, that is the error, and nothing behind it is tried:
 * a monitor must not silently look through other eyes. Instance metadata is asked when nothing is
 * configured, by IMDSv2 alone.
 */
#ifndef TRAILSEAL_AWS_CHAIN_H
#define TRAILSEAL_AWS_CHAIN_H

#include "aws/source.h"

struct chain;

/*
 * Looks at the environment and the files anew. Ends as a source does. The kind of an error is the
 * last source's own (ERR_TIMEOUT, ERR_DENIED), so that the caller can tell what may pass.
 */
struct chain	*chain_start(struct sources *, source_done_fn, void *arg);
void		 chain_cancel(struct chain *);

/*
 * The plan that a fetch would follow, and what was looked at in vain before it ("not in the
 * environment; ..."). The texts are the arena's, which holds secrets.
 */
int	chain_plan(struct arena *, struct plan *ret_plan, const char **ret_looked, struct err *);

/* AWS_REGION, AWS_DEFAULT_REGION or the profile's; the caller's copy, or NULL. */
char	*chain_region(void);

#endif
