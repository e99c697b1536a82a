# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests and answers, with the pages and the JSON format of a Play application."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

JSON_TYPE = "application/json; charset=utf-8"
HTML_TYPE = "text/html; charset=utf-8"
REASONS = {int(status): status.phrase for status in HTTPStatus}
PAGE = """\
<!DOCTYPE html>
<html lang="en">
    <head>
        <title>{title}</title>
    </head>
    <body>
        <h1>{title}</h1>

        <p id="detail">
            {detail}
        </p>
    </body>
</html>
"""
TITLES = {404: "Action Not Found", 500: "Oops, an error occurred"}


@dataclass
class Request:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes = b""
    keep_alive: bool = True

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def is_json(self) -> bool:
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        return kind in ("application/json", "text/json")

    def cookie(self, name: str) -> str:
        for pair in self.headers.get("cookie", "").split(";"):
            key, _equals, value = pair.strip().partition("=")
            if key == name:
                return value.strip('"')
        return ""


@dataclass
class Answer:
    status: int = 200
    body: bytes = b""
    content_type: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    delivery: str = "whole"
    """How it is sent: whole, or as a fault requires (see wire.py)."""
    seconds: float = 0.0
    length: int = 0
    afterwards: Callable[[], None] | None = None

    def head(self, length: int) -> bytes:
        lines = [f"HTTP/1.1 {self.status} {REASONS.get(self.status, 'Unknown')}"]
        if self.content_type:
            lines.append(f"Content-Type: {self.content_type}")
        lines.extend(f"{name}: {value}" for name, value in self.headers)
        if self.status != 204:
            lines.append(f"Content-Length: {length}")
        lines.append("\r\n")
        return "\r\n".join(lines).encode("latin-1", "replace")


class Refusal(Exception):
    """The request is refused, and its transaction rolled back."""

    def __init__(self, status: int, reason: str = "") -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


class NoSession(Exception):
    """The request needs a session and has no valid one."""


def encode(data: Any, slashes: str = "plain") -> bytes:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    if slashes == "escaped":
        # In JSON, a slash occurs only inside strings.
        text = text.replace("/", "\\/")
    return text.encode("utf-8", "surrogatepass")


def json_answer(data: Any, status: int = 200, slashes: str = "plain") -> Answer:
    return Answer(status, encode(data, slashes), JSON_TYPE)


def html_answer(title: str, detail: str, status: int = 200) -> Answer:
    page = PAGE.format(title=html.escape(title), detail=html.escape(detail, quote=False))
    return Answer(status, page.encode("utf-8", "replace"), HTML_TYPE)


def error_answer(request: Request, status: int, reason: str, style: str) -> Answer:
    title = TITLES.get(status) or REASONS.get(status, "Error")
    if style == "json":
        return json_answer({"error": reason or title}, status)
    detail = f"For request '{request.method} {request.target}'"
    return html_answer(title, f"{detail} [{reason}]" if reason else detail, status)


def login_page() -> Answer:
    return html_answer("XiVO Centralized Interface", "Please log in.")


def expired_answer(request: Request, mode: str, style: str) -> Answer:
    if mode == "redirect":
        return Answer(303, headers=(("Location", "/login"),))
    if mode == "html":
        return login_page()
    return error_answer(request, int(mode), "", style)
