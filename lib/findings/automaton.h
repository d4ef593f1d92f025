/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a finding goes from state to state: a matrix of state and what was seen, as data. Told are
 * only two turns: that it fires, and that it is resolved after it had fired.
 */
#ifndef TRAILSEAL_FINDINGS_AUTOMATON_H
#define TRAILSEAL_FINDINGS_AUTOMATON_H

#include "findings/findings.h"

struct automaton_cell {
	enum finding_state	 next;		/* at once */
	enum finding_state	 confirmed;	/* instead, when seen often enough; 0: never */
	enum move_kind		 tells;		/* when `confirmed` is reached */
};

/* Asserts that there is such a cell. */
const struct automaton_cell	*automaton_cell(enum finding_state, enum finding_seen);

#endif
