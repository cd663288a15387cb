// SPDX-License-Identifier: GPL-2.0
#include "common.h"

#include <stdbool.h>

#include "text.h"

struct example {
	const char *source;
	const char *shown;
};

static void check_shown(const struct example *cases, size_t count, bool utf8)
{
	char text[256];

	for (size_t i = 0; i < count; i++) {
		size_t length =
			text_printable(text, sizeof(text), cases[i].source, strlen(cases[i].source), utf8);

		assert_string_equal(text, cases[i].shown);
		assert_int_equal(length, strlen(text));
	}
}

static void ascii(void **state)
{
	static const struct example cases[] = {
		{"", ""},
		{"nginx", "nginx"},
		{"a b~!\"#$%&'()*+,-./:;<=>?@[]^_`{|}", "a b~!\"#$%&'()*+,-./:;<=>?@[]^_`{|}"},
		{"\\", "\\\\"},
		{"\\x1b", "\\\\x1b"},
		{"\033[2J", "\\x1b[2J"},
		{"a\nb\tc\rd", "a\\x0ab\\x09c\\x0dd"},
		{"\x01\x1f\x7f", "\\x01\\x1f\\x7f"},
	};

	(void)state;
	check_shown(cases, ARRAY_SIZE(cases), false);
	check_shown(cases, ARRAY_SIZE(cases), true);
}

static void a_nul_is_a_byte_like_others(void **state)
{
	char text[32];

	(void)state;
	assert_int_equal(text_printable(text, sizeof(text), "a\0b", 3, true), 6);
	assert_string_equal(text, "a\\x00b");
}

static void without_utf8_all_beyond_ascii_is_escaped(void **state)
{
	static const struct example cases[] = {
		{"caf\xc3\xa9", "caf\\xc3\\xa9"},
		{"\xe2\x82\xac", "\\xe2\\x82\\xac"},
		{"\x9b\x33", "\\x9b3"}, /* CSI in one byte */
		{"\xff", "\\xff"},
	};

	(void)state;
	check_shown(cases, ARRAY_SIZE(cases), false);
}

static void utf8_characters_pass(void **state)
{
	static const struct example cases[] = {
		{"\xc2\xa0", "\xc2\xa0"},                 /* U+00A0, the first after the controls */
		{"\xc3\xa9", "\xc3\xa9"},                 /* U+00E9 */
		{"\xdf\xbf", "\xdf\xbf"},                 /* U+07FF */
		{"\xe0\xa0\x80", "\xe0\xa0\x80"},         /* U+0800 */
		{"\xe2\x82\xac", "\xe2\x82\xac"},         /* U+20AC */
		{"\xed\x9f\xbf", "\xed\x9f\xbf"},         /* U+D7FF, the last before the surrogates */
		{"\xee\x80\x80", "\xee\x80\x80"},         /* U+E000 */
		{"\xf0\x90\x80\x80", "\xf0\x90\x80\x80"}, /* U+10000 */
		{"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"}, /* U+1F600 */
		{"a\xe6\x97\xa5z", "a\xe6\x97\xa5z"},
	};

	(void)state;
	check_shown(cases, ARRAY_SIZE(cases), true);
}

static void malformed_utf8_is_escaped(void **state)
{
	static const struct example cases[] = {
		{"\x80", "\\x80"},
		{"\xbf", "\\xbf"},
		{"\xc0\x80", "\\xc0\\x80"},                            /* NUL in two bytes */
		{"\xc1\xbf", "\\xc1\\xbf"},                            /* ASCII in two */
		{"\xc0\x9b", "\\xc0\\x9b"},                            /* ESC in two */
		{"\xe0\x80\x80", "\\xe0\\x80\\x80"},                   /* in three */
		{"\xe0\x9f\xbf", "\\xe0\\x9f\\xbf"},                   /* U+07FF in three */
		{"\xf0\x8f\xbf\xbf", "\\xf0\\x8f\\xbf\\xbf"},          /* U+FFFF in four */
		{"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},          /* U+110000 */
		{"\xf5\x80\x80\x80", "\\xf5\\x80\\x80\\x80"},          /* no such lead byte */
		{"\xf8\x88\x80\x80\x80", "\\xf8\\x88\\x80\\x80\\x80"}, /* five bytes */
		{"\xfe\xff", "\\xfe\\xff"},
		{"\xed\xa0\x80", "\\xed\\xa0\\x80"}, /* U+D800 */
		{"\xed\xbf\xbf", "\\xed\\xbf\\xbf"}, /* U+DFFF */
		{"\xc3", "\\xc3"},
		{"\xe2\x82", "\\xe2\\x82"},
		{"\xf0\x9f\x98", "\\xf0\\x9f\\x98"},
		{"\xc3(", "\\xc3("},
		{"\xe2\x82(", "\\xe2\\x82("},
		{"\xe2\xc3\xa9", "\\xe2\xc3\xa9"}, /* the whole one after the broken one passes */
		{"\xc3\xc3\xa9", "\\xc3\xc3\xa9"},
		{"\xc3\xa9\xa9", "\xc3\xa9\\xa9"},
	};

	(void)state;
	check_shown(cases, ARRAY_SIZE(cases), true);
}

/* U+0080 and beyond in UTF-8, by the definition. */
static void encode(char text[5], unsigned int character)
{
	size_t length = character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;

	text[length] = '\0';
	for (size_t i = length - 1; i > 0; i--, character >>= 6)
		text[i] = (char)(0x80 | (character & 0x3f));
	text[0] = (char)((0xf00 >> length & 0xff) | character);
}

static bool passes(unsigned int character)
{
	char source[5], text[32];

	encode(source, character);
	text_printable(text, sizeof(text), source, strlen(source), true);
	if (!strcmp(text, source))
		return true;
	assert_int_equal(strlen(text), 4 * strlen(source)); /* all of it is escaped, or nothing */
	for (size_t i = 0; text[i]; i++)
		assert_in_range(text[i], ' ', '~');
	return false;
}

static void unseen_characters_are_escaped(void **state)
{
	static const unsigned int cases[] = {
		0x80,    0x85,     0x9b,    0x9f,   /* C1 controls: next line, CSI */
		0xad,                               /* soft hyphen */
		0x61c,   0x200e,   0x200f,          /* marks of direction */
		0x202a,  0x202b,   0x202c,  0x202d, /* embeddings and overrides of it */
		0x202e,  0x2066,   0x2067,  0x2068, /* isolates */
		0x2069,  0x2028,   0x2029,          /* separators of lines and paragraphs */
		0x180e,  0x200b,   0x200d,  0x2060, /* of no width */
		0x115f,  0x3164,   0xffa0,          /* Hangul fillers */
		0xfe00,  0xfe0f,   0xe0100,         /* variation selectors */
		0xfeff,  0xfff9,                    /* byte order mark, interlinear annotation */
		0xfffe,  0x1ffff,  0xfdd0,          /* no characters */
		0xe0041, 0x10ffff,                  /* a tag; the very last */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (passes(cases[i]))
			fail_msg("U+%04X passes", cases[i]);
}

static void neighbours_of_unseen_characters_pass(void **state)
{
	static const unsigned int cases[] = {0xa0,   0xac,    0xae,    0x61b,  0x61d,  0x200a, 0x2010,
					     0x2027, 0x202f,  0x205f,  0x2070, 0x3163, 0x3165, 0xfdcf,
					     0xfdf0, 0xfe10,  0xfefe,  0xff00, 0xff9f, 0xffa1, 0xfffc,
					     0xfffd, 0x10000, 0xdfffd, 0xe1000};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (!passes(cases[i]))
			fail_msg("U+%04X is escaped", cases[i]);
}

/* @longest: what fits a big buffer; @cuts: where it may end. */
static void check_cuts(const char *source, const char *longest, const size_t *cuts, size_t count)
{
	for (size_t size = 1; size <= strlen(longest) + 2; size++) {
		char *text = malloc(size); /* so that the sanitizer sees its end */
		size_t expected = 0, length;

		for (size_t i = 0; i < count && cuts[i] < size; i++)
			expected = cuts[i];
		length = text_printable(text, size, source, strlen(source), true);
		assert_int_equal(length, expected);
		assert_int_equal(strlen(text), expected);
		assert_memory_equal(text, longest, expected);
		free(text);
	}
}

static void nothing_is_cut_in_the_middle(void **state)
{
	static const size_t cuts[] = {1, 3, 7, 9, 12, 16, 17};

	(void)state;
	check_cuts("a\\\x1b\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z",
		   "a\\\\\\x1b\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z", cuts, ARRAY_SIZE(cuts));
}

static void what_follows_a_piece_too_long_is_left_off_too(void **state)
{
	char text[4];

	(void)state;
	assert_int_equal(text_printable(text, sizeof(text), "a\nb", 3, false), 1);
	assert_string_equal(text, "a");
}

static void no_room_at_all_is_left_alone(void **state)
{
	char text = 'x';

	(void)state;
	assert_int_equal(text_printable(&text, 0, "abc", 3, false), 0);
	assert_int_equal(text, 'x');
}

static void nothing_beyond_the_length_is_read(void **state)
{
	char *source = malloc(2), text[32];

	(void)state;
	source[0] = '\xe2'; /* a third byte would make it whole */
	source[1] = '\x82';
	text_printable(text, sizeof(text), source, 2, true);
	assert_string_equal(text, "\\xe2\\x82");
	free(source);
}

/* Undoes the escapes; returns the length. */
static size_t source_of(char *source, const char *text)
{
	size_t length = 0;

	for (; *text; text++) {
		if (*text != '\\') {
			source[length++] = *text;
		} else if (*++text == '\\') {
			source[length++] = '\\';
		} else {
			char digits[3] = {text[1], text[2], '\0'};

			source[length++] = strtol(digits, NULL, 16);
			text += 2;
		}
	}
	return length;
}

static void any_bytes_can_be_told_from_their_text(void **state)
{
	static const char dull[] = {'\\',   'x',    '\xc3', '\xa9', '\xe2',
				    '\x80', '\xae', '\xf0', '\x9f', '\x98'};
	char source[24], text[4 * sizeof(source) + 1], back[sizeof(text)];

	(void)state;
	srandom(1);
	for (int round = 0; round < 50000; round++) {
		size_t length = random() % sizeof(source);

		for (size_t i = 0; i < length; i++)
			source[i] = random() % 2 ? random() : dull[random() % (sizeof(dull))];
		text_printable(text, sizeof(text), source, length, round % 2);
		assert_int_equal(source_of(back, text), length);
		assert_memory_equal(source, back, length);
	}
}

static void errors_quote_short_texts_whole(void **state)
{
	char shown[TEXT_SHOWN];

	(void)state;
	assert_string_equal(text_shown(shown, ""), "");
	assert_ptr_equal(text_shown(shown, "blue\n"), shown);
	assert_string_equal(shown, "blue\\x0a");
	assert_string_equal(text_shown(shown, "caf\xc3\xa9"), "caf\\xc3\\xa9");
}

static void errors_quote_the_start_of_long_texts(void **state)
{
	char shown[TEXT_SHOWN], text[200], fill[] = "a\x1b";

	(void)state;
	for (size_t f = 0; fill[f]; f++)
		for (size_t length = 0; length < sizeof(text); length++) {
			size_t whole = length * (f ? 4 : 1);

			memset(text, fill[f], length);
			text[length] = '\0';
			text_shown(shown, text);
			assert_int_equal(!!strstr(shown, "..."), whole > TEXT_SHOWN - 1);
			assert_in_range(strlen(shown), whole < 60 ? whole : 60, TEXT_SHOWN - 1);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ascii),
		cmocka_unit_test(a_nul_is_a_byte_like_others),
		cmocka_unit_test(without_utf8_all_beyond_ascii_is_escaped),
		cmocka_unit_test(utf8_characters_pass),
		cmocka_unit_test(malformed_utf8_is_escaped),
		cmocka_unit_test(unseen_characters_are_escaped),
		cmocka_unit_test(neighbours_of_unseen_characters_pass),
		cmocka_unit_test(nothing_is_cut_in_the_middle),
		cmocka_unit_test(what_follows_a_piece_too_long_is_left_off_too),
		cmocka_unit_test(no_room_at_all_is_left_alone),
		cmocka_unit_test(nothing_beyond_the_length_is_read),
		cmocka_unit_test(any_bytes_can_be_told_from_their_text),
		cmocka_unit_test(errors_quote_short_texts_whole),
		cmocka_unit_test(errors_quote_the_start_of_long_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
