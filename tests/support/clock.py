# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Time for tests that must not wait."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from xcisandbox import faults


class Clock:
    """In the place of the module ``time``: it passes only when somebody sleeps; *sleeps* are the seconds of each."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now
        self.sleeps: list[float] = []

    def monotonic(self) -> float:
        return self.now

    time = perf_counter = monotonic

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.now += seconds


class Held:
    """In the place of the module ``time``: whoever sleeps does so until *release* is called, however slow a test is."""

    LONGEST = 60.0
    """Seconds after which a test has failed in any case."""

    def __init__(self) -> None:
        self._released = threading.Event()

    def sleep(self, _seconds: float) -> None:
        self._released.wait(self.LONGEST)

    def release(self) -> None:
        """Let go on who sleeps now; who does later, sleeps until the next time."""
        released, self._released = self._released, threading.Event()
        released.set()

    def let_all_go(self) -> None:
        """Let nobody sleep any more."""
        self._released.set()


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    """Lets the faults of sandboxes delay a request until the end of the test, or until it is released."""
    held = Held()
    monkeypatch.setattr(faults, "time", held)
    yield held
    held.let_all_go()
