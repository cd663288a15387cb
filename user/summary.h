/* SPDX-License-Identifier: GPL-2.0 */
/* A view in one line. Pure. */
#ifndef RELAYTRAP_SUMMARY_H
#define RELAYTRAP_SUMMARY_H

#include <stddef.h>

#include "view.h"

/* Room for the longest one. */
#define SUMMARY 256

/* What is watched, how many services there are, and whatever calls for attention. Printable ASCII. */
void summary_format(char text[SUMMARY], const struct view *view);

#endif
