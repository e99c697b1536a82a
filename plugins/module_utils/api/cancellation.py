# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ends a run early: once it is cancelled, no request is begun any more, and no pause goes on.

A run is cancelled by whoever catches the signal or the time-out that ends it; and by itself when ansible-playbook is
gone, which kills neither a worker nor a module that it started.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Callable

from .errors import Cancelled

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

ANCESTOR = "XIVO_XCI_ANCESTOR"
"""The environment variable with the process for which an ordinary module works."""
TURN = 0.5
"""Seconds after which a pause looks whether it is still wanted."""


class Cancellation:
    """Whether one run is cancelled; several threads may ask at once. What was cancelled once stays so.

    *is_orphan* tells whether nobody waits for the run any more, which cancels it.
    """

    def __init__(self, is_orphan: Callable[[], bool] = lambda: False) -> None:
        self._event = threading.Event()
        self._is_orphan = is_orphan

    @classmethod
    def of_worker(cls, parent: int) -> Cancellation:
        """Return that of a run in a worker of the process *parent*."""
        return cls(lambda: os.getppid() != parent)

    @classmethod
    def of_module(cls) -> Cancellation:
        """Return that of an ordinary module.

        All processes from the one for which it works on this host, ansible-playbook, down to itself have to stay: its
        direct parent may be a shell that does so in any case. And somebody has to read its result.
        """
        given = os.environ.get(ANCESTOR, "")
        ancestor = int(given) if given.isdecimal() else 0
        parents = _parents(ancestor)
        return cls(lambda: _is_closed(1) or (bool(parents) and parents != _parents(ancestor)))

    def request(self) -> None:
        """Cancel the run."""
        self._event.set()

    @property
    def requested(self) -> bool:
        """Whether the run is cancelled."""
        if not self._event.is_set() and self._is_orphan():
            self._event.set()
        return self._event.is_set()

    def check(self) -> None:
        """Raise Cancelled where the run is cancelled."""
        if self.requested:
            raise Cancelled("the run was cancelled; nothing more was sent")

    def pause(self, seconds: float) -> None:
        """Let some time pass; raise Cancelled as soon as the run is cancelled."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.check()
            self._event.wait(min(left, TURN))
        self.check()


@contextlib.contextmanager
def threads(count: int, cancellation: Cancellation) -> Iterator[ThreadPoolExecutor]:
    """Run something in threads. After an error their queue is dropped; a signal or a time-out also cancels the run.

    Then nobody waits for them: what they have sent ends when XCI answers, and they send nothing else.
    """
    # An ordinary module imports what it needs each time.
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(count)
    try:
        yield pool
    except Exception:
        pool.shutdown(cancel_futures=True)
        raise
    except BaseException:
        cancellation.request()
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


def _parents(last: int) -> list[int]:
    """Return the parent of this process, its parent, and so on up to *last*; none where *last* is not among them."""
    found, pid = [], os.getppid() if last else 0
    while pid:
        found.append(pid)
        if pid == last:
            return found
        pid = _parent_of(pid)
    return []


def _parent_of(pid: int) -> int:
    """Return the parent of a process; 0 where that can't be known, as on other systems than Linux."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            # Its name, in brackets, may hold anything.
            return int(file.read().rpartition(")")[2].split()[1])
    except (OSError, ValueError, IndexError):
        return 0


def _is_closed(output: int) -> bool:
    """Return whether nobody reads a pipe any more."""
    if not hasattr(select, "poll"):
        return False
    poll = select.poll()
    poll.register(output, 0)
    return any(events & (select.POLLERR | select.POLLHUP) for _output, events in poll.poll(0))


def end_descendants() -> None:
    """End the processes that this one has started, and those that they have started."""
    children: dict[int, list[int]] = {}
    for name in os.listdir("/proc") if os.path.isdir("/proc") else ():
        if name.isdecimal():
            children.setdefault(_parent_of(int(name)), []).append(int(name))
    todo = [os.getpid()]
    while todo:
        below = children.get(todo.pop(), [])
        todo += below
        for pid in below:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGTERM)
