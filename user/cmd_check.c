// SPDX-License-Identifier: GPL-2.0
/* What relaytrap needs of this host, what helps it, what is configured; nothing that is tried stays. */
#include <errno.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgroup.h"
#include "command.h"
#include "config.h"
#include "complain.h"
#include "kernel.h"
#include "pins_lock.h"
#include "privileges.h"
#include "text.h"

#define BTF_PATH "/sys/kernel/btf/vmlinux"

struct report {
	unsigned int required;
	unsigned int missing;
	unsigned int warnings;
};

static void say(const char *state, const char *what, const char *remark)
{
	printf("%-8s %s%s%s\n", state, what, remark && *remark ? ": " : "", remark ? remark : "");
}

/* Something that has to be there; @problem is NULL when it is. */
static void require(struct report *report, const char *what, const char *problem)
{
	report->required++;
	report->missing += problem != NULL;
	say(problem ? "MISSING" : "ok", what, problem);
}

static void warn(struct report *report, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void warn(struct report *report, const char *format, ...)
{
	char text[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	report->warnings++;
	say("warning", text, NULL);
}

static void require_program(void *context, const char *section, const char *name, const char *problem)
{
	char what[256];

	snprintf(what, sizeof(what), "program %s at %s", name, section);
	require(context, what, problem);
}

static void require_privilege(void *context, const char *name, const char *reason, bool held)
{
	char what[256];

	snprintf(what, sizeof(what), "%s, kept while running %s", name, reason);
	require(context, what, held ? NULL : "this process does not have it");
}

static void check_pin_dir(struct report *report, const char *pin_dir)
{
	char what[PATH_MAX + 64];
	struct error error;

	snprintf(what, sizeof(what), "bpf file system for %s", pin_dir);
	if (pins_check_place(pin_dir, &error)) {
		require(report, what, error.text);
		return;
	}
	require(report, what, NULL);
	if (pins_place_is_shared(pin_dir))
		warn(report,
		     "pin_dir: others than root may write beside %.300s; keep them out with 'chmod 700' of that "
		     "file system, and mount it with '-o mode=700'",
		     pin_dir);
}

/* What an earlier start has left, if anything, must be of this layout. */
static void check_pins(struct report *report, const char *pin_dir)
{
	struct kernel *kernel;
	struct error error;

	if (!kernel_is_pinned(pin_dir))
		return;
	if (kernel_join(&kernel, pin_dir, &error)) {
		require(report, "what is pinned", error.text);
		return;
	}
	require(report, "what is pinned", NULL);
	if (kernel_unattached(kernel))
		warn(report, "%zu hooks are missing among the pins; the next start attaches them",
		     kernel_unattached(kernel));
	kernel_close(kernel);
}

static void check_kernel(struct report *report, const struct settings *settings)
{
	struct error error;
	int cgroup = cgroup_open_root(&error);
	unsigned int before;

	require(report, "types of the running kernel (" BTF_PATH ")",
		access(BTF_PATH, R_OK) ? strerror(errno) : NULL);
	require(report, "cgroup v2 hierarchy", cgroup < 0 ? error.text : NULL);
	check_pin_dir(report, settings->pin_dir);
	check_pins(report, settings->pin_dir);
	if (cgroup < 0)
		return;
	before = report->required;
	kernel_try_programs(settings, cgroup, require_program, report);
	if (report->required == before)
		require(report, "programs", "they cannot be opened");
	say(kernel_has_sock_destroy() ? "ok" : "without", "bpf_sock_destroy (kernel 6.5)",
	    kernel_has_sock_destroy() ? NULL : "mode enforce closes connections by netlink instead, as well");
	close(cgroup);
}

static void check_folder(struct report *report, const char *setting, const char *path)
{
	struct stat status;

	if (*path && (stat(path, &status) || !S_ISDIR(status.st_mode)))
		warn(report, "%s: %.300s is no folder; make it before the start", setting, path);
}

/* The file was read before anything of this: it has no fault. */
static void check_configuration(struct report *report, const struct settings *settings)
{
	char what[PATH_MAX + 64], name[TEXT_SHOWN];
	const char *interface = NULL;
	struct error error;

	snprintf(what, sizeof(what), "configuration: %s%s", settings->config,
		 access(settings->config, F_OK) ? " is not there, so the defaults" : "");
	require(report, what, NULL);
	while ((interface = words_next(&settings->interface, interface)))
		if (!if_nametoindex(interface))
			warn(report, "interface: there is no %s now; it is guarded once it appears",
			     text_shown(name, interface));
	if (config_check(settings, &error))
		warn(report, "%s", error.text);
	check_folder(report, "prom_dir", settings->prom_dir);
	if (settings->fuse && settings->mode == RT_OBSERVE)
		warn(report, "fuse: in mode observe nothing is refused, so it does nothing");
	if (settings->mode == RT_ENFORCE && !settings->exempt.count)
		warn(report, "exempt: nothing is; in mode enforce, name what must never be stopped");
	if (settings->pairing_window > settings->thresholds.window)
		warn(report, "pairing_window is longer than window: the rest of it has no effect");
}

int cmd_check(const struct settings *settings)
{
	struct report report = {0};
	struct error error;

	if (geteuid()) {
		fail(&error, "only root can load programs into the kernel: run this as root");
		return complain(&error);
	}
	check_kernel(&report, settings);
	check_configuration(&report, settings);
	privileges_list(settings, require_privilege, &report);
	if (!report.missing) {
		printf("all that relaytrap needs is here%s\n",
		       report.warnings ? "; see the warnings above" : "");
		return EXIT_OK;
	}
	fflush(stdout);
	fail(&error, "%u of the %u things that relaytrap needs missing here; see above", report.missing,
	     report.required);
	return complain(&error);
}
