/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a world file piece by piece: between world_file.c and the files of its objects. */
#ifndef AWSSIM_FILE_READ_H
#define AWSSIM_FILE_READ_H

#include "awssim/strict.h"
#include "awssim/world.h"

#define FILE_MAX_BYTES	(64 << 20)
#define FILE_HOUR_MS	(3600LL * 1000)
#define FILE_DAY_MS	(24 * FILE_HOUR_MS)
#define FILE_LOGGED_MS	(100 * FILE_DAY_MS)	/* since when trails log and key stores exist */

/* The file in work. */
struct world_file {
	struct strict	 s;
	struct world	*w;
};

/* Members; absent ones leave *ret as it is. Texts go into the world's arena. */
int	file_names(struct world_file *, const struct json *object, const char *member,
	    struct name_list *ret);
int	file_text(struct world_file *, const struct json *object, const char *member,
	    const char **ret);
int	file_region(struct world_file *, const struct json *object, const char *member,
	    const struct region **ret);

/* A text that malloc owns; an earlier one is freed. */
int	file_owned(struct world_file *, const struct json *object, const char *member, char **ret);

/* The member "policy", likewise: a text as it stands, or JSON to be written as text. */
int	file_policy(struct world_file *, const struct json *object, char **ret);

/* How long ago something began, as a point in time. */
int	file_ago(struct world_file *, const struct json *object, const char *member,
	    int64_t *ret_wall_ms);

/* One object of an account's lists. */
int	file_key(struct world_file *, struct account *, const struct json *object);
int	file_store(struct world_file *, struct account *, const struct json *object);
int	file_bucket(struct world_file *, struct account *, const struct json *object);
int	file_trail(struct world_file *, struct account *, const struct json *object);

#endif
