# SPDX-License-Identifier: GPL-2.0
"""What the lab's programs share: deadlines, addresses, one request line, one exchange.

A client asks its proxy "METHOD host:port HTTP/1.1", and then the sink behind it
"ASK <sent> <received>": both sides know from that how many bytes to send and to expect.
"""
import asyncio
import ipaddress
import os
import resource
import signal
import socket
from typing import Callable, Iterator

TIME_SCALE = float(os.environ.get("RT_TIME_SCALE", "1"))
PATIENCE = TIME_SCALE * float(os.environ.get("RT_PATIENCE", "3"))  # of what only waits: see lib.sh
OK = b"HTTP/1.1 200 relayed\r\n\r\n"
FAILED = b"HTTP/1.1 502 failed\r\n\r\n"
IPPROTO_MPTCP = 262
TCP_FASTOPEN_CONNECT = 30


def deadline(seconds: float = 600) -> None:
    """Nothing of the lab outlives its case, whatever happens."""
    signal.alarm(int(seconds * TIME_SCALE))


def allow_many_files() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def name_process(name: str) -> None:
    with open("/proc/self/comm", "wb") as comm:
        comm.write(os.fsencode(name))


def family_of(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def split_endpoint(text: str) -> tuple[str, int]:
    """'198.18.0.1:25' or '[fd00::1]:25'."""
    host, _, port = text.rpartition(":")
    return host.strip("[]"), int(port)


def join_endpoint(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def addresses(text: str) -> Iterator[str]:
    """'198.18.0.1+3' is that address and the two after it."""
    first, _, count = text.partition("+")
    for index in range(int(count or 1)):
        yield str(ipaddress.ip_address(first) + index)


def listen(host: str, port: int, protocol: int = 0, reuse_port: bool = False) -> socket.socket:
    """An address '*' takes IPv6 and IPv4, the latter v4-mapped."""
    family = socket.AF_INET6 if host == "*" else family_of(host)
    listener = socket.socket(family, socket.SOCK_STREAM, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if reuse_port:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    if family == socket.AF_INET6:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, host != "*")
    if protocol != IPPROTO_MPTCP:
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 1024)
    listener.bind(("::" if host == "*" else host, port))
    listener.listen(4096)
    return listener


def kept(handler: Callable) -> Callable:
    """A connection's handler for asyncio, which itself would let it be collected while it waits."""
    tasks = set()

    async def keep(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.current_task())
        try:
            await handler(reader, writer)
        finally:
            tasks.discard(asyncio.current_task())

    return keep


def ask(sent: int, received: int) -> bytes:
    return f"ASK {sent} {received}\n".encode().ljust(sent, b".")
