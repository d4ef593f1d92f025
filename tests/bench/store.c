/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What it costs to remember. Prints one line a round:
 *
 *	fdatasync US commit US rows N start S
 *
 * microseconds of a bare write with fdatasync, and of a durable transition (finding, alert and
 * evidence) that is waited for; rows a second in batches of a hundred; and seconds from opening a
 * store that knows so many findings to having them all in memory.
 *
 *	store DIRECTORY ROUNDS COMMITS FINDINGS
 */
#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "store/store.h"

#define BENCH_ROWS	100	/* of a batch */
#define BENCH_BLOCK	4096	/* bytes of a bare write: a page */
#define BENCH_BLOCKS	100

struct bench {
	const char	*directory;
	struct loop	*loop;
	struct store	*store;
	size_t		 missing;	/* outcomes */
	int64_t		 wall_ms;
};

static double
bench_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static _Noreturn void
bench_fail(const char *what)
{
	fprintf(stderr, "store: %s\n", what);
	exit(1);
}

static void
bench_on_done(void *arg, const struct err *err)
{
	struct bench *b = arg;

	if (err != NULL)
		bench_fail(err->text);
	if (--b->missing == 0)
		loop_stop(b->loop);
}

static void
bench_commit(struct bench *b, struct store_batch *batch)
{
	b->missing++;
	store_commit(b->store, batch, bench_on_done, b);
}

static void
bench_wait(struct bench *b)
{
	while (b->missing > 0)
		loop_run(b->loop);
}

/* As long as real ones. */
static void
bench_put_finding(struct store_batch *batch, size_t n)
{
	char region[] = "us-east-1", account[16], resource[128];
	struct finding f = {
		.rule = (enum rule_id)(n % RULES), .account = account, .region = region,
		.resource = resource, .state = FINDING_FIRING, .severity = SEVERITY_CRITICAL,
		.since_wall_ms = (int64_t)n, .changed_wall_ms = (int64_t)n, .told_wall_ms = (int64_t)n,
		.summary = (char *)"trail management-events of 111122223333 in us-east-1: its key is "
		    "disabled, so CloudTrail cannot deliver",
		.evidence = (char *)"{\"call\":\"kms:DescribeKey\",\"account\":\"111122223333\","
		    "\"region\":\"us-east-1\",\"time\":\"2026-01-02T03:04:05Z\",\"request_id\":"
		    "\"6f0ac2e1-1b0f-4c26-9d8e-0123456789ab\",\"facts\":{\"KeyState\":\"Disabled\"}}",
		.remediation = (char *)"aws kms enable-key --region us-east-1 --key-id "
		    "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
	};

	snprintf(f.id, sizeof(f.id), "%032zx", n);
	snprintf(account, sizeof(account), "%012zu", n % 10000);
	snprintf(resource, sizeof(resource), "arn:aws:cloudtrail:us-east-1:%s:trail/trail-%zu", account, n);
	store_put_finding(batch, &f);
}

static struct store_batch *
bench_transition(const struct bench *b, size_t n)
{
	struct store_batch *batch = store_batch_new();
	struct alert alert = {
		.kind = "finding", .is_firing = true, .rule = "key-disabled", .severity = "critical",
		.account = "111122223333", .region = "us-east-1", .resource = "key", .summary = "disabled",
		.evidence = "{}", .told_wall_ms = b->wall_ms,
	};

	snprintf(alert.id, sizeof(alert.id), "%zu", n);
	snprintf(alert.delivery_id, sizeof(alert.delivery_id), "%zu-1", n);
	bench_put_finding(batch, n);
	store_put_alert(batch, &alert, "journal");
	store_drop_alert(batch, alert.delivery_id, "journal");
	store_add_evidence(batch, b->wall_ms, "transition", "{\"before\":\"pending\",\"after\":\"firing\"}");
	return batch;
}

static void
bench_open(struct bench *b)
{
	struct store_start start;
	struct err err;

	if (store_open(b->loop, b->directory, &b->store, &start, &err) < 0)
		bench_fail(err.text);
}

static void
bench_write(int fd, const char *block, size_t place)
{
	if (pwrite(fd, block, BENCH_BLOCK, (off_t)(place * BENCH_BLOCK)) != BENCH_BLOCK ||
	    fdatasync(fd) < 0)
		bench_fail("cannot write a file");
}

/* Over blocks that are there, as the WAL is written most of the time. */
static double
bench_fdatasync_us(const struct bench *b, size_t count)
{
	char path[4096], block[BENCH_BLOCK] = { 0 };
	double begin;
	int fd;

	snprintf(path, sizeof(path), "%s/bare", b->directory);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		bench_fail("cannot make a file");
	for (size_t i = 0; i < BENCH_BLOCKS; i++)
		bench_write(fd, block, i);
	begin = bench_now();
	for (size_t i = 0; i < count; i++)
		bench_write(fd, block, i % BENCH_BLOCKS);
	begin = bench_now() - begin;
	close(fd);
	unlink(path);
	return begin * 1e6 / (double)count;
}

static double
bench_commit_us(struct bench *b, size_t count)
{
	double begin = bench_now();

	for (size_t i = 0; i < count; i++) {
		bench_commit(b, bench_transition(b, i));
		bench_wait(b);
	}
	return (bench_now() - begin) * 1e6 / (double)count;
}

static double
bench_rows_per_s(struct bench *b, size_t findings)
{
	double begin = bench_now();

	for (size_t n = 0; n < findings;) {
		struct store_batch *batch = store_batch_new();

		for (size_t i = 0; i < BENCH_ROWS && n < findings; i++)
			bench_put_finding(batch, n++);
		bench_commit(b, batch);
	}
	bench_wait(b);
	return (double)findings / (bench_now() - begin);
}

static double
bench_start_s(struct bench *b, size_t findings)
{
	struct findings *all = findings_new();
	double begin = bench_now();
	size_t count = 0;
	struct err err;

	bench_open(b);
	if (store_load_findings(b->store, all, &err) < 0)
		bench_fail(err.text);
	begin = bench_now() - begin;
	for (const struct finding *f = findings_first(all); f != NULL; f = f->hh.next)
		count++;
	if (count != findings)
		bench_fail("it does not know all findings");
	findings_free(all);
	store_close(b->store);
	return begin;
}

int
main(int argc, char **argv)
{
	struct bench b = { .directory = argv[1] };
	size_t commits, findings;

	if (argc != 5) {
		fprintf(stderr, "usage: store DIRECTORY ROUNDS COMMITS FINDINGS\n");
		return 2;
	}
	commits = (size_t)atol(argv[3]);
	findings = (size_t)atol(argv[4]);
	assert(commits > 0 && findings >= commits);
	b.loop = loop_new();
	b.wall_ms = loop_wall_ms(b.loop);
	for (int i = atoi(argv[2]); i > 0; i--) {
		double bare_us, commit_us, rows;

		bench_open(&b);
		bare_us = bench_fdatasync_us(&b, commits);
		commit_us = bench_commit_us(&b, commits);
		rows = bench_rows_per_s(&b, findings);
		store_close(b.store);
		printf("fdatasync %.1f commit %.1f rows %.0f start %.3f\n", bare_us, commit_us, rows,
		    bench_start_s(&b, findings));
		fflush(stdout);
	}
	loop_free(b.loop);
	return 0;
}
