/* SPDX-License-Identifier: GPL-2.0 */
/* How many distinct keys the kernel side's sketches have seen. Pure. */
#ifndef RELAYTRAP_SKETCH_H
#define RELAYTRAP_SKETCH_H

#include <stddef.h>

#include "relaytrap.h"

/*
 * Distinct keys in the union of @count sketches (NULL among them: empty): exact when none has
 * overflowed and the union is at most 2 * RT_SKETCH_EXACT, else an estimate (standard error 3.3 %).
 */
__u64 sketch_estimate(const struct rt_sketch *const sketches[], size_t count);

/*
 * The same for one kind of key of @count services taken together, at boot time @now: of each, the
 * generations that still belong to the window.
 */
__u64 service_sketch_estimate(const struct rt_config *config, const struct rt_service *const services[],
			      size_t count, enum rt_sketch_kind kind, __u64 now);

#endif
