// SPDX-License-Identifier: GPL-2.0
/* The live view's keys. */
#include <string.h>

#include "top_parts.h"

static long page(const struct top *top)
{
	return top->page > 1 ? (long)top->page - 1 : 1;
}

/* False if @key is none that moves. */
static bool move(struct top *top, unsigned int key)
{
	switch (key) {
	case TOP_KEY_UP:
	case 'k':
		rows_move(top, -1);
		return true;
	case TOP_KEY_DOWN:
	case 'j':
		rows_move(top, 1);
		return true;
	case TOP_KEY_PAGE_UP:
		rows_move(top, -page(top));
		return true;
	case TOP_KEY_PAGE_DOWN:
		rows_move(top, page(top));
		return true;
	case TOP_KEY_HOME:
	case 'g':
		rows_move(top, -(long)top->row_count);
		return true;
	case TOP_KEY_END:
	case 'G':
		rows_move(top, (long)top->row_count);
		return true;
	case TOP_KEY_RIGHT:
	case '+':
		rows_expand(top);
		return true;
	case TOP_KEY_LEFT:
	case '-':
		rows_collapse(top);
		return true;
	default:
		return false;
	}
}

/* What is in the way goes first, the filter last. */
static void escape(struct top *top)
{
	if (top->pane) {
		top->pane = false;
		return;
	}
	*top->filter = '\0';
	rows_build(top);
}

/* False if @key is none that changes what is shown. */
static bool show(struct top *top, unsigned int key)
{
	switch (key) {
	case '?':
	case 'h':
	case TOP_KEY_HELP:
		top->help = true;
		return true;
	case TOP_KEY_ENTER:
		top->pane = !top->pane;
		top->pane_offset = 0;
		return true;
	case TOP_KEY_ESCAPE:
		escape(top);
		return true;
	case ']':
		top->pane_offset += top->pane_hidden ? 1 : 0;
		return true;
	case '[':
		top->pane_offset -= top->pane_offset ? 1 : 0;
		return true;
	case 's':
	case 'S':
		rows_sort(top, key == 's');
		return true;
	case 'c':
		top->full_path = !top->full_path;
		return true;
	case 'p':
		top->paused = !top->paused;
		return true;
	default:
		return false;
	}
}

/* False if @key asks nothing. */
static bool ask(struct top *top, unsigned int key)
{
	switch (key) {
	case '/':
		prompt_open(top, PROMPT_FILTER);
		return true;
	case 'd':
		prompt_open(top, PROMPT_INTERVAL);
		return true;
	case 'b':
		prompt_order(top, ORDER_BLOCK);
		return true;
	case 'u':
		prompt_order(top, ORDER_UNBLOCK);
		return true;
	case 'r':
		prompt_order(top, ORDER_RELEASE);
		return true;
	default:
		return false;
	}
}

enum top_effect top_key(struct top *top, unsigned int key)
{
	*top->message = '\0';
	if (key == TOP_KEY_REPAINT)
		return TOP_REPAINT;
	if (top->help) {
		top->help = false;
		return TOP_DRAW;
	}
	if (top->prompt)
		return prompt_key(top, key);
	if (key == 'q' || key == 'Q')
		return TOP_QUIT;
	if (key == ' ') {
		top->paused = false;
		return TOP_REFRESH;
	}
	if (!move(top, key) && !show(top, key) && !ask(top, key) && key < TOP_KEY_UP && key > ' ')
		top_answer(top, false, "this key has no meaning here; ? lists those that have");
	return TOP_DRAW;
}
