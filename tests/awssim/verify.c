/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures checked from AWS's side; see verify.h. */
#include "awssim/verify.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <event2/http.h>
#include <event2/keyvalq_struct.h>

#include "awssim/answer.h"
#include "awssim/canonical.h"
#include "awssim/identity.h"
#include "awssim/sim.h"
#include "base/mem.h"
#include "base/stamp.h"
#include "base/text.h"

#define VERIFY_ALGORITHM	"AWS4-HMAC-SHA256"
#define VERIFY_SLOTS		65536	/* signing keys kept; a power of two */
#define VERIFY_MAX_CANONICAL	(256 * 1024)

struct signing_key {
	uint32_t	serial;		/* whose; 0 is nobody's */
	uint32_t	date;
	uint16_t	region, service;
	unsigned char	key[CRYPTO_SHA256_BYTES];
};

struct verifier {
	struct signing_key	*slots;
	struct buf		 canonical, to_sign;
};

/* An Authorization header, in pieces of the call's arena. */
struct authorization {
	char	*access_key, *date, *region, *service;
	char	*signed_headers, *signature;
};

struct verifier *
verifier_new(void)
{
	struct verifier *v = mem_alloc(1, sizeof(*v));

	v->slots = mem_alloc(VERIFY_SLOTS, sizeof(*v->slots));
	buf_init(&v->canonical, VERIFY_MAX_CANONICAL);
	buf_init(&v->to_sign, 1024);
	return v;
}

void
verifier_free(struct verifier *v)
{
	buf_done(&v->canonical);
	buf_done(&v->to_sign);
	free(v->slots);
	free(v);
}

/* "Credential=AKID/date/region/service/aws4_request" */
static bool
verify_parse_credential(struct authorization *a, char *text)
{
	char *end;

	a->access_key = strsep(&text, "/");
	a->date = strsep(&text, "/");
	a->region = strsep(&text, "/");
	a->service = strsep(&text, "/");
	end = strsep(&text, "/");
	return end != NULL && text == NULL && strcmp(end, "aws4_request") == 0;
}

/* The reason why not, or NULL. */
static const char *
verify_parse(struct call *c, const char *header, struct authorization *a)
{
	char *text = arena_strdup(c->arena, header + strlen(VERIFY_ALGORITHM)), *part;

	*a = (struct authorization){ 0 };
	while ((part = strsep(&text, ",")) != NULL) {
		part += strspn(part, " \t");
		if (text_has_prefix(part, "Credential=")) {
			if (!verify_parse_credential(a, part + strlen("Credential=")))
				return "Credential must have exactly 5 slash-delimited elements, "
				       "e.g. "
				       "keyid/date/region/service/term";
		} else if (text_has_prefix(part, "SignedHeaders=")) {
			a->signed_headers = part + strlen("SignedHeaders=");
		} else if (text_has_prefix(part, "Signature=")) {
			a->signature = part + strlen("Signature=");
		}
	}
	if (a->access_key == NULL)
		return "Authorization header requires 'Credential' parameter.";
	if (a->signature == NULL)
		return "Authorization header requires 'Signature' parameter.";
	if (a->signed_headers == NULL)
		return "Authorization header requires 'SignedHeaders' parameter.";
	return NULL;
}

static bool
verify_is_algorithm(const char *header)
{
	size_t len = strlen(VERIFY_ALGORITHM);

	return strncmp(header, VERIFY_ALGORITHM, len) == 0 &&
	    (header[len] == ' ' || header[len] == '\t');
}

const char *
verify_scope_service(struct call *c)
{
	const char *header = call_header(c, "Authorization");
	struct authorization a;

	if (header == NULL || !verify_is_algorithm(header) || verify_parse(c, header, &a) != NULL)
		return NULL;
	return a.service;
}

static bool
verify_is_signed(const char *signed_headers, const char *name)
{
	size_t len = strlen(name);

	for (const char *p = signed_headers; (p = strcasestr(p, name)) != NULL; p += len)
		if ((p == signed_headers || p[-1] == ';') && (p[len] == '\0' || p[len] == ';'))
			return true;
	return false;
}

/* Host and whatever speaks to AWS must be signed. The missing one, or NULL. */
static const char *
verify_unsigned_header(struct call *c, const char *signed_headers)
{
	struct evkeyval *header;

	if (!verify_is_signed(signed_headers, "host"))
		return "host";
	TAILQ_FOREACH(header, evhttp_request_get_input_headers(c->http), next)
		if (strncasecmp(header->key, "x-amz-", 6) == 0 &&
		    !verify_is_signed(signed_headers, header->key))
			return header->key;
	return NULL;
}

/*
 * The hash to be signed: of the body as it came, so that a changed body never passes. S3 wants it
 * told in a header, too. NULL, answered, when that differs.
 */
static const char *
verify_payload(struct call *c, char hex[CRYPTO_HEX_SIZE])
{
	const char *told = call_header(c, "x-amz-content-sha256");
	unsigned char hash[CRYPTO_SHA256_BYTES];

	crypto_sha256(c->body, c->body_len, hash);
	crypto_hex(hash, sizeof(hash), hex);
	if (c->service->protocol != PROTOCOL_S3)
		return hex;
	if (told == NULL) {
		answer_error(c, 400, "InvalidRequest",
		    "Missing required header for this request: x-amz-content-sha256");
		return NULL;
	}
	if (strcmp(told, "UNSIGNED-PAYLOAD") == 0 || strcmp(told, hex) == 0)
		return told;
	answer_error(c, 400, "XAmzContentSHA256Mismatch",
	    "The provided 'x-amz-content-sha256' header does not match what was computed.");
	return NULL;
}

const char *
verify_skew_text(struct call *c, int64_t signed_ms, int64_t now_ms)
{
	char then[STAMP_AMZ_SIZE], limit[STAMP_AMZ_SIZE], now[STAMP_AMZ_SIZE], iso[STAMP_ISO_SIZE];
	bool is_old = signed_ms < now_ms;

	stamp_format_amz(signed_ms, then);
	stamp_format_amz(now_ms, now);
	stamp_format_amz(now_ms + (is_old ? -VERIFY_SKEW_MS : VERIFY_SKEW_MS), limit);
	c->answer.extra = c->service->protocol != PROTOCOL_S3 ? NULL : arena_printf(c->arena,
	    "<RequestTime>%s</RequestTime><ServerTime>%s</ServerTime>"
	    "<MaxAllowedSkewMilliseconds>%d</MaxAllowedSkewMilliseconds>", then,
	    stamp_format_iso(now_ms, iso), VERIFY_SKEW_MS);
	if (c->service->protocol == PROTOCOL_EC2 || c->service->protocol == PROTOCOL_S3)
		return NULL;
	return arena_printf(c->arena,
	    is_old ? "Signature expired: %s is now earlier than %s (%s - 15 min.)"
		   : "Signature not yet current: %s is still later than %s (%s + 15 min.)",
	    then, limit, now);
}

/* The key of the scope; from the slots when the same one was used of late. */
static void
verify_signing_key(
    struct call *c, const struct authorization *a, unsigned char out[CRYPTO_SHA256_BYTES])
{
	struct verifier *v = c->sim->verifier;
	uint32_t date = (uint32_t)strtoul(a->date, NULL, 10);
	uint16_t region = c->region ? (uint16_t)c->region->index : UINT16_MAX;
	uint16_t service = (uint16_t)(c->service - services);
	uint32_t hash =
	    (c->who->serial * 2654435761u) ^ (region * 40503u) ^ (service * 9973u) ^ date;
	struct signing_key *slot = &v->slots[hash & (VERIFY_SLOTS - 1)];
	char secret[256];
	int len;

	if (region != UINT16_MAX && slot->serial == c->who->serial && slot->date == date &&
	    slot->region == region && slot->service == service) {
		memcpy(out, slot->key, CRYPTO_SHA256_BYTES);
		return;
	}
	len = snprintf(secret, sizeof(secret), "AWS4%s", c->who->secret);
	crypto_hmac_sha256(secret, (size_t)len, a->date, strlen(a->date), out);
	crypto_hmac_sha256(out, CRYPTO_SHA256_BYTES, a->region, strlen(a->region), out);
	crypto_hmac_sha256(out, CRYPTO_SHA256_BYTES, a->service, strlen(a->service), out);
	crypto_hmac_sha256(out, CRYPTO_SHA256_BYTES, "aws4_request", 12, out);
	if (region == UINT16_MAX)
		return;
	*slot = (struct signing_key){ .serial = c->who->serial, .date = date, .region = region,
		.service = service };
	memcpy(slot->key, out, CRYPTO_SHA256_BYTES);
}

/* Compares the signatures; the long text of the error shows what we signed. */
static bool
verify_signature(struct call *c, const struct authorization *a, const char *stamp)
{
	struct verifier *v = c->sim->verifier;
	unsigned char key[CRYPTO_SHA256_BYTES], hash[CRYPTO_SHA256_BYTES];
	char hex[CRYPTO_HEX_SIZE], payload_hex[CRYPTO_HEX_SIZE];
	const char *payload = verify_payload(c, payload_hex), *problem;

	if (payload == NULL)
		return false;
	buf_reset(&v->canonical);
	buf_reset(&v->to_sign);
	buf_addf(&v->canonical, "%s\n", c->method);
	canonical_add_path(c, &v->canonical);
	buf_addc(&v->canonical, '\n');
	canonical_add_query(c, &v->canonical);
	buf_addc(&v->canonical, '\n');
	problem = canonical_add_headers(c, &v->canonical, a->signed_headers);
	if (problem != NULL) {
		answer_refuse(c, REFUSAL_SIGNATURE, problem);
		return false;
	}
	buf_addf(&v->canonical, "\n%s\n%s", a->signed_headers, payload);

	crypto_sha256(buf_text(&v->canonical), v->canonical.len, hash);
	buf_addf(&v->to_sign, VERIFY_ALGORITHM "\n%s\n%s/%s/%s/aws4_request\n%s", stamp, a->date,
	    a->region, a->service, crypto_hex(hash, sizeof(hash), hex));
	verify_signing_key(c, a, key);
	crypto_hmac_sha256(key, sizeof(key), buf_text(&v->to_sign), v->to_sign.len, hash);
	crypto_hex(hash, sizeof(hash), hex);
	if (!v->canonical.overflowed && strcmp(hex, a->signature) == 0)
		return true;
	if (c->service->protocol == PROTOCOL_S3 || c->service->protocol == PROTOCOL_EC2)
		answer_refuse(c, REFUSAL_SIGNATURE, NULL);
	else
		answer_refuse(c, REFUSAL_SIGNATURE,
		    arena_printf(c->arena,
			"The request signature we calculated does not match the signature you "
			"provided. Check "
			"your AWS Secret Access Key and signing method. Consult the service "
			"documentation for "
			"details.\n\nThe Canonical String for this request should have "
			"been\n'%s'\n\nThe "
			"String-to-Sign should have been\n'%s'\n",
			buf_text(&v->canonical), buf_text(&v->to_sign)));
	return false;
}

/* The session token must be the session's own, and a user has none. */
static bool
verify_token(struct call *c)
{
	const char *token = call_header(c, "x-amz-security-token");

	if (text_same(token, c->who->token))
		return true;
	answer_refuse(c, REFUSAL_BAD_TOKEN, NULL);
	return false;
}

static bool
verify_time(struct call *c, const struct authorization *a, const char *stamp)
{
	int64_t signed_ms;

	if (stamp == NULL || !stamp_parse_amz(stamp, &signed_ms)) {
		answer_refuse(c, REFUSAL_INCOMPLETE,
		    "Authorization header requires existence of either a "
		    "'X-Amz-Date' or a 'Date' header.");
		return false;
	}
	if (strncmp(stamp, a->date, 8) != 0 || strlen(a->date) != 8) {
		answer_refuse(c, REFUSAL_SIGNATURE,
		    arena_printf(c->arena,
			"Date in Credential scope does "
			"not match YYYYMMDD from ISO-8601 version of date from HTTP: '%s' != "
			"'%.8s', from '%s'.",
			a->date, stamp, stamp));
		return false;
	}
	if (llabs((long long)(signed_ms - c->now_ms)) > VERIFY_SKEW_MS) {
		answer_refuse(c, REFUSAL_SKEWED, verify_skew_text(c, signed_ms, c->now_ms));
		return false;
	}
	return true;
}

/* A region that the account has not enabled does not know its keys. */
static bool
verify_region(struct call *c, const struct authorization *a)
{
	c->region_name = a->region;
	c->region = world_region(c->world, a->region, strlen(a->region));
	if (c->service->only_region != NULL) {
		if (strcmp(a->region, c->service->only_region) == 0)
			return true;
		answer_refuse(
		    c, REFUSAL_SIGNATURE, "Credential should be scoped to a valid region. ");
		return false;
	}
	if (c->region != NULL && account_has_region(c->who->account, c->region))
		return true;
	answer_refuse(c, REFUSAL_NOT_ENABLED, NULL);
	return false;
}

/* What can be said of the header before the signature is computed. */
static bool
verify_form(struct call *c, const char *header, struct authorization *a)
{
	const char *problem;

	if (!verify_is_algorithm(header)) {
		answer_refuse(c, REFUSAL_INCOMPLETE, "Authorization header requires the algorithm "
		    "'" VERIFY_ALGORITHM "'.");
		return false;
	}
	problem = verify_parse(c, header, a);
	if (problem != NULL) {
		answer_refuse(c, REFUSAL_INCOMPLETE, problem);
		return false;
	}
	if (strcmp(a->service, c->service->name) != 0) {
		answer_refuse(c, REFUSAL_SIGNATURE, arena_printf(c->arena,
		    "Credential should be scoped to correct service: '%s'. ", c->service->name));
		return false;
	}
	problem = verify_unsigned_header(c, a->signed_headers);
	if (problem != NULL) {
		answer_refuse(c, REFUSAL_SIGNATURE, arena_printf(c->arena,
		    "'%s' must be a 'SignedHeader' in the AWS Authorization.", problem));
		return false;
	}
	return true;
}

bool
verify_call(struct call *c)
{
	const char *header = call_header(c, "Authorization"), *stamp = call_header(c, "x-amz-date");
	struct authorization a;

	if (header == NULL) {
		answer_refuse(c, REFUSAL_UNSIGNED, NULL);
		return false;
	}
	if (!verify_form(c, header, &a))
		return false;
	c->who = identity_find(c->sim->identities, a.access_key, strlen(a.access_key));
	if (c->who == NULL) {
		answer_refuse(c, REFUSAL_UNKNOWN_KEY, NULL);
		return false;
	}
	c->account = c->who->account;
	if (!verify_region(c, &a) || !verify_time(c, &a, stamp) || !verify_token(c) ||
	    !verify_signature(c, &a, stamp))
		return false;
	if (c->who->expires_ms != STAMP_UNKNOWN && c->who->expires_ms <= c->now_ms) {
		answer_refuse(c, REFUSAL_EXPIRED, NULL);
		return false;
	}
	c->is_verified = true;
	return true;
}
