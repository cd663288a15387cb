// SPDX-License-Identifier: GPL-2.0
/* Any series of evidence on a few services, under any thresholds: what comes out must make sense. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "reasons.h"

#define SERVICES 3

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The input, taken piece by piece; zeros when there is no more. */
struct input {
	const uint8_t *at;
	size_t left;
};

static uint8_t take_byte(struct input *input)
{
	if (!input->left)
		return 0;
	input->left--;
	return *input->at++;
}

/* Of any magnitude: one byte for the digits, one for how far they are shifted. */
static __u64 take_number(struct input *input)
{
	__u64 digits = take_byte(input);

	return digits << take_byte(input) % 57;
}

static void take_thresholds(struct input *input, struct thresholds *thresholds)
{
	thresholds_default(thresholds);
	for (size_t i = 0; i < THRESHOLDS; i++) {
		const struct threshold *row = &thresholds_table[i];
		__u64 value = row->min + take_number(input) % (row->max - row->min + 1);

		memcpy((char *)thresholds + row->offset, &value, sizeof(value));
	}
}

static void take_evidence(struct input *input, struct evidence *evidence)
{
	uint8_t what = take_byte(input);

	if (what & 0x80)
		evidence->time = take_number(input);
	else
		evidence->time += (what & 0x0f) * 250000000ULL;
	/* Few counters change at a time. */
	for (int i = what >> 4 & 7; i >= 0; i--) {
		uint8_t which = take_byte(input) % (RT_COUNTERS + 7);
		__u64 *const rest[] = {
			&evidence->clients,     &evidence->fan_out,         &evidence->mail_fan_out,
			&evidence->udp_fan_out, &evidence->private_fan_out, &evidence->known_fan_out,
			&evidence->open};

		if (which < RT_COUNTERS)
			evidence->counters[which] += take_number(input);
		else
			*rest[which - RT_COUNTERS] = take_number(input);
	}
}

static void check(const struct evidence *evidence, const struct judgement *judgement,
		  const struct thresholds *thresholds)
{
	struct reasons reasons;

	assert(judgement->verdict <= VERDICT_RELAYING && judgement->before <= VERDICT_RELAYING);
	assert(judgement->changed == (judgement->verdict != judgement->before));
	assert(judgement->since <= evidence->time && judgement->confirmed <= evidence->time);
	assert(judgement->held || judgement->findings.verdict == judgement->verdict);
	assert(judgement->findings.verdict < VERDICT_SUSPECT || judgement->findings.score >= 2);
	reasons_write(&reasons, judgement, thresholds);
	assert(reasons.count >= 1 && reasons.count <= REASONS_MAX);
	for (unsigned int i = 0; i < reasons.count; i++)
		assert(memchr(reasons.text[i], '\0', REASON_TEXT));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = {.at = data, .left = size};
	struct engine *engine = engine_new(SERVICES);
	struct evidence evidence[SERVICES];
	struct thresholds thresholds;
	struct judgement judgement;
	struct error error;

	assert(engine);
	memset(evidence, 0, sizeof(evidence));
	for (int i = 0; i < SERVICES; i++) {
		evidence[i].slot = i + 1;
		evidence[i].private_fan_out = evidence[i].known_fan_out = EVIDENCE_UNKNOWN;
	}
	take_thresholds(&input, &thresholds);
	while (input.left) {
		struct evidence *one = &evidence[take_byte(&input) % SERVICES];

		take_evidence(&input, one);
		assert(!engine_judge(engine, one, &thresholds, &judgement, &error));
		check(one, &judgement, &thresholds);
		engine_sweep(engine, one->time);
		assert(engine_count(engine) <= SERVICES);
	}
	engine_free(engine);
	return 0;
}
