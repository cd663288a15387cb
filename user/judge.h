/* SPDX-License-Identifier: GPL-2.0 */
/* Between views and the engine: evidence from a view, verdicts into it. Pure. */
#ifndef RELAYTRAP_JUDGE_H
#define RELAYTRAP_JUDGE_H

#include "evidence.h"
#include "settings.h"
#include "view.h"

struct judge;

/* For up to @services services; NULL for want of memory. */
struct judge *judge_new(size_t services);
void judge_free(struct judge *judge);

/* What @view says of @service, one of its own, as the engine takes it. */
void judge_evidence(struct evidence *evidence, const struct view *view, const struct view_service *service);

/*
 * Goes on with @verdict, which another judge has said of the service in @slot: it falls as a verdict
 * of this one would. To be called before the first view; -1 for want of memory.
 */
int judge_inherit(struct judge *judge, __u32 slot, const struct rt_verdict *verdict, struct error *error);

/* Judges all services of @view by the thresholds in @settings, and puts them in order. */
int judge_view(struct judge *judge, struct view *view, const struct settings *settings, struct error *error);

#endif
