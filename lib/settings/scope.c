/* SPDX-License-Identifier: Apache-2.0 */
/* What the settings mean to the sweep and to the rules; see scope.h. */
#include "settings/scope.h"

#include <assert.h>
#include <stdlib.h>

#include "aws/queue_url.h"
#include "base/arena.h"
#include "base/mem.h"
#include "base/names.h"

/* Reads an external id into its place; *ret_text stays NULL when there is none. */
static int
scope_read_external_id(struct scope *scope, const struct config_secret *from,
    const char **ret_text, struct err *err)
{
	struct secret *secret = &scope->external_ids[scope->external_id_count];

	if (from == NULL)
		return 0;
	if (config_secret_read(from, secret, err) < 0)
		return -1;
	scope->external_id_count++;
	*ret_text = secret_text(secret);
	return 0;
}

static int
scope_add_accounts(struct scope *scope, const struct settings *s, struct err *err)
{
	for (size_t i = 0; i < s->account_count; i++) {
		const struct settings_account *from = &s->accounts[i];
		struct sweep_account *to = &scope->accounts[i];

		*to = (struct sweep_account){
			.id = from->id, .name = from->name, .role_arn = from->role_arn,
		};
		if (scope_read_external_id(scope, from->external_id, &to->external_id, err) < 0)
			return err_prefix(err, "account %s: external_id", from->id);
	}
	return 0;
}

static int
scope_add_queues(struct scope *scope, const struct settings *s, struct err *err)
{
	for (size_t i = 0; i < s->queue_count; i++) {
		const struct settings_queue *from = &s->queues[i];
		struct sweep_queue *to = &scope->queues[i];
		struct aws_queue_url url;
		bool is_url = aws_queue_url_parse(from->url, &url);

		assert(is_url);	/* its option's form says so */
		*to = (struct sweep_queue){
			.url = from->url, .role_arn = from->role_arn,
			.account = arena_strdup(scope->arena, url.account),
			.region = arena_strdup(scope->arena, url.region),
			.poison_receives = from->poison_receives,
		};
		if (scope_read_external_id(scope, from->external_id, &to->external_id, err) < 0)
			return err_prefix(err, "queue %s: external_id", from->url);
	}
	return 0;
}

static int
scope_add_organization(struct scope *scope, const struct settings_organization *o,
    struct err *err)
{
	if (o == NULL)
		return 0;
	scope->sweep.has_organization = true;
	scope->sweep.management_role_arn = o->management_role_arn;
	scope->sweep.role = o->role;
	scope->sweep.exclude = o->exclude;
	scope->sweep.exclude_count = o->exclude_count;
	if (scope_read_external_id(scope, o->external_id, &scope->sweep.external_id, err) < 0)
		return err_prefix(err, "organization: external_id");
	return 0;
}

/* An ARN says in which account the role is, too. */
static void
scope_add_role(struct scope *scope, const char *role_arn)
{
	struct rules_event_settings *events = &scope->rules.events;
	struct name_part name;
	struct arn arn;

	if (role_arn == NULL || !arn_parse_role(role_arn, &arn))
		return;
	name = name_after_slash(arn.resource);
	scope->roles[events->role_count++] = (struct rules_role){
		.account = arena_strndup(scope->arena, arn.account.text, arn.account.len),
		.name = arena_strndup(scope->arena, name.text, name.len),
	};
}

static void
scope_add_roles(struct scope *scope, const struct settings *s)
{
	struct rules_event_settings *events = &scope->rules.events;

	events->roles = scope->roles;
	for (size_t i = 0; i < s->account_count; i++)
		scope_add_role(scope, s->accounts[i].role_arn);
	for (size_t i = 0; i < s->queue_count; i++)
		scope_add_role(scope, s->queues[i].role_arn);
	if (s->organization == NULL)
		return;
	scope_add_role(scope, s->organization->management_role_arn);
	scope->roles[events->role_count++] = (struct rules_role){ .name = s->organization->role };
}

int
scope_init(struct scope *scope, const struct settings *s, struct err *err)
{
	size_t count = s->account_count + s->queue_count;

	*scope = (struct scope){
		.accounts = mem_alloc(s->account_count + 1, sizeof(*scope->accounts)),
		.queues = mem_alloc(s->queue_count + 1, sizeof(*scope->queues)),
		.external_ids = mem_alloc(count + 1, sizeof(*scope->external_ids)),
		.roles = mem_alloc(count + 2, sizeof(*scope->roles)),
		.arena = arena_new(),
	};
	scope->sweep.accounts = scope->accounts;
	scope->sweep.account_count = s->account_count;
	scope->sweep.queues = scope->queues;
	scope->sweep.queue_count = s->queue_count;
	scope->sweep.regions = s->regions;
	scope->sweep.region_count = s->region_count;
	scope->rules = s->rules;
	scope_add_roles(scope, s);
	if (scope_add_accounts(scope, s, err) < 0 || scope_add_queues(scope, s, err) < 0 ||
	    scope_add_organization(scope, s->organization, err) < 0) {
		scope_done(scope);
		return -1;
	}
	return 0;
}

void
scope_done(struct scope *scope)
{
	for (size_t i = 0; i < scope->external_id_count; i++)
		secret_wipe(&scope->external_ids[i]);
	free(scope->external_ids);
	free(scope->roles);
	arena_free(scope->arena);
	free(scope->accounts);
	free(scope->queues);
	*scope = (struct scope){ .accounts = NULL };
}
