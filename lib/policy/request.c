/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of a request; see policy.h. */
#include <assert.h>
#include <string.h>
#include <strings.h>

#include "policy/policy_private.h"

void
policy_request_set(struct policy_request *request, struct policy_fact fact)
{
	unsigned i = 0;

	assert(fact.presence != POLICY_KNOWN || fact.count > 0);
	assert(fact.count <= POLICY_FACT_VALUES);
	while (i < request->fact_count && strcasecmp(request->facts[i].name, fact.name) != 0)
		i++;
	assert(i < POLICY_REQUEST_FACTS);
	request->facts[i] = fact;
	if (i == request->fact_count)
		request->fact_count++;
}

/* Keys are told apart mostly by their ends: "kms:EncryptionContext:aws:cloudtrail:arn". */
const struct policy_fact *
policy_request_find(const struct policy_request *request, struct policy_text name)
{
	static const struct policy_fact unknown = { .presence = POLICY_UNKNOWN };
	const struct policy_fact *found = &unknown;

	for (unsigned i = 0; i < request->fact_count; i++) {
		const struct policy_fact *fact = &request->facts[i];
		struct policy_text known = { fact->name, strlen(fact->name) };

		if (match_ignoring_case(known, name))
			return fact;
		if (known.len > 0 && known.text[known.len - 1] == '*' &&
		    name.len >= known.len - 1 &&
		    strncasecmp(known.text, name.text, known.len - 1) == 0)
			found = fact;
	}
	return found;
}
