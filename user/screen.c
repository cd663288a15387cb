// SPDX-License-Identifier: GPL-2.0
#include "screen.h"

#include <errno.h>
#include <langinfo.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <curses.h>
#include <term.h>
/* Macros of term.h that nobody needs, and that are names of ours. */
#undef columns
#undef lines

#include "top.h"
#include "units.h"

#define ESCAPE_MS 25

struct screen {
	SCREEN *terminal;
	int signals; /* signalfd */
	bool colour;
};

/* How a style looks: with colours and without, so that colour is never the only sign. */
static const struct look {
	attr_t attributes;
	short colour; /* 0 = the terminal's own */
} looks[STYLES] = {
	[STYLE_PLAIN] = {A_NORMAL, 0},
	[STYLE_DIM] = {A_DIM, 0},
	[STYLE_BOLD] = {A_BOLD, 0},
	[STYLE_BAR] = {A_REVERSE, 0},
	[STYLE_ALARM] = {A_BOLD, COLOR_RED},
	[STYLE_WARNING] = {A_BOLD, COLOR_YELLOW},
	[STYLE_STOPPED] = {A_BOLD, COLOR_CYAN},
	[STYLE_GOOD] = {A_NORMAL, COLOR_GREEN},
};

bool screen_possible(void)
{
	const char *name = getenv("TERM");

	return name && *name && strcmp(name, "dumb") && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

/* Asked first, since newterm() that fails leaks. */
static bool is_known(const char *terminal)
{
	int result;
	bool moves;

	if (setupterm(terminal, STDOUT_FILENO, &result) != OK)
		return false;
	moves = cursor_address != NULL;
	del_curterm(cur_term);
	return moves;
}

static void prepare_terminal(struct screen *screen)
{
	const char *no_colour = getenv("NO_COLOR");

	cbreak();
	noecho();
	nonl();
	curs_set(0);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	set_escdelay(ESCAPE_MS);
	screen->colour = (!no_colour || !*no_colour) && has_colors() && start_color() == OK;
	if (!screen->colour)
		return;
	use_default_colors();
	for (int i = 0; i < STYLES; i++)
		if (looks[i].colour)
			init_pair((short)(i + 1), looks[i].colour, -1);
}

int screen_open(struct screen **screen, const sigset_t *ending, struct error *error)
{
	struct screen *made;
	sigset_t wanted = *ending;

	if (!is_known(getenv("TERM")))
		return fail(error, "the terminal type in TERM is unknown here, or cannot show a screen");
	made = calloc(1, sizeof(*made));
	if (!made)
		return fail(error, "not enough memory for the screen");
	sigaddset(&wanted, SIGWINCH);
	made->signals = signalfd(-1, &wanted, SFD_NONBLOCK | SFD_CLOEXEC);
	if (made->signals < 0) {
		fail(error, "cannot wait for signals: %s", strerror(errno));
		free(made);
		return -1;
	}
	made->terminal = newterm(NULL, stdout, stdin);
	if (!made->terminal) {
		close(made->signals);
		free(made);
		return fail(error, "the terminal cannot be taken over");
	}
	prepare_terminal(made);
	*screen = made;
	return 0;
}

void screen_close(struct screen *screen)
{
	if (!screen)
		return;
	endwin();
	delscreen(screen->terminal);
	close(screen->signals);
	free(screen);
}

bool screen_utf8(void)
{
	return !strcmp(nl_langinfo(CODESET), "UTF-8");
}

void screen_size(const struct screen *screen, unsigned int *rows, unsigned int *columns)
{
	(void)screen;
	*rows = LINES > 0 ? LINES : 1;
	*columns = COLS > 0 ? COLS : 1;
}

static void set_look(const struct screen *screen, const struct frame_cell *cell)
{
	const struct look *look = &looks[cell->style];
	attr_t attributes = look->attributes;

	if (cell->selected)
		attributes = (attributes & ~A_DIM) | A_REVERSE;
	attr_set(attributes, screen->colour && look->colour ? (short)(cell->style + 1) : 0, NULL);
}

void screen_draw(struct screen *screen, const struct frame *frame, bool anew)
{
	if (anew)
		clearok(stdscr, TRUE);
	for (unsigned int row = 0; row < frame->rows; row++) {
		const struct frame_cell *cells = &frame->cells[(size_t)row * frame->columns];

		move((int)row, 0);
		for (unsigned int i = 0; i < frame->columns; i++) {
			set_look(screen, &cells[i]);
			addstr(cells[i].glyph);
		}
	}
	attr_set(A_NORMAL, 0, NULL);
	curs_set(frame->cursor);
	if (frame->cursor)
		move((int)frame->cursor_row, (int)frame->cursor_column);
	refresh();
}

/* SIGWINCH is blocked, so curses does not learn of it by itself. */
static void take_size(void)
{
	struct winsize size;

	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_row && size.ws_col)
		resizeterm(size.ws_row, size.ws_col);
}

static enum screen_event take_signals(const struct screen *screen)
{
	struct signalfd_siginfo got;

	while (read(screen->signals, &got, sizeof(got)) == sizeof(got)) {
		if (got.ssi_signo != SIGWINCH)
			return SCREEN_QUIT;
		take_size();
	}
	return SCREEN_SIZE;
}

enum screen_event screen_wait(struct screen *screen, __u64 ns)
{
	const struct timespec timeout = {.tv_sec = ns / NS_PER_S, .tv_nsec = ns % NS_PER_S};
	struct pollfd sources[] = {
		{.fd = STDIN_FILENO, .events = POLLIN},
		{.fd = screen->signals, .events = POLLIN},
	};
	int ready = ppoll(sources, 2, &timeout, NULL);

	if (!ready)
		return SCREEN_TIMEOUT;
	/* Stopped and continued: the shell has written over the screen. */
	if (ready < 0)
		return errno == EINTR ? SCREEN_SIZE : SCREEN_QUIT;
	if (sources[0].revents & (POLLHUP | POLLERR | POLLNVAL))
		return SCREEN_QUIT;
	return sources[1].revents ? take_signals(screen) : SCREEN_KEY;
}

unsigned int screen_key(struct screen *screen)
{
	static const struct {
		int code;
		unsigned int key;
	} keys[] = {
		{'\r', TOP_KEY_ENTER},          {KEY_ENTER, TOP_KEY_ENTER}, {KEY_BACKSPACE, TOP_KEY_ERASE},
		{'\b', TOP_KEY_ERASE},          {KEY_UP, TOP_KEY_UP},       {KEY_DOWN, TOP_KEY_DOWN},
		{KEY_LEFT, TOP_KEY_LEFT},       {KEY_RIGHT, TOP_KEY_RIGHT}, {KEY_PPAGE, TOP_KEY_PAGE_UP},
		{KEY_NPAGE, TOP_KEY_PAGE_DOWN}, {KEY_HOME, TOP_KEY_HOME},   {KEY_END, TOP_KEY_END},
		{KEY_F(1), TOP_KEY_HELP},
	};
	int code = getch();

	(void)screen;
	if (code == ERR)
		return 0;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (keys[i].code == code)
			return keys[i].key;
	return code > 0 && code < 256 ? (unsigned int)code : TOP_KEY_OTHER;
}
