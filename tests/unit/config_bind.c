/* SPDX-License-Identifier: Apache-2.0 */
/* Every type of option: what is bound, and the exact errors for what is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "config/config.h"

enum colour { COLOUR_RED = 1, COLOUR_GREEN, COLOUR_BLUE };

struct room {
	const char		*name;
	unsigned		 seats;
	const struct config_secret *key;
};

/* Ways in: one of them. */
struct entry {
	const char		*door, *window, *chimney;
};

struct house {
	const char		*title;
	const char		*listen;
	const char		*plan;
	bool			 is_open;
	unsigned		 floors;
	double			 share;
	int64_t			 delay_ms;
	enum colour		 colour;
	const char *const	*regions;
	size_t			 region_count;
	const unsigned		*numbers;
	size_t			 number_count;
	struct room		 hall;
	const struct room	*attic;
	const struct entry	*entry;
	const struct room	*rooms;
	size_t			 room_count;
	const struct config_pair *guests;
	size_t			 guest_count;
};

static const char *const colours[] = { "red", "green", "blue", NULL };

static const struct config_option room_rows[] = {
	{ "name", CONFIG_TEXT, offsetof(struct room, name), .is_required = true, .is_unique = true },
	{ "seats", CONFIG_INTEGER, offsetof(struct room, seats), .preset = "2", .most = 10,
	    .needs = "name" },
	{ "key", CONFIG_SECRET, offsetof(struct room, key), .needs = "name" },
	{ .name = NULL },
};

static const struct config_option *
find_room_rows(void)
{
	return room_rows;
}

static const struct config_option hall_rows[] = {
	{ "name", CONFIG_TEXT, offsetof(struct room, name), .preset = "hall" },
	{ .name = NULL },
};

static const struct config_option entry_rows[] = {
	{ "door", CONFIG_TEXT, offsetof(struct entry, door), .is_required = true },
	{ "window", CONFIG_TEXT, offsetof(struct entry, window), .instead_of = "door" },
	{ "chimney", CONFIG_TEXT, offsetof(struct entry, chimney), .instead_of = "door" },
	{ .name = NULL },
};

static const struct config_option rows[] = {
	{ "title", CONFIG_TEXT, offsetof(struct house, title), .help = "Its name." },
	{ "listen", CONFIG_TEXT, offsetof(struct house, listen), .form = &config_form_listen },
	{ "plan", CONFIG_PATH, offsetof(struct house, plan), .help = "Its plan." },
	{ "open", CONFIG_BOOL, offsetof(struct house, is_open), .preset = "true" },
	{ "floors", CONFIG_INTEGER, offsetof(struct house, floors), .preset = "3", .least = 1,
	    .most = 99 },
	{ "share", CONFIG_RATIO, offsetof(struct house, share), .preset = "0.5" },
	{ "delay", CONFIG_DURATION, offsetof(struct house, delay_ms), .preset = "5m", .least = 1000,
	    .most = 3600000 },
	{ "colour", CONFIG_ENUM, offsetof(struct house, colour), .preset = "green",
	    .words = colours, .least = COLOUR_RED },
	{ "regions", CONFIG_TEXT, offsetof(struct house, regions), .preset = "enabled",
	    .word = "enabled", .is_list = true,
	    .count_offset = offsetof(struct house, region_count), .form = &config_form_region },
	{ "numbers", CONFIG_INTEGER, offsetof(struct house, numbers), .is_list = true,
	    .count_offset = offsetof(struct house, number_count), .most = 9 },
	{ "hall", CONFIG_SECTION, offsetof(struct house, hall), .rows = hall_rows },
	{ "attic", CONFIG_SECTION, offsetof(struct house, attic), .size = sizeof(struct room),
	    .rows = room_rows },
	{ "entry", CONFIG_SECTION, offsetof(struct house, entry), .size = sizeof(struct entry),
	    .rows = entry_rows },
	{ "rooms", CONFIG_SECTION, offsetof(struct house, rooms), .is_list = true,
	    .count_offset = offsetof(struct house, room_count), .size = sizeof(struct room),
	    .find_rows = find_room_rows },
	{ "guests", CONFIG_PAIRS, offsetof(struct house, guests),
	    .count_offset = offsetof(struct house, guest_count), .form = &config_form_account },
	{ .name = NULL },
};

/* Loads a text; the errors, if any, must read as `expect`. */
static struct config *
load(const char *text, const char *expect, struct house **ret_house)
{
	struct config_errors errors = { .file = NULL };
	struct config *c = config_open_text("etc/f", text, strlen(text), &errors);
	struct buf got;

	*ret_house = config_bind(c, rows, sizeof(**ret_house));
	assert_int_equal(config_close(c), expect[0] != '\0' ? -1 : 0);
	buf_init(&got, 65536);
	config_errors_write(&errors, &got);
	assert_string_equal(buf_text(&got), expect);
	buf_done(&got);
	config_errors_done(&errors);
	return c;
}

static void
test_defaults(void **state)
{
	static const char *const empty[] = { "", "# nothing\n", "---\n", "{}", "~\n", "\xef\xbb\xbf" };
	struct house *h;

	(void)state;
	for (size_t i = 0; i < sizeof(empty) / sizeof(empty[0]); i++) {
		struct config *c = load(empty[i], "", &h);

		assert_null(h->title);
		assert_true(h->is_open);
		assert_int_equal(h->floors, 3);
		assert_true(h->share > 0.49 && h->share < 0.51);
		assert_int_equal(h->delay_ms, 300000);
		assert_int_equal(h->colour, COLOUR_GREEN);
		assert_int_equal(h->region_count, 0);
		assert_string_equal(h->hall.name, "hall");
		assert_null(h->attic);
		assert_int_equal(h->room_count, 0);
		config_free(c);
	}
}

static void
test_values(void **state)
{
	struct house *h;
	struct config *c = load("title: yes\n"
	    "listen: \"[::1]:10117\"\n"
	    "plan: plans/x\n"
	    "open: false\n"
	    "floors: 99\n"
	    "share: 1\n"
	    "delay: 1h\n"
	    "colour: \"blue\"\n"
	    "regions: [eu-west-1, us-east-1]\n"
	    "numbers: [0, 9]\n"
	    "hall: { name: 'a: b' }\n"
	    "attic: { name: top }\n"
	    "rooms:\n"
	    "  - { name: one, seats: 10, key: opensesame }\n"
	    "  - name: two\n", "", &h);

	(void)state;
	assert_string_equal(h->title, "yes");
	assert_string_equal(h->listen, "[::1]:10117");
	assert_string_equal(h->plan, "etc/plans/x");
	assert_false(h->is_open);
	assert_int_equal(h->floors, 99);
	assert_true(h->share > 0.99);
	assert_int_equal(h->delay_ms, 3600000);
	assert_int_equal(h->colour, COLOUR_BLUE);
	assert_int_equal(h->region_count, 2);
	assert_string_equal(h->regions[1], "us-east-1");
	assert_int_equal(h->number_count, 2);
	assert_int_equal(h->numbers[1], 9);
	assert_string_equal(h->hall.name, "a: b");
	assert_non_null(h->attic);
	assert_string_equal(h->attic->name, "top");
	assert_int_equal(h->attic->seats, 2);
	assert_int_equal(h->room_count, 2);
	assert_int_equal(h->rooms[0].seats, 10);
	assert_string_equal(secret_text(&h->rooms[0].key->secret), "opensesame");
	assert_int_equal(h->rooms[1].seats, 2);
	assert_null(h->rooms[1].key);
	config_free(c);
}

static void
test_empty_texts(void **state)
{
	struct house *h;
	struct config *c = load("title: \"\"\nplan: ''\nregions: enabled\nnumbers: []\nrooms: []\n", "",
	    &h);

	(void)state;
	assert_null(h->title);
	assert_null(h->plan);
	assert_int_equal(h->region_count, 0);
	assert_int_equal(h->number_count, 0);
	config_free(c);
}

static const struct refusal {
	const char	*text;
	const char	*errors;
} refusals[] = {
	{ "- a\n", "etc/f:1:1: expected options, not a list\n" },
	{ "hello\n", "etc/f:1:1: expected options, not text\n" },

	/* keys */
	{ "tilte: x\n", "etc/f:1:1: unknown key 'tilte', did you mean 'title'?\n" },
	{ "zzzzzzzz: x\n", "etc/f:1:1: unknown key 'zzzzzzzz'\n" },
	{ "hall:\n  nmae: x\n", "etc/f:2:3: hall: unknown key 'nmae', did you mean 'name'?\n" },
	{ "attic: { name: a, key_fiel: x }\n",
	    "etc/f:1:19: attic: unknown key 'key_fiel', did you mean 'key_file'?\n" },
	{ "\"a\\nb\": x\n", "etc/f:1:1: unknown key 'a\\x0ab'\n" },
	{ "title: a\nopen: true\ntitle: b\ntitle: c\n",
	    "etc/f:3:1: title: given twice, first on line 1\n"
	    "etc/f:4:1: title: given twice, first on line 1\n" },

	/* scalars */
	{ "title:\n", "etc/f:1:7: title: expected text of one line, not nothing\n" },
	{ "title: ~\n", "etc/f:1:8: title: expected text of one line, not nothing\n" },
	{ "title: [a]\n", "etc/f:1:8: title: expected text of one line, not a list\n" },
	{ "title: {a: b}\n", "etc/f:1:8: title: expected text of one line, not a section\n" },
	{ "title: |\n  a\n  b\n", "etc/f:1:8: title: expected text of one line\n" },
	{ "open: yes\n", "etc/f:1:7: open: expected true or false\n" },
	{ "open: True\n", "etc/f:1:7: open: expected true or false\n" },
	{ "open: 'true'\n", "etc/f:1:7: open: expected true or false, without quotes\n" },
	{ "open: ''\n", "etc/f:1:7: open: expected true or false, without quotes\n" },
	{ "floors: 0\n", "etc/f:1:9: floors: expected a whole number from 1 to 99\n" },
	{ "floors: 100\n", "etc/f:1:9: floors: expected a whole number from 1 to 99\n" },
	{ "floors: 010\n", "etc/f:1:9: floors: expected a whole number from 1 to 99\n" },
	{ "floors: -1\n", "etc/f:1:9: floors: expected a whole number from 1 to 99\n" },
	{ "floors: 1.0\n", "etc/f:1:9: floors: expected a whole number from 1 to 99\n" },
	{ "floors: 99999999999999999999\n",
	    "etc/f:1:9: floors: expected a whole number from 1 to 99\n" },
	{ "share: 0\n", "etc/f:1:8: share: expected a number that is more than 0 and at most 1\n" },
	{ "share: 1.01\n", "etc/f:1:8: share: expected a number that is more than 0 and at most 1\n" },
	{ "share: .5\n", "etc/f:1:8: share: expected a number that is more than 0 and at most 1\n" },
	{ "share: 1e-1\n", "etc/f:1:8: share: expected a number that is more than 0 and at most 1\n" },
	{ "share: nan\n", "etc/f:1:8: share: expected a number that is more than 0 and at most 1\n" },
	{ "delay: 5\n", "etc/f:1:8: delay: expected a duration such as 500ms, 30s, 5m, 12h or 7d, "
	    "from 1s to 1h\n" },
	{ "delay: 999ms\n", "etc/f:1:8: delay: expected a duration such as 500ms, 30s, 5m, 12h or 7d, "
	    "from 1s to 1h\n" },
	{ "colour: gren\n",
	    "etc/f:1:9: colour: expected one of red, green, blue; did you mean 'green'?\n" },
	{ "colour: Q\n", "etc/f:1:9: colour: expected one of red, green, blue\n" },
	{ "listen: 10117\n", "etc/f:1:9: listen: expected an address and port such as "
	    "127.0.0.1:10117 or [::1]:10117\n" },
	{ "listen: ::1:10117\n", "etc/f:1:9: listen: expected an address and port such as "
	    "127.0.0.1:10117 or [::1]:10117\n" },
	{ "listen: 'h:65536'\n", "etc/f:1:9: listen: expected an address and port such as "
	    "127.0.0.1:10117 or [::1]:10117\n" },

	/* lists */
	{ "regions: []\n", "etc/f:1:10: regions: expected 'enabled' or a list that is not empty; each "
	    "item is a region name such as us-east-1\n" },
	{ "regions: us-east-1\n", "etc/f:1:10: regions: expected 'enabled' or a list that is not "
	    "empty; each item is a region name such as us-east-1\n" },
	{ "regions: [us-east-1, x, us-east-1, ~, [a]]\n",
	    "etc/f:1:22: regions[1]: expected a region name such as us-east-1\n"
	    "etc/f:1:25: regions[2]: given twice, first on line 1\n"
	    "etc/f:1:36: regions[3]: expected a region name such as us-east-1, not nothing\n"
	    "etc/f:1:39: regions[4]: expected a region name such as us-east-1, not a list\n" },
	{ "numbers: 5\n", "etc/f:1:10: numbers: expected a list; each item is a whole number from 0 to "
	    "9\n" },
	{ "numbers: ['5']\n", "etc/f:1:11: numbers[0]: expected a whole number from 0 to 9, without "
	    "quotes\n" },

	/* sections */
	{ "hall:\n", "etc/f:1:6: hall: expected a section of options, not nothing\n" },
	{ "attic: [a]\n", "etc/f:1:8: attic: expected a section of options, not a list\n" },
	{ "attic: {}\n", "etc/f:1:1: attic: 'name' is missing\n" },
	{ "attic: { seats: 4 }\n", "etc/f:1:1: attic: 'name' is missing\n"
	    "etc/f:1:10: attic.seats: has no effect without 'name'\n" },
	{ "attic: { name: 'a', name: b }\n",
	    "etc/f:1:21: attic.name: given twice, first on line 1\n" },
	{ "rooms:\n  - name: a\n  - seats: 3\n    name: a\n  - x\n  -\n  - nam: c\n",
	    "etc/f:4:11: rooms[1].name: given twice, first on line 2\n"
	    "etc/f:5:5: rooms[2]: expected a section of options\n"
	    "etc/f:6:4: rooms[3]: expected a section of options, not nothing\n"
	    "etc/f:7:5: rooms[4]: unknown key 'nam', did you mean 'name'?\n"
	    "etc/f:7:5: rooms[4]: 'name' is missing\n" },

	/* one of several */
	{ "entry: {}\n", "etc/f:1:1: entry: 'door' or 'window' or 'chimney' is missing\n" },
	{ "entry: { door: a, chimney: b }\n",
	    "etc/f:1:19: entry.chimney: 'door' and 'chimney' exclude each other\n" },
	{ "entry: { chimney: a, window: b }\n",
	    "etc/f:1:10: entry.chimney: 'window' and 'chimney' exclude each other\n" },
	{ "entry: { chimney: a, window: b, door: c }\n",
	    "etc/f:1:10: entry.chimney: 'door' and 'chimney' exclude each other\n"
	    "etc/f:1:22: entry.window: 'door' and 'window' exclude each other\n" },
	{ "entry: { chimney: [] }\n",
	    "etc/f:1:19: entry.chimney: expected text of one line, not a list\n" },
};

static void
test_refusals(void **state)
{
	struct house *h;

	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		config_free(load(refusals[i].text, refusals[i].errors, &h));
}

static void
test_one_of_several(void **state)
{
	static const char *const texts[] = { "entry: { door: x }\n", "entry: { window: x }\n",
		"entry: { chimney: x, window: '' }\n" };
	struct house *h;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct config *c = load(texts[i], "", &h);

		assert_int_equal(h->entry->door != NULL, i == 0);
		assert_int_equal(h->entry->window != NULL, i == 1);
		assert_int_equal(h->entry->chimney != NULL, i == 2);
		config_free(c);
	}
}

/* What was refused keeps its default; the rest is bound. */
static void
test_refused_values_are_absent(void **state)
{
	struct house *h;
	struct config *c = load("floors: many\nregions: [us-east-1, x, eu-west-1]\nattic: 5\n",
	    "etc/f:1:9: floors: expected a whole number from 1 to 99\n"
	    "etc/f:2:22: regions[1]: expected a region name such as us-east-1\n"
	    "etc/f:3:8: attic: expected a section of options\n", &h);

	(void)state;
	assert_int_equal(h->floors, 3);
	assert_int_equal(h->region_count, 2);
	assert_string_equal(h->regions[1], "eu-west-1");
	assert_null(h->attic);
	config_free(c);
}

/* Checks across options find the place of what they complain about. */
/* Free keys, each with a text of the form. */
static void
test_pairs(void **state)
{
	struct house *h;
	struct config *c;

	(void)state;
	c = load("guests: { Ann: 111122223333, \"o'neil\": \"444455556666\" }", "", &h);
	assert_int_equal(h->guest_count, 2);
	assert_string_equal(h->guests[0].name, "Ann");
	assert_string_equal(h->guests[0].text, "111122223333");
	assert_string_equal(h->guests[1].name, "o'neil");
	config_free(c);
	c = load("guests: {}", "", &h);
	assert_int_equal(h->guest_count, 0);
	config_free(c);
	c = load("guests: { Ann: nobody, Bob: 111122223333 }",
	    "etc/f:1:16: guests.Ann: expected an account id (12 digits)\n", &h);
	assert_int_equal(h->guest_count, 1);
	assert_string_equal(h->guests[0].name, "Bob");
	config_free(c);
	c = load("guests: Ann", "etc/f:1:9: guests: expected a section of names; with each stands an "
	    "account id (12 digits)\n", &h);
	assert_int_equal(h->guest_count, 0);
	config_free(c);
}

static void
test_refuse_at_values(void **state)
{
	static const char text[] = "title: x\nrooms:\n  - name: a\n    seats: 3\nregions: [us-east-1]\n";
	struct config_errors errors = { .file = NULL };
	struct config *c = config_open_text("f", text, strlen(text), &errors);
	struct house *h = config_bind(c, rows, sizeof(*h));
	struct buf got;

	(void)state;
	config_refuse(c, &h->regions[0], "item %d", 1);
	config_refuse(c, &h->rooms[0].seats, "a number");
	config_refuse(c, &h->rooms[0], "the item, or its first member");
	config_refuse(c, &h->rooms, "the list");
	config_refuse(c, &h->floors, "not given");
	assert_int_equal(config_close(c), -1);
	buf_init(&got, 65536);
	config_errors_write(&errors, &got);
	assert_string_equal(buf_text(&got), "f: not given\n"
	    "f:3:3: rooms: the list\n"
	    "f:3:11: rooms[0].name: the item, or its first member\n"
	    "f:4:12: rooms[0].seats: a number\n"
	    "f:5:11: regions[0]: item 1\n");
	buf_done(&got);
	config_errors_done(&errors);
	config_free(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_empty_texts),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_one_of_several),
		cmocka_unit_test(test_refused_values_are_absent),
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_refuse_at_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
