// SPDX-License-Identifier: GPL-2.0
/* A view in one line. */
#include "common.h"

#include "summary.h"

static struct rt_config config;
static struct view_service services[3];
static struct view_block blocks[2];

static struct view made(void)
{
	memset(services, 0, sizeof(services));
	memset(blocks, 0, sizeof(blocks));
	memset(&config, 0, sizeof(config));
	config.watched[6515 / 8] = 1 << 6515 % 8;
	return (struct view){.config = &config, .services = services, .blocks = blocks};
}

static void a_quiet_view(void **state)
{
	struct view view = made();
	char text[SUMMARY];

	(void)state;
	summary_format(text, &view);
	assert_string_equal(text, "observe, port 6515: 0 services");
	view.service_count = 1;
	summary_format(text, &view);
	assert_string_equal(text, "observe, port 6515: 1 service");
	view.block_count = 1;
	summary_format(text, &view);
	assert_string_equal(text, "observe, port 6515: 1 service");
}

static void what_calls_for_attention(void **state)
{
	struct view view = made();
	char text[SUMMARY];

	(void)state;
	view.mode = RT_ENFORCE;
	view.service_count = 3;
	services[0].standing = VERDICT_CONTAINED;
	services[1].standing = VERDICT_SUSPECT;
	services[2].standing = VERDICT_SUSPECT;
	view.block_count = 2;
	blocks[0].in_force = true;
	view.lost[0] = 3;
	view.lost[LOST_CAUSES - 1] = 4;
	summary_format(text, &view);
	assert_string_equal(
		text, "enforce, port 6515: 3 services, 1 contained, 2 suspect; 1 port blocked; lost: 7");
	view.mode = RT_DRY_RUN;
	view.dry_run = true;
	blocks[1].in_force = true;
	summary_format(text, &view);
	assert_contains(text, "dry-run, ");
	assert_contains(text, "; 2 ports would be blocked;");
}

static void the_longest_one_is_cut(void **state)
{
	struct view view = made();
	char text[SUMMARY];

	(void)state;
	for (int port = 1; port < RT_PORTS; port += 2)
		config.watched[port / 8] |= 1 << port % 8;
	view.service_count = 3;
	services[0].standing = VERDICT_CONTAINED;
	services[1].standing = VERDICT_RELAYING;
	services[2].standing = VERDICT_SUSPECT;
	for (size_t i = 0; i < LOST_CAUSES; i++)
		view.lost[i] = ~0ULL / LOST_CAUSES;
	summary_format(text, &view);
	assert_contains(text, "...: 3 services, 1 contained, 1 relaying, 1 suspect; lost: 18446744");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_quiet_view),
		cmocka_unit_test(what_calls_for_attention),
		cmocka_unit_test(the_longest_one_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
