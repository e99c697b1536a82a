# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps the state up to date after our own writes, so that nothing has to be read twice."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from typing import Any

from ..api.errors import UnexpectedResponse, XciError
from ..model.change import CREATE, DELETE, UPDATE, Operation
from ..model.resources import NUMBERS
from ..model.spelling import whole_number
from ..state.index import Item
from ..state.recent import Written, is_named
from ..state.state import State


def record(state: State, operation: Operation, answer: Any, sent: Mapping[str, Any]) -> None:
    """Record a write that was done: from XCI's answer where it shows the object, otherwise what was sent.

    A list in which a new object is that the answer does not show is read again when it is next needed.
    """
    with state.lock:
        try:
            _record(state, operation, answer, sent)
        except XciError:
            # It is done all the same: whoever tries again must see it, and not do it twice.
            state.forget(operation.resource.kind)
            raise
        finally:
            _forget_dependents(state, operation)


def _record(state: State, operation: Operation, answer: Any, sent: Mapping[str, Any]) -> None:
    resource, before = operation.resource, operation.before
    item = None if operation.action == DELETE else _shown(state, operation, answer)
    if item is not None:
        operation.seen = item.values
        state.place(resource, item.id, item, before, item.values)
    elif operation.action == UPDATE:
        shown = {key: value for key, value in sent.items() if key in operation.raw}
        item = Item({**before, **operation.after}, {**operation.raw, **shown})
        state.place(resource, item.id, item, before, item.values)
    elif operation.action == DELETE:
        state.place(resource, before["id"], None, before)
    else:
        listing = state.known_listing(resource, operation.after)
        if listing is not None:
            listing.outdated = True
    note(state, operation, item, _id_in(answer))


def note(state: State, operation: Operation, item: Item | None, identity: int = 0) -> None:
    """Note a write for the lists that may show it later; *item* is what it made, or *identity* its id, if known."""
    resource, before = operation.resource, operation.before
    known = item.values if item else before
    # What is renamed may have another key.
    is_certain = operation.action != UPDATE or operation.seen is not None or not renamed(operation)
    key = known.get(resource.key, "") if resource.key != "id" else known.get("id") or identity
    operation.written = Written(
        resource.kind,
        operation.action,
        known.get("id") or identity,
        key if is_certain else "",
        state.scope_id(resource, known or operation.after),
        {name: (before or operation.after).get(name) for name in resource.identity},
        {name: before.get(name) for name in readable(operation)} if operation.action == UPDATE else {},
        {name: known.get(name) for name in readable(operation)} if operation.action == UPDATE else {},
        time.monotonic(),
        item if is_certain else None,
    )
    if operation.written.scope or not resource.scope:
        state.recent.add(operation.written)


def readable(operation: Operation) -> list[str]:
    """Return the fields that an operation changes and XCI shows, secrets aside."""
    return [one.name for one in operation.resource.comparable if one.name in operation.changed]


def renamed(operation: Operation) -> bool:
    """Return whether an edit may have given its object another key, such as an entity that was renamed."""
    return operation.resource.key != "id" and operation.key != operation.resource.title(operation.after)


def _id_in(answer: Any) -> int:
    """Return the id of which an answer speaks, 0 where it does not."""
    return (whole_number(answer.get("id")) if isinstance(answer, Mapping) else None) or 0


def _shown(state: State, operation: Operation, answer: Any) -> Item | None:
    """Return the object that an answer shows; the write is done, whatever its answer looks like."""
    resource = operation.resource
    if not resource.is_whole(answer):
        return None
    with contextlib.suppress(UnexpectedResponse):
        item = in_scope(operation, state.item(resource, answer))
        is_readable = all(item.values[one.name] is not None for one in resource.comparable)
        return item if is_readable and is_same(operation, item) else None
    return None


def in_scope(operation: Operation, item: Item) -> Item:
    """Return what XCI shows of an object; where it does not say in which list that is, it is where it was sent."""
    scope = operation.resource.scope
    if scope and operation.after:
        item.values[scope] = item.values[scope] or operation.after[scope]
    return item


def is_same(operation: Operation, item: Item) -> bool:
    """Return whether this is the object that was written; XCI may keep texts in another case."""
    if operation.action != CREATE:
        return item.id == operation.before["id"]
    resource = operation.resource
    names = [name for name in (resource.scope, *resource.identity) if name]
    return is_named(resource, item, {name: operation.after[name] for name in names})


def _forget_dependents(state: State, operation: Operation) -> None:
    """Forget what XCI may now show otherwise because of a write to something else."""
    resource = operation.resource
    if operation.action == CREATE:
        for kind in resource.finds:
            state.forget(kind)
        return
    if NUMBERS.intervals in operation.changed:
        state.numbers.forget(operation.before["id"])
    if resource.scope:
        state.numbers.forget()
    elif operation.key != resource.title(operation.after):
        if operation.action != DELETE:
            state.forget(resource.kind)
        state.forget_referring(resource)
