/* SPDX-License-Identifier: Apache-2.0 */
/* SQS's answers: what is in them, what may be missing, and what cannot be believed. */
#include "parse/messages.h"

#include "unit/parse_answer.h"

static int
receive(struct arena *arena, const char *text, const struct queue_message **ret, size_t *ret_count)
{
	struct err err;

	return parse_receive_message(arena, answer(arena, text), ret, ret_count, &err);
}

static void
test_messages(void **state)
{
	struct arena *arena = arena_new();
	const struct queue_message *m;
	size_t count;

	(void)state;
	assert_int_equal(receive(arena, "{'Messages':["
	    "{'MessageId':'m-1','ReceiptHandle':'r-1','MD5OfBody':'x','Body':'a\\u0000b',"
	    "'Attributes':{'ApproximateReceiveCount':'3','SentTimestamp':'1'}},"
	    "{'ReceiptHandle':'r-2'},"
	    "{'MessageId':'m-3','ReceiptHandle':'r-3','Body':'','Attributes':"
	    "{'ApproximateReceiveCount':'99999999999'}},"
	    "{'MessageId':'m-4','ReceiptHandle':'r-4','Body':7,'Attributes':"
	    "{'ApproximateReceiveCount':'many'}}]}", &m, &count), 0);
	assert_int_equal(count, 4);
	assert_string_equal(m[0].id, "m-1");
	assert_string_equal(m[0].receipt, "r-1");
	assert_int_equal(m[0].body_len, 3);
	assert_memory_equal(m[0].body, "a\0b", 3);
	assert_int_equal(m[0].receives, 3);
	assert_string_equal(m[1].receipt, "r-2");
	assert_string_equal(m[1].body, "");
	assert_int_equal(m[1].receives, 0);
	assert_int_equal(m[2].receives, 1000000);
	assert_int_equal(m[3].body_len, 0);
	assert_int_equal(m[3].receives, 0);
	arena_free(arena);
}

static void
test_empty_queue(void **state)
{
	struct arena *arena = arena_new();
	const struct queue_message *m;
	size_t count = 7;

	(void)state;
	assert_int_equal(receive(arena, "{}", &m, &count), 0);
	assert_int_equal(count, 0);
	assert_int_equal(receive(arena, "{'Messages':null}", &m, &count), 0);
	assert_int_equal(receive(arena, "{'Messages':[]}", &m, &count), 0);
	assert_int_equal(count, 0);
	arena_free(arena);
}

static void
test_unbelievable(void **state)
{
	static const char *const texts[] = {
		"{'Messages':{}}", "{'Messages':[1]}", "{'Messages':[{'MessageId':'m'}]}",
		"{'Messages':[{'ReceiptHandle':''}]}", "{'Messages':[{'ReceiptHandle':5}]}",
		"{'Messages':[{},{},{},{},{},{},{},{},{},{},{}]}",
	};
	struct arena *arena = arena_new();
	const struct queue_message *m = NULL;
	size_t count = 7;

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		assert_int_equal(receive(arena, texts[i], &m, &count), -1);
	assert_null(m);
	assert_int_equal(count, 7);
	arena_free(arena);
}

static void
test_deletions(void **state)
{
	struct arena *arena = arena_new();
	struct queue_deletion d[MESSAGES_MAX] = { { .why = "untouched" } };
	struct err err;

	(void)state;
	assert_int_equal(parse_delete_batch(arena, answer(arena, "{'Successful':[{'Id':'0'},{'Id':'9'}],"
	    "'Failed':[{'Id':'1','SenderFault':true,'Code':'ReceiptHandleIsInvalid','Message':'old'},"
	    "{'Id':'2','SenderFault':false,'Code':'InternalError'},{'Id':'x','Code':'y'}]}"), 4, d, &err),
	    0);
	assert_true(d[0].is_deleted);
	assert_string_equal(d[0].why, "");
	assert_true(!d[1].is_deleted && d[1].is_final);
	assert_string_equal(d[1].why, "ReceiptHandleIsInvalid: old");
	assert_true(!d[2].is_deleted && !d[2].is_final);
	assert_string_equal(d[2].why, "InternalError");
	assert_true(!d[3].is_deleted && !d[3].is_final);	/* not a word about it */
	assert_string_equal(d[3].why, "SQS does not say what became of it");
	assert_int_equal(parse_delete_batch(arena, answer(arena, "{}"), 1, d, &err), 0);
	assert_false(d[0].is_deleted);

	d[0].why = "untouched";
	assert_int_equal(parse_delete_batch(arena, answer(arena, "{'Successful':7}"), 1, d, &err), -1);
	assert_int_equal(parse_delete_batch(arena,
	    answer(arena, "{'Failed':[{'Id':'0','SenderFault':'yes'}]}"), 1, d, &err), -1);
	assert_string_equal(d[0].why, "untouched");
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_empty_queue),
		cmocka_unit_test(test_unbelievable),
		cmocka_unit_test(test_deletions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
