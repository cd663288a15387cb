/* SPDX-License-Identifier: GPL-2.0 */
/* The configuration file as a file; what stands in it is settings.h's affair. */
#ifndef RELAYTRAP_CONFIG_H
#define RELAYTRAP_CONFIG_H

#include "error.h"
#include "settings.h"

/*
 * Reads the file that @settings->config names into @settings. That there is none is an error only
 * if somebody named it. Refused are anything but a regular file, more than 1 MiB, and a file
 * that others than its owner may write.
 */
int config_load(struct settings *settings, struct error *error);

/* Refuses what no single value tells: a block that may lock the operator out. Asked by who is to put it into force. */
int config_check(const struct settings *settings, struct error *error);

#endif
