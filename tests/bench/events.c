/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a page of LookupEvents costs: 50 records of the usual size, parsed and put to the event
 * rules; one of them is about a watched key. Prints one line a round:
 * "page BYTES bytes US us PER_SECOND pages" in microseconds of CPU a page.
 *
 *	events ROUNDS
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/buf.h"
#include "parse/record.h"
#include "rules/events.h"
#include "wire/json_write.h"

#define ACCOUNT	"111122223333"
#define KEY	"arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
#define RECORDS	50
#define ROUND_MS	200.0		/* of CPU */
#define PAGE_BYTES	(1024 * 1024)

static double
cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static struct world *
make_world(void)
{
	static const struct source source = { "test", ACCOUNT, "us-east-1", 1, "" };
	static const struct trail trail = {
		.arn = "arn:aws:cloudtrail:us-east-1:111122223333:trail/main", .name = "main",
		.account = ACCOUNT, .home_region = "us-east-1", .bucket = "example-logs",
		.kms_key_id = KEY,
	};
	struct world *w = world_new();
	struct world_account *account = world_add_account(w, ACCOUNT, NULL);

	world_set_trails(w, world_add_region(w, account, "us-east-1", TRI_YES), &trail, 1, &source,
	    NULL);
	return w;
}

/* A session's call on a key; the last one is the watched key's. */
static void
write_record(struct buf *out, int i)
{
	char key[128];

	snprintf(key, sizeof(key), "arn:aws:kms:us-east-1:" ACCOUNT ":key/%08d-12ab-34cd-56ef-"
	    "1234567890ab", i);
	buf_addf(out, "{\"eventVersion\":\"1.11\",\"userIdentity\":{\"type\":\"AssumedRole\","
	    "\"principalId\":\"AROAEXAMPLEEXAMPLE:jane\",\"arn\":\"arn:aws:sts::" ACCOUNT
	    ":assumed-role/ops/jane\",\"accountId\":\"" ACCOUNT "\",\"accessKeyId\":"
	    "\"ASIAIOSFODNN7EXAMPLE\",\"sessionContext\":{\"sessionIssuer\":{\"type\":\"Role\","
	    "\"principalId\":\"AROAEXAMPLEEXAMPLE\",\"arn\":\"arn:aws:iam::" ACCOUNT ":role/ops\","
	    "\"accountId\":\"" ACCOUNT "\",\"userName\":\"ops\"},\"attributes\":{\"creationDate\":"
	    "\"2026-01-02T02:59:05Z\",\"mfaAuthenticated\":\"true\"}}},\"eventTime\":"
	    "\"2026-01-02T03:04:%02dZ\",\"eventSource\":\"kms.amazonaws.com\",\"eventName\":"
	    "\"PutKeyPolicy\",\"awsRegion\":\"us-east-1\",\"sourceIPAddress\":\"192.0.2.7\","
	    "\"userAgent\":\"aws-cli/2.15.30 Python/3.11.8 Linux/6.1.0 exe/x86_64.debian.12\","
	    "\"requestParameters\":{\"keyId\":\"%s\",\"policyName\":\"default\",\"policy\":",
	    i, i == RECORDS - 1 ? KEY : key);
	buf_adds(out, "\"{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":[{\\\"Effect\\\":"
	    "\\\"Allow\\\",\\\"Principal\\\":{\\\"Service\\\":\\\"cloudtrail.amazonaws.com\\\"},"
	    "\\\"Action\\\":\\\"kms:GenerateDataKey*\\\",\\\"Resource\\\":\\\"*\\\"}]}\"},");
	buf_addf(out, "\"responseElements\":{\"keyId\":\"%s\"},\"requestID\":\"%08d-EXAMPLE\","
	    "\"eventID\":\"%08d-1234-1234-1234-123456789012\",\"readOnly\":false,\"resources\":["
	    "{\"accountId\":\"" ACCOUNT "\",\"type\":\"AWS::KMS::Key\",\"ARN\":\"%s\"}],"
	    "\"eventType\":\"AwsApiCall\",\"managementEvent\":true,\"recipientAccountId\":\"" ACCOUNT
	    "\",\"eventCategory\":\"Management\",\"tlsDetails\":{\"tlsVersion\":\"TLSv1.3\","
	    "\"cipherSuite\":\"TLS_AES_256_GCM_SHA384\",\"clientProvidedHostHeader\":"
	    "\"kms.us-east-1.amazonaws.com\"}}", i == RECORDS - 1 ? KEY : key, i, i,
	    i == RECORDS - 1 ? KEY : key);
}

static void
write_page(struct buf *out)
{
	struct json_writer *w = json_writer_new(out, false);
	struct buf record;
	char id[64];

	buf_init(&record, PAGE_BYTES);
	json_write_object(w);
	json_write_key(w, "Events");
	json_write_array(w);
	for (int i = 0; i < RECORDS; i++) {
		snprintf(id, sizeof(id), "%08d-1234-1234-1234-123456789012", i);
		buf_reset(&record);
		write_record(&record, i);
		json_write_object(w);
		json_write_member(w, "EventId", id);
		json_write_member(w, "EventName", "PutKeyPolicy");
		json_write_key(w, "EventTime");
		json_write_i64(w, 1767323045 + i);
		json_write_member(w, "CloudTrailEvent", buf_text(&record));
		json_write_end_object(w);
	}
	json_write_end_array(w);
	json_write_member(w, "NextToken", "more");
	json_write_end_object(w);
	json_writer_free(w);
	buf_done(&record);
}

static void
match(struct arena *arena, const struct rules_settings *settings,
    const struct events_watched *watched, const struct buf *text)
{
	const struct json *json;
	struct record_page page;
	struct events_match m;
	size_t matches = 0;
	struct err err;
	int ret;

	arena_reset(arena);
	ret = json_parse(arena, text->data, text->len, &json, &err);
	assert(ret == 0);
	ret = parse_lookup_events(arena, json, &page, &err);
	assert(ret == 0 && page.count == RECORDS && page.lost_count == 0);
	(void)ret;
	for (size_t i = 0; i < page.count; i++)
		matches += events_match(settings, watched, &page.events[i], arena, &m);
	assert(matches == 1);
}

static void
measure(const struct rules_settings *settings, const struct events_watched *watched,
    const struct buf *page)
{
	struct arena *arena = arena_new();
	double begin = cpu_ms(), us;
	unsigned long count = 0;

	while (cpu_ms() - begin < ROUND_MS) {
		for (int i = 0; i < 20; i++)
			match(arena, settings, watched, page);
		count += 20;
	}
	us = (cpu_ms() - begin) * 1e3 / (double)count;
	printf("page %zu bytes %.2f us %.0f pages\n", page->len, us, 1e6 / us);
	arena_free(arena);
}

int
main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 1;
	struct world *world = make_world();
	struct events_watched watched = { .world = world };
	struct rules_settings settings;
	struct buf page;

	rules_settings_init(&settings);
	buf_init(&page, PAGE_BYTES);
	write_page(&page);
	for (int i = 0; i < rounds; i++)
		measure(&settings, &watched, &page);
	buf_done(&page);
	world_free(world);
	return 0;
}
