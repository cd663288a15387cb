// SPDX-License-Identifier: GPL-2.0
#include "flow.h"

/*
 * What protocols may add to a connection, in bytes. A client side in TLS or ssh begins with a
 * handshake, and wraps each upstream's messages (a SOCKS or ssh channel request, records); towards
 * upstreams a proxy adds no more than header lines.
 */
#define CLIENT_HANDSHAKE 4096
#define CLIENT_WRAPPING 512
#define UPSTREAM_HEADERS 256
/* As long as clients have sent and got no more than this each, peers of one kind look like a relay. */
#define GREETING 1024
/* Below this a connection, equal numbers are a coincidence. */
#define TELLING 64
/* Percent: beyond what chance gives to accepted and outgoing connections that have nothing in common. */
#define IN_STEP_FIRMLY 75

enum comparison {
	NOTHING,
	EQUAL,
	NEARLY,
	MORE_UPSTREAM,
	MORE_CLIENT,
};

/* One direction: bytes on the client's side and on the upstream's. */
struct direction {
	__u64 client;
	__u64 upstream;
	enum comparison comparison;
};

static __u64 smaller(const struct direction *d)
{
	return d->client < d->upstream ? d->client : d->upstream;
}

static __u64 larger(const struct direction *d)
{
	return d->client > d->upstream ? d->client : d->upstream;
}

static __u64 times(__u64 a, __u64 b)
{
	__u64 product;

	return __builtin_mul_overflow(a, b, &product) ? ~0ULL : product;
}

static enum comparison compare(const struct direction *d, const struct history_sums *sums, __u64 tolerance)
{
	__u64 upstreams = less(sums->upstreams, sums->counters[RT_CONNECT_FAILURES]);
	__u64 difference = larger(d) - smaller(d);
	__u64 share = (unsigned __int128)larger(d) * tolerance / 100;
	__u64 wrapping;

	if (!larger(d))
		return NOTHING;
	if (difference <= share)
		return larger(d) >= times(TELLING, upstreams) ? EQUAL : NEARLY;
	if (d->upstream > d->client)
		return difference - share <= times(UPSTREAM_HEADERS, upstreams) ? NEARLY : MORE_UPSTREAM;
	wrapping =
		added(times(CLIENT_WRAPPING, upstreams), times(CLIENT_HANDSHAKE, sums->counters[RT_ACCEPTS]));
	return difference - share <= wrapping ? NEARLY : MORE_CLIENT;
}

/* Only the direction that carries most can show a match: the other one is mostly protocol. */
static enum byte_flow judge(const struct direction *up, const struct direction *down,
			    const struct direction *bulk)
{
	if (down->comparison == MORE_UPSTREAM)
		return BYTES_STAY;
	if (up->comparison == MORE_UPSTREAM)
		return BYTES_ORIGIN;
	if (!up->upstream && !down->upstream)
		return BYTES_UNKNOWN;
	if (up->comparison == MORE_CLIENT || down->comparison == MORE_CLIENT)
		return BYTES_DIFFER;
	return bulk->comparison == EQUAL ? BYTES_MATCH : BYTES_FIT;
}

void flow_measure(struct findings *findings, const struct thresholds *thresholds)
{
	const __u64 *n = findings->sums.counters;
	struct direction up = {.client = n[RT_CLIENT_RECEIVED], .upstream = n[RT_UPSTREAM_SENT]};
	struct direction down = {.client = n[RT_CLIENT_SENT], .upstream = n[RT_UPSTREAM_RECEIVED]};
	const struct direction *bulk = larger(&up) > larger(&down) ? &up : &down;

	up.comparison = compare(&up, &findings->sums, thresholds->byte_tolerance);
	down.comparison = compare(&down, &findings->sums, thresholds->byte_tolerance);
	findings->flow = judge(&up, &down, bulk);
	if (findings->flow == BYTES_STAY)
		bulk = &down;
	else if (findings->flow == BYTES_ORIGIN)
		bulk = &up;
	else if (findings->flow == BYTES_DIFFER && bulk->comparison != MORE_CLIENT)
		bulk = bulk == &up ? &down : &up;
	findings->bytes_upwards = bulk == &up;
	findings->bulk = larger(bulk);
	findings->bytes_tell = findings->bulk >= times(GREETING, n[RT_ACCEPTS]);
	findings->bytes = larger(bulk) ? (unsigned __int128)smaller(bulk) * 100 / larger(bulk) : 0;
	findings->bytes_lag = findings->in_step >= IN_STEP_FIRMLY &&
			      findings->open >= n[RT_ACCEPTS] - n[RT_ACCEPTS] / 2;
}
