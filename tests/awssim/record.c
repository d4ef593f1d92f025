/* SPDX-License-Identifier: Apache-2.0 */
/* A call as a CloudTrail record; see record.h. */
#include "awssim/record.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "awssim/answer.h"
#include "awssim/identity.h"
#include "base/stamp.h"
#include "base/text.h"

#define RECORD_VERSION	"1.09"

const char *
record_source(struct call *c)
{
	return arena_printf(c->arena, "%s.amazonaws.com", c->service->name);
}

const char *
record_username(const struct call *c)
{
	return c->who->user ? c->who->user->name : c->who->session_name;
}

static void
record_write_session(const struct identity *id, struct json_writer *w)
{
	json_write_key(w, "sessionContext");
	json_write_object(w);
	json_write_key(w, "sessionIssuer");
	json_write_object(w);
	json_write_member(w, "type", "Role");
	json_write_member(w, "principalId", id->role->id);
	json_write_member(w, "arn", id->role->arn);
	json_write_member(w, "accountId", id->account->id);
	json_write_member(w, "userName", id->role->name);
	json_write_end_object(w);
	json_write_key(w, "webIdFederationData");
	json_write_object(w);
	json_write_end_object(w);
	json_write_key(w, "attributes");
	json_write_object(w);
	json_write_member_time(w, "creationDate", id->created_ms);
	json_write_member(w, "mfaAuthenticated", "false");
	json_write_end_object(w);
	json_write_end_object(w);
}

static void
record_write_identity(const struct identity *id, struct json_writer *w)
{
	json_write_key(w, "userIdentity");
	json_write_object(w);
	json_write_member(w, "type", id->user ? "IAMUser" : "AssumedRole");
	json_write_member(w, "principalId", id->principal_id);
	json_write_member(w, "arn", id->arn);
	json_write_member(w, "accountId", id->account->id);
	json_write_member(w, "accessKeyId", id->access_key);
	if (id->user != NULL)
		json_write_member(w, "userName", id->user->name);
	else
		record_write_session(id, w);
	json_write_end_object(w);
}

/* "Oct 21, 2024, 2:25:29 PM": KMS writes dates for people. */
static void
record_write_date(struct json_writer *w, const struct json *number)
{
	int64_t wall_ms;
	char text[64];
	struct tm tm;
	time_t t;

	if (!stamp_parse_epoch(number->text, &wall_ms)) {
		json_write_null(w);
		return;
	}
	t = (time_t)(wall_ms / 1000);
	gmtime_r(&t, &tm);
	strftime(text, sizeof(text), "%b %-d, %Y, %-I:%M:%S %p", &tm);
	json_write_string(w, text);
}

/* The members of an object, their names in lower case; dates down to some level become text. */
static void
record_write_lowered(struct json_writer *w, const struct json *object, unsigned levels)
{
	json_write_object(w);
	json_foreach(member, object) {
		char name[128] = "";

		strncat(name, member->name, sizeof(name) - 1);
		name[0] = (char)tolower((unsigned char)name[0]);
		json_write_key(w, name);
		if (member->type == JSON_NUMBER &&
		    (text_has_suffix(name, "Date") || strcmp(name, "validTo") == 0))
			record_write_date(w, member);
		else if (member->type == JSON_OBJECT && levels > 0)
			record_write_lowered(w, member, levels - 1);
		else
			answer_tree(w, member, true);
	}
	json_write_end_object(w);
}

/* S3's parameters stand in the path; a policy is an object here, not a text. */
static void
record_write_s3_request(struct call *c, struct json_writer *w)
{
	const struct json *policy;
	struct err e;

	json_write_object(w);
	json_write_member(w, "bucketName", c->bucket);
	json_write_member(w, "Host", call_header(c, "Host"));
	if (strcmp(c->operation->name, "PutBucketPolicy") == 0) {
		json_write_member(w, "policy", "");
		if (json_parse(c->arena, c->body, c->body_len, &policy, &e) == 0) {
			json_write_key(w, "bucketPolicy");
			answer_tree(w, policy, false);
		}
	}
	json_write_end_object(w);
}

static void
record_write_request(struct call *c, struct json_writer *w)
{
	json_write_key(w, "requestParameters");
	if (c->answer.code != NULL && strstr(c->answer.code, "AccessDenied") != NULL) {
		json_write_null(w);
	} else if (c->bucket != NULL) {
		record_write_s3_request(c, w);
	} else if (c->params != NULL && c->params->count > 0) {
		record_write_lowered(w, c->params, 0);
	} else if (c->fields != NULL) {
		json_write_object(w);
		for (const struct field *f = c->fields; f != NULL; f = f->next) {
			char name[128] = "";

			strncat(name, f->name, sizeof(name) - 1);
			name[0] = (char)tolower((unsigned char)name[0]);
			if (strcmp(name, "action") != 0 && strcmp(name, "version") != 0)
				json_write_member(w, name, f->value);
		}
		json_write_end_object(w);
	} else {
		json_write_null(w);
	}
}

/* What the call answered; KMS tells the key where the API answers nothing. */
static void
record_write_response(struct call *c, struct json_writer *w)
{
	const struct json *answer = NULL;
	struct err e;
	bool is_kms = strcmp(c->service->name, "kms") == 0;

	json_write_key(w, "responseElements");
	if (c->answer.code != NULL || c->operation->is_read) {
		json_write_null(w);
		return;
	}
	if (c->service->protocol == PROTOCOL_JSON && c->answer.body->len > 0 &&
	    json_parse(c->arena, buf_text(c->answer.body), c->answer.body->len, &answer, &e) != 0)
		answer = NULL;
	if (answer != NULL && answer->count > 0) {
		record_write_lowered(w, answer, 1);
	} else if (is_kms && c->resources > 0) {
		json_write_object(w);
		json_write_member(w, "keyId", c->resource[c->resources - 1].name);
		json_write_end_object(w);
	} else {
		json_write_null(w);
	}
}

/* Records of trails name no resources. */
static void
record_write_resources(struct call *c, struct json_writer *w)
{
	if (c->resources == 0 || strcmp(c->service->name, "cloudtrail") == 0 ||
	    c->answer.code != NULL)
		return;
	json_write_key(w, "resources");
	json_write_array(w);
	for (unsigned i = 0; i < c->resources; i++) {
		json_write_object(w);
		json_write_member(w, "accountId", c->account->id);
		json_write_member(w, "type", c->resource[i].type);
		json_write_member(w, "ARN", c->resource[i].name);
		json_write_end_object(w);
	}
	json_write_end_array(w);
}

static const char *
record_error_code(struct call *c)
{
	if (strcmp(c->answer.code, "AccessDeniedException") == 0)
		return "AccessDenied";
	if (c->service->protocol == PROTOCOL_EC2)
		return arena_printf(c->arena, "Client.%s", c->answer.code);
	return c->answer.code;
}

char *
record_make(struct call *c, const char *event_id)
{
	const char *agent = call_header(c, "User-Agent");
	struct json_writer *w;
	struct buf text;

	buf_init(&text, CALL_MAX_ANSWER);
	w = json_writer_new(&text, false);
	json_write_object(w);
	json_write_member(w, "eventVersion", RECORD_VERSION);
	record_write_identity(c->who, w);
	json_write_member_time(w, "eventTime", c->now_ms);
	json_write_member(w, "eventSource", record_source(c));
	json_write_member(w, "eventName", c->operation->name);
	json_write_member(w, "awsRegion", c->region->name);
	json_write_member(w, "sourceIPAddress", call_peer(c));
	json_write_member(w, "userAgent", agent ? agent : "-");
	if (c->answer.code != NULL) {
		json_write_member(w, "errorCode", record_error_code(c));
		json_write_member(w, "errorMessage", c->answer.message);
	}
	record_write_request(c, w);
	record_write_response(c, w);
	json_write_member(w, "requestID", c->answer.request_id);
	json_write_member(w, "eventID", event_id);
	json_write_member_bool(w, "readOnly", c->operation->is_read);
	record_write_resources(c, w);
	json_write_member(w, "eventType", "AwsApiCall");
	json_write_member_bool(w, "managementEvent", true);
	json_write_member(w, "recipientAccountId", c->account->id);
	json_write_member(w, "eventCategory", "Management");
	json_write_end_object(w);
	json_writer_free(w);
	return buf_steal(&text);
}
