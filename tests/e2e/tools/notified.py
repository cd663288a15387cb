#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""notified.py NAME: a service manager's socket, a path or @name; prints each datagram, its lines joined by blanks."""
import socket
import sys

name = sys.argv[1]
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind("\0" + name[1:] if name[0] == "@" else name)
print("ready", flush=True)
while True:
    print(receiver.recv(65536).decode("ascii").replace("\n", " "), flush=True)
