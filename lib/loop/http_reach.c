/* SPDX-License-Identifier: Apache-2.0 */
/* Which addresses plain http may reach; see http_reach.h. All are compared as IPv6 ones. */
#include "loop/http_reach.h"

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <string.h>

/* The metadata services: EC2's, ECS's, and EKS Pod Identity's. */
static const char *const http_reach_metadata[] = {
	"::ffff:169.254.169.254",
	"::ffff:169.254.170.2",
	"::ffff:169.254.170.23",
	"fd00:ec2::254",
	"fd00:ec2::23",
};

static bool
http_reach_read(const struct sockaddr *address, struct in6_addr *ret)
{
	struct in6_addr in6 = { .s6_addr = { [10] = 0xff, [11] = 0xff } };

	if (address->sa_family == AF_INET)
		memcpy(&in6.s6_addr[12], &((const struct sockaddr_in *)address)->sin_addr, 4);
	else if (address->sa_family == AF_INET6)
		in6 = ((const struct sockaddr_in6 *)address)->sin6_addr;
	else
		return false;
	*ret = in6;
	return true;
}

static bool
http_reach_is_metadata(const struct in6_addr *in6)
{
	for (size_t i = 0; i < sizeof(http_reach_metadata) / sizeof(http_reach_metadata[0]); i++) {
		struct in6_addr one;
		int status = inet_pton(AF_INET6, http_reach_metadata[i], &one);

		assert(status == 1);
		if (memcmp(&one, in6, sizeof(one)) == 0)
			return true;
	}
	return false;
}

bool
http_reach_allows(enum http_reach reach, const struct sockaddr *address)
{
	struct in6_addr in6;

	if (reach == HTTP_REACH_TLS || !http_reach_read(address, &in6))
		return false;
	if (IN6_IS_ADDR_LOOPBACK(&in6) || (IN6_IS_ADDR_V4MAPPED(&in6) && in6.s6_addr[12] == 127))
		return true;
	return reach == HTTP_REACH_METADATA && http_reach_is_metadata(&in6);
}
