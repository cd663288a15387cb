/* SPDX-License-Identifier: GPL-2.0 */
/* The guard's part of the metrics. Pure. */
#ifndef RELAYTRAP_PROM_GUARD_H
#define RELAYTRAP_PROM_GUARD_H

#include "prom.h"

/* The two lines that introduce a metric; @type as Prometheus calls it. */
void prom_family(FILE *stream, const char *name, const char *type, const char *help);

/* Ports, interfaces, odd packets. */
void prom_print_guard(FILE *stream, const struct view *view);

#endif
