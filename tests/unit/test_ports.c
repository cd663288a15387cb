// SPDX-License-Identifier: GPL-2.0
#include "common.h"

#include "ports.h"

static unsigned int count(const struct ports *ports)
{
	unsigned int total = 0;

	for (unsigned int port = 0; port < RT_PORTS; port++)
		total += ports_contain(ports, port);
	return total;
}

/* How the set that @text names is written. */
static void check_written(const char *text, const char *written)
{
	struct ports ports = {0};
	struct error error = {0};
	char out[256];

	if (ports_parse(&ports, text, &error))
		fail_msg("\"%s\" refused: %s", text, error.text);
	ports_format(&ports, out, sizeof(out));
	assert_string_equal(out, written);
}

static void one_port(void **state)
{
	struct ports ports = {0};
	struct error error;

	(void)state;
	assert_int_equal(ports_parse(&ports, "6515", &error), 0);
	assert_true(ports_contain(&ports, 6515));
	assert_false(ports_contain(&ports, 6514));
	assert_false(ports_contain(&ports, 6516));
	assert_int_equal(count(&ports), 1);
}

static void bits_stand_where_the_kernel_reads_them(void **state)
{
	struct ports ports = {0};
	struct error error;

	(void)state;
	assert_int_equal(ports_parse(&ports, "6515", &error), 0);
	assert_int_equal(ports.bits[814], 1 << 3);
}

static void lists_and_ranges(void **state)
{
	static const char *const cases[][2] = {
		{"1", "1"},
		{"65535", "65535"},
		{"80,443", "80,443"},
		{"443,80", "80,443"},
		{"80,80", "80"},
		{"8000-8100", "8000-8100"},
		{"80-80", "80"},
		{"80-81", "80-81"},
		{"80,81", "80-81"},
		{"80,81,82,84", "80-82,84"},
		{"10-20,15-30", "10-30"},
		{"10-20,21-30", "10-30"},
		{"1-65535", "any"},
		{"any", "any"},
		{"80,any", "any"},
		{"any,80", "any"},
		{"2-65535", "2-65535"},
		{"1-65534", "1-65534"},
		{"1-65534,65535", "any"},
		{"1,3,5,65533,65535", "1,3,5,65533,65535"},
		{"0080", "80"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		check_written(cases[i][0], cases[i][1]);
}

static void any_lacks_port_0(void **state)
{
	struct ports ports = {0};
	struct error error;

	(void)state;
	assert_int_equal(ports_parse(&ports, "any", &error), 0);
	assert_false(ports_contain(&ports, 0));
	assert_true(ports_contain(&ports, 1));
	assert_true(ports_contain(&ports, 65535));
	assert_int_equal(count(&ports), 65535);
}

static void a_port_beyond_the_last_is_in_no_set(void **state)
{
	struct ports ports = {0};
	struct error error;

	(void)state;
	assert_int_equal(ports_parse(&ports, "any", &error), 0);
	assert_false(ports_contain(&ports, 65536));
	assert_false(ports_contain(&ports, 65536 + 80));
	assert_false(ports_contain(&ports, ~0u));
}

static void parsing_adds(void **state)
{
	struct ports ports = {0};
	struct error error;
	char text[64];

	(void)state;
	assert_int_equal(ports_parse(&ports, "80", &error), 0);
	assert_int_equal(ports_parse(&ports, "443,8000-8001", &error), 0);
	ports_format(&ports, text, sizeof(text));
	assert_string_equal(text, "80,443,8000-8001");
}

struct refusal {
	const char *text;
	const char *reason;
	const char *part; /* the offending one */
};

static void refusals_name_reason_and_part(void **state)
{
	static const struct refusal cases[] = {
		{"", "a port is missing", ""},
		{",", "a port is missing", ""},
		{"80,", "a port is missing", ""},
		{",80", "a port is missing", ""},
		{"80,,443", "a port is missing", ""},
		{"0", "ports start at 1", "\"0\""},
		{"00", "ports start at 1", "\"00\""},
		{"80,0-9", "ports start at 1", "\"0-9\""},
		{"0-0", "ports start at 1", "\"0-0\""},
		{"9-0", "ports start at 1", "\"9-0\""},
		{"65536", "is not a port", "\"65536\""},
		{"1-65536", "is not a port", "\"1-65536\""},
		{"4294967376", "is not a port", "\"4294967376\""},                       /* 80 in 32 bits */
		{"18446744073709551696", "not a list of ports", "18446744073709551696"}, /* 80 in 64 */
		{"200-100", "wrong way round", "100-200"},
		{"80,9-8,443", "wrong way round", "9-8"},
		{"http", "is not a port", "\"http\""},
		{"80,http,443", "is not a port", "\"http\""},
		{"Any", "is not a port", "\"Any\""},
		{"anyone", "is not a port", "\"anyone\""},
		{"80-any", "is not a port", "\"80-any\""},
		{"-", "is not a port", "\"-\""},
		{"-80", "is not a port", "\"-80\""},
		{"80-", "is not a port", "\"80-\""},
		{"80--90", "is not a port", "\"80--90\""},
		{"1-2-3", "is not a port", "\"1-2-3\""},
		{"+80", "is not a port", "\"+80\""},
		{" 80", "is not a port", "\" 80\""},
		{"80 ", "is not a port", "\"80 \""},
		{"80, 443", "is not a port", "\" 443\""},
		{"80;443", "is not a port", "\"80;443\""},
		{"0x50", "is not a port", "\"0x50\""},
		{"8.0", "is not a port", "\"8.0\""},
		{"80\n", "is not a port", "\"80\\x0a\""},
		{"\033[2J", "is not a port", "\\x1b[2J"},
		{"80,123456789012345678901234567890", "not a list of ports", "\"12345678901234"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct ports ports = {0};
		struct error error = {0};

		if (ports_parse(&ports, cases[i].text, &error) != -1)
			fail_msg("\"%s\" accepted", cases[i].text);
		assert_contains(error.text, cases[i].reason);
		assert_contains(error.text, cases[i].part);
	}
}

static void a_refusal_leaves_the_set_alone(void **state)
{
	struct ports ports = {0}, before;
	struct error error;

	(void)state;
	assert_int_equal(ports_parse(&ports, "80,443", &error), 0);
	before = ports;
	assert_int_equal(ports_parse(&ports, "22,any,nonsense", &error), -1);
	assert_memory_equal(&ports, &before, sizeof(ports));
}

static void the_empty_set_is_written_as_nothing(void **state)
{
	struct ports ports = {0};
	char text[8] = "before";

	(void)state;
	ports_format(&ports, text, sizeof(text));
	assert_string_equal(text, "");
}

static void too_long_a_text_ends_in_dots(void **state)
{
	static const struct {
		size_t size; /* from which on this is written */
		const char *text;
	} cases[] = {
		{1, ""},
		{2, "."},
		{3, ".."},
		{4, "..."},
		{7, "80,..."},
		{11, "80,443,..."},
		{17, "80,443,8000-8001"},
	};
	struct ports ports = {0};
	struct error error;

	(void)state;
	assert_int_equal(ports_parse(&ports, "80,443,8000-8001", &error), 0);
	for (size_t size = 1, i = 0; size < 20; size++) {
		char *text = malloc(size); /* so that the sanitizer sees its end */

		if (i + 1 < ARRAY_SIZE(cases) && cases[i + 1].size == size)
			i++;
		ports_format(&ports, text, size);
		assert_string_equal(text, cases[i].text);
		free(text);
	}
}

static void no_room_at_all_is_left_alone(void **state)
{
	struct ports ports = {0};
	char text = 'x';

	(void)state;
	ports_format(&ports, &text, 0);
	assert_int_equal(text, 'x');
}

static void what_is_written_reads_back(void **state)
{
	static char text[8 * RT_PORTS];
	struct ports ports, back;
	struct error error = {0};

	(void)state;
	srandom(6515);
	for (int round = 0; round < 40; round++) {
		memset(&ports, 0, sizeof(ports));
		for (size_t i = 0; i < sizeof(ports.bits); i++)
			ports.bits[i] = round % 2 ? 1 << random() % 8 : ~(1 << random() % 8);
		ports.bits[0] &= ~1;
		memset(&back, 0, sizeof(back));
		ports_format(&ports, text, sizeof(text));
		assert_int_equal(ports_parse(&back, text, &error), 0);
		assert_memory_equal(&ports, &back, sizeof(ports));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_port),
		cmocka_unit_test(bits_stand_where_the_kernel_reads_them),
		cmocka_unit_test(lists_and_ranges),
		cmocka_unit_test(any_lacks_port_0),
		cmocka_unit_test(a_port_beyond_the_last_is_in_no_set),
		cmocka_unit_test(parsing_adds),
		cmocka_unit_test(refusals_name_reason_and_part),
		cmocka_unit_test(a_refusal_leaves_the_set_alone),
		cmocka_unit_test(the_empty_set_is_written_as_nothing),
		cmocka_unit_test(too_long_a_text_ends_in_dots),
		cmocka_unit_test(no_room_at_all_is_left_alone),
		cmocka_unit_test(what_is_written_reads_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
