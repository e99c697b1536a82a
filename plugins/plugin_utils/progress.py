# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows how far long work is: one line that renews itself in a terminal, a whole line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any, TextIO

from ansible import constants

Show = Callable[[str, bool], None]
"""Shows a text; the second argument says whether a line ends with it."""


def is_terminal(output: TextIO, stdout_callback: str) -> bool:
    """Return whether a person sees the output, so that a line in it can be renewed.

    ansible-runner, and so AWX, gives a terminal too, but makes an event and a line of each text.
    """
    return output.isatty() and stdout_callback != "awx_display"


# Found out when this is imported, in the main process: a worker's own output may lead nowhere.
IN_TERMINAL = is_terminal(sys.stdout, constants.DEFAULT_STDOUT_CALLBACK)


def sender(display: Any) -> Show:
    """Return what shows a text from the main thread of a worker: it sends the text through the worker's queue.

    ``display.display`` does that as well, but ansible-runner up to 2.4.1 wraps it in workers too, and the wrapper also
    writes to the worker's own output. ansible-core 2.19 warns of that. Before, the main thread holds the lock of that
    output since the fork, and any other thread waits for it for ever. Without a queue this is no worker, and the method
    is right.
    """
    queue = getattr(display, "_final_q", None)

    def show(text: str, newline: bool) -> None:
        if queue:
            queue.send_display("display", text, screen_only=True, newline=newline)
        else:
            display.display(text, screen_only=True, newline=newline)

    return show


class Progress:
    """Says how many writes are done, at what rate, and how long the rest will take; nothing for short work.

    Only the main thread may call it, since it calls Ansible. *clock* returns seconds, as ``time.monotonic`` does.
    """

    FIRST = 3.0
    EVERY_IN_TERMINAL = 0.5
    EVERY_LINE = 15.0
    SHARE = 0.5
    """Of the time so far: so long a pause follows a whole line, so that an hour has 14 of them, and a day 22."""

    def __init__(
        self,
        title: str,
        show: Show,
        in_terminal: bool = IN_TERMINAL,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._title = title
        self._show = show
        self._in_terminal = in_terminal
        self._clock = clock
        self._start = clock()
        self._next = self._start + self.FIRST
        self._width = 0

    def __call__(self, done: int, total: int) -> None:
        """Take note that *done* of *total* writes are done, and show it if it is time."""
        now = self._clock()
        if now < self._next:
            return
        self._next = now + self._pause(now)
        text = f"{self._title}: {_progress(done, total, now - self._start)}"
        if self._in_terminal:
            self._width = max(self._width, len(text))
            self._show(f"\r{text:<{self._width}}", False)
        else:
            self._show(text, True)

    def _pause(self, now: float) -> float:
        """Return after how many seconds the next line is shown."""
        if self._in_terminal:
            return self.EVERY_IN_TERMINAL
        return max(self.EVERY_LINE, self.SHARE * (now - self._start))

    def say(self, text: str) -> None:
        """Show a line of its own, while nothing is written yet."""
        self._show(f"{self._title}: {text}", True)

    def end(self) -> None:
        """Clear the line."""
        if self._width:
            self._show("\r" + " " * self._width + "\r", False)


def _progress(done: int, total: int, seconds: float) -> str:
    text = f"{done} of {total} done"
    if not done:
        return text
    rate = done / seconds
    return f"{text}, {rate:.{0 if rate >= 10 else 1}f}/s, {_duration((total - done) / rate)} left"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
