// SPDX-License-Identifier: GPL-2.0
#include "reasons.h"

#include <stdarg.h>
#include <stdio.h>

#include "units.h"

static void say(struct reasons *reasons, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void say(struct reasons *reasons, const char *format, ...)
{
	va_list arguments;

	if (reasons->count == REASONS_MAX)
		return;
	va_start(arguments, format);
	vsnprintf(reasons->text[reasons->count++], REASON_TEXT, format, arguments);
	va_end(arguments);
}

static void say_held(struct reasons *reasons, const struct judgement *judgement,
		     const struct thresholds *thresholds)
{
	char hold[UNITS_TEXT], age[UNITS_TEXT];

	if (!judgement->held)
		return;
	units_format_duration(hold, thresholds->hold);
	units_format_age(age, judgement->time - judgement->confirmed);
	say(reasons, "held: falls by one step after %s without the evidence, which was last seen %s ago",
	    hold, age);
}

static void say_fan_out(struct reasons *reasons, const struct findings *f,
			const struct thresholds *thresholds)
{
	__u64 upstreams = f->fan_out;
	char window[UNITS_TEXT];

	units_format_duration(window, thresholds->window);
	if (f->mail_fan_out >= thresholds->mail_fan_out)
		say(reasons, "%llu mail servers in %s (threshold %llu)", f->mail_fan_out, window,
		    thresholds->mail_fan_out);
	else if (f->mail_fan_out)
		say(reasons, "%llu mail server%s", f->mail_fan_out, f->mail_fan_out == 1 ? "" : "s");
	if (f->private_fan_out)
		say(reasons,
		    "%llu distinct upstreams in %s (threshold %llu), counting %llu private ones at %llu %%",
		    upstreams, window, thresholds->fan_out, f->private_fan_out, thresholds->private_weight);
	else if (upstreams)
		say(reasons, "%llu distinct upstream%s in %s (threshold %llu)", upstreams,
		    upstreams == 1 ? "" : "s", window, thresholds->fan_out);
}

static void say_growth(struct reasons *reasons, const struct findings *f, const struct thresholds *thresholds)
{
	/* Of a few upstreams it is no matter. */
	if (f->fan_out < thresholds->fan_out && f->mail_fan_out < thresholds->mail_fan_out)
		return;
	if (f->growth == GROWTH_SETTLED)
		say(reasons, "the upstreams are always the same: %llu new ones in the last %llu connections",
		    f->latest.grown, f->latest.upstreams);
	else if (f->growth != GROWTH_UNKNOWN)
		say(reasons, "%llu of the last %llu outgoing connections went to new upstreams",
		    f->latest.grown, f->latest.upstreams);
}

static void say_hops(struct reasons *reasons, const struct findings *f)
{
	say(reasons, "accepted connections go on inside this host (%llu hops)", f->sums.counters[RT_HOPS]);
}

static void say_connections(struct reasons *reasons, const struct findings *f,
			    const struct thresholds *thresholds)
{
	const __u64 *n = f->sums.counters;

	if (n[RT_CONNECTS] && f->paired < thresholds->paired_share)
		say(reasons, "only %u %% of %llu outgoing connections follow from an accepted one", f->paired,
		    n[RT_CONNECTS]);
	else if (n[RT_CONNECTS])
		say(reasons, "%u %% of %llu outgoing connections follow from an accepted one", f->paired,
		    n[RT_CONNECTS]);
	if (!f->sums.upstreams)
		return;
	if (f->keeps_step)
		say(reasons, "outgoing connections keep step with accepted ones (%u %%)", f->in_step);
	if (f->readers >= thresholds->reader_share)
		say(reasons, "one process reads both sides (%u %% of upstream connections)", f->readers);
	else if (f->linked)
		say_hops(reasons, f);
}

static void say_bytes(struct reasons *reasons, const struct findings *f)
{
	switch (f->flow) {
	case BYTES_MATCH:
		say(reasons, "bytes match: %u %% of what %s", f->bytes,
		    f->bytes_upwards ? "clients sent went to upstreams" : "upstreams sent went to clients");
		break;
	case BYTES_FIT:
		say(reasons, "bytes of both sides fit, but for what protocols add");
		break;
	case BYTES_STAY:
		say(reasons, "bytes end here: clients got %u %% of what upstreams sent%s", f->bytes,
		    f->bytes_lag ? " (not all counted yet)" : "");
		break;
	case BYTES_ORIGIN:
		say(reasons, "bytes begin here: clients sent %u %% of what upstreams got", f->bytes);
		break;
	case BYTES_DIFFER:
		say(reasons, "bytes differ: upstreams %s %u %% of what clients %s",
		    f->bytes_upwards ? "got" : "sent", f->bytes, f->bytes_upwards ? "sent" : "got");
		break;
	case BYTES_DOUBTFUL:
		say(reasons, "bytes match at %u %%, which may be chance so far", f->bytes);
		break;
	case BYTES_UNKNOWN:
		break;
	}
}

static void say_rest(struct reasons *reasons, const struct findings *f, const struct thresholds *thresholds)
{
	const __u64 *n = f->sums.counters;

	if (n[RT_REFUSED_CONNECTS])
		say(reasons, "%llu outgoing connections were refused", n[RT_REFUSED_CONNECTS]);
	if (n[RT_CONNECT_FAILURES])
		say(reasons, "%llu of %llu outgoing connections failed", n[RT_CONNECT_FAILURES],
		    n[RT_CONNECTS]);
	if (n[RT_LOOK_BACKS])
		say(reasons, "%llu look-backs to clients", n[RT_LOOK_BACKS]);
	if (f->udp_fan_out >= thresholds->fan_out)
		say(reasons, "%llu UDP destinations, which are not judged", f->udp_fan_out);
}

static void say_accepts(struct reasons *reasons, const struct findings *f,
			const struct thresholds *thresholds)
{
	const __u64 *n = f->sums.counters;
	char span[UNITS_TEXT];

	/* The counters are summed up for as long as an upstream may count. */
	units_format_duration(span, 2 * thresholds->window);
	if (!n[RT_ACCEPTS] && !f->open)
		say(reasons, "no accepted connection in %s", span);
	else if (f->sums.upstreams || f->fan_out || f->private_fan_out)
		return;
	else if (n[RT_HOPS])
		say_hops(reasons, f);
	else
		say(reasons, "%llu accepted connections from %llu clients, no outgoing one", n[RT_ACCEPTS],
		    f->clients);
}

void reasons_write(struct reasons *reasons, const struct judgement *judgement,
		   const struct thresholds *thresholds)
{
	const struct findings *f = &judgement->findings;

	reasons->count = 0;
	say_accepts(reasons, f, thresholds);
	say_fan_out(reasons, f, thresholds);
	say_growth(reasons, f, thresholds);
	say_connections(reasons, f, thresholds);
	say_bytes(reasons, f);
	say_rest(reasons, f, thresholds);
	say_held(reasons, judgement, thresholds);
}
