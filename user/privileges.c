// SPDX-License-Identifier: GPL-2.0
#include "privileges.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include <cap-ng.h>

struct privilege {
	unsigned int capability;
	const char *name;
	bool (*needed)(const struct settings *settings);
	const char *reason;
};

static bool always(const struct settings *settings)
{
	(void)settings;
	return true;
}

/* Root's own folders need no more than to be root. */
static bool writes_to_another_users_folder(const struct settings *settings)
{
	struct stat status;

	return *settings->prom_dir && !stat(settings->prom_dir, &status) && status.st_uid != 0;
}

static bool cuts(const struct settings *settings)
{
	return settings->mode == RT_ENFORCE;
}

static bool enters_namespaces(const struct settings *settings)
{
	return cuts(settings) ||
	       (strcmp(settings->netns, "all") != 0 && strcmp(settings->netns, "self") != 0);
}

/*
 * The only list: what is kept, what check shows, what the manual says. Maps are read and written, and sockets
 * walked, by descriptors that were opened before.
 */
static const struct privilege privileges[] = {
	{CAP_NET_ADMIN, "CAP_NET_ADMIN", always, "to put the guard on interfaces, those that appear too"},
	{CAP_SYS_PTRACE, "CAP_SYS_PTRACE", always, "to see the programs of other users' processes in /proc"},
	{CAP_BPF, "CAP_BPF", cuts, "to load what closes connections (mode enforce)"},
	{CAP_PERFMON, "CAP_PERFMON", cuts, "to load what closes connections (mode enforce)"},
	{CAP_SYS_ADMIN, "CAP_SYS_ADMIN", enters_namespaces,
	 "to enter other network namespaces (mode enforce, or netns by its path)"},
	{CAP_DAC_OVERRIDE, "CAP_DAC_OVERRIDE", writes_to_another_users_folder,
	 "to write in prom_dir, which is not root's"},
};

#define COUNT (sizeof(privileges) / sizeof(privileges[0]))

static int look_at_own(struct error *error)
{
	return capng_get_caps_process() ? fail(error, "cannot read this process's capabilities") : 0;
}

int privileges_drop(const struct settings *settings, struct error *error)
{
	bool may_bound;
	int failed;

	if (look_at_own(error))
		return -1;
	may_bound = capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP);
	for (size_t i = 0; i < COUNT; i++)
		if (privileges[i].needed(settings) &&
		    !capng_have_capability(CAPNG_EFFECTIVE, privileges[i].capability))
			return fail(error, "%s is missing; it is needed %s", privileges[i].name,
				    privileges[i].reason);
	capng_clear(CAPNG_SELECT_ALL);
	for (size_t i = 0; i < COUNT; i++)
		if (privileges[i].needed(settings))
			capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED | CAPNG_BOUNDING_SET,
				     privileges[i].capability);
	/* Who may not narrow the bounds has been given narrow ones. */
	failed = capng_apply(may_bound ? CAPNG_SELECT_ALL : CAPNG_SELECT_CAPS);
	if (failed)
		return fail(error, "cannot give up capabilities (libcap-ng says %d)", failed);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return fail(error, "cannot give up new privileges: %s", strerror(errno));
	return 0;
}

bool privileges_suffice(const struct settings *settings, struct error *error)
{
	if (look_at_own(error))
		return false;
	for (size_t i = 0; i < COUNT; i++)
		if (privileges[i].needed(settings) &&
		    !capng_have_capability(CAPNG_EFFECTIVE, privileges[i].capability)) {
			fail(error, "%s was given up; it is needed %s", privileges[i].name,
			     privileges[i].reason);
			return false;
		}
	return true;
}

void privileges_list(const struct settings *settings, privilege_told *told, void *context)
{
	struct error error;
	bool known = !look_at_own(&error);

	for (size_t i = 0; i < COUNT; i++)
		if (privileges[i].needed(settings))
			told(context, privileges[i].name, privileges[i].reason,
			     known && capng_have_capability(CAPNG_EFFECTIVE, privileges[i].capability));
}
