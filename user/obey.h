/* SPDX-License-Identifier: GPL-2.0 */
/* Carries out what a person asked for in the live view. */
#ifndef RELAYTRAP_OBEY_H
#define RELAYTRAP_OBEY_H

#include <stdbool.h>
#include <stddef.h>

#include "top.h"
#include "watch.h"

/*
 * Does what @order says to the instance that @watch has joined, as the commands block, unblock and release do.
 * @text: what became of it, or why nothing did. False if it failed.
 */
bool obey(const struct order *order, struct watch *watch, char *text, size_t size);

#endif
