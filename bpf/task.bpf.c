// SPDX-License-Identifier: GPL-2.0
/* Fork, change of name, exit, end: lineage of tracked processes, and the end of their state. */
#include "process.h"

char LICENSE[] SEC("license") = "GPL";

SEC("tp_btf/sched_process_fork")
int BPF_PROG(process_forked, struct task_struct *parent, struct task_struct *child)
{
	struct rt_process_key key, parent_key;
	struct rt_process *p, *up;

	if (child->tgid == parent->tgid) /* a thread */
		return 0;
	process_key(&parent_key, parent);
	up = process_find(&parent_key);
	if (!up || stands_aside())
		return 0;
	process_key(&key, child);
	p = process_track(&key, child);
	if (!p)
		return 0;
	if (process_serves(up)) {
		p->service = up->service;
		p->role = RT_ROLE_DESCENDANT;
	} else {
		p->parent = parent_key;
		p->listens = up->listens;
		p->origin = up->origin;
		__sync_fetch_and_add(&up->children, 1);
	}
	return 0;
}

/* By exec or by its own wish. */
SEC("tp_btf/task_rename")
int BPF_PROG(process_renamed, struct task_struct *task, const char *name)
{
	struct rt_process_key key;
	struct rt_process *p;

	if (task->pid != task->tgid) /* a thread's name is its own */
		return 0;
	process_key(&key, task);
	p = process_find(&key);
	if (p && !stands_aside())
		bpf_probe_read_kernel_str(p->comm, sizeof(p->comm), name);
	return 0;
}

/* Its connections are closed after this, and still need to know whose they were. */
SEC("tp_btf/sched_process_exit")
int BPF_PROG(process_exited, struct task_struct *task)
{
	struct rt_process_key key;
	struct rt_process *p;

	if (task->signal->live.counter) /* other threads go on */
		return 0;
	process_key(&key, task);
	p = process_find(&key);
	if (p && !stands_aside())
		p->exited = 1;
	return 0;
}

struct bequest {
	struct rt_process_key from;
	struct rt_process_key to;
};

static long inherit(void *map, const struct rt_process_key *key, struct rt_process *p,
		    struct bequest *bequest)
{
	if (same_process(&p->parent, &bequest->from))
		p->parent = bequest->to;
	return 0;
}

/* After the last of a process: its pid is free. Children that outlive it descend from its parent. */
SEC("tp_btf/sched_process_free")
int BPF_PROG(process_freed, struct task_struct *task)
{
	struct bequest bequest = {};
	struct rt_process *p, *up;

	if (task->pid != task->tgid)
		return 0;
	process_key(&bequest.from, task);
	p = process_find(&bequest.from);
	if (!p || stands_aside())
		return 0;
	bequest.to = p->parent;
	up = process_find(&p->parent);
	if (up)
		__sync_fetch_and_add(&up->children, p->children - 1);
	if (p->children)
		bpf_for_each_map_elem(&processes, inherit, &bequest, 0);
	bpf_map_delete_elem(&provisionals, &bequest.from);
	bpf_map_delete_elem(&processes, &bequest.from);
	return 0;
}
