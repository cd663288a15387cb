// SPDX-License-Identifier: GPL-2.0
#include "allowed.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

static int compare_cidrs(const void *a, const void *b)
{
	const struct cidr *one = a, *other = b;
	int order;

	if (one->ipv4 != other->ipv4)
		return other->ipv4 - one->ipv4;
	order = memcmp(one->address.bytes, other->address.bytes, sizeof(one->address.bytes));
	return order ? order : (int)one->length - (int)other->length;
}

static int compare(const void *a, const void *b)
{
	return compare_cidrs(&((const struct allowed *)a)->cidr, &((const struct allowed *)b)->cidr);
}

/* Capacity is what the next power of two gives, so it need not be kept. */
static int grow(struct allowed_list *list, struct error *error)
{
	struct allowed *all;

	if (list->count & (list->count - 1))
		return 0;
	all = reallocarray(list->all, list->count ? 2 * list->count : 1, sizeof(*all));
	if (!all)
		return fail(error, "not enough memory for the list of allowed networks");
	list->all = all;
	return 0;
}

int allowed_append(struct allowed_list *list, const struct allowed *allowed, struct error *error)
{
	if (grow(list, error))
		return -1;
	list->all[list->count++] = *allowed;
	return 0;
}

void allowed_sort(struct allowed_list *list)
{
	if (list->count)
		qsort(list->all, list->count, sizeof(*list->all), compare);
}

void allowed_free(struct allowed_list *list)
{
	free(list->all);
	*list = (struct allowed_list){0};
}

struct allowed *allowed_find(const struct allowed_list *list, const struct cidr *cidr)
{
	struct allowed wanted = {.cidr = *cidr};

	return list->count ? bsearch(&wanted, list->all, list->count, sizeof(wanted), compare) : NULL;
}

int allowed_allow(struct allowed_list *list, struct cidr *wanted, size_t count, enum rt_origin origin,
		  __u64 now, struct error *error)
{
	struct allowed_list known = *list;
	struct allowed *found;

	if (count)
		qsort(wanted, count, sizeof(*wanted), compare_cidrs);
	for (size_t i = 0; i < count; i++) {
		struct allowed fresh = {wanted[i], now, origin, ALLOWED_NEW};

		if (i && !compare_cidrs(&wanted[i - 1], &wanted[i]))
			continue;
		known.all = list->all; /* it may have moved; its order still holds */
		found = allowed_find(&known, &wanted[i]);
		if (!found) {
			if (allowed_append(list, &fresh, error))
				return -1;
		} else if (origin == RT_OPERATOR && found->origin != RT_OPERATOR) {
			found->origin = RT_OPERATOR;
			found->change = ALLOWED_RENEWED;
		}
	}
	allowed_sort(list);
	return 0;
}

void allowed_disallow(struct allowed_list *list, const struct cidr *wanted, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct allowed *found = allowed_find(list, &wanted[i]);

		if (found)
			found->change = ALLOWED_GONE;
	}
}

int allowed_follow(struct allowed_list *list, struct cidr *wanted, size_t count, __u64 now,
		   struct error *error)
{
	if (count)
		qsort(wanted, count, sizeof(*wanted), compare_cidrs);
	for (size_t i = 0; i < list->count; i++) {
		struct allowed *allowed = &list->all[i];

		if (allowed->origin == RT_SETTINGS &&
		    (!count || !bsearch(&allowed->cidr, wanted, count, sizeof(*wanted), compare_cidrs)))
			allowed->change = ALLOWED_GONE;
	}
	return allowed_allow(list, wanted, count, RT_SETTINGS, now, error);
}

size_t allowed_count(const struct allowed_list *list, bool ipv4)
{
	size_t count = 0;

	for (size_t i = 0; i < list->count; i++)
		count += list->all[i].cidr.ipv4 == ipv4 && list->all[i].change != ALLOWED_GONE;
	return count;
}

static void set_near(__u8 *filter, __u16 value)
{
	filter[value / 8] |= 1U << value % 8;
}

void allowed_near(struct rt_guard *guard, const struct cidr *cidr)
{
	const __u8 *ipv4 = cidr->address.bytes + 12;
	__u32 first;

	if (cidr->ipv4) {
		for (__u32 more = cidr->length < 16 ? 1U << (16 - cidr->length) : 1; more--;)
			set_near(guard->near_ipv4, htons((ipv4[0] << 8 | ipv4[1]) + more));
	} else if (cidr->length < 32) {
		/* Neighbours are scattered by the hash. */
		memset(guard->near_ipv6, 0xff, sizeof(guard->near_ipv6));
	} else {
		memcpy(&first, cidr->address.bytes, sizeof(first));
		set_near(guard->near_ipv6, first * RT_NEAR_MULTIPLIER >> 16);
	}
}

void allowed_near_all(struct rt_guard *guard, const struct allowed_list *list)
{
	memset(guard->near_ipv4, 0, sizeof(guard->near_ipv4));
	memset(guard->near_ipv6, 0, sizeof(guard->near_ipv6));
	for (size_t i = 0; i < list->count; i++)
		if (list->all[i].change != ALLOWED_GONE)
			allowed_near(guard, &list->all[i].cidr);
}
