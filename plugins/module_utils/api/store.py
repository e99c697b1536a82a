# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the session cookie is kept, so that there is one login for all that can share it."""

from __future__ import annotations

import threading
from typing import Callable, Protocol


class SessionStore(Protocol):
    """Keeps the session cookie and sees to it that only one login happens at a time."""

    def obtain(self, login: Callable[[], str], refused: str | None = None) -> str:
        """Return a cookie other than *refused*, calling *login* when there is none."""

    def renew(self, cookie: str, renewed: str) -> None:
        """Keep what XCI gave in the place of a cookie, unless that is kept no more."""


class MemoryStore:
    """The session of one process, shared by its threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cookie: str | None = None

    def obtain(self, login: Callable[[], str], refused: str | None = None) -> str:
        with self._lock:
            if self._cookie is None or self._cookie == refused:
                self._cookie = login()
            return self._cookie

    def renew(self, cookie: str, renewed: str) -> None:
        with self._lock:
            if self._cookie == cookie:
                self._cookie = renewed


def secrets_in(cookie: str) -> list[str]:
    """Return what must not be in an error; a short value, such as a language, opens no session."""
    values = [pair.partition("=")[2] for pair in cookie.split("; ")]
    return [cookie, *(value for value in values if len(value) >= 8)]


def names_in(cookie: str) -> set[str]:
    """Return the names of cookies, such as ``{"PLAY_SESSION"}``."""
    return {pair.partition("=")[0] for pair in cookie.split("; ")}


def merged(cookie: str, newer: str) -> str:
    """Return a session's cookies with the values that an answer gives to some of them."""
    given = {pair.partition("=")[0]: pair for pair in newer.split("; ")}
    return "; ".join(given.get(pair.partition("=")[0], pair) for pair in cookie.split("; "))
