/* SPDX-License-Identifier: Apache-2.0 */
/* What became of a call, by the error codes that services have for it, and its values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/event.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

static void
test_outcome(void **state)
{
	static const struct {
		const char		*code, *message;
		enum event_outcome	 outcome;
		const char		*name;
	} cases[] = {
		{ NULL, NULL, EVENT_DONE, "done" },
		{ "AccessDenied", NULL, EVENT_DENIED, "denied" },
		{ "AccessDeniedException", "User: ...", EVENT_DENIED, "denied" },
		{ "Client.UnauthorizedOperation", NULL, EVENT_DENIED, "denied" },
		{ "UnauthorizedException", NULL, EVENT_DENIED, "denied" },
		{ "ThrottlingException", "Rate exceeded", EVENT_THROTTLED, "throttled" },
		{ "TooManyRequestsException", NULL, EVENT_THROTTLED, "throttled" },
		{ "TrailNotFoundException", NULL, EVENT_FAILED, "failed" },
		{ "NotFoundException", NULL, EVENT_FAILED, "failed" },
		{ NULL, "no code, but a message", EVENT_FAILED, "failed" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct event event = {
			.error_code = cases[i].code, .error_message = cases[i].message,
		};

		assert_int_equal(event_outcome(&event), cases[i].outcome);
		assert_string_equal(event_outcome_name(cases[i].outcome), cases[i].name);
	}
}

static void
test_values(void **state)
{
	static const struct event_value values[] = {
		{ EVENT_REQUEST, "name", "main", 4, false },
		{ EVENT_RESPONSE, "name", "arn", 3, false },
		{ EVENT_REQUEST, "kmsKeyId", "", 0, false },
	};
	struct event event = { .id = "own", .values = values, .value_count = COUNT(values) };

	(void)state;
	assert_string_equal(event_text(&event, EVENT_REQUEST, "name"), "main");
	assert_string_equal(event_text(&event, EVENT_RESPONSE, "name"), "arn");
	assert_string_equal(event_text(&event, EVENT_REQUEST, "kmsKeyId"), "");
	assert_null(event_text(&event, EVENT_SERVICE, "name"));
	assert_ptr_equal(event_find(&event, EVENT_REQUEST, "kmsKeyId"), &values[2]);
	assert_null(event_find(&event, EVENT_REQUEST, "kmskeyid"));
	assert_string_equal(event_incident(&event), "own");
	event.shared_id = "shared";
	assert_string_equal(event_incident(&event), "shared");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_outcome),
		cmocka_unit_test(test_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
