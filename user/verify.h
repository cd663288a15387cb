/* SPDX-License-Identifier: GPL-2.0 */
/* What a watch that began with nothing says: does anything relay? Pure. */
#ifndef RELAYTRAP_VERIFY_H
#define RELAYTRAP_VERIFY_H

#include <stdio.h>

#include "error.h"
#include "view.h"

enum verify_outcome {
	VERIFY_NOTHING_CAME,
	VERIFY_NO_RELAYING,
	VERIFY_CUT_SHORT, /* no relaying so far */
	VERIFY_SUSPECT,
	VERIFY_RELAYING,
	VERIFY_OUTCOMES
};

/* @complete: it was watched for as long as was asked. */
enum verify_outcome verify_judge(const struct view *view, bool complete);

/* Its name in JSON; a static string. */
const char *verify_name(enum verify_outcome outcome);

/* Room for what is said on the way. */
#define VERIFY_PROGRESS 128

/* How it stands after @passed of @wanted ns: one line, no newline. */
void verify_progress(char text[VERIFY_PROGRESS], const struct view *view, __u64 passed, __u64 wanted);

/* The report, for people and for programs. */
int verify_print(FILE *stream, const struct view *view, enum verify_outcome outcome, __u64 passed,
		 struct error *error);
int verify_print_json(FILE *stream, const struct view *view, enum verify_outcome outcome, __u64 passed,
		      struct error *error);

#endif
