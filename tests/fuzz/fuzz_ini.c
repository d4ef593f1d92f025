/* SPDX-License-Identifier: Apache-2.0 */
/* INI files: sections of one name are one, each can be found, lines are counted truly. */
#include "fuzz/fuzz.h"

#include <assert.h>
#include <string.h>

#include "base/arena.h"
#include "wire/ini.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	unsigned lines = 1;
	struct ini ini;

	for (size_t i = 0; i < size; i++)
		lines += data[i] == '\n';
	ini_parse(arena, (const char *)data, size, &ini);
	assert(ini.skipped <= lines && ini.first_skipped <= lines);
	assert((ini.skipped == 0) == (ini.first_skipped == 0));
	for (const struct ini_section *s = ini.sections; s != NULL; s = s->next) {
		assert(s->line >= 1 && s->line <= lines);
		assert(ini_find(&ini, s->name) == s);
		for (const struct ini_property *p = s->properties; p != NULL; p = p->next) {
			assert(p->line > s->line && p->line <= lines);
			assert(p->name[0] != '\0' && ini_get(s, p->name) != NULL);
		}
	}
	arena_free(arena);
	return 0;
}
