// SPDX-License-Identifier: GPL-2.0
#include "view_pids.h"

#include <stdlib.h>

static bool is_wanted(const struct words *pids, __u32 pid)
{
	for (const char *word = words_next(pids, NULL); word; word = words_next(pids, word))
		if (strtoul(word, NULL, 10) == pid)
			return true;
	return false;
}

/* Each service has its own stretch of the view's processes: what is kept moves to the front of it. */
static void keep_processes(struct view_service *service, const struct words *pids)
{
	size_t kept = 0;

	for (size_t i = 0; i < service->process_count; i++)
		if (is_wanted(pids, service->processes[i].pid))
			service->processes[kept++] = service->processes[i];
	service->process_count = kept;
}

void view_keep_pids(struct view *view, const struct words *pids)
{
	size_t kept = 0, processes = 0;

	if (!pids->count)
		return;
	for (size_t i = 0; i < view->service_count; i++) {
		struct view_service *service = &view->services[i];

		keep_processes(service, pids);
		processes += service->process_count;
		if (service->process_count)
			view->services[kept++] = *service;
	}
	view->service_count = kept;
	view->process_count = processes;
}
