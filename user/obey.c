// SPDX-License-Identifier: GPL-2.0
#include "obey.h"

#include <stdio.h>
#include <string.h>

#include "contain.h"
#include "kernel_guard.h"
#include "pins.h"
#include "session.h"
#include "stop.h"
#include "text.h"

/* The guard has its interfaces only as long as something is blocked; a daemon sees to it where this process cannot. */
static int place(const struct watch *watch, struct error *error)
{
	const struct settings *settings = watch->settings;

	if (!kernel_guard_attach(watch->kernel, settings->netns, error) || pins_are_held(settings->pin_dir))
		return 0;
	return -1;
}

static int change_ports(const struct order *order, const struct watch *watch, struct error *error)
{
	struct guard_order wanted = {.kind = order->kind == ORDER_BLOCK ? GUARD_BLOCK : GUARD_LIFT,
				     .terms.origin = RT_OPERATOR,
				     .by = RT_LIFT_OPERATOR};
	struct guard_blocks after;
	struct ports ports = {0};

	for (size_t i = 0; i < order->port_count; i++)
		ports.bits[order->ports[i] / 8] |= 1U << order->ports[i] % 8;
	wanted.ports = &ports;
	if (order->kind == ORDER_BLOCK && session_check(&ports, error))
		return -1;
	return kernel_guard_edit(watch->kernel, &wanted, &after, error) || place(watch, error) ? -1 : 0;
}

/* The service may have gone, or been released, since the question was asked. */
static int release(const struct order *order, struct watch *watch, struct error *error)
{
	for (size_t i = 0; i < watch->view.service_count; i++) {
		const struct view_service *service = &watch->view.services[i];
		struct rt_containment *kept = &watch->snapshot.containments[service->slot];

		if (service->slot != order->slot || service->birth != order->birth ||
		    !contain_stands(kept, service))
			continue;
		contain_release(kept, watch->view.now);
		return stop_end(watch->kernel, service, kept, RT_LIFT_OPERATOR, error);
	}
	return fail(error, "it is not contained any more");
}

bool obey(const struct order *order, struct watch *watch, char *text, size_t size)
{
	char label[4 * RT_LABEL_LEN], ports[300];
	struct error error;
	int failed;

	failed = order->kind == ORDER_RELEASE ? release(order, watch, &error)
					      : change_ports(order, watch, &error);
	if (failed) {
		snprintf(text, size, "%s", error.text);
		return false;
	}
	text_fitting(label, sizeof(label), order->label, sizeof(order->label));
	order_ports(ports, sizeof(ports), order);
	if (order->kind == ORDER_RELEASE)
		snprintf(text, size, "released %s", label);
	else
		snprintf(text, size, "%s %s", order->kind == ORDER_BLOCK ? "blocked" : "unblocked", ports);
	return true;
}
