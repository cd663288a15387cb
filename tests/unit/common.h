/* SPDX-License-Identifier: GPL-2.0 */
/* What most unit tests include, in the order that cmocka asks for, and checks it lacks. */
#ifndef RELAYTRAP_TESTS_COMMON_H
#define RELAYTRAP_TESTS_COMMON_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* cmocka's macro would stand in the way of user/error.h. */
#undef fail
#undef fail_msg
#define fail_msg(...) (print_error(__VA_ARGS__), print_error("\n"), _fail(__FILE__, __LINE__))

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* Fails, and shows both, unless @part stands in @text. */
#define assert_contains(text, part) check_contains(text, part, 1, __FILE__, __LINE__)
#define assert_lacks(text, part) check_contains(text, part, 0, __FILE__, __LINE__)

static inline void check_contains(const char *text, const char *part, _Bool wanted, const char *file,
				  int line)
{
	if (!strstr(text, part) != wanted)
		return;
	print_error("\"%s\"\n%s: \"%s\"\n", text, wanted ? "lacks" : "contains", part);
	_fail(file, line);
}

/* Cuts @line into its words, one blank apart; returns how many. @words ends with NULL. */
#define MAX_WORDS 16

static inline int split_words(char *words[MAX_WORDS + 1], char *line)
{
	int count = 0;

	while (line && count < MAX_WORDS)
		words[count++] = strsep(&line, " ");
	words[count] = NULL;
	return count;
}

#endif
