// SPDX-License-Identifier: GPL-2.0
#include "table_columns.h"

#include <stdio.h>
#include <string.h>

#include "ports.h"
#include "text.h"
#include "units.h"

#define LEFT_LEAST 24
#define PORTS_SIZE 24

/* Every line has these: a process its figures below its service's. */
#define ACCEPTS_WIDTH 7
#define CLIENTS_WIDTH 7
#define CONNECTS_WIDTH 8

enum figure_kind {
	FIGURE_COUNTER,
	FIGURE_BYTES, /* a counter too */
	FIGURE_RATE,  /* of a counter */
	FIGURE_CLIENTS,
	FIGURE_FAN_OUT,
	FIGURE_MAIL_FAN_OUT,
	FIGURE_UDP_FAN_OUT,
	FIGURE_OPEN,
	FIGURE_VERDICT,
};

struct figure {
	const char *title; /* NULL = never a column */
	enum figure_kind kind;
	enum rt_counter counter;
	unsigned int width;
	unsigned int rank; /* columns of higher rank give way first; 0 = always there */
	const char *words; /* behind the value; NULL = not without a column */
};

static const struct figure figures[] = {
	{"ACCEPTS", FIGURE_COUNTER, RT_ACCEPTS, ACCEPTS_WIDTH, 0, NULL},
	{"CLIENTS", FIGURE_CLIENTS, 0, CLIENTS_WIDTH, 0, NULL},
	{"CONNECTS", FIGURE_COUNTER, RT_CONNECTS, CONNECTS_WIDTH, 0, NULL},
	{"FAN-OUT", FIGURE_FAN_OUT, 0, 7, 0, NULL},
	{"FAILED", FIGURE_COUNTER, RT_CONNECT_FAILURES, 6, 3, "failed"},
	{"MAIL", FIGURE_COUNTER, RT_MAIL_CONNECTS, 6, 1, "to mail ports"},
	{"PAIRED", FIGURE_COUNTER, RT_PAIRED, 6, 4, "paired"},
	{"ACC/S", FIGURE_RATE, RT_ACCEPTS, 6, 2, "accepts/s"},
	{"CON/S", FIGURE_RATE, RT_CONNECTS, 6, 5, "connects/s"},
	{"OPEN", FIGURE_OPEN, 0, 6, 6, "open"},
	{"CLI-IN", FIGURE_BYTES, RT_CLIENT_RECEIVED, 7, 7, "from clients"},
	{"CLI-OUT", FIGURE_BYTES, RT_CLIENT_SENT, 7, 8, "to clients"},
	{"UP-IN", FIGURE_BYTES, RT_UPSTREAM_RECEIVED, 7, 9, "from upstreams"},
	{"UP-OUT", FIGURE_BYTES, RT_UPSTREAM_SENT, 7, 10, "to upstreams"},
	{"VERDICT", FIGURE_VERDICT, 0, 7, 0, NULL},
	{NULL, FIGURE_MAIL_FAN_OUT, 0, 0, 0, "distinct mail servers"},
	{NULL, FIGURE_COUNTER, RT_BOTH_SIDES, 0, 0, "connects by who reads clients"},
	{NULL, FIGURE_COUNTER, RT_HOPS, 0, 0, "hops"},
	{NULL, FIGURE_COUNTER, RT_LOOK_BACKS, 0, 0, "look-backs"},
	{NULL, FIGURE_COUNTER, RT_UDP_SENDS, 0, 0, "UDP sends"},
	{NULL, FIGURE_UDP_FAN_OUT, 0, 0, 0, "UDP destinations"},
	{NULL, FIGURE_COUNTER, RT_REFUSED_CONNECTS, 0, 0, "connects refused"},
};

#define FIGURES (sizeof(figures) / sizeof(figures[0]))
#define RANKS 10

_Static_assert(FIGURES <= FIGURES_MAX, "struct columns has no room for all figures");

/* Per second, since the previous view. */
static double rate(const struct view *view, const struct view_service *service, enum rt_counter counter)
{
	return view->interval > 0 ? (service->counters[counter] - service->before[counter]) / view->interval
				  : 0;
}

static void format_rate(char text[UNITS_TEXT], double value)
{
	if (value < 1000)
		snprintf(text, UNITS_TEXT, "%.1f", value);
	else
		units_format_count(text, (__u64)value);
}

static __u64 number(const struct figure *figure, const struct view_service *service)
{
	switch (figure->kind) {
	case FIGURE_CLIENTS:
		return service->clients;
	case FIGURE_FAN_OUT:
		return service->fan_out;
	case FIGURE_MAIL_FAN_OUT:
		return service->mail_fan_out;
	case FIGURE_UDP_FAN_OUT:
		return service->udp_fan_out;
	case FIGURE_OPEN:
		return service->open;
	default:
		return service->counters[figure->counter];
	}
}

/* False if the figure is zero, or cannot be known yet. */
static bool format(char text[UNITS_TEXT], const struct figure *figure, const struct view *view,
		   const struct view_service *service)
{
	double per_second;

	if (figure->kind == FIGURE_VERDICT) {
		snprintf(text, UNITS_TEXT, "%s", service->verdict);
		return true;
	}
	if (figure->kind == FIGURE_RATE) {
		per_second = rate(view, service, figure->counter);
		format_rate(text, per_second);
		return per_second > 0;
	}
	if (figure->kind == FIGURE_BYTES)
		units_format_bytes(text, number(figure, service));
	else
		units_format_count(text, number(figure, service));
	return number(figure, service) > 0;
}

/* A verdict longer than its title takes more. */
unsigned int figure_width(size_t index, const struct view *view)
{
	const struct figure *figure = &figures[index];
	size_t longest = figure->width;

	for (size_t i = 0; figure->kind == FIGURE_VERDICT && i < view->service_count; i++)
		if (strlen(view->services[i].verdict) > longest)
			longest = strlen(view->services[i].verdict);
	return longest;
}

void columns_choose(struct columns *columns, const struct view *view, unsigned int width,
		    unsigned int left_wanted)
{
	unsigned int used = LEFT_LEAST;

	memset(columns, 0, sizeof(*columns));
	for (unsigned int rank = 0; rank <= RANKS; rank++) {
		for (size_t i = 0; i < FIGURES; i++) {
			const struct figure *figure = &figures[i];
			unsigned int more = 1 + figure_width(i, view);

			if (!figure->title || figure->rank != rank)
				continue;
			if (figure->kind == FIGURE_RATE && view->interval <= 0)
				continue;
			if (rank && width && used + more > width)
				continue;
			columns->shown[i] = true;
			used += more;
		}
	}
	columns->left = left_wanted > LEFT_LEAST ? left_wanted : LEFT_LEAST;
	if (width && columns->left - LEFT_LEAST + used > width)
		columns->left = LEFT_LEAST + (width > used ? width - used : 0);
}

void columns_ports(char *text, size_t size, const struct view_service *service)
{
	struct ports ports = {0};

	for (size_t i = 0; i < service->port_count; i++)
		ports.bits[service->ports[i] / 8] |= 1 << service->ports[i] % 8;
	ports_format(&ports, text, size);
}

unsigned int columns_left(const struct view *view)
{
	size_t wanted = 0;

	for (size_t i = 0; i < view->service_count; i++) {
		const struct view_service *service = &view->services[i];
		char label[LEFT_MOST + 1], ports[PORTS_SIZE];

		text_fitting(label, sizeof(label), service->label, sizeof(service->label));
		columns_ports(ports, sizeof(ports), service);
		if (strlen(label) + 1 + strlen(ports) > wanted)
			wanted = strlen(label) + 1 + strlen(ports);
	}
	return wanted < LEFT_MOST ? wanted : LEFT_MOST;
}

void columns_name(char *text, size_t size, unsigned int width, const struct view_service *service)
{
	char label[LEFT_MOST + 1], ports[PORTS_SIZE];
	size_t room;

	text_fitting(label, sizeof(label), service->label, sizeof(service->label));
	room = strlen(label) < width / 2 ? width - strlen(label) : width / 2;
	columns_ports(ports, room < sizeof(ports) ? room : sizeof(ports), service);
	room = width - strlen(ports);
	text_fitting(label, room < sizeof(label) ? room : sizeof(label), service->label,
		     sizeof(service->label));
	snprintf(text, size, "%-*s%s", (int)room, label, ports);
}

static size_t put(char *text, size_t size, size_t used, unsigned int width, const char *value)
{
	if (used < size)
		used += snprintf(text + used, size - used, " %*s", (int)width, value);
	return used < size ? used : size - 1;
}

size_t columns_titles(char *text, size_t size, const struct columns *columns)
{
	size_t used = 0;

	for (size_t i = 0; i < FIGURES; i++)
		if (columns->shown[i] && figures[i].kind == FIGURE_VERDICT)
			used = put(text, size, used, 0, figures[i].title);
		else if (columns->shown[i])
			used = put(text, size, used, figures[i].width, figures[i].title);
	return used;
}

size_t columns_service(char *text, size_t size, const struct columns *columns, const struct view *view,
		       const struct view_service *service)
{
	size_t used = 0;

	for (size_t i = 0; i < FIGURES; i++) {
		char value[UNITS_TEXT];

		if (!columns->shown[i])
			continue;
		format(value, &figures[i], view, service);
		used = put(text, size, used, figures[i].kind == FIGURE_VERDICT ? 0 : figures[i].width, value);
	}
	return used;
}

size_t columns_process(char *text, size_t size, const struct view_process *process)
{
	char accepts[UNITS_TEXT], connects[UNITS_TEXT];
	size_t used;

	units_format_count(accepts, process->record->value.accepts);
	units_format_count(connects, process->record->value.connects);
	used = put(text, size, 0, ACCEPTS_WIDTH, accepts);
	used = put(text, size, used, CLIENTS_WIDTH, "");
	used = put(text, size, used, CONNECTS_WIDTH, connects);
	return put(text, size, used, 0, "");
}

size_t columns_process_titles(char *text, size_t size)
{
	return put(text, size, 0, ACCEPTS_WIDTH + 1 + CLIENTS_WIDTH + 1 + CONNECTS_WIDTH + sizeof("PROGRAM"),
		   "PROGRAM");
}

bool figure_in_words(char text[FIGURE_SIZE], size_t index, const struct columns *columns,
		     const struct view *view, const struct view_service *service)
{
	const struct figure *figure = &figures[index];
	char value[UNITS_TEXT];

	if (!figure->words || columns->shown[index] || !format(value, figure, view, service))
		return false;
	snprintf(text, FIGURE_SIZE, "%s %s", value, figure->words);
	return true;
}

size_t figures_count(void)
{
	return FIGURES;
}

const char *figure_title(size_t index)
{
	return figures[index].title;
}

bool figure_is_verdict(size_t index)
{
	return figures[index].kind == FIGURE_VERDICT;
}

void figure_format(char text[UNITS_TEXT], size_t index, const struct view *view,
		   const struct view_service *service)
{
	format(text, &figures[index], view, service);
}

double figure_value(size_t index, const struct view *view, const struct view_service *service)
{
	const struct figure *figure = &figures[index];

	if (figure->kind == FIGURE_VERDICT)
		return service->standing;
	if (figure->kind == FIGURE_RATE)
		return rate(view, service, figure->counter);
	return (double)number(figure, service);
}
