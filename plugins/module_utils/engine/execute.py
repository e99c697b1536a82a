# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many writes: in the order in which they need each other, side by side where they don't."""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Callable, Protocol, Union

from ..api.cancellation import threads
from ..api.errors import Cancelled, ConnectionFailed, LoginRefused, XciError
from ..model.change import Operation
from ..state.state import State
from .claims import show
from .creation import carry_out
from .order import Order, Schedule, Step
from .write import write

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

FEW = 4
"""Of so many objects of a list, each is read again on its own."""
PROGRESS_INTERVAL = 0.5
"""Seconds after which the thread that waits shows the progress; a signal gets through meanwhile."""
LAST_ANSWERS = 5.0
"""For how many seconds an interrupted run waits for the answers to what it has sent."""
Outcome = Union[Operation, XciError, None]
"""A write as it was done, or why it failed; None where nothing was left to do."""


class Log(Protocol):
    """What is written down of each write, before and after."""

    def begin(self, step: Step) -> None:
        """Note that a write is about to be sent; raise XciError where that is not possible."""

    def end(self, step: Step, outcome: Outcome) -> None:
        """Note what became of it."""

    def left(self, key: int, final: Operation) -> None:
        """Note how an object is left, by the ``id()`` of its operation, if that is not as noted."""

    def read_back(self, others: Iterable[int]) -> None:
        """Note that XCI has shown how all objects are left but for some, by the ``id()`` of their operations."""


@dataclass
class Execution:
    """One run over the steps of a plan; what became of each operation is in *failed* and *done*, by its ``id()``.

    With *stop*, nothing new is begun after the first failure. Without, what does not depend on a failure goes on; what
    would fail all the same, because XCI is gone or refuses the login, is not tried. *progress* is called with how many
    are done, of how many, such as (30, 100), by the thread that calls run. When that is interrupted, by a signal or the
    time-out of the task, nothing new is begun; what has no answer after some seconds counts as failed.

    *made* are the writes as they were done, and *written* is how many there were; *meanwhile* says what others changed;
    *begun* are the steps by which an object gave a value up and did not get its new one. What is *skipped* was done
    before.
    """

    state: State
    parallelism: int = 8
    stop: bool = True
    progress: Callable[[int, int], None] | None = None
    failed: dict[int, str] = field(default_factory=dict)
    done: set[int] = field(default_factory=set)
    made: dict[int, Operation] = field(default_factory=dict)
    doubted: set[int] = field(default_factory=set)
    skipped: set[int] = field(default_factory=set)
    log: Log | None = None
    written: int = 0
    meanwhile: list[str] = field(default_factory=list)
    begun: list[Step] = field(default_factory=list)
    _lists: Counter[tuple[str, str]] = field(default_factory=Counter)
    _running: dict[Future[Outcome], Step] = field(default_factory=dict)
    lost: bool = False
    _stopped: bool = False

    def run(self, order: Order) -> None:
        """Do the steps."""
        steps = [step for step in order.steps if not step.main]
        schedule, total = Schedule(order), len(steps)
        self._lists.update(_list_of(step.operation) for step in steps)
        if not steps:
            return
        with threads(min(self.parallelism, total), self.state.client.cancellation) as pool:
            try:
                self._work(schedule, pool, total)
            except BaseException:
                self._interrupt()
                raise
        self._put_back()
        self._report()

    def _interrupt(self) -> None:
        """Begin nothing new, and find out what becomes of what was sent."""
        self._stopped = self.lost = True
        self.state.client.cancellation.request()
        for future in wait(self._running, timeout=LAST_ANSWERS).done:
            step = self._running.pop(future)
            if not future.exception():
                self._note(step, future.result())
        for step in self._running.values():
            self.failed[id((step.main or step).operation)] = (
                f"{step.operation}: XCI had not answered when the task was interrupted, and it is not known whether it "
                "happened; run again to see"
            )
        self._report()

    def _work(self, schedule: Schedule, pool: ThreadPoolExecutor, total: int) -> None:
        """Begin what can be begun, and wait; only this thread shows the progress, since no other may call Ansible."""
        shown = time.monotonic()
        while True:
            while not self._stopped and len(self._running) < self.parallelism and (step := schedule.take()):
                self._running[pool.submit(self._do, step)] = step
            if self.progress and (not self._running or time.monotonic() >= shown + PROGRESS_INTERVAL):
                shown = time.monotonic()
                self.progress(len(self.done) + len(self.failed), total)
            if not self._running:
                return
            for future in wait(self._running, PROGRESS_INTERVAL, FIRST_COMPLETED).done:
                schedule.finish(step := self._running.pop(future), self._note(step, future.result()))

    def _do(self, step: Step) -> Outcome:
        """Do one step, in a thread of its own."""
        operation, first = step.operation, step.first
        if id(operation) in self.skipped:
            return None
        many = self._lists[_list_of(operation)] > FEW
        if first:
            # The object is read again, since XCI may keep more with it than what was sent, such as a version.
            given_up = {name: first.operation.after[name] for name in first.operation.changed}
            operation.before, operation.read_at, many = {**operation.before, **given_up}, 0.0, False
        try:
            if self.log:
                self.log.begin(step)
            return carry_out(operation, self.state, many=many, doubted=id(operation) in self.doubted)
        except XciError as error:
            return error

    def _note(self, step: Step, outcome: Outcome) -> bool:
        """Note what became of a step; return whether it is done."""
        if self.log:
            self.log.end(step, outcome)
        if isinstance(outcome, Cancelled):
            # Nothing was sent.
            self._stopped = self.lost = True
        elif isinstance(outcome, XciError):
            self.failed[id((step.main or step).operation)] = str(outcome)
            self.written += outcome.written
            self.lost |= isinstance(outcome, (ConnectionFailed, LoginRefused))
            self._stopped |= self.stop or self.lost
        elif step.main:
            self.begun.append(step)
        else:
            self.done.add(id(step.operation))
        if isinstance(outcome, Operation):
            self.written += 1
            self.meanwhile += outcome.meanwhile
            if not step.main:
                self.made[id(step.operation)] = outcome
        return not isinstance(outcome, XciError)

    def _put_back(self) -> None:
        """Give objects back what they gave up, where nobody has got it."""
        done = self.done | {id(step.operation) for step in self.begun}
        for step, _main in self._unfinished():
            if not self.lost and not any(id(other.operation) in done for other in step.blocks):
                now, before = step.operation.after, step.operation.before
                with contextlib.suppress(XciError):
                    write(replace(step.operation, before=now, after=before, read_at=0.0), self.state)
                    self.begun.remove(step)
                    self.written -= 1
                    if self.log:
                        self.log.end(step, None)

    def _report(self) -> None:
        """Let what has only a value for the moment be a failure that says so."""
        for step, main in self._unfinished():
            has = ", ".join(f"{name} {show(step.operation.after[name])}" for name in step.operation.changed)
            text = f"{main}: it has {has} for the moment, since an exchange did not end; run again to finish it"
            self.failed[id(main)] = ". ".join(filter(None, [self.failed.get(id(main)), text]))

    def _unfinished(self) -> list[tuple[Step, Operation]]:
        """Return the steps by which an object gave something up, with the operations that did not happen after them."""
        pairs = [(step, step.main.operation) for step in self.begun if step.main]
        return [(step, main) for step, main in pairs if id(main) not in self.done]


def _list_of(operation: Operation) -> tuple[str, str]:
    """Return which list shows the object now, by its kind and scope."""
    return operation.resource.kind, operation.before.get(operation.resource.scope, "")
