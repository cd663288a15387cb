// SPDX-License-Identifier: GPL-2.0
#include "ledger.h"

#include <stdlib.h>
#include <string.h>

/* What is known of a slot during one look. */
struct ledger_slot {
	const struct service_record *record;
	const struct view_service *service; /* of the view; only in its lowest slot */
	__u16 series;                       /* the same */
};

#define BUCKETS (2 * RT_SERIES)

struct ledger *ledger_new(__u32 max_services)
{
	struct ledger *ledger = calloc(1, sizeof(*ledger));

	if (!ledger)
		return NULL;
	ledger->account_count = (size_t)max_services + 1;
	ledger->accounts = calloc(ledger->account_count, sizeof(*ledger->accounts));
	ledger->account_changed = calloc(ledger->account_count, sizeof(*ledger->account_changed));
	ledger->slots = calloc(ledger->account_count, sizeof(*ledger->slots));
	if (ledger->accounts && ledger->account_changed && ledger->slots)
		return ledger;
	ledger_free(ledger);
	return NULL;
}

void ledger_free(struct ledger *ledger)
{
	if (!ledger)
		return;
	free(ledger->accounts);
	free(ledger->account_changed);
	free(ledger->slots);
	free(ledger);
}

/* FNV-1a. */
static size_t bucket_of(const char *label)
{
	__u32 hash = 2166136261U;

	for (size_t i = 0; i < RT_LABEL_LEN && label[i]; i++)
		hash = (hash ^ (unsigned char)label[i]) * 16777619U;
	return hash % BUCKETS;
}

static void index_series(struct ledger *ledger, size_t index)
{
	size_t bucket = bucket_of(ledger->series[index].label);

	ledger->next[index] = ledger->buckets[bucket];
	ledger->buckets[bucket] = (__u16)index;
}

static void index_all(struct ledger *ledger)
{
	memset(ledger->buckets, 0, sizeof(ledger->buckets));
	for (size_t i = RT_SERIES_OWN; i < RT_SERIES; i++)
		if (ledger->series[i].seen)
			index_series(ledger, i);
}

/* The series of @label, placed or only remembered; 0 if there is none. */
static size_t find(const struct ledger *ledger, const char *label)
{
	size_t i = ledger->buckets[bucket_of(label)];

	while (i && strncmp(ledger->series[i].label, label, RT_LABEL_LEN) != 0)
		i = ledger->next[i];
	return i;
}

/* The series that a service counts in: its own, or that of all the others. */
static size_t find_placed(const struct ledger *ledger, const char *label)
{
	size_t i = find(ledger, label);

	return i && ledger->series[i].placed ? i : RT_SERIES_OTHERS;
}

static void add_series(struct rt_series *to, const struct rt_series *from)
{
	for (int c = 0; c < RT_COUNTERS; c++)
		to->counters[c] += from->counters[c];
	to->returns += from->returns;
	to->blocked_returns += from->blocked_returns;
	to->cut += from->cut;
}

static void move_to_gone(struct ledger *ledger, size_t index)
{
	struct rt_series *series = &ledger->series[index];

	add_series(&ledger->series[RT_SERIES_GONE], series);
	memset(series, 0, sizeof(*series));
	ledger->series_changed[RT_SERIES_GONE] = true;
	ledger->series_changed[index] = true;
	index_all(ledger);
}

/* A free entry; there always is one, or one that is only remembered: not all are placed. */
static size_t free_entry(struct ledger *ledger)
{
	size_t oldest = 0;

	for (size_t i = RT_SERIES_OWN; i < RT_SERIES; i++) {
		const struct rt_series *series = &ledger->series[i];

		if (!series->seen)
			return i;
		if (!series->placed && (!oldest || series->seen < ledger->series[oldest].seen))
			oldest = i;
	}
	if (oldest)
		move_to_gone(ledger, oldest);
	return oldest;
}

static size_t count_placed(const struct ledger *ledger)
{
	size_t placed = 0;

	for (size_t i = RT_SERIES_OWN; i < RT_SERIES; i++)
		placed += ledger->series[i].placed != 0;
	return placed;
}

/* Whether @one should rather make room than @other. */
static bool goes_first(const struct ledger *ledger, size_t one, size_t other)
{
	const struct ledger_state *a = &ledger->states[one], *b = &ledger->states[other];

	if (!a->services != !b->services)
		return !a->services;
	if (a->standing != b->standing)
		return a->standing < b->standing;
	return ledger->series[one].seen < ledger->series[other].seen;
}

/* Takes one place away, unless all who have one are as urgent as @standing. */
static bool make_room(struct ledger *ledger, enum verdict standing)
{
	size_t victim = 0;

	for (size_t i = RT_SERIES_OWN; i < RT_SERIES; i++)
		if (ledger->series[i].placed && (!victim || goes_first(ledger, i, victim)))
			victim = i;
	if (!victim || (ledger->states[victim].services && ledger->states[victim].standing >= standing))
		return false;
	ledger->series[victim].placed = 0;
	ledger->series_changed[victim] = true;
	return true;
}

static void note_alive(struct ledger *ledger, size_t index, const struct view_service *service, __u64 now)
{
	struct ledger_state *state = &ledger->states[index];

	if (!state->services++ || service->standing > state->standing)
		state->standing = service->standing;
	if (ledger->series[index].seen == now)
		return;
	ledger->series[index].seen = now;
	ledger->series_changed[index] = true;
}

static void place(struct ledger *ledger, const struct view_service *service, __u64 now)
{
	size_t index = find(ledger, service->label);

	if (!index) {
		index = free_entry(ledger);
		if (!index)
			return;
		memcpy(ledger->series[index].label, service->label, RT_LABEL_LEN);
		ledger->series[index].seen = now;
		index_series(ledger, index);
	}
	ledger->series[index].placed = 1;
	ledger->series_changed[index] = true;
	note_alive(ledger, index, service, now);
}

/* Who has a place keeps it; the most urgent of the rest take what is free, or can be made so. */
static void place_all(struct ledger *ledger, const struct view *view, size_t places)
{
	size_t placed = count_placed(ledger);
	bool full = false;

	for (size_t i = 0; i < view->service_count; i++) {
		size_t index = find_placed(ledger, view->services[i].label);

		if (index != RT_SERIES_OTHERS)
			note_alive(ledger, index, &view->services[i], view->now);
	}
	for (; placed > places && make_room(ledger, VERDICTS); placed--)
		;
	/* The services stand in the order of urgency: where one found no room, none that follows does. */
	for (size_t i = 0; i < view->service_count && !full; i++) {
		const struct view_service *service = &view->services[i];

		if (find_placed(ledger, service->label) != RT_SERIES_OTHERS)
			continue;
		if (placed < places)
			placed++;
		else if (!make_room(ledger, service->standing))
			full = true;
		if (!full)
			place(ledger, service, view->now);
	}
}

static void add_state(struct ledger_state *state, const struct view_service *service)
{
	if (!state->services++ || service->standing > state->standing)
		state->standing = service->standing;
	state->judged = state->judged || service->judged.birth || service->standing == VERDICT_CONTAINED;
	state->listeners += service->listeners;
	state->open += service->open;
	state->clients += service->clients;
	state->fan_out += service->fan_out;
	state->private_fan_out += service->private_fan_out;
	state->mail_fan_out += service->mail_fan_out;
	state->udp_fan_out += service->udp_fan_out;
}

static struct ledger_slot *slot_of(const struct ledger *ledger, __u32 slot)
{
	return slot < ledger->account_count ? &ledger->slots[slot] : NULL;
}

/* What each slot holds, and which series its service counts in. */
static void map_slots(struct ledger *ledger, const struct snapshot *snapshot, const struct view *view)
{
	struct ledger_slot *slot;

	memset(ledger->slots, 0, ledger->account_count * sizeof(*ledger->slots));
	for (size_t i = 0; i < snapshot->service_count; i++) {
		slot = slot_of(ledger, snapshot->services[i].slot);
		if (slot)
			slot->record = &snapshot->services[i];
	}
	for (size_t i = 0; i < view->service_count; i++) {
		slot = slot_of(ledger, view->services[i].slot);
		if (!slot)
			continue;
		slot->service = &view->services[i];
		slot->series = (__u16)find_placed(ledger, view->services[i].label);
		add_state(&ledger->states[slot->series], &view->services[i]);
	}
}

/* The slot of the service that @slot has become a part of: they merge into lower ones only. */
static const struct ledger_slot *merged_into(const struct ledger *ledger, const struct ledger_slot *slot)
{
	const struct ledger_slot *into;

	while (slot->record && slot->record->value.merged &&
	       slot->record->value.merged < slot->record->slot) {
		into = slot_of(ledger, slot->record->value.merged);
		if (!into || !into->record)
			break;
		slot = into;
	}
	return slot;
}

/* What @now has more than @before, which becomes the same. */
static __u64 advance(__u64 *before, __u64 now)
{
	__u64 more = now > *before ? now - *before : 0;

	*before = now;
	return more;
}

static void count_slot(struct ledger *ledger, size_t index)
{
	const struct ledger_slot *slot = &ledger->slots[index], *root = merged_into(ledger, slot);
	struct rt_series *series = &ledger->series[root->series];
	struct rt_account *account = &ledger->accounts[index], before = *account;
	__u64 more = 0, difference;

	if (!slot->record || !slot->record->value.since)
		return;
	if (account->birth != slot->record->value.since)
		*account = (struct rt_account){.birth = slot->record->value.since};
	for (int c = 0; c < RT_COUNTERS; c++) {
		difference = advance(&account->counters[c], slot->record->value.counters[c]);
		series->counters[c] += difference;
		more += difference;
	}
	ledger->series_changed[root->series] = ledger->series_changed[root->series] || more;
	if (memcmp(&before, account, sizeof(before)) != 0)
		ledger->account_changed[index] = true;
}

static void count_cut(struct ledger *ledger, const struct view_service *service,
		      const struct snapshot *snapshot)
{
	const struct ledger_slot *slot = slot_of(ledger, service->slot);
	const struct rt_containment *containment;
	struct rt_account *account;
	__u64 more;

	if (!slot || !service->containment.in_force || !snapshot->containments)
		return;
	containment = &snapshot->containments[service->slot];
	account = &ledger->accounts[service->slot];
	if (account->contained != containment->since) {
		account->contained = containment->since;
		account->cut = 0;
		ledger->account_changed[service->slot] = true;
	}
	more = advance(&account->cut, containment->cut);
	if (!more)
		return;
	ledger->series[slot->series].cut += more;
	ledger->series_changed[slot->series] = true;
	ledger->account_changed[service->slot] = true;
}

static void count_returns(struct ledger *ledger, const struct events *events)
{
	for (size_t i = 0; i < events->count; i++) {
		const struct event *event = &events->all[i];
		size_t series;

		if (event->kind != EVENT_LISTENER_BACK || !event->service)
			continue;
		series = find_placed(ledger, event->service->label);
		ledger->series[series].returns++;
		ledger->series[series].blocked_returns += event->blocked;
		ledger->series_changed[series] = true;
	}
}

void ledger_take(struct ledger *ledger, const struct snapshot *snapshot, const struct view *view,
		 const struct events *events, size_t places)
{
	__u64 *last = &ledger->metrics.missed_last;

	memset(ledger->states, 0, sizeof(ledger->states));
	index_all(ledger);
	place_all(ledger, view, places);
	memset(ledger->states, 0, sizeof(ledger->states));
	map_slots(ledger, snapshot, view);
	for (size_t i = 1; i < ledger->account_count; i++)
		count_slot(ledger, i);
	for (size_t i = 0; i < view->service_count; i++)
		count_cut(ledger, &view->services[i], snapshot);
	count_returns(ledger, events);
	/* Programs that replace others begin at 0. */
	if (view->lost[LOST_MISSED_RUNS] < *last)
		ledger->metrics.missed_runs += *last;
	*last = view->lost[LOST_MISSED_RUNS];
}

struct rt_series ledger_total(const struct ledger *ledger)
{
	struct rt_series total = {0};

	for (size_t i = 0; i < RT_SERIES; i++)
		add_series(&total, &ledger->series[i]);
	return total;
}

__u64 ledger_missed_runs(const struct ledger *ledger)
{
	return ledger->metrics.missed_runs + ledger->metrics.missed_last;
}
