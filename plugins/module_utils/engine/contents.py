# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is in an object that is to be deleted, and would go with it or make XCI refuse."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..api.errors import first_of
from ..model.change import Operation, compare
from ..model.fields import Resource
from ..model.resources import RESOURCES
from ..state.index import Item
from ..state.state import State


def removals(resource: Resource, items: Iterable[Item]) -> Iterator[Operation]:
    """Yield the deletions of objects, in the order of their names: XCI may show a list in another one each time."""
    for item in sorted(items, key=lambda item: (resource.title(item.values), item.id)):
        operation = compare(resource, {}, item.values, absent=True)
        if operation is not None:
            operation.raw, operation.read_at = item.raw, item.read_at
            yield operation


def deletions(operation: Operation, container: Item, state: State) -> list[Operation]:
    """Return the deletions of all that is in an object which an *operation* deletes, in the order of their names."""
    if not operation.resource.contains:
        return []
    inner = RESOURCES[operation.resource.contains]
    listing = state.listing(inner.kind, container)
    # What is in it is looked at again if that was read a while ago, though the object itself may have been read since.
    operation.read_at = min(operation.read_at, listing.read_at)
    return list(removals(inner, state.items_in(inner, [container])))


def refusal(resource: Resource, container: Item, inside: Sequence[Operation]) -> str:
    """Return why an object is not deleted, such as ``entity accueil@nord still has 2 users: user 1001@...``."""
    count, names = inside[0].resource.counted(len(inside)), first_of(operation.who for operation in inside)
    return f"{resource.kind} {resource.title(container.values)} still has {count} ({names}), and was not deleted"
