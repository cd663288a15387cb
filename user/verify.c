// SPDX-License-Identifier: GPL-2.0
#include "verify.h"

#include <errno.h>
#include <string.h>

#include "json.h"
#include "ports.h"
#include "text.h"
#include "units.h"

static const struct {
	const char *name;
	const char *words;
} outcomes[VERIFY_OUTCOMES] = {
	[VERIFY_NOTHING_CAME] = {"nothing_came_in", "inconclusive: nothing came in"},
	[VERIFY_NO_RELAYING] = {"no_relaying", "nothing relays"},
	[VERIFY_CUT_SHORT] = {"cut_short", "inconclusive: nothing relayed until the watch was cut short"},
	[VERIFY_SUSPECT] = {"suspect", "inconclusive: something is suspect"},
	[VERIFY_RELAYING] = {"relaying", "RELAYING"},
};

const char *verify_name(enum verify_outcome outcome)
{
	return outcome < VERIFY_OUTCOMES ? outcomes[outcome].name : "unknown";
}

static __u64 total(const struct view *view, enum rt_counter counter)
{
	__u64 sum = 0;

	for (size_t i = 0; i < view->service_count; i++)
		sum += view->services[i].counters[counter];
	return sum;
}

static enum verdict worst(const struct view *view)
{
	enum verdict worst = VERDICT_QUIET;

	for (size_t i = 0; i < view->service_count; i++)
		if (view->services[i].judged.verdict > worst)
			worst = view->services[i].judged.verdict;
	return worst;
}

enum verify_outcome verify_judge(const struct view *view, bool complete)
{
	enum verdict verdict = worst(view);

	if (verdict >= VERDICT_RELAYING)
		return VERIFY_RELAYING;
	if (verdict == VERDICT_SUSPECT)
		return VERIFY_SUSPECT;
	if (!complete)
		return VERIFY_CUT_SHORT;
	return total(view, RT_ACCEPTS) ? VERIFY_NO_RELAYING : VERIFY_NOTHING_CAME;
}

void verify_progress(char text[VERIFY_PROGRESS], const struct view *view, __u64 passed, __u64 wanted)
{
	char so_far[UNITS_TEXT], all[UNITS_TEXT];

	units_format_age(so_far, passed);
	units_format_age(all, wanted);
	snprintf(text, VERIFY_PROGRESS, "%s of %s: %llu in, %llu out, %s", so_far, all,
		 total(view, RT_ACCEPTS), total(view, RT_CONNECTS), verdict_name(worst(view)));
}

static void print_service(FILE *stream, const struct view_service *service)
{
	const __u64 *n = service->counters;
	char label[4 * sizeof(service->label) + 1], ports[64];
	struct ports set = {0};

	for (size_t i = 0; i < service->port_count; i++)
		set.bits[service->ports[i] / 8] |= 1 << service->ports[i] % 8;
	ports_format(&set, ports, sizeof(ports));
	text_printable(label, sizeof(label), service->label, strnlen(service->label, sizeof(service->label)),
		       false);
	fprintf(stream, "%s on port %s: %s\n", label, ports, service->verdict);
	fprintf(stream, "  %-12s %llu from %llu clients\n", "inbound", n[RT_ACCEPTS], service->clients);
	fprintf(stream, "  %-12s %llu to %llu distinct upstreams, %llu failed\n", "outgoing", n[RT_CONNECTS],
		service->fan_out, n[RT_CONNECT_FAILURES]);
	fprintf(stream, "  %-12s %llu\n", "paired", n[RT_PAIRED]);
	fprintf(stream, "  %-12s %llu\n", "look-backs", n[RT_LOOK_BACKS]);
	fprintf(stream, "  %-12s %llu to %llu mail servers\n", "mail", n[RT_MAIL_CONNECTS],
		service->mail_fan_out);
	/* That there was nothing is said already, and for how long nobody looked before is not known here. */
	if (!n[RT_ACCEPTS] && service->judged.verdict == VERDICT_QUIET)
		return;
	for (__u32 i = 0; i < service->judged.reason_count; i++)
		fprintf(stream, "  %s%s\n", i ? "             " : "because      ",
			service->judged.reasons[i]);
}

static void format_watched(char *text, size_t size, const struct view *view)
{
	struct ports watched;

	memcpy(watched.bits, view->config->watched, sizeof(watched.bits));
	ports_format(&watched, text, size);
}

int verify_print(FILE *stream, const struct view *view, enum verify_outcome outcome, __u64 passed,
		 struct error *error)
{
	char age[UNITS_TEXT], ports[64];

	units_format_age(age, passed);
	format_watched(ports, sizeof(ports), view);
	fprintf(stream, "port %s, watched for %s: %s\n", ports, age, outcomes[outcome].words);
	for (size_t i = 0; i < view->service_count; i++) {
		fputc('\n', stream);
		print_service(stream, &view->services[i]);
	}
	if (!view->service_count)
		fprintf(stream, "no program listens there\n");
	if (fflush(stream) || ferror(stream))
		return fail(error, "cannot write the report: %s", strerror(errno));
	return 0;
}

int verify_print_json(FILE *stream, const struct view *view, enum verify_outcome outcome, __u64 passed,
		      struct error *error)
{
	struct json_object *object = json_object_new_object(), *list;
	const char *name = verify_name(outcome);
	struct json_writer writer = {0};
	char ports[256];

	format_watched(ports, sizeof(ports), view);
	json_put_text(&writer, object, "version", RELAYTRAP_VERSION, sizeof(RELAYTRAP_VERSION));
	json_put_count(&writer, object, "schema", JSON_SCHEMA);
	json_put_text(&writer, object, "watched_ports", ports, sizeof(ports));
	json_put_seconds(&writer, object, "seconds", passed / 1e9);
	json_put_text(&writer, object, "outcome", name, strlen(name));
	json_put(&writer, object, "relaying", json_object_new_boolean(outcome == VERIFY_RELAYING));
	json_put_count(&writer, object, "accepts", total(view, RT_ACCEPTS));
	json_put_count(&writer, object, "connects", total(view, RT_CONNECTS));
	json_put_count(&writer, object, "look_backs", total(view, RT_LOOK_BACKS));
	list = json_put_empty(&writer, object, "services", json_object_new_array());
	for (size_t i = 0; i < view->service_count && !writer.failed; i++)
		json_append(&writer, list, json_service(&writer, &view->services[i]));
	return json_print(stream, object, !writer.failed, error);
}
