/* SPDX-License-Identifier: GPL-2.0 */
/* The judge: evidence on services goes in, snapshot by snapshot, verdicts come out. Pure. */
#ifndef RELAYTRAP_ENGINE_H
#define RELAYTRAP_ENGINE_H

#include "findings.h"

struct judgement {
	enum verdict verdict;
	enum verdict before; /* at the call before, VERDICT_QUIET at the first */
	bool changed;
	__u64 since;              /* boot clock, ns */
	__u64 time;               /* of the evidence judged */
	bool held;                /* the evidence is not enough for it any more */
	__u64 confirmed;          /* when it last was: time, unless held */
	struct findings findings; /* of the time confirmed: what verdict rests on */
};

struct engine;

/* An engine that knows up to @services services at a time, some 6 KiB each; NULL for want of memory. */
struct engine *engine_new(size_t services);
void engine_free(struct engine *engine);

/*
 * Judges one service by what is known of it now. @thresholds may differ between services and calls;
 * another window lets the service's history begin anew. When all places are taken, the service that
 * was judged longest ago makes room, unless that was at this very time: then it fails.
 */
int engine_judge(struct engine *engine, const struct evidence *evidence, const struct thresholds *thresholds,
		 struct judgement *judgement, struct error *error);

/*
 * Forgets services that were not judged for so long before @now that nothing is left of their history
 * and verdict. To be called once for each snapshot.
 */
void engine_sweep(struct engine *engine, __u64 now);

/* How many services it knows. */
size_t engine_count(const struct engine *engine);

#endif
