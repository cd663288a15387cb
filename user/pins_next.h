/* SPDX-License-Identifier: GPL-2.0 */
/* The folder among the pins in which an upgrade makes ready what will replace pins of the same names. */
#ifndef RELAYTRAP_PINS_NEXT_H
#define RELAYTRAP_PINS_NEXT_H

#include <limits.h>
#include <stdbool.h>

#include "error.h"

/* Room for a pin_dir and the name of anything in it. */
#define PIN_PATH (PATH_MAX + 64)

/* The folder of @generation; whether it is there. */
bool pins_next(char path[PIN_PATH], const char *pin_dir, unsigned int generation);

/* Makes the folder, or empties it. */
int pins_next_begin(const char *path, struct error *error);

/* Moves what is in the folder to @pin_dir, each pin over the one of its name. */
int pins_next_put(const char *path, const char *pin_dir, struct error *error);

/* Removes the folder, empty or not. */
int pins_next_end(const char *path, struct error *error);

/* Calls @visit with the path of each pin in @directory, until one fails; pins may vanish meanwhile. */
typedef int pins_visit(void *context, const char *path, const char *name, struct error *error);
int pins_each(const char *directory, pins_visit *visit, void *context, struct error *error);

#endif
