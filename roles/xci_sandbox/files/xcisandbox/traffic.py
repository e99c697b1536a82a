# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many requests the server takes: in a second, at once, and of which size."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Iterator

from xcisandbox.dialects import Dialects
from xcisandbox.messages import Answer, Request, error_answer

PER_SECOND = 20
LARGEST = 8192
OVERLAP = 0.02
"""For how many seconds a write lasts where only one is taken at once, so that others meet it."""


class Traffic:
    """What a proxy, or a small server, does not let through."""

    def __init__(self, dialects: Dialects) -> None:
        self._dialects = dialects
        self._recent: deque[float] = deque()
        self._writing = 0
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def passing(self, request: Request) -> Iterator[Answer | None]:
        """Give the answer of a request that is not let through, while it is processed; None for any other."""
        alone = request.method != "GET" and self._dialects["writes_at_once"] == "one"
        with self._lock:
            self._writing += alone
            refused = self._refused(request) or (self._busy(request) if alone and self._writing > 1 else None)
        try:
            if alone and refused is None:
                time.sleep(OVERLAP)
            yield refused
        finally:
            with self._lock:
                self._writing -= alone

    def _refused(self, request: Request) -> Answer | None:
        if self._dialects["body_limit"] == "8k" and len(request.body) > LARGEST:
            return error_answer(request, 413, "", self._dialects["errors"])
        mode, now = self._dialects["rate_limit"], time.monotonic()
        if mode == "none":
            return None
        while self._recent and self._recent[0] <= now - 1:
            self._recent.popleft()
        if len(self._recent) < PER_SECOND:
            self._recent.append(now)
            return None
        answer = error_answer(request, 429, "", self._dialects["errors"])
        answer.headers = (("Retry-After", "1"),) if mode == "retry_after" else ()
        return answer

    def _busy(self, request: Request) -> Answer:
        return error_answer(request, 503, "another write is not done yet", self._dialects["errors"])
