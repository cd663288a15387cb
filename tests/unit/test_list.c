// SPDX-License-Identifier: GPL-2.0
/* The list of what is blocked, allowed and guarded. */
#include "made_snapshot.h"

#include "list.h"

static struct block_record blocks[2];
static struct rt_interface interfaces[2];
static struct rt_containment containments[4];

static int begin(void **state)
{
	struct made *m;

	setup(state);
	m = *state;
	m->snapshot.blocks = blocks;
	m->snapshot.block_count = 2;
	m->snapshot.interfaces = interfaces;
	m->snapshot.interface_count = 2;
	m->snapshot.containments = containments;
	m->snapshot.config.max_services = 3;
	blocks[0] =
		(struct block_record){.value = {.since = 40 * SECOND, .port = 6515, .expires = 130 * SECOND},
				      .count = {.packets = 7, .syns = 5, .would_drop = 9}};
	blocks[1] = (struct block_record){.value = {.since = 40 * SECOND, .port = 25, .lifted = 50 * SECOND}};
	interfaces[0] = (struct rt_interface){.index = 2, .state = RT_INTERFACE_NATIVE, .name = "eth0"};
	interfaces[1] = (struct rt_interface){.index = 3, .state = RT_INTERFACE_UNFIT, .name = "w\n0"};
	return 0;
}

static char *print(struct made *m, bool json)
{
	struct allowed allowed = {.since = 95 * SECOND, .origin = RT_SETTINGS};
	struct allowed_list list = {&allowed, 1};
	struct error error;
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	assert_non_null(stream);
	assert_int_equal(cidr_parse(&allowed.cidr, "192.0.2.0/24", &error), 0);
	assert_int_equal(view_build(&m->view, &m->snapshot, m->facts, 1000, NULL, &error), 0);
	assert_int_equal(json ? list_print_json(stream, &m->view, &list, &error)
			      : list_print(stream, &m->view, &list, &error),
			 0);
	fclose(stream);
	return text;
}

static void as_text(void **state)
{
	char *text = print(*state, false);

	assert_string_equal(text, "mode: observe\n"
				  "blocked ports\n"
				  "   PORT BY            AGE  EXPIRES  PACKETS REQUESTS\n"
				  "   6515 operator    1m00s      30s        7        5\n"
				  "no service is contained\n"
				  "allowed networks\n"
				  "  settings 192.0.2.0/24\n"
				  "interfaces\n"
				  "  eth0 is guarded (native)\n"
				  "  w\\x0a0 is not guarded: its packets are no Ethernet frames\n");
	free(text);
}

static void in_a_dry_run(void **state)
{
	struct made *m = *state;
	char *text;

	m->snapshot.dry_run = true;
	m->snapshot.now = 140 * SECOND;
	text = print(m, false);
	assert_non_null(strstr(text, "blocked ports (dry run: nothing is dropped, this would be)\n"));
	assert_non_null(strstr(text, " overdue        9        0\n"));
	free(text);
}

static void as_json(void **state)
{
	struct json_object *object, *allow, *value;
	char *text = print(*state, true);

	object = json_tokener_parse(text);
	assert_non_null(object);
	assert_true(json_object_object_get_ex(object, "allow", &allow));
	assert_int_equal(json_object_array_length(allow), 1);
	assert_true(json_object_object_get_ex(json_object_array_get_idx(allow, 0), "network", &value));
	assert_string_equal(json_object_get_string(value), "192.0.2.0/24");
	assert_true(json_object_object_get_ex(json_object_array_get_idx(allow, 0), "since", &value));
	assert_true(fabs(json_object_get_double(value) - 1095) < 0.01);
	assert_true(json_object_object_get_ex(object, "containments", &value));
	assert_int_equal(json_object_array_length(value), 0);
	assert_true(json_object_object_get_ex(object, "guard", &value));
	assert_int_equal(json_object_array_length(value), 2);
	json_object_put(object);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(as_text, begin, teardown),
		cmocka_unit_test_setup_teardown(in_a_dry_run, begin, teardown),
		cmocka_unit_test_setup_teardown(as_json, begin, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
