/* SPDX-License-Identifier: Apache-2.0 */
/* Where services are called: partitions, FIPS, dual stack, S3's styles, overrides. */
#include "aws/endpoint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

static void
test_partitions(void **state)
{
	static const struct {
		const char	*region, *partition;
	} rows[] = {
		{ "us-east-1", "aws" }, { "eu-west-3", "aws" }, { "mx-central-1", "aws" },
		{ "ap-southeast-7", "aws" }, { "xy-future-9", "aws" },
		{ "cn-north-1", "aws-cn" }, { "us-gov-east-1", "aws-us-gov" },
		{ "us-iso-west-1", "aws-iso" }, { "us-isob-east-1", "aws-iso-b" },
		{ "us-isob-west-1", "aws-iso-b" }, { "eu-isoe-west-1", "aws-iso-e" },
		{ "us-isof-south-1", "aws-iso-f" }, { "eusc-de-east-1", "aws-eusc" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct aws_partition *p = aws_partition_of(rows[i].region);

		assert_string_equal(p->name, rows[i].partition);
		assert_ptr_equal(aws_partition_find(rows[i].partition), p);
		assert_ptr_equal(aws_partition_of(p->global_region), p);
	}
	assert_null(aws_partition_find("aws-moon"));
}

#define FIPS	1
#define DUAL	2

static const struct {
	enum aws_service	 service;
	const char		*region, *bucket;
	int			 flags;
	const char		*url, *signing_region;
} hosts[] = {
	{ AWS_CLOUDTRAIL, "us-east-1", NULL, 0, "cloudtrail.us-east-1.amazonaws.com", "us-east-1" },
	{ AWS_CLOUDTRAIL, "us-east-1", NULL, FIPS, "cloudtrail-fips.us-east-1.amazonaws.com", "us-east-1" },
	{ AWS_CLOUDTRAIL, "us-east-1", NULL, DUAL, "cloudtrail.us-east-1.api.aws", "us-east-1" },
	{ AWS_CLOUDTRAIL, "us-east-1", NULL, FIPS | DUAL, "cloudtrail-fips.us-east-1.api.aws", "us-east-1" },
	{ AWS_SQS, "eu-west-1", NULL, 0, "sqs.eu-west-1.amazonaws.com", "eu-west-1" },
	{ AWS_SQS, "us-east-2", NULL, FIPS, "sqs-fips.us-east-2.amazonaws.com", "us-east-2" },
	{ AWS_SQS, "us-east-2", NULL, DUAL, "sqs.us-east-2.api.aws", "us-east-2" },
	{ AWS_KMS, "cn-north-1", NULL, 0, "kms.cn-north-1.amazonaws.com.cn", "cn-north-1" },
	{ AWS_KMS, "cn-north-1", NULL, DUAL, "kms.cn-north-1.api.amazonwebservices.com.cn", "cn-north-1" },
	{ AWS_STS, "us-iso-east-1", NULL, 0, "sts.us-iso-east-1.c2s.ic.gov", "us-iso-east-1" },
	{ AWS_STS, "us-isob-east-1", NULL, FIPS, "sts-fips.us-isob-east-1.sc2s.sgov.gov", "us-isob-east-1" },
	{ AWS_EC2, "eu-isoe-west-1", NULL, 0, "ec2.eu-isoe-west-1.cloud.adc-e.uk", "eu-isoe-west-1" },
	{ AWS_EC2, "us-isof-south-1", NULL, DUAL, "ec2.us-isof-south-1.api.aws.hci.ic.gov", "us-isof-south-1" },
	{ AWS_KMS, "eusc-de-east-1", NULL, 0, "kms.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1" },
	{ AWS_KMS, "eusc-de-east-1", NULL, DUAL, "kms.eusc-de-east-1.api.amazonwebservices.eu", "eusc-de-east-1" },

	/* In GovCloud the plain names are the validated ones, but for KMS and S3. */
	{ AWS_CLOUDTRAIL, "us-gov-west-1", NULL, FIPS, "cloudtrail.us-gov-west-1.amazonaws.com", "us-gov-west-1" },
	{ AWS_STS, "us-gov-east-1", NULL, FIPS, "sts.us-gov-east-1.amazonaws.com", "us-gov-east-1" },
	{ AWS_SQS, "us-gov-west-1", NULL, FIPS, "sqs.us-gov-west-1.amazonaws.com", "us-gov-west-1" },
	{ AWS_EC2, "us-gov-west-1", NULL, FIPS, "ec2.us-gov-west-1.amazonaws.com", "us-gov-west-1" },
	{ AWS_KMS, "us-gov-west-1", NULL, FIPS, "kms-fips.us-gov-west-1.amazonaws.com", "us-gov-west-1" },
	{ AWS_KMS, "us-gov-west-1", NULL, 0, "kms.us-gov-west-1.amazonaws.com", "us-gov-west-1" },
	{ AWS_S3, "us-gov-west-1", "logs", FIPS, "logs.s3-fips.us-gov-west-1.amazonaws.com", "us-gov-west-1" },
	{ AWS_STS, "us-gov-west-1", NULL, FIPS | DUAL, "sts-fips.us-gov-west-1.api.aws", "us-gov-west-1" },

	/* One host in a partition, which signs for its own region. */
	{ AWS_ORGANIZATIONS, "eu-west-1", NULL, 0, "organizations.us-east-1.amazonaws.com", "us-east-1" },
	{ AWS_ORGANIZATIONS, "eu-west-1", NULL, FIPS, "organizations-fips.us-east-1.amazonaws.com", "us-east-1" },
	{ AWS_ORGANIZATIONS, "cn-north-1", NULL, 0, "organizations.cn-northwest-1.amazonaws.com.cn", "cn-northwest-1" },
	{ AWS_ORGANIZATIONS, "us-gov-east-1", NULL, FIPS, "organizations.us-gov-west-1.amazonaws.com", "us-gov-west-1" },
	{ AWS_ORGANIZATIONS, "us-iso-west-1", NULL, 0, "organizations.us-iso-east-1.c2s.ic.gov", "us-iso-east-1" },
	{ AWS_ORGANIZATIONS, "us-isob-east-1", NULL, 0, "organizations.us-isob-east-1.sc2s.sgov.gov", "us-isob-east-1" },
	{ AWS_ORGANIZATIONS, "us-isof-east-1", NULL, 0, "organizations.us-isof-south-1.csp.hci.ic.gov", "us-isof-south-1" },
	{ AWS_ACCOUNT, "ap-south-1", NULL, 0, "account.us-east-1.amazonaws.com", "us-east-1" },
	{ AWS_ACCOUNT, "cn-north-1", NULL, 0, "account.cn-northwest-1.amazonaws.com.cn", "cn-northwest-1" },

	/* S3: the bucket in the host when it is one good label; its own words for dual stack. */
	{ AWS_S3, "eu-west-1", "logs-2026", 0, "logs-2026.s3.eu-west-1.amazonaws.com", "eu-west-1" },
	{ AWS_S3, "eu-west-1", "logs", FIPS, "logs.s3-fips.eu-west-1.amazonaws.com", "eu-west-1" },
	{ AWS_S3, "eu-west-1", "logs", DUAL, "logs.s3.dualstack.eu-west-1.amazonaws.com", "eu-west-1" },
	{ AWS_S3, "eu-west-1", "logs", FIPS | DUAL, "logs.s3-fips.dualstack.eu-west-1.amazonaws.com", "eu-west-1" },
	{ AWS_S3, "cn-north-1", "logs", DUAL, "logs.s3.dualstack.cn-north-1.amazonaws.com.cn", "cn-north-1" },
	{ AWS_S3, "eu-west-1", "my.logs", 0, "s3.eu-west-1.amazonaws.com/my.logs", "eu-west-1" },
	{ AWS_S3, "us-east-1", "Old_Bucket", 0, "s3.us-east-1.amazonaws.com/Old_Bucket", "us-east-1" },
	{ AWS_S3, "us-east-1", "10.1.2.3", 0, "s3.us-east-1.amazonaws.com/10.1.2.3", "us-east-1" },
	{ AWS_S3, "us-east-1", "-logs", 0, "s3.us-east-1.amazonaws.com/-logs", "us-east-1" },
};

static void
test_hosts(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(hosts); i++) {
		struct aws_endpoint_options o = { .use_fips = hosts[i].flags & FIPS,
		    .use_dual_stack = hosts[i].flags & DUAL };
		const char *slash = strchr(hosts[i].url, '/');
		struct aws_endpoint e;
		struct err err;

		assert_int_equal(aws_endpoint_find(&o, hosts[i].service, hosts[i].region,
		    hosts[i].bucket, &e, &err), 0);
		assert_memory_equal(e.url, "https://", 8);
		assert_string_equal(e.url + 8, hosts[i].url);
		assert_string_equal(e.path, slash ? slash : "");
		assert_int_equal(strlen(e.host), strcspn(hosts[i].url, "/"));
		assert_memory_equal(e.host, hosts[i].url, strlen(e.host));
		assert_string_equal(e.signing_region, hosts[i].signing_region);
		assert_false(e.is_override);
		assert_int_equal(e.reach, HTTP_REACH_TLS);
	}
}

static void
test_long_label_goes_to_the_path(void **state)
{
	struct aws_endpoint_options o = { 0 };
	struct aws_endpoint e;
	char bucket[65] = "";
	struct err err;

	(void)state;
	memset(bucket, 'b', 63);
	assert_int_equal(aws_endpoint_find(&o, AWS_S3, "us-east-1", bucket, &e, &err), 0);
	assert_string_equal(e.path, "");
	memset(bucket, 'b', 64);
	assert_int_equal(aws_endpoint_find(&o, AWS_S3, "us-east-1", bucket, &e, &err), 0);
	assert_string_equal(e.path + 1, bucket);
}

static const struct {
	const char	*override;
	const char	*bucket;
	const char	*url, *host, *path;
	enum http_reach	 reach;
} overrides[] = {
	{ "http://127.0.0.1:5000", NULL, "http://127.0.0.1:5000", "127.0.0.1:5000", "", HTTP_REACH_LOOPBACK },
	{ "http://localhost:4566/", NULL, "http://localhost:4566", "localhost:4566", "", HTTP_REACH_LOOPBACK },
	{ "http://localhost:80", NULL, "http://localhost", "localhost", "", HTTP_REACH_LOOPBACK },
	{ "HTTPS://Proxy.Example:443/aws//", NULL, "https://proxy.example/aws", "proxy.example", "/aws", HTTP_REACH_TLS },
	{ "https://proxy.example:80", NULL, "https://proxy.example:80", "proxy.example:80", "", HTTP_REACH_TLS },
	{ "http://[::1]:9000/a/b", "logs", "http://[::1]:9000/a/b/logs", "[::1]:9000", "/a/b/logs", HTTP_REACH_LOOPBACK },
	{ "https://s3.example", "logs", "https://s3.example/logs", "s3.example", "/logs", HTTP_REACH_TLS },
};

static void
test_overrides(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(overrides); i++) {
		struct aws_endpoint_options o = { .use_fips = true,
		    .url_all = mem_strdup(overrides[i].override) };
		enum aws_service service = overrides[i].bucket ? AWS_S3 : AWS_KMS;
		struct aws_endpoint e;
		struct err err;

		assert_int_equal(aws_endpoint_find(&o, service, "eu-west-1", overrides[i].bucket, &e,
		    &err), 0);
		assert_string_equal(e.url, overrides[i].url);
		assert_string_equal(e.host, overrides[i].host);
		assert_string_equal(e.path, overrides[i].path);
		assert_string_equal(e.signing_region, "eu-west-1");
		assert_int_equal(e.reach, overrides[i].reach);
		assert_true(e.is_override);
		aws_endpoint_options_done(&o);
	}
}

static void
test_refusals(void **state)
{
	struct aws_endpoint_options o = { 0 };
	struct aws_endpoint e;
	struct err err;

	(void)state;
	assert_int_equal(aws_endpoint_find(&o, AWS_KMS, "us-east-1.evil.example/", NULL, &e, &err), -1);
	assert_int_equal(err.kind, ERR_CONFIG);
	assert_int_equal(aws_endpoint_find(&o, AWS_KMS, "", NULL, &e, &err), -1);
	assert_int_equal(aws_endpoint_find(&o, AWS_S3, "us-east-1", "a/../b", &e, &err), -1);
	assert_int_equal(err.kind, ERR_MALFORMED);
	assert_int_equal(aws_endpoint_find(&o, AWS_S3, "us-east-1", "x@y", &e, &err), -1);
}

/* ---- the environment ---- */

static int
clear_environment(void **state)
{
	static const char *const names[] = { "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_KMS",
	    "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_CLOUDTRAIL", "AWS_USE_FIPS_ENDPOINT",
	    "AWS_USE_DUALSTACK_ENDPOINT" };

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		unsetenv(names[i]);
	return 0;
}

static void
test_environment(void **state)
{
	struct aws_endpoint_options o = { .use_fips = true };
	struct err err;

	(void)state;
	assert_int_equal(aws_endpoint_options_read(&o, &err), 0);
	assert_false(o.use_fips);
	assert_null(o.url_all);
	setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1", 1);
	setenv("AWS_ENDPOINT_URL_KMS", "https://kms.example/x", 1);
	setenv("AWS_ENDPOINT_URL_S3", "", 1);
	setenv("AWS_USE_FIPS_ENDPOINT", "True", 1);
	setenv("AWS_USE_DUALSTACK_ENDPOINT", "false", 1);
	assert_int_equal(aws_endpoint_options_read(&o, &err), 0);
	assert_true(o.use_fips);
	assert_false(o.use_dual_stack);
	assert_string_equal(o.url_all, "http://127.0.0.1:1");
	assert_string_equal(o.url[AWS_KMS], "https://kms.example/x");
	assert_null(o.url[AWS_S3]);
	aws_endpoint_options_done(&o);
	assert_null(o.url_all);
}

static void
test_bad_environment(void **state)
{
	static const struct {
		const char	*name, *value;
	} rows[] = {
		{ "AWS_ENDPOINT_URL", "127.0.0.1:5000" },
		{ "AWS_ENDPOINT_URL", "ftp://example.com" },
		{ "AWS_ENDPOINT_URL", "http://" },
		{ "AWS_ENDPOINT_URL", "http://:80" },
		{ "AWS_ENDPOINT_URL", "http://a:0" },
		{ "AWS_ENDPOINT_URL", "http://a:65536" },
		{ "AWS_ENDPOINT_URL", "http://a:99999999999999999999" },
		{ "AWS_ENDPOINT_URL", "http://a:80x" },
		{ "AWS_ENDPOINT_URL", "http://a:" },
		{ "AWS_ENDPOINT_URL", "http://user@a" },
		{ "AWS_ENDPOINT_URL", "http://a/?x=1" },
		{ "AWS_ENDPOINT_URL", "http://a/#x" },
		{ "AWS_ENDPOINT_URL", "http://a/b/../c" },
		{ "AWS_ENDPOINT_URL", "http://a b/" },
		{ "AWS_ENDPOINT_URL", "http://[::1/" },
		{ "AWS_ENDPOINT_URL", "http://[]/" },
		{ "AWS_ENDPOINT_URL_CLOUDTRAIL", "https://a\r\nb" },
		{ "AWS_USE_FIPS_ENDPOINT", "yes" },
		{ "AWS_USE_DUALSTACK_ENDPOINT", "1" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct aws_endpoint_options o = { .use_fips = true };
		struct err err = { .kind = ERR_NONE };

		setenv(rows[i].name, rows[i].value, 1);
		assert_int_equal(aws_endpoint_options_read(&o, &err), -1);
		assert_int_equal(err.kind, ERR_CONFIG);
		assert_non_null(strstr(err.text, rows[i].name));
		assert_true(o.use_fips && o.url_all == NULL);
		unsetenv(rows[i].name);
	}
}

static void
test_long_url(void **state)
{
	struct aws_endpoint_options o = { 0 };
	char url[AWS_URL_MAX + 1];
	struct aws_endpoint e;
	struct err err;

	(void)state;
	memset(url, 'a', sizeof(url) - 1);
	memcpy(url, "http://h/", 9);
	url[AWS_URL_MAX - 257] = '\0';
	setenv("AWS_ENDPOINT_URL", url, 1);
	assert_int_equal(aws_endpoint_options_read(&o, &err), 0);
	memset(url, 'b', 256);
	url[255] = '\0';
	assert_int_equal(aws_endpoint_find(&o, AWS_S3, "us-east-1", url, &e, &err), 0);
	assert_true(strlen(e.url) < sizeof(e.url));
	aws_endpoint_options_done(&o);
	memset(url, 'a', sizeof(url) - 1);
	memcpy(url, "http://h/", 9);
	url[AWS_URL_MAX - 256] = '\0';
	setenv("AWS_ENDPOINT_URL", url, 1);
	assert_int_equal(aws_endpoint_options_read(&o, &err), -1);
	memset(url, 'h', 400);
	memcpy(url, "http://", 7);
	url[400] = '\0';
	setenv("AWS_ENDPOINT_URL", url, 1);
	assert_int_equal(aws_endpoint_options_read(&o, &err), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_partitions),
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_long_label_goes_to_the_path),
		cmocka_unit_test(test_overrides),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test_setup(test_environment, clear_environment),
		cmocka_unit_test_setup(test_bad_environment, clear_environment),
		cmocka_unit_test_setup_teardown(test_long_url, clear_environment, clear_environment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
