/* SPDX-License-Identifier: GPL-2.0 */
/* A recording judged again, with its own thresholds and with changed ones side by side. Pure. */
#ifndef RELAYTRAP_REPLAY_H
#define RELAYTRAP_REPLAY_H

#include "engine.h"
#include "recording.h"

enum replay_side {
	REPLAY_RECORDED, /* as it was */
	REPLAY_CHANGED,  /* as it would have been */
	REPLAY_SIDES
};

/* A verdict that changed, on one side. Borrowed: valid during the call. */
struct replay_event {
	unsigned long line;
	enum replay_side side;
	__u32 slot;
	__u64 birth;
	unsigned int port;
	const char *label; /* printable */
	const struct thresholds *thresholds;
	const struct judgement *judgement;
	enum verdict recorded; /* what the first side says of the same evidence */
};

typedef void replay_callback(void *context, const struct replay_event *event);

struct replay_summary {
	unsigned long lines;
	unsigned long judged;                          /* lines of evidence */
	unsigned long differing;                       /* of these, with another verdict on the other side */
	unsigned long entered[REPLAY_SIDES][VERDICTS]; /* changes to each verdict */
};

struct replay;

/* Calls @callback with @context for each change of a verdict. NULL for want of memory. */
struct replay *replay_new(replay_callback *callback, void *context);
void replay_free(struct replay *replay);

/*
 * Changes a threshold of the second side, of all services; before the first line. `window` cannot be
 * changed: the recording holds distinct counts of the one it was made with.
 */
int replay_set(struct replay *replay, const char *name, const char *value, struct error *error);

/* Takes the next line, without its newline; the error names it. After an error the replay is over. */
int replay_line(struct replay *replay, const char *text, size_t length, struct error *error);

void replay_summarize(const struct replay *replay, struct replay_summary *summary);

#endif
