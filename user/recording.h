/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The engine's input as text, one line a service and snapshot; docs/recording.md describes it.
 * Pure: lines go to and come from the caller's buffers.
 */
#ifndef RELAYTRAP_RECORDING_H
#define RELAYTRAP_RECORDING_H

#include <stddef.h>

#include "error.h"
#include "evidence.h"
#include "thresholds.h"

#define RECORDING_VERSION 1

/* Room for any line, its newline and the closing NUL included. */
#define RECORDING_LINE 1024
#define RECORDING_LABEL 256

/* Slots are numbered from 1 to this. */
#define RECORDING_SLOTS 65536

enum recording_kind {
	RECORDING_HEADER,     /* thresholds of all services; the first line, and no other */
	RECORDING_SERVICE,    /* who a service is; before anything else of it */
	RECORDING_THRESHOLDS, /* other thresholds of one service, from here on */
	RECORDING_EVIDENCE,
};

struct recording_line {
	enum recording_kind kind;
	__u32 slot; /* not of a header */
	__u64 birth;
	union {
		struct thresholds thresholds; /* of a header too */
		struct evidence evidence;
		struct {
			unsigned int port;
			char label[RECORDING_LABEL];
		} service;
	};
};

/* Each writes one line, the newline included, and returns its length. */
size_t recording_write_header(char line[RECORDING_LINE], const struct thresholds *thresholds);
size_t recording_write_thresholds(char line[RECORDING_LINE], __u32 slot, __u64 birth,
				  const struct thresholds *thresholds);
size_t recording_write_evidence(char line[RECORDING_LINE], const struct evidence *evidence);

/* @label may be any bytes, and is cut to what RECORDING_LABEL holds of it once it is made printable. */
size_t recording_write_service(char line[RECORDING_LINE], __u32 slot, __u64 birth, unsigned int port,
			       const char *label);

/*
 * Reads the @length bytes of @text, the line @number (from 1) without its newline. Anything that the
 * functions above would not write is an error that names the line and the reason; durations and
 * shares may be spelled in any way that thresholds_set() takes.
 */
int recording_parse_line(struct recording_line *line, const char *text, size_t length, unsigned long number,
			 struct error *error);

#endif
