// SPDX-License-Identifier: GPL-2.0
/* Access to the maps. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel_bpf.h"

int kernel_read_map(struct kernel *kernel, enum kernel_map map, void **records, size_t *count,
		    struct error *error)
{
	struct bpf_map_info info = {};
	__u32 length = sizeof(info), got;
	char batch[64]; /* as large as a key, where keys are places */
	char *keys, *values, *out;
	size_t stride;
	int failed;

	*records = NULL;
	*count = 0;
	if (bpf_obj_get_info_by_fd(kernel->maps[map], &info, &length))
		return fail(error, "cannot ask for the size of map %s: %s", kernel_map_names[map],
			    strerror(errno));
	stride = info.key_size + info.value_size;
	got = info.max_entries;
	keys = malloc((size_t)got * info.key_size);
	values = malloc((size_t)got * info.value_size);
	out = malloc((size_t)got * stride);
	failed = !keys || !values || !out ||
		 (bpf_map_lookup_batch(kernel->maps[map], NULL, batch, keys, values, &got, NULL) &&
		  errno != ENOENT);
	if (failed)
		fail(error, "cannot read map %s: %s", kernel_map_names[map], strerror(errno));
	for (__u32 i = 0; !failed && i < got; i++) {
		memcpy(out + i * stride, keys + i * info.key_size, info.key_size);
		memcpy(out + i * stride + info.key_size, values + i * info.value_size, info.value_size);
	}
	free(keys);
	free(values);
	if (failed) {
		free(out);
		return -1;
	}
	*records = out;
	*count = got;
	return 0;
}

int kernel_lookup(struct kernel *kernel, enum kernel_map map, const void *key, void *value)
{
	return bpf_map_lookup_elem(kernel->maps[map], key, value);
}

int kernel_sum(struct kernel *kernel, enum kernel_map map, const void *key, __u64 *sum, size_t words)
{
	int cpus = libbpf_num_possible_cpus();
	__u64 *values = cpus > 0 ? calloc(cpus, words * sizeof(*values)) : NULL;
	int failed = !values || bpf_map_lookup_elem(kernel->maps[map], key, values);

	memset(sum, 0, words * sizeof(*sum));
	for (size_t i = 0; !failed && i < cpus * words; i++)
		sum[i % words] += values[i];
	free(values);
	return failed ? -1 : 0;
}

int kernel_update(struct kernel *kernel, enum kernel_map map, const void *key, const void *value)
{
	return bpf_map_update_elem(kernel->maps[map], key, value, BPF_ANY);
}

int kernel_delete(struct kernel *kernel, enum kernel_map map, const void *key)
{
	return bpf_map_delete_elem(kernel->maps[map], key);
}

void kernel_lose(struct kernel *kernel, enum rt_lost cause, __u64 more)
{
	__u32 key = cause;
	__u64 count;

	if (!more || kernel_lookup(kernel, MAP_LOST, &key, &count))
		return;
	count += more;
	kernel_update(kernel, MAP_LOST, &key, &count);
}

const struct rt_config *kernel_config(const struct kernel *kernel)
{
	return &kernel->config;
}
