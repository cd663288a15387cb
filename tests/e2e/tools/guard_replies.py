#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""guard_replies.py HOST PEER COMMAND...: connections between two network namespaces, of which COMMAND blocks
the host's ports 6515 to 6523. What the host opened goes on, what it accepted, or was about to, falls silent.
"""
import contextlib
import ctypes
import re
import socket
import struct
import subprocess
import sys
from pathlib import Path
from typing import Iterator

import labkit

PATIENCE = 10 * labkit.PATIENCE
SILENCE = 0.4 + 0.1 * labkit.TIME_SCALE
FAMILIES = {
    "IPv4": ("10.77.0.254", "10.77.1.1"),
    "IPv6": ("fd00:77::fe", "fd00:77::1"),
    "mapped": ("::ffff:10.77.0.254", "::ffff:10.77.1.2"),
}
libc = ctypes.CDLL(None, use_errno=True)


@contextlib.contextmanager
def namespace(path: str) -> Iterator[None]:
    with open("/proc/self/ns/net", "rb") as own, open(path, "rb") as other:
        if libc.setns(other.fileno(), 0):
            raise OSError(ctypes.get_errno(), path)
        try:
            yield
        finally:
            libc.setns(own.fileno(), 0)


def bound(netns: str, address: str, port: int) -> socket.socket:
    with namespace(netns):
        sock = socket.socket(labkit.family_of(address))
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    sock.settimeout(PATIENCE)
    sock.bind((address, port))
    return sock


def listener(netns: str, address: str, port: int) -> socket.socket:
    sock = bound(netns, address, port)
    sock.listen()
    return sock


class Pair:
    """A connection: both of its ends."""

    def __init__(self, opener: socket.socket, listening: socket.socket):
        opener.connect(listening.getsockname()[:2])
        self.opener, self.acceptor = opener, listening.accept()[0]
        self.acceptor.settimeout(PATIENCE)

    def talks(self) -> bool:
        for one, other in ((self.opener, self.acceptor), (self.acceptor, self.opener)):
            one.sendall(b"word")
            if other.recv(4) != b"word":
                return False
        return True

    def is_silent(self) -> bool:
        self.acceptor.settimeout(SILENCE)
        self.opener.sendall(b"word")
        try:
            return not self.acceptor.recv(4)
        except TimeoutError:
            return True

    def ends_in_order(self) -> bool:
        """The opener closes first, so that the far end's last word meets what is left of its socket."""
        self.opener.close()
        if self.acceptor.recv(1):
            return False
        self.acceptor.close()
        return True


# Passes requests (SYN), and nothing else, on to a listener: load the flags, test them, take all or nothing.
ONLY_REQUESTS = ctypes.create_string_buffer(
    b"".join(struct.pack("HBBI", *step) for step in ((0x30, 0, 0, 13), (0x45, 0, 1, 2), (6, 0, 0, 65536), (6, 0, 0, 0)))
)
SO_ATTACH_FILTER, SO_DETACH_FILTER = 26, 27


class HalfOpen:
    """A request that was answered, the last word of its handshake held back in front of the listener."""

    def __init__(self, opener: socket.socket, listening: socket.socket):
        listening.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HP", 4, ctypes.addressof(ONLY_REQUESTS)))
        opener.connect(listening.getsockname()[:2])
        self.opener, self.listening = opener, listening

    def comes_in(self, patience: float) -> bool:
        self.listening.setsockopt(socket.SOL_SOCKET, SO_DETACH_FILTER, 0)
        self.listening.settimeout(patience)
        self.opener.sendall(b"word")
        try:
            with self.listening.accept()[0] as accepted:
                return accepted.recv(4) == b"word"
        except TimeoutError:
            return False


class Handshakes:
    """Half-open ones as cookies, which keep nothing, and as requests that wait; one that a cookie let in."""

    def __init__(self, host: str, peer: str):
        self.host, self.peer = host, peer
        self.set_cookies(2)  # for each request
        self.accepted = Pair(bound(peer, "10.77.1.3", 0), listener(host, "10.77.0.254", 6523))
        self.blocked = self.make(6521)
        self.free = self.make(6531)
        expect("a cookie keeps nothing", not self.waiting())
        self.set_cookies(1)  # under attack
        self.blocked |= self.make(6522)
        self.free |= self.make(6532)
        expect(f"requests wait on {self.waiting()}", self.waiting() == [6522, 6522, 6532, 6532])

    def set_cookies(self, when: int) -> None:
        with namespace(self.host):
            Path("/proc/sys/net/ipv4/tcp_syncookies").write_text(str(when), encoding="ascii")

    def make(self, port: int) -> dict[str, HalfOpen]:
        return {
            f"{name} port {port}": HalfOpen(bound(self.peer, there, 0), listener(self.host, here, port))
            for name, (here, there) in FAMILIES.items() if name != "mapped"
        }  # fmt: skip

    def waiting(self) -> list[int]:
        with namespace(self.host):
            text = "".join(Path(f"/proc/thread-self/net/{name}").read_text(encoding="ascii") for name in ("tcp", "tcp6"))
        return sorted(int(port, 16) for port in re.findall(r"^ *\d+: \w+:(\w+) \S+ 03 ", text, re.MULTILINE))

    def check(self) -> None:
        for name, handshake in self.free.items():
            expect(f"half-open, {name}: comes in where nothing is blocked", handshake.comes_in(PATIENCE))
        for name, handshake in self.blocked.items():
            expect(f"half-open, {name}: stays out", not handshake.comes_in(SILENCE))
        expect("what a cookie let in is silent", self.accepted.is_silent())


def expect(what: str, holds: bool) -> None:
    if not holds:
        sys.exit(f"FAIL: {what}")


def refused(opener: socket.socket, address: str, port: int) -> bool:
    opener.settimeout(SILENCE)
    try:
        opener.connect((address, port))
    except TimeoutError:
        return True
    return False


def main() -> None:
    host, peer, *command = sys.argv[1:]
    labkit.deadline()
    opened, accepted, lonely, away = {}, {}, {}, {}
    for name, (here, there) in FAMILIES.items():
        away[name] = listener(peer, there, 2500)
        port = 6516 if name == "mapped" else 6515  # IPv4 is one, for connections and for listeners
        opened[name] = Pair(bound(host, here, port + 2), away[name])
        accepted[name] = Pair(bound(peer, there, 0), listener(host, here, port))
        with listener(host, here, port + 4) as brief:
            lonely[name] = Pair(bound(peer, there, 0), brief)
        expect(f"{name}: all talk at first", all(p[name].talks() for p in (opened, accepted, lonely)))
    handshakes = Handshakes(host, peer)
    subprocess.run(command, check=True)
    for name, (here, there) in FAMILIES.items():
        port = 6516 if name == "mapped" else 6515
        expect(f"{name}: what was opened goes on", opened[name].talks())
        expect(f"{name}: what was accepted is silent", accepted[name].is_silent())
        expect(f"{name}: so it is when nobody listens any more", lonely[name].is_silent())
        expect(f"{name}: no new request comes in", refused(bound(peer, there, 0), here, port))
        late = Pair(bound(host, here, port), away[name])
        expect(f"{name}: opened later, from a port that is listened on", late.talks())
        expect(f"{name}: ends in order", late.ends_in_order() and opened[name].ends_in_order())
    handshakes.check()


main()
