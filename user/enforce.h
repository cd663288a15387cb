/* SPDX-License-Identifier: GPL-2.0 */
/* Acts on the verdicts of a look: contains, cuts, lets go. */
#ifndef RELAYTRAP_ENFORCE_H
#define RELAYTRAP_ENFORCE_H

#include "error.h"
#include "watch.h"

struct enforce;

/* For an instance with room for @services; NULL for want of memory. */
struct enforce *enforce_new(__u32 services);
void enforce_free(struct enforce *enforce);

/*
 * Does what the settings of @watch ask for about its latest view, which shows it then. What could not be
 * done is said in @error and tried again at the next look; the rest is done nonetheless.
 */
int enforce_look(struct enforce *enforce, struct watch *watch, struct error *error);

#endif
