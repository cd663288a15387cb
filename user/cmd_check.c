// SPDX-License-Identifier: GPL-2.0
/* What the kernel side needs, tried one by one; nothing of it stays. */
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <linux/magic.h>

#include "cgroup.h"
#include "command.h"
#include "complain.h"
#include "kernel.h"

#define BTF_PATH "/sys/kernel/btf/vmlinux"

struct report {
	unsigned int tried;
	unsigned int missing;
};

/* One line for each; @problem is NULL when all is well. */
static void say(struct report *report, const char *what, const char *problem)
{
	report->tried++;
	report->missing += problem != NULL;
	printf("%-8s %s%s%s\n", problem ? "MISSING" : "ok", what, problem ? ": " : "",
	       problem ? problem : "");
}

static void say_program(void *context, const char *section, const char *name, const char *problem)
{
	char what[256];

	snprintf(what, sizeof(what), "program %s at %s", name, section);
	say(context, what, problem);
}

static void check_pins(struct report *report, const char *pin_dir)
{
	char copy[PATH_MAX], what[PATH_MAX + 64];
	const char *problem = NULL;
	struct statfs fs;

	snprintf(copy, sizeof(copy), "%s", pin_dir);
	snprintf(what, sizeof(what), "bpf file system for %s", pin_dir);
	if (statfs(dirname(copy), &fs))
		problem = strerror(errno);
	else if (fs.f_type != BPF_FS_MAGIC)
		problem = "not mounted there; run: mount -t bpf bpf /sys/fs/bpf";
	say(report, what, problem);
}

static void check_all(struct report *report, const struct settings *settings)
{
	struct error error;
	int cgroup = cgroup_open_root(&error);
	unsigned int before;

	say(report, "types of the running kernel (" BTF_PATH ")",
	    access(BTF_PATH, R_OK) ? strerror(errno) : NULL);
	say(report, "cgroup v2 hierarchy", cgroup < 0 ? error.text : NULL);
	check_pins(report, settings->pin_dir);
	if (cgroup < 0)
		return;
	before = report->tried;
	kernel_try_programs(settings, cgroup, say_program, report);
	if (report->tried == before)
		say(report, "programs", "they cannot be opened");
	close(cgroup);
}

int cmd_check(const struct settings *settings)
{
	struct report report = {0};
	struct error error;

	if (geteuid()) {
		fail(&error, "only root can load programs into the kernel: run this as root");
		return complain(&error);
	}
	check_all(&report, settings);
	if (!report.missing) {
		printf("all that relaytrap needs is here\n");
		return EXIT_OK;
	}
	fflush(stdout);
	fail(&error, "%u of the %u things that relaytrap needs missing here; see above", report.missing,
	     report.tried);
	return complain(&error);
}
