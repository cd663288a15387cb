#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Sends a number of connection requests to a port of each address, one SYN each: given up before a second one could be sent."""

import argparse
import errno
import socket


def knock(address, port, source):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as client:
        client.setblocking(False)
        if source:
            client.bind((source, 0))
        error = client.connect_ex((address, port))
        if error not in (0, errno.EINPROGRESS):
            raise OSError(error, f"connect to {address} port {port}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("addresses", help="one, or several with commas between them")
    parser.add_argument("port", type=int)
    parser.add_argument("count", type=int)
    parser.add_argument("--source")
    options = parser.parse_args()
    for address in options.addresses.split(","):
        for _ in range(options.count):
            knock(address, options.port, options.source)


main()
