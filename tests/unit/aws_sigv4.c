/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signer against AWS's published vectors of 2015 (their signatures, and their canonical
 * requests where those show a rule), and S3's variant against a request written out by hand.
 */
#include "aws/sigv4.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/crypto.h"
#include "base/stamp.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))
#define ID		"AKIDEXAMPLE"
#define SECRET		"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
#define TOKEN		"6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267"
#define EMPTY_HASH	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define DATE_MS		INT64_C(1440938160000)	/* 2015-08-30T12:36:00Z */

static struct aws_credentials *
credentials(const char *token)
{
	struct err err;
	struct aws_credentials *c = aws_credentials_new(ID, SECRET, token, STAMP_UNKNOWN, "test", &err);

	assert_non_null(c);
	return c;
}

static const struct vector {
	const char		*name;
	const char		*method, *path, *query;
	struct sigv4_header	 headers[6];	/* besides host and x-amz-date */
	const char		*body;
	const char		*signature;
	bool			 is_s3;		/* AWS's cases without normalisation sign as S3 does */
} vectors[] = {
	{ "get-vanilla", "GET", "/", NULL, { { NULL, NULL } }, "",
	    "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31", false },
	{ "get-vanilla-with-session-token", "GET", "/", NULL, { { "X-Amz-Security-Token", TOKEN } }, "",
	    "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8", false },
	{ "get-vanilla-empty-query-key", "GET", "/", "Param1=value1", { { NULL, NULL } }, "",
	    "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb", false },
	{ "get-vanilla-query-order-key-case", "GET", "/", "Param2=value2&Param1=value1", { { NULL, NULL } }, "",
	    "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500", false },
	{ "get-vanilla-query-unreserved", "GET", "/",
	    "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz="
	    "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", { { NULL, NULL } }, "",
	    "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197", false },
	{ "get-vanilla-utf8-query", "GET", "/", "\xe1\x88\xb4=bar", { { NULL, NULL } }, "",
	    "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04", false },
	{ "get-unreserved", "GET", "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
	    NULL, { { NULL, NULL } }, "", "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f", false },
	{ "get-utf8", "GET", "/\xe1\x88\xb4", NULL, { { NULL, NULL } }, "",
	    "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85", false },
	{ "get-space", "GET", "/example space/", NULL, { { NULL, NULL } }, "",
	    "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741", false },
	{ "get-relative", "GET", "/example/..", NULL, { { NULL, NULL } }, "",
	    "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31", false },
	{ "get-relative-relative", "GET", "/example1/example2/../..", NULL, { { NULL, NULL } }, "",
	    "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31", false },
	{ "get-slash", "GET", "//", NULL, { { NULL, NULL } }, "",
	    "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31", false },
	{ "get-slash-dot-slash", "GET", "/./", NULL, { { NULL, NULL } }, "",
	    "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31", false },
	{ "get-slashes", "GET", "//example//", NULL, { { NULL, NULL } }, "",
	    "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84", false },
	{ "get-slash-pointless-dot", "GET", "/./example", NULL, { { NULL, NULL } }, "",
	    "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5", false },
	{ "get-header-key-duplicate", "GET", "/", NULL, { { "My-Header1", "value2" },
	    { "My-Header1", "value2" }, { "My-Header1", "value1" } }, "",
	    "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea", false },
	{ "get-header-value-multiline", "GET", "/", NULL, { { "My-Header1", "value1\n  value2\n     value3" } },
	    "", "cfd34249e4b1c8d6b91ef74165d41a32e5fab3306300901bb65a51a73575eefd", false },
	{ "get-header-value-order", "GET", "/", NULL, { { "My-Header1", "value4" }, { "My-Header1", "value1" },
	    { "My-Header1", "value3" }, { "My-Header1", "value2" } }, "",
	    "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01", false },
	{ "get-header-value-trim", "GET", "/", NULL, { { "My-Header1", " value1" },
	    { "My-Header2", " \"a   b   c\"" } }, "",
	    "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736", false },
	{ "post-vanilla", "POST", "/", NULL, { { NULL, NULL } }, "",
	    "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b", false },
	{ "post-header-key-sort", "POST", "/", NULL, { { "My-Header1", "value1" } }, "",
	    "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c", false },
	{ "post-header-value-case", "POST", "/", NULL, { { "My-Header1", "VALUE1" } }, "",
	    "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d", false },
	{ "post-vanilla-query", "POST", "/", "Param1=value1", { { NULL, NULL } }, "",
	    "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11", false },
	{ "post-x-www-form-urlencoded", "POST", "/", NULL,
	    { { "Content-Type", "application/x-www-form-urlencoded" } }, "Param1=value1",
	    "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a", false },
	{ "post-x-www-form-urlencoded-parameters", "POST", "/", NULL,
	    { { "Content-Type", "application/x-www-form-urlencoded; charset=utf8" } }, "Param1=value1",
	    "1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe", false },
	{ "get-relative-unnormalized", "GET", "/example/..", NULL, { { NULL, NULL } }, "",
	    "eca7ead57bb5aa5c8e28007acd4ff04e1ff9a0ff3b237ec1554a184887ff9282", true },
	{ "get-relative-relative-unnormalized", "GET", "/example1/example2/../..", NULL, { { NULL, NULL } }, "",
	    "dc33e0856fd4baca4d7aa2146c38958283844764f38c74252a333df5e613003b", true },
	{ "get-slash-unnormalized", "GET", "//", NULL, { { NULL, NULL } }, "",
	    "c88bcd3d312d75078c0cd961d6deae3f4c754924b01669efcfcb439fd5e5b76e", true },
	{ "get-slash-dot-slash-unnormalized", "GET", "/./", NULL, { { NULL, NULL } }, "",
	    "68714168e6557f8f2de0ef956fc24dc2593a4bd2961f8df51898d8a134695145", true },
	{ "get-slash-pointless-dot-unnormalized", "GET", "/./example", NULL, { { NULL, NULL } }, "",
	    "beb03f223f7deae4146464f06e29eebbee9c8afbe15c290cf07aa8b119e14cff", true },
	{ "get-slashes-unnormalized", "GET", "//example//", NULL, { { NULL, NULL } }, "",
	    "87cca117541a147f6df867677d98a7d80dff226d2bfca9e4ffa899665623c7e5", true },
};

/* The request of a vector; `headers` and `hash` are the caller's memory for it. */
static struct sigv4_request
request_of(const struct vector *v, struct sigv4_header headers[8], char hash[CRYPTO_HEX_SIZE])
{
	unsigned char sum[CRYPTO_SHA256_BYTES];
	size_t n = 0;

	for (size_t i = 0; i < COUNT(v->headers) && v->headers[i].name != NULL; i++)
		headers[n++] = v->headers[i];
	headers[n++] = (struct sigv4_header){ "X-Amz-Date", "20150830T123600Z" };
	headers[n++] = (struct sigv4_header){ "Host", "example.amazonaws.com" };
	crypto_sha256(v->body, strlen(v->body), sum);
	crypto_hex(sum, sizeof(sum), hash);
	return (struct sigv4_request){ .method = v->method, .path = v->path, .query = v->query,
	    .headers = headers, .header_count = n, .payload_hash = hash, .region = "us-east-1",
	    .service = "service", .wall_ms = DATE_MS, .is_s3 = v->is_s3 };
}

static void
test_vectors(void **state)
{
	struct aws_credentials *c = credentials(NULL);
	struct sigv4 *s = sigv4_new();
	struct buf out;

	(void)state;
	buf_init(&out, 65536);
	for (size_t i = 0; i < COUNT(vectors); i++) {
		struct sigv4_header headers[8];
		char hash[CRYPTO_HEX_SIZE];
		struct sigv4_request r = request_of(&vectors[i], headers, hash);

		buf_reset(&out);
		sigv4_sign(s, c, &r, &out);
		if (strcmp(buf_text(&out) + out.len - 64, vectors[i].signature) != 0)
			print_message("%s: %s\n", vectors[i].name, buf_text(&out));
		assert_string_equal(buf_text(&out) + out.len - 64, vectors[i].signature);
	}
	buf_done(&out);
	sigv4_free(s);
	aws_credentials_drop(c);
}

static void
test_whole_header(void **state)
{
	static const struct sigv4_header headers[] = {
		{ "Host", "example.amazonaws.com" }, { "User-Agent", "x" }, { "X-Amz-Date", "20150830T123600Z" },
		{ "Authorization", "old" }, { "Connection", "close" }, { "Proxy-Authorization", "x" },
		{ "Expect", "100-continue" }, { "X-Amzn-Trace-Id", "x" }, { "TE", "x" },
	};
	struct sigv4_request r = { .method = "GET", .path = "/", .headers = headers,
	    .header_count = COUNT(headers), .payload_hash = EMPTY_HASH, .region = "us-east-1",
	    .service = "service", .wall_ms = DATE_MS };
	struct aws_credentials *c = credentials(NULL);
	struct sigv4 *s = sigv4_new();
	struct buf out;

	(void)state;
	buf_init(&out, 4096);
	buf_adds(&out, "before ");
	sigv4_sign(s, c, &r, &out);
	assert_string_equal(buf_text(&out), "before AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/"
	    "us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, "
	    "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
	buf_done(&out);
	sigv4_free(s);
	aws_credentials_drop(c);
}

static const struct {
	const char	*path, *query;
	bool		 is_s3;
	const char	*canonical;	/* path and query, as the canonical request has them */
} canonicals[] = {
	{ "/", "", false, "/\n" },
	{ "/listRegions", NULL, false, "/listRegions\n" },
	{ "/a%20b/", NULL, false, "/a%2520b/\n" },
	{ "/a%20b/../c/./d//", NULL, true, "/a%20b/../c/./d//\n" },
	{ "/a/../../b", NULL, false, "/b\n" },
	{ "/..", NULL, false, "/\n" },
	{ "/a/.", NULL, false, "/a\n" },
	{ "/a/b/..", NULL, false, "/a\n" },
	{ "/.../..a/.b", NULL, false, "/.../..a/.b\n" },
	{ "/~_-.", NULL, false, "/~_-.\n" },
	{ "/a:b@c", NULL, false, "/a%3Ab%40c\n" },
	/* By the name's end, not by the joined text; a bare name gets its '='. */
	{ "/", "Param-3=Value3&Param=Value2&%E1%88%B4=Value1", false,
	    "/\n%E1%88%B4=Value1&Param=Value2&Param-3=Value3" },
	{ "/bucket", "policy", true, "/bucket\npolicy=" },
	{ "/", "b=2&a=2&a=1&a", false, "/\na=&a=1&a=2&b=2" },
	{ "/", "a=1=2&x=%2f%41", false, "/\na=1%3D2&x=%2FA" },
	{ "/", "a=%zz", false, "/\na=%25zz" },
	{ "/", "=v&&k=", false, "/\n=&=v&k=" },
};

static void
test_canonical_path_and_query(void **state)
{
	static const struct sigv4_header host = { "host", "h" };
	struct buf out;

	(void)state;
	buf_init(&out, 4096);
	for (size_t i = 0; i < COUNT(canonicals); i++) {
		struct sigv4_request r = { .method = "GET", .path = canonicals[i].path,
		    .query = canonicals[i].query, .headers = &host, .header_count = 1,
		    .payload_hash = "HASH", .region = "r", .service = "s", .is_s3 = canonicals[i].is_s3 };
		char expected[256];

		snprintf(expected, sizeof(expected), "GET\n%s\nhost:h\n\nhost\nHASH", canonicals[i].canonical);
		buf_reset(&out);
		sigv4_add_canonical_request(&r, &out);
		assert_string_equal(buf_text(&out), expected);
	}
	buf_done(&out);
}

static void
test_canonical_headers(void **state)
{
	static const struct sigv4_header headers[] = {
		{ "X-Amz-Meta", "\t a \t b\r\n  c  " }, { "x-amz-a", "" }, { "Host", "h:8080" },
		{ "CONTENT-TYPE", "x" }, { "x-AMZ-meta", "d" },
	};
	struct sigv4_request r = { .method = "PUT", .path = "/", .headers = headers,
	    .header_count = COUNT(headers), .payload_hash = "HASH", .region = "r", .service = "s" };
	struct buf out;

	(void)state;
	buf_init(&out, 4096);
	sigv4_add_canonical_request(&r, &out);
	assert_string_equal(buf_text(&out), "PUT\n/\n\ncontent-type:x\nhost:h:8080\nx-amz-a:\n"
	    "x-amz-meta:a b c,d\n\ncontent-type;host;x-amz-a;x-amz-meta\nHASH");
	buf_done(&out);
}

/* By hand: canonical request, text to sign and key are made here in another way. */
static void
test_s3_by_hand(void **state)
{
	static const char canonical[] =
	    "GET\n/my.logs\npolicy=\n"
	    "host:s3.eu-west-1.amazonaws.com\n"
	    "x-amz-content-sha256:" EMPTY_HASH "\n"
	    "x-amz-date:20150830T123600Z\n\n"
	    "host;x-amz-content-sha256;x-amz-date\n" EMPTY_HASH;
	static const struct sigv4_header headers[] = {
		{ "host", "s3.eu-west-1.amazonaws.com" }, { "x-amz-content-sha256", EMPTY_HASH },
		{ "x-amz-date", "20150830T123600Z" },
	};
	static const char *const chain[] = { "20150830", "eu-west-1", "s3", "aws4_request" };
	struct sigv4_request r = { .method = "GET", .path = "/my.logs", .query = "policy",
	    .headers = headers, .header_count = 3, .payload_hash = EMPTY_HASH, .region = "eu-west-1",
	    .service = "s3", .wall_ms = DATE_MS, .is_s3 = true };
	unsigned char key[CRYPTO_SHA256_BYTES], hash[CRYPTO_SHA256_BYTES];
	char text[512], hex[CRYPTO_HEX_SIZE];
	struct aws_credentials *c = credentials(NULL);
	struct sigv4 *s = sigv4_new();
	struct buf out;

	(void)state;
	crypto_hmac_sha256("AWS4" SECRET, strlen("AWS4" SECRET), chain[0], strlen(chain[0]), key);
	for (int i = 1; i < 4; i++)
		crypto_hmac_sha256(key, sizeof(key), chain[i], strlen(chain[i]), key);
	crypto_sha256(canonical, strlen(canonical), hash);
	snprintf(text, sizeof(text), "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/eu-west-1/s3/aws4_request\n%s",
	    crypto_hex(hash, sizeof(hash), hex));
	crypto_hmac_sha256(key, sizeof(key), text, strlen(text), hash);

	buf_init(&out, 4096);
	sigv4_sign(s, c, &r, &out);
	assert_string_equal(buf_text(&out) + out.len - 64, crypto_hex(hash, sizeof(hash), hex));
	buf_done(&out);
	sigv4_free(s);
	aws_credentials_drop(c);
}

static void
sign_in(struct sigv4 *s, struct aws_credentials *c, const char *region, int64_t wall_ms, char *out)
{
	static const struct sigv4_header host = { "host", "h" };
	struct sigv4_request r = { .method = "GET", .path = "/", .headers = &host, .header_count = 1,
	    .payload_hash = EMPTY_HASH, .region = region, .service = "kms", .wall_ms = wall_ms };
	struct buf text;

	buf_init(&text, 1024);
	sigv4_sign(s, c, &r, &text);
	memcpy(out, buf_text(&text) + text.len - 64, 65);
	buf_done(&text);
}

/* A cache in use gives what an empty one gives: over more keys than it has places. */
static void
test_cached_keys_are_the_right_ones(void **state)
{
	struct sigv4 *s = sigv4_new();
	struct err err;

	(void)state;
	for (int i = 0; i < 1500; i++) {
		char secret[64], region[32], cached[65], again[65], fresh[65];
		struct sigv4 *empty = i % 50 == 0 ? sigv4_new() : NULL;
		struct aws_credentials *c;

		snprintf(secret, sizeof(secret), "secret%d", i);
		snprintf(region, sizeof(region), "eu-west-%d", i % 7);
		c = aws_credentials_new(ID, secret, NULL, STAMP_UNKNOWN, "test", &err);
		sign_in(s, c, region, DATE_MS + i * INT64_C(86400000), cached);
		sign_in(s, c, region, DATE_MS + i * INT64_C(86400000), again);
		assert_string_equal(cached, again);
		if (empty != NULL) {
			sign_in(empty, c, region, DATE_MS + i * INT64_C(86400000), fresh);
			assert_string_equal(cached, fresh);
		}
		sign_in(s, c, "us-east-1", DATE_MS, again);
		assert_string_not_equal(cached, again);
		sigv4_free(empty);
		aws_credentials_drop(c);
	}
	sigv4_free(s);
}

/* A region that is too long for the cache is signed all the same. */
static void
test_odd_scopes(void **state)
{
	char region[100], one[65], two[65];
	struct aws_credentials *c = credentials(NULL);
	struct sigv4 *s = sigv4_new();

	(void)state;
	memset(region, 'r', sizeof(region) - 1);
	region[99] = '\0';
	sign_in(s, c, region, DATE_MS, one);
	region[98] = 'x';
	sign_in(s, c, region, DATE_MS, two);
	assert_string_not_equal(one, two);
	sigv4_free(s);
	aws_credentials_drop(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_whole_header),
		cmocka_unit_test(test_canonical_path_and_query),
		cmocka_unit_test(test_canonical_headers),
		cmocka_unit_test(test_s3_by_hand),
		cmocka_unit_test(test_cached_keys_are_the_right_ones),
		cmocka_unit_test(test_odd_scopes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
