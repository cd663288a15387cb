/* SPDX-License-Identifier: GPL-2.0 */
/* The figures of a service: as columns where they fit, else as words. Pure. */
#ifndef RELAYTRAP_TABLE_COLUMNS_H
#define RELAYTRAP_TABLE_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "units.h"
#include "view.h"

#define FIGURES_MAX 24
#define FIGURE_SIZE 64

/* The widest left part: a label and ports. */
#define LEFT_MOST 56

/* Which columns a table of a certain width has. */
struct columns {
	bool shown[FIGURES_MAX]; /* of each figure */
	unsigned int left; /* columns of text before the first of them: names and ports, or pid and user */
};

/* Chooses columns for lines of @width, 0 = as many as it takes, with @left_wanted before them. */
void columns_choose(struct columns *columns, const struct view *view, unsigned int width,
		    unsigned int left_wanted);

/* How many columns before the first figure show each label and its ports whole, within reason. */
unsigned int columns_left(const struct view *view);

/* The ports of @service: "6515-6516,8080". */
void columns_ports(char *text, size_t size, const struct view_service *service);

/*
 * Writes label and ports of @service to @text (@size bytes, more than @width) in @width columns. One port
 * always shows whole; more take what the label leaves, or half.
 */
void columns_name(char *text, size_t size, unsigned int width, const struct view_service *service);

/* Each writes to @text (@size bytes) what follows the left part, and returns the length. */
size_t columns_titles(char *text, size_t size, const struct columns *columns);
size_t columns_service(char *text, size_t size, const struct columns *columns, const struct view *view,
		       const struct view_service *service);
/* A process has only some of the figures; room for its program begins at the returned length. */
size_t columns_process(char *text, size_t size, const struct view_process *process);
/* The title of the place that columns_process() leaves. */
size_t columns_process_titles(char *text, size_t size);

/*
 * The figure at @index of @service, which has no column, in words: "12 mail". False if there is
 * nothing to say; @index goes from 0 to figures_count() - 1.
 */
bool figure_in_words(char text[FIGURE_SIZE], size_t index, const struct columns *columns,
		     const struct view *view, const struct view_service *service);
size_t figures_count(void);

/* For who places the columns itself. The title of the figure at @index, NULL if it never has a column. */
const char *figure_title(size_t index);
bool figure_is_verdict(size_t index);
unsigned int figure_width(size_t index, const struct view *view);
void figure_format(char text[UNITS_TEXT], size_t index, const struct view *view,
		   const struct view_service *service);
/* What its services are put in order by, the greatest first; of the verdict its urgency. */
double figure_value(size_t index, const struct view *view, const struct view_service *service);

#endif
