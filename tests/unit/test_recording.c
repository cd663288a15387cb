// SPDX-License-Identifier: GPL-2.0
#include "recording.h"
#include "units.h"

#include "common.h"

#define HEADER                                                                                             \
	"relaytrap-recording 1 window=5m hold=5m min_accepts=1 fan_out=20 mail_fan_out=8 paired_share=50 " \
	"step_share=50 reader_share=30 byte_tolerance=10 private_weight=25"
#define EVIDENCE "evidence 3 7000 9000 2 31 12 4 - 40 5 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15"

static int parse(struct recording_line *line, const char *text, unsigned long number, struct error *error)
{
	return recording_parse_line(line, text, strlen(text), number, error);
}

static void parse_good(struct recording_line *line, const char *text, unsigned long number)
{
	struct error error;

	if (parse(line, text, number, &error))
		fail_msg("%s\n%s", text, error.text);
}

/* What was written, without its newline. */
static char *cut(char *line, size_t length)
{
	assert_int_equal(length, strlen(line));
	assert_in_range(length, 2, RECORDING_LINE - 1);
	assert_int_equal(line[length - 1], '\n');
	line[length - 1] = '\0';
	return line;
}

static void header(void **state)
{
	struct recording_line line;
	struct thresholds thresholds;
	char text[RECORDING_LINE];

	(void)state;
	thresholds_default(&thresholds);
	assert_string_equal(cut(text, recording_write_header(text, &thresholds)), HEADER);
	thresholds.fan_out = 33;
	cut(text, recording_write_header(text, &thresholds));
	parse_good(&line, text, 1);
	assert_int_equal(line.kind, RECORDING_HEADER);
	assert_memory_equal(&line.thresholds, &thresholds, sizeof(thresholds));
}

static void thresholds_of_one(void **state)
{
	struct recording_line line;
	struct thresholds thresholds;
	char text[RECORDING_LINE];

	(void)state;
	thresholds_default(&thresholds);
	thresholds.hold = 90 * NS_PER_S;
	cut(text, recording_write_thresholds(text, 65536, ~0ULL, &thresholds));
	assert_contains(text, "thresholds 65536 18446744073709551615 window=5m hold=90s ");
	parse_good(&line, text, 2);
	assert_int_equal(line.kind, RECORDING_THRESHOLDS);
	assert_int_equal(line.slot, 65536);
	assert_int_equal(line.birth, ~0ULL);
	assert_memory_equal(&line.thresholds, &thresholds, sizeof(thresholds));
}

static void service(void **state)
{
	struct recording_line line;
	char text[RECORDING_LINE], label[1000];

	(void)state;
	cut(text, recording_write_service(text, 3, 7000, 6515, "my agent\n\xff.service"));
	assert_string_equal(text, "service 3 7000 6515 my agent\\x0a\\xff.service");
	parse_good(&line, text, 2);
	assert_int_equal(line.kind, RECORDING_SERVICE);
	assert_int_equal(line.slot, 3);
	assert_int_equal(line.birth, 7000);
	assert_int_equal(line.service.port, 6515);
	assert_string_equal(line.service.label, "my agent\\x0a\\xff.service");
	memset(label, 1, sizeof(label) - 1);
	label[sizeof(label) - 1] = '\0';
	parse_good(&line, cut(text, recording_write_service(text, 3, 7000, 0, label)), 2);
	parse_good(&line, cut(text, recording_write_service(text, 3, 7000, 0, "")), 2);
	assert_string_equal(line.service.label, "-");
}

static void evidence(void **state)
{
	struct recording_line line;
	char text[RECORDING_LINE];

	(void)state;
	parse_good(&line, EVIDENCE, 2);
	assert_int_equal(line.kind, RECORDING_EVIDENCE);
	assert_int_equal(line.evidence.slot, 3);
	assert_int_equal(line.evidence.birth, 7000);
	assert_int_equal(line.evidence.time, 9000);
	assert_int_equal(line.evidence.clients, 2);
	assert_int_equal(line.evidence.fan_out, 31);
	assert_int_equal(line.evidence.mail_fan_out, 12);
	assert_int_equal(line.evidence.udp_fan_out, 4);
	assert_int_equal(line.evidence.private_fan_out, EVIDENCE_UNKNOWN);
	assert_int_equal(line.evidence.known_fan_out, 40);
	assert_int_equal(line.evidence.open, 5);
	for (int i = 0; i <= RT_UPSTREAM_SENT; i++)
		assert_int_equal(line.evidence.counters[i], i + 1);
	assert_string_equal(cut(text, recording_write_evidence(text, &line.evidence)), EVIDENCE);
}

/* Nothing that is written is too long, nor is anything lost. */
static void the_largest_evidence(void **state)
{
	struct evidence evidence;
	struct recording_line line;
	char text[RECORDING_LINE];

	(void)state;
	memset(&evidence, 0xff, sizeof(evidence));
	evidence.slot = RECORDING_SLOTS;
	evidence.private_fan_out = evidence.known_fan_out = EVIDENCE_UNKNOWN - 1;
	parse_good(&line, cut(text, recording_write_evidence(text, &evidence)), 2);
	assert_int_equal(line.evidence.counters[RT_UPSTREAM_SENT], ~0ULL);
	assert_int_equal(line.evidence.known_fan_out, EVIDENCE_UNKNOWN - 1);
}

struct refusal {
	unsigned long number;
	const char *text;
	const char *reason;
};

static const struct refusal refusals[] = {
	{1, "", "line 1: this is not a recording"},
	{1, EVIDENCE, "line 1: this is not a recording"},
	{1, "relaytrap-recording", "line 1: version is missing"},
	{1, "relaytrap-recording 2 window=5m", "line 1: its version is 2, and 1 is what can be read"},
	{1, "relaytrap-recording 1", "line 1: window is missing"},
	{1, HEADER " ", "line 1: a threshold is written name=value"},
	{1, HEADER " fan_out=3", "line 1: fan_out is given twice"},
	{1, HEADER " speed=3", "line 1: no threshold is called \"speed\""},
	{1, "relaytrap-recording 1 fan_out=0", "line 1: fan_out: 0 is out of range"},
	{7, HEADER, "line 7: no kind of line is called \"relaytrap-recording\""},
	{7, "", "line 7: no kind of line is called \"\""},
	{7, "# comment", "line 7: no kind of line is called \"#\""},
	{7, "evidence", "line 7: slot is missing"},
	{7, "evidence 3", "line 7: birth is missing"},
	{7, "evidence 0 7000 1", "line 7: slot: 0 is out of range: give 1 to 65536"},
	{7, "evidence 65537 7000 1", "line 7: slot: 65537 is out of range"},
	{7, "evidence 3 7000", "line 7: time is missing"},
	{7, "evidence 3 7000 -1", "line 7: time: \"-1\" is not a whole number"},
	{7, "evidence 3 7000 -", "line 7: time: \"-\" is not a whole number"},
	{7, "evidence 3 07000 1", "line 7: birth: a number does not begin with 0"},
	{7, "evidence  3 7000 1", "line 7: slot: \"\" is not a whole number"},
	{7, "evidence 3 7000 18446744073709551616", "line 7: time: 18446744073709551616 is out of range"},
	{7, "evidence 3 7000 1 2 3 4 5 18446744073709551615",
	 "line 7: private_fan_out: 18446744073709551615 is out"},
	{7, "evidence 3 7000 9000 2 31 12 4 - 40 5 1 2 3", "line 7: paired is missing"},
	{7, EVIDENCE " ", "line 7: there is more than upstream_sent, the last field"},
	{7, EVIDENCE "\r", "line 7: upstream_sent: "},
	{7, "service 3 7000", "line 7: port is missing"},
	{7, "service 3 7000 65536 x", "line 7: port: 65536 is out of range"},
	{7, "service 3 7000 80", "line 7: the label is missing"},
	{7, "service 3 7000 80 ", "line 7: the label is missing"},
	{7, "service 3 7000 80 caf\xc3\xa9", "line 7: the label has a byte that cannot be printed"},
	{7, "thresholds 3 7000 fan_out=20", "line 7: window is missing"},
	{7, "thresholds 3 7000 fan_out 20", "line 7: a threshold is written name=value"},
};

static void bad_lines_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		struct recording_line line;
		struct error error;

		if (!parse(&line, refusals[i].text, refusals[i].number, &error))
			fail_msg("taken: %s", refusals[i].text);
		assert_contains(error.text, refusals[i].reason);
	}
}

static void lines_are_bounded(void **state)
{
	char text[RECORDING_LINE] = "service 3 7000 80 ";
	size_t start = strlen(text);
	struct recording_line line;
	struct error error;

	(void)state;
	memset(text + start, 'x', sizeof(text) - start);
	assert_int_equal(recording_parse_line(&line, text, start + 255, 2, &error), 0);
	assert_int_equal(recording_parse_line(&line, text, start + 256, 2, &error), -1);
	assert_contains(error.text, "line 2: the label is longer than 255 bytes");
	assert_int_equal(recording_parse_line(&line, text, RECORDING_LINE - 1, 2, &error), -1);
	assert_contains(error.text, "line 2: it is longer than 1022 bytes");
	text[start + 1] = '\0';
	assert_int_equal(recording_parse_line(&line, text, start + 3, 2, &error), -1);
	assert_contains(error.text, "line 2: a byte in it belongs in no text");
	text[start + 1] = '\n';
	assert_int_equal(recording_parse_line(&line, text, start + 3, 2, &error), -1);
}

static void each_threshold_is_needed(void **state)
{
	(void)state;
	for (size_t i = 0; i < THRESHOLDS; i++) {
		char text[RECORDING_LINE], *rest, *word;
		struct recording_line line;
		struct error error;
		char copy[] = HEADER;
		size_t length = 0, number = 0;

		for (rest = copy; (word = strsep(&rest, " ")); number++)
			if (number != i + 2)
				length += snprintf(text + length, sizeof(text) - length, "%s%s",
						   number ? " " : "", word);
		assert_int_equal(parse(&line, text, 1, &error), -1);
		assert_contains(error.text, thresholds_table[i].name);
		assert_contains(error.text, "is missing");
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(header),
		cmocka_unit_test(thresholds_of_one),
		cmocka_unit_test(service),
		cmocka_unit_test(evidence),
		cmocka_unit_test(the_largest_evidence),
		cmocka_unit_test(bad_lines_are_refused),
		cmocka_unit_test(lines_are_bounded),
		cmocka_unit_test(each_threshold_is_needed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
