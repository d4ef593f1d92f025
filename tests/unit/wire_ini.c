/* SPDX-License-Identifier: Apache-2.0 */
/* The dialect of AWS's shared files, with its quirks. */
#include "wire/ini.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

static void
properties_are_read(void **state)
{
	static const struct {
		const char	*text, *section, *property, *value;	/* NULL: absent */
		unsigned	 skipped, first_skipped;
	} cases[] = {
		{ "[a]\nb = c\n", "a", "b", "c", 0, 0 },
		{ "[a]\r\nb = c\r\n", "a", "b", "c", 0, 0 },
		{ "[a]\nb=c", "a", "b", "c", 0, 0 },
		{ "\xef\xbb\xbf[a]\nb=c", "a", "b", "c", 0, 0 },
		{ "  [a]\nb=c", "a", "b", "c", 0, 0 },
		{ "[a]\nB_c = D", "a", "b_c", "D", 0, 0 },		/* names in lower case, values not */
		{ "[A]\nb=c", "a", "b", NULL, 0, 0 },			/* sections as they stand */
		{ "[a]\nb=c=d==", "a", "b", "c=d==", 0, 0 },
		{ "[a]\nb=\n", "a", "b", "", 0, 0 },
		{ "[a]\nb = \"c\"", "a", "b", "\"c\"", 0, 0 },		/* quotes belong to values */
		/* sections' names */
		{ "[profile b]\nc=d", "profile b", "c", "d", 0, 0 },
		{ "[ profile \t b ]\nc=d", "profile b", "c", "d", 0, 0 },
		{ "[profile \"a  b\"]\nc=d", "profile a  b", "c", "d", 0, 0 },
		{ "[profile 'a b']\nc=d", "profile a b", "c", "d", 0, 0 },
		{ "[sso-session x]\nc=d", "sso-session x", "c", "d", 0, 0 },
		/* comments */
		{ "[a] # e\nb=c", "a", "b", "c", 0, 0 },
		{ "[a] ; e\nb=c", "a", "b", "c", 0, 0 },
		{ "[a]; e\nb=c", "a", "b", "c", 0, 0 },
		{ "# e\n; f\n[a]\n#b=x\nb=c", "a", "b", "c", 0, 0 },
		{ "[a]\nb=c # e", "a", "b", "c", 0, 0 },
		{ "[a]\nb=c\t; e", "a", "b", "c", 0, 0 },
		{ "[a]\nb=c#e;f", "a", "b", "c#e;f", 0, 0 },
		{ "[a]\nb=c #e #f", "a", "b", "c", 0, 0 },
		{ "[a]\nb = # e", "a", "b", "", 0, 0 },
		/* repetitions */
		{ "[a]\nb=c\nb=d", "a", "b", "d", 0, 0 },
		{ "[a]\nb=c\n[x]\nb=y\n[a]\nd=e", "a", "b", "c", 0, 0 },
		{ "[a]\nb=c\n[x]\nb=y\n[a]\nb=e", "a", "b", "e", 0, 0 },
		/* continued values and sub-properties */
		{ "[a]\nb=c\n d\n\te", "a", "b", "c\nd\ne", 0, 0 },
		{ "[a]\ns3 =\n  x = y\n  z = w\nb=c", "a", "s3", "\nx = y\nz = w", 0, 0 },
		{ "[a]\ns3 =\n  b = y\n", "a", "b", NULL, 0, 0 },	/* not the section's own */
		{ "[a]\ns3 =\n  x = y\nb=c", "a", "b", "c", 0, 0 },
		{ "[a]\nb=c\n\n  d", "a", "b", "c\nd", 0, 0 },
		{ "[a]\nb=c\n  d # e", "a", "b", "c\nd # e", 0, 0 },
		{ "[a]\n  b=c", "a", "b", "c", 0, 0 },			/* nothing to continue yet */
		/* what is not understood */
		{ "x=y\n[a]\nb=c", "a", "b", "c", 1, 1 },
		{ "[a]\nnothing\nb=c", "a", "b", "c", 1, 2 },
		{ "[a]\n=x\nb=c", "a", "b", "c", 1, 2 },
		{ "[a]\nb=c\n[x\nb=d\nb=e", "a", "b", "c", 3, 3 },	/* what follows is nobody's */
		{ "", "a", "b", NULL, 0, 0 },
		{ "[]\nb=c", "", "b", "c", 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct arena *arena = arena_new();
		const char *value;
		struct ini ini;

		ini_parse(arena, cases[i].text, strlen(cases[i].text), &ini);
		value = ini_get(ini_find(&ini, cases[i].section), cases[i].property);
		if ((value == NULL) != (cases[i].value == NULL) ||
		    (value != NULL && strcmp(value, cases[i].value) != 0))
			fail_msg("\"%s\": %s", cases[i].text, value ? value : "absent");
		if (ini.skipped != cases[i].skipped || ini.first_skipped != cases[i].first_skipped)
			fail_msg("\"%s\": %u skipped from line %u", cases[i].text, ini.skipped,
			    ini.first_skipped);
		arena_free(arena);
	}
}

/* Cut at a NUL, a name could be another's. */
static void
lines_with_nul_are_skipped(void **state)
{
	static const char text[] = "[a]\nb=c\nb\0x=d\n[x\0y]\ne=f";
	struct arena *arena = arena_new();
	struct ini ini;

	(void)state;
	ini_parse(arena, text, sizeof(text) - 1, &ini);
	assert_string_equal(ini_get(ini_find(&ini, "a"), "b"), "c");
	assert_null(ini_find(&ini, "x"));
	assert_int_equal(ini.skipped, 3);	/* what follows the broken section is nobody's */
	assert_null(ini_get(ini_find(&ini, "a"), "e"));
	arena_free(arena);
}

static void
lines_are_counted(void **state)
{
	struct arena *arena = arena_new();
	const struct ini_section *a;
	struct ini ini;

	(void)state;
	ini_parse(arena, "\n[x]\n\n[a]\nb=1\n\nc=2\n", 20, &ini);
	a = ini_find(&ini, "a");
	assert_int_equal(ini_find(&ini, "x")->line, 2);
	assert_int_equal(a->line, 4);
	assert_string_equal(a->properties->name, "c");	/* newest first */
	assert_int_equal(a->properties->line, 7);
	assert_int_equal(a->properties->next->line, 5);
	assert_null(ini_get(NULL, "b"));
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(properties_are_read),
		cmocka_unit_test(lines_with_nul_are_skipped),
		cmocka_unit_test(lines_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
