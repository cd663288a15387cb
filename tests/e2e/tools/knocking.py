#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""knocking.py ADDRESS PORT RATE: so many first packets a second to a port, each from a socket of its own, until SIGTERM.

Prints how many went out.
"""
import signal
import socket
import sys
import time

address, port, rate = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
going, sent = True, 0


def end(_number, _frame):
    global going
    going = False


signal.signal(signal.SIGTERM, end)
print("ready", flush=True)
while going:
    with socket.socket() as knocking:
        knocking.setblocking(False)
        knocking.connect_ex((address, port))
    sent += 1
    time.sleep(1 / rate)
print(sent, flush=True)
