#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A web server that is busy elsewhere too: it asks --api for every page, or crawls --crawl by itself."""
import argparse
import itertools
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import labkit


def fetch(host: str) -> int:
    with urllib.request.urlopen(f"http://{host}/", timeout=10) as answer:
        return len(answer.read())


class Handler(BaseHTTPRequestHandler):
    apis: list[str] = []
    crawled = 0

    def do_GET(self) -> None:
        figures = [fetch(host) for host in self.apis] or [Handler.crawled]
        body = f"<p>{figures}</p>".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_) -> None:
        pass


def crawl(hosts: list[str], rate: float) -> None:
    for host in itertools.cycle(hosts):
        fetch(host)
        Handler.crawled += 1
        time.sleep(1 / rate)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=6515)
    parser.add_argument("--api", help="hosts that every page takes something from")
    parser.add_argument("--crawl", help="hosts to crawl")
    parser.add_argument("--rate", type=float, default=50)
    options = parser.parse_args()
    labkit.deadline()
    if options.api:
        Handler.apis = list(labkit.addresses(options.api))
    if options.crawl:
        hosts = list(labkit.addresses(options.crawl))
        threading.Thread(target=crawl, args=(hosts, options.rate), daemon=True).start()
    with ThreadingHTTPServer(("0.0.0.0", options.port), Handler) as server:
        labkit.name_process("app")
        print("ready", flush=True)
        server.serve_forever()


main()
