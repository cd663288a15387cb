/* SPDX-License-Identifier: GPL-2.0 */
/* The view and the ledger in the text format of Prometheus. Pure. docs/metrics.md describes every metric. */
#ifndef RELAYTRAP_PROM_H
#define RELAYTRAP_PROM_H

#include <stdio.h>

#include "error.h"
#include "ledger.h"
#include "view.h"

/*
 * The label of what has no series of its own. No service is called that: it is too long for the name of a
 * process, and no unit or container ends like this.
 */
#define PROM_OTHERS "(other services)"

/* A label's value, escaped, from @size bytes that others may have chosen. Returns @text. */
#define PROM_VALUE_SIZE (8 * RT_LABEL_LEN + 1)
const char *prom_value(char text[PROM_VALUE_SIZE], const char *bytes, size_t size);

/* Writes all metrics. Fails if @stream does. */
int prom_print(FILE *stream, const struct view *view, const struct ledger *ledger, struct error *error);

#endif
