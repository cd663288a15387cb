/* SPDX-License-Identifier: GPL-2.0 */
/* The file that a daemon records in; recording.h has the format. */
#ifndef RELAYTRAP_RECORD_H
#define RELAYTRAP_RECORD_H

#include "error.h"
#include "settings.h"
#include "view.h"

struct record;

/*
 * Opens settings->record for more, or makes it, readable by its owner only. Refuses symbolic links, what is
 * no recording, and one that another process writes. NULL with the reason in @error.
 */
struct record *record_open(const struct settings *settings, struct error *error);

/*
 * Adds what @view gives the engine to judge. On failure nothing of it stands in the file; the next view may
 * be tried.
 */
int record_view(struct record *record, const struct view *view, const struct settings *settings,
		struct error *error);

void record_close(struct record *record);

#endif
