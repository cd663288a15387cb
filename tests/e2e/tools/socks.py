#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A SOCKS5 proxy that forks, or starts a thread, for each connection, and may take its time to connect."""
import argparse
import select
import socket
import socketserver
import struct
import time

import labkit


class Session(socketserver.StreamRequestHandler):
    delay = 0.0

    def handle(self) -> None:
        _, methods = self.rfile.read(2)
        self.rfile.read(methods)
        self.wfile.write(b"\x05\x00")
        _, _, _, kind = self.rfile.read(4)
        family = socket.AF_INET if kind == 1 else socket.AF_INET6
        host = socket.inet_ntop(family, self.rfile.read(4 if kind == 1 else 16))
        (port,) = struct.unpack("!H", self.rfile.read(2))
        time.sleep(self.delay)
        with socket.create_connection((host, port)) as upstream:
            self.wfile.write(b"\x05\x00\x00\x01" + bytes(6))
            self.pump({self.connection: upstream, upstream: self.connection})

    @staticmethod
    def pump(ways: dict[socket.socket, socket.socket]) -> None:
        while ways:
            for source in select.select(list(ways), [], [])[0]:
                if data := source.recv(65536):
                    ways[source].sendall(data)
                else:
                    ways.pop(source).shutdown(socket.SHUT_WR)

    rbufsize = 0  # what follows the request is for the upstream


class Server(socketserver.TCPServer):
    allow_reuse_address = True
    request_queue_size = 128


class ForkingServer(socketserver.ForkingMixIn, Server):
    pass


class ThreadingServer(socketserver.ThreadingMixIn, Server):
    daemon_threads = True


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", choices=("fork", "threads"), default="threads")
    parser.add_argument("--delay", type=float, default=0, help="seconds between request and connect")
    parser.add_argument("--listen", default="0.0.0.0:6515")
    options = parser.parse_args()
    labkit.deadline()
    labkit.name_process("socks")
    Session.delay = options.delay
    kind = ForkingServer if options.model == "fork" else ThreadingServer
    with kind(labkit.split_endpoint(options.listen), Session) as server:
        print("ready", flush=True)
        server.serve_forever()


main()
