# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many writes: in the order in which they need each other, side by side where they don't."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass, field, replace
from typing import Callable

from ..api.cancellation import threads
from ..api.errors import Cancelled, ConnectionFailed, InputError, LoginRefused, XciError
from ..model.change import CREATE, Operation
from ..state.state import State
from .order import in_order
from .write import write

FEW = 4
"""Of so many objects of a list, each is read again on its own."""
PROGRESS_INTERVAL = 0.5
"""Seconds after which the thread that waits shows the progress; a signal gets through meanwhile."""
LAST_ANSWERS = 5.0
"""For how many seconds an interrupted run waits for the answers to what it has sent."""


@dataclass
class Execution:
    """One run over many operations; what became of each is in *failed* and *done*, by its ``id()``.

    *written* is how many writes that took, since something may be as desired meanwhile; *meanwhile* says what others
    changed.

    With *stop*, nothing new is begun after the first failure. Without, what does not depend on a failure goes on; what
    would fail all the same, because XCI is gone or refuses the login, is not tried. *progress* is called with how many
    are done, of how many, such as (30, 100), by the thread that calls run. When that is interrupted, by a signal or the
    time-out of the task, nothing new is begun; what has no answer after some seconds counts as failed.
    """

    state: State
    parallelism: int = 8
    stop: bool = True
    progress: Callable[[int, int], None] | None = None
    failed: dict[int, str] = field(default_factory=dict)
    done: set[int] = field(default_factory=set)
    written: int = 0
    meanwhile: list[str] = field(default_factory=list)
    _lists: Counter[tuple[str, str]] = field(default_factory=Counter)
    _lost: set[tuple[str, str]] = field(default_factory=set)
    _open: dict[int, Operation] = field(default_factory=dict)
    _stopped: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, operations: Sequence[Operation]) -> None:
        """Do the operations."""
        total = len(operations)
        self._lists.update(map(_list_of, operations))
        for group in in_order(operations, self._free_name):
            queue = iter(group)
            workers = max(1, min(self.parallelism, len(group)))
            with threads(workers, self.state.client.cancellation) as pool:
                pending = {pool.submit(self._work, queue) for _number in range(workers)}
                try:
                    self._wait(pending, total)
                except BaseException:
                    self._interrupt(pending)
                    raise

    def _interrupt(self, pending: set[Future[None]]) -> None:
        """Begin nothing new, and find out what becomes of what was sent."""
        self._stopped = True
        self.state.client.cancellation.request()
        wait(pending, timeout=LAST_ANSWERS)
        with self._lock:
            for identity, operation in self._open.items():
                self.failed[identity] = (
                    f"{operation}: XCI had not answered when the task was interrupted, and it is not known whether it "
                    "happened; run again to see"
                )

    def _wait(self, pending: set[Future[None]], total: int) -> None:
        """Wait for all workers; only this thread shows the progress, since no other one may call Ansible."""
        while pending:
            finished, pending = wait(pending, timeout=PROGRESS_INTERVAL)
            for worker in finished:
                worker.result()
            if self.progress:
                self.progress(len(self.done) + len(self.failed), total)

    def _work(self, queue: Iterator[Operation]) -> None:
        while True:
            with self._lock:
                operation = None if self._stopped else next(queue, None)
            if operation is None:
                return
            self._do(operation)

    def _do(self, operation: Operation) -> None:
        if id(operation) in self.failed:
            return
        if self._lost and any(reference in self._lost for reference in references(operation)):
            return
        with self._lock:
            self._open[id(operation)] = operation
        try:
            done = write(operation, self.state, eager=False, many=self._lists[_list_of(operation)] > FEW)
        except Cancelled:
            # Nothing was sent.
            self._stopped = True
        except XciError as error:
            self._fail(operation, error)
        else:
            with self._lock:
                self.done.add(id(operation))
                self.written += done is not None
                self.meanwhile += done.meanwhile if done else []
        finally:
            with self._lock:
                del self._open[id(operation)]

    def _fail(self, operation: Operation, error: XciError) -> None:
        with self._lock:
            self.failed[id(operation)] = str(error)
            self._stopped |= self.stop or isinstance(error, (ConnectionFailed, LoginRefused))
            if operation.action == CREATE:
                self._lost.add((operation.resource.kind, operation.key))

    def _free_name(self, operation: Operation) -> bool:
        """Give an object a number that nobody has, so that another one can have its own before it gets the next one's.

        Which numbers are free says the field that a creation takes the first of them for.
        """
        resource = operation.resource
        spare = next((resource[name] for name in resource.identity if callable(resource[name].default)), None)
        if self._stopped or spare is None:
            return False
        try:
            between = {**operation.before, spare.name: spare.default(operation.before, self.state)}
            write(replace(operation, after=between, changed=[spare.name]), self.state, eager=False)
        except InputError:
            return False
        except XciError as error:
            self._fail(operation, error)
            return False
        operation.before = between
        return True


def _list_of(operation: Operation) -> tuple[str, str]:
    """Return which list shows the object now, by its kind and scope."""
    return operation.resource.kind, operation.before.get(operation.resource.scope, "")


def references(operation: Operation) -> Iterable[tuple[str, str]]:
    """Yield what an operation refers to, as kind and label, such as ``("entity", "accueil@xivo-nord")``."""
    values = {**operation.after, **operation.desired}
    for name, ref in operation.resource.references.items():
        value = values.get(name) or []
        for label in value if isinstance(value, list) else [value]:
            yield ref.kind, label
