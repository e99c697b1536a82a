# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows how far long work is: one line that renews itself in a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

# Asked when this is imported, in the main process: a worker's own output may lead nowhere.
IN_TERMINAL = sys.stdout.isatty()


class Progress:
    """Tells how many writes are done, at what rate, and how long the rest will take; nothing for short work.

    *show* writes a text; its second argument says whether a line ends with it.
    """

    FIRST = 3.0
    EVERY = 0.5 if IN_TERMINAL else 15.0

    def __init__(self, title: str, show: Callable[[str, bool], None], in_terminal: bool = IN_TERMINAL) -> None:
        self._title = title
        self._show = show
        self._in_terminal = in_terminal
        self._start = time.monotonic()
        self._next = self._start + self.FIRST
        self._width = 0

    def __call__(self, done: int, total: int) -> None:
        """Take note that *done* of *total* writes are done, and show it if it is time."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + self.EVERY
        rate = done / (now - self._start)
        text = f"{self._title}: {done} of {total} done, {rate:.0f}/s, {_duration((total - done) / rate)} left"
        if self._in_terminal:
            self._width = max(self._width, len(text))
            self._show(f"\r{text:<{self._width}}", False)
        else:
            self._show(text, True)

    def end(self) -> None:
        """Clear the line."""
        if self._width:
            self._show("\r" + " " * self._width + "\r", False)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
