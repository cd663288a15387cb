// SPDX-License-Identifier: GPL-2.0
#include "prom_guard.h"

#include <stddef.h>
#include <string.h>

#include "view_guard.h"

/* Watched ports have their series before they are blocked, unless they are more than this. */
#define WATCHED_SHOWN 16

/* One port, whatever blocks it has or had. */
struct guarded {
	__u16 port;
	bool blocked;
	__u64 listeners;
	struct rt_block_count count;
};

/* Blocks, and watched ports. */
struct guarded_ports {
	struct guarded all[RT_BLOCKS + WATCHED_SHOWN];
	size_t count;
};

struct column {
	const char *name;
	size_t offset;
	const char *help;
};

/* clang-format off */
static const struct column columns[] = {
	{"dropped_packets", offsetof(struct rt_block_count, packets), "Packets dropped."},
	{"dropped_bytes", offsetof(struct rt_block_count, bytes), "Their bytes, link-layer headers included."},
	{"dropped_syns", offsetof(struct rt_block_count, syns), "Connection requests among them."},
	{"allowed_packets", offsetof(struct rt_block_count, allowed), "Packets to the blocked port from allowed networks."},
	{"reply_packets", offsetof(struct rt_block_count, replies), "Packets that answer this host's own connections."},
	{"would_drop_packets", offsetof(struct rt_block_count, would_drop), "Packets that dry-run let through."},
	{"would_drop_bytes", offsetof(struct rt_block_count, would_drop_bytes), "Their bytes."},
	{"would_drop_syns", offsetof(struct rt_block_count, would_drop_syns), "Connection requests among them."},
};
/* clang-format on */

#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

static __u64 value_of(const struct rt_block_count *count, const struct column *column)
{
	return *(const __u64 *)((const char *)count + column->offset);
}

/* The entry of @port, made if it is not there; NULL if there is no room. */
static struct guarded *entry(struct guarded_ports *ports, __u16 port)
{
	for (size_t i = 0; i < ports->count; i++)
		if (ports->all[i].port == port)
			return &ports->all[i];
	if (ports->count == sizeof(ports->all) / sizeof(ports->all[0]))
		return NULL;
	ports->all[ports->count].port = port;
	return &ports->all[ports->count++];
}

static bool is_watched(const struct rt_config *config, unsigned int port)
{
	return config->watched[port / 8] & 1 << port % 8;
}

static void add_watched(struct guarded_ports *ports, const struct rt_config *config)
{
	unsigned int count = 0;

	for (unsigned int port = 0; port < RT_PORTS; port++)
		count += is_watched(config, port);
	for (unsigned int port = 0; port < RT_PORTS && count <= WATCHED_SHOWN; port++)
		if (is_watched(config, port))
			entry(ports, (__u16)port);
}

static void add_block(struct guarded_ports *ports, const struct view_block *block)
{
	struct guarded *guarded = entry(ports, block->port);

	if (!guarded)
		return;
	guarded->blocked = guarded->blocked || block->in_force;
	for (size_t i = 0; i < sizeof(guarded->count) / sizeof(__u64); i++)
		((__u64 *)&guarded->count)[i] += ((const __u64 *)&block->count)[i];
}

static void collect(struct guarded_ports *ports, const struct view *view)
{
	memset(ports, 0, sizeof(*ports));
	for (size_t i = 0; i < view->block_count; i++)
		add_block(ports, &view->blocks[i]);
	add_watched(ports, view->config);
	for (size_t i = 0; i < view->service_count; i++)
		for (size_t p = 0; p < view->services[i].port_count; p++)
			for (size_t known = 0; known < ports->count; known++)
				if (ports->all[known].port == view->services[i].ports[p])
					ports->all[known].listeners +=
						view->services[i].port_listeners[p].count;
}

static void print_ports(FILE *stream, const struct guarded_ports *ports)
{
	char name[64];

	prom_family(stream, "guard_blocked", "gauge", "1 if the port is blocked.");
	for (size_t i = 0; i < ports->count; i++)
		fprintf(stream, "relaytrap_guard_blocked{port=\"%u\"} %d\n", ports->all[i].port,
			ports->all[i].blocked);
	prom_family(stream, "guard_listeners", "gauge", "Sockets of services that listen on the port.");
	for (size_t i = 0; i < ports->count; i++)
		fprintf(stream, "relaytrap_guard_listeners{port=\"%u\"} %llu\n", ports->all[i].port,
			ports->all[i].listeners);
	for (size_t c = 0; c < COLUMNS; c++) {
		snprintf(name, sizeof(name), "guard_%s_total", columns[c].name);
		prom_family(stream, name, "counter", columns[c].help);
		for (size_t i = 0; i < ports->count; i++)
			fprintf(stream, "relaytrap_%s{port=\"%u\"} %llu\n", name, ports->all[i].port,
				value_of(&ports->all[i].count, &columns[c]));
	}
}

static void print_blocks(FILE *stream, const struct view *view)
{
	__u64 counts[RT_ORIGINS] = {0};

	for (size_t i = 0; i < view->block_count; i++)
		if (view->blocks[i].in_force && view->blocks[i].origin < RT_ORIGINS)
			counts[view->blocks[i].origin]++;
	prom_family(stream, "guard_blocks", "gauge", "Blocks in force, by who gave them.");
	for (unsigned int origin = 0; origin < RT_ORIGINS; origin++)
		fprintf(stream, "relaytrap_guard_blocks{origin=\"%s\"} %llu\n", origin_name(origin),
			counts[origin]);
	prom_family(stream, "guard_dry_run", "gauge", "1 if the guard drops nothing and only counts.");
	fprintf(stream, "relaytrap_guard_dry_run %d\n", view->dry_run);
}

static bool is_guarded(const struct rt_interface *interface)
{
	return interface->state == RT_INTERFACE_NATIVE || interface->state == RT_INTERFACE_GENERIC;
}

/* Interfaces of several network namespaces may bear one name. */
static bool is_repeated(const struct view *view, size_t index)
{
	const struct rt_interface *one = &view->interfaces[index];

	for (size_t i = 0; i < index; i++)
		if (view->interfaces[i].state == one->state &&
		    !strncmp(view->interfaces[i].name, one->name, sizeof(one->name)))
			return true;
	return false;
}

static void print_interfaces(FILE *stream, const struct view *view)
{
	__u64 counts[RT_INTERFACE_STATES] = {0};
	char label[PROM_VALUE_SIZE];

	prom_family(stream, "guard_attached", "gauge",
		    "1 if the guard stands on the interface; xdp says how, or why not.");
	for (size_t i = 0; i < view->interface_count; i++) {
		const struct rt_interface *interface = &view->interfaces[i];

		if (interface->state < RT_INTERFACE_STATES)
			counts[interface->state]++;
		if (!is_repeated(view, i))
			fprintf(stream, "relaytrap_guard_attached{interface=\"%s\",xdp=\"%s\"} %d\n",
				prom_value(label, interface->name, sizeof(interface->name)),
				interface_state_name(interface->state), is_guarded(interface));
	}
	prom_family(stream, "guard_interfaces", "gauge", "Interfaces, by how the guard is attached to them.");
	for (unsigned int state = RT_INTERFACE_NONE + 1; state < RT_INTERFACE_STATES; state++)
		fprintf(stream, "relaytrap_guard_interfaces{xdp=\"%s\"} %llu\n", interface_state_name(state),
			counts[state]);
}

void prom_print_guard(FILE *stream, const struct view *view)
{
	struct guarded_ports ports;

	collect(&ports, view);
	print_blocks(stream, view);
	print_ports(stream, &ports);
	print_interfaces(stream, view);
	prom_family(stream, "guard_odd_packets_total", "counter",
		    "Packets that have no port to count under, by cause.");
	for (unsigned int cause = 0; cause < RT_GUARD_CAUSES; cause++)
		fprintf(stream, "relaytrap_guard_odd_packets_total{cause=\"%s\"} %llu\n",
			guard_cause_name(cause), view->guard_causes[cause]);
}
