// SPDX-License-Identifier: GPL-2.0
#include "summary.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ports.h"
#include "view_guard.h"

static void append(char text[SUMMARY], const char *format, ...) __attribute__((format(printf, 2, 3)));

static void append(char text[SUMMARY], const char *format, ...)
{
	size_t used = strlen(text);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text + used, SUMMARY - used, format, arguments);
	va_end(arguments);
}

static void append_verdicts(char text[SUMMARY], const struct view *view)
{
	size_t counts[VERDICTS] = {0};

	for (size_t i = 0; i < view->service_count; i++)
		counts[view->services[i].standing]++;
	append(text, ": %zu service%s", view->service_count, view->service_count == 1 ? "" : "s");
	for (int verdict = VERDICTS - 1; verdict >= VERDICT_SUSPECT; verdict--)
		if (counts[verdict])
			append(text, ", %zu %s", counts[verdict], verdict_name(verdict));
}

static void append_blocks(char text[SUMMARY], const struct view *view)
{
	size_t blocked = 0;

	for (size_t i = 0; i < view->block_count; i++)
		blocked += view->blocks[i].in_force;
	if (blocked)
		append(text, "; %zu port%s %s", blocked, blocked == 1 ? "" : "s",
		       view->dry_run ? "would be blocked" : "blocked");
}

static void append_losses(char text[SUMMARY], const struct view *view)
{
	unsigned long long lost = 0;

	for (size_t i = 0; i < LOST_CAUSES; i++)
		lost += view->lost[i];
	if (lost)
		append(text, "; lost: %llu", lost);
}

void summary_format(char text[SUMMARY], const struct view *view)
{
	struct ports watched;
	char ports[96];

	memcpy(watched.bits, view->config->watched, sizeof(watched.bits));
	ports_format(&watched, ports, sizeof(ports));
	snprintf(text, SUMMARY, "%s, port %s", mode_name(view->mode), ports);
	append_verdicts(text, view);
	append_blocks(text, view);
	append_losses(text, view);
}
