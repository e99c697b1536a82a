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
