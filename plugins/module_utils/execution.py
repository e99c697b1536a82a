# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carries many operations out: in the order in which they need each other, side by side where they don't."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from typing import Callable

from ansible_collections.xivo.xci.plugins.module_utils.apply import apply
from ansible_collections.xivo.xci.plugins.module_utils.directory import Directory
from ansible_collections.xivo.xci.plugins.module_utils.errors import (
    ConnectionFailed,
    InputError,
    LoginRefused,
    XciError,
)
from ansible_collections.xivo.xci.plugins.module_utils.plan import CREATE, DELETE, Operation
from ansible_collections.xivo.xci.plugins.module_utils.resources import RESOURCES

PROGRESS_INTERVAL = 0.5
"""Seconds after which the thread that waits shows the progress; a signal gets through meanwhile."""

StepAside = Callable[[Operation], bool]
"""Lets an object give up its name or number for another one for the time being; tells whether it did."""


def in_order(operations: Sequence[Operation], step_aside: StepAside) -> Iterator[list[Operation]]:
    """Yield groups of operations: those of a group do not need each other, and need all groups before.

    Creations and edits follow the references, from XiVOs to administrators; deletions go the other way round. A
    deletion comes early where something else takes over the name or number that it sets free.
    """
    early: set[int] = set()
    for kind in RESOURCES:
        writes = [op for op in operations if op.resource.kind == kind and op.action != DELETE]
        taken = {op.resource.title(op.after) for op in writes}
        frees = [op for op in operations if op.resource.kind == kind and op.action == DELETE and op.key in taken]
        early.update(map(id, frees))
        yield from _waves(frees + writes, step_aside)
    for kind in reversed(RESOURCES):
        late = [op for op in operations if op.resource.kind == kind and op.action == DELETE and id(op) not in early]
        if late:
            yield late


def _waves(operations: list[Operation], step_aside: StepAside) -> Iterator[list[Operation]]:
    """Let what takes over a name or number wait for what gives it up."""
    while operations:
        held = Counter(op.key for op in operations if op.before)
        ready = [op for op in operations if not _waits(op, held)]
        if not ready and step_aside(_in_ring(operations)):
            continue
        # Where nobody can step aside, XCI decides.
        yield ready or operations
        chosen = set(map(id, ready or operations))
        operations = [op for op in operations if id(op) not in chosen]


def _in_ring(operations: list[Operation]) -> Operation:
    """Return one of those that wait for each other in a ring, where each waits for some other."""
    holders = {op.key: op for op in operations if op.before}
    current, seen = operations[0], set()
    while id(current) not in seen:
        seen.add(id(current))
        current = holders[current.resource.title(current.after)]
    return current


def _waits(operation: Operation, held: Counter[str]) -> bool:
    if operation.action == DELETE:
        return False
    new = operation.resource.title(operation.after)
    return held[new] > (1 if operation.before and operation.key == new else 0)


@dataclass
class Execution:
    """One run over many operations; its three lists keep the order of the plan, whatever the timing.

    With *stop*, nothing new is begun after the first failure. Without, what does not depend on a failure goes on; what
    would fail all the same, because XCI is gone or refuses the login, is not tried.
    """

    directory: Directory
    parallelism: int = 8
    stop: bool = True
    progress: Callable[[int, int], None] | None = None
    failed: dict[int, str] = field(default_factory=dict)
    done: set[int] = field(default_factory=set)
    _lost: set[tuple[str, str]] = field(default_factory=set)
    _stopped: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, operations: Sequence[Operation]) -> None:
        """Do the operations; afterwards *done* and *failed* say what became of each, by ``id()``."""
        total = len(operations)
        for group in in_order(operations, self._step_aside):
            queue = iter(group)
            with ThreadPoolExecutor(max(1, min(self.parallelism, len(group)))) as pool:
                try:
                    self._wait({pool.submit(self._work, queue) for _number in range(self.parallelism)}, total)
                except BaseException:
                    # Such as Ctrl-C, or the time-out of the task: what is under way ends, and nothing new is begun.
                    self._stopped = True
                    raise

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
        try:
            apply(operation, self.directory, eager=False)
        except XciError as error:
            self._note(operation, error)
        else:
            with self._lock:
                self.done.add(id(operation))

    def _note(self, operation: Operation, error: XciError) -> None:
        with self._lock:
            self.failed[id(operation)] = str(error)
            self._stopped |= self.stop or isinstance(error, (ConnectionFailed, LoginRefused))
            if operation.action == CREATE:
                self._lost.add((operation.resource.kind, operation.key))

    def _step_aside(self, operation: Operation) -> bool:
        """Give an object a number that nobody has, so that another one can have its own before it gets the next one's.

        Which numbers are free says the field that a creation takes the first of them for.
        """
        resource = operation.resource
        spare = next((resource[name] for name in resource.identity if callable(resource[name].default)), None)
        if self._stopped or spare is None:
            return False
        try:
            between = {**operation.before, spare.name: spare.default(operation.before, self.directory)}
            apply(replace(operation, after=between, changed=[spare.name]), self.directory, eager=False)
        except InputError:
            return False
        except XciError as error:
            self._note(operation, error)
            return False
        operation.before = between
        return True


def references(operation: Operation) -> Iterable[tuple[str, str]]:
    """Yield what an operation refers to, as kind and label."""
    values = {**operation.after, **operation.wanted}
    for name, ref in operation.resource.references.items():
        value = values.get(name) or []
        for label in value if isinstance(value, list) else [value]:
            yield ref.kind, label
