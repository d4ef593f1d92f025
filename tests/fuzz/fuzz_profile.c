/* SPDX-License-Identifier: Apache-2.0 */
/* The shared files: the configuration up to the first NUL, behind it the credentials. */
#include <assert.h>
#include <string.h>

#include "aws/profile.h"
#include "fuzz/fuzz.h"

static void
resolve(const struct profile_files *files, const char *name)
{
	struct arena *arena = arena_new();
	struct plan plan;
	struct err err = { .kind = ERR_NONE };

	if (profile_resolve(arena, files, name, &plan, &err) < 0) {
		assert(err.kind == ERR_CREDENTIALS && err.text[0] != '\0');
	} else {
		assert(profile_exists(files, name));
		assert(plan.base < PLAN_BASES && plan.role_count <= PLAN_ROLES_MAX);
		assert(plan.base != PLAN_NOTHING || plan.role_count == 0);
		assert(plan.base != PLAN_KEYS || (*plan.access_key_id && *plan.secret_access_key));
	}
	arena_wipe(arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	size_t cut = strnlen(text, size), rest = cut < size ? cut + 1 : size;
	struct arena *arena = arena_new();
	struct profile_files files;

	ini_parse(arena, text, cut, &files.config);
	ini_parse(arena, text + rest, size - rest, &files.credentials);
	resolve(&files, "default");
	for (const struct ini_section *s = files.config.sections; s != NULL; s = s->next)
		if (strncmp(s->name, "profile ", 8) == 0)
			resolve(&files, s->name + 8);
	for (const struct ini_section *s = files.credentials.sections; s != NULL; s = s->next)
		resolve(&files, s->name);
	arena_wipe(arena);
	return 0;
}
