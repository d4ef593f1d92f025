/* SPDX-License-Identifier: Apache-2.0 */
/* Any text as a configuration: either settings without an error, or errors and no settings. */
#include <assert.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "settings/settings.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config_errors errors = { .file = NULL };
	struct settings *s = NULL;
	struct buf out;
	int ret;

	buf_init(&out, 1024 * 1024);
	ret = settings_load_text("/nonexistent/f", (const char *)data, size, &s, &errors);
	config_errors_write(&errors, &out);
	assert((ret == 0) == (s != NULL) && (ret == 0) == (out.len == 0) && !out.overflowed);
	for (size_t i = 0; s != NULL && i < s->account_count; i++)
		assert(strlen(s->accounts[i].id) == 12);
	settings_free(s);
	config_errors_done(&errors);
	buf_done(&out);
	return 0;
}
