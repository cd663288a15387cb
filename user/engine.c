// SPDX-License-Identifier: GPL-2.0
#include "engine.h"

#include <stdlib.h>

#include "units.h"

/* How long a set of upstreams is watched for repetition: until the snapshot after, at the usual interval. */
#define CONFIRM (NS_PER_S / 2)

#define CHAINS_MAX 8192

struct service {
	struct service *next; /* of those with the same hash */
	__u32 slot;
	__u64 birth;
	__u64 judged;
	__u64 forget; /* so long after judged there is nothing to remember */
	__u64 wide;   /* when it became as wide as relaying takes, if it still is */
	bool is_wide;
	struct findings_past past;
	struct verdict_state state;
	struct history history;
	struct findings kept; /* what the verdict rests on */
	__u64 kept_at;
};

struct engine {
	size_t capacity;
	size_t count;
	size_t chains; /* a power of 2 */
	struct service *chain[];
};

struct engine *engine_new(size_t services)
{
	struct engine *engine;
	size_t chains = 1;

	while (chains < services && chains < CHAINS_MAX)
		chains *= 2;
	engine = calloc(1, sizeof(*engine) + chains * sizeof(engine->chain[0]));
	if (!engine)
		return NULL;
	engine->capacity = services;
	engine->chains = chains;
	return engine;
}

/* Takes the service that @link points at out of its chain. */
static void drop(struct engine *engine, struct service **link)
{
	struct service *service = *link;

	*link = service->next;
	engine->count--;
	free(service);
}

void engine_free(struct engine *engine)
{
	if (!engine)
		return;
	for (size_t i = 0; i < engine->chains; i++)
		while (engine->chain[i])
			drop(engine, &engine->chain[i]);
	free(engine);
}

static struct service **chain_of(struct engine *engine, __u32 slot, __u64 birth)
{
	__u64 hash = (birth ^ slot) * 0x9e3779b97f4a7c15ULL;

	return &engine->chain[(hash >> 32) % engine->chains];
}

/* False if all were judged at @now. */
static bool make_room(struct engine *engine, __u64 now)
{
	struct service **oldest = NULL;

	for (size_t i = 0; i < engine->chains; i++)
		for (struct service **link = &engine->chain[i]; *link; link = &(*link)->next)
			if ((*link)->judged != now && (!oldest || (*link)->judged < (*oldest)->judged))
				oldest = link;
	if (oldest)
		drop(engine, oldest);
	return oldest;
}

static struct service *find(struct engine *engine, const struct evidence *evidence, struct error *error)
{
	struct service **chain = chain_of(engine, evidence->slot, evidence->birth), *service;

	for (service = *chain; service; service = service->next)
		if (service->slot == evidence->slot && service->birth == evidence->birth)
			return service;
	if (engine->count >= engine->capacity && !make_room(engine, evidence->time)) {
		fail(error, "there are more than %zu services to judge: raise max_services",
		     engine->capacity);
		return NULL;
	}
	service = calloc(1, sizeof(*service));
	if (!service) {
		fail(error, "not enough memory to judge another service");
		return NULL;
	}
	service->slot = evidence->slot;
	service->birth = evidence->birth;
	service->next = *chain;
	*chain = service;
	engine->count++;
	return service;
}

/* Weighs the evidence; notes since when the service is wide. */
static void weigh(struct service *service, const struct evidence *evidence,
		  const struct thresholds *thresholds, struct findings *findings)
{
	service->past.wide = service->is_wide && evidence->time - service->wide >= CONFIRM;
	findings_make(findings, evidence, &service->history, thresholds, &service->past);
	findings_remember(&service->past, findings);
	if (findings->wide && !service->is_wide)
		service->wide = evidence->time;
	service->is_wide = findings->wide;
}

int engine_judge(struct engine *engine, const struct evidence *evidence, const struct thresholds *thresholds,
		 struct judgement *judgement, struct error *error)
{
	struct service *service = find(engine, evidence, error);
	struct judgement *j = judgement;

	if (!service)
		return -1;
	if (!history_add(&service->history, evidence, thresholds->window)) {
		verdict_rewind(&service->state, evidence->time);
		service->is_wide = false;
		service->past = (struct findings_past){0};
		if (service->kept_at > evidence->time)
			service->kept_at = evidence->time;
	}
	service->judged = evidence->time;
	service->forget = 2 * thresholds->window + VERDICTS * thresholds->hold;
	weigh(service, evidence, thresholds, &j->findings);
	j->time = evidence->time;
	j->before = service->state.verdict;
	j->changed = verdict_step(&service->state, j->findings.verdict, evidence->time, thresholds->hold);
	j->verdict = service->state.verdict;
	j->since = service->state.since;
	j->held = j->verdict > j->findings.verdict;
	if (j->held) {
		j->findings = service->kept;
	} else {
		service->kept = j->findings;
		service->kept_at = evidence->time;
	}
	j->confirmed = service->kept_at;
	return 0;
}

void engine_sweep(struct engine *engine, __u64 now)
{
	for (size_t i = 0; i < engine->chains; i++) {
		struct service **link = &engine->chain[i];

		while (*link) {
			if (now > (*link)->judged && now - (*link)->judged > (*link)->forget)
				drop(engine, link);
			else
				link = &(*link)->next;
		}
	}
}

size_t engine_count(const struct engine *engine)
{
	return engine->count;
}
