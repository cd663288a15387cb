// SPDX-License-Identifier: GPL-2.0
/* Which of the programs this kernel takes. */
#include <string.h>

#include "kernel_bpf.h"

/* The guard is not attached: to an interface that does harm. */
static const char *try_attach(struct bpf_program *program, int cgroup)
{
	struct bpf_link *link;

	if (is_guard(program))
		return NULL;
	link = is_iterator(program) ? bpf_program__attach_iter(program, NULL)
				    : kernel_attach(program, cgroup);
	if (!link)
		return "cannot be attached";
	bpf_link__destroy(link);
	return NULL;
}

static const char *try_alone(const char *name, const struct settings *settings, int cgroup)
{
	struct relaytrap_bpf *skeleton = kernel_open_skeleton(settings);
	struct bpf_program *program;
	const char *problem;

	if (!skeleton)
		return "cannot be opened";
	bpf_object__for_each_program(program, skeleton->obj)
		bpf_program__set_autoload(program, strcmp(bpf_program__name(program), name) == 0);
	program = bpf_object__find_program_by_name(skeleton->obj, name);
	problem = relaytrap_bpf__load(skeleton) ? "refused by the verifier; --verbose shows why"
						: try_attach(program, cgroup);
	relaytrap_bpf__destroy(skeleton);
	return problem;
}

/* All at once, as that is quicker; if the kernel refuses that, which one it is that it refuses. */
void kernel_try_programs(const struct settings *settings, int cgroup, kernel_tried *tried, void *context)
{
	struct relaytrap_bpf *skeleton = kernel_open_skeleton(settings);
	struct bpf_program *program;
	const char *problem;
	bool loaded;

	if (!skeleton)
		return;
	bpf_object__for_each_program(program, skeleton->obj)
		bpf_program__set_autoload(program, !is_cut(program) || kernel_can_cut(program));
	loaded = !relaytrap_bpf__load(skeleton);
	bpf_object__for_each_program(program, skeleton->obj) {
		if (!bpf_program__autoload(program))
			continue;
		problem = loaded ? try_attach(program, cgroup)
				 : try_alone(bpf_program__name(program), settings, cgroup);
		tried(context, bpf_program__section_name(program), bpf_program__name(program), problem);
	}
	relaytrap_bpf__destroy(skeleton);
}
