// SPDX-License-Identifier: GPL-2.0
/* Thresholds of services on some ports only. */
#include <string.h>

#include "settings.h"

static struct port_section *find_section(struct settings *settings, const struct ports *ports)
{
	for (size_t i = 0; i < settings->port_section_count; i++)
		if (!memcmp(&settings->port_sections[i].ports, ports, sizeof(*ports)))
			return &settings->port_sections[i];
	return NULL;
}

int settings_set_for_ports(struct settings *settings, const char *ports, const char *name, const char *value,
			   struct error *error)
{
	struct port_section *section;
	struct thresholds unused;
	struct ports parsed = {0};
	size_t row = 0;

	if (ports_parse(&parsed, ports, error) || thresholds_set(&unused, name, value, error))
		return -1;
	if (!strcmp(name, "window"))
		return fail(error, "window is one for all ports: put it into [relaytrap]");
	section = find_section(settings, &parsed);
	if (!section && settings->port_section_count == PORT_SECTIONS_MAX)
		return fail(error,
			    "there are more than %d sections [port ...]: join some, as in "
			    "[port 25,465,587]",
			    PORT_SECTIONS_MAX);
	if (!section) {
		section = &settings->port_sections[settings->port_section_count++];
		section->ports = parsed;
	}
	while (strcmp(thresholds_table[row].name, name))
		row++;
	section->given[row] = true;
	return thresholds_set(&section->thresholds, name, value, error);
}

static bool any_in(const struct ports *set, const __u16 *ports, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (ports_contain(set, ports[i]))
			return true;
	return false;
}

void settings_thresholds(struct thresholds *thresholds, const struct settings *settings, const __u16 *ports,
			 size_t port_count)
{
	*thresholds = settings->thresholds;
	for (size_t i = 0; i < settings->port_section_count; i++) {
		const struct port_section *section = &settings->port_sections[i];

		if (!any_in(&section->ports, ports, port_count))
			continue;
		for (size_t row = 0; row < THRESHOLDS; row++) {
			size_t offset = thresholds_table[row].offset;

			if (section->given[row] &&
			    settings_source(settings, thresholds_table[row].name) <= SOURCE_FILE)
				memcpy((char *)thresholds + offset,
				       (const char *)&section->thresholds + offset, sizeof(__u64));
		}
	}
}
