/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the ambient keys are got, as the environment and the shared files say: one base that gives
 * keys without others, then the roles that are assumed from it one after the other. Plain data in
 * an arena, which holds secrets and is therefore ended by arena_wipe().
 */
#ifndef TRAILSEAL_AWS_PLAN_H
#define TRAILSEAL_AWS_PLAN_H

#define PLAN_ROLES_MAX	8	/* roles in one chain of source profiles */

enum plan_base {
	PLAN_NOTHING = 0,	/* nothing is configured here: the chain looks on */
	PLAN_ENVIRONMENT,	/* AWS_ACCESS_KEY_ID and its companions */
	PLAN_KEYS,		/* of a profile */
	PLAN_PROCESS,		/* credential_process of a profile */
	PLAN_WEB_IDENTITY,	/* AssumeRoleWithWebIdentity */
	PLAN_CONTAINER,		/* the endpoint of ECS or EKS */
	PLAN_IMDS,		/* the instance's metadata */
	PLAN_BASES
};

struct plan_role {
	const char	*role_arn;
	const char	*external_id;	/* or NULL */
	const char	*session_name;	/* or NULL: the caller's */
	int		 duration_s;	/* 0: the default */
};

struct plan {
	enum plan_base	 base;
	const char	*profile;	/* that names the base, or NULL: the environment does */
	const char	*access_key_id, *secret_access_key, *session_token;	/* PLAN_KEYS */
	const char	*process;	/* PLAN_PROCESS: the command line */
	const char	*token_file;	/* PLAN_WEB_IDENTITY */
	struct plan_role web_identity;	/* PLAN_WEB_IDENTITY: the role that the token opens */
	struct plan_role roles[PLAN_ROLES_MAX];	/* assumed from the last to the first */
	unsigned	 role_count;
};

#endif
