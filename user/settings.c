// SPDX-License-Identifier: GPL-2.0
#include "settings_table.h"

#include <stddef.h>
#include <string.h>

#include "nearest.h"
#include "text.h"
#include "units.h"

#define HOUR (3600 * NS_PER_S)
#define LOADING_COMMANDS (COMMAND_RUN | COMMAND_TOP | COMMAND_CHECK | COMMAND_VERIFY)
#define JUDGING_COMMANDS (COMMAND_RUN | COMMAND_TOP | COMMAND_VERIFY)
#define GUARD_COMMANDS (COMMAND_BLOCK | COMMAND_UNBLOCK | COMMAND_ALLOW | COMMAND_DISALLOW)
#define PINNED_COMMANDS                                                                                 \
	(COMMAND_RUN | COMMAND_TOP | COMMAND_STATUS | COMMAND_CHECK | COMMAND_UNLOAD | COMMAND_EVENTS | \
	 GUARD_COMMANDS | COMMAND_RELEASE | COMMAND_LIST)
#define ALL_COMMANDS (PINNED_COMMANDS | COMMAND_VERIFY | COMMAND_REPLAY)

/* A threshold is described in its own table, and only there. */
#define THRESHOLD(field, unit, takers)                                                                     \
	{                                                                                                  \
		.name = #field, .offset = offsetof(struct settings, thresholds.field),                     \
		.type = SETTING_THRESHOLD, .commands = (takers), .places = PLACE_ANYWHERE, .value = (unit) \
	}

static const char *const modes[RT_MODES + 1] = {"observe", "dry-run", "enforce"};
static const char *const xdp_choices[] = {"auto", "native", "generic", NULL};

/* The order is that of the help. */
/* clang-format off */
const struct setting settings_table[] = {
	{ .name = "port", .offset = offsetof(struct settings, port), .type = SETTING_PORTS,
	  .letter = 'p', .commands = LOADING_COMMANDS, .spelled = LOADING_COMMANDS & ~COMMAND_TOP,
	  .places = PLACE_ANYWHERE,
	  .fallback = "6515", .value = "PORTS",
	  .help = "TCP ports to watch: one, a list (80,443), a range (8000-8100) or any. May be repeated." },
	{ .name = "interval", .offset = offsetof(struct settings, interval), .type = SETTING_DURATION,
	  .commands = LOADING_COMMANDS | COMMAND_EVENTS, .places = PLACE_ANYWHERE,
	  .min = 100 * NS_PER_MS, .max = HOUR, .fallback = "1s", .value = "DURATION",
	  .help = "Time between two looks at the counters." },
	{ .name = "delay", .offset = offsetof(struct settings, interval), .type = SETTING_DELAY,
	  .letter = 'd', .commands = COMMAND_TOP,
	  .min = 100 * NS_PER_MS, .max = HOUR, .value = "SECONDS",
	  .help = "Another name for --interval; a number without a unit is in seconds." },
	{ .name = "iterations", .offset = offsetof(struct settings, iterations), .type = SETTING_COUNT,
	  .letter = 'n', .commands = COMMAND_TOP,
	  .min = 1, .max = 1000000000, .value = "NUMBER",
	  .help = "Leave after so many updates." },
	{ .name = "batch", .offset = offsetof(struct settings, batch), .type = SETTING_FLAG,
	  .letter = 'b', .commands = COMMAND_TOP,
	  .help = "Write plain text, one table after another, and read no keys." },
	{ .name = "pid", .offset = offsetof(struct settings, pid), .type = SETTING_PIDS,
	  .letter = 'p', .commands = COMMAND_TOP, .value = "PIDS",
	  .help = "Show only these processes and their services: one, or a list (17,4711). May be repeated." },
	{ .name = "ports", .offset = offsetof(struct settings, arguments), .type = SETTING_ARGUMENTS,
	  .commands = COMMAND_BLOCK | COMMAND_UNBLOCK, .value = "PORT...", .positional = true,
	  .help = "TCP ports: one, a list (80,443) or a range (8000-8100)." },
	{ .name = "ranges", .offset = offsetof(struct settings, arguments), .type = SETTING_ARGUMENTS,
	  .commands = COMMAND_ALLOW | COMMAND_DISALLOW, .value = "CIDR...", .positional = true,
	  .help = "Addresses, 192.0.2.0/24 or 2001:db8::/32; - reads them from standard input, one a line." },
	{ .name = "service", .offset = offsetof(struct settings, arguments), .type = SETTING_ARGUMENTS,
	  .commands = COMMAND_RELEASE, .value = "SERVICE", .positional = true,
	  .help = "The contained service, by its label." },
	{ .name = "mode", .offset = offsetof(struct settings, mode), .type = SETTING_CHOICE,
	  .commands = COMMAND_RUN | GUARD_COMMANDS, .places = PLACE_ANYWHERE,
	  .choices = modes, .fallback = "observe", .value = "MODE",
	  .help = "What relaytrap may do by itself: observe (nothing; an operator's own block still acts), "
		  "dry-run (nothing at all is dropped or refused, what would be is counted), or enforce." },
	{ .name = "interface", .offset = offsetof(struct settings, interface), .type = SETTING_INTERFACES,
	  .letter = 'i', .commands = COMMAND_RUN | COMMAND_BLOCK, .places = PLACE_ANYWHERE, .fallback = "", .value = "NAMES",
	  .help = "Interfaces to guard, a list; none: all that face a network. May be repeated." },
	{ .name = "xdp", .offset = offsetof(struct settings, xdp), .type = SETTING_CHOICE,
	  .commands = COMMAND_RUN | COMMAND_BLOCK, .places = PLACE_ANYWHERE,
	  .choices = xdp_choices, .fallback = "auto", .value = "HOW",
	  .help = "How the guard is attached: native (by the driver), generic (by the stack), or auto (native "
		  "on physical interfaces whose driver has it)." },
	{ .name = "block", .offset = offsetof(struct settings, block), .type = SETTING_PORTS,
	  .commands = COMMAND_RUN, .places = PLACE_ANYWHERE, .max = RT_BLOCKS - 1, .fallback = "", .value = "PORTS",
	  .help = "TCP ports that the daemon blocks at its start, without an end, until they stand here no more: one, "
		  "a list or a range. May be repeated." },
	{ .name = "allow", .offset = offsetof(struct settings, allow), .type = SETTING_CIDRS,
	  .commands = COMMAND_RUN, .places = PLACE_ANYWHERE, .fallback = "", .value = "CIDRS",
	  .help = "Networks that are never dropped or refused, a list. May be repeated." },
	{ .name = "exempt", .offset = offsetof(struct settings, exempt), .type = SETTING_EXEMPT,
	  .commands = COMMAND_RUN, .places = PLACE_ANYWHERE, .fallback = "", .value = "WHAT",
	  .help = "Never contain this: /path/of/program, unit:NAME, cgroup:/PATH or user:NAME; a list. May be "
		  "repeated." },
	{ .name = "expire", .offset = offsetof(struct settings, expire), .type = SETTING_DURATION,
	  .commands = COMMAND_RUN | COMMAND_BLOCK, .places = PLACE_ANYWHERE,
	  .max = 365 * 24 * HOUR, .fallback = "1h", .value = "DURATION",
	  .help = "When a containment by the engine ends; 0s: never. Of block: when this block ends, never "
		  "unless given on its command line." },
	{ .name = "fuse", .offset = offsetof(struct settings, fuse), .type = SETTING_COUNT,
	  .commands = COMMAND_RUN, .places = PLACE_ANYWHERE,
	  .max = RT_FUSE_MAX, .fallback = "0", .value = "NUMBER",
	  .help = "In enforce: distinct upstreams within the window after which the kernel refuses a watched "
		  "service any more, without asking; 0: none." },
	{ .name = "force", .offset = offsetof(struct settings, force), .type = SETTING_FLAG,
	  .commands = COMMAND_BLOCK,
	  .help = "Block even a port that a remote session may need." },
	{ .name = "json", .offset = offsetof(struct settings, json), .type = SETTING_FLAG,
	  .commands = COMMAND_STATUS | COMMAND_EVENTS | COMMAND_VERIFY | COMMAND_LIST,
	  .help = "Write JSON: one object, or one a line for each event." },
	{ .name = "for", .offset = offsetof(struct settings, watch_for), .type = SETTING_DURATION,
	  .commands = COMMAND_VERIFY,
	  .min = NS_PER_S, .max = 24 * HOUR, .fallback = "10m", .value = "DURATION",
	  .help = "How long to watch before saying that nothing relays." },
	{ .name = "file", .offset = offsetof(struct settings, file), .type = SETTING_PATH,
	  .commands = COMMAND_REPLAY, .value = "FILE", .positional = true,
	  .help = "Recording to judge." },
	THRESHOLD(window, "DURATION", LOADING_COMMANDS),
	{ .name = "pairing_window", .offset = offsetof(struct settings, pairing_window),
	  .type = SETTING_DURATION, .commands = LOADING_COMMANDS, .places = PLACE_ANYWHERE,
	  .max = HOUR, .fallback = "5s", .value = "DURATION",
	  .help = "Longest time between an accepted and an outgoing connection that still pairs them." },
	THRESHOLD(hold, "DURATION", JUDGING_COMMANDS),
	THRESHOLD(min_accepts, "NUMBER", JUDGING_COMMANDS),
	THRESHOLD(fan_out, "NUMBER", JUDGING_COMMANDS),
	THRESHOLD(mail_fan_out, "NUMBER", JUDGING_COMMANDS),
	THRESHOLD(paired_share, "PERCENT", JUDGING_COMMANDS),
	THRESHOLD(step_share, "PERCENT", JUDGING_COMMANDS),
	THRESHOLD(reader_share, "PERCENT", JUDGING_COMMANDS),
	THRESHOLD(byte_tolerance, "PERCENT", JUDGING_COMMANDS),
	THRESHOLD(private_weight, "PERCENT", JUDGING_COMMANDS),
	{ .name = "set", .offset = offsetof(struct settings, thresholds), .type = SETTING_CHANGE,
	  .commands = COMMAND_REPLAY, .value = "NAME=VALUE",
	  .help = "Judge with this threshold instead of the recorded one. May be repeated." },
	{ .name = "max_services", .offset = offsetof(struct settings, max_services), .type = SETTING_COUNT,
	  .commands = LOADING_COMMANDS, .places = PLACE_ANYWHERE,
	  .min = 2, .max = 65536, .fallback = "256", .value = "NUMBER",
	  .help = "How many services there is room for." },
	{ .name = "netns", .offset = offsetof(struct settings, netns), .type = SETTING_NETNS,
	  .commands = LOADING_COMMANDS | GUARD_COMMANDS, .places = PLACE_ANYWHERE,
	  .fallback = "all", .value = "NETNS",
	  .help = "Network namespace to watch: all of them, self, or one by its path (/run/netns/NAME). The guard stands "
		  "in that one, else in this program's own." },
	{ .name = "record", .offset = offsetof(struct settings, record), .type = SETTING_OPTIONAL,
	  .commands = COMMAND_RUN, .places = PLACE_ANYWHERE, .fallback = "", .value = "FILE",
	  .help = "Record what is judged in this file, for relaytrap replay; it grows without bounds." },
	{ .name = "prom_dir", .offset = offsetof(struct settings, prom_dir), .type = SETTING_OPTIONAL_ABSOLUTE,
	  .commands = COMMAND_RUN, .places = PLACE_ANYWHERE, .fallback = "", .value = "DIRECTORY",
	  .help = "Write relaytrap.prom there, for the textfile collector of node_exporter." },
	{ .name = "prom_services", .offset = offsetof(struct settings, prom_services), .type = SETTING_COUNT,
	  .commands = COMMAND_RUN, .places = PLACE_ANYWHERE,
	  .min = 1, .max = RT_SERIES - RT_SERIES_OWN, .fallback = "50", .value = "NUMBER",
	  .help = "How many services have metrics of their own, the most active ones; the others are summed "
		  "up as one." },
	{ .name = "pin_dir", .offset = offsetof(struct settings, pin_dir), .type = SETTING_ABSOLUTE,
	  .commands = PINNED_COMMANDS, .places = PLACE_ANYWHERE,
	  .fallback = "/sys/fs/bpf/relaytrap", .value = "DIRECTORY",
	  .help = "Where the running instance is pinned; instances are told apart by it." },
	{ .name = "config", .offset = offsetof(struct settings, config), .type = SETTING_PATH,
	  .letter = 'c', .commands = ALL_COMMANDS, .places = PLACE_ENVIRONMENT,
	  .fallback = "/etc/relaytrap.conf", .value = "FILE",
	  .help = "Configuration file." },
	{ .name = "verbose", .offset = offsetof(struct settings, verbose), .type = SETTING_FLAG,
	  .letter = 'v', .commands = LOADING_COMMANDS,
	  .help = "Hand on what libbpf and the verifier say." },
	{ .name = "help", .offset = offsetof(struct settings, help), .type = SETTING_FLAG,
	  .letter = 'h', .commands = ALL_COMMANDS,
	  .help = "Print this help." },
};
/* clang-format on */

const size_t settings_count = sizeof(settings_table) / sizeof(settings_table[0]);

_Static_assert(sizeof(settings_table) / sizeof(settings_table[0]) <= SETTINGS_MAX, "raise SETTINGS_MAX");

/* The source of a value is kept with the first row that names its field. */
static size_t source_index(const struct setting *setting)
{
	size_t i = 0;

	while (settings_table[i].offset != setting->offset)
		i++;
	return i;
}

/* "fan_out=30" */
static int apply_change(struct settings *settings, const char *text, enum settings_source source,
			struct error *error)
{
	const char *value = strchr(text, '=');
	char name[SETTING_NAME], shown[TEXT_SHOWN];
	struct thresholds unused;

	if (!value || (size_t)(value - text) >= sizeof(name))
		return fail(error, "\"%s\" is not NAME=VALUE, such as fan_out=30", text_shown(shown, text));
	memcpy(name, text, value - text);
	name[value - text] = '\0';
	if (thresholds_set(&unused, name, value + 1, error))
		return -1;
	return setting_apply(settings, setting_find(name), value + 1, source, error);
}

int setting_apply(struct settings *settings, const struct setting *setting, const char *value,
		  enum settings_source source, struct error *error)
{
	unsigned char *strongest = &settings->sources[source_index(setting)];
	char *field = (char *)settings + setting->offset;
	union setting_value parsed = {0};

	if (setting->type == SETTING_CHANGE)
		return apply_change(settings, value, source, error);
	if (setting_adds_up(setting) && source == *strongest)
		memcpy(&parsed, field, setting_value_size(setting->type));
	if (setting_value_parse(&parsed, setting, value, error))
		return -1;
	if (source < *strongest)
		return 0;
	memcpy(field, &parsed, setting_value_size(setting->type));
	*strongest = source;
	return 0;
}

const struct setting *setting_find(const char *name)
{
	for (size_t i = 0; i < settings_count; i++)
		if (!strcmp(settings_table[i].name, name))
			return &settings_table[i];
	return NULL;
}

static int fail_unknown(struct error *error, const char *name)
{
	struct nearest nearest;
	char shown[TEXT_SHOWN];

	nearest_start(&nearest, name);
	for (size_t i = 0; i < settings_count; i++)
		if (settings_table[i].places)
			nearest_offer(&nearest, settings_table[i].name);
	text_shown(shown, name);
	if (nearest.name)
		return fail(error, "unknown setting \"%s\"; did you mean %s?", shown, nearest.name);
	return fail(error, "unknown setting \"%s\"; relaytrap help config lists them all", shown);
}

static int fail_misplaced(struct error *error, const struct setting *setting)
{
	char option[SETTING_NAME], variable[SETTING_NAME];

	setting_option_name(option, setting);
	setting_variable_name(variable, setting);
	if (setting->places & PLACE_ENVIRONMENT)
		return fail(error, "%s cannot stand here: give it as --%s or in the environment as %s",
			    setting->name, option, variable);
	return fail(error, "%s cannot stand here: it is an option of the command line, --%s", setting->name,
		    option);
}

int settings_set(struct settings *settings, const char *name, const char *value, enum settings_source source,
		 struct error *error)
{
	const struct setting *setting = setting_find(name);
	struct error reason;

	if (!setting)
		return fail_unknown(error, name);
	if ((source == SOURCE_FILE && !(setting->places & PLACE_FILE)) ||
	    (source == SOURCE_ENVIRONMENT && !(setting->places & PLACE_ENVIRONMENT)))
		return fail_misplaced(error, setting);
	if (setting_apply(settings, setting, value, source, &reason))
		return fail(error, "%s: %s", name, reason.text);
	return 0;
}

enum settings_source settings_source(const struct settings *settings, const char *name)
{
	return settings->sources[source_index(setting_find(name))];
}

static void set_fallback(struct settings *settings, const struct setting *setting)
{
	struct error never; /* a unit test holds that the table's defaults are good */

	settings->sources[source_index(setting)] = SOURCE_DEFAULT;
	if (setting->fallback)
		setting_apply(settings, setting, setting->fallback, SOURCE_DEFAULT, &never);
	else if (setting_threshold(setting))
		memcpy((char *)settings + setting->offset, &setting_threshold(setting)->fallback,
		       sizeof(__u64));
}

void settings_default(struct settings *settings)
{
	memset(settings, 0, sizeof(*settings));
	for (size_t i = 0; i < settings_count; i++)
		set_fallback(settings, &settings_table[i]);
}

void settings_forget_file(struct settings *settings)
{
	for (size_t i = 0; i < settings_count; i++) {
		if (settings->sources[i] != SOURCE_FILE)
			continue;
		if (setting_adds_up(&settings_table[i]))
			memset((char *)settings + settings_table[i].offset, 0,
			       setting_value_size(settings_table[i].type));
		set_fallback(settings, &settings_table[i]);
	}
	memset(settings->port_sections, 0, sizeof(settings->port_sections));
	settings->port_section_count = 0;
}
