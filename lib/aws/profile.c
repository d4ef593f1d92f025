/* SPDX-License-Identifier: Apache-2.0 */
/* Profiles of the shared files; see profile.h. */
#include "aws/profile.h"

#include <string.h>
#include <strings.h>

#include "base/names.h"
#include "base/text.h"

/* One profile: its section in each file, or NULL. */
struct profile {
	const char		 *name;
	const struct ini_section *config, *credentials;
};

/* What credential_source may say. */
static const struct profile_source {
	const char	*name;
	enum plan_base	 base;
} profile_sources[] = {
	{ "Environment", PLAN_ENVIRONMENT },
	{ "EcsContainer", PLAN_CONTAINER },
	{ "Ec2InstanceMetadata", PLAN_IMDS },
};

/* Properties of profiles for people who log in. */
static const char *const profile_login_names[] = {
	"sso_session", "sso_start_url", "sso_account_id", "sso_role_name", "login_session",
};

static const struct ini_section *
profile_find_config(const struct ini *config, const char *name)
{
	for (const struct ini_section *s = config->sections; s != NULL; s = s->next)
		if (text_has_prefix(s->name, "profile ") && strcmp(s->name + 8, name) == 0)
			return s;
	return strcmp(name, "default") == 0 ? ini_find(config, name) : NULL;
}

static bool
profile_find(const struct profile_files *files, const char *name, struct profile *ret)
{
	*ret = (struct profile){
		.name = name,
		.config = profile_find_config(&files->config, name),
		.credentials = ini_find(&files->credentials, name),
	};
	return ret->config != NULL || ret->credentials != NULL;
}

static const char *
profile_get(const struct profile *p, const char *property)
{
	const char *value = ini_get(p->credentials, property);

	if (text_is_empty(value))
		value = ini_get(p->config, property);
	return text_is_empty(value) ? NULL : value;
}

bool
profile_exists(const struct profile_files *files, const char *name)
{
	struct profile p;

	return profile_find(files, name, &p);
}

const char *
profile_region(const struct profile_files *files, const char *name)
{
	struct profile p;

	return profile_find(files, name, &p) ? profile_get(&p, "region") : NULL;
}

static bool
profile_has_keys(const struct profile *p)
{
	return profile_get(p, "aws_access_key_id") != NULL ||
	    profile_get(p, "aws_secret_access_key") != NULL;
}

static int
profile_take_keys(const struct profile *p, struct plan *plan, struct err *err)
{
	plan->base = PLAN_KEYS;
	plan->access_key_id = profile_get(p, "aws_access_key_id");
	plan->secret_access_key = profile_get(p, "aws_secret_access_key");
	plan->session_token = profile_get(p, "aws_session_token");
	if (plan->session_token == NULL)
		plan->session_token = profile_get(p, "aws_security_token");	/* its old name */
	if (plan->access_key_id == NULL || plan->secret_access_key == NULL)
		return err_set(err, ERR_CREDENTIALS, "profile %s has no %s", p->name,
		    plan->access_key_id == NULL ? "aws_access_key_id" : "aws_secret_access_key");
	return 0;
}

static int
profile_take_role(const struct profile *p, struct plan_role *role, struct err *err)
{
	const char *duration = profile_get(p, "duration_seconds");
	int64_t seconds = 0;
	struct arn arn;

	role->role_arn = profile_get(p, "role_arn");
	role->external_id = profile_get(p, "external_id");
	role->session_name = profile_get(p, "role_session_name");
	if (!arn_parse_role(role->role_arn, &arn))
		return err_set(err, ERR_CREDENTIALS, "profile %s: role_arn is no ARN of a role: %s",
		    p->name, role->role_arn);
	if (duration != NULL &&
	    (!text_to_i64(duration, &seconds) || seconds < 900 || seconds > 43200))
		return err_set(err, ERR_CREDENTIALS, "profile %s: duration_seconds must be a whole "
		    "number from 900 to 43200", p->name);
	role->duration_s = (int)seconds;
	if (profile_get(p, "mfa_serial") != NULL)
		return err_set(err, ERR_CREDENTIALS, "profile %s: mfa_serial wants a code from a person "
		    "at every start; let a role without that condition trust the monitor instead",
		    p->name);
	return 0;
}

/* The base of a role that names its source by a word. */
static int
profile_take_source(const struct profile *p, const char *word, struct plan *plan, struct err *err)
{
	for (size_t i = 0; i < sizeof(profile_sources) / sizeof(*profile_sources); i++)
		if (strcasecmp(profile_sources[i].name, word) == 0) {
			plan->base = profile_sources[i].base;
			return 0;
		}
	return err_set(err, ERR_CREDENTIALS, "profile %s: credential_source is %s, but may only be "
	    "Environment, EcsContainer or Ec2InstanceMetadata", p->name, word);
}

/* A role, and whence it is assumed. Sets *ret_next when that is another profile. */
static int
profile_take_role_and_source(const struct profile *p, struct plan *plan, const char **ret_next,
    struct err *err)
{
	const char *from = profile_get(p, "source_profile");
	const char *word = profile_get(p, "credential_source");
	const char *token_file = profile_get(p, "web_identity_token_file");
	int ways = (from != NULL) + (word != NULL) + (token_file != NULL);

	if (ways != 1)
		return err_set(err, ERR_CREDENTIALS, "profile %s: role_arn needs exactly one of "
		    "source_profile, credential_source and web_identity_token_file, here are %d", p->name,
		    ways);
	if (token_file != NULL) {
		plan->base = PLAN_WEB_IDENTITY;
		plan->token_file = token_file;
		return profile_take_role(p, &plan->web_identity, err);
	}
	if (plan->role_count == PLAN_ROLES_MAX)
		return err_set(err, ERR_CREDENTIALS, "profile %s: more than %d roles in one chain of "
		    "source profiles", p->name, PLAN_ROLES_MAX);
	if (profile_take_role(p, &plan->roles[plan->role_count++], err) < 0)
		return -1;
	*ret_next = from;
	return word != NULL ? profile_take_source(p, word, plan, err) : 0;
}

static int
profile_take_rest(const struct profile *p, struct plan *plan, struct err *err)
{
	plan->process = profile_get(p, "credential_process");
	if (plan->process != NULL) {
		plan->base = PLAN_PROCESS;
		return 0;
	}
	for (size_t i = 0; i < sizeof(profile_login_names) / sizeof(*profile_login_names); i++)
		if (profile_get(p, profile_login_names[i]) != NULL)
			return err_set(err, ERR_CREDENTIALS, "profile %s: %s wants a person to log in; give "
			    "the monitor a role of its own, or name a profile with credential_process = aws "
			    "configure export-credentials --profile %s --format process", p->name,
			    profile_login_names[i], p->name);
	if (plan->role_count > 0)
		return err_set(err, ERR_CREDENTIALS, "source profile %s says nothing about keys", p->name);
	return 0;
}

/* One profile of the chain; *ret_next is the one it leads to, or stays NULL. */
static int
profile_take(const struct profile *p, struct plan *plan, const char **ret_next, struct err *err)
{
	plan->profile = p->name;
	if (profile_get(p, "role_arn") != NULL && (plan->role_count == 0 || !profile_has_keys(p)))
		return profile_take_role_and_source(p, plan, ret_next, err);
	if (profile_has_keys(p))
		return profile_take_keys(p, plan, err);
	return profile_take_rest(p, plan, err);
}

/*
 * Whether the chain may go on to `name`. The one profile that may name itself has static keys: its
 * role is then assumed with them.
 */
static int
profile_check_loop(struct arena *arena, const char *const *seen, unsigned count,
    const struct profile *next, struct err *err)
{
	const char *path = seen[0];
	bool loops = false;

	for (unsigned i = 0; i < count; i++) {
		loops = loops || strcmp(seen[i], next->name) == 0;
		if (i > 0)
			path = arena_printf(arena, "%s -> %s", path, seen[i]);
	}
	if (!loops || (count == 1 && profile_has_keys(next)))
		return 0;
	return err_set(err, ERR_CREDENTIALS, "source_profile goes in a circle: %s -> %s", path,
	    next->name);
}

int
profile_resolve(struct arena *arena, const struct profile_files *files, const char *name,
    struct plan *ret_plan, struct err *err)
{
	const char *seen[PLAN_ROLES_MAX + 1];
	struct plan plan = { .base = PLAN_NOTHING };
	struct profile p;

	for (unsigned count = 0; name != NULL; count++) {
		const char *next = NULL;

		if (!profile_find(files, name, &p))
			return err_set(err, ERR_CREDENTIALS, "%sprofile %s does not exist",
			    count > 0 ? "source " : "", name);
		if (count > 0 && profile_check_loop(arena, seen, count, &p, err) < 0)
			return -1;
		seen[count] = name;
		if (profile_take(&p, &plan, &next, err) < 0)
			return -1;
		name = next;
	}
	if (plan.base == PLAN_NOTHING)
		plan.profile = NULL;
	*ret_plan = plan;
	return 0;
}
