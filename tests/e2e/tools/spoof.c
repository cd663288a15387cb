// SPDX-License-Identifier: GPL-2.0
/*
 * spoof INTERFACE PORT COUNT SOURCES: sends as many requests over IPv4, one frame each, from as many sources one
 * after the other, from 11.0.0.0 on.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define FIRST_SOURCE 0x0b000000U
#define BATCH 64

struct frame {
	struct ether_header ethernet;
	struct iphdr ip;
	struct tcphdr tcp;
} __attribute__((packed));

static unsigned short checksum(const void *ip)
{
	const unsigned char *bytes = ip;
	unsigned int sum = 0;

	for (size_t i = 0; i < sizeof(struct iphdr); i += 2)
		sum += bytes[i] << 8 | bytes[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	return htons(~(sum + (sum >> 16)) & 0xffff);
}

static void fill(struct frame *frame, unsigned int port, unsigned int number, unsigned int sources)
{
	*frame = (struct frame){
		.ethernet = {.ether_shost = {2, 0, 0, 0, 0, 1}, .ether_type = htons(ETHERTYPE_IP)},
		.ip = {.version = 4,
		       .ihl = 5,
		       .ttl = 64,
		       .protocol = IPPROTO_TCP,
		       .tot_len = htons(sizeof(frame->ip) + sizeof(frame->tcp)),
		       .saddr = htonl(FIRST_SOURCE + number % sources),
		       .daddr = inet_addr("10.77.0.254")},
		.tcp = {.source = htons(1024 + number % 60000), .dest = htons(port), .doff = 5, .syn = 1},
	};
	frame->ip.check = checksum((char *)frame + offsetof(struct frame, ip));
	memset(frame->ethernet.ether_dhost, 0xff, sizeof(frame->ethernet.ether_dhost));
}

static int send_batch(int wire, unsigned int port, unsigned int first, unsigned int count,
		      unsigned int sources)
{
	struct frame frames[BATCH];
	struct iovec parts[BATCH];
	struct mmsghdr messages[BATCH] = {0};
	unsigned int sent = 0;

	for (unsigned int i = 0; i < count; i++) {
		fill(&frames[i], port, first + i, sources);
		parts[i] = (struct iovec){&frames[i], sizeof(frames[i])};
		messages[i].msg_hdr.msg_iov = &parts[i];
		messages[i].msg_hdr.msg_iovlen = 1;
	}
	while (sent < count) {
		int now = sendmmsg(wire, messages + sent, count - sent, 0);

		if (now < 0 && errno != ENOBUFS && errno != EINTR)
			return -1;
		sent += now > 0 ? now : 0;
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct sockaddr_ll address = {.sll_family = AF_PACKET};
	unsigned int count, sources, port;
	int wire = socket(AF_PACKET, SOCK_RAW, 0);

	if (argc != 5) {
		fprintf(stderr, "usage: spoof INTERFACE PORT COUNT SOURCES\n");
		return 2;
	}
	address.sll_ifindex = if_nametoindex(argv[1]);
	port = strtoul(argv[2], NULL, 10);
	count = strtoul(argv[3], NULL, 10);
	sources = strtoul(argv[4], NULL, 10);
	if (wire < 0 || bind(wire, (struct sockaddr *)&address, sizeof(address))) {
		perror("spoof: cannot open the interface");
		return 1;
	}
	for (unsigned int first = 0; first < count; first += BATCH)
		if (send_batch(wire, port, first, count - first < BATCH ? count - first : BATCH, sources)) {
			perror("spoof: cannot send");
			return 1;
		}
	return 0;
}
