/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a world file piece by piece; see file_read.h. */
#include "awssim/file_read.h"

#include <stdlib.h>
#include <string.h>

#include "awssim/answer.h"
#include "wire/json_write.h"

int
file_names(
    struct world_file *f, const struct json *object, const char *member, struct name_list *ret)
{
	const struct json *list;
	struct name_list names = { 0 };

	if (strict_array(&f->s, object, member, &list) != 0)
		return -1;
	if (list == NULL)
		return 0;
	names.name = arena_alloc(f->w->arena, (list->count + 1) * sizeof(*names.name));
	json_foreach(item, list) {
		if (item->type != JSON_STRING)
			return strict_fail(&f->s, item, "\"%s\" must hold strings", member);
		names.name[names.count++] = arena_strdup(f->w->arena, item->text);
	}
	*ret = names;
	return 0;
}

int
file_text(struct world_file *f, const struct json *object, const char *member, const char **ret)
{
	const char *text = NULL;

	if (strict_string(&f->s, object, member, &text) != 0)
		return -1;
	if (text != NULL)
		*ret = arena_strdup(f->w->arena, text);
	return 0;
}

int
file_region(struct world_file *f, const struct json *object, const char *member,
    const struct region **ret)
{
	const char *name = NULL;

	if (strict_string(&f->s, object, member, &name) != 0)
		return -1;
	if (name == NULL)
		return 0;
	*ret = world_region(f->w, name, strlen(name));
	return *ret != NULL
	    ? 0
	    : strict_fail(&f->s, json_member(object, member), "no such region: \"%s\"", name);
}

int
file_ago(struct world_file *f, const struct json *object, const char *member, int64_t *ret_wall_ms)
{
	int64_t ago_ms = -1;

	if (strict_duration(&f->s, object, member, &ago_ms) != 0)
		return -1;
	if (ago_ms >= 0)
		*ret_wall_ms = f->w->began_ms - ago_ms;
	return 0;
}

int
file_policy(struct world_file *f, const struct json *object, char **ret)
{

	const struct json *policy = json_member(object, "policy");
	struct json_writer *w;
	struct buf text;

	if (policy == NULL)
		return 0;
	if (policy->type == JSON_STRING) {
		text_replace(ret, policy->text);
		return 0;
	}
	if (policy->type != JSON_OBJECT)
		return strict_fail(&f->s, policy, "\"policy\" must be an object or a string");
	buf_init(&text, FILE_MAX_BYTES);
	w = json_writer_new(&text, false);
	answer_tree(w, policy, false);
	json_writer_free(w);
	free(*ret);
	*ret = buf_steal(&text);
	return 0;
}

int
file_owned(struct world_file *f, const struct json *object, const char *member, char **ret)
{
	const char *text = NULL;

	if (strict_string(&f->s, object, member, &text) != 0)
		return -1;
	if (text != NULL)
		text_replace(ret, text);
	return 0;
}
