#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A service on 6515 that goes out in whichever way it is asked to, and says how that went.

ways.py serve [PORT…]: the service; with ports, one process for each, or (--one) for all; it goes to --alone
when it gets a SIGUSR1. ways.py ask WAYS HOST:PORT…: asks it, prints OK or the error's name for each way to each
target. ways.py try WAYS HOST:PORT…: does the same itself.
"""
import argparse
import errno
import itertools
import os
import select
import signal
import socket
import threading

import dial
import labkit

KEPT = []  # sockets that stay open until the end
LISTENERS: dict[int, socket.socket] = {}  # by port


def stream(host: str, port: int) -> None:
    KEPT.append(dial.connect(host, port))


def mapped(host: str, port: int) -> None:
    KEPT.append(dial.connect_mapped(host, port))


def nonblock(host: str, port: int) -> None:
    upstream = dial.new_upstream(host)
    upstream.setblocking(False)
    try:
        upstream.connect((host, port))
    except BlockingIOError:
        select.select([], [upstream], [], 2)
    KEPT.append(upstream)


def fastopen(host: str, port: int) -> None:
    upstream = dial.new_upstream(host)
    upstream.sendto(b"first", socket.MSG_FASTOPEN, (host, port))
    KEPT.append(upstream)


def fastopen_connect(host: str, port: int) -> None:
    upstream = dial.new_upstream(host)
    upstream.setsockopt(socket.IPPROTO_TCP, labkit.TCP_FASTOPEN_CONNECT, 1)
    upstream.connect((host, port))
    upstream.send(b"first")
    KEPT.append(upstream)


def multipath(host: str, port: int) -> None:
    KEPT.append(dial.connect_multipath(host, port))


def udp_connect(host: str, port: int) -> None:
    sender = socket.socket(labkit.family_of(host), socket.SOCK_DGRAM)
    sender.connect((host, port))
    sender.send(b"what")
    KEPT.append(sender)


def udp_send(host: str, port: int) -> None:
    with socket.socket(labkit.family_of(host), socket.SOCK_DGRAM) as sender:
        sender.sendto(b"what", (host, port))


def udp_mapped(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"what", (f"::ffff:{host}", port))


def udp_detour(host: str, port: int) -> None:
    """Connected to loopback, which is never refused, and sent elsewhere all the same."""
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sender:
        sender.connect(("::ffff:127.0.0.1", 9))
        sender.sendto(b"what", (f"::ffff:{host}", port))


def udp_kept(_host: str, _port: int) -> None:
    """Once more on the sockets that udp_connect has left connected."""
    for sender in KEPT:
        if sender.type == socket.SOCK_DGRAM:
            sender.send(b"again")


def take_over(_host: str, port: int) -> None:
    """From now on this process accepts on the port of another one, too."""
    threading.Thread(target=accept, args=(LISTENERS[port],), daemon=True).start()


def nothing(_host: str, _port: int) -> None:
    """Only to be read."""


WAYS = {way.__name__: way for way in (
    stream, mapped, nonblock, fastopen, fastopen_connect, multipath,
    udp_connect, udp_send, udp_mapped, udp_detour, udp_kept,
    take_over, nothing,
)}  # fmt: skip


def go(way: str, target: str) -> str:
    try:
        WAYS[way](*labkit.split_endpoint(target))
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, str(error))
    return "OK"


def answer(client: socket.socket) -> None:
    with client, client.makefile("rw") as lines:
        for line in lines:
            lines.write(go(*line.split()) + "\n")
            lines.flush()


def accept(listener: socket.socket) -> None:
    while True:
        threading.Thread(target=answer, args=(listener.accept()[0],), daemon=True).start()


def serve(options: argparse.Namespace) -> None:
    labkit.name_process("ways")
    labkit.allow_many_files()
    ports = [int(port) for port in (options.ways, *options.targets) if port] or [6515]
    for port in ports:
        LISTENERS[port] = labkit.listen("0.0.0.0", port)
    if options.early:
        udp_connect(*labkit.split_endpoint(options.early))
    if options.alone:
        signal.signal(signal.SIGUSR1, lambda *_: stream(*labkit.split_endpoint(options.alone)))
    print("ready", os.getpid(), flush=True)
    for port in ports[1:]:
        if options.one:
            take_over("", port)
            continue
        if os.fork() == 0:
            labkit.deadline()
            accept(LISTENERS[port])
    accept(LISTENERS[ports[0]])


def ask(options: argparse.Namespace) -> None:
    with socket.create_connection(labkit.split_endpoint(options.service)) as sock, sock.makefile("rw") as lines:
        for way, target in itertools.product(options.ways.split(","), options.targets):
            lines.write(f"{way} {target}\n")
            lines.flush()
            print(lines.readline().strip())
        if options.hold:
            print("ready", flush=True)
            signal.pause()


def try_out(options: argparse.Namespace) -> None:
    for way, target in itertools.product(options.ways.split(","), options.targets):
        print(go(way, target))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--service", default="127.0.0.1:6515")
    parser.add_argument("--one", action="store_true", help="one process serves all ports")
    parser.add_argument("--alone", default="", help="where to connect to on a signal, for nobody")
    parser.add_argument("--early", default="", help="whom to send a datagram before anything is served")
    parser.add_argument("--hold", action="store_true", help="stay connected when all is answered")
    parser.add_argument("part", choices=("serve", "ask", "try"))
    parser.add_argument("ways", nargs="?", help=f"a list of {', '.join(WAYS)}; of serve, a port")
    parser.add_argument("targets", nargs="*")
    options = parser.parse_args()
    labkit.deadline()
    {"serve": serve, "ask": ask, "try": try_out}[options.part](options)


main()
