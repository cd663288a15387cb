// SPDX-License-Identifier: GPL-2.0
#include "ports.h"

#include <stdio.h>
#include <string.h>

#include "text.h"

#define LAST_PORT (RT_PORTS - 1)

/* "65535-65535" and its NUL, and then some: an item longer than this is no item. */
#define ITEM_SIZE 16

static void add(struct ports *ports, unsigned int first, unsigned int last)
{
	for (unsigned int port = first; port <= last; port++)
		ports->bits[port / 8] |= 1u << port % 8;
}

/* Digits at *@text, which moves on past them; -1 if there are none or they exceed a port. */
static int take_port(const char **text)
{
	const char *digit = *text;
	int port = 0;

	for (; *digit >= '0' && *digit <= '9'; digit++) {
		port = port * 10 + (*digit - '0');
		if (port > LAST_PORT)
			return -1;
	}
	if (digit == *text)
		return -1;
	*text = digit;
	return port;
}

static int parse_item(struct ports *ports, const char *item, struct error *error)
{
	char shown[TEXT_SHOWN];
	const char *rest = item;
	int first, last;

	if (!*item)
		return fail(error, "a port is missing: give ports as in 80,8000-8100 or any");
	if (!strcmp(item, "any")) {
		add(ports, 1, LAST_PORT);
		return 0;
	}
	first = last = take_port(&rest);
	if (first >= 0 && *rest == '-') {
		rest++;
		last = take_port(&rest);
	}
	if (first < 0 || last < 0 || *rest)
		return fail(error, "\"%s\" is not a port from 1 to 65535, a range of them, or any",
			    text_shown(shown, item));
	if (!first || !last)
		return fail(error, "\"%s\": ports start at 1", text_shown(shown, item));
	if (first > last)
		return fail(error, "the range %s is the wrong way round: write %d-%d",
			    text_shown(shown, item), last, first);
	add(ports, first, last);
	return 0;
}

int ports_parse(struct ports *ports, const char *text, struct error *error)
{
	struct ports parsed = *ports;
	char item[ITEM_SIZE];
	char shown[TEXT_SHOWN];

	for (;; text++) {
		size_t length = strcspn(text, ",");

		if (length >= sizeof(item))
			return fail(error, "\"%s\" is not a list of ports", text_shown(shown, text));
		memcpy(item, text, length);
		item[length] = '\0';
		if (parse_item(&parsed, item, error))
			return -1;
		text += length;
		if (!*text)
			break;
	}
	*ports = parsed;
	return 0;
}

bool ports_contain(const struct ports *ports, unsigned int port)
{
	return port < RT_PORTS && ports->bits[port / 8] >> port % 8 & 1;
}

size_t ports_count(const struct ports *ports)
{
	size_t count = 0;

	for (unsigned int port = 1; port < RT_PORTS; port++)
		count += ports_contain(ports, port);
	return count;
}

/* The last port of the run that starts at @first. */
static unsigned int run_end(const struct ports *ports, unsigned int first)
{
	while (ports_contain(ports, first + 1))
		first++;
	return first;
}

void ports_format(const struct ports *ports, char *text, size_t size)
{
	size_t used = 0, marked = 0; /* marked: so far that ",..." still fits behind */

	if (!size)
		return;
	text[0] = '\0';
	for (unsigned int first = 1, last; first <= LAST_PORT; first = last + 1) {
		char item[ITEM_SIZE];
		int length;

		last = first;
		if (!ports_contain(ports, first))
			continue;
		last = run_end(ports, first);
		if (first == 1 && last == LAST_PORT)
			length = snprintf(item, sizeof(item), "any");
		else if (first == last)
			length = snprintf(item, sizeof(item), "%s%u", used ? "," : "", first);
		else
			length = snprintf(item, sizeof(item), "%s%u-%u", used ? "," : "", first, last);
		if (used + length >= size) {
			snprintf(text + marked, size - marked, "%s", marked ? ",..." : "...");
			return;
		}
		memcpy(text + used, item, length + 1);
		used += length;
		if (used + sizeof(",...") <= size)
			marked = used;
	}
}
