/* SPDX-License-Identifier: GPL-2.0 */
/* Processes: who is tracked, and how one becomes a member of a service. */
#ifndef RELAYTRAP_BPF_PROCESS_H
#define RELAYTRAP_BPF_PROCESS_H

#include "merge.h"

#define PF_KTHREAD 0x00200000
#define ANCESTORS_WALKED 16

static __always_inline void process_key(struct rt_process_key *key, const struct task_struct *task)
{
	key->tgid = task->tgid;
	key->pad = 0;
	key->start = task->group_leader->start_boottime;
}

static __always_inline bool same_process(const struct rt_process_key *a, const struct rt_process_key *b)
{
	return a->tgid == b->tgid && a->start == b->start;
}

/* Kernel threads act for nobody; pid 1 hands sockets to everybody. */
static __always_inline bool is_trackable(const struct task_struct *task)
{
	return task->tgid != 1 && !(task->flags & PF_KTHREAD);
}

static __always_inline void process_describe(struct rt_process *p, const struct task_struct *task)
{
	p->uid = task->cred->uid.val;
	p->netns = task->nsproxy->net_ns->ns.inum;
	p->cgroup = task->cgroups->dfl_cgrp->kn->id;
	__builtin_memcpy(p->comm, task->comm, sizeof(p->comm));
}

/* For more than one service there is no telling which one a descendant will serve. */
static __always_inline void process_listens(struct rt_process *p, __u32 slot)
{
	p->listens = !p->listens || p->listens == slot ? slot : RT_LISTENS_MANY;
}

static __always_inline struct rt_process *process_find(const struct rt_process_key *key)
{
	return bpf_map_lookup_elem(&processes, key);
}

/* The service that @p acts for now, 0 = none: who was asked from within this host is free when the hops are over. */
static __always_inline __u32 process_serves(const struct rt_process *p)
{
	return p->role == RT_ROLE_HOP && !p->hops ? 0 : p->service;
}

/* The entry of @task, made as a candidate without lineage if there is none. NULL = table full. */
static __always_inline struct rt_process *process_track(const struct rt_process_key *key,
							const struct task_struct *task)
{
	struct rt_process *p = process_find(key), fresh = {};

	if (p)
		return p;
	process_describe(&fresh, task);
	bpf_map_update_elem(&processes, key, &fresh, BPF_NOEXIST);
	p = process_find(key);
	if (!p)
		lose(RT_LOST_PROCESSES, 1);
	return p;
}

/* The nearest ancestor that is tracked; its key is written to @key. */
static __always_inline struct rt_process *nearest_ancestor(struct rt_process_key *key,
							   const struct task_struct *task)
{
	for (int i = 0; i < ANCESTORS_WALKED; i++) {
		struct rt_process *p;

		task = task->real_parent;
		if (!task || task->tgid <= 1)
			return NULL;
		process_key(key, task);
		p = process_find(key);
		if (p)
			return p;
	}
	return NULL;
}

/*
 * Whom it is put down to what @task does: itself, and, once there was no room for somebody, who is tracked and has
 * started it.
 */
static __always_inline struct rt_process *process_acting(struct rt_process_key *key,
							 const struct task_struct *task)
{
	__u32 cause = RT_LOST_PROCESSES;
	struct rt_process *p;
	__u64 *times;

	process_key(key, task);
	p = process_find(key);
	if (p)
		return p;
	times = bpf_map_lookup_elem(&lost, &cause);
	return times && *times ? nearest_ancestor(key, task) : NULL;
}

/* What a candidate opened becomes the service's. */
SUBPROGRAM int take_over(__u32 tgid, __u64 start, __u32 slot)
{
	struct rt_process_key key = {.tgid = tgid, .start = start};
	struct provisional *held = bpf_map_lookup_elem(&provisionals, &key);
	struct rt_process *p = process_find(&key);
	struct rt_service *s = service_at(slot);

	if (!held || !s || !p)
		return 0;
	for (__u32 i = 0; i < PROVISIONAL_KEPT; i++) {
		struct provisional_connect *kept = &held->kept[i];
		struct destination to = {.address = kept->address, .port = kept->port, .local = kept->local};

		if (i >= held->total || kept->taken)
			continue;
		count_connect(s, kept->at);
		count_destination(s, slot, &to);
		if (kept->failed)
			add(s, RT_CONNECT_FAILURES, 1);
		__sync_fetch_and_add(&p->connects, 1);
	}
	if (held->total > PROVISIONAL_KEPT)
		lose(RT_LOST_PROVISIONAL, held->total - PROVISIONAL_KEPT);
	bpf_map_delete_elem(&provisionals, &key);
	return 0;
}

struct promotion {
	struct rt_process_key ancestor;
	__u32 slot;
};

/*
 * Whether a candidate descends from who is promoted, by what was seen of forks. Those between them may have been
 * promoted just before.
 */
static __always_inline bool descends_from(const struct rt_process *p, const struct promotion *to)
{
	struct rt_process_key up = p->parent;

	for (int i = 0; i < ANCESTORS_WALKED; i++) {
		if (!up.tgid)
			return false;
		if (same_process(&up, &to->ancestor))
			return true;
		p = process_find(&up);
		if (!p || p->service)
			return p && process_serves(p) == to->slot;
		up = p->parent;
	}
	lose(RT_LOST_LINEAGE, 1);
	return false;
}

static long promote(void *map, const struct rt_process_key *key, struct rt_process *p, struct promotion *to)
{
	if (p->service || !descends_from(p, to))
		return 0;
	p->service = to->slot;
	p->role = RT_ROLE_DESCENDANT;
	take_over(key->tgid, key->start, to->slot);
	return 0;
}

/* Makes a process a member of the service at @slot, and the descendants that it already has. */
SUBPROGRAM int become_member(__u32 tgid, __u64 start, __u32 slot, __u32 role)
{
	struct promotion promotion = {.ancestor = {.tgid = tgid, .start = start}, .slot = slot};
	struct rt_process *p = process_find(&promotion.ancestor);
	bool was_candidate;

	if (!p)
		return 0;
	was_candidate = !p->service;
	p->service = slot;
	p->role = role;
	if (!was_candidate)
		return 0;
	take_over(tgid, start, slot);
	if (p->children)
		bpf_for_each_map_elem(&processes, promote, &promotion, 0);
	return 0;
}

/*
 * A reading process joins the service it reads for; who reads for two makes them one. A hop's reader joins only if it
 * serves none.
 */
static __always_inline void process_join(const struct rt_process_key *key, struct rt_process *p, __u32 slot,
					 __u32 role)
{
	__u32 current_slot = service_root(p->service);

	if (current_slot == slot && (p->role >= role || role == RT_ROLE_HOP))
		return;
	if (current_slot && p->role == RT_ROLE_READER) {
		if (role == RT_ROLE_READER)
			service_merge(current_slot, slot);
		return;
	}
	if (process_serves(p) && (p->role >= role || role == RT_ROLE_HOP))
		return;
	become_member(key->tgid, key->start, slot, role);
}

#endif
