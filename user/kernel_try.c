// SPDX-License-Identifier: GPL-2.0
/* Which of the programs this kernel takes. */
#include <string.h>

#include "kernel_bpf.h"

static const char *try_program(const char *name, const struct settings *settings, int cgroup)
{
	struct relaytrap_bpf *skeleton = kernel_open_skeleton(settings);
	const char *problem = NULL;
	struct bpf_program *program;
	struct bpf_link *link = NULL;

	if (!skeleton)
		return "cannot be opened";
	bpf_object__for_each_program(program, skeleton->obj)
		bpf_program__set_autoload(program, strcmp(bpf_program__name(program), name) == 0);
	program = bpf_object__find_program_by_name(skeleton->obj, name);
	if (relaytrap_bpf__load(skeleton))
		problem = "refused by the verifier";
	else if (!is_guard(program) && !(link = is_iterator(program) ? bpf_program__attach_iter(program, NULL)
								     : kernel_attach(program, cgroup)))
		problem = "cannot be attached";
	bpf_link__destroy(link);
	relaytrap_bpf__destroy(skeleton);
	return problem;
}

void kernel_try_programs(const struct settings *settings, int cgroup, kernel_tried *tried, void *context)
{
	struct relaytrap_bpf *skeleton = kernel_open_skeleton(settings);
	struct bpf_program *program;

	if (!skeleton)
		return;
	bpf_object__for_each_program(program, skeleton->obj)
		if (!is_cut(program) || kernel_can_cut(program))
			tried(context, bpf_program__section_name(program), bpf_program__name(program),
			      try_program(bpf_program__name(program), settings, cgroup));
	relaytrap_bpf__destroy(skeleton);
}
