/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The world that the reports are tested with: made by hand, with observations made by hand, so
 * that no rule and no parser is in the way. Included by each of these tests once.
 */
#ifndef TRAILSEAL_UNIT_REPORT_WORLD_H
#define TRAILSEAL_UNIT_REPORT_WORLD_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/mem.h"
#include "base/stamp.h"
#include "report/report.h"

#define NOW	1767322800000	/* 2026-01-02T03:00:00Z */
#define PROD	"111122223333"
#define SANDBOX	"444455556666"
#define LOCKED	"222233334444"
#define TRAIL(region, account, name) "arn:aws:cloudtrail:" region ":" account ":trail/" name
#define KEY(region, account, id) "arn:aws:kms:" region ":" account ":key/" id
#define KEY_GOOD	KEY("us-east-1", PROD, "1234abcd-12ab-34cd-56ef-1234567890ab")
#define KEY_GONE	KEY("us-east-1", PROD, "0987dcba-09fe-87dc-65ba-ab0987654321")
#define KEY_FOREIGN	KEY("us-east-1", "999988887777", "11111111-2222-3333-4444-555555555555")
#define DENIED "AccessDeniedException: User is not authorized to perform: "

struct fixture {
	struct world		*world;
	struct arena		*arena;
	struct observations	 observations;
	struct reading		 accounts;
	struct coverage		 coverage;
	struct report		 report;
};

static const struct source *
source(const char *call, const char *account, const char *region)
{
	static struct source s;

	s = (struct source){ .call = call, .account = account, .region = region, .wall_ms = NOW - 1000 };
	snprintf(s.request_id, sizeof(s.request_id), "1e2d3c4b-aaaa-bbbb-cccc-%s", "0123456789ab");
	return &s;
}

static const struct err *
failure(enum err_kind kind, const char *text)
{
	static struct err err;

	err_set(&err, kind, "%s", text);
	return &err;
}

static struct trail
trail(const char *arn, const char *account, const char *region, const char *key)
{
	return (struct trail){
		.arn = arn, .name = strrchr(arn, '/') + 1, .account = account, .home_region = region,
		.bucket = "logs", .kms_key_id = key, .multi_region = TRI_YES,
		.organization = TRI_NO, .validation = TRI_YES,
	};
}

static void
add_status(struct fixture *f, const char *arn, const char *region, enum tri logging,
    int64_t age_ms, const char *error)
{
	struct world_trail *t = world_find_trail(f->world, arn);
	struct trail_status status = {
		.logging = logging, .latest_digest_ms = STAMP_UNKNOWN, .delivery_error = error,
		.latest_delivery_ms = age_ms < 0 ? STAMP_UNKNOWN : NOW - age_ms,
		.start_logging_ms = STAMP_UNKNOWN, .stop_logging_ms = STAMP_UNKNOWN,
	};

	world_set_status(f->world, t, region, &status,
	    source("cloudtrail:GetTrailStatus", t->trail.account, region), NULL);
}

static void
add_key(struct fixture *f, const char *arn, enum key_state state, const char *name)
{
	struct world_key *k = world_find_key(f->world, arn);
	struct key key = {
		.arn = arn, .account = k->account, .region = k->region, .state = state,
		.state_name = name, .manager = KEY_MANAGER_CUSTOMER, .spec = "SYMMETRIC_DEFAULT",
		.deletion_ms = STAMP_UNKNOWN, .valid_to_ms = STAMP_UNKNOWN,
	};

	world_set_key(f->world, k, &key, source("kms:DescribeKey", k->account, k->region), NULL);
}

static struct observation *
observe(struct fixture *f, enum rule_id rule, enum verdict verdict, enum severity severity,
    const char *resource, const char *summary)
{
	struct observations *all = &f->observations;
	struct observation *o;

	all->row = mem_grow(all->row, all->count, &all->cap, sizeof(*all->row));
	o = &all->row[all->count++];
	*o = (struct observation){
		.rule = rule, .verdict = verdict, .severity = severity, .account = PROD,
		.region = "us-east-1", .resource = resource, .summary = summary,
		.source = *source("kms:DescribeKey", PROD, "us-east-1"),
	};
	return o;
}

static void
add_reason(struct observation *o, const char *reason)
{
	o->facts[o->fact_count++] = (struct fact){ "reason", reason };
}

/* Three regions, one of them off; six trails, each with another trouble. */
static void
add_prod(struct fixture *f)
{
	const struct trail trails[] = {
		trail(TRAIL("us-east-1", PROD, "main"), PROD, "us-east-1", KEY_GOOD),
		trail(TRAIL("us-east-1", PROD, "plain"), PROD, "us-east-1", NULL),
		trail(TRAIL("us-east-1", PROD, "gone"), PROD, "us-east-1", KEY_GONE),
		trail(TRAIL("us-east-1", PROD, "foreign"), PROD, "us-east-1", KEY_FOREIGN),
	};
	struct world_account *a = world_add_account(f->world, PROD, "prod");
	struct world_region *east = world_add_region(f->world, a, "us-east-1", TRI_YES);
	struct world_region *west = world_add_region(f->world, a, "eu-west-1", TRI_YES);

	world_add_region(f->world, a, "af-south-1", TRI_NO);
	world_set_regions(f->world, a, source("account:ListRegions", PROD, "us-east-1"), NULL);
	world_set_trails(f->world, east, trails, 4,
	    source("cloudtrail:DescribeTrails", PROD, "us-east-1"), NULL);
	world_set_trails(f->world, west, trails, 1,
	    source("cloudtrail:DescribeTrails", PROD, "eu-west-1"), NULL);
	add_status(f, trails[0].arn, "us-east-1", TRI_YES, 4 * 60000, NULL);
	add_status(f, trails[0].arn, "eu-west-1", TRI_YES, 3 * 3600000, NULL);
	add_status(f, trails[1].arn, "us-east-1", TRI_NO, -1, NULL);
	add_status(f, trails[2].arn, "us-east-1", TRI_YES, 2 * 86400000, "KMS.NotFoundException");
	world_set_status(f->world, world_find_trail(f->world, trails[3].arn), "us-east-1", NULL,
	    source("cloudtrail:GetTrailStatus", PROD, "us-east-1"),
	    failure(ERR_THROTTLED, "ThrottlingException: Rate exceeded"));
	add_key(f, KEY_GOOD, KEY_ENABLED, "Enabled");
	world_set_key(f->world, world_find_key(f->world, KEY_GONE), NULL,
	    source("kms:DescribeKey", PROD, "us-east-1"),
	    failure(ERR_NOT_FOUND, "NotFoundException: Key does not exist"));
	world_set_key(f->world, world_find_key(f->world, KEY_FOREIGN), NULL,
	    source("kms:DescribeKey", PROD, "us-east-1"),
	    failure(ERR_DENIED, DENIED "kms:DescribeKey"));
}

/* One account whose regions are denied, and one that cannot be entered. */
static void
add_others(struct fixture *f)
{
	static const char *const regions[] = {
		"us-east-1", "us-east-2", "us-west-1", "us-west-2", "eu-west-1", "eu-west-2",
	};
	struct world_account *sandbox = world_add_account(f->world, SANDBOX, "sand\033[31mbox");
	struct world_account *locked = world_add_account(f->world, LOCKED, NULL);

	world_set_regions(f->world, sandbox, source("account:ListRegions", SANDBOX, "us-east-1"), NULL);
	for (size_t i = 0; i < sizeof(regions) / sizeof(regions[0]); i++)
		world_set_trails(f->world, world_add_region(f->world, sandbox, regions[i], TRI_YES), NULL,
		    0, source("cloudtrail:DescribeTrails", SANDBOX, regions[i]),
		    failure(ERR_DENIED, DENIED "cloudtrail:DescribeTrails"));
	world_set_regions(f->world, locked, source("account:ListRegions", LOCKED, "us-east-1"),
	    failure(ERR_DENIED, DENIED "sts:AssumeRole"));
}

static void
add_observations(struct fixture *f)
{
	struct observation *o;

	observe(f, RULE_KEY_ROTATION_OFF, VERDICT_FAIL, SEVERITY_LOW, KEY_GOOD,
	    "key 1234abcd-12ab-34cd-56ef-1234567890ab (" PROD ", us-east-1) is never rotated")
	    ->remediation = "aws kms enable-key-rotation --key-id " KEY_GOOD " --region us-east-1";
	o = observe(f, RULE_TRAIL_UNENCRYPTED, VERDICT_FAIL, SEVERITY_CRITICAL,
	    TRAIL("us-east-1", PROD, "plain"), "trail plain (" PROD ", us-east-1) writes its logs "
	    "without a KMS key");
	o->facts[o->fact_count++] = (struct fact){ "S3BucketName", "logs" };
	o->remediation = "aws cloudtrail update-trail --name plain --kms-key-id "
	    "<ARN of a customer managed key in us-east-1> --region us-east-1";
	observe(f, RULE_KEY_MISSING, VERDICT_FAIL, SEVERITY_CRITICAL, KEY_GONE,
	    "key 0987dcba-09fe-87dc-65ba-ab0987654321 (" PROD ", us-east-1) does not exist");
	observe(f, RULE_TRAIL_UNENCRYPTED, VERDICT_PASS, SEVERITY_CRITICAL,
	    TRAIL("us-east-1", PROD, "main"), "fine");
	for (int rule = RULE_KEY_DISABLED; rule <= RULE_KEY_PENDING_IMPORT; rule++) {
		o = observe(f, (enum rule_id)rule, VERDICT_UNKNOWN, SEVERITY_CRITICAL, KEY_FOREIGN,
		    "key 11111111-2222-3333-4444-555555555555: cannot tell");
		o->account = "999988887777";
		add_reason(o, DENIED "kms:DescribeKey");
	}
	add_reason(observe(f, RULE_TRAIL_NOT_LOGGING, VERDICT_UNKNOWN, SEVERITY_CRITICAL,
	    TRAIL("us-east-1", PROD, "foreign"), "trail foreign: cannot tell whether it logs: "
	    "ThrottlingException: Rate exceeded"), "ThrottlingException: Rate exceeded");
	o = observe(f, RULE_ACCOUNT_WITHOUT_TRAIL, VERDICT_UNKNOWN, SEVERITY_CRITICAL, LOCKED,
	    "account " LOCKED ": cannot tell");
	o->account = LOCKED;
	o->region = "";
	o->source = (struct source){ .call = NULL };
	add_reason(o, DENIED "sts:AssumeRole");
}

/* An empty world in which all accounts are known; the caller adds to it, then reads it. */
static void
fixture_init(struct fixture *f)
{
	*f = (struct fixture){ .world = world_new(), .arena = arena_new() };
	observations_init(&f->observations, f->arena);
	reading_set(&f->accounts, source("organizations:ListAccounts", PROD, "us-east-1"), NULL);
	f->report = (struct report){
		.version = "1.2.3", .world = f->world, .observations = &f->observations,
		.coverage = &f->coverage, .started_ms = NOW - 12000, .finished_ms = NOW,
		.fail_on = SEVERITY_LOW,
	};
}

static void
fixture_read(struct fixture *f)
{
	coverage_done(&f->coverage);
	coverage_read(f->world, &f->accounts, &f->coverage);
}

static void
fixture_done(struct fixture *f)
{
	coverage_done(&f->coverage);
	reading_done(&f->accounts);
	observations_done(&f->observations);
	arena_free(f->arena);
	world_free(f->world);
}

static void
fixture_full(struct fixture *f)
{
	fixture_init(f);
	add_prod(f);
	add_others(f);
	add_observations(f);
	fixture_read(f);
}

/*
 * Compares a text with tests/golden/report/NAME. When they differ, it is left in the build folder
 * as NAME.new.
 */
static inline void
expect_golden(const char *name, const struct buf *text)
{
	const char *top = getenv("top_srcdir"), *build = getenv("top_builddir");
	char path[4096], *golden = mem_alloc(text->len + 2, 1);
	size_t len = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/tests/golden/report/%s", top ? top : ".", name);
	file = fopen(path, "r");
	if (file != NULL) {
		len = fread(golden, 1, text->len + 1, file);
		fclose(file);
	}
	if (len != text->len || memcmp(golden, buf_text(text), len) != 0) {
		snprintf(path, sizeof(path), "%s/tests/unit/%s.new", build ? build : ".", name);
		file = fopen(path, "w");
		assert_non_null(file);
		fputs(buf_text(text), file);
		fclose(file);
		free(golden);
		fail_msg("not the golden text of %s: see %s", name, path);
	}
	free(golden);
}

#endif
