// SPDX-License-Identifier: GPL-2.0
#include "nearest.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Longer names are not compared; the longest in use has about 20 letters. */
#define NAME_MAX_LENGTH 31

static char plain(char letter)
{
	if (letter == '_')
		return '-';
	return letter >= 'A' && letter <= 'Z' ? letter - 'A' + 'a' : letter;
}

static unsigned int least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/* Edits that turn @a into @b, swaps of neighbours included; row by row over the prefixes of @a. */
static unsigned int distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
	unsigned int rows[3][NAME_MAX_LENGTH + 1];

	for (size_t j = 0; j <= b_length; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a_length; i++) {
		unsigned int *row = rows[i % 3], *above = rows[(i + 2) % 3], *second = rows[(i + 1) % 3];

		row[0] = i;
		for (size_t j = 1; j <= b_length; j++) {
			bool same = plain(a[i - 1]) == plain(b[j - 1]);

			row[j] = least(above[j - 1] + !same, least(above[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && plain(a[i - 1]) == plain(b[j - 2]) &&
			    plain(a[i - 2]) == plain(b[j - 1]))
				row[j] = least(row[j], second[j - 2] + 1);
		}
	}
	return rows[a_length % 3][b_length];
}

void nearest_start(struct nearest *nearest, const char *typed)
{
	*nearest = (struct nearest){.typed = typed};
}

void nearest_offer(struct nearest *nearest, const char *name)
{
	size_t typed_length = strlen(nearest->typed), length = strlen(name);
	unsigned int cost;

	if (typed_length > NAME_MAX_LENGTH || length > NAME_MAX_LENGTH)
		return;
	cost = distance(nearest->typed, typed_length, name, length);
	if (cost > (length + 2) / 3 || (nearest->name && cost >= nearest->cost))
		return;
	nearest->name = name;
	nearest->cost = cost;
}
