"""An HTTP server that does as it is told: answer, stall, or hang up once a request has come."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

DROP, STALL = "drop", "stall"


class HttpPeer:
    """`script` is used up one a request, then everything is taken.

    Attributes:
        requests: (path, headers in lower case, JSON body).
    """

    def __init__(self, script: list[Any]) -> None:
        self.script = list(script)
        self.requests: list[tuple[str, dict[str, str], Any]] = []
        self.url = ""

    @property
    def body(self) -> Any:
        return self.requests[-1][2]

    @property
    def headers(self) -> dict[str, str]:
        return self.requests[-1][1]


@contextmanager
def serving(*script: Any) -> Iterator[HttpPeer]:
    peer = HttpPeer(list(script))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            peer.requests.append((self.path, headers, json.loads(raw)))
            status, extra, body = peer.script.pop(0) if peer.script else (200, {}, {})
            if status == STALL:
                time.sleep(body)
            if status in {DROP, STALL}:
                self.close_connection = True
                return
            answer = json.dumps(body).encode()
            self.send_response(status)
            for name, value in {**extra, "Content-Length": str(len(answer))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """A client that hangs up is part of the game."""

    server = Server(("127.0.0.1", 0), Handler)
    peer.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield peer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
