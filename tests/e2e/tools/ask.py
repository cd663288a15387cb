#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Asks a name server for hosts of many zones, each over a TCP connection of its own; prints how many it knew.

Each tenth name has an answer that does not fit a datagram.
"""
import argparse
import random
import socket
import struct
import time

import labkit


def question(name: str) -> bytes:
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    query = struct.pack("!6H", random.getrandbits(16), 0x0100, 1, 0, 0, 0) + labels + b"\0\0\1\0\1"
    return struct.pack("!H", len(query)) + query


def ask(server: tuple[str, int], source: str, name: str) -> bool:
    """Whether it has an answer."""
    with socket.create_connection(server, source_address=(source, 0)) as sock, sock.makefile("rb") as stream:
        sock.sendall(question(name))
        (size,) = struct.unpack("!H", stream.read(2))
        _, flags, _, answers = struct.unpack("!4H", stream.read(size)[:8])
        return flags & 0xF == 0 and answers > 0


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", default="10.77.0.254:6515")
    parser.add_argument("--names", type=int, default=300)
    parser.add_argument("--zones", type=int, default=60)
    parser.add_argument("--rate", type=float, default=60)
    options = parser.parse_args()
    labkit.deadline()
    sources, known = list(labkit.addresses("10.77.1.1+40")), 0
    for index in range(options.names):
        kind = "big" if index % 10 == 0 else "name"
        name = f"{kind}{index}.zone{index % options.zones + 1}.example"
        known += ask(labkit.split_endpoint(options.server), sources[index % 40], name)
        time.sleep(1 / options.rate)
    print(f"known {known}")


main()
