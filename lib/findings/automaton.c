/* SPDX-License-Identifier: Apache-2.0 */
/* The automaton's matrix; see automaton.h. A cell that is missing asserts. */
#include "findings/automaton.h"

#include <assert.h>

static const struct automaton_cell cells[FINDING_STATES][SEEN_KINDS] = {
	[FINDING_PENDING] = {
		[SEEN_FAIL] = { FINDING_PENDING, FINDING_FIRING, MOVE_FIRED },
		[SEEN_PASS] = { .next = FINDING_RESOLVED },
		[SEEN_UNKNOWN] = { .next = FINDING_PENDING },
		[SEEN_GONE] = { .next = FINDING_RESOLVED },
	},
	[FINDING_FIRING] = {
		[SEEN_FAIL] = { .next = FINDING_FIRING },
		[SEEN_PASS] = { FINDING_CLEARING, FINDING_RESOLVED, MOVE_RESOLVED },
		[SEEN_UNKNOWN] = { .next = FINDING_OBSCURED },
		[SEEN_GONE] = { FINDING_CLEARING, FINDING_RESOLVED, MOVE_RESOLVED },
	},
	[FINDING_OBSCURED] = {
		[SEEN_FAIL] = { .next = FINDING_FIRING },
		[SEEN_PASS] = { FINDING_CLEARING, FINDING_RESOLVED, MOVE_RESOLVED },
		[SEEN_UNKNOWN] = { .next = FINDING_OBSCURED },
		[SEEN_GONE] = { FINDING_CLEARING, FINDING_RESOLVED, MOVE_RESOLVED },
	},
	[FINDING_CLEARING] = {
		[SEEN_FAIL] = { .next = FINDING_FIRING },
		[SEEN_PASS] = { FINDING_CLEARING, FINDING_RESOLVED, MOVE_RESOLVED },
		[SEEN_UNKNOWN] = { .next = FINDING_OBSCURED },
		[SEEN_GONE] = { FINDING_CLEARING, FINDING_RESOLVED, MOVE_RESOLVED },
	},
	[FINDING_RESOLVED] = {
		[SEEN_FAIL] = { FINDING_PENDING, FINDING_FIRING, MOVE_FIRED },
		[SEEN_PASS] = { .next = FINDING_RESOLVED },
		[SEEN_UNKNOWN] = { .next = FINDING_RESOLVED },
		[SEEN_GONE] = { .next = FINDING_RESOLVED },
	},
};

const struct automaton_cell *
automaton_cell(enum finding_state state, enum finding_seen seen)
{
	assert(state > 0 && state < FINDING_STATES && seen > 0 && seen < SEEN_KINDS);
	assert(cells[state][seen].next != 0);
	return &cells[state][seen];
}

const char *
finding_state_name(enum finding_state state)
{
	static const char *const names[FINDING_STATES] = {
		[FINDING_PENDING] = "pending", [FINDING_FIRING] = "firing",
		[FINDING_OBSCURED] = "obscured", [FINDING_CLEARING] = "clearing",
		[FINDING_RESOLVED] = "resolved",
	};

	assert(state > 0 && state < FINDING_STATES);
	return names[state];
}

const char *
move_kind_name(enum move_kind kind)
{
	static const char *const names[MOVE_KINDS] = {
		[MOVE_FIRED] = "fired", [MOVE_RESOLVED] = "resolved", [MOVE_REMINDED] = "reminded",
		[MOVE_WORSENED] = "worsened",
	};

	assert(kind > 0 && kind < MOVE_KINDS);
	return names[kind];
}
