// SPDX-License-Identifier: GPL-2.0
#include "replay.h"

#include <stdlib.h>
#include <string.h>

/* What lines before have said of a service. */
struct subject {
	__u64 birth;
	unsigned int port;
	char label[RECORDING_LABEL];
	struct thresholds thresholds[REPLAY_SIDES];
};

struct replay {
	replay_callback *callback;
	void *context;
	struct engine *engines[REPLAY_SIDES];
	struct thresholds recorded;
	struct thresholds wanted; /* where changed is set */
	bool changed[THRESHOLDS];
	struct subject **subjects; /* by slot; NULL = not known */
	size_t slots;
	__u64 time;
	struct replay_summary summary;
};

struct replay *replay_new(replay_callback *callback, void *context)
{
	struct replay *replay = calloc(1, sizeof(*replay));

	if (!replay)
		return NULL;
	replay->callback = callback;
	replay->context = context;
	thresholds_default(&replay->wanted);
	for (int side = 0; side < REPLAY_SIDES; side++) {
		replay->engines[side] = engine_new(RECORDING_SLOTS);
		if (!replay->engines[side]) {
			replay_free(replay);
			return NULL;
		}
	}
	return replay;
}

void replay_free(struct replay *replay)
{
	if (!replay)
		return;
	for (int side = 0; side < REPLAY_SIDES; side++)
		engine_free(replay->engines[side]);
	for (size_t slot = 0; slot < replay->slots; slot++)
		free(replay->subjects[slot]);
	free(replay->subjects);
	free(replay);
}

int replay_set(struct replay *replay, const char *name, const char *value, struct error *error)
{
	if (!strcmp(name, "window"))
		return fail(error,
			    "window cannot be changed: the recording counts distinct upstreams in its own");
	if (thresholds_set(&replay->wanted, name, value, error))
		return -1;
	for (size_t i = 0; i < THRESHOLDS; i++)
		if (!strcmp(thresholds_table[i].name, name))
			replay->changed[i] = true;
	return 0;
}

/* The thresholds of both sides where the recording has @recorded. */
static void apply(const struct replay *replay, struct thresholds sides[REPLAY_SIDES],
		  const struct thresholds *recorded)
{
	sides[REPLAY_RECORDED] = *recorded;
	sides[REPLAY_CHANGED] = *recorded;
	for (size_t i = 0; i < THRESHOLDS; i++) {
		size_t offset = thresholds_table[i].offset;

		if (replay->changed[i])
			memcpy((char *)&sides[REPLAY_CHANGED] + offset,
			       (const char *)&replay->wanted + offset, sizeof(__u64));
	}
}

static struct subject *find(const struct replay *replay, const struct recording_line *line)
{
	struct subject *subject = line->slot < replay->slots ? replay->subjects[line->slot] : NULL;

	return subject && subject->birth == line->birth ? subject : NULL;
}

/* The subject in @slot, whichever service it was, or a new one; NULL for want of memory. */
static struct subject *take(struct replay *replay, __u32 slot)
{
	if (slot >= replay->slots) {
		size_t slots = 2 * (size_t)slot + 2;
		struct subject **subjects = reallocarray(replay->subjects, slots, sizeof(*subjects));

		if (!subjects)
			return NULL;
		memset(subjects + replay->slots, 0, (slots - replay->slots) * sizeof(*subjects));
		replay->subjects = subjects;
		replay->slots = slots;
	}
	if (!replay->subjects[slot])
		replay->subjects[slot] = calloc(1, sizeof(*replay->subjects[slot]));
	return replay->subjects[slot];
}

/* A slot is one service at a time: a new one forgets the old. */
static int introduce(struct replay *replay, const struct recording_line *line, struct error *error)
{
	bool known = find(replay, line);
	struct subject *subject = take(replay, line->slot);

	if (!subject)
		return fail(error, "line %lu: not enough memory for its service", replay->summary.lines);
	subject->birth = line->birth;
	subject->port = line->service.port;
	memcpy(subject->label, line->service.label, sizeof(subject->label));
	if (!known)
		apply(replay, subject->thresholds, &replay->recorded);
	return 0;
}

static void report(struct replay *replay, const struct subject *subject, const struct evidence *evidence,
		   enum replay_side side, const struct judgement *judgements)
{
	const struct replay_event event = {
		.line = replay->summary.lines,
		.side = side,
		.slot = evidence->slot,
		.birth = evidence->birth,
		.port = subject->port,
		.label = subject->label,
		.thresholds = &subject->thresholds[side],
		.judgement = &judgements[side],
		.recorded = judgements[REPLAY_RECORDED].verdict,
	};

	replay->summary.entered[side][judgements[side].verdict]++;
	if (replay->callback)
		replay->callback(replay->context, &event);
}

static int judge(struct replay *replay, const struct subject *subject, const struct evidence *evidence,
		 struct error *error)
{
	struct judgement judgements[REPLAY_SIDES];
	struct error reason;

	for (int side = 0; side < REPLAY_SIDES; side++) {
		if (evidence->time != replay->time)
			engine_sweep(replay->engines[side], evidence->time);
		if (engine_judge(replay->engines[side], evidence, &subject->thresholds[side],
				 &judgements[side], &reason))
			return fail(error, "line %lu: %.450s", replay->summary.lines, reason.text);
	}
	replay->time = evidence->time;
	replay->summary.judged++;
	if (judgements[REPLAY_CHANGED].verdict != judgements[REPLAY_RECORDED].verdict)
		replay->summary.differing++;
	for (int side = 0; side < REPLAY_SIDES; side++)
		if (judgements[side].changed)
			report(replay, subject, evidence, side, judgements);
	return 0;
}

int replay_line(struct replay *replay, const char *text, size_t length, struct error *error)
{
	struct recording_line line;
	struct subject *subject;

	replay->summary.lines++;
	if (recording_parse_line(&line, text, length, replay->summary.lines, error))
		return -1;
	if (line.kind == RECORDING_HEADER) {
		replay->recorded = line.thresholds;
		return 0;
	}
	if (line.kind == RECORDING_SERVICE)
		return introduce(replay, &line, error);
	subject = find(replay, &line);
	if (!subject)
		return fail(error, "line %lu: no line before it says which service %u %llu is",
			    replay->summary.lines, line.slot, line.birth);
	if (line.kind == RECORDING_EVIDENCE)
		return judge(replay, subject, &line.evidence, error);
	apply(replay, subject->thresholds, &line.thresholds);
	return 0;
}

void replay_summarize(const struct replay *replay, struct replay_summary *summary)
{
	*summary = replay->summary;
}
