// SPDX-License-Identifier: GPL-2.0
#include "published.h"

#include <errno.h>
#include <string.h>

int published_write(struct kernel *kernel, const struct view *view, struct error *error)
{
	for (size_t i = 0; i < view->service_count; i++) {
		const struct view_service *service = &view->services[i];

		if (kernel_update(kernel, MAP_VERDICTS, &service->slot, &service->judged))
			return fail(error, "cannot write the verdict on service %u: %s", service->slot,
				    strerror(errno));
	}
	return 0;
}

/* False if nobody has judged this very service. */
static bool look_up(struct kernel *kernel, const struct view_service *service, struct rt_verdict *verdict)
{
	return !kernel_lookup(kernel, MAP_VERDICTS, &service->slot, verdict) && verdict->birth &&
	       verdict->birth == service->birth;
}

void published_read(struct kernel *kernel, struct view *view, __u64 fresh)
{
	struct rt_verdict verdict;

	for (size_t i = 0; i < view->service_count; i++)
		if (look_up(kernel, &view->services[i], &verdict))
			view_set_verdict(view, &view->services[i], &verdict, fresh);
	view_sort(view);
}

int published_inherit(struct kernel *kernel, struct judge *judge, struct error *error)
{
	struct rt_verdict verdict;

	for (__u32 slot = 1; slot <= kernel_config(kernel)->max_services; slot++)
		if (!kernel_lookup(kernel, MAP_VERDICTS, &slot, &verdict) && verdict.birth &&
		    verdict.verdict < VERDICTS && verdict.reason_count <= RT_REASONS &&
		    judge_inherit(judge, slot, &verdict, error))
			return -1;
	return 0;
}
