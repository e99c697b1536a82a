# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a plan or a task would give to two objects though only one can have it; said before anything is written.

The lists that were read for the plan are looked at, and no others. So of the users of a XiVO those of entities that a
document does not speak of may be missed; XCI refuses these.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Mapping
from heapq import nsmallest

from ..api.errors import Problem, UnknownReference
from ..model.change import Operation
from ..model.fields import is_planned
from ..model.resources import RESOURCES
from ..state.index import Item
from ..state.state import State
from .claims import Claim, Holders, show
from .order import Step

MOST = 3
"""How many others a problem names at most."""


def conflicts(
    steps: Collection[Step], state: State, indexes: Mapping[tuple[str, int], int]
) -> Iterator[tuple[Operation, Problem]]:
    """Yield the operations after which two objects would have the same.

    *state* is as all of them leave it; *indexes* says where a document lists an object, by its kind and id. What
    nobody changes is no problem: XCI may allow it.
    """
    for step in steps:
        if step.takes and step.operation.resource.scope:
            # Who was found by his id may meet somebody where he moves.
            with contextlib.suppress(UnknownReference):
                resource = step.operation.resource
                state.listing(resource.kind, state.scope_of(resource, step.operation.after))
    for step, claim, others in taken(steps, state):
        yield step.operation, problem_of(step.operation, claim, others, indexes)


def taken(steps: Collection[Step], state: State) -> Iterator[tuple[Step, Claim, list[tuple[Claim, Item]]]]:
    """Yield the steps that take what others have in the lists that were read, what that is, and who has what of it."""
    for resource in RESOURCES.values():
        taking = [step for step in steps if step.operation.resource is resource and step.takes]
        if not taking:
            continue
        holders = Holders(resource, [claim for step in taking for claim in step.takes], state)
        for step in taking:
            for claim in step.takes:
                # XCI may show a list in another order each time.
                found = holders.others(claim, step.identity)
                others = nsmallest(MOST, found, key=lambda one: (resource.title(one[1].values), one[1].id))
                if others:
                    yield step, claim, others


def problem_of(
    operation: Operation, claim: Claim, others: list[tuple[Claim, Item]], indexes: Mapping[tuple[str, int], int]
) -> Problem:
    """Return why an operation can't have what others have; *indexes* says which of these a document lists where."""
    resource = operation.resource
    title = f"{resource.kind} {resource.title(operation.after)}"
    held, other = others[0]
    places = [(resource.kind, item.id) for _held, item in others]
    listed = tuple(indexes[place] for place in places if place in indexes)
    ids = ", ".join(str(item.id) for _held, item in others if not is_planned(item.values))
    where = "defined at" if listed else f"on XCI, with id {ids}" if ids else "planned by an earlier task"
    if claim.field.name in resource.identity:
        text = f"{title} {'already exists' if ids and not listed else 'is also'} {where}"
    else:
        owner = f"{resource.kind} {resource.title(other.values)}"
        text = f"{claim.field.name} {show(claim.shared(held))} of {title} also belongs to {owner}, {where}"
    return Problem(f"duplicate: {text}", others=listed)
