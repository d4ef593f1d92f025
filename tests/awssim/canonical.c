/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a canonical request; see canonical.h. */
#include "awssim/canonical.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <event2/http.h>
#include <event2/keyvalq_struct.h>

#include "base/text.h"

#define CANONICAL_MAX_PAIRS	256	/* in a query */

struct pair {
	const char	*name, *value;
};

/* Removes "." and ".." and doubled slashes, as all services but S3 do. */
static const char *
canonical_normal_path(struct call *c, const char *path)
{
	size_t len = strlen(path), n = 0;
	char *out = arena_alloc(c->arena, len + 2), *copy = arena_strdup(c->arena, path), *part;

	if (strstr(path, "//") == NULL && strstr(path, "/.") == NULL)
		return path;
	while ((part = strsep(&copy, "/")) != NULL) {
		bool is_last = copy == NULL;

		if (strcmp(part, "..") == 0) {
			while (n > 0 && out[--n] != '/')
				;
		} else if (part[0] != '\0' && strcmp(part, ".") != 0) {
			out[n++] = '/';
			memcpy(out + n, part, strlen(part));
			n += strlen(part);
			continue;
		}
		if (is_last && (n == 0 || out[n - 1] != '/'))
			out[n++] = '/';
	}
	out[n] = '\0';
	return out;
}

void
canonical_add_path(struct call *c, struct buf *out)
{
	struct buf plain;
	size_t len = strlen(c->path);

	if (c->service->protocol != PROTOCOL_S3) {
		const char *path = canonical_normal_path(c, len ? c->path : "/");

		text_add_uri(out, path, strlen(path), true);
		return;
	}
	buf_init(&plain, len + 1);
	if (!text_add_unescaped_uri(&plain, c->path, len)) {
		buf_reset(&plain);
		buf_add(&plain, c->path, len);
	}
	text_add_uri(out, buf_text(&plain), plain.len, true);
	buf_done(&plain);
}

static int
canonical_compare_pairs(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order != 0 ? order : strcmp(x->value, y->value);
}

/* Undoes and redoes the escapes of one side of a pair. */
static const char *
canonical_recode(struct call *c, const char *text, size_t len)
{
	struct buf plain, coded;
	const char *result;

	buf_init(&plain, len + 1);
	buf_init(&coded, 3 * len + 1);
	if (!text_add_unescaped_uri(&plain, text, len)) {
		buf_reset(&plain);
		buf_add(&plain, text, len);
	}
	text_add_uri(&coded, buf_text(&plain), plain.len, false);
	result = arena_strdup(c->arena, buf_text(&coded));
	buf_done(&plain);
	buf_done(&coded);
	return result;
}

void
canonical_add_query(struct call *c, struct buf *out)
{
	struct pair pair[CANONICAL_MAX_PAIRS];
	size_t count = 0;

	for (const char *p = c->query; p != NULL && *p != '\0' && count < CANONICAL_MAX_PAIRS;) {
		size_t len = strcspn(p, "&"), name = strcspn(p, "=&");

		if (len > 0) {
			pair[count].name = canonical_recode(c, p, name);
			pair[count++].value =
			    name < len ? canonical_recode(c, p + name + 1, len - name - 1) : "";
		}
		p += len + (p[len] == '&');
	}
	qsort(pair, count, sizeof(pair[0]), canonical_compare_pairs);
	for (size_t i = 0; i < count; i++)
		buf_addf(out, "%s%s=%s", i ? "&" : "", pair[i].name, pair[i].value);
}

/* Trimmed, with runs of white space as one blank. */
static void
canonical_add_value(struct buf *out, const char *value)
{
	static const char blanks[] = " \t\r\n";
	const char *separator = "";

	for (value += strspn(value, blanks); *value != '\0'; value += strspn(value, blanks)) {
		size_t len = strcspn(value, blanks);

		buf_adds(out, separator);
		buf_add(out, value, len);
		separator = " ";
		value += len;
	}
}

const char *
canonical_add_headers(struct call *c, struct buf *out, const char *names)
{
	struct evkeyvalq *headers = evhttp_request_get_input_headers(c->http);
	char *list = arena_strdup(c->arena, names), *name;
	const char *previous = "";

	while ((name = strsep(&list, ";")) != NULL) {
		struct evkeyval *header;
		unsigned found = 0;

		if (strcmp(previous, name) >= 0)
			return "SignedHeaders is not sorted.";
		previous = name;
		buf_adds(out, name);
		buf_addc(out, ':');
		TAILQ_FOREACH(header, headers, next) {
			if (strcasecmp(header->key, name) != 0)
				continue;
			if (found++ > 0)
				buf_addc(out, ',');
			canonical_add_value(out, header->value);
		}
		buf_addc(out, '\n');
		if (found == 0)
			return arena_printf(c->arena,
			    "'%s' is named in SignedHeaders but missing from the request.", name);
	}
	return NULL;
}
