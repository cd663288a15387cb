// SPDX-License-Identifier: GPL-2.0
#include "spare.h"

#include <stdio.h>
#include <string.h>

#include "label.h"
#include "text.h"

static bool is_below(const char *path, const char *top)
{
	size_t length = strlen(top);

	while (length > 1 && top[length - 1] == '/')
		length--;
	if (length == 1)
		return path[0] == '/';
	return !strncmp(path, top, length) && (!path[length] || path[length] == '/');
}

/* "nginx.service", or without its type. */
static bool is_unit(const char *cgroup, const char *unit)
{
	char label[RT_LABEL_LEN];
	size_t length = strlen(unit);

	return label_from_cgroup(label, sizeof(label), cgroup) && !strncmp(label, unit, length) &&
	       (!label[length] || !strcmp(label + length, ".service"));
}

static bool is_exempt(const struct process_facts *facts, const char *word)
{
	if (!strncmp(word, "unit:", 5))
		return is_unit(facts->cgroup, word + 5);
	if (!strncmp(word, "cgroup:", 7))
		return is_below(facts->cgroup, word + 7);
	if (!strncmp(word, "user:", 5))
		return !strcmp(facts->user, word + 5);
	return !strcmp(facts->exe, word);
}

static bool spare_process(char why[RT_REASON_LEN], const struct view_process *process,
			  const struct settings *settings, bool ssh, __u32 self)
{
	const char *word = NULL;
	char shown[TEXT_SHOWN];

	if (process->pid == 1)
		return snprintf(why, RT_REASON_LEN, "pid 1 serves it") > 0;
	if (process->pid == self)
		return snprintf(why, RT_REASON_LEN, "it is relaytrap itself") > 0;
	if (ssh && process->facts->ssh_server)
		return snprintf(why, RT_REASON_LEN, "it is the ssh server (pid %u)", process->pid) > 0;
	while ((word = words_next(&settings->exempt, word)))
		if (is_exempt(process->facts, word))
			return snprintf(why, RT_REASON_LEN, "pid %u is exempt (%s)", process->pid,
					text_shown(shown, word)) > 0;
	return false;
}

/* Whoever only descends from a reader, or reads a hop, was brought in by the service, or its clients. */
static bool reads(const struct view_process *process)
{
	return process->record->value.role == RT_ROLE_READER;
}

static bool is_read(const struct view_service *service)
{
	for (size_t i = 0; i < service->process_count; i++)
		if (reads(&service->processes[i]) && !service->processes[i].facts->gone)
			return true;
	return false;
}

/* Anybody can run the program of the ssh server; it serves the host if root does, though users have parts of it. */
static bool has_ssh_server(const struct view_service *service)
{
	for (size_t i = 0; i < service->process_count; i++) {
		const struct view_process *process = &service->processes[i];

		if ((reads(process) || process->owner) && process->facts->ssh_server &&
		    !process->record->value.uid)
			return true;
	}
	return false;
}

bool spare(char why[RT_REASON_LEN], const struct view_service *service, const struct settings *settings,
	   __u32 self)
{
	bool read = is_read(service), ssh = has_ssh_server(service), spared = false;
	char more[RT_REASON_LEN];

	for (size_t i = 0; i < service->process_count; i++) {
		const struct view_process *process = &service->processes[i];

		if (!(read ? reads(process) : process->owner) || process->facts->gone)
			continue;
		if (!spare_process(spared ? more : why, process, settings, ssh, self))
			return false;
		spared = true;
	}
	return spared;
}
