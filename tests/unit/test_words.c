// SPDX-License-Identifier: GPL-2.0
#include "common.h"

#include "words.h"

static int add(struct words *words, const char *word)
{
	struct error error;

	return words_add(words, word, strlen(word), &error);
}

static void words_come_back_in_order_each_once(void **state)
{
	static const char *const expected[] = {"one", "", "two"};
	struct words words = {0};
	size_t seen = 0;

	(void)state;
	assert_null(words_next(&words, NULL));
	assert_int_equal(add(&words, "one"), 0);
	assert_int_equal(add(&words, ""), 0);
	assert_int_equal(add(&words, "two"), 0);
	assert_int_equal(add(&words, "one"), 0);
	assert_int_equal(words.count, 3);
	for (const char *word = words_next(&words, NULL); word; word = words_next(&words, word))
		assert_string_equal(word, expected[seen++]);
	assert_int_equal(seen, 3);
}

static void a_part_of_a_word_is_another_word(void **state)
{
	struct words words = {0};

	(void)state;
	add(&words, "eth10");
	add(&words, "eth1");
	assert_int_equal(words.count, 2);
}

/* The last word that fits, and the first that does not. */
static void a_full_list_says_so_and_stays_as_it_was(void **state)
{
	static struct words words, before;
	char word[WORDS_SIZE];
	struct error error;

	(void)state;
	memset(word, 'x', sizeof(word));
	assert_int_equal(words_add(&words, word, WORDS_SIZE, &error), -1);
	assert_int_equal(words_add(&words, word, WORDS_SIZE - 2, &error), 0);
	before = words;
	assert_int_equal(words_add(&words, "y", 1, &error), -1);
	assert_contains(error.text, "8192");
	assert_memory_equal(&words, &before, sizeof(words));
	assert_int_equal(words_add(&words, "", 0, &error), 0);
	assert_int_equal(words.used, WORDS_SIZE);
	assert_int_equal(words_add(&words, "z", 1, &error), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_come_back_in_order_each_once),
		cmocka_unit_test(a_part_of_a_word_is_another_word),
		cmocka_unit_test(a_full_list_says_so_and_stays_as_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
