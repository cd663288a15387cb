/* SPDX-License-Identifier: GPL-2.0 */
/* Events on standard error, as the journal and people take them. */
#ifndef RELAYTRAP_JOURNAL_H
#define RELAYTRAP_JOURNAL_H

#include <stdbool.h>

#include "events.h"

struct journal {
	bool prefixed; /* lines begin with their priority, as sd-daemon(3) has it */
};

/* Finds out whether standard error is the journal. */
void journal_open(struct journal *journal);

/* One line for each. What cannot be written is lost: nobody is left to be told. */
void journal_write(const struct journal *journal, const struct events *events);

#endif
