/* SPDX-License-Identifier: GPL-2.0 */
/* What a running daemon may still do; all else is given up once everything is loaded. */
#ifndef RELAYTRAP_PRIVILEGES_H
#define RELAYTRAP_PRIVILEGES_H

#include <stdbool.h>

#include "error.h"
#include "settings.h"

/* Gives up all capabilities, for good, but those that @settings need. */
int privileges_drop(const struct settings *settings, struct error *error);

/* Whether this process still has what @settings need; if not, @error names what is missing, and why it is needed. */
bool privileges_suffice(const struct settings *settings, struct error *error);

/* Told of each capability that is needed: @name as "CAP_BPF", @held: this process has it. */
typedef void privilege_told(void *context, const char *name, const char *reason, bool held);
void privileges_list(const struct settings *settings, privilege_told *told, void *context);

#endif
