// SPDX-License-Identifier: GPL-2.0
#include "list.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "interface_words.h"
#include "text.h"
#include "units.h"
#include "view_guard.h"

#define LABEL_SHOWN 128

/* "3m12s ago" and "in 47m", or "never". */
static void put_times(FILE *stream, const struct view *view, double since, double expires)
{
	char age[UNITS_TEXT], left[UNITS_TEXT] = "never";

	units_format_age(age, since < view->time ? (__u64)((view->time - since) * 1e9) : 0);
	if (expires > 0 && expires <= view->time)
		snprintf(left, sizeof(left), "overdue");
	else if (expires > 0)
		units_format_age(left, (__u64)((expires - view->time) * 1e9));
	fprintf(stream, "%8s %8s", age, left);
}

static void print_blocks(FILE *stream, const struct view *view)
{
	char packets[UNITS_TEXT], requests[UNITS_TEXT];
	size_t count = 0;

	for (size_t i = 0; i < view->block_count; i++) {
		const struct view_block *block = &view->blocks[i];

		if (!block->in_force)
			continue;
		if (!count++)
			fprintf(stream,
				"blocked ports%s\n   PORT BY            AGE  EXPIRES  PACKETS REQUESTS\n",
				view->dry_run ? " (dry run: nothing is dropped, this would be)" : "");
		units_format_count(packets, view->dry_run ? block->count.would_drop : block->count.packets);
		units_format_count(requests,
				   view->dry_run ? block->count.would_drop_syns : block->count.syns);
		fprintf(stream, "  %5u %-8s ", block->port, origin_name(block->origin));
		put_times(stream, view, block->since, block->expires);
		fprintf(stream, " %8s %8s\n", packets, requests);
	}
	if (!count)
		fprintf(stream, "no port is blocked\n");
}

static void print_containments(FILE *stream, const struct view *view)
{
	char label[LABEL_SHOWN];
	size_t count = 0;

	for (size_t i = 0; i < view->service_count; i++) {
		const struct view_service *service = &view->services[i];
		const struct view_containment *containment = &service->containment;

		if (!containment->in_force)
			continue;
		if (!count++)
			fprintf(stream, "contained services\n  BY            AGE  EXPIRES SERVICE\n");
		text_printable(label, sizeof(label), service->label,
			       strnlen(service->label, sizeof(service->label)), false);
		fprintf(stream, "  %-8s ", origin_name(containment->origin));
		put_times(stream, view, containment->since, containment->expires);
		fprintf(stream, " %s%s\n", label, containment->dry_run ? " (dry run)" : "");
	}
	if (!count)
		fprintf(stream, "no service is contained\n");
}

static void print_allowed(FILE *stream, const struct allowed_list *allowed)
{
	char text[CIDR_TEXT];

	fprintf(stream, allowed->count ? "allowed networks\n" : "the allow-list is empty\n");
	for (size_t i = 0; i < allowed->count; i++) {
		cidr_format(text, &allowed->all[i].cidr);
		fprintf(stream, "  %-8s %s\n", origin_name(allowed->all[i].origin), text);
	}
}

static void print_interfaces(FILE *stream, const struct view *view)
{
	char text[INTERFACE_WORDS];

	fprintf(stream, view->interface_count ? "interfaces\n" : "no interface is guarded\n");
	for (size_t i = 0; i < view->interface_count; i++) {
		interface_words(text, &view->interfaces[i]);
		fprintf(stream, "  %s\n", text);
	}
}

int list_print(FILE *stream, const struct view *view, const struct allowed_list *allowed, struct error *error)
{
	fprintf(stream, "mode: %s\n", mode_name(view->mode));
	print_blocks(stream, view);
	print_containments(stream, view);
	print_allowed(stream, allowed);
	print_interfaces(stream, view);
	return fflush(stream) || ferror(stream) ? fail(error, "cannot write the list: %s", strerror(errno))
						: 0;
}
