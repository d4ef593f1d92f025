/* SPDX-License-Identifier: Apache-2.0 */
/* A sweep on a virtual loop; see sim.h. */
#include "sim/sim.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/stamp.h"

#define SIM_LIMIT_MS	(24 * 3600 * 1000)

struct sim {
	struct loop		*loop;
	struct loop_timer	 limit;
	bool			 has_ended;
};

static void
sim_on_end(void *arg)
{
	struct sim *sim = arg;

	sim->has_ended = true;
	loop_stop(sim->loop);
}

static void
sim_on_limit(void *arg)
{
	struct sim *sim = arg;

	loop_stop(sim->loop);
}

void
sim_set_environment(void)
{
	setenv("AWS_ACCESS_KEY_ID", "AKIA111122223333", 1);
	setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", 1);
	setenv("AWS_REGION", "us-east-1", 1);
	setenv("AWS_CONFIG_FILE", "/dev/null", 1);
	setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null", 1);
}

void
sim_sweep(struct fake_aws *fake, const struct sweep_scope *scope,
    const struct rules_settings *settings, struct sim_result *ret)
{
	struct aws_options options = { .max_in_flight = 8 };
	struct creds_options creds_options = { .session_name = NULL };
	struct sim sim = { .loop = loop_new_virtual(SIM_NOW_MS) };
	struct http *http = http_new_stub(sim.loop, fake_aws_answer, fake);
	struct aws *aws = aws_new(sim.loop, http, &options);
	struct creds *creds;
	struct sweep *sweep;
	struct coverage coverage;
	struct report report;
	int64_t begin = loop_mono_ms(sim.loop);

	fake_aws_set_loop(fake, sim.loop);
	sim_set_environment();
	*ret = (struct sim_result){ .world = world_new(), .arena = arena_new() };
	creds = creds_new(aws, &creds_options);
	sweep = sweep_new(aws, creds, ret->world, scope);
	loop_timer_init(&sim.limit, sim.loop, sim_on_limit, &sim);
	loop_timer_set(&sim.limit, SIM_LIMIT_MS);
	sweep_start(sweep, sim_on_end, &sim);
	loop_run(sim.loop);
	loop_timer_stop(&sim.limit);
	ret->has_ended = sim.has_ended;
	ret->took_ms = loop_mono_ms(sim.loop) - begin;
	ret->calls = fake_aws_calls(fake);
	observations_init(&ret->seen, ret->arena);
	rules_judge(settings, ret->world, SIM_NOW_MS, &ret->seen);
	coverage_read(ret->world, sweep_accounts_reading(sweep), &coverage);
	report = (struct report){
		.world = ret->world, .observations = &ret->seen, .coverage = &coverage,
		.fail_on = SEVERITY_LOW,
	};
	ret->verdict = report_verdict(&report);
	coverage_done(&coverage);
	sweep_free(sweep);
	creds_free(creds);
	aws_free(aws);
	http_free(http);
	loop_free(sim.loop);
}

void
sim_result_done(struct sim_result *r)
{
	observations_done(&r->seen);
	world_free(r->world);
	arena_free(r->arena);
}

const struct observation *
sim_find(const struct sim_result *r, const struct observation *like)
{
	for (size_t i = 0; i < r->seen.count; i++) {
		const struct observation *o = &r->seen.row[i];

		if (o->rule == like->rule && strcmp(o->account, like->account) == 0 &&
		    strcmp(o->region, like->region) == 0 && strcmp(o->resource, like->resource) == 0)
			return o;
	}
	return NULL;
}
