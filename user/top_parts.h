/* SPDX-License-Identifier: GPL-2.0 */
/* What the top_*.c files share. */
#ifndef RELAYTRAP_TOP_PARTS_H
#define RELAYTRAP_TOP_PARTS_H

#include "top.h"

/* top_rows.c */

/* Puts services and processes in order, as far as the filter lets them through, and finds the selected one again. */
void rows_build(struct top *top);
/* Moves the selection by so many rows. */
void rows_move(struct top *top, long by);
/* The selected service, or the one that the selected process belongs to; NULL if nothing is selected. */
const struct view_service *rows_service(const struct top *top);
struct top_memory *rows_memory(const struct top *top, const struct view_service *service);
void rows_expand(struct top *top);
void rows_collapse(struct top *top);
/* Orders by the next of the columns that are shown, or by the one before. */
void rows_sort(struct top *top, bool forward);

/* top_prompt.c */
void prompt_open(struct top *top, enum top_prompt prompt);
void prompt_order(struct top *top, enum order_kind kind);
enum top_effect prompt_key(struct top *top, unsigned int key);
/* Draws over the last rows of @frame. */
void prompt_draw(const struct top *top, struct frame *frame);

/* How a service's verdict shows: a sign, and a style. */
const char *verdict_sign(const struct view_service *service);
enum style verdict_style(const struct view_service *service);

/* Each draws from @row on; head_draw() returns how many rows it took. */
unsigned int head_draw(const struct top *top, struct frame *frame);
void table_draw(struct top *top, struct frame *frame, unsigned int row, unsigned int rows);
/* With no rows it only tells how many it would take. */
unsigned int pane_draw(struct top *top, struct frame *frame, unsigned int row, unsigned int rows);
void help_draw(const struct top *top, struct frame *frame);

/* Writes @text from the pen's column on, word by word, in as many rows as it takes; returns the row after. */
unsigned int wrap_draw(struct pen pen, enum style style, const char *text);

/* "93.1", "1.2K" */
void format_rate(char text[24], double rate);

/* Events per second of what grew from @before to @after. */
double view_rate(const struct view *view, __u64 before, __u64 after);

#endif
