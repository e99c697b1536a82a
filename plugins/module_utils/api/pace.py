# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a request may go out: how long one waits before it is sent again, and how many go at once when XCI is busy."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections.abc import Iterator

from .cancellation import TURN, Cancellation
from .errors import XciError
from .settings import Settings

SHORTEST_PAUSE = 0.25
LONGEST_PAUSE = 30.0


class Patience:
    """How often one request may go out again, and until when."""

    def __init__(self, settings: Settings, pace: Pace) -> None:
        self._left = settings.retries
        self._until = time.monotonic() + 2 * settings.timeout
        self._longest = SHORTEST_PAUSE
        self._pace = pace

    def wait(self, error: XciError, wanted: float = 0.0) -> None:
        """Let some time pass before the next attempt, *wanted* where XCI asks for that; raise the error at the end."""
        if not self._left:
            raise error from None
        # Full jitter: clients that failed together must not come back together.
        pause = wanted or random.uniform(0, self._longest)  # noqa: S311
        if time.monotonic() + pause > self._until:
            raise error from None
        self._left -= 1
        self._longest = min(2 * self._longest, LONGEST_PAUSE)
        self._pace.pause(pause, self if wanted else None)


class Pace:
    """The pace of one client, which its threads share: when XCI is busy, all of them wait, and fewer go at once then.

    A pause that XCI does not name is longer each time, and shorter again after answers that are no refusals. After it,
    what was refused goes first: it has few retries, and what goes before it may be all that XCI takes by then.
    """

    def __init__(self, cancellation: Cancellation) -> None:
        self._cancellation = cancellation
        self._changed = threading.Condition()
        self._until = 0.0
        self._longest = SHORTEST_PAUSE
        self._first: set[Patience | None] = set()
        self._open = 0
        self._most = 0
        self._good = 0

    @contextlib.contextmanager
    def turn(self, patience: Patience | None = None) -> Iterator[None]:
        """Wait until a request may go out; raise Cancelled where the run is cancelled."""
        try:
            while not self._begin(patience):
                pass
        finally:
            self._leave(patience)
        try:
            yield
        finally:
            with self._changed:
                self._open -= 1
                self._changed.notify_all()

    def _leave(self, patience: Patience | None) -> None:
        """Let others go before a request, too; only its own thread has put it first."""
        if patience in self._first:
            with self._changed:
                self._first.discard(patience)
                self._changed.notify_all()

    def pause(self, seconds: float, patience: Patience | None) -> None:
        """Let some time pass before a request goes out again; one with *patience* goes before all others then."""
        if patience is not None:
            with self._changed:
                self._first.add(patience)
        try:
            self._cancellation.pause(seconds)
        except BaseException:
            self._leave(patience)
            raise

    def _begin(self, patience: Patience | None) -> bool:
        """Take a place for a request; return False after some time without one."""
        with self._changed:
            left = round(self._until - time.monotonic(), 3)
            is_last = bool(self._first) and patience not in self._first
            if left <= 0 and (is_last or (self._most and self._open >= self._most)):
                self._changed.wait(TURN)
            elif left <= 0:
                self._cancellation.check()
                self._open += 1
                return True
        self._cancellation.pause(max(0.0, left))
        return False

    def busy(self, wanted: float = 0.0) -> float:
        """Let all wait, *wanted* seconds where XCI says how long; return how long that is from now."""
        now = time.monotonic()
        with self._changed:
            # What was sent before this pause is no reason for a longer one.
            if now >= self._until:
                self._most = max(1, (self._open + 1) // 2)
                self._good = 0
                self._until = now + (wanted or random.uniform(self._longest / 2, self._longest))  # noqa: S311
                self._longest = min(2 * self._longest, LONGEST_PAUSE)
            self._until = max(self._until, now + wanted)
            return self._until - now

    def answered(self) -> None:
        """Note an answer that is no refusal for want of time: little by little, let more go at once again."""
        if not self._most:
            return
        with self._changed:
            self._longest = max(self._longest / 2, SHORTEST_PAUSE)
            self._good += 1
            if self._good > 2 * self._most:
                self._most, self._good = self._most + 1, 0
                self._changed.notify_all()
