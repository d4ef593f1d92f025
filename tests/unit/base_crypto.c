/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hashes against the examples of FIPS 180-2 and RFC 4231, and around the size of a block;
 * signatures against RFC 8032; Base64 against RFC 4648; random bytes, secure memory, threads.
 */
#include "base/crypto.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

static void
test_sha256(void **state)
{
	static const struct {
		const char	*text, *hash;
	} rows[] = {
		{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		unsigned char hash[CRYPTO_SHA256_BYTES];
		char hex[CRYPTO_HEX_SIZE];

		crypto_sha256(rows[i].text, strlen(rows[i].text), hash);
		assert_string_equal(crypto_hex(hash, sizeof(hash), hex), rows[i].hash);
	}
}

/* A key of `key_len` bytes, all of them `key`. */
static const struct {
	unsigned char	 key;
	size_t		 key_len;
	const char	*data, *hash;
} macs[] = {
	{ 0, 0, "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad" },
	{ 0x0b, 20, "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
	{ 'k', 64, "x", "f91c4c403625fb06910ef93999265bbd2d62baeaec6ff36455498cc124fe3e66" },
	{ 'k', 65, "x", "75092ca3ee2b307470c227697b42b3e65376aa3bae98fb5a1f7b7536daa9588a" },
	{ 0xaa, 131, "Test Using Larger Than Block-Size Key - Hash Key First",
	    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54" },
	{ 0xaa, 131, "This is a test using a larger than block-size key and a larger than block-size data. "
	    "The key needs to be hashed before being used by the HMAC algorithm.",
	    "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2" },
};

static void
test_hmac(void **state)
{
	unsigned char key[131], mac[CRYPTO_SHA256_BYTES];
	char hex[CRYPTO_HEX_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(macs); i++) {
		memset(key, macs[i].key, sizeof(key));
		crypto_hmac_sha256(key, macs[i].key_len, macs[i].data, strlen(macs[i].data), mac);
		assert_string_equal(crypto_hex(mac, sizeof(mac), hex), macs[i].hash);
	}
	crypto_hmac_sha256("Jefe", 4, "what do ya want for nothing?", 28, mac);
	assert_string_equal(crypto_hex(mac, sizeof(mac), hex),
	    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

/* A chain of keys is made in one place: the result may overwrite the key. */
static void
test_hmac_in_place(void **state)
{
	unsigned char key[CRYPTO_SHA256_BYTES] = "a key", mac[CRYPTO_SHA256_BYTES];

	(void)state;
	crypto_hmac_sha256(key, sizeof(key), "x", 1, mac);
	crypto_hmac_sha256(key, sizeof(key), "x", 1, key);
	assert_memory_equal(key, mac, sizeof(key));
}

static void
base64_goes_both_ways(void **state)
{
	static const struct {
		const char	*data;
		size_t		 len;
		const char	*text;
	} cases[] = {
		{ "", 0, "" }, { "f", 1, "Zg==" }, { "fo", 2, "Zm8=" }, { "foo", 3, "Zm9v" },
		{ "foob", 4, "Zm9vYg==" }, { "fooba", 5, "Zm9vYmE=" }, { "foobar", 6, "Zm9vYmFy" },
		{ "\0\0\0", 3, "AAAA" }, { "\xff\xef\xfe", 3, "/+/+" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf text, data;

		buf_init(&text, 100);
		buf_init(&data, 100);
		crypto_add_base64(&text, cases[i].data, cases[i].len);
		assert_string_equal(buf_text(&text), cases[i].text);
		assert_true(crypto_add_unbase64(&data, buf_text(&text), text.len));
		assert_int_equal(data.len, cases[i].len);
		if (data.len > 0)
			assert_memory_equal(data.data, cases[i].data, data.len);
		buf_done(&text);
		buf_done(&data);
	}
}

static void
broken_base64_is_refused(void **state)
{
	static const char *const bad[] = { "Z", "Zg", "Zg=", "Zg===", "====", "=", "Zg==Zg==", "Z=g=",
		"Zm9v\n", " Zg==", "Zm 9", "Zm9-", "Zm9_", "Zm9\xc3", "Zm9vZg", "\nAAA", "AAA\n", "A===" };

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct buf data;

		buf_init(&data, 100);
		if (crypto_add_unbase64(&data, bad[i], strlen(bad[i])))
			fail_msg("taken: \"%s\"", bad[i]);
		assert_int_equal(data.len, 0);
		buf_done(&data);
	}
}

/* The text to decode need not end where its length does. */
static void
base64_minds_its_length(void **state)
{
	struct buf data;

	(void)state;
	buf_init(&data, 100);
	assert_true(crypto_add_unbase64(&data, "Zm9vYmFy!!", 4));
	assert_string_equal(buf_text(&data), "foo");
	assert_false(crypto_add_unbase64(&data, "Zm!vYmFy", 4));
	assert_string_equal(buf_text(&data), "foo");
	buf_done(&data);
}

static void
random_things_differ(void **state)
{
	unsigned char a[32], b[32];
	char u[CRYPTO_UUID_SIZE], v[CRYPTO_UUID_SIZE];

	(void)state;
	crypto_random(a, sizeof(a));
	crypto_random(b, sizeof(b));
	assert_false(crypto_same(a, b, sizeof(a)));
	assert_true(crypto_same(a, a, sizeof(a)));
	assert_true(crypto_same(a, b, 0));
	crypto_uuid(u);
	crypto_uuid(v);
	assert_string_not_equal(u, v);
	assert_int_equal(strlen(u), 36);
	for (int i = 0; i < 36; i++)
		if (i == 8 || i == 13 || i == 18 || i == 23)
			assert_int_equal(u[i], '-');
		else
			assert_non_null(strchr("0123456789abcdef", u[i]));
	assert_int_equal(u[14], '4');
	assert_non_null(strchr("89ab", u[19]));
}

static void
secure_memory_is_zeroed(void **state)
{
	(void)state;
	for (size_t len = 0; len < 5000; len += 499) {
		unsigned char *p = crypto_secure_alloc(len);

		for (size_t i = 0; i < len; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xaa, len);
		crypto_secure_free(p, len);
	}
	crypto_secure_free(NULL, 10);
}

static void *
hash_much(void *arg)
{
	unsigned char hash[CRYPTO_SHA256_BYTES];
	char hex[CRYPTO_HEX_SIZE];

	for (int i = 0; i < 2000; i++) {
		crypto_hmac_sha256("Jefe", 4, "what do ya want for nothing?", 28, hash);
		crypto_hex(hash, sizeof(hash), hex);
		if (strcmp(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843") != 0)
			return arg;
	}
	return NULL;
}

static void
threads_do_not_disturb_each_other(void **state)
{
	pthread_t threads[4];
	void *failed;

	(void)state;
	for (size_t i = 0; i < COUNT(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, hash_much, threads), 0);
	for (size_t i = 0; i < COUNT(threads); i++) {
		assert_int_equal(pthread_join(threads[i], &failed), 0);
		assert_null(failed);
	}
}

/* RFC 8032, 7.1; the files and ids as `openssl pkey` and sha256sum make them of the keys. */
static const struct {
	const char	*private_key, *public_key, *id, *data;
	size_t		 len;
	const char	*signature;
} signatures[] = {
	{ "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g",
	    "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
	    "06e3fd8fda29bb60ab59557de61edb0a", "", 0,
	    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
	    "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b" },
	{ "MC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7",
	    "MCowBQYDK2VwAyEAPUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=",
	    "deb2ded39dc26fce0e6085b6fc34bf6b", "\x72", 1,
	    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
	    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00" },
	{ "MC4CAQAwBQYDK2VwBCIEIMWqjfQ/n4N77bdELzHct7Fm04U1B28JS4XOOi4LRFj3",
	    "MCowBQYDK2VwAyEA/FHNjmIYoaONpH7QAjDwWAgW7RO6MwOsXeuRFUiQgCU=",
	    "8d39ba50abe50f77b6bb8ae7b6927aff", "\xaf\x82", 2,
	    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
	    "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a" },
};

static struct crypto_key *
read_key(const char *kind, const char *base64)
{
	char pem[256];

	snprintf(pem, sizeof(pem), "-----BEGIN %s KEY-----\n%s\n-----END %s KEY-----", kind, base64,
	    kind);
	return strcmp(kind, "PRIVATE") == 0 ? crypto_read_private_key(pem) :
	    crypto_read_public_key(pem);
}

static void
signatures_are_those_of_the_standard(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(signatures); i++) {
		struct crypto_key *key = read_key("PRIVATE", signatures[i].private_key);
		struct crypto_key *public = read_key("PUBLIC", signatures[i].public_key);
		unsigned char signature[CRYPTO_SIGNATURE_BYTES];
		char hex[2 * CRYPTO_SIGNATURE_BYTES + 1], id[CRYPTO_KEY_ID_SIZE];
		const char *data = signatures[i].data;
		size_t len = signatures[i].len;

		assert_non_null(key);
		assert_non_null(public);
		crypto_sign(key, data, len, signature);
		assert_string_equal(crypto_hex(signature, sizeof(signature), hex),
		    signatures[i].signature);
		assert_string_equal(crypto_key_id(key, id), signatures[i].id);
		assert_string_equal(crypto_key_id(public, id), signatures[i].id);
		assert_true(crypto_verify(key, data, len, signature));
		assert_true(crypto_verify(public, data, len, signature));
		assert_false(crypto_verify(public, "x", 1, signature));
		signature[i] ^= 1;
		assert_false(crypto_verify(public, data, len, signature));
		crypto_key_free(public);
		crypto_key_free(key);
	}
}

static void
other_keys_do_not_fit(void **state)
{
	struct crypto_key *key = read_key("PRIVATE", signatures[0].private_key);
	struct crypto_key *other = read_key("PUBLIC", signatures[1].public_key);
	unsigned char signature[CRYPTO_SIGNATURE_BYTES];

	(void)state;
	crypto_sign(key, "abc", 3, signature);
	assert_true(crypto_verify(key, "abc", 3, signature));
	assert_false(crypto_verify(other, "abc", 3, signature));
	crypto_key_free(other);
	crypto_key_free(key);
}

static void
what_is_no_key_is_refused(void **state)
{
	static const struct {
		const char	*kind, *base64;
	} rows[] = {
		{ "PRIVATE", "" },
		{ "PUBLIC", "" },
		{ "PRIVATE", "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=" },
		{ "PUBLIC", "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g" },
		/* a byte short, a byte long, X25519, no Base64 */
		{ "PRIVATE", "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn8=" },
		{ "PUBLIC", "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURoA" },
		{ "PUBLIC", "MCowBQYDK2VuAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=" },
		{ "PUBLIC", "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHUR!=" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_null(read_key(rows[i].kind, rows[i].base64));
	assert_null(crypto_read_public_key(""));
	assert_null(crypto_read_public_key("-----BEGIN PUBLIC KEY-----\n"));
	assert_null(crypto_read_public_key("-----END PUBLIC KEY----- -----BEGIN PUBLIC KEY-----"));
	crypto_key_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sha256),
		cmocka_unit_test(test_hmac),
		cmocka_unit_test(test_hmac_in_place),
		cmocka_unit_test(base64_goes_both_ways),
		cmocka_unit_test(broken_base64_is_refused),
		cmocka_unit_test(base64_minds_its_length),
		cmocka_unit_test(random_things_differ),
		cmocka_unit_test(signatures_are_those_of_the_standard),
		cmocka_unit_test(other_keys_do_not_fit),
		cmocka_unit_test(what_is_no_key_is_refused),
		cmocka_unit_test(secure_memory_is_zeroed),
		cmocka_unit_test(threads_do_not_disturb_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
