#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A relay with one connection for all: "mux.py serve" opens an upstream for each request on it, one after
the other; "mux.py load" is its client, and leaves the truth in client.json as load.py does.

A request is a line "host:port SENT RECEIVED" and SENT bytes for the upstream; RECEIVED bytes come back.
"""
import argparse
import json
import socket
import time

import labkit


def serve(listener: socket.socket) -> None:
    client, _ = listener.accept()
    with client, client.makefile("rb") as requests:
        for line in requests:
            endpoint, sent, received = line.decode().split()
            with socket.create_connection(labkit.split_endpoint(endpoint)) as upstream:
                upstream.sendall(requests.read(int(sent)))
                client.sendall(upstream.recv(int(received), socket.MSG_WAITALL))


def load(options: argparse.Namespace) -> None:
    sent = received = 0
    targets = [labkit.join_endpoint(host, 8080) for host in labkit.addresses(options.targets)]
    with socket.create_connection(labkit.split_endpoint(options.proxy)) as proxy:
        for target in targets:
            line = f"{target} {options.send} {options.receive}\n"
            request = line.encode() + labkit.ask(options.send, options.receive)
            proxy.sendall(request)
            sent += len(request)
            received += len(proxy.recv(options.receive, socket.MSG_WAITALL))
            time.sleep(1 / options.rate)
        truth = {"connections": 1, "clients": 1, "sent": sent, "received": received, "targets": len(targets)}
        with open("client.json", "w", encoding="utf-8") as out:
            json.dump(truth, out)
        print("holding", flush=True)
        if options.hold:
            proxy.recv(1)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("part", choices=("serve", "load"))
    parser.add_argument("--proxy", default="10.77.0.254:6515")
    parser.add_argument("--targets", default="198.18.0.1+100")
    parser.add_argument("--rate", type=float, default=50)
    parser.add_argument("--send", type=int, default=400)
    parser.add_argument("--receive", type=int, default=1000)
    parser.add_argument("--hold", action="store_true", help="stay connected when all is done")
    options = parser.parse_args()
    labkit.deadline()
    if options.part == "load":
        return load(options)
    labkit.name_process("mux")
    listener = labkit.listen("0.0.0.0", 6515)
    print("ready", flush=True)
    while True:
        serve(listener)


main()
