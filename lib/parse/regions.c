/* SPDX-License-Identifier: Apache-2.0 */
/* Account's ListRegions and EC2's DescribeRegions; see parse.h. */
#include "parse/parse.h"

#include "base/names.h"
#include "base/text.h"
#include "parse/members.h"

static const struct regions_word {
	const char	*word;
	enum tri	 enabled;
} regions_words[] = {
	/* Account: RegionOptStatus */
	{ "ENABLED",             TRI_YES },
	{ "ENABLED_BY_DEFAULT",  TRI_YES },
	{ "DISABLED",            TRI_NO },
	{ "ENABLING",            TRI_UNKNOWN },
	{ "DISABLING",           TRI_UNKNOWN },
	/* EC2: optInStatus */
	{ "opt-in-not-required", TRI_YES },
	{ "opted-in",            TRI_YES },
	{ "not-opted-in",        TRI_NO },
};

/* Of a word that is absent or new nothing is known. */
static enum tri
regions_enabled(const char *word)
{
	for (size_t i = 0; i < sizeof(regions_words) / sizeof(regions_words[0]); i++)
		if (text_same(word, regions_words[i].word))
			return regions_words[i].enabled;
	return TRI_UNKNOWN;
}

static int
regions_read_item(struct arena *arena, const struct json *item, struct region *ret,
    struct err *err)
{
	const char *status;

	if (members_text_needed(arena, item, "RegionName", &ret->name, err) < 0 ||
	    members_text(arena, item, "RegionOptStatus", &status, err) < 0)
		return -1;
	if (!name_is_region(ret->name))
		return err_set(err, ERR_MALFORMED, "RegionName is no name of a region");
	ret->enabled = regions_enabled(status);
	return 0;
}

int
parse_list_regions(struct arena *arena, const struct json *json,
    const struct region **ret_regions, size_t *ret_count, const char **ret_next, struct err *err)
{
	const struct json *list;
	struct region *regions;
	const char *next;
	size_t n = 0;

	if (members_list(json, "Regions", PARSE_REGIONS_MAX, &list, err) < 0 ||
	    members_next(arena, json, &next, err) < 0)
		return -1;
	regions = arena_alloc(arena, list->count * sizeof(*regions));
	json_foreach(item, list)
		if (regions_read_item(arena, item, &regions[n++], err) < 0)
			return err_prefix(err, "Regions[%zu]", n - 1);
	*ret_regions = regions;
	*ret_count = n;
	*ret_next = next;
	return 0;
}

int
parse_describe_regions(struct arena *arena, const struct xml *xml,
    const struct region **ret_regions, size_t *ret_count, struct err *err)
{
	const struct xml *list = xml_find(xml, "regionInfo");
	struct region *regions = arena_alloc(arena, PARSE_REGIONS_MAX * sizeof(*regions));
	size_t n = 0;

	if (list == NULL)
		return err_set(err, ERR_MALFORMED, "regionInfo is missing");
	xml_foreach(item, list) {
		const char *name = xml_find_text(item, "regionName");

		if (n == PARSE_REGIONS_MAX)
			return err_set(err, ERR_MALFORMED, "regionInfo has more than %d entries",
			    PARSE_REGIONS_MAX);
		if (name == NULL || !name_is_region(name))
			return err_set(err, ERR_MALFORMED, "regionName is no name of a region");
		regions[n].name = arena_strdup(arena, name);
		regions[n++].enabled = regions_enabled(xml_find_text(item, "optInStatus"));
	}
	*ret_regions = regions;
	*ret_count = n;
	return 0;
}
