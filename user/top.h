/* SPDX-License-Identifier: GPL-2.0 */
/* The live view without its terminal: keys and views come in, frames and orders go out. Pure. */
#ifndef RELAYTRAP_TOP_H
#define RELAYTRAP_TOP_H

#include "error.h"
#include "frame.h"
#include "spark.h"
#include "view.h"

/* Keys that are no characters; those stand for themselves. */
enum top_key {
	TOP_KEY_ENTER = '\n',
	TOP_KEY_ESCAPE = 0x1b,
	TOP_KEY_REPAINT = 0x0c, /* Ctrl-L */
	TOP_KEY_ERASE = 0x7f,
	TOP_KEY_UP = 0x110000, /* beyond Unicode */
	TOP_KEY_DOWN,
	TOP_KEY_LEFT,
	TOP_KEY_RIGHT,
	TOP_KEY_PAGE_UP,
	TOP_KEY_PAGE_DOWN,
	TOP_KEY_HOME,
	TOP_KEY_END,
	TOP_KEY_HELP,
	TOP_KEY_OTHER, /* one that nothing is done for */
};

/* What a key asks of the caller. */
enum top_effect {
	TOP_DRAW,    /* only to draw again */
	TOP_REPAINT, /* the same, and not to rely on what the terminal shows */
	TOP_REFRESH, /* new figures at once */
	TOP_OBEY,    /* to carry out top.order, and to call top_answer() */
	TOP_QUIT,
};

enum order_kind {
	ORDER_BLOCK,
	ORDER_UNBLOCK,
	ORDER_RELEASE,
};

#define ORDER_PORTS 64

/* Something that a person asked for and confirmed. */
struct order {
	enum order_kind kind;
	__u16 ports[ORDER_PORTS]; /* to block or unblock */
	size_t port_count;
	__u32 slot; /* of the service that was selected; its birth */
	__u64 birth;
	char label[RT_LABEL_LEN]; /* raw bytes */
};

/* "port 6515", or "ports 6515-6516,8080". */
void order_ports(char *text, size_t size, const struct order *order);

/* Where it runs. */
struct top_place {
	char host[65]; /* raw bytes */
	char kernel[65];
	bool joined; /* a running instance; else it watches by itself */
	bool utf8;   /* the terminal shows more than ASCII */
};

enum top_prompt {
	PROMPT_NONE,
	PROMPT_FILTER,
	PROMPT_INTERVAL,
	PROMPT_ORDER,
};

enum top_series {
	SERIES_ACCEPTS,  /* per second */
	SERIES_CONNECTS, /* per second */
	SERIES_FAN_OUT,
	SERIES_BYTES, /* per second */
	TOP_SERIES
};

/* What is kept of a service from one view to the next. */
struct top_memory {
	__u64 birth;
	bool expanded;
	struct minute minutes[TOP_SERIES];
};

/* A line of the table: a service, or one of its processes. */
#define ROW_SERVICE (~0U)

struct top_row {
	__u32 service; /* index in view->services */
	__u32 process; /* index in its processes, or ROW_SERVICE */
};

/* A row as it is found again in another view. */
struct top_choice {
	__u32 slot;
	__u64 birth;
	__u32 pid; /* 0 = the service itself */
	__u64 start_time;
};

#define TOP_TEXT 64
#define SORT_NAME (-1)

struct top {
	struct top_place place;
	const struct glyphs *glyphs;
	const struct view *view; /* borrowed until the next top_take() */
	char time[32];
	__u64 interval; /* ns; a person may change it */
	bool paused;

	struct top_memory **memories; /* by slot */
	size_t memory_count;
	struct minute dropped; /* packets per second, by the guard; in dry-run those it would drop */

	struct top_row *rows;
	size_t row_count;
	__u32 *ranks;             /* indices in view->services, in the order shown */
	size_t matching;          /* services that the filter lets through */
	bool chosen;              /* a person moved; else the first row is selected, whatever it is */
	struct top_choice choice; /* what is selected */
	size_t selected;          /* index of its row */
	size_t offset;            /* first row that is shown */
	size_t page;              /* rows that fit, as drawn last */
	int sort;                 /* index of a figure, or SORT_NAME */
	bool columns_shown[32];   /* as drawn last: what the order can be changed to */
	char filter[TOP_TEXT];    /* lower case */
	bool full_path;

	bool help;
	bool pane;
	unsigned int pane_offset;
	unsigned int pane_hidden; /* lines below what is shown, as drawn last */
	enum top_prompt prompt;
	char input[TOP_TEXT];
	char filter_before[TOP_TEXT];
	struct order order;
	char message[512];
	bool message_bad;
};

/* @interval: between two views, ns. */
void top_begin(struct top *top, const struct top_place *place, __u64 interval);
void top_end(struct top *top);

/* Goes on with @view, which must last until the next call; @time is the text of view->time. */
int top_take(struct top *top, const struct view *view, const char *time, struct error *error);

enum top_effect top_key(struct top *top, unsigned int key);

/* What became of the order: @text is shown until the next key. */
void top_answer(struct top *top, bool failed, const char *text);

/* Draws all of it into @frame, whatever its size. */
void top_draw(struct top *top, struct frame *frame);

#endif
