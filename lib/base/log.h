/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log: to the journal with fields when systemd started us, else to standard error with its
 * "<N>" priorities or, on a terminal, plainly. One line a message; foreign text in it is escaped
 * and cut here. Levels: error, someone must act; warning, degraded but going on; notice, a change
 * of state; info, a summary; debug, off by default. No secret, token or body, ever.
 */
#ifndef TRAILSEAL_BASE_LOG_H
#define TRAILSEAL_BASE_LOG_H

#include <stdbool.h>

/* The numbers are syslog's. */
enum log_level {
	LOG_LEVEL_ERROR = 3,
	LOG_LEVEL_WARNING = 4,
	LOG_LEVEL_NOTICE = 5,
	LOG_LEVEL_INFO = 6,
	LOG_LEVEL_DEBUG = 7,
};

/* Whom a message concerns; it becomes journal fields. Members may be NULL, and so may the scope. */
struct log_scope {
	const char	*account;
	const char	*region;
	const char	*job;
};

/* Whether systemd takes the log with its fields; else it goes to standard error. */
bool	log_has_journal(void);

/* Messages above `most` are dropped. The default is info. */
void	log_set_level(enum log_level most);
bool	log_level_parse(const char *name, enum log_level *ret_level);

void	log_write(enum log_level, const struct log_scope *, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#define log_error(scope, ...)	log_write(LOG_LEVEL_ERROR, scope, __VA_ARGS__)
#define log_warning(scope, ...)	log_write(LOG_LEVEL_WARNING, scope, __VA_ARGS__)
#define log_notice(scope, ...)	log_write(LOG_LEVEL_NOTICE, scope, __VA_ARGS__)
#define log_info(scope, ...)	log_write(LOG_LEVEL_INFO, scope, __VA_ARGS__)
#define log_debug(scope, ...)	log_write(LOG_LEVEL_DEBUG, scope, __VA_ARGS__)

#endif
