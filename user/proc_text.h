/* SPDX-License-Identifier: GPL-2.0 */
/* What stands in files of /proc, read out of their text. Pure. */
#ifndef RELAYTRAP_PROC_TEXT_H
#define RELAYTRAP_PROC_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

/* Of /proc/PID/stat. */
struct proc_stat {
	char state; /* 'Z': the first thread has exited */
	__u64 threads;
	__u64 start; /* boot clock, in clock ticks */
};

/* False if @text is not such a file; the process's name in it may be any bytes. */
bool proc_text_stat(struct proc_stat *stat, const char *text);

/*
 * Writes to @path (@size bytes) the control group that the text of /proc/PID/cgroup names: the one in
 * the v2 hierarchy, or systemd's own in v1 where v2 is absent or not in use. "" if there is none.
 */
void proc_text_cgroup(char *path, size_t size, const char *text);

#endif
