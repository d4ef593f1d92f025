/* SPDX-License-Identifier: Apache-2.0 */
/* The URL of an SQS queue; see queue_url.h. */
#include "aws/queue_url.h"

#include <string.h>

#include "aws/endpoint.h"
#include "base/text.h"

#define QUEUE_NAME_MAX	80	/* SQS allows no more, ".fifo" included */

/* Cuts off the text up to `end`; false when there is none. */
static bool
queue_url_cut(const char **at, char end, struct name_part *ret)
{
	const char *stop = strchr(*at, end);

	if (stop == NULL)
		return false;
	*ret = (struct name_part){ *at, (size_t)(stop - *at) };
	*at = stop + 1;
	return true;
}

static bool
queue_url_has_label(struct name_part host, const char *label, struct name_part *ret_rest)
{
	size_t len = strlen(label);

	if (host.len < len || strncmp(host.text, label, len) != 0)
		return false;
	*ret_rest = (struct name_part){ host.text + len, host.len - len };
	return true;
}

/* What stands before the region: "sqs." and its like. */
static bool
queue_url_is_service(struct name_part host, struct name_part *ret_rest)
{
	const char *dot = memchr(host.text, '.', host.len);

	if (dot != NULL && strncmp(host.text, "vpce-", 5) == 0) {
		host.len -= (size_t)(dot + 1 - host.text);
		host.text = dot + 1;
	}
	return queue_url_has_label(host, "sqs.", ret_rest) ||
	    queue_url_has_label(host, "sqs-fips.", ret_rest);
}

/* AWS's own, by TLS alone. */
static bool
queue_url_is_aws(struct name_part domain, const char *region)
{
	const struct aws_partition *p = aws_partition_of(region);

	queue_url_has_label(domain, "vpce.", &domain);
	return name_part_is(domain, p->dns_suffix) || name_part_is(domain, p->dual_stack_suffix);
}

static bool
queue_url_is_local(struct name_part domain)
{
	const char *colon = memchr(domain.text, ':', domain.len);
	size_t len = colon != NULL ? (size_t)(colon - domain.text) : domain.len;
	struct name_part host = { domain.text, len };

	return (name_part_is(host, "localhost") || name_part_is(host, "localhost.localstack.cloud")) &&
	    (colon == NULL || strspn(colon + 1, "0123456789") == domain.len - len - 1);
}

static bool
queue_url_is_name(const char *name)
{
	size_t len = strlen(name), plain = text_has_suffix(name, ".fifo") ? len - 5 : len;

	return plain > 0 && len <= QUEUE_NAME_MAX && strspn(name,
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == plain;
}

bool
aws_queue_url_parse(const char *text, struct aws_queue_url *ret)
{
	bool is_tls = text_has_prefix(text, "https://");
	struct name_part host, domain, region, account;
	struct aws_queue_url url;
	const char *at = text + (is_tls ? 8 : 7), *dot;

	if ((!is_tls && !text_has_prefix(text, "http://")) || !queue_url_cut(&at, '/', &host) ||
	    !queue_url_cut(&at, '/', &account) || !queue_url_is_service(host, &domain))
		return false;
	dot = memchr(domain.text, '.', domain.len);
	if (dot == NULL)
		return false;
	region = (struct name_part){ domain.text, (size_t)(dot - domain.text) };
	domain.len -= region.len + 1;
	domain.text = dot + 1;
	if (!name_part_copy(region, url.region, sizeof(url.region)) || !name_is_region(url.region) ||
	    !name_part_copy(account, url.account, sizeof(url.account)) ||
	    !name_is_account(url.account) || !queue_url_is_name(at) ||
	    !(queue_url_is_local(domain) || (is_tls && queue_url_is_aws(domain, url.region))))
		return false;
	url.name = at;
	*ret = url;
	return true;
}
