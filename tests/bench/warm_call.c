/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a warm call costs: signed, sent over TLS, parsed, put into the world and judged, beside a
 * bare libcurl loop (bare.h) that sends the same bytes, in turns within one process. Prints one
 * line a round: "bare US ours US" in microseconds of this process's CPU a call.
 *
 *	warm_call URL CA_FILE ROUNDS CALLS
 *
 * The far side is the simulator's account 111122223333, where the operator's documented example
 * keys may call cloudtrail:DescribeTrails.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "aws/call.h"
#include "aws/sigv4.h"
#include "base/arena.h"
#include "base/crypto.h"
#include "base/mem.h"
#include "base/stamp.h"
#include "bench/bare.h"
#include "parse/parse.h"
#include "rules/rules.h"
#include "world/world.h"

#define WARM_PARALLEL	32
#define WARM_ACCOUNT	"111122223333"
#define WARM_REGION	"us-east-1"

struct warm {
	struct loop		*loop;
	struct aws		*aws;
	struct aws_credentials	*credentials;
	struct world		*world;
	struct world_region	*region;
	struct rules_settings	 settings;
	struct arena		*arena;
	size_t			 to_start, running, good;
};

static double
warm_cpu_us(void)
{
	struct rusage use;

	getrusage(RUSAGE_SELF, &use);
	return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1e6 +
	    (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec);
}

static void	warm_start_one(struct warm *);

/* For the key and the bucket alike: as long and as intricate as such policies are. */
static const char warm_policy[] = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"Enable IAM "
    "User Permissions\",\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::" WARM_ACCOUNT
    ":root\"},\"Action\":\"kms:*\",\"Resource\":\"*\"},{\"Sid\":\"Encrypt\",\"Effect\":\"Allow\","
    "\"Principal\":{\"Service\":\"cloudtrail.amazonaws.com\"},\"Action\":[\"kms:GenerateDataKey*\","
    "\"s3:PutObject\"],\"Resource\":\"*\",\"Condition\":{\"StringLike\":{\"aws:SourceArn\":"
    "\"arn:aws:cloudtrail:*:" WARM_ACCOUNT ":trail/*\"}}},{\"Sid\":\"Look\",\"Effect\":\"Allow\","
    "\"Principal\":{\"Service\":\"cloudtrail.amazonaws.com\"},\"Action\":[\"kms:DescribeKey\","
    "\"s3:GetBucketAcl\"],\"Resource\":\"*\"},{\"Sid\":\"Read\",\"Effect\":\"Allow\",\"Principal\":"
    "{\"AWS\":\"*\"},\"Action\":[\"kms:Decrypt\",\"kms:ReEncryptFrom\"],\"Resource\":\"*\","
    "\"Condition\":{\"StringEquals\":{\"kms:CallerAccount\":\"" WARM_ACCOUNT "\"}}}]}";

/* What a sweep knows besides, so that judging is what it usually is: everything is in order. */
static void
warm_complete(struct warm *w, struct world_trail *trail, const struct source *source)
{
	struct trail_status status = {
		.logging = TRI_YES, .latest_delivery_ms = source->wall_ms - 60000,
		.latest_digest_ms = source->wall_ms - 600000,
		.start_logging_ms = source->wall_ms - INT64_C(86400000),
		.stop_logging_ms = STAMP_UNKNOWN,
	};
	struct trail_selectors selectors = {
		.management_reads = TRI_YES, .management_writes = TRI_YES, .usual_reads = TRI_YES,
	};
	struct bucket bucket = { .name = trail->trail.bucket, .region = WARM_REGION, .exists = TRI_YES };
	struct key key = {
		.arn = trail->trail.kms_key_id, .account = WARM_ACCOUNT, .region = WARM_REGION,
		.state = KEY_ENABLED, .state_name = "Enabled", .manager = KEY_MANAGER_CUSTOMER,
		.spec = "SYMMETRIC_DEFAULT", .usage = "ENCRYPT_DECRYPT", .origin = "AWS_KMS",
	};

	if (trail->status_count > 0)
		return;
	world_set_status(w->world, trail, WARM_REGION, &status, source, NULL);
	world_set_selectors(w->world, trail, &selectors, source, NULL);
	if (trail->bucket != NULL) {
		world_set_bucket(w->world, trail->bucket, &bucket, source, NULL);
		world_set_bucket_policy(w->world, trail->bucket, warm_policy, strlen(warm_policy), source,
		    NULL);
	}
	if (trail->key != NULL) {
		world_set_key(w->world, trail->key, &key, source, NULL);
		world_set_key_policy(w->world, trail->key, warm_policy, strlen(warm_policy), source, NULL);
	}
}

static void
warm_judge(struct warm *w, const struct aws_reply *reply)
{
	struct source source = {
		.call = aws_op_name(reply->op), .account = WARM_ACCOUNT, .region = WARM_REGION,
		.wall_ms = reply->received_wall_ms,
	};
	const struct trail *trails;
	struct observations seen;
	struct err err;
	size_t count;

	arena_reset(w->arena);
	if (parse_describe_trails(w->arena, reply->json, &trails, &count, &err) < 0) {
		fprintf(stderr, "warm_call: %s\n", err.text);
		exit(1);
	}
	world_set_trails(w->world, w->region, trails, count, &source, NULL);
	for (size_t i = 0; i < w->region->trail_count; i++)
		warm_complete(w, w->region->trails[i], &source);
	observations_init(&seen, w->arena);
	seen.is_brief = true;
	rules_judge(&w->settings, w->world, reply->received_wall_ms, &seen);
	w->good += seen.count > 0;
	observations_done(&seen);
}

static void
warm_on_answer(void *arg, const struct aws_reply *reply, const struct err *err)
{
	struct warm *w = arg;

	if (err != NULL) {
		fprintf(stderr, "warm_call: %s\n", err->text);
		exit(1);
	}
	warm_judge(w, reply);
	w->running--;
	if (w->to_start > 0)
		warm_start_one(w);
	else if (w->running == 0)
		loop_stop(w->loop);
}

static void
warm_start_one(struct warm *w)
{
	struct aws_request request = {
		.op = CLOUDTRAIL_DESCRIBE_TRAILS, .account = WARM_ACCOUNT, .region = WARM_REGION,
		.credentials = w->credentials,
	};

	w->to_start--;
	w->running++;
	aws_call_start(w->aws, &request, warm_on_answer, w);
}

static double
warm_run(struct warm *w, size_t calls)
{
	double before = warm_cpu_us();

	w->good = 0;
	w->to_start = calls;
	for (int i = 0; i < WARM_PARALLEL && w->to_start > 0; i++)
		warm_start_one(w);
	loop_run(w->loop);
	if (w->good != calls) {
		fprintf(stderr, "warm_call: %zu of %zu calls were judged\n", w->good, calls);
		exit(1);
	}
	return (warm_cpu_us() - before) / (double)calls;
}

/* The yardstick's one request, signed now: good for a quarter of an hour. */
static struct bare *
warm_bare_new(const struct warm *w, const char *url, const char *ca_file)
{
	static const char target[] = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.DescribeTrails";
	const char *host = strstr(url, "://") + 3;
	struct sigv4 *sigv4 = sigv4_new();
	char date[STAMP_AMZ_SIZE], hash[CRYPTO_HEX_SIZE];
	unsigned char digest[CRYPTO_SHA256_BYTES];
	char header[5][512];
	const char *headers[5];
	struct buf authorization;
	struct bare *bare;
	int64_t now = loop_wall_ms(w->loop);

	crypto_sha256("{}", 2, digest);
	crypto_hex(digest, sizeof(digest), hash);
	stamp_format_amz(now, date);
	buf_init(&authorization, 1024);
	sigv4_sign(sigv4, w->credentials, &(struct sigv4_request){
		.method = "POST", .path = "/", .payload_hash = hash, .region = WARM_REGION,
		.service = "cloudtrail", .wall_ms = now, .header_count = 4,
		.headers = (struct sigv4_header[]){
			{ "host", host }, { "x-amz-date", date }, { "x-amz-target", target },
			{ "content-type", "application/x-amz-json-1.1" },
		},
	}, &authorization);
	snprintf(header[0], sizeof(header[0]), "X-Amz-Date: %s", date);
	snprintf(header[1], sizeof(header[1]), "X-Amz-Target: %s", target);
	snprintf(header[2], sizeof(header[2]), "Content-Type: application/x-amz-json-1.1");
	snprintf(header[3], sizeof(header[3]), "Authorization: %s", buf_text(&authorization));
	snprintf(header[4], sizeof(header[4]), "Accept:");
	for (int i = 0; i < 5; i++)
		headers[i] = header[i];
	bare = bare_new(&(struct bare_request){
		.url = url, .ca_file = ca_file, .headers = headers, .header_count = 5, .body = "{}",
		.parallel = WARM_PARALLEL,
	});
	buf_done(&authorization);
	sigv4_free(sigv4);
	return bare;
}

static void
warm_init(struct warm *w, const char *url, const char *ca_file, struct http **ret_http)
{
	struct http_options http = {
		.ca_file = ca_file, .user_agent = "trailseal-bench",
		.max_host_connections = WARM_PARALLEL,
	};
	/* One account has a quarter of the places. */
	struct aws_options options = { .max_in_flight = 4 * WARM_PARALLEL, .quota_share = 1e6 };
	struct err err;

	w->loop = loop_new();
	*ret_http = http_new(w->loop, &http);
	options.endpoints.url_all = mem_strdup(url);
	w->aws = aws_new(w->loop, *ret_http, &options);
	w->credentials = aws_credentials_new("AKIAIOSFODNN7EXAMPLE",
	    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", NULL, STAMP_UNKNOWN, "bench", &err);
	assert(w->credentials != NULL);
	w->world = world_new();
	w->region = world_add_region(w->world, world_add_account(w->world, WARM_ACCOUNT, NULL),
	    WARM_REGION, TRI_YES);
	rules_settings_init(&w->settings);
	w->arena = arena_new();
}

int
main(int argc, char **argv)
{
	struct warm w = { .to_start = 0 };
	struct http *http;
	struct bare *bare;
	size_t calls;
	int rounds;

	if (argc != 5) {
		fprintf(stderr, "usage: warm_call URL CA_FILE ROUNDS CALLS\n");
		return 2;
	}
	rounds = atoi(argv[3]);
	mem_keep_freed();
	calls = (size_t)atol(argv[4]);
	warm_init(&w, argv[1], argv[2], &http);
	bare = warm_bare_new(&w, argv[1], argv[2]);
	warm_run(&w, WARM_PARALLEL * 4);
	bare_run(bare, WARM_PARALLEL * 4);
	for (int i = 0; i < rounds; i++) {
		double before = warm_cpu_us(), bare_us, ours_us;

		if (bare_run(bare, calls) != calls) {
			fprintf(stderr, "warm_call: the bare loop was not answered well\n");
			return 1;
		}
		bare_us = (warm_cpu_us() - before) / (double)calls;
		ours_us = warm_run(&w, calls);
		printf("bare %.3f ours %.3f\n", bare_us, ours_us);
		fflush(stdout);
	}
	bare_free(bare);
	aws_credentials_drop(w.credentials);
	aws_free(w.aws);
	http_free(http);
	loop_free(w.loop);
	world_free(w.world);
	arena_free(w.arena);
	return 0;
}
