// SPDX-License-Identifier: GPL-2.0
#include "cidr.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "text.h"
#include "units.h"

/* An IPv4 address is the last 32 bits of a v4-mapped one. */
#define MAPPED_BITS 96

static const struct rt_address mapped = {.bytes = {[10] = 0xff, [11] = 0xff}};

/* Sets all bits from @first on to 0; true if one of them was set. */
static bool clear_from(struct rt_address *address, unsigned int first)
{
	bool any = false;

	for (unsigned int i = first; i < 8 * sizeof(address->bytes); i++) {
		__u8 bit = 0x80 >> i % 8;

		any |= address->bytes[i / 8] & bit;
		address->bytes[i / 8] &= ~bit;
	}
	return any;
}

static unsigned int mapped_length(const struct cidr *cidr)
{
	return cidr->length + (cidr->ipv4 ? MAPPED_BITS : 0);
}

static int parse_length(struct cidr *cidr, const char *text, const char *shown, struct error *error)
{
	__u64 length = cidr->ipv4 ? 32 : 128;
	struct error reason;

	if (text && units_parse_count(&length, text, 0, length, &reason))
		return fail(error, "\"%s\": the length of the prefix: %.200s", shown, reason.text);
	cidr->length = length;
	return 0;
}

int cidr_parse(struct cidr *cidr, const char *text, struct error *error)
{
	char address[INET6_ADDRSTRLEN], shown[TEXT_SHOWN], meant[CIDR_TEXT];
	const char *slash = strchr(text, '/');
	size_t size = slash ? (size_t)(slash - text) : strlen(text);
	struct cidr parsed = {.address = mapped, .ipv4 = true};

	text_shown(shown, text);
	if (size >= sizeof(address))
		return fail(error, "\"%s\" is no address range such as 192.0.2.0/24 or 2001:db8::/32", shown);
	memcpy(address, text, size);
	address[size] = '\0';
	if (inet_pton(AF_INET, address, parsed.address.bytes + 12) != 1) {
		parsed.ipv4 = false;
		if (inet_pton(AF_INET6, address, parsed.address.bytes) != 1)
			return fail(error, "\"%s\" is no address range such as 192.0.2.0/24 or 2001:db8::/32",
				    shown);
		if (!memcmp(parsed.address.bytes, mapped.bytes, MAPPED_BITS / 8))
			return fail(error, "\"%s\" is an IPv4 address in disguise: write it as one", shown);
	}
	if (parse_length(&parsed, slash ? slash + 1 : NULL, shown, error))
		return -1;
	if (clear_from(&parsed.address, mapped_length(&parsed))) {
		cidr_format(meant, &parsed);
		return fail(error, "\"%s\" has bits set behind its prefix; did you mean %s?", shown, meant);
	}
	*cidr = parsed;
	return 0;
}

void cidr_format(char text[CIDR_TEXT], const struct cidr *cidr)
{
	char address[INET6_ADDRSTRLEN] = "";

	inet_ntop(cidr->ipv4 ? AF_INET : AF_INET6, cidr->address.bytes + (cidr->ipv4 ? 12 : 0), address,
		  sizeof(address));
	snprintf(text, CIDR_TEXT, "%s/%u", address, cidr->length);
}

bool cidr_contains(const struct cidr *cidr, const struct rt_address *address)
{
	struct rt_address network = *address;

	clear_from(&network, mapped_length(cidr));
	return !memcmp(network.bytes, cidr->address.bytes, sizeof(network.bytes));
}
