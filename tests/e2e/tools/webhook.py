#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Takes what Alertmanager sends, and logs each alert of it as a line of JSON."""
import argparse
import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        for alert in message["alerts"]:
            entry = {"status": alert["status"], "summary": alert["annotations"].get("summary")} | alert["labels"]
            print(json.dumps(entry), flush=True)
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        pass


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    server = HTTPServer(("127.0.0.1", parser.parse_args().port), Receiver)
    print("ready", file=sys.stderr, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
