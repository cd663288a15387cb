#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Requests in frames with VLAN tags: sends them, or counts those that get past the guard, by their payload."""

import argparse
import signal
import socket
import struct

ALL = 3
IPV4, IPV6, TAG, SERVICE_TAG = 0x0800, 0x86DD, 0x8100, 0x88A8
SYN = 0x02


def marker(port):
    return b"request to %d." % port


def packet(port, ipv6):
    tcp = struct.pack("!HHIIBBHHH", 40000, port, 1, 0, 5 << 4, SYN, 1024, 0, 0) + marker(port)
    if ipv6:
        addresses = socket.inet_pton(socket.AF_INET6, "fd00:77::1") + socket.inet_pton(socket.AF_INET6, "fd00:77::fe")
        return struct.pack("!IHBB", 6 << 28, len(tcp), socket.IPPROTO_TCP, 64) + addresses + tcp
    addresses = socket.inet_aton("10.77.0.253") + socket.inet_aton("10.77.0.254")
    return struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(tcp), 1, 0, 64, socket.IPPROTO_TCP, 0) + addresses + tcp


def vlan_tags(count):
    """Of two VLANs; more only say a priority, and the stack takes off any number of these."""
    tags = [(SERVICE_TAG, 7), (TAG, 9)][-count:] if count <= 2 else [(TAG, 0)] * count
    return b"".join(struct.pack("!HH", *tag) for tag in tags)


def send(options):
    tags = vlan_tags(options.tags)
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as wire:
        wire.bind((options.interface, 0))
        for ipv6 in (False, True):
            kind = struct.pack("!H", IPV6 if ipv6 else IPV4)
            for _ in range(options.count):
                wire.send(b"\xff" * 6 + b"\x02\0\0\0\0\1" + tags + kind + packet(options.port, ipv6))


def count(options):
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ALL))
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    wire.bind((options.interface, 0))
    seen = 0

    def tell(*_):
        nonlocal seen
        try:
            while True:
                seen += marker(options.port) in wire.recv(65536, socket.MSG_DONTWAIT)
        except BlockingIOError:
            pass
        print(f"seen {seen}", flush=True)

    signal.signal(signal.SIGUSR1, tell)
    print("ready", flush=True)
    while True:
        seen += marker(options.port) in wire.recv(65536)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("send")
    command.set_defaults(act=send)
    command.add_argument("interface")
    command.add_argument("port", type=int)
    command.add_argument("count", type=int)
    command.add_argument("tags", type=int, choices=(1, 2, 3))
    command = commands.add_parser("count")
    command.set_defaults(act=count)
    command.add_argument("interface")
    command.add_argument("port", type=int)
    options = parser.parse_args()
    options.act(options)


main()
