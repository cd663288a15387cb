#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""self_connect.py host:port COUNT: connects a socket to itself; prints how often that worked."""
import socket
import sys

import labkit


def self_connect(endpoint: tuple[str, int]) -> bool:
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        sock.bind(endpoint)
        sock.connect(endpoint)
        sock.sendall(b"echo")
        return sock.getpeername() == endpoint and sock.recv(4) == b"echo"


labkit.deadline()
print(sum(self_connect(labkit.split_endpoint(sys.argv[1])) for _ in range(int(sys.argv[2]))))
