/* SPDX-License-Identifier: GPL-2.0 */
/* One error, in words: the cause and the way out. */
#ifndef RELAYTRAP_ERROR_H
#define RELAYTRAP_ERROR_H

struct error {
	char text[512];
};

/*
 * Writes the reason into @error and returns -1, so that a caller can say
 * `return fail(error, "...")`. The text has no trailing newline and no program name.
 */
int fail(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
