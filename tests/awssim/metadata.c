/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials of machines: EC2's metadata service (version 2 only) and ECS's container path. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "awssim/answer.h"
#include "awssim/identity.h"
#include "awssim/sim.h"
#include "base/stamp.h"
#include "base/text.h"

#define METADATA_MAX_TTL_S	21600
#define METADATA_SESSION_S	(6 * 3600)
#define METADATA_ROLES		"/latest/meta-data/iam/security-credentials/"

/* "EXPIRY-MAC": so no token needs to be remembered. */
static const char *
metadata_make_token(struct call *c, int64_t expires_ms)
{
	unsigned char mac[CRYPTO_SHA256_BYTES];
	char hex[CRYPTO_HEX_SIZE], text[32];
	int len = snprintf(text, sizeof(text), "%" PRId64, expires_ms);

	crypto_hmac_sha256(
	    c->sim->metadata_secret, sizeof(c->sim->metadata_secret), text, (size_t)len, mac);
	return arena_printf(c->arena, "%s-%s", text, crypto_hex(mac, sizeof(mac), hex));
}

static bool
metadata_token_is_good(struct call *c, const char *token)
{
	int64_t expires_ms = token ? strtoll(token, NULL, 10) : 0;

	return token != NULL && strcmp(token, metadata_make_token(c, expires_ms)) == 0 &&
	    expires_ms > c->now_ms;
}

static void
metadata_answer_token(struct call *c)
{
	const char *text = call_header(c, "x-aws-ec2-metadata-token-ttl-seconds");
	int64_t ttl_s;

	if (text == NULL || !text_to_i64(text, &ttl_s) || ttl_s < 1 || ttl_s > METADATA_MAX_TTL_S) {
		answer_error(c, 400, "BadRequest",
		    "x-aws-ec2-metadata-token-ttl-seconds is missing or wrong");
		return;
	}
	answer_header(c, "x-aws-ec2-metadata-token-ttl-seconds", text);
	buf_adds(c->answer.body, metadata_make_token(c, c->now_ms + ttl_s * 1000));
}

/* The role behind the machine, or NULL, answered. */
static const struct role *
metadata_role(struct call *c)
{
	const struct role *role =
	    c->world->instance_role ? world_role(c->world, c->world->instance_role) : NULL;

	if (role == NULL)
		answer_error(c, 404, "NotFound", "No role");
	return role;
}

static void
metadata_answer_credentials(struct call *c, const struct role *role, bool is_instance)
{
	const struct identity *id = identity_start_session(c->sim->identities, role,
	    is_instance ? "i-0123456789abcdef0" : "task-0123456789abcdef", c->now_ms,
	    METADATA_SESSION_S);
	struct json_writer *w = answer_json(c);

	if (is_instance) {
		json_write_member(w, "Code", "Success");
		json_write_member_time(w, "LastUpdated", c->now_ms);
		json_write_member(w, "Type", "AWS-HMAC");
	} else {
		json_write_member(w, "RoleArn", role->arn);
	}
	json_write_member(w, "AccessKeyId", id->access_key);
	json_write_member(w, "SecretAccessKey", id->secret);
	json_write_member(w, "Token", id->token);
	json_write_member_time(w, "Expiration", id->expires_ms);
}

static void
metadata_handle(struct call *c)
{
	const struct role *role;

	if (strcmp(c->path, "/latest/api/token") == 0 && strcmp(c->method, "PUT") == 0) {
		metadata_answer_token(c);
		return;
	}
	if (!metadata_token_is_good(c, call_header(c, "x-aws-ec2-metadata-token"))) {
		answer_error(c, 401, "Unauthorized", "A session token is needed");
		return;
	}
	if (strcmp(c->path, "/latest/meta-data/placement/region") == 0) {
		buf_adds(c->answer.body, world_home(c->world)->name);
		return;
	}
	if (!text_has_prefix(c->path, METADATA_ROLES)) {
		answer_error(c, 404, "NotFound", "No such path");
		return;
	}
	role = metadata_role(c);
	if (role == NULL)
		return;
	if (strcmp(c->path, METADATA_ROLES) == 0)
		buf_adds(c->answer.body, role->name);
	else if (strcmp(c->path + strlen(METADATA_ROLES), role->name) == 0)
		metadata_answer_credentials(c, role, true);
	else
		answer_error(c, 404, "NotFound", "No such role");
}

static void
container_handle(struct call *c)
{
	const struct role *role;

	if (!text_same(call_header(c, "Authorization"), c->world->container_token)) {
		answer_error(
		    c, 401, "Unauthorized", "The Authorization header is missing or wrong");
		return;
	}
	role = metadata_role(c);
	if (role != NULL)
		metadata_answer_credentials(c, role, false);
}

/* clang-format off */
const struct operation metadata_operations[] = {
	{ "Metadata", metadata_handle, .is_read = true },
	{ .name = NULL },
};

const struct operation container_operations[] = {
	{ "Credentials", container_handle, .is_read = true },
	{ .name = NULL },
};
/* clang-format on */
