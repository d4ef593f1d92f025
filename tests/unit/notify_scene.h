/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of receivers have in common: settings from a text, alerts, and standard error,
 * which is kept and must not hold a URL or a secret.
 */
#ifndef UNIT_NOTIFY_SCENE_H
#define UNIT_NOTIFY_SCENE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/stamp.h"
#include "base/text.h"
#include "settings/settings.h"
#include "wire/json.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))
#define SCENE_WALL_MS	INT64_C(1767323045000)	/* 2026-01-02T03:04:05Z */
#define SCENE_KEY_ARN	"arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
#define SCENE_ID	"0123456789abcdef0123456789abcdef"

/* Bytes 0 to 23, as Standard Webhooks write them. */
#define SCENE_SECRET	"whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"

/* What must never be seen: parts of URLs, and the secret. */
static const char *const scene_hidden[] = {
	"T0HIDDEN", "B0HIDDEN", "hookhidden", "AAECAwQF", "/services/", "https://", "http://",
};

/* ---- standard error ---- */

struct scene_stderr {
	FILE	*file;
	int	 old_fd;
};

static inline void
scene_stderr_begin(struct scene_stderr *s)
{
	fflush(stderr);
	s->file = tmpfile();
	assert_non_null(s->file);
	s->old_fd = dup(STDERR_FILENO);
	dup2(fileno(s->file), STDERR_FILENO);
}

/* What was written since the beginning. */
static inline char *
scene_stderr_read(const struct scene_stderr *s)
{
	static char text[1 << 20];
	ssize_t n;

	fflush(stderr);
	n = pread(fileno(s->file), text, sizeof(text) - 1, 0);
	assert_true(n >= 0 && (size_t)n < sizeof(text) - 1);
	text[n] = '\0';
	return text;
}

static inline void
scene_stderr_end(struct scene_stderr *s)
{
	const char *text = scene_stderr_read(s);

	dup2(s->old_fd, STDERR_FILENO);
	close(s->old_fd);
	fclose(s->file);
	fputs(text, stderr);
	for (size_t i = 0; i < COUNT(scene_hidden); i++)
		assert_null(strstr(text, scene_hidden[i]));
}

/* ---- settings and alerts ---- */

static inline struct settings *
scene_settings(const char *text)
{
	struct config_errors errors = { .file = NULL };
	struct settings *s = NULL;
	struct buf got;

	buf_init(&got, 65536);
	if (settings_load_text("f", text, strlen(text), &s, &errors) < 0)
		config_errors_write(&errors, &got);
	assert_string_equal(buf_text(&got), "");
	buf_done(&got);
	config_errors_done(&errors);
	return s;
}

/* A disabled key. */
static inline struct alert
scene_alert(void)
{
	return (struct alert){
		.id = SCENE_ID, .delivery_id = SCENE_ID "-1767315845-1", .kind = "finding",
		.is_firing = true, .rule = "key-disabled", .severity = "critical",
		.account = "111122223333", .account_name = "production", .region = "us-east-1",
		.resource = SCENE_KEY_ARN, .summary = "key 1234abcd of trail main is disabled",
		.since_wall_ms = SCENE_WALL_MS - 7200000, .told_wall_ms = SCENE_WALL_MS,
		.evidence = "{\"call\":\"DescribeKey\",\"account\":\"111122223333\","
		    "\"region\":\"us-east-1\",\"time\":\"2026-01-02T03:04:00Z\",\"request_id\":\"r\","
		    "\"facts\":{\"Trails\":\"main\",\"KeyState\":\"Disabled\"}}",
		.remediation = "aws kms enable-key --key-id 1234abcd --region us-east-1",
	};
}

/* Who disabled it. */
static inline struct alert
scene_event(void)
{
	return (struct alert){
		.id = "6f1b6c4e-0000-4000-8000-000000000001",
		.delivery_id = "6f1b6c4e-0000-4000-8000-000000000001-1767322985-1", .kind = "event",
		.is_firing = true, .rule = "event-key-disabled", .severity = "high",
		.account = "111122223333", .account_name = "production", .region = "us-east-1",
		.resource = SCENE_KEY_ARN, .summary = "operator disabled key 1234abcd of trail main",
		.since_wall_ms = SCENE_WALL_MS - 60000, .told_wall_ms = SCENE_WALL_MS,
		.evidence = "{\"event_id\":\"6f1b6c4e-0000-4000-8000-000000000001\","
		    "\"facts\":{\"MFA\":\"no\"}}",
		.remediation = "aws kms enable-key --key-id 1234abcd --region us-east-1",
		.event_id = "6f1b6c4e-0000-4000-8000-000000000001",
		.actor = "arn:aws:iam::111122223333:user/operator", .source_ip = "192.0.2.1",
		.user_agent = "aws-cli/2.0", .finding_ids = SCENE_ID " 00ff", .confirmed = TRI_YES,
	};
}

/* One of many: each number is a finding of its own. */
static inline struct alert
scene_alert_numbered(unsigned number, const char *severity)
{
	struct alert a = scene_alert();

	a.severity = severity;
	snprintf(a.id, sizeof(a.id), "%032u", number);
	snprintf(a.delivery_id, sizeof(a.delivery_id), "%s-1767315845-1", a.id);
	return a;
}

/* ---- bodies ---- */

/* The value at a path such as "alerts.0.rule" as text; "" when there is none. */
static inline const char *
scene_at(const char *body, const char *path)
{
	static char found[8192];
	struct arena *arena = arena_new();
	const struct json *at;
	struct err err;

	assert_int_equal(json_parse(arena, body, strlen(body), &at, &err), 0);
	while (at != NULL && *path != '\0') {
		size_t len = strcspn(path, ".");
		char name[64];

		snprintf(name, sizeof(name), "%.*s", (int)len, path);
		if (at->type == JSON_ARRAY) {
			const struct json *item = at->child;

			for (int i = atoi(name); i > 0 && item != NULL; i--)
				item = item->next;
			at = item;
		} else {
			at = json_member(at, name);
		}
		path += len + (path[len] == '.');
	}
	snprintf(found, sizeof(found), "%.*s", at && at->text ? (int)at->text_len : 0,
	    at && at->text ? at->text : "");
	if (at != NULL && at->type == JSON_BOOL)
		snprintf(found, sizeof(found), "%s", at->boolean ? "true" : "false");
	arena_free(arena);
	return found;
}

/* How many items an array has. */
static inline unsigned
scene_count(const char *body, const char *name)
{
	struct arena *arena = arena_new();
	const struct json *root, *list;
	unsigned count;
	struct err err;

	assert_int_equal(json_parse(arena, body, strlen(body), &root, &err), 0);
	list = json_member(root, name);
	count = list != NULL ? list->count : 0;
	arena_free(arena);
	return count;
}

#endif
