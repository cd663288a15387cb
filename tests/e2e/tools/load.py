#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The lab's clients: connections through a proxy, counted by who makes them. After SIGTERM no new ones are made."""
import argparse
import asyncio
import itertools
import json
import signal
import socket
import struct
import sys
from dataclasses import asdict, dataclass, field

import labkit


@dataclass
class Truth:
    connections: int = 0  # that reached the proxy
    relayed: int = 0  # of those, with the whole answer of the far end
    failed: int = 0  # of those, with the proxy's word that it failed, or none
    sent: int = 0
    received: int = 0
    clients: set[str] = field(default_factory=set)
    targets: set[str] = field(default_factory=set)


class Client:
    """One connection; its own count of bytes goes into the truth."""

    def __init__(self, options: argparse.Namespace, truth: Truth):
        self.options, self.truth = options, truth
        self.writer: asyncio.StreamWriter

    async def connect(self, source: str | None) -> None:
        host, port = labkit.split_endpoint(self.options.proxy)
        protocol = labkit.IPPROTO_MPTCP if self.options.mptcp else 0
        sock = socket.socket(labkit.family_of(host), socket.SOCK_STREAM, protocol)
        sock.setblocking(False)
        if source:
            sock.bind((source, 0))
        if self.options.fastopen:
            sock.setsockopt(socket.IPPROTO_TCP, labkit.TCP_FASTOPEN_CONNECT, 1)
        if self.options.mptcp:  # asyncio's own connect does not know the protocol
            sock.setblocking(True)
            await asyncio.to_thread(sock.connect, (host, port))
        else:
            await asyncio.get_running_loop().sock_connect(sock, (host, port))
        self.reader, self.writer = await asyncio.open_connection(sock=sock)
        self.truth.connections += 1
        self.truth.clients.add(sock.getsockname()[0])

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        self.truth.sent += len(data)
        await self.writer.drain()

    async def receive(self, size: int) -> bytes:
        data = await self.reader.readexactly(size)
        self.truth.received += size
        return data

    async def receive_rest(self) -> bytes:
        data = await self.reader.read()
        self.truth.received += len(data)
        return data

    async def http(self, target: tuple[str, int]) -> bool:
        await self.send(f"{self.options.method} {labkit.join_endpoint(*target)} HTTP/1.1\r\n\r\n".encode())
        answer = await self.receive(len(b"HTTP/1.x 200"))
        while not answer.endswith(b"\r\n\r\n"):
            answer += await self.receive(1)
        return answer.split()[1] == b"200"

    async def socks5(self, target: tuple[str, int]) -> bool:
        await self.send(b"\x05\x01\x00")
        await self.receive(2)
        address = socket.inet_pton(labkit.family_of(target[0]), target[0])
        kind = b"\x01" if len(address) == 4 else b"\x04"
        await self.send(b"\x05\x01\x00" + kind + address + struct.pack("!H", target[1]))
        answer = await self.receive(10)
        return answer[1] == 0

    async def plain(self, _target: tuple[str, int]) -> bool:
        return True

    async def run(self, source: str | None, target: tuple[str, int], gates: "Gates") -> None:
        await self.connect(source)
        self.truth.targets.add(labkit.join_endpoint(*target))
        await gates.wait("connected")
        try:
            relayed = await getattr(self, self.options.mode)(target)
            if relayed and self.options.receive:
                await self.send(labkit.ask(self.options.send, self.options.receive))
                await self.receive(self.options.receive)
                await gates.wait("relayed")
            else:
                await self.receive_rest()
            self.truth.relayed += relayed
            self.truth.failed += not relayed
        except (asyncio.IncompleteReadError, ConnectionError):
            self.truth.failed += 1
        self.writer.close()

    async def run_or_give_up(self, source: str | None, target: tuple[str, int], gates: "Gates") -> None:
        try:
            await asyncio.wait_for(self.run(source, target, gates), self.options.patience)
        except (TimeoutError, OSError):  # dropped, or refused at once
            self.truth.failed += 1


class Gates:
    """Where all connections wait, open, until somebody writes to the fifo --gate."""

    def __init__(self, options: argparse.Namespace):
        self.options, self.waiting = options, 0
        self.opened: asyncio.Future | None = None

    def read(self) -> None:
        with open(self.options.gate, encoding="utf-8") as gate:
            gate.read()

    async def wait(self, stage: str) -> None:
        if stage != self.options.hold:
            return
        self.waiting += 1
        if self.waiting == self.options.connections:
            print("holding", flush=True)
        if self.opened is None:
            self.opened = asyncio.ensure_future(asyncio.to_thread(self.read))
        await self.opened


async def load(options: argparse.Namespace) -> Truth:
    truth, gates, ending = Truth(), Gates(options), asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ending.set)
    targets = [(host, port) for host in labkit.addresses(options.targets) for port in options.port]
    sources = list(labkit.addresses(options.sources)) if options.sources else [None]
    pairs = zip(range(options.connections), itertools.cycle(sources), itertools.cycle(targets))
    start = asyncio.get_running_loop().time()

    async def worker() -> None:
        for index, source, target in pairs:
            if options.rate:
                await asyncio.sleep(start + index / options.rate - asyncio.get_running_loop().time())
            if ending.is_set():
                return
            client = Client(options, truth)
            await (client.run_or_give_up if options.patience else client.run)(source, target, gates)

    workers = options.connections if options.hold else options.parallel
    await asyncio.gather(*(worker() for _ in range(workers)))
    return truth


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--proxy", default="10.77.0.254:6515")
    parser.add_argument("--mode", choices=("http", "socks5", "plain"), default="http")
    parser.add_argument("--method", default="CONNECT", help="what the lab's own relay is asked to do")
    parser.add_argument("--connections", type=int, default=300)
    parser.add_argument("--parallel", type=int, default=20)
    parser.add_argument("--rate", type=float, default=0, help="connections a second, 0 = as fast as they go")
    parser.add_argument("--targets", default="198.18.0.1+200")
    parser.add_argument("--port", type=int, nargs="+", default=[25])
    parser.add_argument("--sources", default="10.77.1.1+40")
    parser.add_argument("--send", type=int, default=400)
    parser.add_argument("--receive", type=int, default=1000, help="0: the request is all there is")
    parser.add_argument("--mptcp", action="store_true")
    parser.add_argument("--fastopen", action="store_true")
    parser.add_argument("--hold", choices=("connected", "relayed"))
    parser.add_argument("--gate")
    parser.add_argument("--patience", type=float, help="seconds until a connection is given up")
    parser.add_argument("--may-fail", action="store_true")
    parser.add_argument("--out", required=True)
    return parser.parse_args()


def main() -> int:
    options = parse()
    labkit.deadline()
    labkit.allow_many_files()
    truth = asyncio.run(load(options))
    figures = asdict(truth) | {"clients": len(truth.clients), "targets": len(truth.targets)}
    with open(options.out, "w", encoding="utf-8") as out:
        json.dump(figures, out)
    if truth.failed and not options.may_fail:
        print(f"load: {truth.failed} of {truth.connections} connections were not relayed", file=sys.stderr)
        return 1
    return 0


sys.exit(main())
