/* SPDX-License-Identifier: Apache-2.0 */
/* The simulator as a whole; see sim.h. */
#include "awssim/sim.h"

#include <stdlib.h>

#include "awssim/call.h"
#include "awssim/faults.h"
#include "awssim/identity.h"
#include "awssim/ledger.h"
#include "awssim/verify.h"
#include "base/mem.h"
#include "loop/loop.h"

struct sim *
sim_new(struct loop *loop, struct world *world, int64_t event_delay_ms)
{
	struct sim *sim = mem_alloc(1, sizeof(*sim));

	sim->loop = loop;
	sim->world = world;
	sim->identities = identities_new(world);
	sim->verifier = verifier_new();
	sim->faults = faults_new();
	sim->ledger = ledger_new();
	sim->scratch = arena_new();
	sim->event_delay_ms = event_delay_ms;
	crypto_random(sim->metadata_secret, sizeof(sim->metadata_secret));
	buf_init(&sim->body, CALL_MAX_ANSWER);
	return sim;
}

void
sim_free(struct sim *sim)
{
	identities_free(sim->identities);
	verifier_free(sim->verifier);
	faults_free(sim->faults);
	ledger_free(sim->ledger);
	arena_free(sim->scratch);
	buf_done(&sim->body);
	world_free(sim->world);
	free(sim);
}

int64_t
sim_now_ms(const struct sim *sim)
{
	return loop_wall_ms(sim->loop) + sim->clock_offset_ms;
}

struct buf *
sim_body(struct sim *sim)
{
	buf_reset(&sim->body);
	return &sim->body;
}
