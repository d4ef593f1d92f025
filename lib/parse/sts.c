/* SPDX-License-Identifier: Apache-2.0 */
/* STS's GetCallerIdentity; see parse.h. */
#include "parse/parse.h"

#include <string.h>

#include "base/names.h"

int
parse_caller_identity(struct arena *arena, const struct xml *xml, const char **ret_account,
    const char **ret_arn, struct err *err)
{
	const struct xml *result = xml_find(xml, "GetCallerIdentityResult");
	const char *account = xml_find_text(result, "Account");
	const char *text = xml_find_text(result, "Arn");
	struct arn arn;

	if (account == NULL || !name_is_account(account))
		return err_set(err, ERR_MALFORMED, "Account is no account id");
	if (text == NULL || strlen(text) > PARSE_TEXT_MAX || !arn_parse(text, &arn))
		return err_set(err, ERR_MALFORMED, "Arn is no ARN");
	*ret_account = arena_strdup(arena, account);
	*ret_arn = arena_strdup(arena, text);
	return 0;
}
