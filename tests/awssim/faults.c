/* SPDX-License-Identifier: Apache-2.0 */
/* Faults that a test plants; see faults.h. */
#include "awssim/faults.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "awssim/answer.h"
#include "awssim/identity.h"
#include "awssim/sim.h"
#include "awssim/strict.h"
#include "awssim/verify.h"
#include "base/mem.h"
#include "base/text.h"

#define FAULT_SLOW_MS		5000
#define FAULT_SKEW_MS		(20 * 60 * 1000)
#define FAULT_HUGE_BYTES	(64 << 20)
#define FAULT_MAX_MS		(24LL * 3600 * 1000)
#define FAULT_MAX_BYTES		(1LL << 32)

struct fault_kind {
	const char	*name;
	enum fault_wire	 wire;
	enum refusal	 refusal;	/* 0: the call is handled, or the bytes alone are spoiled */
	bool		 skips_call;	/* nothing is done or recorded */
	const char	*help;
};

/* clang-format off */
static const struct fault_kind fault_kinds[] = {
	{ "throttle", WIRE_PLAIN, REFUSAL_THROTTLED, true, "the service's own throttling error" },
	{ "server-error", WIRE_PLAIN, REFUSAL_INTERNAL, true, "500, or 503 with \"status\": 503" },
	{ "access-denied", WIRE_PLAIN, REFUSAL_DENIED, true, "no policy allows the action" },
	{ "scp-denied", WIRE_PLAIN, REFUSAL_DENIED, true,
	  "an explicit deny in a service control policy" },
	{ "region-disabled", WIRE_PLAIN, REFUSAL_NOT_ENABLED, true,
	  "as if the account had not enabled the region" },
	{ "expired-token", WIRE_PLAIN, REFUSAL_EXPIRED, true, "as if the session had expired" },
	{ "clock-skew", WIRE_PLAIN, REFUSAL_SKEWED, true,
	  "as if AWS's clock were \"ms\" ahead (20 minutes), Date included" },
	{ "error", WIRE_PLAIN, 0, true, "any other: \"code\", \"status\" (400), \"message\"" },
	{ "slow", WIRE_SLOW, 0, false, "the answer comes \"ms\" later (5000)" },
	{ "hang", WIRE_HANG, 0, true, "no answer, the connection stays" },
	{ "close", WIRE_CLOSE, 0, true, "the connection is reset without an answer" },
	{ "cut-body", WIRE_CUT_BODY, 0, false, "half the body, then the end of the connection" },
	{ "garbage", WIRE_GARBAGE, 0, true, "200 with bytes that are no answer" },
	{ "huge-body", WIRE_HUGE_BODY, 0, true, "200 with \"bytes\" of body (64 MB)" },
	{ "wrong-content-type", WIRE_WRONG_TYPE, 0, false, "the right answer as image/png" },
	{ "tls-failure", WIRE_TLS, 0, true, "the next connections fail their TLS handshake" },
};
/* clang-format on */

struct fault {
	const struct fault_kind	*kind;
	char *service, *operation, *account, *region; /* ours; NULL: any */
	char			*code, *message;				/* ours or NULL */
	int64_t nth, count; /* acts on matches nth .. nth + count - 1; count 0: no end */
	int64_t			 percent;
	int64_t			 status, ms, bytes;
	uint64_t		 matched, acted;
	STAILQ_ENTRY(fault)	 next;
};

struct faults {
	STAILQ_HEAD(, fault)	list;
	uint32_t		dice;
};

struct faults *
faults_new(void)
{
	struct faults *f = mem_alloc(1, sizeof(*f));

	STAILQ_INIT(&f->list);
	f->dice = 2463534242u;
	return f;
}

static void
fault_free(struct fault *f)
{
	free(f->service);
	free(f->operation);
	free(f->account);
	free(f->region);
	free(f->code);
	free(f->message);
	free(f);
}

void
faults_clear(struct faults *faults)
{
	while (!STAILQ_EMPTY(&faults->list)) {
		struct fault *f = STAILQ_FIRST(&faults->list);

		STAILQ_REMOVE_HEAD(&faults->list, next);
		fault_free(f);
	}
	faults->dice = 2463534242u;
}

void
faults_free(struct faults *f)
{
	faults_clear(f);
	free(f);
}

static const struct fault_kind *
fault_kind_named(const char *name)
{
	for (size_t i = 0; i < sizeof(fault_kinds) / sizeof(fault_kinds[0]); i++)
		if (strcmp(fault_kinds[i].name, name) == 0)
			return &fault_kinds[i];
	return NULL;
}

static int
fault_read_text(const struct strict *s, const struct json *object, const char *name, char **ret)
{
	const char *text = NULL;

	if (strict_string(s, object, name, &text) != 0)
		return -1;
	text_replace(ret, text);
	return 0;
}

static int
fault_read(struct fault *f, const struct strict *s, const struct json *object)
{
	static const char *const names[] = { "kind", "service", "operation", "account", "region",
		"nth", "count", "percent", "status", "code", "message", "ms", "bytes", NULL };
	const char *kind = NULL;

	if (strict_object(s, object, names) != 0 || strict_string(s, object, "kind", &kind) != 0)
		return -1;
	if (kind == NULL || (f->kind = fault_kind_named(kind)) == NULL)
		return strict_fail(s, object, "\"kind\" must name a kind of fault, not \"%s\"",
		    kind ? kind : "");
	f->nth = f->count = 1;
	f->percent = 100;
	f->status = strcmp(kind, "error") == 0 ? 400 : 500;
	f->ms = f->kind->wire == WIRE_SLOW ? FAULT_SLOW_MS : FAULT_SKEW_MS;
	f->bytes = FAULT_HUGE_BYTES;
	if (fault_read_text(s, object, "service", &f->service) != 0 ||
	    fault_read_text(s, object, "operation", &f->operation) != 0 ||
	    fault_read_text(s, object, "account", &f->account) != 0 ||
	    fault_read_text(s, object, "region", &f->region) != 0 ||
	    fault_read_text(s, object, "code", &f->code) != 0 ||
	    fault_read_text(s, object, "message", &f->message) != 0 ||
	    strict_number(s, object, "nth", 1, INT64_MAX / 2, &f->nth) != 0 ||
	    strict_number(s, object, "count", 0, INT64_MAX / 2, &f->count) != 0 ||
	    strict_number(s, object, "percent", 0, 100, &f->percent) != 0 ||
	    strict_number(s, object, "status", 200, 599, &f->status) != 0 ||
	    strict_number(s, object, "ms", -FAULT_MAX_MS, FAULT_MAX_MS, &f->ms) != 0 ||
	    strict_number(s, object, "bytes", 0, FAULT_MAX_BYTES, &f->bytes) != 0)
		return -1;
	return 0;
}

int
faults_add(struct faults *faults, const struct strict *s, const struct json *object)
{
	struct fault *f = mem_alloc(1, sizeof(*f));

	if (fault_read(f, s, object) != 0) {
		fault_free(f);
		return -1;
	}
	STAILQ_INSERT_TAIL(&faults->list, f, next);
	return 0;
}

void
faults_write(const struct faults *faults, struct json_writer *w)
{
	const struct fault *f;

	json_write_array(w);
	STAILQ_FOREACH(f, &faults->list, next) {
		json_write_object(w);
		json_write_member(w, "kind", f->kind->name);
		json_write_member(w, "service", f->service);
		json_write_member(w, "operation", f->operation);
		json_write_member(w, "account", f->account);
		json_write_member(w, "region", f->region);
		json_write_member_i64(w, "matched", (int64_t)f->matched);
		json_write_member_i64(w, "acted", (int64_t)f->acted);
		json_write_end_object(w);
	}
	json_write_end_array(w);
}

static bool
fault_matches(const struct fault *f, const struct call *c)
{
	return f->kind->wire != WIRE_TLS &&
	    (f->service == NULL || strcmp(f->service, c->service->name) == 0) &&
	    (f->operation == NULL || strcmp(f->operation, c->operation->name) == 0) &&
	    (f->account == NULL ||
		(c->account != NULL && strcmp(f->account, c->account->id) == 0)) &&
	    (f->region == NULL || strcmp(f->region, c->region_name) == 0);
}

/* Counts a match; true when the fault acts on it. */
static bool
fault_acts(struct faults *faults, struct fault *f)
{
	int64_t n = (int64_t)++f->matched;

	if (n < f->nth || (f->count > 0 && n >= f->nth + f->count))
		return false;
	faults->dice ^= faults->dice << 13;
	faults->dice ^= faults->dice >> 17;
	faults->dice ^= faults->dice << 5;
	return f->percent == 100 || faults->dice % 100 < (uint64_t)f->percent;
}

const struct fault *
fault_take(struct call *c)
{
	struct fault *f, *taken = NULL;

	STAILQ_FOREACH(f, &c->sim->faults->list, next)
		if (fault_matches(f, c) && fault_acts(c->sim->faults, f) && taken == NULL) {
			f->acted++;
			taken = f;
		}
	return taken;
}

bool
fault_take_tls(struct faults *faults)
{
	struct fault *f;
	bool acts = false;

	STAILQ_FOREACH(f, &faults->list, next)
		if (f->kind->wire == WIRE_TLS && fault_acts(faults, f)) {
			f->acted++;
			acts = true;
		}
	return acts;
}

bool
fault_replaces_answer(const struct fault *f)
{
	return f->kind->skips_call;
}

static const char *
fault_denial(struct call *c, const char *kind)
{
	const char *why;

	if (c->who == NULL || c->operation->action == NULL)
		return "Access Denied";
	if (strcmp(kind, "scp-denied") == 0)
		why = arena_printf(c->arena,
		    "with an explicit deny in a service control policy: "
		    "arn:aws:organizations::%s:policy/%s/service_control_policy/p-awssim01",
		    c->world->management,
		    c->world->organization_id ? c->world->organization_id : "o-example");
	else
		why = arena_printf(c->arena,
		    "because no identity-based policy allows the %s action", c->operation->action);
	return identity_denial(c, why);
}

void
fault_answer(struct call *c, const struct fault *f)
{
	enum refusal refusal = f->kind->refusal;
	const char *text = f->message;

	if (refusal == REFUSAL_INTERNAL && f->status == 503)
		refusal = REFUSAL_UNAVAILABLE;
	if (refusal == REFUSAL_DENIED && text == NULL)
		text = fault_denial(c, f->kind->name);
	if (refusal == REFUSAL_SKEWED) {
		c->answer.date_ms = c->now_ms + f->ms;
		text = verify_skew_text(c, c->now_ms, c->answer.date_ms);
	}
	if (refusal != 0)
		answer_refuse(c, refusal, text);
	else if (f->kind->wire == WIRE_PLAIN)
		answer_error(
		    c, (int)f->status, f->code ? f->code : "UnknownError", "%s", text ? text : "");
}

enum fault_wire
fault_wire(const struct fault *f)
{
	return f->kind->wire;
}

int64_t
fault_ms(const struct fault *f)
{
	return f->ms;
}

int64_t
fault_bytes(const struct fault *f)
{
	return f->bytes;
}

void
faults_add_help(struct buf *out)
{
	for (size_t i = 0; i < sizeof(fault_kinds) / sizeof(fault_kinds[0]); i++)
		buf_addf(out, "    %-20s %s\n", fault_kinds[i].name, fault_kinds[i].help);
}
