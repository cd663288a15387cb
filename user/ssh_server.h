/* SPDX-License-Identifier: GPL-2.0 */
/* Which processes run the ssh server of this host. */
#ifndef RELAYTRAP_SSH_SERVER_H
#define RELAYTRAP_SSH_SERVER_H

#include <stdbool.h>

/*
 * Whether the program of a process is the host's ssh server. @directory is its folder in /proc, @exe the path of its
 * program as that says. A path alone tells nothing: it can be made up in a mount namespace of one's own.
 */
bool ssh_server_runs(int directory, const char *exe);

#endif
