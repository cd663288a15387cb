// SPDX-License-Identifier: GPL-2.0
#include "judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine.h"
#include "reasons.h"

_Static_assert(RT_REASONS == REASONS_MAX && RT_REASON_LEN == REASON_TEXT, "rt_verdict holds other reasons");

/* A verdict of the judge before this one, and how it falls. */
struct inherited {
	__u32 slot;
	struct rt_verdict verdict;
	struct verdict_state state;
};

struct judge {
	struct engine *engine;
	struct inherited *inherited;
	size_t inherited_count;
};

struct judge *judge_new(size_t services)
{
	struct judge *judge = calloc(1, sizeof(*judge));

	if (!judge)
		return NULL;
	judge->engine = engine_new(services);
	if (judge->engine)
		return judge;
	free(judge);
	return NULL;
}

void judge_free(struct judge *judge)
{
	if (!judge)
		return;
	engine_free(judge->engine);
	free(judge->inherited);
	free(judge);
}

void judge_evidence(struct evidence *evidence, const struct view *view, const struct view_service *service)
{
	*evidence = (struct evidence){
		.slot = service->slot,
		.birth = service->birth,
		.time = view->now,
		.clients = service->clients,
		.fan_out = service->fan_out,
		.mail_fan_out = service->mail_fan_out,
		.udp_fan_out = service->udp_fan_out,
		.private_fan_out = service->private_fan_out,
		.known_fan_out = service->known_fan_out,
		.open = service->open,
	};
	memcpy(evidence->counters, service->counters, sizeof(evidence->counters));
}

int judge_inherit(struct judge *judge, __u32 slot, const struct rt_verdict *verdict, struct error *error)
{
	struct inherited *all =
		reallocarray(judge->inherited, judge->inherited_count + 1, sizeof(*judge->inherited));

	if (!all)
		return fail(error, "not enough memory for the verdicts of before");
	judge->inherited = all;
	all[judge->inherited_count++] = (struct inherited){
		.slot = slot,
		.verdict = *verdict,
		.state = {.verdict = verdict->verdict, .since = verdict->since, .confirmed = verdict->time},
	};
	return 0;
}

static struct inherited *find_inherited(struct judge *judge, const struct view_service *service)
{
	for (size_t i = 0; i < judge->inherited_count; i++)
		if (judge->inherited[i].slot == service->slot &&
		    judge->inherited[i].verdict.birth == service->birth)
			return &judge->inherited[i];
	return NULL;
}

/* Keeps up what was said before as long as it would have been held. */
static void apply_inherited(struct judge *judge, const struct view_service *service, __u64 hold,
			    struct rt_verdict *verdict)
{
	struct inherited *before = find_inherited(judge, service);
	__u32 *count;

	if (!before)
		return;
	verdict_step(&before->state, verdict->verdict, verdict->time, hold);
	verdict->since = before->state.since;
	if (before->state.verdict > verdict->verdict) {
		verdict->verdict = before->state.verdict;
		memcpy(verdict->reasons, before->verdict.reasons, sizeof(verdict->reasons));
		verdict->reason_count = before->verdict.reason_count;
		count = &verdict->reason_count;
		if (*count >= RT_REASONS)
			*count = RT_REASONS - 1;
		snprintf(verdict->reasons[(*count)++], RT_REASON_LEN,
			 "held: judged so before relaytrap was started again");
	} else if (verdict->verdict > before->verdict.verdict || before->state.verdict == VERDICT_QUIET) {
		/* From here on the engine knows better. */
		*before = judge->inherited[--judge->inherited_count];
	}
}

static int judge_service(struct judge *judge, const struct view *view, struct view_service *service,
			 const struct settings *settings, struct error *error)
{
	struct rt_verdict verdict = {.birth = service->birth};
	struct thresholds thresholds;
	struct judgement judgement;
	struct evidence evidence;
	struct reasons reasons;

	judge_evidence(&evidence, view, service);
	settings_thresholds(&thresholds, settings, service->ports, service->port_count);
	if (engine_judge(judge->engine, &evidence, &thresholds, &judgement, error))
		return -1;
	reasons_write(&reasons, &judgement, &thresholds);
	verdict.since = judgement.since;
	verdict.time = judgement.time;
	verdict.verdict = judgement.verdict;
	verdict.reason_count = reasons.count;
	for (unsigned int i = 0; i < reasons.count; i++)
		memcpy(verdict.reasons[i], reasons.text[i], sizeof(verdict.reasons[i]));
	apply_inherited(judge, service, thresholds.hold, &verdict);
	view_set_verdict(view, service, &verdict, 0);
	return 0;
}

int judge_view(struct judge *judge, struct view *view, const struct settings *settings, struct error *error)
{
	engine_sweep(judge->engine, view->now);
	for (size_t i = 0; i < view->service_count; i++)
		if (judge_service(judge, view, &view->services[i], settings, error))
			return -1;
	view_sort(view);
	return 0;
}
