// SPDX-License-Identifier: GPL-2.0
/* Evidence from a view, verdicts into it, and what is taken over from a judge before. */
#include "made_snapshot.h"

#include "judge.h"

/* A relay of @upstreams in slot 3, listening on @port. */
static struct rt_service *relay(struct made *m, __u16 port, unsigned int upstreams)
{
	struct rt_service *s = service(m, 3, upstreams, upstreams);

	s->counters[RT_PAIRED] = upstreams;
	s->counters[RT_BOTH_SIDES] = upstreams;
	s->counters[RT_CLIENT_RECEIVED] = s->counters[RT_UPSTREAM_SENT] = 100000;
	s->counters[RT_CLIENT_SENT] = s->counters[RT_UPSTREAM_RECEIVED] = 900000;
	fan_out(s, 1, upstreams);
	for (unsigned int i = 0; i < upstreams; i++)
		s->known.exact[i] = 1 + i;
	endpoint(m, port, 3, 10);
	return s;
}

/* One view, judged; of a service alone @slot is it. */
static const struct view_service *judged(struct made *m, struct judge *judge, const struct settings *settings)
{
	struct error error = {""};

	build(m, NULL);
	if (judge_view(judge, &m->view, settings, &error))
		fail_msg("%s", error.text);
	return m->view.services;
}

static struct settings *new_settings(void)
{
	struct settings *settings = calloc(1, sizeof(*settings));

	assert_non_null(settings);
	settings_default(settings);
	return settings;
}

static void evidence_has_it_all(void **state)
{
	struct made *m = *state;
	struct rt_service *s = relay(m, 6515, 30), *other;
	struct evidence evidence;
	struct view_service *v;

	for (int i = 0; i < RT_COUNTERS; i++)
		s->counters[i] = 100 + i;
	s->open = 4;
	s->sketches[0][RT_SKETCH_CLIENTS].exact[0] = 7;
	s->sketches[0][RT_SKETCH_MAIL].exact[0] = 8;
	s->sketches[0][RT_SKETCH_MAIL].exact[1] = 9;
	s->sketches[0][RT_SKETCH_PRIVATE].exact[0] = 1;
	for (int i = 0; i < 5; i++)
		s->sketches[0][RT_SKETCH_UDP].exact[i] = 20 + i;
	/* Part of it: counters add up, what both have seen counts once. */
	other = service(m, 9, 1000, 0);
	other->merged = 3;
	other->open = 2;
	fan_out(other, 25, 10);
	other->known.exact[0] = 1;
	other->known.exact[1] = 99;
	v = build(m, NULL);
	assert_int_equal(m->view.service_count, 1);
	judge_evidence(&evidence, &m->view, v);
	assert_int_equal(evidence.slot, 3);
	assert_int_equal(evidence.birth, 50 * SECOND + 3);
	assert_int_equal(evidence.time, 100 * SECOND);
	assert_int_equal(evidence.counters[RT_ACCEPTS], 1100);
	for (int i = 1; i < RT_COUNTERS; i++)
		assert_int_equal(evidence.counters[i], 100 + i);
	assert_int_equal(evidence.clients, 1);
	assert_int_equal(evidence.fan_out, 34);
	assert_int_equal(evidence.mail_fan_out, 2);
	assert_int_equal(evidence.udp_fan_out, 5);
	assert_int_equal(evidence.private_fan_out, 1);
	assert_int_equal(evidence.known_fan_out, 31);
	assert_int_equal(evidence.open, 6);
}

static void verdicts_reach_the_view_most_urgent_first(void **state)
{
	struct settings *settings = new_settings();
	struct judge *judge = judge_new(8);
	struct made *m = *state;
	const struct view_service *v;

	/* Of many private upstreams, which weigh little, and more of them than the relay has. */
	struct rt_service *s = service(m, 5, 40, 40);

	fan_out(s, 500, 40);
	for (int i = 0; i < 40; i++)
		s->sketches[0][RT_SKETCH_PRIVATE].exact[i] = 500 + i;
	service(m, 1, 0, 0);
	relay(m, 6515, 30);
	v = judged(m, judge, settings);
	assert_int_equal(v[0].slot, 3);
	assert_true(v[0].judged.verdict >= VERDICT_SUSPECT);
	assert_string_equal(v[0].verdict, verdict_name(v[0].judged.verdict));
	assert_true(v[0].judged.reason_count > 0);
	assert_non_null(strstr(v[0].judged.reasons[0], "30 distinct upstreams"));
	assert_int_equal(v[0].judged.birth, v[0].birth);
	assert_int_equal(v[0].judged.time, m->snapshot.now);
	assert_true(fabs(v[0].since - 1100) < 1e-3);
	assert_true(fabs(v[0].first_seen - 1050) < 1e-3);
	assert_int_equal(v[1].slot, 5);
	assert_int_equal(v[2].slot, 1);
	assert_string_equal(v[2].verdict, "quiet");
	judge_free(judge);
	free(settings);
}

static void each_port_has_its_thresholds(void **state)
{
	struct settings *settings = new_settings();
	struct judge *judge = judge_new(8);
	struct made *m = *state;
	struct error error;

	relay(m, 8080, 30);
	assert_int_equal(settings_set_for_ports(settings, "6515", "fan_out", "100", &error), 0);
	assert_true(judged(m, judge, settings)->judged.verdict >= VERDICT_SUSPECT);
	assert_int_equal(settings_set_for_ports(settings, "8000-8100", "fan_out", "100", &error), 0);
	judge_free(judge);
	judge = judge_new(8);
	assert_int_equal(judged(m, judge, settings)->judged.verdict, VERDICT_FORWARDING);
	judge_free(judge);
	free(settings);
}

static struct rt_verdict said_before(__u64 birth, enum verdict verdict)
{
	struct rt_verdict before = {.birth = birth,
				    .since = 60 * SECOND,
				    .time = 90 * SECOND,
				    .verdict = verdict,
				    .reason_count = 1,
				    .reasons = {"it was seen"}};

	return before;
}

/* A verdict of the daemon before is held for as long, then falls step by step. */
static void a_verdict_is_inherited_and_falls(void **state)
{
	struct rt_verdict before = said_before(50 * SECOND + 3, VERDICT_RELAYING);
	struct settings *settings = new_settings();
	struct judge *judge = judge_new(8);
	struct made *m = *state;
	const struct view_service *v;
	struct error error;

	service(m, 3, 0, 0);
	endpoint(m, 6515, 3, 10);
	settings->thresholds.hold = 60 * SECOND;
	assert_int_equal(judge_inherit(judge, 3, &before, &error), 0);
	v = judged(m, judge, settings);
	assert_string_equal(v->verdict, "relaying");
	assert_true(fabs(v->since - 1060) < 1e-3);
	assert_string_equal(v->judged.reasons[0], "it was seen");
	assert_int_equal(v->judged.reason_count, 2);
	assert_non_null(strstr(v->judged.reasons[1], "before relaytrap was started again"));
	m->snapshot.now = 149 * SECOND;
	assert_string_equal(judged(m, judge, settings)->verdict, "relaying");
	m->snapshot.now = 151 * SECOND;
	v = judged(m, judge, settings);
	assert_string_equal(v->verdict, "suspect");
	assert_true(fabs(v->since - 1150) < 1e-3);
	m->snapshot.now = 500 * SECOND;
	v = judged(m, judge, settings);
	assert_string_equal(v->verdict, "quiet");
	assert_null(strstr(v->judged.reasons[0], "it was seen"));
	judge_free(judge);
	free(settings);
}

/* What is confirmed keeps its age, and its new reasons. */
static void an_inherited_verdict_is_confirmed(void **state)
{
	struct rt_verdict before = said_before(50 * SECOND + 3, VERDICT_SUSPECT);
	struct settings *settings = new_settings();
	struct judge *judge = judge_new(8);
	struct made *m = *state;
	const struct view_service *v;
	struct error error;

	relay(m, 6515, 21);
	assert_int_equal(judge_inherit(judge, 3, &before, &error), 0);
	v = judged(m, judge, settings);
	assert_string_equal(v->verdict, "suspect");
	assert_true(fabs(v->since - 1060) < 1e-3);
	assert_non_null(strstr(v->judged.reasons[0], "21 distinct upstreams"));
	judge_free(judge);
	free(settings);
}

/* Another service in the same slot, another slot, and more reasons than there is room for. */
static void only_the_same_service_inherits(void **state)
{
	struct rt_verdict before = said_before(50 * SECOND + 4, VERDICT_RELAYING);
	struct settings *settings = new_settings();
	struct judge *judge = judge_new(8);
	struct made *m = *state;
	struct error error;

	service(m, 3, 0, 0);
	assert_int_equal(judge_inherit(judge, 3, &before, &error), 0);
	before.birth = 50 * SECOND + 3;
	assert_int_equal(judge_inherit(judge, 4, &before, &error), 0);
	assert_string_equal(judged(m, judge, settings)->verdict, "quiet");
	before.reason_count = RT_REASONS;
	assert_int_equal(judge_inherit(judge, 3, &before, &error), 0);
	assert_int_equal(judged(m, judge, settings)->judged.reason_count, RT_REASONS);
	judge_free(judge);
	free(settings);
}

static void too_many_services_are_an_error(void **state)
{
	struct settings *settings = new_settings();
	struct judge *judge = judge_new(1);
	struct made *m = *state;
	struct error error;

	service(m, 3, 0, 0);
	service(m, 4, 0, 0);
	build(m, NULL);
	assert_int_equal(judge_view(judge, &m->view, settings, &error), -1);
	assert_non_null(strstr(error.text, "raise max_services"));
	judge_free(judge);
	judge_free(NULL);
	free(settings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(evidence_has_it_all),
		TEST(verdicts_reach_the_view_most_urgent_first),
		TEST(each_port_has_its_thresholds),
		TEST(a_verdict_is_inherited_and_falls),
		TEST(an_inherited_verdict_is_confirmed),
		TEST(only_the_same_service_inherits),
		TEST(too_many_services_are_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
