"""The harbour's office: which ship lies at which berth. ``python berths.py`` serves it."""

import json
import os
import signal
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import register


class Office(BaseHTTPRequestHandler):
    timeout = 1  # seconds in which a customer says what it wants, so that none of them holds up the end

    def do_GET(self):
        path, _, query = self.path.partition("?")
        if path == "/inspection":
            time.sleep(float(dict(parse_qsl(query)).get("seconds", "1")))
        found = {"/": "the harbour's office", "/berths": register.berths(), "/inspection": "all in order"}.get(path)
        self.answer(404 if found is None else 200, found)

    def do_POST(self):
        asked = dict(parse_qsl(urlsplit(self.path).query))
        if not register.reserve(asked["berth"], asked["ship"]):
            return self.answer(409, "taken")
        return self.answer(201, "reserved")

    def answer(self, status, words):
        body = json.dumps(words).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, status="-", size="-"):
        event = {"event": "request", "method": self.command, "path": self.path.partition("?")[0], "status": int(status)}
        print(json.dumps(event), flush=True)


class Server(ThreadingHTTPServer):
    daemon_threads = False  # closing it waits for the requests that have begun


def main():
    server = Server(("0.0.0.0", int(os.environ["PORT"])), Office)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever(poll_interval=0.1)
    server.server_close()


if __name__ == "__main__":
    main()
