# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is in an object that is to be deleted, and would go with it or make XCI refuse."""

from __future__ import annotations

from collections.abc import Sequence

from ..model.change import Operation, compare
from ..model.fields import Resource
from ..model.resources import RESOURCES
from ..state.index import Item
from ..state.state import State

MOST_NAMED = 5


def deletions(resource: Resource, container: Item, state: State) -> list[Operation]:
    """Return the deletions of all that is in an object, such as the users of an entity, in the order of their names."""
    if not resource.contains:
        return []
    inner = RESOURCES[resource.contains]
    items = state.listing(inner.kind, container).items.values()
    operations = []
    for item in sorted(items, key=lambda item: (inner.title(item.values), item.id)):
        operation = compare(inner, {}, item.values, absent=True)
        if operation is not None:
            operation.raw, operation.read_at = item.raw, item.read_at
            operations.append(operation)
    return operations


def refusal(resource: Resource, container: Item, inside: Sequence[Operation]) -> str:
    """Return why an object is not deleted, such as ``entity accueil@nord still has 2 users: user 1001@...``."""
    first = ", ".join(operation.who for operation in inside[:MOST_NAMED])
    more = f" and {len(inside) - MOST_NAMED} more" if len(inside) > MOST_NAMED else ""
    inner = inside[0].resource
    count = f"{len(inside)} {inner.plural if len(inside) > 1 else inner.kind}"
    return f"{resource.kind} {resource.title(container.values)} still has {count} ({first}{more}), and was not deleted"
