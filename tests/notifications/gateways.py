"""A small gateway of text messages that misbehaves as told: real sockets, no mock."""

import json
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

NUMBER = "13900000001"


class Mobile(ThreadingHTTPServer):
    """`how` holds what to do with each call in turn; the last one goes on."""

    daemon_threads = True

    def __init__(self, *how: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.how = list(how) or ["ok"]
        self.calls: list[dict[str, Any]] = []
        self.url = f"http://127.0.0.1:{self.server_port}/send?account=a1"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that we cut ourselves is no news."""


class _Handler(BaseHTTPRequestHandler):
    server: Mobile

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        gateway = self.server
        gateway.calls.append({"path": self.path, "headers": dict(self.headers), "body": body})
        how = gateway.how.pop(0) if len(gateway.how) > 1 else gateway.how[0]
        getattr(self, how)()

    do_GET = do_PUT = do_POST

    def ok(self) -> None:
        self.say(200, json.dumps({"code": 0}).encode())

    def refused(self) -> None:
        self.say(200, json.dumps({"code": 4031, "msg": f"bad number {NUMBER}"}).encode())

    def quoting(self) -> None:
        self.say(200, json.dumps({"code": f"86{NUMBER}"}).encode())

    def error(self) -> None:
        self.say(500, f"cannot reach +86 {NUMBER}".encode())

    def garbage(self) -> None:
        self.say(200, b"<html>\xff\xfe not what you think")

    def elsewhere(self) -> None:
        self.send_response(307)
        self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/stolen")
        self.end_headers()

    def cut(self) -> None:
        """Accepted, and then the line is dead before a word is said."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def dripping(self) -> None:
        """A byte now and then keeps every time limit of a socket from ending it."""
        for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"." * 600:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            time.sleep(0.05)

    def silent(self) -> None:
        time.sleep(3)

    def say(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Quiet."""


@contextmanager
def mobile(*how: str) -> Iterator[Mobile]:
    server = Mobile(*how)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
