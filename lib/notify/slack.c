/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Slack's incoming webhook, which Mattermost takes as well. Slack shows `blocks` and takes `text`
 * for its notifications; Mattermost knows no blocks and shows `text`: so both say the same. What
 * matters is said in words, not in colours. The answer to a message that was taken is "ok".
 */
#include <assert.h>
#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "notify/digest.h"
#include "notify/receiver.h"
#include "notify/words.h"
#include "wire/json_write.h"

#define SLACK_SECTION_MAX	2900	/* Slack: 3000 characters; bytes are never fewer */
#define SLACK_TEXT_MAX		12000	/* Slack fails from 13000 on in all, Mattermost splits at 16383 */
#define SLACK_SECTIONS		8
#define SLACK_DIGEST_LINES	40
#define SLACK_DIGEST_SECTIONS	3
#define SLACK_PAUSE_MS		1000	/* Slack: one message a second */

/* A message in the making: sections of mrkdwn. */
struct slack {
	struct buf	section[SLACK_SECTIONS];
	size_t		count;
};

static struct buf *
slack_begin_section(struct slack *s)
{
	struct buf *section = &s->section[s->count++];

	buf_init(section, SLACK_SECTION_MAX);
	return section;
}

/*
 * Adds foreign text: Slack's three special characters are escaped, and Mattermost's "@all" is told
 * apart from a mention by a blank without width. Cut whole characters before `room` is used up.
 */
static void
slack_add(struct buf *out, const char *text, size_t room, bool is_code)
{
	static const char *const escapes[256] = {
		['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;",
	};
	size_t end = out->len + room, n;

	for (; *text != '\0'; text += n) {
		const char *escape = escapes[(unsigned char)*text];

		for (n = 1; (text[n] & 0xc0) == 0x80; n++)
			continue;
		if (!is_code && *text == '@')
			escape = "@\xe2\x80\x8b";
		else if (*text == '`')
			escape = "'";
		if (out->len + (escape ? strlen(escape) : n) + strlen("...") > end) {
			buf_adds(out, "...");
			return;
		}
		if (escape != NULL)
			buf_adds(out, escape);
		else
			buf_add(out, text, n);
	}
}

/* A section with a text between two marks. */
static void
slack_add_section(struct slack *s, const char *before, const struct buf *text, const char *after)
{
	bool is_code = strchr(before, '`') != NULL;
	struct buf *section;

	if (text->len == 0)
		return;
	section = slack_begin_section(s);
	buf_adds(section, before);
	slack_add(section, buf_text(text), SLACK_SECTION_MAX - strlen(before) - strlen(after), is_code);
	buf_adds(section, after);
}

static void
slack_say(struct slack *s, const struct alert *alert, int64_t now_wall_ms)
{
	struct words w;

	words_init(&w, alert, now_wall_ms);
	slack_add_section(s, "*", &w.headline, "*");
	slack_add_section(s, "", &w.facts, "");
	slack_add_section(s, "What it means: ", &w.meaning, "");
	slack_add_section(s, "To mend it:\n```\n", &w.command, "\n```");
	slack_add_section(s, "To mend it: ", &w.advice, "");
	slack_add_section(s, "More: `", &w.reference, "`");
	words_done(&w);
}

/* As many lines as fit into a section; returns how many. */
static size_t
slack_add_lines(struct slack *s, const struct digest_row *row, size_t count)
{
	struct buf *section = slack_begin_section(s), line;
	size_t i;

	for (i = 0; i < count; i++) {
		buf_init(&line, SLACK_SECTION_MAX);
		words_add_line(&line, row[i].alert);
		if (section->len > 0 && section->len + 2 * line.len > SLACK_SECTION_MAX)
			break;
		buf_adds(section, section->len > 0 ? "\n" : "");
		slack_add(section, buf_text(&line), SLACK_SECTION_MAX - section->len, false);
		buf_done(&line);
	}
	if (i < count)
		buf_done(&line);
	return i;
}

static void
slack_say_digest(struct slack *s, const struct alert *const *alerts, size_t count)
{
	struct digest d;
	struct buf headline;
	size_t shown = 0, most;

	digest_init(&d, alerts, count);
	most = d.count < SLACK_DIGEST_LINES ? d.count : SLACK_DIGEST_LINES;
	buf_init(&headline, SLACK_SECTION_MAX);
	digest_add_headline(&d, &headline);
	slack_add_section(s, "*", &headline, "*");
	for (unsigned i = 0; i < SLACK_DIGEST_SECTIONS && shown < most; i++)
		shown += slack_add_lines(s, d.row + shown, most - shown);
	if (shown < d.count)
		buf_addf(slack_begin_section(s), "... and %zu more. All findings: "
		    "`trailsealctl status`", d.count - shown);
	buf_done(&headline);
	digest_done(&d);
}

/* ---- JSON ---- */

static void
slack_write_block(struct json_writer *w, const struct buf *section)
{
	json_write_object(w);
	json_write_member(w, "type", "section");
	json_write_key(w, "text");
	json_write_object(w);
	json_write_member(w, "type", "mrkdwn");
	json_write_member(w, "text", buf_text(section));
	json_write_end_object(w);
	json_write_end_object(w);
}

static void
slack_write(const struct slack *s, struct buf *out)
{
	struct json_writer *w = json_writer_new(out, false);
	struct buf text;

	buf_init(&text, SLACK_TEXT_MAX);
	for (size_t i = 0; i < s->count; i++)
		buf_addf(&text, "%s%s", i > 0 ? "\n\n" : "", buf_text(&s->section[i]));
	assert(!text.overflowed);	/* by the caps of words.c, and of a digest here */
	json_write_object(w);
	json_write_member(w, "text", buf_text(&text));
	json_write_key(w, "blocks");
	json_write_array(w);
	for (size_t i = 0; i < s->count; i++)
		slack_write_block(w, &s->section[i]);
	json_write_end_array(w);
	json_write_end_object(w);
	json_writer_free(w);
	buf_done(&text);
}

static int
slack_compose(struct message *m, const struct receiver_settings *settings,
    const struct alert *const *alerts, size_t count, int64_t now_wall_ms, struct err *err)
{
	struct slack s = { .count = 0 };

	(void)settings;
	(void)err;
	if (count == 1)
		slack_say(&s, alerts[0], now_wall_ms);
	else
		slack_say_digest(&s, alerts, count);
	slack_write(&s, &m->body);
	for (size_t i = 0; i < s.count; i++)
		buf_done(&s.section[i]);
	return 0;
}

static bool
slack_has_taken(const struct http_reply *reply)
{
	size_t len = reply->body_len;

	while (len > 0 && isspace((unsigned char)reply->body[len - 1]))
		len--;
	return reply->status == 200 && len == 2 && memcmp(reply->body, "ok", 2) == 0;
}

const struct receiver_type slack_receiver = {
	.name = "slack", .takes_many = true, .pause_ms = SLACK_PAUSE_MS, .compose = slack_compose,
	.has_taken = slack_has_taken,
};
