/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One fetch of one set of keys, asynchronous: from a plan's base, or by assuming a role with keys
 * that are there already. A file per kind. The second half is for those files alone.
 */
#ifndef TRAILSEAL_AWS_SOURCE_H
#define TRAILSEAL_AWS_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws/call.h"
#include "aws/credentials.h"
#include "aws/plan.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/secret.h"
#include "loop/loop.h"
#include "wire/json.h"

/* What all sources share, and what outlives one fetch. */
struct sources {
	struct aws	*aws;
	char		*session_name;		/* ours; of assumed roles that name none */
	char		*sts_region;		/* ours; whose STS is asked, or NULL */
	struct secret	 imds_token;
	int64_t		 imds_token_until_mono_ms;
};

struct source;

/*
 * Runs once, last, in a later turn than the start; not after a cancel. Either is NULL. Hold the
 * credentials to keep them.
 */
typedef void (*source_done_fn)(void *arg, struct aws_credentials *, const struct err *);

/* The plan must outlive the source; so must the role, which `from` assumes. */
struct source	*source_start(struct sources *, const struct plan *, source_done_fn, void *arg);
struct source	*source_start_role(struct sources *, const struct plan_role *,
		    struct aws_credentials *from, source_done_fn, void *arg);
void		 source_cancel(struct source *);

/* The region whose STS is asked about a role: in the role's own partition. */
const char	*source_sts_region(const struct sources *, const char *role_arn);

/* ---- for the kinds ---- */

struct source_kind {
	const char	*name;
	size_t		 size;			/* of the kind's struct, which begins with the source */
	void		(*begin)(struct source *);	/* first, in a turn of its own; again by source_again() */
	void		(*stop)(struct source *);	/* cancels what is under way, wipes; or NULL */
};

struct source {
	const struct source_kind *kind;
	struct sources		*sources;
	const struct plan	*plan;		/* NULL when a role is assumed */
	struct loop_timer	 timer;		/* for `begin` */
	source_done_fn		 done;
	void			*arg;
	char			 label[160];	/* of the credentials, and before errors */
};

extern const struct source_kind	source_environment, source_keys, source_process,
    source_web_identity, source_role, source_container, source_imds;

/* A source of a kind, to be begun in a later turn. */
struct source	*source_new(const struct source_kind *, struct sources *, const struct plan *,
		    source_done_fn, void *arg);

/* Calls `begin` once more, after a while. */
void	source_again(struct source *, int64_t delay_ms);

/* The end: `done` runs, the credentials are let go, the source is freed. NULL: it failed. */
void	source_end(struct source *, struct aws_credentials *, const struct err *);

/* An environment variable, or NULL when it is unset or empty. */
const char	*source_env(const char *name);

bool	source_is_line(const char *);		/* holds no control character: fit for a header */
bool	source_is_visible(const char *);	/* nor a blank: fit for a URL */
bool	source_is_url(const char *);		/* of http or https */

/* Keys from texts; those with a session token count as the session of a role. */
struct aws_credentials	*source_make_keys(const struct source *, const char *access_key_id,
    const char *secret_access_key, const char *session_token, int64_t expires_wall_ms, struct err *);

/*
 * Keys from the JSON object of a process, a container or an instance, which differ in how they
 * call the session token, and in what `check` wants to see first, if it is not NULL. Errors never
 * show the text.
 */
typedef int (*source_check_fn)(const struct json *root, struct err *);
struct aws_credentials	*source_parse_keys(const struct source *, const char *text, size_t len,
    const char *token_name, source_check_fn check, struct err *);

/* A file's whole text in the arena, with a NUL behind it. 1 when it does not exist. */
int	source_read_file(struct arena *, const char *path, size_t max_bytes, char **ret_text,
	    size_t *ret_len, struct err *);

/* The same for a token: one line without the white space around it; missing is an error. */
int	source_read_token(struct arena *, const char *path, const char **ret_token, struct err *);

#endif
