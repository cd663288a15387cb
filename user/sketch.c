// SPDX-License-Identifier: GPL-2.0
/*
 * The estimator is the improved raw one of Otmar Ertl, "New cardinality estimation algorithms for
 * HyperLogLog sketches" (arXiv:1702.01284), section 2: without bias from 0 to beyond 2^60, no
 * tables, no switch between formulas.
 */
#include "sketch.h"

#include <math.h>
#include <stdbool.h>

#define RANK_BITS (64 - RT_SKETCH_BITS)
#define RANK_MAX (RANK_BITS + 1)

#define UNION_MAX (2 * RT_SKETCH_EXACT)
#define UNION_SLOTS (2 * UNION_MAX)

/* What several sketches have seen together. */
struct sketch_union {
	__u64 exact[UNION_SLOTS]; /* each fingerprint once; open addressing, 0 = free */
	unsigned int used;
	bool overflowed;
	__u8 registers[RT_SKETCH_REGISTERS]; /* the maximum of theirs */
};

/* False if there is no room for it. */
static bool add_fingerprint(struct sketch_union *all, __u64 print)
{
	size_t slot = print % UNION_SLOTS;

	while (all->exact[slot] && all->exact[slot] != print)
		slot = (slot + 1) % UNION_SLOTS;
	if (all->exact[slot])
		return true;
	if (all->used == UNION_MAX)
		return false;
	all->exact[slot] = print;
	all->used++;
	return true;
}

static void add_sketch(struct sketch_union *all, const struct rt_sketch *sketch)
{
	for (size_t i = 0; i < RT_SKETCH_REGISTERS; i++)
		if (all->registers[i] < sketch->registers[i])
			all->registers[i] = sketch->registers[i];
	all->overflowed = all->overflowed || sketch->overflowed;
	for (size_t i = 0; !all->overflowed && i < RT_SKETCH_EXACT; i++)
		if (sketch->exact[i])
			all->overflowed = !add_fingerprint(all, sketch->exact[i]);
}

/* Ertl's sigma: what the registers still at 0 contribute. Infinite for @x = 1. */
static double sigma(double x)
{
	double power = 1, sum = x, before;

	if (x == 1)
		return INFINITY;
	do {
		before = sum;
		x *= x;
		sum += x * power;
		power *= 2;
	} while (sum != before);
	return sum;
}

/* Ertl's tau: what the saturated registers contribute. */
static double tau(double x)
{
	double power = 1, sum = 1 - x, before;

	if (x == 0 || x == 1)
		return 0;
	do {
		before = sum;
		x = sqrt(x);
		power /= 2;
		sum -= (1 - x) * (1 - x) * power;
	} while (sum != before);
	return sum / 3;
}

static __u64 estimate(const struct sketch_union *all)
{
	const double m = RT_SKETCH_REGISTERS;
	unsigned int histogram[RANK_MAX + 1] = {0};
	double sum, keys;

	if (!all->overflowed)
		return all->used;
	for (size_t i = 0; i < RT_SKETCH_REGISTERS; i++)
		histogram[all->registers[i] < RANK_MAX ? all->registers[i] : RANK_MAX]++;
	sum = m * tau(1 - histogram[RANK_MAX] / m);
	for (size_t rank = RANK_BITS; rank > 0; rank--)
		sum = 0.5 * (sum + histogram[rank]);
	sum += m * sigma(histogram[0] / m);
	keys = m * m / (2 * M_LN2 * sum);
	return keys < 0x1p63 ? (__u64)llround(keys) : ~0ULL;
}

__u64 sketch_estimate(const struct rt_sketch *const sketches[], size_t count)
{
	struct sketch_union all = {0};

	for (size_t i = 0; i < count; i++)
		if (sketches[i])
			add_sketch(&all, sketches[i]);
	return estimate(&all);
}

/*
 * One epoch ahead of @now is the next generation, begun since @now was taken; more than one is a
 * window that has been changed.
 */
__u64 service_sketch_estimate(const struct rt_config *config, const struct rt_service *const services[],
			      size_t count, enum rt_sketch_kind kind, __u64 now)
{
	__u64 epoch = config->window ? now / config->window : 0;
	struct sketch_union all = {0};

	for (size_t i = 0; i < count; i++) {
		const struct rt_service *service = services[i];

		if (service->epoch + 1 < epoch || service->epoch > epoch + 1)
			continue;
		add_sketch(&all, &service->sketches[service->epoch % 2][kind]);
		if (service->epoch >= epoch)
			add_sketch(&all, &service->sketches[(service->epoch + 1) % 2][kind]);
	}
	return estimate(&all);
}
