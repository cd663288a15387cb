// SPDX-License-Identifier: GPL-2.0
/* Ends containments on an operator's word. */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "complain.h"
#include "contain.h"
#include "stop.h"
#include "text.h"
#include "watch.h"

#define PORT_PREFIX "port:"

/* Contained, or about to be: the kernel refuses on its own once a fuse has blown. */
static bool is_stopped(const struct watch *watch, const struct view_service *service)
{
	struct rt_fuse fuse;

	if (contain_stands(&watch->snapshot.containments[service->slot], service))
		return true;
	return watch->view.config->fuse && !kernel_lookup(watch->kernel, MAP_FUSES, &service->slot, &fuse) &&
	       fuse.blown && fuse.blown >= service->birth;
}

static bool listens_on(const struct view_service *service, const struct ports *ports)
{
	for (size_t i = 0; i < service->port_count; i++)
		if (ports_contain(ports, service->ports[i]))
			return true;
	return false;
}

/* The label as it is now, as it was when it was contained, or as the views print it; or one of the ports. */
static bool is_meant(const struct watch *watch, const struct view_service *service, const char *name)
{
	const struct rt_containment *kept = &watch->snapshot.containments[service->slot];
	char printed[4 * RT_LABEL_LEN];
	struct error not_ports;
	struct ports ports;

	if (!strncmp(name, PORT_PREFIX, strlen(PORT_PREFIX)) &&
	    !ports_parse(&ports, name + strlen(PORT_PREFIX), &not_ports))
		return listens_on(service, &ports);
	text_printable(printed, sizeof(printed), service->label,
		       strnlen(service->label, sizeof(service->label)), false);
	return !strncmp(name, service->label, sizeof(service->label)) || !strcmp(name, printed) ||
	       !strncmp(name, kept->label, sizeof(kept->label));
}

static void write_name(char text[4 * RT_LABEL_LEN + 64], const struct view_service *service)
{
	struct ports ports = {0};
	char label[4 * RT_LABEL_LEN], list[48];

	text_printable(label, sizeof(label), service->label, strnlen(service->label, sizeof(service->label)),
		       false);
	for (size_t i = 0; i < service->port_count; i++)
		ports.bits[service->ports[i] / 8] |= 1 << service->ports[i] % 8;
	ports_format(&ports, list, sizeof(list));
	snprintf(text, 4 * RT_LABEL_LEN + 64, "%s (port %s)", label, *list ? list : "none");
}

static int fail_unknown(const struct watch *watch, const char *name, struct error *error)
{
	char all[256] = "", one[4 * RT_LABEL_LEN + 64], shown[TEXT_SHOWN];
	size_t used = 0;

	for (size_t i = 0; i < watch->view.service_count && used < sizeof(all); i++) {
		if (!is_stopped(watch, &watch->view.services[i]))
			continue;
		write_name(one, &watch->view.services[i]);
		used += snprintf(all + used, sizeof(all) - used, "%s%s", used ? ", " : "", one);
	}
	text_shown(shown, name);
	if (!*all)
		return fail(error, "\"%s\" is not contained, nor is anything else", shown);
	return fail(error, "\"%s\" is not contained; what is: %s", shown, all);
}

static int release_one(struct watch *watch, const struct view_service *service, struct error *error)
{
	struct rt_containment *kept = &watch->snapshot.containments[service->slot];
	char name[4 * RT_LABEL_LEN + 64];

	kept->birth = service->birth;
	contain_release(kept, watch->view.now);
	if (stop_end(watch->kernel, service, kept, RT_LIFT_OPERATOR, error))
		return -1;
	write_name(name, service);
	printf("released %s\n", name);
	return 0;
}

/* All that are meant: several may have one label. */
static int release(struct watch *watch, const char *name, struct error *error)
{
	size_t released = 0;

	for (size_t i = 0; i < watch->view.service_count; i++) {
		const struct view_service *service = &watch->view.services[i];

		if (!is_stopped(watch, service) || !is_meant(watch, service, name))
			continue;
		if (release_one(watch, service, error))
			return -1;
		released++;
	}
	return released ? 0 : fail_unknown(watch, name, error);
}

int cmd_release(const struct settings *settings)
{
	struct watch watch;
	struct error error;
	int failed = 0;

	if (!settings->argument_count) {
		fail(&error,
		     "release whom? Give the label of a contained service, or port:NUMBER; 'relaytrap "
		     "status' shows them");
		complain(&error);
		return EXIT_USAGE;
	}
	if (watch_open(&watch, settings, false, &error))
		return complain(&error);
	failed = watch_take(&watch, &error);
	for (size_t i = 0; !failed && i < settings->argument_count; i++)
		failed = release(&watch, settings->arguments[i], &error);
	watch_close(&watch);
	return failed ? complain(&error) : EXIT_OK;
}
