// SPDX-License-Identifier: GPL-2.0
#include "metrics.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"
#include "ledger.h"
#include "prom.h"
#include "prom_file.h"

struct metrics {
	struct ledger *ledger;
	bool failed; /* and it was told */
	struct error error;
};

/* Reads what earlier daemons have added up. */
static int inherit(struct ledger *ledger, struct kernel *kernel, struct error *error)
{
	__u32 zero = 0;

	for (__u32 i = 0; i < RT_SERIES; i++)
		if (kernel_lookup(kernel, MAP_SERIES, &i, &ledger->series[i]))
			return fail(error, "cannot read the map of series: %s", strerror(errno));
	for (__u32 i = 0; i < ledger->account_count; i++)
		if (kernel_lookup(kernel, MAP_ACCOUNTS, &i, &ledger->accounts[i]))
			return fail(error, "cannot read the map of accounts: %s", strerror(errno));
	if (kernel_lookup(kernel, MAP_METRICS, &zero, &ledger->metrics))
		return fail(error, "cannot read the map of metrics: %s", strerror(errno));
	return 0;
}

/*
 * The sums before what they were made of: a daemon killed in between counts the increments of one look
 * twice, rather than never.
 */
static int keep(struct ledger *ledger, struct kernel *kernel, struct error *error)
{
	__u32 zero = 0;

	for (__u32 i = 0; i < RT_SERIES; i++) {
		if (!ledger->series_changed[i])
			continue;
		if (kernel_update(kernel, MAP_SERIES, &i, &ledger->series[i]))
			return fail(error, "cannot write the map of series: %s", strerror(errno));
		ledger->series_changed[i] = false;
	}
	for (__u32 i = 0; i < ledger->account_count; i++) {
		if (!ledger->account_changed[i])
			continue;
		if (kernel_update(kernel, MAP_ACCOUNTS, &i, &ledger->accounts[i]))
			return fail(error, "cannot write the map of accounts: %s", strerror(errno));
		ledger->account_changed[i] = false;
	}
	if (kernel_update(kernel, MAP_METRICS, &zero, &ledger->metrics))
		return fail(error, "cannot write the map of metrics: %s", strerror(errno));
	return 0;
}

static struct ledger *new_ledger(struct kernel *kernel, struct error *error)
{
	struct ledger *ledger = ledger_new(kernel_config(kernel)->max_services);

	if (!ledger)
		fail(error, "not enough memory for metrics");
	else if (!inherit(ledger, kernel, error))
		return ledger;
	ledger_free(ledger);
	return NULL;
}

static int write_file(const struct ledger *ledger, const struct watch *watch, struct error *error)
{
	char *text = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&text, &length);
	int result;

	if (!stream)
		return fail(error, "not enough memory for metrics");
	result = prom_print(stream, &watch->view, ledger, error);
	if (fclose(stream) && !result)
		result = fail(error, "not enough memory for metrics");
	if (!result)
		result = prom_file_write(watch->settings->prom_dir, text, length, error);
	free(text);
	return result;
}

static int take(struct metrics *metrics, const struct watch *watch, const struct events *events)
{
	struct ledger *ledger = metrics->ledger;
	int failed;

	ledger_take(ledger, &watch->snapshot, &watch->view, events, watch->settings->prom_services);
	/* What is shown is kept before: it could go back otherwise. */
	failed = keep(ledger, watch->kernel, &metrics->error) || write_file(ledger, watch, &metrics->error);
	if (failed)
		ledger->metrics.write_failures++;
	else
		ledger->metrics.writes++;
	return failed ? -1 : 0;
}

void metrics_take(struct metrics **metrics, const struct watch *watch, const struct events *events,
		  struct events *told)
{
	bool failed;

	if (!*watch->settings->prom_dir)
		return;
	if (!*metrics)
		*metrics = calloc(1, sizeof(**metrics));
	if (!*metrics)
		return;
	if (!(*metrics)->ledger)
		(*metrics)->ledger = new_ledger(watch->kernel, &(*metrics)->error);
	failed = !(*metrics)->ledger || take(*metrics, watch, events);
	if (failed && !(*metrics)->failed)
		events_add(told, EVENT_METRICS_FAILED, watch->view.time, (*metrics)->error.text);
	else if (!failed && (*metrics)->failed)
		events_add(told, EVENT_METRICS_AGAIN, watch->view.time, "the metrics are written again");
	(*metrics)->failed = failed;
}

void metrics_free(struct metrics *metrics)
{
	if (!metrics)
		return;
	ledger_free(metrics->ledger);
	free(metrics);
}
