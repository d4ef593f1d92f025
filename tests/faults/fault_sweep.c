/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a sweep well, counts its calls, and runs it again with the n-th call failing, for every n
 * and every way to fail: once, and from there on for good. Each run must end; nothing good may
 * become bad, nothing bad good, and the whole may never look better than it is. A fault that
 * passes by must leave no trace at all.
 *
 *	fault_sweep [CASE...]	by default all of tests/sim/cases
 */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "sim/sim.h"

#define FAULT_RUN_LIMIT_MS	(60 * 60 * 1000)	/* of virtual time */

/* The faults that the second attempt of a call does not meet any more. */
static bool
fault_passes_by(enum fake_fault fault)
{
	return fault == FAKE_FAULT_THROTTLED || fault == FAKE_FAULT_SERVER_ERROR ||
	    fault == FAKE_FAULT_UNAVAILABLE || fault == FAKE_FAULT_CONNECTION ||
	    fault == FAKE_FAULT_TIMEOUT || fault == FAKE_FAULT_CLOCK_SKEW;
}

struct fault_run {
	const char		*path;
	const struct sim_result	*good;
	enum fake_fault		 fault;
	size_t			 nth, count;
	unsigned		*failures;
};

static void
fault_complain(const struct fault_run *run, const char *what, const struct observation *o)
{
	(*run->failures)++;
	printf("%s: call %zu %s%s: %s%s%s%s%s\n", run->path, run->nth, fake_fault_name(run->fault),
	    run->count == 0 ? " for good" : "", what, o ? ": " : "", o ? rule_name(o->rule) : "",
	    o ? " on " : "", o ? o->resource : "");
}

/* Every verdict of the faulty run must be that of the good one, or unknown. */
static void
fault_compare(const struct fault_run *run, const struct sim_result *bad)
{
	for (size_t i = 0; i < bad->seen.count; i++) {
		const struct observation *o = &bad->seen.row[i];
		const struct observation *was = sim_find(run->good, o);

		if (o->verdict == VERDICT_UNKNOWN)
			continue;
		if (was == NULL && o->verdict == VERDICT_PASS)
			continue;	/* what would have made the rule not apply was not seen */
		if (was == NULL)
			fault_complain(run, "bad out of nothing", o);
		else if (was->verdict != o->verdict)
			fault_complain(run, o->verdict == VERDICT_FAIL ? "falsely bad" : "falsely good", o);
	}
	if (bad->verdict != VERDICT_UNKNOWN && bad->verdict != run->good->verdict)
		fault_complain(run, "the whole verdict is wrong", NULL);
}

/* What was seen must be seen again, word by word. */
static void
fault_expect_same(const struct fault_run *run, const struct sim_result *bad)
{
	if (bad->verdict != run->good->verdict || bad->seen.count != run->good->seen.count)
		fault_complain(run, "a passing fault left a trace", NULL);
	for (size_t i = 0; i < bad->seen.count; i++) {
		const struct observation *o = &bad->seen.row[i];
		const struct observation *was = sim_find(run->good, o);

		if (was == NULL || was->verdict != o->verdict || strcmp(was->summary, o->summary) != 0)
			fault_complain(run, "a passing fault left a trace", o);
	}
}

static void
fault_try(struct fake_aws *fake, const struct sweep_scope *scope,
    const struct rules_settings *settings, const struct fault_run *run)
{
	struct sim_result bad;

	fake_aws_fail(fake, run->fault, run->nth, run->count);
	sim_sweep(fake, scope, settings, &bad);
	if (!bad.has_ended || bad.took_ms > FAULT_RUN_LIMIT_MS)
		fault_complain(run, "it did not end in time", NULL);
	else if (run->count == 1 && fault_passes_by(run->fault))
		fault_expect_same(run, &bad);
	else
		fault_compare(run, &bad);
	sim_result_done(&bad);
}

/* With TRAILSEAL_SHORT=1, as under valgrind, one run in eleven: every call and every way to fail. */
static bool
fault_is_wanted(unsigned run)
{
	const char *is_short = getenv("TRAILSEAL_SHORT");

	return is_short == NULL || is_short[0] == '\0' || run % 11 == 0;
}

static unsigned
fault_sweep_case(const char *path, unsigned *ret_runs)
{
	struct sweep_scope scope = { .has_organization = true, .role = "trailseal" };
	struct fake_aws *fake = fake_aws_new(path);
	struct rules_settings settings;
	struct sim_result good;
	unsigned failures = 0, run_number = 0;

	rules_settings_init(&settings);
	fake_aws_reset(fake);
	sim_sweep(fake, &scope, &settings, &good);
	if (!good.has_ended || good.seen.count == 0 || fake_aws_forbidden_calls(fake) > 0) {
		printf("%s: the good run is not good\n", path);
		failures++;
	}
	for (size_t nth = 1; nth <= good.calls; nth++) {
		for (enum fake_fault fault = FAKE_FAULT_NONE + 1; fault < FAKE_FAULTS; fault++) {
			for (size_t count = 0; count <= 1; count++) {
				struct fault_run run = { path, &good, fault, nth, count, &failures };

				if (!fault_is_wanted(run_number++))
					continue;
				fake_aws_reset(fake);
				fault_try(fake, &scope, &settings, &run);
				(*ret_runs)++;
			}
		}
	}
	printf("%s: %zu calls, %zu observations\n", path, good.calls, good.seen.count);
	sim_result_done(&good);
	fake_aws_free(fake);
	return failures;
}

/* All cases of the source tree; the caller frees them by globfree(). */
static void
fault_find_cases(glob_t *ret)
{
	const char *top = getenv("top_srcdir");
	char pattern[4096];

	snprintf(pattern, sizeof(pattern), "%s/tests/sim/cases/*.jsonl", top ? top : ".");
	if (glob(pattern, 0, NULL, ret) != 0) {
		fprintf(stderr, "fault_sweep: no cases at %s\n", pattern);
		exit(99);
	}
}

int
main(int argc, char **argv)
{
	unsigned failures = 0, runs = 0;
	glob_t cases;

	log_set_level(LOG_LEVEL_ERROR);
	if (argc > 1) {
		for (int i = 1; i < argc; i++)
			failures += fault_sweep_case(argv[i], &runs);
	} else {
		fault_find_cases(&cases);
		for (size_t i = 0; i < cases.gl_pathc; i++)
			failures += fault_sweep_case(cases.gl_pathv[i], &runs);
		globfree(&cases);
	}
	printf("%u runs with a fault, %u wrong\n", runs, failures);
	return failures > 0;
}
