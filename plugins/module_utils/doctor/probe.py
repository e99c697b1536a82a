# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at XCI's answers as they come: nothing is made good, so that what is unusual can be seen."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from ..api.client import Client
from ..api.errors import AmbiguousResult, ConnectionFailed
from ..api.transport import Answer, ConnectError, ReadError, is_error

MARK = b"\xef\xbb\xbf"
TURNS = 10
"""How often a request is sent again while XCI wants fewer of them."""
PAUSE = 1.0
"""How many seconds one waits then, where XCI does not say how long."""
LONGEST_PAUSE = 30.0


@dataclass(frozen=True)
class Seen:
    """One answer: *data* is its JSON, None for anything else. *charset* is how that was encoded."""

    answer: Answer
    data: Any
    charset: str
    seconds: float

    @property
    def status(self) -> int:
        return self.answer.status

    @property
    def is_data(self) -> bool:
        """Whether this is an answer to a request that reads."""
        return self.status < 300 and not self.answer.is_login_page and self.data is not None

    @property
    def is_refusal(self) -> bool:
        """Whether XCI did not do what was asked; it may say so with a status that means success."""
        return self.status >= 300 or is_error(self.data)

    @property
    def object(self) -> dict[str, Any]:
        """The object that the answer shows; empty where it shows none."""
        return self.data if self.is_data and isinstance(self.data, dict) else {}

    @property
    def items(self) -> list[dict[str, Any]]:
        """The objects of a list, in either shape."""
        found = self.data.get("items") if isinstance(self.data, dict) else self.data
        return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []

    @property
    def elements(self) -> list[Any]:
        """What a list holds, objects or not."""
        found = self.data.get("items") if isinstance(self.data, dict) else self.data
        return found if isinstance(found, list) else []


class Probe:
    """Sends single requests as one administrator, and notes what each answer says besides its data.

    *seconds* are how long requests took, by route. *kinds* are the content types of data and *charsets* its encodings.
    *slashes* are how a slash is written in it, *pauses* how XCI asked for fewer requests. *renews* is whether an answer
    sets the session's cookie anew, and *closes* whether connections are closed after an answer. *plain* is what stays
    as it is in the path of an entity: its @, where XCI takes it in no other way.
    """

    def __init__(self, client: Client) -> None:
        self.client = client
        self.cookie = ""
        self.plain = ""
        self.seconds: dict[str, list[float]] = {}
        self.kinds: set[str] = set()
        self.charsets: Counter[str] = Counter()
        self.slashes: set[str] = set()
        self.pauses: set[str] = set()
        self.renews = False
        self.closes = False

    def log_in(self, login: str, password: str) -> Seen:
        """Log in, whatever comes of it; the session is not used."""
        return self._send("POST", "/login", {"login": login, "password": password}, "")

    def enter(self) -> Seen:
        """Log in as the administrator of the connection, and use that session from now on."""
        settings = self.client.settings
        seen = self.log_in(settings.login, settings.password)
        # Where that fails, the client says why.
        self.cookie = seen.answer.cookie if seen.status < 300 and seen.answer.cookie else self.client.connect()
        return seen

    def path_of(self, entity: Mapping[str, Any]) -> str:
        """Return the path of an entity."""
        return f"/entities/{quote(str(entity.get('combinedId', '')), safe=self.plain, errors='surrogatepass')}"

    def get(self, path: str, cookie: str | None = None) -> Seen:
        """Read something, in the probe's session or with that *cookie*."""
        own = cookie is None
        seen = self._send("GET", path, None, self.cookie if cookie is None else cookie)
        if own and (seen.status == 401 or seen.answer.is_login_page):
            self.enter()
            seen = self._send("GET", path, None, self.cookie)
        if own and seen.is_data:
            self._note(seen)
        return seen

    def write(self, method: str, path: str, body: Any = None) -> Seen:
        """Send a request that acts, in the probe's session; it is never sent again blindly."""
        return self._send(method, path, body, self.cookie)

    def _send(self, method: str, path: str, body: Any, cookie: str) -> Seen:
        for turn in range(TURNS):
            answer, seconds = self._once(method, path, body, cookie)
            self.closes = self.closes or answer.headers.get("Connection", "").lower() == "close"
            busy = answer.status == 429 or (answer.status == 503 and bool(answer.retry_after))
            if not busy or turn == TURNS - 1:
                break
            self.pauses.add("retry_after" if answer.retry_after else "silent")
            self.client.cancellation.pause(min(answer.wanted_pause or PAUSE, LONGEST_PAUSE))
        self.seconds.setdefault(f"{method} {route(path)}", []).append(seconds)
        data, charset = _read(answer.body)
        return Seen(answer, data, charset, seconds)

    def _once(self, method: str, path: str, body: Any, cookie: str) -> tuple[Answer, float]:
        left = self.client.settings.retries
        while True:
            start = time.monotonic()
            try:
                return self.client.send(method, path, body, cookie), time.monotonic() - start
            except ConnectError as not_sent:
                error: Exception = not_sent.error
            except ReadError as lost:
                message = f"{method} {self.client.settings.url}{path}: {lost}"
                if method != "GET" and path != "/login":
                    raise AmbiguousResult(message, lost.finished) from None
                error = ConnectionFailed(message)
            if not left:
                raise error from None
            left -= 1
            self.client.cancellation.pause(PAUSE / 2)

    def _note(self, seen: Seen) -> None:
        """Note what an answer with data says besides."""
        self.kinds.add(seen.answer.kind)
        self.charsets[seen.charset] += 1
        if b"\\/" in seen.answer.body:
            self.slashes.add("escaped")
        if b"/" in seen.answer.body.replace(b"\\/", b""):
            self.slashes.add("plain")
        self.renews = self.renews or bool(names(seen.answer.cookie) & names(self.cookie))


def names(cookie: str) -> set[str]:
    """Return the names of cookies."""
    return {pair.partition("=")[0] for pair in cookie.split("; ") if pair}


def route(path: str) -> str:
    """Return a path without the names and ids in it, such as ``/entities/*/users``."""
    first, *rest = path[1:].split("/")
    return "/".join(["", first, *(["*", *rest[1:]] if rest else [])])


def _read(body: bytes) -> tuple[Any, str]:
    """Return JSON and how it is encoded."""
    for charset in ("utf-8-sig", "latin-1"):
        try:
            data = json.loads(body.decode(charset))
        except (ValueError, RecursionError):
            continue
        if charset == "latin-1":
            return data, charset
        return data, "utf-8-bom" if body.startswith(MARK) else "ascii" if body.isascii() else "utf-8"
    return None, ""


def several(values: Iterable[Any]) -> list[Any]:
    """Return what is there more than once, such as the names of namesakes; a name is text, or was read as a number."""
    counts = Counter(value for value in values if isinstance(value, (str, int, float)) and value != "")
    return [value for value, count in counts.items() if count > 1]
