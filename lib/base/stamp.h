/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Points in time as AWS and people write them, and durations as the configuration writes them.
 * `wall_ms` is milliseconds since 1970 UTC. Pure: nothing here reads a clock.
 */
#ifndef TRAILSEAL_BASE_STAMP_H
#define TRAILSEAL_BASE_STAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STAMP_UNKNOWN	INT64_MIN	/* a time that is not known or was never set */
#define STAMP_ISO_SIZE	25		/* "2026-01-02T03:04:05Z", with room for a long year */
#define STAMP_AMZ_SIZE	17		/* "20260102T030405Z" */

/* Both want a time within the years 1 to 9999, which all parsed times are. Return `out`. */
char	*stamp_format_iso(int64_t wall_ms, char out[STAMP_ISO_SIZE]);
char	*stamp_format_amz(int64_t wall_ms, char out[STAMP_AMZ_SIZE]);

/* ISO 8601: date, 'T', time with optional fraction, and 'Z' or an offset. */
bool	 stamp_parse_iso(const char *, int64_t *ret_wall_ms);

/* RFC 1123, as in HTTP's Date: "Sun, 30 Aug 2015 12:36:00 GMT". */
bool	 stamp_parse_http(const char *, int64_t *ret_wall_ms);

/* "20150830T123600Z". */
bool	 stamp_parse_amz(const char *, int64_t *ret_wall_ms);

/* Seconds since 1970 as JSON writes them: fractions and exponents are fine. */
bool	 stamp_parse_epoch(const char *, int64_t *ret_wall_ms);

/* "500ms", "30s", "5m", "12h", "7d": a positive whole number and one unit. */
bool	 duration_parse(const char *, int64_t *ret_ms);

/* The shortest of these forms that is exact: 300000 gives "5m". Returns `out`. */
char	*duration_format(int64_t ms, char *out, size_t size);

/* For people: "3 days", "5 hours", "1 minute", rounded down. Returns `out`. */
char	*duration_describe(int64_t ms, char *out, size_t size);

#endif
