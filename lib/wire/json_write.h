/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes JSON into a buffer. Wrong nesting is a bug and asserts; bytes that are not UTF-8 become
 * U+FFFD, so that the result is always valid.
 *
 *	w = json_writer_new(&out, false);
 *	json_write_object(w);
 *	json_write_key(w, "name");
 *	json_write_string(w, name);
 *	json_write_end_object(w);
 *	json_writer_free(w);
 */
#ifndef TRAILSEAL_WIRE_JSON_WRITE_H
#define TRAILSEAL_WIRE_JSON_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct json;
struct json_writer;

struct json_writer	*json_writer_new(struct buf *out, bool pretty);
void			 json_writer_free(struct json_writer *);

void	json_write_object(struct json_writer *);
void	json_write_end_object(struct json_writer *);
void	json_write_array(struct json_writer *);
void	json_write_end_array(struct json_writer *);
void	json_write_key(struct json_writer *, const char *name);

void	json_write_string(struct json_writer *, const char *);	/* NULL is written as null */
void	json_write_string_n(struct json_writer *, const char *, size_t len);
void	json_write_bool(struct json_writer *, bool);
void	json_write_i64(struct json_writer *, int64_t);
void	json_write_number(struct json_writer *, const char *text);	/* a valid JSON number */
void	json_write_null(struct json_writer *);

/* A value that was read (json.h), with all that is in it. */
void	json_write_tree(struct json_writer *, const struct json *);

/* A member: key and value at once. */
void	json_write_member(struct json_writer *, const char *name, const char *value);
void	json_write_member_bool(struct json_writer *, const char *name, bool);
void	json_write_member_i64(struct json_writer *, const char *name, int64_t);

/* A time as ISO 8601 text; STAMP_UNKNOWN is null. */
void	json_write_member_time(struct json_writer *, const char *name, int64_t wall_ms);

#endif
