// SPDX-License-Identifier: GPL-2.0
#include "events.h"

#include <string.h>

#include "units.h"
#include "view_guard.h"

static const char *const names[EVENT_KINDS] = {
	[EVENT_LOADED] = "loaded",
	[EVENT_TAKEN_OVER] = "taken_over",
	[EVENT_STOPPED] = "stopped",
	[EVENT_UNLOADED] = "unloaded",
	[EVENT_RELOADED] = "reloaded",
	[EVENT_REFUSED] = "settings_refused",
	[EVENT_RECORDING_FAILED] = "recording_failed",
	[EVENT_METRICS_FAILED] = "metrics_failed",
	[EVENT_METRICS_AGAIN] = "metrics_again",
	[EVENT_ACTION_FAILED] = "action_failed",
	[EVENT_NOT_JUDGED] = "not_judged",
	[EVENT_JUDGED_AGAIN] = "judged_again",
	[EVENT_LISTENER] = "listener",
	[EVENT_LISTENER_BACK] = "listener_back",
	[EVENT_VERDICT] = "verdict",
	[EVENT_CONTAINED] = "contained",
	[EVENT_RELEASED] = "released",
	[EVENT_SPARED] = "spared",
	[EVENT_STOPPING] = "stopping",
	[EVENT_BLOCKED] = "blocked",
	[EVENT_UNBLOCKED] = "unblocked",
	[EVENT_DROPS] = "drops",
	[EVENT_GUARDED] = "guarded",
	[EVENT_REGUARDED] = "reguarded",
	[EVENT_UNGUARDED] = "unguarded",
	[EVENT_LOST] = "lost",
	[EVENT_LEFT_OUT] = "left_out",
};

const char *event_name(enum event_kind kind)
{
	return kind < EVENT_KINDS ? names[kind] : "unknown";
}

bool event_is_warning(const struct event *event)
{
	switch (event->kind) {
	case EVENT_VERDICT:
		return event->service->judged.verdict >= VERDICT_SUSPECT;
	case EVENT_LOADED:
	case EVENT_TAKEN_OVER:
	case EVENT_STOPPED:
	case EVENT_RELOADED:
	case EVENT_METRICS_AGAIN:
	case EVENT_JUDGED_AGAIN:
	case EVENT_RELEASED:
	case EVENT_UNBLOCKED:
	case EVENT_GUARDED:
		return false;
	case EVENT_UNGUARDED:
		return !event->gone && event->interface->state != RT_INTERFACE_UNFIT;
	default:
		return true;
	}
}

/* NULL if the list is full. */
static struct event *add(struct events *events, enum event_kind kind, double time)
{
	struct event *event = &events->all[events->count];

	if (events->count == EVENTS_MAX)
		return NULL;
	*event = (struct event){.kind = kind, .time = time};
	events->count++;
	return event;
}

void events_add(struct events *events, enum event_kind kind, double time, const char *text)
{
	struct event *event = add(events, kind, time);

	if (event)
		event->text = text;
}

/* One more each second, up to what may come at once. */
static void refill(struct event_budget *budget, __u64 now)
{
	__u64 seconds = now > budget->refilled ? (now - budget->refilled) / NS_PER_S : 0;

	if (!budget->refilled || seconds >= EVENTS_AT_ONCE) {
		budget->left = EVENTS_AT_ONCE;
		budget->refilled = now;
		return;
	}
	budget->left = budget->left + seconds < EVENTS_AT_ONCE ? budget->left + seconds : EVENTS_AT_ONCE;
	budget->refilled += seconds * NS_PER_S;
}

struct event *events_add_within(struct events *events, struct event_budget *budget, enum event_kind kind,
				const struct view *now)
{
	if (!budget->left) {
		budget->left_out++;
		return NULL;
	}
	budget->left--;
	return add(events, kind, now->time);
}

static struct event *add_within(struct events *events, struct event_budget *budget, enum event_kind kind,
				const struct view *now, const struct view_service *service)
{
	struct event *event = events_add_within(events, budget, kind, now);

	if (event)
		event->service = service;
	return event;
}

static void tell_left_out(struct events *events, struct event_budget *budget, enum event_kind kind,
			  const struct view *now)
{
	struct event *event;

	if (!budget->left_out || (budget->told && now->now - budget->told < EVENTS_TOLD_EVERY))
		return;
	event = add(events, EVENT_LEFT_OUT, now->time);
	if (!event)
		return;
	event->left_out = kind;
	event->count = budget->left_out;
	budget->left_out = 0;
	budget->told = now->now;
}

static const struct view_service *find(const struct view *view, const struct view_service *same)
{
	for (size_t i = 0; view && i < view->service_count; i++)
		if (view->services[i].slot == same->slot && view->services[i].birth == same->birth)
			return &view->services[i];
	return NULL;
}

/* Of @service on @port; NULL if it has no such port. */
static const struct view_listener *listener_on(const struct view_service *service, __u16 port)
{
	for (size_t i = 0; service && i < service->port_count; i++)
		if (service->ports[i] == port)
			return &service->port_listeners[i];
	return NULL;
}

/*
 * The same before: of the service itself, or of one that is gone now, as it may have become part of
 * this one.
 */
static const struct view_listener *listener_before(const struct view *before, const struct view *now,
						   const struct view_service *service, __u16 port)
{
	const struct view_listener *found = listener_on(find(before, service), port);

	for (size_t i = 0; !found && i < before->service_count; i++)
		if (!find(now, &before->services[i]))
			found = listener_on(&before->services[i], port);
	return found;
}

/* A service that was quickly started again shows by its process. */
static bool is_the_same(const struct view_listener *before, const struct view_listener *now)
{
	return before->count && (!before->started || now->started <= before->started);
}

static void compare_listeners(struct events *events, struct event_budget *budget, const struct view *before,
			      const struct view *now, const struct view_service *service)
{
	for (size_t i = 0; i < service->port_count; i++) {
		const struct view_listener *listener = &service->port_listeners[i], *earlier;
		struct event *event;

		if (!listener->count)
			continue;
		earlier = listener_before(before, now, service, service->ports[i]);
		if (earlier && is_the_same(earlier, listener))
			continue;
		event = add_within(events, budget, earlier ? EVENT_LISTENER_BACK : EVENT_LISTENER, now,
				   service);
		if (!event)
			continue;
		event->port = service->ports[i];
		event->blocked = view_guard_find(now, service->ports[i]) && !now->dry_run;
	}
}

/* Unjudged is as good as quiet, the first verdict of all. */
static void compare_verdict(struct events *events, struct event_budget *budget, const struct view *before,
			    const struct view *now, const struct view_service *service)
{
	const struct view_service *earlier = find(before, service);
	enum verdict verdict = service->judged.verdict;
	enum verdict was = earlier ? earlier->judged.verdict : VERDICT_QUIET;
	struct event *event;

	if (!service->judged.birth || verdict == was || (!before && verdict < VERDICT_SUSPECT))
		return;
	event = add_within(events, budget, EVENT_VERDICT, now, service);
	if (event)
		event->before = was;
}

static enum event_release release_of(const struct view_containment *before,
				     const struct view_containment *now, double time)
{
	if (now->released > before->since)
		return RELEASE_OPERATOR;
	if (before->expires > 0 && time >= before->expires)
		return RELEASE_EXPIRED;
	return now->exempt ? RELEASE_EXEMPT : RELEASE_SETTINGS;
}

/* Without a view before, what stands is news. */
static void compare_containment(struct events *events, struct event_budget *budget, const struct view *before,
				const struct view *now, const struct view_service *service)
{
	static const struct view_service unknown;
	const struct view_service *earlier = find(before, service);
	const struct view_containment *was, *is = &service->containment;
	struct event *event;

	if (!earlier)
		earlier = &unknown;
	was = &earlier->containment;
	if (*service->judged.spared && strcmp(service->judged.spared, earlier->judged.spared) != 0)
		add_within(events, budget, EVENT_SPARED, now, service);
	if (is->in_force && (!was->in_force || is->dry_run != was->dry_run)) {
		add_within(events, budget, EVENT_CONTAINED, now, service);
	} else if (was->in_force && !is->in_force) {
		event = add_within(events, budget, EVENT_RELEASED, now, service);
		if (event)
			event->release = release_of(was, is, now->time);
	}
}

static __u64 risen(__u64 now, __u64 before)
{
	return now > before ? now - before : 0;
}

static void add_stopped(struct event_memory *memory, const struct view *before,
			const struct view_service *service)
{
	const struct view_service *earlier = find(before, service);
	const __u64 *is = service->counters, *was = service->before;
	const struct view_containment *cut = earlier ? &earlier->containment : NULL;
	const __u64 new[STOPPED_KINDS] = {
		[STOPPED_CONNECTS] = risen(is[RT_REFUSED_CONNECTS], was[RT_REFUSED_CONNECTS]),
		[STOPPED_SENDS] = risen(is[RT_REFUSED_SENDS], was[RT_REFUSED_SENDS]),
		[STOPPED_IN_NAME] = risen(is[RT_WOULD_REFUSE], was[RT_WOULD_REFUSE]),
		/* The first ones are told with the containment. */
		[STOPPED_CUT] = cut && cut->in_force ? risen(service->containment.cut, cut->cut) : 0,
	};
	bool any = false;

	for (unsigned int kind = 0; kind < STOPPED_KINDS; kind++) {
		memory->stopped[kind] += new[kind];
		any |= new[kind] != 0;
	}
	if (!any)
		return;
	memory->stopped_others |= memory->stopped_slot && memory->stopped_slot != service->slot;
	if (!memory->stopped_slot)
		memory->stopped_slot = service->slot;
}

static void tell_stopped(struct events *events, struct event_memory *memory, const struct view *now)
{
	struct event *event;

	if (!memory->stopped_slot ||
	    (memory->stopped_told && now->now - memory->stopped_told < EVENTS_TOLD_EVERY))
		return;
	event = add(events, EVENT_STOPPING, now->time);
	if (!event)
		return;
	memcpy(event->stopped, memory->stopped, sizeof(event->stopped));
	event->others = memory->stopped_others;
	for (size_t i = 0; i < now->service_count; i++)
		if (now->services[i].slot == memory->stopped_slot)
			event->service = &now->services[i];
	memset(memory->stopped, 0, sizeof(memory->stopped));
	memory->stopped_slot = 0;
	memory->stopped_others = false;
	memory->stopped_told = now->now;
}

static void compare_losses(struct events *events, struct event_memory *memory, const struct view *now)
{
	bool due = !memory->lost_told || now->now - memory->lost_told >= EVENTS_TOLD_EVERY;
	struct event *event = NULL;

	for (unsigned int cause = 0; cause < LOST_CAUSES; cause++) {
		/* Some causes come and go. */
		if (now->lost[cause] < memory->lost[cause])
			memory->lost[cause] = now->lost[cause];
		if (!due || now->lost[cause] == memory->lost[cause])
			continue;
		if (!event)
			event = add(events, EVENT_LOST, now->time);
		if (!event)
			return;
		event->lost[cause] = now->lost[cause] - memory->lost[cause];
		memory->lost[cause] = now->lost[cause];
		memory->lost_told = now->now;
	}
}

/* Whether there are verdicts, and none is renewed any more. */
static bool is_stale(const struct view *view, __u64 fresh)
{
	__u64 latest = 0;

	for (size_t i = 0; i < view->service_count; i++)
		if (view->services[i].judged.time > latest)
			latest = view->services[i].judged.time;
	return fresh && latest && view->now > latest && view->now - latest > fresh;
}

static void compare_judges(struct events *events, __u64 fresh, const struct view *before,
			   const struct view *now)
{
	bool stale = is_stale(now, fresh);

	if (stale && !(before && is_stale(before, fresh)))
		events_add(events, EVENT_NOT_JUDGED, now->time,
			   "the verdicts are not renewed any more: is 'relaytrap run' still active?");
	else if (!stale && before && is_stale(before, fresh))
		events_add(events, EVENT_JUDGED_AGAIN, now->time, "the verdicts are renewed again");
}

void events_between(struct events *events, struct event_memory *memory, const struct view *before,
		    const struct view *now)
{
	events->count = 0;
	if (before && (!before->config || before->instance != now->instance))
		before = NULL;
	if (!before)
		memset(memory->lost, 0, sizeof(memory->lost));
	refill(&memory->listeners, now->now);
	refill(&memory->verdicts, now->now);
	refill(&memory->containments, now->now);
	refill(&memory->blocks, now->now);
	refill(&memory->interfaces, now->now);
	compare_judges(events, memory->fresh, before, now);
	compare_losses(events, memory, now);
	/* As it happened: who listens, what it is judged for, what is done about it. */
	for (size_t i = 0; before && i < now->service_count; i++)
		compare_listeners(events, &memory->listeners, before, now, &now->services[i]);
	for (size_t i = 0; i < now->service_count; i++)
		compare_verdict(events, &memory->verdicts, before, now, &now->services[i]);
	for (size_t i = 0; i < now->service_count; i++)
		compare_containment(events, &memory->containments, before, now, &now->services[i]);
	for (size_t i = 0; before && i < now->service_count; i++)
		add_stopped(memory, before, &now->services[i]);
	tell_stopped(events, memory, now);
	events_of_guard(events, memory, before, now);
	tell_left_out(events, &memory->verdicts, EVENT_VERDICT, now);
	tell_left_out(events, &memory->containments, EVENT_CONTAINED, now);
	tell_left_out(events, &memory->listeners, EVENT_LISTENER, now);
	tell_left_out(events, &memory->blocks, EVENT_BLOCKED, now);
	tell_left_out(events, &memory->interfaces, EVENT_GUARDED, now);
}
