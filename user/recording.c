// SPDX-License-Identifier: GPL-2.0
#include "recording.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "text.h"
#include "units.h"

#define MAGIC "relaytrap-recording"

struct field {
	const char *name;
	size_t offset; /* of a __u64 in struct evidence */
	bool optional; /* "-" stands for EVIDENCE_UNKNOWN */
};

#define COUNTER(index, called)                                                         \
	{                                                                              \
		.name = (called), .offset = offsetof(struct evidence, counters[index]) \
	}

/* What follows slot and birth in a line of evidence. */
static const struct field fields[] = {
	{.name = "time", .offset = offsetof(struct evidence, time)},
	{.name = "clients", .offset = offsetof(struct evidence, clients)},
	{.name = "fan_out", .offset = offsetof(struct evidence, fan_out)},
	{.name = "mail_fan_out", .offset = offsetof(struct evidence, mail_fan_out)},
	{.name = "udp_fan_out", .offset = offsetof(struct evidence, udp_fan_out)},
	{.name = "private_fan_out", .offset = offsetof(struct evidence, private_fan_out), .optional = true},
	{.name = "known_fan_out", .offset = offsetof(struct evidence, known_fan_out), .optional = true},
	{.name = "open", .offset = offsetof(struct evidence, open)},
	COUNTER(RT_ACCEPTS, "accepts"),
	COUNTER(RT_CONNECTS, "connects"),
	COUNTER(RT_CONNECT_FAILURES, "connect_failures"),
	COUNTER(RT_PAIRED, "paired"),
	COUNTER(RT_BOTH_SIDES, "both_sides"),
	COUNTER(RT_HOPS, "hops"),
	COUNTER(RT_LOOK_BACKS, "look_backs"),
	COUNTER(RT_UDP_LOOK_BACKS, "udp_look_backs"),
	COUNTER(RT_MAIL_CONNECTS, "mail_connects"),
	COUNTER(RT_UDP_SENDS, "udp_sends"),
	COUNTER(RT_REFUSED_CONNECTS, "refused_connects"),
	COUNTER(RT_CLIENT_RECEIVED, "client_received"),
	COUNTER(RT_CLIENT_SENT, "client_sent"),
	COUNTER(RT_UPSTREAM_RECEIVED, "upstream_received"),
	COUNTER(RT_UPSTREAM_SENT, "upstream_sent"),
};

#define FIELDS (sizeof(fields) / sizeof(fields[0]))

/* The engine asks for no more refusals than that. */
_Static_assert(FIELDS == 8 + RT_UPSTREAM_SENT + 1 && RT_COUNTERS == RT_UPSTREAM_SENT + 3,
	       "a counter is not recorded: raise RECORDING_VERSION");

static __u64 *value_of(struct evidence *evidence, const struct field *field)
{
	return (__u64 *)((char *)evidence + field->offset);
}

size_t recording_write_header(char line[RECORDING_LINE], const struct thresholds *thresholds)
{
	char text[THRESHOLDS_TEXT];

	thresholds_write(text, thresholds);
	return snprintf(line, RECORDING_LINE, MAGIC " %d %s\n", RECORDING_VERSION, text);
}

size_t recording_write_thresholds(char line[RECORDING_LINE], __u32 slot, __u64 birth,
				  const struct thresholds *thresholds)
{
	char text[THRESHOLDS_TEXT];

	thresholds_write(text, thresholds);
	return snprintf(line, RECORDING_LINE, "thresholds %u %llu %s\n", slot, birth, text);
}

size_t recording_write_service(char line[RECORDING_LINE], __u32 slot, __u64 birth, unsigned int port,
			       const char *label)
{
	char shown[RECORDING_LABEL];

	text_printable(shown, sizeof(shown), label, strlen(label), false);
	return snprintf(line, RECORDING_LINE, "service %u %llu %u %s\n", slot, birth, port,
			*shown ? shown : "-");
}

size_t recording_write_evidence(char line[RECORDING_LINE], const struct evidence *evidence)
{
	struct evidence copy = *evidence;
	size_t length = snprintf(line, RECORDING_LINE, "evidence %u %llu", copy.slot, copy.birth);

	for (size_t i = 0; i < FIELDS; i++) {
		__u64 value = *value_of(&copy, &fields[i]);

		if (fields[i].optional && value == EVIDENCE_UNKNOWN)
			length += snprintf(line + length, RECORDING_LINE - length, " -");
		else
			length += snprintf(line + length, RECORDING_LINE - length, " %llu", value);
	}
	length += snprintf(line + length, RECORDING_LINE - length, "\n");
	return length;
}

/* The next word of *@rest, which moves on past it and one blank; NULL when nothing is left. */
static char *next_word(char **rest)
{
	return strsep(rest, " ");
}

static int parse_number(__u64 *value, const char *word, const char *name, __u64 min, __u64 max,
			struct error *error)
{
	struct error reason;

	if (!word)
		return fail(error, "%s is missing", name);
	if (word[0] == '0' && word[1])
		return fail(error, "%s: a number does not begin with 0", name);
	if (units_parse_count(value, word, min, max, &reason))
		return fail(error, "%s: %.400s", name, reason.text);
	return 0;
}

/* All thresholds, each once. */
static int parse_thresholds(struct thresholds *thresholds, char *rest, struct error *error)
{
	bool given[THRESHOLDS] = {false};
	char *word;

	thresholds_default(thresholds);
	while ((word = next_word(&rest))) {
		char *value = strchr(word, '=');

		if (!value)
			return fail(error, "a threshold is written name=value");
		*value++ = '\0';
		if (thresholds_set(thresholds, word, value, error))
			return -1;
		for (size_t i = 0; i < THRESHOLDS; i++) {
			if (strcmp(thresholds_table[i].name, word))
				continue;
			if (given[i])
				return fail(error, "%s is given twice", thresholds_table[i].name);
			given[i] = true;
		}
	}
	for (size_t i = 0; i < THRESHOLDS; i++)
		if (!given[i])
			return fail(error, "%s is missing", thresholds_table[i].name);
	return 0;
}

static int parse_header(struct recording_line *line, char *rest, struct error *error)
{
	char *word = next_word(&rest);
	__u64 version = 0;

	line->kind = RECORDING_HEADER;
	if (!word || strcmp(word, MAGIC))
		return fail(error, "this is not a recording: it does not begin with \"" MAGIC "\"");
	if (parse_number(&version, next_word(&rest), "version", 0, ~0ULL, error))
		return -1;
	if (version != RECORDING_VERSION)
		return fail(error, "its version is %llu, and %d is what can be read", version,
			    RECORDING_VERSION);
	return parse_thresholds(&line->thresholds, rest, error);
}

static int parse_service(struct recording_line *line, char *rest, struct error *error)
{
	__u64 port = 0;
	size_t length;

	if (parse_number(&port, next_word(&rest), "port", 0, 65535, error))
		return -1;
	length = rest ? strlen(rest) : 0;
	if (!length)
		return fail(error, "the label is missing");
	if (length >= sizeof(line->service.label))
		return fail(error, "the label is longer than %zu bytes", sizeof(line->service.label) - 1);
	for (size_t i = 0; i < length; i++)
		if (rest[i] < ' ' || rest[i] > '~')
			return fail(error, "the label has a byte that cannot be printed");
	line->service.port = port;
	memcpy(line->service.label, rest, length + 1);
	return 0;
}

static int parse_evidence(struct recording_line *line, char *rest, struct error *error)
{
	struct evidence *evidence = &line->evidence;

	evidence->slot = line->slot;
	evidence->birth = line->birth;
	for (size_t i = 0; i < FIELDS; i++) {
		__u64 *value = value_of(evidence, &fields[i]);
		__u64 max = fields[i].optional ? EVIDENCE_UNKNOWN - 1 : ~0ULL;
		const char *word = next_word(&rest);

		if (fields[i].optional && word && !strcmp(word, "-"))
			*value = EVIDENCE_UNKNOWN;
		else if (parse_number(value, word, fields[i].name, 0, max, error))
			return -1;
	}
	return rest ? fail(error, "there is more than %s, the last field", fields[FIELDS - 1].name) : 0;
}

static int parse_record(struct recording_line *line, char *rest, struct error *error)
{
	char *kind = next_word(&rest);
	char shown[TEXT_SHOWN];
	__u64 slot = 0;

	if (!strcmp(kind, "evidence"))
		line->kind = RECORDING_EVIDENCE;
	else if (!strcmp(kind, "service"))
		line->kind = RECORDING_SERVICE;
	else if (!strcmp(kind, "thresholds"))
		line->kind = RECORDING_THRESHOLDS;
	else
		return fail(error, "no kind of line is called \"%s\"", text_shown(shown, kind));
	if (parse_number(&slot, next_word(&rest), "slot", 1, RECORDING_SLOTS, error) ||
	    parse_number(&line->birth, next_word(&rest), "birth", 0, ~0ULL, error))
		return -1;
	line->slot = slot;
	if (line->kind == RECORDING_EVIDENCE)
		return parse_evidence(line, rest, error);
	if (line->kind == RECORDING_SERVICE)
		return parse_service(line, rest, error);
	return parse_thresholds(&line->thresholds, rest, error);
}

int recording_parse_line(struct recording_line *line, const char *text, size_t length, unsigned long number,
			 struct error *error)
{
	char copy[RECORDING_LINE];
	struct error reason;
	int result;

	/* A line that is written has its newline within that room. */
	if (length > RECORDING_LINE - 2)
		return fail(error, "line %lu: it is longer than %d bytes", number, RECORDING_LINE - 2);
	if (memchr(text, '\0', length) || memchr(text, '\n', length))
		return fail(error, "line %lu: a byte in it belongs in no text", number);
	memcpy(copy, text, length);
	copy[length] = '\0';
	memset(line, 0, sizeof(*line));
	result = number == 1 ? parse_header(line, copy, &reason) : parse_record(line, copy, &reason);
	return result ? fail(error, "line %lu: %.450s", number, reason.text) : 0;
}
