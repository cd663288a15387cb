/* SPDX-License-Identifier: GPL-2.0 */
/* What happened between two looks, as few events that a person or a program can act on. Pure. */
#ifndef RELAYTRAP_EVENTS_H
#define RELAYTRAP_EVENTS_H

#include <stdbool.h>

#include "view.h"

enum event_kind {
	EVENT_LOADED,
	EVENT_TAKEN_OVER, /* a daemon goes on with what was loaded before it */
	EVENT_STOPPED,    /* it ended, the kernel side goes on */
	EVENT_UNLOADED,
	EVENT_RELOADED, /* the settings */
	EVENT_REFUSED,  /* new settings; the old ones stay */
	EVENT_RECORDING_FAILED,
	EVENT_ACTION_FAILED,  /* something that was to be stopped may not be */
	EVENT_METRICS_FAILED, /* the file could not be written; told once */
	EVENT_METRICS_AGAIN,  /* it is written again */
	EVENT_NOT_JUDGED,     /* no daemon renews the verdicts */
	EVENT_JUDGED_AGAIN,   /* one does again */
	EVENT_LISTENER,       /* on a watched port, where there was none */
	EVENT_LISTENER_BACK,
	EVENT_VERDICT,
	EVENT_CONTAINED, /* or would be, in a dry run */
	EVENT_RELEASED,
	EVENT_SPARED,   /* not contained though it ought to be */
	EVENT_STOPPING, /* what was refused and cut, summed up */
	EVENT_BLOCKED,
	EVENT_UNBLOCKED,
	EVENT_DROPS,     /* at one port, summed up */
	EVENT_GUARDED,   /* an interface */
	EVENT_REGUARDED, /* after somebody else had taken the guard off */
	EVENT_UNGUARDED, /* no more, or not as it should be */
	EVENT_LOST,
	EVENT_LEFT_OUT, /* events of another kind, for their number */
	EVENT_KINDS
};

/* How a containment ended. */
enum event_release {
	RELEASE_EXPIRED,
	RELEASE_OPERATOR,
	RELEASE_SETTINGS, /* another mode */
	RELEASE_EXEMPT,   /* it must not be contained, as is known now */
	RELEASE_WAYS
};

/* What a summary of containments sums up. */
enum event_stopped {
	STOPPED_CONNECTS,
	STOPPED_SENDS,
	STOPPED_IN_NAME, /* in a dry run */
	STOPPED_CUT,
	STOPPED_KINDS
};

/* Borrows the service from its view. */
struct event {
	enum event_kind kind;
	double time;      /* seconds since the epoch */
	const char *text; /* what there is to say of kinds that have nothing below; or NULL */
	const struct view_service *service; /* of a listener, a verdict, a containment; of a summary maybe */
	__u16 port;                         /* of a listener, drops */
	const struct view_block *block;     /* blocked or not any more */
	const struct rt_interface *interface; /* guarded or not */
	__u64 packets;                        /* dropped since this was told last, or would be (dry_run) */
	__u64 requests;                       /* of these */
	double peak;                          /* the most requests a second from one look to the next */
	bool dry_run;
	bool gone;    /* of an interface: there is no such one any more, or none that is to be guarded */
	bool blocked; /* and the guard drops what comes there */
	enum event_release release;
	__u64 stopped[STOPPED_KINDS]; /* since this was told last, of the service and (others) of more */
	bool others;
	enum verdict before;     /* of a verdict */
	__u64 lost[LOST_CAUSES]; /* since this was told last */
	enum event_kind left_out;
	__u64 count; /* of those left out */
};

#define EVENTS_MAX 64

struct events {
	struct event all[EVENTS_MAX];
	size_t count;
};

/* What keeps a flood short: so many events at once, then this many a second; losses seldom. */
#define EVENTS_AT_ONCE 20
#define EVENTS_TOLD_EVERY (10 * 1000000000ULL) /* ns: losses, and what was left out */

struct event_budget {
	__u64 refilled; /* when, boot clock, ns; 0 = all is there */
	unsigned int left;
	__u64 left_out;
	__u64 told;
};

/* What was dropped at one port and not told yet. */
struct event_drops {
	__u16 port;
	__u64 packets;
	__u64 requests;
	double peak;
	__u64 told;
};

/* From one look to the next; all zeros at first. */
struct event_memory {
	__u64 fresh; /* ns; verdicts older than this are nobody's any more; 0 = they never are */
	struct event_budget listeners;
	struct event_budget verdicts;
	struct event_budget containments;
	__u64 lost[LOST_CAUSES];
	__u64 lost_told;
	__u64 stopped[STOPPED_KINDS];
	__u32 stopped_slot; /* the service that all of it is of, or the first of several */
	bool stopped_others;
	__u64 stopped_told;
	struct event_budget blocks;
	struct event_budget interfaces;
	struct event_drops drops[RT_BLOCKS];
};

/*
 * Makes a list of what happened between @before and @now. Without a view before (NULL or empty), or of
 * another instance, it tells the verdicts that call for action, and no listener.
 */
void events_between(struct events *events, struct event_memory *memory, const struct view *before,
		    const struct view *now);

/* The part of it that is about the guard (event_guard.c). */
void events_of_guard(struct events *events, struct event_memory *memory, const struct view *before,
		     const struct view *now);

/* A new event, which counts against @budget, or NULL if there is no room. */
struct event *events_add_within(struct events *events, struct event_budget *budget, enum event_kind kind,
				const struct view *now);

/* Adds an event that no view shows; @text must outlive the list. One too many is dropped. */
void events_add(struct events *events, enum event_kind kind, double time, const char *text);

/* Its name in JSON; a static string. */
const char *event_name(enum event_kind kind);

/* Whether somebody should look into it. */
bool event_is_warning(const struct event *event);

#endif
