// SPDX-License-Identifier: GPL-2.0
/* The grid that screens are drawn in, and the last minute as a line of sparks. */
#include "common.h"

#include "frame.h"
#include "spark.h"

static const char *row_text(const struct frame *frame, unsigned int row)
{
	static char text[1024];
	char *end = text;

	for (unsigned int i = 0; i < frame->columns; i++)
		end = stpcpy(end, frame->cells[row * frame->columns + i].glyph);
	return text;
}

static struct frame made(unsigned int rows, unsigned int columns)
{
	struct frame frame = {0};
	struct error error;

	assert_int_equal(frame_resize(&frame, rows, columns, &error), 0);
	return frame;
}

static void what_does_not_fit_is_dropped(void **state)
{
	struct frame frame = made(2, 5);
	struct pen pen = frame_pen(&frame, 0);

	(void)state;
	pen_put(&pen, STYLE_PLAIN, "1234567");
	assert_string_equal(row_text(&frame, 0), "12345");
	assert_string_equal(row_text(&frame, 1), "     ");
	pen = frame_pen(&frame, 1);
	pen.end = 3;
	pen_put(&pen, STYLE_PLAIN, "1234567");
	assert_string_equal(row_text(&frame, 1), "123  ");
	pen = frame_pen(&frame, 7);
	pen_put(&pen, STYLE_PLAIN, "nowhere");
	pen_go(&pen, STYLE_PLAIN, 100);
	frame_select(&frame, 9);
	frame_free(&frame);
}

static void places_in_a_row(void **state)
{
	struct frame frame = made(1, 12);
	struct pen pen = frame_pen(&frame, 0);

	(void)state;
	pen_put(&pen, STYLE_PLAIN, "a");
	pen_go(&pen, STYLE_BOLD, 3);
	pen_right(&pen, STYLE_PLAIN, 4, "12");
	pen_printf(&pen, STYLE_ALARM, "%d|", 345);
	assert_string_equal(row_text(&frame, 0), "a    12345| ");
	assert_int_equal(frame.cells[1].style, STYLE_BOLD);
	assert_int_equal(frame.cells[7].style, STYLE_ALARM);
	frame_select(&frame, 0);
	assert_true(frame.cells[0].selected && frame.cells[11].selected);
	frame_clear(&frame);
	assert_string_equal(row_text(&frame, 0), "            ");
	assert_false(frame.cells[0].selected);
	frame_free(&frame);
}

/* Each character takes one cell; what is none, or steers a terminal, is a question mark. */
static void characters(void **state)
{
	struct frame frame = made(1, 8);
	struct pen pen = frame_pen(&frame, 0);

	(void)state;
	pen_put(&pen, STYLE_PLAIN, "\u2581\u00b7x\xff\x1b\xe2\x96");
	assert_string_equal(row_text(&frame, 0), "\u2581\u00b7x???? ");
	assert_int_equal(text_columns("\u2581\u00b7x"), 3);
	frame_free(&frame);
}

static void a_minute_second_by_second(void **state)
{
	struct minute minute = {0};
	char text[SPARK_SIZE];

	(void)state;
	spark_draw(text, &minute, 5, glyphs_for(false));
	assert_string_equal(text, "     ");
	minute_add(&minute, 1000, 7);
	minute_add(&minute, 1001, 0);
	minute_add(&minute, 1001, 3.5);
	minute_add(&minute, 1001, 1);
	minute_add(&minute, 1003, 0.01);
	assert_int_equal(minute.known, 4);
	assert_true(minute_peak(&minute) == 7);
	spark_draw(text, &minute, MINUTE, glyphs_for(false));
	assert_string_equal(text + MINUTE - 6, "  #=..");
	minute_add(&minute, 1004, 0);
	spark_draw(text, &minute, 100, glyphs_for(false));
	assert_int_equal(strlen(text), MINUTE);
	assert_string_equal(text + MINUTE - 6, " #=.._");
}

/* In less room no peak is lost. */
static void sparks_in_less_room(void **state)
{
	struct minute minute = {0};
	char text[SPARK_SIZE];

	(void)state;
	for (unsigned int second = 1; second <= MINUTE; second++)
		minute_add(&minute, second, second == 31 ? 10 : 0);
	for (unsigned int width = 1; width <= MINUTE; width++) {
		spark_draw(text, &minute, width, glyphs_for(false));
		assert_int_equal(strlen(text), width);
		assert_non_null(strchr(text, '#'));
	}
	spark_draw(text, &minute, 4, glyphs_for(true));
	assert_string_equal(text, "\u2581\u2581\u2588\u2581");
}

static void gaps_and_clocks(void **state)
{
	struct minute minute = {0};

	(void)state;
	minute_add(&minute, 10, 1);
	minute_add(&minute, 1000, 2);
	assert_int_equal(minute.known, MINUTE);
	assert_true(minute.values[0] == 2);
	minute_add(&minute, 500, 3);
	assert_int_equal(minute.known, 1);
	minute_add(&minute, ~0ULL, 4);
	assert_true(minute.values[MINUTE - 1] == 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_does_not_fit_is_dropped),
		cmocka_unit_test(places_in_a_row),
		cmocka_unit_test(characters),
		cmocka_unit_test(a_minute_second_by_second),
		cmocka_unit_test(sparks_in_less_room),
		cmocka_unit_test(gaps_and_clocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
