/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the metrics add up. A series collects the increments of all services that have its label, so its
 * counters never go back: neither when a service ends, nor when it is renamed or merged with another. Pure;
 * kept among the pins by metrics.c.
 */
#ifndef RELAYTRAP_LEDGER_H
#define RELAYTRAP_LEDGER_H

#include <stdbool.h>

#include "error.h"
#include "events.h"
#include "view.h"

/* What holds for the services of a series now, summed up. */
struct ledger_state {
	__u64 services;
	enum verdict standing; /* the most urgent one; only if there are services */
	bool judged;           /* one of them at least */
	__u64 listeners;
	__u64 open;
	__u64 clients;
	__u64 fan_out;
	__u64 private_fan_out;
	__u64 mail_fan_out;
	__u64 udp_fan_out;
};

struct ledger {
	struct rt_series series[RT_SERIES];
	struct ledger_state states[RT_SERIES];
	bool series_changed[RT_SERIES];
	struct rt_account *accounts; /* by slot of the service */
	bool *account_changed;
	size_t account_count;
	struct rt_metrics metrics;
	/* ledger.c's own: */
	struct ledger_slot *slots;
	__u16 buckets[2 * RT_SERIES]; /* by hash of the label: first series, 0 = none */
	__u16 next[RT_SERIES];
};

/* For services in slots up to @max_services; NULL for want of memory. ledger_free() takes NULL. */
struct ledger *ledger_new(__u32 max_services);
void ledger_free(struct ledger *ledger);

/*
 * Adds what @view has more than what was added before, and marks the entries that changed. At most @places
 * labels have a series of their own: who comes first keeps it; then who is gone makes room, the longest gone
 * first, and then who is less urgent. @snapshot: what @view was built of. @events: of the same look.
 */
void ledger_take(struct ledger *ledger, const struct snapshot *snapshot, const struct view *view,
		 const struct events *events, size_t places);

/* The sum of all series, those included that had to make room. */
struct rt_series ledger_total(const struct ledger *ledger);

/* Runs that the kernel has skipped since the programs were loaded, those of replaced programs included. */
__u64 ledger_missed_runs(const struct ledger *ledger);

#endif
