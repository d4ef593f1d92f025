/* SPDX-License-Identifier: Apache-2.0 */
/* The names that AWS gives to things; see names.h. */
#include "base/names.h"

#include <string.h>

bool
arn_parse(const char *text, struct arn *ret_arn)
{
	struct name_part field[6];
	const char *p = text;

	if (text == NULL)
		return false;
	for (int i = 0; i < 5; i++) {
		const char *colon = strchr(p, ':');

		if (colon == NULL)
			return false;
		field[i] = (struct name_part){ p, (size_t)(colon - p) };
		p = colon + 1;
	}
	field[5] = (struct name_part){ p, strlen(p) };
	if (!name_part_is(field[0], "arn") || field[1].len == 0 || field[2].len == 0 ||
	    field[5].len == 0)
		return false;
	*ret_arn = (struct arn){ field[1], field[2], field[3], field[4], field[5] };
	return true;
}

/* Every byte is a letter, a digit, or one of `more`. */
static bool
name_is_of(const char *text, size_t len, const char *more)
{
	for (size_t i = 0; i < len; i++) {
		char c = text[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		    (c != '\0' && strchr(more, c) != NULL)))
			return false;
	}
	return true;
}

static bool
name_are_digits(struct name_part part)
{
	for (size_t i = 0; i < part.len; i++)
		if (part.text[i] < '0' || part.text[i] > '9')
			return false;
	return true;
}

static bool
name_part_is_region(struct name_part part)
{
	size_t words = 1;

	if (part.len < 5 || part.len >= NAME_REGION_MAX)
		return false;
	for (size_t i = 0; i < part.len; i++) {
		char c = part.text[i];
		bool digit = c >= '0' && c <= '9';

		if (c == '-' && i > 0 && part.text[i - 1] != '-')
			words++;
		else if (!digit && (c < 'a' || c > 'z'))
			return false;
	}
	return words >= 3 && part.text[0] >= 'a' && part.text[part.len - 1] >= '0' &&
	    part.text[part.len - 1] <= '9';
}

static bool
arn_parse_owned(const char *text, const char *service, const char *prefix, bool regional,
    const char *more, struct arn *ret_arn)
{
	size_t skip = strlen(prefix);
	struct arn arn;

	if (!arn_parse(text, &arn) || !name_part_is(arn.service, service) ||
	    arn.account.len != NAME_ACCOUNT_MAX - 1 || !name_are_digits(arn.account) ||
	    (regional ? !name_part_is_region(arn.region) : arn.region.len != 0) ||
	    arn.resource.len <= skip || memcmp(arn.resource.text, prefix, skip) != 0 ||
	    !name_is_of(arn.resource.text + skip, arn.resource.len - skip, more))
		return false;
	*ret_arn = arn;
	return true;
}

bool
arn_parse_trail(const char *text, struct arn *ret_arn)
{
	return arn_parse_owned(text, "cloudtrail", "trail/", true, "._-", ret_arn);
}

bool
arn_parse_key(const char *text, struct arn *ret_arn)
{
	return arn_parse_owned(text, "kms", "key/", true, "-", ret_arn);
}

bool
arn_parse_role(const char *text, struct arn *ret_arn)
{
	return arn_parse_owned(text, "iam", "role/", false, "_+=,.@-/", ret_arn);
}

const char *
name_partition(const char *region)
{
	static const struct {
		const char	*prefix, *partition;
	} rows[] = {
		{ "cn-", "aws-cn" }, { "us-gov-", "aws-us-gov" }, { "us-iso-", "aws-iso" },
		{ "us-isob-", "aws-iso-b" }, { "eu-isoe-", "aws-iso-e" }, { "us-isof-", "aws-iso-f" },
		{ "eusc-", "aws-eusc" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strncmp(region, rows[i].prefix, strlen(rows[i].prefix)) == 0)
			return rows[i].partition;
	return "aws";
}

bool
name_is_account(const char *text)
{
	struct name_part part = { text, strlen(text) };

	return part.len == NAME_ACCOUNT_MAX - 1 && name_are_digits(part);
}

bool
name_is_region(const char *text)
{
	return name_part_is_region((struct name_part){ text, strlen(text) });
}

static bool
name_has_length(const char *text, size_t least, size_t most)
{
	size_t len = strlen(text);

	return len >= least && len <= most;
}

bool
name_is_bucket(const char *text)
{
	return name_has_length(text, 3, 255) && name_is_of(text, strlen(text), "._-") &&
	    text[0] != '.';
}

bool
name_is_role(const char *text)
{
	return name_has_length(text, 1, 64) && name_is_of(text, strlen(text), "_+=,.@-");
}

bool
name_is_external_id(const char *text)
{
	return name_has_length(text, 2, 1224) && name_is_of(text, strlen(text), "_+=,.@:/-");
}

struct name_part
name_after_slash(struct name_part part)
{
	const char *slash = memrchr(part.text, '/', part.len);

	if (slash == NULL)
		return part;
	return (struct name_part){ slash + 1, part.len - (size_t)(slash + 1 - part.text) };
}

bool
name_part_is(struct name_part part, const char *text)
{
	return strlen(text) == part.len && memcmp(text, part.text, part.len) == 0;
}

bool
name_part_copy(struct name_part part, char *out, size_t size)
{
	bool fits = part.len < size;
	size_t len = fits ? part.len : 0;

	memcpy(out, part.text, len);
	out[len] = '\0';
	return fits;
}
