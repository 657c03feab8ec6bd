"""Notes over HTTP: an app that keeps all twelve factors, with the standard library alone."""

import json
import os
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import notes


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        path = urlsplit(self.path).path
        if path == "/report":
            time.sleep(1.5)
        self.answer({"/": "notes", "/notes": notes.read, "/report": "done"}.get(path))

    def do_POST(self):
        notes.add(parse_qs(urlsplit(self.path).query)["text"][0])
        self.answer("written")

    def answer(self, found):
        found = found() if callable(found) else found
        body = json.dumps({"answer": found}).encode()
        self.send_response(404 if found is None else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, words, *values):
        print(json.dumps({"event": words % values}), flush=True)


class Server(ThreadingHTTPServer):
    daemon_threads = False  # so that closing waits for what is in flight


def main():
    server = Server(("0.0.0.0", int(os.environ["PORT"])), Handler)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    print(json.dumps({"event": "serving"}), flush=True)
    server.serve_forever(poll_interval=0.05)
    server.server_close()
    sys.exit(0)


if __name__ == "__main__":
    main()
