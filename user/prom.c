// SPDX-License-Identifier: GPL-2.0
#include "prom.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "prom_guard.h"
#include "text.h"
#include "view_guard.h"

/* A number of a series or of a state, and where it stands there. */
struct number {
	const char *name;
	size_t offset;
	const char *help;
};

#define COUNTER(index) (offsetof(struct rt_series, counters) + (index) * sizeof(__u64))

/* clang-format off */
static const struct number counters[] = {
	{"accepts", COUNTER(RT_ACCEPTS), "accepted connections"},
	{"connects", COUNTER(RT_CONNECTS), "outgoing TCP connections, failed ones included"},
	{"connect_failures", COUNTER(RT_CONNECT_FAILURES), "outgoing TCP connections that failed"},
	{"paired", COUNTER(RT_PAIRED), "outgoing connections that followed from an accepted one"},
	{"both_sides", COUNTER(RT_BOTH_SIDES), "outgoing connections read by a process that reads accepted ones too"},
	{"mail_connects", COUNTER(RT_MAIL_CONNECTS), "outgoing connections to mail ports"},
	{"hops", COUNTER(RT_HOPS), "connections to listeners on this host"},
	{"look_backs", COUNTER(RT_LOOK_BACKS), "connections and datagrams back to a client"},
	{"udp_look_backs", COUNTER(RT_UDP_LOOK_BACKS), "datagrams back to a client"},
	{"udp_sends", COUNTER(RT_UDP_SENDS), "UDP connects and addressed sends"},
	{"refused_connects", COUNTER(RT_REFUSED_CONNECTS), "outgoing TCP connections refused"},
	{"refused_sends", COUNTER(RT_REFUSED_SENDS), "UDP connects and sends refused"},
	{"would_refuse", COUNTER(RT_WOULD_REFUSE), "connects and sends that dry-run would have refused"},
	{"cut", offsetof(struct rt_series, cut), "open connections closed"},
	{"returns", offsetof(struct rt_series, returns), "times that a listener was back on a watched port"},
	{"blocked_returns", offsetof(struct rt_series, blocked_returns), "times that a listener was back on a blocked port"},
};

static const struct number directions[] = {
	{"client_received", COUNTER(RT_CLIENT_RECEIVED), NULL},
	{"client_sent", COUNTER(RT_CLIENT_SENT), NULL},
	{"upstream_received", COUNTER(RT_UPSTREAM_RECEIVED), NULL},
	{"upstream_sent", COUNTER(RT_UPSTREAM_SENT), NULL},
};

static const struct number gauges[] = {
	{"listeners", offsetof(struct ledger_state, listeners), "Listening sockets on watched ports."},
	{"open", offsetof(struct ledger_state, open), "Accepted connections that are open."},
	{"clients", offsetof(struct ledger_state, clients), "Distinct clients within the window."},
	{"fan_out", offsetof(struct ledger_state, fan_out), "Distinct upstreams within the window."},
	{"private_fan_out", offsetof(struct ledger_state, private_fan_out), "Those of them on a private network."},
	{"mail_fan_out", offsetof(struct ledger_state, mail_fan_out), "Distinct mail servers within the window."},
	{"udp_fan_out", offsetof(struct ledger_state, udp_fan_out), "Distinct UDP destinations within the window."},
};
/* clang-format on */

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static __u64 value_of(const void *values, const struct number *number)
{
	return *(const __u64 *)((const char *)values + number->offset);
}

void prom_family(FILE *stream, const char *name, const char *type, const char *help)
{
	fprintf(stream, "# HELP relaytrap_%s %s\n# TYPE relaytrap_%s %s\n", name, help, name, type);
}

const char *prom_value(char text[PROM_VALUE_SIZE], const char *bytes, size_t size)
{
	char printable[4 * RT_LABEL_LEN + 1];
	size_t used = 0;

	if (size > RT_LABEL_LEN)
		size = RT_LABEL_LEN;
	text_printable(printable, sizeof(printable), bytes, strnlen(bytes, size), true);
	for (const char *c = printable; *c; c++) {
		if (*c == '\\' || *c == '"')
			text[used++] = '\\';
		text[used++] = *c;
	}
	text[used] = '\0';
	return text;
}

/* A single sample, with what introduces it. */
static void print_one(FILE *stream, const char *name, const char *type, const char *help, __u64 value)
{
	prom_family(stream, name, type, help);
	fprintf(stream, "relaytrap_%s %llu\n", name, value);
}

/* Seconds as text, whatever the locale's decimal point is. */
static void print_seconds(FILE *stream, const char *name, const char *help, double seconds)
{
	unsigned long long milliseconds = seconds > 0 ? (unsigned long long)(seconds * 1000) : 0;

	prom_family(stream, name, "gauge", help);
	fprintf(stream, "relaytrap_%s %llu.%03llu\n", name, milliseconds / 1000, milliseconds % 1000);
}

/* The series that are shown: from @index on the next one, RT_SERIES at the end. */
static size_t next_shown(const struct ledger *ledger, size_t index)
{
	while (index < RT_SERIES && index != RT_SERIES_OTHERS && !ledger->series[index].placed)
		index++;
	return index;
}

static const char *service_label(char text[PROM_VALUE_SIZE], const struct ledger *ledger, size_t index)
{
	return index == RT_SERIES_OTHERS
		       ? PROM_OTHERS
		       : prom_value(text, ledger->series[index].label, sizeof(ledger->series[index].label));
}

static void print_counter(FILE *stream, const struct ledger *ledger, const struct rt_series *total,
			  const struct number *counter)
{
	char name[64], help[160], label[PROM_VALUE_SIZE];

	snprintf(name, sizeof(name), "%s_total", counter->name);
	snprintf(help, sizeof(help), "All services, past ones included: %s.", counter->help);
	print_one(stream, name, "counter", help, value_of(total, counter));
	snprintf(name, sizeof(name), "service_%s_total", counter->name);
	snprintf(help, sizeof(help), "Services of this name: %s.", counter->help);
	prom_family(stream, name, "counter", help);
	for (size_t i = 0; i < RT_SERIES; i = next_shown(ledger, i + 1))
		fprintf(stream, "relaytrap_%s{service=\"%s\"} %llu\n", name, service_label(label, ledger, i),
			value_of(&ledger->series[i], counter));
}

static void print_bytes(FILE *stream, const struct ledger *ledger, const struct rt_series *total)
{
	char label[PROM_VALUE_SIZE];

	prom_family(stream, "bytes_total", "counter",
		    "All services, past ones included: bytes, by far end and direction.");
	for (size_t d = 0; d < COUNT(directions); d++)
		fprintf(stream, "relaytrap_bytes_total{direction=\"%s\"} %llu\n", directions[d].name,
			value_of(total, &directions[d]));
	prom_family(stream, "service_bytes_total", "counter",
		    "Services of this name: bytes, by far end and direction.");
	for (size_t i = 0; i < RT_SERIES; i = next_shown(ledger, i + 1))
		for (size_t d = 0; d < COUNT(directions); d++)
			fprintf(stream,
				"relaytrap_service_bytes_total{service=\"%s\",direction=\"%s\"} %llu\n",
				service_label(label, ledger, i), directions[d].name,
				value_of(&ledger->series[i], &directions[d]));
}

static void print_gauge(FILE *stream, const struct ledger *ledger, const struct number *gauge)
{
	char name[64], label[PROM_VALUE_SIZE];

	snprintf(name, sizeof(name), "service_%s", gauge->name);
	prom_family(stream, name, "gauge", gauge->help);
	for (size_t i = 0; i < RT_SERIES; i = next_shown(ledger, i + 1))
		fprintf(stream, "relaytrap_%s{service=\"%s\"} %llu\n", name, service_label(label, ledger, i),
			value_of(&ledger->states[i], gauge));
}

static void print_verdicts(FILE *stream, const struct ledger *ledger)
{
	char label[PROM_VALUE_SIZE];

	prom_family(stream, "service_verdict", "gauge",
		    "1 for the verdict that stands, the most urgent one of the services of this name.");
	for (size_t i = 0; i < RT_SERIES; i = next_shown(ledger, i + 1))
		for (int verdict = 0; verdict < VERDICTS; verdict++)
			fprintf(stream, "relaytrap_service_verdict{service=\"%s\",verdict=\"%s\"} %d\n",
				service_label(label, ledger, i), verdict_name(verdict),
				ledger->states[i].judged && (int)ledger->states[i].standing == verdict);
}

static void print_service_counts(FILE *stream, const struct view *view)
{
	__u64 counts[VERDICTS] = {0}, unjudged = 0;

	for (size_t i = 0; i < view->service_count; i++) {
		const struct view_service *service = &view->services[i];

		if (service->judged.birth || service->standing == VERDICT_CONTAINED)
			counts[service->standing]++;
		else
			unjudged++;
	}
	prom_family(stream, "services", "gauge", "Services, by the verdict that stands.");
	for (int verdict = 0; verdict < VERDICTS; verdict++)
		fprintf(stream, "relaytrap_services{verdict=\"%s\"} %llu\n", verdict_name(verdict),
			counts[verdict]);
	fprintf(stream, "relaytrap_services{verdict=\"unjudged\"} %llu\n", unjudged);
}

static bool is_counter(unsigned int cause)
{
	return cause != LOST_UNATTACHED_HOOKS && cause != LOST_UNREADABLE_PROCESSES;
}

static void print_losses(FILE *stream, const struct view *view, const struct ledger *ledger)
{
	prom_family(stream, "lost_total", "counter", "What was not counted, by cause; more means blinder.");
	for (unsigned int cause = 0; cause < LOST_CAUSES; cause++)
		if (is_counter(cause))
			fprintf(stream, "relaytrap_lost_total{cause=\"%s\"} %llu\n", lost_name(cause),
				cause == LOST_MISSED_RUNS ? ledger_missed_runs(ledger) : view->lost[cause]);
	print_one(stream, "unattached_hooks", "gauge", "Hooks that should be attached and are not.",
		  view->lost[LOST_UNATTACHED_HOOKS]);
	print_one(stream, "unreadable_processes", "gauge", "Processes that /proc did not tell about.",
		  view->lost[LOST_UNREADABLE_PROCESSES]);
}

static void print_daemon(FILE *stream, const struct view *view, const struct ledger *ledger)
{
	prom_family(stream, "info", "gauge", "Always 1; the version of relaytrap.");
	fprintf(stream, "relaytrap_info{version=\"%s\"} 1\n", RELAYTRAP_VERSION);
	prom_family(stream, "mode", "gauge", "1 for the mode that is set.");
	for (unsigned int mode = 0; mode < RT_MODES; mode++)
		fprintf(stream, "relaytrap_mode{mode=\"%s\"} %d\n", mode_name(mode), view->mode == mode);
	print_seconds(stream, "last_look_timestamp_seconds", "When the counters were last read.", view->time);
	print_seconds(stream, "uptime_seconds", "Since counting began.", view->uptime);
	print_one(stream, "max_services", "gauge", "How many services there is room for.",
		  view->config->max_services);
	print_one(stream, "processes", "gauge", "Processes that act for services, and who listens.",
		  view->process_count);
	print_one(stream, "prom_writes_total", "counter",
		  "How often this file was written, this time left out.", ledger->metrics.writes);
	print_one(stream, "prom_write_failures_total", "counter", "How often it could not be written.",
		  ledger->metrics.write_failures);
}

int prom_print(FILE *stream, const struct view *view, const struct ledger *ledger, struct error *error)
{
	struct rt_series total = ledger_total(ledger);

	print_daemon(stream, view, ledger);
	print_losses(stream, view, ledger);
	print_service_counts(stream, view);
	for (size_t i = 0; i < COUNT(counters); i++)
		print_counter(stream, ledger, &total, &counters[i]);
	print_bytes(stream, ledger, &total);
	for (size_t i = 0; i < COUNT(gauges); i++)
		print_gauge(stream, ledger, &gauges[i]);
	print_verdicts(stream, ledger);
	prom_print_guard(stream, view);
	if (fflush(stream) || ferror(stream))
		return fail(error, "cannot write metrics: %s", strerror(errno));
	return 0;
}
