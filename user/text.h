/* SPDX-License-Identifier: GPL-2.0 */
/* Text that others may have chosen (names of processes, paths), made fit to print. Pure. */
#ifndef RELAYTRAP_TEXT_H
#define RELAYTRAP_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Writes @len bytes of @src to @dst (@size bytes, the closing NUL included) so that they cannot steer
 * a terminal or disguise themselves: printable ASCII stands for itself, a backslash is doubled,
 * other bytes become \xNN. With @utf8 (the reader's locale is UTF-8) characters beyond ASCII stand
 * for themselves too, unless malformed, a control, or invisible (bidi and other format characters,
 * fillers, line separators). What does not fit is left off, never half an escape or half a
 * character. No two sources give the same complete text. Returns the length written.
 */
size_t text_printable(char *dst, size_t size, const char *src, size_t len, bool utf8);

/*
 * The same in ASCII of at most @length bytes, which end with the first NUL. What is longer than @size allows
 * ends with a mark, '+'. Returns the length written.
 */
size_t text_fitting(char *dst, size_t size, const char *src, size_t length);

/*
 * @text as an error message quotes it: printable ASCII, "..." at the end if it was too long.
 * Returns @shown.
 */
#define TEXT_SHOWN 80
const char *text_shown(char shown[TEXT_SHOWN], const char *text);

#endif
