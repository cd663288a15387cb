#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The far end of the lab: answers on all its addresses and logs each connection as a line of JSON."""
import argparse
import asyncio
import json
from typing import TextIO

import labkit


async def exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[int, int]:
    head = await reader.readline()
    received, sent = len(head), 0
    words = head.split()
    if len(words) >= 3 and words[0] == b"ASK":
        received += len(await reader.readexactly(int(words[1]) - received))
        answer = b"!" * int(words[2].rstrip(b"."))
        writer.write(answer)
        await writer.drain()
        sent = len(answer)
    while data := await reader.read(65536):
        received += len(data)
    return received, sent


def serve(log: TextIO):
    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        local = writer.get_extra_info("sockname")
        peer = writer.get_extra_info("peername") or [None]  # it was cut before it was taken
        received = sent = 0
        try:
            received, sent = await exchange(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        writer.close()
        entry = {"local": local[0], "port": local[1], "peer": peer[0], "received": received, "sent": sent}
        log.write(json.dumps(entry) + "\n")

    return connection


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--log", required=True)
    parser.add_argument("--mptcp", action="store_true")
    parser.add_argument("ports", type=int, nargs="+")
    options = parser.parse_args()
    labkit.allow_many_files()
    protocol = labkit.IPPROTO_MPTCP if options.mptcp else 0
    with open(options.log, "a", buffering=1, encoding="utf-8") as log:
        for port in options.ports:
            for host in ("0.0.0.0", "::"):
                await asyncio.start_server(labkit.kept(serve(log)), sock=labkit.listen(host, port, protocol), backlog=4096)
        print("ready", flush=True)
        await asyncio.Event().wait()


labkit.deadline()
asyncio.run(main())
