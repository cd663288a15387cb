# SPDX-License-Identifier: GPL-2.0
"""The ways to connect that a request to relay.py may name."""
import os
import select
import socket
from typing import Callable

import labkit

SYN_COUNT, CONNECT_TIMEOUT_MS = 1, 1000


def new_upstream(host: str) -> socket.socket:
    upstream = socket.socket(labkit.family_of(host), socket.SOCK_STREAM)
    upstream.setsockopt(socket.IPPROTO_TCP, socket.TCP_SYNCNT, SYN_COUNT)
    upstream.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, CONNECT_TIMEOUT_MS)
    return upstream


def connect(host: str, port: int) -> socket.socket:
    upstream = new_upstream(host)
    upstream.connect((host, port))
    return upstream


def connect_mapped(host: str, port: int) -> socket.socket:
    return connect(f"::ffff:{host}", port)


def connect_nonblocking(host: str, port: int) -> socket.socket:
    upstream = new_upstream(host)
    upstream.setblocking(False)
    upstream.connect_ex((host, port))
    select.select([], [upstream], [])
    if error := upstream.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
        raise OSError(error, os.strerror(error))
    upstream.setblocking(True)
    return upstream


def connect_and_abandon(host: str, port: int) -> socket.socket:
    upstream = new_upstream(host)
    upstream.setblocking(False)
    upstream.connect_ex((host, port))
    upstream.close()
    raise TimeoutError("given up")


def connect_and_hang_up(host: str, port: int) -> socket.socket:
    """Not a byte is sent on it."""
    connect(host, port).close()
    raise TimeoutError("given up")


def connect_multipath(host: str, port: int) -> socket.socket:
    upstream = socket.socket(labkit.family_of(host), socket.SOCK_STREAM, labkit.IPPROTO_MPTCP)
    upstream.connect((host, port))
    return upstream


METHODS: dict[str, Callable[[str, int], socket.socket]] = {
    "CONNECT": connect,
    "MAPPED": connect_mapped,
    "NONBLOCK": connect_nonblocking,
    "ABANDON": connect_and_abandon,
    "HANG_UP": connect_and_hang_up,
    "MULTIPATH": connect_multipath,
}
