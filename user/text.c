// SPDX-License-Identifier: GPL-2.0
#include "text.h"

#include <stdio.h>
#include <string.h>

/* Longest piece that is written whole or not at all: a character, or one \xNN. */
#define PIECE_SIZE 5

struct range {
	unsigned int first;
	unsigned int last;
};

/*
 * Characters beyond ASCII that a reader cannot see, or that rearrange what he sees: controls,
 * format characters (Unicode's Cf), separators of lines and paragraphs, and whatever else is
 * ignorable by default (fillers, joiners, variation selectors, tags). Sorted.
 */
static const struct range unseen[] = {
	{0x80, 0x9f},       {0xad, 0xad},       {0x34f, 0x34f},     {0x600, 0x605},     {0x61c, 0x61c},
	{0x6dd, 0x6dd},     {0x70f, 0x70f},     {0x890, 0x891},     {0x8e2, 0x8e2},     {0x115f, 0x1160},
	{0x17b4, 0x17b5},   {0x180b, 0x180f},   {0x200b, 0x200f},   {0x2028, 0x202e},   {0x2060, 0x206f},
	{0x3164, 0x3164},   {0xfdd0, 0xfdef},   {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},   {0xffa0, 0xffa0},
	{0xfff0, 0xfffb},   {0x110bd, 0x110bd}, {0x110cd, 0x110cd}, {0x13430, 0x1343f}, {0x1bca0, 0x1bca3},
	{0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
};

static bool is_unseen(unsigned int character)
{
	if ((character & 0xfffe) == 0xfffe) /* the last two of each plane are no characters */
		return true;
	for (size_t i = 0; i < sizeof(unseen) / sizeof(unseen[0]); i++)
		if (character <= unseen[i].last)
			return character >= unseen[i].first;
	return false;
}

/* Bytes in the UTF-8 sequence that @lead starts, 0 if it starts none (ASCII included). */
static size_t sequence_length(unsigned char lead)
{
	if (lead >= 0xc2 && lead <= 0xdf)
		return 2;
	if (lead >= 0xe0 && lead <= 0xef)
		return 3;
	return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

/* Length of the well-formed character beyond ASCII at @src if it may be shown, else 0. */
static size_t visible_length(const unsigned char *src, size_t len)
{
	static const unsigned int smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t length = sequence_length(src[0]);
	unsigned int character;

	if (!length || length > len)
		return 0;
	character = src[0] & (0x7f >> length);
	for (size_t i = 1; i < length; i++) {
		if ((src[i] & 0xc0) != 0x80)
			return 0;
		character = character << 6 | (src[i] & 0x3f);
	}
	if (character < smallest[length] || character > 0x10ffff ||
	    (character >= 0xd800 && character <= 0xdfff))
		return 0;
	return is_unseen(character) ? 0 : length;
}

/* Writes what stands for the start of @src to @piece; returns how many bytes of @src it stands for. */
static size_t make_piece(char piece[PIECE_SIZE], const unsigned char *src, size_t len, bool utf8)
{
	size_t length = utf8 ? visible_length(src, len) : 0;

	if (length) {
		memcpy(piece, src, length);
		piece[length] = '\0';
		return length;
	}
	if (*src == '\\')
		snprintf(piece, PIECE_SIZE, "\\\\");
	else if (*src >= ' ' && *src <= '~')
		snprintf(piece, PIECE_SIZE, "%c", *src);
	else
		snprintf(piece, PIECE_SIZE, "\\x%02x", *src);
	return 1;
}

size_t text_printable(char *dst, size_t size, const char *src, size_t len, bool utf8)
{
	const unsigned char *bytes = (const unsigned char *)src;
	size_t written = 0;

	if (!size)
		return 0;
	while (len) {
		char piece[PIECE_SIZE];
		size_t taken = make_piece(piece, bytes, len, utf8);
		size_t length = strlen(piece);

		if (length >= size - written)
			break;
		memcpy(dst + written, piece, length);
		written += length;
		bytes += taken;
		len -= taken;
	}
	dst[written] = '\0';
	return written;
}

const char *text_shown(char shown[TEXT_SHOWN], const char *text)
{
	char start[TEXT_SHOWN + PIECE_SIZE - 1]; /* whatever is too long for @shown fills that */
	size_t length = strlen(text);

	if (text_printable(start, sizeof(start), text, length, false) < TEXT_SHOWN) {
		strcpy(shown, start);
	} else {
		length = text_printable(shown, TEXT_SHOWN - 3, text, length, false);
		strcpy(shown + length, "...");
	}
	return shown;
}

#define FITTING_MOST 256

size_t text_fitting(char *dst, size_t size, const char *src, size_t length)
{
	char whole[4 * FITTING_MOST + 1];
	size_t got = strnlen(src, length);
	bool cut = got > FITTING_MOST;

	got = text_printable(whole, sizeof(whole), src, cut ? FITTING_MOST : got, false);
	if (got > size - 1) {
		cut = true;
		got = size - 1;
	}
	memcpy(dst, whole, got);
	dst[got] = '\0';
	if (cut && got)
		dst[got - 1] = '+';
	return got;
}
