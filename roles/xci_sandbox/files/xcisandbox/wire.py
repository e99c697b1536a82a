# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A minimal HTTP/1.1 server, so fast that a benchmark does not measure the sandbox."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable

from xcisandbox.messages import Answer, Request, html_answer

MAX_HEAD = 65536
MAX_BODY = 512 * 2**20
PIECE = 65536
SLOW_PIECES = 20


class Malformed(Exception):
    """Unsupported HTTP: answered with an error, and the connection closed."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.answer = html_answer("Bad Request", reason, status)


class Connection:
    """One client, in its own thread."""

    def __init__(self, sock: socket.socket, respond: Callable[[Request], Answer]) -> None:
        self._sock = sock
        self._respond = respond
        self._buffer = b""

    def serve(self) -> None:
        # OSError, ValueError: the client has disconnected, or the sandbox stops.
        with contextlib.suppress(OSError, ValueError):
            try:
                while self._serve_one():
                    pass
            except Malformed as error:
                self._sock.sendall(_whole(error.answer))
            # Let the client read the end before the socket closes: unread data must not reset the connection.
            self._sock.shutdown(socket.SHUT_WR)

    def _serve_one(self) -> bool:
        request = self._read()
        if request is None:
            return False
        answer = self._respond(request)
        goes_on = DELIVERIES[answer.delivery](self._sock, answer, request)
        if answer.afterwards:
            answer.afterwards()
        return goes_on and request.keep_alive

    def _read(self) -> Request | None:
        while (end := self._buffer.find(b"\r\n\r\n")) < 0:
            if len(self._buffer) > MAX_HEAD:
                raise Malformed(431, "the head of the request is too long")
            if not self._receive():
                return None
        request, length = _parse(self._buffer[:end])
        start = end + 4
        if length > len(self._buffer) - start and request.headers.get("expect", "").lower() == "100-continue":
            self._sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = self._read_body(start, length)
        if body is None:
            return None
        request.body = body
        return request

    def _read_body(self, start: int, length: int) -> bytes | None:
        pieces = [self._buffer[start : start + length]]
        self._buffer = self._buffer[start + length :]
        missing = length - len(pieces[0])
        while missing > 0:
            piece = self._sock.recv(min(missing, 2**20))
            if not piece:
                return None
            pieces.append(piece)
            missing -= len(piece)
        return b"".join(pieces)

    def _receive(self) -> bool:
        piece = self._sock.recv(PIECE)
        self._buffer += piece
        return bool(piece)


def _parse(head: bytes) -> tuple[Request, int]:
    first, _end, rest = head.decode("latin-1").lstrip("\r\n").partition("\r\n")
    words = first.split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1.") or not words[1].startswith("/"):
        raise Malformed(400, "not a request")
    headers = {}
    for line in rest.split("\r\n") if rest else ():
        name, _colon, value = line.partition(":")
        headers[name.lower()] = value.strip()
    if "transfer-encoding" in headers:
        raise Malformed(411, "a request has to tell its length")
    length = headers.get("content-length", "0")
    if not (length.isascii() and length.isdigit()):
        raise Malformed(400, "the content length is not a number")
    if int(length) > MAX_BODY:
        raise Malformed(413, "the request is too long")
    wish = headers.get("connection", "").lower()
    keep = "close" not in wish if words[2] == "HTTP/1.1" else "keep-alive" in wish
    return Request(words[0], words[1], headers, keep_alive=keep), int(length)


def _whole(answer: Answer) -> bytes:
    return answer.head(len(answer.body)) + answer.body


def _send_whole(sock: socket.socket, answer: Answer, request: Request) -> bool:
    if request.method == "HEAD":
        sock.sendall(answer.head(len(answer.body)))
    else:
        sock.sendall(_whole(answer))
    return True


def _reset(sock: socket.socket, _answer: Answer, _request: Request) -> bool:
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()
    return False


def _close(_sock: socket.socket, _answer: Answer, _request: Request) -> bool:
    return False


def _cut(sock: socket.socket, answer: Answer, _request: Request) -> bool:
    body = answer.body
    sock.sendall(answer.head(len(body) + 1) + body[: len(body) // 2])
    return False


def _slow(sock: socket.socket, answer: Answer, _request: Request) -> bool:
    head = answer.head(len(answer.body))
    # The last line of the head is sent with the body, so that there is something to delay even if the body is empty.
    sock.sendall(head[:-2])
    rest = head[-2:] + answer.body
    size = max(1, -(-len(rest) // SLOW_PIECES))
    pieces = [rest[start : start + size] for start in range(0, len(rest), size)]
    for piece in pieces:
        time.sleep(answer.seconds / len(pieces))
        sock.sendall(piece)
    return True


def _huge(sock: socket.socket, answer: Answer, _request: Request) -> bool:
    start, end = b'{"items":["', b'"]}'
    length = max(answer.length, len(start) + len(end))
    sock.sendall(answer.head(length) + start)
    left = length - len(start) - len(end)
    filler = b"x" * PIECE
    while left > 0:
        sock.sendall(filler[:left])
        left -= PIECE
    sock.sendall(end)
    return True


DELIVERIES: dict[str, Callable[[socket.socket, Answer, Request], bool]] = {
    "whole": _send_whole,
    "reset": _reset,
    "close": _close,
    "cut": _cut,
    "slow": _slow,
    "huge": _huge,
}


class Listener:
    """Accepts connections until it is closed; then closes the open ones."""

    def __init__(self, host: str, port: int, respond: Callable[[Request], Answer], tls: ssl.SSLContext | None) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.create_server((host, port), family=family, backlog=128)
        self.port: int = self._socket.getsockname()[1]
        self._respond = respond
        self._tls = tls
        self._open: set[socket.socket] = set()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._accept, name="xci-sandbox", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._closed.set()
        # Closing alone does not interrupt a thread that waits in accept.
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for sock in list(self._open):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(5)

    def _accept(self) -> None:
        while not self._closed.is_set():
            try:
                sock, _address = self._socket.accept()
            except OSError:
                if self._closed.is_set():
                    return
                time.sleep(0.05)  # out of file descriptors: try again
                continue
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        self._open.add(sock)
        try:
            # The handshake is here, not in the accepting thread, so that a slow client delays only itself.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            secured = self._tls.wrap_socket(sock, server_side=True) if self._tls else sock
        except OSError:
            self._open.discard(sock)
            sock.close()
            return
        self._open.discard(sock)
        with secured:
            self._open.add(secured)
            try:
                if not self._closed.is_set():
                    Connection(secured, self._respond).serve()
            finally:
                self._open.discard(secured)
