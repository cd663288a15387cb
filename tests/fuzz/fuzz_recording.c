// SPDX-License-Identifier: GPL-2.0
/* Any text as a recording: what is taken can be written and read again, and be judged. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "recording.h"
#include "replay.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t write_line(char text[RECORDING_LINE], const struct recording_line *line)
{
	switch (line->kind) {
	case RECORDING_HEADER:
		return recording_write_header(text, &line->thresholds);
	case RECORDING_THRESHOLDS:
		return recording_write_thresholds(text, line->slot, line->birth, &line->thresholds);
	case RECORDING_EVIDENCE:
		return recording_write_evidence(text, &line->evidence);
	case RECORDING_SERVICE:
		return recording_write_service(text, line->slot, line->birth, line->service.port,
					       line->service.label);
	}
	abort();
}

static void check_line(const char *text, size_t length, unsigned long number)
{
	struct recording_line line, again;
	char written[RECORDING_LINE];
	struct error error;

	if (recording_parse_line(&line, text, length, number, &error)) {
		assert(!strncmp(error.text, "line ", 5));
		return;
	}
	length = write_line(written, &line);
	assert(length < sizeof(written) && written[length - 1] == '\n');
	assert(!recording_parse_line(&again, written, length - 1, number, &error));
	/* A backslash is written twice. */
	if (line.kind != RECORDING_SERVICE || !strchr(line.service.label, '\\'))
		assert(!memcmp(&line, &again, sizeof(line)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct replay *replay = replay_new(NULL, NULL);
	const char *text = (const char *)data, *end = text + size;
	struct error error;
	bool over = false;

	assert(replay && !replay_set(replay, "fan_out", "5", &error));
	for (unsigned long number = 1; text < end; number++) {
		const char *newline = memchr(text, '\n', end - text);
		size_t length = (newline ? newline : end) - text;

		check_line(text, length, number);
		over = over || replay_line(replay, text, length, &error);
		text += length + 1;
	}
	replay_free(replay);
	return 0;
}
