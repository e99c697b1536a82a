# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What has to come before what: references before what refers to them, a name given up before it is taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Callable

from ..model.change import DELETE, Operation
from ..model.resources import RESOURCES

FreeName = Callable[[Operation], bool]
"""Makes an object give up its name or number for another one for the moment; returns whether it did."""


def in_order(operations: Sequence[Operation], free_name: FreeName) -> Iterator[list[Operation]]:
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
        yield from _groups(frees + writes, free_name)
    for kind in reversed(RESOURCES):
        late = [op for op in operations if op.resource.kind == kind and op.action == DELETE and id(op) not in early]
        if late:
            yield late


def _groups(operations: list[Operation], free_name: FreeName) -> Iterator[list[Operation]]:
    """Let what takes over a name or number wait for what gives it up."""
    while operations:
        held = Counter(op.key for op in operations if op.before)
        ready = [op for op in operations if not _is_blocked(op, held)]
        if not ready and free_name(_find_cycle(operations)):
            continue
        # Where nobody can give a name up, XCI decides.
        yield ready or operations
        chosen = set(map(id, ready or operations))
        operations = [op for op in operations if id(op) not in chosen]


def _find_cycle(operations: list[Operation]) -> Operation:
    """Return one of those that wait for each other in a cycle, where each waits for some other."""
    holders = {op.key: op for op in operations if op.before}
    current, seen = operations[0], set()
    while id(current) not in seen:
        seen.add(id(current))
        current = holders[current.resource.title(current.after)]
    return current


def _is_blocked(operation: Operation, held: Counter[str]) -> bool:
    if operation.action == DELETE:
        return False
    new = operation.resource.title(operation.after)
    return held[new] > (1 if operation.before and operation.key == new else 0)
