#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""An open proxy on asyncio: one process, one thread, CONNECT to anywhere; to GET it gives a file itself.

LEND /PROGRAM gives the client's connection to a program, as its standard input.
"""
import argparse
import asyncio
import subprocess

import labkit


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.write_eof()
    except (ConnectionError, RuntimeError):
        pass


def lend(client: asyncio.StreamWriter, program: str) -> None:
    client.transport.pause_reading()  # type: ignore[attr-defined]
    with client.get_extra_info("socket").dup() as given:
        given.setblocking(True)
        subprocess.Popen([program, "-f"], stdin=given, stdout=subprocess.DEVNULL)


FILE = labkit.OK + b"update" * 1000


async def relay(client: asyncio.StreamReader, answer: asyncio.StreamWriter) -> None:
    try:
        head = await client.readuntil(b"\r\n\r\n")
        if head.startswith(b"GET "):
            answer.write(FILE)
            answer.close()
            return
        if head.startswith(b"LEND "):
            return lend(answer, head.split()[1].decode())
        host, port = labkit.split_endpoint(head.split()[1].decode())
        upstream, request = await asyncio.open_connection(host, port)
    except (OSError, ValueError, IndexError, asyncio.IncompleteReadError):
        answer.write(labkit.FAILED)
        answer.close()
        return
    answer.write(labkit.OK)
    await asyncio.gather(pump(client, request), pump(upstream, answer))
    request.close()
    answer.close()


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--listen", default="0.0.0.0:6515")
    parser.add_argument("--name", default="asyncproxy")
    options = parser.parse_args()
    labkit.name_process(options.name)
    labkit.allow_many_files()
    listener = labkit.listen(*labkit.split_endpoint(options.listen))
    await asyncio.start_server(labkit.kept(relay), sock=listener, backlog=4096)
    print("ready", flush=True)
    await asyncio.Event().wait()


labkit.deadline()
asyncio.run(main())
