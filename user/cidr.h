/* SPDX-License-Identifier: GPL-2.0 */
/* A range of addresses, "192.0.2.0/24" or "2001:db8::/32". Pure. */
#ifndef RELAYTRAP_CIDR_H
#define RELAYTRAP_CIDR_H

#include <stdbool.h>

#include "error.h"
#include "relaytrap.h"

struct cidr {
	struct rt_address address; /* network byte order, IPv4 v4-mapped; no bit is set behind the prefix */
	unsigned int length;       /* of the prefix, in bits of its own family: 0 to 32 or 0 to 128 */
	bool ipv4;
};

/* Room for any text of cidr_format(). */
#define CIDR_TEXT 64

/*
 * Reads @text; without a length it is one address. Bits behind the prefix are refused, with the range that was
 * probably meant. On failure @cidr is unchanged.
 */
int cidr_parse(struct cidr *cidr, const char *text, struct error *error);
void cidr_format(char text[CIDR_TEXT], const struct cidr *cidr);

bool cidr_contains(const struct cidr *cidr, const struct rt_address *address);

#endif
