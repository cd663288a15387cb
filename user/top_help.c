// SPDX-License-Identifier: GPL-2.0
/* The live view's help: its keys, its signs, its columns. */
#include "top_parts.h"

#define KEY 14 /* columns */

struct help {
	const char *key; /* NULL: a heading, "" goes on with the line above */
	const char *meaning;
};

static const struct help lines[] = {
	{NULL, "Keys"},
	{"Up Down j k", "select; PgUp PgDn, Home End or g G go further"},
	{"Enter", "everything about the selected service; [ ] scroll it, Esc closes"},
	{"Right Left", "show or hide its processes (also + and -)"},
	{"/", "filter by name, port, verdict, user, pid or path; Esc shows all"},
	{"s S", "order by the next column, by the one before"},
	{"c", "programs by name or by full path"},
	{"d  Space  p", "interval; look now; pause"},
	{"b u r", "block or unblock its ports, release it: each asks first"},
	{"Ctrl-L  q", "paint anew; quit"},
	{NULL, "Verdicts, the most urgent first"},
	{"# contained", "relaying, and stopped: ports blocked, new connections refused"},
	{"! relaying", "passes on what strangers send: act now"},
	{"? suspect", "looks like it; a second look will tell"},
	{"> forwarding", "passes on to a few fixed upstreams, like a reverse proxy"},
	{"- probed", "accepts, and opens nothing in return"},
	{"  quiet", "nothing comes in, or nothing follows from it"},
	{NULL, "Columns"},
	{"ACCEPTS", "connections that came in; CLIENTS: distinct addresses"},
	{"CONNECTS", "connections it opened; MAIL: those to mail ports"},
	{"FAN-OUT", "distinct upstreams (address and port) within the window"},
	{"PAIRED", "connects that follow from an accept; ACC/S, CON/S: per second"},
};

void help_draw(const struct top *top, struct frame *frame)
{
	unsigned int row = 0;

	(void)top;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]) && row + 1 < frame->rows; i++, row++) {
		struct pen pen = frame_pen(frame, row);

		if (!lines[i].key) {
			pen_put(&pen, STYLE_BAR, lines[i].meaning);
			pen_go(&pen, STYLE_BAR, frame->columns);
			continue;
		}
		pen.column = 1;
		pen_put(&pen, STYLE_BOLD, lines[i].key);
		pen_go(&pen, STYLE_PLAIN, 1 + KEY);
		pen_put(&pen, STYLE_PLAIN, lines[i].meaning);
	}
	struct pen pen = frame_pen(frame, frame->rows - 1);

	pen_put(&pen, STYLE_BAR, "any key goes back");
}
