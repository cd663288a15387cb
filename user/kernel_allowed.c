// SPDX-License-Identifier: GPL-2.0
/* Reading and editing the list of allowed networks. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel_bpf.h"
#include "kernel_guard.h"

/* One entry of a trie as kernel_read_map() gives it. */
struct record_ipv4 {
	struct rt_prefix_ipv4 key;
	struct rt_allowed value;
} __attribute__((packed));

struct record_ipv6 {
	struct rt_prefix_ipv6 key;
	struct rt_allowed value;
} __attribute__((packed));

static int append_ipv4(struct allowed_list *list, const struct record_ipv4 *record, struct error *error)
{
	struct allowed allowed = {
		.cidr = {.address.bytes = {[10] = 0xff, [11] = 0xff},
			 .length = record->key.length,
			 .ipv4 = true},
		.since = record->value.since,
		.origin = record->value.origin,
	};

	memcpy(allowed.cidr.address.bytes + 12, record->key.address, sizeof(record->key.address));
	return allowed_append(list, &allowed, error);
}

static int append_ipv6(struct allowed_list *list, const struct record_ipv6 *record, struct error *error)
{
	struct allowed allowed = {
		.cidr = {.length = record->key.length},
		.since = record->value.since,
		.origin = record->value.origin,
	};

	memcpy(allowed.cidr.address.bytes, record->key.address, sizeof(record->key.address));
	return allowed_append(list, &allowed, error);
}

int kernel_allowed_read(struct kernel *kernel, struct allowed_list *list, struct error *error)
{
	struct record_ipv4 *ipv4 = NULL;
	struct record_ipv6 *ipv6 = NULL;
	size_t count4 = 0, count6 = 0;
	int failed;

	*list = (struct allowed_list){0};
	failed = kernel_read_map(kernel, MAP_ALLOWED_IPV4, (void **)&ipv4, &count4, error) ||
		 kernel_read_map(kernel, MAP_ALLOWED_IPV6, (void **)&ipv6, &count6, error);
	for (size_t i = 0; !failed && i < count4; i++)
		failed = append_ipv4(list, &ipv4[i], error);
	for (size_t i = 0; !failed && i < count6; i++)
		failed = append_ipv6(list, &ipv6[i], error);
	free(ipv4);
	free(ipv6);
	if (failed)
		allowed_free(list);
	else
		allowed_sort(list);
	return failed ? -1 : 0;
}

/* Adds, replaces or removes the one entry. */
static int write_entry(struct kernel *kernel, const struct allowed *allowed)
{
	enum kernel_map map = allowed->cidr.ipv4 ? MAP_ALLOWED_IPV4 : MAP_ALLOWED_IPV6;
	struct rt_prefix_ipv4 ipv4 = {.length = allowed->cidr.length};
	struct rt_prefix_ipv6 ipv6 = {.length = allowed->cidr.length};
	const void *key = allowed->cidr.ipv4 ? (void *)&ipv4 : (void *)&ipv6;
	struct rt_allowed value = {.since = allowed->since, .origin = allowed->origin};

	memcpy(ipv4.address, allowed->cidr.address.bytes + 12, sizeof(ipv4.address));
	memcpy(ipv6.address, allowed->cidr.address.bytes, sizeof(ipv6.address));
	return allowed->change == ALLOWED_GONE ? kernel_delete(kernel, map, key)
					       : kernel_update(kernel, map, key, &value);
}

static bool is_written(const struct allowed *allowed, bool gone)
{
	return allowed->change != ALLOWED_SAME && (allowed->change == ALLOWED_GONE) == gone;
}

static int write_entries(struct kernel *kernel, const struct allowed_list *list, bool gone,
			 struct error *error)
{
	char text[CIDR_TEXT];

	for (size_t i = 0; i < list->count; i++) {
		if (!is_written(&list->all[i], gone) || !write_entry(kernel, &list->all[i]))
			continue;
		cidr_format(text, &list->all[i].cidr);
		return fail(error, "cannot change that %s is allowed: %s", text, strerror(errno));
	}
	return 0;
}

/*
 * The filter knows a network before the trie does, and until the trie has forgotten it: nobody is dropped who is
 * allowed.
 */
static int write_allowed(struct kernel *kernel, const struct allowed_list *list, struct error *error)
{
	struct rt_guard *guard = malloc(sizeof(*guard));
	__u32 zero = 0;
	int failed = !guard || kernel_lookup(kernel, MAP_GUARD, &zero, guard);

	for (size_t i = 0; !failed && i < list->count; i++)
		if (is_written(&list->all[i], false))
			allowed_near(guard, &list->all[i].cidr);
	failed = failed || kernel_update(kernel, MAP_GUARD, &zero, guard);
	if (failed) {
		fail(error, "cannot write what is allowed: %s", strerror(errno));
	} else {
		failed = write_entries(kernel, list, false, error) ||
			 write_entries(kernel, list, true, error);
		if (!failed) {
			allowed_near_all(guard, list);
			failed = kernel_update(kernel, MAP_GUARD, &zero, guard) &&
				 fail(error, "cannot write what is allowed: %s", strerror(errno));
		}
	}
	free(guard);
	return failed ? -1 : 0;
}

static int check_room(const struct kernel *kernel, const struct allowed_list *list, struct error *error)
{
	static const enum kernel_map maps[] = {MAP_ALLOWED_IPV6, MAP_ALLOWED_IPV4};

	for (int ipv4 = 0; ipv4 <= 1; ipv4++) {
		struct bpf_map_info info = {};
		__u32 length = sizeof(info);
		size_t count = allowed_count(list, ipv4);

		if (!bpf_obj_get_info_by_fd(kernel->maps[maps[ipv4]], &info, &length) &&
		    count > info.max_entries)
			return fail(
				error,
				"%u IPv%d networks at most can be allowed, with these it would be %zu; nothing "
				"was changed; 'relaytrap list' shows them, 'relaytrap disallow' makes room",
				info.max_entries, ipv4 ? 4 : 6, count);
	}
	return 0;
}

static int apply(struct allowed_list *list, enum allowed_edit edit, struct cidr *wanted, size_t count,
		 struct error *error)
{
	switch (edit) {
	case ALLOWED_ALLOW:
		return allowed_allow(list, wanted, count, RT_OPERATOR, kernel_now(), error);
	case ALLOWED_FOLLOW:
		return allowed_follow(list, wanted, count, kernel_now(), error);
	default:
		allowed_disallow(list, wanted, count);
		return 0;
	}
}

int kernel_allowed_edit(struct kernel *kernel, enum allowed_edit edit, struct cidr *wanted, size_t count,
			struct allowed_list *after, struct error *error)
{
	bool pinned = *kernel->pin_dir; /* before that it is nobody else's */
	int lock = pinned ? kernel_guard_lock(kernel, error) : -1, failed;

	*after = (struct allowed_list){0};
	if (pinned && lock < 0)
		return -1;
	failed = kernel_allowed_read(kernel, after, error) || apply(after, edit, wanted, count, error) ||
		 check_room(kernel, after, error) || write_allowed(kernel, after, error);
	if (pinned)
		close(lock);
	if (failed)
		allowed_free(after);
	return failed ? -1 : 0;
}

int kernel_allowed_follow(struct kernel *kernel, const struct settings *settings, struct error *error)
{
	const struct words *words = &settings->allow;
	struct cidr *wanted = calloc(words->count + 1, sizeof(*wanted));
	struct allowed_list after;
	size_t count = 0;
	int failed = 0;

	if (!wanted)
		return fail(error, "not enough memory for the allowed networks");
	for (const char *word = words_next(words, NULL); word && !failed; word = words_next(words, word))
		failed = cidr_parse(&wanted[count++], word, error);
	if (!failed)
		failed = kernel_allowed_edit(kernel, ALLOWED_FOLLOW, wanted, count, &after, error);
	if (!failed)
		allowed_free(&after);
	free(wanted);
	return failed;
}
