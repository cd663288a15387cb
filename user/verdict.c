// SPDX-License-Identifier: GPL-2.0
#include "verdict.h"

static const char *const names[VERDICTS] = {
	[VERDICT_QUIET] = "quiet",     [VERDICT_PROBED] = "probed",     [VERDICT_FORWARDING] = "forwarding",
	[VERDICT_SUSPECT] = "suspect", [VERDICT_RELAYING] = "relaying", [VERDICT_CONTAINED] = "contained",
};

const char *verdict_name(enum verdict verdict)
{
	return verdict < VERDICTS ? names[verdict] : "unknown";
}

bool verdict_step(struct verdict_state *state, enum verdict found, __u64 now, __u64 hold)
{
	enum verdict before = state->verdict;

	if (!state->since)
		state->since = now;
	while (state->verdict > found && now - state->confirmed >= hold) {
		state->verdict--;
		/* Without a hold the steps are all taken now. */
		state->confirmed = hold ? state->confirmed + hold : now;
		state->since = state->confirmed;
	}
	if (state->verdict < found)
		state->since = now;
	if (state->verdict <= found) {
		state->verdict = found;
		state->confirmed = now;
	}
	return state->verdict != before;
}

void verdict_rewind(struct verdict_state *state, __u64 now)
{
	if (state->since > now)
		state->since = now;
	if (state->confirmed > now)
		state->confirmed = now;
}
