// SPDX-License-Identifier: GPL-2.0
/* A recording judged again: what would have changed. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "complain.h"
#include "reasons.h"
#include "replay.h"
#include "units.h"

struct output {
	bool changed; /* thresholds were given: both sides are shown */
};

static void show(void *context, const struct replay_event *event)
{
	static const char *const sides[REPLAY_SIDES] = {"recorded", "changed"};
	const struct output *output = context;
	struct reasons reasons;
	char age[UNITS_TEXT];

	if (event->side == REPLAY_CHANGED && !output->changed)
		return;
	units_format_age(age,
			 event->judgement->time > event->birth ? event->judgement->time - event->birth : 0);
	reasons_write(&reasons, event->judgement, event->thresholds);
	printf("line %lu, after %s: %s on port %u is %s, was %s", event->line, age, event->label, event->port,
	       verdict_name(event->judgement->verdict), verdict_name(event->judgement->before));
	if (output->changed)
		printf(" (%s)", sides[event->side]);
	for (unsigned int i = 0; i < reasons.count; i++)
		printf("%s%s", i ? "; " : ": ", reasons.text[i]);
	putchar('\n');
}

/* Hands on what the options say, as text: that is what the recording's thresholds are written in, too. */
static int change(struct replay *replay, const struct settings *settings, struct output *output,
		  struct error *error)
{
	char text[THRESHOLDS_TEXT], *rest = text, *word, *value;

	thresholds_write(text, &settings->thresholds);
	while ((word = strsep(&rest, " "))) {
		value = strchr(word, '=');
		*value++ = '\0';
		if (settings_source(settings, word) != SOURCE_OPTION)
			continue;
		if (replay_set(replay, word, value, error))
			return -1;
		output->changed = true;
	}
	return 0;
}

static int read_lines(struct replay *replay, FILE *stream, const char *path, struct error *error)
{
	struct error reason;
	char *line = NULL;
	size_t room = 0;
	ssize_t length;
	bool any = false;
	int failed = 0;

	while (!failed && (length = getline(&line, &room, stream)) >= 0) {
		any = true;
		if (line[length - 1] == '\n')
			length--;
		failed = replay_line(replay, line, length, &reason);
		if (failed)
			fail(error, "%.200s: %.280s", path, reason.text);
	}
	if (!failed && ferror(stream))
		failed = fail(error, "%.200s: %s", path, strerror(errno));
	if (!failed && !any)
		failed = fail(error, "%.200s: it is empty", path);
	free(line);
	return failed;
}

static void print_counts(const char *side, const unsigned long entered[VERDICTS])
{
	printf("%s:", side);
	for (int verdict = VERDICT_QUIET; verdict < VERDICT_CONTAINED; verdict++)
		printf("%s %lu to %s", verdict ? "," : "", entered[verdict], verdict_name(verdict));
	printf("\n");
}

static void print_summary(const struct replay *replay, const struct output *output)
{
	struct replay_summary summary;

	replay_summarize(replay, &summary);
	printf("%lu lines, %lu judgements", summary.lines, summary.judged);
	if (output->changed)
		printf(", %lu with another verdict than recorded", summary.differing);
	printf("; changes of a verdict:\n");
	print_counts("recorded", summary.entered[REPLAY_RECORDED]);
	if (output->changed)
		print_counts("changed", summary.entered[REPLAY_CHANGED]);
}

static int replay_file(struct replay *replay, const struct settings *settings, const struct output *output,
		       struct error *error)
{
	FILE *stream = fopen(settings->file, "re");
	int failed;

	if (!stream)
		return fail(error, "%.200s: %s", settings->file, strerror(errno));
	failed = read_lines(replay, stream, settings->file, error);
	fclose(stream);
	if (!failed)
		print_summary(replay, output);
	return failed;
}

int cmd_replay(const struct settings *settings)
{
	struct output output = {0};
	struct replay *replay = replay_new(show, &output);
	int status = EXIT_OK;
	struct error error;

	if (!replay) {
		fail(&error, "not enough memory to replay");
		return complain(&error);
	}
	if (change(replay, settings, &output, &error)) {
		complain(&error);
		status = EXIT_USAGE;
	} else if (replay_file(replay, settings, &output, &error)) {
		status = complain(&error);
	}
	replay_free(replay);
	return status;
}
