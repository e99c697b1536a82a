# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A proxy on the loopback address: tunnels, passes plain requests on, remembers what it saw, and breaks on demand."""

from __future__ import annotations

import contextlib
import socket
import threading
from types import TracebackType
from urllib.parse import urlsplit


class Proxy:
    """Whatever host is asked for, *target* is reached. *refuses* is a status with which a tunnel is refused.

    *drops* names the requests, such as ``POST /api/1.0/users``, whose answer it keeps to itself, closing the connection
    at once: the server has not even begun, if it is slow.
    """

    def __init__(self, target: int, refuses: int = 0, drops: str = "") -> None:
        self.asked: list[str] = []
        self.seen = b""
        self._target = ("127.0.0.1", target)
        self._refuses = refuses
        self._drops = drops
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def __enter__(self) -> Proxy:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _address = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head:
                piece = client.recv(65536)
                if not piece:
                    return
                head += piece
            first, _end, rest = head.partition(b"\r\n")
            method, target, _version = first.decode().split(" ")
            self.asked.append(f"{method} {target}")
            if method == "CONNECT":
                self._tunnel(client)
            else:
                self._pass_on(client, method, urlsplit(target).path, rest)

    def _tunnel(self, client: socket.socket) -> None:
        if self._refuses:
            client.sendall(f"HTTP/1.1 {self._refuses} No\r\nContent-Length: 0\r\n\r\n".encode())
            return
        with socket.create_connection(self._target) as server:
            client.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
            back = threading.Thread(target=self._pipe, args=(server, client), daemon=True)
            back.start()
            self._pipe(client, server)
            back.join()

    def _pass_on(self, client: socket.socket, method: str, path: str, rest: bytes) -> None:
        """Pass one request on, and close: nothing here is kept alive."""
        lines, _end, body = rest.partition(b"\r\n\r\n")
        headers = [line for line in lines.split(b"\r\n") if not line.lower().startswith((b"connection:", b"proxy-"))]
        length = next((int(line[15:]) for line in headers if line.lower().startswith(b"content-length:")), 0)
        while len(body) < length:
            body += client.recv(65536)
        server = socket.create_connection(self._target)
        start = f"{method} {path} HTTP/1.1\r\n".encode()
        server.sendall(b"\r\n".join([start + headers[0], *headers[1:], b"Connection: close"]) + b"\r\n\r\n" + body)
        if f"{method} {path}" == self._drops:
            client.shutdown(socket.SHUT_RDWR)
        with server:
            # Whoever keeps this connection for the next request would meet its end.
            client.sendall(server.recv(65536).replace(b"\r\n", b"\r\nConnection: close\r\n", 1))
            self._pipe(server, client)

    def _pipe(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                self.seen += piece
                sink.sendall(piece)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)
