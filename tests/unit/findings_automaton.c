/* SPDX-License-Identifier: Apache-2.0 */
/* Every cell of the automaton's matrix, as it is meant to be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "findings/automaton.h"

#define PENDING		FINDING_PENDING
#define FIRING		FINDING_FIRING
#define OBSCURED	FINDING_OBSCURED
#define CLEARING	FINDING_CLEARING
#define RESOLVED	FINDING_RESOLVED

static const struct {
	enum finding_state	 state;
	enum finding_seen	 seen;
	enum finding_state	 next, confirmed;
	enum move_kind		 tells;
} cells[] = {
	{ PENDING, SEEN_FAIL, PENDING, FIRING, MOVE_FIRED },
	{ PENDING, SEEN_PASS, RESOLVED, 0, 0 },
	{ PENDING, SEEN_UNKNOWN, PENDING, 0, 0 },
	{ PENDING, SEEN_GONE, RESOLVED, 0, 0 },
	{ FIRING, SEEN_FAIL, FIRING, 0, 0 },
	{ FIRING, SEEN_PASS, CLEARING, RESOLVED, MOVE_RESOLVED },
	{ FIRING, SEEN_UNKNOWN, OBSCURED, 0, 0 },
	{ FIRING, SEEN_GONE, CLEARING, RESOLVED, MOVE_RESOLVED },
	{ OBSCURED, SEEN_FAIL, FIRING, 0, 0 },
	{ OBSCURED, SEEN_PASS, CLEARING, RESOLVED, MOVE_RESOLVED },
	{ OBSCURED, SEEN_UNKNOWN, OBSCURED, 0, 0 },
	{ OBSCURED, SEEN_GONE, CLEARING, RESOLVED, MOVE_RESOLVED },
	{ CLEARING, SEEN_FAIL, FIRING, 0, 0 },
	{ CLEARING, SEEN_PASS, CLEARING, RESOLVED, MOVE_RESOLVED },
	{ CLEARING, SEEN_UNKNOWN, OBSCURED, 0, 0 },
	{ CLEARING, SEEN_GONE, CLEARING, RESOLVED, MOVE_RESOLVED },
	{ RESOLVED, SEEN_FAIL, PENDING, FIRING, MOVE_FIRED },
	{ RESOLVED, SEEN_PASS, RESOLVED, 0, 0 },
	{ RESOLVED, SEEN_UNKNOWN, RESOLVED, 0, 0 },
	{ RESOLVED, SEEN_GONE, RESOLVED, 0, 0 },
};

static void
test_cells(void **state)
{
	bool walked[FINDING_STATES][SEEN_KINDS] = { { false } };

	(void)state;
	for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
		const struct automaton_cell *cell = automaton_cell(cells[i].state, cells[i].seen);

		assert_int_equal(cell->next, cells[i].next);
		assert_int_equal(cell->confirmed, cells[i].confirmed);
		assert_int_equal(cell->tells, cells[i].tells);
		walked[cells[i].state][cells[i].seen] = true;
	}
	for (int from = 1; from < FINDING_STATES; from++)
		for (int seen = 1; seen < SEEN_KINDS; seen++)
			assert_true(walked[from][seen]);
}

/* What must hold whatever the table says. */
static void
test_laws(void **state)
{
	(void)state;
	for (int from = 1; from < FINDING_STATES; from++) {
		enum finding_state before = (enum finding_state)from;
		const struct automaton_cell *unknown = automaton_cell(before, SEEN_UNKNOWN);
		const struct automaton_cell *fail = automaton_cell(before, SEEN_FAIL);

		assert_int_equal(unknown->confirmed, 0);
		assert_true(from == RESOLVED || unknown->next != RESOLVED);
		assert_true(from != RESOLVED || unknown->next == RESOLVED);
		assert_true(unknown->next != FIRING);
		assert_true(fail->next == PENDING || fail->next == FIRING);
		assert_string_not_equal(finding_state_name(before), "");
	}
	for (int kind = 1; kind < MOVE_KINDS; kind++)
		assert_string_not_equal(move_kind_name((enum move_kind)kind), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cells),
		cmocka_unit_test(test_laws),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
