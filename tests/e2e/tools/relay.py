#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A blocking proxy; --model says which processes do what, the request's method how it connects.

Processes name themselves by their part: "relay" serves, "acceptor" hands on, "connector" connects.
"""
import argparse
import ctypes
import os
import select
import signal
import socket
import sys
import threading
from typing import Callable

import dial
import labkit


def read_request(client: socket.socket) -> tuple[str, str, int]:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = client.recv(1)
        if not byte:
            raise ConnectionError("no request")
        head += byte
    method, target, _ = head.decode().split(None, 2)
    return method, *labkit.split_endpoint(target)


def pump(one: socket.socket, other: socket.socket) -> None:
    """Both directions, until both have ended."""
    ways = {one: other, other: one}
    while ways:
        for source in select.select(list(ways), [], [])[0]:
            data = source.recv(65536)
            if data:
                ways[source].sendall(data)
            else:
                ways.pop(source).shutdown(socket.SHUT_WR)


def fast_open(client: socket.socket, host: str, port: int) -> None:
    """The first data of the client travels in the SYN."""
    client.sendall(labkit.OK)
    upstream = dial.new_upstream(host)
    upstream.sendto(client.recv(65536), socket.MSG_FASTOPEN, (host, port))
    pump(client, upstream)
    upstream.close()


def look_back(client: socket.socket) -> None:
    """Asks the caller for its NetBIOS name, once by sendto and once on a connected socket."""
    caller = (client.getpeername()[0], 137)
    family = labkit.family_of(caller[0])
    with socket.socket(family, socket.SOCK_DGRAM) as name_service:
        name_service.sendto(b"who", caller)
    with socket.socket(family, socket.SOCK_DGRAM) as name_service:
        name_service.connect(caller)
        name_service.send(b"who")


def send_datagram(host: str, port: int) -> None:
    with socket.socket(labkit.family_of(host), socket.SOCK_DGRAM) as sender:
        sender.sendto(b"what", (host, port))


def serve(client: socket.socket, fixed: str = "") -> None:
    """One connection, from request to end."""
    try:
        with client:
            if fixed:
                with dial.connect(*labkit.split_endpoint(fixed)) as upstream:
                    return pump(client, upstream)
            method, host, port = read_request(client)
            if method == "FASTOPEN":
                return fast_open(client, host, port)
            if method == "LOOKBACK":
                return look_back(client)
            if method == "DATAGRAM":
                return send_datagram(host, port)
            answer(client, method, host, port)
    except ConnectionError:
        pass


def answer(client: socket.socket, method: str, host: str, port: int) -> None:
    try:
        upstream = dial.METHODS[method](host, port)
    except OSError:
        client.sendall(labkit.FAILED)
        return
    with upstream:
        client.sendall(labkit.OK)
        pump(client, upstream)


# Models: each takes the listener, says when its processes are there, and serves for ever.


def ready() -> None:
    print("ready", flush=True)


def accept_all(listener: socket.socket, options: argparse.Namespace) -> None:
    while True:
        client, _ = listener.accept()
        threading.Thread(target=serve, args=(client, options.fixed), daemon=True).start()


def threads(listener: socket.socket, options: argparse.Namespace) -> None:
    ready()
    accept_all(listener, options)


def prefork(listener: socket.socket, options: argparse.Namespace) -> None:
    """Four children, forked before the first accept, accept themselves."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for _ in range(4):
        if os.fork() == 0:
            labkit.deadline()
            accept_all(listener, options)
    ready()
    while True:
        signal.pause()


def double_fork(listener: socket.socket, options: argparse.Namespace) -> None:
    """Each connection goes to a grandchild in a session of its own, whose parent has exited."""
    ready()
    while True:
        client, _ = listener.accept()
        if (child := os.fork()) == 0:
            os.setsid()
            if os.fork() == 0:
                listener.close()
                labkit.deadline()
                serve(client, options.fixed)
            os._exit(0)
        os.waitpid(child, 0)
        client.close()


def spawn(name: str, role: Callable[[socket.socket], None]) -> socket.socket:
    """A child that receives descriptors on the socket whose other end is returned."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if os.fork() == 0:
        ours.close()
        labkit.deadline()
        labkit.name_process(name)
        role(theirs)
        os._exit(0)
    theirs.close()
    return ours


def received_sockets(channel: socket.socket):
    while True:
        data, descriptors, _, _ = socket.recv_fds(channel, 4096, 4)
        if not descriptors:
            return
        yield data, [socket.socket(fileno=descriptor) for descriptor in descriptors]


def enter(options: argparse.Namespace) -> None:
    """Moves this process to other namespaces and cgroups, where asked to."""
    if options.worker_cgroup:
        with open(f"{options.worker_cgroup}/cgroup.procs", "w", encoding="utf-8") as procs:
            procs.write("0")
    if options.worker_netns:
        with open(options.worker_netns, "rb") as namespace:
            if ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), 0) != 0:
                raise OSError(ctypes.get_errno(), "setns")


def handover(listener: socket.socket, options: argparse.Namespace) -> None:
    """The acceptor never reads; a worker gets each connection by SCM_RIGHTS."""

    def work(channel: socket.socket) -> None:
        listener.close()
        enter(options)
        for _, (client,) in received_sockets(channel):
            threading.Thread(target=serve, args=(client, options.fixed), daemon=True).start()

    worker = spawn("relay", work)
    labkit.name_process("acceptor")
    ready()
    while True:
        client, _ = listener.accept()
        socket.send_fds(worker, [b"x"], [client.fileno()])
        client.close()


def split(listener: socket.socket, options: argparse.Namespace) -> None:
    """Three parts: one accepts and reads the request, one connects, one relays."""

    def relay(channel: socket.socket) -> None:
        for _, (client, upstream) in received_sockets(channel):
            threading.Thread(target=relay_one, args=(client, upstream), daemon=True).start()

    def relay_one(client: socket.socket, upstream: socket.socket) -> None:
        with client, upstream:
            client.sendall(labkit.OK)
            pump(client, upstream)

    def connector(channel: socket.socket) -> None:
        for data, (client,) in received_sockets(channel):
            if options.connector_listens and not own:
                own.append(labkit.listen("127.0.0.1", options.connector_listens))
            host, port = labkit.split_endpoint(data.decode())
            with client:
                hand_on(client, host, port)

    def hand_on(client: socket.socket, host: str, port: int) -> None:
        try:
            upstream = dial.connect(host, port)
        except PermissionError:  # it is refused
            return
        with upstream:
            socket.send_fds(relays, [b"x"], [client.fileno(), upstream.fileno()])

    own: list[socket.socket] = []
    relays = spawn("relay", relay)
    connectors = spawn("connector", connector)
    labkit.name_process("acceptor")
    ready()
    while True:
        client, _ = listener.accept()
        with client:
            _, host, port = read_request(client)
            socket.send_fds(connectors, [labkit.join_endpoint(host, port).encode()], [client.fileno()])


def activate(listener: socket.socket, options: argparse.Namespace) -> None:
    """Listens, has another program serve, and stays or (orphan) exits."""
    if os.fork() == 0:
        listener.set_inheritable(True)
        os.execv(sys.argv[0], [sys.argv[0], "--model", "threads", "--listen-fd", str(listener.fileno())])
    listener.close()
    labkit.name_process("acceptor")
    ready()  # what comes in waits for the other program
    if options.model == "activate":
        signal.pause()


MODELS = {
    "threads": threads,
    "prefork": prefork,
    "double-fork": double_fork,
    "handover": handover,
    "split": split,
    "activate": activate,
    "activate-orphan": activate,
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", choices=MODELS, default="threads")
    parser.add_argument("--listen", default="0.0.0.0:6515")
    parser.add_argument("--listen-fd", type=int)
    parser.add_argument("--reuse-port", action="store_true")
    parser.add_argument("--mptcp", action="store_true")
    parser.add_argument("--fixed", default="", help="relay all to this endpoint, without reading a request")
    parser.add_argument("--connector-listens", type=int, help="port, once it is a member")
    parser.add_argument("--worker-netns")
    parser.add_argument("--worker-cgroup")
    parser.add_argument("--name", default="relay")
    options = parser.parse_args()
    labkit.deadline()
    labkit.name_process(options.name)
    if options.listen_fd is None:
        protocol = labkit.IPPROTO_MPTCP if options.mptcp else 0
        listener = labkit.listen(*labkit.split_endpoint(options.listen), protocol, options.reuse_port)
    else:
        listener = socket.socket(fileno=options.listen_fd)
    MODELS[options.model](listener, options)


main()
