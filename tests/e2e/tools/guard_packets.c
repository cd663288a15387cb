// SPDX-License-Identifier: GPL-2.0
// link: -lbpf
/*
 * Random and mutated packets through the guard in the kernel, and through the reference: verdict of each and
 * all counters must agree.
 *
 * usage: guard_packets OBJECT PACKETS SEED [CORPUS [NEW]]
 * CORPUS is a pcap file of packets that are run in several states first; what takes a way that no packet took
 * before is added to it in NEW.
 */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "guard_frames.h"
#include "guard_lab.h"
#include "guard_pcap.h"
#include "guard_sockets.h"

#define BATCH 4000
#define CORPUS_STATES 12
#define WAYS 8192
#define SHORT 300

/* What a test run puts into the first buffer of a frame: a page without headroom and tailroom. */
#define FIRST_BUFFER (4096 - 256 - 320)

struct run {
	struct guard_lab lab;
	struct sockets sockets;
	struct reference_connection connections[2 * REFERENCE_CONNECTIONS]; /* of both kinds */
	size_t connection_count;
	struct reference_state state;
	struct reference_prefix pool4[REFERENCE_PREFIXES], pool6[REFERENCE_PREFIXES];
	struct reference_counts expected; /* so far */
	time_t begin;
	unsigned char seen[WAYS]; /* ways that packets took */
	bool collecting;
	struct pcap corpus;
};

/* The same prefixes whatever the seed, so that the corpus keeps its meaning. */
static void make_pools(struct run *r)
{
	static const unsigned int lengths4[REFERENCE_PREFIXES] = {8,  9,  12, 15, 16, 17, 20, 23,
								  24, 24, 25, 30, 31, 32, 32, 32};
	static const unsigned int lengths6[REFERENCE_PREFIXES] = {7,  15, 16, 24, 29, 32,  32,  33,
								  48, 48, 56, 64, 64, 127, 128, 128};

	random_state = 6515;
	for (size_t i = 0; i < REFERENCE_PREFIXES; i++) {
		r->pool4[i].length = lengths4[i];
		r->pool6[i].length = lengths6[i];
		for (size_t byte = 0; byte < 16; byte++) {
			r->pool4[i].address[byte] = random_below(256);
			r->pool6[i].address[byte] = random_below(256);
		}
	}
}

/* The tries want no bit behind the prefix, and it does not matter to the reference. */
static void allow(struct run *r, const struct reference_prefix *prefix, bool ipv6)
{
	unsigned char address[16];

	memcpy(address, prefix->address, sizeof(address));
	for (unsigned int bit = prefix->length; bit < 128; bit++)
		address[bit / 8] &= ~(0x80 >> bit % 8);
	guard_lab_allow(&r->lab, address, prefix->length, ipv6);
}

static void new_prefixes(struct run *r)
{
	struct reference_state *s = &r->state;

	s->ipv4_count = s->ipv6_count = 0;
	guard_lab_disallow_all(&r->lab);
	for (size_t i = 0; i < REFERENCE_PREFIXES; i++) {
		if (one_in(3))
			s->ipv4[s->ipv4_count++] = r->pool4[i];
		if (one_in(3))
			s->ipv6[s->ipv6_count++] = r->pool6[i];
	}
	for (size_t i = 0; i < s->ipv4_count; i++)
		allow(r, &s->ipv4[i], false);
	for (size_t i = 0; i < s->ipv6_count; i++)
		allow(r, &s->ipv6[i], true);
}

static void new_state(struct run *r)
{
	struct reference_state *s = &r->state;
	bool aged = time(NULL) - r->begin > SOCKETS_SHORT_LIVED;

	memset(s->slots, 0, sizeof(s->slots));
	if (!one_in(16)) {
		s->slots[6515] = 1;
		for (unsigned int slot = 2; slot < 8; slot++)
			s->slots[random_port()] = one_in(2) ? slot : RT_BLOCKS - slot;
		for (unsigned int i = 0; i < SOCKETS_PORTS; i++)
			s->slots[SOCKETS_FIRST_PORT + i] = 100;
	}
	s->dry_run = one_in(4);
	new_prefixes(r);
	s->connection_count = aged ? r->sockets.lasting : r->sockets.opened_count;
	memcpy(s->connections, r->sockets.opened, sizeof(s->connections));
	memcpy(r->connections, r->sockets.opened, s->connection_count * sizeof(*r->connections));
	memcpy(r->connections + s->connection_count, r->sockets.others,
	       r->sockets.other_count * sizeof(*r->connections));
	r->connection_count = s->connection_count + r->sockets.other_count;
	for (size_t port = 0; port < RT_PORTS; port++)
		r->lab.state.slots[htons(port)] = s->slots[port];
	r->lab.state.dry_run = s->dry_run;
	guard_lab_write(&r->lab);
}

static _Noreturn void differ(const struct frame *f, const char *what, unsigned int kernel,
			     unsigned int reference)
{
	fprintf(stderr, "guard and reference differ in the %s: %u and %u, of a frame of %zu bytes:\n", what,
		kernel, reference, f->size);
	for (size_t i = 0; i < f->size && i < 256; i++)
		fprintf(stderr, "%02x%s", f->bytes[i], i % 32 == 31 ? "\n" : "");
	fprintf(stderr, "\n");
	exit(1);
}

/* A number for the way that a packet took, to its end. */
static unsigned int way_of(const struct reference_path *path, enum reference_verdict verdict, bool multiple)
{
	unsigned int way = (unsigned int)(path->cause + 1);

	way = way * 4 + path->tags;
	way = way * 10 + path->extensions;
	way = way * 2 + path->ipv6;
	way = way * 2 + (path->tcp != 0);
	way = way * 2 + (verdict == REFERENCE_DROP);
	return (way * 2 + multiple) % WAYS;
}

static void run_frame(struct run *r, const struct frame *f)
{
	struct reference_frame view = {.bytes = f->bytes, .size = f->size, .visible = f->size};
	enum reference_verdict verdict;
	struct reference_path path;
	unsigned int kernel, way;

	if (view.visible > FIRST_BUFFER)
		view.visible = FIRST_BUFFER;
	verdict = reference_judge(&r->state, &view, &path, &r->expected);
	kernel = guard_lab_run(r->lab.program, f->bytes, f->size, 1, NULL);
	if (kernel != verdict)
		differ(f, "verdict", kernel, verdict);
	way = way_of(&path, verdict, view.visible < view.size);
	/* What a small frame can show is not kept as a large one. */
	if (!r->seen[way] && (view.visible < view.size || view.size <= SHORT)) {
		r->seen[way] = 1;
		if (r->collecting)
			pcap_add(&r->corpus, f->bytes, f->size);
	}
}

/* The sum over all CPUs of the words of a per-CPU value. */
static void guard_lab_sum(const struct guard_lab *lab, int map, __u32 key, __u64 *sum, size_t words)
{
	__u64 values[lab->cpus * words];

	if (bpf_map_lookup_elem(map, &key, values))
		err(1, "reading counters");
	memset(sum, 0, words * sizeof(*sum));
	for (size_t i = 0; i < lab->cpus * words; i++)
		sum[i % words] += values[i];
}

static bool counters_agree(const struct run *r)
{
	struct rt_block_count count;
	__u64 cause;

	for (__u32 slot = 0; slot < RT_BLOCKS; slot++) {
		guard_lab_sum(&r->lab, r->lab.block_counts, slot, (__u64 *)&count,
			      sizeof(count) / sizeof(__u64));
		if (memcmp(&count, &r->expected.blocks[slot], sizeof(count)))
			return false;
	}
	for (__u32 i = 0; i < RT_GUARD_CAUSES; i++) {
		guard_lab_sum(&r->lab, r->lab.causes, i, &cause, 1);
		if (cause != r->expected.causes[i])
			return false;
	}
	return true;
}

/* The counters went apart somewhere in @frames: take up the kernel's, and find the frame. */
static _Noreturn void find_culprit(struct run *r, const struct frame *frames, size_t count)
{
	for (__u32 slot = 0; slot < RT_BLOCKS; slot++)
		guard_lab_sum(&r->lab, r->lab.block_counts, slot, (__u64 *)&r->expected.blocks[slot],
			      sizeof(struct rt_block_count) / sizeof(__u64));
	for (__u32 i = 0; i < RT_GUARD_CAUSES; i++)
		guard_lab_sum(&r->lab, r->lab.causes, i, &r->expected.causes[i], 1);
	for (size_t i = 0; i < count; i++) {
		run_frame(r, &frames[i]);
		if (!counters_agree(r))
			differ(&frames[i], "counters, in frame", (unsigned int)i, (unsigned int)i);
	}
	errx(1, "the counters differ, and with no frame by itself");
}

static void run_batch(struct run *r, const struct frame *frames, size_t count)
{
	for (size_t i = 0; i < count; i++)
		run_frame(r, &frames[i]);
	if (!counters_agree(r))
		find_culprit(r, frames, count);
}

static void run_corpus(struct run *r, const char *path)
{
	static struct frame frame;
	size_t at, count = 0;

	if (pcap_read(&r->corpus, path))
		err(1, "%s", path);
	for (int i = 0; i < CORPUS_STATES; i++) {
		new_state(r);
		for (at = PCAP_HEAD;
		     pcap_next(&r->corpus, &at, frame.bytes, sizeof(frame.bytes), &frame.size); count++)
			run_batch(r, &frame, 1);
	}
	printf("%zu runs of packets of the corpus\n", count);
}

static void run_random(struct run *r, unsigned long long packets)
{
	struct frame *frames = malloc(BATCH * sizeof(*frames));

	if (!frames)
		err(1, "frames");
	for (unsigned long long done = 0; done < packets; done += BATCH) {
		new_state(r);
		for (size_t i = 0; i < BATCH; i++) {
			make_frame(&frames[i], &r->state, r->connections, r->connection_count);
			if (one_in(2))
				mutate_frame(&frames[i]);
		}
		run_batch(r, frames, BATCH);
	}
	free(frames);
}

/* Prints what was met; nothing of a kind met at all is a failure of the generator. */
static int summary(const struct run *r)
{
	static const char *const names[] = {"dropped",          "dropped bytes",   "dropped SYNs",
					    "allowed",          "replies",         "would drop",
					    "would drop bytes", "would drop SYNs", "later fragments",
					    "truncated",        "malformed",       "too many tags",
					    "too long chains"};
	enum {
		BLOCK_WORDS = sizeof(struct rt_block_count) / sizeof(__u64)
	};
	__u64 sums[BLOCK_WORDS + RT_GUARD_CAUSES] = {0};
	int status = 0;

	for (size_t slot = 0; slot < RT_BLOCKS; slot++)
		for (size_t i = 0; i < BLOCK_WORDS; i++)
			sums[i] += ((const __u64 *)&r->expected.blocks[slot])[i];
	memcpy(sums + BLOCK_WORDS, r->expected.causes, sizeof(r->expected.causes));
	for (size_t i = 0; i < sizeof(sums) / sizeof(*sums); i++) {
		printf("%-18s %llu\n", names[i], (unsigned long long)sums[i]);
		status |= sums[i] == 0;
	}
	if (status)
		fprintf(stderr, "one kind of packet was never met\n");
	return status;
}

int main(int argc, char **argv)
{
	static struct run r;

	if (argc < 4)
		errx(2, "usage: guard_packets OBJECT PACKETS SEED [CORPUS [NEW]]");
	r.begin = time(NULL);
	guard_lab_open(&r.lab, argv[1]);
	sockets_make(&r.sockets);
	make_pools(&r);
	if (argc > 4)
		run_corpus(&r, argv[4]);
	r.collecting = true;
	random_state = strtoull(argv[3], NULL, 10) | 1;
	run_random(&r, strtoull(argv[2], NULL, 10));
	if (argc > 5 && pcap_write(&r.corpus, argv[5]))
		err(1, "%s", argv[5]);
	return summary(&r);
}
