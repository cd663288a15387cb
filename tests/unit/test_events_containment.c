// SPDX-License-Identifier: GPL-2.0
/* What two views tell of containments, and how it is said. */
#include "made_snapshot.h"

#include "event_json.h"
#include "event_line.h"
#include "events.h"

/* Two views, the second two seconds after the first, of a service in slot 3 on 6515. */
struct pair {
	struct made *before;
	struct made now;
	struct rt_containment kept[2][4];
	struct event_memory memory;
	struct events events;
};

static void judge(struct made *m, const char *spared)
{
	struct rt_verdict said = {.birth = m->view.services[0].birth,
				  .since = 60 * SECOND,
				  .time = m->view.now,
				  .verdict = VERDICT_RELAYING};

	snprintf(said.spared, sizeof(said.spared), "%s", spared);
	view_set_verdict(&m->view, &m->view.services[0], &said, 0);
}

static struct pair *new_pair(struct made *m)
{
	struct pair *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	m->snapshot.config.max_services = 3;
	service(m, 3, 300, 300);
	endpoint(m, 6515, 3, 10);
	process(m, 10, 3, RT_ROLE_READER, "proxy");
	p->before = m;
	later_copy(&p->now, m);
	return p;
}

static void compare(struct pair *p, const char *spared_before, const char *spared)
{
	p->before->snapshot.containments = p->kept[0];
	p->now.snapshot.containments = p->kept[1];
	build(p->before, NULL);
	judge(p->before, spared_before);
	build(&p->now, &p->before->view);
	judge(&p->now, spared);
	events_between(&p->events, &p->memory, &p->before->view, &p->now.view);
}

static void contain(struct rt_containment *kept, const struct made *m)
{
	kept[3] = (struct rt_containment){
		.birth = m->services[0].value.since,
		.since = 100 * SECOND,
		.expires = 3700 * SECOND,
		.origin = RT_ENGINE,
		.cut = 7,
	};
}

static void expect_line(struct pair *p, enum event_kind kind, const char *wanted)
{
	char line[EVENT_LINE];

	assert_int_equal(p->events.count, 1);
	assert_int_equal(p->events.all[0].kind, kind);
	event_line(line, &p->events.all[0]);
	assert_string_equal(line, wanted);
}

static void expect_json(struct pair *p, const char *wanted)
{
	char text[4096] = "";
	FILE *stream = fmemopen(text, sizeof(text), "w");
	struct error error;

	assert_int_equal(event_json_print(stream, &p->events.all[0], &error), 0);
	fclose(stream);
	assert_non_null(strstr(text, wanted));
}

static void end(struct pair *p)
{
	view_free(&p->now.view);
	free(p);
}

static void it_begins_before_its_verdict_is_kept(void **state)
{
	struct pair *p = new_pair(*state);

	contain(p->kept[1], p->before);
	compare(p, "", "");
	p->now.view.services[0].judged.verdict = VERDICT_QUIET;
	expect_line(p, EVENT_CONTAINED,
		    "proxy on port 6515 (pid 10) is contained for 1h00m: it is relaying; connections cut: 7");
	end(p);
}

static void it_begins(void **state)
{
	struct pair *p = new_pair(*state);

	contain(p->kept[1], p->before);
	compare(p, "", "");
	expect_line(p, EVENT_CONTAINED,
		    "proxy on port 6515 (pid 10) is contained for 1h00m: it is relaying; connections cut: 7");
	expect_json(p, "\"containment\":{\"origin\":\"engine\"");
	snprintf(p->now.view.services[0].judged.unblocked, RT_REASON_LEN, "port 22 (ssh)");
	expect_line(p, EVENT_CONTAINED,
		    "proxy on port 6515 (pid 10) is contained for 1h00m: it is relaying; connections cut: 7; "
		    "not blocked: port 22 (ssh)");
	contain(p->kept[0], p->before);
	compare(p, "", "");
	assert_int_equal(p->events.count, 0);
	p->kept[1][3].fuse = 20;
	p->kept[1][3].expires = 0;
	p->kept[0][3].dry_run = 1;
	compare(p, "", "");
	expect_line(p, EVENT_CONTAINED,
		    "proxy on port 6515 (pid 10) is contained: its fuse of 20 has blown; connections cut: 7");
	p->kept[0][3] = (struct rt_containment){0};
	p->kept[1][3].dry_run = 1;
	p->kept[1][3].cut = 0;
	compare(p, "", "");
	expect_line(
		p, EVENT_CONTAINED,
		"proxy on port 6515 (pid 10) would be contained, but this is a dry run: its fuse of 20 has "
		"blown");
	end(p);
}

static void it_ends(void **state)
{
	struct pair *p = new_pair(*state);

	contain(p->kept[0], p->before);
	compare(p, "", "");
	expect_line(p, EVENT_RELEASED,
		    "proxy on port 6515 is contained no more: the settings ask for it no more");
	assert_false(event_is_warning(&p->events.all[0]));
	p->kept[1][3].birth = p->kept[0][3].birth;
	p->kept[1][3].exempt = 1;
	compare(p, "", "");
	expect_line(p, EVENT_RELEASED, "proxy on port 6515 is contained no more: it is exempt now");
	expect_json(p, "\"by\":\"exempt\"");
	p->kept[1][3] = (struct rt_containment){0};
	p->kept[0][3].expires = 101 * SECOND;
	compare(p, "", "");
	expect_line(p, EVENT_RELEASED,
		    "proxy on port 6515 is contained no more: the time of its containment is over");
	p->kept[1][3].birth = p->kept[0][3].birth;
	p->kept[1][3].released = 101 * SECOND;
	compare(p, "", "an operator has released it");
	assert_int_equal(p->events.count, 2);
	assert_int_equal(p->events.all[0].kind, EVENT_SPARED);
	assert_int_equal(p->events.all[1].kind, EVENT_RELEASED);
	assert_int_equal(p->events.all[1].release, RELEASE_OPERATOR);
	end(p);
}

static void it_is_spared(void **state)
{
	struct pair *p = new_pair(*state);

	compare(p, "", "it is the ssh server (pid 10)");
	expect_line(p, EVENT_SPARED,
		    "proxy on port 6515 (pid 10) is not contained: it is the ssh server (pid 10)");
	expect_json(p, "\"reason\":\"it is the ssh server (pid 10)\"");
	compare(p, "it is the ssh server (pid 10)", "it is the ssh server (pid 10)");
	assert_int_equal(p->events.count, 0);
	compare(p, "it is the ssh server (pid 10)", "pid 10 is exempt (user:nobody)");
	expect_line(p, EVENT_SPARED,
		    "proxy on port 6515 (pid 10) is not contained: pid 10 is exempt (user:nobody)");
	end(p);
}

static void what_it_stops(void **state)
{
	struct pair *p = new_pair(*state);
	__u64 *counters = p->now.services[0].value.counters;

	contain(p->kept[0], p->before);
	contain(p->kept[1], p->before);
	p->kept[1][3].cut = 9;
	counters[RT_REFUSED_CONNECTS] = 100;
	counters[RT_REFUSED_SENDS] = 3;
	compare(p, "", "");
	expect_line(p, EVENT_STOPPING,
		    "proxy on port 6515: connects refused +100, UDP sends refused +3, connections cut +2");
	expect_json(p, "\"refused_connects\":100,\"refused_sends\":3,\"would_refuse\":0,\"cut\":2");
	compare(p, "", ""); /* summed up, and told ten seconds later */
	assert_int_equal(p->events.count, 0);
	p->before->snapshot.now += 10 * SECOND;
	p->now.snapshot.now += 10 * SECOND;
	compare(p, "", "");
	expect_line(p, EVENT_STOPPING,
		    "proxy on port 6515: connects refused +200, UDP sends refused +6, connections cut +4");
	end(p);
}

static void it_comes_back(void **state)
{
	struct block_record block = {.slot = 1, .value = {.since = SECOND, .port = 6515}};
	struct pair *p = new_pair(*state);

	p->before->endpoints[0].value.listeners = 0;
	contain(p->kept[0], p->before);
	contain(p->kept[1], p->before);
	compare(p, "", "");
	expect_line(p, EVENT_LISTENER_BACK,
		    "proxy (pid 10) is back: it listens on port 6515 again; it is contained");
	p->before->snapshot.blocks = p->now.snapshot.blocks = &block;
	p->before->snapshot.block_count = p->now.snapshot.block_count = 1;
	compare(p, "", "");
	expect_line(p, EVENT_LISTENER_BACK,
		    "proxy (pid 10) is back: it listens on port 6515 again; it is contained and the port is "
		    "blocked");
	expect_json(p, "\"blocked\":true,\"contained\":true");
	memset(p->kept, 0, sizeof(p->kept));
	compare(p, "", "");
	expect_line(p, EVENT_LISTENER_BACK,
		    "proxy (pid 10) is back: it listens on port 6515 again; the port is blocked");
	end(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_begins_before_its_verdict_is_kept),
		TEST(it_begins),
		TEST(it_ends),
		TEST(it_is_spared),
		TEST(what_it_stops),
		TEST(it_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
