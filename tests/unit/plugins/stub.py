# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that answers as it is set to, down to the header, and remembers what it was asked."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any


@dataclass
class Say:
    status: int = 200
    body: bytes | str = b"{}"
    headers: list[tuple[str, str]] = field(default_factory=list)
    cut: bool = False


@dataclass
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Stub:
    """Answers requests with *says* in turn, the last of them for ever."""

    def __init__(self, *says: Say) -> None:
        self.says = list(says) or [Say()]
        self.asked: list[Asked] = []
        stub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                headers = {name.lower(): value for name, value in self.headers.items()}
                stub.asked.append(Asked(self.command, self.path, headers, self.rfile.read(length)))
                say = stub.says.pop(0) if len(stub.says) > 1 else stub.says[0]
                body = say.body.encode() if isinstance(say.body, str) else say.body
                self.send_response(say.status)
                for name, value in say.headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body) + 9 * say.cut))
                self.end_headers()
                self.wfile.write(body)
                self.close_connection = self.close_connection or say.cut

            do_GET = do_POST = do_PUT = do_DELETE = answer

            def log_message(self, *_args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.origin = f"http://127.0.0.1:{self._server.server_port}"
        self.url = f"{self.origin}/api/1.0"

    def __enter__(self) -> Stub:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


LOGGED_IN = Say(headers=[("Set-Cookie", "PLAY_SESSION=made-up-session; Path=/; HttpOnly")])
