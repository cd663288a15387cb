/* SPDX-License-Identifier: GPL-2.0 */
/* Frames in a pcap file, held in memory whole, so that tcpdump shows them. */
#ifndef RELAYTRAP_GUARD_PCAP_H
#define RELAYTRAP_GUARD_PCAP_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define PCAP_HEAD 24
#define PCAP_RECORD 16
#define PCAP_MAX (1 << 22)

struct pcap {
	size_t size;
	unsigned char bytes[PCAP_MAX];
};

static void pcap_put(struct pcap *p, const void *bytes, size_t size)
{
	memcpy(p->bytes + p->size, bytes, size);
	p->size += size;
}

/* What has no room is left out. */
static void pcap_add(struct pcap *p, const void *frame, size_t size)
{
	static const uint32_t head[PCAP_HEAD / 4] = {0xa1b2c3d4, 4 << 16 | 2, 0, 0, 65535, 1};
	uint32_t record[PCAP_RECORD / 4] = {0, 0, size, size};

	if (p->size + PCAP_HEAD + PCAP_RECORD + size > PCAP_MAX)
		return;
	if (!p->size)
		pcap_put(p, head, sizeof(head));
	pcap_put(p, record, sizeof(record));
	pcap_put(p, frame, size);
}

/* The frame at @at, which then is that of the next; false at the end, or where the file is damaged. */
static bool pcap_next(const struct pcap *p, size_t *at, void *frame, size_t room, size_t *size)
{
	uint32_t record[PCAP_RECORD / 4];

	if (*at + sizeof(record) > p->size)
		return false;
	memcpy(record, p->bytes + *at, sizeof(record));
	*size = record[2];
	if (*size > room || *at + sizeof(record) + *size > p->size)
		return false;
	memcpy(frame, p->bytes + *at + sizeof(record), *size);
	*at += sizeof(record) + *size;
	return true;
}

static int pcap_read(struct pcap *p, const char *path)
{
	FILE *file = fopen(path, "rb");

	if (!file)
		return -1;
	p->size = fread(p->bytes, 1, sizeof(p->bytes), file);
	return fclose(file);
}

static int pcap_write(const struct pcap *p, const char *path)
{
	FILE *file = fopen(path, "wb");

	if (!file)
		return -1;
	if (fwrite(p->bytes, 1, p->size, file) != p->size) {
		fclose(file);
		return -1;
	}
	return fclose(file);
}

#endif
