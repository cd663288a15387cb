/* SPDX-License-Identifier: GPL-2.0 */
/* A short list of short texts, such as a repeatable setting holds. A plain value: it may be copied. Pure. */
#ifndef RELAYTRAP_WORDS_H
#define RELAYTRAP_WORDS_H

#include <stddef.h>

#include "error.h"

#define WORDS_SIZE 8192

struct words {
	char text[WORDS_SIZE]; /* one after the other, each with its NUL */
	size_t used;
	size_t count;
};

/* Adds @length bytes of @word, none of them a NUL, unless it is there already. Fails when there is no room. */
int words_add(struct words *words, const char *word, size_t length, struct error *error);

/* The word after @word, the first one after NULL; NULL when there is none. */
const char *words_next(const struct words *words, const char *word);

#endif
