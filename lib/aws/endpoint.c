/* SPDX-License-Identifier: Apache-2.0 */
/* Partitions and the URLs of AWS's services in them; see endpoint.h. */
#include "aws/endpoint.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/names.h"
#include "base/text.h"

#define ENDPOINT_BUCKET_MAX	256	/* with its slash: name_is_bucket() allows 255 */

static const struct aws_partition endpoint_partitions[] = {
	{ "aws-cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn", "cn-northwest-1" },
	{ "aws-us-gov", "amazonaws.com", "api.aws", "us-gov-west-1" },
	{ "aws-iso", "c2s.ic.gov", "api.aws.ic.gov", "us-iso-east-1" },
	{ "aws-iso-b", "sc2s.sgov.gov", "api.aws.scloud", "us-isob-east-1" },
	{ "aws-iso-e", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk", "eu-isoe-west-1" },
	{ "aws-iso-f", "csp.hci.ic.gov", "api.aws.hci.ic.gov", "us-isof-south-1" },
	{ "aws-eusc", "amazonaws.eu", "api.amazonwebservices.eu", "eusc-de-east-1" },
	{ "aws", "amazonaws.com", "api.aws", "us-east-1" },
};

#define ENDPOINT_PARTITIONS	(sizeof(endpoint_partitions) / sizeof(endpoint_partitions[0]))

const struct aws_partition *
aws_partition_of(const char *region)
{
	const struct aws_partition *p = aws_partition_find(name_partition(region));

	assert(p != NULL);
	return p;
}

const struct aws_partition *
aws_partition_find(const char *name)
{
	for (size_t i = 0; i < ENDPOINT_PARTITIONS; i++)
		if (strcmp(endpoint_partitions[i].name, name) == 0)
			return &endpoint_partitions[i];
	return NULL;
}

/* An override's URL, cut into parts that point into it. */
struct endpoint_url {
	bool			 is_https;
	struct name_part	 host;		/* with brackets when it is an IPv6 address */
	unsigned		 port;		/* 0: the scheme's own */
	struct name_part	 path;		/* without a slash at the end */
};

static size_t
endpoint_host_length(const char *p)
{
	size_t n;

	if (*p != '[')
		return strspn(p, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_");
	n = strspn(p + 1, "0123456789abcdefABCDEF:.");
	return n > 0 && p[n + 1] == ']' ? n + 2 : 0;
}

/*
 * False on everything that is not plainly scheme, host, port and path: a query or a user's name
 * has no place here. Dots at the start of a path's segment are refused, as libcurl resolves them
 * and S3's signature must not.
 */
static bool
endpoint_url_parse(const char *text, struct endpoint_url *ret_url)
{
	struct endpoint_url url = { .is_https = strncasecmp(text, "https://", 8) == 0 };
	const char *p = text + 7 + url.is_https;
	char *end;

	if (!url.is_https && strncasecmp(text, "http://", 7) != 0)
		return false;
	url.host = (struct name_part){ p, endpoint_host_length(p) };
	p += url.host.len;
	if (*p == ':' && isdigit((unsigned char)p[1])) {
		unsigned long port = strtoul(p + 1, &end, 10);

		if (port == 0 || port > 65535)
			return false;
		url.port = port == (url.is_https ? 443 : 80) ? 0 : (unsigned)port;
		p = end;
	}
	url.path = (struct name_part){ p, strlen(p) };
	if (url.host.len == 0 || (*p != '\0' && *p != '/') || strstr(p, "/.") != NULL ||
	    strspn(p, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~/%") !=
	    url.path.len)
		return false;
	while (url.path.len > 0 && p[url.path.len - 1] == '/')
		url.path.len--;
	*ret_url = url;
	return url.host.len + 8 < AWS_HOST_MAX && strlen(text) + ENDPOINT_BUCKET_MAX < AWS_URL_MAX;
}

static int
endpoint_read_url(const char *variable, char **ret, struct err *err)
{
	const char *text = getenv(variable);
	struct endpoint_url url;

	if (text_is_empty(text))
		return 0;
	if (!endpoint_url_parse(text, &url))
		return err_set(err, ERR_CONFIG, "%s: \"%s\" is not an URL of the form "
		    "http[s]://HOST[:PORT][/PATH]", variable, text);
	*ret = mem_strdup(text);
	return 0;
}

static int
endpoint_read_switch(const char *variable, bool *ret, struct err *err)
{
	const char *text = getenv(variable);

	if (text_is_empty(text))
		return 0;
	if (strcasecmp(text, "true") != 0 && strcasecmp(text, "false") != 0)
		return err_set(err, ERR_CONFIG, "%s: \"%s\" is neither true nor false", variable, text);
	*ret = strcasecmp(text, "true") == 0;
	return 0;
}

int
aws_endpoint_options_read(struct aws_endpoint_options *ret, struct err *err)
{
	struct aws_endpoint_options o = { 0 };

	if (endpoint_read_switch("AWS_USE_FIPS_ENDPOINT", &o.use_fips, err) < 0 ||
	    endpoint_read_switch("AWS_USE_DUALSTACK_ENDPOINT", &o.use_dual_stack, err) < 0 ||
	    endpoint_read_url("AWS_ENDPOINT_URL", &o.url_all, err) < 0)
		goto fail;
	for (enum aws_service s = AWS_CLOUDTRAIL; s < AWS_SERVICES; s++) {
		char variable[64];

		snprintf(variable, sizeof(variable), "AWS_ENDPOINT_URL_%s", aws_service_name(s));
		for (char *c = variable; *c != '\0'; c++)
			*c = (char)toupper((unsigned char)*c);
		if (endpoint_read_url(variable, &o.url[s], err) < 0)
			goto fail;
	}
	*ret = o;
	return 0;
fail:
	aws_endpoint_options_done(&o);
	return -1;
}

void
aws_endpoint_options_done(struct aws_endpoint_options *o)
{
	for (int s = 0; s < AWS_SERVICES; s++)
		free(o->url[s]);
	free(o->url_all);
	*o = (struct aws_endpoint_options){ 0 };
}

static const char *
endpoint_override(const struct aws_endpoint_options *o, enum aws_service service)
{
	return o->url[service] != NULL ? o->url[service] : o->url_all;
}

/* 3 to 63 lower-case letters, digits and hyphens: one label of a host name, so never with dots. */
static bool
endpoint_is_label(const char *bucket)
{
	size_t len = strlen(bucket);

	return len >= 3 && len <= 63 && bucket[0] != '-' && bucket[len - 1] != '-' &&
	    strspn(bucket, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

static int
endpoint_find_override(const char *text, struct aws_endpoint *ret, struct err *err)
{
	struct endpoint_url url;
	size_t n;

	if (!endpoint_url_parse(text, &url))
		return err_set(err, ERR_CONFIG, "\"%s\" is not an URL of an endpoint", text);
	for (n = 0; n < url.host.len; n++)
		ret->host[n] = (char)tolower((unsigned char)url.host.text[n]);
	if (url.port != 0)
		snprintf(ret->host + n, sizeof(ret->host) - n, ":%u", url.port);
	else
		ret->host[n] = '\0';
	name_part_copy(url.path, ret->path, sizeof(ret->path));
	/* No longer than `text`, whose length was looked at. */
	stpcpy(stpcpy(stpcpy(ret->url, url.is_https ? "https://" : "http://"), ret->host), ret->path);
	ret->is_override = true;
	ret->reach = url.is_https ? HTTP_REACH_TLS : HTTP_REACH_LOOPBACK;
	return 0;
}

/*
 * In GovCloud the plain hosts are the validated ones, but for KMS and S3. (Account has no host
 * there at all.)
 */
static bool
endpoint_has_fips_name(const struct aws_endpoint_options *o, enum aws_service service,
    const struct aws_partition *p)
{
	return o->use_fips && (o->use_dual_stack || strcmp(p->name, "aws-us-gov") != 0 ||
	    service == AWS_KMS || service == AWS_S3 || service == AWS_ACCOUNT);
}

/* S3 says "dualstack" in the name and keeps the ordinary suffix. */
static void
endpoint_find_own(const struct aws_endpoint_options *o, enum aws_service service,
    const struct aws_partition *p, const char *region, const char *bucket, struct aws_endpoint *ret)
{
	bool is_in_host = bucket != NULL && endpoint_is_label(bucket);
	bool has_s3_dual_stack = o->use_dual_stack && service == AWS_S3;
	const char *parts[] = {
		is_in_host ? bucket : "", is_in_host ? "." : "",
		aws_service_name(service), endpoint_has_fips_name(o, service, p) ? "-fips." : ".",
		has_s3_dual_stack ? "dualstack." : "", region, ".",
		o->use_dual_stack && service != AWS_S3 ? p->dual_stack_suffix : p->dns_suffix,
	};
	char *at = ret->host;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		at = stpcpy(at, parts[i]);	/* a label, a region and our own texts: they fit */
	stpcpy(stpcpy(ret->url, "https://"), ret->host);
	ret->path[0] = '\0';
	ret->is_override = false;
	ret->reach = HTTP_REACH_TLS;
}

static bool
endpoint_is_global(enum aws_service service)
{
	return service == AWS_ORGANIZATIONS || service == AWS_ACCOUNT;
}

int
aws_endpoint_find(const struct aws_endpoint_options *o, enum aws_service service,
    const char *region, const char *bucket, struct aws_endpoint *ret, struct err *err)
{
	const char *override = endpoint_override(o, service);
	const struct aws_partition *p;

	assert(bucket == NULL || service == AWS_S3);
	if (!name_is_region(region))
		return err_set(err, ERR_CONFIG, "\"%s\" is not the name of a region", region);
	if (bucket != NULL && !name_is_bucket(bucket))
		return err_set(err, ERR_MALFORMED, "\"%s\" is not the name of a bucket", bucket);
	if (override != NULL && endpoint_find_override(override, ret, err) < 0)
		return -1;
	p = aws_partition_of(region);
	if (endpoint_is_global(service))
		region = p->global_region;
	strcpy(ret->signing_region, region);
	if (override == NULL)
		endpoint_find_own(o, service, p, region, bucket, ret);
	if (bucket != NULL && (override != NULL || !endpoint_is_label(bucket))) {
		stpcpy(stpcpy(ret->path + strlen(ret->path), "/"), bucket);
		stpcpy(stpcpy(ret->url + strlen(ret->url), "/"), bucket);
	}
	return 0;
}
