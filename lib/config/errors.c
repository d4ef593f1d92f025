/* SPDX-License-Identifier: Apache-2.0 */
/* The errors of a configuration; see errors.h. */
#include "config/errors.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

#define CONFIG_ERROR_BYTES	4096

void
config_errors_done(struct config_errors *errors)
{
	for (size_t i = 0; i < errors->count; i++)
		free(errors->list[i].text);
	free(errors->list);
	free(errors->file);
	*errors = (struct config_errors){ .file = NULL };
}

void
config_errors_set_file(struct config_errors *errors, const char *file)
{
	free(errors->file);
	errors->file = mem_strdup(file);
}

bool
config_errors_are_full(const struct config_errors *errors)
{
	return errors->count == CONFIG_MAX_ERRORS;
}

void
config_errors_add(struct config_errors *errors, struct config_place place, const char *path,
    const char *fmt, ...)
{
	struct buf text;
	va_list ap;

	if (config_errors_are_full(errors)) {
		errors->hidden++;
		return;
	}
	buf_init(&text, CONFIG_ERROR_BYTES);
	if (path[0] != '\0')
		buf_addf(&text, "%s: ", path);
	va_start(ap, fmt);
	buf_addv(&text, fmt, ap);
	va_end(ap);
	errors->list = mem_grow(errors->list, errors->count, &errors->cap, sizeof(*errors->list));
	errors->list[errors->count] = (struct config_error){
		.place = place, .order = errors->count, .text = buf_steal(&text),
	};
	errors->count++;
}

static int
config_error_compare(const void *x, const void *y)
{
	const struct config_error *a = x, *b = y;

	if (a->place.line != b->place.line)
		return a->place.line < b->place.line ? -1 : 1;
	if (a->place.column != b->place.column)
		return a->place.column < b->place.column ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

void
config_errors_write(struct config_errors *errors, struct buf *out)
{
	const char *name = errors->file ? errors->file : "configuration";
	char file[256];

	text_clean(file, sizeof(file), name, strlen(name));
	if (errors->count > 1)
		qsort(errors->list, errors->count, sizeof(*errors->list), config_error_compare);
	for (size_t i = 0; i < errors->count; i++) {
		const struct config_error *e = &errors->list[i];

		if (e->place.line > 0)
			buf_addf(out, "%s:%u:%u: ", file, e->place.line, e->place.column);
		else
			buf_addf(out, "%s: ", file);
		buf_addf(out, "%s\n", e->text);
	}
	if (errors->hidden > 0)
		buf_addf(out, "%s: %zu more errors are not shown\n", file, errors->hidden);
}
