#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The far end for honest servers: web, mail and name servers on all the lab's addresses, and a tracker.

Each connection is logged when it comes, in the format of sink.py, without its bytes.
"""
import argparse
import asyncio
import json
import socket
import struct
from typing import Callable, TextIO
from urllib.parse import parse_qs, urlsplit

import labkit

Log = Callable[[asyncio.StreamWriter], None]
PAGE = b"a page of 4,000 bytes, like many others\n" * 100
METRICS = b"".join(b'measure{part="%d"} %d\n' % (part, part) for part in range(100))
IP_PKTINFO = 8  # socket has no name for it
TYPES = {True: b"text/plain; version=0.0.4", False: b"text/html"}


class Tracker:
    """Tells every peer of all the others."""

    def __init__(self) -> None:
        self.peers: set[bytes] = set()

    def announce(self, query: str, peer: str) -> bytes:
        port = int(parse_qs(query, encoding="latin-1")["port"][0])
        self.peers.add(socket.inet_aton(peer) + struct.pack("!H", port))
        return b"d8:intervali1800e5:peers%d:%se" % (6 * len(self.peers), b"".join(self.peers))


def web(tracker: Tracker):
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            url = urlsplit(head.split()[1].decode("latin-1"))
            body = METRICS if url.path == "/metrics" else PAGE
            if url.path == "/announce":
                body = tracker.announce(url.query, writer.get_extra_info("peername")[0])
            head_out = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
            writer.write(head_out % (TYPES[url.path == "/metrics"], len(body)) + body)
            await writer.drain()
            if b"connection: close" in head.lower() or b" HTTP/1.0\r\n" in head:
                return

    return serve


async def mail(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 sink ESMTP\r\n")
    while line := await reader.readline():
        word = line[:4].upper().strip()
        if word == b"DATA":
            writer.write(b"354 go on\r\n")
            await reader.readuntil(b"\r\n.\r\n")
        writer.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
        if word == b"QUIT":
            return


def answer(query: bytes, truncate: bool) -> bytes:
    """An address for every name; names that begin with "big" do not fit a datagram."""
    end = query.index(b"\0", 12) + 5
    cut = truncate and query[13:16].lower() == b"big"
    flags = 0x8600 if cut else 0x8400
    head = struct.pack("!2s5H", query[:2], flags, 1, 0 if cut else 1, 0, 0)
    record = b"" if cut else b"\xc0\x0c\0\1\0\1\0\0\0\0\0\4\xc6\x12\0\1"
    return head + query[12:end] + record


async def names(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        size = struct.unpack("!H", await reader.readexactly(2))[0]
        reply = answer(await reader.readexactly(size), False)
        writer.write(struct.pack("!H", len(reply)) + reply)
        await writer.drain()


def answer_datagrams(port: int) -> None:
    """Each from the address that was asked."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)
    sock.bind(("", port))

    def ready() -> None:
        query, ancillary, _, peer = sock.recvmsg(4096, 64)
        asked = ancillary[0][2][4:8]
        information = struct.pack("=I4s4x", 0, asked)
        sock.sendmsg([answer(query, True)], [(socket.IPPROTO_IP, IP_PKTINFO, information)], 0, peer)

    asyncio.get_running_loop().add_reader(sock, ready)


def logged(handler, log: TextIO):
    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        (local, port), (peer, _) = writer.get_extra_info("sockname"), writer.get_extra_info("peername")
        log.write(json.dumps({"local": local, "port": port, "peer": peer, "received": 0, "sent": 0}) + "\n")
        try:
            await handler(reader, writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        writer.close()

    return labkit.kept(connection)


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--log", required=True)
    parser.add_argument("--web", type=int)
    parser.add_argument("--mail", type=int)
    parser.add_argument("--names", type=int)
    options = parser.parse_args()
    labkit.allow_many_files()
    handlers = {options.web: web(Tracker()), options.mail: mail, options.names: names}
    with open(options.log, "a", buffering=1, encoding="utf-8") as log:
        for port, handler in handlers.items():
            if port:
                await asyncio.start_server(logged(handler, log), sock=labkit.listen("0.0.0.0", port), backlog=4096)
        if options.names:
            answer_datagrams(options.names)
        print("ready", flush=True)
        await asyncio.Event().wait()


labkit.deadline()
asyncio.run(main())
