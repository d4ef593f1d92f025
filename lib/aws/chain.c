/* SPDX-License-Identifier: Apache-2.0 */
/* The chain of ambient sources; see chain.h. */
#include "aws/chain.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "aws/profile.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/names.h"
#include "base/text.h"

#define CHAIN_FILE_MAX_BYTES	(1024 * 1024)	/* of a shared file */

/* What the look at the sources has found so far. */
struct chain_look {
	struct arena	*arena;
	struct plan	*plan;
	const char	*looked;	/* in vain, for the message at the end */
};

/* ---- shared files ---- */

static const char *
chain_home(void)
{
	const char *home = source_env("HOME");
	const struct passwd *pw;

	if (home != NULL)
		return home;
	pw = getpwuid(getuid());
	return pw != NULL ? pw->pw_dir : "/";
}

/* The path that the variable names, or the usual one; a leading "~/" is the home folder. */
static const char *
chain_path(struct arena *arena, const char *variable, const char *usual)
{
	const char *path = source_env(variable);

	if (path == NULL)
		path = usual;
	if (text_has_prefix(path, "~/"))
		return arena_printf(arena, "%s%s", chain_home(), path + 1);
	return path;
}

static int
chain_read_ini(struct arena *arena, const char *path, struct ini *ini, struct err *err)
{
	char *text = NULL;
	size_t len = 0;
	int ret = source_read_file(arena, path, CHAIN_FILE_MAX_BYTES, &text, &len, err);

	if (ret == 0)
		ini_parse(arena, text, len, ini);
	return ret < 0 ? -1 : 0;
}

static const char *
chain_config_path(struct arena *arena)
{
	return chain_path(arena, "AWS_CONFIG_FILE", "~/.aws/config");
}

static const char *
chain_credentials_path(struct arena *arena)
{
	return chain_path(arena, "AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials");
}

static int
chain_read_files(struct arena *arena, struct profile_files *files, struct err *err)
{
	*files = (struct profile_files){ .config.sections = NULL };
	if (chain_read_ini(arena, chain_config_path(arena), &files->config, err) < 0)
		return -1;
	return chain_read_ini(arena, chain_credentials_path(arena), &files->credentials, err);
}

/* ---- the sources in their order ---- */

static void
chain_look_on(struct chain_look *look, const char *what)
{
	look->looked = look->looked == NULL ? what :
	    arena_printf(look->arena, "%s, %s", look->looked, what);
}

static int
chain_look_environment(struct chain_look *look, struct err *err)
{
	(void)err;
	if (source_env("AWS_ACCESS_KEY_ID") != NULL || source_env("AWS_SECRET_ACCESS_KEY") != NULL)
		look->plan->base = PLAN_ENVIRONMENT;	/* one without the other fails there */
	else
		chain_look_on(look, "no keys in the environment");
	return 0;
}

static int
chain_look_profile(struct chain_look *look, struct err *err)
{
	const char *wanted = source_env("AWS_PROFILE"), *name = wanted ? wanted : "default";
	struct profile_files files;

	if (chain_read_files(look->arena, &files, err) < 0)
		return -1;
	if (!profile_exists(&files, name)) {
		const char *missing = arena_printf(look->arena, "no profile %s in %s or %s", name,
		    chain_config_path(look->arena), chain_credentials_path(look->arena));

		if (wanted != NULL)
			return err_set(err, ERR_CREDENTIALS, "AWS_PROFILE: %s", missing);
		chain_look_on(look, missing);
		return 0;
	}
	if (profile_resolve(look->arena, &files, name, look->plan, err) < 0)
		return -1;
	if (look->plan->base == PLAN_NOTHING)
		chain_look_on(look, arena_printf(look->arena, "no keys in profile %s", name));
	return 0;
}

static int
chain_look_web_identity(struct chain_look *look, struct err *err)
{
	const char *file = source_env("AWS_WEB_IDENTITY_TOKEN_FILE");
	const char *role = source_env("AWS_ROLE_ARN");
	struct arn arn;

	if (file == NULL) {
		chain_look_on(look, "no web identity");
		return 0;
	}
	if (role == NULL || !arn_parse_role(role, &arn))
		return err_set(err, ERR_CREDENTIALS, "AWS_WEB_IDENTITY_TOKEN_FILE is set, but "
		    "AWS_ROLE_ARN %s", role == NULL ? "is not" : "is no ARN of a role");
	look->plan->base = PLAN_WEB_IDENTITY;
	look->plan->token_file = file;
	look->plan->web_identity = (struct plan_role){
		.role_arn = role,
		.session_name = source_env("AWS_ROLE_SESSION_NAME"),
	};
	return 0;
}

static int
chain_look_container(struct chain_look *look, struct err *err)
{
	(void)err;
	if (source_env("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") != NULL ||
	    source_env("AWS_CONTAINER_CREDENTIALS_FULL_URI") != NULL)
		look->plan->base = PLAN_CONTAINER;
	else
		chain_look_on(look, "no container");
	return 0;
}

static int
chain_look_imds(struct chain_look *look, struct err *err)
{
	(void)err;
	look->plan->base = PLAN_IMDS;
	return 0;
}

static int	(*const chain_order[])(struct chain_look *, struct err *) = {
	chain_look_environment,
	chain_look_profile,
	chain_look_web_identity,
	chain_look_container,
	chain_look_imds,
};

int
chain_plan(struct arena *arena, struct plan *ret_plan, const char **ret_looked, struct err *err)
{
	struct plan plan = { .base = PLAN_NOTHING };
	struct chain_look look = { .arena = arena, .plan = &plan };

	for (size_t i = 0; plan.base == PLAN_NOTHING; i++)
		if (chain_order[i](&look, err) < 0)
			return -1;
	*ret_plan = plan;
	*ret_looked = look.looked;
	return 0;
}

char *
chain_region(void)
{
	const char *from = "AWS_REGION", *region = source_env(from);
	const char *profile = source_env("AWS_PROFILE");
	struct arena *arena = arena_new();
	struct profile_files files;
	struct err err;		/* of the files: the first fetch of keys will tell */
	char *copy = NULL;

	if (region == NULL)
		region = source_env(from = "AWS_DEFAULT_REGION");
	if (region == NULL && chain_read_files(arena, &files, &err) == 0) {
		region = profile_region(&files, profile ? profile : "default");
		from = "the profile";
	}
	if (region != NULL && name_is_region(region))
		copy = mem_strdup(region);
	else if (region != NULL)
		log_warning(NULL, "%s: \"%s\" is no name of a region and not used", from, region);
	arena_wipe(arena);
	return copy;
}

/* ---- one fetch ---- */

struct chain {
	struct sources		*sources;
	struct arena		*arena;		/* of the plan: secrets */
	struct plan		 plan;
	const char		*looked;
	unsigned		 roles_left;	/* of the plan's, to be assumed yet */
	struct source		*source;	/* while it is under way */
	struct loop_timer	 timer;		/* for the first step */
	source_done_fn		 done;
	void			*arg;
};

static void
chain_free(struct chain *chain)
{
	loop_timer_stop(&chain->timer);
	source_cancel(chain->source);
	arena_wipe(chain->arena);
	free(chain);
}

static void
chain_end(struct chain *chain, struct aws_credentials *credentials, const struct err *err)
{
	chain->done(chain->arg, credentials, err);
	chain_free(chain);
}

static void
chain_on_source(void *arg, struct aws_credentials *credentials, const struct err *why)
{
	struct chain *chain = arg;
	struct err err;

	chain->source = NULL;
	if (credentials != NULL && chain->roles_left > 0) {
		chain->source = source_start_role(chain->sources,
		    &chain->plan.roles[--chain->roles_left], credentials, chain_on_source, chain);
		return;
	}
	if (credentials != NULL || chain->looked == NULL || chain->plan.base != PLAN_IMDS ||
	    chain->plan.profile != NULL) {
		chain_end(chain, credentials, why);
		return;
	}
	err = *why;
	err_prefix(&err, "%s", chain->looked);
	chain_end(chain, NULL, &err);
}

static void
chain_begin(void *arg)
{
	struct chain *chain = arg;
	struct err err;

	if (chain_plan(chain->arena, &chain->plan, &chain->looked, &err) < 0) {
		chain_end(chain, NULL, &err);
		return;
	}
	chain->roles_left = chain->plan.role_count;
	chain->source = source_start(chain->sources, &chain->plan, chain_on_source, chain);
}

struct chain *
chain_start(struct sources *sources, source_done_fn done, void *arg)
{
	struct chain *chain = mem_alloc(1, sizeof(*chain));

	chain->sources = sources;
	chain->arena = arena_new();
	chain->done = done;
	chain->arg = arg;
	loop_timer_init(&chain->timer, aws_loop(sources->aws), chain_begin, chain);
	loop_timer_set(&chain->timer, 0);
	return chain;
}

void
chain_cancel(struct chain *chain)
{
	if (chain != NULL)
		chain_free(chain);
}
