// SPDX-License-Identifier: GPL-2.0
#include "made_snapshot.h"

#include "ledger.h"

#define SLOTS 600

static const struct events nothing;

/* Process @pid, of its own name, listens on its port and reads there. */
static struct rt_service *serve(struct made *m, __u32 slot, const char *name, __u64 accepts)
{
	struct rt_service *made = service(m, slot, accepts, 0);

	endpoint(m, (__u16)(7000 + slot), slot, 100 + slot);
	process(m, 100 + slot, slot, RT_ROLE_READER, name);
	return made;
}

static void clear(struct made *m)
{
	m->snapshot.endpoint_count = m->snapshot.service_count = m->snapshot.process_count = 0;
	memset(m->services, 0, sizeof(m->services));
	memset(m->endpoints, 0, sizeof(m->endpoints));
	memset(m->processes, 0, sizeof(m->processes));
	m->snapshot.now += SECOND;
}

static void look(struct ledger *ledger, struct made *m, size_t places)
{
	build(m, NULL);
	ledger_take(ledger, &m->snapshot, &m->view, &nothing, places);
}

static const struct rt_series *find_series(const struct ledger *ledger, const char *label)
{
	for (size_t i = RT_SERIES_OWN; i < RT_SERIES; i++)
		if (ledger->series[i].seen && !strcmp(ledger->series[i].label, label))
			return &ledger->series[i];
	return NULL;
}

static __u64 accepts_of(const struct ledger *ledger, const char *label)
{
	const struct rt_series *series = find_series(ledger, label);

	assert_non_null(series);
	return series->counters[RT_ACCEPTS];
}

static __u64 all_accepts(const struct ledger *ledger)
{
	return ledger_total(ledger).counters[RT_ACCEPTS];
}

static void one_name_one_series(void **state)
{
	struct ledger *ledger = ledger_new(SLOTS);
	struct made *m = *state;
	struct rt_service *one = serve(m, 1, "nginx", 3);

	serve(m, 2, "nginx", 4);
	fan_out(one, 1, 5);
	look(ledger, m, 50);
	assert_int_equal(accepts_of(ledger, "nginx"), 7);
	assert_int_equal(all_accepts(ledger), 7);
	assert_int_equal(ledger->states[RT_SERIES_OWN].services, 2);
	assert_int_equal(ledger->states[RT_SERIES_OWN].listeners, 2);
	one->counters[RT_ACCEPTS] = 10;
	look(ledger, m, 50);
	look(ledger, m, 50);
	assert_int_equal(accepts_of(ledger, "nginx"), 14);
	ledger_free(ledger);
}

static void what_is_gone_stays_counted(void **state)
{
	struct ledger *ledger = ledger_new(SLOTS);
	struct made *m = *state;

	serve(m, 1, "nginx", 3);
	serve(m, 2, "nginx", 4);
	look(ledger, m, 50);
	clear(m);
	serve(m, 1, "nginx", 3);
	look(ledger, m, 50);
	assert_int_equal(accepts_of(ledger, "nginx"), 7);
	/* The slot is used again, by a younger service that counts from 0. */
	clear(m);
	serve(m, 2, "nginx", 1)->since = 99 * SECOND;
	look(ledger, m, 50);
	assert_int_equal(accepts_of(ledger, "nginx"), 8);
	ledger_free(ledger);
}

static void a_renamed_service_goes_on_elsewhere(void **state)
{
	struct ledger *ledger = ledger_new(SLOTS);
	struct made *m = *state;
	struct rt_service *one = serve(m, 1, "before", 3);

	look(ledger, m, 50);
	one->counters[RT_ACCEPTS] = 5;
	memcpy(m->processes[0].value.comm, "after", sizeof("after"));
	look(ledger, m, 50);
	assert_int_equal(accepts_of(ledger, "before"), 3);
	assert_int_equal(accepts_of(ledger, "after"), 2);
	assert_int_equal(all_accepts(ledger), 5);
	ledger_free(ledger);
}

static void merged_services_are_not_counted_twice(void **state)
{
	struct ledger *ledger = ledger_new(SLOTS);
	struct made *m = *state;
	struct rt_service *two;

	serve(m, 1, "front", 3);
	two = serve(m, 2, "back", 4);
	look(ledger, m, 50);
	two->merged = 1;
	two->counters[RT_ACCEPTS] = 6;
	m->processes[1].value.service = 1;
	look(ledger, m, 50);
	assert_int_equal(m->view.service_count, 1);
	assert_int_equal(m->view.services[0].counters[RT_ACCEPTS], 9);
	assert_int_equal(accepts_of(ledger, "front"), 5);
	assert_int_equal(accepts_of(ledger, "back"), 4);
	assert_int_equal(all_accepts(ledger), 9);
	ledger_free(ledger);
}

static void places_are_kept_and_given_up_last(void **state)
{
	struct ledger *ledger = ledger_new(SLOTS);
	struct made *m = *state;

	serve(m, 1, "one", 1);
	serve(m, 2, "two", 1);
	look(ledger, m, 2);
	clear(m);
	serve(m, 1, "one", 2);
	serve(m, 2, "two", 2);
	serve(m, 3, "three", 100);
	look(ledger, m, 2);
	assert_null(find_series(ledger, "three"));
	assert_int_equal(ledger->series[RT_SERIES_OTHERS].counters[RT_ACCEPTS], 100);
	/* Who is gone makes room; what the newcomer had before stays with the others. */
	clear(m);
	serve(m, 1, "one", 2);
	serve(m, 3, "three", 105);
	look(ledger, m, 2);
	assert_int_equal(accepts_of(ledger, "three"), 5);
	assert_int_equal(ledger->series[RT_SERIES_OTHERS].counters[RT_ACCEPTS], 100);
	assert_int_equal(find_series(ledger, "two")->placed, 0);
	/* And goes on from where it was. */
	clear(m);
	serve(m, 2, "two", 3)->since = 99 * SECOND;
	look(ledger, m, 2);
	assert_int_equal(accepts_of(ledger, "two"), 5);
	assert_int_equal(all_accepts(ledger), 1 + 1 + 1 + 1 + 100 + 5 + 3);
	ledger_free(ledger);
}

static void who_relays_takes_the_place_of_who_does_not(void **state)
{
	struct ledger *ledger = ledger_new(SLOTS);
	struct made *m = *state;
	struct rt_verdict verdict = {.birth = 1, .verdict = VERDICT_SUSPECT};

	serve(m, 1, "calm", 1);
	look(ledger, m, 1);
	clear(m);
	serve(m, 1, "calm", 2);
	serve(m, 2, "relay", 7);
	build(m, NULL);
	for (size_t i = 0; i < m->view.service_count; i++)
		if (m->view.services[i].slot == 2)
			view_set_verdict(&m->view, &m->view.services[i], &verdict, 0);
	view_sort(&m->view);
	ledger_take(ledger, &m->snapshot, &m->view, &nothing, 1);
	assert_int_equal(accepts_of(ledger, "relay"), 7);
	assert_int_equal(accepts_of(ledger, "calm"), 1);
	assert_int_equal(find_series(ledger, "calm")->placed, 0);
	assert_int_equal(ledger->series[RT_SERIES_OTHERS].counters[RT_ACCEPTS], 1);
	ledger_free(ledger);
}

static void fewer_places_at_once(void **state)
{
	struct ledger *ledger = ledger_new(SLOTS);
	struct made *m = *state;
	size_t placed = 0;

	for (__u32 slot = 1; slot <= 8; slot++) {
		char name[8];

		snprintf(name, sizeof(name), "n%u", slot);
		serve(m, slot, name, slot);
	}
	look(ledger, m, 50);
	look(ledger, m, 3);
	for (size_t i = RT_SERIES_OWN; i < RT_SERIES; i++)
		placed += ledger->series[i].placed;
	assert_int_equal(placed, 3);
	assert_int_equal(all_accepts(ledger), 36);
	ledger_free(ledger);
}

static void returns_and_cuts(void **state)
{
	struct ledger *ledger = ledger_new(SLOTS);
	struct rt_containment contained[3] = {0};
	struct events events = {.count = 1};
	struct made *m = *state;

	serve(m, 1, "proxy", 1);
	m->snapshot.config.max_services = 2;
	m->snapshot.containments = contained;
	contained[1] = (struct rt_containment){.birth = m->services[0].value.since, .since = 9, .cut = 4};
	build(m, NULL);
	events.all[0] = (struct event){
		.kind = EVENT_LISTENER_BACK, .service = &m->view.services[0], .port = 7001, .blocked = true};
	ledger_take(ledger, &m->snapshot, &m->view, &events, 50);
	events.all[0].blocked = false;
	ledger_take(ledger, &m->snapshot, &m->view, &events, 50);
	assert_int_equal(find_series(ledger, "proxy")->returns, 2);
	assert_int_equal(find_series(ledger, "proxy")->blocked_returns, 1);
	assert_int_equal(find_series(ledger, "proxy")->cut, 4);
	/* Contained anew: its count begins at 0. */
	contained[1].since = 10;
	contained[1].cut = 3;
	ledger_take(ledger, &m->snapshot, &m->view, &nothing, 50);
	assert_int_equal(find_series(ledger, "proxy")->cut, 7);
	ledger_free(ledger);
}

static void replaced_programs(void **state)
{
	struct ledger *ledger = ledger_new(SLOTS);
	struct made *m = *state;

	m->snapshot.lost[LOST_MISSED_RUNS] = 7;
	look(ledger, m, 50);
	m->snapshot.lost[LOST_MISSED_RUNS] = 2;
	look(ledger, m, 50);
	look(ledger, m, 50);
	assert_int_equal(ledger_missed_runs(ledger), 9);
	ledger_free(ledger);
}

/* The random life of services: no series and no sum ever goes back, and nothing is lost or counted twice. */
#define LABELS 12

struct life {
	__u64 truth;
	__u64 before[LABELS];
	__u64 others;
	__u32 seed;
	__u64 births[MAX];
	__u64 accepts[MAX];
	unsigned int labels[MAX];
};

static unsigned int roll(struct life *life, unsigned int sides)
{
	life->seed = life->seed * 1664525U + 1013904223U;
	return (life->seed >> 16) % sides;
}

static void live(struct life *life, struct made *m)
{
	static const char *const names[LABELS] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"};

	clear(m);
	for (__u32 slot = 1; slot < MAX; slot++) {
		unsigned int more = roll(life, 20), what = roll(life, 30);

		if (what < 3) {
			life->births[slot] = what ? m->snapshot.now : 0;
			life->accepts[slot] = 0;
			life->labels[slot] = roll(life, LABELS);
		} else if (what < 5) {
			life->labels[slot] = roll(life, LABELS);
		}
		if (!life->births[slot])
			continue;
		life->truth += more;
		life->accepts[slot] += more;
		serve(m, slot, names[life->labels[slot]], life->accepts[slot])->since = life->births[slot];
	}
}

static void check_life(struct life *life, const struct ledger *ledger)
{
	for (size_t i = RT_SERIES_OWN; i < RT_SERIES; i++) {
		const struct rt_series *series = &ledger->series[i];
		unsigned int label = (unsigned char)series->label[0] - 'a';

		if (!series->seen)
			continue;
		assert_in_range(series->counters[RT_ACCEPTS], life->before[label], life->truth);
		life->before[label] = series->counters[RT_ACCEPTS];
	}
	assert_true(ledger->series[RT_SERIES_OTHERS].counters[RT_ACCEPTS] >= life->others);
	life->others = ledger->series[RT_SERIES_OTHERS].counters[RT_ACCEPTS];
	assert_int_equal(all_accepts(ledger), life->truth);
}

static void nothing_goes_back(void **state)
{
	struct life life = {.seed = 1};
	struct made *m = *state;

	for (int round = 0; round < 20; round++) {
		struct ledger *ledger = ledger_new(SLOTS);

		life = (struct life){.seed = life.seed};
		for (int i = 0; i < 100; i++) {
			live(&life, m);
			look(ledger, m, 1 + roll(&life, 8));
			check_life(&life, ledger);
		}
		ledger_free(ledger);
	}
}

static void more_labels_than_are_remembered(void **state)
{
	struct ledger *ledger = ledger_new(SLOTS);
	struct made *m = *state;
	char name[RT_COMM_LEN];

	for (unsigned int i = 0; i < 2 * RT_SERIES; i++) {
		clear(m);
		snprintf(name, sizeof(name), "name%u", i);
		serve(m, 1, name, 1)->since = m->snapshot.now;
		look(ledger, m, 10);
		assert_int_equal(all_accepts(ledger), i + 1);
	}
	assert_null(find_series(ledger, "name0"));
	assert_true(ledger->series[RT_SERIES_GONE].counters[RT_ACCEPTS] > 0);
	assert_int_equal(ledger->series[RT_SERIES_OTHERS].counters[RT_ACCEPTS], 0);
	ledger_free(ledger);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_name_one_series),
		TEST(what_is_gone_stays_counted),
		TEST(a_renamed_service_goes_on_elsewhere),
		TEST(merged_services_are_not_counted_twice),
		TEST(places_are_kept_and_given_up_last),
		TEST(who_relays_takes_the_place_of_who_does_not),
		TEST(fewer_places_at_once),
		TEST(returns_and_cuts),
		TEST(replaced_programs),
		TEST(nothing_goes_back),
		TEST(more_labels_than_are_remembered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
