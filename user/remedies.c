// SPDX-License-Identifier: GPL-2.0
#include "remedies.h"

#include <stdarg.h>
#include <stdio.h>

#include "table_columns.h"
#include "text.h"
#include "units.h"
#include "view_guard.h"

static void say(struct remedies *remedies, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void say(struct remedies *remedies, const char *format, ...)
{
	va_list arguments;

	if (remedies->count == REMEDIES_MAX)
		return;
	va_start(arguments, format);
	vsnprintf(remedies->text[remedies->count++], REMEDY_TEXT, format, arguments);
	va_end(arguments);
}

/* Seconds as an age. */
static void format_seconds(char text[UNITS_TEXT], double seconds)
{
	units_format_age(text, seconds > 0 ? (__u64)(seconds * NS_PER_S) : 0);
}

/* "ends in 58m12s", or that it does not. */
static void format_end(char *text, size_t size, const struct view *view, double expires)
{
	char left[UNITS_TEXT];

	format_seconds(left, expires - view->time);
	if (expires > 0)
		snprintf(text, size, "ends in %s", left);
	else
		snprintf(text, size, "without end");
}

void containment_words(char text[REMEDY_TEXT], const struct view *view, const struct view_service *service)
{
	const struct view_containment *containment = &service->containment;
	char age[UNITS_TEXT], end[48], refused[UNITS_TEXT], sends[UNITS_TEXT], cut[UNITS_TEXT];

	format_seconds(age, view->time - containment->since);
	format_end(end, sizeof(end), view, containment->expires);
	units_format_count(cut, containment->cut);
	units_format_count(sends, service->counters[RT_REFUSED_SENDS]);
	units_format_count(refused,
			   service->counters[containment->dry_run ? RT_WOULD_REFUSE : RT_REFUSED_CONNECTS]);
	if (containment->dry_run)
		snprintf(text, REMEDY_TEXT,
			 "would be contained for %s, %s connections and sends would be refused", age,
			 refused);
	else
		snprintf(text, REMEDY_TEXT,
			 "contained by the %s for %s, %s, %s connections refused, %s UDP sends refused, "
			 "%s connections cut",
			 origin_name(containment->origin), age, end, refused, sends, cut);
}

static void say_block(struct remedies *remedies, const struct view *view, const struct view_block *block)
{
	char age[UNITS_TEXT], end[48], packets[UNITS_TEXT], requests[UNITS_TEXT], bytes[UNITS_TEXT];
	bool dry = view->dry_run;

	format_seconds(age, view->time - block->since);
	format_end(end, sizeof(end), view, block->expires);
	units_format_count(packets, dry ? block->count.would_drop : block->count.packets);
	units_format_count(requests, dry ? block->count.would_drop_syns : block->count.syns);
	units_format_bytes(bytes, dry ? block->count.would_drop_bytes : block->count.bytes);
	say(remedies, "port %u is blocked by the %s for %s, %s; %s: requests %s, packets %s, bytes %s",
	    block->port, origin_name(block->origin), age, end, dry ? "would be dropped" : "dropped", requests,
	    packets, bytes);
}

/* Ports of @service that are open; "" if there is none. */
static void format_open_ports(char *text, size_t size, const struct view *view,
			      const struct view_service *service)
{
	__u16 ports[16];
	struct view_service open = {.ports = ports};

	for (size_t i = 0; i < service->port_count && open.port_count < sizeof(ports) / sizeof(ports[0]); i++)
		if (!view_guard_find(view, service->ports[i]))
			ports[open.port_count++] = service->ports[i];
	*text = '\0';
	if (open.port_count)
		columns_ports(text, size, &open);
}

static void say_mode(struct remedies *remedies, const struct view *view, const struct view_service *service,
		     const char *ports)
{
	const char *plural = service->port_count == 1 ? "" : "s";
	char spared[RT_REASON_LEN];

	text_fitting(spared, sizeof(spared), service->judged.spared, RT_REASON_LEN);

	if (view->mode == RT_ENFORCE && service->standing == VERDICT_RELAYING)
		say(remedies, "mode enforce has not contained it: %s",
		    *spared ? spared : "is 'relaytrap run' active?");
	else if (view->mode == RT_ENFORCE)
		say(remedies, "mode enforce contains it as soon as its verdict is relaying");
	else if (service->standing == VERDICT_RELAYING)
		say(remedies, "mode enforce would block port%s %s, refuse and cut its connections", plural,
		    ports);
}

void remedies_find(struct remedies *remedies, const struct view *view, const struct view_service *service)
{
	char ports[64];

	remedies->count = 0;
	remedies->blocked = false;
	remedies->contained = service->containment.in_force;
	if (remedies->contained)
		containment_words(remedies->text[remedies->count++], view, service);
	for (size_t i = 0; i < service->port_count; i++) {
		const struct view_block *block = view_guard_find(view, service->ports[i]);

		if (!block)
			continue;
		remedies->blocked = true;
		say_block(remedies, view, block);
	}
	format_open_ports(ports, sizeof(ports), view, service);
	if (remedies->contained && *service->judged.unblocked)
		say(remedies, "not blocked: %.*s", RT_REASON_LEN, service->judged.unblocked);
	if (remedies->contained)
		say(remedies, "r releases it");
	else if (*ports)
		say_mode(remedies, view, service, ports);
	if (!remedies->contained && *ports)
		say(remedies, "by hand: b (or 'relaytrap block %s') drops what comes in for it", ports);
	else if (!remedies->contained && service->port_count)
		say(remedies, "u unblocks; connections that it opens itself go on");
}
