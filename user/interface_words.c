// SPDX-License-Identifier: GPL-2.0
#include "interface_words.h"

#include <errno.h>
#include <string.h>

#include "text.h"
#include "view_guard.h"

/* Four bytes for each of the name's. */
#define NAME_SHOWN 64

static void printable(char shown[NAME_SHOWN], const char *name)
{
	text_printable(shown, NAME_SHOWN, name, strnlen(name, 16), false);
}

bool interface_is_guarded(const struct rt_interface *interface)
{
	return interface->state == RT_INTERFACE_NATIVE || interface->state == RT_INTERFACE_GENERIC;
}

/* "native", "generic", or "generic: " and why the driver does not do it. */
static void way_words(char *text, size_t size, const struct rt_interface *interface)
{
	const char *way = interface_state_name(interface->state);

	if (interface->state == RT_INTERFACE_NATIVE || !interface->error)
		snprintf(text, size, "%s", way);
	else if (interface->error == EOPNOTSUPP)
		snprintf(text, size, "%s: its driver has no native XDP, or none with its present offloads",
			 way);
	else
		snprintf(text, size, "%s: its driver refuses native XDP, %s", way,
			 strerror(interface->error));
}

static void foreign_words(char *text, size_t size, const struct rt_interface *interface)
{
	char program[NAME_SHOWN];
	size_t used;

	printable(program, interface->foreign);
	used = snprintf(text, size, "it has an XDP program of somebody else's");
	if (interface->error)
		used += snprintf(text + used, size - used, " (%s%sid %u)", program, *program ? ", " : "",
				 interface->error);
	snprintf(text + used, size - used, ", which is left alone; it is guarded once that is taken off");
}

static void failure_words(char *text, size_t size, const struct rt_interface *interface)
{
	if (interface->error == ENODEV)
		snprintf(text, size, "there is no such interface; it is guarded as soon as there is one");
	else if (interface->error == EOPNOTSUPP)
		snprintf(
			text, size,
			"its driver has no native XDP, or none with its present offloads; leave the setting xdp at "
			"auto, or choose generic");
	else
		snprintf(
			text, size,
			"attaching to it failed: %s; if the setting xdp is native, leave it at auto, or choose generic",
			strerror(interface->error));
}

void interface_words(char text[INTERFACE_WORDS], const struct rt_interface *interface)
{
	char name[NAME_SHOWN], why[INTERFACE_WORDS - NAME_SHOWN - 32];

	printable(name, interface->name);
	switch (interface->state) {
	case RT_INTERFACE_NATIVE:
	case RT_INTERFACE_GENERIC:
		way_words(why, sizeof(why), interface);
		snprintf(text, INTERFACE_WORDS, "%s is guarded (%s)", name, why);
		return;
	case RT_INTERFACE_FOREIGN:
		foreign_words(why, sizeof(why), interface);
		break;
	case RT_INTERFACE_UNFIT:
		snprintf(why, sizeof(why), "its packets are no Ethernet frames");
		break;
	default:
		failure_words(why, sizeof(why), interface);
		break;
	}
	snprintf(text, INTERFACE_WORDS, "%s is not guarded: %s", name, why);
}

size_t interfaces_print_guarded(FILE *stream, const struct rt_interface *interfaces, size_t count)
{
	char name[NAME_SHOWN], way[INTERFACE_WORDS];
	size_t guarded = 0;

	for (size_t i = 0; i < count; i++) {
		if (!interface_is_guarded(&interfaces[i]))
			continue;
		printable(name, interfaces[i].name);
		way_words(way, sizeof(way), &interfaces[i]);
		fprintf(stream, "%s%s (%s)", guarded++ ? ", " : "guarded: ", name, way);
	}
	if (guarded)
		fputc('\n', stream);
	return guarded;
}
