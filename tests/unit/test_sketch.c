// SPDX-License-Identifier: GPL-2.0
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sketch.h"

#define WINDOW 1000
#define TRIALS 100
#define BIGGEST 10000

/* Sebastiano Vigna's splitmix64: a stream of fingerprints for each seed. */
static __u64 next_print(__u64 *state)
{
	__u64 x = *state += 0x9e3779b97f4a7c15ULL;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
	x ^= x >> 31;
	return x ? x : 1;
}

/* The definition in words, bit by bit; shares nothing with the kernel side's insertion. */
static void insert(struct rt_sketch *sketch, __u64 print)
{
	unsigned int index = print >> (64 - RT_SKETCH_BITS), rank = 1;

	for (int bit = 63 - RT_SKETCH_BITS; bit >= 0 && !(print >> bit & 1); bit--)
		rank++;
	if (sketch->registers[index] < rank)
		sketch->registers[index] = rank;
	for (size_t i = 0; i < RT_SKETCH_EXACT; i++) {
		if (sketch->exact[i] == print)
			return;
		if (!sketch->exact[i]) {
			sketch->exact[i] = print;
			return;
		}
	}
	sketch->overflowed = 1;
}

static void insert_many(struct rt_sketch *sketch, __u64 seed, size_t count)
{
	for (size_t i = 0; i < count; i++)
		insert(sketch, next_print(&seed));
}

static __u64 estimate_one(const struct rt_sketch *sketch)
{
	return sketch_estimate(&sketch, 1);
}

static void exact_up_to_64(void **state)
{
	(void)state;
	for (size_t count = 0; count <= RT_SKETCH_EXACT; count++) {
		struct rt_sketch sketch = {0};

		insert_many(&sketch, count, count);
		insert_many(&sketch, count, count);
		assert_int_equal(estimate_one(&sketch), count);
	}
}

/* Wherever in the array the kernel side put the fingerprints, and whatever they share with each other. */
static void exact_in_any_order(void **state)
{
	struct rt_sketch sketch = {0};

	(void)state;
	for (size_t i = 0; i < RT_SKETCH_EXACT; i += 3)
		sketch.exact[i] = 256 * (i + 1);
	assert_int_equal(estimate_one(&sketch), 22);
}

static void union_counts_each_key_once(void **state)
{
	struct rt_sketch a = {0}, b = {0};
	const struct rt_sketch *both[] = {&a, NULL, &b};
	__u64 seed = 7;

	(void)state;
	for (size_t i = 0; i < 90; i++) {
		__u64 print = next_print(&seed);

		if (i < 50)
			insert(&a, print);
		if (i >= 40)
			insert(&b, print);
	}
	assert_int_equal(sketch_estimate(both, 3), 90);
	assert_int_equal(sketch_estimate(both, 2), 50);
	assert_int_equal(sketch_estimate(NULL, 0), 0);
}

static void union_is_exact_up_to_128(void **state)
{
	struct rt_sketch parts[3] = {0};
	const struct rt_sketch *all[] = {&parts[0], &parts[1], &parts[2]};
	__u64 got;

	(void)state;
	for (size_t i = 0; i < 3; i++)
		insert_many(&parts[i], 1000 + i, RT_SKETCH_EXACT);
	assert_int_equal(sketch_estimate(all, 2), 128);
	got = sketch_estimate(all, 3);
	assert_in_range(got, 180, 204);
}

static void overlapping_generations_are_not_added_up(void **state)
{
	struct rt_sketch a = {0}, b = {0};
	const struct rt_sketch *both[] = {&a, &b};
	__u64 got;

	(void)state;
	insert_many(&a, 5, 4000);
	insert_many(&b, 5, 3000);
	got = sketch_estimate(both, 2);
	assert_int_equal(got, estimate_one(&a));
	assert_in_range(got, 3600, 4400);
}

/*
 * One standard error of 1,024 registers is 1.04 / 32 = 3.25 %: 10 % is beyond three of them, which
 * about one trial in 500 exceeds.
 */
static void error_over_seeded_trials(void **state)
{
	double squares = 0;
	unsigned int beyond = 0;

	(void)state;
	for (unsigned int trial = 0; trial < TRIALS; trial++) {
		size_t size = lround(65 * pow((double)BIGGEST / 65, (double)trial / (TRIALS - 1)));
		struct rt_sketch sketch = {0};
		double error;

		insert_many(&sketch, 6515 + ((__u64)trial << 32), size);
		error = (double)estimate_one(&sketch) / size - 1;
		squares += error * error;
		beyond += fabs(error) > 0.10;
	}
	print_message("r.m.s. error %.2f %%\n", 100 * sqrt(squares / TRIALS));
	assert_true(sqrt(squares / TRIALS) <= 0.05);
	assert_int_equal(beyond, 0);
}

/* The estimator has no bias that errors of both signs would hide in the test above. */
static void no_bias(void **state)
{
	static const size_t sizes[] = {65, 300, 1500, 5000, 10000};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		double sum = 0;

		for (__u64 seed = 0; seed < 100; seed++) {
			struct rt_sketch sketch = {0};

			insert_many(&sketch, seed << 40, sizes[i]);
			sum += (double)estimate_one(&sketch) / sizes[i];
		}
		assert_true(fabs(sum / 100 - 1) < 0.012);
	}
}

static void saturated_registers(void **state)
{
	struct rt_sketch sketch = {.overflowed = 1};
	__u64 most;

	(void)state;
	assert_int_equal(estimate_one(&sketch), 0);
	memset(sketch.registers, 53, sizeof(sketch.registers));
	most = estimate_one(&sketch);
	assert_true(most > 1ULL << 60);
	memset(sketch.registers, 55, sizeof(sketch.registers) / 4);
	/* 4/3 if the full registers counted for nothing. */
	assert_true(estimate_one(&sketch) > most * 1.1);
	assert_true(estimate_one(&sketch) < most * 1.3);
	memset(sketch.registers, 55, sizeof(sketch.registers));
	assert_true(estimate_one(&sketch) == ~0ULL);
	memset(sketch.registers, 255, sizeof(sketch.registers));
	assert_true(estimate_one(&sketch) == ~0ULL);
}

static void generations_of_the_window(void **state)
{
	struct rt_config config = {.window = WINDOW};
	struct rt_service service = {.epoch = 41};
	const struct rt_service *one = &service;

	(void)state;
	insert_many(&service.sketches[1][RT_SKETCH_CLIENTS], 1, 10); /* epoch 41 */
	insert_many(&service.sketches[0][RT_SKETCH_CLIENTS], 2, 5);  /* epoch 40 */
	insert_many(&service.sketches[1][RT_SKETCH_MAIL], 3, 3);
	assert_int_equal(service_sketch_estimate(&config, &one, 1, RT_SKETCH_CLIENTS, 39999), 0);
	assert_int_equal(service_sketch_estimate(&config, &one, 1, RT_SKETCH_CLIENTS, 40000), 15);
	assert_int_equal(service_sketch_estimate(&config, &one, 1, RT_SKETCH_CLIENTS, 40999), 15);
	assert_int_equal(service_sketch_estimate(&config, &one, 1, RT_SKETCH_CLIENTS, 41000), 15);
	assert_int_equal(service_sketch_estimate(&config, &one, 1, RT_SKETCH_CLIENTS, 41999), 15);
	assert_int_equal(service_sketch_estimate(&config, &one, 1, RT_SKETCH_CLIENTS, 42000), 10);
	assert_int_equal(service_sketch_estimate(&config, &one, 1, RT_SKETCH_CLIENTS, 42999), 10);
	assert_int_equal(service_sketch_estimate(&config, &one, 1, RT_SKETCH_CLIENTS, 43000), 0);
	assert_int_equal(service_sketch_estimate(&config, &one, 1, RT_SKETCH_MAIL, 42000), 3);
	assert_int_equal(service_sketch_estimate(&config, &one, 1, RT_SKETCH_FAN_OUT, 41000), 0);
}

static void services_together(void **state)
{
	struct rt_config config = {.window = WINDOW};
	struct rt_service a = {.epoch = 7}, b = {.epoch = 8};
	const struct rt_service *both[] = {&a, &b};

	(void)state;
	insert_many(&a.sketches[1][RT_SKETCH_FAN_OUT], 1, 10);
	insert_many(&a.sketches[0][RT_SKETCH_FAN_OUT], 9, 40); /* epoch 6: gone at 8 */
	insert_many(&b.sketches[0][RT_SKETCH_FAN_OUT], 1, 30);
	insert_many(&b.sketches[1][RT_SKETCH_FAN_OUT], 2, 5);
	assert_int_equal(service_sketch_estimate(&config, both, 2, RT_SKETCH_FAN_OUT, 8500), 35);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exact_up_to_64),
		cmocka_unit_test(exact_in_any_order),
		cmocka_unit_test(union_counts_each_key_once),
		cmocka_unit_test(union_is_exact_up_to_128),
		cmocka_unit_test(overlapping_generations_are_not_added_up),
		cmocka_unit_test(error_over_seeded_trials),
		cmocka_unit_test(no_bias),
		cmocka_unit_test(saturated_registers),
		cmocka_unit_test(generations_of_the_window),
		cmocka_unit_test(services_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
