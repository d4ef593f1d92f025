/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trailsealctl policy: whether a key's policy lets CloudTrail use the key for trails, from files
 * alone. One policy for any number of trails, or one case a line; and the policy that would do.
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "ctl/ctl.h"
#include "policy/cloudtrail.h"
#include "wire/json.h"
#include "wire/json_write.h"

#define POLICY_OUTPUT_MAX	(64 * 1024 * 1024)	/* bytes of one result */
#define POLICY_LINE_MAX		(8 * POLICY_MAX_BYTES)	/* of a case: every byte may be an escape */

struct policy_options {
	const char	*key_arn;
	struct ctl_list	 trail_arns;
	const char	*format;
	const char	*jsonl;
	bool		 suggests;
	const char	*file;
};

/* ---- input ---- */

static FILE *
policy_open(const char *path)
{
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");

	if (f == NULL)
		ctl_complain("cannot open %s: %s", path, strerror(errno));
	return f;
}

static bool
policy_close(FILE *f, const char *path)
{
	bool failed = ferror(f) != 0;

	if (failed)
		ctl_complain("cannot read %s: %s", path, strerror(errno));
	if (f != stdin)
		fclose(f);
	return !failed;
}

/* A byte above the cap is enough to be refused. */
static bool
policy_read(const char *path, struct buf *text)
{
	char piece[16384];
	FILE *f = policy_open(path);
	size_t n;

	if (f == NULL)
		return false;
	while (text->len <= POLICY_MAX_BYTES && (n = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_add(text, piece, n);
	return policy_close(f, path);
}

/* ---- output ---- */

static enum ctl_exit
policy_exit(enum policy_verdict verdict)
{
	return verdict == POLICY_ALLOWED ? CTL_GOOD : verdict == POLICY_DENIED ? CTL_FAILS :
	    CTL_UNKNOWN;
}

static void
policy_write_judgement(struct json_writer *w, const struct policy_judgement *j)
{
	for (int i = 0; i < POLICY_KEY_USES; i++)
		json_write_member(w, policy_use_name((enum policy_use)i),
		    policy_verdict_name(j->of[i]));
	json_write_member(w, "verdict", policy_verdict_name(j->verdict));
	json_write_member(w, "why", j->why);
}

static void
policy_add_json(const struct policy_options *options, const struct policy_judgement *all,
    const struct policy_judgement *trails, struct buf *out)
{
	struct json_writer *w = json_writer_new(out, true);

	json_write_object(w);
	json_write_member(w, "key_arn", options->key_arn);
	policy_write_judgement(w, all);
	json_write_key(w, "trails");
	json_write_array(w);
	for (size_t i = 0; i < options->trail_arns.count; i++) {
		json_write_object(w);
		json_write_member(w, "trail_arn", options->trail_arns.item[i]);
		policy_write_judgement(w, &trails[i]);
		json_write_end_object(w);
	}
	json_write_end_array(w);
	json_write_end_object(w);
	json_writer_free(w);
}

static void
policy_add_table(const struct policy_options *options, const struct policy_judgement *trails,
    struct buf *out)
{
	for (size_t i = 0; i < options->trail_arns.count; i++) {
		const struct policy_judgement *j = &trails[i];

		buf_addf(out, "%s%s: %s\n", i > 0 ? "\n" : "", options->trail_arns.item[i],
		    policy_verdict_name(j->verdict));
		for (int k = 0; k < POLICY_KEY_USES && j->is_policy; k++)
			buf_addf(out, "  %-17s%-15s%s\n", policy_use_name((enum policy_use)k),
			    policy_verdict_name(j->of[k]), j->why_of[k]);
		if (!j->is_policy)
			buf_addf(out, "  %s\n", j->why);
	}
}

/* ---- one policy ---- */

/* The worst of each use, and the reason of the worst trail. */
static void
policy_merge(struct policy_judgement *all, const struct policy_judgement *one)
{
	if (all->why == NULL || policy_verdict_worse(all->verdict, one->verdict) != all->verdict)
		all->why = one->why;
	for (int i = 0; i < POLICY_KEY_USES; i++)
		all->of[i] = policy_verdict_worse(all->of[i], one->of[i]);
	all->verdict = policy_verdict_worse(all->verdict, one->verdict);
}

static bool
policy_choose_format(const char *format, bool *ret_is_json)
{
	static const char *const formats[] = { "table", "json", NULL };

	if (format == NULL)
		format = isatty(STDOUT_FILENO) ? "table" : "json";
	*ret_is_json = strcmp(format, "json") == 0;
	if (*ret_is_json || strcmp(format, "table") == 0)
		return true;
	ctl_complain_word("format", format, formats);
	return false;
}

static enum ctl_exit
policy_judge_text(const struct policy_options *options, const struct buf *text, bool is_json)
{
	struct arena *arena = arena_new();
	struct policy_judgement all = { .verdict = POLICY_ALLOWED,
		.of = { POLICY_ALLOWED, POLICY_ALLOWED, POLICY_ALLOWED } };
	struct policy_judgement *trails =
	    arena_alloc(arena, options->trail_arns.count * sizeof(*trails));
	enum ctl_exit code = CTL_USAGE;
	struct buf out;
	struct err err;

	buf_init(&out, POLICY_OUTPUT_MAX);
	for (size_t i = 0; i < options->trail_arns.count; i++) {
		if (policy_judge_key(arena, buf_text(text), text->len, options->key_arn,
		    options->trail_arns.item[i], &trails[i], &err) < 0) {
			ctl_complain("%s", err.text);
			goto out;
		}
		policy_merge(&all, &trails[i]);
	}
	if (is_json)
		policy_add_json(options, &all, trails, &out);
	else
		policy_add_table(options, trails, &out);
	code = ctl_write(&out, policy_exit(all.verdict));
out:
	buf_done(&out);
	arena_free(arena);
	return code;
}

static enum ctl_exit
policy_judge_file(const struct policy_options *options)
{
	enum ctl_exit code = CTL_USAGE;
	struct buf text;
	bool is_json;

	if (options->file == NULL) {
		ctl_complain("which file? \"-\" is standard input");
		return CTL_USAGE;
	}
	if (!policy_choose_format(options->format, &is_json))
		return CTL_USAGE;
	buf_init(&text, POLICY_MAX_BYTES + 65536);
	if (policy_read(options->file, &text))
		code = policy_judge_text(options, &text, is_json);
	buf_done(&text);
	return code;
}

static enum ctl_exit
policy_print_suggestion(const struct policy_options *options)
{
	const struct ctl_list *trails = &options->trail_arns;
	enum ctl_exit code = CTL_USAGE;
	struct err err;
	struct buf out;

	buf_init(&out, POLICY_OUTPUT_MAX);
	if (policy_suggest(options->key_arn, trails->item, trails->count, &out, &err) < 0)
		ctl_complain("%s", err.text);
	else
		code = ctl_write(&out, CTL_GOOD);
	buf_done(&out);
	return code;
}

/* ---- one case a line ---- */

struct policy_case {
	const struct json	*id;
	const char		*key_arn, *trail_arn;
	const char		*text;
	size_t			 len;
};

/* An object or array as it stands in a text that is known to be JSON; it begins at `begin`. */
static size_t
policy_nested_length(const char *text, size_t begin)
{
	bool in_string = false;
	size_t depth = 0, i = begin;

	do {
		if (in_string && text[i] == '\\')
			i++;
		else if (text[i] == '"')
			in_string = !in_string;
		else if (!in_string && (text[i] == '{' || text[i] == '['))
			depth++;
		else if (!in_string && (text[i] == '}' || text[i] == ']'))
			depth--;
		i++;
	} while (depth > 0);
	return i - begin;
}

/* Only an object can be a policy; any other value is told by one of its type. */
static void
policy_case_set_text(struct policy_case *c, const char *line, const struct json *policy)
{
	static const char *const scalars[] = {
		[JSON_NULL] = "null", [JSON_BOOL] = "true", [JSON_NUMBER] = "0",
		[JSON_STRING] = "\"\"",
	};

	if (policy->type == JSON_OBJECT || policy->type == JSON_ARRAY) {
		c->text = line + policy->offset - 1;
		c->len = policy_nested_length(line, policy->offset - 1);
	} else {
		c->text = scalars[policy->type];
		c->len = strlen(c->text);
	}
}

static int
policy_case_read(struct arena *arena, const char *line, size_t len, struct policy_case *c,
    struct err *err)
{
	const struct json *root, *exact, *policy = NULL;

	if (json_parse(arena, line, len, &root, err) < 0)
		return -1;
	if (root->type != JSON_OBJECT)
		return err_set(err, ERR_MALFORMED, "the case is not an object");
	if (json_get_string(root, "key_arn", &c->key_arn, err) < 0 ||
	    json_get_string(root, "trail_arn", &c->trail_arn, err) < 0)
		return -1;
	c->id = json_member(root, "id");
	exact = json_member(root, "policy_text");
	json_foreach(member, root)
		if (member->name_len == strlen("policy") && strcmp(member->name, "policy") == 0)
			policy = member;
	if (c->key_arn == NULL || c->trail_arn == NULL)
		return err_set(err, ERR_MALFORMED, "the case has no key_arn or no trail_arn");
	if ((exact == NULL) == (policy == NULL) || (exact != NULL && exact->type != JSON_STRING))
		return err_set(err, ERR_MALFORMED, "not one of policy and policy_text");
	if (exact != NULL) {
		c->text = exact->text;
		c->len = exact->text_len;
	} else {
		policy_case_set_text(c, line, policy);
	}
	return 0;
}

static void
policy_write_id(struct json_writer *w, const struct json *id)
{
	json_write_key(w, "id");
	if (id != NULL && id->type == JSON_STRING)
		json_write_string_n(w, id->text, id->text_len);
	else if (id != NULL && id->type == JSON_NUMBER)
		json_write_number(w, id->text);
	else
		json_write_null(w);
}

static int
policy_judge_line(struct arena *arena, const char *line, size_t len, struct buf *out,
    struct err *err)
{
	struct policy_case c = { .id = NULL };
	struct policy_judgement judgement;
	struct json_writer *w;

	if (policy_case_read(arena, line, len, &c, err) < 0 ||
	    policy_judge_key(arena, c.text, c.len, c.key_arn, c.trail_arn, &judgement, err) < 0)
		return -1;
	w = json_writer_new(out, false);
	json_write_object(w);
	policy_write_id(w, c.id);
	policy_write_judgement(w, &judgement);
	json_write_end_object(w);
	json_writer_free(w);
	buf_addc(out, '\n');
	return 0;
}

/* A line that cannot be read is told and left out; the others are judged all the same. */
static enum ctl_exit
policy_judge_numbered(const char *path, size_t number, const char *line, size_t len)
{
	struct arena *arena = arena_new();
	enum ctl_exit code = CTL_USAGE;
	struct buf out;
	struct err err;

	buf_init(&out, POLICY_OUTPUT_MAX);
	if (len > POLICY_LINE_MAX)
		ctl_complain("%s:%zu: longer than %d bytes", path, number, POLICY_LINE_MAX);
	else if (policy_judge_line(arena, line, len, &out, &err) < 0)
		ctl_complain("%s:%zu: %s", path, number, err.text);
	else
		code = ctl_write(&out, CTL_GOOD);
	buf_done(&out);
	arena_free(arena);
	return code;
}

static enum ctl_exit
policy_judge_lines(const char *path)
{
	enum ctl_exit code = CTL_GOOD;
	FILE *f = policy_open(path);
	size_t size = 0, number = 0;
	char *line = NULL;
	ssize_t len;

	if (f == NULL)
		return CTL_USAGE;
	while ((len = getline(&line, &size, f)) > 0) {
		number++;
		if (strspn(line, " \t\r\n") == (size_t)len)
			continue;
		if (policy_judge_numbered(path, number, line, (size_t)len) != CTL_GOOD)
			code = CTL_USAGE;
	}
	free(line);
	return policy_close(f, path) ? code : CTL_USAGE;
}

/* ---- the verb ---- */

static enum ctl_exit
policy_run(const void *arg)
{
	const struct policy_options *options = arg;
	bool is_alone = options->key_arn == NULL && options->trail_arns.count == 0 &&
	    options->format == NULL && options->file == NULL && !options->suggests;

	if (options->jsonl != NULL && is_alone)
		return policy_judge_lines(options->jsonl);
	if (options->jsonl != NULL) {
		ctl_complain("with --jsonl the file says all, and no other option is taken");
		return CTL_USAGE;
	}
	if (options->key_arn == NULL || options->trail_arns.count == 0) {
		ctl_complain("--key-arn and --trail-arn are needed");
		return CTL_USAGE;
	}
	if (!options->suggests)
		return policy_judge_file(options);
	if (options->file != NULL || options->format != NULL) {
		ctl_complain("--suggest takes neither a file nor a format");
		return CTL_USAGE;
	}
	return policy_print_suggestion(options);
}

static const struct ctl_option policy_options[] = {
	{ "key-arn", "ARN", CTL_TEXT, offsetof(struct policy_options, key_arn),
	    "The key that the policy belongs to." },
	{ "trail-arn", "ARN", CTL_LIST, offsetof(struct policy_options, trail_arns),
	    "A trail that is encrypted with the key, in its home region; may be given again." },
	{ "format", "FORMAT", CTL_TEXT, offsetof(struct policy_options, format),
	    "table or json; on a terminal a table unless given." },
	{ "jsonl", "FILE", CTL_TEXT, offsetof(struct policy_options, jsonl),
	    "Judge one case a line instead: an object with id, key_arn, trail_arn, and policy (an "
	    "object) or policy_text (a text as it stands). Prints one line a case." },
	{ "suggest", NULL, CTL_FLAG, offsetof(struct policy_options, suggests),
	    "Print a small policy for the key that serves the trails." },
	{ .name = NULL },
};

const struct ctl_verb policy_verb = {
	.name = "policy", .operand = "[FILE]",
	.summary = "Tell whether a key policy lets CloudTrail encrypt trails.",
	.help = "Reads a key policy from FILE (\"-\": standard input) and tells whether it lets "
	    "CloudTrail use the key for the given trails, and why. Nobody is asked over the "
	    "network. Exits with 0 when all is allowed, 1 when something that CloudTrail needs is "
	    "denied, 3 when it hangs on what cannot be known or the text is no policy, and 2 on "
	    "wrong arguments and unreadable files; with --jsonl with 0 when every line could be "
	    "read.",
	.options = policy_options,
	.size = sizeof(struct policy_options),
	.operand_offset = offsetof(struct policy_options, file),
	.run = policy_run,
};
