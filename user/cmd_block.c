// SPDX-License-Identifier: GPL-2.0
/* Ports to the guard, and back. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "complain.h"
#include "instance.h"
#include "interface_words.h"
#include "kernel_guard.h"
#include "pins.h"
#include "session.h"
#include "view_guard.h"

/* Enough for all ports that may be blocked. */
#define PORTS_TEXT (RT_BLOCKS * 6)

static int complain_usage(const struct error *error)
{
	complain(error);
	return EXIT_USAGE;
}

static int parse_ports(struct ports *ports, const struct settings *settings, struct error *error)
{
	memset(ports, 0, sizeof(*ports));
	for (size_t i = 0; i < settings->argument_count; i++)
		if (ports_parse(ports, settings->arguments[i], error))
			return -1;
	return 0;
}

/* Whether somebody said so for this very command. */
static bool given(const struct settings *settings, const char *name)
{
	return settings_source(settings, name) == SOURCE_OPTION;
}

static int read_mode(struct kernel *kernel, enum rt_mode *mode, struct error *error)
{
	struct rt_config config;
	__u32 zero = 0;

	if (kernel_lookup(kernel, MAP_SETTINGS, &zero, &config))
		return fail(error, "cannot read the mode: %s", strerror(errno));
	*mode = config.mode;
	return 0;
}

/* What the command line says must not contradict an instance that was there, which is in @mode. */
static int configure(struct kernel *kernel, const struct settings *settings, enum rt_mode mode,
		     struct error *error)
{
	struct settings wanted = *settings;

	if (given(settings, "mode") && settings->mode != mode)
		return fail(
			error,
			"the instance in %.200s is in mode %s; change that with 'relaytrap run --mode %s', "
			"or leave it out here",
			settings->pin_dir, mode_name(mode), mode_name(settings->mode));
	if (!given(settings, "interface") && !given(settings, "xdp"))
		return 0;
	if (pins_are_held(settings->pin_dir))
		return fail(
			error,
			"a daemon is active on %.200s, and decides where the guard stands: give --interface "
			"and --xdp to it",
			settings->pin_dir);
	wanted.mode = mode;
	return kernel_guard_configure(kernel, &wanted, error);
}

static void tell_ports(const struct guard_blocks *blocks, enum guard_change change, const char *words)
{
	char text[PORTS_TEXT];
	struct ports ports;

	guard_changed(&ports, blocks, change);
	ports_format(&ports, text, sizeof(text));
	if (*text)
		printf("%s: %s\n", words, text);
}

/* What was asked for and needed no change. */
static void tell_rest(const struct guard_blocks *blocks, const struct ports *asked, const char *words)
{
	struct ports rest = *asked, changed;
	char text[PORTS_TEXT];

	for (enum guard_change change = GUARD_NEW; change <= GUARD_LIFTED; change++) {
		guard_changed(&changed, blocks, change);
		for (size_t i = 0; i < sizeof(rest.bits); i++)
			rest.bits[i] &= ~changed.bits[i];
	}
	ports_format(&rest, text, sizeof(text));
	if (*text)
		printf("%s: %s\n", words, text);
}

/* Where the guard stands, and where it should and does not, which is a failure. */
static int tell_places(struct kernel *kernel, struct error *error)
{
	struct rt_interface *interfaces;
	char text[INTERFACE_WORDS];
	int status = EXIT_OK;
	size_t count;

	if (kernel_read_interfaces(kernel, &interfaces, &count, error))
		return complain(error);
	if (!interfaces_print_guarded(stdout, interfaces, count)) {
		fprintf(stderr, "relaytrap: the guard stands on no interface: nothing is dropped\n");
		status = EXIT_FAILED;
	}
	for (size_t i = 0; i < count; i++) {
		if (interface_is_guarded(&interfaces[i]))
			continue;
		interface_words(text, &interfaces[i]);
		fprintf(stderr, "relaytrap: %s\n", text);
		if (interfaces[i].state == RT_INTERFACE_FOREIGN ||
		    (interfaces[i].state == RT_INTERFACE_FAILED && interfaces[i].error != ENODEV))
			status = EXIT_FAILED;
	}
	free(interfaces);
	return status;
}

/* A daemon may be where this process is not: 1 = it is left to that one. */
static int place(struct kernel *kernel, const struct settings *settings, struct error *error)
{
	if (!kernel_guard_attach(kernel, settings->netns, error))
		return 0;
	if (!pins_are_held(settings->pin_dir))
		return -1;
	fprintf(stderr, "relaytrap: left to the daemon, which looks after the guard's interfaces\n");
	return 1;
}

static int block(struct kernel *kernel, const struct settings *settings, const struct ports *ports)
{
	struct guard_order order = {.kind = GUARD_BLOCK, .ports = ports, .terms.origin = RT_OPERATOR};
	struct guard_blocks after;
	struct error error;
	enum rt_mode mode = RT_OBSERVE;
	int placed;

	if (given(settings, "expire") && settings->expire)
		order.terms.expires = kernel_now() + settings->expire;
	if (read_mode(kernel, &mode, &error) || configure(kernel, settings, mode, &error) ||
	    kernel_guard_edit(kernel, &order, &after, &error))
		return complain(&error);
	tell_ports(&after, GUARD_NEW, "blocked");
	tell_ports(&after, GUARD_AGAIN, "blocked again");
	tell_ports(&after, GUARD_RENEWED, "blocked before, now on these terms");
	tell_rest(&after, ports, "blocked before");
	if (mode == RT_DRY_RUN)
		printf("this is a dry run: nothing is dropped, what would be is counted\n");
	placed = place(kernel, settings, &error);
	if (placed < 0)
		return complain(&error);
	return placed ? EXIT_OK : tell_places(kernel, &error);
}

int cmd_block(const struct settings *settings)
{
	struct kernel *kernel;
	struct ports ports;
	struct error error;
	bool taken;
	int status;

	if (parse_ports(&ports, settings, &error))
		return complain_usage(&error);
	if (ports_count(&ports) > GUARD_PORTS_MAX) {
		fail(&error, "%zu ports are more than can be blocked, %d", ports_count(&ports),
		     GUARD_PORTS_MAX);
		return complain_usage(&error);
	}
	if ((!settings->force && session_check(&ports, &error)) ||
	    instance_join(&kernel, settings, &taken, &error))
		return complain(&error);
	status = block(kernel, settings, &ports);
	kernel_close(kernel);
	return status;
}

/* Of the engine, which may come to the same end again, and of the settings it is told apart. */
static void tell_unblocked(const struct guard_blocks *after, const struct ports *asked)
{
	static const char *const words[RT_ORIGINS] = {
		[RT_OPERATOR] = "unblocked",
		[RT_ENGINE] = "unblocked, which the engine had blocked",
		[RT_SETTINGS] = "unblocked, until the settings that block it are read again",
	};

	for (unsigned int origin = 0; origin < RT_ORIGINS; origin++) {
		struct guard_blocks those = *after;

		for (size_t slot = 1; slot < RT_BLOCKS; slot++)
			if (those.records[slot].origin != origin)
				those.changes[slot] = GUARD_SAME;
		tell_ports(&those, GUARD_LIFTED, words[origin]);
	}
	tell_rest(after, asked, "not blocked before");
}

static int unblock(struct kernel *kernel, const struct settings *settings, const struct ports *ports)
{
	struct guard_order order = {.kind = GUARD_LIFT, .ports = ports, .by = RT_LIFT_OPERATOR};
	struct guard_blocks after;
	struct error error;

	if (kernel_guard_edit(kernel, &order, &after, &error))
		return complain(&error);
	tell_unblocked(&after, ports);
	return place(kernel, settings, &error) < 0 ? complain(&error) : EXIT_OK;
}

int cmd_unblock(const struct settings *settings)
{
	struct kernel *kernel;
	struct ports ports;
	struct error error;
	int status;

	if (parse_ports(&ports, settings, &error))
		return complain_usage(&error);
	if (!kernel_is_pinned(settings->pin_dir)) {
		printf("nothing is blocked: nothing is pinned in %s\n", settings->pin_dir);
		return EXIT_OK;
	}
	if (kernel_join(&kernel, settings->pin_dir, &error))
		return complain(&error);
	status = unblock(kernel, settings, &ports);
	kernel_close(kernel);
	return status;
}
