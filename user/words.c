// SPDX-License-Identifier: GPL-2.0
#include "words.h"

#include <string.h>

int words_add(struct words *words, const char *word, size_t length, struct error *error)
{
	for (const char *known = words_next(words, NULL); known; known = words_next(words, known))
		if (strlen(known) == length && !memcmp(known, word, length))
			return 0;
	if (length >= sizeof(words->text) - words->used)
		return fail(error, "the list is longer than %zu bytes", sizeof(words->text));
	memcpy(words->text + words->used, word, length);
	words->text[words->used + length] = '\0';
	words->used += length + 1;
	words->count++;
	return 0;
}

const char *words_next(const struct words *words, const char *word)
{
	const char *next = word ? word + strlen(word) + 1 : words->text;

	return next < words->text + words->used ? next : NULL;
}
