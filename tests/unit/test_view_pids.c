// SPDX-License-Identifier: GPL-2.0
/* A view of some processes only. */
#include "made_snapshot.h"

#include "view_pids.h"

static void keep(struct made *m, const char *pids)
{
	struct words words = {0};
	struct error error;
	size_t length;

	for (; *pids; pids += length + (pids[length] == ',')) {
		length = strcspn(pids, ",");
		assert_int_equal(words_add(&words, pids, length, &error), 0);
	}
	build(m, NULL);
	view_keep_pids(&m->view, &words);
}

static void made_services(struct made *m)
{
	service(m, 1, 300, 300);
	service(m, 2, 20, 20);
	endpoint(m, 6515, 1, 10);
	endpoint(m, 8080, 2, 20);
	process(m, 10, 1, RT_ROLE_READER, "one");
	process(m, 11, 1, RT_ROLE_READER, "two");
	process(m, 20, 2, RT_ROLE_READER, "three");
}

static void without_pids_nothing_goes(void **state)
{
	struct made *m = *state;

	made_services(m);
	keep(m, "");
	assert_int_equal(m->view.service_count, 2);
	assert_int_equal(m->view.process_count, 3);
}

static void only_these_stay(void **state)
{
	struct made *m = *state;

	made_services(m);
	keep(m, "11");
	assert_int_equal(m->view.service_count, 1);
	assert_int_equal(m->view.process_count, 1);
	assert_int_equal(m->view.services[0].process_count, 1);
	assert_int_equal(m->view.services[0].processes[0].pid, 11);
	assert_int_equal(m->view.services[0].counters[RT_ACCEPTS], 300);
	keep(m, "20,11,99");
	assert_int_equal(m->view.service_count, 2);
	assert_int_equal(m->view.process_count, 2);
	keep(m, "1,110");
	assert_int_equal(m->view.service_count, 0);
	assert_int_equal(m->view.process_count, 0);
}

/* The next view finds its figures of before. */
static void rates_stay(void **state)
{
	struct made *m = *state;
	struct made *later = calloc(1, sizeof(*later));

	assert_non_null(later);
	made_services(m);
	keep(m, "20");
	later_copy(later, m);
	later->services[1].value.counters[RT_ACCEPTS] += 8;
	build(later, &m->view);
	assert_int_equal(later->view.services[1].counters[RT_ACCEPTS], 28);
	assert_int_equal(later->view.services[1].before[RT_ACCEPTS], 20);
	view_free(&later->view);
	free(later);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(without_pids_nothing_goes),
		TEST(only_these_stay),
		TEST(rates_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
