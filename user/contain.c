// SPDX-License-Identifier: GPL-2.0
#include "contain.h"

#include <stdio.h>
#include <string.h>

#include "spare.h"

#define SSH_PORT 22

/* Why a port is not blocked. */
enum open {
	OPEN_SSH,
	OPEN_UNSEEN,
	OPEN_SHARED,
	OPEN_REASONS
};

/* Whether @service listens on @port at an address where it would be hit by a block. */
static bool listens_on(const struct view_service *service, __u16 port)
{
	for (size_t i = 0; i < service->port_count; i++)
		if (service->ports[i] == port)
			return service->port_listeners[i].exposed && service->port_listeners[i].count;
	return false;
}

static bool is_to_stop(const struct view_service *service, const struct settings *settings, __u32 self)
{
	char why[RT_REASON_LEN];

	return (service->standing == VERDICT_CONTAINED || service->judged.verdict == VERDICT_RELAYING) &&
	       !spare(why, service, settings, self);
}

/* OPEN_REASONS: nothing speaks against a block. */
static enum open why_open(const struct view *view, const struct view_service *service, size_t port,
			  const struct settings *settings, __u32 self)
{
	if (service->ports[port] == SSH_PORT)
		return OPEN_SSH;
	if (!service->port_listeners[port].exposed)
		return OPEN_UNSEEN;
	for (size_t i = 0; i < view->service_count; i++)
		if (&view->services[i] != service && listens_on(&view->services[i], service->ports[port]) &&
		    !is_to_stop(&view->services[i], settings, self))
			return OPEN_SHARED;
	return OPEN_REASONS;
}

static void tell_open(char text[RT_REASON_LEN], const struct ports open[OPEN_REASONS])
{
	static const char *const reasons[OPEN_REASONS] = {
		[OPEN_SSH] = "ssh",
		[OPEN_UNSEEN] = "on loopback, or in another network namespace",
		[OPEN_SHARED] = "another service listens there, too",
	};
	char ports[32];
	size_t used = 0;

	*text = '\0';
	for (enum open why = 0; why < OPEN_REASONS && used < RT_REASON_LEN; why++) {
		ports_format(&open[why], ports, sizeof(ports));
		if (*ports)
			used += snprintf(text + used, RT_REASON_LEN - used, "%sport %s (%s)",
					 used ? ", " : "", ports, reasons[why]);
	}
}

void contain_ports(struct ports *ports, char unblocked[RT_REASON_LEN], const struct view *view,
		   const struct view_service *service, const struct settings *settings, __u32 self)
{
	struct ports sorted[OPEN_REASONS + 1] = {0};

	for (size_t i = 0; i < service->port_count; i++) {
		enum open why = why_open(view, service, i, settings, self);

		sorted[why].bits[service->ports[i] / 8] |= 1 << service->ports[i] % 8;
	}
	*ports = sorted[OPEN_REASONS];
	tell_open(unblocked, sorted);
}

bool contain_stands(const struct rt_containment *kept, const struct view_service *service)
{
	return kept->since && kept->birth == service->birth;
}

void contain_release(struct rt_containment *kept, __u64 now)
{
	*kept = (struct rt_containment){.birth = kept->birth, .released = now, .cut = kept->cut};
}

/* When the fuse of @service blew, 0 if it is whole. */
static __u64 blown(const struct view_service *service, const struct rt_fuse *fuse,
		   const struct settings *settings)
{
	return settings->fuse && fuse && fuse->blown >= service->birth ? fuse->blown : 0;
}

/*
 * After an operator's word the evidence of before is void: the service has to relay anew, or the time of a
 * containment has to go by.
 */
static bool is_released(const struct rt_containment *kept, const struct view *view,
			const struct view_service *service, __u64 fuse_blown, const struct settings *settings)
{
	if (!kept->released || kept->birth != service->birth)
		return false;
	if (fuse_blown > kept->released ||
	    (service->judged.verdict == VERDICT_RELAYING && service->judged.since > kept->released))
		return false;
	return !settings->expire || view->now < kept->released + settings->expire;
}

static void start(struct contain_decision *decision, const struct view *view,
		  const struct view_service *service, const struct settings *settings, bool fuse)
{
	decision->act = CONTAIN_START;
	decision->containment = (struct rt_containment){
		.birth = service->birth,
		.since = view->now,
		.expires = settings->expire ? view->now + settings->expire : 0,
		.origin = RT_ENGINE,
		.dry_run = settings->mode == RT_DRY_RUN,
		.fuse = fuse ? settings->fuse : 0,
	};
}

/* What stands goes on, unless its time is over, or it is no longer what the settings ask for. */
static void decide_standing(struct contain_decision *decision, const struct view *view,
			    const struct view_service *service, const struct rt_containment *kept,
			    const struct settings *settings, bool spared)
{
	if (kept->expires && view->now >= kept->expires)
		decision->act = CONTAIN_END;
	if (kept->origin != RT_ENGINE)
		return;
	if (settings->mode == RT_OBSERVE || spared)
		decision->act = CONTAIN_END;
	decision->containment.exempt = spared;
	if (decision->act == CONTAIN_NOTHING && !!kept->dry_run != (settings->mode == RT_DRY_RUN))
		start(decision, view, service, settings, kept->fuse);
}

/* Tells the kernel side who has no fuse, before one blows if it can be helped. */
static void decide_exemption(struct contain_decision *decision, const struct view_service *service,
			     const struct rt_containment *kept, bool exempt, bool fuse_blown)
{
	bool same = kept->birth == service->birth;

	if (exempt == (same && kept->exempt) && !(exempt && fuse_blown))
		return;
	decision->act = CONTAIN_EXEMPT;
	decision->containment.exempt = exempt;
	decision->containment.released = same ? kept->released : 0;
}

void contain_decide(struct contain_decision *decision, const struct view *view,
		    const struct view_service *service, const struct rt_containment *kept,
		    const struct rt_fuse *fuse, const struct settings *settings, __u32 self)
{
	__u64 fuse_blown = blown(service, fuse, settings);
	bool relays = service->judged.verdict == VERDICT_RELAYING;
	bool stands = contain_stands(kept, service), spared;
	char why[RT_REASON_LEN] = "";

	*decision = (struct contain_decision){.containment.birth = service->birth};
	if (settings->mode == RT_OBSERVE && !stands)
		return;
	spared = spare(why, service, settings, self);
	if (stands) {
		decide_standing(decision, view, service, kept, settings, spared);
		return;
	}
	if (settings->fuse)
		decide_exemption(decision, service, kept, spared, fuse_blown);
	if (!relays && (!fuse_blown || spared))
		return;
	if (spared)
		memcpy(decision->spared, why, sizeof(why));
	else if (is_released(kept, view, service, fuse_blown, settings))
		snprintf(decision->spared, sizeof(decision->spared), "an operator has released it");
	else
		start(decision, view, service, settings, fuse_blown && !relays);
}
