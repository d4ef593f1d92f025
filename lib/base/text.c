/* SPDX-License-Identifier: Apache-2.0 */
/* Small pure functions over text; see text.h. */
#include "base/text.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_WORD_MAX	64	/* longer words are near to nothing */

/* Length of the UTF-8 character at `p` (RFC 3629: no overlong forms, no surrogates), else 0. */
static size_t
text_utf8_length(const unsigned char *p, size_t left, uint32_t *ret_point)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t point;
	size_t n;

	if (p[0] < 0x80) {
		*ret_point = p[0];
		return 1;
	}
	n = (p[0] & 0xe0) == 0xc0 ? 2 : (p[0] & 0xf0) == 0xe0 ? 3 : (p[0] & 0xf8) == 0xf0 ? 4 : 0;
	if (n == 0 || n > left)
		return 0;
	point = p[0] & (0x7fU >> n);
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		point = point << 6 | (p[i] & 0x3f);
	}
	if (point < least[n] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
		return 0;
	*ret_point = point;
	return n;
}

size_t
text_utf8_prefix(const char *text, size_t len)
{
	uint64_t eight;
	uint32_t point;
	size_t n, i = 0;

	for (; i < len; i += n) {
		for (; len - i >= sizeof(eight); i += sizeof(eight)) {	/* mostly it is ASCII */
			memcpy(&eight, text + i, sizeof(eight));
			if (eight & UINT64_C(0x8080808080808080))
				break;
		}
		if (i == len)
			break;
		n = text_utf8_length((const unsigned char *)text + i, len - i, &point);
		if (n == 0)
			break;
	}
	return i;
}

bool
text_is_utf8(const char *text, size_t len)
{
	return text_utf8_prefix(text, len) == len;
}

/* Characters that end a line, move the cursor, or change how their neighbours are shown. */
static bool
text_is_control(uint32_t point)
{
	return point < 0x20 || (point >= 0x7f && point < 0xa0) || point == 0x061c ||
	    (point >= 0x200b && point <= 0x200f) || (point >= 0x2028 && point <= 0x202e) ||
	    (point >= 0x2060 && point <= 0x206f) || point == 0xfeff ||
	    (point >= 0xe0000 && point <= 0xe007f);
}

/* How many bytes at the start are plain ASCII: nearly always all of them. */
static size_t
text_plain_length(const char *text, size_t len)
{
	size_t i = 0;

	while (i < len && text[i] >= 0x20 && text[i] < 0x7f)
		i++;
	return i;
}

char *
text_clean(char *out, size_t size, const char *text, size_t len)
{
	static const char mark[] = "...";
	size_t at = 0, cut = 0, i = text_plain_length(text, len);

	assert(size > sizeof(mark));
	if (i >= size)
		i = size - sizeof(mark);
	memcpy(out, text, i);
	at = i;
	cut = at + sizeof(mark) <= size ? at : size - sizeof(mark);
	while (i < len) {
		const unsigned char *p = (const unsigned char *)text + i;
		char piece[4 * 4 + 1];
		uint32_t point;
		size_t n = text_utf8_length(p, len - i, &point), used = 0;

		if (n == 0 || text_is_control(point)) {
			n = n ? n : 1;
			for (size_t k = 0; k < n; k++)
				used += (size_t)snprintf(piece + used, sizeof(piece) - used, "\\x%02x", p[k]);
		} else {
			memcpy(piece, p, n);
			used = n;
		}
		if (at + used >= size) {
			memcpy(out + cut, mark, sizeof(mark));
			return out;
		}
		memcpy(out + at, piece, used);
		at += used;
		if (at + sizeof(mark) <= size)
			cut = at;
		i += n;
	}
	out[at] = '\0';
	return out;
}

static bool
text_is_unreserved(unsigned char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	    c == '-' || c == '_' || c == '.' || c == '~';
}

void
text_add_uri(struct buf *out, const char *text, size_t len, bool keep_slash)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];
		char escape[3] = { '%', digits[c >> 4], digits[c & 15] };

		if (text_is_unreserved(c) || (keep_slash && c == '/'))
			buf_addc(out, (char)c);
		else
			buf_add(out, escape, sizeof(escape));
	}
}

static int
text_hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 :
	    c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool
text_add_unescaped_uri(struct buf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		int high, low;

		if (text[i] != '%') {
			buf_addc(out, text[i]);
			continue;
		}
		if (len - i < 3)
			return false;
		high = text_hex_digit(text[i + 1]);
		low = text_hex_digit(text[i + 2]);
		if (high < 0 || low < 0)
			return false;
		buf_addc(out, (char)(high << 4 | low));
		i += 2;
	}
	return true;
}

static unsigned
text_least(unsigned a, unsigned b, unsigned c)
{
	unsigned m = a < b ? a : b;

	return m < c ? m : c;
}

/* Damerau-Levenshtein distance (restricted): inserts, deletes, changes, exchanged neighbours. */
static unsigned
text_distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	unsigned rows[3][TEXT_WORD_MAX + 1];
	unsigned *before = rows[0], *last = rows[1], *row = rows[2];

	for (size_t j = 0; j <= b_len; j++)
		last[j] = (unsigned)j;
	memcpy(before, last, sizeof(rows[0]));
	for (size_t i = 1; i <= a_len; i++) {
		unsigned *spare = before;

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= b_len; j++) {
			unsigned change = last[j - 1] + (a[i - 1] != b[j - 1]);

			row[j] = text_least(last[j] + 1, row[j - 1] + 1, change);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    before[j - 2] + 1 < row[j])
				row[j] = before[j - 2] + 1;
		}
		before = last;
		last = row;
		row = spare;
	}
	return last[b_len];
}

const char *
text_nearest(const char *word, const char *const *words)
{
	size_t len = strlen(word);
	const char *nearest = NULL;
	unsigned least;

	if (len > TEXT_WORD_MAX)
		return NULL;
	least = (unsigned)len / 3 + 1;
	for (; *words != NULL; words++) {
		size_t other = strlen(*words);
		unsigned d;

		if (other > TEXT_WORD_MAX)
			continue;
		d = text_distance(word, len, *words, other);
		if (d < least || (d == least && nearest == NULL && d < len)) {
			least = d;
			nearest = *words;
		}
	}
	return nearest;
}

bool
text_to_i64(const char *text, int64_t *ret_value)
{
	char *end;
	long long value;

	if (text == NULL || (!isdigit((unsigned char)text[0]) && text[0] != '-'))
		return false;
	errno = 0;
	value = strtoll(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0')
		return false;
	*ret_value = value;
	return true;
}

bool
text_has_prefix(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool
text_has_suffix(const char *text, const char *suffix)
{
	size_t len = strlen(text), tail = strlen(suffix);

	return len >= tail && memcmp(text + len - tail, suffix, tail) == 0;
}

bool
text_same(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

bool
text_is_empty(const char *text)
{
	return text == NULL || text[0] == '\0';
}
