// SPDX-License-Identifier: GPL-2.0
#include "screen.h"

#include <errno.h>
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

#include "units.h"

#define KEY_CONTROL_L 12
#define ESCAPE_MS 25

static const char keys_help[] = "q quit   space refresh   up/down, page up/down, home/end scroll";

struct screen {
	SCREEN *terminal;
	int signals; /* signalfd */
	bool colour;
	int offset; /* first line about services that is shown */
	int lines;  /* how many there are */
	int page;   /* how many fit */
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
	if (screen->colour) {
		use_default_colors();
		init_pair(1, COLOR_RED, -1);
	}
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

unsigned int screen_width(const struct screen *screen)
{
	(void)screen;
	return COLS > 0 ? COLS : 1;
}

static attr_t look_of(const struct screen *screen, enum table_kind kind)
{
	switch (kind) {
	case TABLE_LOSS:
		return A_BOLD | (screen->colour ? COLOR_PAIR(1) : 0);
	case TABLE_HEAD:
		return A_REVERSE;
	case TABLE_SERVICE:
		return A_BOLD;
	case TABLE_DETAIL:
	case TABLE_REASON:
		return A_DIM;
	default:
		return A_NORMAL;
	}
}

static void draw_line(int row, attr_t look, const char *text)
{
	move(row, 0);
	attrset(look);
	/* Reversed, the whole row is the title. */
	for (int column = 0; look & A_REVERSE && column < COLS; column++)
		addch(' ');
	mvaddnstr(row, 0, text, COLS);
	attrset(A_NORMAL);
}

static bool is_fixed(enum table_kind kind)
{
	return kind == TABLE_SUMMARY || kind == TABLE_LOSS || kind == TABLE_HEAD;
}

static void clamp(struct screen *screen)
{
	if (screen->offset > screen->lines - screen->page)
		screen->offset = screen->lines - screen->page;
	if (screen->offset < 0)
		screen->offset = 0;
}

static void draw_foot(const struct screen *screen)
{
	int last = screen->offset + screen->page;
	char place[64];

	draw_line(LINES - 1, A_DIM, keys_help);
	if (screen->lines <= screen->page)
		return;
	snprintf(place, sizeof(place), " lines %d-%d of %d", screen->offset + 1,
		 last < screen->lines ? last : screen->lines, screen->lines);
	if ((int)strlen(place) < COLS)
		mvaddstr(LINES - 1, COLS - (int)strlen(place) - 1, place);
}

void screen_draw(struct screen *screen, const char *title, const struct table *table)
{
	size_t fixed = 0;
	int row = 0;

	erase();
	draw_line(row++, A_BOLD, title);
	for (; fixed < table->count && is_fixed(table->lines[fixed].kind); fixed++)
		if (row < LINES - 1)
			draw_line(row++, look_of(screen, table->lines[fixed].kind), table->lines[fixed].text);
	screen->lines = (int)(table->count - fixed);
	screen->page = LINES - 1 - row;
	clamp(screen);
	for (size_t i = fixed + screen->offset; i < table->count && row < LINES - 1; i++)
		draw_line(row++, look_of(screen, table->lines[i].kind), table->lines[i].text);
	draw_foot(screen);
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
	return SCREEN_REDRAW;
}

static enum screen_event take_key(struct screen *screen, int key)
{
	switch (key) {
	case 'q':
	case 'Q':
		return SCREEN_QUIT;
	case ' ':
		return SCREEN_REFRESH;
	case KEY_UP:
	case 'k':
		screen->offset--;
		break;
	case KEY_DOWN:
	case 'j':
		screen->offset++;
		break;
	case KEY_PPAGE:
		screen->offset -= screen->page;
		break;
	case KEY_NPAGE:
		screen->offset += screen->page;
		break;
	case KEY_HOME:
	case 'g':
		screen->offset = 0;
		break;
	case KEY_END:
	case 'G':
		screen->offset = screen->lines;
		break;
	case KEY_CONTROL_L:
		clearok(stdscr, TRUE);
		break;
	default:
		break;
	}
	clamp(screen);
	return SCREEN_REDRAW;
}

static enum screen_event take_keys(struct screen *screen)
{
	enum screen_event event = SCREEN_REDRAW;

	for (int key = getch(); key != ERR; key = getch()) {
		enum screen_event next = take_key(screen, key);

		if (next > event)
			event = next;
	}
	return event;
}

enum screen_event screen_wait(struct screen *screen, __u64 ns)
{
	const struct timespec timeout = {.tv_sec = ns / NS_PER_S, .tv_nsec = ns % NS_PER_S};
	struct pollfd sources[] = {
		{.fd = STDIN_FILENO, .events = POLLIN},
		{.fd = screen->signals, .events = POLLIN},
	};
	int ready = ppoll(sources, 2, &timeout, NULL);
	enum screen_event event = SCREEN_REDRAW;

	if (!ready)
		return SCREEN_TIMEOUT;
	/* Stopped and continued: the shell has written over the screen. */
	if (ready < 0)
		return errno == EINTR ? SCREEN_REDRAW : SCREEN_QUIT;
	if (sources[0].revents & (POLLHUP | POLLERR | POLLNVAL))
		return SCREEN_QUIT;
	if (sources[1].revents)
		event = take_signals(screen);
	return sources[0].revents && event == SCREEN_REDRAW ? take_keys(screen) : event;
}
