#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A mail server in three processes: a master that listens on 25, a receiver, and a sender.

Each mail received is queued, and sent on to the next of --targets by a process that never
sees the connection it came by.
"""
import argparse
import itertools
import os
import signal
import socket
import sys

import labkit


def receive(listener: socket.socket, queue: int) -> None:
    labkit.name_process("receiver")
    while True:
        client, _ = listener.accept()
        with client, client.makefile("rwb") as stream:
            words = stream.readline().split()
            stream.write(b"!" * int(words[2].rstrip(b".")))
            stream.flush()
            os.write(queue, b"mail\n")
            client.recv(1)


def send(queue: int, targets: str) -> None:
    labkit.name_process("sender")
    with os.fdopen(queue, "rb") as mails:
        for _, host in zip(mails, itertools.cycle(labkit.addresses(targets))):
            with socket.create_connection((host, 25)) as upstream:
                upstream.sendall(labkit.ask(100, 10))
                upstream.recv(10, socket.MSG_WAITALL)


def child(body, *arguments) -> None:
    if os.fork() == 0:
        labkit.deadline()
        body(*arguments)
        sys.exit()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--targets", default="198.18.0.1+50")
    options = parser.parse_args()
    labkit.deadline()
    labkit.name_process("master")
    listener = labkit.listen("0.0.0.0", 25)
    incoming, outgoing = os.pipe()
    child(receive, listener, outgoing)
    child(send, incoming, options.targets)
    print("ready", flush=True)
    signal.pause()


main()
