/* SPDX-License-Identifier: Apache-2.0 */
/* Who we are (STS), and who belongs to the organization: ListAccounts, page by page. */
#include "collect/collector.h"

#include <stdlib.h>

#include "base/mem.h"
#include "parse/parse.h"

struct identity_ask {
	struct collector	 head;
	struct collect_identity	 identity;
	collect_identity_fn	 tell;
};

struct accounts_ask {
	struct collector	 head;
	const char		*next;		/* token of the next page, in the arena; NULL: the first */
	collect_account_fn	 tell;
};

static enum job_asking
identity_ask(void *ctx, struct job_question *q)
{
	(void)ctx;
	(void)q;
	return JOB_ASK;
}

static enum job_verdict
identity_take(struct job *job, void *ctx, const struct aws_reply *reply, const struct err *failure,
    struct err *err)
{
	struct identity_ask *i = ctx;

	(void)job;
	(void)failure;
	return parse_caller_identity(i->head.arena, reply->xml, &i->identity.account,
	    &i->identity.arn, err) < 0 ? JOB_FAIL : JOB_NEXT;
}

static void
identity_done(void *ctx, const struct err *err)
{
	struct identity_ask *i = ctx;

	i->tell(i->head.arg, &i->identity, err);
	arena_free(i->head.arena);
	free(i);
}

static const struct job_step identity_steps[] = {
	{ STS_GET_CALLER_IDENTITY, identity_ask, identity_take, .takes_errors = false },
};

static const struct job_recipe identity_recipe = {
	"identity", identity_steps, 1, identity_done,
};

void
collect_identity(struct collect *collect, const struct job_target *target,
    collect_identity_fn tell, void *arg)
{
	struct identity_ask *i = mem_alloc(1, sizeof(*i));

	collector_init(&i->head, collect, target, NULL, NULL, arg);
	i->tell = tell;
	job_start(collect->jobs, &identity_recipe, target, i);
}

static enum job_asking
accounts_ask(void *ctx, struct job_question *q)
{
	const struct accounts_ask *a = ctx;

	if (a->next != NULL)
		collector_ask_for(q, "NextToken", a->next);
	return JOB_ASK;
}

/* A page may be empty and still have a next one: only the token ends the list. */
static enum job_verdict
accounts_take(struct job *job, void *ctx, const struct aws_reply *reply,
    const struct err *failure, struct err *err)
{
	struct accounts_ask *a = ctx;
	const struct account *accounts;
	size_t count;

	(void)job;
	(void)failure;
	a->next = NULL;
	if (parse_list_accounts(a->head.arena, reply->json, &accounts, &count, &a->next, err) < 0)
		return JOB_FAIL;
	for (size_t i = 0; i < count; i++)
		a->tell(a->head.arg, &accounts[i]);
	a->next = arena_strdup(a->head.arena, a->next);
	return a->next != NULL ? JOB_AGAIN : JOB_NEXT;
}

static void
accounts_done(void *ctx, const struct err *err)
{
	collector_end(ctx, err);
}

static const struct job_step accounts_steps[] = {
	{ ORGANIZATIONS_LIST_ACCOUNTS, accounts_ask, accounts_take, .takes_errors = false },
};

static const struct job_recipe accounts_recipe = {
	"accounts", accounts_steps, 1, accounts_done,
};

void
collect_accounts(struct collect *collect, const struct job_target *target,
    collect_account_fn tell, collect_done_fn done, void *arg)
{
	struct accounts_ask *a = mem_alloc(1, sizeof(*a));

	collector_init(&a->head, collect, target, NULL, done, arg);
	a->tell = tell;
	job_start(collect->jobs, &accounts_recipe, target, a);
}
