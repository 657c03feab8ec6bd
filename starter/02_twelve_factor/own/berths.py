"""The harbour's office: which ship lies at which berth. ``python berths.py`` serves it."""

import json
import os
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

taken = {}


class Office(BaseHTTPRequestHandler):
    def do_GET(self):
        path, _, query = self.path.partition("?")
        if path == "/inspection":
            time.sleep(float(dict(parse_qsl(query)).get("seconds", "1")))
        found = {"/": "the harbour's office", "/berths": taken, "/inspection": "all in order"}.get(path)
        self.answer(404 if found is None else 200, found)

    def do_POST(self):
        asked = dict(parse_qsl(urlsplit(self.path).query))
        if asked["berth"] in taken:
            return self.answer(409, "taken")
        taken[asked["berth"]] = asked["ship"]
        return self.answer(201, "reserved")

    def answer(self, status, words):
        body = json.dumps(words).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, status="-", size="-"):
        with Path("office.log").open("a", encoding="utf-8") as log:
            print(time.ctime(), self.command, self.path, status, file=log)


def main():
    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Office)
    server.serve_forever()


if __name__ == "__main__":
    main()
