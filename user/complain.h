/* SPDX-License-Identifier: GPL-2.0 */
/* How commands say what went wrong. */
#ifndef RELAYTRAP_COMPLAIN_H
#define RELAYTRAP_COMPLAIN_H

#include "error.h"

/* Writes the error to standard error and returns EXIT_FAILED. */
int complain(const struct error *error);

#endif
