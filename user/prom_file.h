/* SPDX-License-Identifier: GPL-2.0 */
/* Puts the metrics where the textfile collector of node_exporter finds them. */
#ifndef RELAYTRAP_PROM_FILE_H
#define RELAYTRAP_PROM_FILE_H

#include <stddef.h>

#include "error.h"

#define PROM_FILE_NAME "relaytrap.prom"

/*
 * Replaces @directory/relaytrap.prom by @length bytes of @text, all at once: who reads it finds the old file
 * or the new one, also after a power failure. Follows no link below @directory, and leaves nothing behind
 * when it fails.
 */
int prom_file_write(const char *directory, const char *text, size_t length, struct error *error);

#endif
